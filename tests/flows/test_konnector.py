"""The main job, scenario by scenario, against the simulator over HTTP, in both generations."""

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from sgeflow.core.model import Response, Status
from sgeflow.errors import Exit, InvalidValues
from sgeflow.simulator.soap import TECHNIQUE, Refusal, fault
from sgeflow.simulator.world import SERVICE_ID
from tests.conftest import silent_catalog
from tests.flows.conftest import GENERATIONS, KINDS

BOTH = pytest.mark.parametrize("generation", GENERATIONS)


@pytest.fixture
def broken(stand_between):
    """Make one neighbour fail: `broken("backoffice", "PUT")`."""

    def breaking(endpoint, *methods):
        def answer(request, go, leave):
            if request.endpoint == endpoint and request.method in methods:
                return leave() or Response(status=500, headers={}, body=b"")
            return go()

        stand_between(answer)

    return breaking


@pytest.fixture
def refused_order(stand_between):
    """Every order is told that there is such a service already."""
    body = fault(Refusal("SGT570", "Un service est déjà actif sur la période."), TECHNIQUE)

    def answer(request, go, _leave):
        order = request.label.startswith("commander") and "Arret" not in request.label
        return Response(status=500, headers={}, body=body) if order else go()

    stand_between(answer)


@pytest.fixture
def late_search(stand_between):
    """The first search finds nothing yet."""
    searches = []

    def answer(request, go, _leave):
        reply = go()
        if not request.label.startswith("rechercherServices"):
            return reply
        searches.append(request.label)
        services = re.compile(rb"<(serviceSouscrit(?:Mesures)?)>.*</\1>", re.DOTALL)
        return reply if searches[1:] else replace(reply, body=services.sub(b"", reply.body))

    stand_between(answer)


@BOTH
def test_a_first_run_ends_well_with_all_five_kinds_of_document(play, generation):
    done = play(generation=generation)
    assert done.report.status is Status.DONE
    assert done.report.exit is Exit.OK
    assert set(KINDS) <= set(done.documents)
    assert all(done.documents[kind] for kind in KINDS)
    assert done.report.failure is None


def test_both_generations_give_the_same_documents(play, tmp_path):
    first, second = (
        play(
            generation=name, state=tmp_path / name, inputs={"file": str(tmp_path / f"{name}.json")}
        )
        for name in GENERATIONS
    )
    previous, current = ((tmp_path / f"{name}.simulated.json").read_text() for name in GENERATIONS)
    assert previous == current
    assert first.report.outputs["daily"] == second.report.outputs["daily"]


@BOTH
def test_the_half_hours_of_each_day_sum_to_its_energy(play, generation):
    documents = play(generation=generation).documents
    days = {}
    for minute in documents["com.grandlyon.enedis.minute"]:
        key = (minute["year"], minute["month"], minute["day"])
        days[key] = days.get(key, 0) + minute["load"]
    energy = {(d["year"], d["month"], d["day"]): d["load"] for d in documents[KINDS[1]]}
    assert len(days) == 28
    for key, load in days.items():
        assert load == pytest.approx(energy[key], abs=1e-6)


def test_nothing_differs_between_curve_and_days_on_the_simulator(play):
    assert play().report.outputs["differences"] == []


def test_a_second_run_with_the_same_data_changes_nothing(play):
    first = play(generation="current")
    before = first.file.read_bytes()
    second = play(generation="current")
    assert second.report.outputs["daily"]["rows"] == 0
    assert second.report.outputs["halfHours"]["rows"] == 0
    assert not [label for label in second.labels if "Mesures" in label and "consulter" in label]
    assert not any("no measures came" in text for text in second.report.warnings)
    assert second.file.read_bytes() == before


def test_all_is_asked_for_again_when_a_person_wants_it(play):
    first = play(generation="previous")
    before = first.file.read_bytes()
    second = play(generation="previous", inputs={"again": True})
    assert second.report.outputs["daily"]["new"] == 0
    assert second.report.outputs["halfHours"]["changed"] == 0
    assert second.report.outputs["halfHours"]["unchanged"] == 1344
    assert second.file.read_bytes() == before


