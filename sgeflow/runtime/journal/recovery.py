"""The recorded answers of a resumed run, and the fingerprints that compare orders."""

import json
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from msgspec import Struct, field

from sgeflow.adapters.secrets import Secret
from sgeflow.adapters.state.database import decoding
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.records import (
    KeptAnswer,
    Order,
    OrderState,
    fingerprint_parts,
    is_unlike,
    made_key,
)
from sgeflow.core.engine.ports import Progress
from sgeflow.core.engine.trails import enclosing_undos, is_lookup_of, trail_of, with_enclosing
from sgeflow.core.model import DEFAULT_SERVICE, FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.errors import Id, Problem
from sgeflow.messages import say


def fingerprint(request: Request, secrets: Collection[Secret] = ()) -> str:
    """Return the fingerprint by which a repeated order is recognized; empty for a read.

    It is `<thing>,<thing>….<terms>.<form>.<service>.<endpoint>`, with the things and the terms that
    the operation declares, or else every value that is sent except the secrets: the same order is
    sent in another session after the next login. Two orders of one service with different forms
    cannot be compared: their documents declare them differently.

    The endpoint of an operation is left out if it is the default one, because earlier versions made
    fingerprints without endpoints. Orders are compared by the other parts, so that an order is the
    same by whatever wire it leaves.
    """
    if request.kind is Kind.READ:
        return ""
    form, service = (
        _digest("", text.encode()) if text else "" for text in (request.form, request.service)
    )
    is_default = request.endpoint == DEFAULT_SERVICE or not request.is_operation
    endpoint = "" if is_default else request.endpoint
    end = f"{form}.{service}.{endpoint}" if endpoint else f"{form}.{service}"
    if request.same is None:
        from sgeflow.adapters.cassettes.redact import Redactor

        without_secrets = Redactor(secrets)
        name = f"{endpoint} {request.method} {without_secrets.text(request.path)}".lstrip()
        return f"{_digest(name, without_secrets.raw(request.body))}..{end}"
    things, terms = request.same
    digests = ",".join(sorted({_digest("", thing.encode()) for thing in things}))
    return f"{digests}.{_digest('', terms.encode())}.{end}"


def is_same(one: str, other: str) -> bool:
    """Whether two orders share a thing, on the same terms."""
    (things, terms), (others, other_terms) = (fingerprint_parts(each)[:2] for each in (one, other))
    return terms == other_terms and not set(things).isdisjoint(others)


def is_equal(one: str, other: str) -> bool:
    """Whether two orders have the same things and terms, even in different forms."""
    return fingerprint_parts(one)[:2] == fingerprint_parts(other)[:2]


def _digest(name: str, content: bytes) -> str:
    return sha256(name.encode() + b"\0" + content).hexdigest()[:32]


class RecordedAnswers(Struct, frozen=True, kw_only=True):
    """The answers of an earlier evaluation; each is given once."""

    run: str = ""
    answers: dict[tuple[str, int], KeptAnswer] = field(default_factory=dict)
    results: Mapping[str, Any] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)  # keys of orders that may have been accepted
    # the outputs of lost orders that a person reported as accepted
    outputs_by_hand: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    begun: frozenset[str] = frozenset()  # trails of steps with records, and of enclosing steps
    open: frozenset[str] = frozenset()  # those of orders that are lost or may be sent again
    tokens: dict[str, str] = field(default_factory=dict)  # of the last attempt of each order
    requests: Mapping[tuple[str, int], str] = field(default_factory=dict)  # as texts
    sent: dict[str, Order] = field(default_factory=dict)  # orders not reached again
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, key: str, attempt: int, request: Request) -> Response | NoAnswer | None:
        """Return the recorded answer to an attempt; None if the request must be sent (again).

        An attempt without a record, followed by one with a record, had the answer to another
        request, or was an order that did not leave: it gets a substitute. If nothing is recorded
        for this attempt or a later one, all answers of the step are dropped. A lost order may have
        been accepted, so it is not sent again.
        """
        with self.lock:
            if (key, attempt) not in self.answers and not self._is_passed(key, attempt):
                self._drop(key)
        return self.recorded_answer(key, attempt, request)

    def recorded_answer(
        self, key: str, attempt: int, request: Request
    ) -> Response | NoAnswer | None:
        """Return the recorded answer to an attempt, or a NoAnswer; None without any record."""
        with self.lock:
            packed = self.answers.pop((key, attempt), None)
            is_passed = packed is None and self._is_passed(key, attempt)
        if packed is not None:
            return unpack_answer(packed, self.run)
        if is_passed:
            return _passed(request)
        return _lost_order(request) if key in self.lost else None

    def forget_others(self, key: str, attempt: int, request: str) -> None:
        """Drop the answers to a read whose request has changed since."""
        if self.requests.get((key, attempt), request) != request:
            with self.lock:
                self._drop(key)

    def come_to(self, key: str) -> Order | None:
        """Return an order that was sent before, now that it is reached again."""
        with self.lock:
            return self.sent.pop(key, None)

    def step_with(self, order: Order) -> str:
        """Return the step that sent the same order before the run was stopped; empty if none did.

        Steps that the run has reached again do not count. Orders that cannot be compared count as
        the same.
        """
        with self.lock:
            same = (
                key
                for key, was in self.sent.items()
                if is_same(was.fingerprint, order.fingerprint) or is_unlike(was, order)
            )
            return trail_of(next(same, ""))

    def progress(self, trail: str) -> Progress:
        """Return how far a part of the run had come."""
        if trail in self.open:
            return Progress.OPEN
        return Progress.SETTLED if trail in self.begun else Progress.NEW

    def release(self, key: str) -> None:
        """Drop the records of a lost order, so that it is sent again."""
        with self.lock:
            self.lost.discard(key)
            self._drop(key)

    def _is_passed(self, key: str, attempt: int) -> bool:
        """Whether a later attempt has a recorded answer."""
        return any(one[0] == key and one[1] > attempt for one in self.answers)

    def _drop(self, key: str) -> None:
        for one in [one for one in self.answers if one[0] == key]:
            del self.answers[one]


