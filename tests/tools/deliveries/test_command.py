"""`sgeflow decode` at a terminal and for other programs."""

import json

import pytest

from sgeflow.adapters.state.store import Store
from sgeflow.cli.main import run
from tests.tools.deliveries.conftest import SECRETS, kept_in
from tests.tools.deliveries.delivered_files import (
    BUSINESS,
    NEW_KEY,
    OLD_IV,
    OLD_KEY,
    OTHER,
    POINT,
    amount,
    days,
    encrypted,
    join,
    r4x,
    r50,
    r63,
    r64,
    r65,
    r66,
    r67,
    r151,
    r171,
    zipped,
)

HALF_HOURS = r50(POINT, period=days("2025-05-01", 1))


def test_files_and_counts_are_the_result_and_mistakes_stand_aside(folder, capsys):
    inside = {"ERDF_R50_1.xml": HALF_HOURS, "ERDF_R50_2.xml": HALF_HOURS[:-20]}
    (folder / "ERDF_R50.zip").write_bytes(encrypted(zipped(inside)))
    assert run(["decode", "ERDF_R50.zip"]) == 7
    told = capsys.readouterr()
    kept, failed = told.out.splitlines()[1:]
    assert kept.split() == ["ERDF_R50_1.xml", "R50", "kept", "1", "48", "48", "since-june"]
    assert failed.split()[:3] == ["ERDF_R50_2.xml", "R50", "failed"]
    assert "SGE711 it is not complete XML" in told.err
    assert "ERDF_R50.zip · ERDF_R50_2.xml" in told.err
    assert not any(secret in told.out + told.err for secret in SECRETS.values())


def test_programs_get_every_outcome_as_json(folder, decoded):
    (folder / "ERDF_R50_1.xml").write_bytes(HALF_HOURS)
    code, kept, gone = decoded("ERDF_R50_1.xml", "gone.zip")
    assert code == 7
    assert (kept["state"], kept["series"], kept["new"]) == ("kept", ["load_curve"], 48)
    assert (gone["state"], gone["problem"]["id"]) == ("failed", "SGE003")


def test_the_same_file_again_is_known_unless_it_is_asked_for(folder, capsys):
    (folder / "ERDF_R50_1.xml").write_bytes(HALF_HOURS)
    states = []
    for words in ([], [], ["--again"]):
        assert run(["decode", "-O", "csv", "ERDF_R50_1.xml", *words]) == 0
        states.append(capsys.readouterr().out.splitlines()[1].split(",")[2])
    assert states == ["kept", "known", "kept"]


FLUXES = {
    "ENEDIS_R64_P_INDEX_1.json": (r64(), POINT, ["index_base", "index_total"]),
    "ENEDIS_R67_P_FACT_1.json": (
        r67(amount("2025-05-01", "2025-06-01", 300)), POINT, ["billing_hph"],
    ),
    "ERDF_R151_1.xml": (
        r151(("2025-05-01", {"HPH": 100}, {}, 4200)), POINT, ["daily_max_power", "index_hph"],
    ),
    "ENEDIS_R171_1.xml": (
        r171(("EA", "Wh", "HPH", [("2025-05-01T04:24:40", 1000)])), BUSINESS, ["index_hph"],
    ),
    "ENEDIS_R4Q_CDC_1.xml": (
        r4x(("EA", "kW", "10", [("2025-05-01T00:00:00+02:00", "4", "R")])), BUSINESS, ["load_curve"],
    ),
    "ERDF_R50_1.xml": (HALF_HOURS, POINT, ["load_curve"]),
    "ENEDIS_R63_P_CdC_1.json": (r63(POINT, period=days("2025-05-01", 1)), POINT, ["load_curve"]),
    "ENEDIS_R65_P_1.json": (r65(POINT, period=days("2025-05-01", 2)), POINT, ["daily_energy"]),
    "ENEDIS_R66_P_1.json": (r66(POINT, period=days("2025-05-01", 2)), POINT, ["max_power"]),
}  # fmt: skip


@pytest.mark.parametrize("name", FLUXES)
@pytest.mark.parametrize(("key", "iv"), [(NEW_KEY, None), (OLD_KEY, OLD_IV)])
def test_each_flux_is_kept_from_its_encrypted_zip(folder, decoded, name, key, iv):
    content, point, series = FLUXES[name]
    delivered = folder / name.replace(".json", ".zip").replace(".xml", ".zip")
    delivered.write_bytes(encrypted(zipped({name: content}), key, iv))
    code, outcome = decoded(delivered.name)
    assert (code, outcome["state"], outcome["series"]) == (0, "kept", series)
    assert outcome["key"] == ("until-june" if iv else "since-june")
    assert list(kept_in(folder, point)) == series


def test_contracts_are_kept_from_their_encrypted_zip(folder, decoded):
    contract = {"idPrm": POINT, "situationContractuelle": {"segment": "C5"}}
    content = json.dumps([contract]).encode()
    (folder / "ENEDIS_C68_P_1.zip").write_bytes(encrypted(zipped({"ENEDIS_C68_P_1.json": content})))
    code, outcome = decoded("ENEDIS_C68_P_1.zip")
    assert (code, outcome["state"], outcome["documents"], outcome["rows"]) == (0, "kept", 1, 0)
    with Store(folder / ".sgeflow" / "mine" / "store.db") as store:
        assert store.papers(POINT, "C68") == (contract,)


def test_a_report_is_shown_as_a_table(folder, capsys):
    rows = f"PRM;Etat;Motif\n{POINT};OK;\n{OTHER};KO;PRM résilié\n"
    (folder / "ENEDIS_CR.M023_1.csv").write_text(rows, encoding="utf-8")
    assert run(["decode", "ENEDIS_CR.M023_1.csv"]) == 0
    shown = capsys.readouterr().out
    assert f"{OTHER}  KO     PRM résilié" in shown


def test_a_word_that_is_no_convention_is_refused(folder, capsys):
    assert run(["decode", "--stamped", "middle", "x.zip"]) == 2
    assert "is not start, end or auto" in capsys.readouterr().err


def test_an_amount_that_one_file_takes_back_and_gives_again_is_kept(folder, capsys):
    month = ("2025-05-01", "2025-06-01", 300)
    initial, taken_back, given = (r67(amount(*month, status=status)) for status in "IAR")
    later = r67(amount("2025-06-01", "2025-07-01", 40))
    contents = {1: initial, 3: later, 2: join(taken_back, given)}  # in the order they come in
    for number, content in contents.items():
        name = f"ENEDIS_R67_P_Mfact_M053Q0D3_00001_2025070{number}060000.json"
        (folder / name).write_bytes(content)
        assert run(["decode", name]) == 0
    capsys.readouterr()
    assert run(["export", "--format", "jsonl"]) == 0
    kept = map(json.loads, capsys.readouterr().out.splitlines())
    assert [one["value"] for one in kept] == [300, 40]
