"""CommandeInformationsTechniquesEtContractuelles v1.0: what many points are."""

from __future__ import annotations

from collections.abc import Mapping

from sgeflow.simulator import bulk
from sgeflow.simulator.message import Message
from sgeflow.simulator.shape import Schema
from sgeflow.simulator.world import World

FREE: Mapping[str, Schema] = {"cadreAcces": {}}


def answer(message: Message, world: World) -> bytes:
    """Open the case of the files."""
    wanted = bulk.points(message)
    bulk.check(message, world)
    return bulk.order(message, world, wanted, bulk.in_service)
