"""Exports are whole files, the same for the same measures."""

import csv
import json
import os
import stat
import sys
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sgeflow.adapters.atomic_write import link_note
from sgeflow.adapters.export import find_format, formats
from sgeflow.adapters.state.locations import home_at
from sgeflow.adapters.state.run_lock import hold_run
from sgeflow.adapters.state.store import Store
from sgeflow.core.measures.civil_time import day_length, midnight
from sgeflow.core.model import Measure, Series
from sgeflow.errors import InvalidValues, TechnicalError, UsageError
from tests.processes import start_program

PARIS = ZoneInfo("Europe/Paris")
POINT, OTHER = "25946599093143", "25478147557460"
SPRING, AUTUMN = date(2025, 3, 30), date(2025, 10, 26)
MINUTE, DAY, MONTH, YEAR, PEAK = (
    f"com.grandlyon.enedis.{kind}" for kind in ("minute", "day", "month", "year", "maxpower")
)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "state" / "store.db") as opened:
        yield opened


def keep(store, name, unit, *measures, point=POINT):
    store.save(Series(point=point, name=name, unit=unit), measures)


def curve(day, watts=600, step=1800):
    return [Measure(midnight(day) + at, watts, step, "B") for at in range(0, day_length(day), step)]


def instant(*civil):
    return int(datetime(*civil, tzinfo=PARIS).timestamp())


def cozy(store, path, points=(POINT,), documents=None):
    counts = find_format("cozy").write(path, store, points, documents or {})
    return json.loads(path.read_text(encoding="utf-8")), counts


def without_ids(documents):
    return [{key: value for key, value in one.items() if key != "_id"} for one in documents]


def test_a_format_is_found_by_its_name():
    assert formats() == ("cozy", "csv", "jsonl", "parquet")
    assert [find_format(name).SUFFIX for name in formats()] == [
        ".json",
        ".csv",
        ".jsonl",
        ".parquet",
    ]
    with pytest.raises(UsageError, match='no export format "xlsx"') as caught:
        find_format("xlsx")
    assert caught.value.problems[0].allowed == formats()


def test_every_series_becomes_its_document_type_in_civil_time(store, tmp_path):
    keep(
        store,
        "load_curve",
        "W",
        Measure(instant(2025, 5, 1), 313, 1800, "B"),
        Measure(instant(2025, 5, 1, 23, 30), 640, 1800, "B"),
    )
    keep(store, "daily_energy", "Wh", Measure(midnight(SPRING), 7421, 82800))
    keep(store, "monthly_energy", "Wh", Measure(instant(2025, 5, 1), 248001, 31 * 86400))
    keep(store, "yearly_energy", "Wh", Measure(instant(2025, 1, 1), 3_000_000, 365 * 86400))
    keep(store, "max_power", "VA", Measure(instant(2025, 5, 1, 19, 42, 10), 3890))
    found, counts = cozy(store, tmp_path / "out" / "importedData.json")
    assert {kind: without_ids(some) for kind, some in found.items()} == {
        MINUTE: [
            {"load": 0.1565, "year": 2025, "month": 5, "day": 1, "hour": 0, "minute": 0},
            {"load": 0.32, "year": 2025, "month": 5, "day": 1, "hour": 23, "minute": 30},
        ],
        DAY: [{"load": 7.421, "year": 2025, "month": 3, "day": 30, "hour": 0, "minute": 0}],
        MONTH: [{"load": 248.001, "year": 2025, "month": 5, "day": 1, "hour": 0, "minute": 0}],
        YEAR: [{"load": 3000, "year": 2025, "month": 1, "day": 1, "hour": 0, "minute": 0}],
        PEAK: [{"load": 3.89, "year": 2025, "month": 5, "day": 1, "hour": 19, "minute": 42}],
    }
    assert counts == {MINUTE: 2, DAY: 1, MONTH: 1, YEAR: 1, PEAK: 1}


def test_nothing_kept_gives_empty_lists(store, tmp_path):
    found, counts = cozy(store, tmp_path / "data.json")
    assert found == {MINUTE: [], DAY: [], MONTH: [], YEAR: [], PEAK: []}
    assert set(counts.values()) == {0}


def test_the_hour_that_autumn_repeats_is_added_and_counted(store, tmp_path):
    keep(store, "load_curve", "W", *curve(AUTUMN), *curve(SPRING))
    found, counts = cozy(store, tmp_path / "data.json")
    assert (counts[MINUTE], counts["added_in_autumn"]) == (46 + 48, 2)
    loads = {(one["month"], one["hour"], one["minute"]): one["load"] for one in found[MINUTE]}
    assert [loads[10, *time] for time in ((1, 30), (2, 0), (2, 30), (3, 0))] == [0.3, 0.6, 0.6, 0.3]
    assert [hour for month, hour, _ in loads if month == 3 and hour < 4] == [0, 0, 1, 1, 3, 3]
    assert sum(load for (month, *_), load in loads.items() if month == 10) == pytest.approx(15)


