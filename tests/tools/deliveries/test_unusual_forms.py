"""Delivered files in unusual forms, each with what a reader must keep of it: all decoded at once.

Every file is of a point of its own. What stands in it is true of that point, but for what is said;
a reader keeps what is true, or leaves it out and says so.
"""

import io
import json
from contextlib import redirect_stdout
from datetime import date, timedelta
from itertools import groupby

import pytest

from sgeflow.adapters.state.store import Store
from sgeflow.cli.main import run
from sgeflow.core.measures.civil_time import civil, midnight
from tests.tools.deliveries.delivered_files import (
    POINT,
    amount,
    entry,
    r4x,
    r6x,
    r67,
    r151,
    r171,
    sheet,
)
from tests.tools.deliveries.test_fluxes import R63_HEADER, R64_HEADER

AUTUMN, SPRING, MAY = date(2025, 10, 26), date(2025, 3, 30), date(2025, 5, 1)
DAY = timedelta(days=1)
CASES = {}


def case(name, content, state, **expected):
    """A file by its name, what becomes of it, and the values of its series by their starts."""
    assert name not in CASES
    CASES[name] = (content, state, expected)


# -- load curves in every order -------------------------------------------------------------------


def curve(day, step, *, ends, span=1, count=3):
    """The rows of some days around one, and what is true of them."""
    starts = range(midnight(day - span * DAY), midnight(day + (count - span) * DAY), step)
    rows = [
        {
            "d": f"{civil(at + step * ends):%Y-%m-%d %H:%M:%S}",
            "v": str(100 + n),
            "p": f"PT{step // 60}M",
            "n": "B" if ends else "R",
            "iv": 0 if ends else None,
        }
        for n, at in enumerate(starts)
    ]
    return rows, dict(zip(starts, range(100, 100 + len(rows)), strict=True))


def as_json(*blocks, flux="R63", quantity="PA", unit="W", **dumps):
    content = r6x(flux, *(entry(POINT, quantity, unit, rows) for rows in blocks))
    return json.dumps(json.loads(content), **dumps).encode() if dumps else content


def cells(rows, quantity="PA", unit="W"):
    label = (POINT, "2025-01-01", "2025-12-31", quantity, "CONS", "BRUT", unit)
    return [
        (*label, one["d"], one["v"], one.get("n", ""), one.get("p", ""), one.get("iv"), "null")
        for one in rows
    ]


def as_csv(*blocks, **how):
    rows = [row for some in blocks for row in cells(some)]
    return sheet(R63_HEADER, *[[("null" if c is None else c) for c in row] for row in rows], **how)


def by_day(rows):
    return [[*some] for _, some in groupby(rows, key=lambda one: one["d"][:10])]


ORDERS = {
    "oldest-first": lambda rows: [rows],
    "newest-first": lambda rows: [rows[::-1]],
    "days-newest-first": lambda rows: [[one for day in by_day(rows)[::-1] for one in day]],
    "by-stamp": lambda rows: [sorted(rows, key=lambda one: one["d"])],
    "newest-stamp-first": lambda rows: [sorted(rows, key=lambda one: one["d"], reverse=True)],
    "an-entry-a-day": by_day,
    "an-entry-a-day-newest-first": lambda rows: by_day(rows)[::-1],
}


