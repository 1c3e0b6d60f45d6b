"""Values that cover one time twice, through the command line: neither is kept as good."""

import pytest

from sgeflow.core.measures.civil_time import civil
from tests.tools.deliveries.conftest import kept_in
from tests.tools.deliveries.delivered_files import (
    POINT,
    amount,
    at,
    days,
    entry,
    r6x,
    r64,
    r65,
    r67,
)

MIDNIGHT = at("2025-05-01")


def kept(folder, series="load_curve"):
    """The starts in hours after the midnight of 1 May 2025, and the values."""
    measures = kept_in(folder)[series]
    return [((one.start - MIDNIGHT) / 3600, one.value) for one in measures]


def curve(step, *points):
    """An entry of R63 of values at times of 1 May 2025."""
    rows = [{"d": f"2025-05-01 {time}:00", "v": str(v), "p": step, "n": "B"} for time, v in points]
    return entry(POINT, "PA", "W", rows)


def test_entries_of_a_file_whose_intervals_overlap_contradict_each_other(folder, decoded):
    halves = curve("PT30M", ("00:30", 1), ("01:00", 2), ("01:30", 3))
    hour = curve("PT60M", ("01:00", 9))
    for number, entries in enumerate(((halves, hour), (hour, halves))):
        name = f"ENEDIS_R63_{number}.json"
        (folder / name).write_bytes(r6x("R63", *entries))
        code, outcome = decoded(name)
        assert (code, outcome["state"]) == (7, "partial")
        assert "one entry has" in outcome["problem"]["message"]
        assert kept(folder) == [(1, 3)]


def test_amounts_whose_days_overlap_are_left_out(folder, decoded):
    amounts = (
        amount("2025-01-01", "2025-02-01", 1),
        amount("2025-02-01", "2025-03-01", 2),
        amount("2025-02-15", "2025-03-15", 3),
        amount("2025-03-10", "2025-04-01", 4),
        amount("2025-04-01", "2025-05-01", 5),
    )
    for number, some in enumerate((amounts, amounts[::-1])):
        name = f"ENEDIS_R67_{number}.json"
        (folder / name).write_bytes(r67(*some))
        code, outcome = decoded(name)
        assert (code, outcome["state"]) == (7, "partial")
        assert (
            "from 2025-02-01 to 2025-03-01 overlaps that from 2025-02-15"
            in (outcome["problem"]["message"])
        )
        assert [value for _, value in kept(folder, "billing_hph")] == [1, 5]


@pytest.mark.parametrize(
    ("first", "end"),
    [("2025-02-15", "2025-03-15"), ("2025-01-15", "2025-02-02"), ("2025-01-01", "2025-04-01")],
)
@pytest.mark.parametrize(
    "names", ["{}", "P_Mfact_M0_00001_2025060{}120000", "P_Mfact_M0_0000{}_20250601120000"]
)
def test_an_amount_that_overlaps_one_of_an_earlier_file_is_left_out(
    folder, decoded, names, first, end
):
    files = [f"ENEDIS_R67_{names.format(number)}.json" for number in (1, 2)]
    (folder / files[0]).write_bytes(r67(amount("2025-02-01", "2025-03-01", 2)))
    (folder / files[1]).write_bytes(
        r67(amount(first, end, 3), amount("2025-05-01", "2025-06-01", 4))
    )
    assert decoded(files[0])[0] == 0
    code, outcome = decoded(files[1])
    assert (code, outcome["state"]) == (7, "partial")
    message = outcome["problem"]["message"]
    assert f"from {first} to {end} overlaps that from 2025-02-01 to 2025-03-01" in message
    assert [value for _, value in kept(folder, "billing_hph")] == [2, 4]


