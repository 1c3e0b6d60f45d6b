"""The facts of a fleet for its page: rows, pace, kept days, and tasks of people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from statistics import median

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.model import IDENTITY_UNCLEAR, FaultClass, Status
from sgeflow.errors import Exit
from sgeflow.messages import join_items, say, say_count
from sgeflow.patterns import regex
from sgeflow.tools.pages.parts import CodeExplanation, Explain

DAYS = 365
"""The number of whole days before the fleet's day that the page covers."""

BINS = 60
"""The maximum number of bars of the pace; a bar covers at least one second."""

SLOWEST = 8
"""The number of slowest rows that are shown."""

_ENDS = 12  # ends for which an example row has its own page
DONE, FAILED, OPEN = "done", "failed", "open"


class FleetRow(Struct, frozen=True, kw_only=True):
    """A row: number, line, state, code of its failure, end (epoch seconds)."""

    number: int
    line: int = 0  # the line in the file, if known
    state: str  # DONE, FAILED, or OPEN (not begun or stopped)
    code: str = ""
    exit: int = 0
    end: str = ""  # the place of the flow's end, if known
    ended: float = 0.0
    seconds: float = 0.0
    calls: int = 0
    point: str = ""  # only if the page was asked to name points


class Days(Struct, frozen=True, kw_only=True, dict=True):
    """The days with daily energy for each point; `kept` has a text of `DAYS` signs per point.

    A sign is `1` if a value of the day is kept, else `0`; the first sign is the earliest day.
    """

    kept: Sequence[str]
    rows: Sequence[int] = ()  # the row of each point, if known

    @cached_property
    def share(self) -> list[float]:
        """The share of points that have each day."""
        signs = "".join(self.kept)
        return [signs[day::DAYS].count("1") / len(self.kept) for day in range(DAYS)]

    @property
    def whole(self) -> int:
        """The number of points that have all days."""
        return sum("0" not in one for one in self.kept)

    @property
    def empty(self) -> int:
        """The number of points that have no day."""
        return sum("1" not in one for one in self.kept)

    @cached_property
    def partial(self) -> list[str]:
        """The texts of points that have some days, the emptiest first."""
        some = (one for one in self.kept if "0" in one and "1" in one)
        return sorted(some, key=lambda one: (one.count("1"), one))


class FleetFacts(Struct, frozen=True, kw_only=True, dict=True):
    """The facts of a fleet; without `days`, `why_no_days` gives the reason."""

    run: str
    flow: str
    environment: str
    is_simulated: bool
    today: date
    started: float
    ended: float  # end of the fleet, or of its last row so far
    is_ended: bool
    total: int
    rows: tuple[FleetRow, ...]
    values: int = 0  # received measures, as far as known
    days: Days | None = None
    why_no_days: str = ""

    @property
    def seconds(self) -> float:
        """Seconds from start to end."""
        return max(self.ended - self.started, 0.001)

    @property
    def done_count(self) -> int:
        """The number of rows that ended well."""
        return sum(row.state == DONE for row in self.rows)

    @cached_property
    def ended_rows(self) -> tuple[FleetRow, ...]:
        """Rows that ended, well or not."""
        return tuple(row for row in self.rows if row.state != OPEN)

    @property
    def status(self) -> Status:
        """Whether all, some or no rows of the fleet are done."""
        if self.done_count == self.total:
            return Status.DONE
        if not self.is_ended:
            return Status.RUNNING
        return Status.PARTIAL if self.done_count else Status.FAILED

    @property
    def calls(self) -> int:
        """The number of attempts of all rows."""
        return sum(row.calls for row in self.rows)

    @cached_property
    def slowest(self) -> list[FleetRow]:
        """The slowest rows, the slowest first."""
        return sorted(self.ended_rows, key=lambda row: (-row.seconds, row.number))

    @cached_property
    def examples(self) -> list[int]:
        """Rows with pages of their own: the slowest ones, and one for each end."""
        ends = [rows[0] for rows in self.by_end().values()]
        return sorted({row.number for row in (*self.slowest[:SLOWEST], *ends[:_ENDS])})

    @property
    def median_seconds(self) -> float:
        """The median duration of a row; 0 if no row has ended."""
        return median(row.seconds for row in self.ended_rows) if self.ended_rows else 0.0

    def by_end(self) -> Mapping[tuple[str, int, str], tuple[FleetRow, ...]]:
        """Failed rows by code, exit code and place of their end, the most frequent first."""
        by_end: dict[tuple[str, int, str], list[FleetRow]] = {}
        for row in self.rows:
            if row.state == FAILED:
                by_end.setdefault((row.code, row.exit, row.end), []).append(row)
        ordered = sorted(by_end.items(), key=lambda one: (-len(one[1]), one[0]))
        return {key: tuple(rows) for key, rows in ordered}

    def pace(self) -> list[tuple[int, int]]:
        """Rows done and failed, in `BINS` equal parts of the time; fewer for a short fleet."""
        count = max(1, min(BINS, int(self.seconds)))
        bins = [[0, 0] for _ in range(count)]
        for row in self.ended_rows:
            at = int((row.ended - self.started) / self.seconds * count)
            bins[min(count - 1, max(0, at))][row.state == FAILED] += 1
        return [(good, bad) for good, bad in bins]

    def rows_that_lack_days(self) -> list[int]:
        """Rows that are done but whose points lack days, in order."""
        if self.days is None:
            return []
        done = {row.number for row in self.rows if row.state == DONE}
        pairs = zip(self.days.rows, self.days.kept, strict=False)
        return sorted(row for row, kept in pairs if "0" in kept and row in done)

    @property
    def first_day(self) -> date:
        """The earliest day that the page covers."""
        return self.today - timedelta(days=DAYS)


