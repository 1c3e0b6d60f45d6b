"""Each id of a message that no document's mistake has: provoked by a real command, kept as told."""

import base64
import json
import re
import socket
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from docs.generate.reference import made_pages
from sgeflow.errors import Id
from tests.cli.conftest import ROOT
from tests.tools.deliveries.delivered_files import POINT, days, encrypted, r50, zipped

DAYS = "pointId=30000000000011 mesuresTypeCode=ENERGIE grandeurPhysique=EA dateDebut=2025-05-01"
CALL = f"call consulterMesuresDetaillees {DAYS} dateFin=2025-05-10"
STOP = "call commanderArretServiceSouscritMesures pointId=30000000000011 serviceSouscritId=60000001"
HEAD = 'title: Mine\ngeneration: previous\nlogin: someone@example.org\ncontractId: "1234567"\n'
READ = """\
    call: consulterMesuresDetaillees
    with: {pointId: "30000000000011", mesuresTypeCode: ENERGIE, grandeurPhysique: EA, dateDebut: "2025-05-01", dateFin: "2025-05-10"}
    retry: {attempts: 1}
"""
FILES = {
    "environments/mine.yaml": f"environment: mine\n{HEAD}"
    'services: {sge: {base_url: "https://sge.example.org", route: direct, certificate: none.pem, key: none.key}}\n',
    "environments/away.yaml": f"environment: away\n{HEAD}"
    'services: {sge: {base_url: "http://127.0.0.1:1", route: direct}}\norders: {confirm: true}\n',
    "flows/once.yaml": f"flow: once\ntitle: One call\nsteps:\n  - id: days\n{READ}",
    "flows/quick.yaml": f"flow: quick\ntitle: One call\nsteps:\n  - id: days\n{READ}    timeout: PT1S\n",
    "flows/partly.yaml": """\
        flow: partly
        title: Most points
        steps:
          - id: told
            fail: {code: PARTLY, message: Two of three points were read., partial: true}
        """,
    "flows/waiting.yaml": """\
        flow: waiting
        title: Wait for what never comes
        steps:
          - id: service
            call: rechercherServicesSouscritsMesures
            with: {pointId: "30000000000011"}
            poll: {every: PT1S, until: length(this.services) > 9, within: PT2S}
        """,
    "flows/lacking.yaml": """\
        flow: lacking
        title: Ask for a consent that is not there
        steps:
          - {id: consent, http: {service: backoffice, path: /consent/none}}
        """,
    "flows/greylisted.yaml": """\
        flow: greylisted
        title: A mail that a relay does not take at once
        steps:
          - id: told
            mail: {through: operators, to: watch@example.org, subject: Done, text: All is well.}
            retry: {attempts: 1}
        """,
    "flows/writing.yaml": """\
        flow: writing
        title: Write a table where nobody can
        inputs: {file: {type: string, default: old.yaml/table.csv}}
        steps:
          - {id: table, export: {format: csv, file: "${inputs.file}"}}
        """,
    "old.yaml": """\
        flow: old
        title: A number as JMESPath writes it
        steps: [{id: a, check: "length(run.today) == `10`"}]
        """,
    "ring.yaml": """\
        flow: ring
        title: A circle
        steps: [{id: a, flow: ring}]
        """,
    "flows/lost.yaml": """\
        flow: lost
        title: An environment without the service
        steps: [{id: a, http: {service: backoffice, path: /x}}]
        """,
    "environments/keyed.yaml": f"environment: keyed\n{HEAD}"
    'services: {sge: {base_url: "https://sge.example.org", route: direct}}\n'
    'files: {keys: [{name: old, key: "${secret.OLD_KEY}"}]}\n',
    "environments/stubbed.yaml": f"environment: stubbed\n{HEAD}simulated: true\n"
    "services: {sge: {base_url: simulator, route: direct}, "
    'backoffice: {base_url: "https://office.example.org", stubs: {POST /consent: {}}}}\n'
    "relays: {operators: {host: smtp.example.org, from: watch@example.org, stubs: {MAIL /: {status: 451,"
    " text: 4.7.1 Greylisted}}}}\n",
    "environments/ending.yaml": f"environment: ending\n{HEAD}"
    'services: {sge: {base_url: "https://sge.city.fr", route: direct, headers: {apikey: "${secret.OLD_TOKEN}"}}}\n',
    "environments/open.yaml": f"environment: open\n{HEAD}"
    'services: {sge: {base_url: "https://sge.city.fr", route: direct, headers: {apikey: "${secret.OPEN_TOKEN}"}}}\n',
    "flows/ended.yaml": """\
        flow: ended
        title: End in other words
        steps:
          - id: told
            fail: {code: LOGIN_FAILED, message: Enedis does not know this point under this name.}
        """,
    "flows/standing.yaml": """\
        flow: standing
        title: Undo what cannot be undone
        steps:
          - {id: made, set: {x: 1}, undo: {http: {service: backoffice, path: /consent/none}}}
          - {id: no, check: "false", else: {code: NO, message: no}}
        """,
    "flows/stopped.yaml": """\
        flow: stopped
        title: Say that nothing works
        steps:
          - id: told
            fail: {code: DOWN, message: Enedis does not answer now., technical: true}
        """,
    "rows.csv": "file\none.csv\n",
    "tests/wrong.test.yaml": """\
        test: wrong
        title: A test that expects something else
        flow: partly
        today: "2025-06-15"
        cases:
          told: {expect: {outcome: done}}
        """,
}
RECIPES = {
    "SGE001": f"{CALL} dateFin=2025-05-11",
    "SGE002": "run onse",
    "SGE003": "validate nowhere.yaml",
    "SGE024": "validate ring.yaml",
    "SGE039": "validate old.yaml",
    "SGE040": f"call consulterMesuresDetaillees {DAYS}",
    "SGE041": f"{CALL} pontId=1",
    "SGE042": f"{CALL} accordClient=maybe",
    "SGE043": f"call consulterMesuresDetaillees {DAYS} dateFin=2025-04-30",
    "SGE050": "run lost --env away",
    "SGE051": f"{CALL} --env mine",
    "SGE052": "doctor --env ending --offline --quiet",
    "SGE053": "doctor --env open --offline --quiet",
    "SGE054": "doctor --env late --quiet",
    "SGE101": "run konnector --scenario opposition",
    "SGE102": "run ended",
    "SGE103": "run partly",
    "SGE104": "test tests/wrong.test.yaml",
    "SGE201": f"{CALL} --faults SGT4G3:100%",
    "SGE202": "run lacking",
    "SGE301": f"{STOP} --faults close:100%",
    "SGE302": f"{STOP} --env away",
    "SGE303": "run lacking --env stubbed",
    "SGE304": "run standing",
    "SGE401": "run once --env away",
    "SGE402": "run once --faults close:100%",
    "SGE403": "run once --faults 502:100%",
    "SGE404": "run once --faults html:100%",
    "SGE405": "run once --faults gzip-bomb:100%",
    "SGE406": "run once --faults 429:100%",
    "SGE407": "run quick --faults stall:100%:2s",
    "SGE408": "run waiting",
    "SGE409": "run stopped",
    "SGE412": "run greylisted --env stubbed",
    "SGE411": "run once --faults other:100%",
    "SGE501": "run once --faults 401:100%",
    "SGE502": "run once --env plain",
    "SGE601": f"call consulterMesuresDetaillees {DAYS} dateFin=2025-05-09 --replay tape.yaml",
    "SGE602": f"{CALL} --replay flows/once.yaml",
    "SGE603": "cassette audit tape.yaml",
    "SGE604": "cassette check tape.yaml",
    "SGE701": "run writing",
    "SGE711": "decode ERDF_R50_2.xml",
    "SGE712": "decode ERDF_R50.zip --env keyed",
    "SGE713": "decode SOMETHING_1.zip",
    "SGE900": "show",
}


