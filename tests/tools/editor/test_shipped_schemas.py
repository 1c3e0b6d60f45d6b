"""The JSON Schemas for editors; `SGEFLOW_ACCEPT=1 pytest tests/tools/editor/test_shipped_schemas.py` writes them anew."""

import json
import os
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.tools.editor import write
from tests.each import each

ROOT = Path(__file__).parents[3]
KINDS = {
    "operation": "operations",
    "flow": "flows",
    "environment": "environments",
    "homologation": "homologation",
    "people": "simulator/people",
    "scenario": "simulator/scenarios",
    "test": "tests/flows",
}
NAMES = sorted(write.schemas())


def schema_of(name):
    return json.loads((write.FOLDER / f"{name}.schema.json").read_text("utf-8"))


def shipped(name):
    folder, shared = ROOT / "operations", ("types", "faults", "services")
    if name == "packages":  # a project names them
        return []
    if name in shared:
        return [folder / f"{name}.yaml"]
    found = sorted((ROOT / KINDS[name]).glob("*.yaml"))
    return [file for file in found if file.stem not in shared]


@pytest.mark.parametrize("name", NAMES)
def test_a_committed_schema_is_the_one_that_is_made(name):
    if os.environ.get("SGEFLOW_ACCEPT"):
        write.write()
    kept = (write.FOLDER / f"{name}.schema.json").read_text("utf-8")
    assert kept == write.files()[f"{name}.schema.json"], "SGEFLOW_ACCEPT=1 writes it anew"


def test_no_other_schema_is_kept():
    assert {file.name for file in write.FOLDER.iterdir()} == set(write.files())


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_a_schema(name):
    Draft202012Validator.check_schema(schema_of(name))


@each([(name, file) for name in NAMES for file in shipped(name)])
def test_every_shipped_document_fits_its_schema(case):
    name, file = case
    data = read_yaml(file.name, file.read_text("utf-8")).data
    errors = list(Draft202012Validator(schema_of(name)).iter_errors(data))
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_document_names_its_schema(name):
    for file in shipped(name):
        first = file.read_text("utf-8").splitlines()[0]
        up = "../" * len(file.parent.relative_to(ROOT).parts)
        assert first == f"# yaml-language-server: $schema={up}sgeflow/schemas/{name}.schema.json"


GOOD = {"flow": "x", "title": "x", "steps": [{"id": "a", "set": {"b": 1}}]}
NESTED = {
    "a step": [{"id": "a", "set": {"b": 1}, "wen": "x"}],
    "a verb's key": [{"id": "a", "http": {"service": "s", "pat": "/"}}],
    "a verb": [{"id": "a", "cal": "x"}],
    "no verb": [{"id": "a", "title": "x"}],
    "two verbs": [{"id": "a", "set": {"b": 1}, "check": "x"}],
    "no id": [{"set": {"b": 1}}],
    "a modifier of another verb": [{"id": "a", "set": {"b": 1}, "retry": {"attempts": 2}}],
    "an alternative": [{"id": "g", "choose": [{"id": "a", "set": {"b": 1}, "wen": "x"}]}],
    "a step of a group": [{"id": "g", "steps": [{"id": "a", "set": {"b": 1}, "wen": "x"}]}],
    "a step of a branch": [
        {"id": "g", "branches": {"x": [{"id": "a", "set": {"b": 1}, "wen": "x"}]}}
    ],
    "a step of a group in a branch": [
        {"id": "g", "branches": {"x": [{"id": "h", "steps": [{"id": "a", "cal": "x"}]}]}}
    ],
    "a step of a handler": [
        {"id": "a", "call": "x", "on_fault": [{"codes": ["X"], "steps": [{"id": "b", "cal": "y"}]}]}
    ],
    "a handler": [{"id": "a", "call": "x", "on_fault": [{"code": ["X"], "continue": {}}]}],
    "an undo": [{"id": "a", "call": "x", "undo": {"cal": "y"}}],
    "an undo of an undo": [{"id": "a", "call": "x", "undo": {"call": "y", "undo": {"call": "z"}}}],
    "an undo with an id": [{"id": "a", "call": "x", "undo": {"id": "b", "call": "y"}}],
    "a poll": [{"id": "a", "call": "x", "poll": {"every": "PT1S", "til": "x", "within": "PT5S"}}],
    "a duration": [{"id": "a", "call": "x", "timeout": "P1M"}],
}


@pytest.mark.parametrize("steps", NESTED.values(), ids=NESTED)
def test_an_editor_refuses_a_mistake_in(steps):
    judge = Draft202012Validator(schema_of("flow"))
    assert judge.is_valid(GOOD)
    assert not judge.is_valid({**GOOD, "steps": steps})


def test_an_editor_accepts_what_the_reader_accepts():
    undo = {"call": "y", "on_fault": [{"codes": ["X"], "continue": {}}]}
    steps = [
        {"id": "a", "call": "x", "with": {"b": 1}, "undo": undo, "retry": {"attempts": 2}},
        {"id": "b", "branches": {"x": [{"id": "c", "steps": [{"id": "d", "check": True}]}]}},
    ]
    assert Draft202012Validator(schema_of("flow")).is_valid({**GOOD, "steps": steps})


def test_an_editor_shows_what_a_verb_does():
    properties = schema_of("flow")["$defs"]["step"]["properties"]
    assert properties["call"]["description"].startswith("`call`: call one operation")
