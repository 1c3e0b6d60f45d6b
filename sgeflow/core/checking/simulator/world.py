"""What people and scenarios of the simulator name, over all their documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from msgspec import Struct

from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.text import Tree
from sgeflow.core.people import MadeUpPoint, MadeUpService, People, Scenario
from sgeflow.errors import Id, Location, Problem
from sgeflow.messages import Message, say

_FLEET = 1_000_000  # points of a fleet at most


class _Span(Struct, frozen=True):
    """Ids that follow each other: one point's, or a crowd's."""

    first: int
    last: int
    point: MadeUpPoint


def check_world(
    people: Mapping[str, People], scenarios: Mapping[str, Scenario]
) -> Iterator[Problem]:
    """What is there twice, and what is named and is not there."""
    spans = sorted(_spans(people.values()), key=lambda span: (span.first, span.last))
    for before, span in pairwise(spans):
        if span.first <= before.last:
            message = say("the point {point} is there twice", point=span.point.id)
            yield _twice(message, span.point.at, before.point.at)
    known = [service for one in people.values() for service in one.services]
    yield from _services(known, spans, ())
    for scenario in scenarios.values():
        yield from _services(scenario.services, spans, known)
        yield from _about(scenario, spans)


def check_scenario(tree: Tree, scenarios: Mapping[str, Scenario]) -> Iterator[Problem]:
    """The scenario that an environment names is there."""
    name = tree.data.get("scenario")
    if isinstance(name, str) and name not in scenarios:
        yield Problem(
            id=Id.UNKNOWN_REFERENCE,
            message=say('the simulator has no scenario "{name}"', name=name),
            at=tree.at(("scenario",)),
            allowed=tuple(sorted(scenarios)),
            allowed_label="scenarios",
            suggestion=closest(name, scenarios),
        )


def _spans(people: Iterable[People]) -> Iterator[_Span]:
    for one in people:
        for point in one.points:
            yield _Span(int(point.id), int(point.id), point)
        for crowd in one.crowds:
            first = int(crowd.first.id)
            yield _Span(first, first + (crowd.count or _FLEET) - 1, crowd.first)


def _services(
    services: Iterable[MadeUpService], spans: Iterable[_Span], others: Iterable[MadeUpService]
) -> Iterator[Problem]:
    first = {service.id: service.at for service in others}
    for service in services:
        before = first.setdefault(service.id, service.at)
        if before != service.at:
            yield _twice(say("the service {id} is there twice", id=service.id), service.at, before)
        if not any(span.first <= int(service.point) <= span.last for span in spans):
            yield _unknown_point(service.point, service.at, [span.point.id for span in spans])


def _about(scenario: Scenario, spans: Iterable[_Span]) -> Iterator[Problem]:
    """The point of a scenario is there, one by one, with a person to run flows for."""
    alone: dict[str, MadeUpPoint] = {}
    for span in spans:
        if span.first == span.last:
            alone.setdefault(span.point.id, span.point)
    able = tuple(id_ for id_, point in alone.items() if point.person is not None)
    at = scenario.places["about"]
    if scenario.about not in alone:
        yield _unknown_point(scenario.about, at, able)
    elif scenario.about not in able:
        yield Problem(
            id=Id.RULE,
            message=say("the point {point} has no person to run a flow for", point=scenario.about),
            at=at,
            allowed=able,
            allowed_label="points with a person",
        )
    if scenario.holds in alone:
        message = say("the point {point} is there twice", point=scenario.holds)
        yield _twice(message, scenario.places["holds"], alone[scenario.holds].at)


def _twice(message: Message, at: Location, first: Location) -> Problem:
    note = say("first in {file}:{line}", file=first.file, line=first.line)
    return Problem(id=Id.NAME, message=message, at=at, note=note)


def _unknown_point(point: str, at: Location, known: Iterable[str]) -> Problem:
    names = tuple(known)
    return Problem(
        id=Id.UNKNOWN_REFERENCE,
        message=say("nobody of the simulator has the point {point}", point=point),
        at=at,
        allowed=names,
        allowed_label="points",
        suggestion=closest(point, names),
    )
