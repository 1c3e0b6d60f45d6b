"""A homologation catalogue in words: what each case proves, and what must come back."""

from __future__ import annotations

from typing import Any

from sgeflow.core.documents import Casebook
from sgeflow.locale.translate import translate
from sgeflow.messages import reword, say
from sgeflow.terminal.describe import flowing
from sgeflow.terminal.problems import PLAIN, label_lines, wrap
from sgeflow.terminal.terminal import Paint


def casebook_text(book: Casebook, width: int, paint: Paint = PLAIN) -> str:
    """The cases of a homologation catalogue: what each proves, and what must come back."""
    room = max(map(len, book.cases), default=0)
    cases = [
        (f"{case.id:{room}}  {', '.join(case.expect)}", case.title) for case in book.cases.values()
    ]
    parts = [
        paint(book.name, "bold"),
        "\n".join(wrap(translate(book.title), width)),
        "\n".join(wrap(translate(reword(book.description, flowing)), width)),
        "\n".join(
            [
                paint(translate(say("Cases ({count})", count=len(cases))), "bold"),
                *label_lines(cases, width, paint),
            ]
        ),
    ]
    return "\n\n".join(part for part in parts if part)


def casebook_document(book: Casebook) -> dict[str, Any]:
    """A homologation catalogue for programs, without the values that are sent."""
    return {
        "homologation": book.name,
        "title": book.title,
        "release": book.release,
        "cases": [
            {
                "case": case.id,
                "title": case.title,
                "operation": case.call,
                "expect": list(case.expect),
                "accept": list(case.accept),
                "after": list(case.after),
                "unchecked": case.unchecked,
                "stale": case.stale,
                "excused": list(case.excused),
            }
            for case in book.cases.values()
        ],
    }
