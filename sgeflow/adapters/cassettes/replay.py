"""Answers from a recorded conversation, without any network."""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path

from msgspec import Struct, field

from sgeflow.adapters.cassettes import replay_miss
from sgeflow.adapters.cassettes.file import header, load
from sgeflow.adapters.cassettes.messages import Leaf, request_leaves
from sgeflow.adapters.cassettes.stand_ins import StandIns
from sgeflow.core.engine.ports import Leave
from sgeflow.core.model import NoAnswer, Request, Response


class ReplayTransport:
    """Answers from a cassette; opens no connection.

    Each recorded answer is given once, in order, and what it repeats in the asker's words.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.metadata, self._recorded = load(path)
        self._shelves: dict[_Shape, dict[frozenset[str], dict[_RequestKey, _Answers]]] = {}
        self._lock = threading.Lock()
        self._stand_ins = StandIns()
        for number, interaction in enumerate(self._recorded):
            shape, parts = _parts(
                interaction.method,
                interaction.endpoint,
                (interaction.path, interaction.action, interaction.body),
            )
            keys = self._shelves.setdefault(shape, {}).setdefault(interaction.hidden, {})
            answers = keys.setdefault(_key(parts, interaction.hidden), _Answers())
            answers.left.append(number)
            answers.count += 1

    def send(
        self,
        request: Request,
        deadline: float | None = None,  # noqa: ARG002 - a replay takes no time
        leave: Leave | None = None,
    ) -> Response | NoAnswer:
        """The recorded answer; raises ReplayMiss when there is none (left)."""
        if leave and (refusal := leave()):
            return refusal
        content = request.path, header(request.headers, "SOAPAction"), request.body
        shape, parts = _parts(request.method, request.endpoint, content)
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
                return self._stand_ins.tell_back(self._recorded[first.last], parts)
            again = [answers.last for answers in numbers if answers.last is not None]
            if request.anew and again:  # a recording is no other the second time
                return self._stand_ins.tell_back(self._recorded[again[-1]], parts)
        if numbers:
            raise replay_miss.exhausted_miss(
                self._path, request, sum(answers.count for answers in numbers)
            )
        raise replay_miss.no_match(self._path, request, self._recorded)

    def unused_labels(self) -> tuple[str, ...]:
        """The labels of recorded calls that nobody asked for, in recorded order."""
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
    last: int | None = None  # given last


def _parts(
    method: str, endpoint: str, content: tuple[str, str, bytes]
) -> tuple[_Shape, tuple[Leaf, ...]]:
    """What a request consists of: equal requests have the same shape and the same values."""
    parts = request_leaves(*content)
    return (method, endpoint, tuple((leaf.path, leaf.space) for leaf in parts)), parts


def _key(parts: tuple[Leaf, ...], hidden: frozenset[str]) -> _RequestKey:
    return tuple(None if leaf.path in hidden else leaf.value for leaf in parts)
