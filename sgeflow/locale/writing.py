"""Numbers, durations, days and times as text in English or French."""

from collections.abc import Sequence
from datetime import date, datetime, time
from math import isclose

from sgeflow.locale.translate import FRENCH, NUMBER_SIGNS, language, translate
from sgeflow.messages import LocalizedText, Message, say
from sgeflow.patterns import regex

NOTHING = "–"  # noqa: RUF001 - a dash
"""Takes the place of an unknown number, which is never shown as zero."""

_MONTHS = (
    (say("January"), say("Jan")),
    (say("February"), say("Feb")),
    (say("March"), say("Mar")),
    (say("April"), say("Apr")),
    (say("May"), say("May")),
    (say("June"), say("Jun")),
    (say("July"), say("Jul")),
    (say("August"), say("Aug")),
    (say("September"), say("Sep")),
    (say("October"), say("Oct")),
    (say("November"), say("Nov")),
    (say("December"), say("Dec")),
)
_FINEST = 6  # digits
_WEEK = (
    say("Monday"),
    say("Tuesday"),
    say("Wednesday"),
    say("Thursday"),
    say("Friday"),
    say("Saturday"),
    say("Sunday"),
)


def write_number(value: float | None, digits: int = 0) -> str:
    """`1,234.5`, or `1 234,5` with a narrow space; a dash for None."""
    if value is None:
        return NOTHING
    text = f"{value:,.{digits}f}".replace("-", "\u2212")
    if not text.strip("\u22120.,"):
        text = text.lstrip("\u2212")  # a zero has no minus
    return text.translate(NUMBER_SIGNS) if language() == FRENCH else text


_TENTH = 0.1  # seconds; shorter durations are in milliseconds
_SHORT = 10.0  # seconds; shorter durations have decimals
_MINUTE = 60


def write_seconds(seconds: float, digits: int = 1) -> tuple[str, str]:
    """A duration as a number and a unit: `2.5` or `12` and `s`, below a tenth `12` and `ms`."""
    if seconds < _TENTH:
        return write_number(seconds * 1000), "ms"
    return write_number(seconds, digits if seconds < _SHORT else 0), "s"


def write_duration(seconds: float, digits: int = 1) -> str:
    """A duration as text: `12 ms`, `0.4 s`, `12 s`, `3 min 20 s`."""
    if seconds < _SHORT:
        return " ".join(write_seconds(seconds, digits))
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def row_words(row: int, line: int = 0) -> Message:
    """A row by its number, and by its line in the file if that is known."""
    if not line:
        return say("row {row:,}", row=row)
    return say("row {row:,} (line {line:,} of the file)", row=row, line=line)


_NAME = "\0"
_IDENTIFIER = regex(r"[a-z]+[A-Z_]\w")  # `load_curve`, `kWh`, the name of an operation


def write_sentence(text: str) -> str:
    """A text as a sentence with a capital, unless its first word is an identifier."""
    marked = translate(_mark_names(text)) if isinstance(text, Message) else translate(text)
    words = marked.replace(_NAME, "")
    if marked.startswith(_NAME) or _IDENTIFIER.match(words):
        return words
    return words[:1].upper() + words[1:]


def _mark_names(text: str) -> str:
    """A message with `_NAME` before each value that is a single untranslated word."""
    if isinstance(text, Message):
        values = {
            name: _mark_names(value) if isinstance(value, str) else value
            for name, value in text.values.items()
        }
        return Message(text.wording, values, text.many)
    return text if isinstance(text, LocalizedText) or " " in text else f"{_NAME}{text}"


def write_scale(values: Sequence[float]) -> list[str]:
    """The numbers of an axis, with as many digits as distinguish them."""
    digits = next((some for some in range(_FINEST) if _are_told(values, some)), _FINEST)
    return [write_number(value, digits) for value in values]


def _are_told(values: Sequence[float], digits: int) -> bool:
    return all(isclose(round(value, digits), value, abs_tol=1e-9) for value in values)


def write_percent(part: float | None, digits: int = 0, *, signed: bool = False) -> str:
    """A share as percent, `signed` for a difference; a dash for None."""
    if part is None:
        return NOTHING
    sign = "+" if signed and round(part * 100, digits) > 0 else ""
    return sign + write_number(part * 100, digits) + ("\u202f%" if language() == FRENCH else "%")


def write_day(day: date, *, week: bool = False, short: bool = False, year: bool = True) -> str:
    """`Wednesday 14 January 2026`, or parts of this form."""
    number = "1er" if language() == FRENCH and day.day == 1 else str(day.day)
    parts = [translate(_WEEK[day.weekday()])] if week else []
    parts += [number, translate(_MONTHS[day.month - 1][short])]
    return " ".join(parts + ([str(day.year)] if year else []))


def write_month(month: date, *, short: bool = False, year: bool = True) -> str:
    """`January 2026`, as a heading."""
    name = translate(_MONTHS[month.month - 1][short])
    name = name if short else name[0].upper() + name[1:]
    return f"{name} {month.year}" if year else name


def write_time(moment: datetime | time) -> str:
    """`19:42`, or `19 h 42`."""
    between = "\u202fh\u202f" if language() == FRENCH else ":"
    return f"{moment:%H}{between}{moment:%M}"


def write_moment(moment: datetime) -> str:
    """`14 Jan 2026, 19:42`, or `14 janv. 2026, 19 h 42`."""
    return f"{write_day(moment.date(), short=True)}, {write_time(moment)}"


def write_clock(minutes: int) -> str:
    """Minutes after midnight: `6:30`, `24:00`; `6 h 30`, `24 h`."""
    hour, minute = divmod(minutes, 60)
    if language() == FRENCH:
        return f"{hour}\u202fh\u202f{minute:02d}" if minute else f"{hour}\u202fh"
    return f"{hour}:{minute:02d}"
