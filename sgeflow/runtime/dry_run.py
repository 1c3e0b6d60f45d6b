"""Dry runs: list the requests that a run would send, without sending them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import asdict

from sgeflow.adapters.state.locations import is_there
from sgeflow.core.documents import Environment
from sgeflow.core.engine import effects
from sgeflow.core.engine.call import end_of_life
from sgeflow.core.engine.effects import Customer, Effect, Exchange, Exported, Loaded, Saved, Script
from sgeflow.core.engine.flow import check_inputs, evaluate_flow
from sgeflow.core.engine.ports import merge_state
from sgeflow.core.engine.step import Catalog, Failed, Flow, Run, Step
from sgeflow.core.engine.trails import at_finally, inside
from sgeflow.core.language.expression import roots_of, value_of
from sgeflow.core.measures.columns import NO_MEASURES
from sgeflow.core.model import Failure, Request
from sgeflow.messages import Message
from sgeflow.runtime.data_files import from_here, place_in
from sgeflow.runtime.options import Options, options_of
from sgeflow.runtime.project import Workspace, open_catalog
from sgeflow.runtime.session import chosen_environment, moment, simulated_people
from sgeflow.runtime.state_location import home_of

if TYPE_CHECKING:
    from sgeflow.simulator.simulator import Simulator

Steps = tuple[Step, ...]


class OutlineStep(Struct, frozen=True, kw_only=True):
    """A step of the outline of a flow."""

    depth: int
    name: str  # its title, else its id
    verb: str
    when: str = ""  # the condition, as written
    calls: str = ""  # the operation or service that it would call
    changes: bool = False  # it is an order or a cancel, or changes something elsewhere


def outline(workspace: Workspace, flow: str) -> tuple[OutlineStep, ...]:
    """Return the steps of a flow that call something or have a title, each with its depth."""
    chosen = workspace.flow(flow)
    return tuple(_OutlineWalk(workspace.catalog).whole(chosen))


def remaining(
    flow: Flow, catalog: Catalog, environment: Environment, ended: Collection[str]
) -> tuple[OutlineStep, ...]:
    """Return the steps that may follow: neither ended nor ruled out in the environment."""
    walk = _OutlineWalk(catalog, known={"env": environment.facts()}, ended=ended)
    return tuple(walk.whole(flow))


class _OutlineWalk(Struct, frozen=True):
    """Walks through nested steps; steps without a title or a call are left out."""

    catalog: Catalog
    known: Mapping[str, Any] = field(default_factory=dict)  # values that conditions may read
    ended: Collection[str] = ()  # trails

    def whole(self, flow: Flow) -> Iterator[OutlineStep]:
        """The steps of a flow, then its `finally` steps."""
        yield from self.steps(flow.steps, flow.name, 0)
        yield from self.steps(flow.finally_steps, at_finally(flow.name), 0)

    def steps(self, steps: Steps, above: str, depth: int) -> Iterator[OutlineStep]:
        for step in steps:
            trail = inside(above, step.id)
            # a part of the condition may be known to be false, whatever the answers
            if trail in self.ended or any(value is False for value in self._values(step)):
                continue
            is_listed = bool(step.title or step.uses.request)
            if is_listed:
                when = step.when.text if step.when and not self._is_certain(step) else ""
                yield OutlineStep(
                    depth=depth,
                    name=step.title or step.id,
                    verb=step.verb.name,
                    when=when,
                    calls=step.uses.request,
                    changes=step.uses.changes(self.catalog.operations),
                )
            for name, inner in self._inside(step):
                below = inside(trail, name) if name else trail
                possible = inner
                if step.uses.is_choice:  # up to the first alternative that surely holds
                    certain = (i for i, one in enumerate(inner) if self._is_certain(one))
                    possible = inner[: next(certain, len(inner)) + 1]
                yield from self.steps(possible, below, depth + is_listed)

    def _inside(self, step: Step) -> Iterator[tuple[str, Steps]]:
        """The groups of steps in a step, each with its name, if it has one."""
        uses = step.uses
        if uses.flow:
            yield uses.flow, self.catalog.flows[uses.flow].steps
        yield from uses.blocks.items()

    def _is_certain(self, step: Step) -> bool:
        """Whether every part of the condition is known to be true."""
        return all(value is True for value in self._values(step))

    def _values(self, step: Step) -> Iterator[Any]:
        """Evaluate each part of the condition; None while a part depends on answers."""
        for part in _parts(step.when.syntax_tree) if step.when else ():
            known = self.known and roots_of(part) <= self.known.keys()
            yield value_of(part, self.known) if known else None


def _parts(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The parts of a condition that are joined by &&."""
    if node["type"] == "and_expression":
        for child in node["children"]:
            yield from _parts(child)
    else:
        yield node


_UNKNOWN = object()  # the result of a script that needs a response


