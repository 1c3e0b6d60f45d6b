"""Every YAML example of the documentation has no mistake, or just the one that it is there to show.

A block says what it is: `yaml operation`, `flow`, `environment` are whole documents; `part` means
some keys of the page's whole one; `yaml step` are steps that follow those of the page's `frame`.
"""

import json
import re
import textwrap
from functools import cache

import pytest
import yaml

import sgeflow
from docs.generate.reference import made_pages
from sgeflow import Options, open_catalog
from sgeflow.adapters.project_files import find_project, read_documents
from sgeflow.core.binding import bind
from sgeflow.core.checking.document import NAMES, Document
from sgeflow.core.model import Status
from sgeflow.core.soap.xml import parse, to_document
from sgeflow.core.wires.lists import repeated_paths
from sgeflow.runtime.project import check_documents
from sgeflow.tools.flowtest.case import try_case
from sgeflow.tools.flowtest.check import check_tests
from sgeflow.tools.flowtest.suite import open_test
from tests.docs.pages import ROOT, blocks, blocks_of

KINDS = {
    "services": "operations",
    "packages": "operations",
    "operation": "operations",
    "flow": "flows",
    "environment": "environments",
    "homologation": "homologation",
    "people": "people",
    "scenario": "scenarios",
    "test": "tests",
}
ALL = blocks("yaml")
GOOD = [block for block in ALL if not block.refused]
BAD = [block for block in ALL if block.refused]
RUN = [block for block in ALL if "run" in block.marks]
_KEY = re.compile(r"^(?=[a-z_]+:)", re.MULTILINE)


def sections(text):
    """The top-level keys of a document, each with its lines."""
    found = {}
    for piece in _KEY.split(text):
        if re.match(r"[a-z_]+:", piece):
            found[piece.partition(":")[0]] = piece.rstrip("\n") + "\n"
    return found


def whole(page, kind):
    """The page's first whole document of a kind: what its parts belong to."""
    mark = "frame" if kind == "flow" else kind
    return next(b.text for b in ALL if b.page == page and mark in b.marks and "part" not in b.marks)


def document(block):
    """A block as a document of its own, named after its place when it is not whole."""
    kind = "flow" if "step" in block.marks else block.marks[0]
    if kind in ("services", "packages"):  # named after nothing in them
        return Document(kind=KINDS[kind], file=f"{block}/{kind}.yaml", text=block.text)
    if "step" not in block.marks and "part" not in block.marks:
        name = re.search(rf"^{kind}: *(\S+)", block.text, re.MULTILINE)[1]
        ending = "test.yaml" if kind == "test" else "yaml"
        return Document(kind=KINDS[kind], file=f"{block}/{name}.{ending}", text=block.text)
    keys = sections(whole(block.page, kind))
    name = f"example{block.line}"
    keys[kind] = f"{kind}: {name}\n"
    if "step" in block.marks:
        keys["steps"] += textwrap.indent(block.text, "  ")
    else:
        written = sections(block.text)
        if "parameters" in written:  # the examples of the whole one are of its own parameters
            keys.pop("examples", None)
        keys |= written
    return Document(kind=KINDS[kind], file=f"{block}/{name}.yaml", text="".join(keys.values()))


@cache
def shipped():
    return {(d.kind, d.stem): d for d in read_documents(find_project(ROOT))}


def problems(*documents):
    """The problems of documents that are added to the shipped ones."""
    tests = [d for d in documents if d.kind == KINDS["test"]]
    others = [d for d in documents if d not in tests]
    together = {**shipped(), **{(d.kind, d.stem): d for d in others}}
    files = {d.file for d in documents}
    catalog, found = check_documents(list(together.values()))
    found += check_tests(tests, catalog, ())
    return [p for p in found if p.at is None or p.at.file in files]


def of_page(page):
    return problems(*(document(block) for block in GOOD if block.page == page))


def test_there_are_examples_of_every_kind():
    assert {mark for block in ALL for mark in block.marks} >= {*KINDS, "step", "part", "run"}


def test_each_example_says_what_it_is():
    assert [str(one) for one in ALL if [*one.marks, ""][0] not in {*KINDS, "step"}] == []


def test_no_example_has_a_mistake():
    pages = {block.page for block in GOOD}
    assert [str(problem) for page in sorted(pages) for problem in of_page(page)] == []


def test_an_example_of_a_mistake_has_just_that_one():
    found = {str(one): {problem.id.code for problem in problems(document(one))} for one in BAD}
    assert len(found) > 10
    assert found == {str(one): set(one.refused) for one in BAD}


@pytest.mark.parametrize("block", RUN, ids=str)
def test_an_example_that_is_said_to_run_runs_on_the_simulator(block, tmp_path, monkeypatch):
    written = document(block)
    flow = tmp_path / f"{written.stem}.yaml"
    flow.write_text(written.text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    report = sgeflow.run(
        str(flow),
        workspace=open_catalog(flow=str(flow)),
        options=Options(today="2025-06-15", state=tmp_path / "state"),
    )
    assert report.failure is None
    assert report.status is Status.DONE


def beside(block, folder):
    """The project of a flow test: with the people and scenarios of its page, if there are any."""
    made_up = [b for b in GOOD if b.page == block.page and b.marks[0] in ("people", "scenario")]
    for one in made_up:
        written = document(one)
        path = folder / NAMES[written.kind].folder / f"{written.stem}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(one.text, encoding="utf-8")
    return folder if made_up else ROOT


@pytest.mark.parametrize("block", [b for b in GOOD if b.marks == ("test",)], ids=str)
def test_an_example_of_a_flow_test_passes(block, tmp_path):
    written = document(block)
    file = tmp_path / written.file.rpartition("/")[2]
    file.write_text(written.text, encoding="utf-8")
    workspace, test = open_test(file, beside(block, tmp_path))
    for case in test.cases:
        assert [str(problem) for problem in try_case(workspace, test, case).problems] == []


def test_an_example_of_a_manual_page_is_yaml():
    pages = {name: text for name, text in made_pages().items() if name.startswith("steps/")}
    found = [block for name, text in pages.items() for block in blocks_of(text, name)]
    assert {block.page for block in found} == pages.keys()
    assert all(yaml.safe_load(block.text) for block in found)


@pytest.fixture(scope="module")
def billing():
    """The operation and the reply of the page about operations."""
    page = "docs/operations.md"
    written = next(document(b) for b in GOOD if b.page == page and "part" not in b.marks)
    catalog = check_documents(
        [*(d for d in shipped().values() if d.stem != written.stem), written]
    )[0]
    return bind(catalog.operations[written.stem], catalog.faults), example("xml", "reply").encode()


def example(language, mark):
    return next(
        b.text for b in blocks(language) if b.page == "docs/operations.md" and mark in b.marks
    )


def test_a_reply_becomes_the_document_that_the_page_shows(billing):
    binding, reply = billing
    made = to_document(parse(reply), repeated_paths(binding.operation.response))
    assert made == json.loads(example("json", "reply"))


def test_the_paths_of_the_page_give_the_outputs_that_it_shows(billing):
    binding, reply = billing
    assert binding.read_saved(reply) == json.loads(example("json", "outputs"))
