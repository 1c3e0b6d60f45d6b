"""CommandeHistoriqueDonneesMesuresFacturantes v1.0: billing measures of many points."""

from __future__ import annotations

from collections.abc import Mapping

from sgeflow.simulator import bulk
from sgeflow.simulator.message import Message
from sgeflow.simulator.shape import Schema
from sgeflow.simulator.world import World

FREE: Mapping[str, Schema] = {"cadreAcces": {}}

_MONTHS = 36


def answer(message: Message, world: World) -> bytes:
    """Open the case of the files."""
    wanted = bulk.points(message)
    bulk.check(message, world)
    bulk.check_period(message, world, _MONTHS)
    return bulk.order(message, world, wanted, bulk.in_service)
