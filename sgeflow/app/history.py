"""What the journal tells of earlier runs."""

from __future__ import annotations

import time
from pathlib import Path

from sgeflow.adapters.entries import RunDetails, RunEntry
from sgeflow.errors import Id, Problem, UsageError

_DAY = 86_400.0


def journal_file(folder: Path) -> Path:
    """The journal of a state folder."""
    return folder / "journal.db"


def runs(folder: Path, limit: int = 20) -> tuple[RunEntry, ...]:
    """The runs that began last, newest first; none when nothing ran yet."""
    if not journal_file(folder).exists():
        return ()
    from sgeflow.adapters.journal import Journal

    with Journal(journal_file(folder)) as journal:
        return journal.runs(limit)


def run_named(folder: Path, run: str) -> RunDetails:
    """All that is known of a run; the beginning of its id is enough when it is the only one.

    Raises:
        UsageError: there is none, or there are several.
    """
    if not journal_file(folder).exists():
        raise UsageError(_unknown(run, ()))
    from sgeflow.adapters.journal import Journal

    with Journal(journal_file(folder)) as journal:
        known = [entry.run for entry in journal.runs(limit=-1)]
        alike = [one for one in known if one == run] or [o for o in known if o.startswith(run)]
        details = journal.show(alike[0]) if len(alike) == 1 else None
    if details is None:
        raise UsageError(_unknown(run, tuple(alike or known[:5])))
    return details


def prune(folder: Path, days: int) -> int:
    """Delete runs older than so many days; those with an order that is not settled stay.

    Raises:
        UsageError: the number of days is negative.
    """
    if days < 0:
        raise UsageError(Problem(id=Id.USAGE, message=f"{days} is no number of days to keep"))
    if not journal_file(folder).exists():
        return 0
    from sgeflow.adapters.journal import Journal

    with Journal(journal_file(folder)) as journal:
        return journal.prune(time.time() - days * _DAY)


def _unknown(run: str, known: tuple[str, ...]) -> Problem:
    return Problem(
        id=Id.UNKNOWN_NAME,
        message=f'there is no run "{run}"'
        if run not in "".join(known)
        else f'"{run}" is not one run',
        allowed=known,
        allowed_label="runs",
    )
