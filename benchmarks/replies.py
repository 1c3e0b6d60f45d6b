"""Makes ConsultationMesuresDetaillees replies of any length, as versions 2.0 and 3.0 send them.

python benchmarks/replies.py v3 336 > reply.xml
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
STEP = timedelta(minutes=30)
START = datetime(2024, 1, 31, 23, 0, tzinfo=UTC)
SERVICES = "http://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a version calls things."""

    operation: str
    namespace: str
    root: str
    record: str
    after: str  # what follows the records


SHAPES = {
    "v2": Shape(
        "consulterMesuresDetaillees",
        f"{SERVICES}/v2.0",
        "consulterMesuresDetailleesResponse",
        "mesure",
        "",
    ),
    "v3": Shape(
        "consulterMesuresDetailleesV3",
        f"{SERVICES}/common",
        "consulterMesuresDetailleesResponseV3",
        "points",
        "<modeCalcul>MESURE</modeCalcul>",
    ),
}


def reply(version: str, points: int, start: datetime = START) -> bytes:
    """A household's load curve from a moment on: the same bytes for the same arguments."""
    shape = SHAPES[version]
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<ns4:{shape.root} xmlns:ns4="{shape.namespace}"'
        ' xmlns:ns3="http://www.enedis.fr/sge/b2b/technique/v1.0">'
        "<pointId>12345678901234</pointId><mesuresCorrigees>BRUT</mesuresCorrigees>"
        "<periode><dateDebut>2024-02-01</dateDebut><dateFin>2025-02-01</dateFin></periode>"
        "<grandeur><grandeurMetier>CONS</grandeurMetier><grandeurPhysique>PA</grandeurPhysique>"
        f"<unite>W</unite>{''.join(_records(version, points, start))}</grandeur>{shape.after}"
        f"</ns4:{shape.root}></soap:Body></soap:Envelope>"
    ).encode()


def _records(version: str, points: int, start: datetime) -> Iterator[str]:
    random = Random(7)
    power = 300
    for number in range(1, points + 1):
        power = min(9000, max(60, power + random.randint(-250, 250)))
        moment = (start + number * STEP).astimezone(PARIS)
        if version == "v2":
            day = moment.isoformat(timespec="milliseconds")
            yield f"<mesure><v>{power}</v><d>{day}</d><p>PT30M</p><n>B</n></mesure>"
        else:
            day = f"{moment:%Y-%m-%d %H:%M:%S}"
            yield f"<points><v>{power}</v><d>{day}</d><p>PT30M</p><n>B</n><iv>0</iv></points>"


if __name__ == "__main__":
    sys.stdout.buffer.write(reply(sys.argv[1], int(sys.argv[2])))
