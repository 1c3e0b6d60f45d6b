"""Of a day, or a month, one highest power is kept, wherever in it Enedis says that it was."""

from datetime import date, timedelta
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sgeflow.adapters.state.store import Store
from sgeflow.core.engine.effects import Saved
from sgeflow.core.engine.ports import Author
from sgeflow.core.measures.civil_time import civil, day_length, midnight
from sgeflow.core.model import Measure, Series
from tests.examples import some
from tests.postgres import on_servers_too

ON_BOTH = on_servers_too("what is in the way of a value is found by SQL")


POINT = "25946599093143"
DAILY = Series(point=POINT, name="max_power", unit="VA")
MONTHLY = Series(point=POINT, name="monthly_max_power", unit="VA")
# one of 23 hours, one of 25, and one that lies on two chunks: it begins at 22:00 UTC
DAYS = [
    date(2025, month, day) + timedelta(days=more)
    for month, day in ((3, 30), (6, 17), (10, 26))
    for more in (-1, 0, 1)
]


@pytest.fixture
def store(home):
    with Store(home.store("simulator")) as opened:
        yield opened


@st.composite
def peaks(draw):
    """Some answers or files in the order in which they come; as a rule each has a peak a day."""
    moments = st.sampled_from([0, 1, 3600, 7200, 9000, 43_200, -1])  # -1: the last second
    days = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=12))
    rows = {}
    for day in days:
        at = midnight(day) + draw(moments) % day_length(day)
        rows[at] = Measure(at, draw(st.integers(1, 3)))
    return tuple(rows[at] for at in sorted(rows))


def same_day(start):
    return civil(start).date()


def same_month(start):
    return civil(start).date().replace(day=1)


@ON_BOTH
@pytest.mark.parametrize(("series", "period"), [(DAILY, same_day), (MONTHLY, same_month)])
def test_what_came_last_of_a_period_is_what_is_kept_of_it_and_nothing_is_forgotten(
    store, series, period
):
    @settings(
        suppress_health_check=[HealthCheck.function_scoped_fixture],
        deadline=None,
        max_examples=some(20),
    )
    @given(st.lists(peaks(), min_size=1, max_size=4))
    def law(answers):
        store.erase(POINT)
        kept, gone = {}, []
        for number, answer in enumerate(answers):
            wanted = {one.start: one for one in answer}
            touched = {period(start) for start in wanted}
            stale = {
                start: one
                for start, one in kept.items()
                if period(start) in touched and wanted.get(start) != one
            }
            left = {period(start) for start in stale.keys() - wanted.keys()}
            came = {period(start) for start in wanted.keys() - kept.keys()}
            unchanged = sum(kept.get(start) == one for start, one in wanted.items())
            changed = len(stale.keys() & wanted.keys())
            changed += sum(period(start) in left for start in wanted.keys() - kept.keys())
            removed = sum(period(start) not in came for start in stale.keys() - wanted.keys())
            gone += stale.values()
            kept = {start: one for start, one in kept.items() if start not in stale} | wanted
            assert store.save(series, answer, author=Author(f"night.{number + 1}")) == Saved(
                new=len(wanted) - changed - unchanged,
                changed=changed,
                unchanged=unchanged,
                removed=removed,
            )
            loaded = store.load(POINT, series.name).measures
            assert loaded == tuple(kept[start] for start in sorted(kept))
        told = [one.measure for one in store.kept_by(POINT, series.name, replaced=True)]
        assert sorted(told, key=repr) == sorted(gone, key=repr)

    law()


@ON_BOTH
def test_whoever_writes_at_once_a_day_has_one_peak_and_none_is_lost(store, home):
    days = [midnight(day) for day in DAYS]

    def write(number):
        with Store(home.store("simulator")) as own:
            for turn in range(4):
                at = 3600 * number + 60 * turn
                rows = [Measure(day + at, 100 * number + turn) for day in days[number % 2 :]]
                own.save(DAILY, rows, author=Author(f"night.{number}"))

    writers = [Thread(target=write, args=(number,)) for number in range(1, 5)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    kept = store.kept_by(POINT, "max_power")
    assert [same_day(one.measure.start) for one in kept] == DAYS
    every = [*kept, *store.kept_by(POINT, "max_power", replaced=True)]
    assert (
        len({one.measure for one in every})
        == len(every)
        == 4 * (2 * len(DAYS) + 2 * (len(DAYS) - 1))
    )
    assert all(one.run == f"night.{one.measure.value // 100}" for one in every)


@ON_BOTH
def test_other_series_with_instants_keep_each_of_them(store):
    rows = [Measure(midnight(DAYS[0]) + 3600 * hour, hour) for hour in range(3)]
    for name in ("index_base", "peaks_of_mine", "daily_max_power"):
        series = Series(point=POINT, name=name, unit="VA")
        for row in rows:
            store.save(series, [row])
        assert store.load(POINT, name).measures == tuple(rows)
