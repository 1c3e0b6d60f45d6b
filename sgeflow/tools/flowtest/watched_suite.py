"""The suite of `test --watch`: after a save it tries what that may have changed, or what failed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters.project_files import TEST
from sgeflow.core.checking.document import KINDS
from sgeflow.errors import Exit
from sgeflow.tools.flowtest import suite
from sgeflow.tools.flowtest.case import cassette_of
from sgeflow.tools.flowtest.case_dependencies import foundation_of
from sgeflow.tools.flowtest.model import CaseResult
from sgeflow.tools.flowtest.processes import CaseProcesses
from sgeflow.tools.flowtest.suite import PickedCase, Selection, SuiteOptions

Runner = Callable[
    [Selection, Mapping[PickedCase, CaseResult], CaseProcesses[PickedCase]],
    tuple[Exit, Sequence[CaseResult]],
]
"""Tries the cases of a selection whose results are not kept, and tells of them; those results."""


class KnownResult(Struct, frozen=True):
    """How a case came out, and a digest of what it rested on."""

    foundation: str
    result: CaseResult


class WatchedSuite:
    """Tries all cases first, with each save those that failed or rest on what changed.

    They are rehearsed with what they were answered before, as far as they ask for the very same.
    """

    def __init__(self, options: SuiteOptions, run: Runner) -> None:
        self._options = options
        self._run = run
        self._known: dict[PickedCase, KnownResult] = {}
        self._processes: CaseProcesses[PickedCase] = CaseProcesses(options.jobs, stay=True)

    def __call__(self, saved: Collection[Path]) -> Exit:
        """Try what a save may have changed; without one, all.

        Raises:
            InvalidDocuments: the mistakes of what would be tried.
        """
        suite.forget_projects()
        selection = self._failed_first(suite.pick(self._options))
        bases = {one: self._base(one) for one in selection.cases}
        traced = {cassette for _, cassette in bases.values() if cassette}
        if not all(_is_traced(path.resolve(), traced) for path in saved):
            self._known.clear()
            suite.forget_takes()
            self._processes.close()
        kept = {
            one: known.result
            for one, (foundation, _) in bases.items()
            if (known := self._known.get(one))
            and known.result.is_success
            and known.foundation == foundation
        }
        code, results = self._run(selection, kept, self._processes)
        tried = [one for one in selection.cases if one not in kept]
        for one, result in zip(tried, results, strict=True):
            self._known[one] = KnownResult(bases[one][0], result)
        return code

    def close(self) -> None:
        """End the processes that were kept."""
        self._processes.close()

    def _failed_first(self, selection: Selection) -> Selection:
        """The same cases; who mends one sees it first."""
        failed = {one for one, known in self._known.items() if not known.result.is_success}
        return replace(
            selection, cases=tuple(sorted(selection.cases, key=lambda one: one not in failed))
        )

    def _base(self, picked: PickedCase) -> tuple[str, Path | None]:
        """What a case rests on now, and where its cassette is."""
        workspace, test, case = suite.find_case(picked)
        cassette = cassette_of(test, case).resolve() if case.cassette else None
        return foundation_of(workspace, test, case), cassette


def _is_traced(path: Path, cassettes: Collection[Path]) -> bool:
    """Whether it is known which cases rest on a file; any other may be of any of them."""
    folders = {path.parent.name, f"{path.parent.parent.name}/{path.parent.name}"}
    is_document = not folders.isdisjoint(kind.folder for kind in KINDS)
    return path.name.endswith(TEST) or is_document or path in cassettes
