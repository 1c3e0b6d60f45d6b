"""What an editor shows of the schemas of a catalogue, asked of the real yaml-language-server."""

from itertools import count
from textwrap import dedent

import pytest

from tests.tools.editor.conftest import KINDS, ROOT

FILES = [file.relative_to(ROOT) for kind in KINDS for file in sorted((ROOT / kind).glob("*.yaml"))]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
HEAD = "# yaml-language-server: $schema=../.sgeflow/schemas/{}.schema.json\n"
NUMBERS = count()  # each document is one that the server has not seen
STEPS = HEAD.format("flow") + "flow: x\ntitle: x\nsteps:\n"


def opened(server, text):
    """A text with a `|` where the caret stands, open in the editor: problems, line, column."""
    before, _, after = dedent(text).partition("|")
    found = server.open(f"flows/x{next(NUMBERS)}.yaml", before + after)
    return found, before.count("\n"), len(before) - before.rfind("\n") - 1


def completed(server, text):
    _, line, column = opened(server, text)
    found = server.complete(line, column)
    server.shut()
    return found


def hovered(server, text):
    _, line, column = opened(server, text)
    found = server.hover(line, column)
    server.shut()
    return found


def step(text):
    return STEPS + "  - id: a\n" + "".join(f"    {line}\n" for line in text.splitlines())


@pytest.mark.parametrize("file", FILES, ids=str)
def test_no_shipped_document_is_underlined(server, project, file):
    problems = server.open(str(file), (project / file).read_text("utf-8"))
    server.shut()
    assert [problem["message"] for problem in problems] == []


def test_operations_are_completed_with_their_titles(server):
    found = completed(server, step("call: |"))
    names = {file.stem for file in FILES if file.parts[0] == "operations"} - {
        "types",
        "faults",
        "services",
    }
    assert set(found) == names
    assert "delivery points" in found["rechercherPoint"]["documentation"]["value"]


def test_the_parameters_of_the_called_operation_are_completed_and_no_others(server):
    found = completed(server, step("call: consulterMesuresDetaillees\nwith:\n  |"))
    assert {"pointId", "mesuresTypeCode", "dateDebut"} <= set(found)
    assert "cadreAcces" not in found
    assert "14 digits" in found["pointId"]["documentation"]
    assert found["pointId"]["insertText"].startswith("pointId:")


def test_values_are_completed(server):
    begin = "call: consulterMesuresDetaillees\nwith:\n  mesuresTypeCode: |"
    assert set(completed(server, step(begin))) == {"COURBE", "PMAX", "ENERGIE"}  # no INDEX of V3


def test_flows_and_their_inputs_are_completed(server):
    assert {"konnector", "gather-data"} <= set(completed(server, step("flow: |")))
    found = completed(server, step("flow: verify-identity\nwith:\n  |"))
    assert {"pointId", "lastname", "postalCode"} <= set(found)


def test_verbs_and_modifiers_are_completed(server):
    verbs = completed(server, step("|"))
    assert {"call", "flow", "http", "store"} <= set(verbs)
    assert "call one operation" in str(verbs["call"]["documentation"])
    assert {"when", "on_fault", "with"} <= set(completed(server, step("call: rechercherPoint\n|")))


def test_codes_and_services_are_completed(server):
    codes = completed(server, step("call: rechercherPoint\non_fault:\n  - codes: [|]"))
    assert {"SGT401", "LOGIN_FAILED", "SGE401"} <= set(codes)
    assert "delivery point" in codes["SGT401"]["documentation"]["value"]
    assert {"backoffice", "communes"} <= set(completed(server, step("http: {service: |}")))


def test_shared_types_and_reads_are_completed_in_an_operation(server):
    text = HEAD.format("operation") + "operation: x\nparameters:\n  a: {$ref: |}\n"
    found = completed(server, text)
    assert any("types.yaml#/pointId" in label for label in found)


def test_what_stands_under_the_pointer_is_explained(server):
    assert "at most 200" in hovered(server, step("call: recher|cherPoint"))
    assert "Postal code" in hovered(server, step('call: rechercherPoint\nwith: {codeP|ostal: ""}'))
    when = hovered(server, step("call: rechercherPoint\nwh|en: env.simulated"))
    for word in (
        "skipped",
        "steps.ID.OUTPUT",
        "run.today",
        "`homologation`",
        "date_add(",
        "`length()`",
    ):
        assert word in when


SLIPS = {
    "an operation": ("call: |rechercherPont", "not accepted"),
    "a parameter": ("call: rechercherPoint\nwith:\n  |pontId: x", "pontId is not allowed"),
    "a value": ("call: rechercherPoint\nwith: {rechercheHorsPerimetre: |maybe}", ""),
    "a missing parameter": ("call: consulterMesures\n|with: {}", 'Missing property "pointId"'),
    "a flow": ("flow: |konector", "not accepted"),
    "an input": ("flow: delete-account\nwith:\n  pointId: ${inputs.p}\n  |pont: x", "not allowed"),
    "a service": ("http: {service: |backofice, path: /x}", "not accepted"),
    "a code": ("call: rechercherPoint\non_fault:\n  - codes: [|SGT4ZZ]\n    continue: {}", ""),
    "a verb": ("|cal: rechercherPoint\nwith: {pointId: x}", "cal is not allowed"),
    "a modifier": ("call: rechercherPoint\n|wen: env.simulated", "wen is not allowed"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_underlined_where_it_stands(server, name):
    text, message = SLIPS[name]
    problems, line, column = opened(server, step(text))
    server.shut()
    places = [(p["range"]["start"]["line"], p["range"]["start"]["character"]) for p in problems]
    assert (line, column) in places
    assert any(message in problem["message"] for problem in problems)


def test_a_computed_value_is_never_underlined(server):
    text = step(
        "call: rechercherPoint\nwith: {codePostal: '${inputs.code}', rechercheHorsPerimetre: '${inputs.x}'}|"
    )
    assert opened(server, text)[0] == []
    server.shut()
