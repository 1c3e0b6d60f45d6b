"""Runs the shipped flows through the public door, each in a folder of its own."""

import json
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import sgeflow
from sgeflow import Options, open_catalog
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.store import Store
from sgeflow.core.measures.civil_time import civil, day_length
from sgeflow.core.model import CallRecord, RunReport
from sgeflow.runtime import transports
from sgeflow.simulator.simulator import Simulator
from tests.conftest import young_catalog

TODAY = "2025-06-15"
GENERATIONS = {"previous": "simulator-previous", "current": "simulator"}
KINDS = tuple(f"com.grandlyon.enedis.{k}" for k in ("minute", "day", "month", "year", "maxpower"))


@pytest.fixture(scope="session")
def workspace():
    return open_catalog()


@dataclass
class Play:
    """One run: its report, the calls in order, and the documents it wrote."""

    report: RunReport
    calls: list[CallRecord] = field(default_factory=list)
    file: Path = Path()

    @property
    def documents(self):
        return json.loads(self.file.read_text(encoding="utf-8"))

    @property
    def code(self):
        return self.report.failure.code if self.report.failure else None

    @property
    def labels(self):
        return [call.label for call in self.calls]

    def step(self, ending):
        return next(s for s in self.report.steps if s.trail.endswith(ending))


@pytest.fixture
def play(workspace, tmp_path):
    """Run a flow: `play("konnector", scenario=…, generation=…)`."""

    def run(flow="konnector", inputs=None, generation="previous", state=None, **options):
        calls = []
        file = tmp_path / "importedData.json"
        given = dict(inputs or {})
        if "file" in workspace.catalog.flows[flow].inputs:
            given.setdefault("file", str(file))
        options = {"today": TODAY, "environment": GENERATIONS[generation], **options}
        report = sgeflow.run(
            flow,
            given,
            workspace=workspace,
            options=Options(state=state or tmp_path / "state", patient=False, **options),
            listener=lambda event: isinstance(event, CallRecord) and calls.append(event),
        )
        return Play(report, calls, Path(report.files[-1]) if report.files else file)

    return run


ENVIRONMENT = """
environment: lasting
title: a simulator that outlives the runs
generation: {generation}
login: donnees.energie@example.org
contractId: "1234567"
services:
  sge:
    base_url: {base}
    route: direct
    headers: {{Accept: text/xml}}
  backoffice:
    base_url: "{base}/backoffice"
    headers: {{Authorization: "Bearer ${{secret.BO_TOKEN}}"}}
    personal: [lastname, firstname, address, city]
  communes: {{base_url: "{base}"}}
"""


class Household:
    """The simulated household, night after night, in one world."""

    def __init__(self, folder, server, generation):
        self.folder, self.server = folder, server
        (folder / "environments").mkdir(parents=True)
        text = ENVIRONMENT.format(base=server.base_url, generation=generation)
        (folder / "environments" / "lasting.yaml").write_text(text)
        self.workspace = open_catalog(folder)
        self.reports = []

    @property
    def point(self):
        return self.server.household["pointId"]

    def night(self, **inputs):
        """One run; what it reports, and how many curves it asked for."""
        curves = []
        given = {"file": str(self.folder / "data.json"), **self.server.household, **inputs}
        report = sgeflow.run(
            "konnector",
            given,
            workspace=self.workspace,
            options=self.options,
            listener=lambda event: is_curve(event) and curves.append(event),
        )
        self.reports.append(report)
        return report, len(curves)

    def run(self, flow, **inputs):
        """Another flow, about the same point."""
        given = {"pointId": self.point, **inputs}
        return sgeflow.run(flow, given, workspace=self.workspace, options=self.options)

    @property
    def options(self):
        return Options(
            environment="lasting",
            today=self.server.today.isoformat(),
            state=self.folder / "state",
            patient=False,
            secrets={"BO_TOKEN": "simulator"},
        )

    def forget(self):
        """What the runs remember of the account is gone."""
        with self.store() as store:
            store.remember("accounts", self.point, None)

    def pass_days(self, days):
        self.server.pass_days(days)

    @contextmanager
    def store(self):
        with Store(StateLocation(folder=self.folder / "state").store("lasting")) as store:
            yield store

    def whole_days(self):
        """The days of which every half-hour is kept."""
        with self.store() as store:
            kept = store.load(self.point, "load_curve").measures
        counted = Counter(civil(measure.start).date() for measure in kept)
        return {day for day, count in counted.items() if count == day_length(day) // 1800}

    def remembered(self):
        with self.store() as store:
            return store.recall("accounts", self.point)


class _Between:
    """A transport that something stands before."""

    def __init__(self, inner, answer):
        self.inner, self.answer, self.close = inner, answer, inner.close

    def send(self, request, deadline=None, leave=None):
        go = lambda: self.inner.send(request, deadline, leave)  # noqa: E731
        return self.answer(request, go, leave)


@pytest.fixture
def stand_between(monkeypatch):
    """Let `answer(request, go, leave)` stand before every server, where `go()` sends the request.

    Whoever answers in its place notes with `leave()` that it left.
    """

    def stand(answer):
        http = transports.open_http
        between = lambda *given, **named: _Between(http(*given, **named), answer)  # noqa: E731
        monkeypatch.setattr(transports, "open_http", between)

    return stand


def is_curve(event):
    is_call = isinstance(event, CallRecord) and event.label.startswith("consulterMesuresDet")
    return is_call and "/half_hours/" in event.key


@pytest.fixture(scope="session")
def households(tmp_path_factory):
    """Make households: `households("current", first_night)`; their days tell of some weeks."""
    young, servers = young_catalog(curve_days=0), []

    def make(generation, today, catalog=young, **more):
        server = Simulator(catalog, today=today, generation=generation, **more)
        server.start()
        servers.append(server)
        return Household(tmp_path_factory.mktemp("household"), server, generation)

    yield make
    for server in servers:
        server.stop()
        assert not server.mistakes
