"""Runs against a simulator that stays, as Enedis stays; each begins in a process of its own."""

import os
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from sgeflow.adapters.state.journal import JOURNAL, Journal
from sgeflow.adapters.state.locations import StateLocation, is_there
from sgeflow.adapters.state.open import open_database
from sgeflow.simulator.certificates import made_up
from sgeflow.simulator.replies import Reply
from sgeflow.simulator.simulator import Simulator
from tests.conftest import shipped_catalog, young_catalog
from tests.here import run_here
from tests.postgres import text_of
from tests.processes import start
from tests.runtime.durability.office import Office

ROOT = Path(__file__).parents[3]
TODAY = "2025-06-15"
NOT_KEPT = {"SGEFLOW_CACHE": "off"}  # forked, a process checks sooner than it keeps what it found
LAUNCH = "tests.runtime.durability.launch"
BEHIND_A_READ = """
flow: {name}
title: An order behind a read
inputs: {{pointId: {{$ref: "types.yaml#/pointId"}}}}
steps:
  - id: look
    call: rechercherServicesAccesDonnees
    with: {{pointId: "${{inputs.pointId}}"}}
  - id: contract
    call: commanderServicesAccesDonnees
    with:
      pointId: ${{inputs.pointId}}
      dateFin: "2026-06-14"
      nom: MARTIN
      serviceSouscrit: [{{typeDonnees: CDC}}]
outputs: {{serviceId: steps.contract.serviceId}}
"""
PATIENT = "{connect: PT2S, read: PT3S, total: PT20S}"

ENVIRONMENT = """
environment: lasting
title: a simulator that outlives the runs
generation: {generation}
login: donnees.energie@example.org
contractId: "1234567"
services:
  sge:
    base_url: {base}
    route: {route}
    headers: {{Accept: text/xml}}
{rate}    timeout: {timeout}
    {trust}
  backoffice:
    base_url: {base}/backoffice
    headers: {{Authorization: "Bearer ${{secret.BO_TOKEN}}"}}
    personal: [lastname, firstname, address, city]
    {trust}
  communes:
    base_url: {base}
    {trust}
orders: {orders}
"""


BY_REST = """  enedis:
    base_url: {base}
    oauth:
      grant: client_credentials
      client_id: simulator
      client_secret: ${{secret.ENEDIS}}
      path: /oauth2/v3/token
"""


def outputs_for(word):
    """What a person says beside `--accepted`: what the order made is not known."""
    return ("serviceId:=null",) if word == "--accepted" else ()


