"""Which missing days are asked for, night after night, and why the others are not there."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sgeflow.core.measures.gaps import (
    CONSENT,
    CONTRACT,
    NONE,
    REASONS,
    UNASKED,
    Gap,
    Period,
    Recheck,
    ask_for,
    count_days,
    gaps,
    read_gaps,
)
from sgeflow.errors import EvaluationError

DAY, WEEK, WEEKS = timedelta(days=1), 7, 28
FIRST = date(2025, 1, 1)
POINT = "30000000000011"
days = st.integers(0, 120).map(lambda number: FIRST + number * DAY)


class Account:
    """What a point's runs keep and remember; `reply(day, tonight)` is whether SGE has a day."""

    def __init__(self, reply, point=POINT, since=None):
        self.reply, self.point, self.since = reply, point, since
        self.kept, self.known, self.looked, self.reach = set(), (), None, None
        self.calls, self.asked = 0, []

    def night(self, today, answers=99):
        """One run, as the konnector does it; SGE answers so many calls and is down then."""
        self.reach = min(today - WEEKS * DAY, self.reach or today)
        range_ = Period(start=max(self.reach, self.since or self.reach), end=today)
        lacking = [day for day in range_.days if day not in self.kept]
        recheck = Recheck(days=WEEKS, today=today, point=self.point, looked=self.looked)
        question = ask_for(lacking, range_, self.known, recheck)
        periods = question.periods(WEEK)
        answered = periods[:answers]
        self.calls = len(answered) + (answers < len(periods))
        self.asked = [day for period in answered for day in period.days]
        self.kept |= {day for day in self.asked if self.reply(day, today)}
        came = [Gap(start=p.start, end=p.end, why=NONE) for p in answered]
        left = [day for day in Period(start=self.reach, end=today).days if day not in self.kept]
        self.known = gaps(left, self.since, came, self.known)
        if answers >= len(periods):
            self.looked = recheck.upto
        return self


def nights(first, count, outages=()):
    """So many nights from a day on, without those of an outage."""
    return [first + n * DAY for n in range(count) if not any(a <= n < b for a, b in outages)]


@given(st.integers(1, 60), st.integers(0, 30), st.integers(1, 15))
def test_after_an_outage_nothing_lacks_that_sge_can_still_answer(outage, before, after):
    account = Account(lambda day, tonight: day < tonight)
    for tonight in nights(FIRST, before + outage + after, [(before + 1, before + outage)]):
        account.night(tonight)
    last = FIRST + (before + outage + after - 1) * DAY
    assert account.kept == set(Period(start=FIRST - WEEKS * DAY, end=last).days)


@given(st.lists(st.integers(0, 3), min_size=5, max_size=40), st.integers(5, 9))
def test_what_sge_could_not_answer_one_night_is_asked_for_on_the_next(answers, more):
    account = Account(lambda day, tonight: day < tonight)
    for number, count in enumerate(answers):
        account.night(FIRST + number * DAY, answers=count)
    for number in range(len(answers), len(answers) + more):
        account.night(FIRST + number * DAY)
    last = FIRST + (len(answers) + more - 1) * DAY
    assert account.kept >= set(Period(start=FIRST - WEEKS * DAY, end=last).days)


@given(st.dictionaries(days, st.integers(0, 20), max_size=30), st.integers(0, 9))
def test_what_comes_late_is_kept_within_a_week_of_its_coming(delays, digit):
    def arrived(day, tonight):
        return tonight > day + timedelta(days=delays.get(day, 0))

    account = Account(arrived, point=f"3000000000001{digit}")
    for tonight in nights(FIRST, 100):
        account.night(tonight)
        in_time = tonight - WEEK * DAY
        due = {day for day in Period(start=FIRST, end=in_time).days if arrived(day, in_time)}
        assert due <= account.kept


@given(st.integers(0, 9), st.integers(30, 60))
def test_a_healthy_night_costs_one_call_and_once_a_week_two(digit, count):
    account = Account(lambda day, tonight: day < tonight, point=f"3000000000001{digit}")
    calls = [account.night(tonight).calls for tonight in nights(FIRST, count)]
    assert calls[0] == 4
    assert set(calls[1:]) <= {1, 2}
    weeks = [calls[n : n + WEEK].count(2) for n in range(1, count - WEEK)]
    assert set(weeks) == {1}


