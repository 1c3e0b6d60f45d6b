"""Runs in processes of their own against a simulator that stays, as Enedis stays."""

import os
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from sgeflow import open_catalog
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.journal_schema import JOURNAL
from sgeflow.adapters.state.locations import Home, is_there
from sgeflow.adapters.state.open import open_database
from sgeflow.simulator.certificates import made_up
from sgeflow.simulator.simulator import Simulator
from tests.postgres import text_of

ROOT = Path(__file__).parents[3]
TODAY = "2025-06-15"
PATIENT = "{connect: PT2S, read: PT3S, total: PT20S}"

ENVIRONMENT = """
environment: lasting
title: a simulator that outlives the runs
generation: {generation}
login: donnees.energie@example.org
contractId: "1234567"
sge:
  base_url: {base}
  route: {route}
  headers: {{Accept: text/xml}}
{rate}  timeout: {timeout}
  {trust}
services:
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


@dataclass
class World:
    """A project folder, the simulator that its environment names, and its state."""

    folder: Path
    server: Simulator
    home: Home

    @property
    def state(self):
        return self.home.folder

    @property
    def document(self):
        return self.folder / "data" / "importedData.json"

    def command(self, *arguments):
        return [sys.executable, "-m", "sgeflow", *arguments]

    def start(self, *arguments, **variables):
        """Start the command line; with `HURRY="1"` it does not wait between tries."""
        module = "tests.runtime.durability.launch" if "HURRY" in variables else "sgeflow"
        return self.open([sys.executable, "-m", module, *arguments], **variables)

    def open(self, command, **variables):
        """Start any command in the folder."""
        own = {"BO_TOKEN": "simulator", "PYTHONPATH": str(ROOT), "COLUMNS": ""}
        environment = {**os.environ, **own, **variables}
        if self.home.server:
            environment["SGEFLOW_STATE"] = text_of(self.home)
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def launch(self, *arguments, **variables):
        """Run the command line with something done to it: see `launch.py`."""
        command = [sys.executable, "-m", "tests.runtime.durability.launch", *arguments]
        process = self.open(command, **variables)
        out, err = process.communicate(timeout=90)
        return process.returncode, out, err

    def run(self, *arguments, **variables):
        process = self.start(*arguments, **variables)
        out, err = process.communicate(timeout=90)
        return process.returncode, out, err

    def konnector(self):
        given = [f"{name}={value}" for name, value in self.server.household.items()]
        return ["run", "konnector", "--env", "lasting", "--today", TODAY, *given]

    def orders(self):
        return {operation: count for (operation, _), count in self.server.orders.items()}

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

    With `encrypted=True` it is spoken to over TLS.
    """
    servers = []

    def make(
        generation="current",
        orders="{}",
        rate="",
        timeout=PATIENT,
        encrypted=False,
        **simulated,
    ):
        operations = open_catalog().catalog.operations
        folder = tmp_path / f"world{len(servers)}"
        folder.mkdir()
        trust = ""
        if encrypted:
            simulated["tls"] = made_up()
            (folder / "ca.pem").write_bytes(simulated["tls"].authority)
            trust = f"ca: {folder / 'ca.pem'}"
        server = Simulator(operations, today=TODAY, generation=generation, **simulated)
        server.start()
        servers.append(server)
        (folder / "environments").mkdir()
        (folder / "operations").mkdir()
        (folder / "operations" / "types.yaml").write_text(
            (ROOT / "operations" / "types.yaml").read_text()
        )
        text = ENVIRONMENT.format(
            base=server.base_url,
            generation=generation,
            route="direct",
            orders=orders,
            rate=f"  rate: {rate}\n" if rate else "",
            timeout=timeout,
            trust=trust,
        )
        (folder / "environments" / "lasting.yaml").write_text(text)
        return World(folder, server, new_home(folder / ".sgeflow"))

    yield make
    for server in servers:
        server.stop()
        assert not server.mistakes


def until(condition, seconds=20):
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.002)
