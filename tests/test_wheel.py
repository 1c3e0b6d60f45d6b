"""The wheel works by itself, in any folder: its catalogue is inside."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The wheel unpacked as an installer would, before anything else on the path."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed, folder, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(installed), "HOME": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "sgeflow", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_every_shipped_document(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("sgeflow/_data/")}
    folders = ("operations", "flows", "environments", "homologation")
    for kind in (*folders, "simulator/people", "simulator/scenarios"):
        for path in (ROOT / kind).glob("*.yaml"):
            assert f"sgeflow/_data/{kind}/{path.name}" in packed


def test_an_installed_wheel_lists_its_operations_in_an_empty_folder(installed, tmp_path):
    done = run(installed, tmp_path, "show", "operations", "--output", "json")
    assert done.returncode == 0, done.stderr
    assert "consulterMesuresDetaillees" in done.stdout


def test_a_draft_of_an_installed_wheel_names_the_schema_in_it(installed, tmp_path):
    wsdl = ROOT / "tests" / "data" / "wsdl" / "v1" / "Library.wsdl"
    done = run(installed, tmp_path, "import", str(wsdl), "-o", "operations", "-q")
    assert done.returncode == 0, done.stderr
    line = (tmp_path / "operations" / "rechercherLivre.yaml").read_text("utf-8").partition("\n")[0]
    schema = installed / "sgeflow" / "schemas" / "operation.schema.json"
    assert schema.is_file()
    assert line == f"# yaml-language-server: $schema={schema.resolve().as_uri()}"


def test_an_installed_wheel_runs_the_main_job_in_an_empty_folder(installed, tmp_path):
    done = run(installed, tmp_path, "run", "konnector", "--output", "json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["status"] == "done"
    assert (tmp_path / "data" / "importedData.simulated.json").exists()
    where = subprocess.run(
        [sys.executable, "-c", "import sgeflow; print(sgeflow.__file__)"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(installed) in where.stdout


def test_an_installed_wheel_makes_a_project_whose_test_passes(installed, tmp_path):
    done = run(installed, tmp_path, "init", "city")
    assert done.returncode == 0, done.stderr
    done = run(installed, tmp_path / "city", "test")
    assert done.returncode == 0, done.stdout + done.stderr
