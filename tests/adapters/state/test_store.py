"""The store keeps one row a start, counts what changed, and forgets for good."""

import sqlite3
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sgeflow.adapters.state import measures
from sgeflow.adapters.state.store import STORE, Store
from sgeflow.core.engine.effects import Loaded, Saved
from sgeflow.core.model import Measure, Series
from sgeflow.errors import TechnicalError
from tests.examples import some
from tests.postgres import on_servers_too

ON_BOTH = on_servers_too("its SQL is run by another driver, and some is in another dialect")


POINT, OTHER = "25946599093143", "25478147557460"
CURVE = Series(point=POINT, name="load_curve", unit="W")
DAILY = Series(point=POINT, name="daily_energy", unit="Wh")


@pytest.fixture
def store(home):
    with Store(home.store("simulator")) as opened:
        yield opened


def curve(count, first=0, value=100, nature="B"):
    return tuple(Measure(1800 * (first + n), value + n, 1800, nature) for n in range(count))


def saved(new=0, changed=0, unchanged=0):
    return Saved(new=new, changed=changed, unchanged=unchanged)


@ON_BOTH
@pytest.mark.parametrize("count", [1, 199, 200, 201, 1344])
def test_what_is_saved_is_loaded_as_it_was(store, count):
    assert store.save(CURVE, curve(count)) == saved(new=count)
    assert store.load(POINT, "load_curve") == Loaded(unit="W", measures=curve(count))


def test_a_half_hour_takes_the_place_of_its_ten_minutes_and_they_that_of_a_half_hour(store):
    """Enedis answers a curve in the step of the moment; two answers differ when it was changed."""
    tens = [Measure(600 * n, 60, 600, "B") for n in range(144)]
    halves = [Measure(1800 * n, 60, 1800, "B") for n in range(4)]
    store.save(CURVE, tens)
    assert store.save(CURVE, halves) == saved(changed=4)
    loaded = store.load(POINT, "load_curve").measures
    assert loaded == (*halves, *tens[12:])
    assert sum(one.value * one.step for one in loaded) == 60 * 86_400
    assert store.save(CURVE, tens[:12]) == saved(new=8, changed=4)
    assert store.load(POINT, "load_curve").measures == tuple(tens)
    gone = [one.measure for one in store.kept_by(POINT, "load_curve", replaced=True)]
    assert sorted(gone, key=repr) == sorted([*tens[:12], *halves], key=repr)  # nothing is forgotten


ROWS = st.lists(
    st.builds(
        Measure,
        st.integers(0, 30) | st.sampled_from([86_400 * day for day in range(1, 6)]),
        st.integers(0, 3),
        st.sampled_from([600, 1800]),
        st.sampled_from(["B", "C"]),
    )
)


def meet(one, other):
    """Whether two measures have a time in common."""
    return one.start < other.start + other.step and other.start < one.start + one.step


@ON_BOTH
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=some(30),
)
@given(batches=st.lists(ROWS, max_size=4), at_once=st.sampled_from([1, 2, 200]))
def test_the_store_is_a_dictionary_by_start_in_which_no_time_stands_twice(store, batches, at_once):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measures, "_CHUNKS_AT_ONCE", at_once)  # a long run is written bit by bit
        _put_and_look(store, batches)


def _put_and_look(store, batches):
    store.erase(POINT)
    kept = {}
    for batch in batches:
        wanted = {measure.start: measure for measure in batch}
        for start in [one for one in kept if one not in wanted]:
            if any(meet(kept[start], other) for other in wanted.values()):
                del kept[start]
        new = len(wanted.keys() - kept.keys())
        unchanged = sum(kept.get(start) == measure for start, measure in wanted.items())
        assert store.save(CURVE, iter(batch)) == saved(
            new, len(wanted) - new - unchanged, unchanged
        )
        kept |= wanted
    assert store.load(POINT, "load_curve").measures == tuple(kept[start] for start in sorted(kept))


