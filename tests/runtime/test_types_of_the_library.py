"""What type checkers know of the library, and outputs in types of a program."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TypedDict, get_type_hints

import pytest
from msgspec import Struct

import sgeflow
from sgeflow.core.model import Failure
from sgeflow.errors import Id, Problem
from tests.npm import installed

RIGHT = """
from dataclasses import dataclass
import sgeflow

@dataclass
class Point:
    segment: str

def segment(point: str) -> str:
    with sgeflow.connect(options=sgeflow.Options(environment="production")) as sge:
        result = sge.call("consulterDonneesTechniquesContractuelles", {"pointId": point})
        sge.run("konnector", {"pointId": point}).raise_for_failure()
        return result.decode(Point).segment
"""
WRONG = """
import sgeflow

sgeflow.conect()
with sgeflow.connect(options=sgeflow.Options(enviroment="production")) as sge:
    sge.cal("rechercherPoint")
    sge.run("konnector").decode(dict).segmant
"""
MISSPELT = ("conect", "enviroment", "cal", "segmant")


def test_the_annotations_of_public_types_can_be_read():
    types = [one for name in sgeflow.__all__ if isinstance(one := getattr(sgeflow, name), type)]
    assert sgeflow.Options in types
    for one in types:
        get_type_hints(one)


@pytest.fixture
def programs(tmp_path):
    for name, text in {"right.py": RIGHT, "wrong.py": WRONG}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def check(folder, *command):
    """The lines of errors that a type checker gives for the programs of a folder."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)
    return [line for line in done.stdout.splitlines() if "error" in line and ".py:" in line]


def assert_that_misspelt_names_are_found(lines):
    assert len(lines) == len(MISSPELT), lines
    for line, name in zip(lines, MISSPELT, strict=True):
        assert "wrong.py" in line
        assert f'"{name}"' in line


def test_mypy_finds_misspelt_names_and_nothing_in_a_right_program(programs):
    root = Path(sgeflow.__file__).parent.parent
    cache = root / ".mypy_cache" / "of-tests"
    words = ("-m", "mypy", "--strict", "--config-file=", f"--cache-dir={cache}")
    lines = check(programs, sys.executable, *words, "right.py", "wrong.py")
    assert_that_misspelt_names_are_found(lines)


def test_pyright_finds_misspelt_names_and_nothing_in_a_right_program(programs):
    program = installed("pyright") / "pyright" / "index.js"
    words = ("--pythonpath", sys.executable, "right.py", "wrong.py")
    assert_that_misspelt_names_are_found(check(programs, shutil.which("node"), program, *words))


class Contract(Struct):
    segment: str
    since: date


@dataclass
class SameContract:
    segment: str
    since: date


class TypedContract(TypedDict):
    segment: str
    since: str


class Segment(Enum):
    C5 = "C5"


class Narrow(Struct):
    segment: Segment


def result_of(**outputs):
    return sgeflow.CallResult(operation="anything", outputs=outputs, failure=None)


@pytest.mark.parametrize("kind", [Contract, SameContract])
def test_outputs_become_a_type_of_the_program(kind):
    day = date(2025, 6, 1)
    assert result_of(segment="C5", since="2025-06-01").decode(kind) == kind("C5", day)


def test_outputs_of_a_run_become_a_type_of_the_program(tmp_path):
    class Identity(TypedDict):
        name: str

    class Outputs(Struct):
        identity: Identity

    options = sgeflow.Options(scenario="settled", today="2025-06-15", state=tmp_path)
    report = sgeflow.run("konnector", options=options)
    assert report.decode(Outputs).identity["name"] == "whole"
    assert result_of(segment="C5", since="").decode(TypedContract)["segment"] == "C5"


def test_outputs_that_do_not_fit_are_told_with_their_place_and_without_their_value():
    with pytest.raises(sgeflow.InvalidValues) as caught:
        result_of(found=[{"segment": 5, "since": "2025-06-01"}]).decode(dict[str, list[Contract]])
    assert caught.value.problems[0].where == "outputs[...][0].segment"
    assert "Expected `str`, got `int`" in str(caught.value)
    with pytest.raises(sgeflow.InvalidValues, match="missing required field `since`"):
        result_of(segment="C5").decode(Contract)
    with pytest.raises(
        sgeflow.InvalidValues, match="do not fit Narrow: Invalid enum value"
    ) as made:
        result_of(segment="MARTIN").decode(Narrow)
    assert "MARTIN" not in str(made.value)


def test_a_failure_is_raised_instead_of_decoded():
    failure = Failure(code="SGT401", problem=Problem(id=Id.FAULT, message="refused"))
    result = sgeflow.CallResult(operation="anything", outputs={}, failure=failure, reply=b"secret")
    with pytest.raises(sgeflow.Unsuccessful, match="refused"):
        result.decode(Contract)
    assert "secret" not in repr(result)
