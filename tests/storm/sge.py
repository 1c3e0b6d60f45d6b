"""SGE as it stands behind the network: the simulator's router, and a book of all orders taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sgeflow.core.engine.step import Catalog
from sgeflow.simulator.router import Router
from sgeflow.simulator.world import World

_MOMENTS = 60  # seconds from the sending of an order until it is taken
_A_DAY = 86_400  # seconds for which an order may not be repeated, where an environment says nothing


@dataclass(frozen=True)
class Accepted:
    """An order that SGE has taken: a line of its book."""

    operation: str
    point: str
    moment: float  # true time
    request: bytes  # its body
    made: tuple[str, ...] = ()  # the services that it began, or that run longer since


@dataclass
class Sge:
    """The router of a world, which writes down what orders it has taken, and when."""

    catalog: Catalog
    world: World
    now: Callable[[], float]
    knows_age: Callable[[float], bool]  # whether our machine can know how long ago a moment is
    is_doubled: Callable[[], bool] = lambda: False  # whether what comes now, nobody has sent
    book: list[Accepted] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)  # orders that came although they stood

    def __post_init__(self) -> None:
        self._router = Router(self.catalog.operations, self.world)
        self.receive = self._router.receive

    def answer(self, visit: Any, call: Any) -> Any:
        """Answer as the router does, and write orders that are taken into the book."""
        if not visit.sge or visit.read or visit.message is None:
            return self._router.answer(visit, call)
        point = visit.message.point_id()
        before = set(self.world.services(point))
        if not self.is_doubled():
            self._look_for_another(point, call.body, visit.label)
        reply = self._router.answer(visit, call)
        if reply.outcome == "ok":
            now = self.world.services(point)
            made = (one.id for one in now if one not in before and self.world.active(one))
            self.book.append(Accepted(visit.label, point, self.now(), call.body, tuple(made)))
        return reply

    def _look_for_another(self, point: str, body: bytes, operation: str) -> None:
        """Note an order that comes although the same one was taken, and still stands."""
        active = {one.id for one in self.world.services(point) if self.world.active(one)}
        for line in self.book:
            is_recent = self.now() - line.moment < _A_DAY - _MOMENTS
            if (
                is_recent
                and self.knows_age(line.moment)
                and line.request == body
                and active.intersection(line.made)
            ):
                self.doubles.append(f"{operation} at {point}")
