"""The page about homologation is true: its commands run, its tables are complete."""

import os
import re
import shlex
from functools import cache

import pytest

from sgeflow import open_catalog
from sgeflow.steps.cases import ROW, CaseVerdict
from tests.docs.pages import DOCS, ROOT, blocks
from tests.processes import start

PAGE = (DOCS / "homologation.md").read_text(encoding="utf-8")
LINES = [
    line.removeprefix("$ ")
    for block in blocks("console", "homologation.md")
    if "run" in block.marks
    for line in block.text.splitlines()
]


@pytest.mark.parametrize("line", LINES)
def test_a_command_that_is_said_to_run_runs_and_leaves_its_report(line, tmp_path):
    words = shlex.split(line)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SGEFLOW_TODAY": "2026-03-02",
        "SGEFLOW_CACHE": str(tmp_path / "cache"),
    }
    done = start(words[0], words[1:], tmp_path, environment)
    _, err = done.communicate(timeout=100)
    assert done.returncode == 0, err
    report = next(
        (w.partition("=")[2] for w in words if w.startswith("report=")), "data/homologation"
    )
    assert (tmp_path / f"{report}.simulated.csv").exists()
    assert (tmp_path / f"{report}.simulated.html").exists()


def test_there_are_commands_that_run():
    assert len(LINES) >= 5


@cache
def catalogue():
    return open_catalog(ROOT).catalog


def book():
    return catalogue().homologation["catalogue-26.1"]


def test_each_case_that_may_be_stale_is_told_with_its_reason():
    pattern = r"^\| case \| why \| excused \|\n(.*?)\n\n"
    table = re.search(pattern, PAGE, re.MULTILINE | re.DOTALL)[1]
    cells = [line.split("|") for line in table.splitlines()[1:]]
    told = {
        name.strip(): excused.strip().replace("nothing found", "nothing").split(", ")
        for _, names, _, excused, _ in cells
        for name in names.split(",")
    }
    assert told == {case.id: [*case.excused] for case in book().cases.values() if case.stale}


def test_each_column_of_the_report_and_each_verdict_is_told():
    assert all(f"`{name}`" in PAGE for name in (*ROW, *CaseVerdict))


def test_the_number_of_cases_and_services_is_that_of_the_catalogue():
    services = {catalogue().operations[case.call].service for case in book().cases.values()}
    words = f"{len(book().cases)} cases of {len(services)}"
    assert words in PAGE
    assert words in book().description
