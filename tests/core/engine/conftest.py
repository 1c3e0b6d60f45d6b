"""A scripted world: answers effects from a table, on a clock of its own, and notes all of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from textwrap import dedent
from types import MappingProxyType
from typing import Any

import pytest
from msgspec.structs import replace

from sgeflow.core.documents import Environment, Operation
from sgeflow.core.engine import effects
from sgeflow.core.engine.flow import evaluate_flow
from sgeflow.core.engine.ports import merge_state
from sgeflow.core.engine.step import Catalog, Done, End, Failed, Library, Run
from sgeflow.core.model import Fault, FaultClass, Measure, NoAnswer, Request, Response, StepTrace
from sgeflow.errors import Id, Problem
from tests.conftest import Texts, build

POINT = "30000000000011"
CLASSES = {"SGT401": FaultClass.NOT_FOUND, "SGT500": FaultClass.TECHNICAL}


@dataclass(frozen=True)
class PlainBinding:
    """An operation that speaks JSON: its answer's `code` is a refusal."""

    operation: Operation

    def request(self, values: Mapping[str, Any], environment: Environment) -> Request:
        return Request(
            endpoint=self.operation.route.service,
            is_operation=True,
            method="POST",
            path="/",
            headers={},
            body=json.dumps(values).encode(),
            label=self.operation.name,
            kind=self.operation.kind,
        )

    @property
    def service(self) -> str:
        return self.operation.route.service

    def wire(self, _environment: Environment) -> Any:
        return self

    def reader(
        self, _values: Mapping[str, Any], _wire: Any = None, *, unchecked: bool = False
    ) -> Any:
        return self.read

    def reply_time(self, _values: Mapping[str, Any], response: Response) -> float | None:
        return json.loads(response.body).get("made")

    def read(self, response: Response) -> Any:
        data = json.loads(response.body)
        if "code" not in data:
            return {**dict.fromkeys(self.operation.response.paths), **data}
        return Fault(
            code=data["code"],
            message="no",
            fault_class=FaultClass(data.get("class", CLASSES.get(data["code"], "technical"))),
            status=500,
            problem=Problem(id=Id.FAULT, message=f"Enedis refused the call: {data['code']}"),
            retry_after=data.get("retry_after"),
            refuses=data.get("refuses", True),
        )


def refused(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, **more}


def lost(sent: bool | None) -> NoAnswer:
    id_ = Id.NOT_SENT if sent is False else Id.NO_ANSWER
    words = "not reached" if sent is False else "no answer came"
    problem = Problem(id=id_, message=words)
    return NoAnswer(sent=sent, problem=problem, fault_class=FaultClass.NETWORK)


Answer = Any  # a mapping, a NoAnswer, a Response, or a list of them, one a call
Ask = Callable[[Mapping[str, Any]], Answer]


