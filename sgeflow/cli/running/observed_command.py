"""Metrics and traces of the runs of a command."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from msgspec.structs import replace

from sgeflow.adapters.variables import variables
from sgeflow.cli.shared.options import file_to_write, option
from sgeflow.core.model import DEFAULT_ENVIRONMENT
from sgeflow.errors import Exit, Id, SgeflowError, UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import from_table, say
from sgeflow.runtime.observer import Observers
from sgeflow.runtime.options import Observer, Options
from sgeflow.terminal.terminal import Terminal

if TYPE_CHECKING:
    from sgeflow.tools.observing.metrics import Metrics

MetricsFile = Annotated[
    Path | None,
    file_to_write(
        "--metrics",
        metavar="FILE",
        help="Write metrics at the end, in the text format of Prometheus.",
        envvar="SGEFLOW_METRICS",
    ),
]
WithTraces = Annotated[
    bool,
    option(
        "--traces",
        help="Send traces by OpenTelemetry; OTEL_… variables say where.",
        envvar="SGEFLOW_TRACES",
    ),
]


@contextmanager
def watching(
    terminal: Terminal,
    options: Options,
    project: Path | None,
    metrics: Path | None,
    *,
    traces: bool,
    flow: str,
    environment: str = "",
) -> Iterator[Options]:
    """Yield options whose runs are observed, if metrics or traces are wanted.

    `flow` (its name, or the path of its file; empty if unknown) and `environment` (empty: that of
    the options or variables) are the labels of a command that ends before its run begins. A failure
    to write or send them at the end is reported and does not change the exit code.

    Raises:
        UsageError: the file of metrics cannot be written there, or the extra for traces is missing.
    """
    with ExitStack() as stack:
        observers: list[Observer] = []
        if metrics is not None:
            _check_place(metrics)
            place = environment or options.environment or variables().env or DEFAULT_ENVIRONMENT
            measured = _measuring(terminal, options, project, metrics, flow, place)
            observers.append(stack.enter_context(measured))
            options = replace(options, read=(*options.read, metrics))
        if traces:
            observers += stack.enter_context(_tracing(terminal))
        yield replace(options, observer=Observers(tuple(observers))) if observers else options


def _check_place(file: Path) -> None:
    """Raise UsageError before the run if the file could not be written at its end."""
    folder = file.parent
    if not folder.is_dir():
        why = say("there is no folder {folder}", folder=folder)
    elif file.is_dir():
        why = say("it is a folder")
    elif not os.access(folder, os.W_OK | os.X_OK):
        why = say("{folder} is not writable", folder=folder)
    else:
        return
    message = say("{path} cannot be written: {why}", path=file, why=why)
    remedy = say("name a file in an existing folder, or leave out --metrics")
    where, details = "--metrics", (("remedy", remedy),)
    raise UsageError.of(Id.USAGE, message, where=where, details=details)


def _exit_of(error: BaseException) -> Exit:
    if isinstance(error, SgeflowError):
        return error.exit
    return Exit.BUG if isinstance(error, Exception) else Exit.INTERRUPTED


@contextmanager
def _measuring(
    terminal: Terminal,
    options: Options,
    project: Path | None,
    file: Path,
    flow: str,
    environment: str,
) -> Iterator[Metrics]:
    from sgeflow.runtime.project import flow_name, open_catalog
    from sgeflow.runtime.state_location import home_to_look_at
    from sgeflow.tools.observing.metrics import Metrics

    metrics, began = Metrics(), time.monotonic()
    try:
        yield metrics
    except BaseException as error:
        if flow:
            seconds = time.monotonic() - began
            metrics.end_early(int(_exit_of(error)), seconds, flow_name(flow), environment)
        raise
    finally:
        home = workspace = None
        with suppress(SgeflowError):  # the command has already ended with this error
            home = home_to_look_at(options.state, project, options.environment)
            workspace = open_catalog(project)
        try:
            metrics.write(file, home, workspace)
        except SgeflowError as error:
            reason = error.problems[0].message
            terminal.aside(translate(say("! no metrics were written: {reason}", reason=reason)))


@contextmanager
def _tracing(terminal: Terminal) -> Iterator[list[Observer]]:
    from sgeflow.tools.observing.traces import open_traces

    traces = open_traces()
    code: Exit | None = Exit.OK
    try:
        yield [] if traces is None else [traces]
    except BaseException as error:
        code = _exit_of(error)
        raise
    finally:
        if traces is not None:
            sent = traces.close(code)
            if sent.lost:
                words = say(
                    "! {collector} did not accept {lost:,} of {all:,} spans of the trace: {reason}",
                    lost=sent.lost,
                    all=sent.of,
                    collector=sent.to,
                    reason=from_table(f"HTTP {sent.status}") if sent.status else say("no answer"),
                )
                terminal.aside(translate(words))
