"""A fleet's page: who has to do what, and numbers that are those of its rows and of the store."""

import json
import re
from datetime import date
from random import Random

import pytest
from msgspec.structs import replace

from sgeflow import open_catalog
from sgeflow.adapters.state.store import Store
from sgeflow.errors import Exit, UsageError
from sgeflow.tools.pages.codes import explain_for
from sgeflow.tools.pages.fleet_facts import (
    DAYS,
    DONE,
    FAILED,
    OPEN,
    ORDER,
    Days,
    FleetFacts,
    FleetRow,
    ranges,
    tasks,
)
from sgeflow.tools.pages.fleet_page import fleet_page
from sgeflow.tools.pages.fleet_read import read_fleet
from sgeflow.tools.pages.parts import CodeExplanation
from tests.browser import check_looks, looked_at
from tests.postgres import on_servers_too
from tests.runtime.durability.conftest import world
from tests.tools.fleet.conftest import TODAY, fleet, konnector, point, write

__all__ = ["fleet", "world"]
ENDS = [
    ("LOGIN_FAILED", Exit.FAILED),
    ("SGE301", Exit.GUARDED),
    ("VENDOR_DOWN", Exit.TECHNICAL),
    ("UNKNOWN_ERROR.PARTIAL_SYNC", Exit.PARTIAL),
    ("SGT4K2", Exit.REFUSED),
    ("USER_ACTION_NEEDED.IDENTITY_UNCLEAR", Exit.FAILED),
]


def row(number, failing=40):
    code, exit_ = ENDS[number % len(ENDS)] if number % failing == 0 or failing == 1 else ("", 0)
    state = FAILED if code else DONE
    times = {"ended": 100.0 + number, "seconds": 1 + number % 7 / 10, "calls": 13}
    return FleetRow(number=number, state=state, code=code, exit=exit_, **times)


def made(count, failing=40, **more):
    signs = ["1" * DAYS, "0" * DAYS, "1" * 100 + "0" * 5 + "1" * 260]
    return FleetFacts(
        run="ef54c3e335b67e95",
        flow="konnector",
        environment="simulator",
        is_simulated=True,
        today=date(2026, 11, 26),
        started=100.0,
        ended=100.0 + count,
        is_ended=True,
        total=count,
        rows=tuple(row(number, failing) for number in range(1, count + 1)),
        values=2089 * count,
        days=Days(kept=[signs[number % 3] for number in range(count)]),
        **more,
    )


@pytest.fixture(scope="module")
def explain():
    return explain_for(open_catalog(), "konnector")


@pytest.mark.parametrize(
    ("whole", "count", "share"), [(19, 20, "95.0%"), (2, 3, "66.6%"), (3, 3, "100.0%")]
)
def test_the_share_of_days_is_that_of_the_signs_and_never_rounded_up(explain, whole, count, share):
    kept = ["1" * DAYS] * whole + ["0" * DAYS] * (count - whole)
    page = fleet_page(replace(made(count), days=Days(kept=kept)), explain)
    assert re.search(r"of days available</dt><dd>([\d.]+%)", page)[1] == share


def test_the_page_of_a_fleet_is_readable_for_everybody(browser, explain, monkeypatch):
    facts = made(200, failing=8)
    check_looks(browser, fleet_page(facts, explain))
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    french = fleet_page(facts, explain)
    assert "Actions à mener" in french
    check_looks(browser, french)
    with looked_at(browser, french) as seen:  # nobody opens anything on paper
        seen.show(360, "light")
        for cell in seen.page.locator(".work td:last-child, .work tbody th").all():
            assert cell.bounding_box()["width"] > 240
        row = seen.page.locator(".slow tbody tr").first
        assert row.locator("td").last.inner_text() == "terminé"
        assert row.bounding_box()["height"] < 70  # two lines, and no word is torn
        which = seen.page.locator(".which").first
        assert not which.is_visible()
        seen.page.emulate_media(media="print")
        assert which.is_visible()


def failed(number, code, exit_=Exit.FAILED):
    return replace(row(number, 1), code=code, exit=exit_)


SHAPES = {
    "all failed": lambda number, chance: failed(number, *ENDS[number % len(ENDS)]),
    "half of them done": lambda number, chance: row(number, chance.choice([1, 10**9])),
    "300 codes": lambda number, chance: failed(number, f"A_CODE_OF_ITS_OWN_{number % 300}"),
    "none begun": lambda number, chance: FleetRow(number=number, state=OPEN),
}


def test_ten_thousand_rows_with_their_points_and_holes_are_a_small_page_however_they_ended(explain):
    chance, sizes = Random(7), {}
    holes = [f"{chance.getrandbits(DAYS):0{DAYS}b}" for _ in range(10_000)]  # no two alike
    facts = replace(made(10_000), days=Days(kept=holes, rows=range(1, 10_001)))
    for name, shape in SHAPES.items():
        rows = tuple(replace(shape(n, chance), point=point(n)) for n in range(1, 10_001))
        page = fleet_page(replace(facts, rows=rows), explain)
        sizes[name] = len(page.encode())
        assert page.count(" 390000000") == sum(one.state != DONE for one in rows), name
        assert "the 210 emptiest of 10,000 incomplete points" in page, name
    assert {name: size for name, size in sizes.items() if size >= 310_000} == {}
    assert page == fleet_page(replace(facts, rows=rows), explain)


