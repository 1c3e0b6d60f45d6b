"""The law of quick reading: a file comes to what it comes to when it is read as plain data."""

import io
import json
from operator import add

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgeflow.cli import main
from sgeflow.core.measures.columns import Measures
from sgeflow.errors import SgeflowError
from sgeflow.patterns import regex
from sgeflow.tools.deliveries import csv, json_records
from sgeflow.tools.deliveries.decode import FAMILIES
from sgeflow.tools.deliveries.fields import MEASURES
from sgeflow.tools.deliveries.fluxes import values
from sgeflow.tools.deliveries.model import DeliverySource, format_of
from tests.examples import some
from tests.tools.deliveries.delivered_files import (
    OTHER,
    POINT,
    curve_points,
    days,
    entry,
    r6x,
    r63,
    r64,
    r65,
    r66,
    readings,
    sheet,
)

DAY = days("2025-05-01", 1)
FILES = {"R63": r63, "R65": r65, "R66": r66, "R63A": r63, "R64": None}
WORDS = (
    "",
    "null",
    " x ",
    "B",
    "R",
    "BEST",
    "é",
    "a word that is long",
    "PT30M",
    "2025-05-01 00:30:00",
)
ODD = st.sampled_from([None, *WORDS, 0, 1, -3, 2**63, 2**70, 1.5, [], {}, True, POINT, ["PT30M"]])
NAMES = {
    *("idPrm", "grandeur", "grandeurPhysique", "grandeurMetier", "unite", "etapeMetier", "points"),
    *("periode", "modeCalcul", "d", "v", "p", "n", "iv"),
    *("contexte", "calendrier", "classeTemporelle", "cadranTotalisateur", "valeur", "codeCadran"),
    *("idCalendrier", "libelleCalendrier", "idClasseTemporelle", "contexteReleve"),
}
ADDED = ("other", "etapeMetier", "libelleGrille", "libelleClasseTemporelle", "cadranTotalisateur")
OTHERS = st.sampled_from(["PRM", "sens", "Pas", "D", "Nature", "Horodate", "ec", "other"])


def read(flux, content, *, gather=False):
    """The items that a file comes to, and the mistake at which reading it ends, in words."""
    family = next(one for one in FAMILIES if flux in one.fluxes)
    file = io.BufferedReader(io.BytesIO(content))
    source = DeliverySource(flux=flux, gather=gather)
    reader = family.readers[format_of(content[:100])](file, source)
    items = []
    try:
        for item in reader:
            measures = getattr(item, "measures", ())
            items.append((item, [(type(one.value), one) for one in measures]))
    except SgeflowError as error:
        return items, str(error.problems[0].message)
    return items, ""


def agrees(flux, content, portion=1 << 16):
    """What a file comes to; the same, in the same words, whether it is read quickly or not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_records, "_CHUNK", portion)
        quick = read(flux, content)
        patch.setattr(json_records, "_BEGIN", regex("(?!)"))
        plain = read(flux, content)
    assert quick == plain
    return plain


def objects(value):
    """Every object in a value."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from objects(one)


@st.composite
def plain_files(draw, flux, count):
    """A file of some points as the guide has it."""
    if flux == "R64":
        written = [
            r64(values=readings("2025-05-02", draw(st.integers(1, 3))), total=draw(st.booleans()))
            for _ in range(count)
        ]
        return r6x(flux, *[json.loads(one)["mesures"][0] for one in written])
    document = json.loads(FILES[flux](*[POINT] * count, period=DAY))
    for one in document["mesures"]:
        del one["grandeur"][0]["points"][draw(st.integers(1, 4)) :]
    return json.dumps(document)


@st.composite
def documents(draw):
    """A file of the simulated households in which some things stand otherwise."""
    flux = draw(st.sampled_from([*FILES]))
    document = json.loads(draw(plain_files(flux, draw(st.integers(1, 3)))))
    for _ in range(draw(st.integers(0, 3))):
        every = list(objects(document["mesures"]))
        changed = every[draw(st.integers(0, len(every) - 1))]
        name = draw(st.sampled_from([*sorted(NAMES.intersection(changed)), *ADDED]))
        what = draw(st.sampled_from(["cell", "cell", "gone", "first", "renamed"]))
        if what == "cell":
            changed[name] = draw(ODD)
        elif name in changed:
            value = changed.pop(name)
            if what == "first":
                others = dict(changed)
                changed.clear()
                changed.update({name: value, **others})
            elif what == "renamed":
                changed[draw(OTHERS)] = value
    indent = draw(st.sampled_from([None, None, 1]))
    text = json.dumps(document, indent=indent, ensure_ascii=draw(st.booleans()))
    return flux, text.encode()


@settings(max_examples=some(60), deadline=None)
@given(documents(), st.sampled_from([1, 50, 1 << 16]))
def test_json_comes_to_the_same_however_it_is_read(document, portion):
    agrees(*document, portion)


DAMAGES = st.sampled_from([b"{", b"}", b"]", b",", b'"', b"\\", b""])


