"""What the use cases give, in words and as documents: dry runs, codes, runs, addresses."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from sgeflow.core.engine.trails import trail_of
from sgeflow.core.measures.civil_time import in_france
from sgeflow.locale.translate import translate
from sgeflow.messages import from_table, join_items, say, say_count, sentences
from sgeflow.terminal.problems import label_lines
from sgeflow.terminal.tables import cut
from sgeflow.terminal.terminal import Paint, plain_line

if TYPE_CHECKING:
    from sgeflow.adapters.state.fleets import FleetEntry, RowState
    from sgeflow.adapters.state.records import Order, RunDetails, RunEntry
    from sgeflow.core.documents import Environment
    from sgeflow.core.model import Request
    from sgeflow.runtime.dry_run import DryRun
    from sgeflow.runtime.outline import OutlineStep
    from sgeflow.runtime.simulation import Address
    from sgeflow.runtime.upkeep.earlier_customers import OpenAccount
    from sgeflow.tools.project.explain_code import FlowEnding, Meaning

FleetRowLine = tuple[int, "RowState", str, int]  # of a fleet: number, state, code, exit

_AT = 46  # the column where the notes of steps begin


def dry_text(preview: DryRun, width: int, paint: Paint) -> str:
    """What would be sent at once, and what may follow."""
    head = say_count(
        "{flow}: {count} request known before any answer",
        "{flow}: {count} requests known before any answer",
        flow=preview.flow.name,
        count=len(preview.requests),
    )
    parts = [
        paint(translate(head), "bold"),
        *(_request_text(one, preview.environment, width, paint) for one in preview.requests),
    ]
    if preview.later:
        title = paint(translate(say("then, as the answers allow")), "bold")
        parts.append("\n".join([title, *later_lines(preview.later, width, paint)]))
    parts.append(paint(translate(say("nothing was sent, nothing kept")), "dim"))
    return "\n\n".join(parts)


def dry_document(preview: DryRun) -> dict[str, Any]:
    """The same for programs."""
    return {
        "flow": preview.flow.name,
        "environment": preview.environment.name,
        "today": preview.today,
        "requests": [_request_document(one, preview.environment) for one in preview.requests],
        "later": [asdict(one) for one in preview.later],
        "warnings": [str(one) for one in preview.warnings],
        "code": preview.failure.code if preview.failure else "",
    }


def later_lines(steps: Iterable[OutlineStep], width: int, paint: Paint) -> list[str]:
    """Steps that may come, indented, with what they call and their condition."""
    lines = []
    for step in steps:
        indent = "  " * (step.depth + 1)
        mark = "!" if step.changes else "·"
        name = f"{indent}{mark} {plain_line(translate(step.name))}"
        when = say("when {condition}", condition=_flat(step.when)) if step.when else ""
        notes = translate(sentences(step.calls, when, between=" · "))
        text = cut(name, width)
        at = max(_AT, len(text) + 2)
        room = width - at
        colour = ("yellow",) if step.changes else ()
        text = text.replace("!", paint("!", *colour), 1) if step.changes else text
        pad = " " * (at - min(len(name), width))
        lines.append(
            text + (pad + paint(cut(notes, room), "dim") if notes and room > _AT // 4 else "")
        )
    return lines


def meaning_text(meaning: Meaning, width: int, paint: Paint) -> str:
    """A code explained."""
    rows = [
        ("means", meaning.means),
        ("cause", meaning.cause),
        ("remedy", meaning.remedy),
        ("simulated", meaning.simulated),
        ("class", meaning.fault_class),
        ("otherwise", ", ".join(meaning.operations)),
        ("exit code", str(int(meaning.exit))),
        ("close to", meaning.suggestion),
    ]
    lines = label_lines([(from_table(label), text) for label, text in rows if text], width, paint)
    ends = [line for end in meaning.ends for line in _ending_lines(end, width, paint)]
    return "\n".join([paint(meaning.code, "bold"), *lines, *ends])


def _ending_lines(end: FlowEnding, width: int, paint: Paint) -> list[str]:
    """Where a flow ends so, what it says and what it advises."""
    rows = [(from_table("says"), end.message), (from_table("remedy"), end.hint)]
    lines = label_lines(
        [(label, text) for label, text in rows if text], width, paint, indent="    "
    )
    return ["", paint(f"  {end.place}", "dim"), *lines]


def meaning_document(meaning: Meaning) -> dict[str, Any]:
    """The same for programs."""
    lists = {"operations": list(meaning.operations), "ends": [asdict(end) for end in meaning.ends]}
    return {**asdict(meaning), "exit": int(meaning.exit), **lists}


def run_row(entry: RunEntry, *, at_work: bool = False) -> dict[str, Any]:
    """A run as a row; one that has not ended is `at_work`, or was stopped."""
    now = "running" if at_work else "stopped"
    return _translate_names(
        {
            "flow": entry.flow,
            "began": in_france(entry.started),
            "run": entry.run,
            "status": from_table(now if entry.ended is None else entry.status.value),
            "exit": entry.exit,
            "code": entry.summary,
            "calls": entry.calls,
            "seconds": round(entry.ended - entry.started, 1) if entry.ended else None,
            "environment": entry.environment,  # last: a narrow terminal may cut it
        }
    )


def order_row(order: Order) -> dict[str, Any]:
    """An order whose outcome is unknown, or what is to be undone, as a row."""
    from sgeflow.adapters.state.records import STANDING

    resume = f"sgeflow resume {order.run}" if order.state in STANDING else ""
    last = time.time() + order.left + 59  # to the minute, and not too early
    return _translate_names(
        {
            "run": order.run,
            "sent": in_france(order.sending or order.planned),
            "under way until": in_france(last) if order.left else None,
            "operation": order.operation,
            "point": order.point,
            "state": from_table(order.state.value),
            "code": order.code,
            "step": order.key,
            **_absence(order),
            "late": order.late,
            "next": resume,
        }
    )


def account_row(account: OpenAccount) -> dict[str, Any]:
    """The account of an earlier customer that is still open, as a row among the orders."""
    return _translate_names(
        {
            "run": "",
            "sent": None,
            "under way until": None,
            "operation": account.flow,
            "point": account.key,
            "state": say("customer {number}, still open", number=account.customer),
            "code": "",
            "step": "",
            "absent": None,
            "by": "",
            "late": "",
            "next": account.command,
        }
    )


def _absence(order: Order) -> dict[str, Any]:
    """When an order was found not to be accepted, and by which read."""
    if order.absent is None:
        return {"absent": None, "by": ""}
    return {"absent": in_france(order.absent), "by": order.absent_by.rpartition("#")[2]}


def run_document(
    details: RunDetails,
    fleet: FleetEntry | None = None,
    rows: Sequence[FleetRowLine] = (),
    *,
    at_work: bool = False,
    warnings: Sequence[str] = (),
) -> dict[str, Any]:
    """A run with its calls and orders; a fleet with its rows; and what it warned of."""
    head = run_row(details.entry, at_work=at_work)
    head |= _translate_names({"warnings": join_items(warnings, "\n")} if warnings else {})
    if fleet is not None:
        document = {"today": details.entry.today, **_fleet(fleet, rows)}
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
            "state": from_table(one.state.value),
            "code": one.code,
            **_absence(one),
            "late": one.late,
            "step": one.key,
        }
        for one in details.orders
    ]
    document = {"today": details.entry.today, "requests": calls, "orders": orders}
    return {**head, **_translate_names(document)}


def _translate_names(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same with words of ours as names, which a table tells in the reader's language."""
    return {
        from_table(name): [_translate_names(one) for one in value]
        if isinstance(value, list)
        else _translate_names(value)
        if isinstance(value, dict)
        else value
        for name, value in document.items()
    }


