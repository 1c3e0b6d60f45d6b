"""`sgeflow page flow` and `sgeflow show FLOW PATH`."""

import json
import os
import stat
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import pytest
import yaml

from sgeflow.cli.shared import completion
from tests.cli.conftest import same_every_time


@pytest.fixture
def run_id(sgeflow, tmp_path):
    """Run the konnector and give the run's id."""

    def run(*words):
        sgeflow("run", "konnector", "-q", f"file={tmp_path / 'out.json'}", *words)
        return json.loads(sgeflow("runs", "-n", "1", "-O", "json").out)[0]["run"]

    return run


def test_a_flow_is_a_page_of_its_name_by_default(sgeflow, tmp_path):
    result = sgeflow("page", "flow", "gather-data")
    assert (result.code, result.out, result.err) == (0, "", "→ flow-gather-data.html\n")
    assert "<!doctype html>" in (tmp_path / "flow-gather-data.html").read_text("utf-8").lower()


def test_a_flow_is_an_svg_on_stdout(sgeflow):
    result = sgeflow("page", "flow", "gather-data", "--format", "svg", "-o", "-")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("<svg ")
    title = "Fetch daily energy, half-hours and maximum power, side by side"
    assert f'<title id="title">{title}</title>' in result.out


def test_the_file_says_the_form(sgeflow, tmp_path):
    result = sgeflow("page", "flow", "konnector", "-o", "a/flow.svg")
    assert (result.code, result.out, result.err) == (0, "", "→ a/flow.svg\n")
    assert ET.parse(tmp_path / "a" / "flow.svg").getroot().tag.endswith("}svg")


def test_a_picture_may_be_read_by_others_and_what_happened_may_not(sgeflow, run_id, tmp_path):
    run = run_id()
    usual = os.umask(0o027)
    try:
        sgeflow("page", "flow", "konnector", "-o", "flow.svg")
        sgeflow("page", "flow", "konnector", "--run", run, "-o", "run.svg")
    finally:
        os.umask(usual)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("flow.svg", "run.svg")]
    assert modes == [0o640, 0o600]


def test_a_run_knows_its_flow(sgeflow, run_id):
    run = run_id()
    flow = ("page", "flow")
    assert sgeflow(*flow, "--run", run).err == f"→ flow-{run}.simulated.html\n"
    drawn = sgeflow(*flow, "--run", run, "-o", "-").out
    assert drawn == sgeflow(*flow, "konnector", "--run", run, "-o", "-").out != ""


def test_a_single_call_is_of_no_flow(sgeflow):
    operation = "commandeInformationsTechniquesEtContractuelles"
    assert sgeflow("call", operation, 'pointId:=["25150217034354"]').code == 0
    run = json.loads(sgeflow("runs", "-n", "1", "-O", "json").out)[0]["run"]
    result = sgeflow("page", "flow", "--run", run)
    assert (result.code, f"run {run} was a single call" in result.err) == (2, True)


def test_a_flow_may_be_a_file_of_anywhere(sgeflow, tmp_path):
    (tmp_path / "mine.yaml").write_text("flow: mine\ntitle: Mine\nsteps: [{id: a, set: {b: 1}}]\n")
    assert sgeflow("page", "flow", "mine.yaml", "-o", "mine.svg").code == 0
    assert ">set b</text>" in (tmp_path / "mine.svg").read_text("utf-8")
    assert sgeflow("show", "mine.yaml", "steps.a.b").code == 0


def test_what_a_run_did_is_drawn(sgeflow, run_id):
    run = run_id("--scenario", "opposition")
    out = sgeflow("page", "flow", "konnector", "--run", run[:4], "--expand", "-o", "-").out
    assert f"run {run} · 15 Jun 2025 · simulator · failed in" in out
    assert "✗ failed USER_ACTION_NEEDED" in out


def test_a_fleet_is_no_run_and_its_rows_are(sgeflow, tmp_path):
    (tmp_path / "rows.csv").write_text("again\nfalse\n")
    done = sgeflow("run", "gather-data", "-q", "--each", "rows.csv")
    fleet = json.loads(sgeflow("runs", "-n", "1", "-O", "json").out)[0]["run"]
    refused = sgeflow("page", "flow", "gather-data", "--run", fleet)
    assert (done.code, refused.code) == (0, 2)
    assert f"run {fleet} is a fleet: name one of its rows, {fleet}.1 for example" in refused.err
    row = sgeflow("page", "flow", "gather-data", "--run", f"{fleet}.1", "-o", "-").out
    assert "✓ done" in row


