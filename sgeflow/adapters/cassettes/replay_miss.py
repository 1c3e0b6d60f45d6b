"""Tells why a replay has no answer: how the nearest recorded request differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sgeflow.adapters.cassettes.diff import Pair, lines, pairs, value
from sgeflow.adapters.cassettes.file import header
from sgeflow.adapters.cassettes.interaction import Interaction
from sgeflow.adapters.cassettes.messages import Leaf, request_leaves
from sgeflow.adapters.cassettes.personal_values import hit
from sgeflow.adapters.secrets import MASK
from sgeflow.core.compare import DIFFERENCE
from sgeflow.core.model import Request
from sgeflow.errors import Id, Problem, ReplayMiss
from sgeflow.messages import Message, say, say_count, sentences

COMPARED = 500  # recorded requests that are looked at for the nearest
SHOWN = 8  # differences

_REMEDY = ("remedy", say("record again: sgeflow run FLOW --record FILE"))


def no_match(path: Path, request: Request, recorded: Sequence[Interaction]) -> ReplayMiss:
    """No recorded request is the same."""
    alike = [interaction for interaction in recorded if interaction.label == request.label]
    where = str(path)
    if not alike:
        return _miss(
            say("no call of {label} is recorded", label=request.label),
            where,
            _label_pairs(recorded),
        )
    nearest = min((_contrast(interaction, request) for interaction in alike[:COMPARED]), key=len)
    message = say(
        "no recorded call of {label} is this one; the nearest of {count} differs",
        label=request.label,
        count=len(alike),
    )
    hints = _lines(nearest, request)
    return _miss(message, where, [(DIFFERENCE, hints), *_label_pairs(recorded)])


def exhausted_miss(path: Path, request: Request, count: int) -> ReplayMiss:
    """The same request is recorded, and was already answered as often as it was recorded."""
    message = say_count(
        "the one recorded answer was already used for this call of {label}",
        "all {count} recorded answers were already used for this call of {label}",
        count=count,
        label=request.label,
    )
    return _miss(message, str(path), [])


def _miss(message: Message, where: str, details: Sequence[tuple[str, str]]) -> ReplayMiss:
    return ReplayMiss(
        Problem(id=Id.NO_RECORDING, message=message, where=where, details=(*details, _REMEDY))
    )


def _label_pairs(recorded: Sequence[Interaction]) -> list[tuple[str, str]]:
    labels = Counter(interaction.label for interaction in recorded)
    text = ", ".join(f"{label} x {count}" for label, count in sorted(labels.items()))
    return [("recorded", text or say("nothing"))]


def _contrast(interaction: Interaction, request: Request) -> tuple[Pair, ...]:
    """Where a recorded request and the one that was sent differ, its address first."""
    action = header(request.headers, "SOAPAction")
    sent = request_leaves(request.path, action, request.body)
    recorded = request_leaves(interaction.path, interaction.action, interaction.body)
    door = (
        (Leaf(name, (), before), Leaf(name, (), after))
        for name, before, after in (
            ("method", interaction.method, request.method),
            ("endpoint", interaction.endpoint, request.endpoint),
        )
    )
    doors = (Pair(before.path, before, after) for before, after in door)
    different = pairs(recorded, sent, interaction.hidden)
    return (
        *(pair for pair in doors if pair.differs),
        *_whole_addresses(different, interaction, request),
    )


def _whole_addresses(
    different: Sequence[Pair], interaction: Interaction, request: Request
) -> tuple[Pair, ...]:
    """Differing parts of an address as the whole of it, unless a part names a person."""
    parts = [pair for pair in different if pair.path.startswith(("path/", "query/"))]
    named = (leaf for pair in parts for leaf in (pair.before, pair.after) if leaf)
    if not parts or interaction.hidden or any(hit(leaf.names, request.personal) for leaf in named):
        return tuple(different)
    whole = (Leaf("address", (), path) for path in (interaction.path, request.path))
    return (Pair("address", *whole), *(pair for pair in different if pair not in parts))


def _lines(nearest: Sequence[Pair], request: Request) -> str:
    """The first differences, a person's values masked."""

    def leaf_text(leaf: Leaf) -> str:
        return MASK if hit(leaf.names, request.personal) else value(leaf)

    text = "\n".join(lines(nearest[:SHOWN], leaf_text))
    more = len(nearest) - SHOWN
    rest = say_count("{count} more difference", "{count} more differences", count=more)
    legend = say("- recorded  + sent")
    return sentences(legend, text, rest if more > 0 else "", between="\n")
