"""What a script asked and was answered: another evaluation is answered by it, without the world.

Evaluation is pure. As long as it asks for the very same, in the same order, it is told the same; at
the first thing that is another, or lacks, nobody knows what the world would have said from there.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from msgspec import Struct, field
from msgspec.json import Encoder
from msgspec.structs import replace

from sgeflow.core.engine.effects import Effect, Emit, Exchange, Script, Together, intercept
from sgeflow.core.engine.step import Done, End
from sgeflow.core.engine.step_events import StepBegun, StepEnded
from sgeflow.core.language.rows import Rows, is_same_rows
from sgeflow.core.measures.columns import Measures

T = TypeVar("T")
M = TypeVar("M", StepBegun, StepEnded)
_TOLD = (Emit, StepBegun, StepEnded)


class TranscriptMismatch(Exception):
    """A script asks for something else than what its transcript has an answer to."""


class TranscriptLine(Struct, frozen=True, kw_only=True):
    """One effect and its answer; of scripts side by side what each asked, and which ended all."""

    effect: Effect[Any]
    answer: Any = None
    beside: tuple[Transcript | None, ...] = ()  # None: it did not begin
    stops: tuple[bool, ...] = ()


class Transcript(Struct):
    """What one script asked and told, in its order."""

    lines: list[TranscriptLine] = field(default_factory=list)


class Rehearsal(Struct, frozen=True, kw_only=True):
    """Answers scripts by their transcripts."""

    hear: Callable[[Effect[Any], Any], None]  # is told of each effect, with its answer
    is_known: Callable[[StepBegun, StepBegun], bool]  # whether a step is as it was

    def perform(self, script: Script[T], transcript: Transcript) -> T:
        """The end of a script that is answered as it was before.

        Raises:
            TranscriptMismatch: it asks for something else, for more or for less.
        """
        answer: Any = None
        reader = _TranscriptReader(transcript)
        try:
            while True:
                effect = script.send(answer)
                answer = self._answer(effect, reader)
                self.hear(effect, answer)
        except StopIteration as end:
            reader.close()
            return end.value  # type: ignore[no-any-return] # the T of the script
        finally:
            script.close()

    def _answer(self, effect: Effect[Any], reader: _TranscriptReader) -> Any:
        if isinstance(effect, Emit):
            return None
        if isinstance(effect, StepBegun):
            return self._skip(effect, reader)
        if isinstance(effect, StepEnded):
            return _known_end(effect.end, reader.find(StepEnded, effect.trail))
        line = reader.next()
        if isinstance(effect, Together):
            return self._answer_beside(effect, line)
        if not _is_same(effect, line.effect):
            raise TranscriptMismatch
        return line.answer

    def _answer_beside(self, effect: Together, line: TranscriptLine) -> tuple[Any, ...]:
        """The ends of scripts side by side, one after the other; none that had not begun begins.

        Raises:
            TranscriptMismatch: one does, they are others, or another one of them would end all.
        """
        is_known = replace(effect, scripts=(), stop=None) == line.effect
        if not is_known or len(effect.scripts) != len(line.beside):
            raise TranscriptMismatch
        ends = tuple(
            None if part is None else self.perform(script, part)
            for script, part in zip(effect.scripts, line.beside, strict=True)
        )
        if _stops(effect, ends) != line.stops:
            raise TranscriptMismatch
        return ends

    def _skip(self, effect: StepBegun, reader: _TranscriptReader) -> End | None:
        """What a step came to that is as it was, told again; None where it must be evaluated."""
        begun = reader.find(StepBegun, effect.trail)
        if begun is None or not self.is_known(effect, begun):
            return None
        lines = reader.lines_of(begun)
        ended = lines[-1].effect
        if not isinstance(ended, StepEnded) or not _is_plain(ended.end):
            return None
        reader.pass_by(lines[-1])
        self._tell(lines)
        return ended.end

    def _tell(self, lines: Sequence[TranscriptLine]) -> None:
        for line in lines:
            for part in line.beside:
                self._tell(part.lines if part else ())
            self.hear(line.effect, line.answer)


class _TranscriptReader:
    """Reads the lines of a transcript."""

    def __init__(self, transcript: Transcript) -> None:
        self._lines = transcript.lines
        self._at = 0

    def next(self) -> TranscriptLine:
        """The next line that asks for something. Raises TranscriptMismatch: there is none."""
        while self._at < len(self._lines):
            self._at += 1
            line = self._lines[self._at - 1]
            if not isinstance(line.effect, _TOLD):
                return line
        raise TranscriptMismatch

    def close(self) -> None:
        """Raise TranscriptMismatch when something more was asked."""
        if not all(isinstance(line.effect, _TOLD) for line in self._lines[self._at :]):
            raise TranscriptMismatch

    def find(self, sort: type[M], trail: str) -> M | None:
        """A mark of a step before anything else is asked."""
        for line in islice(self._lines, self._at, None):
            effect = line.effect
            if not isinstance(effect, _TOLD):
                return None
            if isinstance(effect, sort) and effect.trail == trail:
                return effect
        return None

    def lines_of(self, begun: StepBegun) -> Sequence[TranscriptLine]:
        """The lines of a step, to its end."""
        first = next(at for at, line in enumerate(self._lines) if line.effect is begun)
        for at in range(first, len(self._lines)):
            effect = self._lines[at].effect
            if isinstance(effect, StepEnded) and effect.trail == begun.trail:
                return self._lines[first : at + 1]
        raise TranscriptMismatch

    def pass_by(self, last: TranscriptLine) -> None:
        """Go on behind a line."""
        self._at = next(at for at, line in enumerate(self._lines) if line is last) + 1


def transcribe(script: Script[T], into: Transcript) -> Script[T]:
    """The same script, which notes what it asks and is answered; marks go no further."""

    def note(effect: Effect[Any]) -> Script[Any]:
        if isinstance(effect, Together):
            parts = [Transcript() for _ in effect.scripts]
            scripts = tuple(map(transcribe, effect.scripts, parts))
            ends = yield replace(effect, scripts=scripts)
            into.lines.append(_beside(effect, parts, ends))
            return ends
        answer: Any = None
        if isinstance(effect, StepEnded):
            answer = effect.end
        elif not isinstance(effect, StepBegun):
            answer = yield effect
        into.lines.append(TranscriptLine(effect=effect, answer=answer))
        return answer

    return intercept(script, note)


def is_same_value(one: Any, other: Any) -> bool:
    """Whether two values are the very same plain data; to Python 1, 1.0 and true are equal."""
    if one is other:
        return True
    sort = type(one)
    if sort is not type(other):
        return False
    if sort is dict:
        return one.keys() == other.keys() and _are_same(one.values(), map(other.get, one))
    if sort is list or sort is tuple:
        return len(one) == len(other) and _are_same(one, other)
    if sort is Rows:
        return is_same_rows(one, other)
    return isinstance(one, str | int | float) and bool(one == other)


def _are_same(values: Iterable[Any], others: Iterable[Any]) -> bool:
    for one, other in zip(values, others, strict=True):  # no `all`: there are many of them
        if one is not other and not is_same_value(one, other):
            return False
    return True


def _known_end(end: End, known: StepEnded | None) -> End:
    """The end of a step, with the outputs that it gave before where they are the very same."""
    if known is None or not isinstance(end, Done) or not isinstance(known.end, Done):
        return end
    is_same = is_same_value(end.outputs, known.end.outputs)
    return replace(end, outputs=known.end.outputs) if is_same else end


def _is_plain(end: End) -> bool:
    """Whether nothing of an end hangs on where in a document its step stands."""
    return isinstance(end, Done) and not end.undos and end.reply is None


def _beside(effect: Together, parts: Sequence[Transcript], ends: Sequence[Any]) -> TranscriptLine:
    begun = tuple(None if end is None else part for end, part in zip(ends, parts, strict=True))
    known = replace(effect, scripts=(), stop=None)
    return TranscriptLine(effect=known, beside=begun, stops=_stops(effect, ends))


def _stops(effect: Together, ends: Sequence[Any]) -> tuple[bool, ...]:
    stop = effect.stop
    return tuple(end is not None and stop is not None and stop(end) for end in ends)


def _is_same(one: Effect[Any], other: Effect[Any]) -> bool:
    """Whether two effects ask for the very same; to Python 1, 1.0 and true are equal."""
    one, other = _without_form(one), _without_form(other)
    return type(one) is type(other) and one == other and _PLAIN(one) == _PLAIN(other)


def _without_form(effect: Effect[Any]) -> Effect[Any]:
    """An effect as it is answered: all orders of an operation have the same form in one run."""
    if isinstance(effect, Exchange) and effect.request.form:
        return replace(effect, request=replace(effect.request, form=""))
    return effect


def _form(value: Any) -> Any:
    """Of what is no plain data that which `==` does not look at."""
    if isinstance(value, Measures):
        return value.values.typecode if isinstance(value.values, array) else list(value.values)
    return dict(value) if isinstance(value, Mapping) else str(value)


_PLAIN = Encoder(enc_hook=_form).encode