def test_a_period_is_half_open(store):
    store.save(CURVE, curve(10))
    assert store.load(POINT, "load_curve", 1800, 5400).measures == curve(10)[1:3]
    assert store.load(POINT, "load_curve", start=1801).measures == curve(10)[2:]
    assert store.load(POINT, "load_curve", end=1).measures == curve(1)


@ON_BOTH
def test_series_and_points_do_not_mix(store):
    store.save(CURVE, curve(5))
    store.save(DAILY, [Measure(0, 7421, 86400)])
    store.save(Series(point=OTHER, name="load_curve", unit="W"), curve(2))
    assert store.points() == (OTHER, POINT)
    assert store.series_of(POINT) == (DAILY, CURVE)
    assert len(store.load(OTHER, "load_curve").measures) == 2


def test_nothing_kept_is_an_empty_series_without_a_unit(store):
    assert store.save(CURVE, []) == saved()
    assert store.load(POINT, "load_curve") == Loaded(unit="", measures=())
    assert store.points() == ()


def test_another_unit_is_refused_and_nothing_is_changed(store):
    store.save(CURVE, curve(5))
    with pytest.raises(TechnicalError, match="is kept in W, but these measures are in VA"):
        store.save(Series(point=POINT, name="load_curve", unit="VA"), curve(9, value=1))
    assert store.load(POINT, "load_curve") == Loaded(unit="W", measures=curve(5))


@ON_BOTH
def test_a_save_is_all_or_nothing(store):
    for value in (float("nan"), float("inf")):
        with pytest.raises(TechnicalError, match="a value of load_curve of point"):
            store.save(CURVE, [*curve(500), Measure(10**9, value)])
    assert store.load(POINT, "load_curve") == Loaded(unit="", measures=())
    assert store.points() == ()


@ON_BOTH
def test_an_erased_point_is_gone_and_others_stay(store):
    store.save(CURVE, curve(400))
    store.save(DAILY, [Measure(0, 7421, 86400)])
    store.save(Series(point=OTHER, name="load_curve", unit="W"), curve(3))
    assert store.erase(POINT) == 401
    assert store.erase(POINT) == 0
    assert store.points() == (OTHER,)
    assert store.load(POINT, "load_curve").measures == ()


@ON_BOTH
def test_a_step_that_is_done_again_counts_what_it_counted_then(store):
    assert store.save(CURVE, curve(5), mark="r1/keep") == saved(new=5)
    assert store.save(CURVE, curve(7), mark="r10/keep") == saved(new=2, unchanged=5)
    store.save(CURVE, curve(7, value=300))  # somebody else has put it right since
    assert store.save(CURVE, curve(5), mark="r1/keep") == saved(new=5)
    assert store.load(POINT, "load_curve").measures == curve(7, value=300)
    store.forget_marks("r1/")
    assert store.save(CURVE, curve(5), mark="r1/keep") == saved(changed=5)
    assert store.save(CURVE, curve(7), mark="r10/keep") == saved(new=2, unchanged=5)


def test_a_step_that_is_done_again_does_what_it_has_not_done(store):
    store.save(CURVE, curve(5), mark="r1/keep")
    assert store.save(CURVE, curve(7), mark="r1/keep") == saved(new=2, unchanged=5)
    assert store.save(CURVE, curve(7), mark="r1/keep") == saved(new=2, unchanged=5)
    assert store.save(DAILY, curve(7), mark="r1/keep") == saved(new=7)
    assert store.erase(POINT, mark="r1/erase") == 14
    store.save(CURVE, curve(3))
    assert store.erase(POINT, mark="r1/erase") == 14
    store.save(Series(point=OTHER, name="load_curve", unit="W"), curve(2))
    assert store.erase(OTHER, mark="r1/erase") == 2
    assert store.points() == (POINT,)


