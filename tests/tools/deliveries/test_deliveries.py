"""Delivered files: keys, zips, damage, the same file twice, and what is told of each."""

import io
import json
import zipfile

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sgeflow.adapters.state.store import Store
from sgeflow.core.checking.environments import decode_environment
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.core.model import Measure, Series
from sgeflow.errors import Exit
from sgeflow.tools.deliveries.decode import FAMILIES, FileState, stray
from sgeflow.tools.deliveries.model import flux_of
from sgeflow.tools.deliveries.unzip import ZipLimits, bare
from tests.examples import some
from tests.postgres import LASTING
from tests.tools.deliveries.conftest import ENVIRONMENT, SECRETS
from tests.tools.deliveries.delivered_files import (
    NEW_KEY,
    OLD_IV,
    OLD_KEY,
    OTHER,
    POINT,
    days,
    encrypted,
    entry,
    r6x,
    r50,
    r63,
    r65,
    sheet,
    zipped,
)

DAY = days("2025-05-01", 1)
HALF_HOURS = r50(POINT, period=DAY)
ZIP = zipped({"ERDF_R50_1.xml": HALF_HOURS})
NAME = "ERDF_R50_1.zip"


# -- keys -----------------------------------------------------------------------------------------


def test_a_zip_that_is_not_encrypted_needs_no_key(mailbox):
    mailbox.environment = "keyless"
    outcome = mailbox.read(NAME, ZIP)
    assert (outcome.state, outcome.key) == (FileState.KEPT, "")


def test_no_declared_key_is_an_error_and_not_an_empty_result(mailbox):
    mailbox.environment = "keyless"
    report = mailbox.decode(mailbox.put(NAME, encrypted(ZIP)))
    assert report.exit is Exit.CREDENTIALS
    assert "declares no key" in report.files[0].problem.message


def test_a_missing_secret_is_an_error_that_names_it(mailbox):
    del mailbox.secrets["NEW_KEY"]
    report = mailbox.decode(mailbox.put(NAME, encrypted(ZIP)))
    assert report.exit is Exit.CREDENTIALS
    assert "the secret NEW_KEY is not set" in report.files[0].problem.message


def test_no_fitting_key_is_told_with_the_labels_tried(mailbox):
    report = mailbox.decode(mailbox.put(NAME, encrypted(ZIP, bytes(32))))
    (outcome,) = report.files
    assert report.exit is Exit.CREDENTIALS
    assert (outcome.problem.id.code, outcome.problem.allowed) == ("SGE712", ("old", "new"))


@pytest.mark.parametrize("secret", ["zz" * 16, "ab" * 15, "not hexadecimal at all"])
def test_a_secret_that_is_no_key_is_refused_without_showing_it(mailbox, secret):
    mailbox.secrets["OLD_KEY"] = secret
    problem = mailbox.read(NAME, encrypted(ZIP)).problem
    assert "`key` of the key old is not 32 or 64 hexadecimal digits" in problem.message
    assert secret not in f"{problem} {problem.details}"


def test_no_outcome_shows_a_key(mailbox):
    for content in (encrypted(ZIP), encrypted(ZIP, bytes(32)), encrypted(ZIP)[:-16]):
        shown = repr(mailbox.decode(mailbox.put(NAME, content)))
        assert not any(secret.lower() in shown.lower() for secret in SECRETS.values())
        assert repr(NEW_KEY) not in shown


def test_a_key_reads_from_a_file_as_other_secrets_do(mailbox):
    path = mailbox.put("key", f"{NEW_KEY.hex()}\n".encode())
    del mailbox.secrets["NEW_KEY"]
    mailbox.secrets["NEW_KEY_FILE"] = str(path)
    assert mailbox.read(NAME, encrypted(ZIP)).key == "new"


# -- encrypted files that are damaged -------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (encrypted(ZIP)[:-16], "its end is damaged"),
        (encrypted(ZIP)[:-5], "cut off"),
        (b"", "it is empty"),
        (encrypted(ZIP)[:16], "no declared key opens it"),
        (encrypted(ZIP)[:-1] + bytes([encrypted(ZIP)[-1] ^ 1]), "its end is damaged"),
        (encrypted(b"this is not a zip"), "no declared key opens it"),
        (b"PK\x03\x04 and nothing more", "not a complete zip"),
        (ZIP[:-30], "not a complete zip"),
        (encrypted(ZIP[:-30]), "not a complete zip"),
    ],
)
def test_a_damaged_delivery_is_named_and_nothing_of_it_is_kept(mailbox, content, told):
    report = mailbox.decode(mailbox.put(NAME, content))
    (outcome,) = report.files
    assert (outcome.state, outcome.source.rpartition("/")[2]) == (FileState.FAILED, NAME)
    assert told in outcome.problem.message
    assert mailbox.kept() == {}
    assert report.exit in (Exit.TECHNICAL, Exit.CREDENTIALS)