@BOTH
def test_a_day_later_only_the_day_that_is_missing_is_asked_for(play, generation):
    play(generation=generation)
    later = play(generation=generation, today="2025-06-16")
    asked = [call for call in later.calls if call.label.startswith("consulterMesures")]
    assert len(asked) == 3
    assert (later.report.outputs["daily"]["new"], later.report.outputs["daily"]["rows"]) == (1, 1)
    assert later.report.outputs["halfHours"]["rows"] == 48
    documents = later.documents
    whole = play(generation=generation, today="2025-06-16", inputs={"again": True})
    assert whole.report.outputs["halfHours"]["new"] == 0
    assert whole.documents == documents


def test_months_and_years_are_summed_from_all_kept_days(play):
    """A week later the window has moved on; what it left behind still counts."""
    play(generation="current")
    first = play(generation="current", today="2025-06-15").documents
    later = play(generation="current", today="2025-09-15").documents
    assert len(later[KINDS[1]]) == len(first[KINDS[1]]) + 92
    total = sum(day["load"] for day in later[KINDS[1]] if day["year"] == 2024)
    year = next(y for y in later["com.grandlyon.enedis.year"] if y["year"] == 2024)
    assert year["load"] == pytest.approx(total, abs=1e-6)


def test_a_sum_that_begins_before_the_first_kept_day_is_told_as_one_of_a_part(play):
    done = play()  # its days are kept from 2024-06-15 on
    for periods in (done.report.outputs["months"], done.report.outputs["years"]):
        assert [one["partial"] for one in periods] == [True] + [False] * (len(periods) - 1)
    assert "the first from 2024-06-15 on only" in done.step("/months").summary
    sums = done.documents["com.grandlyon.enedis.year"]
    assert set(sums[0]) == {"_id", "load", "year", "month", "day", "hour", "minute"}


def test_a_partial_window_never_overwrites_a_complete_month(play):
    first = play(generation="previous").documents["com.grandlyon.enedis.month"]
    later = play(generation="previous", today="2025-10-20").documents["com.grandlyon.enedis.month"]
    kept = {(m["year"], m["month"]): m["load"] for m in first}
    found = {(m["year"], m["month"]): m["load"] for m in later}
    assert found[2024, 12] == kept[2024, 12]
    assert found[2024, 9] == kept[2024, 9]


@BOTH
def test_three_years_are_asked_for_when_the_history_says_so(play, generation):
    done = play(generation=generation, inputs={"history": "P3Y"})
    assert done.report.outputs["daily"]["rows"] > 1000


@pytest.mark.parametrize("scenario", ["opposition", "level-too-low", "same-day-restart"])
def test_what_needs_a_person_says_what_to_do(play, scenario):
    failure = play(scenario=scenario).report.failure
    assert failure.hint or "tomorrow" in failure.problem.message


@BOTH
@pytest.mark.usefixtures("refused_order")
def test_nor_is_it_reused_when_an_order_is_refused(play, generation):
    ended = play(scenario="producer", generation=generation)
    assert ended.code == "VENDOR_DOWN"
    assert "From tomorrow on" in ended.report.failure.problem.message


@BOTH
@pytest.mark.usefixtures("refused_order", "late_search")
def test_a_service_that_appears_while_ordering_is_reused(play, generation):
    done = play(scenario="already-active", generation=generation)
    assert done.report.status is Status.DONE
    assert done.documents["io.cozy.accounts"][0]["serviceId"] == SERVICE_ID


def test_the_account_document_holds_no_secret_and_no_name(play):
    account = play().documents["io.cozy.accounts"][0]
    assert set(account) <= {
        "_id",
        "pointId",
        "boId",
        "serviceId",
        "consentEndDate",
        "startDate",
        "offPeakHours",
    }


def test_an_invalid_input_is_refused_before_anything_is_sent(play):
    with pytest.raises(InvalidValues) as caught:
        play(inputs={"pointId": "123", "postalCode": "abc", "histroy": "P1Y"})
    messages = [problem.message for problem in caught.value.problems]
    assert len(messages) == 3
    assert caught.value.problems[0].suggestion == "history"


