"""Measures are kept in chunks exactly as they were handed over, whoever writes and whatever comes."""

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import sgeflow
from sgeflow import Options, open_catalog
from sgeflow.adapters.state.measures import (
    ArrivedValue,
    KeptMeasure,
    MeasureChunk,
    SeriesChunks,
    ValueOrigin,
    find_series,
    merge,
    merge_one_by_one,
    number_of,
    pack,
    span_for,
    unpack,
)
from sgeflow.adapters.state.store import Store
from sgeflow.core.engine.effects import Saved
from sgeflow.core.engine.ports import Author
from sgeflow.core.measures.civil_time import civil, midnight
from sgeflow.core.measures.columns import Measures
from sgeflow.core.model import Measure, Series
from tests.examples import some
from tests.postgres import on_servers_too
from tests.processes import start_program

DAY = 86_400
POINT = "25946599093143"
CURVE = Series(point=POINT, name="load_curve", unit="W")
SLOW = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=some(20),
)

# -- one chunk ------------------------------------------------------------------------------------------

numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
small = st.integers(0, 3)
steps = st.sampled_from([0, 600, 1800])
natures = st.sampled_from(["", "B", "C"])
origins = st.builds(ValueOrigin, small, small, small)


def measures_of(starts, values):
    rows = st.lists(st.builds(Measure, starts, values, steps, natures), min_size=1, max_size=60)
    return rows.map(lambda each: Measures.of(each).one_a_start())


halves = st.integers(0, 47).map(lambda place: 1800 * place)
any_chunk = measures_of(halves | st.integers(0, DAY - 1), numbers)
small_chunk = measures_of(halves, small)


def came(measures, among):
    return MeasureChunk.of(
        [KeptMeasure(one, among[place % len(among)]) for place, one in enumerate(measures)]
    )


def alike(chunk):
    """A chunk in what anybody may see of it, types and signs of numbers too."""
    return chunk and [(repr(measure), origin) for measure, origin in chunk.rows()]


@given(any_chunk, st.lists(origins, min_size=1, max_size=3), st.integers(-3, 20_000))
def test_a_chunk_comes_back_as_it_was_packed(measures, among, number):
    base = number * DAY
    moved = Measures.of(replace(one, start=one.start + base) for one in measures)
    chunk = came(moved, among)
    assert alike(unpack(pack(chunk, base), base)) == alike(chunk)


@given(small_chunk, small_chunk, st.lists(origins, min_size=1, max_size=3), origins, st.booleans())
def test_the_quick_way_onto_a_chunk_is_the_slow_one(before, part, among, origin, again):
    chunk = came(before, among)
    part = before if again else part
    quick, slow = merge(chunk, part, origin), merge_one_by_one(chunk, part, origin)
    assert replace(quick, chunk=None) == replace(slow, chunk=None)
    assert alike(quick.chunk) == alike(slow.chunk)
    first = merge(None, part, origin)
    assert (first.new, alike(first.chunk)) == (len(part), alike(came(part, [origin])))


def test_a_day_of_half_hours_takes_some_two_bytes_each():
    day = Measures.of(Measure(1800 * place, 300 + place, 1800, "B") for place in range(48))
    chunk = merge(None, day, ValueOrigin(0, 40_000, 250_000)).chunk
    assert len(pack(chunk, 0)) <= 48 * 2 + 32


# -- the store -----------------------------------------------------------------------------------------


@dataclass
class Model:
    """What a store must hold: measures by start with what brought them, and what they replaced."""

    of_peaks: bool = False
    kept: dict[int, ArrivedValue] = field(default_factory=dict)
    gone: dict[int, list[ArrivedValue]] = field(default_factory=dict)

    def save(self, measures, run):
        wanted = {one.start: one for one in measures}
        changed = {
            start
            for start, one in wanted.items()
            if start in self.kept and self.kept[start].measure != one
        }
        new = wanted.keys() - self.kept.keys()
        moved, removed = self.moved(wanted, new)
        for start in (*self.covered(wanted), *removed):
            self.gone.setdefault(start, []).append(self.kept.pop(start))
        for start in changed:
            self.gone.setdefault(start, []).append(self.kept[start])
        for start in changed | new:
            self.kept[start] = ArrivedValue(measure=wanted[start], run=run, file="")
        days = {civil(start).date() for start in new}
        return Saved(
            new=len(new - moved),
            changed=len(changed | moved),
            unchanged=len(wanted) - len(new) - len(changed),
            removed=sum(civil(start).date() not in days for start in removed),
        )

    def moved(self, wanted, new):
        """Of peaks: those that come for others of their day, and these."""
        if not self.of_peaks:
            return set(), set()
        days = {civil(start).date() for start in wanted}
        others = {one for one in self.kept if one not in wanted and civil(one).date() in days}
        gone_of = {civil(start).date() for start in others}
        return {start for start in new if civil(start).date() in gone_of}, others

    def covered(self, wanted):
        """What lies in the time of others, as far as it is of a curve."""
        rows = [one for one in wanted.values() if 0 < one.step < 82_800]
        return [
            start
            for start, came in self.kept.items()
            if start not in {one.start for one in rows} and 0 < came.measure.step < 82_800
            if any(
                one.start < start + came.measure.step and start < one.start + one.step
                for one in rows
            )
        ]

    def check(self, store, series):
        rows = [self.kept[start] for start in sorted(self.kept)]
        name = (series.point, series.name)
        loaded = store.load(*name)
        assert [repr(one) for one in loaded.measures] == [repr(one.measure) for one in rows]
        assert loaded.unit == (series.unit if rows else "")
        assert store.kept_by(*name) == tuple(rows)
        found = {}
        for one in store.kept_by(*name, replaced=True):
            found.setdefault(one.measure.start, []).append(one)
        assert found == self.gone


