"""What `test` does between the command line and the use case."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from sgeflow.errors import Exit, Id, Problem, UsageError
from sgeflow.messages import say
from sgeflow.terminal import flowtests as console
from sgeflow.terminal.formats import to_json
from sgeflow.terminal.terminal import Terminal
from sgeflow.tools.flowtest import suite
from sgeflow.tools.flowtest.model import Tried

_LONGEST = 40  # columns of names, beyond which titles begin where they may


def jobs(asked: int | None) -> int:
    """How many cases go side by side.

    Raises:
        UsageError: none at all.
    """
    if asked is not None and asked < 1:
        raise UsageError(
            Problem(id=Id.USAGE, message=say("--jobs {count}: one at least", count=asked))
        )
    return asked or os.cpu_count() or 1


def tested(terminal: Terminal, asked: suite.Asked, junit: Path | None) -> Exit:
    """Run the tests and tell how they came out."""
    began = time.monotonic()
    picked = suite.pick(asked)
    is_text = terminal.output != "json"
    tried = list(_told(suite.run_tests(picked, asked), terminal, picked if is_text else ()))
    seconds = time.monotonic() - began
    code = suite.exit_of(tried)
    if junit is not None:
        from sgeflow.terminal.junit import write

        write(junit, suite.by_file(tried))
    if not is_text:
        terminal.result(to_json(console.tests_document(tried, seconds, int(code))))
        return code
    if failures := console.failures_text(tried, terminal.width, terminal.paint):
        terminal.result(f"{'' if terminal.quiet else chr(10)}{failures}")
    if failures or not terminal.quiet:
        terminal.result("\n" + console.last_line(tried, seconds, terminal.paint))
    return code


def _told(
    tried: Iterator[Tried], terminal: Terminal, picked: Sequence[suite.Picked]
) -> Iterator[Tried]:
    """Each case when it is over, under the name of its file; nothing without `picked`."""
    file = ""
    column = min(_LONGEST, max((len(one.name) for one in picked), default=0))
    for one in tried:
        if picked and not terminal.quiet:
            if one.test != file:
                terminal.result(terminal.paint(one.test, "bold"))
            file = one.test
            line = console.tried_line(one, terminal.width, terminal.paint, column=column)
            terminal.result(line)
        yield one
