"""Functions and operations of a package that the page for programs writes, installed by pip."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.docs.pages import blocks
from tests.processes import VARIABLES, start

NEWLINE = "\n"
OTHER = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "sgeflow-other"
version = "2.0"

[project.entry-points."sgeflow.functions"]
{points}

[tool.hatch.build.targets.wheel]
include = ["*.py"]
"""

WITH_PLACES = """
import json, runpy, sys
sys.path[:0] = json.loads(sys.argv.pop(1))
runpy.run_module("sgeflow", run_name="__main__", alter_sys=True)
"""


def written(language, *marks):
    """The blocks of the page with a language and marks."""
    found = blocks(language, "library.md")
    return [one.text for one in found if one.marks[: len(marks)] == marks]


def install(source, folder):
    """Install a distribution into a fresh folder, from its source and nothing else."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    command += ["--disable-pip-version-check", "--no-build-isolation", "--no-compile"]
    done = subprocess.run(
        [*command, "--target", folder, source],
        check=False,
        capture_output=True,
        text=True,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
    )
    assert done.returncode == 0, done.stderr


def write(folder, **texts):
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def carbon(tmp_path_factory):
    """The folder into which the package of the page is installed."""
    source, folder = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("carbon")
    (project,) = written("toml")
    package = source / "sgeflow_carbon"
    (package / "operations").mkdir(parents=True)
    (source / "pyproject.toml").write_text(project)
    (code,) = [text for text in written("python") if text.startswith("def carbon_of")]
    (package / "__init__.py").write_text(code)
    write(package / "operations", carbonIntensity=written("yaml", "operation")[0])
    install(source, folder)
    return folder


@pytest.fixture
def site(carbon, tmp_path):
    """A copy of that folder, which a test may change."""
    return shutil.copytree(carbon, tmp_path / "site")


@pytest.fixture
def project(tmp_path):
    """The project of the page."""
    folder = tmp_path / "project"
    write(
        folder,
        operations__packages=written("yaml", "packages")[0],
        environments__carbon=written("yaml", "environment")[0],
        flows__carbon=written("yaml", "flow")[0],
    )
    return folder


@pytest.fixture
def command(project, tmp_path):
    """Run sgeflow in the project, with packages of some folders, and a cache of its own."""

    def run(*words, site=(), code=0):
        places = [*map(str, site if isinstance(site, tuple) else (site,))]
        given = {**VARIABLES, "SGEFLOW_CACHE": str(tmp_path / "cache")}
        process = start("-c", [WITH_PLACES, json.dumps(places), *words], project, given)
        out, err = process.communicate(timeout=60)
        assert process.returncode == code, out + err
        return " ".join((out + err).split())

    return run


RUN = ("run", "carbon", "day=2025-06-15", "--env", "carbon", "--output", "json")


def test_the_package_of_the_page_is_checked_and_used(site, command):
    assert "no mistakes" in command("validate", site=site)
    for _ in range(2):  # checked, and from the cache
        assert '"grams": 200.0' in command(*RUN, site=site)
    assert "carbonIntensity" in command("show", "operations", site=site)


def test_a_project_without_the_package_is_told_its_name(site, command, project):
    told = command("validate", code=3)
    assert "packages.yaml:1:12" in told
    assert "the package sgeflow-carbon is not installed" in told
    (project / "operations" / "packages.yaml").write_text("packages: [msgspec]\n")
    assert "the package msgspec offers nothing to sgeflow" in command("validate", code=3)


def test_calls_are_checked_as_those_of_own_functions(site, command, project):
    flow = project / "flows" / "carbon.yaml"
    wrong = {
        "carbon_of([1])": "carbon_of() takes 2 values, not 1",
        "carbon_of(['a'], 2)": "carbon_of() takes a list of numbers, not a list of texts",
        "carbon_of([1], 2) == 'a'": "text never equals a number",
        "carbon_off([1], 2)": "did you mean carbon_of ?",
    }
    values = "".join(f'  g{n}: "{text}"\n' for n, text in enumerate(wrong))
    flow.write_text(flow.read_text().partition("  grams:")[0] + values)
    told = command("validate", site=site, code=3)
    assert [each for each in wrong.values() if each not in told] == []


def test_a_changed_package_is_checked_again(site, command):
    """The cache has the flow as it was checked with the first form of the function."""
    assert '"grams": 200.0' in command(*RUN, site=site)
    code = site / "sgeflow_carbon" / "__init__.py"
    code.write_text(code.read_text().replace("grams: float)", "grams: str)"))
    assert "carbon_of() takes" in command(*RUN, site=site, code=3)
    shutil.rmtree(site)
    site.mkdir()
    assert "the package sgeflow-carbon is not installed" in command(*RUN, site=site, code=3)


FUNCTIONS = """
def missing_hint(a: int, b) -> int: return a
def with_default(a: int = 1) -> int: return a
def odd_type(a: int) -> set: return {a}
def wrong_result(a: float) -> float: return str(a)
def not_plain(a: float) -> list: return object()
def failing(a: float) -> float: raise KeyError(f"a secret {a}")
def changing(a: list) -> float:
    a.append(1)
    return len(a)
