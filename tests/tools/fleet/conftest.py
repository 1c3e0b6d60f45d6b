"""Fleets in processes of their own, against a simulator that stays with households of one street."""

import json
import signal
import zlib
from contextlib import closing

import pytest

from sgeflow.adapters.state.journal import JOURNAL
from sgeflow.adapters.state.open import open_database
from sgeflow.adapters.state.store import Store
from tests.runtime.durability.conftest import TODAY, World, until, world

__all__ = ["TODAY", "World", "until", "world"]

HEADER = "pointId,lastname,firstname,address,postalCode,city"
GATHER = """
flow: energy
title: One day's energy of a point
inputs:
  pointId: {$ref: "types.yaml#/pointId"}
  name: {type: string, pattern: "^[A-Z ]+$", optional: true, personal: true}
  days: {type: integer, minimum: 1, default: 1}
steps:
  - id: energy
    call: consulterMesuresDetailleesV3
    with:
      pointId: ${inputs.pointId}
      mesuresTypeCode: ENERGIE
      grandeurPhysique: EA
      dateDebut: ${date_add(run.today, '-P7D')}
      dateFin: ${run.today}
  - id: keep
    store: {series: daily_energy, point: "${inputs.pointId}", stamped: day, measures: "${steps.energy.measures}"}
outputs: {rows: steps.keep.rows}
"""


def point(number):
    return f"39{number:012d}"


def household(number, lastname=None):
    name = lastname or f"FLOTTE {number}"
    return f"{point(number)},{name},A,{number} RUE DE LA FLOTTE,69008,LYON 8EME"


def write(folder, numbers, name="points.csv", wrong=()):
    lines = [HEADER, *(household(n, "NOBODY" if n in wrong else None) for n in numbers)]
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def small(folder, numbers, name="points.csv"):
    """The file for the flow `energy`, and the flow."""
    (folder / "flows").mkdir(exist_ok=True)
    (folder / "flows" / "energy.yaml").write_text(GATHER)
    path = folder / name
    path.write_text("pointId\n" + "".join(f"{point(n)}\n" for n in numbers))
    return path


def change_journal(here, statement, values=()):
    """What the journal holds when a process or its machine dies at another moment."""
    with (
        closing(open_database(here.home.journal, JOURNAL)) as database,
        database.writing() as link,
    ):
        link.execute(statement, values)


def without_end(here, run):
    """As if the process had died right before the end of its fleet."""
    statement = "UPDATE runs SET ended = NULL, exit = NULL, status = ?, inputs = ? WHERE run = ?"
    change_journal(here, statement, ("running", zlib.compress(b"{}"), run))


def konnector(*more, each="points.csv"):
    return [
        "run",
        "konnector",
        "--env",
        "lasting",
        "--today",
        TODAY,
        "--each",
        each,
        "file=data/{pointId}.json",
        *more,
    ]


def energy(*more, each="points.csv"):
    return ["run", "energy", "--env", "lasting", "--today", TODAY, "--each", each, *more]


def kept(world):
    """Values kept by series and point."""
    with Store(world.home.store("lasting")) as store:
        rows = [
            (point, one.name, len(store.load(point, one.name).measures))
            for point in store.points()
            for one in store.series_of(point)
        ]
    return {(where, name): count for where, name, count in rows}


def results(world, run):
    """The last line of each row in the file of results."""
    path = world.state / "fleets" / f"{run}.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return {line["row"]: line for line in lines}


def settle(world, run):
    """What a person does: look at Enedis, say what was found, and go on with the rows of a fleet."""
    code, out, _ = world.run("orders", "--output", "json")
    assert code == 0
    for order in json.loads(out or "[]"):
        accepted = (order["operation"], order["point"]) in world.server.orders
        word = "--accepted" if accepted else "--not-accepted"
        world.age(order["run"], 3600)
        assert world.run("orders", "resolve", order["run"], word)[0] == 0
    code, out, _ = world.run("runs", "show", run, "--output", "json")
    assert code == 0
    for row in json.loads(out)["failures"]:  # those that ended because of such an order
        assert world.run("resume", row["run"])[0] == 0


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.communicate()


@pytest.fixture
def fleet(world):
    """A world with households: `fleet(60)`."""

    def make(households, **more):
        return world(fleet=households, **more)

    return make
