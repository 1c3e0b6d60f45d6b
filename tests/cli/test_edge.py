"""The edge: usage errors, bugs, secrets, broken pipes, the other commands."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from sgeflow.core.engine.effects import Pause
from sgeflow.runtime import driver
from tests.cli.conftest import ROOT
from tests.household import HOUSEHOLD
from tests.processes import start

TOKEN = "canary-7f3a9c-token"
NAME = "CANARIVALE"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("rnu",), "did you mean  run ?"),
        (("run", "konnector", "--inptus", "x"), "did you mean  --inputs ?"),
        (("run", "konnector", "--fleet", "rows.csv"), "did you mean  --each ?"),
        (("run", "konnector", "--environnement", "x"), "did you mean  --env ?"),
        (("page", "flow", "konnector", "--opne"), "did you mean  --open ?"),
        (("list",), "did you mean  show ?"),
        (("error", "SGT4L8"), "did you mean  show ?"),
        (("explain", "konnector", "steps.later"), "did you mean  show ?"),
        (("graph", "konnector"), "did you mean  page flow ?"),
        (("runs", "--older-than", "P30D"), "did you mean  sgeflow runs prune --older-than ?"),
        (("runs", "shwo"), "did you mean  show ?"),
        (("cozy", ".", "--again"), "--again goes with --left"),
        (("cozy", ".", "--close", "a1"), "--close goes with --left"),
        (("run", "konnector", "--output", "html"), "forms: json yaml table csv"),
        (("run",), "FLOW is missing\n  flows: check-identity"),
        (("call",), "OPERATION is missing\n  operations: commande"),
        (("version",), "did you mean  --version ?"),
        (("--log", "json", "run", "konnector"), "write a command's options after its name"),
        (("runs", "forget"), "commands: show give-up prune"),
        (("cassette",), "missing command\n  commands: check diff audit"),
        (("test", "--html"), "see  sgeflow test --help"),
        (("runs", "show", "--state"), "see  sgeflow runs show --help"),
        (("help", "rnu"), "did you mean  run ?"),
        (("extract", "rechercherPoint"), 'missing argument "FILE"'),
        (("show", "flws"), "did you mean  flows ?"),
        (("run", "konnector", "--today", "tomorrow"), "YYYY-MM-DD"),
        (("run", "konnector", "--env", "simulater"), "did you mean  simulator ?"),
        (("run", "konnector", "--scenario", "hosehold"), "scenario"),
        (("run", "konnector", "--faults", "503"), "503"),
        (("page", "flow"), "FLOW is missing"),
        (("page", "flow", "konector"), 'there is no flow "konector"'),
        (("page", "flow", "konnector", "--format", "gif"), '"gif" is not a form of a picture'),
        (("page", "flow", "konnector", "-o", "flow.gif"), 'no picture is made as ".gif"'),
        (("page", "flow", "konnector", "-o", "flow"), 'no picture is made as "flow"'),
        (("page", "flow", "konnector", "--run", "zzz"), 'there is no run "zzz"'),
        (("show", "konnector", "--run", "zzz"), "--run goes with a value"),
        (("show", "konnector", "steps.gathr"), 'there is no step "gathr"'),
        (("run", "konnector", "--log", "jsn"), "did you mean  json"),
        (("run", "konnector", "--record", "a.yaml", "--replay", "b.yaml"), "recorded or replayed"),
        (
            ("call", "consulterMesuresDetailees", "x=1"),
            "did you mean  consulterMesuresDetaillees ?",
        ),
        (("validate", "--format", "html"), "html"),
        (("show", "konector"), "did you mean  konnector ?"),
        (("show", "konnector", "-O", "csv"), "forms: json yaml table"),
        (("show", "200"), "HTTP statuses and codes of flows"),
        (("show", "302"), "HTTP statuses and codes of flows"),
        (("show", "HTTP99"), "HTTP statuses and codes of flows"),
        (("show", "HTTP600"), "HTTP statuses and codes of flows"),
        (("init",), "DIR is missing"),
        (("cassette", "check"), "no flow test names a cassette"),
        (("doctor", "--env", "prodution"), "did you mean  production ?"),
        (("doctor", "--warn-days", "-1"), "--warn-days is a number of days, 0 or more"),
        (("simulate", "--port", "0", "--faults", "certificate-expired:1x"), "simulate --tls FILE"),
        (("simulate", "--port", "0", "--client", "client.pem"), "--tls FILE --client FILE"),
    ],
)
def test_a_wrong_command_line_ends_with_2_and_says_what_is_right(sgeflow, words, told):
    result = sgeflow(*words)
    assert (result.code, result.out) == (2, "")
    assert told in result.err
    assert re.match(r"(simulated.*\n)?SGE00[12] ", result.err)


@pytest.fixture
def break_runs(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let every run meet a bug of sgeflow with these words."""

    def make(words: str) -> None:
        def broken(*_: object, **__: object) -> None:
            raise RuntimeError(words)

        monkeypatch.setattr("sgeflow.runtime.named.run", broken)

    return make


