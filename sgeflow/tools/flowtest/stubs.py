"""Proves the stubs of a flow test: their services are there, and the flow asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sgeflow.core.documents import Environment
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.model import DEFAULT_ENVIRONMENT, SGE
from sgeflow.core.stubs import Stub
from sgeflow.errors import Id, Location, Problem
from sgeflow.messages import say
from sgeflow.tools.flowtest.model import FlowCase, FlowTest
from sgeflow.tools.flowtest.reach import Reach, reach_of

if TYPE_CHECKING:
    from sgeflow.core.checking.flows.namespace import Namespace
    from sgeflow.tools.flowtest.context import CheckContext


def check_stubs(test: FlowTest, namespace: Namespace, context: CheckContext) -> Iterator[Problem]:
    """What is wrong with the stubs of a flow test whose flows were checked."""
    for case in test.cases:
        yield from _services(case, context.environments)
    yield from _check_unasked(test, namespace, context)


def _services(case: FlowCase, environments: Mapping[str, Environment]) -> Iterator[Problem]:
    """Each service is one of the environment, which is a simulated one."""
    environment = _environment(case, environments)
    if environment is None or not case.stubs:
        return
    name = environment.name
    if not environment.simulated:
        message = say("{name} is not simulated, and no stub answers there", name=name)
        alone = say("stubs answer simulated environments alone")
        yield Problem(id=Id.NOT_ALLOWED, message=message, at=case.places["stubs"], note=alone)
        return
    known = _known_services(environment)
    for service in case.stubs:
        if service in known:
            continue
        message = say(
            'the environment {environment} names no service "{service}"',
            environment=name,
            service=service,
        )
        note: str = say("`scenario` and `faults` say how SGE answers") if service == SGE else ""
        yield Problem(
            id=Id.UNKNOWN_REFERENCE,
            message=message,
            at=case.places[f"stubs.{service}"],
            note=note,
            allowed=known,
            allowed_label="services",
            suggestion=closest(service, known),
        )


def _environment(case: FlowCase, environments: Mapping[str, Environment]) -> Environment | None:
    """Where a case is tried; None when a cassette says it, or when it does not exist."""
    name = case.environment or ("" if case.cassette else DEFAULT_ENVIRONMENT)
    return environments.get(name)


def _known_services(environment: Environment) -> tuple[str, ...]:
    return tuple(one for one in environment.endpoints if one != SGE)


def _check_unasked(
    test: FlowTest, namespace: Namespace, context: CheckContext
) -> Iterator[Problem]:
    """Stubs that no case can ask for: its flow never calls that service so."""
    reaches: dict[str, Reach | None] = {}
    needless: dict[Location, Problem] = {}
    places: set[Location] = set()
    for case in test.cases:
        if case.flow not in reaches:
            flow = namespace.checked.get(case.flow)
            reaches[case.flow] = reach_of(flow, namespace, context.wrong) if flow else None
        reach = reaches[case.flow]
        environment = _environment(case, context.environments)
        for service, stubs in case.stubs.items():
            if environment and service not in _known_services(environment):
                continue  # told already
            for stub in stubs:
                label = f"{stub.method} {service}"
                if reach is None or not reach.is_sure or label in reach.calls:
                    places.add(stub.at)
                else:
                    needless[stub.at] = _never(case, stub, label, reach)
    yield from (problem for at, problem in needless.items() if at not in places)


def _never(case: FlowCase, stub: Stub, label: str, reach: Reach) -> Problem:
    known = tuple(name for name, is_operation in reach.calls.items() if not is_operation)
    return Problem(
        id=Id.UNKNOWN_REFERENCE,
        message=say("{owner} never calls {label}", owner=case.flow, label=label),
        at=stub.at,
        allowed=known,
        allowed_label="it calls",
    )
