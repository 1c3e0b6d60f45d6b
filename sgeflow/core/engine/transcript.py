"""What a script asked and was answered: another evaluation is answered by it, without the world.

Evaluation is pure. As long as it asks for the very same, in the same order, it is told the same; at
the first thing that is another, or lacks, nobody knows what the world would have said from there.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct, field
from msgspec.json import Encoder
from msgspec.structs import replace

from sgeflow.core.engine.effects import Effect, Script, Tell, Together
from sgeflow.core.measures.columns import Measures

T = TypeVar("T")
Hear = Callable[[Effect[Any], Any], None]
"""Is told of each effect, with its answer."""


class Departed(Exception):
    """A script asks for something else than what its transcript has an answer to."""


class TranscriptLine(Struct, frozen=True, kw_only=True):
    """One effect and its answer; of scripts side by side what each asked, and which ended all."""

    effect: Effect[Any]
    answer: Any = None
    beside: tuple[Transcript | None, ...] = ()  # None: it did not begin
    stops: tuple[bool, ...] = ()


class Transcript(Struct):
    """What one script asked, in its order; what it only told is not in it."""

    lines: list[TranscriptLine] = field(default_factory=list)


def transcribe(script: Script[T], into: Transcript) -> Script[T]:
    """The same script, which notes what it asks and is answered."""
    answer: Any = None
    try:
        while True:
            effect = script.send(answer)
            if isinstance(effect, Together):
                parts = [Transcript() for _ in effect.scripts]
                noted = map(transcribe, effect.scripts, parts)
                answer = yield replace(effect, scripts=tuple(noted))
                into.lines.append(_beside(effect, parts, answer))
            else:
                answer = yield effect
                if not isinstance(effect, Tell):
                    into.lines.append(TranscriptLine(effect=effect, answer=answer))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return] # the T of the script
    finally:
        script.close()


def rehearse(script: Script[T], transcript: Transcript, hear: Hear) -> T:
    """The end of a script that is answered as it was before; `hear` is told of each effect.

    Raises:
        Departed: it asks for something else, for more or for less.
    """
    answer: Any = None
    lines = iter(transcript.lines)
    try:
        while True:
            effect = script.send(answer)
            if isinstance(effect, Tell):
                answer = None
            elif (line := next(lines, None)) is None:
                raise Departed
            elif isinstance(effect, Together):
                answer = _rehearse_beside(effect, line, hear)
            elif _is_same(effect, line.effect):
                answer = line.answer
            else:
                raise Departed
            hear(effect, answer)
    except StopIteration as end:
        if next(lines, None) is not None:
            raise Departed from None
        return end.value  # type: ignore[no-any-return] # the T of the script
    finally:
        script.close()


def _beside(effect: Together, parts: Sequence[Transcript], ends: Sequence[Any]) -> TranscriptLine:
    begun = tuple(None if end is None else part for end, part in zip(ends, parts, strict=True))
    known = replace(effect, scripts=(), stop=None)
    return TranscriptLine(effect=known, beside=begun, stops=_stops(effect, ends))


def _rehearse_beside(effect: Together, line: TranscriptLine, hear: Hear) -> tuple[Any, ...]:
    """The ends of scripts side by side, one after the other; none that had not begun begins.

    Raises:
        Departed: one does, they are others, or another one of them would end all.
    """
    is_known = replace(effect, scripts=(), stop=None) == line.effect
    if not is_known or len(effect.scripts) != len(line.beside):
        raise Departed
    ends = tuple(
        None if part is None else rehearse(script, part, hear)
        for script, part in zip(effect.scripts, line.beside, strict=True)
    )
    if _stops(effect, ends) != line.stops:
        raise Departed
    return ends


def _stops(effect: Together, ends: Sequence[Any]) -> tuple[bool, ...]:
    stop = effect.stop
    return tuple(end is not None and stop is not None and stop(end) for end in ends)


def _is_same(one: Effect[Any], other: Effect[Any]) -> bool:
    """Whether two effects ask for the very same; to Python 1, 1.0 and true are equal."""
    return type(one) is type(other) and one == other and _PLAIN(one) == _PLAIN(other)


def _form(value: Any) -> Any:
    """Of what is no plain data that which `==` does not look at."""
    if isinstance(value, Measures):
        return value.values.typecode if isinstance(value.values, array) else list(value.values)
    return dict(value) if isinstance(value, Mapping) else str(value)


_PLAIN = Encoder(enc_hook=_form).encode
