"""`sgeflow run`: streams, exit codes, the report, what a dry run tells."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import same_every_time
from tests.household import HOUSEHOLD
from tests.processes import start

PERSONAL = ("lastname", "firstname", "address", "city")


def test_progress_goes_to_stderr_and_the_result_to_stdout(process, golden):
    result = process("run", "konnector")
    assert result.code == 0
    golden("run-household.out.txt", same_every_time(result.out))
    assert result.err.splitlines()[0] == (
        "simulated data and customers, scenario household; choose another environment with --env"
    )
    assert "    ✓ Ask Enedis who owns the point" in result.err
    assert "\x1b" not in result.out + result.err


def test_the_first_run_of_a_newcomer_warns_of_nothing(sgeflow):
    assert "!" not in sgeflow("run", "konnector").err
    previous = " ".join(sgeflow("run", "konnector", "--env", "simulator-previous").err.split())
    assert previous.count("consulterMesuresDetaillees is retired") == 1
    assert previous.count("Enedis planned to end") == 2  # the search and the order


def test_the_summary_is_one_a_person_understands(sgeflow, golden):
    result = sgeflow("run", "konnector", "--scenario", "opposition")
    assert result.code == 1
    golden("run-opposition.err.txt", same_every_time(result.err))
    assert "failed" in result.out


def test_json_is_one_document_with_the_documented_keys(sgeflow):
    result = sgeflow("run", "konnector", "--scenario", "opposition", "--output", "json")
    report = json.loads(result.out)
    assert list(report)[:16] == [
        *("run", "flow", "environment", "today", "status", "exit", "code", "message", "hint"),
        *("outputs", "steps", "warnings", "files", "calls", "seconds", "failure"),
    ]
    assert (report["status"], report["exit"], report["code"]) == ("failed", 1, "USER_ACTION_NEEDED")
    assert report["today"] == "2025-06-15"
    assert report["steps"][0]["trail"].startswith("konnector/")
    assert report["failure"]["problem"]["line"] > 0


def test_an_option_wins_over_its_variable(sgeflow, monkeypatch):
    monkeypatch.setenv("SGEFLOW_SCENARIO", "opposition")
    monkeypatch.setenv("SGEFLOW_OUTPUT", "json")
    assert json.loads(sgeflow("run", "konnector").out)["exit"] == 1
    result = sgeflow("run", "konnector", "--scenario", "household", "--output", "yaml")
    assert result.code == 0
    assert result.out.startswith("run: ")


def test_the_environment_is_the_options_else_the_recordings_else_the_variables(
    sgeflow, tmp_path, monkeypatch
):
    (tmp_path / "flows").mkdir()
    steps = "steps: [{id: one, set: {a: 1}}]\noutputs: {}\n"
    (tmp_path / "flows" / "idle.yaml").write_text(f"flow: idle\ntitle: Nothing\n{steps}")

    def environment(*words: str) -> str:
        report = json.loads(sgeflow("run", "idle", *words, "--output", "json").out)
        return str(report["environment"])

    assert environment("--record", "tape.yaml") == "simulator"
    monkeypatch.setenv("SGEFLOW_ENV", "simulator-previous")
    assert environment() == "simulator-previous"
    assert environment("--env", "simulator") == "simulator"
    assert environment("--replay", "tape.yaml") == "simulator"


def test_csv_of_several_lists_names_the_form_that_holds_them(sgeflow, tmp_path):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "two.yaml").write_text(
        'flow: two\ntitle: Two\ninputs:\n  pointId: {$ref: "types.yaml#/pointId"}\nsteps:\n'
        "  - id: curve\n    call: consulterMesuresDetailleesV3\n    with:\n"
        "      pointId: ${inputs.pointId}\n      mesuresTypeCode: COURBE\n"
        "      grandeurPhysique: PA\n      dateDebut: ${date_add(run.today, '-P7D')}\n"
        "      dateFin: ${run.today}\n"
        "outputs: {one: steps.curve.measures, other: steps.curve.series}\n",
        "utf-8",
    )
    done = sgeflow("run", "two", "pointId=30000000000011", "--project", ".", "--output", "csv")
    assert (done.code, "take --output json; the lists are: one other" in done.err) == (2, True)


def test_quiet_leaves_only_the_result(sgeflow):
    result = sgeflow("run", "konnector", "--quiet")
    assert result.err == ""
    assert "kWh" in result.out


def test_verbose_tells_of_every_step_and_call(sgeflow):
    result = sgeflow("run", "konnector", "-v")
    assert "✓ town " in result.err
    assert "Later start" in result.err
    assert "rechercherPoint · try 1 · ok" in result.err


def test_inputs_come_from_a_file_and_words_win(sgeflow, tmp_path):
    file = tmp_path / "inputs.yaml"
    file.write_text("pointId: 30000000000011\nhistory: P1Y\n")
    result = sgeflow("run", "gather-data", "--inputs", str(file), "history=P9Y")
    assert result.code == 3
    assert 'history: "P9Y" is not allowed' in result.err
    assert sgeflow("run", "gather-data", "--inputs", str(file)).code == 0


def test_a_run_can_be_recorded_and_replayed(sgeflow, tmp_path):
    tape = str(tmp_path / "tape.yaml")
    first = sgeflow("run", "konnector", "--record", tape, "--output", "json")
    second = sgeflow(
        "run", "konnector", "--replay", tape, "--output", "json", "--today", "2025-06-15"
    )
    assert (first.code, second.code) == (0, 0)
    assert json.loads(first.out)["outputs"]["years"] == json.loads(second.out)["outputs"]["years"]


def test_a_dry_run_sends_and_keeps_nothing(sgeflow, tmp_path, golden):
    result = sgeflow("run", "gather-data", "pointId=30000000000011", "--dry-run")
    assert result.code == 0
    golden("dry-gather.out.txt", result.out)
    assert not (tmp_path / "state").exists()
    assert not (tmp_path / ".sgeflow").exists()


def test_a_dry_run_needs_no_secret_and_hides_people(sgeflow):
    inputs = [f"{name}={value}" for name, value in HOUSEHOLD.items()]
    result = sgeflow("run", "konnector", "--dry-run", "--env", "grandlyon", *inputs)
    assert result.code == 0
    assert "https://apicarto.ign.fr/api/codes-postaux/communes/69003" in result.out
    assert "consulterMesuresDetailleesV3" not in result.out  # of the other generation
    for name in PERSONAL:
        assert HOUSEHOLD[name] not in result.out + result.err


def test_a_dry_run_warns_of_operations_that_end(sgeflow):
    words = ("run", "konnector", "--dry-run")
    inputs = [f"{name}={value}" for name, value in HOUSEHOLD.items()]
    told = sgeflow(*words, "--env", "grandlyon", *inputs)
    ending = "Enedis planned to end commanderCollectePublicationMesures in 2026-11"
    assert (told.code, told.err.count(ending)) == (0, 1)
    assert "consulterMesuresDetaillees is retired at Enedis" in " ".join(told.err.split())
    document = json.loads(sgeflow(*words, "--env", "grandlyon", *inputs, "-O", "json").out)
    assert any(one.startswith(ending) for one in document["warnings"])
    assert sgeflow(*words).err == ""


def test_a_dry_run_masks_people_in_the_bodies_that_it_shows(sgeflow, tmp_path):
    (tmp_path / "search.yaml").write_text(
        "flow: search\ntitle: Search\ninputs:\n"
        "  lastname: {type: string, personal: true}\nsteps:\n"
        "  - id: points\n    call: rechercherPoint\n    with:\n"
        "      codePostal: '69003'\n      codeInseeCommune: '69383'\n"
        "      nomClientFinalOuDenominationSociale: ${inputs.lastname}\noutputs: {}\n"
    )
    result = sgeflow("run", "search.yaml", "lastname=CANARIVALE", "--dry-run")
    assert result.code == 0
    assert re.search(r"nomClientFinalOuDenominationSociale +\*\*\*", result.out)
    assert "69383" in result.out
    assert "CANARIVALE" not in result.out + result.err


def test_a_dry_run_is_a_document_for_programs(sgeflow):
    document = json.loads(sgeflow("run", "konnector", "--dry-run", "--output", "json").out)
    assert [one["call"] for one in document["requests"]] == ["GET communes"]
    assert any(one["changes"] and one["calls"] == "POST backoffice" for one in document["later"])


def test_the_inputs_of_a_flow_are_its_help(sgeflow):
    result = sgeflow("run", "konnector", "--help")
    assert result.code == 0
    assert "lastname  required · text, 1 to 255 characters · personal: never shown" in result.out
    assert "history  default P1Y · one of P1Y, P3Y" in result.out


@pytest.mark.parametrize(
    "given", ["lastname=Ren\udce9", 'lastname:="Ren\\ud800"', 'address:=["\\ud800"]']
)
def test_half_a_character_in_an_input_is_told_as_that(sgeflow, given):
    result = sgeflow("run", "konnector", given)
    assert result.code == 3
    assert "has half of a character" in result.err
    assert "UTF-8" in result.err


def test_an_invalid_input_is_told_without_its_value(sgeflow):
    result = sgeflow("run", "konnector", "pointId=123", "lastname:=42", "address=")
    assert result.code == 3
    assert '"123" is not 14 digits' in result.err
    assert result.out == ""


def test_problems_are_json_when_the_output_is(sgeflow):
    result = sgeflow("run", "konnector", "pointId=123", "--output", "json")
    document = json.loads(
        result.err.splitlines()[-1] if result.err.startswith("sim") else result.err
    )
    assert document["exit"] == 3
    assert document["problems"][0]["id"] == "SGE042"


def test_a_run_that_is_interrupted_says_so(process, tmp_path):
    import os
    import signal

    from tests.cli.conftest import ROOT

    words = ["run", "konnector", "--faults", "latency:2s"]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = start("sgeflow", words, tmp_path, variables)
    assert running.stderr is not None
    running.stderr.readline()
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "interrupted · " in err
    assert "Traceback" not in err


def test_a_simulated_fleet_that_is_run_twice_finds_its_world_new_as_a_single_run_does(sgeflow):
    sgeflow("simulate", "--fleet", "2", "-o", "points.csv")
    words = ("run", "konnector", "--each", "points.csv", "file=data/{pointId}.json")
    for _ in range(2):
        result = sgeflow(*words)
        assert (result.code, "2 of 2 rows done" in result.out) == (0, True), result.out


READ_BACK = """
flow: back
title: A week of energy that was kept before
inputs: {pointId: {type: string}, day: {type: string, optional: true}}
steps:
  - id: kept
    when: present(inputs.day)
    store:
      series: daily_energy
      point: ${inputs.pointId}
      unit: Wh
      stamped: day
      measures: [{date: "${inputs.day}", value: 100}, {date: "2025-06-03", value: 300}]
  - id: week
    load: {point: "${inputs.pointId}", series: daily_energy, start: "2025-06-01", end: "2025-06-08"}
