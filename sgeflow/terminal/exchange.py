"""One request of an earlier run, for people and for programs."""

from __future__ import annotations

from typing import Any

from sgeflow.core.engine.trails import trail_of
from sgeflow.locale.translate import translate
from sgeflow.messages import from_table, say
from sgeflow.runtime.journal.exchanges import MaskedExchange
from sgeflow.terminal.terminal import Paint, plain


def exchange_document(exchange: MaskedExchange) -> dict[str, Any]:
    """A request of a run, with what was sent and answered."""
    effect = exchange.effect
    step, _, item = trail_of(effect.key).partition("[")
    return {
        "step": step,
        "item": int(item[: item.index("]")]) if item else None,
        "call": effect.label,
        "try": effect.attempt,
        "outcome": effect.outcome or say("no answer"),
        "status": exchange.status,
        "seconds": round(effect.seconds, 3),
        "request": exchange.request,
        "reply": exchange.reply,
        "curl": exchange.curl,
        "note": exchange.note or "",
    }


def exchange_text(exchange: MaskedExchange, paint: Paint) -> str:
    """The same for people; texts stand as they are, to be copied."""
    document = exchange_document(exchange)
    texts = {name: document.pop(name) for name in ("request", "reply", "curl", "note")}
    head = " · ".join(str(value) for value in document.values() if value not in (None, ""))
    parts = [
        f"{paint(translate(from_table(name)), 'bold')}\n{plain(translate(text))}"
        for name, text in texts.items()
        if text
    ]
    return "\n\n".join([head, *parts])