def in_hour(step, ends):
    """The starts of the intervals whose stamps come twice."""
    first = midnight(AUTUMN) + 2 * 3600 - step * ends
    return {first + n * step for n in range(2 * 3600 // step)}


for step, ends in ((1800, True), (900, True), (3600, True), (600, False), (300, False)):
    for order, sort in ORDERS.items():
        for form, write in (("json", as_json), ("csv", as_csv)):
            for season, day in (("autumn", AUTUMN), ("spring", SPRING), ("may", MAY)):
                if season != "autumn" and (step != 1800 or "stamp" not in order):
                    continue
                rows, truth = curve(day, step, ends=ends)
                told = season != "autumn" or "stamp" not in order
                if season == "autumn" and step == 3600:  # by stamp is the order of time
                    told = order not in ("newest-first", "newest-stamp-first")
                kept = {a: v for a, v in truth.items() if told or a not in in_hour(step, ends)}
                case(
                    f"R63_{season}-{order}-{step}-{form}.{form}",
                    write(*sort(rows)),
                    "kept" if told else "partial",
                    load_curve=kept,
                )

# a night that is cut somewhere, with the other part in another file; newest first, one value of the
# hour at the edge may have been sorted by stamp, and cut from its double
HALVES, WHOLE = curve(AUTUMN, 1800, ends=True)
for cut in range(50, 57):
    for way, part in (("begin", slice(0, cut)), ("end", slice(cut, None))):
        for order in (1, -1):
            alone = {("begin", 52): 51, ("end", 54): 54}.get((way, cut)) if order < 0 else None
            starts = [at for at in [*WHOLE][part] if alone is None or at != [*WHOLE][alone]]
            case(
                f"R63_night-{way}-{cut}-{order}.json",
                as_json(HALVES[part][::order]),
                "kept" if alone is None else "partial",
                load_curve={at: WHOLE[at] for at in starts},
            )
# holes: the hour came once, or a part of it lacks and nothing tells which
for missing, lost in (
    ({53, 54}, {51, 52}), ({51, 52}, {53, 54}), ({52, 53}, {51, 54}), ({51, 52, 53}, {54}),
    ({52}, {51, 53, 54}), ({54}, set()), ({51}, set()), ({51, 52, 53, 54}, set()), ({50}, set()),
):  # fmt: skip
    rows = [one for n, one in enumerate(HALVES) if n not in missing]
    kept = {at: v for n, (at, v) in enumerate(WHOLE.items()) if n not in missing | lost}
    for form, write in (("json", as_json), ("csv", as_csv)):
        name = f"R63_holes-{'-'.join(map(str, sorted(missing)))}-{form}.{form}"
        case(name, write(rows), "partial" if lost else "kept", load_curve=kept)

# -- steps and intervals --------------------------------------------------------------------------

ROWS, TRUE = curve(MAY, 1800, ends=True, span=0, count=1)


def stepped(step, *places):
    return [{**one, "p": step} if n in places or not places else one for n, one in enumerate(ROWS)]


def without(*places):
    return {at: v for n, (at, v) in enumerate(TRUE.items()) if n not in places}


EVERY = range(48)
for name, rows, state, kept in (
    ("hours-every-half-hour", stepped("PT60M"), "partial", {}),
    ("quarters-every-half-hour", stepped("PT15M"), "partial", {}),
    ("ten-minutes-every-half-hour", stepped("PT10M"), "partial", {}),
    ("one-false-step", stepped("PT10M", 20), "partial", without(20)),
    ("two-false-steps", stepped("PT15M", 20, 30), "partial", without(20, 30)),
    ("one-hour-among-halves", stepped("PT60M", 20), "partial", without(19, 20)),
    ("a-value-between", [*ROWS, {**ROWS[0], "d": "2025-05-01 05:10:00"}], "partial",
     without(9, 10)),
    ("a-value-twice", [*ROWS, {**ROWS[5], "v": "7"}], "partial", without(5)),
    ("a-row-twice", [*ROWS, ROWS[5]], "kept", TRUE),
    ("all-rows-twice", [*ROWS, *ROWS], "kept", TRUE),
    ("without-the-first", ROWS[1:], "kept", without(0)),
    ("every-third-gone", [r for n, r in enumerate(ROWS) if n % 3], "kept", without(*EVERY[::3])),
    ("the-future", [*ROWS, {**ROWS[0], "d": "2150-05-01 00:30:00"}], "partial", TRUE),
    ("a-word-for-nothing", [{**r, "v": "NULL"} if n == 3 else r for n, r in enumerate(ROWS)],
     "kept", without(3)),
):  # fmt: skip
    for form, write in (("json", as_json), ("csv", as_csv)):
        case(f"R63_{name}-{form}.{form}", write(rows), state, load_curve=kept)

for minutes, name, state in ((5, "five", "kept"), (10, "ten", "partial")):
    stamps = [midnight(MAY) + 300 * n for n in range(12)]
    content = r4x(
        (
            "EA",
            "kW",
            str(minutes),
            [(civil(at).isoformat(), n, "R") for n, at in enumerate(stamps)],
        ),
        point=POINT,
    )
    kept = {at: 1000 * n for n, at in enumerate(stamps)} if state == "kept" else {}
    case(f"ENEDIS_R4Q_CDC_{name}.xml", content, state, load_curve=kept)

# -- how a text is written ------------------------------------------------------------------------

READING = {"EA": ("R65", "Wh", "daily_energy"), "PMA": ("R66", "VA", "max_power")}
TABLE = cells(ROWS)
PLAIN = [[("null" if c is None else c) for c in row] for row in TABLE]
for name, content in {
    "comma": as_csv(ROWS, separator=","),
    "tab": as_csv(ROWS, separator="\t"),
    "bar": as_csv(ROWS, separator="|"),
    "windows": as_csv(ROWS, encoding="cp1252"),
    "bom": as_csv(ROWS, encoding="utf-8-sig"),
    "unix": as_csv(ROWS).replace(b"\r\n", b"\n"),
    "mac": as_csv(ROWS).replace(b"\r\n", b"\r"),
    "no-last-line-end": as_csv(ROWS).rstrip(b"\r\n"),
    "blank-lines": as_csv(ROWS).replace(b"\r\n", b"\r\n\r\n"),
    "quoted": b"\r\n".join(
        b";".join(b'"%b"' % cell for cell in line.split(b";"))
        for line in as_csv(ROWS).split(b"\r\n")[:-1]
    ),
    "spaces": as_csv(ROWS).replace(b";", b" ; "),
    "without-accents": as_csv(ROWS).replace("é".encode(), b"e"),
    "capital-header": b"\r\n".join(
        line.upper() if not n else line for n, line in enumerate(as_csv(ROWS).split(b"\r\n"))
    ),
    "columns-backwards": sheet(R63_HEADER[::-1], *[row[::-1] for row in PLAIN]),
    "a-column-more": sheet((*R63_HEADER, "Autre"), *[(*row, "x") for row in PLAIN]),
    "empty-for-null": as_csv(ROWS).replace(b"null", b""),
}.items():
    case(f"R63_text-{name}.csv", content, "kept", load_curve=TRUE)

INTEGERS = [{**one, "v": int(one["v"])} for one in ROWS]
BARE = json.loads(as_json(ROWS))
for name, content in {
    "indented": as_json(ROWS, indent=2),
    "compact": as_json(ROWS, separators=(",", ":")),
    "escaped": as_json(ROWS).replace(b'"v"', b'"\\u0076"'),
    "bom": b"\xef\xbb\xbf" + as_json(ROWS),
    "white": b"\r\n  " + as_json(ROWS) + b"\r\n",
    "numbers": as_json(INTEGERS),
    "halves": as_json([{**one, "v": f"{one['v']}.0"} for one in ROWS]),
    "a-member-more": as_json([{**one, "zz": {"a": [1]}} for one in ROWS]),
    "root-list": json.dumps(BARE["mesures"]).encode(),
    "one-entry": json.dumps({**BARE, "mesures": BARE["mesures"][0]}).encode(),
    "one-quantity": json.dumps(
        {"mesures": [{**BARE["mesures"][0], "grandeur": BARE["mesures"][0]["grandeur"][0]}]}
    ).encode(),
    "measures-first": json.dumps({"mesures": BARE["mesures"], "header": {}}).encode(),
    "an-empty-entry": as_json(ROWS, []),
    "entries-of-an-hour": as_json(*[ROWS[n : n + 2] for n in range(0, 48, 2)]),
    "kilowatts": as_json([{**one, "v": int(one["v"]) / 1000} for one in ROWS], unit="kW"),
    "long-names": as_json(ROWS).replace(b'"d"', b'"horodate"').replace(b'"v"', b'"valeur"'),
}.items():
    case(f"R63_json-{name}.json", content, "kept", load_curve=TRUE)

for quantity, (flux, unit, series) in READING.items():
    days = [MAY + n * DAY for n in range(5)]
    at = {"EA": midnight, "PMA": lambda day: midnight(day) + 4242}[quantity]
    stamp = {"EA": "{:%Y-%m-%d}", "PMA": "{:%Y-%m-%d %H:%M:%S}"}[quantity]
    rows = [{"d": stamp.format(civil(at(day))), "v": str(n + 7)} for n, day in enumerate(days)]
    true = {at(day): n + 7 for n, day in enumerate(days)}
    for name, some in (("old", rows), ("new", rows[::-1]), ("twice", [*rows, *rows])):
        case(
            f"{flux}_{name}.json", as_json(some, flux=flux, quantity=quantity, unit=unit), "kept",
            **{series: true},
        )  # fmt: skip
    other = {**rows[2], "v": "77"}
    case(
        f"{flux}_two-values.json",
        as_json([*rows, other], flux=flux, quantity=quantity, unit=unit),
        "partial",
        **{series: {a: v for a, v in true.items() if a != at(days[2])}},
    )

# -- readings and amounts -------------------------------------------------------------------------


def r64_row(kind, grid, calendar, name, code, stamp, value):
    label = (POINT, "2025-05-01", "2025-05-09", "EA", "CONS", "BRUT", "Wh", stamp, "COL", kind)
    return (*label, "null", grid, calendar, "x", name, "x", code, value, "0")


def noon(day, hour=0):
    return midnight(date(2025, 5, day)) + hour * 3600


by_words = [
    r64_row("AQ", "Fournisseur", "FC1", "HP", "IDX_EAS_F1", "2025-05-02 00:00:00", 1),
    r64_row("AQ", "Distributeur", "DI1", "HP", "IDX_EAS_D1", "2025-05-02 00:00:00", 2),
]
for order in (1, -1):
    case(
        f"R64_a-grid-by-a-word-{order}.csv",
        sheet(R64_HEADER, *by_words[::order]),
        "kept",
        index_supplier_fc1_hp_f1={noon(2): 1},
        index_hp={noon(2): 2},
    )

JANUARY, FEBRUARY = (midnight(date(2025, month, 1)) for month in (1, 2))
for name, amounts, state, kept in (
    ("side-by-side", [("2025-01-01", "2025-02-01", 5), ("2025-02-01", "2025-03-01", 6)], "kept",
     {JANUARY: 5, FEBRUARY: 6}),
    ("overlap", [("2025-01-01", "2025-02-02", 5), ("2025-02-01", "2025-03-01", 6)], "partial", {}),
    ("one-in-another", [("2025-01-01", "2025-04-01", 5), ("2025-02-01", "2025-03-01", 6)],
     "partial", {}),
    ("contradiction", [("2025-01-01", "2025-02-01", 5), ("2025-01-01", "2025-02-01", 6)],
     "partial", {}),
):  # fmt: skip
    for order in (1, -1):
        made = [amount(*one) for one in amounts][::order]
        case(f"R67_{name}-{order}.json", r67(*made, point=POINT), state, billing_hph=kept)

case(
    "ERDF_R151_falls.xml",
    r151(("2025-05-01", {"BASE": 50}, {}, None), ("2025-05-02", {"BASE": 3}, {}, None)),
    "kept",
    index_base={noon(2): 50, noon(3): 3},
)
case(
    "ENEDIS_R171_newest-first.xml",
    r171(
        ("EA", "Wh", "HPH", [("2025-05-03T04:00:00", 9), ("2025-05-02T04:00:00", 5)]), point=POINT
    ),
    "kept",
    index_hph={noon(2, 4): 5, noon(3, 4): 9},
)


# -- all of them ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def decoded(tmp_path_factory):
    """What became of every file, and what is kept of its point."""
    folder, out = tmp_path_factory.mktemp("unusual"), io.StringIO()
    (folder / "flows").mkdir()
    for number, (name, (content, *_)) in enumerate(CASES.items()):
        (folder / name).write_bytes(content.replace(POINT.encode(), b"3%013d" % number))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out):
        patch.chdir(folder)
        patch.setenv("SGEFLOW_PROJECT", str(folder))
        assert run(["decode", "--env", "simulator", "-O", "json", *CASES]) == 7
    outcomes = {one["name"]: one for one in json.loads(out.getvalue())}
    with Store(folder / ".sgeflow" / "simulator" / "store.db") as store:
        kept = {
            name: {
                one.name: {m.start: m.value for m in store.load(one.point, one.name).measures}
                for one in store.series_of(f"3{number:013}")
            }
            for number, name in enumerate(CASES)
        }
    return outcomes, kept


def test_files_in_unusual_forms_are_kept_right_or_left_out_and_told(decoded):
    assert len(CASES) >= 150
    outcomes, kept = decoded
    wrong = []
    for name, (_, state, expected) in CASES.items():
        values = {series: one for series, one in expected.items() if one}
        told = outcomes[name]["problem"]
        if (outcomes[name]["state"], kept[name], bool(told)) != (state, values, state == "partial"):
            wrong.append(f"{name}: {outcomes[name]['state']}, not {state}; {told}")
    assert wrong == []
