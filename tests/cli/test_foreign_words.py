"""What others say leaves by no door with a person, a point or a secret, and keeps its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

pytest.importorskip("opentelemetry.sdk", reason="the extra traces is not installed")

from sgeflow.adapters.state.journal import Journal
from sgeflow.core.engine.effects import Pause
from sgeflow.runtime import driver
from tests.cli.conftest import ROOT
from tests.collector import collecting

NAME, POINT, TOKEN = "Canarivale", "30000000000029", "k7Qp2x9zW4"
LONG = "z" * 2_000
CANARIES = (NAME, POINT, TOKEN, LONG[:41], "Bernadotte")
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
FAULT = (
    f'<s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault><faultcode>{{faultcode}}</faultcode>'
    "<faultstring>no</faultstring>{detail}</s:Fault></s:Body></s:Envelope>"
)
SGE = '<e:erreur xmlns:e="http://www.enedis.fr/sge/b2b/technique/v1.0"><resultat code="{}"/></e:erreur>'
WSO2 = '<am:fault xmlns:am="http://wso2.org/apimanager"><am:code>{}</am:code><am:message>no</am:message></am:fault>'
DOORS = {
    "json": (500, '{{"fault": {{"code": "{}", "message": "no"}}}}'),
    "bad-request": (400, '{{"fault": {{"code": "{}", "message": "no"}}}}'),
    "plain-json": (403, '{{"code": "{}"}}'),
    "number-and-words": (500, '{{"fault": {{"code": "900800 {}"}}}}'),
    "sge": (500, FAULT.format(faultcode="s:Server", detail=f"<detail>{SGE}</detail>")),
    "wso2": (503, WSO2),
    "wso2-in-soap": (401, FAULT.format(faultcode="s:Server", detail=f"<detail>{WSO2}</detail>")),
    "faultcode": (500, FAULT.format(faultcode="s:{}", detail="")),
}
WORDS = f"{NAME} {POINT} {TOKEN} client Bernadotte {LONG}"
FLOW = """\
flow: asks
title: Asks, and orders
inputs:
  lastname: {type: string, personal: true}
  orders: {type: boolean, default: false}
steps:
  - id: several
    foreach: [1]
    as: one
    on_item_error: collect
    call: rechercherPoint
    retry: {attempts: 1}
    with: &asked
      codePostal: "69003"
      codeInseeCommune: "69383"
      nomClientFinalOuDenominationSociale: ${inputs.lastname}
  - id: one
    call: rechercherPoint
    retry: {attempts: 1}
    with: *asked
    on_fault:
      - classes: [transient, technical, credentials, invalid, not_found]
        continue: {points: ["${fault.code}"]}
  - id: ordered
    when: inputs.orders
    call: commanderArretServiceSouscritMesures
    with: {pointId: "30000000000011", serviceSouscritId: "12"}
outputs:
  codes: "[steps.several.failed[].code, steps.one.points]"
