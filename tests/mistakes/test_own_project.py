"""Slips in a person's own documents, and the same documents without the slip."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from sgeflow.core.checking.document import Document
from sgeflow.errors import Problem
from sgeflow.runtime.project import check_documents
from sgeflow.tools.flowtest.check import check_tests
from tests.conftest import BASE
from tests.mistakes.pages import shipped

OWN = yaml.load(Path(__file__).with_name("own.yaml").read_text("utf-8"), yaml.CSafeLoader)
HERE = "environments/here.yaml"
NEEDED = (
    "consulterMesuresDetaillees",
    "consulterMesuresDetailleesV3",
    "types",
    "faults",
    "services",
)


def told(texts: dict[str, str]) -> list[Problem]:
    """All that `validate` tells of some own documents beside a few that are shipped."""
    own = [
        Document(kind=file.partition("/")[0], file=file, text=dedent(text))
        for file, text in ({HERE: BASE[HERE]} | texts).items()
    ]
    tests = [document for document in own if document.kind == "tests"]
    documents = [document for document in own if document.kind != "tests"]
    documents += [
        Document(kind=page.kind, file=page.file, text=page.text)
        for page in shipped()
        if page.stem in NEEDED
    ]
    stems = frozenset(document.stem for document in documents)
    catalog, problems = check_documents(documents)
    wrong = frozenset(p.at.file for p in problems if p.at is not None)
    return [*problems, *check_tests(tests, catalog, stems, wrong)]


def of_case(case: dict, *, slipped: bool) -> tuple[dict[str, str], str, int, int]:
    """The case's documents, and where the slip is: between « and », what was meant after →."""
    texts, place = {}, ("", 0, 0)
    for file, text in case["files"].items():
        head, mark, rest = text.partition("«")
        wrong, _, tail = rest.partition("»")
        slip, _, right = wrong.partition("→")
        texts[file] = head + (slip if slipped else right) + tail
        if mark:
            place = (file, head.count("\n") + 1, len(head) - head.rfind("\n"))
    return texts, *place


@pytest.mark.parametrize("case", OWN, ids=[case["name"] for case in OWN])
def test_a_slip_in_an_own_document_is_told_once_where_it_stands(case):
    texts, *place = of_case(case, slipped=True)
    found = told(texts)
    assert [p.id.code for p in found] == [case["id"]], [str(p) for p in found]
    (problem,) = found
    assert [problem.at.file, problem.at.line, problem.at.column] == place, str(problem)
    assert case["says"] in str(problem.message)
    assert problem.suggestion == case.get("meant", "")
    assert case.get("note", "") in str(problem.note)


@pytest.mark.parametrize("case", OWN, ids=[case["name"] for case in OWN])
def test_without_the_slip_nothing_is_told(case):
    texts, *_ = of_case(case, slipped=False)
    assert [str(problem) for problem in told(texts)] == []
