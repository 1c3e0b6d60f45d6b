"""Reading a WSDL: what is taken from it, and what is told when it is not one to work with."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest

from sgeflow.errors import Exit, InvalidDocuments, UsageError
from sgeflow.tools.wsdl import reader as room
from sgeflow.tools.wsdl.reader import read_wsdl

DATA = Path(__file__).parents[2] / "data" / "wsdl"
LIBRARY = DATA / "v1" / "Library.wsdl"


@pytest.fixture(scope="module")
def operations():
    return {one.name: one for one in read_wsdl(LIBRARY).describe()}


def node(operation, path):
    return dict(operation.request.walk())[tuple(path.split("."))]


def refusal(file):
    with pytest.raises(InvalidDocuments) as caught:
        read_wsdl(file).describe()
    assert caught.value.exit is Exit.INVALID
    return caught.value.problems[0]


def test_place_action_and_header_are_the_bindings(operations):
    search, loan = operations["rechercherLivre"], operations["commanderPret"]
    assert (search.service, search.version) == ("LibraryLoans", "1.0")
    assert search.location == "LibraryLoans/v1.0"
    assert (search.soap_action, search.header) == ("", ())
    assert loan.soap_action == "http://library.example.org/loans/v1.0/lend"
    assert [block.name for block in loan.header] == ["entete"]
    assert loan.documentation.splitlines()[0] == "Lends books to a reader."


def test_elements_come_in_order_with_how_often_they_stand_there(operations):
    demande = node(operations["commanderPret"], "demande")
    names = [child.name for child in demande.children]
    assert names == ["login", "dateDebut", "personne", "ecole", "rappel", "support"]
    livre = node(operations["commanderPret"], "livres.livre")
    assert (livre.least, livre.most) == (1, 5)
    tome = node(operations["commanderPret"], "livres.livre.tome")
    assert (tome.least, tome.most) == (0, None)


def test_an_element_is_qualified_as_its_own_schema_says(operations):
    loan = operations["commanderPret"]
    assert loan.request.namespace == "http://library.example.org/loans/v1.0"
    assert node(loan, "demande.personne.adresse").namespace == ""
    assert (
        node(loan, "demande.personne.adresse.rue").namespace == "http://library.example.org/common"
    )


def test_a_choice_keeps_its_alternatives_and_what_each_needs(operations):
    (choice,) = operations["rechercherLivre"].request.groups
    assert choice.least == 1
    assert choice.alternatives == (("titre",), ("cote",), ("auteur", "annee"))
    assert choice.needed == {"titre", "cote", "auteur"}


def test_facets_of_nested_imports_become_json_schema(operations):
    loan, search = operations["commanderPret"], operations["rechercherLivre"]
    assert node(loan, "demande.support").schema == {"enum": ["PAPIER", "AUDIO"]}
    assert node(loan, "demande.dateDebut").schema == {"type": "string", "format": "date"}
    assert node(search, "cote").schema["pattern"] == r"^([A-Z]{3}|[0-9]{3}(\.[0-9]+)?)$"
    assert node(search, "titre").schema == {"type": "string", "minLength": 1, "maxLength": 40}
    assert node(search, "limite").schema == {"type": "integer", "minimum": 1, "maximum": 200}
    assert node(search, "limite").default == "20"
    assert node(loan, "demande.rappel").nillable


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("html", "is not a WSDL: its root is <html>"),
        ("cut", "cut.wsdl is malformed or cut off"),
        ("doctype", "holds a DOCTYPE"),
        ("two", "is a WSDL 2.0"),
        ("unbound", "binds no operation to SOAP over HTTP"),
        ("missing", "Nowhere.xsd, which cannot be read: No such file or directory"),
        (
            "remote",
            "imports https://library.example.org/Library.xsd, which is not a WSDL or schema",
        ),
        ("untyped", "cannot be understood: unknown type 'com:NoSuchType'"),
        ("nowhere", "cannot be read: No such file or directory"),
    ],
)
def test_what_is_wrong_with_a_wsdl_is_said(file, told):
    assert told in refusal(DATA / "wrong" / f"{file}.wsdl").message


MIXED = DATA / "mixed" / "Mixed.wsdl"
LEFT_OUT = {
    "notify": "has a one-way operation notify",
    "remote": "binds remote as rpc/literal, not as document/literal",
    "split": "whose output is not one element",
    "dangling": "whose input is <nowhere>, which no schema declares",
}


def test_an_operation_that_no_document_expresses_stops_no_other():
    wsdl = read_wsdl(MIXED)
    assert [one.name for one in wsdl.describe()] == ["logout", "getIt", "typesOperation"]
    assert wsdl.left_out.keys() == LEFT_OUT.keys()
    for name, words in LEFT_OUT.items():
        assert words in wsdl.left_out[name].message


@pytest.mark.parametrize("name", LEFT_OUT)
def test_an_operation_that_was_asked_for_says_why_no_document_expresses_it(name):
    with pytest.raises(InvalidDocuments) as caught:
        read_wsdl(MIXED).describe(name)
    assert LEFT_OUT[name] in caught.value.problems[0].message


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("rpc", "binds rechercherLivre as rpc/literal, not as document/literal"),
        ("encoded", "binds rechercherLivre as document/encoded, not as document/literal"),
        ("dangling", "whose input is <unknown>, which no schema declares"),
    ],
)
def test_of_wrong_bindings_each_operation_is_told(file, told):
    wsdl = read_wsdl(DATA / "wrong" / f"{file}.wsdl")
    with suppress(InvalidDocuments):
        wsdl.describe()
    assert told in " ".join(problem.message for problem in wsdl.left_out.values())


def test_a_request_that_is_a_text_has_no_place_for_a_parameter(tmp_path):
    file = tmp_path / "x.wsdl"
    empty, text = '"logout"><xs:complexType/></xs:element>', '"logout" type="xs:int"/>'
    file.write_text((DATA / "mixed" / "Mixed.wsdl").read_text().replace(empty, text))
    wsdl = read_wsdl(file)
    assert [one.name for one in wsdl.describe()] == ["getIt", "typesOperation"]
    told = wsdl.left_out["logout"].message
    assert "has an operation logout whose request is a text" in told


def test_a_namespace_that_no_document_can_hold_is_told(tmp_path):
    wsdl = tmp_path / "x.wsdl"
    wsdl.write_text((DATA / "mixed" / "Mixed.wsdl").read_text().replace("urn:mixed", "mixed"))
    told = refusal(wsdl).message
    assert 'has an operation logout with the namespace "mixed", which is not absolute' in told


def test_a_schema_given_for_a_wsdl_says_what_to_give():
    problem = refusal(DATA / "v1" / "Library.xsd")
    assert "its root is <schema>" in problem.message
    assert problem.details == (("remedy", "give the .wsdl file that imports it"),)


def test_an_unknown_operation_is_told_with_the_one_that_was_meant():
    with pytest.raises(UsageError) as caught:
        read_wsdl(LIBRARY).describe("commandePret")
    (problem,) = caught.value.problems
    assert problem.suggestion == "commanderPret"
    assert problem.allowed == ("rechercherLivre", "commanderPret")


def test_without_the_extra_the_command_that_brings_it_is_told(monkeypatch):
    monkeypatch.setattr(room, "_NEEDED", "a_package_that_nobody_has")
    with pytest.raises(UsageError) as caught:
        read_wsdl(LIBRARY)
    (problem,) = caught.value.problems
    assert " -m pip install 'xmlschema>=4.1'" in dict(problem.details)["next"]


SCHEMA = """<?xml version="1.0"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x" xmlns:x="urn:x">
  <xs:element name="e"><xs:simpleType>{}</xs:simpleType></xs:element>
