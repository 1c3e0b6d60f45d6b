"""The schemas of one catalogue: what they know, refuse and let through, and how they are written."""

import json
from pathlib import Path

import pytest
from check_jsonschema import main
from click.testing import CliRunner
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from sgeflow.cli.main import run
from sgeflow.core.checking.flows.grammar import Grammar
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.runtime.project import open_catalog, verbs
from sgeflow.tools.editor import write
from sgeflow.tools.editor.schemas import catalogue_schemas
from tests.conftest import build
from tests.examples import some
from tests.mistakes.test_valid_flows import flows
from tests.tools.editor.conftest import ROOT
from tests.tools.editor.test_shipped_schemas import shipped

NAMES = sorted(write.schemas())


@pytest.fixture(scope="module")
def catalogue():
    return write.catalogue(open_catalog(ROOT))


@pytest.mark.parametrize("name", list(filter(shipped, NAMES)))
def test_check_jsonschema_finds_nothing_in_the_shipped_documents(catalogue, name, tmp_path):
    schema = tmp_path / "schema.json"
    schema.write_text(write.text(catalogue[name]), "utf-8")
    words = ["--schemafile", str(schema), *map(str, shipped(name))]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output


@given(flows())
@settings(max_examples=some(12), deadline=None)
def test_a_valid_flow_is_underlined_nowhere(text):
    catalog, problems = build({"flows/main.yaml": text})
    assert problems == ()
    judge = Draft202012Validator(catalogue_schemas(catalog, Grammar(verbs()), {})["flow"])
    data = read_yaml("main.yaml", text).data
    assert [f"{e.json_path}: {e.message}" for e in judge.iter_errors(data)] == []


def test_a_schema_knows_the_names_of_its_own_catalogue_alone():
    catalog, _ = build({"flows/main.yaml": "flow: main\ntitle: x\nsteps: [{id: a, set: {b: 1}}]"})
    found = catalogue_schemas(catalog, Grammar(verbs()), {"day": {"format": "date"}})
    text = json.dumps(found["flow"])
    assert "call.readThing" in text
    assert "rechercherPoint" not in found["flow"]["$defs"]
    assert json.dumps(found["operation"]).count("types.yaml#/day") == 1


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small project, which is the folder that commands run in."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "own.yaml").write_text(
        "# mine\nflow: own\ntitle: x\nsteps: [{id: a, set: {b: 1}}]\n", "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SGEFLOW_LANG", "en")
    return tmp_path


def test_the_schemas_are_written_beside_the_project_and_know_its_flows(project, capsys):
    assert run(["schema"]) == 0
    folder = project / ".sgeflow" / "schemas"
    assert sorted(file.name for file in folder.iterdir()) == [f"{n}.schema.json" for n in NAMES]
    assert "flow.own" in (folder / "flow.schema.json").read_text("utf-8")
    assert capsys.readouterr().err == f"{len(NAMES)} schemas in {Path('.sgeflow', 'schemas')}\n"
    assert (project / "flows" / "own.yaml").read_text("utf-8").startswith("# mine")


def test_a_schema_is_printed_for_whoever_wants_it_elsewhere(project, capsys):
    assert run(["schema", "flow"]) == 0
    assert "flow.own" in json.loads(capsys.readouterr().out)["$defs"]
    assert not (project / ".sgeflow").exists()


def test_a_folder_may_be_chosen_and_is_named_in_the_first_lines(project, capsys):
    assert run(["schema", "-o", "editor", "--modelines"]) == 0
    file = project / "flows" / "own.yaml"
    wanted = "# yaml-language-server: $schema=../editor/flow.schema.json\n# mine\nflow: own\n"
    assert file.read_text("utf-8").startswith(wanted)
    assert (file.parent / "../editor/flow.schema.json").is_file()
    assert "→ flows/own.yaml" in capsys.readouterr().err
    assert run(["schema", "-o", "other", "--modelines"]) == 0  # the line is replaced, not doubled
    assert file.read_text("utf-8").count("yaml-language-server") == 1
    assert file.read_text("utf-8").startswith("# yaml-language-server: $schema=../other/flow.")


def test_what_is_written_first_is_what_later_documents_name(project):
    assert run(["schema", "-q"]) == 0
    line = write.modeline("flow", project / "flows")
    assert line == "# yaml-language-server: $schema=../.sgeflow/schemas/flow.schema.json"


def test_a_schema_that_does_not_exist_is_refused(project, capsys):
    assert run(["schema", "flwo"]) == 2
    told = capsys.readouterr().err
    assert 'there is no schema "flwo"' in told
    assert "did you mean  flow ?" in told
