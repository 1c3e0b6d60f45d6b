"""The pytest plugin: it collects flow tests, and costs nothing where there are none.

Every pytest run of an environment with sgeflow imports this file; all else is imported when a
flow test is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_TEST = ".test.yaml"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Return the collector of a file of flow tests, by the ending of its name."""
    if not file_path.name.endswith(_TEST):
        return None
    from sgeflow.pytest_plugin.items import FlowTestFile

    collector: pytest.Collector = FlowTestFile.from_parent(parent, path=file_path)
    return collector