def test_padding_that_is_not_pkcs7_is_no_whole_file(mailbox):
    whole = ZIP + bytes(16 - len(ZIP) % 16)  # zeros instead of a padding
    encryptor = Cipher(algorithms.AES(OLD_KEY), modes.CBC(OLD_IV)).encryptor()
    outcome = mailbox.read(NAME, encryptor.update(whole) + encryptor.finalize())
    assert "its end is damaged" in outcome.problem.message


# -- content that is damaged ----------------------------------------------------------------------

BOMBS = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("R63_1.json", r63(POINT, period=DAY)[:-200], "not complete JSON"),
        ("R63_1.json", r63(POINT, period=DAY) + b"]", "something follows its end"),
        ("R63_1.json", r63(POINT, period=DAY).replace(b'"v"', b"v", 1), "not complete JSON"),
        ("R63_1.json", b'{"mesures": [' + b"[" * 100_000, "not complete JSON"),
        ("R63_1.json", r63(POINT, period=DAY).replace(b'"W"', b'"\xff"'), "not UTF-8"),
        ("R63_1.json", b'{"mesures": [NaN]}', "not complete JSON"),
        ("R63_1.json", b'{"mesures": [12]}', "no object"),
        ("R63_1.json", b'{"mesures": "none"}', "no object"),
        ("R63_1.json", b"{}", "no list of measures among nothing"),
        ("R50_1.xml", HALF_HOURS[:-200], "not complete XML"),
        ("R50_1.xml", BOMBS + HALF_HOURS.partition(b"\n")[2], "DOCTYPE"),
        ("R50_1.xml", HALF_HOURS.replace(b"<R50>", b"<R50>&lol;"), "not complete XML"),
        ("R50_1.xml", HALF_HOURS.replace(b"Id_PRM>", b"IdPRM>"), "no text of Id_PRM"),
        ("R50_1.xml", HALF_HOURS.replace(b">30<", b">7<", 1), "not a number of minutes"),
        ("R63_1.csv", b"", "is empty"),
        ("R63_1.csv", b"\x00\x01\x02;\x00", ""),
        ("C68_1.csv", sheet(("PRM", "Segment"), (POINT, "C5"), (OTHER,)), "line 3: 1 in"),
        ("C68_1.csv", f'PRM;Segment\n{POINT};"C5'.encode(), "not complete CSV"),
    ],
)
def test_damaged_content_is_named_and_nothing_of_it_is_kept(mailbox, name, content, told):
    outcome = mailbox.read("delivered.zip", zipped({name: content}))
    assert (outcome.state, outcome.name) == (FileState.FAILED, name)
    assert told in outcome.problem.message
    assert outcome.problem.id.code == "SGE711"
    assert mailbox.kept() == {}
    assert mailbox.papers("C68") == ()


def test_a_mistake_at_the_end_takes_back_what_stood_before_it(mailbox):
    good = entry(POINT, "PA", "W", [{"d": "2025-05-01 00:30:00", "v": "1", "p": "PT30M", "n": "B"}])
    bad = entry(OTHER, "PA", "W", [{"d": "2025-05-01 00:30:00", "v": "x", "p": "PT30M", "n": "B"}])
    outcome = mailbox.read("R63_1.json", r6x("R63", good, bad))
    assert f"load_curve of point {OTHER}: measure 1 of 1" in outcome.problem.message
    assert mailbox.kept() == {}


def test_a_mended_file_is_kept_after_the_damaged_one(mailbox):
    assert mailbox.read("R50_1.xml", HALF_HOURS[:-200]).state is FileState.FAILED
    assert mailbox.read("R50_1.xml", HALF_HOURS).new == 48