@given(st.integers(0, 9))
def test_a_point_without_half_hours_costs_one_call_a_night_and_four_once_a_week(digit):
    account = Account(lambda *_: False, point=f"3000000000001{digit}")
    calls = [account.night(tonight).calls for tonight in nights(FIRST, 90)]
    assert calls[0] == 4
    assert {sum(calls[n : n + WEEK]) for n in range(30, 90 - WEEK)} <= {10, 11}
    assert {gap.why for gap in account.known} == {NONE}


@given(st.integers(0, 9), st.sets(st.integers(1, 80), max_size=40))
def test_each_kept_day_is_looked_at_again_once_before_it_is_five_weeks_old(digit, outages):
    account = Account(lambda day, tonight: day < tonight, point=f"3000000000001{digit}")
    seen = {}
    for number in [n for n in range(100) if n not in outages]:
        tonight = FIRST + number * DAY
        before = set(account.kept)
        account.night(tonight)
        for day in before & set(account.asked):
            seen.setdefault(day, []).append((tonight - day).days)
    assume(not set(range(85, 100)) & outages)
    for day in Period(start=FIRST, end=FIRST + 60 * DAY).days:
        assert any(age > 2 * WEEK for age in seen[day]), day


@given(st.sets(days), st.sets(days), st.integers(1, 9))
def test_periods_hold_every_day_asked_for_and_are_never_too_long(wanted, free, longest):
    asked = Period(start=FIRST, end=FIRST + 121 * DAY)
    known = [Gap(start=day, end=day + DAY, why=NONE) for day in free - wanted]
    recheck = Recheck(days=200, today=asked.end, point=POINT, looked=None)
    question = ask_for(sorted(wanted | free), asked, known, recheck)
    periods = question.periods(longest)
    held = [day for period in periods for day in period.days]
    assert len(held) == len(set(held))
    assert question.days <= set(held)
    assert wanted <= question.days
    assert all((period.end - period.start).days <= longest for period in periods)
    assert list(periods) == sorted(periods, key=lambda period: period.start, reverse=True)
    for period in periods:  # none begins or ends with a day that nobody asked for
        assert period.end - DAY in question.days
        assert period.start in question.days | question.free


def test_each_day_lacks_for_one_reason_and_what_was_asked_now_comes_first():
    day = [FIRST + n * DAY for n in range(8)]
    found = gaps(
        (*day[:3], *day[4:]),
        since=day[2],
        asked=[Gap(start=day[4], end=day[6], why=NONE)],
        known=[
            Gap(start=day[5], end=day[6], why=CONSENT),
            Gap(start=day[6], end=day[7], why=CONSENT),
        ],
    )
    assert [(gap.start, gap.end, gap.why) for gap in found] == [
        (day[0], day[2], CONTRACT),
        (day[2], day[3], UNASKED),
        (day[4], day[6], NONE),
        (day[6], day[7], CONSENT),
        (day[7], day[7] + DAY, UNASKED),
    ]
    assert count_days(found) == {CONTRACT: 2, CONSENT: 1, NONE: 2, UNASKED: 2}
    assert set(count_days(())) == set(REASONS)


@pytest.mark.parametrize(
    "wrong",
    ["2025-01-01", [1], [{"start": "2025-01-01"}], [{"start": "soon", "end": "2025-01-02"}]],
)
def test_gaps_that_are_none_are_refused(wrong):
    with pytest.raises(EvaluationError, match="known is not a list of periods"):
        read_gaps(wrong, "known")


def test_a_reason_that_is_none_is_refused_and_none_given_is_that_sge_has_nothing():
    period = {"start": "2025-01-01", "end": "2025-01-03"}
    with pytest.raises(EvaluationError, match="bad luck is no reason"):
        read_gaps([{**period, "why": "bad luck"}], "asked")
    (gap,) = read_gaps([period], "asked")
    assert (gap.why, len(list(gap.days))) == (NONE, 2)
    assert read_gaps(None, "asked") == ()
