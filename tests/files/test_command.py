"""`sgeflow decode` at a terminal and for other programs."""

import json

import pytest

from sgeflow.cli.main import run
from tests.files.conftest import SECRETS
from tests.files.made import OTHER, POINT, days, encrypted, r50, zipped

HALF_HOURS = r50(POINT, period=days("2025-05-01", 1))
ENVIRONMENT = """\
environment: mine
title: Mine
generation: current
login: someone@example.org
contractId: "1234567"
sge: {base_url: "https://sge.example.org", route: direct}
files:
  keys:
    - {name: until-june, key: "${secret.OLD_KEY}", iv: "${secret.OLD_IV}"}
    - {name: since-june, key: "${secret.NEW_KEY}"}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project with an environment that has keys, as the current folder."""
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "mine.yaml").write_text(ENVIRONMENT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SGEFLOW_PROJECT", str(tmp_path))
    monkeypatch.setenv("SGEFLOW_ENV", "mine")
    monkeypatch.setenv("COLUMNS", "120")
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def test_files_and_counts_are_the_result_and_mistakes_stand_aside(folder, capsys):
    inside = {"ERDF_R50_1.xml": HALF_HOURS, "ERDF_R50_2.xml": HALF_HOURS[:-20]}
    (folder / "ERDF_R50.zip").write_bytes(encrypted(zipped(inside)))
    assert run(["decode", "ERDF_R50.zip"]) == 7
    told = capsys.readouterr()
    kept, failed = told.out.splitlines()[1:]
    assert kept.split() == ["ERDF_R50_1.xml", "R50", "kept", "1", "48", "48", "since-june"]
    assert failed.split()[:3] == ["ERDF_R50_2.xml", "R50", "failed"]
    assert "SGE711 it is no whole XML" in told.err
    assert "ERDF_R50.zip · ERDF_R50_2.xml" in told.err
    assert not any(secret in told.out + told.err for secret in SECRETS.values())


def test_programs_get_every_outcome_as_json(folder, capsys):
    (folder / "ERDF_R50_1.xml").write_bytes(HALF_HOURS)
    assert run(["decode", "-O", "json", "ERDF_R50_1.xml", "gone.zip"]) == 7
    kept, gone = json.loads(capsys.readouterr().out)
    assert (kept["state"], kept["series"], kept["new"]) == ("kept", ["load_curve"], 48)
    assert (gone["state"], gone["problem"]["id"]) == ("failed", "SGE003")


def test_the_same_file_again_is_known_unless_it_is_asked_for(folder, capsys):
    (folder / "ERDF_R50_1.xml").write_bytes(HALF_HOURS)
    states = []
    for words in ([], [], ["--again"]):
        assert run(["decode", "-O", "csv", "ERDF_R50_1.xml", *words]) == 0
        states.append(capsys.readouterr().out.splitlines()[1].split(",")[2])
    assert states == ["kept", "known", "kept"]


def test_a_report_is_shown_as_a_table(folder, capsys):
    rows = f"PRM;Etat;Motif\n{POINT};OK;\n{OTHER};KO;PRM résilié\n"
    (folder / "ENEDIS_CR.M023_1.csv").write_text(rows, encoding="utf-8")
    assert run(["decode", "ENEDIS_CR.M023_1.csv"]) == 0
    shown = capsys.readouterr().out
    assert f"{OTHER}  KO     PRM résilié" in shown


def test_a_word_that_is_no_convention_is_refused(folder, capsys):
    assert run(["decode", "--stamped", "middle", "x.zip"]) == 2
    assert "neither start, end nor auto" in capsys.readouterr().err
