"""Runs flow tests, and tells how they came out: to a person, a program, in files."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from sgeflow.errors import Exit, InvalidDocuments, Problem
from sgeflow.terminal import flowtests as console
from sgeflow.terminal.formats import to_json
from sgeflow.terminal.terminal import Terminal
from sgeflow.tools.flowtest import suite
from sgeflow.tools.flowtest.model import CaseResult
from sgeflow.tools.flowtest.processes import CaseProcesses
from sgeflow.tools.flowtest.suite import PickedCase, Selection, SuiteOptions

_LONGEST = 40  # columns of names, beyond which titles begin where they may


class TestRunner(Struct, frozen=True, kw_only=True):
    """Which tests are run, and where it is told how they came out."""

    terminal: Terminal
    options: SuiteOptions
    junit: Path | None = None
    html: Path | None = None

    def run(
        self,
        selection: Selection,
        kept: Mapping[PickedCase, CaseResult] = MappingProxyType({}),
        processes: CaseProcesses[PickedCase] | None = None,
    ) -> tuple[Exit, Sequence[CaseResult]]:
        """Run the cases of a selection that are not kept: the exit code, and how they came out.

        Files and programs are told of the kept ones too, a person of how many there are.

        Raises:
            InvalidDocuments: the mistakes of tests of which no case can be tried.
        """
        began = time.monotonic()
        picked = [one for one in selection.cases if one not in kept]
        results = list(self._show_each(suite.run_tests(picked, self.options, processes), picked))
        seconds = time.monotonic() - began
        fresh = iter(results)
        every = [kept[one] if one in kept else next(fresh) for one in selection.cases]
        code = suite.exit_of(every, selection.problems)
        if self.terminal.output == "json":
            self.terminal.result(to_json(console.tests_document(every, seconds, int(code))))
        else:
            self._show_outcome(results, seconds, len(kept))
        self._write(every, seconds, selection.problems)
        if selection.problems:
            raise InvalidDocuments(*selection.problems)
        return code, results

    def _show_each(
        self, results: Iterator[CaseResult], picked: Sequence[PickedCase]
    ) -> Iterator[CaseResult]:
        """Each case when it is over, under the name of its file; nothing of it for a program."""
        terminal, file = self.terminal, ""
        column = min(_LONGEST, max((len(one.name) for one in picked), default=0))
        for one in results:
            if terminal.output != "json" and not terminal.quiet:
                if one.test != file:
                    terminal.result(terminal.paint(one.test, "bold"))
                file = one.test
                line = console.case_line(one, terminal.width, terminal.paint, column=column)
                terminal.result(line)
            yield one

    def _show_outcome(self, results: Sequence[CaseResult], seconds: float, kept: int) -> None:
        terminal = self.terminal
        failures = console.failures_text(results, terminal.width, terminal.paint)
        if failures:
            terminal.result(f"{'' if terminal.quiet else chr(10)}{failures}")
        if failures or not terminal.quiet:
            last = console.last_line(results, seconds, terminal.paint, kept=kept)
            terminal.result(f"\n{last}")

    def _write(
        self, results: Sequence[CaseResult], seconds: float, problems: Sequence[Problem]
    ) -> None:
        if self.junit is not None:
            from sgeflow.terminal.junit import write

            write(self.junit, suite.by_file(results))
        if self.html is not None:
            from sgeflow.tools.pages.flowtests.write import write_tests

            write_tests(self.html, results, seconds, problems, self.options.project)
            self.terminal.aside(f"→ {self.html}")