@dataclass
class World:
    """A project folder, the simulator that its environment names, and its state."""

    folder: Path
    server: Simulator
    home: StateLocation

    @property
    def state(self):
        return self.home.folder

    @property
    def document(self):
        return self.folder / "data" / "importedData.json"

    def use(self, wire):
        """From now on measures are called by `soap` or `rest`."""
        path = self.folder / "environments" / "lasting.yaml"
        text = path.read_text().replace(BY_REST.format(base=self.server.base_url), "")
        rest = f"services:\n{BY_REST.format(base=self.server.base_url)}"
        path.write_text(text if wire == "soap" else text.replace("services:\n", rest))

    def command(self, *arguments):
        return [sys.executable, "-m", "sgeflow", *arguments]

    def start(self, *arguments, **variables):
        """Start the command line; with `HURRY="1"` it does not wait between tries."""
        module = LAUNCH if "HURRY" in variables else "sgeflow"
        return start(module, arguments, self.folder, self.variables(**NOT_KEPT, **variables))

    def variables(self, **more):
        """What a process in the folder finds in its environment."""
        own = {
            "BO_TOKEN": "simulator",
            "ENEDIS": "simulator",
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "",
        }
        own["IDENTITY_KEY"] = "a key of the tests that everybody may know"
        if self.home.server:
            own["SGEFLOW_STATE"] = text_of(self.home)
        return {**os.environ, **own, **more}

    def open(self, command, **variables):
        """Start any command in the folder."""
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.variables(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def launch(self, *arguments, **variables):
        """Run the command line with something done to it: see `launch.py`."""
        process = start(LAUNCH, arguments, self.folder, self.variables(**NOT_KEPT, **variables))
        out, err = process.communicate(timeout=90)
        return process.returncode, out, err

    def run(self, *arguments, **variables):
        """Run the command line in this process: only what is killed needs one of its own.

        With `HURRY="1"` it has one, in which it does not wait between tries.
        """
        if "HURRY" not in variables:
            return run_here(self.folder, arguments, self.variables(**NOT_KEPT, **variables))
        process = self.start(*arguments, **variables)
        out, err = process.communicate(timeout=90)
        return process.returncode, out, err

    def konnector(self):
        given = [f"{name}={value}" for name, value in self.server.household.items()]
        return ["run", "konnector", "--env", "lasting", "--today", TODAY, *given]

    def orders(self):
        return {operation: count for (operation, _), count in self.server.orders.items()}

    @contextmanager
    def holding_orders(self, *, lose=False):
        """Within the block orders that come wait; at its end they are carried out, or lost."""
        desk, over = self.server._desk, threading.Event()
        answer = desk.answer

        def wait(visit, call):
            if not visit.label.startswith("commander"):
                return answer(visit, call)
            over.wait(60)
            return Reply(0, b"", "", "drop") if lose else answer(visit, call)

        desk.answer = wait
        try:
            yield
        finally:
            desk.answer = answer
            over.set()

    def has_unanswered(self):
        """Whether a request has come that is not answered."""
        return self.server.arrival_count > len(self.server.requests)

    def add_office(self, office):
        """Make `office` a service of the environment."""
        environment = self.folder / "environments" / "lasting.yaml"
        named = f"services:\n  office: {{base_url: {office.url}}}"
        environment.write_text(environment.read_text().replace("services:", named))

    def runs(self):
        """The runs that the journal knows, newest first."""
        with Journal(self.home.journal) as journal:
            return journal.runs(20)

    def last_run(self):
        return self.runs()[0]

    def age(self, run, seconds):
        """Make the orders of a run so much older, by every clock that is known."""
        with (
            closing(open_database(self.home.journal, JOURNAL)) as database,
            database.writing() as link,
        ):
            link.execute(
                "UPDATE orders SET sending = sending - ?, up = up - ? WHERE run = ?",
                (seconds, seconds, run),
            )

    def let_go(self, run):
        """Nobody on the way has the orders of a run any more, as young as they are."""
        with (
            closing(open_database(self.home.journal, JOURNAL)) as database,
            database.writing() as link,
        ):
            link.execute("UPDATE orders SET lasts = 0 WHERE run = ?", (run,))

    def noted(self, question, *values):
        """Rows of the journal's tables; none while it is not there."""
        if not is_there(self.home.journal):
            return []
        with (
            closing(open_database(self.home.journal, JOURNAL)) as database,
            database.reading() as link,
        ):
            return link.execute(question, values).fetchall()


@pytest.fixture
def world(tmp_path, new_home):
    """Make a world: `world()`, `world(generation="current", orders="{confirm: true}")`.

    With `encrypted=True` it is spoken to over TLS, with `grown=True` meters tell of years.
    """
    servers = []

    def make(
        generation="current",
        orders="{}",
        rate="",
        timeout=PATIENT,
        encrypted=False,
        grown=False,
        **simulated,
    ):
        catalog = shipped_catalog() if grown else young_catalog()
        folder = tmp_path / f"world{len(servers)}"
        folder.mkdir()
        trust = ""
        if encrypted:
            simulated["tls"] = made_up()
            (folder / "ca.pem").write_bytes(simulated["tls"].authority)
            trust = f"ca: {folder / 'ca.pem'}"
        server = Simulator(catalog, today=TODAY, generation=generation, **simulated)
        server.start()
        servers.append(server)
        (folder / "environments").mkdir()
        (folder / "operations").mkdir()
        text = ENVIRONMENT.format(
            base=server.base_url,
            generation=generation,
            route="direct",
            orders=orders,
            rate=f"    rate: {rate}\n" if rate else "",
            timeout=timeout,
            trust=trust,
        )
        home = new_home(folder / ".sgeflow")
        if home.server:
            text += "identity_key: ${secret.IDENTITY_KEY}\n"
        (folder / "environments" / "lasting.yaml").write_text(text)
        return World(folder, server, home)

    yield make
    for server in servers:
        server.stop()
        assert not server.mistakes


@pytest.fixture
def office():
    """A neighbour that does as it is told; `world.add_office(office)` makes it known."""
    server = Office()
    yield server
    server.close()


def until(condition, seconds=20):
    """Wait for something to become true."""
    end, pause = time.monotonic() + seconds, 0.002
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)  # to look may cost more than what is waited for


def without_soap(text):
    """The document of an operation on both wires, as it is when its envelope is deleted."""
    document = yaml.safe_load(text)
    for name in ("route", "envelope"):
        del document[name]
    del document["response"]["element"]
    for unsent in ("initiateurLogin", "mesuresCorrigees"):
        document["parameters"].pop(unsent, None)
    rules = document.get("rules", [])
    document["rules"] = [rule for rule in rules if rule.get("when") != "mesuresCorrigees"]
    document["response"]["paths"] |= document["rest"].pop("paths")
    document["echo"] |= document["rest"].pop("echo")
    return yaml.safe_dump(document, sort_keys=False)
