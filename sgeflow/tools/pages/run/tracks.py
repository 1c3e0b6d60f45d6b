"""The time line of a run: an axis of seconds, and a track a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup
from msgspec import Struct

from sgeflow.locale.translate import translate
from sgeflow.locale.writing import write_number, write_scale
from sgeflow.messages import Message, say, say_count
from sgeflow.tools.pages.plotting import svg
from sgeflow.tools.pages.plotting.svg import short
from sgeflow.tools.pages.run.calls import CallLine, Try
from sgeflow.tools.pages.run.facts import RunFacts

_LEAST = 0.25  # percent: as narrow as a bar can be
_FELT = 0.05  # seconds
_END = 93  # percent: behind it a word of the axis leans to the left


SIGNS: Mapping[str, Message] = {
    "try": say("a try"),
    "try failed": say("a try that failed"),
    "wait": say("waits to be tried again"),
    "turn": say("waits for its turn: the rate, or a neighbour that is down"),
}
"""What the marks of a track mean, by their class."""


class Track(Struct, frozen=True, kw_only=True):
    """The tries of a call, drawn and in words."""

    marks: Markup
    alt: str


def axis(facts: RunFacts) -> Markup:
    """Seconds from the start of the run on."""
    words = []
    values = svg.ticks(facts.length, about=5)
    last = max(value for value in values if value <= facts.length)
    for value, number in zip(values, write_scale(values), strict=True):
        x = 100 * value / facts.length
        if x <= 100:  # noqa: PLR2004 - percent
            side = "end" if x > _END else "start" if not value else "middle"
            kind = "" if value in (0, values[-1], last) else ' class="long"'
            words.append(f'<text{kind} x="{short(x)}%" y="12" text-anchor="{side}">{number}</text>')
    return svg.join(words)


def grid(facts: RunFacts) -> Markup:
    """Lines of the axis, which each row uses."""
    values = svg.ticks(facts.length, about=5)
    places = (100 * value / facts.length for value in values)
    return svg.join(
        f'<line class="rule" x1="{short(x)}%" x2="{short(x)}%" y1="0" y2="100%"/>'
        for x in places
        if x <= 100  # noqa: PLR2004 - percent
    )


def signs(facts: RunFacts) -> Iterator[tuple[str, Message]]:
    """The marks that are in the tracks, each with its meaning."""
    tries = [one for line in facts.lines for one in line.tries]
    there = {
        "try": any(one.is_well for one in tries),
        "try failed": not all(one.is_well for one in tries),
        "wait": any(one.paused for one in tries),
        "turn": any(_is_seen(facts, one.waited) for one in tries),
    }
    return ((kind, SIGNS[kind]) for kind, is_there in there.items() if is_there)


def _is_seen(facts: RunFacts, seconds: float) -> bool:
    return 100 * seconds / facts.length >= _LEAST


def track(facts: RunFacts, line: CallLine) -> Track:
    """A call's tries and waits."""
    marks = [mark for call in line.calls for mark in _marks(facts, call)]
    return Track(marks=svg.join(marks), alt=_alt(line))


def _marks(facts: RunFacts, call: tuple[Try, ...]) -> Iterator[str]:
    for one in call:
        x1, x2 = (short(100 * at / facts.length) for at in one.pause)
        if one.paused:
            yield f'<line class="wait" x1="{x1}%" x2="{x2}%" y1="50%" y2="50%"/>'
        if _is_seen(facts, one.waited):
            wide = 100 * one.waited / facts.length
            yield f'<rect class="turn" x="{x2}%" width="{short(wide)}%"/>'
    for one in call:
        wide = max(_LEAST, 100 * one.seconds / facts.length)
        x = min(100 * one.start / facts.length, 100 - wide)
        kind = "try" if one.is_well else "try failed"
        yield f'<rect class="{kind}" x="{short(x)}%" width="{short(wide)}%"/>'


def _alt(line: CallLine) -> str:
    waits = waits_text(line.turn_seconds, line.pause_seconds)
    return "; ".join([_tries_text(line), *(translate(one) for one in waits)])


def waits_text(waited: float, paused: float) -> tuple[Message, ...]:
    """How long something waited, for what; nothing of what is not to be felt."""
    turn = say("{seconds} s waiting for a turn", seconds=write_number(waited, 1))
    again = say("{seconds} s waiting to be tried again", seconds=write_number(paused, 1))
    return tuple(words for seconds, words in ((paused, again), (waited, turn)) if seconds >= _FELT)


def _tries_text(line: CallLine) -> str:
    failed = sum(line.outcomes.values())
    tries = say_count("{count} try", "{count} tries", count=len(line.tries))
    start, seconds = write_number(line.start, 1), write_number(line.seconds, 1)
    if not failed:
        return translate(
            say(
                "{tries}, from {start} s on, {seconds} s long",
                tries=tries,
                start=start,
                seconds=seconds,
            )
        )
    return translate(
        say(
            "{tries}, {failed} failed, from {start} s on, {seconds} s long",
            tries=tries,
            failed=failed,
            start=start,
            seconds=seconds,
        )
    )