def test_a_bug_is_one_message_and_a_report_without_values(sgeflow, break_runs, tmp_path):
    break_runs(f"cannot read '{NAME}' of 30000000000011")
    (tmp_path / "state").mkdir()
    result = sgeflow("run", "konnector", f"lastname={NAME}")
    assert result.code == 70
    assert result.err.startswith("SGE900 a bug of sgeflow: RuntimeError")
    assert "Traceback" not in result.err
    report = next((tmp_path / "state").glob("sgeflow-bug-*.txt"))
    text = report.read_text()
    assert str(report) in result.err.replace("\n", "").replace(" ", "") or report.name in result.err
    assert "RuntimeError: cannot read *** of ***" in text
    assert "command: sgeflow run konnector lastname=***" in text
    assert NAME not in text + result.err
    assert report.stat().st_mode & 0o077 == 0


def test_a_report_of_a_bug_holds_no_address(sgeflow, break_runs):
    break_runs("here")
    address = "postgresql://one:geheim@127.0.0.1:1/base?x=1"
    bare = "one:geheim@127.0.0.1/base"
    words = ("--state", bare, "--state", address, f"--state={address}", "--debug")
    result = sgeflow("run", "konnector", *words)
    report = re.search(r"report +(\S+sgeflow-bug-\w+\.txt)", result.err)
    text = Path(report[1]).read_text()
    Path(report[1]).unlink()
    assert "command: sgeflow run konnector --state *** --state *** --state=*** --debug" in text
    assert "geheim" not in text + result.err


def test_debug_shows_the_traceback(sgeflow, break_runs):
    break_runs("here")
    result = sgeflow("run", "konnector", "--debug")
    assert result.code == 70
    assert "Traceback" in result.err
    assert "RuntimeError: here" in result.err


VARIABLES = {"PYTHONPATH": str(ROOT)}


def shell(words: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """What a shell runs: `sgeflow` with words, pipes and redirections."""
    command = f"{sys.executable} -m sgeflow {words}"
    return subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        env={**os.environ, **VARIABLES},
        cwd=folder,
        check=False,
    )


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    # `:` has ended long before the first word of the list is written
    done = shell("show | : ; exit ${PIPESTATUS[0]}", tmp_path)
    assert done.stderr == b""
    assert done.returncode == 0


def test_a_run_goes_on_when_nobody_reads_its_progress(tmp_path):
    assert shell("run konnector --env simulator 2>&1 >told | :", tmp_path).returncode == 0
    assert "✓ done" in (tmp_path / "told").read_text()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk always full")
def test_a_full_disk_is_told_as_one(tmp_path):
    done = shell("show >/dev/full", tmp_path)
    assert done.returncode == 5
    assert b"SGE701 the result cannot be written to stdout: no space left" in done.stderr


@pytest.mark.parametrize("closed", ["2>&-", ">&-", ">&- 2>&-"])
def test_closed_streams_are_no_error(tmp_path, closed):
    done = shell(f"run konnector --env simulator {closed}", tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "data" / "importedData.simulated.json").exists()


@pytest.mark.parametrize("variables", [{"FORCE_COLOR": "1"}, {"FORCE_COLOR": "1", "NO_COLOR": "1"}])
def test_no_color_is_obeyed(process, variables):
    result = process("show", "SGT4L8", **variables)
    assert ("\x1b[" in result.out) is ("NO_COLOR" not in variables)


def test_a_terminal_that_knows_no_ticks_gets_question_marks(process):
    result = process("validate", PYTHONIOENCODING="ascii")
    assert result.code == 0
    assert "no mistakes" in result.out


# -- secrets and people ---------------------------------------------------------------------------


