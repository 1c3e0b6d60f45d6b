"""The shipped catalogue, decoded once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from sgeflow.core.checking.catalog import decode_shared
from sgeflow.core.checking.operations import decode_operation
from sgeflow.core.documents import FaultEntry, Operation
from sgeflow.core.language.yaml_reader import read_yaml

FOLDER = Path(__file__).parents[2] / "operations"
SHARED = {"types", "faults", "services"}


def _tree(name: str):
    file = FOLDER / f"{name}.yaml"
    return read_yaml(f"operations/{file.name}", file.read_text(encoding="utf-8"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        names = sorted(file.stem for file in FOLDER.glob("*.yaml"))
        metafunc.parametrize("name", [name for name in names if name not in SHARED])


@pytest.fixture(scope="session")
def decoded():
    types, problems = decode_shared("types", _tree("types"))
    assert problems == ()
    names = [file.stem for file in FOLDER.glob("*.yaml") if file.stem not in SHARED]
    return {name: decode_operation(_tree(name), types) for name in names}


@pytest.fixture(scope="session")
def operations(decoded) -> dict[str, Operation]:
    return {name: operation for name, (operation, _) in decoded.items() if operation}


@pytest.fixture
def operation(operations, name) -> Operation:
    return operations[name]


@pytest.fixture(scope="session")
def faults() -> dict[str, FaultEntry]:
    entries, problems = decode_shared("faults", _tree("faults"))
    assert problems == ()
    return entries