def test_ends_of_the_fewest_rows_stand_in_one_line_for_whoever_acts(explain):
    rows = tuple(failed(number, f"OWN_{number % 50}") for number in range(1, 102))
    named = tasks(replace(made(101), rows=rows), explain)
    assert [len(task.rows) for task in named] == [3] + [2] * 39 + [20]
    assert (named[-1].code, str(named[-1].means)) == ("", "10 more ends")
    assert sorted(row.number for task in named for row in task.rows) == list(range(1, 102))


def test_rows_that_are_done_and_whose_point_lacks_days_are_named(explain):
    signs = ["1" * DAYS, "1" * 300 + "0" * 65, "0" * DAYS, "0" * DAYS]
    rows = (row(1, 9), row(2, 9), row(3, 3), row(4, 9))  # the third failed
    facts = replace(made(4), rows=rows, days=Days(kept=signs, rows=(1, 2, 3, 4)))
    assert facts.rows_that_lack_days() == [2, 4]
    assert '<p class="which">2, 4</p>' in fleet_page(facts, explain)


def test_orders_that_nobody_knows_of_come_first_then_people_then_time(explain):
    who = {task.code: task.who for task in tasks(made(200, failing=1), explain)}
    assert sorted(who.values(), key=ORDER.index) == list(who.values())
    assert who["SGE301"] == "operator"
    assert who["LOGIN_FAILED"] == "customer"
    assert who["USER_ACTION_NEEDED.IDENTITY_UNCLEAR"] == "operator"
    assert who["VENDOR_DOWN"] == who["UNKNOWN_ERROR.PARTIAL_SYNC"] == "later"


def test_rows_that_were_not_begun_say_what_goes_on_with_them():
    rows = (row(1), FleetRow(number=2, state=OPEN), FleetRow(number=3, state=OPEN))
    facts = replace(made(3), rows=rows, is_simulated=False)
    (task,) = tasks(facts, lambda _code, _end: CodeExplanation())
    assert (task.who, len(task.rows)) == ("open", 2)
    (anew,) = tasks(replace(facts, is_simulated=True), lambda _code, _end: CodeExplanation())
    assert anew.to_do == "this run was simulated: run it again"
    assert task.to_do == "`sgeflow resume ef54c3e335b67e95` resumes them."


def test_a_simulated_fleet_gives_one_advice_once_and_a_row_has_its_line(browser):
    rows = (replace(row(1), line=2), failed(2, "HTTP503"), failed(3, "HTTP504"))
    facts = replace(made(3), rows=rows, is_simulated=True)
    advice = CodeExplanation(remedies=("this run was simulated: run it again",))
    page = fleet_page(facts, lambda _code, _end: advice)
    assert page.count("This run was simulated: run it again") == 1
    assert page.count("row 1 (line 2 of the file)") >= 1
    with looked_at(browser, page) as seen:
        assert seen.page.title().startswith("Done in part · ")


def test_rows_are_written_as_a_person_would():
    assert ranges([1, 2, 3, 4, 7, 9, 10]) == "1–4, 7, 9–10"  # noqa: RUF001
    assert ranges([]) == ""


def work_told(seen):
    """What is told of failed rows, by their numbers."""
    told = {}
    for one in seen.page.locator(".work tr:has(details)").all():
        one.locator("summary").click()
        told[one.locator(".which").inner_text()] = " ".join(one.inner_text().split())
    return told


@on_servers_too("numbers are summed by SQL")
def test_the_numbers_are_those_of_the_rows_and_of_the_store(fleet, browser, monkeypatch):
    here = fleet(6)
    file = write(here.folder, range(1, 7), wrong=(2, 5))
    file.write_text(file.read_text().replace("FLOTTE 4", "M."))
    report = json.loads(here.run(*konnector("--output", "json"))[1])
    monkeypatch.chdir(here.folder)
    workspace = open_catalog(here.folder)
    facts = read_fleet(workspace, here.home, report["run"])
    assert (facts.done_count, facts.calls, facts.values) == (3, report["calls"], report["values"])
    assert facts.today.isoformat() == TODAY
    with Store(here.home.store("lasting")) as store:
        kept = [len(store.load(point(n), "daily_energy").measures) for n in range(1, 7)]
    assert [one.count("1") for one in facts.days.kept] == [min(count, DAYS) for count in kept]
    text = fleet_page(facts, explain_for(workspace, "konnector"))
    assert not re.search(r"39000000000\d{3}|FLOTTE", text)
    with looked_at(browser, text) as seen:
        assert seen.text(".figures dd") == "3"
        told = work_told(seen)  # of two ends with one code
        assert told.keys() == {"2, 5", "4"}
        assert "LOGIN_FAILED Enedis does not know" in told["2, 5"]
        assert "LOGIN_FAILED Enedis finds a point by the last name" in told["4"]
    named = read_fleet(workspace, here.home, report["run"], with_points=True)
    assert f"2 {point(2)}\n5 {point(5)}" in fleet_page(named, explain_for(workspace, "konnector"))
    file.write_text(file.read_text() + "x\n")
    gone = read_fleet(workspace, here.home, report["run"])
    assert (gone.days, gone.done_count) == (None, 3)
    assert "was changed" in fleet_page(gone, explain_for(workspace, "konnector"))
    with pytest.raises(UsageError, match="is no fleet"):
        read_fleet(workspace, here.home, f"{report['run']}.1")
