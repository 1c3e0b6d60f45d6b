"""Flow tests as items of pytest: one for each case, with the failures of `sgeflow test`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sgeflow.errors import SgeflowError
from sgeflow.runtime.project import Workspace
from sgeflow.terminal.flowtests import failure_text
from sgeflow.terminal.problems import problems_text
from sgeflow.terminal.terminal import painter
from sgeflow.tools.flowtest.case import try_case
from sgeflow.tools.flowtest.model import CaseResult, FlowCase, FlowTest
from sgeflow.tools.flowtest.suite import open_test

_WIDTH = 100  # columns if pytest knows no width


class FlowTestFailed(Exception):
    """A case failed; `result` has its problems."""

    def __init__(self, result: CaseResult) -> None:
        super().__init__("; ".join(problem.message for problem in result.problems))
        self.result = result


class FlowTestFile(pytest.File):
    """A file of flow tests."""

    def collect(self) -> Iterator[FlowTestCase]:
        """Yield one item a case; mistakes of the document are raised before any case runs."""
        try:
            workspace, test = open_test(self.path)
        except SgeflowError as error:
            told = problems_text(error.problems, _width(self), _paint(self))
            raise self.CollectError(told) from error
        for case in test.cases:
            yield FlowTestCase.from_parent(
                self, name=case.name, workspace=workspace, test=test, case=case
            )


class FlowTestCase(pytest.Item):
    """A case of a flow test."""

    def __init__(
        self, *, workspace: Workspace, test: FlowTest, case: FlowCase, **more: Any
    ) -> None:
        super().__init__(**more)
        self._opened = workspace, test, case

    def runtest(self) -> None:
        """Run the flow, in a state and a folder of its own."""
        result = try_case(*self._opened)
        if not result.is_success:
            raise FlowTestFailed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The text of a failure: expected and actual; a traceback only for errors in sgeflow."""
        if isinstance(excinfo.value, FlowTestFailed):
            return failure_text(excinfo.value.result, _width(self), _paint(self))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int, str]:
        """The place of the case in its document."""
        case = self._opened[2]
        return self.path, case.at.line - 1, f"{Path(self.path).name}: {self.name}"


def _width(node: pytest.Collector | pytest.Item) -> int:
    reporter = node.config.pluginmanager.get_plugin("terminalreporter")
    return min(reporter._tw.fullwidth, 120) if reporter else _WIDTH  # noqa: SLF001 - no public name


def _paint(node: pytest.Collector | pytest.Item) -> Any:
    reporter = node.config.pluginmanager.get_plugin("terminalreporter")
    return painter(coloured=bool(reporter and reporter._tw.hasmarkup))  # noqa: SLF001
