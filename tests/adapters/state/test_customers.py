"""Whose what is kept is: each customer of a key has its own, and nobody sees another's days."""

from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sgeflow.adapters.state.store import Store
from sgeflow.core.engine.ports import Author
from sgeflow.core.measures.civil_time import civil, midnight
from sgeflow.core.model import Measure, Series
from sgeflow.errors import GuardError

POINT, PLACE = "30000000000011", ("accounts", "30000000000011")
DAILY = Series(point=POINT, name="daily_energy", unit="Wh")
MONTHLY = Series(point=POINT, name="monthly_energy", unit="Wh")
FIRST = date(2025, 6, 1)
LAWS = count()


@pytest.fixture
def store(home):
    with Store(home.store("simulator")) as opened:
        yield opened


def day(number):
    return (FIRST + timedelta(days=number)).isoformat()


def energy(*numbers, value=10):
    starts = (midnight(FIRST + timedelta(days=number)) for number in numbers)
    return tuple(Measure(start, value, 86_400, "B") for start in starts)


def visit(store, who, number=0, **more):
    """A run that finds out who the customer is, on the day of a number."""
    return store.recognise(*PLACE, f"k:{who}", day(number), **more)


def days(store, customer=None):
    loaded = store.load(POINT, "daily_energy", customer=customer)
    return [(civil(one.start).date() - FIRST).days for one in loaded.measures]


def deliver(store, *numbers):
    with store.delivering("file.xml", 1) as delivery:
        return delivery.save(DAILY, energy(*numbers))


def test_another_customer_begins_empty_and_the_earlier_one_is_there_by_number(store):
    visit(store, "a")
    store.save(DAILY, energy(0, 1))
    store.remember(*PLACE, {"boId": 1})
    store.remember("sinks", f"{POINT} 1234", {"day 2025": "x"})
    visit(store, "a", 2)
    other = visit(store, "b", 5)
    assert (other.number, other.since, other.begun) == (2, day(5), True)
    assert (days(store), days(store, 2), days(store, 1)) == ([], [], [0, 1])
    assert store.recall(*PLACE) is None
    assert store.recall("sinks", f"{POINT} 1234") is None
    assert (store.points(), store.series_of(POINT), store.collection("accounts")) == ((), (), {})
    assert [*store.load_of_all("daily_energy")] == []
    assert store.series_of(POINT, 1) == (DAILY,)
    assert store.earlier_accounts() == (("accounts", POINT, 1),)
    assert store.customers_of(POINT) == (1, 2)


def test_of_what_is_saved_the_days_of_before_are_left_out_and_sums_of_a_part_stay(store):
    visit(store, "a")
    store.save(DAILY, energy(0))
    visit(store, "b", 5)
    saved = store.save(DAILY, energy(*range(8)))
    assert (saved.new, saved.outdated, days(store)) == (3, 5, [5, 6, 7])
    month = Measure(midnight(FIRST), 30, 30 * 86_400, "")
    assert store.save(MONTHLY, [month]).new == 1  # summed from the customer's own days
    assert days(store, 1) == [0]


def test_delivered_values_go_to_who_had_the_point_on_their_day(store):
    visit(store, "a")
    visit(store, "a", 2)
    visit(store, "b", 5)
    assert deliver(store, *range(8)).new == 8
    assert days(store) == [5, 6, 7]
    assert days(store, 1) == [0, 1, 2], "days between two customers are nobody's"
    with store.delivering("back.xml", 2) as delivery:
        withdrawn = delivery.withdraw(DAILY, energy(1, 6))
    assert withdrawn.removed == 2
    assert (days(store), days(store, 1)) == ([5, 7], [0, 2])


def test_what_is_contradicted_is_set_aside(store):
    store.remember(*PLACE, {"boId": 1})
    store.save(DAILY, energy(0, 2))
    other = visit(store, "b", 2, is_contradicted=True)
    assert (other.number, other.since, other.begun) == (2, day(2), True)
    assert (days(store), days(store, 1)) == ([], [0])
    assert visit(store, "b", 3, is_contradicted=True).number == 2


def test_a_deletion_forgets_the_mark_and_sets_aside_what_stays(store):
    visit(store, "a")
    store.save(DAILY, energy(0))
    store.remember(*PLACE, {"boId": 1})
    store.remember(*PLACE, None, ends_account=True)
    assert store.any_mark() == ""
    assert (days(store), days(store, 1)) == ([], [0])
    assert store.earlier_accounts() == ()
    assert visit(store, "a", 9).since == day(9), "nobody knows that it is the same"


def test_a_run_of_before_does_not_find_out_who_it_is_where_a_later_one_has_worked(store):
    store.remember(*PLACE, {"boId": 1}, author=Author("first"))
    turn = store.last_turn()
    visit(store, "b", 1, author=Author("later"))
    with pytest.raises(GuardError):
        visit(store, "a", 1, author=Author("first", since=turn))


WHO = st.sampled_from("abc")
ACTS = st.one_of(
    st.tuples(st.just("visit"), WHO),
    st.tuples(st.just("save"), st.integers(1, 6)),
    st.tuples(st.just("deliver"), st.lists(st.integers(0, 12), min_size=1, max_size=6)),
    st.tuples(st.just("wait"), st.integers(1, 4)),
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(acts=st.lists(ACTS, min_size=4, max_size=20))
def test_whoever_comes_nobody_sees_a_day_on_which_another_was_the_customer(home, acts):
    with Store(home.store(f"law{next(LAWS)}")) as store:
        seen: dict[int, list[tuple[int, str]]] = {}  # by customer the days on which they were seen
        kept: dict[int, set[int]] = {}  # what they saved of their own days
        today, who = 0, ""
        for act, value in [("visit", "a"), *acts]:
            if act == "wait":
                today += value
            elif act == "visit":
                customer = visit(store, value, today)
                assert (customer.number in seen) is (value == who)
                seen.setdefault(customer.number, []).append((today, value))
                who = value
            elif act == "deliver":
                deliver(store, *dict.fromkeys(number for number in value if number <= today))
            else:
                own = range(max(0, today - value), today)
                store.save(DAILY, energy(*own))
                number = max(seen)
                kept.setdefault(number, set()).update(n for n in own if n >= since_of(seen, number))
        for number, visits in seen.items():
            shown = days(store, number)
            first, last = since_of(seen, number), visits[-1][0]
            is_present = number == max(seen)
            assert all(first <= one and (is_present or one <= last) for one in shown)
            assert {one for one in kept.get(number, ()) if is_present or one <= last} <= {*shown}
        assert days(store) == days(store, max(seen))


def since_of(seen, number):
    """The first day of a customer: that on which they were seen first, of the first one any."""
    return seen[number][0][0] if number > 1 else 0
