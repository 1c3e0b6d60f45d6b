"""What a script may ask of the world. A script yields an effect and is handed the answer.

Evaluation never touches the world itself: the driver answers. Each effect names the type of its
answer; `ask` gives that type back to the script.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sgeflow.core.model import (
    CallRecord,
    Measure,
    NoAnswer,
    Request,
    Response,
    Series,
    StepTrace,
)

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
    """Tell how an exchange was understood: the journal and the listener keep it."""

    record: CallRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent(Effect[bool]):
    """Whether a lost order that a read did not show was surely not accepted.

    It was not when the read began `after` seconds or more after the order's bytes left, and this
    is the first time. Then it may be sent once more.
    """

    key: str  # of the order
    by: str  # of the read
    since: float  # when the read began, on the clock of `Clock`
    after: float


@dataclass(frozen=True, slots=True)
class Vouched(Effect[bool]):
    """Whether a person has found out that the lost order of a key was accepted."""

    key: str


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
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The kept measures of a series, by start; `unit` is empty when nothing is kept."""

    unit: str
    measures: tuple[Measure, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall(Effect[Mapping[str, Any] | None]):
    """What a flow remembered under a key, or None."""

    key: str
    collection: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remember(Effect[None]):
    """Replace what is remembered under a key; None forgets it."""

    key: str
    collection: str
    name: str
    value: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file that was written and how many documents of each kind it holds."""

    file: str
    counts: Mapping[str, int]


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
    """Wait; with `jitter`, a random part of it, so that many do not come back together."""

    seconds: float
    jitter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Together(Effect[tuple[Any, ...]]):
    """Run scripts side by side, at most `limit` at once; the answers keep the order given.

    When an answer satisfies `stop`, no further script is begun; one that never began gives None.
    """

    scripts: tuple[Script[Any], ...]
    limit: int
    stop: Callable[[Any], bool] | None = None