def earlier_of(journal: Journal, run: str) -> RecordedAnswers:
    """Return the recorded answers of a run that did not end well.

    Some answers are left out, so that their requests are sent again: orders that did not leave or
    were not accepted, and searches for lost orders, which may find them now. A failed undo is tried
    again: only its orders and its attempts without an answer are used.
    """
    undos = {trail_of(order.key) for order in journal.stranded_orders(run)}
    journal.try_again(run, undos)
    by_hand, unknown = journal.by_hand(run), journal.mark_unknown_orders(run)
    orders, kept = journal.sent_orders(run), journal.answers(run)
    lost = (*unknown, *by_hand, *_found_orders(orders, kept, run))
    missed = [order.key for order in (*unknown, *by_hand)]
    sent = {order.key: order for order in orders}
    free = frozenset(order.key for order in journal.sendable(run))
    answers = {
        (key, attempt): packed
        for (key, attempt), packed in kept.items()
        if key not in free
        and not any(is_lookup_of(key, order) for order in (*missed, *free))
        and (
            key in sent
            or undos.isdisjoint(enclosing_undos(trail_of(key)))
            or isinstance(unpack_answer(packed, run), NoAnswer)
        )
    }
    results = journal.results(run)
    open_ = {*(order.key for order in lost), *free}
    return RecordedAnswers(
        run=run,
        answers=answers,
        results=results,
        lost={order.key for order in lost},
        outputs_by_hand={order.key: results.get(made_key(order.key), {}) for order in by_hand},
        begun=_around([*(key for key, _ in answers), *results, *(order.key for order in lost)]),
        open=_around(open_),
        tokens=journal.tokens(run),
        requests=journal.requests(run),
        sent=sent,
    )


def _found_orders(
    orders: Iterable[Order], kept: Mapping[tuple[str, int], KeptAnswer], run: str
) -> Iterator[Order]:
    """Accepted orders without an answer: a search or a person has found them.

    They count as lost, so that the flow searches for their results again.
    """
    answered = {
        key
        for (key, _), packed in kept.items()
        if getattr(unpack_answer(packed, run), "sent", None) is not False
    }
    return (one for one in orders if one.state is OrderState.DONE and one.key not in answered)


def _around(keys: Iterable[str]) -> frozenset[str]:
    """The trails of keys, and of the steps that contain them."""
    return frozenset(one for trail in set(map(trail_of, keys)) for one in with_enclosing(trail))


_READ = frozenset({"age", "content-type", "date", "retry-after", "www-authenticate"})
"""The headers that are recorded, because sgeflow reads them; others may contain personal data."""


def pack_answer(answer: Response | NoAnswer) -> KeptAnswer:
    """Return an answer as the journal keeps it: a line of JSON about the answer, and the body."""
    about: dict[str, object]
    if isinstance(answer, NoAnswer):
        about = {
            "sent": answer.sent,
            "id": answer.problem.id.name,
            "message": answer.problem.message,
            "class": answer.fault_class.value,
            "retry_after": answer.retry_after,
            "seconds": round(answer.seconds, 6),
        }
        return KeptAnswer(json.dumps({"no_answer": about}), b"")
    about = {
        "status": answer.status,
        "headers": {name: one for name, one in answer.headers.items() if name in _READ},
        "seconds": round(answer.seconds, 6),
    }
    return KeptAnswer(json.dumps(about), answer.body)


def unpack_answer(answer: KeptAnswer, run: str) -> Response | NoAnswer:
    """Return the answer that `pack_answer` packed; raises TechnicalError for anything else."""
    with decoding(run, say("the answers")):
        about = json.loads(answer.head)
        if (missing := about.get("no_answer")) is not None:
            return NoAnswer(
                sent=missing["sent"],
                problem=Problem(id=Id[missing["id"]], message=missing["message"]),
                fault_class=FaultClass(missing["class"]),
                retry_after=missing["retry_after"],
                seconds=missing["seconds"],
                earlier=True,
            )
        return Response(
            status=about["status"],
            headers=about["headers"],
            body=answer.body,
            seconds=about["seconds"],
            earlier=True,
        )


def _passed(request: Request) -> NoAnswer:
    """Return the substitute for an attempt without a record that a later attempt followed."""
    if request.kind is not Kind.READ:
        message = say("nothing was sent: sgeflow asks the service for the time first")
        problem = Problem(id=Id.NOT_SENT, message=message)
        return NoAnswer(sent=False, problem=problem, fault_class=FaultClass.NETWORK, earlier=True)
    message = say("the answer belongs to another request")
    return NoAnswer(
        sent=None,
        problem=Problem(id=Id.OTHER_ANSWER, message=message),
        fault_class=FaultClass.NETWORK,
        earlier=True,
    )


def _lost_order(request: Request) -> NoAnswer:
    message = say("the run was stopped while {label} waited for its answer", label=request.label)
    return NoAnswer(
        sent=None, problem=Problem(id=Id.NO_ANSWER, message=message), fault_class=FaultClass.UNKNOWN
    )
