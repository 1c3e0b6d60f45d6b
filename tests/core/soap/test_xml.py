"""XML from outside: what is accepted, and the plain data it becomes."""

from __future__ import annotations

import pytest
from lxml import etree

from sgeflow.core.soap.xml import parse, payload, to_document
from sgeflow.core.wires.answers import Flaw

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

BOMB = b"<!ENTITY e0 'ten letters'>" + b"".join(
    b"<!ENTITY e%d '%b'>" % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 8)
)


def document(text: str, *lists: str):
    return to_document(parse(text.encode()), lists)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (b"<a><b></a>", "line 1, column"),
        (b"<a>", "line 1, column 4"),
        (b"<a>&other;</a>", "line 1"),
        (b"<a>\x01</a>", "line 1"),
        (b"<a/><b/>", "line 1"),
        (b"not xml", "line 1, column 1"),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>', "DOCTYPE"),
        (b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', "DOCTYPE"),
        (b'<!DOCTYPE a [<!ENTITY e "text">]><a>&e;</a>', "DOCTYPE"),
        (b'<!DOCTYPE a [<!ENTITY e "&f;"><!ENTITY f "&e;">]><a>&e;</a>', "DOCTYPE"),
        (b"<!DOCTYPE a [%b]><a>&e7;</a>" % BOMB, "DOCTYPE"),
        (b"<a>" * 300 + b"</a>" * 300, "line 1"),
    ],
)
def test_what_is_not_plain_xml_is_refused_with_its_place(body, reason):
    flaw = parse(body)
    assert isinstance(flaw, Flaw)
    assert reason in flaw.reason


def test_the_payload_is_the_one_element_of_the_body(envelope):
    root = parse(envelope("<!-- note --><n:one xmlns:n='urn:n'/><?note?>"))
    assert payload(root).tag == "{urn:n}one"


def test_the_payload_of_an_empty_body_is_the_body():
    assert payload(parse(b"<Envelope><Body> </Body></Envelope>")).tag == "Body"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<other/>", "<other>"),
        ("<Envelope/>", "without a Body"),
        ("<Envelope><Body><a/><b/></Body></Envelope>", "several answers"),
        ("<Envelope><Body><a/></Body><Body><b/></Body></Envelope>", "several answers"),
    ],
)
def test_a_root_without_payload_says_what_it_is(text, reason):
    assert reason in payload(parse(text.encode())).reason


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<r/>", {}),
        ("<r>  </r>", {}),
        ("<r> word </r>", "word"),
        ("<r><a/></r>", {"a": ""}),
        ("<r><a> 1 </a></r>", {"a": "1"}),
        ("<r><a>1<!-- no -->2</a></r>", {"a": "12"}),
        ("<r><a><![CDATA[<x>]]>&amp;</a></r>", {"a": "<x>&"}),
        ("<r><a>null</a></r>", {"a": "null"}),
        (f'<r {XSI}><a xsi:nil="true"/></r>', {"a": None}),
        (f'<r {XSI}><a xsi:nil="1" code="X">t</a></r>', {"a": None}),
        (f'<r {XSI}><a xsi:nil="false">t</a></r>', {"a": "t"}),
        (f'<r {XSI} xsi:nil="true"/>', None),
        ('<r><a code="SGT200">Succès</a></r>', {"a": {"code": "SGT200", "text": "Succès"}}),
        ('<r><a code="F"><libelle>L</libelle></a></r>', {"a": {"code": "F", "libelle": "L"}}),
        ('<r xmlns:n="urn:n" n:id="7"><n:a>1</n:a></r>', {"id": "7", "a": "1"}),
        ("<r><a>1</a><b/><a>2</a></r>", {"a": ["1", "2"], "b": ""}),
        ("<r>one <a/> two</r>", {"a": "", "text": "one two"}),
        ('<r a="0"><a>1</a></r>', {"a": ["0", "1"]}),
    ],
)
def test_the_convention_of_plain_data(text, plain):
    assert document(text) == plain


def test_a_declared_list_is_a_list_even_when_one_came():
    text = "<r><g><m>1</m></g><m>2</m></r>"
    assert document(text, "g", "g.m") == {"g": [{"m": ["1"]}], "m": "2"}


def test_what_did_not_come_is_absent_not_empty():
    assert document("<r><x/></r>", "g") == {"x": ""}


def test_a_reply_of_ten_megabytes_of_text_in_one_node_is_refused():
    assert isinstance(parse(b"<a>" + b"x" * 11_000_000 + b"</a>"), Flaw)


def test_nothing_is_fetched_for_an_xinclude(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    text = f'<r xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{secret}"/></r>'
    assert "secret</" not in etree.tostring(parse(text.encode()), encoding="unicode")
    assert document(text)["include"]["href"] == str(secret)
