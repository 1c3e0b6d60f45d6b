"""Who has to do what about the rows of a fleet that are not done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from sgeflow.core.model import IDENTITY_UNCLEAR, FaultClass
from sgeflow.errors import Exit
from sgeflow.messages import Message, join_items, say, say_count
from sgeflow.patterns import regex
from sgeflow.tools.pages.code_explanation import CodeExplanation, Explain
from sgeflow.tools.pages.fleet.facts import OPEN, FleetFacts, FleetRow

CUSTOMER, OPERATOR, LATER, GO_ON = "customer", "operator", "later", "open"
ORDER = (OPERATOR, CUSTOMER, LATER, GO_ON)
"""Who acts, the most urgent first: of an order nobody knows; then people; then time."""

_CUSTOMER = regex(r"(LOGIN_FAILED|USER_ACTION_NEEDED|TERMS_VERSION_MISMATCH)(\.\w+)?")
_LATER_EXITS = (Exit.TECHNICAL, Exit.PARTIAL)
_LATER = {one.value for one in (FaultClass.TECHNICAL, FaultClass.TRANSIENT, FaultClass.NETWORK)}
_MOST_HINTS = 2
_MOST_TASKS = 40  # ends that are told one by one: a page with more is read by nobody


class FleetTask(Struct, frozen=True, kw_only=True):
    """Rows that ended alike, who acts and what to do."""

    who: str
    code: str
    rows: tuple[FleetRow, ...]
    means: str
    to_do: str


def tasks(fleet: FleetFacts, explain: Explain) -> list[FleetTask]:
    """What is to be done, by who does it."""
    failed = sorted(_failed_tasks(fleet, explain), key=lambda task: -len(task.rows))
    work = [*failed[:_MOST_TASKS], *_rare_tasks(fleet, failed[_MOST_TASKS:]), *_open_tasks(fleet)]
    return sorted(work, key=lambda task: (ORDER.index(task.who), not task.code, -len(task.rows)))


def _failed_tasks(fleet: FleetFacts, explain: Explain) -> Iterator[FleetTask]:
    alike: dict[tuple[str, str, str, str], list[FleetRow]] = {}
    for (code, exit_, end), rows in fleet.by_end().items():
        about = explain(code, end)
        who = _who(code, exit_, about)
        alike.setdefault((who, code, about.means, _to_do(who, about)), []).extend(rows)
    for (who, code, means, to_do), same in alike.items():
        rows = tuple(sorted(same, key=lambda row: row.number))
        yield FleetTask(who=who, code=code, rows=rows, means=means, to_do=to_do)


def _rare_tasks(fleet: FleetFacts, rare: Sequence[FleetTask]) -> Iterator[FleetTask]:
    """The ends of the fewest rows, together: a line for whoever acts."""
    for who in ORDER:
        same = [task for task in rare if task.who == who]
        rows = sorted((row for task in same for row in task.rows), key=lambda row: row.number)
        if rows:
            yield FleetTask(
                who=who,
                code="",
                rows=tuple(rows),
                means=say_count("{count:,} more end", "{count:,} more ends", count=len(same)),
                to_do=say("`sgeflow runs show {run}` lists them.", run=fleet.run),
            )


def _who(code: str, exit_: int, about: CodeExplanation) -> str:
    if exit_ == Exit.GUARDED or code == IDENTITY_UNCLEAR:
        return OPERATOR
    if _CUSTOMER.fullmatch(code):
        return CUSTOMER
    is_later = exit_ in _LATER_EXITS or (exit_ == Exit.REFUSED and about.fault_class in _LATER)
    return LATER if is_later or code.startswith(("VENDOR_DOWN", "MAINTENANCE")) else OPERATOR


def _to_do(who: str, about: CodeExplanation) -> Message | str:
    if about.remedies:
        return join_items(about.remedies[:_MOST_HINTS], " ")
    return say("The next run tries it again.") if who == LATER else ""


def _open_tasks(fleet: FleetFacts) -> Iterator[FleetTask]:
    rows = tuple(row for row in fleet.rows if row.state == OPEN)
    if rows:
        yield FleetTask(
            who=GO_ON,
            code="",
            rows=rows,
            means=say("not begun, or stopped"),
            to_do=say("Run it again: what is simulated is not gone on with.")
            if fleet.is_simulated
            else say("`sgeflow resume {run}` goes on with them.", run=fleet.run),
        )