@pytest.fixture
def store(home):
    with Store(home.store("simulator")) as opened:
        yield opened


@pytest.fixture(scope="module")
def handed(tmp_path_factory):
    """All series that flows hand to the store, for days with 46 and 50 half-hours among others."""
    series = {}
    save = Store.save
    with pytest.MonkeyPatch.context() as patch:

        def noted(self, one, measures, *more):
            series.setdefault((len(series), one.name), (one, Measures.of(measures)))
            return save(self, one, measures, *more)

        patch.setattr(Store, "save", noted)
        for scenario, today in (
            ("household", "2025-04-05"),
            ("household", "2025-11-01"),
            ("producer", "2026-06-15"),
        ):
            folder = tmp_path_factory.mktemp("handed")
            report = sgeflow.run(
                "konnector",
                {"file": "out.json"},
                workspace=open_catalog(),
                options=Options(
                    environment="simulator",
                    scenario=scenario,
                    today=today,
                    state=folder / "state",
                    folder=folder,
                ),
            )
            assert report.failure is None, report.failure
    return list(series.values())


def test_what_is_handed_over_has_days_of_46_and_50_half_hours_and_odd_instants(handed):
    curves = [measures for series, measures in handed if series.name == "load_curve"]
    for day, end, count in (("2025-03-30", "2025-03-31", 46), ("2025-10-26", "2025-10-27", 50)):
        bounds = [midnight(date.fromisoformat(one)) for one in (day, end)]
        assert count in {len(measures.between(*bounds)) for measures in curves}
    powers = [measures for series, measures in handed if series.name.startswith("max_power")]
    assert any(start % 1800 for measures in powers for start in measures.starts)


def moved(one, seconds):
    """A measure that begins later; one of a curve does not last over the end of a chunk."""
    later = replace(one, start=one.start + seconds)
    ends = later.start + max(later.step, 1) - 1
    one_chunk = number_of(later.start, DAY) == number_of(ends, DAY)
    return later if one_chunk or later.step >= DAY else one


def mutated(draw, measures):
    """Measures with some left out, moved, said twice or changed, and out of order."""
    rows = []
    for one in measures:
        kind = draw(st.sampled_from(["", "", "", "", "left", "value", "step", "twice", "moved"]))
        if kind == "left":
            continue
        if kind == "twice":
            rows.append(replace(one, value=draw(numbers)))
        changes = {"value": {"value": one.value + 1}, "step": {"step": 600, "nature": "E"}}
        changed = replace(one, **changes.get(kind, {}))
        rows.append(moved(one, draw(st.integers(1, 4000))) if kind == "moved" else changed)
    return rows[::-1] if draw(st.booleans()) else rows


@on_servers_too("packed values pass another driver")
@SLOW
@given(data=st.data())
def test_whatever_the_simulator_makes_is_read_as_it_was_handed_over(store, handed, data):
    store.erase(POINT)
    series, measures = data.draw(st.sampled_from(handed))
    series, model = replace(series, point=POINT), Model(series.name.startswith("max_power"))
    first = data.draw(st.integers(0, max(0, len(measures) - 60)))
    for run in ("one", "night.12", "night.13"):
        part = measures[first : first + data.draw(st.integers(1, 60))]
        rows = Measures.of(part if run == "one" else mutated(data.draw, part))
        assert store.save(series, rows, author=Author(run)) == model.save(rows, run)
    model.check(store, series)


def test_all_that_flows_hand_over_is_kept(store, handed):
    models = {}
    for series, measures in handed:
        model = models.setdefault((series.point, series.name), (Model(), series))[0]
        assert store.save(series, measures, author=Author("r1")) == model.save(measures, "r1")
    assert len(models) >= 5
    for model, series in models.values():
        model.check(store, series)


def test_a_value_keeps_the_run_that_brought_it_until_another_run_changes_it(store):
    rows = [Measure(1800 * place, place, 1800, "B") for place in range(4)]
    store.save(CURVE, rows, author=Author("first"))
    store.save(CURVE, [*rows[:2], replace(rows[2], value=7)], author=Author("night.3"))
    by = store.kept_by(POINT, "load_curve")
    assert [one.run for one in by] == ["first", "first", "night.3", "first"]
    assert store.kept_by(POINT, "load_curve", replaced=True) == (
        ArrivedValue(measure=rows[2], run="first", file=""),
    )
    assert store.kept_by(POINT, "load_curve", 5400, replaced=True) == ()
    store.erase(POINT)
    store.save(CURVE, rows[:1])
    assert store.kept_by(POINT, "load_curve", replaced=True) == ()
    assert [one.run for one in store.kept_by(POINT, "load_curve")] == [""]