@settings(max_examples=some(60), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2000), DAMAGES), min_size=1, max_size=3))
def test_damaged_json_is_refused_in_the_same_words(damages):
    content = r6x("R63", *[entry(POINT, "PA", "W", curve_points(POINT, DAY)[:4])] * 3)
    for anywhere, damage in damages:
        place = anywhere % len(content)
        content = content[:place] + damage + content[place + len(damage or b"x") :]
    agrees("R63", content, 100)


@pytest.mark.parametrize("content", [r63(POINT, POINT, period=DAY), r64()])
def test_entries_as_enedis_writes_them_are_all_read_quickly(content, monkeypatch):
    monkeypatch.setattr(json_records._Text, "value", None)
    file = io.BufferedReader(io.BytesIO(content.partition(b'"mesures":')[2].strip(b"} \n")))
    assert [one["idPrm"] for one in json_records.entries(file, MEASURES)]


@pytest.mark.parametrize("colon", [": ", " :"])
def test_a_member_that_stands_twice_in_an_entry_is_refused_however_it_is_written(colon):
    content = r6x("R63", entry(POINT, "PA", "W", curve_points(POINT, DAY)[:4]))
    twice = content.replace(b'"d"', f'"v"{colon}"-1", "d"'.encode(), 1)
    assert agrees("R63", twice) == ([], '"v" is twice in an object, with two values')


CLASS = {"idClasseTemporelle": "HP", "valeur": readings("2025-05-02", 2)}
TOTAL = {"codeCadran": "IDX_EAS_T", "valeur": readings("2025-05-02", 2)}


def of_calendar(*classes, **other):
    return {"calendrier": [{"idCalendrier": "DI000003", "classeTemporelle": [*classes], **other}]}


@pytest.mark.parametrize(
    ("registers", "context"),
    [
        ({}, {}),
        ({"calendrier": []}, {}),
        ({"calendrier": None, "cadranTotalisateur": TOTAL}, {}),
        ({"cadranTotalisateur": [TOTAL, TOTAL]}, {}),
        ({"calendrier": of_calendar(CLASS)["calendrier"][0]}, {}),
        (of_calendar(CLASS), {"etapeMetier": "FACT"}),
        (of_calendar(CLASS, libelleGrille="Grille fournisseur"), {}),
        (of_calendar(CLASS, codeGrille="F"), {}),
        (of_calendar(CLASS, idCalendrier=None), {"etapeMetier": None}),
        (of_calendar({**CLASS, "idClasseTemporelle": "null", "codeCadran": "EA1"}), {}),
        (of_calendar({**CLASS, "idClasseTemporelle": " "}), {}),
        (of_calendar({"valeur": []}), {}),
        (of_calendar({**CLASS, "valeur": [{"d": "2025-05-02", "v": None}]}), {}),
        (of_calendar({**CLASS, "valeur": [{"d": "2025-05-02 00:00:00", "v": "7", "iv": "4"}]}), {}),
        ({**of_calendar(CLASS), "unite": "kWh"}, {}),
        ({**of_calendar(CLASS, CLASS), "grandeurMetier": None}, {}),
    ],
)
def test_readings_come_to_the_same_however_they_are_read(registers, context):
    quantity = {"grandeurMetier": "CONS", "grandeurPhysique": "EA", "unite": "Wh", **registers}
    of_context = {"etapeMetier": "BRUT", "contexteReleve": "COL", **context, "grandeur": [quantity]}
    entry = {"idPrm": POINT, "contexte": [of_context, of_context]}
    items, mistake = agrees("R64", r6x("R64", entry, entry))
    assert items or mistake


def test_an_entry_that_holds_another_is_not_cut_in_two():
    inner = entry(POINT, "PA", "W", curve_points(POINT, DAY)[:2])
    outer = {"idPrm": POINT, "periode": inner, **inner}
    items, mistake = agrees("R63", r6x("R63", inner, outer | {"modeCalcul": [inner]}, inner))
    assert ([len(item.measures) for item, _ in items], mistake) == ([2, 2, 2], "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("etapeMetier", "BEST"),
        ("grandeurMetier", " PROD "),
        ("unite", "kW"),
        ("etapeMetier", "null"),
    ],
)
def test_a_word_of_a_quantity_is_the_same_however_it_is_read(name, value):
    one = entry(POINT, "PA", "W", curve_points(POINT, DAY)[:2])
    one["grandeur"][0][name] = value
    items, mistake = agrees("R63", r6x("R63", one))
    assert len(items) == 1, mistake


HEADER = (
    *("Identifiant PRM", "Grandeur physique", "Grandeur métier", "Etape métier", "Unité"),
    *("Horodate", "Valeur", "Nature", "Pas", "Indice de vraisemblance", "Etat complémentaire"),
)
CELLS = ("", "null", "NULL", " 7 ", "x", "é", "1", "2", ";", '"', '"x"', "a;b", "\r", '"a\nb"')
BREAKS = (
    *("\r\n", "\n\n", "\nx\n", "\n;;;;;;;;;;\n", "\n; ;;;;;;;;;\n", "\r", ""),
    "\n;;;;;x;2;;;;\n;;;;;;;;;;\n;;;;;y;2;;;;\n",
)


