"""An environment held open by a program: one line to the world for many calls."""

import copy
import pickle
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

import sgeflow
from sgeflow.adapters.state.journal import Journal

SEARCH = "rechercherServicesSouscritsMesures"


@pytest.fixture
def options(tmp_path):
    return sgeflow.Options(scenario="settled", today="2025-06-15", state=tmp_path / "state")


@pytest.fixture
def sge(options):
    with sgeflow.connect(options=options) as opened:
        yield opened


def test_every_call_and_run_has_a_line_of_its_own_in_the_journal(sge, tmp_path):
    point = sge.inputs["pointId"]
    for _ in range(3):
        assert sge.call(SEARCH, {"pointId": point}).outputs["services"]
    report = sge.run("konnector").raise_for_failure()
    with Journal(tmp_path / "state" / "journal.db") as journal:
        runs = journal.runs()
    assert len({run.run for run in runs}) == 4
    assert report.run in {run.run for run in runs}


def test_threads_share_a_connection(sge):
    point = sge.inputs["pointId"]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: sge.call(SEARCH, {"pointId": point}), range(24)))
    assert all(result.failure is None for result in results)


def test_a_failure_is_a_value_until_a_program_asks_for_an_error(sge):
    result = sge.call(SEARCH, {"pointId": "30000000000999"})
    assert (result.failure.code, result.outputs) == ("SGT401", {})
    with pytest.raises(sgeflow.Unsuccessful, match="SGT401") as raised:
        result.raise_for_failure()
    assert raised.value.exit == result.exit == 4


def test_a_run_that_failed_is_raised_as_it_is_told(options):
    from msgspec.structs import replace

    report = sgeflow.run("konnector", options=replace(options, scenario="opposition"))
    with pytest.raises(sgeflow.Unsuccessful) as raised:
        report.raise_for_failure()
    assert raised.value.problems == (report.failure.problem,)


def test_what_is_wrong_before_anything_is_sent_is_raised(sge):
    with pytest.raises(sgeflow.InvalidValues, match="pointId"):
        sge.call(SEARCH, {"pointId": "12"})
    with pytest.raises(sgeflow.UsageError, match="rechercherPoin"):
        sge.call("rechercherPoin")


def test_a_date_is_its_midnight_in_france(sge):
    point = sge.inputs["pointId"]
    sge.run("konnector").raise_for_failure()
    kept = sge.measures(point, "load_curve", date(2025, 6, 10), date(2025, 6, 11))
    assert kept.unit == "W"
    assert len(kept.measures) == 48
    assert kept.measures[0].instant == datetime(2025, 6, 9, 22, tzinfo=UTC)
    same = sge.measures(
        point,
        "load_curve",
        datetime(2025, 6, 10),  # without a zone: in France
        datetime(2025, 6, 11, tzinfo=ZoneInfo("Europe/Paris")),
    )
    assert same == kept
    ((series, measures),) = sge.measures_of_all("load_curve", date(2025, 6, 10), date(2025, 6, 11))
    assert (series.point, series.unit, measures) == (point, "W", kept.measures)
    assert list(sge.measures_of_all("load_curve", "2035-01-01")) == []


def test_a_text_is_a_date_or_a_time_too_and_any_other_is_told(sge):
    sge.run("konnector").raise_for_failure()
    point = sge.inputs["pointId"]
    day = sge.measures(point, "load_curve", date(2025, 6, 1), date(2025, 6, 2))
    assert sge.measures(point, "load_curve", "2025-06-01", "2025-06-02") == day
    assert sge.measures(point, "load_curve", "2025-05-31T22:00:00Z", "2025-06-02") == day
    with pytest.raises(sgeflow.UsageError, match="is neither a date nor a time"):
        sge.measures(point, "load_curve", "june")


