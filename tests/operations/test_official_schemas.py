"""The documents against the official XSDs, which come with the oracle `lowatt-enedis`."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from lxml import etree

from sgeflow.core.language.parameters import fill
from sgeflow.core.soap.envelope import compile_envelope

ORACLE = importlib.util.find_spec("lowatt_enedis")
pytestmark = pytest.mark.skipif(ORACLE is None, reason="the official XSDs are not installed")

OLD = "ERDF.Dictionnaire.TypeComplexe.v4.0.xsd"
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
TECHNICAL = "ENEDIS.Dictionnaire.Technique.v1.0.xsd"
LOGIN = "agent@example.org"
XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP_WSDL = "{http://schemas.xmlsoap.org/wsdl/soap/}"
GROUPS = {XS + tag for tag in ("sequence", "choice", "all", "complexContent")}
LEVELS = "{0}/Services/{0}/"
ACCES = "AccesDonneesOptionPublication/xsd/"
BULK = "M023_v1.2.0/xsd/m023/"
FILES = {
    "rechercherPoint": LEVELS.format("RecherchePoint") + "RechercherPoint-v2.0.xsd",
    "consulterDonneesTechniquesContractuelles": LEVELS.format(
        "ConsultationDonneesTechniquesContractuelles"
    )
    + "ConsulterDonneesTechniquesContractuelles-v1.0.xsd",
    "consulterMesuresDetaillees": "ConsultationMesuresDetaillees/ConsulterMesuresDetaillees-v2.0.1.xsd",
    "consulterMesuresDetailleesV3": "ConsultationMesuresDetailleesV3/"
    "ADAM.ConsulterMesuresDetailleesCommun.xsd",
    "commanderCollectePublicationMesures": LEVELS.format("CommandeCollectePublicationMesures")
    + "CommanderCollectePublicationMesures-v3.0.xsd",
    "rechercherServicesSouscritsMesures": LEVELS.format("RechercheServicesSouscritsMesures")
    + "RechercherServicesSouscritsMesures-v1.0.xsd",
    "commanderArretServiceSouscritMesures": LEVELS.format("CommandeArretServiceSouscritMesures")
    + "CommanderArretServiceSouscritMesures-v1.0.xsd",
    "commanderServicesAccesDonnees": ACCES + "CommanderServicesAccesDonnees-V1.0.xsd",
    "commanderRenouvellementServicesAccesDonnees": ACCES
    + "CommanderRenouvellementServicesAccesDonnees-V1.0.xsd",
    "commanderArretServicesAccesDonnees": ACCES + "CommanderArretServicesAccesDonnees-v1.0.xsd",
    "commanderModificationOptionsServicesAccesDonnees": ACCES
    + "CommanderModificationOptionsServicesAccesDonnees-V1.0.xsd",
    "rechercherServicesAccesDonnees": "RechercheServicesAccesDonnees/xsd/"
    "RechercherServicesAccesDonnees-V1.0.1.xsd",
    "consulterMesures": LEVELS.format("ConsultationMesures") + "ConsulterMesures-v1.1.xsd",
    "commanderAccesDonneesMesures": "CommandeAccesDonneesMesures/Services/"
    "CommanderAccesDonneesMesures/CommanderAccesDonneesMesures-V1.0.xsd",
    "commanderTransmissionDonneesInfraJ": LEVELS.format("CommandeTransmissionDonneesInfraJ")
    + "CommanderTransmissionDonneesInfraJ-v1.0.xsd",
    "commanderTransmissionHistoriqueMesures": LEVELS.format("TransmissionHistoriqueMesures")
    + "CommanderTransmissionHistoriqueMesures-v1.0.xsd",
    "commandeHistoriqueDonneesMesuresFines": BULK + "MesuresFinesModel.xsd",
    "commandeHistoriqueDonneesMesuresFacturantes": BULK + "MesuresFacturantesModel.xsd",
    "commandeInformationsTechniquesEtContractuelles": BULK + "ITCModel.xsd",
}


class Schema:
    """One service's XSD and its imports, as declarations to walk."""

    def __init__(self, file: Path) -> None:
        self.types, self.elements = {}, {}
        self._read(file.resolve(), set())

    def _read(self, file: Path, seen: set[Path]) -> None:
        if file in seen:
            return
        seen.add(file)
        root = etree.parse(file).getroot()
        namespace = root.get("targetNamespace")
        for kind in root.findall(XS + "complexType"):
            self.types[namespace, kind.get("name")] = kind
        for element in root.findall(XS + "element"):
            self.elements.setdefault(element.get("name"), (namespace, element))
        for link in root.findall(XS + "import"):
            if link.get("schemaLocation"):
                self._read((file.parent / link.get("schemaLocation")).resolve(), seen)

    def _type(self, node):
        prefix, _, name = (node.get("type") or node.get("base") or "").rpartition(":")
        return self.types.get((node.nsmap.get(prefix or None), name))

    def children(self, element):
        """Attribute names and child elements of an element, in order."""
        kind = element.find(XS + "complexType")
        kind = self._type(element) if kind is None else kind
        return [] if kind is None else list(self._content(kind))

    def _content(self, node):
        for part in node:
            if part.tag in GROUPS:
                yield from self._content(part)
            elif part.tag == XS + "extension":
                base = self._type(part)
                yield from () if base is None else self._content(base)
                yield from self._content(part)
            elif part.tag in (XS + "element", XS + "attribute"):
                yield part

    def walk(self, element, path=()):
        """Every element and attribute below an element, with its path, in document order."""
        for child in self.children(element):
            below = (*path, child.get("name"))
            yield below, child
            yield from self.walk(child, below)

    def whole(self, element):
        """A reply with everything in it, as plain data: what repeats comes twice."""
        parts = self.children(element)
        if not parts:
            return "x"
        made = {part.get("name"): (part, self.whole(part)) for part in parts}
        return {n: [v, v] if repeats(part) else v for n, (part, v) in made.items()}


