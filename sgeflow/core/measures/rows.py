"""Reads the rows of a reply into columns: instants, days, values, steps and natures.

A year of half-hours has 17,520 rows. Each repeated text (a date, a time of day with its offset, a
step) is parsed once for each reply.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import compress, pairwise
from math import isfinite
from operator import add
from types import NoneType
from typing import Any, Literal

from msgspec import Struct, field

from sgeflow.core.language.dates import Duration, parse_duration
from sgeflow.core.language.rows import Rows
from sgeflow.core.measures.civil_time import (
    HOUR,
    as_utc,
    civil,
    day_length,
    instants,
    midnight,
    offset_of,
)
from sgeflow.core.measures.columns import LARGEST, MOST_DIGITS, MeasureValues, whole_numbers
from sgeflow.core.measures.conventions import is_blank
from sgeflow.core.packed import distinct, map_cells
from sgeflow.errors import Id, InvalidValues
from sgeflow.messages import Message, exception_text, say, say_count, sentences
from sgeflow.patterns import regex

_TIME = regex(
    r"[T ]([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]+)?)?"
    r"(?:(Z)|([+-])(0[0-9]|1[0-4]):([0-5][0-9]))?"
)
_OFFSET = regex(r"Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9]")
_DAY = regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = regex(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_NUMBER = regex(r"[+-]?[0-9]{1,18}(\.[0-9]+)?")
_YEARS = range(1980, 2200)
_PARIS_OFFSETS = (3600, 7200)

StampForm = Literal["time", "day", "month"]
"""The form of a stamp."""


class Columns(Struct):
    """The kept rows as columns: the instant, the written civil day, value, step and nature of each.

    Rows whose instant has two possible values are dropped: `left_out` has the reasons.
    """

    instants: list[int] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    values: MeasureValues = field(default_factory=list)
    steps: list[Duration | None] = field(default_factory=list)
    natures: list[str] = field(default_factory=list)
    forms: set[StampForm] = field(default_factory=set)
    dropped: int = 0
    flags: list[Message] = field(default_factory=list)
    left_out: list[Message] = field(default_factory=list)

    def drop(self, places: Collection[int]) -> None:
        """Remove the entries at these places."""
        wanted = [place not in places for place in range(len(self.values))]
        self.instants = list(compress(self.instants, wanted))
        self.days = list(compress(self.days, wanted))
        self.values = list(compress(self.values, wanted))
        self.steps = list(compress(self.steps, wanted))
        self.natures = list(compress(self.natures, wanted))


class _Day(Struct, frozen=True):
    day: date
    base: int  # midnight of the day read as UTC
    offset: int | None  # None when the clock changes on this day
    form: StampForm


class _Time(Struct, frozen=True):
    second: int
    offset: int | None  # None without a written offset
    form: StampForm


class _DateColumn(Struct, frozen=True):
    """A column of dates: the day and time of each, and its instant if one rule suffices.

    Instants on days with a clock change are decided later.
    """

    written: list[_Day]
    times: list[_Time]
    days: list[date]
    instants: list[int] | None
    forms: set[StampForm]
    changing: dict[date, None]  # an ordered set: days with a clock change


def read(rows: Sequence[Mapping[str, Any]], step: Duration | None) -> Columns:
    """Read rows `{date, value, step?, nature?}`; rows without a step have the given `step`.

    Raises:
        InvalidValues: a row cannot be read; the message names the first one.
    """
    if isinstance(rows, Rows) and (columns := _Reader(step).read_columns(rows)):
        return columns
    reader = _Reader(step)
    number = 0
    try:
        for number, row in enumerate(rows, 1):  # noqa: B007 (named when a row is refused)
            reader.read(row)
    except ValueError as error:
        raise row_error(number, len(rows), exception_text(error)) from None
    return reader.finish(reader.values)


def row_error(number: int, count: int, error: Message) -> InvalidValues:
    """The error about one row of `count`, with its number."""
    message = say("measure {number} of {count}: {error}", number=number, count=count, error=error)
    return InvalidValues.of(Id.INVALID_VALUE, message)


def not_text(name: str, value: Any) -> Message:
    """The message that a field of a row is not a text."""
    return say("its {name} is {text}, not text", name=name, text=_value_text(value))


class _Reader:
    """Reads the rows of one reply; its memory of parsed texts lasts only for that reply."""

    def __init__(self, step: Duration | None) -> None:
        self._columns = Columns()
        self._days: dict[str, _Day] = {}
        self._times: dict[str, _Time] = {}
        self._steps: dict[str | None, Duration | None] = {None: step}
        self.values: list[int | float] = []
        self._changes = ClockChanges()
        self._mended: dict[date, None] = {}  # an ordered set: days with offsets and a clock change

    def read(self, row: Mapping[str, Any]) -> None:
        if type(row) is not dict and not isinstance(row, Mapping):
            raise ValueError(
                say("{row} is not an object with a date and a value", row=_value_text(row))
            )
        columns = self._columns
        value = _number(row.get("value"))
        if value is None:
            columns.dropped += 1
            return
        text = row.get("date")
        if not isinstance(text, str):
            raise ValueError(say("its date is {text}, not text", text=_value_text(text)))  # noqa: TRY004 (told with its row)
        day = self._days.get(text[:10]) or self._read_day(text)
        time = self._times.get(text[10:]) or self._read_time(text)
        step = row.get("step")
        self.values.append(value)
        is_known = (step is None or type(step) is str) and step in self._steps
        columns.steps.append(self._steps[step] if is_known else self._read_step(step))
        nature = row.get("nature")
        if nature is not None and type(nature) is not str:
            raise ValueError(not_text("nature", nature))
        columns.natures.append(nature or "")
        self._place(day, time)

    def read_columns(self, rows: Rows) -> Columns | None:
        """Read all rows at once into columns; None if a row is not plain."""
        columns = self._columns
        values = whole_numbers(rows.column("value"))
        dates: list[Any] = [*rows.column("date")]
        steps, natures = rows.column("step"), rows.column("nature")
        if values is None or {*map(type, dates)} != {str}:
            return None
        if not {*map(type, distinct(steps)), *map(type, distinct(natures))} <= {str, NoneType}:
            return None
        try:
            column = _read_dates(tuple(dates))
            columns.steps = map_cells(
                steps, lambda one: self._steps.get(one) or self._read_step(one)
            )
        except ValueError:
            return None
        columns.natures = map_cells(natures, lambda one: one or "")
        self._place_all(column)
        columns.forms = column.forms
        return self.finish(values)

    def finish(self, values: MeasureValues) -> Columns:
        columns = self._columns
        columns.values = values
        left_open = self._changes.decide(columns.instants, self._step_of)
        hours = _autumn_hours(columns.instants, self._mended)
        for day in self._mended:
            flag, places = repair(columns.instants, day, hours)
            if flag:
                columns.flags.append(flag)
            if places:
                left_open[day] += places
        self._leave_out(left_open)
        columns.flags.extend(self._changes.flags())
        return columns

    def _step_of(self, place: int) -> int:
        step = self._columns.steps[place]
        return step.seconds if step else 0

    def _leave_out(self, left_open: Mapping[date, Sequence[int]]) -> None:
        """Remove intervals that may belong to two hours; a maximum power stays in the first."""
        columns, dropped = self._columns, list[int]()
        for day, places in left_open.items():
            intervals = [*filter(self._step_of, places)]
            dropped += intervals
            if intervals:
                either_hour = say(
                    "on {day} the clock repeats an hour; sgeflow does not keep {values} that may be"
                    " of one or the other",
                    day=day,
                    values=say_count("{count:,} value", "{count:,} values", count=len(intervals)),
                )
                columns.left_out.append(either_hour)
            if len(intervals) < len(places):
                repeated_hour = say(
                    "on {day} the clock repeats an hour; sgeflow keeps {stamps} in the first of"
                    " the two",
                    day=day,
                    stamps=_stamps(len(places) - len(intervals)),
                )
                columns.flags.append(repeated_hour)
        if dropped:
            columns.drop({*dropped})

    def _place_all(self, column: _DateColumn) -> None:
        """Compute the instant of each row; at once if all rows have the same form."""
        columns = self._columns
        if column.instants is None:
            for day, time in zip(column.written, column.times, strict=True):
                self._place(day, time)
            return
        columns.instants, columns.days = [*column.instants], column.days
        if not column.changing:
            return
        if column.times[0].offset is not None:
            self._mended = column.changing
            return
        for place, day in enumerate(column.written):
            if day.offset is None:
                second = column.times[place].second
                columns.instants[place] = self._changes.instant(place, day.day, second)

    def _place(self, day: _Day, time: _Time) -> None:
        columns = self._columns
        if time.offset is not None:
            instant = day.base + time.second - time.offset
            if day.offset is None:
                self._mended[day.day] = None
            abroad = time.offset not in _PARIS_OFFSETS
            columns.days.append(civil(instant).date() if abroad else day.day)
        elif day.offset is not None:
            instant = day.base + time.second - day.offset
            columns.days.append(day.day)
        else:
            instant = self._changes.instant(len(columns.instants), day.day, time.second)
            columns.days.append(day.day)
        columns.instants.append(instant)

    def _read_day(self, text: str) -> _Day:
        try:
            day = _parse_day(text[:10])
        except ValueError:
            raise ValueError(
                say(
                    "its date {text} is not a date, a date with a time, or a month",
                    text=_value_text(text),
                )
            ) from None
        if day is None:
            raise ValueError(say("its date {text} is out of range", text=_value_text(text)))
        self._days[text[:10]] = day
        self._columns.forms.add(day.form)
        return day

    def _read_time(self, text: str) -> _Time:
        time = _parse_time(text[10:])
        if time is None:
            raise ValueError(
                say(
                    "its date {text} does not end in a time as SGE writes it",
                    text=_value_text(text),
                )
            )
        self._times[text[10:]] = time
        self._columns.forms.add(time.form)
        return time

    def _read_step(self, text: Any) -> Duration | None:
        if is_blank(text):
            step = self._steps[None]
        else:
            step = parse_duration(text)
            check_step(step, text)
        self._steps[text] = step
        return step


@lru_cache(maxsize=4096)  # a file repeats the days of a few years in each of its series
def _parse_day(text: str) -> _Day | None:
    """The day of a date or month; None outside the years that can be measured."""
    form: StampForm = "month" if _MONTH.fullmatch(text) else "day"
    day_text = f"{text}-01" if form == "month" else text
    day = date.fromisoformat(day_text if _DAY.fullmatch(day_text) else "")
    return _Day(day, as_utc(day), offset_of(day), form) if day.year in _YEARS else None


def _parse_time(text: str) -> _Time | None:
    """The time behind a date; None if the text is not a time."""
    match = _TIME.fullmatch(text)
    if match is None:
        # a date alone, or `2025-05-15+02:00`: the written civil date counts
        return None if text and not _OFFSET.fullmatch(text) else _Time(0, None, "day")
    hour, minute, second, zulu, sign, ahead_hours, ahead_minutes = match.groups()
    offset = 0 if zulu else None
    if sign:
        ahead = int(ahead_hours) * 3600 + int(ahead_minutes) * 60
        offset = -ahead if sign == "-" else ahead
    seconds = int(hour) * 3600 + int(minute) * 60 + int(second or 0)
    return _Time(seconds, offset, "time")


@lru_cache(maxsize=1)  # the series of a delivered file share their dates
def _read_dates(dates: tuple[str, ...]) -> _DateColumn:
    """A column of dates; each repeated text is parsed once.

    Raises:
        ValueError: a text is not a date.
    """
    day_texts, time_texts = [one[:10] for one in dates], [one[10:] for one in dates]
    known_days = {text: _parse_day(text) for text in {*day_texts}}
    known_times = {text: _parse_time(text) for text in {*time_texts}}
    if None in known_days.values() or None in known_times.values():
        raise ValueError("a text that is no date")
    written: list[Any] = [*map(known_days.__getitem__, day_texts)]
    times: list[Any] = [*map(known_times.__getitem__, time_texts)]
    offsets = {time.offset for time in times}
    instants = None
    if offsets == {None}:
        bases = [day.base - (day.offset or 0) for day in written]
        instants = [*map(add, bases, [time.second for time in times])]
    elif offsets <= {*_PARIS_OFFSETS}:
        seconds = [time.second - time.offset for time in times]
        instants = [*map(add, [day.base for day in written], seconds)]
    return _DateColumn(
        written=written,
        times=times,
        days=[day.day for day in written],
        instants=instants,
        forms={one.form for one in {*written, *times}},
        changing=dict.fromkeys(day.day for day in written if day.offset is None),
    )


def check_step(step: Duration, text: Any) -> None:
    """Check that a step is a length of the clock (PT30M) or of the calendar (P1D, P1M)."""
    if not step or step.backwards or sum(map(bool, (step.months, step.days, step.seconds))) > 1:
        raise ValueError(
            say("{text} is not a step; write it like PT30M, P1D or P1M", text=_value_text(text))
        )


def _number(value: Any) -> int | float | None:
    """A value as SGE sent it; None for each way in which SGE says that there is no value.

    A monthly maximum power of fewer than seven days is xsi:nil in v2 of the detailed measures, and
    the text `null` in v3.
    """
    if isinstance(value, str):
        if len(value) <= MOST_DIGITS and value.isdecimal() and value.isascii():  # the usual case
            return int(value)
        text = value.strip()
        match = _NUMBER.fullmatch(text)
        if match:
            return float(text) if match[1] else int(text)
        if is_blank(text):
            return None
    elif value is None:
        return None
    elif isinstance(value, int) and not isinstance(value, bool):
        if -LARGEST <= value <= LARGEST:
            return value
    elif isinstance(value, float) and isfinite(value):
        return value
    raise ValueError(say("its value {value} is not a number", value=_value_text(value)))


def _value_text(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "…"  # noqa: PLR2004 (a message is a line)


_NEAR = 12 * HOUR  # the longest distance between two neighbours of the same part of a curve
_AROUND = 48  # rows on each side of the hour that show the direction of time

Reading = tuple[int, ...]
"""The instants of consecutive rows."""


class ClockChanges:
    """Times without an offset on days on which the clock changes.

    In an October night SGE writes 02:00, 02:30, 02:00, 02:30 for four half-hours (detailed measures
    v3). The direction of the times around the hour, and the steps between them, tell to which of
    the two hours each time belongs. A file may be sorted by stamp, or may end within the hour:
    times with two possible readings, or none, are dropped.
    """

    def __init__(self) -> None:
        self._repeated: dict[int, date] = {}
        self._skipped: Counter[date] = Counter()

    def instant(self, place: int, day: date, second: int) -> int:
        """The instant of the time of day written at a place; the earlier one of two."""
        first, second_time = instants(day, second)
        if first > second_time:
            self._skipped[day] += 1
        elif first < second_time:
            self._repeated[place] = day
        return first

    def decide(self, times: list[int], step_of: Callable[[int], int]) -> dict[date, list[int]]:
        """Correct the instants of the repeated hour; return the undecided places by day.

        `step_of` returns the seconds of a place's interval, or 0 without one.
        """
        left_open: dict[date, list[int]] = defaultdict(list)
        for day, block in self._blocks():
            readings = {*self._readings(times, block, step_of)}
            if len(readings) == 1:
                times[block[0] : block[-1] + 1] = readings.pop()
            else:
                left_open[day] += block
        return left_open

    def flags(self) -> Iterator[Message]:
        """Warnings about the hours that spring skips."""
        for day, count in self._skipped.items():
            yield say(
                "on {day} the clock skips an hour; sgeflow moves {stamps} in it by an hour",
                day=day,
                stamps=_stamps(count),
            )

    def _blocks(self) -> Iterator[tuple[date, list[int]]]:
        """Consecutive places with a time in the repeated hour, and their day."""
        block: list[int] = []
        for place, day in self._repeated.items():
            if block and (place != block[-1] + 1 or day != self._repeated[block[-1]]):
                yield self._repeated[block[0]], block
                block = []
            block.append(place)
        if block:
            yield self._repeated[block[0]], block

    def _readings(
        self, times: Sequence[int], block: Sequence[int], step_of: Callable[[int], int]
    ) -> Iterator[Reading]:
        """The instants that the times of a block can have, in the order of their places."""
        for way in directions(times, block[0], block[-1], self._repeated):
            in_time = block[::way]
            edges = (in_time[0] - way, in_time[-1] + way)
            # In a file sorted backwards, a row at the edge may be apart from its double. Its hour
            # depends on the order that the sort gave to the two rows.
            if way < 0 and len(block) == 1 and any(not 0 <= one < len(times) for one in edges):
                yield from ((times[block[0]],), (times[block[0]] + HOUR,))
                continue
            before, after = (
                [one] if 0 <= one < len(times) and one not in self._repeated else []
                for one in edges
            )
            is_twice = any(times[b] == times[a] for a, b in pairwise(in_time))
            has_both = len({times[place] for place in block}) < len(block)
            is_back = any(times[b] < times[a] for a, b in pairwise(in_time))
            for instants_of in _splits([times[place] for place in in_time]):
                there = dict(zip(in_time, instants_of, strict=True))
                path = [(one, there.get(one, times[one])) for one in (*before, *in_time, *after)]
                # Rows sorted by stamp never go back in time. One step back among times that all
                # differ may be two rows that changed places.
                is_switch = has_both or all(
                    there[a] - there[b] in (step_of(b), step_of(a))
                    for b, a in pairwise(in_time)
                    if times[a] < times[b]
                )
                if is_switch and _goes_on(path, None if is_back else step_of):
                    yield instants_of[::way]
                    if way < 0 and is_twice:  # a sort keeps the order of rows with equal stamps
                        yield instants_of


def directions(
    times: Sequence[int], first: int, last: int, without: Iterable[int]
) -> tuple[int, ...]:
    """The possible directions of time around some places: 1 forward, -1 backward.

    The times `without` are ignored. The result is empty if times run in both directions, and has
    both if nothing tells.
    """
    known = {*without}
    places = range(max(0, first - _AROUND), min(len(times), last + 1 + _AROUND))
    near = [times[place] for place in places if place not in known]
    jumps = [after - before for before, after in pairwise(near) if abs(after - before) <= _NEAR]
    ways = [way for way in (1, -1) if any(jump * way > 0 for jump in jumps)]
    return (1, -1) if not ways else tuple(ways) if len(ways) == 1 else ()


def _splits(firsts: Sequence[int]) -> Iterator[Reading]:
    """The ways to split ascending times between the first hour and the second."""
    drops = [place for place in range(1, len(firsts)) if firsts[place] <= firsts[place - 1]]
    if len(drops) > 1:
        return
    for split in drops or (0, len(firsts)):
        yield tuple(time + HOUR * (place >= split) for place, time in enumerate(firsts))


def _goes_on(path: Iterable[tuple[int, int]], step_of: Callable[[int], int] | None) -> bool:
    """Whether each time comes after the one before it, by its step if `step_of` is given.

    Times that are far apart belong to different parts of the curve.
    """
    return all(
        abs(jump) > _NEAR
        or (jump > 0 and (step_of is None or jump in (step_of(place), step_of(following))))
        for (place, time), (following, later) in pairwise(path)
        for jump in [later - time]
    )


def _autumn_hours(stamps: Sequence[int], days: Iterable[date]) -> Mapping[int, list[int]]:
    """The places of stamps in the hours from 02:00 of days with 25 hours, by UTC hour.

    The stamps are read once, however many years they cover.
    """
    nights = [midnight(day) // HOUR for day in days if day_length(day) == 25 * HOUR]
    hours: dict[int, list[int]] = {night + ahead: [] for night in nights for ahead in (2, 3)}
    for place, stamp in enumerate(stamps if hours else ()):
        if (found := hours.get(stamp // HOUR)) is not None:
            found.append(place)
    return hours


def repair(
    stamps: list[int], day: date, hours: Mapping[int, list[int]]
) -> tuple[Message | None, list[int]]:
    """Correct a known defect in place: an October night with one UTC hour missing, the next twice.

    The first of the two hours has the offset of the second (C4, PT10M, detailed measures v2; Enedis
    declined to correct it). `hours` has the places of the stamps of each hour. Return a message
    about the correction, and the places of stamps that may belong to either hour.
    """
    if day_length(day) != 25 * HOUR:
        return None, []
    early = midnight(day) + 2 * HOUR
    late = early + HOUR
    places = hours[late // HOUR]
    if not places or hours[early // HOUR]:
        return None, []
    ways = directions(stamps, places[0], places[-1], places)
    runs = _runs(stamps, places[:: ways[0]] if ways else places)
    repeated = [[stamps[place] for place in run] for run in runs]
    if len(runs) == 1:
        return None, []
    is_clear = len(runs) == 2 and repeated[1][0] < repeated[0][-1]  # noqa: PLR2004 (hours)
    if len(runs) % 2 or not (is_clear or all(run == repeated[0] for run in repeated)):
        return None, places
    for run in runs[::2]:
        for place in run:
            stamps[place] -= HOUR
    steps = {after - before for before, after in pairwise([*repeated[0], late + HOUR])}
    message = say(
        "on {day} the first 02:00 hour was stamped an hour late and is moved back", day=day
    )
    if len(steps) > 1:
        irregular = say("the steps of that hour are not regular")
        message = sentences(message, irregular, between="; ")
    return message, []


def _runs(stamps: Sequence[int], places: Iterable[int]) -> list[list[int]]:
    """Places in the order of time; a new run begins where stamps do not continue."""
    runs: list[list[int]] = []
    for place in places:
        if not runs or stamps[place] <= stamps[runs[-1][-1]]:
            runs.append([])
        runs[-1].append(place)
    return runs


def _stamps(count: int) -> Message:
    return say_count("{count:,} stamp", "{count:,} stamps", count=count)