class DryRun(Struct, frozen=True, kw_only=True):
    """The result of a dry run: requests that are known already, and steps that may follow."""

    flow: Flow
    environment: Environment
    today: str
    requests: tuple[Request, ...]
    later: tuple[OutlineStep, ...]
    failure: Failure | None  # the run would end before any request
    warnings: tuple[Message, ...] = ()  # operations that are retired, or planned to end


def dry_run(
    flow: str,
    inputs: Mapping[str, Any] | None = None,
    *,
    workspace: Workspace | None = None,
    options: Options | None = None,
) -> DryRun:
    """Return the requests that a run would send; arguments and errors are those of `run`.

    Evaluation stops where a response is needed. No secret is read and no file is written.
    """
    opened = workspace or open_catalog(flow=flow)
    chosen = opened.flow(flow)
    settings = options_of(options)
    known, facts, people = facts_of(opened, chosen, settings)
    environment, today = facts.environment, facts.today
    values = {**known, **from_here(inputs or {}, chosen, opened.project)}
    home = home_of(settings.state, opened.project, environment)
    place = place_in(opened.project, settings, home, environment)
    place.check_files(chosen, check_inputs(chosen, values, facts), facts)

    def recall(collection: str, name: str) -> Any:
        """The remembered value: the scenario's when simulated, else the store's."""
        if people is not None:
            return people.state if name == people.household["pointId"] else None
        state = home.store(environment.name)
        if not is_there(state):
            return None
        from sgeflow.adapters.state.store import Store

        with Store(state) as store:
            return store.recall(collection, name)

    driver = _DryDriver(recalled=recall)
    end = driver.run(evaluate_flow(chosen, values, facts))
    later: tuple[OutlineStep, ...] = ()
    if end is _UNKNOWN:
        later = remaining(chosen, opened.catalog, environment, driver.seen)
    called = (*(one.label for one in driver.requests), *(step.calls for step in later))
    known_operations = opened.catalog.operations
    endings = (end_of_life(known_operations[one]) for one in called if one in known_operations)
    return DryRun(
        flow=chosen,
        environment=environment,
        today=today,
        requests=tuple(driver.requests),
        later=later,
        failure=end.failure if isinstance(end, Failed) else None,
        warnings=tuple(dict.fromkeys(one for one in endings if one)),
    )


def facts_of(
    workspace: Workspace, flow: Flow, options: Options
) -> tuple[dict[str, Any], Run, Simulator | None]:
    """Return the inputs of the environment, the facts of the run, and the simulator if any."""
    environment = chosen_environment(workspace, options)
    now = moment(options)
    today = now.date().isoformat()
    people = simulated_people(workspace, environment, today, options)
    known = {**(people.household if people else {}), **environment.inputs}
    facts = Run(
        id="dry-run",
        today=today,
        now=now.isoformat(timespec="seconds"),
        environment=environment,
        library=workspace.library,
    )
    return {name: value for name, value in known.items() if name in flow.inputs}, facts, people


class _DryDriver(Struct, kw_only=True):
    """Notes requests instead of sending them; a script stops where it needs a response."""

    recalled: Callable[[str, str], Any]
    requests: list[Request] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)  # trails of steps that ended
    remembered: dict[tuple[str, str], Any] = field(default_factory=dict)

    def run(self, script: Script[Any]) -> Any:
        """Return the result of a script, or `_UNKNOWN` if it needs a response."""
        answer: Any = None
        try:
            while True:
                answer = self._answer(script.send(answer))
                if answer is _UNKNOWN:
                    script.close()
                    return _UNKNOWN
        except StopIteration as end:
            return end.value

    def _answer(self, effect: Effect[Any]) -> Any:
        if isinstance(effect, Exchange):
            self.requests.append(effect.request)
            return _UNKNOWN
        if isinstance(effect, effects.Together):
            ends = tuple(self.run(script) for script in effect.scripts)
            return _UNKNOWN if any(end is _UNKNOWN for end in ends) else ends
        if isinstance(effect, effects.Emit):
            if isinstance(effect.event, effects.StepEnded):
                self.seen.add(effect.event.trace.trail)
            return None
        match effect:
            case effects.Recall() | effects.Claim():
                place = (effect.collection, effect.name)
                return self.remembered.get(place) or self.recalled(*place)
            case effects.Remember():
                place = (effect.collection, effect.name)
                before = self.remembered.get(place) or self.recalled(*place)
                state = merge_state(before, effect.values)
                self.remembered[place] = None if effect.values is None else state
                return state
            case effects.Recognise():
                return asdict(Customer(number=1))
            case effects.Note():
                return effect.value
            case effects.Save():
                return Saved(new=len(effect.measures), changed=0, unchanged=0)
            case effects.Load():
                return Loaded(unit="", measures=NO_MEASURES)
            case effects.Export() | effects.WriteReport():
                return Exported(file=effect.file, counts={})
            case effects.Erase() | effects.Clock() | effects.Moment():
                return 0
        return None