</xs:schema>"""


def restriction(base, *facets):
    inside = "".join(f'<xs:{name} value="{value}"/>' for name, value in facets)
    return f'<xs:restriction base="xs:{base}">{inside}</xs:restriction>'


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (restriction("string", ("length", 3)), {"type": "string", "minLength": 3, "maxLength": 3}),
        (restriction("token", ("pattern", "a|b")), {"type": "string", "pattern": "^(a|b)$"}),
        (restriction("string", ("pattern", "$[$^]")), {"type": "string", "pattern": r"^\$[$^]$"}),
        (restriction("int"), {"type": "integer"}),
        (restriction("unsignedByte"), {"type": "integer", "minimum": 0, "maximum": 255}),
        (restriction("nonNegativeInteger"), {"type": "integer", "minimum": 0}),
        (restriction("decimal", ("maxInclusive", "1.5")), {"type": "number", "maximum": 1.5}),
        (restriction("boolean"), {"type": "boolean"}),
        (restriction("int", ("enumeration", 1), ("enumeration", 2)), {"enum": [1, 2]}),
        ('<xs:list itemType="xs:int"/>', {"type": "string"}),
        ('<xs:union memberTypes="xs:int xs:date"/>', {"type": "string"}),
    ],
)
def test_a_simple_type_is_the_json_schema_of_its_text(tmp_path, kind, schema):
    from sgeflow.tools.wsdl.xsd import Inline, Schemas

    found = Schemas([Inline(SCHEMA.format(kind), tmp_path)]).element("{urn:x}e")
    assert found.schema == schema


def test_a_type_that_contains_itself_is_not_followed_forever(tmp_path):
    from sgeflow.tools.wsdl.xsd import Inline, Schemas

    text = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x"
      xmlns:x="urn:x"><xs:complexType name="t"><xs:sequence>
      <xs:element name="leaf" type="xs:string"/>
      <xs:element name="again" type="x:t" minOccurs="0"/></xs:sequence></xs:complexType>
      <xs:element name="e" type="x:t"/></xs:schema>"""
    found = Schemas([Inline(text, tmp_path)]).element("{urn:x}e")
    assert [".".join(path) for path, _ in found.walk()] == ["leaf", "again"]
    assert "contains itself" in dict(found.walk())[("again",)].notes[0]