@dataclass
class World:
    """Answers by the label of a request; what is not in the table answers {}."""

    answers: dict[str, Answer | Ask] = field(default_factory=dict)
    memory: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    kept: dict[tuple[str, str], tuple[Measure, ...]] = field(default_factory=dict)
    now: float = 1000.0
    seconds_a_call: float = 0.0
    seen: list[effects.Effect[Any]] = field(default_factory=list)
    most: int = 0  # scripts side by side
    is_absent: Callable[[effects.ProvenAbsent], bool | None] = lambda _: False
    at_once: bool = False  # all scripts side by side have begun when one of them stops the others
    open_orders: tuple[tuple[str, str], ...] = ()  # what the journal knows of them
    resent: bool = False  # what is ordered was lost before, and is sent once more
    order_days: tuple[str, ...] = ()  # as the journal knows them

    def run(self, script: effects.Script[Any]) -> Any:
        answer: Any = None
        while True:
            try:
                effect = script.send(answer)
            except StopIteration as end:
                return end.value
            self.seen.append(effect)
            answer = getattr(self, f"_{type(effect).__name__.lower()}")(effect)

    def _maskedtext(self, effect: effects.MaskedText) -> str:
        return effect.text

    def _learnsecrets(self, _effect: effects.LearnSecrets) -> None:
        return None

    def _note(self, effect: effects.Note) -> Any:
        return effect.value

    # -- what was asked ---------------------------------------------------------------------------

    def of(self, kind: type[Any]) -> list[Any]:
        return [effect for effect in self.seen if isinstance(effect, kind)]

    @property
    def calls(self) -> list[str]:
        return [effect.request.label for effect in self.of(effects.Exchange)]

    @property
    def keys(self) -> list[tuple[str, int]]:
        return [(effect.key, effect.attempt) for effect in self.of(effects.Exchange)]

    @property
    def sent(self) -> list[Any]:
        bodies = (effect.request.body for effect in self.of(effects.Exchange))
        return [json.loads(body) if body else None for body in bodies]

    @property
    def pauses(self) -> list[float]:
        return [effect.seconds for effect in self.of(effects.Pause)]

    @property
    def warnings(self) -> list[str]:
        events = (effect.event for effect in self.of(effects.Emit))
        return [event.text for event in events if isinstance(event, effects.Warn)]

    @property
    def traces(self) -> list[StepTrace]:
        events = (effect.event for effect in self.of(effects.Emit))
        return [event.trace for event in events if isinstance(event, effects.StepEnded)]

    # -- answers ----------------------------------------------------------------------------------

    def _exchange(self, effect: effects.Exchange) -> Response | NoAnswer:
        self.now += self.seconds_a_call
        answer = self.answers.get(effect.request.label, {})
        if callable(answer):
            answer = answer(json.loads(effect.request.body) if effect.request.body else {})
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, NoAnswer | Response):
            return answer
        return Response(status=200, headers={}, body=json.dumps(answer).encode())

    def _together(self, effect: effects.Together) -> tuple[Any, ...]:
        self.most = max(self.most, min(effect.limit, len(effect.scripts)))
        ends: list[Any] = []
        for script in effect.scripts:
            if (
                not self.at_once
                and ends
                and effect.stop
                and any(effect.stop(end) for end in ends if end is not None)
            ):
                ends.append(None)
            else:
                ends.append(self.run(script))
        return tuple(ends)

    def _clock(self, _: effects.Clock) -> float:
        return self.now

    def _pause(self, effect: effects.Pause) -> None:
        self.now += effect.seconds

    def _emit(self, _: effects.Effect[Any]) -> None:
        return None

    _callclosed = _beginundo = _findconflict = _undoended = _noted = _emit

    def _resent(self, effect: effects.Resent) -> bool:
        return self.resent

    def _provenabsent(self, effect: effects.ProvenAbsent) -> bool | None:
        return self.is_absent(effect)

    def _orderdays(self, _: effects.OrderDays) -> tuple[str, ...]:
        return self.order_days

    def _outputsbyhand(self, _: effects.OutputsByHand) -> Any:
        return None

    def _openorders(self, _: effects.OpenOrders) -> tuple[tuple[str, str], ...]:
        return self.open_orders

    def _recall(self, effect: effects.Recall) -> Mapping[str, Any] | None:
        return self.memory.get((effect.collection, effect.name))

    _claim = _recall

    def _remember(self, effect: effects.Remember) -> dict[str, Any]:
        kept = merge_state(self.memory.pop((effect.collection, effect.name), None), effect.values)
        if effect.values is not None:
            self.memory[effect.collection, effect.name] = kept
        return kept

    def _save(self, effect: effects.Save) -> effects.Saved:
        before = self.kept.get((effect.series.point, effect.series.name), ())
        self.kept[effect.series.point, effect.series.name] = (*before, *effect.measures)
        return effects.Saved(new=len(effect.measures), changed=0, unchanged=0)

    def _load(self, effect: effects.Load) -> effects.Loaded:
        return effects.Loaded(unit="Wh", measures=self.kept.get((effect.point, effect.name), ()))

    def _erase(self, effect: effects.Erase) -> int:
        return sum(len(self.kept.pop(key)) for key in list(self.kept) if key[0] == effect.point)

    def _export(self, effect: effects.Export) -> effects.Exported:
        return effects.Exported(file=effect.file, counts={"rows": 3})


@dataclass
class Play:
    """One evaluation: how it ended, and the world that it met."""

    end: End
    world: World

    @property
    def outputs(self) -> Any:
        assert isinstance(self.end, Done), self.end
        return self.end.outputs

    @property
    def paths(self) -> list[str]:
        """The requests to the office that were sent."""
        sent = (effect.request for effect in self.world.of(effects.Exchange))
        return [f"{one.method} {one.path}" for one in sent if one.endpoint == "office"]

    @property
    def failure(self) -> Any:
        assert isinstance(self.end, Failed), self.end
        return self.end.failure


def context(catalog: Catalog) -> Run:
    return Run(
        id="7f3a",
        today="2025-06-15",
        now="2025-06-15T10:00:00+02:00",
        environment=catalog.environments["here"],
        library=Library(
            catalog=catalog,
            bindings={n: PlainBinding(o) for n, o in catalog.operations.items()},  # type: ignore[misc]
        ),
    )


def play_flow(
    steps: str,
    world: World | None = None,
    inputs: Mapping[str, Any] | None = None,
    more: Texts = MappingProxyType({}),
    words: frozenset[str] = frozenset(),
) -> Play:
    """Evaluate flows/main.yaml: `steps` is the rest of its text, behind its name and title."""
    catalog, problems = build({"flows/main.yaml": f"flow: main\ntitle: x\n{dedent(steps)}", **more})
    assert problems == (), [str(problem) for problem in problems]
    world = world or World()
    run = replace(context(catalog), words=words)
    end = world.run(evaluate_flow(catalog.flows["main"], inputs or {}, run))
    return Play(end, world)


@pytest.fixture
def play() -> Callable[..., Play]:
    return play_flow
