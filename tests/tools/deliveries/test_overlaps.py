"""Values that cover one time twice, through the command line: neither is kept as good."""

import json

from sgeflow.adapters.state.store import Store
from sgeflow.cli.main import run
from tests.tools.deliveries.delivered_files import POINT, at, entry, r6x

MIDNIGHT = at("2025-05-01")


def decoded(capsys, name):
    """What became of a file, and how the command ended."""
    code = run(["decode", "-O", "json", name])
    (outcome,) = json.loads(capsys.readouterr().out)
    return code, outcome


def kept(folder, series="load_curve", point=POINT):
    """The starts in hours after the midnight of 1 May 2025, and the values."""
    with Store(folder / ".sgeflow" / "mine" / "store.db") as store:
        measures = store.load(point, series).measures
    return [((one.start - MIDNIGHT) / 3600, one.value) for one in measures]


def curve(step, *points):
    """An entry of R63 of values at times of 1 May 2025."""
    rows = [{"d": f"2025-05-01 {time}:00", "v": str(v), "p": step, "n": "B"} for time, v in points]
    return entry(POINT, "PA", "W", rows)


def test_entries_of_a_file_whose_intervals_overlap_contradict_each_other(folder, capsys):
    halves = curve("PT30M", ("00:30", 1), ("01:00", 2), ("01:30", 3))
    hour = curve("PT60M", ("01:00", 9))
    for number, entries in enumerate(((halves, hour), (hour, halves))):
        name = f"ENEDIS_R63_{number}.json"
        (folder / name).write_bytes(r6x("R63", *entries))
        code, outcome = decoded(capsys, name)
        assert (code, outcome["state"]) == (7, "partial")
        assert "one entry has" in outcome["problem"]["message"]
        assert kept(folder) == [(1, 3)]
