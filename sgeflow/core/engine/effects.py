"""What a script may ask of the world. A script yields an effect and is handed the answer.

Evaluation never touches the world itself: the driver answers. Each effect names the type of its
answer; `ask` gives that type back to the script.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sgeflow.core.measures.columns import Measures
from sgeflow.core.model import (
    CallRecord,
    NoAnswer,
    Request,
    Response,
    Series,
    StepTrace,
)
from sgeflow.errors import Problem

A = TypeVar("A")
T = TypeVar("T")


class Effect(Generic[A]):
    """Something the world is asked for; `A` is the type of its answer."""

    __slots__ = ()


Script = Generator[Effect[Any], Any, T]
"""A generator of effects that ends with a `T`."""


def ask(effect: Effect[A]) -> Script[A]:
    """Yield one effect and return its answer, typed: `reply = yield from ask(Exchange(…))`."""
    answer: A = yield effect
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange(Effect[Response | NoAnswer]):
    """Send one request, once. `key` is stable over evaluations of the same run."""

    key: str
    request: Request
    attempt: int = 1
    deadline: float | None = None  # on the clock of `Clock`


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(Effect[None]):
    """Tell how an exchange was understood: the journal and the listener keep it.

    Of a reply that answers another request nothing is kept: `disowned` is it, and what stands for
    it where a conversation is recorded.
    """

    record: CallRecord
    disowned: tuple[Response, NoAnswer] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrders(Effect[tuple[tuple[str, str], ...]]):
    """The orders (operation, key) that forbid to undo anything `within` a trail.

    Those of the run whose outcome nobody knows, and those sent within the trail that wait for an
    answer; the journal knows them, also where this evaluation did not come to them.
    """

    within: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Effect[Response | NoAnswer | None]):
    """What came of an attempt before the run was stopped, and None of one that is not recorded.

    Nothing is sent.
    """

    key: str
    request: Request
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What keeping measures changed.

    Of a delivered file `outdated` counts values of which a later publication is kept, `removed`
    kept ones that it takes back.
    """

    new: int
    changed: int
    unchanged: int
    outdated: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Save(Effect[Saved]):
    """Keep measures: one row a start, a changed value replaces, nothing else is touched."""

    key: str
    series: Series
    measures: Measures


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The kept measures of a series, by start; `unit` is empty when nothing is kept."""

    unit: str
    measures: Measures


@dataclass(frozen=True, slots=True, kw_only=True)
class Load(Effect[Loaded]):
    """Read the kept measures of a series, `start <= t < end` in UTC epoch seconds."""

    key: str
    point: str
    name: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase(Effect[int]):
    """Delete all kept measures of a point; the answer is how many."""

    key: str
    point: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Effect[Any]):
    """Keep what was concluded from what is kept: a run that goes on concludes the same again.

    The answer is the value of the first evaluation; plain data.
    """

    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class Noted(Effect[Any]):
    """What a `Note` of a key has kept before the run was stopped, or None."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall(Effect[Mapping[str, Any] | None]):
    """What a flow remembered under a key, or None."""

    key: str
    collection: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remember(Effect[Problem | Mapping[str, Any]]):
    """Put values to what is remembered under a key, a null takes one away; None forgets it all.

    The answer is what is remembered then, or what another run has open there: then nothing was
    changed.
    """

    key: str
    collection: str
    name: str
    values: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file that was written and how many documents of each kind it holds.

    `note` is what a person should know of it: that it is a link.
    """

    file: str
    counts: Mapping[str, int]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export(Effect[Exported]):
    """Write kept measures to a file for others; the format is a file of `adapters/export`."""

    key: str
    format: str
    file: str
    point: str | None
    documents: Mapping[str, Any] = field(default_factory=dict)  # further documents by type


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteReport(Effect[Exported]):
    """Write what cases of homologation came to; the format is a file of `adapters/homologation`."""

    key: str
    format: str
    file: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Warn:
    """Something a person should know although nothing failed."""

    trail: str
    text: str


@dataclass(frozen=True, slots=True)
class Began:
    """A step begins; `total` items when it works through a list."""

    trail: str
    title: str
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """A step ended; the driver adds how long it took."""

    trace: StepTrace


@dataclass(frozen=True, slots=True)
class Tell(Effect[None]):
    """Let the listener know."""

    event: Warn | Began | Ended


@dataclass(frozen=True, slots=True)
class Clock(Effect[float]):
    """Seconds of a clock that only goes forward; for deadlines, never for dates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(Effect[float]):
    """The moment it is, in epoch seconds; a run that goes on is told the same one again."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Effect[None]):
    """Wait; with `jitter`, a random part of it, so that many do not come back together.

    Nobody waits again `before` what has a trail and had begun before the run was stopped.
    """

    seconds: float
    jitter: bool = False
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together(Effect[tuple[Any, ...]]):
    """Run scripts side by side, at most `limit` at once; the answers keep the order given.

    When an answer satisfies `stop`, no further script is begun; one that never began gives None.
    What had begun before the run was stopped is begun again all the same, by its trail: what it
    did may have to be undone. It sends no order then that had not been sent.
    """

    scripts: tuple[Script[Any], ...]
    trails: tuple[str, ...] = ()  # one a script
    limit: int
    stop: Callable[[Any], bool] | None = None
