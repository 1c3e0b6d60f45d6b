"""Values to envelopes: what is sent, what is left out, what cannot be written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import canonicalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from sgeflow.core.checking.envelope import check_envelope
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.core.soap.envelope import compile_envelope, pretty
from sgeflow.errors import Id, InvalidValues

LOGIN = "agent@example.org"
GENERAL = {"pointId": "12345678901234", "initiateurLogin": LOGIN, "contratId": "1234567"}
SEARCH = {"pointId": "12345678901234", "contratId": "1234567", "loginUtilisateur": LOGIN}
GOLDEN = {
    "rechercherPoint": {
        "numeroEtNomVoie": "12 RUE DES LILAS",
        "codePostal": "69003",
        "codeInseeCommune": "69383",
        "nomClientFinalOuDenominationSociale": "MARTIN",
        "rechercheHorsPerimetre": True,
        "loginUtilisateur": LOGIN,
    },
    "rechercherServicesSouscritsMesures": SEARCH,
    "rechercherServicesAccesDonnees": SEARCH,
    "commanderArretServiceSouscritMesures": {
        **GENERAL,
        "refFrn": "dossier-42",
        "objetCode": "ASS",
        "serviceSouscritId": "51234567",
    },
    "commanderArretServicesAccesDonnees": {
        **GENERAL,
        "sens": "SOUTIRAGE",
        "serviceSouscritId": ["51234569"],
    },
    "commanderCollectePublicationMesures": {
        **GENERAL,
        "refExterne": "dossier-42",
        "objetCode": "AME",
        "dateDebut": date(2025, 5, 15),
        "dateFin": "2026-05-14",
        "accord": True,
        "nom": "MARTIN",
        "prenom": "CLAIRE",
        "denominationSociale": None,
        "mesuresTypeCode": "CDC",
        "soutirage": True,
        "injection": False,
        "mesuresPas": "PT30M",
        "mesuresCorrigees": False,
        "transmissionRecurrente": True,
        "periodiciteTransmission": "P1D",
    },
}


def body(envelope: bytes):
    return etree.fromstring(envelope)[-1][0]


def inside(envelope: bytes) -> str:
    """What stands in the body's root, without any namespace noise."""
    text = etree.tostring(body(envelope), encoding="unicode")
    return text[text.index(">") + 1 : text.rindex("<")] if not text.endswith("/>") else ""


def rendered(operation, values, **more):
    assert check_envelope(operation) == []
    return inside(compile_envelope(operation)(values, **more))


@pytest.mark.parametrize("name", GOLDEN)
def test_an_envelope_equals_the_golden_message(name, shipped, message):
    envelope = compile_envelope(shipped(name))(GOLDEN[name], env={"login": LOGIN})
    same = {"strip_text": True, "rewrite_prefixes": True}
    assert canonicalize(envelope.decode(), **same) == canonicalize(
        message(f"{name}.request").decode(), **same
    )


def test_only_the_root_is_qualified(make):
    root = body(compile_envelope(make({"n:a": {"b": {"x": "${x}"}}}))({"x": "1"}))
    assert root.tag == "{urn:n}a"
    assert [node.tag for node in root.iter()][1:] == ["b", "x"]


def test_equal_values_make_equal_bytes(make):
    render = compile_envelope(make())
    assert render({"x": "é"}) == render({"x": "é"})
    assert render({"x": "é"}).startswith(b'<?xml version="1.0" encoding="UTF-8"?>')


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (10**20, "100000000000000000000"),
        (1.5, "1.5"),
        (1e-7, "0.0000001"),
        (1e22, "10000000000000000000000"),
        (Decimal("1E+3"), "1000"),
        (date(2022, 2, 15), "2022-02-15"),
        ("", ""),
    ],
)
def test_a_value_takes_its_xml_form(value, text, make):
    assert rendered(make(), {"x": value}) in {f"<x>{text}</x>", "<x/>" if not text else ""}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), {"a": 1}, object()])
def test_a_value_without_xml_form_is_refused_by_name(value, make):
    with pytest.raises(InvalidValues) as caught:
        compile_envelope(make())({"x": value})
    assert caught.value.problems[0].message.startswith("x is ")


