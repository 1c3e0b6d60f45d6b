"""The page of each operation is what its document says.

`SGEFLOW_ACCEPT=1 pytest tests/docs/test_operation_pages.py` writes them anew.
"""

import json
import os
import re
import shlex
from functools import cache

import pytest

from docs.generate import operations as reference
from sgeflow.cli.shared import arguments
from sgeflow.core.checking.operations.decoder import decode_operation
from sgeflow.core.checking.shared import decode_faults, decode_types
from sgeflow.core.language.parameters import fill
from sgeflow.core.language.yaml_reader import read_yaml
from tests.docs.pages import DOCS, ROOT

ACCEPT = os.environ.get("SGEFLOW_ACCEPT") == "1"
PAGES = DOCS / "operations"
SHARED = {"types", "faults"}
NAMES = sorted({file.stem for file in (ROOT / "operations").glob("*.yaml")} - SHARED)
ENVIRONMENT = {"env": {"login": "agent@example.org", "contractId": "1234567"}}


def tree(name):
    file = ROOT / "operations" / f"{name}.yaml"
    return read_yaml(f"operations/{file.name}", file.read_text(encoding="utf-8"))


@cache
def operations():
    types, _ = decode_types(tree("types"))
    return {name: decode_operation(tree(name), types)[0] for name in NAMES}


@cache
def faults():
    return decode_faults(tree("faults"))[0]


REPLIES = {
    "response": "A reply",
    "response-courbe": "A load curve",
    "response-energie": "Daily energy",
    "response-index": "Index",
    "response-pmax": "Maximum power",
    "response-pmax-monthly": "Monthly maximum power; April has too few days",
    "response-empty": "Nothing found",
}


def replies(name):
    """The made-up replies of an operation, which the official schemas accept."""
    folder = ROOT / "tests" / "data" / "messages"
    files = {title: folder / f"{name}.{kind}.xml" for kind, title in REPLIES.items()}
    return {title: file.read_bytes() for title, file in files.items() if file.exists()}


def compared(page, expected):
    if ACCEPT:
        page.parent.mkdir(exist_ok=True)
        page.write_text(expected, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_page_of_an_operation_is_made_from_its_document(name):
    page = reference.operation_page(operations()[name], faults(), replies(name))
    compared(PAGES / f"{name}.md", page)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_shows_a_reply_and_what_comes_out_of_it(name):
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    shown = re.findall(r"```xml\n(.*?)\n```\n\n```json\n(.*?)\n```", page, re.DOTALL)
    assert len(shown) == len(replies(name)) > 0
    for xml, outputs in shown:
        assert any(element in xml for element in operations()[name].response.elements)
        assert set(json.loads(outputs)) <= set(operations()[name].response.paths)


def test_the_index_leads_to_each_of_them_and_to_no_other():
    compared(PAGES / "README.md", reference.index_page(operations()))
    written = {page.stem for page in PAGES.glob("*.md")}
    assert written == {*NAMES, "README"}


@pytest.mark.parametrize("name", NAMES)
def test_an_example_typed_into_a_shell_is_the_example_of_the_document(name):
    operation = operations()[name]
    for example in operation.examples.values():
        line = reference.command_line(name, example)
        assert line in (PAGES / f"{name}.md").read_text(encoding="utf-8")
        command, call, called, *words = shlex.split(line.replace("\\\n", ""))  # as a shell does
        assert (command, call, called) == ("sgeflow", "call", name)
        typed, meant = (
            fill(
                operation.parameters,
                given,
                ENVIRONMENT,
                rules=operation.rules,
                owner=operation.name,
            )
            for given in (arguments.read_arguments(words), example.parameters)
        )
        assert typed == meant


@pytest.mark.parametrize("name", NAMES)
def test_a_page_tells_everything_that_a_caller_needs(name):
    operation = operations()[name]
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert all(f"| `{one}` |" in page for one in operation.parameters)
    assert all(f"| `{one}` |" in page for one in operation.response.paths)
    assert all(rule.message in page for rule in operation.rules)
    assert all(code in page for code in operation.faults)
    routes = {operation.route.direct, operation.route.gateway} - {None}
    assert all(f"`{route}`" in page for route in routes)


def test_members_of_objects_have_a_line_each():
    page = (PAGES / "commanderServicesAccesDonnees.md").read_text(encoding="utf-8")
    path = "serviceSouscrit[].optionsPublication.optionPublication[].periodiciteTransmission"
    assert f"| `{path}` | required |" in page


def test_every_table_has_as_many_cells_in_each_line():
    for page in PAGES.glob("*.md"):
        for block in re.findall(r"(?:^\|.*\|\n)+", page.read_text(encoding="utf-8"), re.MULTILINE):
            cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(cells) == 1, page.name