def test_windows_tile_a_range_of_days_whether_they_are_dates_or_texts():
    weeks = sgeflow.windows(date(2025, 6, 1), "2025-06-12")
    days = [("2025-06-01", "2025-06-08"), ("2025-06-08", "2025-06-12")]
    assert [(week["start"], week["end"]) for week in weeks] == days
    with pytest.raises(sgeflow.UsageError, match="is not a date"):
        sgeflow.windows("2025-06-01", "june")


def test_a_series_that_there_is_none_of_is_told_with_the_one_that_was_meant(sge):
    point = sge.inputs["pointId"]
    assert len(sge.measures(point, "load_curve").measures) == 0  # not yet
    with pytest.raises(sgeflow.UsageError, match='no series "lod_curve" is kept') as caught:
        sge.measures(point, "lod_curve")
    assert caught.value.problems[0].suggestion == "load_curve"
    with pytest.raises(sgeflow.UsageError, match='there is no series "lod_curve"') as caught:
        sge.measures_of_all("lod_curve")
    assert caught.value.problems[0].suggestion == "load_curve"


def test_an_end_before_the_start_is_told_wherever_days_are_asked_for(sge, tmp_path):
    point, told = (
        sge.inputs["pointId"],
        "the days start on 2025-06-08, after their end on 2025-06-01",
    )
    start, end = "2025-06-08", "2025-06-01"
    for ask in (
        lambda: sge.measures(point, "load_curve", start, end),
        lambda: sge.measures_of_all("load_curve", start, end),
        lambda: sgeflow.windows(start, end),
    ):
        with pytest.raises(sgeflow.UsageError, match=told):
            ask()
    assert sge.measures(point, "load_curve", start, start).measures == ()
    for verb in ("load", "missing", "gaps"):
        days = f'point: "{point}", series: load_curve, start: "{start}", end: "{end}"'
        flow = f"flow: {verb}\ntitle: x\nsteps: [{{id: a, {verb}: {{{days}}}}}]\n"
        (tmp_path / f"{verb}.yaml").write_text(flow)
        report = sgeflow.run(
            str(tmp_path / f"{verb}.yaml"), options=sgeflow.Options(state=tmp_path / "state")
        )
        assert report.failure is not None, verb
        assert report.failure.problem.message == told
        assert report.failure.problem.at.column > len("steps: [{id: a, ")


def test_what_a_program_asks_for_and_is_not_there_is_told_as_python_tells_it(sge):
    with pytest.raises(AttributeError, match="module 'sgeflow' has no attribute 'cal'") as caught:
        _ = sgeflow.cal
    assert (caught.value.name, caught.value.obj) == ("cal", sgeflow)  # of which Python finds `call`
    for told, ask in (
        (
            'SGE002 there is no flow "konnecter"; did you mean konnector?',
            lambda: sge.run("konnecter"),
        ),
        (
            'SGE041 rechercherPoint has no parameter "pointid"; parameters: escalier',
            lambda: sge.call("rechercherPoint", {"pointid": "3"}),
        ),
        (
            'SGE041 consulterMesures has no parameter "pointid"; did you mean pointId?',
            lambda: sge.call("consulterMesures", {"pointid": "3"}),
        ),
    ):
        with pytest.raises(sgeflow.SgeflowError) as refused:
            ask()
        assert str(refused.value).startswith(told)


def test_what_a_program_may_use_is_listed():
    assert dir(sgeflow) == sorted(sgeflow.__all__)
    assert all(hasattr(sgeflow, name) for name in dir(sgeflow))


def test_what_is_kept_is_named_with_its_unit(sge):
    assert sge.points() == ()
    sge.run("konnector").raise_for_failure()
    point = sge.inputs["pointId"]
    assert sge.points() == (point,)
    units = {series.name: series.unit for series in sge.series(point)}
    assert units["daily_energy"] == "Wh"
    assert units["max_power"] == "VA"


