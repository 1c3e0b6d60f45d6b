"""The shipped documents against the official WSDLs, by the same code as `sgeflow import`.

A change at Enedis shows here as soon as the oracle `lowatt-enedis` has it.
"""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch
from xml.etree.ElementTree import tostring

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from sgeflow.core.checking.document import Document
from sgeflow.core.language.parameters import fill
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.core.soap.envelope import compile_envelope
from sgeflow.errors import InvalidValues
from sgeflow.runtime.project import check_documents
from sgeflow.simulator.services import service
from sgeflow.tools.wsdl.compare import compare
from sgeflow.tools.wsdl.draft import draft
from sgeflow.tools.wsdl.model import Stance
from tests.examples import some
from tests.skips import NEEDS_OFFICIAL, official_folder

FOLDER = Path(__file__).parents[2] / "operations"
SHIPPED = sorted({file.stem for file in FOLDER.glob("*.yaml")} - {"types", "faults", "services"})
pytestmark = NEEDS_OFFICIAL

# Where the documents say another thing than the WSDLs, on purpose. Being stricter than the XSD is
# a document's right; which elements are, and why, is written here all the same, and the document's
# own descriptions tell who reads them.
STRICTER = {
    # free texts in the XSD, closed lists in the guides; anything else is refused by SGE afterwards
    "objetCode": {"enumeration"},
    "civilite": {"enumeration"},
    "mesuresTypeCode": {"enumeration"},
    "typeDonnees": {"enumeration"},
    "mesureType": {"enumeration"},
    "mesuresPas": {"enumeration", "required"},  # required by the guide of Collecte
    "periodiciteTransmission": {"enumeration"},
    "grandeurPhysique": {"enumeration"},
    # M023: CSV is announced and not delivered, a service access is no frame of two of them
    "format": {"enumeration"},
    "cadreAcces": {"enumeration"},
    # HDM: whole minutes are the only step that its guide knows
    "valeur": {"type"},
    "unite": {"enumeration"},
    # CMD and M023 do not check what all other services do
    "initiateurLogin": {"pattern", "length"},
    # M023's texts may be empty in the XSD; an empty one says nothing
    "contratId": {"length"},
    "referenceDemandeur": {"length"},
    "referenceRegroupement": {"length"},
}
# CMD v2 prints its namespace as its address; calling that gives 403.
PRINTED = {"consulterMesuresDetaillees"}
# What no output reads: the telephone and key of a meter's remote access, and a label whose code
# says it all.
UNREAD = {"parametresTeleAcces", "serviceSouscritType"}


@contextmanager
def checked_once():
    """The WSDLs share their XSDs: what was found well-made once is not looked at again."""
    from xmlschema import XMLSchema10

    look, well = XMLSchema10.meta_schema.iter_errors, set()

    def errors(root, namespaces):
        content = tostring(root), frozenset(namespaces.items())
        if content not in well:
            found = list(look(root, namespaces=namespaces))
            well.update(() if found else (content,))
            yield from found

    with patch.object(XMLSchema10.meta_schema, "iter_errors", errors):
        yield


@cache
def official():
    """Every operation of the official WSDLs, and its XSD."""
    from sgeflow.tools.wsdl.reader import read_wsdl

    found = {}
    with checked_once():
        for file in sorted(official_folder().rglob("*.wsdl")):
            for described in read_wsdl(file).describe():
                found[described.name] = (described, file)
    return found


def pytest_generate_tests(metafunc):
    if "named" in metafunc.fixturenames:
        metafunc.parametrize("named", SHIPPED)


@cache
def types_text():
    return (FOLDER / "types.yaml").read_text(encoding="utf-8")


def types():
    return read_yaml("operations/types.yaml", types_text()).data


@cache
def differences(name):
    file = FOLDER / f"{name}.yaml"
    tree = read_yaml(file.name, file.read_text(encoding="utf-8"))
    return compare(official()[name][0], tree, types())


@cache
def drafted(name):
    text = draft(official()[name][0], types(), "# a schema", "")
    documents = [
        Document(kind="operations", file="operations/types.yaml", text=types_text()),
        Document(kind="operations", file=f"operations/{name}.yaml", text=text),
    ]
    catalog, problems = check_documents(documents)
    return text, catalog, problems


def test_every_official_operation_is_shipped():
    assert len(official()) == 19
    assert sorted(official()) == SHIPPED


def test_a_shipped_document_is_what_the_wsdl_says(named):
    explained = {Stance.STRICTER, Stance.UNREAD, Stance.PRINTED}
    assert [one for one in differences(named) if one.stance not in explained] == []


def test_a_shipped_document_is_stricter_only_where_a_reason_is_given(named):
    found = [one for one in differences(named) if one.stance is Stance.STRICTER]
    unexplained = [
        one for one in found if one.part not in STRICTER.get(one.where.rpartition(".")[2], ())
    ]
    assert unexplained == []


