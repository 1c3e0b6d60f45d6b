"""`sgeflow validate` and `sgeflow show`."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from sgeflow import open_catalog
from sgeflow.core.model import Response
from sgeflow.core.wires.refusals import Answer
from sgeflow.errors import Id
from sgeflow.tools.project.explain_code import STATUSES, explain

ROOT = Path(__file__).parents[2]
FLOW = """\
flow: annual
title: A year
inputs:
  pointId: {type: string}
steps:
  - id: contract
    call: consulterDonneesTechniquesContractuelles
    with: {pointId: "${inputs.pointId}"}
    retrie: {attempts: 4}
  - id: fine
    when: steps.contract.segement == 'C5'
    set: {a: 1}
outputs: {}
"""


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    (tmp_path / "flows").mkdir()
    path = tmp_path / "flows" / "annual.yaml"
    path.write_text(FLOW)
    return path


def test_what_is_shipped_has_no_mistake(sgeflow):
    result = sgeflow("validate")
    assert result.code == 0
    assert result.out.startswith("✓ 19 operations, ")
    assert "4 documents of people, 18 scenarios, 0 tests: no mistakes" in result.out
    assert len(result.out.splitlines()) == 1


def test_every_mistake_is_told_with_its_place(sgeflow, broken, golden):
    result = sgeflow("validate", "--project", ".")
    assert result.code == 3
    golden("validate.out.txt", result.out)
    assert result.err == ""


def test_the_same_content_is_json(sgeflow, broken):
    result = sgeflow("validate", "--project", ".", "--format", "json")
    assert result.code == 3
    problem = json.loads(result.out)["problems"][0]
    assert problem["id"] == "SGE012"
    assert (problem["file"], problem["line"], problem["column"]) == ("flows/annual.yaml", 9, 5)
    assert problem["suggestion"] == "retry"


def test_github_marks_the_line(sgeflow, broken):
    out = sgeflow("validate", "--project", ".", "--format", "github").out
    assert out.startswith("::error file=flows/annual.yaml,line=9,col=5,title=SGE012::unknown key")


def test_a_path_is_checked_alone(sgeflow, broken, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(
        FLOW.replace("    retrie: {attempts: 4}\n", "")
        .replace("segement", "segment")
        .replace("annual", "other")
    )
    assert sgeflow("validate", str(other)).code == 0
    assert sgeflow("validate", str(broken)).code == 3
    assert sgeflow("validate", str(tmp_path)).code == 3


def test_files_that_are_no_documents_are_told(sgeflow, tmp_path):
    (tmp_path / "notes.yaml").write_text("hello: world\n")
    result = sgeflow("validate", "notes.yaml", "missing.yaml")
    assert result.code == 3
    assert "notes.yaml is no document of sgeflow" in result.out
    assert "missing.yaml cannot be read" in result.out
    assert "2 problems" in result.out


def test_a_broken_flow_stops_its_run_with_all_its_problems(sgeflow, broken):
    result = sgeflow("run", "annual", "--project", ".")
    assert (result.code, result.out) == (3, "")
    assert "SGE012" in result.err


def test_lists_are_for_people_and_programs(sgeflow):
    out = sgeflow("show").out
    assert "\nflows\n  " in out
    assert "\nenvironments\n" in out
    names = [row["name"] for row in json.loads(sgeflow("show", "flows", "--output", "json").out)]
    assert "konnector" in names
    assert sgeflow("show", "operations", "--output", "csv").out.startswith(
        "kind,name,title,change,status\n"
    )


OURS = """\
# Ours.
environment: ours
title: Our access to Enedis
generation: current
login: prenom.nom@example.org
contractId: "1111111"
services:
  sge: {base_url: "https://sge.example.org", route: direct}