def element(tmp_path, content, types=""):
    from sgeflow.tools.wsdl.xsd import Inline, Schemas

    text = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x"
      xmlns:x="urn:x">{types}<xs:element name="e"><xs:complexType>{content}</xs:complexType>
      </xs:element></xs:schema>"""
    return Schemas([Inline(text, tmp_path)]).element("{urn:x}e")


A, B = '<xs:element name="a" type="xs:string"/>', '<xs:element name="b" type="xs:string"/>'


def test_a_group_that_repeats_makes_its_elements_repeat(tmp_path):
    found = element(tmp_path, f'<xs:sequence maxOccurs="unbounded">{A}{B}</xs:sequence>')
    assert [(child.name, child.most) for child in found.children] == [("a", None), ("b", None)]
    assert found.notes == ("a and b repeat together, their order is lost",)


def test_a_group_that_may_be_left_out_goes_together(tmp_path):
    found = element(
        tmp_path, f'<xs:sequence><xs:sequence minOccurs="0">{A}{B}</xs:sequence></xs:sequence>'
    )
    assert [child.least for child in found.children] == [0, 0]
    (group,) = found.groups
    assert (group.least, group.alternatives, group.needed) == (0, (("a", "b"),), {"a", "b"})


def test_a_choice_of_which_one_may_be_nothing_asks_for_nothing(tmp_path):
    nothing = '<xs:sequence minOccurs="0">' + B + "</xs:sequence>"
    (group,) = element(tmp_path, f"<xs:choice>{A}{nothing}</xs:choice>").groups
    assert group.least == 0


def test_patterns_of_two_steps_hold_together(tmp_path):
    types = """<xs:simpleType name="t"><xs:restriction base="xs:string">
      <xs:pattern value="[a-z]+"/></xs:restriction></xs:simpleType>"""
    inner = """<xs:sequence><xs:element name="a"><xs:simpleType><xs:restriction base="x:t">
      <xs:pattern value=".{3}"/></xs:restriction></xs:simpleType></xs:element></xs:sequence>"""
    pattern = re.compile(element(tmp_path, inner, types).children[0].schema["pattern"])
    assert [bool(pattern.search(text)) for text in ("abc", "ab", "ABC")] == [True, False, False]


def test_what_no_document_can_say_is_noted(tmp_path):
    found = element(tmp_path, f"<xs:sequence>{A}<xs:any/></xs:sequence>")
    assert found.notes == ("xs:any cannot be described here",)


def test_what_has_no_type_is_a_text(tmp_path):
    untyped = '<xs:element name="a"/><xs:element name="b" type="xs:anySimpleType"/>'
    content = f'<xs:sequence>{untyped}</xs:sequence><xs:attribute name="unit"/>'
    children = {child.name: child for child in element(tmp_path, content).children}
    assert {name: child.schema for name, child in children.items()} == {
        "@unit": {"type": "string"},
        "a": {"type": "string"},
        "b": {"type": "string"},
    }
    assert children["a"].notes == ("the element accepts any content; it is a text here",)


def test_an_attribute_that_is_forbidden_is_not_there(tmp_path):
    attributes = '<xs:attribute name="no" use="prohibited"/><xs:attribute name="yes"/>'
    found = element(tmp_path, f"<xs:sequence>{A}</xs:sequence>{attributes}")
    assert [child.name for child in found.children] == ["@yes", "a"]


def test_a_refusal_stands_at_its_place_in_the_wsdl():
    wsdl = read_wsdl(MIXED)
    wsdl.describe()
    for name, problem in wsdl.left_out.items():
        at = problem.at
        assert at.text == MIXED.read_text().splitlines()[at.line - 1]
        assert at.text[at.column - 1 :].startswith(f'{name}"><soap:operation')
    imported = refusal(DATA / "wrong" / "missing.wsdl").at
    assert imported.text[imported.column - 1 :].startswith('Nowhere.xsd"')


def test_an_unknown_type_stops_only_the_operations_that_need_it(tmp_path):
    file = tmp_path / "x.wsdl"
    text = MIXED.read_text().replace(
        '<xs:element name="id" type="xs:string"/>', '<xs:element name="id" type="m:Gone"/>'
    )
    file.write_text(text)
    wsdl = read_wsdl(file)
    assert [one.name for one in wsdl.describe()] == ["logout"]
    assert "unknown type 'm:Gone'" in wsdl.left_out["getIt"].message


UNKNOWN = {
    "an element": '<xs:sequence><xs:element ref="x:gone"/></xs:sequence>',
    "a group": '<xs:sequence><xs:group ref="x:gone"/></xs:sequence>',
    "an attribute": '<xs:attribute ref="x:gone"/>',
    "the type of an attribute": '<xs:attribute name="a" type="x:gone"/>',
    "the base of a type": """<xs:sequence><xs:element name="a"><xs:complexType><xs:complexContent>
      <xs:extension base="x:gone"/></xs:complexContent></xs:complexType></xs:element></xs:sequence>""",
    "the base of a text": """<xs:sequence><xs:element name="a"><xs:simpleType>
      <xs:restriction base="x:gone"/></xs:simpleType></xs:element></xs:sequence>""",
}


@pytest.mark.parametrize("content", UNKNOWN.values(), ids=UNKNOWN)
def test_a_message_is_never_drafted_without_a_part_that_no_schema_declares(tmp_path, content):
    from sgeflow.tools.wsdl.xsd import UnresolvedError

    with pytest.raises(UnresolvedError, match="gone"):
        element(tmp_path, content)


def test_standard_schemas_need_no_file(tmp_path):
    signature = "http://www.w3.org/2000/09/xmldsig#"
    schema = f'<xs:import namespace="{signature}" schemaLocation="http://www.w3.org/x.xsd"/>'
    file = tmp_path / "x.wsdl"
    qualified = 'elementFormDefault="qualified">'
    text = MIXED.read_text().replace(qualified, qualified + schema, 1)
    file.write_text(
        text.replace(
            '<xs:element name="id" type="xs:string"/>',
            f'<xs:element xmlns:d="{signature}" ref="d:SignatureValue"/>',
        )
    )
    (_, found, _) = read_wsdl(file).describe()
    assert [child.namespace for child in found.request.children] == [signature]


def test_an_address_says_how_its_wsdl_becomes_a_file():
    with pytest.raises(UsageError) as caught:
        read_wsdl(Path("http://crm.example.org:8080/soap?wsdl"))
    (problem,) = caught.value.problems
    command = "curl -o service.wsdl 'http://crm.example.org:8080/soap?wsdl'"
    assert problem.details == (("next", command),)


def test_of_several_bindings_the_first_that_a_document_can_express_counts(tmp_path):
    text = MIXED.read_text()
    binding = text[text.index("  <w:binding") : text.index("  <w:service")]
    encoded = binding.replace('"literal"', '"encoded"').replace("MixedSoap", "OldSoap")
    file = tmp_path / "x.wsdl"
    file.write_text(text.replace("  <w:binding", f"{encoded}  <w:binding", 1))
    wsdl = read_wsdl(file)
    assert [one.name for one in wsdl.describe()] == ["logout", "getIt", "typesOperation"]
    assert wsdl.left_out.keys() == LEFT_OUT.keys()