def _described(schema, name):
    """What a schema says of its members of a name, at any depth."""
    for member, inner in schema.get("items", schema).get("properties", {}).items():
        if member == name:
            yield inner.get("description", "")
        yield from _described(inner, name)


def test_a_description_says_where_the_xsd_is_looser(named, operations):
    found = [one for one in differences(named) if one.stance is Stance.STRICTER]
    silent = []
    for name in {one.where.rpartition(".")[2] for one in found}:
        parameters = operations[named].parameters
        texts = [parameters[name].description] if name in parameters else []
        for parameter in parameters.values():
            texts += _described(parameter.schema, name)
        if not texts or not all("XSD" in text for text in texts):
            silent.append(name)
    assert silent == []


def test_a_shipped_document_goes_where_the_wsdl_points_but_for_one(named):
    printed = [one for one in differences(named) if one.stance is Stance.PRINTED]
    assert bool(printed) == (named in PRINTED)


def test_every_element_of_a_reply_is_read_by_an_output_but_for_a_few(named):
    unread = [one.where for one in differences(named) if one.stance is Stance.UNREAD]
    assert [where for where in unread if not UNREAD & set(where.split("."))] == []


def test_every_reason_is_still_needed():
    found = [one for name in official() for one in differences(name)]
    used = {
        (one.where.rpartition(".")[2], one.part) for one in found if one.stance is Stance.STRICTER
    }
    given_reasons = {(name, part) for name, parts in STRICTER.items() for part in parts}
    assert given_reasons == used


def test_whatever_is_stricter_than_the_xsd_is_the_services_of_the_simulator_to_refuse(operations):
    """The texts of a bulk order, which may be empty in the XSD, aside."""
    told = {"enumeration", "pattern", "required"}
    open_ = {
        (name, one.where.rpartition(".")[2])
        for name in operations
        for one in differences(name)
        if one.stance is Stance.STRICTER and one.part in told
    }
    constant = {"objetCode", "format", "unite"}  # one value in the document: any text is let in
    known = {(name, element) for name in operations for element in service(name).looseness.free}
    assert {pair for pair in open_ if pair[1] not in constant} == known


def test_a_draft_is_a_document_without_a_mistake(named):
    _, catalog, problems = drafted(named)
    assert problems == ()
    assert list(catalog.operations) == [named]


def test_a_draft_is_what_the_wsdl_says(named):
    text = drafted(named)[0]
    assert compare(official()[named][0], read_yaml("draft.yaml", text), types()) == ()


def test_only_what_consults_or_searches_is_drafted_as_a_read(named):
    _, catalog, _ = drafted(named)
    reads = named.startswith(("consulter", "rechercher"))
    assert (catalog.operations[named].kind.value == "read") is reads


@cache
def schema_of(name):
    file = official()[name][1]
    (inline,) = etree.parse(file).getroot().iter("{http://www.w3.org/2001/XMLSchema}schema")
    text = etree.tostring(inline)
    return etree.XMLSchema(etree.fromstring(text, base_url=f"{file.parent.as_uri()}/inline.xsd"))


@settings(
    max_examples=some(4),
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(data=st.data())
def test_whatever_a_draft_lets_through_is_a_message_of_the_official_schema(named, data):
    operation = drafted(named)[1].operations[named]
    given_values = {
        name: data.draw(values(parameter.schema), label=name)
        for name, parameter in operation.parameters.items()
        if parameter.required or data.draw(st.booleans(), label=f"give {name}")
    }
    scope = {"env": {"login": "agent@example.org", "contractId": "1234567"}}
    try:
        filled = fill(
            operation.parameters, given_values, scope, rules=operation.rules, owner=operation.name
        )
    except InvalidValues:
        assume(False)
    envelope = etree.fromstring(
        compile_envelope(operation)(filled, env={"login": "agent@example.org"})
    )
    (body,) = envelope.find("{*}Body")
    official_schema = schema_of(named)
    assert official_schema.validate(body), (official_schema.error_log, etree.tostring(body))


def values(schema):
    """Values that a JSON Schema lets through."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema["type"]
    if kind == "boolean":
        return st.booleans()
    if kind in {"integer", "number"}:
        return st.integers(schema.get("minimum", -5), schema.get("maximum", 1000))
    if kind == "array":
        least = schema.get("minItems", 0)
        return st.lists(values(schema["items"]), min_size=least, max_size=least + 1)
    if kind == "object":
        members = {name: values(child) for name, child in schema["properties"].items()}
        needed = schema.get("required", ())
        optional = {name: child for name, child in members.items() if name not in needed}
        return st.fixed_dictionaries({n: members[n] for n in needed}, optional=optional)
    return texts(schema)


def texts(schema):
    ascii_only = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
    if schema.get("format") == "date":
        return st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)).map(str)
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True, alphabet=ascii_only)
    least = max(1, schema.get("minLength", 0))
    return st.text(ascii_only, min_size=least, max_size=min(schema.get("maxLength", 30), 30))
