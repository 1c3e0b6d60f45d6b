"""Days that pass: what begins, ends, falls due and is allowed again."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sgeflow.errors import UsageError
from tests.simulator.conftest import BUSINESS


def states(answer) -> list[str]:
    return answer.texts(".//etatCode")


def test_today_moves_for_everybody_and_only_forward(sge):
    sge.simulator.pass_days(2)
    assert sge.simulator.today.isoformat() == "2025-06-17"
    sge.simulator.pass_minutes(24 * 60 - 1)
    assert sge.simulator.today.isoformat() == "2025-06-17"
    sge.simulator.pass_minutes(1)
    assert sge.simulator.today.isoformat() == "2025-06-18"
    for back in (sge.simulator.pass_days, sge.simulator.pass_minutes):
        with pytest.raises(UsageError, match="forward"):
            back(-1)


def test_what_a_flow_remembers_is_that_of_the_first_day(opened):
    client = opened("settled")
    before = client.simulator.state
    client.simulator.pass_days(40)
    assert client.simulator.state == before


def test_the_meter_goes_on(sge):
    tomorrow = {"dateDebut": "2025-06-15", "dateFin": "2025-06-16"}
    assert sge.measures(**tomorrow).code == "SGT4K1"
    sge.simulator.pass_days(1)
    answer = sge.measures(**tomorrow)
    assert len(answer.root.findall("grandeur/mesure")) == 48
    assert sge.measures(dateDebut="2023-06-15", dateFin="2023-06-22").code == "SGT4L8"


# -- collections ------------------------------------------------------------------------------------


def test_a_collection_lives_from_order_to_renewal_to_its_end(sge):
    days = sge.simulator.pass_days
    first = sge.collect(dateFin="2026-06-15").text("serviceSouscritId")
    days(364)  # 2026-06-14
    assert states(sge.subscribed()) == ["ACTIF"]
    again = {"dateDebut": "2026-06-14", "dateFin": "2027-06-14"}
    second = sge.collect(**again).text("serviceSouscritId")
    assert second != first
    assert states(sge.subscribed()) == ["TERMINE", "ACTIF"]
    days(365)  # 2027-06-14, the last day
    assert states(sge.subscribed()) == ["TERMINE", "ACTIF"]
    days(1)
    found = sge.subscribed()
    assert states(found) == ["TERMINE", "TERMINE"]
    assert found.texts(".//motifFinLibelle")[-1] == "Fin de la période souscrite"
    assert sge.stop(second).code == "SGT4O4"


def test_a_collection_that_begins_later_becomes_active(sge):
    sge.collect(pointId=BUSINESS, mesuresPas="PT5M", dateDebut="2025-07-01")
    assert states(sge.subscribed(BUSINESS)) == ["DEMANDE"]
    sge.simulator.pass_days(15)
    assert states(sge.subscribed(BUSINESS)) == ["DEMANDE"]
    sge.simulator.pass_days(1)
    assert states(sge.subscribed(BUSINESS)) == ["ACTIF"]


def test_what_was_stopped_today_may_be_ordered_tomorrow(sge):
    sge.stop(sge.collect().text("serviceSouscritId"))
    assert sge.collect().code == "SGT570"
    sge.simulator.pass_days(1)
    assert sge.collect(dateDebut="2025-06-16").code == "ok"
    assert states(sge.subscribed()) == ["TERMINE", "ACTIF"]


def test_a_renewal_falls_due(opened):
    client = opened("renewal-due")
    client.simulator.pass_days(12)
    assert states(client.subscribed()) == ["ACTIF"]
    client.simulator.pass_days(1)
    assert states(client.subscribed()) == ["TERMINE"]
    # nothing to renew any more, and nothing in the way
    assert client.collect(dateDebut="2025-06-28").code == "ok"


# -- access services --------------------------------------------------------------------------------


def test_accesses_live_from_order_to_renewal_to_their_end(sge):
    days = sge.simulator.pass_days
    number = sge.order("CDC", dateFin="2025-09-15").text(".//serviceSouscritId")
    days(92)  # 2025-09-15, the last day
    assert states(sge.accesses()) == ["ACTIF"]
    assert sge.renew(number, dateFin="2028-09-16").code == "SGT5O9"
    assert sge.renew(number, dateFin="2025-12-15").code == "ok"
    days(91)  # 2025-12-15
    assert states(sge.accesses()) == ["ACTIF"]
    days(1)
    assert states(sge.accesses()) == ["TERMINE"]
    assert sge.renew(number, dateFin="2026-06-15").code == "SGT4O4"
    assert sge.stop_accesses(number).code == "SGT4O4"
    assert sge.order("CDC", dateFin="2026-06-15").code == "ok"


def test_an_access_opens_measures_from_its_first_day_to_its_last(sge):
    sge.order("ENERGIE", dateFin="2025-06-20")
    under = {"cadreAcces": "SERVICE_ACCES", "dateDebut": "2025-06-15", "dateFin": "2025-06-16"}
    sge.simulator.pass_days(5)
    assert sge.measures_v3("ENERGIE", **under).code == "ok"
    assert sge.measures_v3("ENERGIE", **{**under, "dateDebut": "2025-06-14"}).code == "SGT211"
    sge.simulator.pass_days(1)
    assert sge.measures_v3("ENERGIE", **under).code == "SGT211"


# -- many at once -----------------------------------------------------------------------------------


def test_days_pass_while_others_ask_and_order(sge):
    """One day is seen by each answer: what begins today is active, what ends is over."""
    others = [type(sge)(sge.simulator) for _ in range(4)]

    def visits(client) -> set[str]:
        return {
            (client.collect() if turn % 5 == 0 else client.subscribed()).code for turn in range(25)
        }

    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(visits, client) for client in others]
        moved = [pool.submit(sge.simulator.pass_days, 1) for _ in range(40)]
        for one in moved:
            one.result()
        codes = set().union(*(one.result() for one in asked))
    for client in others:
        client.close()
    assert codes <= {"ok", "SGT570", "SGT4H1"}
    assert sge.simulator.today.isoformat() == "2025-07-25"


def test_a_read_sees_one_day_although_the_clock_moves(opened, monkeypatch):
    client = opened("renewal-due")
    world = client.simulator.world
    looked = world.services

    def slowly(point: str):
        world.pass_minutes(20 * 24 * 60)  # the service ends while it is being described
        return looked(point)

    monkeypatch.setattr(world, "services", slowly)
    found = client.subscribed()
    assert states(found) == ["ACTIF"]
    assert found.text(".//motifFinLibelle") is None
    assert states(client.subscribed()) == ["TERMINE"]
