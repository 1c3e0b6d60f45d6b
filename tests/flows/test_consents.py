"""A consent that has ended: nobody but the customer renews it, however often a run begins."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sgeflow.adapters.state.store import Store
from sgeflow.core.model import Status
from tests.conftest import silent_catalog
from tests.flows.conftest import GENERATIONS
from tests.flows.test_holes import SUMMER

OUTDATED = "USER_ACTION_NEEDED.OAUTH_OUTDATED"
BOTH = pytest.mark.parametrize("generation", GENERATIONS)
END = "2026-07-10"  # of a consent of a year


@pytest.fixture
def consenting(households):
    """Make households whose meters tell nothing: what is kept tells nothing of consents."""
    return lambda generation: households(generation, SUMMER, catalog=silent_catalog())


def outcome(here, **inputs):
    report, _ = here.night(**inputs)
    return report.failure.code if report.failure else report.status


@BOTH
def test_a_consent_that_ended_is_not_renewed_until_the_customer_consents_again(
    consenting, generation
):
    here = consenting(generation)
    world, orders = here.server.world, here.server.world.services
    assert outcome(here) is Status.DONE
    here.pass_days(400)  # no run renewed it in time
    told = {None: here.night()[0].failure}
    assert told[None].code == OUTDATED
    here.pass_days(1)
    for day in (None, "2025-07-10", "2026-07-09", "2026-08-16", "2099-01-01"):
        told[day] = here.night(**({"consentGivenOn": day} if day else {}))[0].failure
        assert (told[day].code, len(world.consents), len(orders(here.point))) == (OUTDATED, 0, 1)
    assert {str(failure.problem.message) for failure in told.values()} == {
        f"The customer's consent ended on {END}."
    }
    assert all("consentGivenOn" in str(failure.hint) for failure in told.values())
    assert outcome(here, consentGivenOn=END) is Status.DONE
    assert (len(world.consents), len(orders(here.point))) == (1, 2)
    assert "consentEnded" not in here.remembered()
    here.pass_days(400)  # the day still stands in its column
    for _ in range(3):
        assert outcome(here, consentGivenOn=END) == OUTDATED
        here.pass_days(1)
    assert not world.consents


@pytest.mark.parametrize("is_first", [True, False], ids=["first consent", "second consent"])
def test_a_customer_who_withdraws_on_the_day_of_the_consent_does_not_consent_again_by_the_column(
    consenting, is_first
):
    here = consenting("current")
    world = here.server.world
    if not is_first:
        outcome(here)
        here.pass_days(400)
        assert outcome(here) == OUTDATED
    column = here.server.today.isoformat()
    assert outcome(here, consentGivenOn=column) is Status.DONE
    (consent,) = world.consents
    world.change_consent(consent["ID"], {"endDate": column})
    for _ in range(3):
        here.pass_days(1)
        assert outcome(here, consentGivenOn=column) == OUTDATED
    assert not world.consents
    assert outcome(here, consentGivenOn=here.server.today.isoformat()) is Status.DONE


@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(GENERATIONS)),
    st.lists(st.tuples(st.sampled_from([1, 29, 340, 400]), st.booleans()), max_size=4),
)
@example("previous", [(400, True), (1, False), (400, False), (1, True)])
def test_there_is_never_a_consent_more_than_the_customer_gave(consenting, generation, nights):
    """Runs come after any pause; a column keeps the last day on which the customer agreed."""
    here = consenting(generation)
    agreed_on, agreed, posted, before = here.server.today, 1, 0, []
    for pause, does_agree in [(0, False), *nights]:
        here.pass_days(pause)
        if does_agree:
            agreed_on, agreed = here.server.today, agreed + 1
        outcome(here, consentGivenOn=agreed_on.isoformat())
        there = [one["ID"] for one in here.server.world.consents]
        posted += there not in ([], before)
        before = there or before
        assert posted <= agreed


def test_a_consent_whose_end_the_customer_put_forward_is_not_renewed(consenting):
    here = consenting("previous")
    outcome(here)
    here.pass_days(100)
    world, last_day = here.server.world, here.server.today
    (consent,) = world.consents
    world.change_consent(consent["ID"], {"endDate": last_day.isoformat()})
    here.server.requests.clear()
    assert outcome(here) is Status.DONE
    assert not [one for one in here.server.requests if one.label.startswith("commander")]
    assert world.consents[0]["endDate"] == last_day.isoformat()
    here.pass_days(1)
    assert outcome(here) == OUTDATED
    assert not world.consents


def test_the_consent_of_who_moved_away_is_cleaned_up_behind_its_last_day_and_not_on_it(consenting):
    here = consenting("current")
    outcome(here)
    world, left = here.server.world, []
    (consent,) = world.consents
    here.pass_days(1)
    world.move_in(here.point, "Duval")
    world.change_consent(consent["ID"], {"endDate": here.server.today.isoformat()})
    for _ in range(2):
        assert outcome(here) == "TERMS_VERSION_MISMATCH"
        left.append(len(world.consents))
        here.pass_days(1)
    assert left == [1, 0]


def test_who_renews_by_hand_renews_no_consent_that_was_withdrawn_or_is_gone(consenting):
    here = consenting("current")
    outcome(here)
    here.pass_days(100)
    world = here.server.world
    holder = {key: here.server.household[key] for key in ("lastname", "firstname")}
    here.server.requests.clear()
    (consent,) = world.consents
    for days in (-1, 0, 20):
        end = (here.server.today + timedelta(days=days)).isoformat()
        world.change_consent(consent["ID"], {"endDate": end})
        failure = here.run("renew-contract", **holder).failure
        assert (failure.code, world.consents[0]["endDate"]) == ("USER_ACTION_NEEDED", end)
        assert f"ends on {end}" in failure.problem.message
    world.drop_consent(consent["ID"])
    assert here.run("renew-contract", **holder).failure.code == OUTDATED
    assert not [one for one in here.server.requests if one.label.startswith("commander")]


def test_a_renewal_by_hand_knows_the_last_day_and_a_day_less_from_two(consenting):
    """Days from today: the end that the consent says, the one that is remembered."""
    here = consenting("current")
    outcome(here)
    holder = {key: here.server.household[key] for key in ("lastname", "firstname")}
    (consent,) = here.server.world.consents
    told = {}
    for said, remembered in ((-1, -1), (30, 32), (0, 0), (30, 31), (31, 30)):
        here.pass_days(2)
        ends = [(here.server.today + timedelta(days=n)).isoformat() for n in (said, remembered)]
        here.server.world.change_consent(consent["ID"], {"endDate": ends[0]})
        with here.store() as store:
            store.remember("accounts", here.point, {"consentEndDate": ends[1]})
        report = here.run("renew-contract", **holder)
        told[said, remembered] = report.failure.code if report.failure else report.status
    refused = [ends for ends, how in told.items() if how == "USER_ACTION_NEEDED"]
    assert refused == [(-1, -1), (30, 32)]
    assert [told[ends] for ends in ((0, 0), (30, 31), (31, 30))] == [Status.DONE] * 3


@pytest.mark.parametrize("has_end", [True, False], ids=["end remembered", "by another program"])
def test_a_renewal_that_the_consent_does_not_say_yet_does_not_outlive_who_withdraws(
    consenting, monkeypatch, has_end
):
    here = consenting("previous")
    world = here.server.world
    outcome(here)
    if not has_end:
        with here.store() as store:
            store.remember("accounts", here.point, {"consentEndDate": None})
    here.pass_days(358)
    with monkeypatch.context() as patch:
        patch.setattr(world, "change_consent", lambda *_: None)
        assert outcome(here) == "MAINTENANCE"
    (consent,) = world.consents
    last_day = here.server.today + timedelta(days=2)
    world.change_consent(consent["ID"], {"endDate": last_day.isoformat()})
    for _ in range(3):
        assert outcome(here) is Status.DONE
        assert world.consents[0]["endDate"] == last_day.isoformat()
        here.pass_days(1)
    here.server.requests.clear()
    assert outcome(here) == OUTDATED
    assert not [one for one in here.server.requests if one.label.startswith("consulter")]
    assert not world.consents
    (*_, newest) = world.services(here.point)
    assert newest.stopped is not None


def test_a_consent_that_ended_before_its_renewal_was_written_is_not_renewed(
    consenting, monkeypatch
):
    here = consenting("current")
    world = here.server.world
    outcome(here)
    here.pass_days(360)
    with monkeypatch.context() as patch:
        patch.setattr(world, "change_consent", lambda *_: None)
        assert outcome(here) == "MAINTENANCE"
        here.pass_days(10)
    here.server.requests.clear()
    assert outcome(here) == OUTDATED
    assert not [one for one in here.server.requests if one.label.startswith("consulter")]
    assert not world.consents
    assert all(one.stopped or one.end < here.server.today for one in world.services(here.point))


class Killed(BaseException):
    """The process dies."""


def test_the_day_on_which_a_customer_agreed_counts_once_also_where_the_first_start_was_killed(
    consenting, monkeypatch
):
    """As soon as the consent is remembered; then the customer withdraws on that very day."""
    here = consenting("current")
    column, keep = here.server.today.isoformat(), Store.remember

    def remember(store, collection, name, *args, **options):
        if "boId" in (store.recall(collection, name) or {}):
            raise Killed
        return keep(store, collection, name, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "remember", remember)
        with pytest.raises(Killed):
            here.night(consentGivenOn=column)
    assert outcome(here, consentGivenOn=column) is Status.DONE
    (consent,) = here.server.world.consents
    here.server.world.change_consent(consent["ID"], {"endDate": column})
    for _ in range(3):
        here.pass_days(1)
        assert outcome(here, consentGivenOn=column) == OUTDATED
    assert not here.server.world.consents


@BOTH
@pytest.mark.parametrize(("runs_on", "stops"), [(True, 1), (False, 0)])
def test_a_service_is_stopped_only_where_it_outlives_its_consent(
    consenting, generation, runs_on, stops
):
    here = consenting(generation)
    outcome(here)
    here.pass_days(100 if runs_on else 400)
    if runs_on:  # the customer withdrew at the backoffice
        (consent,) = here.server.world.consents
        here.server.world.change_consent(consent["ID"], {"endDate": "2025-09-01"})
    here.server.requests.clear()
    assert outcome(here) == OUTDATED
    labels = [one.label for one in here.server.requests]
    assert sum(label.startswith("commander") for label in labels) == stops
    (service,) = here.server.world.services(here.point)
    assert (service.stopped is not None) == runs_on
    assert not here.server.world.consents


def test_a_cleanup_that_was_stopped_in_the_middle_is_finished_by_the_next_start(consenting):
    here = consenting("previous")
    outcome(here)
    here.pass_days(400)
    with here.store() as store:  # as it is left behind the stop, before the consent is deleted
        store.remember("accounts", here.point, {"consentEnded": END})
    here.server.requests.clear()
    assert outcome(here, consentGivenOn=here.server.today.isoformat()) == OUTDATED
    labels = [one.label for one in here.server.requests if "consent" in one.label]
    assert labels == ["GET consent", "DELETE consent"]
    assert not here.server.world.consents
    assert {"boId", "serviceId"}.isdisjoint(here.remembered())
    assert outcome(here, consentGivenOn=here.server.today.isoformat()) is Status.DONE


def test_who_is_deleted_after_the_consent_ended_leaves_nothing(consenting):
    here = consenting("current")
    outcome(here)
    here.pass_days(400)
    assert outcome(here) == OUTDATED
    assert here.run("delete-account").status is Status.DONE
    assert here.remembered() is None


def test_what_was_renewed_is_not_ordered_again_while_the_consent_cannot_be_told(
    consenting, monkeypatch
):
    here = consenting("previous")
    world = here.server.world
    assert outcome(here) is Status.DONE
    here.pass_days(358)
    with monkeypatch.context() as patch:
        patch.setattr(world, "change_consent", lambda *_: None)
        for _ in range(3):
            assert outcome(here) == "MAINTENANCE"
            here.pass_days(1)
        ends = [one.end for one in world.services(here.point)]
    assert outcome(here) is Status.DONE
    assert [one.end for one in world.services(here.point)] == ends
    state, (consent,) = here.remembered(), world.consents
    assert state["consentEndDate"] == consent["endDate"] == max(ends).isoformat()
    assert (consent["serviceID"], "renewedUntil" in state) == (state["serviceId"], False)
