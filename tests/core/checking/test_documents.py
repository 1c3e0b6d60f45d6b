"""Mistakes in documents: each is found before anything runs, at its place, those of the form first."""

from operator import itemgetter
from pathlib import Path

import pytest
import yaml

from sgeflow.adapters import project_files
from tests.conftest import BASE, build
from tests.each import each

CASES = yaml.load(
    (Path(__file__).parents[2] / "cases" / "documents.yaml").read_text("utf-8"), yaml.CBaseLoader
)


def texts(case):
    own = {"flows/main.yaml": case["flow"]} if "flow" in case else {}
    return {**own, **case.get("more", {})}


def words(problem):
    meant = f" → {problem.suggestion}" if problem.suggestion else ""
    note = f" ({problem.note})" if problem.note else ""
    return f"{problem.id.code} {problem.at} {problem.message}{meant}{note}"


@each(CASES, itemgetter("name"))
def test_every_mistake_is_told_once_and_at_its_place(case):
    _, problems = build(texts(case))
    assert [words(problem) for problem in problems] == case["problems"]


def test_the_base_of_the_cases_has_no_mistake():
    catalog, problems = build({})
    assert problems == ()
    assert set(catalog.operations) == {"readThing", "orderThing"}


def test_the_shipped_documents_have_no_mistake():
    from sgeflow.runtime.project import check_documents

    shipped = project_files.read_documents(
        project_files.Project(folder=None, shipped=Path(__file__).parents[3])
    )
    catalog, problems = check_documents(shipped)
    assert problems == ()
    assert "konnector" in catalog.flows


def test_a_place_shows_the_text_it_speaks_of():
    flow = "flow: main\ntitle: x\nsteps:\n  - id: a\n    retrie: 1\n    set: {x: 1}\n"
    _, (problem,) = build({"flows/main.yaml": flow})
    assert (problem.at.before, problem.at.text) == ("  - id: a", "    retrie: 1")
    assert problem.at.length == len("retrie")
    assert "retry" not in problem.allowed  # a set is never tried again
    assert {"when", "foreach", "set"} <= set(problem.allowed)


def test_documents_with_a_mistake_are_left_out_and_the_others_kept():
    catalog, problems = build(
        {
            "flows/bad.yaml": "flow: bad\ntitle: x\nsteps: [{id: a, set: {x: '${nowhere'}}]",
            "flows/good.yaml": "flow: good\ntitle: x\nsteps: [{id: a, set: {x: 1}}]",
        }
    )
    assert len(problems) == 1
    assert set(catalog.flows) == {"good"}


def test_no_value_of_a_document_is_repeated_at_length():
    long = "x" * 500
    _, problems = build({"flows/main.yaml": f"flow: main\ntitle: x\nsteps: {long}"})
    assert all(len(problem.message) < 120 for problem in problems)


def test_a_project_of_one_mistake_has_one_problem():
    """Whatever single line of the base is broken, the rest does not echo it."""
    for file, text in BASE.items():
        _, problems = build({file: text + "\n        ]"})
        assert len(problems) == 1, [words(problem) for problem in problems]


@pytest.mark.parametrize(
    "written",
    [
        'services: {sge: {base_url: "https://h", route: direct, key_password: 73921}}',
        'services: {sge: {base_url: "https://h", route: direct, basic: {user: u, password: 73921}}}',
        'services: {sge: {base_url: "https://h", route: direct, headers: {apikey: 73921}}}',
        'services: {sge: {base_url: "https://h", route: direct, headers: secret-73921}}',
        'services: {sge: {base_url: "htps://u:73921@h", route: direct}}',
        'services: {sge: {base_url: "https://h", route: direct}}\nstate: mysql://u:73921@h/x',
    ],
)
def test_a_secret_of_the_wrong_type_or_form_is_not_repeated(written):
    head = 'environment: there\ntitle: x\ngeneration: previous\nlogin: a@example.org\ncontractId: "1"\n'
    _, problems = build({"environments/there.yaml": head + written + "\n"})
    assert problems
    told = [str(part) for p in problems for part in (p, p.note, p.suggestion, p.details, p.at.text)]
    assert "73921" not in "".join(told)


def test_a_mistake_is_told_though_a_broken_document_has_the_name_that_it_speaks_of():
    """What cannot be known because of another mistake is a document, and no mere word."""
    same = "same: {thing: [gone]}\n"
    order = BASE["operations/orderThing.yaml"]
    indent = order[: len(order) - len(order.lstrip())]
    broken = {"flows/gone.yaml": "flow: gone\ntitle: x\n"}
    _, problems = build(
        {"operations/orderThing.yaml": f"{order.rstrip()}\n{indent}{same}", **broken}
    )
    told = [problem.message for problem in problems]
    assert any('unknown name "gone"' in message for message in told), told
