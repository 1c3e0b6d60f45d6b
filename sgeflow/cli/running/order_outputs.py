"""What a person says that a lost order made: asked for where its flow goes on with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sgeflow.cli.shared.arguments import read_arguments
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.errors import Id, Problem, SgeflowError, UsageError
from sgeflow.messages import join_items, say

if TYPE_CHECKING:
    from sgeflow.adapters.state.locations import StateLocation
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


def _question(operation: str, run: str, lacking: Sequence[str]) -> Problem:
    names = join_items(lacking)
    words = " ".join(f"{name}=…" for name in lacking)
    nobody = " ".join(f"{name}:=null" for name in lacking)
    return Problem(
        id=Id.USAGE,
        message=say(
            "what did {operation} make? its flow goes on with {names}",
            operation=operation,
            names=names,
        ),
        details=(
            ("do", f"sgeflow orders resolve {run} {words} --accepted"),
            ("else", say("where nobody knows: {words}; what reads it gets null", words=nobody)),
        ),
    )
