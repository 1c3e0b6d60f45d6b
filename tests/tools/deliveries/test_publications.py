"""Of publications that say one thing the last one is right, in whatever order they are decoded."""

import json
from datetime import date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sgeflow.core.measures.civil_time import PARIS
from sgeflow.core.model import Measure, Series
from sgeflow.tools.deliveries.decode import publication_of
from tests.postgres import on_servers_too
from tests.tools.deliveries.delivered_files import (
    OTHER,
    POINT,
    amount,
    at,
    by_labels,
    entry,
    r6x,
    r67,
    zipped,
)

FIRST, SECOND, THIRD = 20250601060000, 20250602060000, 20250603060000


def name(instant=FIRST, sequence=1, flux="R63A", frequency="Q"):
    return f"ENEDIS_{flux}_{frequency}_CdC_M053Q0D3_{sequence:05d}_{instant}.json"


def curve(values, point=POINT):
    """R63A of a point: ten minutes from 10:00 on, by how many of them a value comes after."""
    points = [
        {"d": f"2025-05-01 {10 + n // 6}:{n % 6}0:00", "v": str(value), "p": "PT10M", "n": "R"}
        for n, value in values.items()
    ]
    return r6x("R63A", entry(point, "PA", "W", points))


def values(mailbox, series="load_curve", point=POINT):
    first = at("2025-05-01") + 36000
    return {(start - first) // 600: value for start, value, *_ in mailbox.series(series, point)}


# -- two publications, in either order ------------------------------------------------------------


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (name(FIRST), name(SECOND)),
        (name(FIRST, 1), name(FIRST, 2)),
        (name(FIRST, 99999), name(SECOND, 1)),
        (name(FIRST, flux="R63", frequency="P"), name(SECOND)),
        (name("20250601"), name("20250602")),
        ("R63A_unzipped.json", name(FIRST)),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_the_later_publication_is_kept(mailbox, order, older, newer, together):
    files = [
        mailbox.put(older, curve({0: 100, 1: 200, 2: 300})),
        mailbox.put(newer, curve({1: 222, 3: 400})),
    ]
    paths = [files[number] for number in order]
    for some in [paths] if together else [[path] for path in paths]:
        report = mailbox.decode(*some)
        assert [one.state for one in report.files] == ["kept"] * len(some)
    assert values(mailbox) == {0: 100, 1: 222, 2: 300, 3: 400}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("are_tens_later", [True, False])
def test_no_time_stands_twice_when_a_later_publication_has_another_step(
    mailbox, order, are_tens_later
):
    points = [
        {"d": f"2025-05-01 10:{minute:02}:00", "v": "7", "p": "PT5M", "n": "R"}
        for minute in range(0, 60, 5)
    ]
    tens = curve(dict.fromkeys(range(6), 5))
    contents = [tens, r6x("R63A", entry(POINT, "PA", "W", points))]
    times = (SECOND, FIRST) if are_tens_later else (FIRST, SECOND)
    for number in order:
        mailbox.read(name(times[number]), contents[number])
    rows = [(value, step) for _, value, step, *_ in mailbox.series("load_curve")]
    assert rows == ([(5, 600)] * 6 if are_tens_later else [(7, 300)] * 12)


def test_values_of_an_older_publication_are_counted_and_not_called_unchanged(mailbox):
    mailbox.read(name(SECOND), curve({0: 1, 1: 2}))
    outcome = mailbox.read(name(FIRST), curve({0: 9, 1: 2, 2: 3}))
    assert (outcome.outdated, outcome.new, outcome.changed, outcome.unchanged) == (2, 1, 0, 0)


def test_a_value_that_a_later_publication_repeats_is_its_own(mailbox):
    """Then the one between them, which had another, does not replace it."""
    mailbox.read(name(FIRST), curve({0: 5, 1: 6}))
    assert mailbox.read(name(THIRD), curve({0: 5})).unchanged == 1
    outcome = mailbox.read(name(SECOND), curve({0: 7, 1: 8}))
    assert (outcome.outdated, outcome.changed) == (1, 1)
    assert values(mailbox) == {0: 5, 1: 8}


def test_the_same_file_once_more_changes_nothing(mailbox):
    for number, content in ((FIRST, {0: 1, 1: 2}), (SECOND, {1: 3})):
        mailbox.read(name(number), curve(content))
    kept = mailbox.kept()
    for again in (False, True):
        outcome = mailbox.read(name(FIRST), curve({0: 1, 1: 2}), again=again)
        assert (outcome.new, outcome.changed) == (0, 0)
        assert mailbox.kept() == kept


def test_other_points_and_series_are_not_held_against_it(mailbox):
    mailbox.read(name(SECOND), curve({0: 1}))
    assert mailbox.read(name(FIRST), curve({0: 9}, OTHER)).new == 1
    stage = r6x(
        "R63A",
        entry(
            POINT,
            "PA",
            "W",
            [{"d": "2025-05-01 10:00:00", "v": "7", "p": "PT10M", "n": "C"}],
            stage="BEST",
        ),
    )
    assert mailbox.read(name(FIRST, 2), stage).new == 1


def test_the_zip_says_when_where_the_file_in_it_does_not(mailbox):
    mailbox.read(name(SECOND).replace("json", "zip"), zipped({"R63A_1.json": curve({0: 2})}))
    outcome = mailbox.read(
        name(FIRST).replace("json", "zip"), zipped({"R63A_1.json": curve({0: 1})})
    )
    assert (outcome.outdated, values(mailbox)) == (1, {0: 2})


def test_what_a_web_service_puts_right_is_not_undone_by_an_older_publication(mailbox):
    mailbox.read(name(SECOND), curve({0: 2}))
    series = Series(point=POINT, name="load_curve", unit="W")
    with mailbox.store() as store:
        store.save(series, [Measure(at("2025-05-01") + 36000, 3, 600, "R")])
    assert mailbox.read(name(FIRST), curve({0: 1})).outdated == 1
    assert values(mailbox) == {0: 3}
    assert mailbox.read(name(THIRD), curve({0: 4})).changed == 1


def test_what_a_web_service_puts_right_in_another_step_is_not_undone_either(mailbox):
    first = at("2025-05-01") + 36000
    mailbox.read(name(SECOND), curve({0: 2, 1: 2, 2: 2}))
    series = Series(point=POINT, name="load_curve", unit="W")
    with mailbox.store() as store:
        store.save(series, [Measure(first + 300 * n, 3, 300, "R") for n in range(2)])
    fives = [{"d": "2025-05-01 10:05:00", "v": "9", "p": "PT5M", "n": "R"}]
    content = r6x("R63A", entry(POINT, "PA", "W", fives))
    assert mailbox.read(name(FIRST), content).outdated == 1
    assert mailbox.read(name(THIRD), content).changed == 1


def test_after_a_point_is_erased_an_older_publication_may_be_kept(mailbox):
    mailbox.read(name(SECOND), curve({0: 2}))
    with mailbox.store() as store:
        store.erase(POINT)
    assert mailbox.read(name(FIRST), curve({0: 1})).new == 1


@on_servers_too("a statement takes another number of values")
def test_more_rows_than_a_statement_takes_are_all_held_against_it(mailbox):
    days = [{"d": f"{date(2024, 1, 1) + timedelta(n)}", "v": "7"} for n in range(450)]
    for instant in (FIRST, THIRD):
        file = f"ENEDIS_R65_P_Energie_M053Q0D3_00001_{instant}.json"
        mailbox.read(file, r6x("R65", entry(POINT, "EA", "Wh", days)))
    older = [one | {"v": "9"} for one in days]
    file = f"ENEDIS_R65_P_Energie_M053Q0D3_00001_{SECOND}.json"
    assert mailbox.read(file, r6x("R65", entry(POINT, "EA", "Wh", older))).outdated == 450


# -- laws -----------------------------------------------------------------------------------------

LAW = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
CONTENTS = st.dictionaries(st.integers(0, 5), st.integers(1, 3), min_size=1)
PUBLICATIONS = st.dictionaries(
    st.tuples(st.sampled_from([FIRST, SECOND, THIRD]), st.integers(1, 3)),
    CONTENTS,
    min_size=1,
    max_size=4,
)


def forget(mailbox, *points):
    with mailbox.store() as store:
        for point in points:
            store.erase(point)


@on_servers_too("the later publication is found by SQL")
def test_the_order_of_decoding_does_not_matter(mailbox):
    @LAW
    @given(PUBLICATIONS, st.data())
    def law(published, data):
        forget(mailbox, POINT)
        order = data.draw(st.permutations(sorted(published) * data.draw(st.integers(1, 2))))
        paths = [mailbox.put(name(*one), curve(published[one])) for one in order]
        cut = data.draw(st.integers(0, len(paths)))
        for some in (paths[:cut], paths[cut:]):
            assert {one.state for one in mailbox.decode(*some, again=True).files} <= {"kept"}
        wanted = {}
        for one in sorted(published):
            wanted |= published[one]
        assert values(mailbox) == wanted

    law()


MONTHS = [f"2025-{month:02d}-01" for month in range(1, 6)]
STATES = st.dictionaries(st.integers(0, 1), st.sampled_from([10, 20, -10, -20]), min_size=1)
INSTANTS = [FIRST, SECOND, THIRD, 20250604060000]
R67 = "ENEDIS_R67_P_Mfact_M053Q0D3_00001_{}.json"


def bill(states):
    """R67 of months: an amount; below nought one that is cancelled, and in no file beside it."""
    rows = []
    for month, value in states.items():
        period = MONTHS[month : month + 2]
        rows.append(amount(*period, abs(value), status="R" if value > 0 else "A"))
    return r67(*map(by_labels, rows))


def test_what_a_publication_takes_back_stays_out_whatever_the_order(mailbox):
    """Each replaces the amount of a day; one that is cancelled goes, and no other."""

    @LAW
    @given(st.dictionaries(st.sampled_from(INSTANTS), STATES, min_size=1), st.data())
    def law(published, data):
        forget(mailbox, POINT)
        for instant in data.draw(st.permutations(sorted(published) * 2)):
            outcome = mailbox.read(R67.format(instant), bill(published[instant]), again=True)
            assert outcome.state == "kept"
        wanted = {}
        for instant in sorted(published):
            for month, value in published[instant].items():
                if value > 0:
                    wanted[month] = value
                elif wanted.get(month) == -value:
                    del wanted[month]
        found = {start: value for start, value, *_ in mailbox.series("billing_hph")}
        assert found == {at(MONTHS[n]): value for n, value in wanted.items()}

    law()


def test_what_was_kept_before_and_is_cancelled_now_is_taken_out_and_told(mailbox):
    first = amount("2025-01-01", "2025-02-01", 10)
    second = amount("2025-02-01", "2025-03-01", 20)
    mailbox.read(R67.format(FIRST), r67(first, second))
    outcome = mailbox.read(R67.format(SECOND), r67(first, first | {"codeStatut": "A"}, second))
    assert (outcome.removed, outcome.unchanged, outcome.dropped) == (1, 1, 2)
    assert [value for _, value, *_ in mailbox.series("billing_hph")] == [20]
    assert len(mailbox.papers("R67")) == 2
    back = mailbox.read(R67.format(THIRD), r67(first | {"codeStatut": "R"}))
    assert (back.new, back.removed) == (1, 0)


def test_what_was_taken_back_is_not_brought_back_by_an_older_publication(mailbox):
    one = amount("2025-01-01", "2025-02-01", 10)
    mailbox.read(R67.format(SECOND), r67(one, one | {"codeStatut": "A"}))
    outcome = mailbox.read(R67.format(FIRST), r67(one))
    assert (outcome.outdated, outcome.new) == (1, 0)
    assert mailbox.series("billing_hph") == []
    with mailbox.store() as store:
        store.erase(POINT)
    assert mailbox.read(R67.format(FIRST), r67(one), again=True).new == 1


def test_an_older_publication_takes_nothing_back_that_a_later_one_gave(mailbox):
    one = amount("2025-01-01", "2025-02-01", 10)
    mailbox.read(R67.format(SECOND), r67(one | {"codeStatut": "R"}))
    assert mailbox.read(R67.format(FIRST), r67(one, one | {"codeStatut": "A"})).removed == 0
    assert [value for _, value, *_ in mailbox.series("billing_hph")] == [10]


FEBRUARY = amount("2025-02-01", "2025-03-01", 10)


@pytest.mark.parametrize(
    "other",
    [
        {"finMesure": "2025-02-15"},
        {"quantite": 11},
        {"codeNature": "E"},
    ],
)
def test_a_cancelled_amount_takes_no_other_one_of_its_day_with_it(mailbox, other):
    mailbox.read(R67.format(FIRST), r67(FEBRUARY))
    outcome = mailbox.read(R67.format(SECOND), r67(FEBRUARY | other | {"codeStatut": "A"}))
    assert [value for _, value, *_ in mailbox.series("billing_hph")] == [10]
    assert (outcome.removed, outcome.dropped) == (0, 1)
    (flag,) = outcome.flags
    assert "from 2025-02-01 to 2025-0" in flag
    assert "is cancelled, but none like it is kept" in flag


def test_what_was_cancelled_in_vain_is_told_again_until_it_took_something(mailbox):
    cancelled = r67(FEBRUARY | {"codeStatut": "A"})
    for _ in range(2):
        assert len(mailbox.read(R67.format(SECOND), cancelled, again=True).flags) == 1
    assert mailbox.read(R67.format(FIRST), r67(FEBRUARY)).outdated == 1
    assert mailbox.series("billing_hph") == []
    assert mailbox.read(R67.format(SECOND), cancelled, again=True).flags == ()


@pytest.mark.parametrize(("cancelled", "left"), [(11, []), (10, [11])])
def test_an_amount_that_was_replaced_never_comes_back(mailbox, cancelled, left):
    """Whatever the order in which the three publications are decoded."""
    files = [FEBRUARY, FEBRUARY | {"quantite": 11}]
    files.append(FEBRUARY | {"quantite": cancelled, "codeStatut": "A"})
    for order in permutations(range(3)):
        forget(mailbox, POINT)
        for number in order:
            mailbox.read(R67.format(INSTANTS[number]), r67(files[number]), again=True)
        assert [value for _, value, *_ in mailbox.series("billing_hph")] == left, order


def test_of_two_equal_amounts_a_cancelled_one_leaves_one(mailbox):
    outcome = mailbox.read(
        R67.format(FIRST), r67(FEBRUARY, FEBRUARY, FEBRUARY | {"codeStatut": "A"})
    )
    assert [value for _, value, *_ in mailbox.series("billing_hph")] == [10]
    assert (outcome.removed, outcome.dropped) == (0, 2)


def test_an_amount_that_is_put_right_in_a_later_file_is_not_told_as_missing(mailbox):
    mailbox.read(R67.format(FIRST), r67(FEBRUARY))
    right = FEBRUARY | {"codeStatut": "R", "quantite": 12}
    outcome = mailbox.read(R67.format(SECOND), r67(FEBRUARY | {"codeStatut": "A"}, right))
    assert (outcome.removed, outcome.new, outcome.flags) == (1, 1, ())
    assert [value for _, value, *_ in mailbox.series("billing_hph")] == [12]


@pytest.mark.parametrize("turn", [1, -1])
def test_a_cancelled_amount_finds_the_other_in_another_entry_of_its_file(mailbox, turn):
    entries = [
        json.loads(r67(one))["mesures"][0] for one in (FEBRUARY, FEBRUARY | {"codeStatut": "A"})
    ]
    outcome = mailbox.read(R67.format(FIRST), r6x("R67", *entries[::turn]))
    assert (mailbox.series("billing_hph"), outcome.flags) == ([], ())


# -- contradictions -------------------------------------------------------------------------------


def test_two_values_of_one_publication_are_told_with_both_files(mailbox):
    """Parts of a publication have no order; nor has a file that is sent again by its name."""
    parts = [f"ERDF_R50_17X_GRD-F121_1_00042_Q_0000{n}_00002_{FIRST}.json" for n in (1, 2)]
    names = [one.replace("R50", "R63A") for one in parts]
    for first, second in (names, [name(FIRST)] * 2):
        forget(mailbox, POINT)
        assert mailbox.read(first, curve({0: 100, 1: 200, 2: 300})).flags == ()
        (flag,) = mailbox.read(second, curve({0: 101, 1: 202, 2: 300})).flags
        assert flag == (
            f"load_curve of point {POINT}: {first} of the same publication has 100 at "
            "2025-05-01T10:00:00+02:00, this file 101 at 2025-05-01T10:00:00+02:00; the last "
            "decoded is kept; … and 1 more"
        )
        assert values(mailbox) == {0: 101, 1: 202, 2: 300}


# -- a highest power that is moved within its day ---------------------------------------------------


def peak_name(instant, part=1):
    return f"ENEDIS_R66B_Q_Pmax_M053Q0D3_0000{part}_{instant}.json"


def peaks(*moments):
    """R66 of a point: an entry each, of a peak, or more, by its moment in May."""
    rows = [[one] if isinstance(one, str) else one for one in moments]
    points = ([{"d": f"2025-05-{at}:00", "v": at[-2:]} for at in some] for some in rows)
    return r6x("R66B", *(entry(POINT, "PMA", "VA", some) for some in points))


def peaks_kept(mailbox):
    rows = mailbox.series("max_power")
    return [f"{datetime.fromtimestamp(at, PARIS):%d %H:%M}" for at, *_ in rows]


def test_the_last_publication_has_the_peak_of_a_day_wherever_it_is(mailbox):
    """Its day begins at 22:00 UTC, before the midnight of winter, where a chunk may end."""
    contents = [peaks(["01 00:10", "02 12:00"]), peaks("01 23:59"), peaks("01 09:30")]
    for order in permutations(range(3)):
        forget(mailbox, POINT)
        paths = [
            mailbox.put(peak_name((FIRST, SECOND, THIRD)[one]), contents[one]) for one in order
        ]
        files = mailbox.decode(*paths, again=True).files
        assert peaks_kept(mailbox) == ["01 09:30", "02 12:00"]
        with mailbox.store() as store:
            gone = len(store.kept_by(POINT, "max_power", replaced=True))
        assert sum(one.changed for one in files) == gone
        assert sum(one.outdated for one in files) == 2 - gone


def test_a_peak_that_a_web_service_moves_is_not_moved_back_by_an_older_file(mailbox):
    mailbox.read(peak_name(SECOND), peaks("01 19:00", "02 19:00"))
    series = Series(point=POINT, name="max_power", unit="VA")
    with mailbox.store() as store:
        moved = Measure(at("2025-05-01") + 7 * 3600, 7)
        assert store.save(series, [moved]).changed == 1
    assert mailbox.read(peak_name(FIRST), peaks("01 03:00")).outdated == 1
    assert peaks_kept(mailbox) == ["01 07:00", "02 19:00"]
    assert mailbox.read(peak_name(THIRD), peaks("01 03:00")).changed == 1
    assert peaks_kept(mailbox) == ["01 03:00", "02 19:00"]


def test_two_peaks_of_a_day_in_one_publication_are_told(mailbox):
    """Two entries of a file contradict each other; so do two files, of which the last is kept."""
    outcome = mailbox.read(peak_name(FIRST), peaks("01 19:10", "02 12:00", "01 07:20"))
    assert outcome.problem.message == (
        f"it contradicts itself: max_power of point {POINT}: one entry has 10 at 2025-05-01T19:10:00+02:00, another 20 at "
        "2025-05-01T07:20:00+02:00"
    )
    assert (outcome.state, peaks_kept(mailbox)) == ("partial", ["02 12:00"])
    (flag,) = mailbox.read(peak_name(FIRST, 2), peaks(["03 06:00", "03 18:00"])).flags
    assert flag == (
        f"max_power of point {POINT}: more than one highest power came for 1 day; all are kept "
        "(first 2025-05-03T06:00:00+02:00 and 2025-05-03T18:00:00+02:00)"
    )
    mailbox.read(name(SECOND, flux="R66B"), peaks("04 08:30"))
    (flag,) = mailbox.read(name(SECOND, flux="R66B"), peaks("04 21:40")).flags
    assert flag == (
        f"max_power of point {POINT}: {name(SECOND, flux='R66B')} of the same publication has 30 at "
        "2025-05-04T08:30:00+02:00, this file 40 at 2025-05-04T21:40:00+02:00; the last decoded is "
        "kept"
    )
    assert peaks_kept(mailbox) == ["02 12:00", "03 06:00", "03 18:00", "04 21:40"]


# -- what names say -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "published"),
    [
        (("ENEDIS_R63_P_CdC_M053Q0D3_00001_20250602103000.json",), 2025060210300000001),
        (("ENEDIS_R63A_Q_CdC_M01ABCDE_GRD-F345_00042_20250602103000.zip",), 2025060210300000042),
        (("ENEDIS_R64_P_INDEX_M0000KY0_00001_20250602103000.JSON",), 2025060210300000001),
        (("Enedis_R63_Q_CdC_M0000KY0_123456789_20250602103000.zip",), 2025060210300000000),
        (("ENEDIS_R63_P_CdC_M053Q0D3_00001_20250602.zip",), 2025060200000000001),
        (
            ("ERDF_R50_17X100A100A0001A_GRD-F121_1_00042_Q_00001_00003_20250602031500.xml",),
            2025060203150000042,
        ),
        (
            ("ENEDIS_23X_R4x_CDC_Q_C_30000000000106_12345678_20250602031500.xml",),
            2025060203150000000,
        ),
        (("ENEDIS_23X_R4x_CDC_Q_C_20250602031500_X_20250603031500.xml",), 2025060303150000000),
        (("R63_1.json", "ENEDIS_R63_P_CdC_M053Q0D3_00003_20250602103000.zip"), 2025060210300000003),
        (("ENEDIS_R63_P_CdC_M053Q0D3_00001_20250602103000 (1).json",), 2025060210300000001),
        (("R63_30000000000106.json",), 0),
        (("R63_20251301000000.json", "R63.zip"), 0),
        (("",), 0),
    ],
)
def test_a_name_says_when_a_file_was_published(names, published):
    assert publication_of(*names) == published