@pytest.mark.parametrize("text", ["\x00", "a\x0b", "\ud800", "￾", "\x1b[0m"])
def test_what_xml_cannot_hold_is_refused_without_showing_the_value(text, make):
    with pytest.raises(InvalidValues) as caught:
        compile_envelope(make())({"x": f"MARTIN{text}"})
    problem = caught.value.problems[0]
    assert problem.id is Id.INVALID_VALUE
    assert "x holds the character U+" in problem.message
    assert "MARTIN" not in str(problem)


CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cs"]).filter(
    lambda c: c in "\t\n\r" or (ord(c) >= 32 and c not in "￾￿")
)


@given(st.text(CHARACTERS))
@example(" \t\r\n")
@example("]]> <![CDATA[ &amp; -->")
def test_any_text_that_xml_holds_comes_back_as_it_went(text):
    operation = _ROUND_TRIP
    root = body(compile_envelope(operation)({"x": text, "y": text, "z": [text, text]}))
    assert (root.find("x").text or "") == text
    assert root.find("x").get("y") is None
    assert root.find("a").get("y") == text
    assert [node.text or "" for node in root.iter("z")] == [text, text]


@pytest.fixture(autouse=True, scope="module")
def _round_trip(make):
    global _ROUND_TRIP  # noqa: PLW0603 - hypothesis and function fixtures do not go together
    text = {"type": "string"}
    _ROUND_TRIP = make(
        {"n:r": {"x": "${x}", "a": {"@y": "${y}"}, "z": "${z}"}},
        {"x": text, "y": text, "z": {"type": "array", "items": text}},
    )


# -- what is left out -----------------------------------------------------------------------------

CHOICE = {
    "n:r": {
        "personne": {"physique": {"nom": "${nom}", "prenom": "${prenom}"}, "morale": {"d": "${d}"}}
    }
}
TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, ""),
        ({"nom": None}, ""),
        ({"d": "ACME"}, "<personne><morale><d>ACME</d></morale></personne>"),
        ({"prenom": "C"}, "<personne><physique><prenom>C</prenom></physique></personne>"),
    ],
)
def test_a_missing_value_takes_its_empty_parents_with_it(values, text, make):
    operation = make(CHOICE, {"nom": TEXT, "prenom": TEXT, "d": TEXT})
    assert rendered(operation, values) == text


def test_an_element_with_only_an_attribute_stays(make):
    operation = make({"n:r": {"a": {"@code": "${x}", "b": "${y}"}}}, {"x": TEXT, "y": TEXT})
    assert rendered(operation, {"x": '"<1>"'}) == '<a code="&quot;&lt;1&gt;&quot;"/>'
    assert rendered(operation, {"y": "2"}) == "<a><b>2</b></a>"
    assert rendered(operation, {}) == ""


def test_text_may_stand_around_a_value_and_goes_with_it(make):
    operation = make({"n:r": {"a": "PRM ${x}, <${y}> $${z}"}}, {"x": TEXT, "y": TEXT})
    assert rendered(operation, {"x": "1", "y": "2"}) == "<a>PRM 1, &lt;2&gt; ${z}</a>"
    assert rendered(operation, {"x": "1"}) == ""


def test_constants_keep_the_form_in_which_they_were_written(make):
    operation = make({"n:r": {"a": "AME", "b": True, "c": 30, "x": "${x}"}})
    assert rendered(operation, {}) == "<a>AME</a><b>true</b><c>30</c>"


# -- lists and objects ----------------------------------------------------------------------------

SERVICE = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "@rang": {"type": "integer"},
            "id": TEXT,
            "options": {
                "type": "object",
                "properties": {
                    "option": {
                        "type": "array",
                        "items": {"type": "object", "properties": {"corrige": {}, "pas": TEXT}},
                    }
                },
            },
        },
    },
}


