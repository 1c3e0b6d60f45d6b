"""What files hold is what the web services give: the same store, from either."""

import itertools
from datetime import timedelta

import pytest

import sgeflow
from sgeflow import Options
from sgeflow.adapters.state.store import Store
from sgeflow.core.measures.civil_time import civil
from sgeflow.core.model import Series
from tests.tools.deliveries.delivered_files import POINT, days, r50, r63, r65, r66, zipped

TODAY = "2025-06-15"
SERIES = ("load_curve", "daily_energy", "max_power")


@pytest.fixture(scope="module")
def asked(workspace, tmp_path_factory):
    """What the konnector keeps of the household, from the simulated web services."""
    state = tmp_path_factory.mktemp("asked")
    options = Options(state=state, today=TODAY, environment="simulator")
    file = {"file": str(state / "importedData.json")}
    report = sgeflow.run("konnector", file, workspace=workspace, options=options)
    assert report.failure is None
    with Store(state / "simulator" / "store.db") as store:
        return {name: store.load(POINT, name) for name in SERIES}


def period(loaded):
    """The civil days that a series covers."""
    first = civil(loaded.measures[0].start).date()
    last = civil(loaded.measures[-1].start).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize(
    ("flux", "made", "series"),
    [
        ("R50", r50, "load_curve"),
        ("R63", r63, "load_curve"),
        ("R65", r65, "daily_energy"),
        ("R66", r66, "max_power"),
    ],
)
def test_a_decoded_file_leaves_what_the_web_service_left(mailbox, asked, flux, made, series):
    wanted = asked[series]
    assert len(wanted.measures) > 20
    ending = "xml" if flux == "R50" else "json"
    inside = {f"ENEDIS_{flux}_P_1.{ending}": made(POINT, period=period(wanted))}
    outcome = mailbox.read(f"ENEDIS_{flux}_P_1.zip", zipped(inside))
    assert outcome.problem is None
    with mailbox.store() as store:
        loaded = store.load(POINT, series)
    assert loaded == wanted
    assert (outcome.new, outcome.rows) == (len(wanted.measures), len(wanted.measures))


@pytest.mark.parametrize("made", [r50, r63], ids=["R50", "R63"])
@pytest.mark.parametrize(
    ("first", "expected"), [("2024-03-31", 46), ("2024-10-27", 50), ("2025-05-01", 48)]
)
def test_a_day_has_its_46_48_or_50_half_hours(mailbox, made, first, expected):
    flux = made.__name__.upper()
    outcome = mailbox.read(f"{flux}_.xml", made(POINT, period=days(first, 1)))
    assert outcome.problem is None
    starts = [start for start, *_ in mailbox.series("load_curve")]
    assert len(starts) == expected
    assert {after - before for before, after in itertools.pairwise(starts)} == {1800}


def test_a_file_over_what_the_web_service_gave_changes_nothing(mailbox, asked):
    mailbox.environment = "simulator"
    wanted = asked["daily_energy"]
    with Store(mailbox.home.store("simulator")) as store:
        store.save(Series(point=POINT, name="daily_energy", unit="Wh"), wanted.measures)
    outcome = mailbox.read("ENEDIS_R65_1.json", r65(POINT, period=period(wanted)))
    assert (outcome.new, outcome.changed) == (0, 0)
    assert outcome.unchanged == len(wanted.measures)
