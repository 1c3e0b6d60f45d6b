"""What a code means: one of SGE's refusals, or an id of our own messages."""

from __future__ import annotations

from dataclasses import dataclass

from sgeflow.app.workspace import Workspace
from sgeflow.core.language.suggest import closest
from sgeflow.core.model import FaultEntry
from sgeflow.core.soap.refusal import class_of
from sgeflow.errors import Exit, Id, Problem, UsageError
from sgeflow.say import Versions, fixed, say

_SGE = "SGT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A code explained; `known` is False when only its family says something."""

    code: str
    known: bool
    means: str
    cause: str = ""
    remedy: str = ""
    fault_class: str = ""
    exit: int = Exit.REFUSED
    suggestion: str = ""
    operations: tuple[str, ...] = ()  # that class it otherwise than the catalogue


def explain(workspace: Workspace, code: str) -> Meaning:
    """What a code means.

    Raises:
        UsageError: it is neither one of SGE's nor one of ours.
    """
    wanted = code.strip().upper()
    ours = next((one for one in Id if wanted in (one.code, one.name)), None)
    if ours is not None:
        return Meaning(code=ours.code, known=True, means=fixed(ours.about), exit=ours.exit)
    if wanted in workspace.catalog.faults:
        return _of_sge(workspace, workspace.catalog.faults[wanted])
    if wanted.startswith(_SGE):
        return _family(workspace, wanted)
    known = (*workspace.catalog.faults, *(one.code for one in Id))
    raise UsageError(
        Problem(
            id=Id.UNKNOWN_NAME,
            message=say('there is no code "{code}"', code=code),
            note=say("codes of Enedis begin with SGT, those of sgeflow with SGE"),
            suggestion=closest(wanted, known),
        )
    )


def _of_sge(workspace: Workspace, entry: FaultEntry) -> Meaning:
    otherwise = tuple(
        f"{operation.name} ({operation.faults[entry.code].value})"
        for operation in workspace.catalog.operations.values()
        if operation.faults.get(entry.code, entry.fault_class) is not entry.fault_class
    )
    return Meaning(
        code=entry.code,
        known=True,
        means=Versions(entry.meaning),
        cause=Versions(entry.cause),
        remedy=Versions(entry.remedy),
        fault_class=entry.fault_class.value,
        operations=otherwise,
    )


def _family(workspace: Workspace, code: str) -> Meaning:
    kind = class_of(code)
    family = (
        say("functional: the request, or the state of the point")
        if kind == "invalid"
        else say("technical")
    )
    return Meaning(
        code=code,
        known=False,
        means=say("not in the catalogue of codes; by its family it is {family}", family=family),
        remedy=say(
            "read the text that came with it; Enedis' annex of return codes has the newest ones"
        ),
        fault_class=kind.value,
        suggestion=closest(code, workspace.catalog.faults),
    )