@ON_BOTH
def test_what_was_remembered_before_a_stop_does_not_take_the_place_of_what_came_since(store):
    for value, other in (({"serviceId": "1"}, {"serviceId": "2"}), (None, {"serviceId": "3"})):
        store.remember("accounts", POINT, value, mark="r1/kept")
        store.remember("accounts", POINT, other, mark="r2/kept")
        store.remember("accounts", POINT, value, mark="r1/kept")
        assert store.recall("accounts", POINT) == other
    store.remember("accounts", POINT, {"serviceId": "4"}, mark="r1/kept")
    assert store.recall("accounts", POINT) == {"serviceId": "4"}


def test_the_file_keeps_nothing_of_an_erased_point(tmp_path):
    path, values = tmp_path / "store.db", [1_234_567 + n for n in range(400)]

    def found():
        everything = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert OTHER.encode() in everything
        points = POINT.encode() in everything
        return points, sum(value.to_bytes(4, "little") in everything for value in values)

    with Store(path) as store:
        store.save(CURVE, curve(400, value=1_234_567))
        store.save(CURVE, curve(400, value=1))  # what was replaced is kept, too
        store.save(DAILY, [Measure(0, 7421, 86400)])
        store.save(Series(point=OTHER, name="load_curve", unit="W"), curve(3))
        assert found() == (True, 400)
        assert store.erase(POINT) == 401
        assert found() == (False, 0)


def test_a_half_hour_takes_less_than_five_bytes(tmp_path):
    path = tmp_path / "store.db"
    with Store(path) as store:
        for number in range(10):
            store.save(
                Series(point=f"{number:014}", name="load_curve", unit="W"),
                [Measure(1_735_689_600 + 1800 * n, n * 37 % 5000, 1800, "B") for n in range(4800)],
            )
    assert path.stat().st_size / 48_000 <= 5


def test_a_store_with_a_row_a_measure_is_refused_and_told_how_to_fill_a_new_one(tmp_path):
    path = tmp_path / "store.db"
    link = sqlite3.connect(path)
    link.executescript(f"PRAGMA application_id={STORE.mark}; PRAGMA user_version=5")
    link.execute("CREATE TABLE measure (series INTEGER, start INTEGER)")
    link.close()
    with pytest.raises(TechnicalError, match="written by an older sgeflow") as caught:
        Store(path)
    remedy = dict(caught.value.problems[0].details)["remedy"]
    assert "run again, and keep delivered files with sgeflow decode --again" in remedy


@ON_BOTH
def test_two_threads_save_at_once(store):
    def save(name):
        for part in range(20):
            store.save(Series(point=POINT, name=name, unit="W"), curve(100, first=100 * part))

    threads = [Thread(target=save, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(store.load(POINT, name).measures) for name in ("one", "two")] == [2000, 2000]


def test_a_flow_remembers_under_a_name(store):
    assert store.recall("accounts", POINT) is None
    store.remember(
        "accounts", POINT, {"boId": 12, "offPeakHours": ["22:00"], "ville": "Vénissieux"}
    )
    store.remember("accounts", OTHER, {"boId": 13})
    kept = {"boId": 14, "ville": "Vénissieux"}
    assert store.remember("accounts", POINT, {"boId": 14, "offPeakHours": None}) == kept
    assert store.recall("accounts", POINT) == kept
    assert store.recall("others", POINT) is None


def test_what_is_forgotten_is_gone_from_the_file_too(tmp_path):
    with Store(tmp_path / "store.db") as store:
        store.remember("accounts", POINT, {"lastname": "MARTINEAU-DUPLESSIS"})
        store.remember("accounts", POINT, None)
        store.remember("accounts", OTHER, None)
        assert store.recall("accounts", POINT) is None
        everything = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"MARTINEAU" not in everything


@ON_BOTH
def test_measures_and_memory_are_there_when_opened_again(home):
    place = home.store("simulator")
    with Store(place) as store:
        store.save(CURVE, curve(5))
        store.remember("accounts", POINT, {"boId": 1})
    with Store(home.store("other")) as store:
        assert store.points() == ()
    with Store(place) as store:
        assert store.load(POINT, "load_curve").measures == curve(5)
        assert store.recall("accounts", POINT) == {"boId": 1}
