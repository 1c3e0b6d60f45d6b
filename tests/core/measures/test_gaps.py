"""Which missing days are asked for, night after night, and why the others are not there."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sgeflow.core.measures.gaps import (
    CONSENT,
    CONTRACT,
    DISPUTED,
    NONE,
    REASONS,
    UNASKED,
    Asking,
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
        self.calls, self.asked, self.disputed = 0, [], ()

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
        asking = Asking(today=today, point=self.point, asked=came, known=self.known)
        self.known = gaps(left, self.since, asking, self.disputed)
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


@settings(max_examples=2, deadline=None)
@given(st.integers(0, 9))
def test_a_point_without_half_hours_costs_few_calls_and_little_memory(digit):
    account = Account(lambda *_: False, point=f"3000000000001{digit}")
    calls = [account.night(tonight).calls for tonight in nights(FIRST, 400)]
    assert calls[0] == 4
    assert sorted(calls)[200] == 1  # most nights ask for yesterday alone
    assert {sum(calls[n : n + WEEK]) for n in range(30, 60)} <= set(range(10, 16))
    assert sum(calls[-182:]) <= 182 + 26 * 3 + 3 * len(calls) / WEEK  # old weeks, once a quarter
    assert {gap.why for gap in account.known} == {NONE}
    assert len(account.known) <= 20


# -- what heals -----------------------------------------------------------------------------------


def distances(account, day, count):
    """How many nights lie between those on which a day is asked for, from four weeks of age on."""
    asked = [tonight for tonight in nights(FIRST, count) if day in account.night(tonight).asked]
    first = max(n for n, tonight in enumerate(asked) if n == 0 or (tonight - day).days <= WEEKS)
    return [(after - before).days for before, after in pairwise(asked[first:])]


@settings(max_examples=2, deadline=None)
@given(st.integers(0, 9))
def test_a_day_that_never_comes_is_asked_for_at_growing_distances(digit):
    """An old one after a week; one of the last weeks was asked for each week until then."""
    for day, weeks in ((FIRST - 60 * DAY, 1), (FIRST + 10 * DAY, 0)):
        account = Account(
            lambda asked, tonight, d=day: asked != d and asked < tonight, f"3000000000001{digit}"
        )
        account.reach = FIRST - 70 * DAY
        found = distances(account, day, 300)
        assert all(one <= 7 for one in found[:weeks])
        assert 7 < found[weeks] <= 35
        assert len(found) >= weeks + 2
        assert all(28 < one <= 119 for one in found[weeks + 1 :])


@settings(max_examples=2, deadline=None)
@given(st.integers(0, 9))
def test_one_night_of_a_false_answer_is_mended_within_a_week(digit):
    account = Account(lambda *_: False, point=f"3000000000001{digit}")
    account.reach = FIRST - 200 * DAY
    account.night(FIRST)
    account.reply = lambda day, tonight: day < tonight
    for number in range(1, 8):
        account.night(FIRST + number * DAY)
    assert account.kept == set(Period(start=FIRST - 200 * DAY, end=FIRST + 7 * DAY).days)


@settings(max_examples=2, deadline=None)
@given(st.integers(0, 9), st.dictionaries(st.integers(0, 60), st.integers(0, 200), max_size=20))
def test_a_day_that_comes_late_is_kept_within_a_third_of_a_year(digit, delays):
    late = {FIRST + number * DAY: delay for number, delay in delays.items()}

    def arrived(day, tonight):
        return tonight > day + timedelta(days=late.get(day, 0))

    account = Account(arrived, point=f"3000000000001{digit}")
    for tonight in nights(FIRST, 400):
        account.night(tonight)
    assert account.kept == set(Period(start=FIRST - WEEKS * DAY, end=FIRST + 399 * DAY).days)


@settings(max_examples=2, deadline=None)
@given(st.integers(0, 9))
def test_a_disputed_day_is_asked_for_again_although_it_is_kept(digit):
    day = FIRST - 60 * DAY
    account = Account(lambda asked, tonight: asked < tonight, point=f"3000000000001{digit}")
    account.reach, account.disputed = FIRST - 70 * DAY, (day,)
    week, month, *quarters = distances(account, day, 300)
    assert week <= 7 < month <= 35
    assert all(28 < one <= 119 for one in quarters)
    account.disputed = ()
    account.night(FIRST + 300 * DAY)
    assert account.known == ()


def test_what_a_version_before_remembers_is_asked_for_at_the_next_turn_of_the_week():
    account = Account(lambda day, tonight: day < tonight)
    account.reach = FIRST - 100 * DAY
    account.night(FIRST)
    gone = {FIRST - n * DAY for n in range(50, 60)}
    account.kept -= gone
    account.known = read_gaps(
        [{"start": f"{min(gone)}", "end": f"{max(gone) + DAY}", "why": "none"}], "known"
    )
    nights_asked = [n for n in range(1, 9) if gone <= {*account.night(FIRST + n * DAY).asked}]
    assert len(nights_asked) == 1
    assert gone <= account.kept


@given(st.sampled_from([NONE, CONSENT, DISPUTED]), st.sampled_from(["week", "month", "quarter"]))
def test_a_gap_is_read_as_it_was_noted(why, wait):
    gap = Gap(start=FIRST, end=FIRST + 3 * DAY, why=why, asked=FIRST + 5 * DAY, wait=wait)
    assert read_gaps([gap.note], "known") == (gap,)


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
    asking = Asking(
        today=day[7],
        point=POINT,
        asked=[Gap(start=day[4], end=day[6], why=NONE)],
        known=[
            Gap(start=day[5], end=day[6], why=CONSENT),
            Gap(start=day[6], end=day[7], why=CONSENT),
        ],
    )
    found = gaps((*day[:3], *day[4:]), day[2], asking)
    assert [(gap.start, gap.end, gap.why) for gap in found] == [
        (day[0], day[2], CONTRACT),
        (day[2], day[3], UNASKED),
        (day[4], day[6], NONE),
        (day[6], day[7], CONSENT),
        (day[7], day[7] + DAY, UNASKED),
    ]
    assert count_days(found) == {CONTRACT: 2, CONSENT: 1, NONE: 2, UNASKED: 2, DISPUTED: 0}
    assert set(count_days(())) == {*REASONS, DISPUTED}


@pytest.mark.parametrize(
    "wrong",
    [
        "2025-01-01",
        [1],
        [{"start": "2025-01-01"}],
        [{"start": "soon", "end": "2025-01-02"}],
        [{"start": "2025-01-01", "end": "2025-01-02", "wait": "week"}],
    ],
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
