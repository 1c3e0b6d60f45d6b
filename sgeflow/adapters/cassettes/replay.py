"""Answers from a recorded conversation, without any network."""

import re
import threading
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.cassettes.file import Interaction, header, load
from sgeflow.adapters.cassettes.messages import (
    Leaf,
    Pair,
    lines,
    pairs,
    request_leaves,
    rewrite,
    value,
)
from sgeflow.adapters.cassettes.personal_values import hit
from sgeflow.adapters.secrets import MASK
from sgeflow.core.compare import DIFFERENCE
from sgeflow.core.engine.ports import Leave
from sgeflow.core.model import NoAnswer, Request, Response
from sgeflow.errors import Id, ReplayMiss
from sgeflow.messages import Message, say, sentences

_SHORTEST = 3  # letters; a shorter pseudonym may be any text


class StandIns:
    """The pseudonyms of a cassette that requests were matched with, and the values sent instead."""

    def __init__(self) -> None:
        self._sent: dict[str, str] = {}
        self._lock = threading.Lock()

    def restore(self, interaction: Interaction, sent: Sequence[Leaf]) -> Response | NoAnswer:
        """The recorded answer to a request, with the sent values in place of their pseudonyms."""
        with self._lock:
            recorded: Sequence[Leaf] = ()
            if interaction.hidden:
                recorded = request_leaves(interaction.path, interaction.action, interaction.body)
            for before, after in zip(recorded, sent, strict=False):
                letters = sum(map(str.isalpha, before.value))
                if before.path in interaction.hidden and letters >= _SHORTEST and after.value:
                    self._sent[before.value] = after.value
            known = dict(self._sent)
        outcome = interaction.outcome
        if not isinstance(outcome, Response):
            return outcome
        body = outcome.body.decode(errors="replace").lower()
        there = [one for one in known if one.lower() in body]
        if not there:
            return outcome
        longest_first = sorted(there, key=len, reverse=True)
        words = "|".join(map(re.escape, longest_first))
        pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
        otherwise = {one.lower(): sent for one, sent in known.items()}  # other services' capitals

        def sent_value(match: re.Match[str]) -> str:
            return known.get(match[0]) or otherwise.get(match[0].lower(), match[0])

        def change(_names: tuple[str, ...], text: str) -> str:
            return pattern.sub(sent_value, text)

        return replace(outcome, body=rewrite(outcome.body, change))


COMPARED = 500  # the most recorded requests that are compared to find the nearest
SHOWN = 8  # the most differences in a message


def _no_match(path: Path, request: Request, recorded: Sequence[Interaction]) -> ReplayMiss:
    """The error about a request that no recorded request matches."""
    labels = Counter(interaction.label for interaction in recorded)
    text = ", ".join(f"{label} x {count}" for label, count in sorted(labels.items()))
    counts = ("recorded", text or say("nothing"))
    alike = [interaction for interaction in recorded if interaction.label == request.label]
    if not alike:
        return _miss(say("no call of {label} is recorded", label=request.label), path, counts)
    nearest = min((_contrast(interaction, request) for interaction in alike[:COMPARED]), key=len)
    message = say(
        "no recorded call of {label} matches; the closest of {count} differs",
        label=request.label,
        count=len(alike),
    )

    def leaf_text(leaf: Leaf) -> str:  # values of persons are masked
        return MASK if hit(leaf.names, request.personal) else value(leaf)

    more = len(nearest) - SHOWN
    rest = say("… and {count} more", count=more)
    hints = sentences(
        say("- recorded  + sent"),
        "\n".join(lines(nearest[:SHOWN], leaf_text)),
        rest if more > 0 else "",
        between="\n",
    )
    return _miss(message, path, (DIFFERENCE, hints), counts)


def _miss(message: Message, path: Path, *details: tuple[str, str]) -> ReplayMiss:
    remedy = ("remedy", say("record it again: sgeflow run FLOW --record FILE"))
    return ReplayMiss.of(Id.NO_RECORDING, message, where=str(path), details=(*details, remedy))


