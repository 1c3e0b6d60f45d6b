"""Decodes the simulator's people and scenarios, and checks the names in them."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from msgspec import Struct, convert

from sgeflow.core.checking.document import check_stem
from sgeflow.core.language.dates import parse_duration
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import (
    DRAFT,
    DURATION,
    FLOW_NAME,
    NAME,
    Schema,
    array,
    closed_object,
    duration,
    flag,
    names_to,
    one_of,
    text,
    whole,
    words,
)
from sgeflow.core.language.template import localize
from sgeflow.core.language.text import Path, Tree
from sgeflow.core.people import (
    NUMBER,
    Commune,
    Crowd,
    CurveService,
    Lapse,
    MadeUpPoint,
    MadeUpService,
    People,
    Person,
    Scenario,
)
from sgeflow.errors import Id, Location, Problem
from sgeflow.messages import Message, say
from sgeflow.patterns import regex

_POINT = r"^[0-9]{14}$"
_AGE = r"^(never|P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?)$"
_MOST = 100_000  # the most points in a crowd

_FACTS: Schema = {
    "street": text("number and street as SGE writes them: capitals, no accents"),
    "locality": text("the hamlet as SGE writes it, with or without a street"),
    "flat": text("staircase, floor and flat as SGE writes them: ESC 2 ETG 4 APPT 41"),
    "building": text("the building as SGE writes it: BAT B"),
    "name": text("the customer's last name or company as SGE writes it"),
    "addressee": text("the customer's name in the address"),
    "siret": text("SIRET or SIREN of a company, quoted", pattern=r"^[0-9]{14}$"),
    "state": one_of(["SERVC", "RESIL"], "in service, or terminated"),
    "segment": one_of(
        ["C1", "C2", "C3", "C4", "C5", "none"],
        "the segment of consumption (default C5); none for a pure producer",
    ),
    "production": one_of(["P1", "P2", "P3", "P4"], "the segment of production"),
    "level": text("the meter's level of opening to services, quoted", pattern=r"^[0-2]$"),
    "since": closed_object(
        {
            name: text(description, pattern=_AGE)
            for name, description in (
                ("contract", "when the contract began; default: P40M ago"),
                ("measures", "age of the first daily value; default P36M; or never"),
                ("curve", "age of the load curve's first value; default P24M; or never"),
                (
                    "finer",
                    ("the time since a business has had five-minute instead of ten-minute steps"),
                ),
            )
        },
        description="the time before the first simulated day",
    ),
    "off_peak": text("the off-peak hours; none for a tariff with one class"),
    "over_ip": flag("whether a business meter is read over IP; default: true"),
    "subscribed_kva": whole(
        "the subscribed power; default: 9 for a household, 60 for a business", 1, 100_000
    ),
    "phases": one_of([1, 3], "of its supply"),
}
_PERSON_KEYS = ("lastname", "firstname", "address", "city")
_ONE: Schema = {
    "commune": text("a name among `communes`", pattern=NAME),
    "person": closed_object(
        {key: text("as the customer writes it") for key in _PERSON_KEYS},
        _PERSON_KEYS,
        "the made-up customer that a flow receives, with name and street",
    ),
    **_FACTS,
}
_SERVICES: Schema = array(
    closed_object(
        {
            "id": text("the service's number, quoted", pattern=r"^[0-9]{8}$"),
            "point": text("id of the owner, quoted", pattern=_POINT),
            "kind": one_of(
                ["ACCES", "TRANSREC", "CCDC", "OPPENR"],
                "access, collection, curve collection, opposition",
            ),
            "label": text("its name in SGE"),
            "from": duration("the start, counted from the first simulated day: -P20D"),
            "to": duration("when it ends, P345D; default: no end"),
            "data": one_of(["CDC", "IDX", "ENERGIE", "PMAX"], "the kind of measures"),
            "direction": one_of(["SOUTIRAGE", "INJECTION"], "of the data"),
            "step": text("of its values, as PT30M", pattern=DURATION),
            "periodicity": text("of its files, as P1D", pattern=DURATION),
            "corrected": flag("whether its values are corrected"),
            "ours": flag("whether the service is under our contract"),
        },
        ("id", "point", "kind", "label", "from"),
        called="a service",
    ),
    "services subscribed when the simulation begins",
)

PEOPLE: Schema = {
    "$schema": DRAFT,
    "title": "sgeflow simulated people",
    **closed_object(
        {
            "people": text("the name; also the name of the file", pattern=FLOW_NAME),
            "title": words("a single line"),
            "description": words("their purpose"),
            "published": text("source of the published ids; without a source all ids are made up"),
            "communes": names_to(
                closed_object(
                    {
                        "postalCode": text("five digits, quoted", pattern=r"^[0-9]{5}$"),
                        "insee": text("quoted", pattern=r"^[0-9][0-9AB][0-9]{3}$"),
                        "town": text("as SGE writes it: capitals, no accents"),
                    },
                    ("postalCode", "insee", "town"),
                    called="a commune",
                ),
                "the communes of their addresses",
            ),
            "points": array(
                closed_object(
                    {"id": text("14 digits, quoted", pattern=_POINT), **_ONE},
                    ("id",),
                    called="a point",
                ),
                "points, each described",
            ),
            "crowds": array(
                closed_object(
                    {
                        "count": {
                            "anyOf": [
                                {"type": "integer", "minimum": 1, "maximum": _MOST},
                                {"enum": ["fleet"]},
                            ],
                            "description": (
                                "the number of points; fleet: one for each row of a fleet"
                            ),
                        },
                        "first": text("the id of the first point, quoted", pattern=_POINT),
                        **_ONE,
                    },
                    ("count", "first"),
                    called="a crowd",
                ),
                "many similar points; `{n}` in a text is the number of each point, from 1",
            ),
            "services": _SERVICES,
        },
        ("people", "title", "communes"),
        "Made-up people of the simulator.",
    ),
    "x-called": "people",
}


_MADE_UP = regex(r"3[0-9]0{6}[0-9]{6}")


def decode_people(tree: Tree) -> tuple[People | None, list[Problem]]:
    """The people of one document, or None; and the document's mistakes."""
    reader = Reader(tree)
    if not reader.valid(PEOPLE):
        return None, reader.problems
    data = tree.data
    numbers = range(len(data.get("points", ())))
    points = [_point(reader, ("points", number), "id") for number in numbers]
    crowds = []
    for number, entry in enumerate(data.get("crowds", ())):
        first = _point(reader, ("crowds", number), "first")
        if first is not None:
            count = None if entry["count"] == "fleet" else entry["count"]
            crowds.append(Crowd(first=first, count=count))
    people = People(
        name=data["people"],
        title=localize(data["title"]),
        description=localize(data.get("description")),
        published=data.get("published", ""),
        points=tuple(point for point in points if point is not None),
        crowds=tuple(crowds),
        services=_services(reader),
        at=reader.at(("people",)),
    )
    check_stem(reader, "people", people.name)
    return people, reader.problems


