"""Which steps a person wants to see, how deep they stand, and how one reads on a line."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from sgeflow.core.engine.trails import above, is_undo, last_name, without_items
from sgeflow.core.model import Status, StepTrace
from sgeflow.locale.translate import translate
from sgeflow.messages import say, sentences
from sgeflow.terminal.problems import PLAIN
from sgeflow.terminal.tables import cut
from sgeflow.terminal.terminal import Paint, plain_line

_MARKS = {
    Status.DONE: ("✓", "green"),
    Status.SKIPPED: ("–", "dim"),  # noqa: RUF001 - a dash on purpose: nothing happened
    Status.FAILED: ("✗", "red"),
    Status.PARTIAL: ("!", "yellow"),
    Status.RUNNING: ("▸", "dim"),
}
_SLOW = 1.0  # seconds from which a duration is worth a word
_SUMMARY_AT = 48  # the column where summaries begin
_LEAST = 12  # columns of a summary that are worth showing


def name_of(trail: str, title: str) -> str:
    """What a step is called on a line: its title, else its id."""
    name = title or last_name(trail)
    if is_undo(trail):
        return translate(say("Undo: {name}", name=name))
    return translate(name)


def is_shown(trace: StepTrace, *, verbose: bool) -> bool:
    """Whether a step gets a line: those with a title that ran, and whatever went wrong."""
    if verbose or trace.status in (Status.FAILED, Status.PARTIAL):
        return True
    return bool(trace.title) and trace.status is not Status.SKIPPED


def ancestors(trail: str, known: Collection[str]) -> list[str]:
    """The known steps that a step stands in, outermost first; items of a list do not count."""
    return [outer for outer in above(without_items(trail)) if outer in known]


class StepLine(Struct, frozen=True, kw_only=True):
    """A step as it stands on a line."""

    depth: int
    name: str
    status: Status
    summary: str = ""
    seconds: float = 0.0

    def text(self, width: int, paint: Paint = PLAIN) -> str:
        """The line: mark, name, and, below each other, what came of it."""
        mark, colour = _MARKS[self.status]
        indent = "  " * (self.depth + 1)
        name = cut(plain_line(self.name), width - len(indent) - 2)
        dim = self.status in (Status.SKIPPED, Status.RUNNING)
        line = f"{indent}{paint(mark, colour)} {paint(name, 'dim') if dim else name}"
        used = len(indent) + 2 + len(name)
        summary = self._summary()
        at = max(_SUMMARY_AT, used + 2)
        if not summary or width - at < _LEAST:
            return line
        return line + " " * (at - used) + paint(cut(summary, width - at), "dim")

    def _summary(self) -> str:
        took = (
            translate(say("{seconds:.1f} s", seconds=self.seconds)) if self.seconds >= _SLOW else ""
        )
        return " · ".join(part for part in (plain_line(translate(self.summary)), took) if part)


def line_of(trace: StepTrace, depth: int, *, verbose: bool = False) -> StepLine:
    """A step that ended, as a line; a failed one tells its code."""
    summary = trace.summary
    if trace.failure is not None and not summary:
        summary = trace.failure.code
    if verbose:
        summary = sentences(trace.verb, summary, between=" · ")
    return StepLine(
        depth=depth,
        name=name_of(trace.trail, trace.title),
        status=trace.status,
        summary=summary,
        seconds=trace.seconds,
    )
