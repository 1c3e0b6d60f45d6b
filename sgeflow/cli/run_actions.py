"""What `run` and `call` do between the command line and the use cases."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from sgeflow.cli.project import opened
from sgeflow.core.language.shapes import Shape, Sort
from sgeflow.errors import Exit, Id, Problem, UsageError
from sgeflow.locale.translate import tell
from sgeflow.messages import fixed, say
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import open_catalog
from sgeflow.terminal import formats, problems, tables
from sgeflow.terminal.problems import wrapped
from sgeflow.terminal.terminal import Terminal

if TYPE_CHECKING:
    from sgeflow.core.model import RunReport
    from sgeflow.runtime.events import Started


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line says of a fleet."""

    file: Path | None = None
    jobs: int | None = None
    max_failures: int | None = None
    only_failed: str = ""
    shard: str = ""
    engine: str = ""
    scheduler: str = ""

    def is_fleet(self) -> bool:
        """Whether there is one at all."""
        return self.file is not None or bool(self.only_failed)


def options(
    env: str | None,
    today: str | None,
    scenario: str | None,
    faults: str,
    record: Path | None,
    replay: Path | None,
    state: str | None,
    offline: bool | None,
    *,
    confirm: bool = False,
) -> Options:
    """The options of a run or call.

    Raises:
        UsageError: some of them do not go together.
    """
    if record and replay:
        message = say("a cassette is either recorded or replayed")
        raise UsageError(Problem(id=Id.USAGE, message=message, where="--record, --replay"))
    return Options(
        environment=env,
        today=today,
        scenario=scenario,
        faults=faults,
        record=record,
        replay=replay,
        state=state,
        offline=offline,
        confirm_orders=confirm,
    )


def run_flow(
    terminal: Terminal, flow: str, given: Mapping[str, Any], chosen: Options, project: Path | None
) -> Exit:
    """Run a flow and tell of it; the exit code of its report."""
    from sgeflow.runtime.run import run

    workspace = opened(terminal, project, flow=flow)
    check_csv(terminal, workspace.flow(flow).shape, "take --output json; the lists are")
    return _told(
        terminal,
        lambda told: run(flow, given, workspace=workspace, options=chosen, listener=told),
    )


def resume_run(
    terminal: Terminal, run: str, chosen: Options, project: Path | None, *, changed: bool
) -> Exit:
    """Go on with a run and tell of it; the exit code of its report."""
    from sgeflow.runtime.resume import resume

    workspace = opened(terminal, project)
    return _told(
        terminal,
        lambda told: resume(
            run, workspace=workspace, options=chosen, changed=changed, listener=told
        ),
    )


def check_csv(terminal: Terminal, outputs: Shape, label: str, path: str = "") -> None:
    """Whether outputs can become one table, before anything is sent for them.

    Raises:
        UsageError: CSV was asked for, and several outputs are lists.
    """
    rows = [name for name, shape in outputs.fields.items() if shape.items.sort is Sort.OBJECT]
    if terminal.output == "csv" and len(rows) > 1 and not path:
        raise UsageError(formats.several(rows, label))


def _told(terminal: Terminal, act: Callable[[Opening], RunReport]) -> Exit:
    from sgeflow.runtime.run import exit_of
    from sgeflow.terminal.progress import Progress

    progress = Progress(terminal)
    listener = Opening(terminal, progress)
    terminal.parting = lambda: interrupted(listener)
    try:
        with progress:
            report = act(listener)
    except KeyboardInterrupt:
        terminal.part()
        return Exit.INTERRUPTED
    code = exit_of(report)
    _report(terminal, report, code)
    return code


def interrupted(opening: Opening) -> str:
    """What is told of a run that was ended from outside, and how to go on when it can."""
    if not opening.run:
        return say("interrupted")
    if opening.simulated:
        return say("interrupted · a simulated run begins anew")
    return say("interrupted · go on with  {command}", command=opening.going_on)


def run_dry(
    terminal: Terminal, flow: str, given: Mapping[str, Any], chosen: Options, project: Path | None
) -> Exit:
    """Show what a run would send."""
    from sgeflow.runtime.dry_run import dry_run
    from sgeflow.terminal import listings

    workspace = opened(terminal, project, flow=flow)
    found = dry_run(flow, given, workspace=workspace, options=chosen)
    if terminal.output in ("json", "yaml"):
        terminal.result(formatted(terminal.output, listings.dry_document(found)))
    else:
        terminal.result(listings.dry_text(found, terminal.width, terminal.paint))
    if found.failure is None:
        return Exit.OK
    terminal.aside(problems.failure_text(found.failure, terminal.width, terminal.paint_aside))
    return found.failure.problem.id.exit


