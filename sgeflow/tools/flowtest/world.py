"""What a run of a flow test is answered by: all that stands behind the effects of its flow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.checking.identity_cache import cache_by_identity
from sgeflow.core.documents import Environment, Operation
from sgeflow.core.model import Request
from sgeflow.core.people import MadeUpPoint, People, Scenario
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.simulator.reachable_people import may_meet
from sgeflow.simulator.services import looseness
from sgeflow.simulator.shape import RequestShape, request_shape
from sgeflow.tools.flowtest.step_forms import without_places


class Surroundings(Struct, frozen=True, kw_only=True):
    """What documents say of a world, as plain data: where they say it is no part of it."""

    environment: Any  # without that of which its flows alone make something
    scenario: Any
    subject: Any  # the person that it is about
    remembering: frozenset[str]  # collections of flows, which a simulated world begins anew
    people: Mapping[str, People]
    operations: Mapping[str, Operation]


class RunWorld(Struct, frozen=True, kw_only=True):
    """Where a run is."""

    options: Any
    cassette: bytes | None  # that answers
    surroundings: Surroundings


def world_of(workspace: Workspace, options: Options) -> RunWorld:
    """The world that a run with some options is in, as documents and files are now."""
    cassette = options.replay
    return RunWorld(
        options=without_places(replace(options, state=None, folder=None)),
        cassette=cassette.read_bytes() if cassette and cassette.is_file() else None,
        surroundings=_surroundings(workspace, options.environment or "", options.scenario or ""),
    )


def answer_alike(before: RunWorld, now: RunWorld, requests: Sequence[Request]) -> bool:
    """Whether these requests, in their order, are answered the same in two worlds.

    That people whom none of them can come to are others is not seen by them, and what another
    operation may be asked is not either.
    """
    old, new = before.surroundings, now.surroundings
    if (before.options, before.cassette) != (now.options, now.cassette):
        return False
    if old is new:
        return True
    same: Any = {"people": {}, "operations": {}}
    return (
        replace(old, **same) == replace(new, **same)
        and _take_alike(old.operations, new.operations, requests)
        and _show_alike(old.people, new.people, requests)
    )


@lru_cache(maxsize=128)  # the cases of a project are in few, before and after a save
def _surroundings(workspace: Workspace, environment: str, scenario: str) -> Surroundings:
    catalog = workspace.catalog
    chosen, about = catalog.environments.get(environment), catalog.scenarios.get(scenario)
    subjects = (one for one in _points(catalog.people) if about and one.id == about.about)
    return Surroundings(
        environment=_as_told(chosen) if chosen else None,
        scenario=_as_played(about) if about else None,
        subject=[*map(_plain, subjects)],
        remembering=frozenset(f.state.collection for f in catalog.flows.values() if f.state),
        people=catalog.people,
        operations=catalog.operations,
    )


@cache_by_identity
def _as_told(environment: Environment) -> Any:
    return without_places(replace(environment, title="", login="", contract_id="", settings={}))


@cache_by_identity
def _as_played(scenario: Scenario) -> Any:
    return without_places(replace(scenario, title="", description="", places={}))


# -- operations: what the simulator reads of them is how their requests look ----------------------


class _Desk(Struct, frozen=True):
    """Where the simulator takes the requests of an operation, and as what."""

    place: tuple[Any, ...]
    shape: RequestShape


@cache_by_identity
def _desk(operation: Operation) -> _Desk:
    route = operation.route
    place = (operation.kind, route.gateway, route.direct, operation.envelope.header)
    return _Desk(place, request_shape(operation, looseness(operation.name)))


def _take_alike(
    old: Mapping[str, Operation], new: Mapping[str, Operation], requests: Sequence[Request]
) -> bool:
    """Whether these requests come to the same operations, which refuse the same of them."""
    if old.keys() != new.keys():
        return False
    changed = {
        name: (_desk(old[name]), _desk(new[name])) for name in new if old[name] is not new[name]
    }
    if any(before.place != now.place for before, now in changed.values()):
        return False
    messages = ((changed[one.label], one.body) for one in requests if one.label in changed)
    return all(
        before.shape == now.shape or before.shape.refusal(body) == now.shape.refusal(body)
        for (before, now), body in messages
    )


# -- people: who is neither named nor searched for where they live is not met ---------------------


def _show_alike(
    old: Mapping[str, People], new: Mapping[str, People], requests: Sequence[Request]
) -> bool:
    """Whether none of these requests can come to a person who is another than before."""
    crowds, others = _others(old, new)
    return not crowds and not any(may_meet(others, one.path, one.body) for one in requests)


@cache_by_identity
def _others(
    old: Mapping[str, People], new: Mapping[str, People]
) -> tuple[bool, tuple[MadeUpPoint, ...]]:
    """Whether a crowd is another, and the people who are, as they were and as they are."""
    if old == new:
        return False, ()
    crowds = [
        [_plain(crowd) for one in people.values() for crowd in one.crowds] for people in (old, new)
    ]
    known = [_known_of(people) for people in (old, new)]
    both = chain(_points(old), _points(new))
    others = (one for one in both if known[0].get(one.id) != known[1].get(one.id))
    return crowds[0] != crowds[1], tuple(others)


def _known_of(people: Mapping[str, People]) -> Mapping[str, Any]:
    """All that is said of each person, by the id of the point."""
    known: dict[str, list[Any]] = {}
    for point in _points(people):
        known.setdefault(point.id, []).append(_plain(point))
    for service in (service for _, one in sorted(people.items()) for service in one.services):
        known.setdefault(service.point, []).append(_plain(service))
    return known


def _points(people: Mapping[str, People]) -> Iterator[MadeUpPoint]:
    return (point for _, one in sorted(people.items()) for point in one.points)


@cache_by_identity
def _plain(value: Any) -> Any:
    return without_places(value)