def test_a_series_kept_in_another_unit_fails_the_file_alone(mailbox):
    with Store(mailbox.home.store(mailbox.environment)) as store:
        store.save(Series(point=POINT, name="load_curve", unit="kW"), [Measure(0, 1, 1800)])
    inside = {"R50_1.xml": HALF_HOURS, "R50_2.xml": r50(OTHER, period=DAY)}
    report = mailbox.decode(mailbox.put(NAME, zipped(inside)))
    assert [one.state for one in report.files] == [FileState.FAILED, FileState.KEPT]
    assert "is kept in kW" in report.files[0].problem.message


# -- zips -----------------------------------------------------------------------------------------


def test_several_files_of_a_zip_each_have_an_outcome(mailbox):
    inside = {
        "R50_1.xml": HALF_HOURS,
        "folder/R50_2.xml": r50(OTHER, period=DAY),
        "R65_1.json": r65(POINT, period=DAY),
    }
    report = mailbox.decode(mailbox.put(NAME, zipped(inside)))
    assert [(one.name, one.flux, one.state) for one in report.files] == [
        ("R50_1.xml", "R50", FileState.KEPT),
        ("R50_2.xml", "R50", FileState.KEPT),
        ("R65_1.json", "R65", FileState.KEPT),
    ]
    assert report.exit is Exit.OK


def test_a_member_whose_checksum_is_wrong_is_named(mailbox):
    content = bytearray(ZIP)
    content[len(content) // 3] ^= 0xFF
    outcome = mailbox.read(NAME, bytes(content))
    assert outcome.state is FileState.FAILED
    assert "cannot be unpacked" in outcome.problem.message
    assert mailbox.kept() == {}


def contract(point):
    return json.dumps([{"idPrm": point}]).encode()


def test_zips_in_a_zip_are_opened_once(mailbox):
    inner = {
        f"ENEDIS_C68_P_ITC_{n}.zip": zipped({f"ENEDIS_C68_P_ITC_{n}.json": contract(point)})
        for n, point in enumerate((POINT, OTHER))
    }
    report = mailbox.decode(mailbox.put("ENEDIS_C68_P_ITC_0.zip", encrypted(zipped(inner))))
    assert [(one.documents, one.key) for one in report.files] == [(1, "new"), (1, "new")]


def test_a_third_zip_is_not_opened(mailbox):
    third = zipped({"C68_3.zip": zipped({"C68_1.json": contract(POINT)})})
    outcome = mailbox.read("C68_1.zip", zipped({"C68_2.zip": third}))
    assert outcome.name == "C68_3.zip"
    assert "a zip in a zip in a zip" in outcome.problem.message


def test_a_damaged_inner_zip_is_named_and_the_others_are_read(mailbox):
    inner = {
        "C68_1.zip": b"PK\x03\x04 broken",
        "C68_2.zip": zipped({"C68_2.json": contract(POINT)}),
    }
    report = mailbox.decode(mailbox.put("C68_0.zip", zipped(inner)))
    assert [(one.name, one.state) for one in report.files] == [
        ("C68_1.zip", FileState.FAILED),
        ("C68_2.json", FileState.KEPT),
    ]


def test_a_zip_bomb_is_stopped_before_it_is_unpacked(mailbox):
    bomb = zipped({"R50_bomb.xml": b"<R50>" + b" " * (30 << 20), "R50_2.xml": HALF_HOURS})
    assert len(bomb) < 1 << 17
    report = mailbox.decode(mailbox.put(NAME, bomb))
    assert "zip bomb" in report.files[0].problem.message
    assert report.files[1].state is FileState.KEPT


def test_a_bomb_that_lies_about_its_size_is_stopped_too(mailbox):
    bomb = bytearray(zipped({"R50_1.xml": b" " * (8 << 20)}))
    for at, sign in ((22, b"PK\x03\x04"), (24, b"PK\x01\x02")):
        place = bytes(bomb).index(sign) + at
        bomb[place : place + 4] = (100).to_bytes(4, "little")
    outcome = mailbox.read(NAME, bytes(bomb))
    assert outcome.state is FileState.FAILED


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (ZipLimits(members=2), "more than 2 files"),
        (ZipLimits(unpacked=len(HALF_HOURS) + 10), "unpacks to more than"),
    ],
)
def test_what_a_delivery_may_hold_is_limited_with_its_inner_zips(mailbox, limits, told):
    inner = zipped({"R50_2.xml": HALF_HOURS, "R50_3.xml": HALF_HOURS})
    path = mailbox.put(NAME, zipped({"R50_1.xml": HALF_HOURS, "inner.zip": inner}))
    report = mailbox.decode(path, limits=limits)
    assert any(told in one.problem.message for one in report.of(FileState.FAILED))
    assert report.exit is Exit.PARTIAL


