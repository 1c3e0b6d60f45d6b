"""What a person says that a lost order made: asked for where its flow goes on with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sgeflow.cli.shared.arguments import read_arguments
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.errors import Id, Problem, SgeflowError, UsageError
from sgeflow.messages import Message, join_items, say

if TYPE_CHECKING:
    from sgeflow.adapters.state.locations import StateLocation
    from sgeflow.adapters.state.records import Order
    from sgeflow.core.documents import Operation


def outputs_made(
    home: StateLocation,
    run: str,
    step: str,
    words: Sequence[str],
    *,
    project: Path | None,
    accepted: bool,
) -> Mapping[str, Any]:
    """The outputs of an order that was accepted, as `words` say them.

    Raises:
        UsageError: outputs that it has not, or one lacks that a search for it would have given.
    """
    from sgeflow.runtime.resume import order_to_settle

    outputs = read_arguments(words)
    if not accepted:
        if outputs:
            raise UsageError(Problem(id=Id.USAGE, message=say("what is not accepted made nothing")))
        return outputs
    order, goes_on = order_to_settle(home, run, step)
    if not order.fingerprint and any(value is not None for value in outputs.values()):
        message = say("{operation} is to be undone, which makes nothing", operation=order.operation)
        raise UsageError(Problem(id=Id.USAGE, message=message, details=_without_values(order)))
    if empty := [name for name, value in outputs.items() if _is_blank(value)]:
        raise UsageError(_nothing_said(order, empty))
    operation = _operation(order.operation, project)
    if operation is None:
        return outputs
    known = tuple(operation.response.paths)
    for name in outputs:
        if name not in known:
            message = say('{operation} has no output "{name}"', operation=operation.name, name=name)
            near = closest(name, known)
            raise UsageError(Problem(id=Id.USAGE, message=message, allowed=known, suggestion=near))
    needed = _outputs_to_give(operation) if goes_on else ()
    if lacking := [name for name in needed if name not in outputs]:
        raise UsageError(_question(operation.name, order.run, lacking))
    return outputs


def _outputs_to_give(operation: Operation) -> tuple[str, ...]:
    """The outputs that only the lost answer, or a search, could tell: those of one thing."""
    if operation.reconcile is None:
        return ()
    outputs = operation.reconcile.outputs.items()
    return tuple(name for name, expression in outputs if expression.text.startswith("[0]."))


def _operation(name: str, project: Path | None) -> Operation | None:
    """The operation of an order; none of what is no operation, or no longer there."""
    from sgeflow.runtime.project import open_catalog

    try:
        return open_catalog(project).catalog.operations.get(name)
    except SgeflowError:  # a person can settle an order whatever the documents are like
        return None


def _is_blank(value: Any) -> bool:
    """Whether it is a text without a letter, as of a shell's variable that is not set."""
    return isinstance(value, str) and not value.strip()


def _nothing_said(order: Order, names: Sequence[str]) -> Problem:
    message = say("{names} is said to be nothing at all", names=join_items(names))
    return Problem(id=Id.USAGE, message=message, details=_commands(order.run, names))


def _without_values(order: Order) -> tuple[tuple[str, str], ...]:
    return (("do", f"sgeflow orders resolve {order.run} --accepted --step '{order.key}'"),)


def _question(operation: str, run: str, lacking: Sequence[str]) -> Problem:
    return Problem(
        id=Id.USAGE,
        message=say(
            "what did {operation} make? its flow goes on with {names}",
            operation=operation,
            names=join_items(lacking),
        ),
        details=_commands(run, lacking),
    )


def _commands(run: str, names: Sequence[str]) -> tuple[tuple[str, str | Message], ...]:
    """What to say of outputs, and what where nobody knows them."""
    words = " ".join(f"{name}=…" for name in names)
    nobody = " ".join(f"{name}:=null" for name in names)
    return (
        ("do", f"sgeflow orders resolve {run} {words} --accepted"),
        ("else", say("where nobody knows: {words}; what reads it gets null", words=nobody)),
    )
