"""`sgeflow call` and `sgeflow extract`."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.cli.conftest import ROOT, same_every_time

MESSAGES = ROOT / "tests" / "data" / "messages"
CURVE = (
    "consulterMesuresDetaillees",
    "pointId=30000000000011",
    "mesuresTypeCode=COURBE",
    "grandeurPhysique=PA",
    "dateDebut=2025-06-01",
    "dateFin=2025-06-03",
)
POINT = ("pointId=30000000000011",)


def test_outputs_are_a_table_for_people_and_long_lists_are_cut(sgeflow, golden):
    result = sgeflow("call", *CURVE)
    assert result.code == 0
    golden("call-curve.out.txt", result.out)


def test_a_retired_operation_is_answered_and_names_its_successor(sgeflow):
    result = sgeflow("call", *CURVE)
    assert result.code == 0
    warning = "consulterMesuresDetaillees is retired at Enedis; consulterMesuresDetailleesV3 takes"
    assert result.err.count(warning) == 1


def test_every_form_holds_all_rows(sgeflow):
    rows = list(
        csv.DictReader(
            io.StringIO(sgeflow("call", *CURVE, "--output", "csv", "--path", "measures").out)
        )
    )
    document = json.loads(sgeflow("call", *CURVE, "--output", "json").out)
    assert len(rows) == len(document["measures"]) == 96
    assert [one["measures"] for one in document["series"]] == [document["measures"]]
    assert rows[0]["date"] == document["measures"][0]["date"]
    assert sgeflow("call", *CURVE, "--output", "xml").out.count("<mesure>") == 96
    listed = sgeflow("call", *CURVE, "--output", "yaml", "--path", "measures").out
    assert listed.count("- date:") == 96


def test_csv_asks_which_of_several_lists_is_meant(sgeflow):
    result = sgeflow("call", *CURVE, "--output", "csv")
    assert result.code == 2
    assert "choose with --path: series measures" in result.err


def test_an_output_that_does_not_exist_gets_a_suggestion(sgeflow):
    result = sgeflow("call", *CURVE, "--path", "measure")
    assert result.code == 2
    assert "did you mean  measures ?" in result.err


def test_a_point_id_stays_text_in_yaml(sgeflow):
    assert "pointId: '30000000000011'" in sgeflow("call", *CURVE, "--output", "yaml").out


def test_a_refusal_is_explained_on_stderr(sgeflow, golden):
    result = sgeflow("call", *CURVE[:-1], "dateFin=2025-06-13", "--unchecked")
    assert (result.code, result.out) == (4, "")
    golden("call-refused.err.txt", result.err)


ENDING = {
    "commanderCollectePublicationMesures": "commanderServicesAccesDonnees",
    "commanderAccesDonneesMesures": "commanderServicesAccesDonnees",
    "commanderArretServiceSouscritMesures": "commanderArretServicesAccesDonnees",
    "rechercherServicesSouscritsMesures": "rechercherServicesAccesDonnees",
}


def test_enedis_planned_to_end_four_operations(sgeflow):
    listed = json.loads(sgeflow("show", "operations", "--output", "json").out)
    shown = [json.loads(sgeflow("show", one["name"], "--output", "json").out) for one in listed]
    ending = {one["operation"]: one["replacedBy"] for one in shown if one["ends"] == "2026-11"}
    assert ending == ENDING
    assert {one["ends"] for one in shown if one["operation"] not in ending} == {None}


@pytest.mark.parametrize("operation", ENDING)
def test_a_call_of_an_operation_that_is_planned_to_end_names_its_successor(sgeflow, operation):
    examples = json.loads(sgeflow("show", operation, "--output", "json").out)["examples"]
    given = [
        f"{name}={json.dumps(value)}" if not isinstance(value, str) else f"{name}={value}"
        for name, value in next(iter(examples.values())).items()
    ]
    warning = f"Enedis planned to end {operation} in 2026-11; {ENDING[operation]} takes its place"
    for words in (given, [*given, "--dry-run"]):
        told = " ".join(sgeflow("call", operation, *words).err.split())
        assert told.count(warning) == 1
    assert "planned to end" not in sgeflow("call", "rechercherServicesAccesDonnees", *POINT).err


def test_a_refusal_is_json_when_the_output_is(sgeflow):
    result = sgeflow(
        "call", *CURVE[:-1], "dateFin=2025-06-13", "--unchecked", "--output", "json", "--quiet"
    )
    assert json.loads(result.err)["code"] == "SGT4L8"


def test_what_breaks_a_rule_is_told_before_anything_is_sent(sgeflow):
    result = sgeflow("call", *CURVE[:-1], "dateFin=2025-06-13")
    assert result.code == 3
    assert "SGE043 COURBE covers at most 7 days a call" in result.err
    assert "windows(start, end," in result.err
    old = ("dateDebut=2020-06-01", "dateFin=2020-06-05")
    result = sgeflow("call", *CURVE[:-2], *old)
    assert (result.code, "SGE043 COURBE goes back 24 months" in result.err) == (3, True)


def test_missing_and_misspelt_values_are_all_told(sgeflow, golden):
    result = sgeflow("call", "consulterMesuresDetaillees", "pointID=30000000000011")
    assert result.code == 3
    golden("call-missing.err.txt", result.err)


@pytest.mark.parametrize("words", [("call", "--help"), ("show",)])
def test_members_of_a_list_are_told_with_their_values_and_a_way_to_write_them(sgeflow, words):
    name = "commanderServicesAccesDonnees"
    lines = sgeflow(words[0], name, *words[1:]).out.splitlines()
    start = lines.index("  serviceSouscrit  required · a list")
    assert lines[start + 2].startswith('      write serviceSouscrit:=\'[{"typeDonnees": "CDC"}')
    marks = ("typeDonnees  required · one of CDC, IDX, ENERGIE, PMAX",
             "periodiciteTransmission  required · one of P1D, P7D, P1M",
             "mesuresCorrigees  optional · true or false")  # fmt: skip
    assert [one for one in marks if one not in map(str.strip, lines)] == []


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_date_that_the_day_forbids_is_refused_before_anything_is_sent(sgeflow, more):
    words = ("nom=X", 'serviceSouscrit:=[{"typeDonnees": "CDC"}]', "dateFin=2058-01-01", *more)
    result = sgeflow("call", "commanderServicesAccesDonnees", "pointId=30000000000011", *words)
    assert result.code == 3
    assert "dateFin must lie at most three years away (SGT5O9)" in result.err


def test_the_parameters_of_an_operation_are_its_help(sgeflow):
    out = sgeflow("call", "rechercherPoint", "--help").out
    assert "nomClientFinalOuDenominationSociale" in out
    assert "personal: never shown" in out
    assert sgeflow("call", "consulterMesuresDetaillees", "--help").out.count("required") == 5


def test_a_dry_run_prints_the_envelope_and_nothing_else(sgeflow, tmp_path, golden):
    words = ("call", "rechercherPoint", "codePostal=69003", "codeInseeCommune=69383")
    result = sgeflow(*words, "nomClientFinalOuDenominationSociale=MARTIN", "--dry-run")
    assert result.code == 0
    golden("dry-call.out.xml", result.out)
    assert not (tmp_path / "state").exists()


def test_a_dry_run_of_a_real_environment_needs_no_secret(sgeflow):
    result = sgeflow("call", *CURVE, "--dry-run", "--env", "grandlyon")
    assert result.code == 0
    assert "https://apis.example.org/enedis_SGE_ConsultationMesuresDetaillees/1.0" in result.err


def test_a_missing_secret_is_a_matter_of_credentials(sgeflow):
    result = sgeflow("call", *CURVE, "--env", "grandlyon")
    assert result.code == 6
    assert "SGE050 the secret SGE_API_TOKEN is not set" in result.err


def test_offline_refuses_a_real_environment(sgeflow, monkeypatch):
    monkeypatch.setenv("SGE_API_TOKEN", "token-of-a-test")
    monkeypatch.setenv("BO_TOKEN", "token-of-a-test")
    result = sgeflow("call", *CURVE, "--env", "grandlyon", "--offline")
    assert result.code == 2
    assert "needs the network" in result.err


def test_parameters_come_from_a_file_and_words_win(sgeflow, tmp_path):
    file = tmp_path / "params.json"
    file.write_text(json.dumps({"pointId": "99999999999999", "autorisationClient": True}))
    name = "consulterDonneesTechniquesContractuelles"
    assert sgeflow("call", name, "--params", str(file)).code == 4
    words = ("pointId=30000000000011", "autorisationClient:=true")
    assert sgeflow("call", name, "--params", str(file), *words).code == 0


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("pointId", '"pointId" is not name=value'),
        ("pointId:=30x", "the value of pointId is not JSON"),
        ("12 rue des Lilas", "an argument is not name=value"),
    ],
)
def test_words_that_are_no_values_are_refused(sgeflow, word, told):
    result = sgeflow("call", "consulterDonneesTechniquesContractuelles", word)
    assert result.code == 2
    assert told in result.err
    assert "Lilas" not in result.err


def test_a_name_that_is_given_twice_is_refused(sgeflow):
    result = sgeflow("call", *CURVE, "pointId=30000000000012")
    assert result.code == 2
    assert "pointId is given twice" in result.err


# -- extract --------------------------------------------------------------------------------------


def test_a_saved_reply_is_read_from_a_file_and_from_stdin(process, sgeflow):
    file = MESSAGES / "consulterMesuresDetaillees.response.xml"
    told = sgeflow("extract", "consulterMesuresDetaillees", str(file), "--output", "json")
    piped = process(
        "extract", "consulterMesuresDetaillees", "-", "--output", "json", stdin=file.read_bytes()
    )
    assert told.code == piped.code == 0
    assert told.out == piped.out
    assert json.loads(told.out)["measures"]


def test_one_path_of_a_reply(sgeflow):
    file = str(MESSAGES / "consulterMesuresDetaillees.response.xml")
    result = sgeflow(
        "extract", "consulterMesuresDetaillees", file, "--path", "unit", "--output", "json"
    )
    assert json.loads(result.out) == "W"


def test_an_expression_is_tried_over_the_reply(sgeflow):
    file = str(MESSAGES / "consulterMesuresDetaillees.response.xml")
    words = ("extract", "consulterMesuresDetaillees", file, "--expression")
    assert json.loads(sgeflow(*words, "length(grandeur[].mesure[])").out) > 0
    wrong = sgeflow(*words, "grandeur[")
    assert wrong.code == 3
    assert "not a JMESPath expression" in wrong.err


def test_a_fault_in_a_file_is_one(sgeflow):
    file = str(MESSAGES / "fault-functional.xml")
    result = sgeflow("extract", "consulterMesuresDetaillees", file)
    assert (result.code, result.out) == (4, "")
    assert "SGE201 Enedis refused the call" in result.err


def test_a_file_that_is_not_there(sgeflow):
    result = sgeflow("extract", "consulterMesuresDetaillees", "nowhere.xml")
    assert result.code == 3
    assert "nowhere.xml cannot be read" in same_every_time(result.err)