READINGS_HEADER = (
    *(*HEADER[:6], "Contexte de relève", "Grille", "Identifiant calendrier"),
    *("Identifiant classe temporelle", "Cadran", "Valeur", "Indice de vraisemblance"),
)


def curve_rows(count):
    return [
        [point, "PA", "CONS", "BRUT", "W", one["d"], one["v"], "B", "PT30M", "0", ""]
        for point in (POINT, OTHER)
        for one in curve_points(POINT, DAY)[:count]
    ]


def reading_rows(count):
    return [
        [point, "EA", "CONS", "BRUT", "Wh", one["d"], "COL", "D", "DI1", name, "", one["v"], "0"]
        for point in (POINT, OTHER)
        for name in ("HPH", "HCH")
        for one in readings("2025-05-02", count)
    ]


TABLES = {
    "R63": (HEADER, curve_rows, (5, 6, 7)),
    "R64": (READINGS_HEADER, reading_rows, (5, 11, 12)),
}


@st.composite
def tables(draw, flux):
    """The rows of two points, of which some cells, line ends and columns stand otherwise."""
    header, make, turns = TABLES[flux]
    rows = [[*map(str, row)] for row in make(draw(st.integers(1, 6)))]
    for _ in range(draw(st.integers(0, 2))):
        row = rows[draw(st.integers(0, len(rows) - 1))]
        place = draw(st.sampled_from([*range(len(row)), *turns, *turns]))
        row[place] = draw(st.sampled_from(CELLS))
    first = draw(st.sampled_from([0, 0, *turns]))  # of the columns
    lines = [";".join([*row[first:], *row[:first]]) for row in [header, *rows]]
    ends = [draw(st.sampled_from(["\n", "\n", "\r\n"]))] * len(lines)
    if draw(st.booleans()):
        ends[draw(st.integers(0, len(ends) - 1))] = draw(st.sampled_from(BREAKS))
    text = "".join(map(add, lines, ends)).removesuffix(draw(st.sampled_from(["", "\n"])))
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252"])))


def rows_of(table, content):
    """The rows of a table, and the mistake at which it ends, in words."""
    rows = []
    try:
        rows.extend(table(io.BufferedReader(io.BytesIO(content)), values._LABEL | values._ROW))
    except SgeflowError as error:
        return rows, str(error.problems[0].message)
    return rows, ""


def one_by_one(file, fields):
    for run in csv.table_runs(file, fields):
        for date, value in zip(run.dates, run.values, strict=True):
            yield {**run.row, "date": date, "value": value}


@settings(max_examples=some(100), deadline=None)
@given(st.data(), st.sampled_from(sorted(TABLES)))
def test_rows_that_are_read_together_are_those_of_the_table(data, flux):
    content = data.draw(tables(flux))
    together, mistake = rows_of(one_by_one, content)
    apart, same_mistake = rows_of(csv.table, content)
    assert mistake == same_mistake
    assert together == apart[: len(together)]
    assert mistake or len(together) == len(apart)


def test_rows_that_differ_in_stamp_and_value_alone_are_read_together():
    rows = [
        (POINT, "PA", "CONS", "BRUT", "W", one["d"], f" {one['v']} ", "B", "PT30M", "0", "")
        for one in curve_points(POINT, DAY)
    ]
    content = sheet(HEADER, *rows)
    runs = csv.table_runs(
        io.BufferedReader(io.BytesIO(content)), values._LABEL | values._ROW, csv._ALONE
    )
    assert [len(run.dates) for run in runs] == [48]
    ((item, _),), mistake = read("R63", content)
    assert (len(item.measures), mistake) == (48, "")


def test_a_file_whose_lines_end_as_on_old_macs_is_never_held_whole():
    row = f"{POINT};PA;CONS;BRUT;W;2025-05-01 00:30:00;7;B;PT30M;0;"
    content = "\r".join([";".join(HEADER), *[row] * 50000]).encode()
    file = io.BufferedReader(io.BytesIO(content))
    assert next(csv.table(file, values._LABEL | values._ROW))["point"] == POINT
    assert file.tell() < len(content) / 2


def test_values_are_read_and_kept_without_a_measure_made_of_each(folder, monkeypatch):
    """A year of a point is half a million of them."""

    def one_by_one(_: Measures) -> None:
        raise AssertionError("each measure was made")

    monkeypatch.setattr(Measures, "__iter__", one_by_one)
    for flux, content in {
        "R64": r64(),
        "R63": r63(period=DAY),
        "R65": r65(POINT, period=DAY),
    }.items():
        name = f"ENEDIS_{flux}_1.json"
        (folder / name).write_bytes(content)
        assert main.run(["decode", name]) == 0