FLOW = """\
flow: mine
title: A flow
inputs:
  day: {type: string, default: "${run.today}", description: "A day, in the way of ISO 8601"}
  born: {type: string, default: "1970-01-01", personal: true}
steps:
  - id: office
    title: Ask the office
    http: {service: backoffice, path: "/consent/${inputs.day}"}
    on_fault: [{classes: [not_found], continue: {status: 404, body: null}}]
  - id: late
    when: steps.office.status == 200 && days_between(inputs.day, run.today) > 30
    steps:
      - id: told
        set: {words: "${steps.office.body.ID}"}
"""


@pytest.fixture
def mine(tmp_path):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "mine.yaml").write_text(FLOW)


def test_a_value_is_explained(sgeflow, mine, golden):
    result = sgeflow("show", "mine", "steps.office.body")
    assert (result.code, result.err) == (0, "")
    golden("explain.out.txt", result.out)


def test_a_value_in_a_run_is_explained(sgeflow, mine, golden):
    assert sgeflow("run", "mine", "-q").code == 0
    run = json.loads(sgeflow("runs", "-n", "1", "-O", "json").out)[0]["run"]
    result = sgeflow("show", "mine", "steps.told.words", "--run", run)
    assert result.code == 0
    golden("explain-run.out.txt", same_every_time(result.out))


def test_of_a_personal_input_not_even_a_day_is_kept(sgeflow, mine):
    sgeflow("run", "mine", "-q", "born=1980-02-29", "day=2025-06-01")
    run = json.loads(sgeflow("runs", "-n", "1", "-O", "json").out)[0]["run"]
    told = [
        json.loads(sgeflow("show", "mine", path, "--run", run, "-O", "json").out)["happened"]
        for path in ("inputs.born", "inputs.day")
    ]
    assert told == [[{"value": "***"}], [{"value": "2025-06-01"}]]


def test_no_line_is_wider_than_the_terminal(sgeflow, run_id, monkeypatch):
    run = run_id()
    for width in (60, 80, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        for path in ("steps.noted", "steps.account", "steps.first.start.segment", "inputs.pointId"):
            lines = sgeflow("show", "konnector", path, "--run", run).out.splitlines()
            assert [line for line in lines if len(line) > width and " " in line.strip()] == []


def test_the_same_content_is_for_programs(sgeflow, run_id):
    words = ("show", "konnector", "steps.later", "--run", run_id())
    found = json.loads(sgeflow(*words, "-O", "json").out)
    assert found == yaml.safe_load(sgeflow(*words, "-O", "yaml").out)
    assert found["path"] == "steps.later"
    assert found["missing"][0]["text"] == "present(state.boId)"
    assert found["missing"][0]["at"].rpartition("flows/")[2].startswith("konnector.yaml:")
    assert found["happened"][0]["status"] == "skipped"
    told = json.loads(sgeflow("show", "konnector", "inputs.lastname", "-O", "json").out)
    assert (told["personal"], told["schema"]["type"], told["sort"]) == (True, "string", "text")


def test_the_flows_of_a_project_that_has_no_operations_are_completed_too(tmp_path, monkeypatch):
    mine = tmp_path / "flows" / "mine.yaml"
    mine.parent.mkdir()
    mine.write_text("flow: mine\n", encoding="utf-8")
    monkeypatch.chdir(mine.parent)
    assert {"mine", "konnector"} <= {*completion.flows()}


def test_names_are_completed(sgeflow, run_id):
    run = run_id()
    context = SimpleNamespace(params={"name": "konnector"})
    ((name, about),) = completion.runs(context)
    assert (name, about.startswith("konnector, 20")) == (run, True)
    assert "steps.later.consent" in completion.paths(context)
    context.params["name"] = "konector"
    assert completion.paths(context) == []
    context.params["name"] = "environments"
    assert "grandlyon" in completion.paths(context)
    assert "operations" in completion.names("oper")
    assert completion.names("gap").count("gaps") == 1  # a flow and a word