def ranges(numbers: Sequence[int]) -> str:
    """Sorted numbers as text: `1` to `4` with a dash, `7`."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in parts)  # noqa: RUF001


CUSTOMER, OPERATOR, LATER, GO_ON = "customer", "operator", "later", "open"
ORDER = (OPERATOR, CUSTOMER, LATER, GO_ON)
"""The people who act, the most urgent first."""

_CUSTOMER = regex(r"(LOGIN_FAILED|USER_ACTION_NEEDED|TERMS_VERSION_MISMATCH)(\.\w+)?")
_LATER_EXITS = (Exit.TECHNICAL, Exit.PARTIAL)
_LATER = {one.value for one in (FaultClass.TECHNICAL, FaultClass.TRANSIENT, FaultClass.NETWORK)}
_MOST_HINTS = 2
_MOST_TASKS = 40  # ends listed one by one


class FleetTask(Struct, frozen=True, kw_only=True):
    """Rows that ended alike, the person who acts, and the remedy."""

    who: str
    code: str
    rows: tuple[FleetRow, ...]
    means: str
    to_do: str


def tasks(fleet: FleetFacts, explain: Explain) -> list[FleetTask]:
    """The tasks of a fleet, sorted by the person who acts."""
    alike: dict[tuple[str, str, str, str], list[FleetRow]] = {}
    for (code, exit_, end), rows in fleet.by_end().items():
        about = explain(code, end)
        who = _who(code, exit_, about)
        to_do: str = say("The next run tries it again.") if who == LATER else ""
        if about.remedies:
            to_do = join_items(about.remedies[:_MOST_HINTS], " ")
        alike.setdefault((who, code, about.means, to_do), []).extend(rows)
    found = (
        FleetTask(who=who, code=code, rows=_by_number(rows), means=means, to_do=to_do)
        for (who, code, means, to_do), rows in alike.items()
    )
    failed = sorted(found, key=lambda task: -len(task.rows))
    work = [*failed[:_MOST_TASKS], *_rare_tasks(fleet, failed[_MOST_TASKS:]), *_open_tasks(fleet)]
    work.sort(key=lambda task: (ORDER.index(task.who), not task.code, -len(task.rows)))
    told: set[str] = set()
    for at, task in enumerate(work):
        if fleet.is_simulated and task.to_do in told:  # the same advice is given once
            work[at] = replace(task, to_do="")
        told.add(task.to_do)
    return work


def _rare_tasks(fleet: FleetFacts, rare: Sequence[FleetTask]) -> Iterator[FleetTask]:
    """The rarest ends, in one task for each person who acts."""
    for who in ORDER:
        same = [task for task in rare if task.who == who]
        if same:
            yield FleetTask(
                who=who,
                code="",
                rows=_by_number(row for task in same for row in task.rows),
                means=say_count("{count:,} more end", "{count:,} more ends", count=len(same)),
                to_do=say("`sgeflow runs show {run}` lists them.", run=fleet.run),
            )


def _by_number(rows: Iterable[FleetRow]) -> tuple[FleetRow, ...]:
    return tuple(sorted(rows, key=lambda row: row.number))


def _who(code: str, exit_: int, about: CodeExplanation) -> str:
    if exit_ == Exit.GUARDED or code == IDENTITY_UNCLEAR:
        return OPERATOR
    if _CUSTOMER.fullmatch(code):
        return CUSTOMER
    is_later = exit_ in _LATER_EXITS or (exit_ == Exit.REFUSED and about.fault_class in _LATER)
    return LATER if is_later or code.startswith(("VENDOR_DOWN", "MAINTENANCE")) else OPERATOR


def _open_tasks(fleet: FleetFacts) -> Iterator[FleetTask]:
    rows = tuple(row for row in fleet.rows if row.state == OPEN)
    if rows:
        to_do = say("`sgeflow resume {run}` resumes them.", run=fleet.run)
        if fleet.is_simulated:
            to_do = say("this run was simulated: run it again")
        means = say("not begun, or stopped")
        yield FleetTask(who=GO_ON, code="", rows=rows, means=means, to_do=to_do)
