"""CommandeInformationsTechniquesEtContractuelles v1.0: technical data and contracts of points."""

from __future__ import annotations

from sgeflow.simulator import bulk
from sgeflow.simulator.shape import ANY_TEXT
from sgeflow.simulator.soap import RequestMessage
from sgeflow.simulator.world import World

FREE = {"cadreAcces": ANY_TEXT}


def answer(message: RequestMessage, world: World) -> bytes:
    """Open the case of the files."""
    points = bulk.points(message)
    bulk.check(message, world)
    return bulk.order(message, world, points, bulk.in_service)
