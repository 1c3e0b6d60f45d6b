"""The pytest plugin: flow tests, and the fixture `sgeflow_simulator` for tests of programs.

Every pytest run of an environment with sgeflow imports this file; all else is imported when a
flow test is found, or a test asks for the fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sgeflow.pytest_plugin.simulator import SimulatedSge

_MARKER = """\
sgeflow_simulator(scenario="household", today="2025-06-15", faults="", …): settings of the fixture \
`sgeflow_simulator`"""
_TEST = ".test.yaml"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Return the collector of a file of flow tests, by the ending of its name."""
    if not file_path.name.endswith(_TEST):
        return None
    from sgeflow.pytest_plugin.items import FlowTestFile

    collector: pytest.Collector = FlowTestFile.from_parent(parent, path=file_path)
    return collector


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker that has the settings of the fixture."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def sgeflow_simulator(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SimulatedSge]:
    """The simulator over HTTP, with its `workspace` and `options` for the program under test."""
    from sgeflow.pytest_plugin.simulator import simulated_sge

    marker = request.node.get_closest_marker("sgeflow_simulator")
    with simulated_sge(tmp_path / "sgeflow", **(marker.kwargs if marker else {})) as sge:
        yield sge
