"""A gateway that gives up waiting sends an order to the back end again: what SGE refuses was taken."""

import json
from datetime import date

import pytest

from sgeflow.simulator.people import CONTRACT
from sgeflow.simulator.subscriptions import Subscription
from tests.runtime.durability.conftest import TODAY
from tests.runtime.durability.test_faults import ORDER, ORDERING, flow, told, unsettled
from tests.runtime.durability.test_late_orders import made
from tests.runtime.durability.test_repeated_replies import behind

__all__ = ["behind", "told"]
UNDONE = ORDERING.replace(
    "outputs: {service: steps.order.serviceId}",
    """\
    undo:
      call: commanderArretServicesAccesDonnees
      with: {pointId: "${inputs.pointId}", serviceSouscritId: ["${this.serviceId}"]}
  - {id: no, fail: {code: NO, message: a later step fails}}""",
).replace("flow: ordering", "flow: undone")
FILES = """
flow: files
title: Order the files of today
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
  - id: order
    call: commanderTransmissionDonneesInfraJ
    with: {pointId: "98800000000246", cdc: true, soutirage: true, declarationAccordClient:
           [{accordClient: true, injection: false, soutirage: true,
           personneMorale: {denominationSociale: BOULANGERIE}}]}
"""


def twice(gateway, *names):
    """Orders of these names are passed on twice; the second answer is the one that comes back."""
    once = gateway.passed_on

    def passed_on(path, headers, body):
        if any(name.encode() in body for name in names):
            once(path, headers, body)
        return once(path, headers, body)

    gateway.passed_on = passed_on


def own(here, start):
    """The load curve that somebody ordered before."""
    ordered = Subscription(
        id="61000002",
        point=here.server.household["pointId"],
        kind="ACCES",
        label="Accès à la courbe de charge",
        contract=CONTRACT,
        data="CDC",
        direction="SOUTIRAGE",
        start=start,
        end=date(2026, 6, 14),
    )
    here.server.world.keep(ordered)


def test_an_order_that_came_in_twice_is_done_and_its_service_known(behind):
    here, command, gateway = behind("")
    twice(gateway, ORDER)
    code, text, out = command(*flow(here, "ordering"))
    assert code == 0, text
    assert here.orders() == {ORDER: 2}
    (service,) = made(here)
    assert "was refused with SGT570" in " ".join(text.split())
    assert service.id in json.dumps(out) + text
    assert "no order to settle" in command("orders")[1]
    (shown,) = json.loads(command("runs", "show", here.last_run().run, "--output", "json")[1])[
        "orders"
    ]
    assert shown["state"] == "done"


def test_an_order_that_came_in_twice_is_undone_when_a_later_step_fails(behind):
    here, command, gateway = behind("")
    twice(gateway, ORDER)
    (here.folder / "flows" / "undone.yaml").write_text(UNDONE)
    code, text, _ = command(*flow(here, "undone"))
    assert code != 0
    (service,) = made(here)
    assert service.state(date.fromisoformat(TODAY)) == "TERMINE", text


@pytest.mark.parametrize("start", [date(2025, 1, 1), date(2024, 6, 15)])
def test_what_began_before_the_order_is_refused_as_ever(behind, start):
    here, command, _ = behind("")
    own(here, start)
    code, text, _ = command(*flow(here, "ordering"))
    assert code == 4, text
    assert "SGT570" in text
    assert unsettled(command) == []
    assert here.orders() == {ORDER: 1}
    run = here.last_run().run
    (shown,) = json.loads(command("runs", "show", run, "--output", "json")[1])["orders"]
    assert (shown["state"], shown["code"]) == ("refused", "SGT570")


def test_an_order_of_files_that_came_in_twice_is_unknown(behind):
    here, command, gateway = behind("")
    twice(gateway, "commanderTransmissionDonneesInfraJ")
    (here.folder / "flows" / "files.yaml").write_text(FILES)
    code, text, _ = command(*flow(here, "files"))
    assert code == 8, text
    assert "SGT584" in text
    (row,) = unsettled(command)
    assert row["state"] == "unknown"


RECORDED = f"""
test: ordering
title: The order of a real environment
flow: ordering
environment: lasting
today: "{TODAY}"
cases:
  one: {{inputs: {{pointId: "POINT"}}, cassette: ordering.yaml, expect: {{outcome: done}}}}
"""


def test_what_a_test_that_is_recorded_has_ordered_is_not_ordered_again(told):
    here, command = told("")
    point = here.server.household["pointId"]
    (here.folder / "tests").mkdir()
    case = here.folder / "tests" / "ordering.test.yaml"
    case.write_text(RECORDED.replace("POINT", point))
    assert command("test", str(case), "--record")[0] == 0
    assert command("test", str(case), "--record")[0] == 1
    assert command(*flow(here, "ordering"))[0] == 8
    assert here.orders() == {ORDER: 1}
    assert command("test", str(case))[0] == 0
    assert here.orders() == {ORDER: 1}
