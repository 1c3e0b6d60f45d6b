"""Answers that break their reader: each is told as one that cannot be read, and the run goes on."""

import gzip
import signal
from contextlib import contextmanager

import pytest

from sgeflow import Options, call, open_catalog, run
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.errors import Exit, Id
from sgeflow.runtime.resume import resume
from tests.adapters.conftest import Server, answer

ENVIRONMENT = """
environment: broken
title: x
generation: current
login: one@example.org
contractId: "1234567"
services: {{sge: {{base_url: {url}, route: direct, timeout: {{read: PT5S}}}}, office: {{base_url: {url}}}}}
"""
FLOW = """
flow: asking
title: Ask the office
steps: [{id: asked, http: {service: office, path: /x}, retry: {attempts: 1}}]
outputs: {answer: steps.asked.body}
"""
UNREADABLE = {
    "nested without end": b"[" * 200_000,
    "nested and closed": b"[" * 200_000 + b"]" * 200_000,
    "nested just so that a parser bears it": b"[" * 700 + b"]" * 700,
    "a number out of range": b'{"a": 1e999999}',
    "a key twice": b'{"a": {"x": 1, "b": 2, "x": "SECRET"}}',
    "no number": b'{"a": NaN}',
    "an integer of 5000 digits": b'{"a": ' + b"9" * 5000 + b"}",
    "half of a character": b'{"a": "\\ud800"}',
    "half of a character in a name": b'{"\\udfff": 1}',
    "half of a character in bytes": b'{"a": "\xed\xa0\x80"}',
    "no text": b'{"a": "\xff"}',
    "nothing of JSON": b"<html>",
}
WHY = {
    "a key twice": "an object has a key twice: its key 3 is its key 1 again",
    "a number out of range": "a number is out of range",
    "nested and closed": "it is nested too deeply",
}


@pytest.fixture
def office(tmp_path):
    """A service that answers what `reply` holds, and a workspace that asks it."""
    reply = []
    server = Server(lambda link, _request: link.sendall(answer(reply[-1])), None)
    texts = {"flows/asking.yaml": FLOW, "environments/broken.yaml": ENVIRONMENT}
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text.format(url=server.url) if "broken" in name else text)
    yield reply, open_catalog(tmp_path)
    server.close()


def test_an_answer_that_breaks_its_reader_is_a_fault_and_the_run_goes_on(office, tmp_path):
    reply, workspace = office
    state = StateLocation(folder=tmp_path / ".sgeflow")
    options = Options(environment="broken", today="2025-06-15", state=state, patient=False)
    for name, body in UNREADABLE.items():
        reply.append(body)
        report = run("asking", {}, workspace=workspace, options=options)
        assert report.failure.code == Id.BAD_ANSWER.code, name
        assert report.exit is Exit.TECHNICAL, name
        problem = report.failure.problem
        assert "SECRET" not in f"{problem.message}{problem.details}"
        if name in WHY:
            assert problem.message == "office answered JSON that cannot be used", name
            assert dict(problem.details)["why"] == WHY[name]
        reply.append(b'{"a": 1}')
        again = resume(report.run, workspace=workspace, options=options)
        assert again.outputs == {"answer": {"a": 1}}, name


_MANY = 40_000
_SOAP = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>%s</s:Body></s:Envelope>'
_PACKED = "Content-Encoding: gzip\r\n"


def json_of(body):
    return answer(body, "401 Unauthorized").replace(b"text/xml", b"application/json")


LONG = {
    "empty members of gzip": lambda: answer(gzip.compress(b"") * _MANY, headers=_PACKED),
    "a heading begun for ever": lambda: answer(b"<html>" + b"<title" * _MANY),
    "headings inside each other": lambda: answer(b"<html>" + b"<title>" * _MANY),
    "attributes": lambda: answer(
        _SOAP % (b"<a %s/>" % b" ".join(b'a%d="1"' % number for number in range(10_000)))
    ),
    "attributes of a fault": lambda: answer(
        b"<a %s/>" % b" ".join(b'a%d="1"' % number for number in range(10_000)), "500 Error"
    ),
    "elements inside each other": lambda: answer(_SOAP % (b"<a>" * _MANY)),
    "codes in a text": lambda: json_of(b'{"a": "' + b"code" * _MANY + b'"}'),
    "codes side by side": lambda: json_of(b'{"a": [' + b'"code" , ' * _MANY + b"1]}"),
    "quotes": lambda: json_of(b"{" + b'"' * _MANY),
    "digits": lambda: json_of(b'{"a": ' + b"9" * 300_000 + b"}"),
    "chunks of a byte": lambda: (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"1\r\na\r\n" * 5_000
        + b"0\r\n\r\n"
    ),
    "trailers": lambda: (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
        + b"X: y\r\n" * _MANY
        + b"\r\n"
    ),
    "headers": lambda: answer(headers="X: y\r\n" * _MANY),
}


@contextmanager
def bounded_work(seconds):
    """Ends what would take minutes; what is done here takes a tenth of that."""

    def stop(*_):
        raise AssertionError("reading takes more than a look at each byte")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def test_each_byte_of_an_answer_is_looked_at_a_few_times_recorded_or_not(tmp_path):
    """Long answers held a reader for many seconds: it went over the rest at each place."""
    replies = []
    server = Server(lambda link, _request: link.sendall(replies[-1]), None)
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "broken.yaml").write_text(ENVIRONMENT.format(url=server.url))
    workspace = open_catalog(tmp_path)
    values = {"pointId": "30000000000011"}
    for number, (name, make) in enumerate(LONG.items()):
        replies.append(make())
        for record in (None, tmp_path / f"{number}.yaml"):
            options = Options(
                environment="broken", today="2025-06-15", patient=False, record=record
            )
            with bounded_work(3.0):
                result = call(
                    "consulterDonneesTechniquesContractuelles",
                    values,
                    workspace=workspace,
                    options=options,
                    unchecked=True,
                )
            assert result.failure, name
            assert result.failure.code.startswith(("SGE4", "SGE2", "HTTP")), name
    server.close()
