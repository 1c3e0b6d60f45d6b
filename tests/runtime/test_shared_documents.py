"""Types and faults of a project add to the shipped ones; other documents take their place."""

import pytest

from sgeflow import open_catalog
from sgeflow.adapters.project_files import find_project, read_documents
from sgeflow.errors import InvalidDocuments
from sgeflow.runtime.project import differing
from sgeflow.tools.project.validate import validate

OPERATION = """
operation: readMine
title: Reads a thing of ours
service: Mine
version: "1.0"
kind: read
route: {gateway: gate/mine, direct: Mine/v1, soap_action: urn:read}
parameters:
  pointId: {$ref: "types.yaml#/pointId"}
  colour: {$ref: "types.yaml#/colour"}
envelope:
  namespaces: {v: "urn:mine"}
  body: {"v:read": {pointId: "${pointId}", colour: "${colour}"}}
response: {element: readResponse, paths: {name: name}}
faults: {SGT999: already}
"""
TYPES = "colour: {enum: [red, blue], description: A colour}\n"
FAULTS = """
SGT999:
  class: technical
  meaning: {en: ours, fr: à nous}
  cause: {en: ours, fr: à nous}
  remedy: {en: ours, fr: à nous}
SGT4G3:
  class: technical
  meaning: {en: nothing here, fr: rien ici}
  cause: {en: none, fr: aucune}
  remedy: {en: none, fr: aucun}
"""


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "operations"
    folder.mkdir()
    (folder / "readMine.yaml").write_text(OPERATION)
    (folder / "types.yaml").write_text(TYPES)
    (folder / "faults.yaml").write_text(FAULTS)
    return tmp_path


def test_own_types_stand_beside_the_shipped_ones(project):
    catalog = open_catalog(project).catalog
    assert len(catalog.operations) == 20
    assert catalog.operations["readMine"].parameters["colour"].schema["enum"] == ["red", "blue"]
    assert "pattern" in catalog.operations["readMine"].parameters["pointId"].schema


def test_own_codes_add_to_the_shipped_ones_and_replace_single_ones(project):
    faults = open_catalog(project).catalog.faults
    assert faults["SGT999"].meaning == "ours"
    assert faults["SGT4G3"].meaning == "nothing here"
    assert "SGT401" in faults


def test_a_mistake_in_the_projects_own_is_told_there(project):
    (project / "operations" / "types.yaml").write_text("colour: {enm: [red]}\n")
    with pytest.raises(InvalidDocuments, match="enm") as raised:
        open_catalog(project).operation("readMine")
    files = {problem.at.file for problem in raised.value.problems}
    assert {name.rpartition("/")[2] for name in files} == {"types.yaml"}
    assert validate(project).problems


def test_validating_one_file_takes_the_shipped_types_beneath_it(project, tmp_path):
    assert validate(project, [project / "operations"]).problems == ()


def test_a_project_without_its_own_has_the_shipped_ones(tmp_path):
    (tmp_path / "flows").mkdir()
    documents = read_documents(find_project(tmp_path))
    shared = [d.stem for d in documents if d.is_base]
    assert sorted(shared) == ["faults", "services", "types"]


def test_a_change_of_either_is_told_by_its_name(project):
    before = open_catalog(project).documents
    (project / "operations" / "types.yaml").write_text(TYPES + "size: {type: integer}\n")
    assert differing(before, open_catalog(project).documents) == ("operations/types",)