def test_a_backoffice_that_is_down_is_maintenance(play, broken):
    broken("backoffice", "POST")
    ended = play(generation="current")
    assert ended.code == "MAINTENANCE"


def test_a_backoffice_that_is_down_at_a_later_start_is_maintenance(play, broken):
    broken("backoffice", "GET")
    assert play(scenario="settled").code == "MAINTENANCE"


def test_communes_that_are_down_are_not_the_customers_fault(play, broken):
    broken("communes", "GET")
    ended = play()
    assert ended.code == "VENDOR_DOWN"
    assert "not the customer's fault" in ended.report.failure.problem.message


@BOTH
def test_what_was_ordered_is_stopped_when_the_consent_cannot_be_written(play, broken, generation):
    broken("backoffice", "PUT")
    ended = play(generation=generation)
    assert ended.code == "MAINTENANCE"
    orders = [call.label for call in ended.calls if call.label.startswith("commander")]
    assert len(orders) == 2
    assert "Arret" in orders[1]
    assert ended.labels[-1] == "DELETE backoffice"


def test_a_reused_service_is_never_stopped_by_an_undo(play, broken):
    broken("backoffice", "PUT")
    ended = play(generation="previous", scenario="already-active")
    assert ended.code == "MAINTENANCE"
    assert not [label for label in ended.labels if label.startswith("commander")]


BUSINESS = {
    "pointId": "30000000000106",
    "lastname": "BOULANGERIE DE L'EXEMPLE",
    "firstname": "Camille",
    "address": "5 ALLEE DES ATELIERS",
    "postalCode": "69100",
    "city": "VILLEURBANNE",
}


@BOTH
def test_a_business_meter_is_collected_in_both_generations(play, generation):
    done = play(inputs=BUSINESS, generation=generation)
    assert done.report.exit is Exit.OK
    assert done.report.outputs["halfHours"]["rows"] == 28 * 288


def test_its_collection_is_renewed_with_the_step_of_a_business(households):
    here = households("previous", "2025-06-15", catalog=silent_catalog())
    assert here.night(**BUSINESS)[0].exit is Exit.OK
    here.pass_days(358)
    holder = {key: BUSINESS[key] for key in ("pointId", "lastname", "firstname")}
    assert here.run("renew-contract", **holder).exit is Exit.OK
    first, second = here.server.world.services(BUSINESS["pointId"])
    assert (first.step, second.step, second.end - first.end) == ("PT10M", "PT10M", timedelta(358))


def test_the_older_measures_have_no_daily_energy_of_a_business(play):
    done = play(inputs=BUSINESS, generation="previous")
    assert done.report.outputs["daily"]["rows"] == 0
    assert done.documents["com.grandlyon.enedis.day"] == []
    assert any("daily_energy: no measures came" in text for text in done.report.warnings)


def test_a_business_meter_stamps_the_start_and_its_curve_sums_to_its_days(play):
    done = play(inputs=BUSINESS, generation="current")
    assert done.report.status is Status.DONE
    assert done.report.outputs["differences"] == []
    assert done.report.outputs["halfHours"]["rows"] == 28 * 288  # steps of five minutes
    assert done.report.outputs["maxPower"]["rows"] == 0


@pytest.mark.parametrize(
    ("unit", "generation"), [("Wh", "previous"), ("W", "current"), ("VA", "current")]
)
def test_a_reply_in_two_units_is_not_kept_as_if_it_were_in_one(
    play, stand_between, unit, generation
):
    unit_said = b"<unite>%s</unite>" % unit.encode()
    block = re.compile(rb"<grandeur>.{1,200}" + unit_said + rb".*?</grandeur>", re.DOTALL)

    def answer(_request, go, _leave):
        reply = go()
        twice = block.sub(lambda it: it[0] + it[0].replace(b"<unite>", b"<unite>k"), reply.body)
        return replace(reply, body=twice)

    stand_between(answer)
    done = play(generation=generation)
    told = f"must be in {unit}, but the reply is in {unit} and k{unit}"
    assert told in done.report.failure.problem.message
