"""Laws of delivered files, whatever they hold: round trips, streams, and no crash on any damage."""

import io
import json
import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sgeflow.adapters import decryption
from sgeflow.adapters.state.store import Store
from sgeflow.core.measures.conventions import is_blank
from sgeflow.core.measures.series import INDEXES, scale, unit_of
from sgeflow.errors import SgeflowError
from sgeflow.tools.deliveries import json_records, unzip
from sgeflow.tools.deliveries.csv import wide
from sgeflow.tools.deliveries.decode import FAMILIES
from sgeflow.tools.deliveries.fields import POINT as POINT_NAMES
from sgeflow.tools.deliveries.fields import Names
from sgeflow.tools.deliveries.json_records import entries
from sgeflow.tools.deliveries.model import (
    DeliveredDocument,
    DeliveredMeasures,
    DeliverySource,
    format_of,
)
from sgeflow.tools.deliveries.series import Label, series_of
from sgeflow.tools.deliveries.xml import parts
from tests.examples import some
from tests.tools.deliveries.delivered_files import (
    POINT,
    amount,
    curve_points,
    days,
    encrypted,
    entry,
    r4x,
    r50,
    r63,
    r64,
    r65,
    r66,
    r67,
    r151,
    r171,
    sheet,
    zipped,
)

LIST = Names("list of measures", ("mesures",))
DAY = days("2025-05-01", 1)
SAMPLES = {
    "R63": r63(POINT, period=DAY),
    "R64": r64(),
    "R65": r65(POINT, period=DAY),
    "R66": r66(POINT, period=DAY),
    "R67": r67(amount("2025-03-01", "2025-04-01", 12)),
    "C68": json.dumps([{"idPrm": POINT, "a": {"b": 1}}]).encode(),
    "CR.M023": json.dumps([{"idPrm": POINT, "etat": "OK"}]).encode(),
    "R50": r50(POINT, period=DAY),
    "R151": r151(("2025-05-01", {"HPH": 1}, {"HC": 2}, 7000)),
    "R171": r171(("EA", "Wh", "HPH", [("2025-05-01T00:51:11", 1)])),
    "R4Q": r4x(("EA", "kW", "10", [("2025-05-01T00:00:00+02:00", "4", "R")])),
}


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "store.db") as opened:
        yield opened


def stream(content):
    return io.BufferedReader(io.BytesIO(content))


def items(flux, content):
    family = next(one for one in FAMILIES if flux in one.fluxes)
    file = stream(content)
    reader = family.readers.get(format_of(file.peek(100)))
    return [] if reader is None else list(reader(file, DeliverySource(flux=flux)))


# -- encryption and zips --------------------------------------------------------------------------


@given(
    st.binary(max_size=200),
    st.sampled_from([16, 32]),
    st.binary(min_size=16, max_size=16),
    st.booleans(),
)
def test_what_is_encrypted_is_decrypted_whatever_its_length(rest, size, iv, fixed):
    content = decryption.ZIP + rest
    key = decryption.Key(name="k", key=bytes(range(size)), iv=iv if fixed else None)
    wrong = decryption.Key(name="w", key=bytes(size), iv=iv if fixed else None)
    file = io.BytesIO(encrypted(content, key.key, iv if fixed else None))
    plain, label = decryption.open_encrypted(file, [wrong, key])
    with plain:
        assert (plain.read(), label) == (content, "k")


@given(
    st.dictionaries(st.text("abcdef.", min_size=3, max_size=8), st.binary(max_size=500), max_size=5)
)
def test_what_is_zipped_is_read_back_as_often_as_asked(contents):
    contents = {f"{name}x": content for name, content in contents.items()}
    found = {}
    for member in unzip.members(io.BytesIO(zipped(contents)), unzip.ZipLimits()):
        for _ in range(2):
            with member.open() as file:
                found[member.name] = file.read()
    assert found == contents