def test_a_list_repeats_its_element(make):
    operation = make({"n:r": {"ids": {"id": "${x}"}}}, {"x": {"type": "array", "items": TEXT}})
    assert rendered(operation, {"x": ["1", "2"]}) == "<ids><id>1</id><id>2</id></ids>"
    assert rendered(operation, {"x": []}) == ""


def test_objects_take_the_order_of_their_schema_not_of_the_value(make):
    operation = make({"n:r": {"s": "${x}"}}, {"x": SERVICE})
    value = [
        {"options": {"option": [{"pas": "P1D", "corrige": False}, {"pas": "P1M"}]}, "id": "7"},
        {"@rang": 2, "options": None},
        {},
    ]
    assert rendered(operation, {"x": value}) == (
        "<s><id>7</id><options><option><corrige>false</corrige><pas>P1D</pas></option>"
        "<option><pas>P1M</pas></option></options></s>"
        '<s rang="2"/>'
    )


def test_a_member_that_the_schema_does_not_know_is_refused(make):
    render = compile_envelope(make({"n:r": {"s": "${x}"}}, {"x": SERVICE}))
    with pytest.raises(InvalidValues) as caught:
        render({"x": [{"identifiant": "7"}]})
    assert "id" in caught.value.problems[0].allowed


# -- headers --------------------------------------------------------------------------------------


def header(envelope: bytes) -> str:
    head = etree.fromstring(envelope).find("{*}Header")
    return "" if head is None else etree.tostring(head, encoding="unicode")


def test_without_a_header_there_is_none(make):
    assert header(compile_envelope(make())({"x": "1"}, env={"login": LOGIN})) == ""


def test_the_header_names_version_and_login(shipped):
    envelope = compile_envelope(shipped("rechercherPoint"))(
        GOLDEN["rechercherPoint"], env={"login": LOGIN}
    )
    assert f"<version>2.0</version><infoDemandeur><loginDemandeur>{LOGIN}" in header(envelope)
    assert "http://www.enedis.fr/sge/b2b/technique/v1.0" in header(envelope)


def test_the_old_header_names_the_point_before_the_caller(shipped):
    operation = shipped("commanderTransmissionHistoriqueMesures")
    text = header(compile_envelope(operation)({"pointId": "12345678901234"}, env={"login": LOGIN}))
    assert "dictionnaire/v4.0/dc" in text
    assert text.index("<pointId>12345678901234<") < text.index("<loginDemandeur>")


def test_a_header_is_a_tree_with_namespaces_attributes_and_expressions(make):
    operation = make(
        {"n:r": {"x": "${x}"}},
        {"x": TEXT, "session": TEXT},
        namespaces={"n": "urn:n", "h": "urn:h", "s": "urn:s"},
        header={
            "h:Session": {"@s:must": "1", "h:id": "${session}", "who": "${env.login}"},
            "h:Options": {"most": "${join('', [x, '0'])}"},
            "h:Note": {"@lang": "en", "#text": "for ${x}"},
        },
    )
    assert check_envelope(operation) == []
    envelope = compile_envelope(operation)({"x": "2", "session": "<7>"}, env={"login": LOGIN})
    session, options, note = etree.fromstring(envelope)[0]
    assert (session.tag, session.attrib) == ("{urn:h}Session", {"{urn:s}must": "1"})
    assert [(one.tag, one.text) for one in session] == [("{urn:h}id", "<7>"), ("who", LOGIN)]
    assert options.findtext("most") == "20"
    assert (note.get("lang"), note.text) == ("en", "for 2")
    assert "h" not in body(envelope).nsmap  # what only the header uses is declared there


@pytest.mark.parametrize(
    ("text", "problem_id", "suggestion"),
    [
        ("${env.logins}", Id.UNKNOWN_FIELD, "login"),
        ("${upper(x)}", Id.FUNCTION, ""),
        ("${x +}", Id.EXPRESSION, ""),
    ],
)
def test_a_wrong_expression_is_found_at_its_text(text, problem_id, suggestion, make):
    document = f"envelope:\n  header:\n    n:h:\n      b: {text}"
    operation = make(header={"n:h": {"b": text}})
    (problem,) = check_envelope(operation, read_yaml("x.yaml", document))
    assert (problem.id, problem.suggestion) == (problem_id, suggestion)
    assert (problem.at.line, problem.at.column) == (4, 12)


