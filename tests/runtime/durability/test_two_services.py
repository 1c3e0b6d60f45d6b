"""An order leaves once at any service: here operations of two SOAP services in one environment.

The second service, `gas`, is another simulator. Its operations are copies of shipped ones under
names of their own, so everything that an order needs stands in documents.
"""

import json
import re
import signal
import time

import pytest

from sgeflow.simulator.replies import Reply
from sgeflow.simulator.simulator import Simulator
from tests.conftest import young_catalog
from tests.postgres import on_servers_too
from tests.runtime.durability.conftest import ROOT, TODAY, until

ORDER, READ = "commanderServicesAccesDonnees", "rechercherServicesAccesDonnees"
GAS_ORDER, GAS_READ = "commanderGaz", "rechercherGaz"
ON_GAS = {ORDER: GAS_ORDER, READ: GAS_READ}
TWICE = """
flow: twice
title: The same order in two steps
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
  - id: first
    call: commanderGaz
    with: &order
      pointId: ${inputs.pointId}
      dateFin: "2026-06-14"
      nom: MARTIN
      serviceSouscrit: [{typeDonnees: CDC}]
  - {id: second, call: commanderGaz, with: *order}
"""
ONCE = (
    TWICE.replace("flow: twice", "flow: once").partition("  - {id: second")[0].replace("&order", "")
)


def on_gas(operation):
    """A shipped operation as one of the service `gas`, whose cancels are not looked at here."""
    text = (ROOT / "operations" / f"{operation}.yaml").read_text()
    for name, other in ON_GAS.items():
        text = re.sub(rf"^(operation|  call): {name}$", rf"\1: {other}", text, flags=re.MULTILINE)
    text = re.sub(r"^  ended_by: .*\n", "", text, flags=re.MULTILINE)
    return text.replace("\nroute:\n", "\nroute:\n  service: gas\n")


class TwoServices:
    """A world whose environment names a second SOAP service."""

    def __init__(self, world, gas):
        self.world, self.gas = world, gas
        self.point = world.server.household["pointId"]
        environment = world.folder / "environments" / "lasting.yaml"
        named = f"services:\n  gas: {{base_url: {gas.base_url}}}"
        environment.write_text(environment.read_text().replace("services:", named))
        for name, other in ON_GAS.items():
            (world.folder / "operations" / f"{other}.yaml").write_text(on_gas(name))
        (world.folder / "flows").mkdir()
        for flow, text in (("twice", TWICE), ("once", ONCE)):
            (world.folder / "flows" / f"{flow}.yaml").write_text(text)

    def words(self, operation=GAS_ORDER, *more):
        service = 'serviceSouscrit:=[{"typeDonnees": "CDC"}]'
        given = (f"pointId={self.point}", "dateFin=2026-06-14", "nom=MARTIN", service)
        return ("call", operation, "--env", "lasting", "--today", TODAY, *given, *more)

    def flow(self, name):
        point = f"pointId={self.point}"
        return ("run", name, "--env", "lasting", "--today", TODAY, point)

    def ordered(self):
        """How many orders have come to each of the two services."""
        return sum(self.world.server.orders.values()), sum(self.gas.orders.values())

    def lose_answers(self):
        """From now on `gas` carries out orders and answers none of them."""
        desk = self.gas._desk
        answer = desk.answer

        def carry_out(visit, call):
            reply = answer(visit, call)
            return Reply(0, b"", "", "drop") if visit.label == ORDER else reply

        desk.answer = carry_out

    def hide_searches(self):
        """From now on `gas` refuses to search: no read shows what was ordered."""
        desk = self.gas._desk
        answer = desk.answer

        def refuse(visit, call):
            return Reply(503, b"", "") if visit.label == READ else answer(visit, call)

        desk.answer = refuse


@pytest.fixture
def two(world):
    """`two()`: a world of two services; the keywords are those of `world`."""
    servers = []

    def make(**options):
        gas = Simulator(young_catalog(), today=TODAY, generation="current")
        gas.start()
        servers.append(gas)
        return TwoServices(world(**options), gas)

    yield make
    for server in servers:
        server.stop()
        assert not server.mistakes


def test_the_same_order_at_a_second_service_is_refused_before_it_is_sent(two):
    here = two()
    assert here.world.run(*here.words())[0] == 0
    code, _, err = here.world.run(*here.words())
    assert code == 8, err
    assert f"the same {GAS_ORDER} was accepted 0 min ago" in err
    assert here.ordered() == (0, 1)


def test_a_same_order_at_two_services_is_two_orders(two):
    here = two()
    assert here.world.run(*here.words(ORDER))[0] == 0
    code, _, err = here.world.run(*here.words(GAS_ORDER))
    assert code == 0, err
    assert here.ordered() == (1, 1)
    assert here.world.run(*here.words(ORDER))[0] == 8
    assert here.world.run(*here.words(GAS_ORDER))[0] == 8


def test_an_order_at_a_second_service_in_two_steps_of_a_run_leaves_once(two):
    here = two()
    code, _, err = here.world.run(*here.flow("twice"))
    assert code == 8, err
    assert here.ordered() == (0, 1)