def _fleet(fleet: FleetEntry, rows: Sequence[FleetRowLine]) -> dict[str, Any]:
    states = [state.name.lower() for _, state, _, _ in rows]
    counts = {name: states.count(name) for name in ("done", "failed", "stopped")}
    return {
        "file": fleet.file,
        "again": fleet.again,
        "rows": {"all": fleet.total, **counts, "not begun": fleet.total - len(rows)},
        "failures": [
            {"row": number, "run": f"{fleet.run}.{number}", "code": code, "exit": exit_}
            for number, _, code, exit_ in rows
            if code
        ],
    }


def address_rows(address: Address) -> list[tuple[str, str]]:
    """How a simulated world is reached."""
    rows = [
        ("SGE", address.sge),
        ("for example", f"{address.sge}{address.path}"),
        ("header", address.header or say("none is asked for")),
        ("backoffice", address.backoffice),
        ("communes", address.communes),
        ("point", say("{point} (the made-up household's)", point=address.point)),
        ("scenario", sentences(address.scenario, address.scenario_title, between=": ")),
        (
            "today",
            say(
                "{today} (POST {base}/simulator/clock moves it)",
                today=address.today,
                base=address.sge,
            ),
        ),
        ("generation", address.generation),
    ]
    return [(from_table(label), text) for label, text in rows]


def count_line(counts: Mapping[str, int]) -> str:
    """What a file holds, by kind."""
    parts = [say("{count:,} {name}", count=count, name=name) for name, count in counts.items()]
    return join_items(parts) or say("nothing")


def _request_text(request: Request, environment: Environment, width: int, paint: Paint) -> str:
    document = _request_document(request, environment)
    kind = translate(from_table(document["kind"]))
    changes = "" if document["kind"] == "read" else paint(f"  {kind}", "yellow")
    head = f"{paint(request.label, 'cyan')}{changes}"
    rows = [(document["method"], document["url"]), *document["values"].items()]
    return "\n".join([head, *label_lines(rows, width, paint)])


def _request_document(request: Request, environment: Environment) -> dict[str, Any]:
    base = environment.address(request.endpoint)
    return {
        "call": request.label,
        "kind": request.kind.value,
        "endpoint": request.endpoint,
        "method": request.method,
        "url": f"{base}{request.path}",
        "values": _values(request),
    }


def _values(request: Request) -> dict[str, str]:
    """The leaves of a body by their names; `***` for the personal ones."""
    if not request.body:
        return {}
    from sgeflow.adapters.cassettes.messages import leaves
    from sgeflow.adapters.cassettes.redact import mask_body

    values: dict[str, str] = {}
    for leaf in leaves(mask_body(request.body, request.personal)):
        name = leaf.names[-1] if leaf.names else leaf.path
        if leaf.value.strip() and not name.startswith("xmlns"):
            values.setdefault(name, leaf.value.strip())
    return values


def _flat(text: str) -> str:
    return " ".join(text.split())