SERVERS = {"SGE054": "late", "SGE502": "plain"}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with small flows, each for one message."""
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(dedent(text), "utf-8")
    half_hours = r50(POINT, period=days("2025-05-01", 1))
    (tmp_path / "ERDF_R50_2.xml").write_bytes(half_hours[:-20])
    (tmp_path / "ERDF_R50.zip").write_bytes(encrypted(zipped({"ERDF_R50_1.xml": half_hours})))
    (tmp_path / "SOMETHING_1.zip").write_bytes(zipped({"SOMETHING_1.xml": b"<a/>"}))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("OLD_KEY", "00" * 16)
    claims = json.dumps({"exp": time.time() + 9.5 * 86_400}).encode()
    monkeypatch.setenv("OLD_TOKEN", f"e30.{base64.urlsafe_b64encode(claims).decode()}.x")
    (tmp_path / "token").write_text("made-up")
    (tmp_path / "token").chmod(0o644)
    monkeypatch.setenv("OPEN_TOKEN_FILE", "token")
    return tmp_path


@pytest.fixture
def plain(project):
    """An environment whose server speaks no TLS where it should."""
    with served(project, "plain", "https"):
        yield


@pytest.fixture
def late(project):
    """An environment whose server's clock is not ours."""
    date = format_datetime(datetime.now(UTC) - timedelta(minutes=7, seconds=30), usegmt=True)
    with served(project, "late", "http", f"Date: {date}\r\n"):
        yield


