"""Flow tests of the shipped project, written by the test that runs them."""

from pathlib import Path
from textwrap import dedent, indent

import pytest

from sgeflow.tools.flowtest.case import try_case
from sgeflow.tools.flowtest.suite import open_test

ROOT = Path(__file__).parents[3]
HEAD = "test: {name}\ntitle: x\nflow: {flow}\ntoday: 2025-06-15\ncases:\n"


def written(folder, cases, name="main", flow="check-identity"):
    """A flow test in a file; `cases` are the lines below `cases:`."""
    path = folder / f"{name}.test.yaml"
    text = HEAD.format(name=name, flow=flow) + indent(dedent(cases), "  ")
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def write(tmp_path):
    return lambda cases, **more: written(tmp_path, cases, **more)


@pytest.fixture
def tried(write):
    """Try the only case that is written: `tried("expect: {…}", flow=…)`."""

    def run(case, *, record=False, **more):
        path = write("one:\n" + indent(dedent(case), "  "), **more)
        workspace, test = open_test(path, ROOT)
        return try_case(workspace, test, test.cases[0], record=record)

    return run


def said(problem):
    """A problem in one text: its place, its message and its details."""
    details = [f"{label}: {text}" for label, text in problem.details]
    return " | ".join([f"{problem.at.line}:{problem.at.column} {problem.message}", *details])
