"""Reads the modifiers of a step that hold no steps: over a list, tried again, asked again."""

from __future__ import annotations

from sgeflow.core.checking.flows.modifiers import ROOTS
from sgeflow.core.checking.flows.verb import Verb
from sgeflow.core.engine.modifiers import Foreach, Poll, Retry
from sgeflow.core.language.dates import duration_seconds
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.text import Path
from sgeflow.errors import Id
from sgeflow.messages import say


def read_foreach(reader: Reader, path: Path, verb: Verb) -> Foreach | None:
    """The list that a step is done for, and how; what belongs to one and stands alone is told."""
    data = reader.get(path)
    if "foreach" not in data:
        for key in ("as", "parallel", "until", "on_item_error"):
            if key in data and key not in verb.modifiers:
                message = say("{key} belongs to a foreach, and there is none", key=key)
                reader.report(Id.MODIFIER, message, (*path, key), key=True)
        return None
    name = data.get("as", "item")
    if name in ROOTS:
        message = say('"{name}" is the name of something else', name=name)
        reader.report(Id.MODIFIER, message, (*path, "as"), note=say("choose a name for one item"))
    parallel = int(data.get("parallel", 1))
    if parallel > 1 and "until" in data:
        message = say("until needs one item after the other: leave parallel out")
        reader.report(Id.MODIFIER, message, (*path, "until"), key=True)
    return Foreach(
        items=reader.template((*path, "foreach")),
        name=name,
        parallel=parallel,
        until=reader.expression((*path, "until")),
    )


def read_retry(reader: Reader, path: Path) -> Retry | None:
    """How the call of a step is tried again; none where nothing is said."""
    data = reader.get(path)
    if data is None:
        return None
    plain = Retry()
    seconds = {k: duration_seconds(data[k]) for k in ("backoff", "longest", "within") if k in data}
    return Retry(
        attempts=int(data.get("attempts", plain.attempts)),
        backoff=seconds.get("backoff", plain.backoff),
        longest=seconds.get("longest", plain.longest),
        jitter=data.get("jitter", plain.jitter),
        within=seconds.get("within"),
    )


def read_poll(reader: Reader, path: Path) -> Poll | None:
    """How a step is asked again until a condition holds; none where nothing is said."""
    data = reader.get(path)
    until = reader.expression((*path, "poll", "until")) if "poll" in data else None
    if until is None:
        return None
    every, within = (duration_seconds(data["poll"][key]) for key in ("every", "within"))
    if within <= every:
        reader.report(
            Id.MODIFIER,
            say("it is asked once, and never again: within is no longer than every"),
            (*path, "poll", "within"),
            note=say("within is the longest wait in all, every the one between two questions"),
        )
    return Poll(
        every=every,
        until=until,
        fail_if=reader.expression((*path, "poll", "fail_if")),
        within=within,
    )