def test_reading_twice_is_paid_once(mailbox):
    limits = ZipLimits(unpacked=len(HALF_HOURS))
    assert mailbox.read(NAME, ZIP, limits=limits).state is FileState.KEPT


def test_a_zip_with_a_password_is_told(mailbox):
    content = bytearray(ZIP)
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    outcome = mailbox.read(NAME, bytes(content))
    assert "protected by a password" in outcome.problem.message


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("../../etc/R50_1.xml", "R50_1.xml"),
        ("C:\\temp\\R50_1.xml", "R50_1.xml"),
        ("R50\n\x1b[31m_1.xml", "R50[31m_1.xml"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("x" * 500 + ".xml", "x" * 146 + ".xml"),
    ],
)
def test_names_in_zips_are_bare_and_printable(written, shown):
    assert bare(written) == shown


def test_nothing_is_ever_written_where_a_zip_says(mailbox, tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../../escaped_R50_.xml", HALF_HOURS)
    mailbox.read(NAME, file.getvalue())
    assert list(tmp_path.parent.rglob("escaped*")) == []
    assert list(tmp_path.rglob("*.xml")) == []


# -- the same file twice --------------------------------------------------------------------------


def test_the_same_file_twice_adds_nothing_however_it_is_wrapped(mailbox):
    assert mailbox.read(NAME, ZIP).state is FileState.KEPT
    kept = mailbox.kept()
    for name, content in (
        (NAME, ZIP),
        ("other_name.zip", encrypted(ZIP, OLD_KEY, OLD_IV)),
        ("outer.zip", zipped({"inner.zip": ZIP})),
    ):
        report = mailbox.decode(mailbox.put(name, content))
        assert [one.state for one in report.files] == [FileState.KNOWN]
        assert report.exit is Exit.OK
    assert mailbox.kept() == kept


def test_a_file_may_be_kept_again_on_purpose(mailbox):
    mailbox.read(NAME, ZIP)
    with mailbox.store() as store:
        store.erase(POINT)
    assert mailbox.read(NAME, ZIP).state is FileState.KNOWN
    assert mailbox.read(NAME, ZIP, again=True).new == 48


def test_a_corrected_file_of_the_same_name_replaces_values(mailbox):
    mailbox.read("R65_1.json", r65(POINT, period=DAY))
    outcome = mailbox.read(
        "R65_1.json", r6x("R65", entry(POINT, "EA", "Wh", [{"d": "2025-05-01", "v": "5"}]))
    )
    assert (outcome.state, outcome.new, outcome.changed) == (FileState.KEPT, 0, 1)
    assert [value for _, value, *_ in mailbox.series("daily_energy")] == [5]


def test_the_same_path_twice_in_one_run_is_kept_once(mailbox):
    path = mailbox.put(NAME, ZIP)
    report = mailbox.decode(path, path)
    assert [one.state for one in report.files] == [FileState.KEPT, FileState.KNOWN]


# -- what is not read -----------------------------------------------------------------------------


def test_an_unknown_flux_is_skipped_named_and_makes_the_run_partial(mailbox):
    inside = {"ENEDIS_X14_1.xml": b"<X14/>", "ERDF_R50_1.xml": HALF_HOURS}
    report = mailbox.decode(mailbox.put("delivery.zip", zipped(inside)))
    skipped, kept = report.files
    assert (skipped.name, skipped.state) == ("ENEDIS_X14_1.xml", FileState.SKIPPED)
    assert skipped.problem.id.code == "SGE713"
    assert {"R50", "R63", "CR.M023"} <= set(skipped.problem.allowed)
    assert kept.state is FileState.KEPT
    assert report.exit is Exit.PARTIAL


def test_a_file_that_is_not_there_is_told_and_the_next_is_read(mailbox):
    report = mailbox.decode(mailbox.folder / "gone.zip", mailbox.put(NAME, ZIP), mailbox.folder)
    assert [one.state for one in report.files] == [
        FileState.FAILED,
        FileState.KEPT,
        FileState.FAILED,
    ]
    assert "no such file" in report.files[0].problem.message


@pytest.mark.parametrize(
    ("names", "flux"),
    [
        (("ERDF_R50_23X--130624--EE1_GRD-F121.zip",), "R50"),
        (("17X_R4H_CDC_20260302.xml",), "R4H"),
        (("a.xml", "ENEDIS_23X_R171_20260301.zip"), "R171"),
        (("ENEDIS_R63A_Q_CDC_M01ABCDE_GRD-F345_00001.zip",), "R63A"),
        (("ENEDIS_CR.M023_P_R63_M01ABCDE.json",), "CR.M023"),
        (("enedis_r151_x.xml", "ERDF_R50_.zip"), "R151"),
        (("R6.zip",), None),
        (("XR50Y.xml",), None),
        (("R501.xml",), None),
    ],
)
def test_a_flux_is_told_by_the_name_of_the_file_then_of_its_zip(names, flux):
    found = flux_of(FAMILIES, *names)
    assert (found and found[1]) == flux


def test_no_two_kinds_claim_the_same_flux():
    fluxes = [flux for family in FAMILIES for flux in family.fluxes]
    assert len(fluxes) == len(set(fluxes))


# -- declaring keys -------------------------------------------------------------------------------


def environment(keys):
    text = f"{ENVIRONMENT.partition('files:')[0]}files: {{keys: [{keys}]}}"
    return decode_environment(read_yaml("mine.yaml", text))


def test_an_environment_declares_keys_in_order():
    found, problems = environment(
        '{name: old, key: "${secret.A}", iv: "${secret.B}"}, {name: new, key: "${secret.C}"}'
    )
    assert problems == []
    assert [(one.name, one.key, one.iv) for one in found.file_keys] == [
        ("old", "${secret.A}", "${secret.B}"),
        ("new", "${secret.C}", None),
    ]


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ('{name: old, key: "00112233445566778899aabbccddeeff"}', "SGE023"),
        ('{name: old, key: "${secret.A}", iv: "0011"}', "SGE023"),
        ('{name: old, key: "${secret.A}"}, {name: old, key: "${secret.B}"}', "SGE018"),
        ('{key: "${secret.A}"}', "SGE013"),
        ('{name: old, key: "${secret.A}", salt: x}', "SGE012"),
    ],
)
def test_keys_declared_wrongly_are_refused(keys, code):
    found, problems = environment(keys)
    assert found is None
    assert [problem.id.code for problem in problems] == [code]


