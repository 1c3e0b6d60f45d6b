"""Mistakes in flow tests: each is found before anything runs, at its place, all in one pass."""

from pathlib import Path

import pytest
import yaml
from msgspec.structs import replace

from sgeflow.core.checking.document import Document
from sgeflow.runtime.project import open_catalog
from sgeflow.tools.flowtest.check import check_tests
from tests.conftest import BASE, build

ROOT = Path(__file__).parents[3]
CASES = yaml.load(
    (ROOT / "tests" / "cases" / "flowtests.yaml").read_text("utf-8"), yaml.CBaseLoader
)
FLOW = """\
flow: main
title: x
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
  - {id: ask, http: {service: office, path: /x}}
  - {id: read, when: "inputs.pointId != 'x'", call: readThing, with: {pointId: "${inputs.pointId}"}}
  - id: named
    check: present(steps.read)
    else: {code: NO_NAME, message: x}
  - id: keep
    store: {series: load_curve, point: "${inputs.pointId}", stamped: end, measures: "${default(steps.read.rows, `[]`)}"}
outputs: {serial: "default(steps.read.serial, null)"}
"""
MADE = (
    BASE["environments/here.yaml"]
    .replace("here", "made")
    .replace("generation: previous", "generation: previous\n        simulated: true")
    .replace("https://sge.example.org", "simulator")
    .replace('office.example.org"', 'office.example.org", stubs: {}')
)
HEAD = "test: main\ntitle: x\nflow: main\n"


def text(case):
    if "test" in case:
        return case["test"]
    head = case.get("head", "today: 2025-06-15\n")
    own, expect = case.get("case", ""), case.get("expect", "")
    own = f"    {own}" if own else ""
    expect = f"    expect:\n      {expect}" if expect else "    expect: {}\n"
    return f"{HEAD}{head}cases:\n  one:\n{own}{expect}"


@pytest.fixture(scope="module")
def catalog():
    catalog, problems = build({"flows/main.yaml": FLOW, "environments/made.yaml": MADE})
    assert [str(problem) for problem in problems] == []
    shipped = open_catalog(ROOT).catalog
    return replace(catalog, people=shipped.people, scenarios=shipped.scenarios)


def found(catalog, written, stems=()):
    document = Document(kind="tests", file="tests/flows/main.test.yaml", text=written)
    return check_tests([document], catalog, stems)


def words(problem):
    meant = f" → {problem.suggestion}" if problem.suggestion else ""
    note = f" ({problem.note})" if problem.note else ""
    place = f"{problem.at.line}:{problem.at.column}"
    return f"{problem.id.code} {place} {problem.message}{meant}{note}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_mistake_is_told_once_and_at_its_place(catalog, case):
    assert [words(problem) for problem in found(catalog, text(case))] == case["problems"]


def test_a_test_without_mistakes_has_none(catalog):
    whole = text(
        {
            "case": "environment: made\n    scenario: settled\n    faults: SGT500:1%\n"
            "    inputs: {pointId: '12345678901234'}\n    secrets: {TOKEN: made-up}\n"
            "    earlier: [{today: 2025-06-01, scenario: household}]\n",
            "expect": "code: HTTP404\n      exit: 1\n      message: x\n"
            "      outputs: {serial: 1}\n      skipped: [read]\n      warnings: [x, y]\n"
            "      calls: [GET office/x, {call: readThing, with: {pointId: 1}, outcome: SGT401}]\n"
            "      orders: []\n      never: [readThing]\n      measures: {load_curve: 3}\n"
            "      files: {x.csv: {'[0].value': '1'}}\n      check: [outputs.serial == 'x']\n",
        }
    )
    assert found(catalog, whole) == ()


def test_a_reference_to_a_document_with_a_mistake_is_no_second_one(catalog):
    written = text({"case": "flow: broken\n"})
    assert len(found(catalog, written)) == 1
    assert found(catalog, written, {"broken", "main"}) == ()


def test_what_is_no_yaml_is_told_as_such(catalog):
    assert "SGE010" in {problem.id.code for problem in found(catalog, "test: [")}


def test_what_a_flow_with_a_mistake_calls_is_not_held_against_it():
    outer = FLOW.replace("outputs:", "  - {id: more, flow: inner}\noutputs:", 1)
    inner = "flow: inner\ntitle: x\nsteps:\n  - {id: x, call: readThing, wiht: {pointId: '30000000000011'}}\n"
    texts = {"flows/main.yaml": outer, "flows/inner.yaml": inner, "environments/made.yaml": MADE}
    catalog, problems = build(texts)
    assert len(problems) == 1
    written = text({"expect": "calls: [orderThing]\n      skipped: [unheard_of]\n"})
    assert found(catalog, written, {"main", "inner"}) == ()