def repeats(node) -> bool:
    return node.get("maxOccurs", "1") != "1"


@pytest.fixture
def folder() -> Path:
    return Path(ORACLE.submodule_search_locations[0], "wsdl")


@pytest.fixture
def file(name, folder) -> Path:
    return folder / FILES[name]


@pytest.fixture
def schema(file) -> Schema:
    return Schema(file)


@pytest.fixture
def envelopes(operation):
    """The request of each example, as it would be sent."""
    env = {"env": {"login": LOGIN, "contractId": "1234567"}}
    render = compile_envelope(operation)
    return {
        name: etree.fromstring(render(fill(operation.parameters, e.parameters, env), login=LOGIN))
        for name, e in operation.examples.items()
    }


@pytest.fixture
def reply(operation, schema):
    return next(schema.elements[n][1] for n in operation.response.elements if n in schema.elements)


def declared(content, parameters, path=()):
    """The elements of an envelope in order; a list of objects has those of its JSON Schema."""
    for key, value in content.items():
        below = (*path, key)
        yield below
        if isinstance(value, dict):
            yield from declared(value, parameters, below)
        elif parameter := re.fullmatch(r"\$\{(\w+)\}", value):
            yield from listed(parameters[parameter[1]].schema, below)


def listed(schema, path):
    schema = schema.get("items", schema)
    for name, child in schema.get("properties", {}).items():
        yield (*path, name)
        yield from listed(child, (*path, name))


def test_an_envelope_holds_every_element_of_its_schema_in_order(operation, schema):
    ((key, content),) = operation.envelope.body.items()
    prefix, _, root = key.partition(":")
    namespace, element = schema.elements[root]
    assert operation.envelope.namespaces[prefix] == namespace
    official = [path for path, _ in schema.walk(element)]
    assert list(declared(content, operation.parameters)) == official


def test_a_parameter_may_be_left_out_only_where_its_element_may(operation, schema):
    ((key, content),) = operation.envelope.body.items()
    nodes = dict(schema.walk(schema.elements[key.partition(":")[2]][1]))
    for path in declared(content, operation.parameters):
        parameter = operation.parameters.get(path[-1])
        if parameter and not parameter.required and parameter.default is None:
            above = [nodes[path[: length + 1]] for length in range(len(path))]
            assert any(node.get("minOccurs") == "0" or in_choice(node) for node in above), path


def in_choice(node) -> bool:
    return node.getparent().tag == XS + "choice"


def test_lists_are_what_repeats_in_a_reply(operation, schema, reply):
    repeating = {".".join(path) for path, node in schema.walk(reply) if repeats(node)}
    assert set(operation.response.lists) == repeating


def test_every_output_finds_something_in_a_whole_reply(operation, schema, reply):
    whole = schema.whole(reply)
    empty = {n for n, path in operation.response.paths.items() if hollow(path.search(whole))}
    assert empty == set()


def hollow(value) -> bool:
    """Whether anything in a value is missing."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return not value or any(map(hollow, parts))
    return value is None


def test_every_example_is_a_message_of_the_schema(envelopes, file):
    official = etree.XMLSchema(etree.parse(file))
    for name, envelope in envelopes.items():
        (body,) = envelope.find(f"{SOAP}Body")
        assert official.validate(body), (name, official.error_log)


def test_every_header_is_one_of_its_dictionary(envelopes, operation, folder):
    dictionary = OLD if operation.envelope.header == "enteteP" else TECHNICAL
    official = etree.XMLSchema(etree.parse(next(folder.rglob(dictionary))))
    for envelope in envelopes.values():
        header = envelope.find(f"{SOAP}Header")
        if operation.envelope.header == "none":
            assert header is None
        else:
            (entete,) = header
            assert official.validate(entete), official.error_log
            assert entete.findtext("version") == operation.version


# -- the WSDLs: where and how ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bindings():
    """What the WSDLs say of each operation: its action, its address, its header's element."""
    folder = Path(ORACLE.submodule_search_locations[0], "wsdl")
    return dict(said(etree.parse(file).getroot()) for file in folder.rglob("*.wsdl"))


def said(wsdl):
    (operation,) = wsdl.findall(f"{WSDL}binding/{WSDL}operation")
    action = operation.find(f"{SOAP_WSDL}operation")
    header = operation.find(f"{WSDL}input/{SOAP_WSDL}header")
    address = wsdl.find(f".//{SOAP_WSDL}address").get("location")
    return operation.get("name"), (
        "" if action is None else action.get("soapAction", ""),
        address.partition("://")[2].partition("/")[2],
        "none" if header is None else header.get("part"),
    )


def test_every_service_of_the_wsdls_has_its_document(bindings, operations):
    assert set(bindings) == set(operations)


def test_the_action_is_that_of_the_wsdl(bindings, operation):
    assert operation.route.soap_action == bindings[operation.name][0]


def test_the_direct_path_is_that_of_the_wsdl(bindings, operation):
    if operation.name == "consulterMesuresDetaillees":
        return  # its WSDL prints a namespace for an address
    assert operation.route.direct == bindings[operation.name][1]


def test_there_is_a_header_where_the_wsdl_has_one(bindings, operation):
    declared = bindings[operation.name][2] != "none"
    assert (operation.envelope.header != "none") is declared