def _point(reader: Reader, path: Path, key: str) -> MadeUpPoint | None:
    """A point with a name and a street or hamlet, its own or its person's.

    Real customers must not be simulated: an id is made up, or published by Enedis for tests.
    """
    data: Mapping[str, Any] = reader.get(path)
    commune = _commune(reader, path, data)
    if reader.get(("published",)) is None and not _MADE_UP.fullmatch(data[key]):
        note = say(
            "use a made-up id, 3x000000 and six digits, or write under `published` where Enedis "
            "publishes this id"
        )
        message = say("the point {point} may belong to a real customer", point=data[key])
        reader.report(Id.NOT_ALLOWED, message, (*path, key), note=note)
    for name in ("name", "street"):
        if not {name, "person"} & data.keys() and not (name == "street" and "locality" in data):
            message = say('the key "{key}" is missing', key=name)
            note = say("or a person, who has an address")
            reader.report(Id.MISSING_KEY, message, path, note=note)
    if data.get("segment") == "none" and "production" not in data:
        message = say("a point that neither consumes nor produces has no data")
        note = say("write the segment, P1 to P4, under `production`")
        reader.report(Id.RULE, message, (*path, "segment"), note=note)
    if "count" in data and not any(NUMBER in str(data.get(k, "")) for k in ("street", "person")):
        message = say("all points of the crowd have one address")
        note = say("write {n} in the place of each point's number", n=NUMBER)
        reader.report(Id.RULE, message, (*path, "count"), key=True, note=note)
    if commune is None:
        return None
    return MadeUpPoint(
        id=data[key],
        commune=commune,
        person=Person(**data["person"]) if "person" in data else None,
        facts=_facts(data),
        at=reader.at((*path, key)),
    )