class _Echo(BaseHTTPRequestHandler):
    """A gateway that repeats in its refusal all that it was told."""

    def do_GET(self) -> None:
        token = self.headers["Authorization"].removeprefix("Bearer ")
        forms = (token, quote(token, safe=""), base64.b64encode(token.encode()).decode())
        answer = json.dumps({"said": " ".join(forms)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        name = re.search(r"<nomClientFinal[^>]*>([^<]+)<", body)
        told = f"refuse {self.headers['apikey']} pour {name[1] if name else ''} bien"
        answer = (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>'
            f"<faultcode>s:Server</faultcode><faultstring>{told}</faultstring><detail><erreur>"
            f'<resultat code="SGT401">{told}</resultat></erreur></detail></s:Fault></s:Body></s:Envelope>'
        ).encode()
        self.send_response(500)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def echo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    server = HTTPServer(("127.0.0.1", 0), _Echo)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "echo.yaml").write_text(
        "environment: echo\ntitle: Repeats everything\ngeneration: previous\n"
        'login: prenom.nom@example.org\ncontractId: "1"\n'
        f"services:\n  sge:\n    base_url: http://127.0.0.1:{server.server_port}\n    route: gateway\n"
        '    headers: {apikey: "${secret.CANARY}"}\n'
        f"  office:\n    base_url: http://127.0.0.1:{server.server_port}\n"
        '    headers: {Authorization: "Bearer ${secret.CANARY}"}\n'
    )
    monkeypatch.setenv("CANARY", TOKEN)
    yield tmp_path
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("form", [(), ("--output", "json"), ("-v",)])
def test_a_refusal_that_repeats_a_token_and_a_name_shows_neither(sgeflow, echo, form):
    words = ("codePostal=69003", "codeInseeCommune=69383")
    name = f"nomClientFinalOuDenominationSociale={NAME}"
    result = sgeflow(
        "call", "rechercherPoint", *words, name, "--env", "echo", "--project", ".", *form
    )
    assert result.code == 4
    assert "refuse *** pour *** bien" in result.err
    assert TOKEN not in result.out + result.err
    assert NAME not in result.out + result.err


@pytest.mark.parametrize("form", [(), ("--output", "json")])
def test_a_neighbour_that_sends_a_token_back_does_not_give_it_away(sgeflow, echo, form):
    (echo / "flows").mkdir()
    (echo / "flows" / "asks.yaml").write_text(
        "flow: asks\ntitle: Asks a neighbour\nsteps:\n"
        "  - {id: asked, http: {service: office, path: /}}\n"
        "outputs: {said: steps.asked.body.said}\n"
    )
    result = sgeflow("run", "asks", "--env", "echo", "--project", ".", *form)
    assert result.code == 0, result.err
    assert "***" in result.out
    for told in (result.out, result.err):
        assert TOKEN not in told
        assert quote(TOKEN, safe="") not in told
        assert base64.b64encode(TOKEN.encode()).decode() not in told


@pytest.mark.parametrize("words", [("--output", "json"), ("-v",), ("--scenario", "flaky", "-v")])
def test_a_run_never_shows_who_it_is_about(sgeflow, words, monkeypatch):
    monkeypatch.setitem(
        driver.Driver._ANSWERS, Pause, lambda *_: None
    )  # nobody waits between tries
    result = sgeflow("run", "konnector", *words)
    for name in ("lastname", "firstname", "address"):
        assert HOUSEHOLD[name].lower() not in (result.out + result.err).lower()


def test_a_broken_file_of_inputs_is_told_without_its_lines(sgeflow, tmp_path):
    (tmp_path / "inputs.yaml").write_text(f"lastname: {NAME}\nlastname: {NAME} 2\n")
    result = sgeflow("run", "konnector", "--inputs", "inputs.yaml")
    assert result.code == 3
    assert "inputs.yaml:2:1" in result.err
    assert NAME not in result.err


# -- runs, export, simulate -----------------------------------------------------------------------


def test_runs_are_listed_shown_and_pruned(sgeflow):
    assert sgeflow("runs").err == "no run yet\n"
    run = json.loads(sgeflow("run", "konnector", "--output", "json").out)["run"]
    listed = json.loads(sgeflow("runs", "--output", "json").out)
    assert [(one["run"], one["status"], one["exit"]) for one in listed] == [(run, "done", 0)]
    shown = json.loads(sgeflow("runs", "show", run[:4], "--output", "json").out)
    assert len(shown["requests"]) == 13
    assert any(one["call"].startswith("commander") for one in shown["requests"])
    assert shown["orders"] == []  # made-up orders guard nothing
    assert sgeflow("runs", "show", "zzzz").code == 2
    for age in ("-1", "-P1D", "P", "soon", "1.5", "P99999Y"):
        refused = sgeflow("runs", "prune", "--older-than", age)
        assert refused.code == 2, age
        assert f'"{age}" is not an age' in refused.err
        assert "P90D, P6M, PT12H, a number of days" in refused.err
    for age in ("1", "P1D", "P1M", "PT12H", "P90D"):
        assert sgeflow("runs", "prune", "--older-than", age).err == "0 runs deleted\n", age
    assert sgeflow("runs", "--limit", "0").code == 2
    assert sgeflow("runs", "prune", "--older-than", "0").err.startswith("1 run deleted · 0.")
    assert sgeflow("runs").err == "no run yet\n"


def test_values_that_are_written_as_options_are_told_how_they_are_written(sgeflow):
    for command in ("call", "run"):
        result = sgeflow(command, "konnector", "--pointId", "30000000000011")
        assert result.code == 2
        assert "write values without dashes: name=value" in result.err
        assert "did you mean  pointId=… ?" in result.err
    assert "did you mean  --project ?" in sgeflow("run", "konnector", "--projct", "x").err


def test_a_fleet_of_a_file_without_rows_is_told(sgeflow, tmp_path):
    (tmp_path / "points.csv").write_text("pointId,lastname\n")
    result = sgeflow("run", "konnector", "--each", "points.csv")
    assert result.code == 0
    assert "! points.csv has no row: nothing is done" in result.err


def test_lists_say_what_may_be_done_next(sgeflow):
    sgeflow("run", "konnector")
    assert sgeflow("runs").err == "look at a run  sgeflow runs show RUN\n"
    assert sgeflow("show", "flows").err == "look at one  sgeflow show NAME\n"
    assert sgeflow("show", "flows", "--output", "json").err == ""


def test_kept_measures_are_exported(sgeflow, tmp_path):
    nothing = sgeflow("export")
    assert nothing.code == 2
    assert "no measures are kept in the environment simulator" in nothing.err
    for file in ([], ["-o", "none.csv"]):  # who exports each night begins before the first measure
        named = sgeflow("export", "--env", "simulator", *file)
        assert (named.code, named.out) == (0, "")
        assert "nothing was written" in named.err
    assert not (tmp_path / "none.csv").exists()
    sgeflow("run", "konnector")
    out = sgeflow("export", "--format", "csv", "--point", HOUSEHOLD["pointId"]).out
    assert out.startswith("point,series,start,step,value,unit,nature\n")
    assert sgeflow("export", "-o", "-").out == out
    told = sgeflow("export", "--format", "jsonl", "-o", str(tmp_path / "all.jsonl"))
    assert "load_curve" in told.err
    assert len((tmp_path / "all.jsonl").read_text().splitlines()) == len(out.splitlines()) - 1
    assert sgeflow("export", "--format", "parquet").code == 2
    assert sgeflow("export", "--point", "99999999999999").code == 2


def serve(folder: Path, *options: str) -> tuple[subprocess.Popen[str], list[str]]:
    """A simulator that serves, and the lines in which it says what."""
    words = ("simulate", "--port", "0", *options)
    serving = start("sgeflow", words, folder, {**os.environ, **VARIABLES})
    assert serving.stdout is not None
    told = [serving.stdout.readline()]
    while not told[-1].startswith("generation"):
        told.append(serving.stdout.readline())
    return serving, told


def test_the_simulator_serves_until_it_is_stopped(tmp_path):
    serving, told = serve(tmp_path, "--generation", "previous")
    base = told[0].split()[-1]
    with urllib.request.urlopen(f"{base}/communes/69003", timeout=5) as answer:
        assert answer.status == 200
    (line,) = (one for one in told if one.startswith("today"))
    clock = re.search(r"change: POST (\S+)\)", line)[1]  # type: ignore[index]
    with urllib.request.urlopen(clock, data=b'{"today": "2099-01-01"}', timeout=5) as answer:
        assert json.load(answer)["today"] == "2099-01-01"
    serving.send_signal(signal.SIGINT)
    _, err = serving.communicate(timeout=10)
    assert serving.returncode == 0
    shown = [line.split() for line in told]
    assert ["header", "apikey:", "simulator"] in shown
    assert ["generation", "previous"] in shown
    assert "simulated data and customers" in err


def test_the_simulator_over_tls_is_trusted_by_the_file_that_it_writes(tmp_path):
    options = ("--tls", "ca.pem", "--faults", "certificate-expired:1x", "--client", "client.pem")
    serving, told = serve(tmp_path, *options)
    base = told[0].split()[-1]
    assert base.startswith("https://")
    trust = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    with pytest.raises(urllib.error.URLError, match="expired"):
        urllib.request.urlopen(f"{base}/communes/69003", timeout=5, context=trust)
    with pytest.raises(OSError, match=r"."):
        urllib.request.urlopen(f"{base}/communes/69003", timeout=5, context=trust)
    trust.load_cert_chain(tmp_path / "client.pem")
    with urllib.request.urlopen(f"{base}/communes/69003", timeout=5, context=trust) as answer:
        assert answer.status == 200
    assert (tmp_path / "client.pem").stat().st_mode & 0o777 == 0o600
    serving.send_signal(signal.SIGINT)
    serving.communicate(timeout=10)
    assert serving.returncode == 0


@pytest.mark.parametrize("today", ["0001-01-01", "1999-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_the_calendar_is_told(sgeflow, monkeypatch, today):
    commands = (
        ("run", "konnector"),
        ("run", "konnector", "--dry-run"),
        ("call", "consulterMesuresDetailleesV3", "--dry-run"),
        ("simulate", "--port", "0"),
    )
    for words in commands:
        done = sgeflow(*words, "--today", today)
        assert done.code == 2, (words, done.err)
        assert f"{today} is a day that nothing can be counted from" in done.err
        assert "2000-01-01 to 2199-12-31" in done.err
    monkeypatch.setenv("SGEFLOW_TODAY", today)
    assert sgeflow("run", "konnector").code == 2


@pytest.mark.parametrize("today", ["2000-01-01", "2024-02-29", "2199-12-31"])
def test_a_run_may_be_held_to_be_on_any_day_in_use(sgeflow, today):
    done = sgeflow("run", "konnector", "--today", today, "-q")
    assert done.code == 0, done.err


@pytest.mark.parametrize("name", ["x" * 300, "/".join(["x" * 200] * 30)], ids=["name", "path"])
def test_a_name_that_is_too_long_is_told_wherever_it_is_given(sgeflow, name):
    commands = (
        ("run", f"{name}.yaml"),
        ("run", "konnector", "--state", name),
        ("run", "konnector", "--record", name),
        ("run", "konnector", "--replay", name),
        ("run", "konnector", "--project", name),
        ("run", "konnector", "--inputs", name),
        ("run", "konnector", "--each", f"{name}.csv"),
        ("run", "konnector", f"file={name}.json"),
        ("validate", f"{name}.yaml"),
        ("test", name),
        ("decode", name),
        ("schema", "-o", name),
        ("init", name),
        ("doctor", "--offline", "--state", name),
        ("runs", "--state", name),
    )
    for words in commands:
        done = sgeflow(*words)
        told = done.out + done.err
        assert done.code in (2, 3, 5, 9), (words, done)
        assert "SGE900" not in told, words


def test_a_folder_that_is_gone_is_told(sgeflow, tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for words in (
        ("show",),
        ("validate",),
        ("run", "konnector"),
        ("runs",),
        ("doctor", "--offline"),
    ):
        done = sgeflow(*words)
        assert done.code == 5, (words, done)
        assert "SGE701 the current folder no longer exists" in done.err
        assert "change to another folder" in done.err
    assert sgeflow("--version").code == 0


CALL = ("call", "consulterDonneesTechniquesContractuelles", "pointId=30000000000011")


def test_a_home_that_is_none_is_told_as_a_file_that_is_not_there(sgeflow, tmp_path):
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "own.yaml").write_text(
        "environment: own\ntitle: Own\ngeneration: current\nlogin: one@example.org\n"
        'contractId: "1234567"\nservices: {sge: {base_url: "https://127.0.0.1:1", route: direct, '
        "certificate: ~nobody-here/c.pem, key: ~nobody-here/k.pem}}\n"
    )
    for words in ((*CALL, "--env", "own"), ("doctor", "--env", "own", "--offline")):
        done = sgeflow(*words)
        assert done.code == 6, (words, done)
        assert "SGE900" not in done.out + done.err
        assert "~nobody-here/c.pem" in done.out + done.err
