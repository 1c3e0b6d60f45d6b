"""Runs flow tests, and tells how they came out: to a person, a program, in files."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from sgeflow.errors import Exit, InvalidDocuments, Problem
from sgeflow.terminal import flowtests as console
from sgeflow.terminal.formats import to_json
from sgeflow.terminal.terminal import Terminal
from sgeflow.tools.flowtest import suite
from sgeflow.tools.flowtest.model import CaseResult
from sgeflow.tools.flowtest.suite import PickedCase, SuiteOptions

_LONGEST = 40  # columns of names, beyond which titles begin where they may


class TestRunner(Struct, frozen=True, kw_only=True):
    """Which tests are run, and where it is told how they came out."""

    terminal: Terminal
    options: SuiteOptions
    junit: Path | None = None
    html: Path | None = None

    def run(self) -> Exit:
        """Run the cases that the options choose, and give the exit code.

        Raises:
            InvalidDocuments: the mistakes of tests of which no case can be tried.
        """
        selection = suite.pick(self.options)
        began = time.monotonic()
        tried = suite.run_tests(selection.cases, self.options)
        results = list(self._show_each(tried, selection.cases))
        seconds = time.monotonic() - began
        code = suite.exit_of(results, selection.problems)
        if self.terminal.output == "json":
            self.terminal.result(to_json(console.tests_document(results, seconds, int(code))))
        else:
            self._show_outcome(results, seconds)
        self._write(results, seconds, selection.problems)
        if selection.problems:
            raise InvalidDocuments(*selection.problems)
        return code

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

    def _show_outcome(self, results: Sequence[CaseResult], seconds: float) -> None:
        terminal = self.terminal
        failures = console.failures_text(results, terminal.width, terminal.paint)
        if failures:
            terminal.result(f"{'' if terminal.quiet else chr(10)}{failures}")
        if failures or not terminal.quiet:
            last = console.last_line(results, seconds, terminal.paint)
            terminal.result(f"\n{last}")

    def _write(
        self, results: Sequence[CaseResult], seconds: float, problems: Sequence[Problem]
    ) -> None:
        if self.junit is not None:
            console.write_junit(self.junit, suite.by_file(results))
        if self.html is not None:
            from sgeflow.tools.pages.flowtests_page import write_tests

            write_tests(self.html, results, seconds, problems, self.options.project)
            self.terminal.aside(f"→ {self.html}")
