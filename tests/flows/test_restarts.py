"""A service that is stopped and wanted again: not on the day of the stop, from the next one on."""

from datetime import date

import pytest

from sgeflow.core.model import Status
from sgeflow.errors import Exit
from tests.flows.conftest import GENERATIONS

TODAY = date(2025, 6, 15)
BOTH = pytest.mark.parametrize("generation", GENERATIONS)


def orders_of(here):
    """How many orders of a service came to SGE, and how many stops."""
    counted = here.server.orders.items()
    stops = sum(count for (name, _), count in counted if "Arret" in name)
    return sum(count for _, count in counted) - stops, stops


@BOTH
def test_a_restart_on_the_day_of_a_stop_is_had_from_tomorrow_on_and_tomorrow_heals_it(
    households, generation
):
    here = households(generation, TODAY)
    assert here.night()[0].status is Status.DONE
    assert here.run("delete-account").status is Status.DONE
    assert orders_of(here) == (1, 1)
    ended, _ = here.night()
    assert (ended.failure.code, ended.exit) == ("VENDOR_DOWN", Exit.FAILED)
    assert "From tomorrow on" in ended.failure.problem.message
    assert here.server.world.consents == ()
    here.pass_days(1)
    assert here.night()[0].status is Status.DONE
    running = [one for one in here.server.world.services(here.point) if one.stopped is None]
    assert here.remembered()["serviceId"] == running[0].id
    assert len(running) == 1


@BOTH
def test_without_a_stop_the_same_order_is_still_refused(households, generation):
    here = households(generation, TODAY)
    here.night()
    here.forget()  # the account is gone, and Enedis' searches show no service
    here.server.world._services.clear()
    ended, _ = here.night()
    assert ended.exit is Exit.GUARDED
    assert orders_of(here) == (1, 0)
