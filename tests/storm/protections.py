"""The protections of the product, each taken away in one place: a storm must notice that.

The product has no switch for them. They are replaced from here, in a process that plays worlds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from sgeflow.adapters.http import connections
from sgeflow.adapters.state import customers, journal, run_lock
from sgeflow.adapters.state.records import Uptime
from sgeflow.adapters.state.sqlite import Sqlite
from sgeflow.core import binding
from sgeflow.core.engine import call
from sgeflow.core.measures import agreement
from sgeflow.core.measures.gaps import Recheck
from sgeflow.runtime import right_day
from sgeflow.runtime.masking import Masking

_BEGIN = Sqlite._begin


@dataclass(frozen=True, kw_only=True)
class Protection:
    """A protection: its purpose, the worlds that need it most, and how it is taken away."""

    says: str
    where: Mapping[str, str] = field(default_factory=dict)  # worlds in which it is needed most
    taken_away: tuple[tuple[Any, str, Any], ...]  # by where it is looked up

    @contextmanager
    def missing(self) -> Iterator[None]:
        """The product is without it within the block."""
        with ExitStack() as stack:
            for target, name, stand_in in self.taken_away:
                stack.enter_context(patch.object(target, name, stand_in))
            yield


def _put(pool: Any, connection: Any) -> None:
    """Keep a connection as urllib3 does."""
    super(connections._Kept, pool)._put_conn(connection)


def _never_synced(database: Any, *, writes: bool, durable: bool) -> Any:
    del durable
    return _BEGIN(database, writes=writes, durable=False)


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _as_refused(result: Any, request: Any, key: str) -> Any:
    del request, key
    yield from ()
    return result, None


def _as_it_came(masking: Any, text: str) -> str:
    del masking
    return text


PROTECTIONS: Mapping[str, Protection] = {
    "GUARD": Protection(
        says="an order that stands, or may, is in the way of the same one",
        where={"flow": "straight"},
        taken_away=((journal, "order_in_the_way", _nothing),),
    ),
    "ECHO": Protection(
        says="a reply must repeat what was asked, and what is kept be of its point",
        where={"flow": "fleet", "weather": "mixed"},
        taken_away=(
            (binding, "mismatch", _nothing),
            (agreement, "_check_point", _nothing),
        ),
    ),
    "CONNECTION": Protection(
        says="a request leaves only where nothing waits to be read",
        where={"flow": "konnector", "weather": "mixed"},
        taken_away=(
            (connections, "_check_silence", _nothing),
            (connections._Kept, "_put_conn", _put),
        ),
    ),
    "HOLD": Protection(
        says="who has lost a run writes nothing more",
        where={"flow": "fleet", "trouble": "sleep"},
        taken_away=((run_lock.Hold, "is_kept", lambda *_, **__: True),),
    ),
    "SYNC": Protection(
        says="an order's note, and what is told as kept, outlast the machine",
        where={"flow": "straight", "trouble": "power"},
        taken_away=((Sqlite, "_begin", _never_synced),),
    ),
    "FORGET": Protection(
        says="a run that has ended well lets go of what it held of people",
        where={"flow": "konnector"},
        taken_away=((journal, "forget_run", _nothing),),
    ),
    "WAIT": Protection(
        says="an order that may still be under way does not count as not accepted",
        where={"flow": "straight", "trouble": "operator", "weather": "queues"},
        taken_away=((journal.Journal, "under_way", lambda *_: 0.0),),
    ),
    "CLOCK": Protection(
        says="how old an order is, clocks tell that nobody sets",
        where={"flow": "straight", "trouble": "clock", "weather": "queues"},
        taken_away=((journal, "uptime", lambda: Uptime(boot="", seconds=0.0)),),
    ),
    "AGAIN": Protection(
        says="what was kept is asked for again in its turn, for values that were put right",
        where={"flow": "nights"},
        taken_away=((Recheck, "is_whole", _nothing),),
    ),
    "DAY": Protection(
        says="nothing that changes anything leaves on a day that is not right, by the other's clock",
        where={"flow": "straight", "trouble": "clock"},
        taken_away=((right_day.RunDay, "refuse", _nothing),),
    ),
    "ACCEPTED": Protection(
        says="an answer without what an accepted order has is no acceptance",
        where={"flow": "straight", "weather": "hollows"},
        taken_away=((binding, "lacking", _nothing),),
    ),
    "BEHIND": Protection(
        says="an answer that is followed by anything is none",
        where={"flow": "look", "weather": "mixed"},
        taken_away=((connections, "_is_followed", lambda *_: False),),
    ),
    "DOUBLED": Protection(
        says="a refusal of what may be there already is none before it was looked for",
        where={"flow": "straight", "weather": "doubles"},
        taken_away=((call, "judge_repetition", _as_refused),),
    ),
    "CUSTOMER": Protection(
        says="who moves in is shown nothing of who lived there before",
        where={"flow": "moves"},
        taken_away=((customers, "_set_aside", _nothing),),
    ),
    "MASK": Protection(
        says="nobody is named, and no token told, by what others say",
        where={"flow": "straight", "weather": "gossip"},
        taken_away=((Masking, "text", _as_it_came),),
    ),
}
