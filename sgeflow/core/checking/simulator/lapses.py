"""Trees to the lapses of a scenario: days on which a meter tells less, or otherwise."""

from __future__ import annotations

from sgeflow.core.language.dates import parse_duration
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import Schema, closed_object, duration, text
from sgeflow.core.people import Lapse
from sgeflow.errors import Id
from sgeflow.messages import say

_CURVE, _PEAK = "COURBE", "PMAX"
_HOUR: Schema = {"type": "integer", "minimum": 0, "maximum": 24}

LAPSES: Schema = {
    "type": "array",
    "minItems": 1,
    "description": "days on which the point's meter tells less, or otherwise",
    "items": closed_object(
        {
            "what": {
                "enum": [_CURVE, "ENERGIE", _PEAK],
                "description": "the kind of measures, as SGE calls it",
            },
            "from": duration("the first day, from the world's first day on: -P20D"),
            "to": duration("the day after the last one: -P18D"),
            "hours": {
                "type": "array",
                "items": _HOUR,
                "minItems": 2,
                "maxItems": 2,
                "description": "of a curve, the hours of the clock alone: [7, 13] is from 7 to 13",
            },
            "at": text(
                "of a highest power, the time of the day that is told: 06:10",
                pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
            ),
            "percent": {
                "type": "integer",
                "minimum": 1,
                "maximum": 1000,
                "description": "so much of what was measured is told; without it or `at`, nothing",
            },
        },
        ("what", "from", "to"),
    ),
}


def decode_lapses(reader: Reader, path: tuple[str, ...]) -> tuple[Lapse, ...]:
    """The lapses that a document tells of."""
    lapses = []
    for number, data in enumerate(reader.get(path, [])):
        hours = data.get("hours")
        if hours and data["what"] != _CURVE:
            message = say("{what} has no hours: it is a value a day", what=data["what"])
            reader.report(Id.RULE, message, (*path, number, "hours"), key=True)
        if hours and hours[0] >= hours[1]:
            message = say("the hours {first} to {last} are none", first=hours[0], last=hours[1])
            note = say("the first comes before the last, within one day")
            reader.report(Id.RULE, message, (*path, number, "hours"), note=note)
        at = data.get("at")
        if at and data["what"] != _PEAK:
            message = say("{what} has no instant: PMAX has", what=data["what"])
            reader.report(Id.RULE, message, (*path, number, "at"), key=True)
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