def test_an_order_at_a_second_service_is_confirmed(two):
    here = two(orders="{confirm: true}")
    code, _, err = here.world.run(*here.words())
    assert code == 8
    assert "--confirm-orders" in err
    assert here.ordered() == (0, 0)
    code, _, err = here.world.run(*here.words(), "--confirm-orders")
    assert code == 0, err
    assert here.ordered() == (0, 1)


@on_servers_too("two meet at a row that is unique")
def test_two_processes_order_once_at_a_second_service(two):
    here = two()
    processes = [here.world.start(*here.words()) for _ in range(2)]
    codes = []
    for process in processes:
        process.communicate(timeout=90)
        codes.append(process.returncode)
    assert sorted(codes) == [0, 8]
    assert here.ordered() == (0, 1)


def killed_between_send_and_answer(here):
    """A run of `once` that is killed while its order waits for the answer; the run's name."""
    desk = here.gas._desk
    answer, came = desk.answer, []

    def wait(visit, call):
        reply = answer(visit, call)
        if visit.label == ORDER:
            came.append(visit)
            time.sleep(2)
        return reply

    desk.answer = wait
    process = here.world.start(*here.flow("once"))
    until(lambda: came)
    process.kill()
    process.communicate(timeout=90)
    desk.answer = answer
    assert process.returncode == -signal.SIGKILL
    assert here.ordered() == (0, 1)
    return here.world.last_run().run


def test_a_run_killed_before_the_answer_of_a_second_service_orders_once(two):
    here = two()
    run = killed_between_send_and_answer(here)
    code, out, err = here.world.run("resume", run)
    assert code == 0, out + err  # the search at `gas` shows the order
    assert f"{GAS_READ} shows that it was accepted" in err
    assert here.ordered() == (0, 1)


def test_a_killed_order_that_no_search_shows_stays_unknown_and_bars_its_like(two):
    here = two()
    run = killed_between_send_and_answer(here)
    here.hide_searches()
    assert here.world.run("resume", run, HURRY="1")[0] == 8
    assert here.world.run(*here.words(), HURRY="1")[0] == 8
    assert here.ordered() == (0, 1)


def test_orders_lists_a_lost_order_with_its_service_and_says_where_to_find_out(two):
    here = two()
    here.lose_answers()
    here.hide_searches()
    code, _, err = here.world.run(*here.words(), HURRY="1")
    assert code == 8
    assert "whether gas accepted it" in " ".join(err.split())
    code, out, err = here.world.run("orders", "--output", "json")
    (order,) = json.loads(out)
    assert (order["operation"], order["service"]) == (GAS_ORDER, "gas")
    assert "ask gas, then settle" in here.world.run("orders")[2]
    run = order["run"]
    here.world.let_go(run)
    assert here.world.run("orders", "resolve", run, "serviceId:=null", "--accepted")[0] == 0
    assert here.world.run(*here.words())[0] == 8
    assert here.ordered() == (0, 1)


SERVICES = """
gas:
  owner: Gaz Réseau
  faults:
    error: erreur
    result: resultat
    namespaces: ["{namespace}"]
    refused: SGT4[0-9A-Z]{{2,3}}
"""


def refused_at_gas(two, namespace):
    """The end of an order for a point that `gas` does not know: exit code and error output."""
    here = two()
    if namespace:
        text = SERVICES.format(namespace=namespace)
        (here.world.folder / "operations" / "services.yaml").write_text(text, "utf-8")
    words = [word.replace(here.point, "30000000009999") for word in here.words()]
    code, _, err = here.world.run(*words, HURRY="1")
    assert here.ordered() == (0, 1)
    return code, " ".join(err.split())


def test_a_second_service_says_in_a_document_how_its_refusals_look(two):
    code, err = refused_at_gas(two, "http://www.enedis.fr/sge/")
    assert code == 4, err
    assert "Gaz Réseau refused the call: SGT401" in err


@pytest.mark.parametrize("namespace", ["", "urn:another:"], ids=["no document", "another owner"])
def test_an_error_that_no_document_gives_to_the_service_proves_no_refusal(two, namespace):
    code, err = refused_at_gas(two, namespace)
    assert code == 8, err
    assert "the answer does not tell whether it was accepted" in err


def test_a_cassette_of_a_second_service_replays_without_sending(two, tmp_path):
    here = two()
    cassette = tmp_path / "gas.yaml"
    code, _, err = here.world.run(*here.words(), "--record", cassette, "--output", "json")
    assert code == 0, err
    code, out, err = here.world.run(
        *(word for word in here.words() if word not in ("--env", "lasting")),
        *("--env", "lasting", "--replay", cassette, "--output", "json"),
    )
    assert code == 0, err
    assert json.loads(out)["serviceId"]
    assert here.ordered() == (0, 1)


def test_an_accepted_order_of_a_journal_that_names_no_service_still_bars(two):
    here = two()
    assert here.world.run(*here.words(ORDER))[0] == 0
    ((fingerprint,),) = here.world.noted("SELECT fingerprint FROM orders")
    # as 1.0.0 wrote it: the things, the terms, the form, what it is about; and no service
    things, terms, _, about = fingerprint.split(".")
    assert (things, terms, about) == (
        "2e346e5b7dc3e89e3faa2d1e575574c9",
        "118816c7959f7f0d3af05a6f025087e8",
        "f8ac41b770be29a95314ec6ca5c071bf",
    )
    assert here.world.run(*here.words(ORDER))[0] == 8
    assert here.world.run(*here.words())[0] == 0