@settings(max_examples=some(80))
@given(st.data())
def test_no_damage_to_a_zip_is_more_than_an_error(data):
    content = bytearray(zipped({"R50_1.xml": SAMPLES["R50"], "in.zip": zipped({"a.json": b"[]"})}))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(len(content) // 2, len(content))) :]
    try:
        for member in unzip.members(io.BytesIO(bytes(content)), unzip.ZipLimits()):
            if member.problem is None:
                with member.open() as file:
                    file.read()
    except SgeflowError as error:
        told(error)


# -- streams --------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=20)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(
    st.lists(VALUES, max_size=8), st.booleans(), st.sampled_from([1, 3, 7, 1 << 16]), st.booleans()
)
@example([{"a": "\ud800"}], False, 1, True)
@example([0.0, 1.5e-300, -12], True, 1, False)
def test_entries_of_json_come_as_they_are_whatever_the_portions(values, rooted, portion, spaced):
    document = values if rooted else {"header": {"mesures": 1}, "mesures": values, "after": [1]}
    text = json.dumps(document, indent=1 if spaced else None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_records, "_CHUNK", portion)
        read = list(entries(stream(b"\xef\xbb\xbf" + text.encode()), LIST))
    assert read == values


@given(st.integers(0, 3000))
def test_json_that_is_cut_off_is_never_taken_for_whole(size):
    content = json.dumps({"mesures": [{"a": "é" * n, "b": [n]} for n in range(40)]}).encode()
    cut = content[: min(size, len(content) - 1)]
    with pytest.raises(SgeflowError):
        list(entries(stream(cut), LIST))


CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Z"]) | st.sampled_from(' ;"\n'), max_size=8
).map(str.strip)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=6), st.sampled_from([";", ",", "\t"]))
def test_csv_cells_come_as_they_are(rows, separator):
    content = sheet(("PRM", "a", "b"), *((POINT, *row) for row in rows), separator=separator)
    read = [(row["a"], row["b"]) for _, row in wide(stream(content), POINT_NAMES)]
    assert read == rows


def test_a_large_file_is_read_point_by_point():
    """12 points need hardly more memory than two: 1,500 points do not need gigabytes."""
    values = curve_points(POINT, days("2024-05-01", 30))
    one = json.dumps(entry(POINT, "PA", "W", values)).encode()
    content = b'{"header": {}, "mesures": [' + b",".join([one] * 12) + b"]}"
    assert len(content) > 1 << 20
    family = next(one for one in FAMILIES if "R63" in one.fluxes)

    def peak(body):
        tracemalloc.start()
        rows = sum(
            len(item.measures)
            for item in family.readers["json"](stream(body), DeliverySource(flux="R63"))
        )
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return rows, most

    rows, of_two = peak(b'{"mesures": [' + one + b"," + one + b"]}")
    all_rows, of_all = peak(content)
    assert (rows, all_rows) == (2 * 30 * 48, 12 * 30 * 48)
    assert of_all < of_two * 1.3


def test_an_element_is_let_go_once_the_next_is_asked_for():
    content = r50(POINT, period=days("2025-05-01", 1))
    head, _, rest = content.partition(b"<PRM>")
    points = (b"<PRM>" + rest.removesuffix(b"</R50>")) * 3
    seen = []
    for _, element in parts(stream(head + points + b"</R50>"), "R50", "PRM"):
        assert len(element) == 2
        assert [len(one) for one in seen] == [0] * len(seen)
        assert sum(1 for _ in element.itersiblings(preceding=True)) <= 1
        seen.append(element)
    assert len(seen) == 3


def test_a_large_xml_file_is_read_point_by_point():
    body = r50(POINT, period=days("2025-05-01", 4))
    head, _, rest = body.partition(b"<PRM>")
    prm = b"<PRM>" + rest.removesuffix(b"</R50>")

    def peak(count):
        content = head + prm * count + b"</R50>"
        tracemalloc.start()
        found = sum(1 for _ in pieces_one_by_one("R50", content))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return found, most - len(content)

    few, many = peak(2), peak(80)
    assert (few[0], many[0]) == (2, 80)
    assert many[1] < few[1] + (1 << 20)


