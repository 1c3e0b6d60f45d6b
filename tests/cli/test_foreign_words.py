"""What others say leaves by no door with a person, a point or a secret, and keeps its reason."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

pytest.importorskip("opentelemetry.sdk", reason="the extra traces is not installed")

from sgeflow.core.engine.effects import Pause
from sgeflow.runtime import driver
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


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """The server behind the environment `far`, and a flow that asks it."""
    office = Office()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            office.asked += 1
            body = office.body.encode()
            self.send_response(office.status)
            self.send_header("Content-Type", "application/json" if body[:1] == b"{" else "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

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
        f"sge:\n  base_url: http://127.0.0.1:{server.server_port}\n  route: direct\n"
        '  headers: {apikey: "${secret.CANARY}"}\n'
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
    sgeflow, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
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
        ("explain", "ill"),
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
    sgeflow, office: Office, tmp_path: Path, words: str
) -> None:
    office.body = FAULT.format(faultcode="s:Server", detail="").replace("no<", f"{words}<")
    asked = ("codePostal=69003", "codeInseeCommune=69383", "numeroEtNomVoie=3 RUE DES ORMES")
    own = ("--env", "far", "--project", ".", "--record", "tape.yaml")
    told = sgeflow("call", "rechercherPoint", *asked, *own)
    assert f"Enedis refused the call: “{words}”" in " ".join(told.err.split())
    assert words in (tmp_path / "tape.yaml").read_text("utf-8")