def test_a_day_without_a_clock_change_says_nothing_of_autumn(store, tmp_path):
    keep(store, "load_curve", "W", *curve(date(2025, 5, 1)))
    _, counts = cozy(store, tmp_path / "data.json")
    assert "added_in_autumn" not in counts


@pytest.mark.parametrize(
    ("unit", "value", "step", "load"),
    [
        ("W", 1, 1800, 0.0005),
        ("W", 1, 600, 0.000167),
        ("kW", 3, 1800, 1.5),
        ("Wh", 157, 1800, 0.157),
        ("W", 0, 1800, 0),
    ],
)
def test_a_load_is_the_energy_of_its_step_with_six_decimals(
    store, tmp_path, unit, value, step, load
):
    keep(store, "load_curve", unit, Measure(instant(2025, 5, 1), value, step))
    found, _ = cozy(store, tmp_path / "data.json")
    assert found[MINUTE][0]["load"] == load


def test_a_unit_that_makes_no_document_is_refused_and_the_old_file_stays(store, tmp_path):
    path = tmp_path / "data.json"
    path.write_text("old")
    keep(store, "load_curve", "VAr", Measure(0, 1, 1800))
    with pytest.raises(InvalidValues, match=r"load_curve is kept in VAr"):
        cozy(store, path)
    assert path.read_text() == "old"


def test_a_day_has_one_peak_the_highest(store, tmp_path):
    keep(
        store,
        "max_power",
        "VA",
        *(
            Measure(instant(2025, 5, 1, hour), va)
            for hour, va in ((7, 3000), (12, 5000), (19, 4000))
        ),
    )
    found, _ = cozy(store, tmp_path / "data.json")
    assert [(one["hour"], one["load"]) for one in found[PEAK]] == [(12, 5)]


def test_a_second_run_writes_the_same_bytes(store, tmp_path):
    keep(store, "load_curve", "W", *curve(AUTUMN, 313))
    keep(
        store,
        "daily_energy",
        "Wh",
        *(Measure(midnight(AUTUMN + timedelta(days=n)), 7000 + n, 86400) for n in range(30)),
    )
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    cozy(store, first, documents={"io.cozy.accounts": {"b": 1, "a": 2}})
    keep(store, "load_curve", "W", *curve(AUTUMN, 313))
    cozy(store, second, documents={"io.cozy.accounts": {"a": 2, "b": 1}})
    assert first.read_bytes() == second.read_bytes()


def test_ids_differ_and_stay_when_a_value_changes(store, tmp_path):
    keep(store, "load_curve", "W", *curve(AUTUMN))
    keep(store, "daily_energy", "Wh", Measure(midnight(AUTUMN), 7421, 90000))
    before, _ = cozy(store, tmp_path / "data.json")
    keep(store, "daily_energy", "Wh", Measure(midnight(AUTUMN), 8010, 90000))
    after, _ = cozy(store, tmp_path / "data.json")
    ids = [one["_id"] for some in before.values() for one in some]
    assert len(set(ids)) == len(ids) == 49
    assert ids == [one["_id"] for some in after.values() for one in some]
    assert not any(POINT in one for one in ids)


def test_documents_name_their_point_only_when_there_are_several(store, tmp_path):
    for point in (POINT, OTHER):
        keep(store, "daily_energy", "Wh", Measure(midnight(AUTUMN), 1000, 90000), point=point)
    found, _ = cozy(store, tmp_path / "data.json")
    assert "pointId" not in found[DAY][0]
    found, _ = cozy(store, tmp_path / "data.json", points=(POINT, OTHER))
    assert [one["pointId"] for one in found[DAY]] == [OTHER, POINT]


def test_further_documents_come_along(store, tmp_path):
    documents = {"io.cozy.accounts": [{"boId": 12, "ville": "Vénissieux"}, {"_id": "mine"}]}
    found, counts = cozy(store, tmp_path / "data.json", documents=documents)
    assert without_ids(found["io.cozy.accounts"]) == [{"boId": 12, "ville": "Vénissieux"}, {}]
    assert found["io.cozy.accounts"][1]["_id"] == "mine"
    assert counts["io.cozy.accounts"] == 2
    with pytest.raises(InvalidValues, match=r"document 1 of io.cozy.accounts is not an object"):
        cozy(store, tmp_path / "data.json", documents={"io.cozy.accounts": "text"})


def fill(store):
    keep(
        store,
        "load_curve",
        "W",
        Measure(instant(2025, 5, 1), 313, 1800, "B"),
        Measure(instant(2025, 5, 1, 0, 30), 12.5, 1800),
    )
    keep(store, "max_power", "VA", Measure(instant(2025, 1, 1, 19, 42, 10), 3890), point=OTHER)


def test_csv_has_a_line_a_measure(store, tmp_path):
    fill(store)
    path = tmp_path / "out.csv"
    counts = find_format("csv").write(path, store, (POINT, OTHER), {})
    assert counts == {"load_curve": 2, "max_power": 1}
    with path.open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["point", "series", "start", "step", "value", "unit", "nature"],
            [POINT, "load_curve", "2025-05-01T00:00:00+02:00", "1800", "313", "W", "B"],
            [POINT, "load_curve", "2025-05-01T00:30:00+02:00", "1800", "12.5", "W", ""],
            [OTHER, "max_power", "2025-01-01T19:42:10+01:00", "0", "3890", "VA", ""],
        ]


