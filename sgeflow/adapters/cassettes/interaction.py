"""One exchange of a cassette, whoever wrote the file."""

from __future__ import annotations

import math
from itertools import chain

from sgeflow.core.model import NoAnswer, Response
from sgeflow.values import Discreet


class Interaction(Discreet, frozen=True, kw_only=True):
    """One recorded exchange, as the cassette tells it."""

    withheld = frozenset({"path", "body", "outcome"})

    method: str
    endpoint: str
    path: str
    action: str
    content_type: str
    body: bytes
    label: str
    hidden: frozenset[str]
    outcome: Response | NoAnswer


def check_sorts(interaction: Interaction) -> None:
    """Raise ValueError when something is not of the sort that was recorded."""
    one, answer = interaction, interaction.outcome
    texts = [one.method, one.endpoint, one.path, one.action, one.content_type, one.label]
    bodies = [one.body]
    if isinstance(answer, Response):
        texts += [*answer.headers, *answer.headers.values()]
        bodies.append(answer.body)
    else:
        texts += [answer.problem.message, *chain.from_iterable(answer.problem.details)]
        wait = answer.retry_after
        if wait is not None and not 0 <= wait < math.inf:
            raise ValueError("no length of time")
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("something is no text")
    if not all(isinstance(body, bytes) for body in bodies):
        raise ValueError("a body is no text")
