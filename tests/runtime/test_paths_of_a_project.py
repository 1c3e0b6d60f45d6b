"""Paths: those of documents count from their project, those that are typed from where they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sgeflow.adapters.resolved_endpoints import resolve_all
from sgeflow.cli.main import run
from sgeflow.runtime.project import open_catalog

FLOW = """
flow: yearly
title: A day of energy, in two files
inputs:
  file: {type: string, optional: true}
steps:
  - id: written
    export: {format: csv, file: data/kept.csv}
  - id: chosen
    when: present(inputs.file)
    export: {format: csv, file: "${inputs.file}"}
outputs: {}
"""
ENVIRONMENT = """
environment: direct
title: Ours
generation: current
login: someone@example.org
contractId: "1111111"
services:
  sge:
    base_url: https://sge.example.org
    route: direct
    certificate: certificates/own.pem
    key: ${secret.OWN_KEY}
    ca: /etc/ssl/ca.pem
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    for name, text in {"flows/yearly": FLOW, "environments/direct": ENVIRONMENT}.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    (folder / "notes").mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("SGEFLOW_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("SGEFLOW_TODAY", "2025-06-15")
    return folder


@pytest.fixture
def files(tmp_path: Path) -> Callable[[], set[str]]:
    return lambda: {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.csv")}


@pytest.mark.parametrize("folder", [".", "notes", "../elsewhere"])
def test_a_file_of_a_flow_counts_from_the_project_and_a_typed_one_from_where_it_is_typed(
    project: Path,
    folder: str,
    files: Callable[[], set[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project / folder)
    assert run(["run", "yearly", "file=mine.csv", "--project", str(project)]) == 0
    here = (project / folder).resolve().relative_to(project.parent)
    assert files() == {"project/data/kept.simulated.csv", f"{here}/mine.simulated.csv"}
    assert "→ mine.simulated.csv" in capsys.readouterr().out


def test_a_certificate_of_an_environment_counts_from_the_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWN_KEY", "keys/own.key")
    for folder in (project, project / "notes"):
        monkeypatch.chdir(folder)
        sge = resolve_all(open_catalog().environment("direct"))["sge"]
        assert (Path.cwd() / sge.certificate).resolve() == project / "certificates/own.pem"
        assert (Path.cwd() / sge.key).resolve() == project / "keys/own.key"
        assert sge.ca == "/etc/ssl/ca.pem"


def test_a_typed_path_among_the_documents_is_refused_from_any_folder(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project / "notes")
    assert run(["run", "yearly", "file=../flows/mine.csv"]) == 3
    assert "SGE042 a file in" in capsys.readouterr().err


def test_the_same_words_in_another_folder_are_another_run_of_a_name(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", "yearly", "file=mine.csv", "--run", "night"]
    monkeypatch.chdir(project / "notes")
    assert [run(words), run(words)] == [0, 0]
    monkeypatch.chdir(project / "flows")
    assert run(words) == 2
    assert "begun with other inputs" in capsys.readouterr().err


def test_a_fleet_writes_its_files_where_its_command_is_typed(
    project: Path, files: Callable[[], set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "notes")
    Path("rows.csv").write_text("place\na\nb\n")
    place = "optional: true}\n  place: {type: string, optional: true}"
    flow = FLOW.replace("optional: true}", place).replace("kept.csv", '${inputs.place}.csv"')
    flow = flow.replace("file: data", 'file: "data')
    (project / "flows/yearly.yaml").write_text(flow)
    assert run(["run", "yearly", "--each", "rows.csv", "file=out/{place}.csv"]) == 0
    out = {
        f"project/{folder}/{name}.simulated.csv"
        for folder in ("notes/out", "data")
        for name in "ab"
    }
    assert files() - {"project/notes/rows.csv"} == out