@contextmanager
def served(project, name, scheme, headers=""):
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer, args=(server, headers), daemon=True)
        thread.start()
        address = f"{scheme}://127.0.0.1:{server.getsockname()[1]}"
        text = f'environment: {name}\n{HEAD}services: {{sge: {{base_url: "{address}", route: direct}}}}\n'
        (project / "environments" / f"{name}.yaml").write_text(text, "utf-8")
        yield
        server.shutdown(socket.SHUT_RDWR)  # `accept` returns
    thread.join()


def answer(server, headers):
    with suppress(OSError):
        while True:
            caller, _ = server.accept()
            with caller:
                caller.recv(4096)
                caller.sendall(f"HTTP/1.1 200 OK\r\n{headers}Content-Length: 0\r\n\r\n".encode())


def told(text, code):
    """What is told of one id, without what differs from run to run."""
    start = re.search(rf"^(?:.* )?{code} (?!·)", text, re.MULTILINE)
    assert start, text
    part = text[start.start() :].partition("\n\n")[0]
    part = re.sub(r"expires on \d{4}-\d\d-\d\d", "expires on 2027-01-01", part)
    part = re.sub(r"127\.0\.0\.1:\d{2,}", "127.0.0.1:0", part)
    part = re.sub(r"\b(resume|resolve) [0-9a-f]{16}\b", r"\1 000000", part)
    part = part.replace(f"{ROOT}/", "")
    part = re.sub(r"--state\s+\S+", "--state STATE", part)
    part = re.sub(r"\S*sgeflow-bug-\w+\.txt", "BUG", part)
    return re.sub(r" +\n", "\n", part.strip()) + "\n"


@pytest.mark.parametrize("code", RECIPES)
def test_an_id_is_told_as_it_was(code, project, sgeflow, golden, request, monkeypatch):
    words = RECIPES[code].split()
    if code in SERVERS:
        request.getfixturevalue(SERVERS[code])
    if code == "SGE900":
        monkeypatch.setattr("sgeflow.cli.show._list", lambda *_: 1 / 0)
    if "tape.yaml" in words:
        sgeflow("run", "once", "--record", "tape.yaml")
        if code != "SGE601":
            mar(project / "tape.yaml", code)
    done = sgeflow(*words)
    assert done.code == next(one.exit for one in Id if one.code == code)
    golden(f"ids/{code}.txt", told(done.err + "\n\n" + done.out, code))


def mar(tape: Path, code: str) -> None:
    """Put into a recording what should not be there: an address, a call that nobody makes."""
    recorded = yaml.safe_load(tape.read_text("utf-8"))
    calls = recorded["interactions"]
    if code == "SGE604":
        calls.append(calls[-1])
    else:
        calls[-1]["request"]["headers"]["From"] = ["jean.martin@orange.fr"]
    tape.write_text(yaml.safe_dump(recorded, sort_keys=False, allow_unicode=True), "utf-8")


def test_every_id_has_an_example_that_is_proved():
    page = made_pages()["errors.md"]
    assert re.findall(r"^\| (SGE\d{3}) .*\|  \|$", page, re.MULTILINE) == []
