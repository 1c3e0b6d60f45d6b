"""Trees to the scenarios of the simulator: how a world differs from that of its people."""

from __future__ import annotations

from sgeflow.core.checking.misfiled import check_stem
from sgeflow.core.checking.simulator.lapses import LAPSES, decode_lapses
from sgeflow.core.checking.simulator.people import decode_facts, decode_services
from sgeflow.core.checking.simulator.people_schema import FACTS, POINT, SERVICES
from sgeflow.core.language.dates import parse_duration
from sgeflow.core.language.localized import localize
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import (
    DRAFT,
    FLOW_NAME,
    Schema,
    closed_object,
    duration,
    text,
    words,
)
from sgeflow.core.language.text import Tree
from sgeflow.core.people import CurveService, Scenario
from sgeflow.errors import Id, Problem
from sgeflow.messages import say

SCENARIO: Schema = {
    "$schema": DRAFT,
    "title": "sgeflow scenario of the simulator",
    **closed_object(
        {
            "scenario": text("its name; the file is named after it", pattern=FLOW_NAME),
            "title": words("what differs, one line"),
            "description": words("what it is for"),
            "about": text("the point whose person flows are run for, quoted", pattern=POINT),
            "point": closed_object(
                {
                    "known": {"type": "boolean", "description": "whether SGE knows the point"},
                    "owner": text("who holds it instead of its person, made up"),
                    "holds": text("the point that its person really holds, quoted", pattern=POINT),
                    **{
                        name: fact
                        for name, fact in FACTS.items()
                        if name not in ("name", "addressee")
                    },
                },
                description="what differs of the point",
            ),
            "services": SERVICES,
            "lapses": LAPSES,
            "curve_service": closed_object(
                {
                    "from": duration("when it begins, from the world's first day on: -P20D"),
                    "to": duration("when it ends: P345D"),
                    "stopped": {
                        "type": "boolean",
                        "description": "ended by its owner on the world's first day",
                    },
                    "direction": {
                        "enum": ["SOUTIRAGE", "INJECTION"],
                        "description": "of the data, SOUTIRAGE when not said",
                    },
                },
                ("from", "to"),
                "a load-curve service of ours: a collection, of `current` an access service",
            ),
            "consent": {
                "type": "boolean",
                "description": "a later run: the backoffice holds the consent of the curve service,"
                " and the flow remembers it",
            },
            "consent_of": text("who gave that consent: the last name of an earlier customer"),
            "trouble": {
                "enum": ["flaky", "down"],
                "description": "each request fails once or twice; SGE is in maintenance",
            },
        },
        ("scenario", "title", "about"),
        "How the simulated world differs from that of its people.",
    ),
    "x-called": "a scenario",
}


def decode_scenario(tree: Tree) -> tuple[Scenario | None, list[Problem]]:
    """One scenario, the points that it names still unchecked, or what is wrong with it."""
    reader = Reader(tree)
    if not reader.valid(SCENARIO):
        return None, reader.problems
    data = tree.data
    point = data.get("point", {})
    if data.get("consent") and "curve_service" not in data:
        message = say('the key "{key}" is missing', key="curve_service")
        note = say("a consent is remembered with its service")
        reader.report(Id.MISSING_KEY, message, ("consent",), key=True, note=note)
    scenario = Scenario(
        name=data["scenario"],
        title=localize(data["title"]),
        description=localize(data.get("description")),
        about=data["about"],
        is_known=point.get("known", True),
        point=decode_facts(point),
        owner=point.get("owner", ""),
        holds=point.get("holds", ""),
        services=decode_services(reader, ("services",)),
        curve_service=_curve_service(reader),
        has_consent=data.get("consent", False),
        consent_of=data.get("consent_of", ""),
        trouble=data.get("trouble", ""),
        lapses=decode_lapses(reader, ("lapses",)),
        at=reader.at(("scenario",)),
        places={"about": reader.at(("about",))}
        | ({"holds": reader.at(("point", "holds"))} if "holds" in point else {}),
    )
    check_stem(reader, "scenario", scenario.name)
    return scenario, reader.problems


def _curve_service(reader: Reader) -> CurveService | None:
    data = reader.get(("curve_service",))
    if data is None:
        return None
    return CurveService(
        start=parse_duration(data["from"]),
        end=parse_duration(data["to"]),
        is_stopped=data.get("stopped", False),
        direction=data.get("direction", "SOUTIRAGE"),
    )