def pieces_one_by_one(flux, content):
    family = next(one for one in FAMILIES if flux in one.fluxes)
    return family.readers["xml"](stream(content), DeliverySource(flux=flux))


# -- any damage is an error, not a crash ----------------------------------------------------------


def test_every_kind_has_a_sample_that_is_read():
    assert all(items(flux, content) for flux, content in SAMPLES.items())
    read = {flux for family in FAMILIES for flux in family.fluxes if flux in SAMPLES}
    assert read == set(SAMPLES)


def test_no_damage_to_content_is_more_than_an_error(store):
    @settings(max_examples=some(150))
    @given(st.sampled_from(sorted(SAMPLES)), st.data())
    def law(flux, data):
        content = bytearray(SAMPLES[flux])
        for _ in range(data.draw(st.integers(1, 5))):
            place = data.draw(st.integers(0, len(content) - 1))
            content[place] = data.draw(st.sampled_from([*list(b'0-9{}[],:"<>/\\ e'), 0, 255, 128]))
        check(store, flux, bytes(content))

    law()


JUNK = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | (
    st.text(max_size=5) | st.just([]) | st.just({}) | st.just(["x"]) | st.just("\ud800")
    | st.just("9999-12-31") | st.just("0001-01-01") | st.just("★") | st.just("1e400")
)  # fmt: skip


def test_no_foreign_value_in_json_is_more_than_an_error(store):
    @settings(max_examples=some(200))
    @given(st.sampled_from(["R63", "R64", "R65", "R66", "R67", "C68", "CR.M023"]), JUNK, st.data())
    def law(flux, junk, data):
        document = json.loads(SAMPLES[flux])
        holder, key = data.draw(st.sampled_from(list(scalars(document))))
        holder[key] = junk
        check(store, flux, json.dumps(document).encode())

    law()


def scalars(value):
    """Every place in a document: its container and key."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in list(inside):
        yield value, key
        if isinstance(one, dict | list):
            yield from scalars(one)


def check(store, flux, content):
    """Whatever is read can be kept; whatever cannot be read is told."""
    try:
        with store.delivering() as delivery:
            for item in items(flux, content):
                if isinstance(item, DeliveredMeasures):
                    delivery.save(item.series, item.measures)
                elif isinstance(item, DeliveredDocument):  # of what is unclear nothing is kept
                    delivery.file(flux, item.point, "x", item.body)
    except SgeflowError as error:
        told(error)


def told(error):
    assert error.problems[0].message


# -- names and units ------------------------------------------------------------------------------


@given(st.integers(-(10**12), 10**12), st.integers(0, 3))
def test_a_thousand_times_a_decimal_is_exact(number, digits):
    written = f"{number}e-{digits}"
    assert scale(written, 1000) == number * 10 ** (3 - digits)


@given(st.sampled_from(["kW", "kWr", "kVAr", "kWh", "kVA", "kvarh", "KWH"]))
def test_kilo_units_become_plain_ones(written):
    unit, factor = unit_of(written)
    assert (factor, unit_of(unit)) == (1000, (unit, 1))


@given(
    st.sampled_from(sorted(INDEXES)),
    st.sampled_from(["CONS", "PROD", "Consommation"]),
    st.text(min_size=1, max_size=60),
)
def test_a_series_name_is_always_one_that_flows_may_use(quantity, direction, time_class):
    label = Label(point=POINT, quantity=quantity, direction=direction, unit="Wh")
    try:
        series, _ = series_of(label, INDEXES, time_class)
    except SgeflowError:
        assert (
            is_blank(time_class)
            or not any(sign.isalnum() for sign in time_class if sign.isascii())
            or not time_class.isascii()
        )
        return
    assert series.name.isascii()
    assert series.name.replace("_", "").isalnum()
    assert series.name == series.name.lower()