"""


@pytest.fixture
def functions(site, project):
    """Offer these functions, and have the flow use some of them."""
    points = next(site.glob("*.dist-info")) / "entry_points.txt"
    names = re.findall(r"def (\w+)", FUNCTIONS)
    lines = [f"{name} = sgeflow_carbon:{name}" for name in [*names, "gone"]]
    lines.append("nowhere = sgeflow_nowhere:nowhere")
    points.write_text(f"[sgeflow.functions]\n{NEWLINE.join(lines)}\n")
    (site / "sgeflow_carbon" / "__init__.py").write_text(FUNCTIONS)
    (project / "operations" / "packages.yaml").unlink()

    def use(*calls):
        (project / "flows" / "carbon.yaml").unlink()
        for number, call in enumerate(calls):
            text = f"flow: flow{number}\ntitle: One call\nsteps: [{{id: one, set: {{l: [1]}}}}]\n"
            write(project, **{f"flows__flow{number}": f'{text}outputs: {{result: "{call}"}}\n'})

    return use


def test_a_broken_function_is_told_with_its_package(site, command, functions):
    functions("missing_hint(1, 1)", "with_default(1)", "odd_type(1)", "gone()", "nowhere()")
    told = command("validate", site=site, code=3)
    for name in ("missing_hint", "with_default", "odd_type"):
        assert f'"{name}" of the package sgeflow-carbon 1.0 needs plain arguments' in told
    for name, kind in (("gone", "AttributeError"), ("nowhere", "ModuleNotFoundError")):
        assert f"{name}() of the package sgeflow-carbon 1.0 raised {kind}" in told


def test_a_function_that_fails_tells_no_value_and_changes_no_argument(site, command, functions):
    kinds = {"failing": "KeyError", "wrong_result": "ValidationError", "not_plain": "TypeError"}
    functions(*(f"{name}(3)" for name in kinds), "[changing(steps.one.l), changing(steps.one.l)]")
    for number, (name, kind) in enumerate(kinds.items()):
        told = command("run", f"flow{number}", "--output", "json", site=site, code=3)
        assert f"{name}() of the package sgeflow-carbon 1.0 raised {kind}" in told
        assert "a secret" not in told
    told = command("run", "flow3", "--output", "json", site=site)
    assert '"result": [ 2.0, 2.0 ]' in told


def test_a_package_replaces_nothing(site, command, project):
    operations = site / "sgeflow_carbon" / "operations"
    text = (operations / "carbonIntensity.yaml").read_text()
    write(project, operations__carbonIntensity=text)
    search = text.replace("operation: carbonIntensity", "operation: rechercherPoint")
    types = "date: {type: string}\ncarbon: {type: string}\n"
    write(operations, rechercherPoint=search, types=types)
    told = command("validate", site=site, code=3)
    assert '"carbonIntensity" is defined twice' in told
    assert '"rechercherPoint" is defined twice' in told
    assert 'a package of others cannot change "date"' in told
    assert "4 problems" not in told


def test_own_functions_stay_and_a_function_of_two_packages_is_refused(
    site, command, project, tmp_path
):
    source, more = tmp_path / "other", tmp_path / "more"
    source.mkdir()
    points = 'carbon_of = "sgeflow_other:twice"\nround = "sgeflow_other:twice"\n'
    (source / "pyproject.toml").write_text(OTHER.format(points=points))
    (source / "sgeflow_other.py").write_text("raise RuntimeError\n")
    install(source, more)
    told = command("validate", site=(site, more), code=3)
    assert 'several packages offer the function "carbon_of": ' in told
    assert "sgeflow-carbon 1.0" in told
    assert "sgeflow-other 2.0" in told
    (project / "operations" / "packages.yaml").unlink()
    flow = project / "flows" / "carbon.yaml"
    flow.write_text(
        "flow: carbon\ntitle: A number\nsteps: [{id: two, set: {n: 2}}]\n"
        "outputs: {grams: 'round(steps.two.n, 0)'}\n"
    )
    assert '"grams": 2' in command("run", "carbon", "--output", "json", site=more)