def test_what_was_written_is_what_is_read_of_the_series_from_then_on(store):
    store.save(CURVE, [Measure(0, 1, 1800, "B"), Measure(DAY, 2, 1800, "B")])
    other = MeasureChunk.of([KeptMeasure(Measure(1800, 3, 1800, "B"), ValueOrigin(0, 0, 0))])
    with store._database.writing() as connection:
        row = find_series(connection, POINT, "load_curve")
        chunks = SeriesChunks(connection, row, 0, DAY)
        assert [len(chunk.measures) for chunk in chunks] == [1, 1]
        chunks.replace(0, other)
        chunks.replace(1, None)
        chunks.write()
        assert [alike(chunk) for chunk in chunks] == [alike(other)]
    assert store.load(POINT, "load_curve").measures == tuple(other.measures)


def test_a_file_is_told_of_what_it_gave_and_what_it_took_back_is_not_lost(store):
    row = Measure(0, 100, 1800, "B")
    for name, published, value in (("a.zip", 1, 100), ("b.zip", 2, 200)):
        with store.delivering(name, published) as delivery:
            delivery.save(CURVE, [replace(row, value=value)])
    by = store.kept_by(POINT, "load_curve")
    assert [(one.measure.value, one.file) for one in by] == [(200, "b.zip")]
    with store.delivering("c.zip", 3) as delivery:
        assert delivery.withdraw(CURVE, Measures.of([replace(row, value=200)])).removed == 1
    assert store.load(POINT, "load_curve").measures == ()
    gone = store.kept_by(POINT, "load_curve", replaced=True)
    assert [(one.measure.value, one.file) for one in gone] == [(100, "a.zip"), (200, "b.zip")]


def test_a_period_of_all_points_is_what_each_point_has_of_it(store):
    names = [f"{number:014}" for number in range(450)]
    for number, point in enumerate(names):
        series = Series(point=point, name="load_curve", unit="W")
        first = 1800 * (number % 7)
        rows = [Measure(first + 1800 * place, number, 1800, "B") for place in range(100)]
        store.save(series, rows if number % 5 else [Measure(5, number)])
    store.save(Series(point=names[0], name="other", unit="W"), [Measure(0, 1, 1800)])
    for bounds in ((DAY, 2 * DAY), (None, 1800), (None, None), (10**9, None)):
        wanted = {point: store.load(point, "load_curve", *bounds).measures for point in names}
        found = list(store.load_of_all("load_curve", *bounds))
        assert [(series.point, measures) for series, measures in found] == [
            (point, measures) for point, measures in wanted.items() if measures
        ]
        assert {series.unit for series, _ in found} <= {"W"}


def test_chunks_fit_the_first_measures_of_a_series_and_hold_all_others(store):
    days = Measures.of(Measure(DAY * day, day, DAY, "B") for day in range(70))
    curve = Measures.of(Measure(1800 * place, place, 1800, "B") for place in range(200))
    assert (span_for(days), span_for(curve)) == (32 * DAY, DAY)
    for series, first, then in (
        (replace(CURVE, name="days"), days, curve),
        (CURVE, curve, days),
    ):
        model = Model()
        for rows in (first, then):
            assert store.save(series, rows) == model.save(rows, "")
        model.check(store, series)


# -- at once -------------------------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.store import Store
from sgeflow.core.engine.ports import Author
from sgeflow.adapters.secrets import Secret
from sgeflow.core.model import Measure, Series
number, folder, server = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
home = StateLocation(folder=folder, server=Secret(server) if server else None)
series = Series(point="25946599093143", name="load_curve", unit="W")
with Store(home.store("simulator")) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    new = 0
    for place in range(number, 48, 4):
        rows = [Measure(1800 * place, 100 * number + place, 1800, "B"), Measure(0, number, 1800, "B")]
        new += store.save(series, rows, author=Author(f"night.{number}")).new
    print(new)
"""


@on_servers_too("writers take turns by locks of the server")
def test_processes_that_write_one_day_at_once_lose_nothing_of_each_other(store, home):
    server = home.server.reveal() if home.server else ""
    writers = [start_program(WRITER, number, home.folder, server) for number in range(1, 5)]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    news = []
    for writer in writers:
        out, err = writer.communicate(timeout=60)
        assert writer.returncode == 0, err
        news.append(int(out))
    kept = {one.measure.start // 1800: one for one in store.kept_by(POINT, "load_curve")}
    assert sum(news) == len(kept) == 48
    for place in range(1, 48):
        number = (place - 1) % 4 + 1
        assert (kept[place].measure.value, kept[place].run) == (
            100 * number + place,
            f"night.{number}",
        )
    first = [
        one for one in store.kept_by(POINT, "load_curve", replaced=True) if not one.measure.start
    ]
    values = [one.measure.value for one in (*first, kept[0])]
    assert len(values) >= 4
    assert all(one != other for one, other in pairwise(values))
