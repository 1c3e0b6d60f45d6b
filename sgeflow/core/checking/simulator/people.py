"""Trees to the made-up people of the simulator: points, crowds, and what is subscribed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sgeflow.core.checking.misfiled import check_stem
from sgeflow.core.checking.simulator.people_schema import FACTS, PEOPLE
from sgeflow.core.language.dates import parse_duration
from sgeflow.core.language.localized import localize
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.text import Path, Tree
from sgeflow.core.people import NUMBER, Commune, Crowd, MadeUpPoint, MadeUpService, People, Person
from sgeflow.errors import Id, Problem
from sgeflow.messages import say
from sgeflow.patterns import regex

_MADE_UP = regex(r"3[0-9]0{6}[0-9]{6}")
_DEFAULTS = {"direction": "SOUTIRAGE", "data": None, "step": None, "periodicity": None}


def decode_people(tree: Tree) -> tuple[People | None, list[Problem]]:
    """The people of one document, or what is wrong with it."""
    reader = Reader(tree)
    if not reader.valid(PEOPLE):
        return None, reader.problems
    data = tree.data
    people = People(
        name=data["people"],
        title=localize(data["title"]),
        description=localize(data.get("description")),
        published=data.get("published", ""),
        points=_points(reader),
        crowds=_crowds(reader),
        services=decode_services(reader, ("services",)),
        at=reader.at(("people",)),
    )
    check_stem(reader, "people", people.name)
    return people, reader.problems


def _points(reader: Reader) -> tuple[MadeUpPoint, ...]:
    numbers = range(len(reader.get(("points",), [])))
    points = [_point(reader, ("points", number), "id") for number in numbers]
    return tuple(point for point in points if point is not None)


def _crowds(reader: Reader) -> tuple[Crowd, ...]:
    crowds = []
    for number, data in enumerate(reader.get(("crowds",), [])):
        first = _point(reader, ("crowds", number), "first")
        if first is not None:
            count = None if data["count"] == "fleet" else data["count"]
            crowds.append(Crowd(first=first, count=count))
    return tuple(crowds)


def _point(reader: Reader, path: Path, key: str) -> MadeUpPoint | None:
    data: Mapping[str, Any] = reader.get(path)
    commune = _commune(reader, path, data)
    _check_id(reader, (*path, key), data[key])
    _check_said(reader, path, data)
    if commune is None:
        return None
    person = Person(**data["person"]) if "person" in data else None
    facts = decode_facts(data)
    return MadeUpPoint(
        id=data[key], commune=commune, person=person, facts=facts, at=reader.at((*path, key))
    )


def decode_facts(data: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that are said of a point, by their names; of `since` each by its own."""
    facts = {name: data[name] for name in FACTS if name in data and name != "since"}
    for name in ("segment", "off_peak"):
        if facts.get(name) == "none":
            facts[name] = "" if name == "segment" else None
    for name, age in data.get("since", {}).items():
        facts[f"since_{name}"] = None if age == "never" else parse_duration(age)
    return facts


def _commune(reader: Reader, path: Path, data: Mapping[str, Any]) -> Commune | None:
    known = reader.get(("communes",))
    name = data.get("commune")
    if name is None and len(known) == 1:
        name = next(iter(known))
    if name in known:
        return Commune(
            postal_code=known[name]["postalCode"],
            insee=known[name]["insee"],
            town=known[name]["town"],
        )
    if name is None:
        note = say("one of {names}", names=", ".join(known))
        message = say('the key "{key}" is missing', key="commune")
        reader.report(Id.MISSING_KEY, message, path, note=note)
    else:
        reader.report(
            Id.UNKNOWN_REFERENCE,
            say('there is no commune "{name}"', name=name),
            (*path, "commune"),
            allowed=tuple(known),
            allowed_label="communes",
            suggestion=closest(name, known),
        )
    return None


def _check_id(reader: Reader, path: Path, id_: str) -> None:
    """Nobody real may be played: an id is made up, or published by Enedis to try things with."""
    if reader.get(("published",)) is None and not _MADE_UP.fullmatch(id_):
        note = say(
            "make one up, 3x000000 and six digits, or say under `published` where Enedis "
            "publishes it"
        )
        message = say("the point {point} may be somebody's", point=id_)
        reader.report(Id.NOT_ALLOWED, message, path, note=note)


def _check_said(reader: Reader, path: Path, data: Mapping[str, Any]) -> None:
    """A point has a name and a street, or a hamlet: its own, or its person's."""
    for name in ("name", "street"):
        if not {name, "person"} & data.keys() and not (name == "street" and "locality" in data):
            message = say('the key "{key}" is missing', key=name)
            note = say("or a person, who says it")
            reader.report(Id.MISSING_KEY, message, path, note=note)
    if data.get("segment") == "none" and "production" not in data:
        message = say("a point that consumes nothing and produces nothing has no data")
        note = say("say under `production` which segment, P1 to P4")
        reader.report(Id.RULE, message, (*path, "segment"), note=note)
    if "count" in data and not any(NUMBER in str(data.get(k, "")) for k in ("street", "person")):
        message = say("all points of the crowd have one address")
        note = say("write {n} where the number of each stands", n=NUMBER)
        reader.report(Id.RULE, message, (*path, "count"), key=True, note=note)


def decode_services(reader: Reader, path: Path) -> tuple[MadeUpService, ...]:
    """Services that are subscribed when the world begins."""
    services = []
    for number, data in enumerate(reader.get(path, [])):
        more = {name: data.get(name, default) for name, default in _DEFAULTS.items()}
        services.append(
            MadeUpService(
                id=data["id"],
                point=data["point"],
                kind=data["kind"],
                label=data["label"],
                start=parse_duration(data["from"]),
                end=parse_duration(data["to"]) if "to" in data else None,
                is_ours=data.get("ours", False),
                corrected=data.get("corrected"),
                at=reader.at((*path, number, "id")),
                **more,
            )
        )
    return tuple(services)