def test_keys_change_nothing_for_environments_without_them(workspace):
    assert all(one.file_keys == () for one in workspace.catalog.environments.values())
    assert replace(workspace.environment("simulator"), file_keys=()) == workspace.environment(
        "simulator"
    )


# -- what is no delivery --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "told", "state"),
    [
        ("notes.txt", "un café, deux cafés\n".encode() * 400, "it is text, and no", "skipped"),
        ("R63_1.txt", b"a;b\n1;2\n", "it is text, and no delivery", "skipped"),
        ("picture.zip", b"\x89PNG\r\n\x1a\n" + bytes(8), "it is a PNG file", "skipped"),
        ("R63_1.gz", b"\x1f\x8b\x08" + bytes(20), "it is a gzip file", "skipped"),
        ("R63_1.zip", b"", "it is empty", "failed"),
        ("R63_1.zip", b"PK\x05\x06" + bytes(18), "it is a zip with nothing in it", "failed"),
    ],
)
@pytest.mark.parametrize("environment", ["keyless", LASTING])
def test_what_is_no_delivery_says_so_whatever_keys_there_are(
    mailbox, environment, name, content, told, state
):
    mailbox.environment = environment
    outcome = mailbox.read(name, content)
    assert outcome.problem.message.startswith(told)
    assert outcome.state == state
    assert outcome.problem.id.code == ("SGE713" if state == "skipped" else "SGE711")


def test_a_folder_says_how_its_files_are_named(mailbox):
    folder = mailbox.put("R63_1.zip", b"").parent / "deliveries"
    folder.mkdir()
    (outcome,) = mailbox.decode(folder).files
    assert outcome.problem.message == "it is a folder; name the files in it"
    assert dict(outcome.problem.details)["do"] == f"sgeflow decode {folder}/*"


@given(st.binary(min_size=16, max_size=16).filter(lambda key: len(set(key)) > 1))
@settings(max_examples=some(25), deadline=None)
def test_what_is_encrypted_is_never_taken_for_a_stray(key):
    assert stray(io.BytesIO(encrypted(ZIP, key, OLD_IV))) is None
