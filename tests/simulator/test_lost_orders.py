"""An order whose answer is lost is found among whatever services a point has, or nothing is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sgeflow.core.model import FaultClass
from sgeflow.simulator.people import CONTRACT
from sgeflow.simulator.subscriptions import RENEWED, Option, Subscription
from tests.examples import some
from tests.simulator.lost_orders import (
    ACCESS,
    ACCESSES,
    COLLECTION,
    CONSENT,
    DAILY,
    DROPPED,
    LOST,
    OPTIONS,
    OTHERS,
    PLENTY,
    RENEWAL,
    RUNNING,
    STOP,
    STOPS,
    TODAY,
    Later,
    Seeds,
    access,
    accesses,
    collection,
    day,
    goes_on,
    history,
    life,
    named,
    neighbours,
    other_way,
    place,
    point,
    raw,
    sent_again,
    told,
    twin,
)

__all__ = ["place"]


@pytest.mark.parametrize("order", [collection, access, accesses])
@PLENTY
@given(data=st.data())
def test_of_any_services_just_those_are_found_that_were_ordered(place, order, data):
    is_business = data.draw(st.booleans())
    seeds = Seeds(place.point(is_business=is_business), is_business, place.numbers)
    ordered = order(data.draw, seeds)
    others = [
        seeds.like(data.draw, data.draw(st.sampled_from(ordered.services)))
        if data.draw(st.booleans())
        else seeds.any(data.draw)
        for _ in range(data.draw(st.integers(0, 4)))
    ]
    others = [one for one in others if not any(twin(one, two) for two in ordered.services)]
    place.seed(others)
    before = place.services(seeds.point)
    result = place.call(
        ordered.operation, ordered.given, data.draw(st.sampled_from([LOST, LOST, DROPPED]))
    )
    after = place.services(seeds.point)
    made = [number for number in after if number not in before]
    event(f"{order.__name__}: {'accepted' if made else 'not accepted'}")
    if not made:
        assert result.failure is not None, "what was not accepted was found"
        assert result.failure.fault_class is FaultClass.UNKNOWN
        return
    assert result.failure is None, "what was accepted was not found"
    assert result.outputs["serviceId"] == made[0]
    if order is accesses:
        assert [one["id"] for one in result.outputs["services"]] == made
    stopped = place.call(STOP, {"pointId": seeds.point, "serviceSouscritId": made[0]})
    assert stopped.failure is None
    ended = [number for number, one in place.services(seeds.point).items() if one != after[number]]
    assert ended == [made[0]]


@pytest.mark.parametrize("order", [collection, access, accesses])
@settings(PLENTY, max_examples=some(2))
@given(data=st.data())
def test_one_thing_that_is_not_as_ordered_is_enough_to_find_nothing(place, order, data):
    is_business = data.draw(st.booleans())
    ordered = order(data.draw, Seeds("", is_business, place.numbers))
    for other in OTHERS:
        seeds = Seeds(place.point(is_business=is_business), is_business, place.numbers)
        wanted = [replace(one, point=seeds.point) for one in ordered.services]
        nearly = replace(other(wanted[-1]), id=seeds.make().id)
        if twin(nearly, wanted[-1]):
            continue
        place.seed([*wanted[:-1], nearly])
        result = place.call(ordered.operation, {**ordered.given, "pointId": seeds.point}, DROPPED)
        assert result.failure is not None
        assert result.failure.fault_class is FaultClass.UNKNOWN


# -- services that are named ------------------------------------------------------------------------


@pytest.mark.parametrize("order", [STOP, STOPS])
@PLENTY
@given(data=st.data())
def test_a_stop_is_believed_when_all_that_was_named_is_over_since_that_day(place, order, data):
    seeds = Seeds(place.point(is_business=data.draw(st.booleans())), False, place.numbers)
    kinds = ("ACCES",) if order == STOPS else ("ACCES", "TRANSREC", "CCDC")
    chosen = named(data.draw, seeds, 3 if order == STOPS else 1, *kinds)
    place.seed([*history(data.draw, seeds, chosen), *neighbours(data.draw, seeds, chosen)])
    before = place.services(seeds.point)
    ids = [one.id for one in chosen]
    sens = chosen[0].direction if data.draw(st.integers(0, 5)) else other_way(chosen[0])
    given = (
        {"serviceSouscritId": ids, "sens": sens}
        if order == STOPS
        else {"serviceSouscritId": ids[0]}
    )
    fault = data.draw(st.sampled_from([LOST, LOST, DROPPED]))
    result = place.call(order, {"pointId": seeds.point, **given}, fault)
    after = place.services(seeds.point)
    accepted = all(before[one] != after[one] for one in ids)
    event(f"{order}: {'accepted' if accepted else 'not accepted'}")
    is_over = all(after[one].stopped == TODAY and not goes_on(after[one], after) for one in ids)
    if result.failure is None:
        assert is_over, "a stop was believed of what goes on, or was over before"
        assert order == STOP or [one["id"] for one in result.outputs["services"]] == ids
    if accepted and is_over:
        assert result.failure is None, "what was stopped was not found"


@pytest.mark.parametrize("place", [False, True], indirect=True, ids=["same ids", "new ids"])
@PLENTY
@given(data=st.data())
def test_a_renewal_finds_all_that_was_renewed_and_nothing_else(place, data):
    seeds = Seeds(place.point(is_business=data.draw(st.booleans())), False, place.numbers)
    chosen = named(data.draw, seeds, 3, "ACCES")
    end = data.draw(st.sampled_from([day(12), day(300), day(364)]))
    renewed = [replace(one, start=TODAY, end=end, options=_from_today(one, end)) for one in chosen]
    others = [*neighbours(data.draw, seeds, chosen), *neighbours(data.draw, seeds, renewed)]
    others = [one for one in others if not any(twin(one, two) for two in renewed)]
    place.seed([*history(data.draw, seeds, chosen), *others])
    before = place.services(seeds.point)
    ids = [one.id for one in chosen]
    given = {
        "pointId": seeds.point,
        **CONSENT,
        "sens": chosen[0].direction,
        "dateFin": end.isoformat(),
        "serviceSouscritId": ids,
    }
    fault = data.draw(st.sampled_from([LOST, LOST, DROPPED]))
    result = place.call(RENEWAL, given, fault)
    after = place.services(seeds.point)
    accepted = all(before[one] != after[one] for one in ids)
    event("accepted" if accepted else "not accepted")
    if accepted:
        made = [number for number in after if number not in before]
        assert result.failure is None, "what was renewed was not found"
        assert [one["id"] for one in result.outputs["services"]] == (made or ids)
    elif result.failure is None:
        found = [after[one["id"]] for one in result.outputs["services"]]
        for old, new in zip(chosen, found, strict=True):
            assert new.end == end
            assert new.state(TODAY) == "ACTIF"
            assert (new.data, new.direction, new.contract) == (old.data, old.direction, CONTRACT)
            assert new.id == old.id or (after[old.id].reason == RENEWED and new.start == TODAY)


def _from_today(one: Subscription, end: date) -> tuple[Option, ...]:
    return tuple(replace(option, start=TODAY, end=end) for option in one.options)


@PLENTY
@given(data=st.data())
def test_a_change_of_options_is_found_when_what_it_added_began_that_day(place, data):
    is_business = data.draw(st.booleans())
    seeds = Seeds(place.point(is_business=is_business), is_business, place.numbers)
    chosen = named(data.draw, seeds, 2, "ACCES")
    changed = [
        replace(one, options=data.draw(st.sampled_from([one.options, *_published(one)])))
        for one in chosen
    ]
    place.seed([*history(data.draw, seeds, changed), *neighbours(data.draw, seeds, changed)])
    before = place.services(seeds.point)
    asked = [(one, *_changes(data.draw)) for one in chosen]
    given = {
        "pointId": seeds.point,
        "sens": chosen[0].direction,
        "serviceSouscrit": [_asked(*one) for one in asked],
    }
    fault = data.draw(st.sampled_from([LOST, LOST, DROPPED]))
    result = place.call(OPTIONS, given, fault)
    after = place.services(seeds.point)
    accepted = all(before[one.id] != after[one.id] for one in chosen)
    event("accepted" if accepted else "not accepted")
    if result.failure is None:
        ((one, added, removed),) = asked
        assert result.outputs["serviceId"] == one.id
        assert after[one.id].state(TODAY) in ("ACTIF", "DEMANDE")
        kept = {(o.periodicity, bool(o.corrected)): o.start for o in after[one.id].options}
        assert all(kept.get(option) == TODAY for option in added)
        assert not kept.keys() & set(removed)
    if accepted and len(asked) == 1:
        assert result.failure is None, "what was changed was not found"


def _published(one: Subscription) -> list[tuple[Option, ...]]:
    daily = replace(DAILY, corrected=raw(one.data or ""), end=one.end)
    monthly = replace(daily, periodicity="P1M")
    old = replace(daily, start=day(-RUNNING))
    return [(daily,), (monthly,), (old, replace(monthly, start=day(-1)))]


def _changes(draw: Any) -> tuple[list[Any], list[Any]]:
    """What is added to the options of a service, and what is removed."""
    added = draw(st.sampled_from([[], [("P1M", False)], [("P1D", False)]]))
    added = added + ([("P7D", True)] if added and draw(st.booleans()) else [])
    removed = draw(st.sampled_from([[], [("P1D", False)], [("P7D", True)]]))
    return added if added or removed else [("P1M", False)], removed


def _asked(one: Subscription, added: list[Any], removed: list[Any]) -> dict[str, Any]:
    def block(options: list[Any]) -> dict[str, Any] | None:
        said = [
            {"periodiciteTransmission": p, **({"mesuresCorrigees": c} if one.data == "CDC" else {})}
            for p, c in options
        ]
        return {"optionPublication": said} if said else None

    return told(
        {
            "serviceSouscritId": one.id,
            "ajouterOptionsPublication": block(added),
            "supprimerOptionsPublication": block(removed),
        }
    )


# -- days later -------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [collection, access, accesses])
@settings(PLENTY, max_examples=some(10))
@given(data=st.data())
def test_days_later_an_order_is_found_or_absent_as_it_was_accepted_or_not(place, order, data):
    is_business = data.draw(st.booleans())
    with point(place.workspace, is_business=is_business) as (client, seeds):
        world = client.simulator.world
        ordered = order(data.draw, seeds)
        others = [
            one
            for one in neighbours(data.draw, seeds, ordered.services)
            if not any(twin(one, two) for two in ordered.services)
        ]
        world.keep(*others)
        before = {one.id for one in world.services(seeds.point)}
        is_sent, days = data.draw(st.booleans()), life(data.draw, seeds)
        if is_sent:
            client.call(ordered.operation, **ordered.given)
        made = [one.id for one in world.services(seeds.point) if one.id not in before]
        event(f"{order.__name__}: {'accepted' if made else 'not accepted'}")
        later = Later(client, place.workspace, ordered.operation, ordered.given)
        for one in days:
            one.happen(client, seeds, lambda: sent_again(client, ordered))
            assert later.found() in ([], made)
            assert not (made and later.is_absent()), "what was accepted counts as absent"


@pytest.mark.parametrize("order", [STOP, STOPS])
@settings(PLENTY, max_examples=some(10))
@given(data=st.data())
def test_days_later_a_stop_that_was_accepted_is_never_absent(place, order, data):
    with point(place.workspace, is_business=data.draw(st.booleans())) as (client, seeds):
        world = client.simulator.world
        chosen = named(data.draw, seeds, 3 if order == STOPS else 1, "ACCES")
        world.keep(*chosen, *neighbours(data.draw, seeds, chosen))
        ids = [one.id for one in chosen]
        several = {"serviceSouscritId": ids, "sens": chosen[0].direction}
        given = {
            "pointId": seeds.point,
            **(several if order == STOPS else {"serviceSouscritId": ids[0]}),
        }
        is_sent, days = data.draw(st.booleans()), life(data.draw, seeds)
        if is_sent:
            assert client.call(order, **given).code == "ok"
        later = Later(client, place.workspace, order, given)
        for one in days:
            one.happen(client, seeds, lambda: None)
            if is_sent:
                assert later.found() in ([], ids)
                assert not later.is_absent(), "a stop that was accepted counts as absent"
            else:
                assert not later.found() or all(one.end == TODAY for one in chosen)


@pytest.mark.parametrize("order", [collection, access, accesses])
@settings(PLENTY, max_examples=some(4))
@given(data=st.data())
def test_what_was_not_accepted_is_absent_beside_services_of_before(place, order, data):
    with point(place.workspace, is_business=data.draw(st.booleans())) as (client, seeds):
        ordered = order(data.draw, seeds)
        first = ordered.services[0]
        old = replace(first, id=seeds.make().id, start=day(-300), end=day(-1))
        opposite = replace(first, id=seeds.make().id, direction=other_way(first))
        client.simulator.world.keep(old, opposite)
        client.simulator.pass_days(1)
        later = Later(client, place.workspace, ordered.operation, ordered.given)
        assert later.found() == []
        assert later.is_absent()


def test_a_stop_that_was_not_accepted_is_absent_while_all_that_was_named_runs(place):
    with point(place.workspace, is_business=False) as (client, seeds):
        world = client.simulator.world
        one, two = seeds.make(), seeds.make(data="IDX", end=None)
        world.keep(one, two)
        client.simulator.pass_days(1)
        given = {"pointId": seeds.point, "serviceSouscritId": [one.id, two.id]}
        later = Later(client, place.workspace, STOPS, given)
        single = Later(client, place.workspace, STOP, {**given, "serviceSouscritId": one.id})
        assert later.is_absent()
        assert single.is_absent()
        world.keep(two.stop(world.today))
        assert not later.is_absent()
        assert single.is_absent()
        world.keep(replace(one, end=TODAY))
        assert not single.is_absent()


def test_a_stop_of_what_had_ended_before_was_not_accepted(place):
    """It is sent once more a day later, and refused: nobody has to look."""
    with point(place.workspace, is_business=False) as (client, seeds):
        world = client.simulator.world
        one, two = (replace(seeds.make(), start=day(-300), end=day(-1)) for _ in range(2))
        world.keep(one, two)
        client.simulator.pass_days(1)
        given = {"pointId": seeds.point, "serviceSouscritId": [one.id, two.id]}
        later = Later(client, place.workspace, STOPS, given)
        single = Later(client, place.workspace, STOP, {**given, "serviceSouscritId": one.id})
        assert (later.found(), later.is_absent()) == ([], True)
        assert (single.found(), single.is_absent()) == ([], True)
        assert client.call(STOP, pointId=seeds.point, serviceSouscritId=one.id).code == "SGT4O4"
        world.keep(replace(two, end=TODAY))
        assert not later.is_absent()


ANONYMOUS = (
    {"measure": None},
    {"consumption": None},
    {"injection": None},
    {"consumption": "true", "injection": "true"},
)


@pytest.mark.parametrize("change", ANONYMOUS)
@pytest.mark.parametrize("order", [COLLECTION, ACCESS, ACCESSES])
def test_a_service_of_which_too_little_is_shown_may_be_the_one_that_was_ordered(
    place, order, change
):
    with point(place.workspace, is_business=False) as (client, seeds):
        given = {
            COLLECTION: {
                "mesuresTypeCode": "CDC",
                "mesuresPas": "PT30M",
                "transmissionRecurrente": False,
            },
            ACCESS: {"typeDonnees": "CDC"},
            ACCESSES: {"serviceSouscrit": [{"typeDonnees": "CDC"}]},
        }[order]
        start = {} if order == ACCESSES else {"dateDebut": TODAY.isoformat()}
        more = {"pointId": seeds.point, "dateFin": day(30).isoformat(), **CONSENT, **start}
        later = Later(client, place.workspace, order, {**given, **more})
        client.simulator.world.keep(seeds.make(start=TODAY, data="IDX"))
        assert later.is_absent()
        reconcile = place.workspace.operation(order).reconcile
        shown = later.shown()
        services = [{**one, **change} for one in shown["services"]]
        assert reconcile.absent.when.search({**shown, "services": services}) is False
        many = shown["services"] * 200
        assert reconcile.absent.when.search({**shown, "services": many}) is False
