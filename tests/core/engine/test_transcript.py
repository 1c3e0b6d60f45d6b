"""What a script asked answers another one, as long as that asks for the very same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sgeflow.core.engine.effects import Note, Pause, Save, Script, Together, ask
from sgeflow.core.engine.step import Run
from sgeflow.core.engine.step_events import evaluate_with_events
from sgeflow.core.engine.transcript import Rehearsal, Transcript, TranscriptMismatch, transcribe
from sgeflow.core.measures.columns import Measures, QualityRun
from sgeflow.core.model import Series

SERIES = Series(point="30000000000011", name="a", unit="Wh")
Told = list[tuple[Any, Any]]


def noting(*values: Any) -> Script[list[Any]]:
    """A script that asks for each value to be noted, and ends with what it was answered."""
    answers = []
    for number, value in enumerate(values):
        answers.append((yield from ask(Note(key=str(number), value=value))))
    return answers


def beside(*scripts: Script[Any], stop: Callable[[Any], bool] | None = None) -> Script[Any]:
    """Scripts side by side."""
    return (yield from ask(Together(scripts=scripts, limit=9, stop=stop)))


def saving(values: Sequence[int | float]) -> Script[Any]:
    """A script that keeps measures."""
    kept = Measures(range(len(values)), values, [QualityRun(0, len(values), 1, "")])
    return (yield from ask(Save(key="k", series=SERIES, measures=kept)))


def perform(script: Script[Any], told: Told) -> Any:
    """The end of a script in a world that answers with how much it was asked."""
    answer = None
    while True:
        try:
            effect = script.send(answer)
        except StopIteration as end:
            return end.value
        if isinstance(effect, Together):
            ends: list[Any] = []
            for one in effect.scripts:
                is_over = any(effect.stop and effect.stop(end) for end in ends)
                ends.append(None if is_over else perform(one, told))
            answer = tuple(ends)
        else:
            told.append((effect, answer := len(told)))


def transcript_of(script: Script[Any]) -> tuple[Any, Transcript]:
    """The end of a script, and what it asked."""
    transcript = Transcript()
    return perform(transcribe(script, transcript), []), transcript


def rehearsed(script: Script[Any], transcript: Transcript, hear: Callable[..., None]) -> Any:
    """The end of a script by a transcript."""
    return Rehearsal(hear=hear, is_known=lambda *_: False).perform(script, transcript)


def ignore(*_: Any) -> None:
    """Nobody listens."""


@given(st.lists(st.integers() | st.text() | st.booleans()))
def test_the_same_script_comes_to_the_same_end_without_a_world(values: list[Any]) -> None:
    end, transcript = transcript_of(noting(*values))
    told: Told = []
    assert rehearsed(noting(*values), transcript, lambda *one: told.append(one)) == end
    assert [effect.value for effect, _ in told] == values


SCRIPTS: dict[str, Callable[[], Script[Any]]] = {
    "another value": lambda: noting(1, 3),
    "a value that Python takes for the same": lambda: noting(True, 2),
    "a float of the same size": lambda: noting(1.0, 2),
    "less": lambda: noting(1),
    "more": lambda: noting(1, 2, 3),
    "the other order": lambda: noting(2, 1),
    "scripts side by side": lambda: beside(noting(1), noting(2)),
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_who_asks_for_something_else_is_told_nothing(script: Callable[[], Script[Any]]) -> None:
    _, transcript = transcript_of(noting(1, 2))
    with pytest.raises(TranscriptMismatch):
        rehearsed(script(), transcript, ignore)


def test_measures_that_differ_by_their_sort_alone_are_others() -> None:
    _, transcript = transcript_of(saving([1, 2]))
    assert rehearsed(saving([1, 2]), transcript, ignore) == 0
    with pytest.raises(TranscriptMismatch):
        rehearsed(saving([1.0, 2.0]), transcript, ignore)


def pausing() -> Script[Any]:
    """A script that asks for nothing that can be known."""
    return (yield from ask(Pause(seconds=1)))


def stops(end: Any) -> bool:
    """Whether a script that asked twice has ended."""
    return len(end) > 1


def test_scripts_side_by_side_are_told_each_their_own() -> None:
    end, transcript = transcript_of(beside(noting(1), noting(2), stop=stops))
    assert (
        rehearsed(beside(noting(1), noting(2), stop=stops), transcript, ignore) == end == ([0], [1])
    )
    for others in ((noting(2), noting(1)), (noting(1),), (noting(1), pausing())):
        with pytest.raises(TranscriptMismatch):
            rehearsed(beside(*others, stop=stops), transcript, ignore)


def test_what_never_began_beside_others_begins_in_no_rehearsal() -> None:
    end, transcript = transcript_of(beside(noting(1, 2), noting(3), stop=stops))
    assert end == ([0, 1], None)
    assert rehearsed(beside(noting(1, 2), noting(4), stop=stops), transcript, ignore) == end
    with pytest.raises(TranscriptMismatch):
        rehearsed(beside(noting(1, 2), noting(3), stop=None), transcript, ignore)


MARKED_OTHERWISE = {  # documents, places, the trail beside them, and what of handlers is a retry
    *("environment", "library", "words", "names", "at", "trail", "handlers", "around"),
}


def test_a_step_begins_with_every_fact_of_the_run_that_it_is_evaluated_with():
    """What were left out would have a step taken for what it was when it is not."""
    run = Run(id="7f3a", today="2025-06-15", now="", environment=None, library=None)
    given = next(evaluate_with_events(None, {}, run)).given
    others = {name: replace(run, **{name: "another"}) for name in Run.__struct_fields__}
    unseen = {
        name
        for name in others.keys() - MARKED_OTHERWISE
        if next(evaluate_with_events(None, {}, others[name])).given == given
    }
    assert unseen == set()
