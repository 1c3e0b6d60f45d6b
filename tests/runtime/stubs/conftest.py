"""A project whose services have addresses of their own, and a listener that nobody may reach."""

import socket
import threading
from textwrap import dedent

import pytest

from tests.cli.conftest import _calm, golden, process, sgeflow

__all__ = ["_calm", "golden", "process", "sgeflow"]

ENVIRONMENT = """\
    environment: {name}
    title: Simulated, with services of its own
    simulated: true
    generation: previous
    login: donnees.energie@example.org
    contractId: "1234567"
    services:
      sge: {{base_url: simulator, route: gateway, headers: {{apikey: simulator}}, timeout: {{connect: PT2S, read: PT3S, total: PT20S}}}}
      backoffice:
        base_url: simulator/backoffice
        headers: {{Authorization: Bearer simulator}}
      communes: {{base_url: simulator}}
      alerts:
        base_url: "http://127.0.0.1:{port}/api"
        headers: {{Authorization: "Bearer ${{secret.ALERTS_TOKEN}}"}}
        timeout: {{connect: PT1S, read: PT1S, total: PT3S}}
        stubs:
{stubs}
"""
FLOW = """\
    flow: mail
    title: Tell somebody
    inputs: {path: {type: string, default: mails}, method: {enum: [GET, POST], default: POST}}
    steps:
      - id: read
        when: inputs.method == 'GET'
        http: {service: alerts, path: "/${inputs.path}"}
        retry: {attempts: 1}
      - id: sent
        when: inputs.method == 'POST'
        http:
          service: alerts
          method: POST
          path: "/${inputs.path}"
          body: {to: somebody@example.org, subject: Made up}
        on_fault:
          - {codes: [HTTP409], continue: {body: {id: before}}}
    outputs:
      status: default(steps.sent.status, steps.read.status, 0)
      body: default(steps.sent.body, steps.read.body, null)
"""


class Trap:
    """A listener on loopback that counts who connects to it, and answers nobody."""

    def __init__(self) -> None:
        self.visits = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                link, _ = self._socket.accept()
            except OSError:
                return
            with link:
                link.settimeout(1)
                try:
                    self.visits.append(link.recv(200))
                except OSError:
                    self.visits.append(b"")

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def trap():
    """The listener; at the end of each test nobody has been there."""
    found = Trap()
    yield found
    found.close()
    assert found.visits == []


@pytest.fixture
def project(tmp_path, trap, monkeypatch):
    """Make the project in the current folder: `project(stubs, flow)`."""
    monkeypatch.delenv("ALERTS_TOKEN", raising=False)

    def make(stubs="{}", *, name="own", flow=FLOW, tests=""):
        lines = dedent(stubs).strip().splitlines()
        text = ENVIRONMENT.format(
            name=name, port=trap.port, stubs="\n".join(f"{' ' * 14}{line}" for line in lines)
        )
        for file, content in (
            (f"environments/{name}.yaml", dedent(text)),
            ("flows/mail.yaml", dedent(flow)),
            ("tests/mail.test.yaml", dedent(tests)),
        ):
            if content:
                (tmp_path / file).parent.mkdir(exist_ok=True)
                (tmp_path / file).write_text(content, encoding="utf-8")
        return tmp_path

    return make
