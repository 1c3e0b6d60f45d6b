"""A mail through a relay of one's own: sent once, told honestly, by real SMTP on loopback."""

import os
import signal
import socket

import pytest
import trustme

from sgeflow import Options, open_catalog, run
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.core.model import Status
from sgeflow.errors import Exit, Id
from sgeflow.runtime.resume import resume
from sgeflow.tools.flowtest.case import try_case
from sgeflow.tools.flowtest.suite import open_test
from tests.cli.conftest import ROOT
from tests.processes import start
from tests.relay import LOGIN, PASSWORD, Relay, WrittenRelay

ENVIRONMENT = """
environment: city
title: x
generation: current
login: one@example.org
contractId: "1234567"
services:
  sge: {{base_url: https://sge.example.org, route: direct}}
relays:
  operators:
    host: 127.0.0.1
    port: {port}
    tls: {tls}
    from: Wächter <watch@example.org>
    timeout: {{connect: PT2S, read: PT2S, total: PT5S}}
{more}
"""
FLOW = """
flow: tell
title: Tell the watch
inputs:
  to: {type: array, items: {type: string}, personal: true}
  subject: {type: string, default: "Fertig: é"}
steps:
  - id: told
    mail:
      through: operators
      to: "${inputs.to}"
      subject: "${inputs.subject}"
      text: |
        Alles gut, é.
        .and a dot
    retry: {attempts: 2, backoff: PT1S}
outputs: {told: steps.told}
"""
TO = ["Élodie Martin <elodie@example.org>", "second@example.org"]


class City:
    """A project whose flow sends a mail, and the relay that it goes through."""

    def __init__(self, folder, relay, tls="none", more=""):
        self.folder, self.relay = folder, relay
        text = ENVIRONMENT.format(port=getattr(relay, "port", relay), tls=tls, more=more)
        for name, content in (("flows/tell", FLOW), ("environments/city", text)):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / f"{name}.yaml").write_text(content)
        self.workspace = open_catalog(folder)
        self.state = StateLocation(folder=folder / ".sgeflow")
        self.options = Options(environment="city", state=self.state, patient=False)

    def tell(self, to=TO, **inputs):
        return run("tell", {"to": to, **inputs}, workspace=self.workspace, options=self.options)

    def resume(self, report):
        return resume(report.run, workspace=self.workspace, options=self.options)

    @property
    def orders(self):
        with Journal(self.state.journal) as journal:
            return [(one.operation, one.state.name) for one in journal.open_orders()]


@pytest.fixture(scope="module")
def relay():
    """A relay that all tests of the module may talk to, one after the other."""
    server = Relay()
    yield server
    server.close()


@pytest.fixture
def city(tmp_path, relay):
    relay.says, relay.mails, relay.envelopes, relay.came = {}, [], [], []
    return City(tmp_path, relay)


def told(report):
    """A failure, as text with its details."""
    problem = report.failure.problem
    return " | ".join([problem.message, *(f"{label}: {text}" for label, text in problem.details)])


def test_a_mail_arrives_whole_whatever_letters_are_in_it(city):
    report = city.tell()
    assert report.outputs == {"told": {"reply": "2.0.0 queued as 4F2", "refused": []}}
    (mail,), (envelope,) = city.relay.mails, city.relay.envelopes
    assert envelope.mail_from == "watch@example.org"
    assert envelope.rcpt_tos == ["elodie@example.org", "second@example.org"]
    assert mail["From"] == "Wächter <watch@example.org>"
    assert mail["To"] == "Élodie Martin <elodie@example.org>, second@example.org"
    assert mail["Subject"] == "Fertig: é"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@example.org>")
    assert mail.get_content().replace("\r\n", "\n") == "Alles gut, é.\n.and a dot\n"
    assert envelope.content.isascii(), "a relay that knows no 8BITMIME could not hand it on"