"""


@pytest.mark.parametrize("rate", ["10000000/s", '"5/s\\n"'])
def test_a_rate_that_calls_cannot_keep_is_found_before_a_run(sgeflow, tmp_path, monkeypatch, rate):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "environments" / "ours.yaml"
    file.parent.mkdir()
    for written, code in (("9999999/s", 0), (rate, 3)):
        file.write_text(OURS.replace("direct}", f"direct, rate: {written}}}"))
        result = sgeflow("validate")
        assert result.code == code, result.out
    assert "is not a rate of at most 7 digits, as 5/s or 100/min" in result.out
    assert "environments/ours.yaml:8:67" in result.out


@pytest.mark.parametrize(
    ("place", "text", "found"),
    [
        ("environments/ours.yaml", OURS, True),
        ("environments/ours.yml", OURS, True),
        ("environments/ours.yaml", "dependencies: [python]\n", False),
        ("flows/ours.yaml", "flow: ours\ntitle: Ours\nsteps: [{id: one, set: {a: 1}}]\n", True),
    ],
)
def test_a_folder_with_documents_of_one_kind_is_a_project(
    sgeflow, tmp_path, monkeypatch, place, text, found
):
    file = tmp_path / place
    file.parent.mkdir()
    file.write_text(text)
    below = tmp_path / "some" / "where"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    names = [row["name"] for row in json.loads(sgeflow("show", "-O", "json").out)]
    assert ("ours" in names) == found


def test_every_example_of_every_operation_can_be_pasted_as_it_is_shown(sgeflow):
    """It is answered; or what is shown above it says what is refused, or what is to be put in."""
    operations = open_catalog().catalog.operations
    wrong = []
    for name, operation in operations.items():
        shown = sgeflow("show", name).out
        lines = [line.strip() for line in shown.splitlines() if "sgeflow call" in line]
        for line, example in zip(lines, operation.examples.values(), strict=True):
            _, *words = shlex.split(line)
            result = sgeflow(*words)
            code = re.search(r"refused the call: (SGT\w+)", result.err)
            told = " ".join(shown.split())
            is_told = code is not None and (
                code[1] in example.description
                or (code[1] == "SGT4O3" and "serviceSouscritId" in example.description)
            )
            if example.description not in told or not (result.code == 0 or is_told):
                wrong.append((line, result.err))
    assert wrong == []


@pytest.mark.parametrize("usual", [None, "production"])
def test_the_example_of_every_flow_can_be_pasted_as_it_is_shown(sgeflow, monkeypatch, usual):
    if usual:
        monkeypatch.setenv("SGEFLOW_ENV", usual)
    wrong = []
    for name, flow in open_catalog().catalog.flows.items():
        (line,) = [one for one in sgeflow("show", name).out.splitlines() if "sgeflow run" in one]
        _, _, *words = shlex.split(line)
        if "only" in flow.inputs:  # one of its cases is enough here
            words.append("only=RP-R1")
        result = sgeflow(*words)
        if result.code != 0:
            wrong.append((line, result.err))
    assert wrong == []


def test_examples_name_a_simulated_environment_where_a_real_one_is_usual(sgeflow, monkeypatch):
    monkeypatch.setenv("SGEFLOW_ENV", "production")
    shown = sgeflow("show", "commanderAccesDonneesMesures").out
    assert shown.count("sgeflow call") == shown.count(" --env simulator\n") == 3


def test_an_operation_is_shown_with_a_call_to_paste(sgeflow, golden):
    result = sgeflow("show", "rechercherServicesSouscritsMesures")
    assert result.code == 0
    golden("show-operation.out.txt", result.out)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "commanderServicesAccesDonnees",
            [
                "the same pointId, contratId, sens, serviceSouscrit, dateFin",
                "lost rechercherServicesAccesDonnees looks for it",
                "not found unknown; from P1D after it was sent, sgeflow resume may send it once more",
            ],
        ),
        (
            "commanderRenouvellementServicesAccesDonnees",
            ["not found unknown: a person finds out"],
        ),
        (
            "commandeInformationsTechniquesEtContractuelles",
            ["lost no read shows what it made: a person finds out"],
        ),
    ],
)
def test_an_order_is_shown_with_what_settles_a_lost_answer(sgeflow, name, lines):
    shown = [" ".join(line.split()) for line in sgeflow("show", name).out.splitlines()]
    assert [line for line in lines if line not in shown] == []


def test_an_example_is_shown_with_the_dates_of_today(sgeflow, monkeypatch):
    monkeypatch.setenv("SGEFLOW_TODAY", "2026-03-02")
    result = sgeflow("show", "consulterMesuresDetaillees", "-O", "json")
    week = json.loads(result.out)["examples"]["week_of_half_hours"]
    assert (week["dateDebut"], week["dateFin"]) == ("2026-02-23", "2026-03-02")


def test_a_flow_is_shown_with_its_steps(sgeflow):
    out = sgeflow("show", "gather-data").out
    assert "    · Daily energy" in out
    assert "pointId  required" in out


def test_an_environment_is_shown_without_a_secret(sgeflow, monkeypatch):
    monkeypatch.setenv("SGE_API_TOKEN", "canary-token")
    for form in ("table", "json"):
        out = sgeflow("show", "grandlyon", "--output", form).out
        assert "apis.example.org" in out
        assert "canary" not in out
        assert "secret." not in out


def test_an_environment_shows_how_often_it_is_called_and_what_that_allows_for(sgeflow):
    shown = json.loads(sgeflow("show", "grandlyon", "--output", "json").out)
    assert '"rate": "5/s", "jitter": "100 ms"' in json.dumps(shown)
    assert "jitter    100 ms" in sgeflow("show", "grandlyon").out


def test_a_document_wins_and_what_else_has_its_name_is_told(sgeflow):
    flow = sgeflow("show", "homologation")
    assert flow.out.startswith("homologation\n\nRun the cases")
    assert flow.err.splitlines() == [
        "homologation is also an environment  sgeflow show environments homologation",
        "homologation is also a kind of documents  sgeflow show",
    ]
    other = sgeflow("show", "environments", "homologation")
    assert (other.code, other.err, "generation" in other.out) == (0, "", True)
    assert sgeflow("show", "homologation", "catalogue-26.1").out.startswith("catalogue-26.1\n")


def test_words_and_codes_are_listed_and_named_alone(sgeflow, tmp_path):
    words = json.loads(sgeflow("show", "words", "-O", "json").out)
    assert {"kind", "name", "title"} == set(words[0])
    codes = {row["name"] for row in json.loads(sgeflow("show", "codes", "-O", "json").out)}
    assert {"SGT4L8", "SGE012"} < codes
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "retry.yaml").write_text(
        "flow: retry\ntitle: Mine\nsteps: [{id: a, set: {b: 1}}]\n"
    )
    mine = sgeflow("show", "retry")
    assert mine.out.startswith("retry\n\nMine\n")
    assert mine.err == "retry is also a word of the language  sgeflow show word retry\n"
    assert "attempts" in sgeflow("show", "word", "retry").out
    assert 'words: there is no "retri"' in sgeflow("show", "word", "retri").err


def test_a_code_is_explained(sgeflow, golden):
    golden("error.out.txt", sgeflow("show", "sgt4l8").out)


def test_our_own_ids_are_explained(sgeflow):
    document = json.loads(sgeflow("show", "SGE012", "--output", "json").out)
    assert document["means"] == "a key that does not exist there"
    assert document["exit"] == 3


def test_an_unknown_code_is_placed_by_its_family(sgeflow):
    document = json.loads(sgeflow("show", "SGT4LZ", "--output", "json").out)
    assert document["known"] is False
    assert document["fault_class"] == "invalid"
    assert document["suggestion"].startswith("SGT4L")
    assert sgeflow("show", "42").code == 2


@pytest.mark.parametrize("written", ["503", "HTTP503", "http 503"])
def test_a_status_is_explained_however_it_is_written(sgeflow, written):
    document = json.loads(sgeflow("show", written, "--output", "json").out)
    assert document["code"] == "HTTP503"
    assert (document["fault_class"], document["exit"], document["known"]) == ("transient", 5, True)


@pytest.mark.parametrize("status", [*STATUSES, 418, 407, 599])
def test_a_status_is_explained_as_calls_take_it(status):
    workspace = open_catalog()
    reading = workspace.operation("rechercherPoint")
    response = Response(status=status, headers={}, body=b"")
    fault = Answer(reading, response, {}, refuses=False).status_fault()
    assert fault is not None
    meaning = explain(workspace, str(status))
    assert (meaning.fault_class, meaning.exit) == (fault.fault_class.value, fault.problem.id.exit)


def test_a_code_of_flows_is_told_with_its_places_and_words(sgeflow, golden):
    golden("error-flow.out.txt", sgeflow("show", "login_failed").out.replace(f"{ROOT}/", ""))
    (down,) = json.loads(sgeflow("show", "PLATFORM_DOWN", "--output", "json").out)["ends"]
    assert (down["flow"], down["exit"]) == ("homologation", 5)
    partly = explain(open_catalog(), "UNKNOWN_ERROR.PARTIAL_SYNC").ends
    assert {(end.flow, end.exit) for end in partly} == {("konnector", 7)}
    assert sgeflow("show", "login_faild").err.count("LOGIN_FAILED") == 1


def test_every_end_of_every_flow_is_explained():
    workspace = open_catalog()
    codes = set()
    for file in sorted((ROOT / "flows").glob("*.yaml")):
        codes |= set(re.findall(r"^ +code: ([A-Z_.]+)$", file.read_text("utf-8"), re.MULTILINE))
    assert len(codes) > 10
    for code in codes:
        assert explain(workspace, code).ends


def test_our_own_ids_say_what_helps():
    workspace = open_catalog()
    told = {one: explain(workspace, one.code) for one in Id}
    assert [one.code for one, meaning in told.items() if not meaning.remedy] == []
    assert "sgeflow show" in told[Id.RULE].remedy
    assert "sgeflow validate" in told[Id.UNKNOWN_KEY].remedy


TEST = "test: annual\ntitle: x\nflow: annual\ntoday: 2025-06-15\ncases: {a: {expect: {}}}\n"
RIGHT = "flow: annual\ntitle: x\nsteps: [{id: a, set: {x: 1}}]\n"


@pytest.mark.parametrize(
    ("files", "told", "meant"),
    [
        ({"flows/annual.yaml": RIGHT, "flows/annual.yml": RIGHT}, "is defined twice", ""),
        (
            {"flows/annual.yaml": RIGHT, "flows/copy.yaml": RIGHT},
            'flow "annual" must be in a file named copy.yaml',
            "copy",
        ),
        (
            {"operations/annual.yaml": RIGHT},
            "a flow does not belong in operations/",
            "flows/annual.yaml",
        ),
        (
            {"flows/annual.yaml": TEST},
            "a flow test does not belong in flows/",
            "tests/flows/annual.test.yaml",
        ),
        (
            {"flows/annual.yaml": RIGHT, "tests/flows/annual.yaml": TEST},
            "a flow test is in a file named annual.yaml, and is not run",
            "annual.test.yaml",
        ),
        (
            {"flows/annual.yaml": RIGHT, "flows/night/late.yaml": RIGHT.replace("annual", "late")},
            "flows/night/late.yaml is not read: it lies in a folder within a folder",
            "",
        ),
    ],
)
def test_a_file_in_the_wrong_place_or_of_the_wrong_name_is_told_once(
    sgeflow, tmp_path, files, told, meant
):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    done = sgeflow("validate", "--project", ".", "--format", "json")
    assert done.code == 3
    (problem,) = json.loads(done.out)["problems"]
    assert told in problem["message"]
    assert problem.get("suggestion", "") == meant


def test_a_flow_that_is_not_read_is_named_to_who_looks_for_it(sgeflow, tmp_path):
    (tmp_path / "flows" / "night").mkdir(parents=True)
    (tmp_path / "flows" / "night" / "late.yaml").write_text(RIGHT.replace("annual", "late"))
    assert "flows/night/late.yaml is not read" in sgeflow("run", "late").err
    assert sgeflow("run", "late").code == 2
    for name in ("late", "late.yaml", "flows/late.yaml", "night/late.yml"):
        assert "did you mean  flows/night/late.yaml ?" in sgeflow("run", name).err


def test_a_document_that_is_not_utf8_is_told_with_its_line(sgeflow, tmp_path):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "annual.yaml").write_bytes(
        RIGHT.replace("title: x", "title: été").encode("latin-1")
    )
    done = sgeflow("validate", "--project", ".")
    assert "flows/annual.yaml is Latin-1, not UTF-8" in done.out + done.err
    assert "flows/annual.yaml:2:1" in done.out + done.err
    assert "save the file in UTF-8" in done.out + done.err