def test_an_amount_takes_the_days_of_one_that_its_file_cancels_or_replaces(folder, decoded):
    before = (amount("2025-02-01", "2025-03-01", 2), amount("2025-03-01", "2025-04-01", 3))
    (folder / "ENEDIS_R67_1.json").write_bytes(r67(*before))
    cancelled = amount("2025-03-01", "2025-04-01", 3, status="A")
    after = (amount("2025-02-01", "2025-03-15", 5), cancelled)
    (folder / "ENEDIS_R67_2.json").write_bytes(r67(*after))
    for name in ("ENEDIS_R67_1.json", "ENEDIS_R67_2.json"):
        code, outcome = decoded(name)
        assert code == 0, outcome
    assert [value for _, value in kept(folder, "billing_hph")] == [5]


@pytest.mark.parametrize("name", ["d", "v"])
@pytest.mark.parametrize("after", [": ", ":"])
def test_a_stamp_or_value_that_stands_twice_is_refused_and_nothing_kept(
    folder, decoded, name, after
):
    values = [{"d": "2025-05-02 00:00:00", "v": 7, "iv": 0}, {"d": "2025-05-03 00:00:00", "v": 9}]
    whole = {
        "R63": r6x("R63", curve("PT30M", ("00:30", 1), ("01:00", 2))),
        "R64": r64(values=values, total=False),
        "R65": r65(POINT, period=days("2025-05-01", 2)),
    }
    for flux, content in whole.items():
        written = content.replace(b'": ', f'"{after}'.encode())
        member = f'"{name}"{after}'.encode()
        place = written.index(member)
        file = f"ENEDIS_{flux}_1.json"
        (folder / file).write_bytes(written[:place] + member + b'"77", ' + written[place:])
        code, outcome = decoded(file)
        assert (code, outcome["state"]) == (5, "failed"), flux
        assert f'"{name}" is twice in an object' in outcome["problem"]["message"], flux
        (folder / file).write_bytes(written)
        assert decoded(file)[0] == 0, flux


def test_two_rows_that_changed_places_within_the_hour_are_of_neither_hour(folder, decoded):
    """A file ends within the hour: its last times are no second hour that begins."""
    times = [f"02:{minute:02d}" for minute in (0, 5, 10, 15, 20, 30, 25, 35)]
    points = [
        {"d": f"2025-10-26 {time}:00", "v": str(number), "p": "PT5M", "n": "R"}
        for number, time in enumerate(times)
    ]
    (folder / "ENEDIS_R63_1.json").write_bytes(r6x("R63", entry(POINT, "PA", "W", points)))
    code, outcome = decoded("ENEDIS_R63_1.json")
    assert (code, outcome["state"], outcome["new"]) == (7, "partial", 0)
    assert (
        "the clock repeats an hour; sgeflow does not keep 8 values" in outcome["problem"]["message"]
    )


@pytest.mark.parametrize(("step", "doubles"), [(60, ["02:00"]), (30, ["02:30", "02:00"])])
def test_a_file_sorted_backwards_and_cut_between_two_equal_stamps_changes_no_values(
    folder, decoded, step, doubles
):
    """A sort by stamp leaves two equal stamps in their order, or turns them: nothing tells which."""
    begin = at("2025-10-26")
    starts = [begin + step * 60 * number for number in range(25 * 60 // step)]
    rows = [
        {"d": f"{civil(one):%Y-%m-%d %H:%M:%S}", "v": str(one - begin), "p": f"PT{step}M", "n": "B"}
        for one in starts
    ]
    number = 0
    for source in (rows, rows[::-1]):
        backwards = sorted(source, key=lambda row: row["d"], reverse=True)
        for double in doubles:
            cut = 1 + [row["d"][11:16] for row in backwards].index(double)
            states = []
            for part in (backwards[:cut], backwards[cut:]):
                number += 1
                name = f"ENEDIS_R63_{number}.json"
                (folder / name).write_bytes(r6x("R63", entry(POINT, "PA", "W", part)))
                states.append(decoded(name)[1]["state"])
            assert "partial" in states
            measures = kept_in(folder)["load_curve"]
            # the interval before a stamp is measured
            told = {one.start + step * 60 - begin: one.value for one in measures}
            assert {value - place for place, value in told.items()} == {0}
            assert len(measures) >= len(rows) - 4