def test_a_block_of_the_header_without_a_value_is_left_out(make):
    operation = make(
        {"n:r": {"x": "${x}"}}, {"x": TEXT, "s": TEXT}, header={"n:Session": {"id": "${s}"}}
    )
    assert header(compile_envelope(operation)({"x": "1"})) == ""


def test_a_dry_run_shows_indented_xml(make):
    text = pretty(compile_envelope(make())({"x": "é & è"}))
    assert "\n      <x>é &amp; è</x>\n" in text


# -- mistakes of the document ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message", "path"),
    [
        ({"body": {"m:r": {"x": "${x}"}}}, 'prefix "m" is not declared', "envelope / body / m:r"),
        ({"body": {"r": {"x": "${x}"}}}, "has no prefix", "envelope / body / r"),
        ({"body": {"n:r": {"x": "${x}"}, "n:s": {"y": "1"}}}, "2 roots", "envelope / body"),
        ({"body": {"n:r": {"x": "${x}", "a": "${y}"}}}, 'no parameter "y"', "body / n:r / a"),
        ({"body": {"n:r": {"x": "${x}", "1a": "b"}}}, "not the name", "n:r / 1a"),
        ({"body": {"n:r": {"x": "${x}", "": "b"}}}, "not the name", "n:r / "),
        ({"body": {"n:r": {"x": "${x}", "a b": "b"}}}, "not the name", "n:r / a b"),
        ({"body": {"n:r": {"x": "${x}", "n:": "b"}}}, "not the name", "n:r / n:"),
        ({"body": {"n:r": {"x": "${x}", "a": None}}}, "holds nothing", "n:r / a"),
        ({"body": {"n:r": {"x": "${x}", "a": ["1"]}}}, "holds a list", "n:r / a"),
        ({"body": {"n:r": {"x": "${x}", "@a": {"b": "1"}}}}, "has children", "n:r / @a"),
        ({"body": {"n:r": {"x": "${x}", "a": "${b"}}}, "not closed", "n:r / a"),
        ({"body": {"n:r": {"a": "b"}}}, 'does not use the parameter "x"', "parameters / x"),
        ({"header": {"h": {"b": "1"}}}, "has no prefix", "envelope / header / h"),
        ({"namespaces": {"n": "urn:n", "xmlx": "u"}}, '"xmlx" cannot', "namespaces / xmlx"),
        (
            {"body": {"n:r": {"a": "x ${x}"}}, "parameters": {"x": SERVICE}},
            "is a list or an object",
            "n:r / a",
        ),
        (
            {"body": {"n:r": {"@a": "${x}"}}, "parameters": {"x": SERVICE}},
            "is a list or an object",
            "n:r / @a",
        ),
        (
            {"body": {"n:r": {"a": "${x}"}}, "parameters": {"x": {"type": "object"}}},
            "does not say their members",
            "n:r / a",
        ),
    ],
)
def test_a_mistake_is_found_at_its_key(changes, message, path, make):
    operation = make(**changes)
    (problem,) = check_envelope(operation)
    assert problem.id is Id.ENVELOPE
    assert message in problem.message
    assert problem.where.endswith(path)
    assert problem.at == operation.at


def test_a_misspelt_parameter_is_answered_with_the_close_one(make):
    operation = make({"n:r": {"a": "${pointID}", "b": "${pointId}"}}, {"pointId": TEXT})
    (problem,) = check_envelope(operation)
    assert problem.suggestion == "pointId"


def test_all_mistakes_come_at_once_each_with_its_place(make):
    text = "envelope:\n  body:\n    n:r:\n      m:a: '1'\n      b: of ${y}\nparameters:\n  x: {}"
    operation = make({"n:r": {"m:a": "1", "b": "of ${y}"}})
    problems = check_envelope(operation, read_yaml("x.yaml", text))
    places = [(problem.at.line, problem.at.column) for problem in problems]
    assert places == [(4, 7), (5, 15), (7, 3)]
