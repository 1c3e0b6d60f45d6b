"""The shipped operations, simulators, and a small client that speaks plain HTTP."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from sgeflow.core.checking.catalog import decode_shared
from sgeflow.core.checking.operations import decode_operation
from sgeflow.core.documents import Operation
from sgeflow.core.engine.step import Catalog
from sgeflow.core.language.parameters import fill as fill_parameters
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.core.soap.envelope import compile_envelope
from sgeflow.runtime.project import open_catalog
from sgeflow.simulator import Simulator
from tests.skips import OFFICIAL, official_folder

OPERATIONS = Path(__file__).parents[2] / "operations"
TODAY = "2025-06-15"
POINT = HOME = "30000000000011"
BUSINESS, TERMINATED, UNKNOWN = "30000000000106", "30000000000037", "99999999999999"
OURS = "51000001"  # the service of a scenario
LOGIN = "donnees.energie@example.org"
GENERAL = {"pointId": POINT, "initiateurLogin": LOGIN, "contratId": "1234567"}
AGREED = {"accord": "true", "personnePhysique": {"nom": "LEFEVRE"}}
ENVIRONMENT = {"env": {"login": LOGIN, "contractId": "1234567"}}
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
XS = "{http://www.w3.org/2001/XMLSchema}"

Content = Mapping[str, Any]


# -- the official schemas, when they are there ------------------------------------------------------


@cache
def schema_files() -> Mapping[str, Path]:
    """Qualified element name to the XSD that declares it; empty without the oracle."""
    folder, found = official_folder(), {}
    for file in sorted(folder.rglob("*.xsd")) if folder else ():
        root = etree.parse(file).getroot()
        for element in root.findall(f"{XS}element"):
            found.setdefault(f"{{{root.get('targetNamespace')}}}{element.get('name')}", file)
    return found


@cache
def schema(root: str) -> etree.XMLSchema:
    document = etree.parse(schema_files()[root])
    for one in document.findall(f".//{XS}enumeration[@value='PMA']"):
        # The oracle's XSD of the detailed measures v3 is older than Enedis's 1.2, which takes the
        # maximum power of each phase (guide 0497, 1.4.1).
        one.getparent().extend(etree.Element(one.tag, value=f"PMA{phase}") for phase in "123")
    return etree.XMLSchema(document)


# -- talking to a simulator -------------------------------------------------------------------------


@cache
def world_catalog() -> Catalog:
    """The shipped catalogue, people and scenarios included."""
    return open_catalog(OPERATIONS.parent).catalog


@cache
def catalogue() -> Mapping[str, Operation]:
    types, problems = decode_shared(
        "types", read_yaml("types.yaml", (OPERATIONS / "types.yaml").read_text())
    )
    assert not problems
    found = {}
    for file in sorted(OPERATIONS.glob("*.yaml")):
        if file.stem in ("types", "faults", "services"):
            continue
        operation, problems = decode_operation(read_yaml(file.name, file.read_text()), types)
        assert operation is not None, problems
        found[operation.name] = operation
    return found


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def root(self) -> etree._Element:
        return etree.fromstring(self.body).find(f"{SOAP}Body")[0]

    @property
    def code(self) -> str:
        """The SGT code of a fault, "ok" for an answer, else the HTTP status."""
        if self.status == 200:
            return "ok"
        if self.status != 500:
            return str(self.status)
        return self.root.find("detail/*/resultat").get("code")

    @property
    def words(self) -> str:
        return self.root.find("detail/*/resultat").text

    def texts(self, path: str) -> list[str]:
        return [one.text for one in self.root.findall(path)]

    def text(self, path: str) -> str | None:
        return self.root.findtext(path)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """One keep-alive connection to a simulator; every SGE answer is checked against its XSD."""

    simulator: Simulator
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        host = self.simulator.base_url.removeprefix("http://")
        self.connection = http.client.HTTPConnection(host, timeout=60)

    def close(self) -> None:
        self.connection.close()

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        self.connection.request(method, path, body, headers)
        reply = self.connection.getresponse()
        return Answer(reply.status, dict(reply.getheaders()), reply.read())

    def sge(self, operation: str, content: Content) -> Answer:
        return self.post(operation, self.envelope(operation, content))

    def call(self, operation: str, **parameters: Any) -> Answer:
        """The operation as its document sends it, without what its rules would refuse."""
        return self.post(operation, self.message(operation, **parameters))

    def message(self, operation: str, **parameters: Any) -> bytes:
        known = catalogue()[operation]
        values = fill_parameters(known.parameters, parameters, ENVIRONMENT, owner=operation)
        return compile_envelope(known)(values, env={"login": LOGIN})

    def post(self, operation: str, envelope: bytes) -> Answer:
        path = f"/{catalogue()[operation].route.direct}"
        answer = self.send("POST", path, envelope)
        if answer.status == 200 and schema_files():
            schema(answer.root.tag).assertValid(etree.ElementTree(answer.root))
        return answer

    def consent(self, method: str, number: Any = "", record: Any = None) -> Answer:
        body = b"" if record is None else json.dumps(record).encode()
        path = "/backoffice/consent" + (f"/{number}" if number != "" else "")
        return self.send(method, path, body, Authorization="Bearer simulator")

    def envelope(self, operation: str, content: Content) -> bytes:
        spec = catalogue()[operation].envelope
        prefix, _, local = next(iter(spec.body)).partition(":")
        uri = spec.namespaces[prefix]
        root = etree.Element(f"{SOAP}Envelope")
        body = etree.SubElement(root, f"{SOAP}Body")
        fill(etree.SubElement(body, f"{{{uri}}}{local}", nsmap={"n": uri}), content)
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True)

    # -- the requests that tests vary ---------------------------------------------------------------

    def point(self, **criteria: str | None) -> Answer:
        address = {
            "batiment": None,
            "numeroEtNomVoie": None,
            "codePostal": None,
            "codeInseeCommune": None,
        }
        others = {
            "numSiret": None,
            "matriculeOuNumeroSerie": None,
            "domaineTensionAlimentationCode": None,
            "nomClientFinalOuDenominationSociale": None,
            "categorieClientFinalCode": None,
            "rechercheHorsPerimetre": None,
        }
        content = {
            "adresseInstallation": present(address, criteria) or None,
            **present(others, criteria),
        }
        return self.sge("rechercherPoint", {"criteres": content, "loginUtilisateur": LOGIN})

    def contract(self, point: str = POINT, authorised: str = "true") -> Answer:
        content = {"pointId": point, "loginUtilisateur": LOGIN, "autorisationClient": authorised}
        return self.sge("consulterDonneesTechniquesContractuelles", content)

    def measures(self, kind: str = "COURBE", **changes: str | None) -> Answer:
        demand = {
            "initiateurLogin": LOGIN,
            "pointId": POINT,
            "mesuresTypeCode": kind,
            "grandeurPhysique": {"COURBE": "PA", "ENERGIE": "EA", "PMAX": "PMA"}[kind],
            "soutirage": "true",
            "injection": "false",
            "dateDebut": "2025-06-08",
            "dateFin": TODAY,
            "mesuresPas": "P1D" if kind == "PMAX" else None,
            "mesuresCorrigees": "false",
            "accordClient": "true",
        }
        return self.sge("consulterMesuresDetaillees", {"demande": {**demand, **changes}})

    def measures_v3(self, kind: str = "COURBE", **changes: str | None) -> Answer:
        quantities = {"COURBE": "PA", "ENERGIE": "EA", "PMAX": "PMA", "INDEX": "EA"}
        demand = {
            "initiateurLogin": LOGIN,
            "pointId": POINT,
            "mesuresTypeCode": kind,
            "grandeurPhysique": quantities[kind],
            "dateDebut": "2025-06-08",
            "dateFin": TODAY,
            "mesuresPas": "P1D" if kind == "PMAX" else None,
            "mesuresCorrigees": "false",
            "sens": "SOUTIRAGE",
            "cadreAcces": "ACCORD_CLIENT",
        }
        return self.sge("consulterMesuresDetailleesV3", {"demande": {**demand, **changes}})

    def subscribed(self, point: str = POINT, contract: str = "1234567") -> Answer:
        return self._search("rechercherServicesSouscritsMesures", point, contract)

    def accesses(self, point: str = POINT, contract: str = "1234567") -> Answer:
        return self._search("rechercherServicesAccesDonnees", point, contract)

    def _search(self, operation: str, point: str, contract: str) -> Answer:
        criteria = {"pointId": point, "contratId": contract}
        return self.sge(operation, {"criteres": criteria, "loginUtilisateur": LOGIN})

    def collect(self, **changes: Any) -> Answer:
        """An order of the load curve that the household may place."""
        general = {"objetCode": "AME", **GENERAL}
        measures = {
            "dateDebut": TODAY,
            "dateFin": "2026-06-15",
            "declarationAccordClient": AGREED,
            "mesuresTypeCode": "CDC",
            "soutirage": "true",
            "injection": "false",
            "mesuresPas": "PT30M",
            "mesuresCorrigees": "false",
            "transmissionRecurrente": "true",
            "periodiciteTransmission": "P1D",
        }
        content = {
            "donneesGenerales": changed(general, changes),
            "accesMesures": changed(measures, changes),
        }
        return self.sge("commanderCollectePublicationMesures", {"demande": content})

    def stop(self, service: str, **changes: str) -> Answer:
        general = {"objetCode": "ASS", **GENERAL}
        content = {
            "donneesGenerales": changed(general, changes),
            "arretServiceSouscrit": {"serviceSouscritId": service},
        }
        return self.sge("commanderArretServiceSouscritMesures", {"demande": content})

    def order(self, *services: Content | str, **changes: Any) -> Answer:
        """An order of access services; a bare text is a type of data without option."""
        general = {
            **GENERAL,
            "dateFin": "2028-06-15",
            "sens": "SOUTIRAGE",
            "declarationAccordClient": AGREED,
        }
        wanted = [{"typeDonnees": one} if isinstance(one, str) else one for one in services]
        content = {
            "donneesGenerales": changed(general, changes),
            "servicesSouscrits": {"serviceSouscrit": wanted},
        }
        return self.sge("commanderServicesAccesDonnees", {"demande": content})

    def renew(self, *services: str, **changes: Any) -> Answer:
        general = {
            **GENERAL,
            "sens": "SOUTIRAGE",
            "declarationAccordClient": AGREED,
            "dateFin": "2028-06-15",
        }
        content = {
            "donneesGenerales": changed(general, changes),
            "servicesSouscrits": {"serviceSouscritId": list(services)},
        }
        return self.sge("commanderRenouvellementServicesAccesDonnees", {"demande": content})

    def stop_accesses(self, *services: str, **changes: str) -> Answer:
        general = {**GENERAL, "sens": "SOUTIRAGE"}
        content = {
            "donneesGenerales": changed(general, changes),
            "servicesSouscrits": {"serviceSouscritId": list(services)},
        }
        return self.sge("commanderArretServicesAccesDonnees", {"demande": content})


def present(known: Content, given: Content) -> dict[str, Any]:
    return {key: given[key] for key in known if given.get(key) is not None}


def changed(known: Content, changes: Content) -> dict[str, Any]:
    return {key: changes.get(key, value) for key, value in known.items()}


def fill(element: etree._Element, content: Content) -> None:
    for key, value in content.items():
        for item in value if isinstance(value, list) else [value]:
            if item is None:
                continue
            child = etree.SubElement(element, key)
            if isinstance(item, Mapping):
                fill(child, item)
            else:
                child.text = item


Open = Callable[..., Client]


@pytest.fixture
def operations() -> Mapping[str, Operation]:
    return catalogue()


@pytest.fixture
def catalog() -> Catalog:
    return world_catalog()


@pytest.fixture
def opened() -> Iterator[Open]:
    """Starts a simulator for each call, and ends them all."""
    clients: list[Client] = []

    def start(scenario: str = "household", **settings: Any) -> Client:
        simulator = Simulator(world_catalog(), scenario=scenario, **{"today": TODAY, **settings})
        simulator.start()
        clients.append(Client(simulator))
        return clients[-1]

    yield start
    for client in clients:
        client.close()
        client.simulator.stop()
        assert not client.simulator.mistakes


@pytest.fixture
def sge(opened: Open) -> Client:
    """The untroubled household."""
    return opened()


@pytest.fixture
def schemas() -> Mapping[str, Path]:
    """The official XSDs; the test is skipped without them."""
    if not schema_files():
        pytest.skip(OFFICIAL)
    return schema_files()
