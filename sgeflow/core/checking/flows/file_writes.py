"""The steps of a flow that write files, with what must hold for each of them to be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sgeflow.core.engine.step import FileWrite, Flow, Step
from sgeflow.core.engine.walk import placed_in
from sgeflow.core.language.expression import Expression


def file_writes(flow: Flow, flows: Mapping[str, Flow]) -> tuple[FileWrite, ...]:
    """Every step of a flow that may write a file, those of handlers, undos and `finally` too.

    Args:
        flow: whose steps they are.
        flows: those that it calls, by name; each knows its own.
    """
    return tuple(
        FileWrite(
            conditions=tuple(_conditions((*placed.holders, placed.step))),
            files=uses.files,
            flow=uses.flow,
            arguments=uses.arguments,
        )
        for placed in placed_in(flow, undos=True)
        if (uses := placed.step.uses).files or (uses.flow in flows and flows[uses.flow].writes)
    )


def _conditions(chain: tuple[Step, ...]) -> Iterator[tuple[Expression, bool]]:
    """What must hold for the last of some steps to be done, each of which stands in the one before.

    Of a choice the first alternative is done whose condition holds.
    """
    for holder, step in zip((None, *chain), chain, strict=False):
        if step.when:
            yield step.when, True
        if holder and (uses := holder.uses).is_choice and step in uses.inner:
            before = uses.inner[: uses.inner.index(step)]
            yield from ((other.when, False) for other in before if other.when)
