"""What a run leaves behind while it goes: the journal's notes and the report."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sgeflow.adapters.entries import Order, Sent
from sgeflow.adapters.journal import Journal
from sgeflow.adapters.settings import Secret
from sgeflow.core.engine.effects import Began, Ended, Export, Exported, Warn
from sgeflow.core.model import CallRecord, Kind, NoAnswer, Request, Response, StepTrace
from sgeflow.driver import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """The driver's log, written to the journal: requests masked, answers whole until the end."""

    journal: Journal
    run: str
    secrets: tuple[Secret, ...]

    def sending(self, key: str, attempt: int, request: Request, fingerprint: str) -> None:
        """Commit the intent before the bytes leave."""
        sent = Sent(
            key=key,
            attempt=attempt,
            kind=request.kind,
            label=request.label,
            request=self._masked(request).decode(errors="replace"),
            at=time.time(),
        )
        order = None
        if request.kind is not Kind.READ:
            order = Order(
                run=self.run,
                key=f"{key}:{attempt}",
                operation=request.label,
                point="",
                fingerprint=fingerprint,
                planned=sent.at,
            )
        self.journal.sending(self.run, sent, order)

    def answered(
        self, key: str, attempt: int, request: Request, answer: Response | NoAnswer
    ) -> None:
        """Keep what came, so that a run can go on from it."""
        del request
        self.journal.answered(self.run, key, attempt, packed(answer))

    def settled(self, record: CallRecord) -> None:
        """Note how it was understood."""
        self.journal.settled(self.run, record)

    def _masked(self, request: Request) -> bytes:
        if not request.personal and not self.secrets:
            return request.body
        from sgeflow.adapters.redact import Redactor

        return Redactor(self.secrets).body(request.body, request.personal)


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
    about = {"status": answer.status, "headers": dict(answer.headers)}
    return json.dumps(about).encode() + b"\n" + answer.body


@dataclass(slots=True)
class Report:
    """Collects what the report of a run is made of, from any thread, and passes events on."""

    listener: Callable[[Event], None]
    export: Callable[[Export], Exported]
    steps: list[StepTrace] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    calls: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def listen(self, event: Began | Ended | Warn | CallRecord) -> None:
        """One event."""
        with self._lock:
            if isinstance(event, Ended):
                self.steps.append(event.trace)
            elif isinstance(event, Warn):
                if event.text in self.warnings:
                    return
                self.warnings.append(event.text)
            elif isinstance(event, CallRecord):
                self.calls += 1
            self.listener(event)

    def written(self, effect: Export) -> Exported:
        """Carry an export out, and note its file."""
        exported = self.export(effect)
        with self._lock:
            self.files.append(exported.file)
        return exported
