"""A run evaluated again, with the answers of the one before: nothing is asked of the world."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.core.engine.effects import (
    CallClosed,
    Effect,
    Emit,
    Exchange,
    Export,
    Save,
    Saved,
    Script,
    WriteReport,
)
from sgeflow.core.engine.flow import check_inputs
from sgeflow.core.engine.open_undos import UndoEnded
from sgeflow.core.engine.step_events import StepBegun, evaluate_with_events
from sgeflow.core.engine.transcript import Rehearsal, Transcript, TranscriptMismatch
from sgeflow.core.model import RunReport
from sgeflow.runtime.ending import Performer, reach_end
from sgeflow.runtime.masking import Masking, masking
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.run import report_of
from sgeflow.runtime.run_collector import RunCollector
from sgeflow.runtime.session import Session
from sgeflow.tools.flowtest.step_forms import forms_since

T = TypeVar("T")


class Take(Struct, frozen=True, kw_only=True):
    """A run that has ended: what it was asked in, and all that it asked and was answered."""

    session: Session  # closed
    transcripts: Sequence[Transcript]
    lost: Sequence[tuple[str, str]]  # orders that nobody knew of at its end
    workspace: Workspace  # its documents
    codes: frozenset[str]  # how its calls came out


def marking(workspace: Workspace) -> Workspace:
    """The same workspace, of which steps are evaluated between their marks."""
    library = replace(workspace.library, evaluate_step=evaluate_with_events)
    return replace(workspace, library=library)


def rehearse_run(
    take: Take, workspace: Workspace, flow: str, inputs: Mapping[str, Any]
) -> RunReport:
    """What a run would come to with the documents of a workspace, in the world that it was in.

    Raises:
        TranscriptMismatch: it asks for something else than it did, and only the world can tell.
        SgeflowError: it would not begin, or a document cannot be used.
    """
    chosen = workspace.flow(flow)
    environment = workspace.environment(take.session.environment.name)
    session = replace(take.session, environment=environment)
    values = session.inputs(chosen, inputs)
    facts = session.facts_of(marking(workspace), chosen)
    session.place.check_files(chosen, check_inputs(chosen, values, facts), facts)
    hidden = masking(session.secrets, chosen.inputs, values)
    forms = forms_since(take.workspace, workspace, environment.name, take.codes)
    stage = _Stage(
        hidden=hidden,
        scripts=list(take.transcripts),
        is_known=forms.is_known if forms else lambda *_: False,
    )
    performer = Performer(
        run=stage.run,
        listen=stage.collector.listen,
        lost=lambda: take.lost,
        standing=stage.standing,
    )
    end = reach_end(performer, chosen, values, facts, hidden)
    if stage.scripts:
        raise TranscriptMismatch
    return report_of(chosen, session, end, stage.collector, stage.saved, seconds=0)


class _Stage(Struct, kw_only=True):
    """What is told while scripts are rehearsed, as a driver tells it."""

    hidden: Masking
    scripts: list[Transcript]  # those that are to come
    is_known: Callable[[StepBegun, StepBegun], bool]
    collector: RunCollector = field(default_factory=lambda: RunCollector(_ignore, _ignore, _never))
    saved: list[Saved] = field(default_factory=list)
    standing: list[UndoEnded] = field(default_factory=list)

    def run(self, script: Script[T]) -> T:
        """The end of a script."""
        if not self.scripts:
            raise TranscriptMismatch
        rehearsal = Rehearsal(hear=self._hear, is_known=self.is_known)
        return rehearsal.perform(script, self.scripts.pop(0))

    def _hear(self, effect: Effect[Any], answer: Any) -> None:
        if isinstance(effect, Emit):
            self.hidden.telling(self.collector.listen)(effect.event)
        elif isinstance(effect, Exchange):
            self.hidden.learn(effect.request)
        elif isinstance(effect, CallClosed) and effect.record.attempt:
            self.collector.listen(effect.record)
        elif isinstance(effect, Save):
            self.saved.append(answer)
        elif isinstance(effect, Export | WriteReport):
            self.collector.files.append(answer.file)
        elif isinstance(effect, UndoEnded) and effect.failure:
            self.standing.append(effect)


def _ignore(_: Any) -> None:
    """Nobody listens."""


def _never(effect: Any) -> Any:
    raise TypeError(f"{effect} is answered by a transcript")