def test_json_lines_hold_the_same_and_further_documents(store, tmp_path):
    fill(store)
    path = tmp_path / "out.jsonl"
    counts = find_format("jsonl").write(path, store, (OTHER,), {"io.cozy.accounts": {"boId": 1}})
    assert counts == {"max_power": 1, "io.cozy.accounts": 1}
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        {
            "point": OTHER,
            "series": "max_power",
            "start": "2025-01-01T19:42:10+01:00",
            "step": 0,
            "value": 3890,
            "unit": "VA",
            "nature": "",
        },
        {"type": "io.cozy.accounts", "document": {"boId": 1}},
    ]


def test_parquet_holds_the_same_in_typed_columns(store, tmp_path):
    import duckdb

    fill(store)
    path = tmp_path / "it's" / "out.parquet"
    assert find_format("parquet").write(path, store, (POINT, OTHER), {}) == {
        "load_curve": 2,
        "max_power": 1,
    }
    assert [file.name for file in path.parent.iterdir()] == ["out.parquet"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with duckdb.connect(":memory:") as connection:
        rows = connection.execute(
            "SELECT point, series, epoch(start)::BIGINT, step, value, unit, nature FROM read_parquet(?)",
            [str(path)],
        ).fetchall()
    assert rows == [
        (POINT, "load_curve", instant(2025, 5, 1), 1800, 313.0, "W", "B"),
        (POINT, "load_curve", instant(2025, 5, 1, 0, 30), 1800, 12.5, "W", None),
        (OTHER, "max_power", instant(2025, 1, 1, 19, 42, 10), 0, 3890.0, "VA", None),
    ]


def test_parquet_without_duckdb_says_what_to_install(store, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(UsageError, match="needs DuckDB") as caught:
        find_format("parquet").write(tmp_path / "out.parquet", store, (), {})
    assert "-m pip install 'duckdb>=" in caught.value.problems[0].details[0][1]
    assert not (tmp_path / "out.parquet").exists()


def test_a_new_file_is_its_owners_and_an_old_one_keeps_its_mode(store, tmp_path):
    path = tmp_path / "deep" / "out.csv"
    write = find_format("csv").write
    write(path, store, (), {})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    write(path, store, (), {})
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [file.name for file in path.parent.iterdir()] == ["out.csv"]


def test_a_link_stays_a_link(store, tmp_path):
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old")
    link.symlink_to(real)
    assert link_note(real) is None
    assert link_note(link) == f"{link} is a link: sgeflow writes to {real}"
    find_format("csv").write(link, store, (), {})
    assert link.is_symlink()
    assert real.read_text().startswith("point,")


def test_folders_that_are_made_are_their_owner_s_alone(store, tmp_path):
    path = tmp_path / "one/two/out.csv"
    find_format("csv").write(path, store, (), {})
    for folder in (path.parent, path.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    home = home_at(str(tmp_path / "three/four/state"), tmp_path)
    with Store(home.store("simulator")), hold_run(home, "r1"):
        made = [home.folder, *home.folder.parents[:2], *home.folder.glob("*/")]
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in made} == {0o700}


def test_nothing_takes_the_place_of_a_pipe_or_a_device(store, tmp_path):
    pipe, link = tmp_path / "pipe", tmp_path / "link.csv"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link):
        with pytest.raises(TechnicalError, match="a pipe, a socket or a device"):
            find_format("csv").write(path, store, (), {})
    assert pipe.is_fifo()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["link.csv", "pipe", "state"]


@pytest.mark.parametrize("name", ["folder", "file/out"])
def test_a_place_that_cannot_be_written_is_said(store, tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(TechnicalError, match=rf"SGE701 .*{name} cannot be written"):
        find_format("csv").write(tmp_path / name, store, (), {})
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "folder", "state"]


FULL = """
import resource, sys
from pathlib import Path
from sgeflow.adapters.export import find_format
from sgeflow.adapters.state.store import Store
from sgeflow.errors import TechnicalError
with Store(Path(sys.argv[1])) as store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), resource.RLIM_INFINITY))
    try:
        find_format(sys.argv[2]).write(Path(sys.argv[3]), store, store.points(), {})
    except TechnicalError as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""


@pytest.mark.parametrize("name", ["cozy", "csv", "jsonl", "parquet"])
def test_a_full_disk_leaves_the_old_file_and_no_half(tmp_path, name):
    with Store(tmp_path / "state" / "store.db") as store:
        keep(store, "load_curve", "W", *(Measure(1800 * n, n, 1800) for n in range(5000)))
    path = tmp_path / "out" / "data"
    path.parent.mkdir()
    path.write_text("old")
    program = start_program(FULL, tmp_path / "state" / "store.db", name, path, 50_000)
    said, err = program.communicate(timeout=60)
    assert program.returncode == 0, err
    assert "SGE701" in said
    assert "data cannot be written" in said
    assert path.read_text() == "old"
    assert [file.name for file in path.parent.iterdir()] == ["data"]
