"""People and scenarios of the simulator in words, and as documents for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import asdict

from sgeflow.core.language.dates import Duration
from sgeflow.core.people import MadeUpPoint, MadeUpService, People, Scenario
from sgeflow.locale.translate import translate
from sgeflow.messages import from_table, reword, say
from sgeflow.terminal.describe import flowing
from sgeflow.terminal.problems import PLAIN, label_lines, wrap
from sgeflow.terminal.terminal import Paint

_NONE = ("segment", "off_peak")
_SIGNS = (("months", "M"), ("days", "D"))


def people_text(people: People, width: int, paint: Paint = PLAIN) -> str:
    """Who they are, one by one; of a crowd the first."""
    rows = [(point.id, _who(point)) for point in people.points]
    for crowd in people.crowds:
        count = say("as many as a fleet has rows") if crowd.count is None else str(crowd.count)
        rows.append(
            (f"{crowd.first.id} …", f"{_who(crowd.first)} ({translate(from_table(count))})")
        )
    return _page(
        people.name,
        (people.title, people.description),
        (("people", rows), ("services", _services(people.services))),
        width,
        paint,
    )


def people_document(people: People) -> dict[str, Any]:
    """People for programs."""
    return {
        "people": people.name,
        "title": people.title,
        "description": people.description,
        "published": people.published,
        "points": [_point(point) for point in people.points],
        "crowds": [
            {"count": crowd.count or "fleet", "first": _point(crowd.first)}
            for crowd in people.crowds
        ],
        "services": [_service(one) for one in people.services],
    }


def scenario_text(scenario: Scenario, width: int, paint: Paint = PLAIN) -> str:
    """What differs, and how to run it."""
    known = scenario_document(scenario)
    rows: list[tuple[str, str]] = [
        (from_table(label), _value_text(known[label]))
        for label in ("about", "point", "curve_service", "consent", "trouble")
        if known[label]
    ]
    command = f"sgeflow run konnector --scenario {scenario.name}"
    return _page(
        scenario.name,
        (scenario.title, scenario.description),
        (
            ("differs", rows),
            ("services", _services(scenario.services)),
            ("for example", [(command, "")]),
        ),
        width,
        paint,
    )


def scenario_document(scenario: Scenario) -> dict[str, Any]:
    """A scenario for programs."""
    curve = scenario.curve_service
    differs = {
        **({} if scenario.is_known else {"known": False}),
        **({"owner": scenario.owner} if scenario.owner else {}),
        **({"holds": scenario.holds} if scenario.holds else {}),
        **_facts(scenario.point),
    }
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "description": scenario.description,
        "about": scenario.about,
        "point": differs,
        "services": [_service(one) for one in scenario.services],
        "curve_service": curve
        and {
            "from": _duration_text(curve.start),
            "to": _duration_text(curve.end),
            "stopped": curve.is_stopped,
            "direction": curve.direction,
        },
        "consent": scenario.has_consent,
        "trouble": scenario.trouble,
    }


def _page(
    name: str,
    texts: Iterable[str],
    sections: Iterable[tuple[str, list[tuple[str, str]]]],
    width: int,
    paint: Paint,
) -> str:
    head = [
        paint(name, "bold"),
        *("\n".join(wrap(translate(reword(text, flowing)), width)) for text in texts),
    ]
    parts = [
        "\n".join([paint(translate(from_table(title)), "bold"), *label_lines(rows, width, paint)])
        for title, rows in sections
        if rows
    ]
    return "\n\n".join(part for part in (*head, *parts) if part)


def _who(point: MadeUpPoint) -> str:
    """Name and street, then what else is said of the point."""
    person = point.person
    name = point.facts.get("name") or (person.lastname if person else "")
    street = point.facts.get("street") or (person.address if person else "")
    more = {k: v for k, v in _facts(point.facts).items() if k not in ("name", "street")}
    return ", ".join([name, street, point.commune.town, *([_value_text(more)] if more else [])])


def _services(services: Iterable[MadeUpService]) -> list[tuple[str, str]]:
    return [(one.id, f"{one.point} · {one.kind} · {one.label}") for one in services]


def _point(point: MadeUpPoint) -> dict[str, Any]:
    return {
        "id": point.id,
        "person": None if point.person is None else asdict(point.person),
        "commune": asdict(point.commune),
        **_facts(point.facts),
    }


def _service(service: MadeUpService) -> dict[str, Any]:
    return {
        "id": service.id,
        "point": service.point,
        "kind": service.kind,
        "label": service.label,
        "from": _duration_text(service.start),
        "to": None if service.end is None else _duration_text(service.end),
        "ours": service.is_ours,
    }


def _facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as a document writes them, ages in `since`."""
    ages = {name.removeprefix("since_"): age for name, age in facts.items() if "since_" in name}
    plain = {
        name: "none" if name in _NONE and not fact else fact
        for name, fact in facts.items()
        if "since_" not in name
    }
    since = {name: "never" if age is None else _duration_text(age) for name, age in ages.items()}
    return {**plain, **({"since": since} if since else {})}


def _duration_text(length: Duration) -> str:
    sign = "-" if length.backwards else ""
    figures = [
        f"{abs(number)}{letter}" for name, letter in _SIGNS if (number := getattr(length, name))
    ]
    return f"{sign}P{''.join(figures) or '0D'}"


def _value_text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(_pairs(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _pairs(value: Mapping[str, Any]) -> Iterator[str]:
    for name, one in value.items():
        inside = f"{{{_value_text(one)}}}" if isinstance(one, dict) else _value_text(one)
        yield f"{name}: {inside}"
