"""Tests that are run again after a save: those that it may have changed, and those that failed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.core.engine.step import Catalog
from sgeflow.core.engine.walk import called_flows, steps_of
from sgeflow.errors import Exit, InvalidDocuments
from sgeflow.tools.flowtest import suite
from sgeflow.tools.flowtest.model import CaseResult, FlowTest
from sgeflow.tools.flowtest.suite import SuiteOptions

_TRACED = ("flows", "operations")  # folders of which it is known who uses a document

Runner = Callable[[SuiteOptions], tuple[Exit, Sequence[CaseResult]]]
"""Runs tests and tells of them."""


class Again(Struct):
    """Runs all the tests first, then with each save those that it may have changed."""

    options: SuiteOptions
    run: Runner
    _failed: set[Path] = field(default_factory=set)  # files with a case that failed

    def __call__(self, saved: Collection[Path]) -> Exit:
        """Run what a save may have changed; without one, all.

        Raises:
            InvalidDocuments: the mistakes of what would be run.
        """
        suite.forget_projects()
        chosen = self._files_for(saved) if saved else ()
        if saved and not chosen:  # nothing is proved of it
            return Exit.OK
        options = replace(self.options, paths=chosen) if saved else self.options
        code, results = self.run(options)
        tried = {Path(one.test).resolve() for one in results}
        failed = {Path(one.test).resolve() for one in results if not one.is_success}
        self._failed = (self._failed - tried) | failed
        return code

    def _files_for(self, saved: Collection[Path]) -> list[Path]:
        """The files of tests that a save may have changed, and those with a case that failed."""
        files = {one.resolve(): one for one in suite.find_files(self.options)}
        own = {path.resolve() for path in saved}
        stems = {path.stem for path in own - files.keys() if path.parent.name in _TRACED}
        if len(stems) < len(own - files.keys()):  # a type, an environment: it may change anything
            return list(files.values())
        own |= self._failed
        return [one for path, one in files.items() if path in own or self._uses(one, stems)]

    def _uses(self, file: Path, stems: set[str]) -> bool:
        try:
            workspace, test = suite.open_test(file, self.options.project)
        except InvalidDocuments:  # it is told by whoever runs it
            return True
        return not stems.isdisjoint(_documents(test, workspace.catalog))


def _documents(test: FlowTest, catalog: Catalog) -> set[str]:
    """The flows and operations that a test comes to."""
    tried = {one.flow for one in test.trials}
    flows = called_flows(catalog.flows, *tried).values()
    uses = [step.uses for flow in flows for step in steps_of(flow)]
    return tried.union(*((one.flow, one.operation) for one in uses))