"""


class Office:
    """A server that answers every request with a status and a body."""

    status, body, asked = 500, "", 0
    headers: ClassVar[dict[str, str]] = {}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """The server behind the environment `far`, and a flow that asks it."""
    office = Office()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            office.asked += 1
            body = office.body.encode()
            self.send_response(office.status)
            kind = "application/json" if body[:1] == b"{" else "text/xml"
            for name, value in {"Content-Type": kind, **office.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815 - the name of http.server

        def do_HEAD(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    for folder in ("environments", "flows"):
        (tmp_path / folder).mkdir()
    (tmp_path / "environments" / "far.yaml").write_text(
        "environment: far\ntitle: Far away\ngeneration: previous\n"
        'login: prenom.nom@example.org\ncontractId: "1"\n'
        f"services:\n  sge:\n    base_url: http://127.0.0.1:{server.server_port}\n    route: direct\n"
        '    headers: {apikey: "${secret.CANARY}"}\n'
    )
    (tmp_path / "flows" / "asks.yaml").write_text(FLOW)
    monkeypatch.setenv("CANARY", TOKEN)
    monkeypatch.setitem(driver.Driver._ANSWERS, Pause, lambda *_: None)
    yield office
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("door", DOORS)
def test_what_stands_in_the_place_of_a_code_names_nobody_wherever_it_goes(
    sgeflow, office, tmp_path, monkeypatch, door
):
    office.status, form = DOORS[door]
    office.body = form.format(WORDS)
    (tmp_path / "rows.csv").write_text(f"lastname,orders\n{NAME.upper()},true\n")
    own = ("--env", "far", "--project", ".")
    name = f"lastname={NAME.upper()}"
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
        watched = (*own, "--log", "json", "--traces", "--metrics", "m.prom", "-v")
        call = ("nomClientFinalOuDenominationSociale=" + NAME.upper(), "codePostal=69003")
        told = [
            sgeflow("call", "rechercherPoint", *call, "codeInseeCommune=69383", *own, "-v"),
            sgeflow("run", "asks", name, "--run", "well", *watched, "--record", "tape.yaml"),
            sgeflow("run", "asks", name, "--run", "well2", *own),
            sgeflow("run", "asks", name, "orders:=true", "--run", "ill", *watched, "-O", "json"),
            sgeflow("run", "asks", "--each", "rows.csv", "--run", "many", *watched, "-O", "json"),
        ]
        spans = b"".join(collector.bodies)
    assert all(one.code > 3 for one in told), told
    pages = (
        ("page", "run", "ill", "-o", "ill.html"),
        ("page", "fleet", "many", "-o", "many.html"),
        ("runs", "show", "ill"),
        ("runs", "show", "well", "-O", "json"),
        ("runs", "show", "many"),
        ("show", "ill"),
        ("orders",),
        ("cassette", "audit", "tape.yaml"),
    )
    told += [sgeflow(*words) for words in pages]
    printed = "".join(one.out + one.err for one in told).encode()
    (tmp_path / "printed").write_bytes(printed + spans)
    leaks = [
        (str(file.relative_to(tmp_path)), file.read_bytes().partition(canary.encode())[0][-90:])
        for file in tmp_path.rglob("*")
        if file.is_file()
        for canary in (CANARIES if file.name != "tape.yaml" else (NAME, TOKEN, "Bernadotte"))
        if canary.encode() in file.read_bytes()
    ]
    assert leaks == []


@pytest.mark.parametrize("status", [300, 500])
def test_a_short_secret_is_kept_of_no_answer_that_may_hold_no_value(
    sgeflow, office, tmp_path, status
):
    office.status, office.body = status, f'{{"fault": {{"message": "no {TOKEN}"}}}}'
    own = ("--env", "far", "--project", ".", "--run", "ill")
    assert sgeflow("run", "asks", f"lastname={NAME}", "orders:=true", *own).code > 3
    with Journal(tmp_path / "state" / "journal.db") as journal:
        bodies = [one.body for one in journal.answers("ill").values()]
    assert bodies
    assert not [body for body in bodies if TOKEN.encode() in body]


SEARCH = (
    *("call", "rechercherPoint", "codePostal=69003", "codeInseeCommune=69383"),
    *("numeroEtNomVoie=3 RUE DES ORMES", "--env", "far", "--project", ".", "--record", "tape.yaml"),
)
DIAGNOSES = (
    "Client: Invalid Session ID",
    "the Session Has Expired, please log in",
    "caused by: Read Timed Out",
    "Unknown Host Exception thrown by the gateway",
    "returned Null Pointer Exception",
    "le Mot De Passe est faux",
    "utilisateur Non Autorisé pour le Point De Livraison",
)


@pytest.mark.parametrize("words", DIAGNOSES)
def test_what_a_refusal_says_of_its_reason_stays_in_messages_and_recordings(
    sgeflow, office, tmp_path, words
):
    office.body = FAULT.format(faultcode="s:Server", detail="").replace("no<", f"{words}<")
    assert f'Enedis refused the call: "{words}"' in " ".join(sgeflow(*SEARCH).err.split())
    assert words in (tmp_path / "tape.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("12 RUE DE LA PAIX introuvable", "introuvable"),
        (
            "adresse 12 bis rue de l'église n'existe pas dans la commune",
            "n'existe pas dans la commune",
        ),
        ("le 12, avenue de la Poste est inconnue du réseau", "est inconnue du réseau"),
        ("12 rue du 8 mai 1945 not found", "not found"),
        ("12 bd Jean-Jaurès appartement 4 ne correspond pas", "ne correspond pas"),
    ],
)
def test_behind_a_strangers_street_the_reason_of_a_refusal_stays(
    sgeflow, office, tmp_path, words, reason
):
    office.body = FAULT.format(faultcode="s:Server", detail="").replace("no<", f"{words}<")
    shown = " ".join(sgeflow(*SEARCH).err.split())
    recorded = (tmp_path / "tape.yaml").read_text("utf-8")
    assert f"*** {reason}" in shown
    assert reason in recorded
    street = words.partition(f" {reason}")[0]
    assert street not in shown + recorded
    assert not {"PAIX", "église", "Poste", "mai", "Jean-Jaurès"}.intersection(
        re.findall(r"[\w-]+", shown)
    )


def test_whom_an_answer_names_is_named_nowhere_in_its_recording(sgeflow, office, tmp_path):
    answer = (ROOT / "tests/data/messages/rechercherPoint.response.xml").read_text("utf-8")
    answer = answer.replace("MARTIN CLAIRE", f"{NAME} LOU").replace(">MARTIN<", f">{NAME}<")
    office.status, office.body = 200, answer.replace("Compteur Linky", f"Compteur de {NAME}")
    assert sgeflow(*SEARCH).code == 0
    assert NAME not in (tmp_path / "tape.yaml").read_text("utf-8")


# -- logins ---------------------------------------------------------------------------------------

WSDL = """\
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:login" targetNamespace="urn:login"
  xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">
  <types><xs:schema targetNamespace="urn:login" elementFormDefault="qualified">
    <xs:element name="getSession"><xs:complexType><xs:sequence>
      <xs:element name="userName" type="xs:string"/><xs:element name="password" type="xs:string"/>
    </xs:sequence></xs:complexType></xs:element>
    <xs:element name="getSessionResponse"><xs:complexType><xs:sequence>
      <xs:element name="sessionId" type="xs:string"/><xs:element name="accessToken" type="xs:string"/>
    </xs:sequence></xs:complexType></xs:element>
  </xs:schema></types>
  <message name="in"><part name="body" element="t:getSession"/></message>
  <message name="out"><part name="body" element="t:getSessionResponse"/></message>
  <portType name="Login"><operation name="getSession">
    <input message="t:in"/><output message="t:out"/></operation></portType>
  <binding name="Login" type="t:Login">
    <soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="getSession"><soap:operation soapAction=""/>
      <input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation>
  </binding>
  <service name="Login"><port name="Login" binding="t:Login">
    <soap:address location="https://example.org/Login/v1.0"/></port></service>
