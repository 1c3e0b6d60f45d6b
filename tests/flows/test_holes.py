"""No hole that SGE could still fill: what is kept is what could be answered on some night."""

import json
from datetime import date, timedelta
from itertools import cycle

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sgeflow import open_catalog
from sgeflow.cli.main import run
from sgeflow.core.measures.civil_time import civil
from sgeflow.core.model import Measure, Response, Series, Status
from sgeflow.errors import Exit
from sgeflow.simulator import measure_rules
from tests.flows.conftest import GENERATIONS, is_curve

DAY = timedelta(days=1)
WEEKS = 28
SPRING, SUMMER, AUTUMN = date(2025, 3, 30), date(2025, 7, 10), date(2025, 10, 26)
BOTH = pytest.mark.parametrize("generation", GENERATIONS)
NO_CURVE = """
scenario: no-curve
title: a meter that records no half-hours
about: "30000000000011"
point: {since: {curve: never}}
"""


def days(start, end):
    return {start + n * DAY for n in range((end - start).days)}


@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(GENERATIONS)),
    st.sampled_from([SPRING, AUTUMN]),
    st.integers(1, 60),
    st.integers(0, 60),
    st.booleans(),
)
@example("previous", AUTUMN, 21, 10, False)
@example("current", SPRING, 60, 59, True)
def test_what_is_kept_is_what_could_be_answered(
    households, generation, change, outage, before, is_down
):
    """The clock changes in the outage, or in the weeks around it."""
    first = change - timedelta(days=before)
    here = households(generation, first)
    assert here.night()[0].status is Status.DONE
    if is_down:  # runs meet an SGE that does not answer
        here.pass_days(1)
        here.server.meet("503:100%")
        assert here.night()[0].status is not Status.DONE
        here.server.calm()
    here.pass_days(outage + 1 - is_down)
    assert here.night()[0].status is Status.DONE
    could = days(first - WEEKS * DAY, here.server.today)
    assert here.whole_days() == could
    here.pass_days(1)
    report, calls = here.night()
    assert calls <= 2  # the night's own, and the turn of a week
    assert here.whole_days() == could | {here.server.today - DAY}
    assert report.outputs["gaps"]["halfHours"]["days"] == 0


def test_a_usual_night_asks_for_one_week_and_once_a_week_for_the_oldest_of_four_again(households):
    here = households("current", SUMMER)
    assert here.night()[1] == 4
    counts, again = [], []
    for _ in range(14):
        here.pass_days(1)
        report, calls = here.night()
        counts.append(calls)
        again.append(report.outputs["halfHours"]["unchanged"])
    assert sorted(counts) == [1] * 12 + [2] * 2
    assert sorted(again) == [0] * 12 + [7 * 48] * 2
    turns = [number for number, count in enumerate(counts) if count == 2]
    assert turns[1] - turns[0] == 7


def test_a_value_that_is_corrected_is_found_when_its_week_has_its_turn(households):
    here = households("previous", SUMMER)
    here.night()
    with here.store() as store:  # as if Enedis had corrected it since
        kept = store.load(here.point, "load_curve").measures
        at = next(one for one in kept if civil(one.start).date() == SUMMER - 18 * DAY)
        store.save(
            Series(point=here.point, name="load_curve", unit="W"),
            type(kept).of([replace(at, value=at.value + 1000)]),
        )
    changed = []
    for _ in range(11):
        here.pass_days(1)
        changed.append(here.night()[0].outputs["halfHours"]["changed"])
    assert changed.count(1) == 1
    assert set(changed) == {0, 1}