def test_who_it_was_for_is_in_no_journal_and_no_message(city):
    city.relay.says = {"second@example.org": "550 5.1.1 <SECOND@example.org>: nobody here"}
    report = city.tell()
    assert report.outputs["told"]["refused"] == [{"recipient": 2, "code": 550}]
    (warning,) = report.warnings
    assert "1 of 2 recipients" in warning
    assert "recipient 2: 550 “5.1.1 <***>: nobody here”" in warning
    assert [one["To"] for one in city.relay.mails], "the others have it"
    kept = b"".join(path.read_bytes() for path in city.folder.glob(".sgeflow/**/*.db*"))
    assert b"MAIL operators" in kept
    assert b"second@example.org" not in kept
    assert b"elodie" not in kept


REFUSALS = {
    "MAIL": ("553 5.7.1 not your name", "SMTP553", "`from` of the relay"),
    "DATA": ("554 5.7.1 spam", "SMTP554", "treats the mail as spam"),
    "elodie@example.org": ("550 5.1.1 unknown", "SMTP550", "check the addresses"),
}


def test_each_refusal_has_its_code_and_what_to_do_and_nothing_is_open(city):
    for stage, (reply, code, remedy) in REFUSALS.items():
        city.relay.says = {stage: reply}
        report = city.tell(TO[:1])
        assert (report.failure.code, report.exit) == (code, Exit.REFUSED), stage
        assert remedy in told(report), stage
        assert f"{reply[:3]} “{reply[4:]}”" in report.failure.problem.message
    assert (city.relay.mails, city.orders) == ([], [])


def test_what_a_relay_does_not_take_for_now_is_tried_again_and_so_by_resume(city):
    city.relay.says = {"second@example.org": "451 4.7.1 greylisted"}
    report = city.tell(TO[1:])
    assert report.failure.code == Id.DEFERRED.code
    assert "451 “4.7.1 greylisted”; nothing was sent" in told(report)
    assert city.relay.came.count("second@example.org") == 2, "as `retry` says"
    city.relay.says = {}
    assert city.resume(report).failure is None
    assert len(city.relay.mails) == 1


def test_a_connection_lost_behind_the_text_is_doubtful_and_never_sent_again(city):
    city.relay.says = {"DATA": "cut"}
    report = city.tell()
    assert (report.failure.code, report.exit) == (Id.ORDER_UNKNOWN.code, Exit.GUARDED)
    assert "received the mail and closed the connection" in told(report)
    assert city.orders == [("MAIL operators", "UNKNOWN")]
    city.relay.says = {}
    again = city.resume(report)
    assert again.failure.code == Id.ORDER_UNKNOWN.code
    assert city.relay.came.count("DATA") == 1


def test_a_connection_lost_before_the_text_left_is_tried_again(city):
    city.relay.says = {"elodie@example.org": "cut"}
    report = city.tell()
    assert report.failure.code == Id.NOT_SENT.code
    assert city.orders == []
    assert city.relay.came.count("elodie@example.org") == 2


def test_what_is_no_answer_of_a_relay_never_counts_as_taken_nor_as_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("RELAY_PASSWORD", PASSWORD)
    login = "    login: watch\n    password: ${secret.RELAY_PASSWORD}"
    for stage, line, tls, more in (
        ("greeting", "200 news", "none", ""),
        ("greeting", "* OK IMAP", "none", ""),
        ("STARTTLS", "250 ok", "starttls", ""),
        ("AUTH", "250 ok", "none", login),
        ("MAIL", "250 " + "x" * 9000, "none", ""),
        ("RCPT", "354 go on", "none", ""),
        ("DATA", "250 ok", "none", ""),
    ):
        folder = tmp_path / f"{stage}{line[:5]}".replace("*", "")
        folder.mkdir()
        with WrittenRelay({stage: line}) as relay:
            report = City(folder, relay, tls, more).tell()
        assert report.failure.problem.id is Id.NOT_SENT, (stage, line, told(report))
        assert "is not an SMTP server; nothing was sent" in told(report)
    with WrittenRelay({"text": "250 " + "x" * 9000}) as relay:
        city = City(tmp_path, relay)
        assert city.tell().failure.code == Id.ORDER_UNKNOWN.code, "it may have been taken"
        assert city.orders == [("MAIL operators", "UNKNOWN")]