def _facts(data: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a point by name; facts below `since` are named `since_contract` and so on."""
    facts = {name: data[name] for name in _FACTS if name in data and name != "since"}
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
        return convert(known[name], Commune)
    if name is None:
        note = say("one of {names}", names=", ".join(known))
        message = say('the key "{key}" is missing', key="commune")
        reader.report(Id.MISSING_KEY, message, path, note=note)
    else:
        reader.report(
            Id.UNKNOWN_REFERENCE,
            say('there is no {what} "{name}"', what=say("commune"), name=name),
            (*path, "commune"),
            allowed=tuple(known),
            allowed_label="communes",
            suggestion=closest(name, known),
        )
    return None


def _services(reader: Reader) -> tuple[MadeUpService, ...]:
    """The services that are subscribed on the first simulated day."""
    return tuple(
        MadeUpService(
            start=parse_duration(data["from"]),
            end=parse_duration(data["to"]) if "to" in data else None,
            is_ours=data.get("ours", False),
            at=reader.at(("services", number, "id")),
            **{name: value for name, value in data.items() if name not in ("from", "to", "ours")},
        )
        for number, data in enumerate(reader.get(("services",), []))
    )


_CURVE, _PEAK = "COURBE", "PMAX"

_LAPSES: Schema = array(
    closed_object(
        {
            "what": one_of([_CURVE, "ENERGIE", _PEAK], "the kind of measures, in SGE's words"),
            "from": duration("the first day, counted from the first simulated day: -P20D"),
            "to": duration("the day after the last one: -P18D"),
            "hours": array(
                {"type": "integer", "minimum": 0, "maximum": 24},
                "for a curve, only these hours of the clock: [7, 13] is from 7 to 13",
                minItems=2,
                maxItems=2,
            ),
            "at": text(
                "for a maximum power, the changed time of day: 06:10",
                pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
            ),
            "percent": whole(
                "the percentage of the measured value; without it and `at`, values are missing",
                1,
                1000,
            ),
        },
        ("what", "from", "to"),
    ),
    "days on which the meter reports fewer or other values",
    minItems=1,
)


def _decode_lapses(reader: Reader) -> tuple[Lapse, ...]:
    lapses = []
    for number, data in enumerate(reader.get(("lapses",), [])):
        path: Path = ("lapses", number)
        hours = data.get("hours")
        if hours and data["what"] != _CURVE:
            message = say("{what} has no hours: it is a value a day", what=data["what"])
            reader.report(Id.RULE, message, (*path, "hours"), key=True)
        if hours and hours[0] >= hours[1]:
            message = say(
                "{first} to {last} is not a period of hours", first=hours[0], last=hours[1]
            )
            note = say("the first comes before the last, within one day")
            reader.report(Id.RULE, message, (*path, "hours"), note=note)
        at = data.get("at")
        if at and data["what"] != _PEAK:
            message = say("{what} has no instant: PMAX has", what=data["what"])
            reader.report(Id.RULE, message, (*path, "at"), key=True)
        lapses.append(
            Lapse(
                what=data["what"],
                start=parse_duration(data["from"]),
                end=parse_duration(data["to"]),
                hours=(hours[0], hours[1]) if hours else None,
                percent=data.get("percent", 100 if at else 0),
                at=(int(at[:2]) * 60 + int(at[3:])) * 60 if at else None,
            )
        )
    return tuple(lapses)


SCENARIO: Schema = {
    "$schema": DRAFT,
    "title": "sgeflow scenario of the simulator",
    **closed_object(
        {
            "scenario": text("the name; also the name of the file", pattern=FLOW_NAME),
            "title": words("summary of the differences, one line"),
            "description": words("the purpose"),
            "about": text("the point whose customer the flows run for, quoted", pattern=_POINT),
            "point": closed_object(
                {
                    "known": flag("whether SGE knows the point"),
                    "owner": text("made-up holder of the service, if not the point's person"),
                    "holds": text(
                        "the point that the customer really holds, quoted", pattern=_POINT
                    ),
                    **{
                        name: fact
                        for name, fact in _FACTS.items()
                        if name not in ("name", "addressee")
                    },
                },
                description="differences of the point",
            ),
            "services": _SERVICES,
            "lapses": _LAPSES,
            "curve_service": closed_object(
                {
                    "from": duration("the start, counted from the first simulated day: -P20D"),
                    "to": duration("the end: P345D"),
                    "stopped": flag("true: ended by the customer on the first simulated day"),
                    "direction": one_of(
                        ["SOUTIRAGE", "INJECTION"], "direction of the data; default SOUTIRAGE"
                    ),
                },
                ("from", "to"),
                "our load-curve service: a collection or, with `current`, an access service",
            ),
            "consent": flag(
                "a later run: the backoffice has the consent for the curve "
                "service, and the flow remembers it"
            ),
            "consent_of": text("last name of the earlier customer who gave the consent"),
            "trouble": one_of(
                ["flaky", "down"], "each request fails once or twice; SGE is in maintenance"
            ),
        },
        ("scenario", "title", "about"),
        "Changes to the simulated people's data.",
    ),
    "x-called": "a scenario",
}


def decode_scenario(tree: Tree) -> tuple[Scenario | None, list[Problem]]:
    """One scenario with unchecked points, or None; and the document's mistakes."""
    reader = Reader(tree)
    if not reader.valid(SCENARIO):
        return None, reader.problems
    data = tree.data
    point = data.get("point", {})
    if data.get("consent") and "curve_service" not in data:
        message = say('the key "{key}" is missing', key="curve_service")
        note = say("a consent is remembered with its service")
        reader.report(Id.MISSING_KEY, message, ("consent",), key=True, note=note)
    curve_service = None
    if curve := data.get("curve_service"):
        curve_service = CurveService(
            start=parse_duration(curve["from"]),
            end=parse_duration(curve["to"]),
            is_stopped=curve.get("stopped", False),
            direction=curve.get("direction", "SOUTIRAGE"),
        )
    scenario = Scenario(
        name=data["scenario"],
        title=localize(data["title"]),
        description=localize(data.get("description")),
        about=data["about"],
        is_known=point.get("known", True),
        point=_facts(point),
        owner=point.get("owner", ""),
        holds=point.get("holds", ""),
        services=_services(reader),
        curve_service=curve_service,
        has_consent=data.get("consent", False),
        consent_of=data.get("consent_of", ""),
        trouble=data.get("trouble", ""),
        lapses=_decode_lapses(reader),
        at=reader.at(("scenario",)),
        places={"about": reader.at(("about",))}
        | ({"holds": reader.at(("point", "holds"))} if "holds" in point else {}),
    )
    check_stem(reader, "scenario", scenario.name)
    return scenario, reader.problems


_FLEET = 1_000_000  # the most points of a fleet


class _Span(Struct, frozen=True):
    """Consecutive ids: of one point, or of a crowd."""

    first: int
    last: int
    point: MadeUpPoint


def check_world(
    people: Mapping[str, People], scenarios: Mapping[str, Scenario]
) -> Iterator[Problem]:
    """Report points and services that exist twice, and points that do not exist."""
    spans = []
    for one in people.values():
        spans += [_Span(int(point.id), int(point.id), point) for point in one.points]
        for crowd in one.crowds:
            first = int(crowd.first.id)
            spans.append(_Span(first, first + (crowd.count or _FLEET) - 1, crowd.first))
    spans.sort(key=lambda span: (span.first, span.last))
    for before, span in pairwise(spans):
        if span.first <= before.last:
            message = say("the point {point} is declared twice", point=span.point.id)
            yield _twice(message, span.point.at, before.point.at)
    known = [service for one in people.values() for service in one.services]
    yield from _check_services(known, spans, ())
    for scenario in scenarios.values():
        yield from _check_services(scenario.services, spans, known)
        yield from _check_about(scenario, spans)


def check_scenario(tree: Tree, scenarios: Mapping[str, Scenario]) -> Iterator[Problem]:
    """Report an environment's scenario that does not exist."""
    name = tree.data.get("scenario")
    if isinstance(name, str) and name not in scenarios:
        yield Problem(
            id=Id.UNKNOWN_REFERENCE,
            message=say('there is no {what} "{name}"', what=say("scenario"), name=name),
            at=tree.at(("scenario",)),
            allowed=tuple(sorted(scenarios)),
            allowed_label="scenarios",
            suggestion=closest(name, scenarios),
        )


def _check_services(
    services: Iterable[MadeUpService], spans: Iterable[_Span], others: Iterable[MadeUpService]
) -> Iterator[Problem]:
    first = {service.id: service.at for service in others}
    for service in services:
        before = first.setdefault(service.id, service.at)
        if before != service.at:
            yield _twice(
                say("the service {id} is declared twice", id=service.id), service.at, before
            )
        if not any(span.first <= int(service.point) <= span.last for span in spans):
            yield _unknown_point(service.point, service.at, [span.point.id for span in spans])


def _check_about(scenario: Scenario, spans: Iterable[_Span]) -> Iterator[Problem]:
    """Check that the point of a scenario exists outside crowds and has a person."""
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
            message=say(
                "the point {point} has no `person`: no flow can run for this point",
                point=scenario.about,
            ),
            at=at,
            allowed=able,
            allowed_label="points with a person",
        )
    if scenario.holds in alone:
        message = say("the point {point} is declared twice", point=scenario.holds)
        yield _twice(message, scenario.places["holds"], alone[scenario.holds].at)


def _twice(message: Message, at: Location, first: Location) -> Problem:
    note = say("first in {place}", place=f"{first.file}:{first.line}")
    return Problem(id=Id.NAME, message=message, at=at, note=note)


def _unknown_point(point: str, at: Location, known: Iterable[str]) -> Problem:
    names = tuple(known)
    return Problem(
        id=Id.UNKNOWN_REFERENCE,
        message=say("no simulated customer has the point {point}", point=point),
        at=at,
        allowed=names,
        allowed_label="points",
        suggestion=closest(point, names),
    )
