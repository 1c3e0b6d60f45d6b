"""What a run was answered before it was stopped, for going on with it."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.records import OrderState
from sgeflow.core.engine.reconcile import looks_for
from sgeflow.core.model import FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.errors import Id, Problem
from sgeflow.messages import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The answers of an earlier evaluation; each is given once."""

    answers: dict[tuple[str, int], bytes] = field(default_factory=dict)
    results: Mapping[str, Any] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)  # keys of orders that may have been accepted
    vouched: frozenset[str] = frozenset()  # of those, what a person found to be accepted
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, key: str, attempt: int, request: Request) -> Response | NoAnswer | None:
        """The answer to an attempt; None when it must be asked (again).

        A read that got no answer is simply asked again. An order that was being sent when the run
        stopped may have been accepted: nobody knows, and it is not sent again.
        """
        with self.lock:
            packed = self.answers.pop((key, attempt), None)
        answer = unpacked(packed) if packed is not None else None
        if isinstance(answer, NoAnswer) and request.kind is Kind.READ:
            return None
        if answer is None and key in self.lost:
            return _lost(request)
        return answer

    def release(self, key: str) -> None:
        """An order that was lost may be sent again: what was noted of it is not used."""
        with self.lock:
            self.lost.discard(key)
            for one in [one for one in self.answers if one[0] == key]:
                del self.answers[one]

    @property
    def remaining(self) -> bool:
        """Whether answers are left that were not asked for."""
        return bool(self.answers)


def earlier_of(journal: Journal, run: str) -> Earlier:
    """All that the journal knows of a run that did not end well.

    An order that surely did not leave, or surely was not accepted, may be sent again: what was
    noted of its attempts is not used. Nor is what a search showed that did not find a lost one: it
    may show it now.
    """
    by_hand = journal.by_hand(run)
    lost = (*journal.lost(run), *by_hand)
    missed = [o.key for o in lost if o.state is OrderState.UNKNOWN or o in by_hand]
    free = frozenset(order.key for order in journal.sendable(run))
    answers = {
        (key, attempt): packed
        for (key, attempt), packed in journal.answers(run).items()
        if key not in free and not any(looks_for(key, order) for order in missed)
    }
    return Earlier(
        answers=answers,
        results=journal.results(run),
        lost={order.key for order in lost},
        vouched=frozenset(order.key for order in by_hand),
    )


def packed(answer: Response | NoAnswer) -> bytes:
    """An answer as bytes: a line of JSON about it, then the body."""
    about: dict[str, object]
    if isinstance(answer, NoAnswer):
        about = {
            "sent": answer.sent,
            "id": answer.problem.id.name,
            "message": answer.problem.message,
            "class": answer.fault_class.value,
            "retry_after": answer.retry_after,
        }
        return json.dumps({"no_answer": about}).encode() + b"\n"
    about = {
        "status": answer.status,
        "headers": dict(answer.headers),
        "seconds": round(answer.seconds, 6),
    }
    return json.dumps(about).encode() + b"\n" + answer.body


def unpacked(content: bytes) -> Response | NoAnswer:
    """The answer that `packed` made bytes of."""
    head, _, body = content.partition(b"\n")
    about = json.loads(head)
    if (missing := about.get("no_answer")) is not None:
        return NoAnswer(
            sent=missing["sent"],
            problem=Problem(id=Id[missing["id"]], message=missing["message"]),
            fault_class=FaultClass(missing["class"]),
            retry_after=missing["retry_after"],
        )
    return Response(
        status=about["status"],
        headers=about["headers"],
        body=body,
        seconds=about["seconds"],
        earlier=True,
    )


def _lost(request: Request) -> NoAnswer:
    message = say("the run was stopped while {label} waited for its answer", label=request.label)
    return NoAnswer(
        sent=None,
        problem=Problem(id=Id.NO_ANSWER, message=message),
        fault_class=FaultClass.UNKNOWN,
    )
