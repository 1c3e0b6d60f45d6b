"""What a foreign document, variable or folder may do to the command line: nothing that lasts."""

from __future__ import annotations

from pathlib import Path

import pytest

CITY = """
environment: city
title: Somewhere else
generation: current
login: sge@example.org
contractId: "1234567"
services:
  sge: {base_url: "https://sge.example.org", route: direct}
"""
OPERATION = """
operation: readThing
title: Reads a thing
service: Thing
version: "1.0"
kind: read
route: {direct: Thing/v1, soap_action: ""}
parameters:
  name: {type: string, pattern: "PATTERN"}
envelope:
  namespaces: {v: "urn:thing"}
  body: {v:read: {name: "${name}"}}
response: {element: readResponse, paths: {name: name}}
"""
WSDL = """<?xml version="1.0"?>
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:t="urn:thing" xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:thing">
<types><x:schema targetNamespace="urn:thing" elementFormDefault="qualified">
<x:element name="read"><x:complexType><x:sequence>FIELDS</x:sequence></x:complexType></x:element>
<x:element name="readResponse"><x:complexType><x:sequence>
  <x:element name="name" type="x:string"/></x:sequence></x:complexType></x:element>TYPES
</x:schema></types>
<message name="in"><part name="p" element="t:read"/></message>
<message name="out"><part name="p" element="t:readResponse"/></message>
<portType name="Thing"><operation name="readThing"><input message="t:in"/><output message="t:out"/></operation></portType>
<binding name="b" type="t:Thing"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
<operation name="readThing"><soap:operation soapAction=""/><input><soap:body use="literal"/></input>
<output><soap:body use="literal"/></output></operation></binding>
<service name="Thing"><port name="p" binding="t:b"><soap:address location="http://example.org/Thing/v1.0"/></port></service>
</definitions>
"""


def of_type(names: str, kind: str) -> str:
    return "".join(f'<x:element name="{name}" type="{kind}"/>' for name in names)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("environments", "operations"):
        (tmp_path / folder).mkdir()
    (tmp_path / "environments/city.yaml").write_text(CITY)
    return tmp_path


@pytest.mark.parametrize("proxy", ["http://x@[::1", "http://[", "x@[::1", "http://h:port"])
def test_a_proxy_of_the_machine_that_is_no_address_is_told(sgeflow, project, monkeypatch, proxy):
    monkeypatch.setenv("https_proxy", proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    done = sgeflow(
        "call",
        "consulterDonneesTechniquesContractuelles",
        "pointId=30000000000011",
        "--env",
        "city",
    )
    assert (done.code, "SGE900" in done.err) == (6, False)
    assert "the proxy that https_proxy names cannot be used" in done.err
    assert "http://host:port" in done.err


def test_a_pattern_that_takes_for_ever_is_a_mistake_of_the_document(sgeflow, project):
    file = project / "operations/readThing.yaml"
    file.write_text(OPERATION.replace("PATTERN", "^(a+)+$"))
    done = sgeflow("validate")
    assert done.code == 3
    assert "a repeat within a repeat may take for ever" in done.out
    assert "readThing.yaml:9:33" in done.out
    file.write_text(OPERATION.replace("PATTERN", "^([a-z]+,)*[a-z]+$"))
    assert sgeflow("validate").code == 0


def test_a_match_that_takes_for_ever_is_told_before_it_runs(sgeflow, project):
    (project / "flows").mkdir()
    (project / "flows/slow.yaml").write_text(
        "flow: slow\ntitle: Waits\ninputs: {text: {type: string}}\nsteps:\n"
        "  - id: fits\n    set: {yes: \"${match(inputs.text, '(a+)+')}\"}\n"
    )
    done = sgeflow("validate")
    assert done.code == 3
    assert "match(): a repeat within a repeat may take for ever" in done.out


def test_a_wsdl_of_ten_million_elements_is_refused(sgeflow, project):
    names = "abcdefghij"
    levels = [
        f'<x:complexType name="L{at}"><x:sequence>'
        f"{of_type(names, f't:L{at + 1}' if at < 7 else 'x:string')}</x:sequence></x:complexType>"
        for at in range(1, 8)
    ]
    text = WSDL.replace("FIELDS", of_type(names, "t:L1")).replace("TYPES", "".join(levels))
    (project / "Thing.wsdl").write_text(text)
    done = sgeflow("import", "Thing.wsdl")
    assert done.code == 3
    assert "whose input has more than 5,000 elements" in done.err


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("http://example.org/Thing/v1.0", "http://[::1"),
        ('<soap:address location="http://example.org/Thing/v1.0"/>', ""),
        ('operation name="readThing"', 'operation name="types"'),
        ('operation name="readThing"', 'operation name="read-thing.v2"'),
    ],
)
def test_a_wsdl_with_an_odd_place_or_name_is_drafted(sgeflow, project, written, instead):
    text = WSDL.replace("FIELDS", of_type("a", "x:string")).replace("TYPES", "")
    (project / "Thing.wsdl").write_text(text.replace(written, instead))
    done = sgeflow("import", "Thing.wsdl")
    assert done.code == 0, done.err
    assert sgeflow("validate").code == 0


