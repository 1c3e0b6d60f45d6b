"""One job of the konnector: from what the stack gives to the last line and the exit code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sgeflow.errors import Exit, Id, Problem, SgeflowError, UsageError
from sgeflow.messages import say
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import open_catalog
from sgeflow.runtime.stopping import InterruptedRun
from sgeflow.tools.cozy.account_work import AccountWork
from sgeflow.tools.cozy.deletions import RUNS_ON, note_unread
from sgeflow.tools.cozy.lines import Lines, about
from sgeflow.tools.cozy.outcomes import UNKNOWN_ERROR, JobEnd, end_for
from sgeflow.tools.cozy.stack_job import StackJob, read_job


def run_job(
    variables: Mapping[str, str],
    folder: Path,
    write: Callable[[str], None],
    options: Options,
    *,
    state: str,
    project: Path | None = None,
) -> int:
    """Do one job, and give what the process ends with.

    Args:
        variables: those around the process, as the stack sets them.
        folder: the konnector's files, which the stack removes afterwards.
        write: takes a line; it must leave at once, for the process may be killed.
        options: the environment, and whether orders are confirmed.
        state: where journals and measures are kept: a folder, or the address of a server.
        project: the folder of the operator's documents.
    """
    lines = Lines(write)
    try:
        end = _work(read_job(variables), lines, options, _state_root(state, folder), project).end()
    except InterruptedRun:
        lines.error(say("the time that the stack gives is over; the next start goes on"))
        end = end_for("", Exit.INTERRUPTED)
    except SgeflowError as error:
        lines.error(about(error))
        end = end_for("", error.exit)
    except Exception as error:  # noqa: BLE001 - whatever it is, the stack is told in its form
        lines.error(say("a bug of sgeflow: {name}", name=type(error).__name__))
        end = JobEnd(code=UNKNOWN_ERROR)
    lines.end(end)
    return end.exit


def _work(
    job: StackJob, lines: Lines, options: Options, state: str, project: Path | None
) -> AccountWork:
    """The work on the account; a deletion that cannot even begin is on the operator's list."""
    try:
        return AccountWork(job, lines, open_catalog(project), options, state)
    except SgeflowError as error:
        if job.deleted_revision is not None:
            note_unread(job.account, options, state, project, end_for("", error.exit).code)
            lines.error(RUNS_ON)
        raise


def _state_root(state: str, folder: Path) -> str:
    """Where the state is kept.

    Raises:
        UsageError: it is not said, or lies in the folder that the stack removes.
    """
    if not state:
        message = say("it is not said where the state is kept")
        raise UsageError(Problem(id=Id.USAGE, message=message, note=say("set SGEFLOW_STATE")))
    root = folder if folder.is_dir() else folder.parent
    if "://" not in state and Path(state).resolve().is_relative_to(root.resolve()):
        message = say("the state lies in the folder that the stack removes after each job")
        raise UsageError(Problem(id=Id.USAGE, message=message, note=say("set SGEFLOW_STATE")))
    return state
