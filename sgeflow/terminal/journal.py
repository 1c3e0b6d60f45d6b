"""The journal for people and programs: runs, orders, requests, and the upkeep of the state."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sgeflow.core.engine.trails import trail_of
from sgeflow.core.measures.civil_time import in_france
from sgeflow.locale.translate import translate
from sgeflow.locale.writing import row_words
from sgeflow.messages import Message, from_table, join_items, say, say_count, sentences
from sgeflow.terminal.layout import paragraphs
from sgeflow.terminal.terminal import Paint, plain

if TYPE_CHECKING:
    from sgeflow.adapters.state.records import FleetEntry, Order, RowState, RunDetails, RunEntry
    from sgeflow.runtime.journal.exchanges import MaskedExchange
    from sgeflow.runtime.journal.history import PruneResult
    from sgeflow.runtime.upkeep import CheckedPart, CheckedState, OpenAccount

FleetRowLine = tuple[int, "RowState", str, int]  # number of the row, state, code, exit code
_MB = 1_000_000  # bytes


def run_row(entry: RunEntry, *, at_work: bool = False) -> dict[str, Any]:
    """Return a run as a row of a table; `at_work` tells whether a process still runs it."""
    open_status = "running" if at_work else "stopped"
    return _translate_names(
        {
            "flow": entry.flow,
            "began": in_france(entry.started),
            "run": entry.run,
            "status": from_table(open_status if entry.ended is None else entry.status.value),
            "exit": entry.exit,
            "code": entry.summary,
            "calls": entry.calls,
            "seconds": round(entry.ended - entry.started, 1) if entry.ended else None,
            "environment": entry.environment,  # last, because a narrow terminal cuts it
        }
    )


def order_row(order: Order) -> dict[str, Any]:
    """Return an order with an unknown outcome, or a pending undo, as a row of a table."""
    from sgeflow.adapters.state.records import UNDO_PENDING

    resume = f"sgeflow resume {order.run}" if order.state in UNDO_PENDING else ""
    until = time.time() + order.left + 59  # seconds; rounds up to the minute
    return _translate_names(
        {
            "run": order.run,
            "sent": in_france(order.sending or order.planned),
            "under way until": in_france(until) if order.left else None,
            "operation": order.operation,
            "point": order.point,
            "state": from_table(order.state.value),
            "code": order.code,
            "step": order.key,
            **_absence_facts(order),
            "late": order.late,
            "service": order.service,
            "next": resume,
        }
    )


def account_row(account: OpenAccount) -> dict[str, Any]:
    """Return an open account of an earlier customer as a row of the table of orders."""
    return _translate_names(
        {
            "operation": account.flow,
            "point": account.key,
            "state": say("customer {number}, still open", number=account.customer),
            "next": account.command,
        }
    )


def _absence_facts(order: Order) -> dict[str, Any]:
    """When a read showed that Enedis has not accepted an order, and which read."""
    if order.absent is None:
        return {"absent": None, "by": ""}
    return {"absent": in_france(order.absent), "by": order.absent_by.rpartition("#")[2]}


def run_document(
    details: RunDetails,
    fleet: FleetEntry | None = None,
    rows: Sequence[FleetRowLine] = (),
    *,
    lines: Mapping[int, int] = MappingProxyType({}),
    at_work: bool = False,
    warnings: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a run with its requests, orders and warnings, or a fleet with its rows.

    A text names the failed rows by their `lines` in the file too; programs get the number alone.
    """
    head = run_row(details.entry, at_work=at_work)
    head |= _translate_names({"warnings": join_items(warnings, "\n")} if warnings else {})
    if fleet is not None:
        document = {"today": details.entry.today, **_fleet_facts(fleet, rows, lines)}
        return {**head, **_translate_names(document)}
    calls = [
        {
            "no": number,
            "step": trail_of(effect.key),
            "call": effect.label,
            "try": effect.attempt,
            "outcome": effect.outcome or say("no answer"),
            "bytes": effect.bytes_in,
            "seconds": round(effect.seconds, 3),
        }
        for number, effect in enumerate(details.effects, 1)
    ]
    orders = [
        {
            "operation": one.operation,
            "service": one.service,
            "state": from_table(one.state.value),
            "code": one.code,
            **_absence_facts(one),
            "late": one.late,
            "step": one.key,
        }
        for one in details.orders
    ]
    document = {"today": details.entry.today, "requests": calls, "orders": orders}
    return {**head, **_translate_names(document)}