UNION = (
    '<x:simpleType name="U"><x:union memberTypes="x:int x:date"/></x:simpleType>'
    '<x:simpleType name="R"><x:restriction base="t:U"><x:FACET/></x:restriction></x:simpleType>'
)
PART = '<part name="p" element="t:read"/>'


@pytest.mark.parametrize(
    ("fields", "types"),
    [
        (
            '<x:element name="données"><x:complexType><x:attribute name="é"/></x:complexType></x:element>',
            "",
        ),
        ('<x:element name="数" type="x:string"/>', ""),
        ('<x:element ref="x:schema"/><x:any/>', ""),  # a DataSet of .NET
        ('<x:element name="a" type="t:R"/>', UNION.replace("x:FACET", "x:pattern value='1.*'")),
        ('<x:element name="a" type="t:R"/>', UNION.replace("x:FACET", "x:enumeration value='1'")),
        ('<x:any processContents="lax"/>', ""),
        ('<x:element name="a"/><x:element name="f" type="x:base64Binary"/>', ""),
    ],
)
def test_a_wsdl_with_elements_of_any_shape_is_drafted(sgeflow, project, fields, types):
    text = WSDL.replace("FIELDS", of_type("z", "x:string") + fields).replace("TYPES", types)
    (project / "Thing.wsdl").write_text(text)
    done = sgeflow("import", "Thing.wsdl")
    assert done.code == 0, done.err
    assert sgeflow("validate").code == 0


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ('style="document"', 'style="rpc"', "binds readThing as rpc/literal"),
        (PART, '<part name="p" type="x:string"/>', "whose input is not one element"),
        (PART, "", "whose input is not one element"),
        (PART, f'{PART}<part name="file" type="x:base64Binary"/>', "whose input is not one"),
    ],
)
def test_a_wsdl_whose_messages_are_not_one_element_is_refused(
    sgeflow, project, written, instead, told
):
    text = WSDL.replace("FIELDS", of_type("z", "x:string")).replace("TYPES", "")
    assert written in text
    (project / "Thing.wsdl").write_text(text.replace(written, instead, 1))
    done = sgeflow("import", "Thing.wsdl")
    assert (done.code, told in " ".join(done.err.split())) == (3, True), done.err


def test_a_backup_takes_no_folder_away_that_is_called_like_its_own(sgeflow, tmp_path):
    assert sgeflow("run", "check-identity").code == 0
    foreign = tmp_path / ".copy.part"
    foreign.mkdir()
    (foreign / "letter.txt").write_text("mine")
    assert sgeflow("state", "backup", "copy").code == 0
    assert (foreign / "letter.txt").read_text() == "mine"
    assert {one.name for one in tmp_path.iterdir()} == {".copy.part", "copy", "state"}
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o700
