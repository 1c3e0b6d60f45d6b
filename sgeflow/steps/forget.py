"""`forget`: let go of what is kept.

    - id: forgotten
      forget: {state: true}

`state: true` forgets what the flow remembered under its key; `measures_of` deletes all kept
measures of a point. Gives `measures`, how many were deleted.
"""

from __future__ import annotations

from dataclasses import dataclass

from sgeflow.core.checking.step_checker import Checker
from sgeflow.core.checking.step_reader import Keys
from sgeflow.core.checking.verb import Verb
from sgeflow.core.engine.effects import Erase, Remember, Script, ask
from sgeflow.core.engine.step import Done, End, Run, Scope
from sgeflow.core.language.schemas import closed, text
from sgeflow.core.language.shapes import NUMBER, Shape, object_of
from sgeflow.core.language.template import Template
from sgeflow.errors import Id, Location
from sgeflow.messages import counted, listed, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget:
    """Whether the state, and whose measures."""

    state: bool
    measures_of: Template | None
    at: Location


def decode(keys: Keys) -> Forget:
    """What to forget."""
    measured = keys.get("forget", "measures_of") is not None
    return Forget(
        state=bool(keys.get("forget", "state", default=False)),
        measures_of=keys.template("forget", "measures_of") if measured else None,
        at=keys.key_at("forget"),
    )


def check(spec: Forget, checker: Checker) -> Shape:
    """A state to forget is declared."""
    checker.template(spec.measures_of)
    if spec.state and "state" not in checker.known.roots:
        checker.report(
            Id.MISSING_KEY, say("nothing to forget: the flow declares no state"), spec.at
        )
    return object_of({"measures": NUMBER}, "forget")


def run(spec: Forget, scope: Scope, run: Run) -> Script[End]:
    """Forget it."""
    deleted = 0
    if spec.measures_of:
        point = str(spec.measures_of.evaluate(scope))
        deleted = yield from ask(Erase(key=run.key("erase"), point=point))
    if spec.state and run.memory:
        place = {"collection": run.memory.collection, "name": run.memory.name}
        yield from ask(Remember(key=run.key("forget"), value=None, **place))
    what = [say("the state")] if spec.state else []
    what += [counted("{count} measure", "{count} measures", count=deleted)] if deleted else []
    return Done(outputs={"measures": deleted}, summary=listed(what, between=say(" and ")))


def says(spec: Forget) -> tuple[str, ...]:
    """What is forgotten."""
    words = ["state"] if spec.state else []
    words += ["measures_of"] if spec.measures_of else []
    return (", ".join(words),)


VERB = Verb(
    name="forget",
    manual=__doc__ or "",
    properties={
        "forget": {
            **closed(
                {
                    "state": {"type": "boolean", "description": "what the flow remembered"},
                    "measures_of": text("the point whose measures are deleted"),
                }
            ),
            "minProperties": 1,
        }
    },
    required=("forget",),
    decode=decode,
    check=check,
    run=run,
    says=says,
)
