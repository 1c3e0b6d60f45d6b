"""One request of an earlier run, for people and for programs."""

from __future__ import annotations

from typing import Any

from sgeflow.core.engine.trails import trail_of
from sgeflow.locale.translate import tell
from sgeflow.messages import fixed, say
from sgeflow.runtime.exchanges import Exchange
from sgeflow.terminal.terminal import Paint, plain


def exchange_document(found: Exchange) -> dict[str, Any]:
    """A request of a run, with what was sent and answered."""
    effect = found.effect
    step, _, item = trail_of(effect.key).partition("[")
    return {
        "step": step,
        "item": int(item[: item.index("]")]) if item else None,
        "call": effect.label,
        "try": effect.attempt,
        "outcome": effect.outcome or say("no answer"),
        "status": found.status,
        "seconds": round(effect.seconds, 3),
        "request": found.request,
        "reply": found.reply,
        "curl": found.curl,
        "note": found.note or "",
    }


def exchange_text(found: Exchange, paint: Paint) -> str:
    """The same for people; texts stand as they are, to be copied."""
    told = exchange_document(found)
    texts = {name: told.pop(name) for name in ("request", "reply", "curl", "note")}
    head = " · ".join(str(value) for value in told.values() if value not in (None, ""))
    parts = [
        f"{paint(tell(fixed(name)), 'bold')}\n{plain(tell(text))}"
        for name, text in texts.items()
        if text
    ]
    return "\n\n".join([head, *parts])
