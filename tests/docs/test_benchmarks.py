"""The READMEs quote the page of benchmarks, and its scripts and notes are those of the page."""

import re
import subprocess
import sys

import pytest

from benchmarks.__main__ import NOTES, SCRIPTS
from benchmarks.quotes import SENTENCES, figures, quote, quoted
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")


def ratios(title, way):
    """The third column of a way's row in the tables of a title."""
    tables = re.findall(rf"^### [^\n]*{title}\n(.*?)(?=^###|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    rows = (re.search(rf"^\| {way} \|[^|]*\| ([\d.]+) \|", table, re.MULTILINE) for table in tables)
    return [float(row[1]) for row in rows if row]


def test_a_year_becomes_rows_in_less_than_half_the_time_of_a_bare_parser():
    measured = ratios("17,520 points", "sgeflow, all outputs of the operation")
    assert len(measured) == 2  # both generations
    assert max(measured) < 0.5


@pytest.mark.parametrize("name", sorted(SENTENCES))
def test_a_readme_quotes_what_the_page_has_measured(name, tmp_path):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert quoted(name, text) == figures(PAGE)
    for one in SENTENCES:
        (tmp_path / one).write_text((ROOT / one).read_text(encoding="utf-8"), encoding="utf-8")
    quote(PAGE.replace(figures(PAGE)[0], "7.25 ms"), tmp_path)
    assert quoted(name, (tmp_path / name).read_text(encoding="utf-8"))[0] == "7.25 ms"


def test_every_benchmark_is_run_for_the_page():
    scripts = {file.name for file in (ROOT / "benchmarks").glob("bench_*.py")}
    assert scripts == {script.split()[0] for script in SCRIPTS}


def test_the_page_ends_with_the_notes():
    assert PAGE.endswith(NOTES)


def test_a_benchmark_asks_for_what_there_is():
    """All that a script imports, without a word of it being run."""
    folder = ROOT / "benchmarks"
    names = sorted({script.partition(".")[0] for script in SCRIPTS})
    command = [sys.executable, "-c", f"import {', '.join(names)}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