outputs:
  total: sum(steps.week.measures[].value)
  starts: steps.week.measures[].start
  unit: steps.week.unit
"""


def test_a_step_reads_back_what_this_run_and_earlier_ones_have_kept(sgeflow):
    Path("flows").mkdir()
    Path("flows/back.yaml").write_text(READ_BACK)
    point = "pointId=30000000000011"
    days = ["2025-06-01T00:00:00+02:00", "2025-06-03T00:00:00+02:00"]
    for given, starts in (("day=2025-06-01", days), ("day=2025-06-08", days)):
        outputs = json.loads(sgeflow("run", "back", point, given, "-O", "json").out)["outputs"]
        assert outputs == {"total": 400, "starts": starts, "unit": "Wh"}
    nothing = json.loads(sgeflow("run", "back", "pointId=39000000000001", "-O", "json").out)
    assert nothing["outputs"] == {"total": 0, "starts": [], "unit": ""}


def test_a_name_of_a_run_and_a_file_of_rows_are_told_with_what_was_meant(sgeflow, tmp_path):
    assert sgeflow("run", "konnector", "--run", "night").code == 0
    for words in (("resume", "nihgt"), ("runs", "show", "nihgt"), ("page", "run", "nihgt")):
        assert "did you mean  night ?" in sgeflow(*words).err
    (tmp_path / "points.csv").write_text("pointId\n30000000000011\n")
    wrong = sgeflow("run", "konnector", "--each", "pionts.csv")
    assert (wrong.code, "did you mean  points.csv ?" in wrong.err) == (3, True)


def test_a_simulated_run_advises_nothing_that_refuses_what_was_simulated(sgeflow, tmp_path):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "stop.yaml").write_text(
        "flow: stop\ntitle: Stop\ninputs: {pointId: {type: string}}\nsteps:\n"
        "  - id: stop\n    call: commanderArretServiceSouscritMesures\n"
        '    with: {pointId: "${inputs.pointId}", serviceSouscritId: "60000001"}\n',
        "utf-8",
    )
    (tmp_path / "rows.csv").write_text("pointId\n30000000000011\n30000000000012\n", "utf-8")
    closed = ("--project", ".", "--faults", "close:100%")
    one = sgeflow("run", "stop", "pointId=30000000000011", *closed, "--run", "one")
    each = ("--each", "rows.csv", "--jobs", "1", "--max-failures", "1")
    fleet = sgeflow("run", "stop", *each, *closed, "--run", "all")
    assert (one.code, "SGE301" in one.err) == (8, True), one.err
    assert "not begun" in fleet.out + fleet.err, fleet.err
    anew = {"one": "sgeflow run stop", "all": "sgeflow run stop --each rows.csv"}
    for name, do in {**anew, "all.1": anew["all"]}.items():
        refused = sgeflow("resume", name)
        assert (refused.code, refused.err.splitlines()[-1].strip()) == (2, f"do  {do}")
    pages = []
    for words in (("run", "one"), ("fleet", "all")):
        assert sgeflow("page", *words, "-o", "page.html").code == 0
        pages.append((tmp_path / "page.html").read_text("utf-8"))
    for told in (one.out + one.err, fleet.out + fleet.err, *pages):
        text = " ".join(told.split())
        assert "sgeflow resume" not in text
        assert "sgeflow orders" not in text
        assert "run it again" in text.lower()