def _contrast(interaction: Interaction, request: Request) -> tuple[Pair, ...]:
    """The differences between a recorded and a sent request, the address first.

    A difference within an address is shown as the whole address, unless a part is personal.
    """
    action = header(request.headers, "SOAPAction")
    sent = request_leaves(request.path, action, request.body)
    recorded = request_leaves(interaction.path, interaction.action, interaction.body)
    told = []
    for name, before, after in (
        ("method", interaction.method, request.method),
        ("endpoint", interaction.endpoint, request.endpoint),
    ):
        if before != after:
            told.append(Pair(name, Leaf(name, (), before), Leaf(name, (), after)))
    different = pairs(recorded, sent, interaction.hidden)
    parts = [pair for pair in different if pair.path.startswith(("path/", "query/"))]
    named = (leaf for pair in parts for leaf in (pair.before, pair.after) if leaf)
    if not parts or interaction.hidden or any(hit(leaf.names, request.personal) for leaf in named):
        return (*told, *different)
    whole = (Leaf("address", (), path) for path in (interaction.path, request.path))
    return (*told, Pair("address", *whole), *(pair for pair in different if pair not in parts))


class ReplayTransport:
    """Answers from a cassette; opens no connection.

    Each recorded answer is given once, in order. Values that it repeats are replaced by the sent
    ones.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.metadata, self._recorded = load(path)
        self._shelves: dict[_Shape, dict[frozenset[str], dict[_RequestKey, _Answers]]] = {}
        self._lock = threading.Lock()
        self._stand_ins = StandIns()
        for number, one in enumerate(self._recorded):
            parts = request_leaves(one.path, one.action, one.body)
            shape = _shape(one.method, one.endpoint, parts)
            keys = self._shelves.setdefault(shape, {}).setdefault(one.hidden, {})
            answers = keys.setdefault(_key(parts, one.hidden), _Answers())
            answers.left.append(number)
            answers.count += 1

    def send(
        self,
        request: Request,
        deadline: float | None = None,  # noqa: ARG002 - a replay takes no time
        leave: Leave | None = None,
    ) -> Response | NoAnswer:
        """The recorded answer; raises ReplayMiss without a matching request that is left."""
        if leave and (refusal := leave()):
            return refusal
        action = header(request.headers, "SOAPAction")
        parts = request_leaves(request.path, action, request.body)
        shape = _shape(request.method, request.endpoint, parts)
        numbers = [
            keys[key]
            for hidden, keys in self._shelves.get(shape, {}).items()
            if (key := _key(parts, hidden)) in keys
        ]
        with self._lock:
            left = [answers for answers in numbers if answers.left]
            if left:
                first = min(left, key=lambda answers: answers.left[0])
                first.last = first.left.popleft()
                return self._stand_ins.restore(self._recorded[first.last], parts)
            again = [answers.last for answers in numbers if answers.last is not None]
            if request.anew and again:  # a recorded answer does not change the second time
                return self._stand_ins.restore(self._recorded[again[-1]], parts)
        if not numbers:
            raise _no_match(self._path, request, self._recorded)
        message = say(
            "the recorded answers ({count}) were already used for this call of {label}",
            count=sum(answers.count for answers in numbers),
            label=request.label,
        )
        raise _miss(message, self._path)

    def unused_labels(self) -> tuple[str, ...]:
        """The labels of recorded calls that were not replayed, in recorded order."""
        with self._lock:
            numbers = sorted(
                number
                for variants in self._shelves.values()
                for keys in variants.values()
                for answers in keys.values()
                for number in answers.left
            )
        return tuple(self._recorded[number].label for number in numbers)

    def close(self) -> None:
        """Nothing is open."""


_Shape = tuple[str, str, tuple[tuple[str, str], ...]]
_RequestKey = tuple[str | None, ...]


class _Answers(Struct):
    """The numbers of the interactions that answer one request, in recorded order."""

    left: deque[int] = field(default_factory=deque)
    count: int = 0
    last: int | None = None  # the last one given


def _shape(method: str, endpoint: str, parts: tuple[Leaf, ...]) -> _Shape:
    """The shape of a request: requests with equal shape and values are equal."""
    return method, endpoint, tuple((leaf.path, leaf.space) for leaf in parts)


def _key(parts: tuple[Leaf, ...], hidden: frozenset[str]) -> _RequestKey:
    return tuple(None if leaf.path in hidden else leaf.value for leaf in parts)
