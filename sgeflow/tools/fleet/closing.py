"""Runs the flow of `--finally` once after a fleet; the fleet's result does not change."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import name_of_closing
from sgeflow.core.engine.effects import Warn
from sgeflow.core.model import IDENTITY_UNCLEAR
from sgeflow.errors import Id, SgeflowError, UsageError
from sgeflow.messages import say
from sgeflow.runtime.journal.history import run_state
from sgeflow.runtime.named import run
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.session import chosen_environment
from sgeflow.runtime.state_location import home_of
from sgeflow.tools.fleet.results import FleetReport

INPUT = "fleet"


class Closing(Struct, frozen=True, kw_only=True):
    """The flow of `--finally`, checked by `closing_of` before the fleet begins."""

    flow: str
    workspace: Workspace
    options: Options
    home: StateLocation

    def run_for(self, report: FleetReport, listener: Callable[[Warn], None]) -> None:
        """Run the flow for a fleet that has ended, unless it has already run for this fleet.

        An interrupted fleet has not ended: the flow runs when the resumed fleet has ended.
        """
        if report.interrupted:
            return
        name = name_of_closing(report.run)
        before = run_state(self.home, name, {})
        if before is not None:
            text = say(
                "run {run}, which reports the end of this fleet, was stopped: the report may "
                "have been sent, and is not repeated",
                run=name,
            )
            if before.entry.ended is not None:
                text = say(
                    "run {run} already reported the end of this fleet: not repeated", run=name
                )
            listener(Warn("", text))
            return
        options = replace(
            self.options,
            environment=report.environment,
            today=report.today,
            state=self.home,
            run=name,
            confirm_orders=False,
        )
        # the fleet has ended: its report is printed even if the flow is interrupted
        with suppress(KeyboardInterrupt):
            try:
                inputs = {INPUT: facts(report)}
                closing_report = run(self.flow, inputs, workspace=self.workspace, options=options)
                code = closing_report.failure.code if closing_report.failure else ""
            except SgeflowError as error:
                code = error.problems[0].id.code
            if code:
                text = say(
                    "--finally: {flow} ended with {code}; the result of the fleet is "
                    "unchanged: sgeflow runs show {run}",
                    flow=self.flow,
                    code=code,
                    run=name,
                )
                listener(Warn("", text))


def closing_of(flow: str, workspace: Workspace, options: Options) -> Closing | None:
    """The closing of a fleet by a flow; None without a flow.

    Raises:
        UsageError: there is no such flow, or its inputs do not fit the report.
        InvalidDocuments: the flow has mistakes.
    """
    if not flow:
        return None
    chosen = workspace.flow(flow)
    lacking = [
        name
        for name, one in chosen.inputs.items()
        if name != INPUT and one.required and one.default is None
    ]
    if INPUT not in chosen.inputs or lacking:
        message = say("--finally: {flow} needs the input `fleet`", flow=chosen.name)
        note = say("give it an input `fleet` of type fleetReport, and no other that is required")
        raise UsageError.of(Id.USAGE, message, note=note, at=chosen.at)
    home = home_of(options.state, workspace.project, chosen_environment(workspace, options))
    return Closing(flow=flow, workspace=workspace, options=options, home=home)


def facts(report: FleetReport) -> Mapping[str, Any]:
    """A fleet's report as plain data without personal data: codes, counts and commands."""
    tally = report.tally
    return {
        "run": report.run,
        "flow": report.flow,
        "environment": report.environment,
        "today": report.today,
        "outcome": report.status.value,
        "exit": int(report.exit),
        "rows": report.total,
        "done": tally.done,
        "failed": tally.failed,
        "unknown": tally.unknown,
        "stranded": tally.stranded,
        "notBegun": report.not_begun,
        "calls": tally.calls,
        "values": tally.values,
        "warnings": tally.warnings,
        "seconds": round(report.seconds, 3),
        "codes": [{"code": code, "count": count} for code, count in tally.codes.most_common()],
        "failures": [
            {name: getattr(one, name) for name in ("row", "line", "run", "code")}
            for one in tally.first
        ],
        "todo": list(_todo(report)),
    }


def _todo(report: FleetReport) -> Iterator[Mapping[str, str]]:
    """The tasks of a person after a fleet, each with its command."""
    tally = report.tally
    if tally.waiting and report.going_on:  # orders of a simulated fleet need no person
        yield {"what": "orders", "command": report.orders}
    if tally.codes[IDENTITY_UNCLEAR]:
        yield {"what": "decide", "command": report.page}
    if not report.is_whole:
        if report.going_on:
            yield {"what": "resume", "command": report.going_on}
    elif tally.failed > tally.waiting:
        yield {"what": "failed", "command": report.again}
    if report.accounts and report.going_on:
        yield {"what": "customers", "command": report.orders}