def _translate_names(document: Mapping[str, Any]) -> dict[str, Any]:
    """Mark the keys of a document as translatable, recursively."""
    return {
        from_table(name): [_translate_names(one) for one in value]
        if isinstance(value, list)
        else _translate_names(value)
        if isinstance(value, dict)
        else value
        for name, value in document.items()
    }


def _fleet_facts(
    fleet: FleetEntry, rows: Sequence[FleetRowLine], lines: Mapping[int, int]
) -> dict[str, Any]:
    states = [state.name.lower() for _, state, _, _ in rows]
    counts = {name: states.count(name) for name in ("done", "failed", "stopped")}
    return {
        "file": fleet.file,
        "again": fleet.again,
        "rows": {"all": fleet.total, **counts, "not begun": fleet.total - len(rows)},
        "failures": [
            {
                "row": row_words(number, lines[number]) if number in lines else number,
                "run": f"{fleet.run}.{number}",
                "code": code,
                "exit": exit_,
            }
            for number, _, code, exit_ in rows
            if code
        ],
    }


def count_line(counts: Mapping[str, int]) -> str:
    """Return the contents of a file in one line: how many things of each kind."""
    parts = [say("{count:,} {name}", count=count, name=name) for name, count in counts.items()]
    return join_items(parts) or say("nothing")


def exchange_document(exchange: MaskedExchange) -> dict[str, Any]:
    """Return one request of a past run for programs: what was sent and what was answered."""
    effect = exchange.effect
    step, _, item = trail_of(effect.key).partition("[")
    return {
        "step": step,
        "item": int(item[: item.index("]")]) if item else None,
        "call": effect.label,
        "try": effect.attempt,
        "outcome": effect.outcome or say("no answer"),
        "status": exchange.status,
        "seconds": round(effect.seconds, 3),
        "request": exchange.request,
        "reply": exchange.reply,
        "curl": exchange.curl,
        "note": exchange.note or "",
    }


def exchange_text(exchange: MaskedExchange, paint: Paint) -> str:
    """Lay out one request of a past run; its texts are not wrapped, so that they can be copied."""
    document = exchange_document(exchange)
    texts = {name: document.pop(name) for name in ("request", "reply", "curl", "note")}
    head = " · ".join(str(value) for value in document.values() if value not in (None, ""))
    parts = [
        f"{paint(translate(from_table(name)), 'bold')}\n{plain(translate(text))}"
        for name, text in texts.items()
        if text
    ]
    return paragraphs([head, *parts])


# -- upkeep ----------------------------------------------------------------------------------------


def pruned_text(pruned: PruneResult) -> Message:
    """Return the result of pruning: how many runs were deleted, how much space was freed."""
    count = say_count("{count} run deleted", "{count} runs deleted", count=pruned.runs)
    if not pruned.runs:
        return count
    if pruned.is_on_server:
        kept = say("the server reuses their space; VACUUM FULL frees it on the disk")
        return sentences(count, kept, between=" · ")
    freed = say("{size:.1f} MB freed", size=pruned.freed / _MB)
    spare = (
        say("{size:.1f} MB stay in the file for reuse", size=pruned.spare / _MB)
        if pruned.spare
        else ""
    )
    return sentences(count, freed, spare, between=" · ")


def part_row(part: CheckedPart) -> dict[str, Any]:
    """Return a checked journal or store as a row of a table, with its damages."""
    return {
        "part": part.part,
        "whole": not part.damages,
        "damages": [str(one) for one in part.damages],
    }


def orders_text(checked: CheckedState) -> Message:
    """Return how many orders are in each state, how many wait for a person, and any hold."""
    states = join_items([f"{count} {state}" for state, count in checked.orders.items()])
    total = sum(checked.orders.values())
    if not total and any(part.part == "journal" and part.damages for part in checked.parts):
        return say("no orders could be read; there may still be some")
    count: Message = say("no orders")
    if total:
        count = say_count(
            "{count} order: {states}", "{count} orders: {states}", count=total, states=states
        )
    waiting = say("{count} wait for a person", count=checked.open)
    held = say("orders are held since {since}", since=checked.held) if checked.held else ""
    return sentences(count, waiting, held, between=" · ")


def parts_text(checked: CheckedState) -> str:
    """Lay out the checked parts of a state: one line for an intact part or for each damage."""
    width = max(len(part.part) for part in checked.parts)
    return "\n".join(
        f"{part.part:<{width}}  {translate(line)}"
        for part in checked.parts
        for line in part.damages or (say("intact"),)
    )