def test_the_environments_rate_holds_for_all_calls_together(tmp_path):
    from sgeflow import open_catalog
    from sgeflow.simulator.simulator import Simulator

    with Simulator(open_catalog().catalog, today="2025-06-15") as server:
        (tmp_path / "environments").mkdir()
        (tmp_path / "environments" / "slow.yaml").write_text(
            "environment: slow\ntitle: one that is slow\ngeneration: previous\n"
            'login: one@example.org\ncontractId: "1234567"\n'
            f"services: {{sge: {{base_url: {server.base_url}, route: direct, rate: 10/s}}}}\n"
        )
        point = server.household["pointId"]
        options = sgeflow.Options(environment="slow", today="2025-06-15")
        with sgeflow.connect(open_catalog(tmp_path), options=options) as sge:
            began = time.monotonic()
            with ThreadPoolExecutor(6) as pool:
                list(pool.map(lambda _: sge.call(SEARCH, {"pointId": point}), range(6)))
        assert time.monotonic() - began > 0.49  # five gaps of a tenth of a second


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_connection_is_neither_copied_nor_sent(options, way):
    with (
        sgeflow.connect(options=options) as connection,
        pytest.raises(sgeflow.UsageError, match="cannot be copied or sent to another process"),
    ):
        way(connection)


def test_a_closed_connection_says_that_it_is_closed(options):
    with sgeflow.connect(options=options) as sge:
        point = sge.inputs["pointId"]
    for use in (
        lambda: sge.call(SEARCH, {"pointId": point}),
        lambda: sge.run("konnector"),
        sge.points,
        lambda: sge.measures(point, "load_curve"),
        lambda: sge.measures_of_all("load_curve"),
    ):
        with pytest.raises(sgeflow.UsageError, match="the connection is closed"):
            use()


def test_each_argument_of_a_wrong_type_is_told_by_its_name(sge, tmp_path):
    """What is allowed is the annotation's word; nothing of the value is shown."""
    rows = sgeflow.Fleet(file=tmp_path / "rows.csv")
    wrong = {
        "flow must be str, not NoneType  sgeflow.run": lambda: sgeflow.run(None),
        "flow must be str, not int  sgeflow.Connection.run": lambda: sge.run(3),
        "flow must be str, not bytes  sgeflow.run_fleet": lambda: sgeflow.run_fleet(b"x", {}, rows),
        "fleet must be Fleet, not dict": lambda: sgeflow.run_fleet("konnector", {}, {}),
        "operation must be str, not list  sgeflow.call": lambda: sgeflow.call(["a"]),
        "operation must be str, not list  sgeflow.Connection.call": lambda: sge.call(["a"]),
        "inputs must be Mapping or None, not list": lambda: sgeflow.run("konnector", ["secret"]),
        "parameters must be Mapping or None, not list": lambda: sge.call(SEARCH, ["secret"]),
        "options must be Options or None, not dict": lambda: sgeflow.call(SEARCH, options={"a": 1}),
        "workspace must be Workspace or None, not str": lambda: sgeflow.connect("folder"),
        "listener must be Callable, not int": lambda: sgeflow.run("konnector", listener=3),
        "run must be str, not int  sgeflow.resume": lambda: sgeflow.resume(7),
        "folder must be Path or str or None, not int": lambda: sgeflow.open_catalog(3),
        "start must be date or str, not int  sgeflow.windows": lambda: sgeflow.windows(1, 2),
        "point must be str, not int": lambda: sge.measures(30000000000011, "load_curve"),
        "today must be str or None, not date": lambda: sgeflow.Options(today=date(2025, 6, 15)),
        "replay must be Path or None, not str": lambda: sgeflow.Options(replay="kept.yaml"),
        "secrets must be Mapping, not list": lambda: sgeflow.Options(secrets=["secret"]),
    }
    found = {}
    for expected, use in wrong.items():
        try:
            found[expected] = f"{use()}"
        except sgeflow.UsageError as error:
            found[expected] = str(error)
    assert {one: text for one, text in found.items() if one not in text} == {}
    assert "secret" not in "".join(found.values()).replace("secrets", "")