class Opening:
    """Listens to a run: says first what begins, and that people are simulated when they are."""

    def __init__(self, terminal: Terminal, then: Any) -> None:
        """`then` is told of everything that follows."""
        self._terminal = terminal
        self._then = then
        self.run = self.going_on = ""
        self.simulated = False

    def __call__(self, event: Any) -> None:
        """One event."""
        if hasattr(event, "scenario"):
            self._began(event)
        else:
            self._then(event)

    def _began(self, event: Started) -> None:
        self.run, self.simulated = event.run, bool(event.scenario)
        self.going_on = event.going_on
        if event.scenario and not self._terminal.quiet:
            self._terminal.aside(simulated_line(event.scenario, self._terminal))


def stop_signal() -> threading.Event:
    """What is set when the person or the system ends the process, from now on."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped


def simulated_line(scenario: str, terminal: Terminal) -> str:
    """The one line that says that nothing of it is real."""
    text = say(
        "simulated data: made-up people, scenario {scenario}; "
        "choose another environment with --env",
        scenario=scenario,
    )
    lines = wrapped(tell(text), terminal.width, "", "  ")
    return "\n".join(terminal.paint_aside(line, "yellow") for line in lines)


def help_of_flow(context: typer.Context, flow: str, project: Path | None) -> NoReturn:
    """The inputs of a flow."""
    from sgeflow.terminal.parameters import parameters_text

    terminal = context.find_object(Terminal) or Terminal()
    found = open_catalog(project, flow=flow).flow(flow)
    inputs = parameters_text(found.inputs, terminal.width, terminal.paint, "Inputs")
    usage = tell(say("Usage: sgeflow run {flow} [NAME=VALUE]... [OPTIONS]", flow=flow))
    note = tell(say("Options: sgeflow run --help"))
    title = "\n".join(wrapped(tell(fixed(found.title)), terminal.width))
    terminal.result("\n\n".join([usage, title, *inputs, note]))
    raise typer.Exit


def help_of_operation(context: typer.Context, name: str, project: Path | None) -> NoReturn:
    """The parameters of an operation."""
    from sgeflow.terminal.parameters import parameters_text

    terminal = context.find_object(Terminal) or Terminal()
    found = open_catalog(project).operation(name)
    usage = tell(say("Usage: sgeflow call {name} [NAME=VALUE]... [OPTIONS]", name=name))
    lines = parameters_text(
        found.parameters, terminal.width, terminal.paint, examples=found.examples
    )
    note = say(
        "Options: sgeflow call --help · more about it: sgeflow show {name}\n"
        "--dry-run shows the whole envelope, personal values included.",
        name=name,
    )
    title = "\n".join(wrapped(tell(fixed(found.title)), terminal.width))
    terminal.result("\n\n".join([usage, title, *lines, tell(note)]))
    raise typer.Exit


def formatted(form: str, value: Any) -> str:
    """A document as JSON or YAML."""
    return formats.to_yaml(value) if form == "yaml" else formats.to_json(value)


def outputs_as(terminal: Terminal, outputs: Mapping[str, Any], path: str = "") -> str:
    """Outputs in the form that was asked for; a table for people."""
    chosen = {path: _output(outputs, path)} if path else outputs
    if terminal.output == "csv":
        return formats.to_csv(formats.rows_of(outputs, path))
    if terminal.output in ("json", "yaml"):
        return formatted(terminal.output, chosen[path] if path else chosen)
    return tables.outputs_text(
        chosen, terminal.width, terminal.paint, whole=terminal.verbose, most=terminal.table_width
    )


def _output(outputs: Mapping[str, Any], path: str) -> Any:
    if path in outputs:
        return outputs[path]
    from sgeflow.core.language.mistakes.suggest import closest

    raise UsageError(
        Problem(
            id=Id.UNKNOWN_NAME,
            message=say('there is no output "{name}"', name=path),
            allowed=tuple(outputs),
            allowed_label="outputs",
            suggestion=closest(path, outputs),
        )
    )


def _report(terminal: Terminal, report: RunReport, code: Exit) -> None:
    from sgeflow.terminal.run_report import report_document, report_text

    if report.failure is not None and terminal.output not in ("json", "yaml"):
        text = problems.failure_text(report.failure, terminal.width, terminal.paint_aside)
        terminal.aside(f"\n{text}\n\n" if terminal.is_live else f"\n{text}\n")
    if terminal.output in ("json", "yaml"):
        terminal.result(formatted(terminal.output, report_document(report, code)))
    elif terminal.output == "csv":
        terminal.result(formats.to_csv(formats.rows_of(report.outputs or {})))
    else:
        told = report_text(report, terminal.width, terminal.paint, most=terminal.table_width)
        terminal.result(told)