def test_a_login_is_in_no_words_of_a_relay_and_one_that_cannot_be_sent_is_told(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("RELAY_PASSWORD", PASSWORD)
    login = "    login: watch.man\n    password: ${secret.RELAY_PASSWORD}"
    with WrittenRelay({"MAIL": "553 5.7.1 not owned by Watch.man"}) as relay:
        city = City(tmp_path, relay, more=login)
        assert "not owned by ***" in told(city.tell())
        monkeypatch.setenv("RELAY_PASSWORD", "pässwörd-of-the-relay")
        report = city.tell()
        assert report.failure.problem.id is Id.REJECTED
        assert "characters other than ASCII" in told(report)
    monkeypatch.setenv("RELAY_PASSWORD", PASSWORD)
    with WrittenRelay({"AUTH": "454 4.7.0 later"}) as relay:
        (tmp_path / "later").mkdir()
        report = City(tmp_path / "later", relay, more=login).tell()
        assert report.failure.problem.id is Id.DEFERRED, "nothing is wrong with the login"


def test_half_a_character_is_told_before_anything_leaves(city):
    flow = city.folder / "flows/tell.yaml"
    text = '${`["\\ud800"]`[0]}'
    flow.write_text(FLOW.replace("Alles gut, é.", text))
    city.workspace = open_catalog(city.folder)
    assert "half a character" in told(city.tell())
    assert city.relay.came == []


def test_nobody_who_sends_headers_in_a_value_gets_them_written(city):
    for subject in ("x\r\nBcc: thief@example.org", "x\nBcc: thief@example.org", "x\u2028y"):
        report = city.tell(subject=subject)
        assert report.failure.problem.id is Id.INVALID_VALUE, subject
        assert "one line" in told(report)
    for subject in ("=?utf-8?q?x=0ABcc:_thief@example.org?=", "é =?x?b?CkJjYzogdGhpZWY=?="):
        report = city.tell(subject=subject)
        assert report.failure.problem.id is Id.INVALID_VALUE, subject
        assert "plain letters" in told(report)
    for address in (
        "a@example.org\r\nDATA",
        "a@example.org, b@example.org",
        "a@example.org>\nRCPT TO:<b@example.org",
        "nobody",
        "é@example.org",
        "Team: a@example.org;",
        "a@-x",
    ):
        report = city.tell([TO[0], address])
        assert report.failure.problem.id is Id.INVALID_VALUE, address
        assert "address 2 of to" in told(report)
        assert address not in told(report)
    assert city.relay.came == []


def test_tls_is_spoken_as_the_relay_says_and_never_left_out(tmp_path, monkeypatch):
    monkeypatch.setenv("RELAY_PASSWORD", PASSWORD)
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    trusted = f"    ca: {tmp_path}/ca.pem\n"
    login = f"    login: {LOGIN}\n    password: ${{secret.RELAY_PASSWORD}}\n"
    servers = {way: Relay(tls=way, ca=ca, login=True) for way in ("starttls", "implicit")}
    try:
        for way, server in servers.items():
            for name, more in {"whole": trusted + login, "no-ca": login}.items():
                (tmp_path / f"{way}-{name}").mkdir()
                report = City(tmp_path / f"{way}-{name}", server, way, more).tell()
                if name == "whole":
                    assert report.failure is None, told(report)
                    continue
                assert report.failure.code == Id.TLS.code
                assert "is not trusted" in told(report)
            assert (len(server.mails), server.came[0]) == (1, "login")
        monkeypatch.setenv("RELAY_PASSWORD", "wrong")
        (tmp_path / "wrong").mkdir()
        report = City(tmp_path / "wrong", servers["starttls"], "starttls", trusted + login).tell()
        assert (report.failure.code, report.exit) == (Id.REJECTED.code, Exit.CREDENTIALS)
        assert "535" in told(report)
        assert PASSWORD not in told(report)
    finally:
        for server in servers.values():
            server.close()


def test_a_relay_that_offers_no_tls_gets_nothing_in_the_clear(tmp_path, relay):
    relay.came.clear()
    report = City(tmp_path, relay, "starttls").tell()
    assert report.failure.code == Id.TLS.code
    assert "does not offer STARTTLS; nothing was sent" in told(report)
    assert relay.came == []


def test_a_silent_relay_and_one_that_is_not_there_end_in_their_time(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        (tmp_path / "silent").mkdir()
        city = City(tmp_path / "silent", port)
        text = (city.folder / "environments/city.yaml").read_text()
        text = text.replace("read: PT2S", "read: PT1S").replace("connect: PT2S", "connect: PT1S")
        (city.folder / "environments/city.yaml").write_text(text)
        city.workspace = open_catalog(city.folder)
        report = city.tell()
        assert report.failure.code == Id.NOT_SENT.code
        assert "did not answer within 1 s; nothing was sent" in told(report)
    (tmp_path / "nobody").mkdir()
    report = City(tmp_path / "nobody", port).tell()
    assert report.failure.code == Id.NOT_SENT.code
    assert "could not be reached" in told(report)


def test_a_relay_that_falls_silent_with_the_mail_is_doubtful_too(city):
    city.relay.says = {"DATA": "hold"}
    report = city.tell()
    assert report.failure.code == Id.ORDER_UNKNOWN.code
    assert "did not answer within 2 s" in told(report)
    assert city.orders == [("MAIL operators", "UNKNOWN")]


def test_an_interrupt_waits_for_the_relays_word_and_a_kill_leaves_a_doubt(city):
    words = ["run", "tell", "--env", "city", 'to:=["a@example.org"]']
    for signal_, said in ((signal.SIGINT, "word"), (signal.SIGKILL, "nothing")):
        city.relay.says, city.relay.came = {"DATA": "hold"}, []
        city.relay.held.clear()
        variables = {**os.environ, "PYTHONPATH": str(ROOT)}
        running = start("sgeflow", words, city.folder, variables)
        assert city.relay.held.wait(30)
        running.send_signal(signal_)
        if said == "word":
            city.relay.says = {}
        _, err = running.communicate(timeout=30)
        city.relay.says = {}
        with Journal(city.state.journal) as journal:
            (entry,) = [one for one in journal.runs() if one.status is not Status.DONE]
        again = resume(entry.run, workspace=city.workspace, options=city.options)
        assert city.relay.came.count("DATA held") == 1, err
        assert city.relay.came.count("DATA") == (said == "word")
        if said == "word":
            assert running.returncode == 130, err
            assert again.outputs["told"]["reply"] == "2.0.0 queued as 4F2"
        else:
            assert again.failure.code == Id.ORDER_UNKNOWN.code


SIMULATED = """
environment: made-up
title: x
simulated: true
generation: current
login: one@example.org
contractId: "1234567"
services:
  sge: {{base_url: simulator, route: gateway}}
relays:
  operators:
    host: 127.0.0.1
    port: {port}
    tls: none
    from: watch@example.org
    login: watch
    password: ${{secret.NOBODY_HAS_IT}}
"""
TEST = """
test: tell
title: What would have been sent
flow: tell
environment: made-up
today: "2025-06-15"
inputs: {to: [a@example.org, b@example.org]}
cases:
  taken:
    expect:
      outputs: {told.reply: simulated}
      calls: [{call: MAIL operators, with: {to: [a@example.org, b@example.org]}, outcome: ok}]
  refused:
    stubs: {operators: {MAIL /: {status: 550, text: 5.1.1 nobody}}}
    expect: {code: SMTP550, message: "550 “5.1.1 nobody”"}
  in-part:
    stubs: {operators: {MAIL /: {body: {reply: ok, refused: [{recipient: 2, code: 550}]}}}}
    expect: {outputs: {"told.refused[0].recipient": 2}, warnings: [1 of 2 recipients]}
  later:
    stubs: {operators: {MAIL /: {replies: [{status: 451}, {status: 250}]}}}
    expect: {outcome: done, times: {MAIL operators: 2}}
  lost:
    stubs: {operators: {MAIL /: {fault: reset}}}
    expect: {code: SGE301}
  another-subject:
    expect: {calls: [{call: MAIL operators, with: {subject: Else}}]}
"""


def test_a_flow_test_says_what_would_have_been_sent_and_nothing_leaves(tmp_path, relay):
    relay.came.clear()
    city = City(tmp_path, relay)
    (tmp_path / "environments/made-up.yaml").write_text(SIMULATED.format(port=relay.port))
    (tmp_path / "tests/flows").mkdir(parents=True)
    file = tmp_path / "tests/flows/tell.test.yaml"
    file.write_text(TEST)
    workspace, test = open_test(file, city.folder)
    cases = {case.name: try_case(workspace, test, case) for case in test.cases}
    right = {name for name, case in cases.items() if case.is_success}
    assert right == {"taken", "refused", "in-part", "later", "lost"}, {
        name: [str(problem.message) for problem in case.problems] for name, case in cases.items()
    }
    (problem,) = cases["another-subject"].problems
    assert problem.details[0] == ("subject", '"Fertig: é", expected "Else"')
    assert relay.came == []


MISTAKES = {
    "through: operator, to: a@example.org, subject: x, text: y": "SGE020 there is no relay",
    "through: operators, to: nobody, subject: x, text: y": "SGE042 address 1 of to cannot",
    "through: operators, to: [], subject: x, text: y": "SGE042 a mail is for somebody",
    'through: operators, to: a@example.org, subject: "x\\ny", text: z': "SGE042 the subject",
    'through: operators, to: a@example.org, subject: x, text: "${run}"': "SGE014 text cannot be",
    'through: operators, to: "${run}", subject: x, text: y': "SGE014 to cannot be",
    "through: operators, to: a@example.org, text: y": 'SGE013 the key "subject"',
    "through: operators, to: a@example.org, subject: x, text: y, html: z": 'SGE012 unknown key "html"',
}
RELAYS = {
    "host: smtp.example.org:587, from: a@example.org": "SGE016 this is not a host",
    "host: https://smtp.example.org, from: a@example.org": "SGE016 this is not a host",
    "host: smtp.example.org, from: nobody": "SGE016 the sender is invalid",
    "host: smtp.example.org, from: a@example.org, tls: none": "SGE043 a mail and its password would",
    "host: smtp.example.org, from: a@example.org, tls: ssl": "SGE015",
    "host: smtp.example.org, from: a@example.org, login: me": 'SGE013 the key "password"',
    "host: smtp.example.org, from: a@example.org, login: me, password: pw": "SGE023 the secret",
    "host: smtp.example.org": 'SGE013 the key "from"',
}


def test_what_is_wrong_with_a_mail_or_a_relay_is_told_before_anything_runs(project):
    relay = "environments/with.yaml", "relays: {operators: {host: localhost, from: a@example.org}}"
    for words, problem in MISTAKES.items():
        flow = f"flow: x\ntitle: x\nsteps:\n  - {{id: a, mail: {{{words}}}}}\n"
        assert problem in problems(project, {"flows/x.yaml": flow}, relay), words
    for words, problem in RELAYS.items():
        own = relay[0], f"relays: {{operators: {{{words}}}}}"
        assert problem in problems(project, {}, own), words
    both = relay[0], "relays: {office: {host: localhost, from: a@example.org}}"
    assert "SGE018" in problems(project, {}, both)
    http = "flow: x\ntitle: x\nsteps:\n  - {id: a, http: {service: operators, path: /}}\n"
    assert 'SGE020 there is no service "operators"' in problems(
        project, {"flows/x.yaml": http}, relay
    )


def problems(project, texts, relay):
    """What is wrong with a flow and an environment that has a relay, as text."""
    name, more = relay
    head = (
        'environment: with\ntitle: x\ngeneration: current\nlogin: a@example.org\ncontractId: "1"\n'
    )
    services = 'services: {office: {base_url: "https://office.example.org"}}\n'
    _, found = project({name: f"{head}{services}{more}\n", **texts})
    return "\n".join(f"{one.id.code} {one.message}" for one in found)
