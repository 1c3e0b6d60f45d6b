"""Load curves of files: a curve has steps, and one file reads a point's stamps one way."""

import pytest

from tests.tools.deliveries.delivered_files import OTHER, POINT, at, entry, r6x, sheet

HEADER = (
    "idPrm", "grandeurPhysique", "grandeurMetier", "unite", "d", "v", "p", "n", "iv"
)  # fmt: skip
MIDNIGHT = at("2025-05-01")


def values(count=3, *, first=1, **more):
    """Ten minutes each; `more` is what else stands beside a value."""
    return [
        {"d": f"2025-05-01 0{n // 6}:{n % 6}0:00", "v": str(100 + n), **more}
        for n in range(first, first + count)
    ]


def written(form, *blocks):
    """R63 of blocks (point, values), in their order."""
    if form == "json":
        return r6x("R63", *(entry(point, "PA", "W", some) for point, some in blocks))
    rows = [
        (point, "PA", "CONS", "W", *(one.get(name, "null") for name in "dvpn"), one.get("iv", ""))
        for point, some in blocks
        for one in some
    ]
    return sheet(HEADER, *rows)


# -- a curve has steps ----------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_curve_without_a_step_is_left_out_and_told_with_its_place(mailbox, form):
    linky = {"n": "B", "iv": 0}
    some = values(p="PT10M", **linky)
    for flux in ("R63", "R63A", "R63B"):
        for stamped in ("auto", "end", "start"):
            for number, lacking in enumerate(
                (
                    values(**linky),
                    values(p=None, n="R"),
                    values(p="P1D", n="R"),
                    [*some[:2], *values(1, first=3, **linky)],
                )
            ):
                name = f"{flux}_{stamped}_{number}.{form}"
                content = written(form, (POINT, lacking), (OTHER, values(p="PT10M", n="")))
                outcome = mailbox.read(name, content, stamped=stamped)
                where = "03" if number == 3 else "01"
                assert (
                    f"load_curve of point {POINT}: the value at 2025-05-01T00:{where[1]}0:00+02:00 "
                    "has no step of a clock, like PT30M"
                ) in outcome.problem.message, name
                remedy = dict(outcome.problem.details)["remedy"]
                assert "ask Enedis for the curve with its steps" in remedy
                assert mailbox.series("load_curve") == []
                told = stamped != "auto" or flux != "R63"
                assert outcome.state == ("partial" if told else "failed"), name


def test_a_curve_without_values_needs_no_steps(mailbox):
    outcome = mailbox.read("R63_1.json", written("json", (POINT, [{"d": "2025-05-01", "v": None}])))
    assert (outcome.state, outcome.dropped) == ("kept", 1)


# -- one file, one way ----------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "csv"])
def test_entries_of_a_point_that_contradict_each_other_are_left_out(mailbox, form):
    apart = [(POINT, values(2, p="PT10M", n="B")), (OTHER, values(1, p="PT10M", n="R"))]
    for turn in (1, -1):
        blocks = [*apart, (POINT, values(2, first=3, p="PT10M", n="R"))][::turn]
        outcome = mailbox.read(f"R63_{turn}.{form}", written(form, *blocks))
        assert outcome.state == "partial"
        assert f"load_curve of point {POINT}: the stamps contradict themselves" in (
            outcome.problem.message
        )
        assert mailbox.series("load_curve") == []
        assert len(mailbox.series("load_curve", OTHER)) == 1


def test_what_tells_one_entry_of_a_point_tells_the_others(mailbox):
    blocks = [(POINT, values(2, p="PT10M")), (POINT, values(1, first=3, p="PT10M", n="B"))]
    for turn in (1, -1):
        for stamped in ("auto", "start", "end"):
            content = written("json", *blocks[::turn])
            outcome = mailbox.read("R63_1.json", content, stamped=stamped, again=True)
            assert (outcome.state, outcome.rows) == ("kept", 3)
            starts = [start for start, *_ in mailbox.series("load_curve")]
            assert starts == [MIDNIGHT, MIDNIGHT + 600, MIDNIGHT + 1200]


def test_entries_without_values_or_steps_leave_the_others_of_their_point(mailbox):
    told = (POINT, values(2, p="PT10M", n="R"))
    empty = (POINT, [one | {"v": None} for one in values(1, first=3, p="PT10M")])
    for name, block, state in (("1", empty, "kept"), ("2", (POINT, values(1, first=4)), "partial")):
        outcome = mailbox.read(f"R63_{name}.json", written("json", told, block))
        assert (outcome.state, outcome.rows) == (state, 2)
