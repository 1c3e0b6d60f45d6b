"""What a notebook shows, and measures as tables of the libraries that people calculate with."""

import subprocess
import sys
from datetime import date

import pytest

import sgeflow
from sgeflow.core.engine.effects import Loaded
from sgeflow.core.measures.civil_time import midnight
from sgeflow.core.measures.columns import Measures
from sgeflow.core.model import Measure
from sgeflow.errors import UsageError
from tests.browser import looked_at
from tests.tools.pages.test_plotting import read_png


def shown(value):
    """The HTML of an object in a notebook."""
    assert sgeflow.run
    return str(value._repr_html_())


def test_the_library_has_its_values_show_themselves():
    """As a notebook has them: in a process of its own, in which nothing but the library is used."""
    program = (
        "from sgeflow import values, RunReport;"
        "from sgeflow.core.engine.effects import Loaded;"
        "from sgeflow.core.measures.columns import Measures;"
        "print(Loaded(unit='', measures=Measures.of(()))._repr_html_(), '_repr_html_' in dir(RunReport))"
    )
    command = [sys.executable, "-c", program]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert shown.stdout == "no measures True\n"


def test_a_run_and_a_curve_show_themselves(kept, browser):
    run = shown(kept.report)
    assert ">GET 200<" in run
    assert "konnector/first" not in run  # a step without a title says nothing to a reader
    assert f"sgeflow page run {kept.report.run}" in run
    (daily,) = (one for one in kept.report.steps if one.trail.endswith("/daily") and one.summary)
    assert f"<tr><td>Keep daily energy</td><td>{daily.summary}</td></tr>" in run
    assert daily.summary.startswith("1,089 daily_energy")
    curve = shown(kept.store.load(kept.point, "load_curve"))
    rows, _, _ = read_png(curve.partition('src="')[2].partition('"')[0])
    assert (len(rows), len(rows[0])) == (48, 365)
    assert sum(cell == 255 for row in rows for cell in row) == 126  # what is missing is see-through
    with looked_at(browser, f"<title>x</title>{run}{curve}") as seen:
        assert "values in W" in seen.text("body")
        assert (seen.asked, seen.errors) == ([], [])
    daily = shown(kept.store.load(kept.point, "daily_energy"))
    assert "values in Wh" in daily
    assert "<img" not in daily
    assert shown(Loaded(unit="", measures=Measures.of(()))) == "no measures"


def test_the_carpet_of_a_curve_has_all_the_days_that_its_line_names():
    start = midnight(date(2024, 12, 1))
    measures = [Measure(start + place * 1800, 100, 1800) for place in range(400 * 48)]
    curve = shown(Loaded(unit="W", measures=Measures.of(measures)))
    rows, _, _ = read_png(curve.partition('src="')[2].partition('"')[0])
    assert "19,200 values in W, 1 Dec 2024 to 4 Jan 2026" in curve
    assert len(rows[0]) == 400


SOME = Measures.of(
    [Measure(at * 1800, 100 + at, 1800, "B") for at in range(4)] + [Measure(7200, 7, 600, "C")]
)


@pytest.mark.parametrize("library", ["pandas", "polars", "arrow"])
def test_measures_are_a_table_of_each_library(library):
    table = Loaded(unit="W", measures=SOME).to(library)
    rows = {
        "pandas": lambda: table.reset_index().to_dict("list"),
        "polars": lambda: table.to_dict(as_series=False),
        "arrow": table.to_pydict if library == "arrow" else None,
    }[library]()
    assert [int(start.timestamp()) for start in rows["start"]] == list(SOME.starts)
    assert list(rows["value"]) == list(SOME.values)
    assert list(rows["step"]) == [1800] * 4 + [600]
    assert list(rows["nature"]) == ["B"] * 4 + ["C"]
    mixed = Measures.of([Measure(0, 1.5), Measure(60, 2)])
    assert len(Loaded(unit="W", measures=mixed).to(library)) == 2
    assert len(Loaded(unit="", measures=Measures.of(())).to(library)) == 0


def test_arrow_and_pandas_look_at_the_columns_where_they_are_and_write_nothing_there():
    table = Loaded(unit="W", measures=SOME).to("arrow")
    address, _ = SOME.values.buffer_info()
    assert table["value"].chunk(0).buffers()[1].address == address
    frame = Loaded(unit="W", measures=SOME).to("pandas")
    frame["value"] += 1
    assert SOME.values[0] == 100
    assert type(frame).__module__.partition(".")[0] == "pandas"


def test_another_library_is_refused_with_those_that_are_known(monkeypatch):
    with pytest.raises(UsageError) as caught:
        Loaded(unit="W", measures=SOME).to("panda")
    assert caught.value.problems[0].suggestion == "pandas"
    monkeypatch.setitem(__import__("sys").modules, "polars", None)
    with pytest.raises(UsageError) as caught:
        Loaded(unit="W", measures=SOME).to("polars")
    assert "polars is not installed" in str(caught.value)