@pytest.mark.parametrize(
    ("generation", "length", "first"),
    [  # no source says how SGE rounds its 24 months: a day less is surely given
        ("previous", "P24M", date(2023, 7, 11)),
        ("current", "P3M", date(2025, 4, 10)),
    ],
)
def test_half_hours_go_back_as_far_as_sge_has_them_when_a_person_wants_it(
    households, generation, length, first
):
    here = households(generation, SUMMER)
    here.night()
    report, calls = here.night(halfHours=length)
    assert report.status is Status.DONE
    assert here.whole_days() == days(first, SUMMER)
    assert calls == -(-((SUMMER - first).days - WEEKS) // 7)
    assert here.night()[1] == 0


def test_a_meter_without_half_hours_is_not_asked_four_times_each_night(households, tmp_path):
    (tmp_path / "simulator" / "scenarios").mkdir(parents=True)
    (tmp_path / "simulator" / "scenarios" / "no-curve.yaml").write_text(NO_CURVE)
    catalog = open_catalog(tmp_path).catalog
    here = households("current", SUMMER, catalog=catalog, scenario="no-curve")
    counts = []
    for _ in range(15):
        report, calls = here.night()
        assert report.status is Status.DONE
        counts.append(calls)
        here.pass_days(1)
    assert counts[0] == 4
    assert sorted(counts[1:]) == [1] * 12 + [4, 5]  # and a week that is older, once
    told = report.outputs["gaps"]["halfHours"]
    assert (told["none"], told["unasked"], told["days"]) == (28 + 14, 0, 28 + 14)


def test_days_before_the_contract_are_told_as_such_and_not_asked_for(households):
    here = households("current", SUMMER, scenario="no-data")
    report, calls = here.night()
    assert calls == 1
    assert report.outputs["gaps"]["halfHours"]["contract"] == 25
    assert report.outputs["gaps"]["halfHours"]["none"] == 3
    assert report.outputs["gaps"]["daily"]["contract"] == 365 - 3
    (before, after) = here.remembered()["gaps"]["load_curve"]
    assert before == {"start": "2025-06-12", "end": "2025-07-07", "why": "contract"}
    again = {"asked": "2025-07-10", "wait": "week"}
    assert after == {"start": "2025-07-07", "end": "2025-07-10", "why": "none", **again}


@BOTH
def test_the_first_week_without_an_answer_ends_the_asking_and_what_came_is_kept(
    play, stand_between, generation
):
    asked = []

    def stop_answering(request, go, leave):
        asked.extend([request.path] * (b"COURBE" in request.body))
        if b"COURBE" in request.body and len(asked) > 2:
            return leave() or Response(status=503, headers={}, body=b"")
        return go()

    stand_between(stop_answering)
    done = play(generation=generation)
    assert (done.code, done.report.exit) == ("UNKNOWN_ERROR.PARTIAL_SYNC", Exit.PARTIAL)
    assert "half_hours" in done.report.failure.problem.message
    weeks = {call.key.partition("/curve")[0] for call in done.calls if is_curve(call)}
    assert len(weeks) == 3
    assert "14 not asked for yet" in done.step("curve_gaps").summary
    assert len(done.documents["com.grandlyon.enedis.minute"]) == 2 * 7 * 48


def test_what_a_run_remembers_may_be_lost_the_weeks_between_are_asked_for_all_the_same(households):
    first = SUMMER
    here = households("current", first)
    assert here.night()[0].status is Status.DONE
    here.pass_days(50)
    here.forget()
    assert here.night()[0].status is Status.DONE
    assert here.whole_days() == days(first - WEEKS * DAY, here.server.today)


@pytest.fixture
def command(monkeypatch, capsys):
    """A night of a household through the command line: the outputs of the run."""

    def night(here, **inputs):
        monkeypatch.chdir(here.folder)
        monkeypatch.setenv("SGEFLOW_PROJECT", str(here.folder))
        monkeypatch.setenv("BO_TOKEN", "simulator")
        given = {"file": "data.json", **here.server.household, **inputs}
        words = [f"{name}={value}" for name, value in given.items()]
        today = here.server.today.isoformat()
        options = ["--env", "lasting", "--today", today, "--state", "state", "-O", "json"]
        assert run(["run", "konnector", *options, *words]) == 0
        return json.loads(capsys.readouterr().out)["outputs"]

    return night


def test_a_night_on_which_sge_has_nothing_at_all_is_mended_within_a_week(
    households, command, monkeypatch
):
    here = households("previous", SUMMER)
    with monkeypatch.context() as patch:
        patch.setattr(measure_rules, "available", lambda _: [])
        told = command(here, halfHours="P3M")["gaps"]
    assert (told["daily"]["none"], told["halfHours"]["none"]) == (365, 91)
    for _ in range(7):
        here.pass_days(1)
        told = command(here)["gaps"]
    # the simulated meter tells its days since it was asked to, four weeks ago
    days = [told[one]["days"] for one in ("daily", "halfHours", "maxPower")]
    assert days == [365 - 27, 0, 365 - 27]


def test_a_night_on_which_sge_denies_the_curve_is_mended_within_two_weeks(
    households, command, monkeypatch
):
    """One week is denied with one code, the next with another."""
    here = households("previous", SUMMER)
    check, codes = measure_rules.check, cycle(["SGT4N1", "SGT4L1", "SGT4G1"])

    def deny(query, world):
        if query.kind == "COURBE":
            raise measure_rules.refusal(next(codes), "non")
        check(query, world)

    with monkeypatch.context() as patch:
        patch.setattr(measure_rules, "check", deny)
        told = command(here, halfHours="P3M")["gaps"]["halfHours"]
    assert told["contract"] + told["consent"] == told["days"] == 91
    for _ in range(14):
        here.pass_days(1)
        told = command(here)["gaps"]["halfHours"]
    assert told["days"] == 0


def test_a_day_that_is_disputed_is_asked_for_again_and_mended(households, command):
    """A half-hour of a day two months ago, as if Enedis had corrected it since."""
    here = households("current", SUMMER)
    command(here, halfHours="P3M")
    day = SUMMER - 60 * DAY
    with here.store() as store:
        kept = store.load(here.point, "load_curve").measures
        curve = [one for one in kept if civil(one.start).date() == day]
        energy = Measure(curve[0].start, sum(one.value for one in curve) // 2, 86_400)
        for name, unit, one in (
            ("daily_energy", "Wh", energy),
            ("load_curve", "W", replace(curve[9], value=curve[9].value + 5000)),
        ):
            store.save(Series(point=here.point, name=name, unit=unit), type(kept).of([one]))
    told = []
    for _ in range(9):
        here.pass_days(1)
        told.append(command(here)["gaps"]["daily"]["disputed"])
    assert told[0] == 1
    assert told[-1] == 0
    assert told == sorted(told, reverse=True)
