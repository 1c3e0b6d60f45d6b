"""What may be written of the made-up people of the simulator: their JSON Schema, and its parts."""

from __future__ import annotations

from sgeflow.core.language.schemas import (
    DRAFT,
    DURATION,
    FLOW_NAME,
    NAME,
    Schema,
    closed_object,
    duration,
    names_to,
    text,
    words,
)

POINT = r"^[0-9]{14}$"
_AGE = r"^(never|P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?)$"
_MOST = 100_000  # points of a crowd

FACTS: Schema = {
    "street": text("number and street as SGE files them: capitals, no accents"),
    "locality": text("the hamlet as SGE files it, beside a street or in its place"),
    "flat": text("staircase, floor and flat as SGE files them: ESC 2 ETG 4 APPT 41"),
    "building": text("the building as SGE files it: BAT B"),
    "name": text("the customer's last name or company as SGE files it"),
    "addressee": text("how the address names the customer"),
    "siret": text("of a company, quoted", pattern=r"^[0-9]{14}$"),
    "state": {"enum": ["SERVC", "RESIL"], "description": "in service, or terminated"},
    "segment": {
        "enum": ["C1", "C2", "C3", "C4", "C5", "none"],
        "description": "of what is consumed, C5 when not said; none for who only produces",
    },
    "production": {
        "enum": ["P1", "P2", "P3", "P4"],
        "description": "the segment of what is produced",
    },
    "level": text("how far the meter is open to services, quoted", pattern=r"^[0-2]$"),
    "since": closed_object(
        {
            name: text(description, pattern=_AGE)
            for name, description in (
                ("contract", "when the contract began: P40M ago when not said"),
                ("measures", "since when daily values are there: P36M ago when not said, or never"),
                ("curve", "since when the load curve is there: P24M ago when not said, or never"),
                ("finer", "since when a business has a step of five minutes instead of ten"),
            )
        },
        description="how long ago, before the world's first day",
    ),
    "off_peak": text("the hours of the cheap class; none for who has one class"),
    "over_ip": {
        "type": "boolean",
        "description": "whether a business meter is read over IP, as when not said",
    },
    "subscribed_kva": {
        "type": "integer",
        "minimum": 1,
        "maximum": 100_000,
        "description": "the subscribed power: 9 of a household, 60 of a business when not said",
    },
    "phases": {"enum": [1, 3], "description": "of its supply"},
}
_PERSON = closed_object(
    {
        "lastname": text("as the customer writes it"),
        "firstname": text("as the customer writes it"),
        "address": text("as the customer writes it"),
        "city": text("as the customer writes it"),
    },
    ("lastname", "firstname", "address", "city"),
    "the customer as a flow is given them; made up. Says name and street, too",
)
_ONE: Schema = {
    "commune": text("a name among `communes`", pattern=NAME),
    "person": _PERSON,
    **FACTS,
}
SERVICE: Schema = {
    **closed_object(
        {
            "id": text("its number, quoted", pattern=r"^[0-9]{8}$"),
            "point": text("whose it is, quoted", pattern=POINT),
            "kind": {
                "enum": ["ACCES", "TRANSREC", "CCDC", "OPPENR"],
                "description": "access, collection, curve collection, opposition",
            },
            "label": text("what SGE calls it"),
            "from": duration("when it begins, from the world's first day on: -P20D"),
            "to": duration("when it ends, P345D; open when not said"),
            "data": {"enum": ["CDC", "IDX", "ENERGIE", "PMAX"], "description": "what it gives"},
            "direction": {"enum": ["SOUTIRAGE", "INJECTION"], "description": "of the data"},
            "step": text("of its values, as PT30M", pattern=DURATION),
            "periodicity": text("of its files, as P1D", pattern=DURATION),
            "corrected": {"type": "boolean", "description": "whether its values are corrected"},
            "ours": {"type": "boolean", "description": "whether it is under our contract"},
        },
        ("id", "point", "kind", "label", "from"),
    ),
    "x-called": "a service",
}
SERVICES: Schema = {
    "type": "array",
    "items": SERVICE,
    "description": "what is subscribed when the world begins",
}

PEOPLE: Schema = {
    "$schema": DRAFT,
    "title": "sgeflow simulated people",
    **closed_object(
        {
            "people": text("their name; the file is named after it", pattern=FLOW_NAME),
            "title": words("one line"),
            "description": words("what they are for"),
            "published": text("where their ids are published; without it all are made up"),
            "communes": names_to(
                {
                    **closed_object(
                        {
                            "postalCode": text("five digits, quoted", pattern=r"^[0-9]{5}$"),
                            "insee": text("quoted", pattern=r"^[0-9][0-9AB][0-9]{3}$"),
                            "town": text("as SGE files it: capitals, no accents"),
                        },
                        ("postalCode", "insee", "town"),
                    ),
                    "x-called": "a commune",
                },
                "where their streets lie",
            ),
            "points": {
                "type": "array",
                "items": {
                    **closed_object(
                        {"id": text("14 digits, quoted", pattern=POINT), **_ONE}, ("id",)
                    ),
                    "x-called": "a point",
                },
                "description": "one by one",
            },
            "crowds": {
                "type": "array",
                "items": {
                    **closed_object(
                        {
                            "count": {
                                "anyOf": [
                                    {"type": "integer", "minimum": 1, "maximum": _MOST},
                                    {"enum": ["fleet"]},
                                ],
                                "description": "how many; fleet: as many as a fleet has rows",
                            },
                            "first": text("the id of the first, quoted", pattern=POINT),
                            **_ONE,
                        },
                        ("count", "first"),
                    ),
                    "x-called": "a crowd",
                },
                "description": "many of one kind; `{n}` in a text is the number of each, from 1",
            },
            "services": SERVICES,
        },
        ("people", "title", "communes"),
        "Made-up people of the simulator.",
    ),
    "x-called": "people",
}