</definitions>
"""
PASSWORD, SESSION = "Sesame-ouvre-7", "a41f-93bc-7702"
OPENED = (
    f'<s:Envelope xmlns:s="{SOAP}"><s:Body><t:getSessionResponse xmlns:t="urn:login">'
    f"<t:sessionId>{SESSION}</t:sessionId><t:accessToken>4711</t:accessToken><t:note>open: {SESSION}</t:note>"
    "</t:getSessionResponse></s:Body></s:Envelope>"
)
LOGIN = """\
flow: login
title: Logs in
inputs: {password: {type: string}}
steps:
  - {id: in, call: getSession, with: {userName: agent, password: "${inputs.password}"}}
outputs: {open: "steps.in.sessionId != null"}
"""


@pytest.fixture
def drafted(sgeflow, office: Office, tmp_path: Path) -> Path:
    """A project with an operation that was drafted from the WSDL of a login."""
    pytest.importorskip("zeep")
    pytest.importorskip("xmlschema")
    (tmp_path / "login.wsdl").write_text(WSDL)
    (tmp_path / "flows" / "login.yaml").write_text(LOGIN)
    environment = tmp_path / "environments" / "far.yaml"
    environment.write_text(environment.read_text().partition("    headers:")[0])
    done = sgeflow("import", "login.wsdl", "--project", ".")
    assert done.code == 0, done.err
    return tmp_path


def test_a_drafted_login_shows_and_keeps_no_password_and_no_session(sgeflow, office, drafted):
    own = ("--env", "far", "--project", ".")
    ways = {
        "well": (200, OPENED),
        "ill": (500, FAULT.format(faultcode="s:Server", detail="").replace("no<", f"{PASSWORD}<")),
    }
    told = ""
    for run, (office.status, office.body) in ways.items():
        words = (f"password={PASSWORD}", "--run", run, "--record", f"{run}.yaml", *own, "-v")
        done = sgeflow("run", "login", *words)
        shown = sgeflow("runs", "show", run, "--request", "1", "--project", ".")
        audited = sgeflow("cassette", "audit", f"{run}.yaml", "--project", ".")
        assert (done.code == 0, audited.code) == (run == "well", 0), (done, audited)
        told += done.out + done.err + shown.out + shown.err
    again = ("password=another", "--replay", "well.yaml", "--project", ".")
    assert sgeflow("run", "login", *again).code == 0
    office.status, office.body = ways["well"]
    call = ("call", "getSession", "userName=agent", f"password={PASSWORD}", *own)
    assert sgeflow(*call, "--record", "call.yaml").code == 0
    for file in drafted.rglob("*.yaml"):
        told += file.read_text("utf-8")
    kept = b"".join(file.read_bytes() for file in (drafted / "state").rglob("*.db*"))
    assert [one for one in (PASSWORD, SESSION, "4711<") if one in told] == []
    assert f"<v1:password>{PASSWORD}".encode() not in kept
    assert "personal: [sessionId, accessToken]" in told


def test_an_element_that_is_named_as_a_secret_is_one_whatever_its_parameter_is_called(
    sgeflow, office, drafted
):
    document = drafted / "operations" / "getSession.yaml"
    text = document.read_text().replace("  password:", "  word:").replace("${password}", "${word}")
    document.write_text(text.replace("personal: true", "personal: false").partition("# Elem")[0])
    (drafted / "flows" / "login.yaml").write_text(LOGIN.replace("password", "word"))
    own = ("--env", "far", "--project", ".")
    office.body = FAULT.format(faultcode="s:Server", detail="").replace("no<", f"{PASSWORD}<")
    done = sgeflow("run", "login", f"word={PASSWORD}", "--run", "ill", "--record", "a.yaml", *own)
    shown = sgeflow("runs", "show", "ill", "--request", "1", "--project", ".")
    assert "password>***<" in shown.out
    told = done.out + done.err + shown.out + (drafted / "a.yaml").read_text("utf-8")
    assert PASSWORD not in told
    office.status, office.body = 200, OPENED
    assert sgeflow("run", "login", f"word={PASSWORD}", "--record", "a.yaml", *own).code == 0
    assert SESSION not in (drafted / "a.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ('method: POST, path: /in, body: {pwd: "${inputs.password}"}', '"pwd": "***"'),
        ('path: /in, query: {api_key: "${inputs.password}"}', "/in?api_key=***"),
    ],
)
def test_a_neighbour_is_sent_a_password_that_nobody_sees(
    sgeflow, office, drafted, monkeypatch, asked, seen
):
    monkeypatch.delenv("SGEFLOW_TODAY")  # nothing is posted to a real service on another day
    environment = drafted / "environments" / "far.yaml"
    base = environment.read_text().partition("base_url: ")[2].partition("\n")[0]
    environment.write_text(f"{environment.read_text()}  office: {{base_url: {base}}}\n")
    (drafted / "flows" / "login.yaml").write_text(
        f"{LOGIN.partition('  - {id')[0]}  - id: in\n    http: {{service: office, {asked}}}\n"
    )
    office.body = '{"said": "no"}'
    own = ("--env", "far", "--project", ".")
    words = (f"password={PASSWORD}", "--run", "ill", "--record", "tape.yaml", *own)
    done = sgeflow("run", "login", *words)
    shown = sgeflow("runs", "show", "ill", "--request", "1", "--project", ".")
    assert seen in shown.out
    told = done.out + done.err + shown.out + (drafted / "tape.yaml").read_text("utf-8")
    assert PASSWORD not in told


def test_an_audit_finds_what_a_name_calls_a_secret(sgeflow, office, drafted):
    office.status, office.body = 200, OPENED
    own = ("--env", "far", "--project", ".")
    words = ("userName=agent", f"password={PASSWORD}", "--record", "tape.yaml", *own)
    assert sgeflow("call", "getSession", *words).code == 0
    tape = drafted / "tape.yaml"
    for name, value in (("password", PASSWORD), ("sessionId", SESSION), ("accessToken", "4711")):
        text = tape.read_text("utf-8")
        assert f"{name}>***<" in text
        tape.write_text(text.replace(f"{name}>***<", f"{name}>{value}<"), "utf-8")
        done = sgeflow("cassette", "audit", "tape.yaml", "--project", ".")
        assert (done.code, "SGE603 a value with the name of a secret" in done.out) == (1, True), (
            name
        )
        tape.write_text(text, "utf-8")


def test_a_wrong_password_is_sent_once(sgeflow, office, drafted):
    office.body = FAULT.format(faultcode="s:Server", detail="").replace("no<", "wrong<")
    words = ("userName=agent", f"password={PASSWORD}", "--env", "far", "--project", ".")
    assert sgeflow("call", "getSession", *words).code == 4
    assert office.asked == 1


@pytest.mark.parametrize(
    "name",
    [
        "passwordUtilisateur",
        "userPassword1",
        "mdpClient",
        "motDePasseUtilisateur",
        "codeOtp",
        "pswd",
        "codeAcces",
        "pswdUtilisateur",
    ],
)
def test_a_password_under_a_longer_name_is_hidden_and_sent_once(sgeflow, office, drafted, name):
    text = WSDL.replace("getSession", "getOther").replace('"password"', f'"{name}"')
    (drafted / "other.wsdl").write_text(text.replace("sessionId", "jetonSession"))
    assert sgeflow("import", "other.wsdl", "--project", ".").code == 0
    office.body = FAULT.format(faultcode="s:Server", detail="").replace("no<", f"{PASSWORD}<")
    own = ("--env", "far", "--project", ".")
    words = ("userName=agent", f"{name}={PASSWORD}", "--record", "tape.yaml", *own)
    done = sgeflow("call", "getOther", *words)
    told = done.err + (drafted / "tape.yaml").read_text("utf-8")
    assert (done.code, office.asked, PASSWORD in told) == (4, 1, False), told
    draft = (drafted / "operations" / "getOther.yaml").read_text("utf-8")
    assert "personal: [jetonSession, accessToken]" in draft


@pytest.mark.parametrize("name", ["session", "sid", "ssoTicket", "authorization", "SID"])
def test_what_opens_a_session_is_hidden_under_any_of_its_names(sgeflow, office, drafted, name):
    text = WSDL.replace("getSession", "getOther").replace('"sessionId"', f'"{name}"')
    (drafted / "other.wsdl").write_text(text.replace('"password"', f'"{name}"'))
    assert sgeflow("import", "other.wsdl", "--project", ".").code == 0
    opened = OPENED.replace("getSession", "getOther").replace("t:sessionId", f"t:{name}")
    own = ("--env", "far", "--project", ".")
    words = ("userName=agent", f"{name}={PASSWORD}", "--record", "tape.yaml", *own)
    for office.status, office.body in (
        (500, FAULT.format(faultcode="s:Server", detail="").replace("no<", f"{PASSWORD}<")),
        (200, opened),
    ):
        done = sgeflow("call", "getOther", *words)
        tape = (drafted / "tape.yaml").read_text("utf-8")
        assert done.code == (0 if office.status == 200 else 4), done.err
        assert [one for one in (PASSWORD, SESSION) if one in done.err + tape] == []
    draft = (drafted / "operations" / "getOther.yaml").read_text("utf-8")
    assert f"  {name}: {{type: string, personal: true}}" in draft
    assert sgeflow("cassette", "audit", "tape.yaml", "--project", ".").code == 0
    (drafted / "tape.yaml").write_text(tape.replace(f"{name}>***<", f"{name}>{SESSION}<"), "utf-8")
    assert "SGE603" in sgeflow("cassette", "audit", "tape.yaml", "--project", ".").out


def test_what_is_said_of_a_secret_is_none(sgeflow, office, drafted):
    text = WSDL.replace("getSession", "getOther").replace('"password"', '"passwordExpiration"')
    (drafted / "other.wsdl").write_text(text.replace("accessToken", "tokenType"))
    assert sgeflow("import", "other.wsdl", "--project", ".").code == 0
    draft = (drafted / "operations" / "getOther.yaml").read_text("utf-8")
    assert "passwordExpiration: {type: string}" in draft
    assert "personal: [sessionId]" in draft


@pytest.mark.parametrize("status", [200, 500])
def test_a_header_of_an_answer_keeps_nobody(sgeflow, office, tmp_path, status):
    office.status = status
    office.headers = {
        "Content-Type": f"text/plain; client={NAME}",
        "Retry-After": NAME,
        "Set-Cookie": f"session=of-{NAME}-4711",
        "X-Client": NAME,
    }
    words = (f"lastname={NAME}", "--record", "tape.yaml", "--env", "far", "--project", ".")
    assert sgeflow("run", "asks", *words).code
    kept = b"".join(file.read_bytes() for file in (tmp_path / "state").rglob("*.db*"))
    assert b"of-" not in kept
    assert b"x-client" not in kept.lower()
    tape = (tmp_path / "tape.yaml").read_text("utf-8")
    assert "content-type:" in tape
    assert NAME not in tape
