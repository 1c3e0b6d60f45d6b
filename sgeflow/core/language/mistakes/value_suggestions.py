"""How a value that does not fit was probably meant: the suggestion behind a wrong form or type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.schemas import (
    BEHIND,
    CASE,
    CODE,
    DURATION,
    FLOW_NAME,
    LENGTH,
    NAME,
    PATH,
    RATE,
    SERIES,
    SHARED,
    WAIT,
)
from sgeflow.patterns import regex

_AMOUNT = regex(r"P?T?\s*(\d+)\s*([^\W\d]*)", re.IGNORECASE)
_COLONLESS = regex(r"([A-Za-z_][\w.-]*)[ ]+(\S+|\$\{.*\})")
_UNITS = {
    "": "PT{}S",
    **dict.fromkeys(("s", "sec", "second", "seconds", "seconde", "secondes"), "PT{}S"),
    **dict.fromkeys(("m", "min", "mn", "minute", "minutes"), "PT{}M"),
    **dict.fromkeys(("h", "hour", "hours", "heure", "heures"), "PT{}H"),
    **dict.fromkeys(("d", "j", "day", "days", "jour", "jours"), "P{}D"),
    **dict.fromkeys(("w", "week", "weeks", "semaine", "semaines"), "P{}W"),
    **dict.fromkeys(("month", "months", "mois"), "P{}M"),
    **dict.fromkeys(("y", "a", "year", "years", "an", "ans"), "P{}Y"),
}
_MONTHS = regex(r"P(\d+)M")
_RATE = regex(r"(\d+)\s*(?:/|per|par)?\s*([a-z]*)", re.IGNORECASE)
_PER = {"": "s", "sec": "s", "second": "s", "seconde": "s", "minute": "min", "m": "min"} | {
    "hour": "h",
    "heure": "h",
    "day": "d",
    "jour": "d",
    "j": "d",
}
_WORDS = 6  # of which a name may be made; more are a sentence
_DAY = regex(
    r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})|(\d{4})[/. -]?(\d{2})[/. -]?(\d{2})"
    r"|(\d{4})[/. -](\d{1,2})[/. -](\d{1,2})"
)
_BETWEEN_DIGITS = regex(r"(?<=\d)[ \u00a0\u202f.-](?=\d)")  # in which numbers are read aloud
_DAYTIME = regex(r"(\d{4}-\d{2}-\d{2})[T ].*")


def refit(value: Any, pattern: str) -> str:
    """A text in the form that a pattern asks for, when one is near."""
    text = str(getattr(value, "text", value)).strip()
    forms = _FORMS[pattern](text) if pattern in _FORMS else (_BETWEEN_DIGITS.sub("", text),)
    return next((one for one in forms if one != text and re.search(pattern, one)), "")


def retype(value: Any, kind: Any, schema: Mapping[str, Any]) -> str:
    """A value of another type as it is written in YAML, when one is near."""
    if isinstance(value, (dict, list)) or value is None:
        return ""
    text = str(getattr(value, "text", value)) if not isinstance(value, bool) else ""
    if kind == "boolean" and text:
        return closest(text, ("true", "false"), least=0.8)
    if kind in ("integer", "number") and (number := _figure(text)):
        return number if kind == "number" or "." not in number else ""
    if kind == "array" and text:
        return f"[{text}]"
    if kind == "string" and text:
        pattern = schema.get("pattern", "")
        return refit(text, pattern) if pattern else f'"{text}"'
    if kind == "object" and "$ref" in schema.get("properties", {}) and re.search(SHARED, text):
        return f'{{$ref: "{text}"}}'
    if kind == "object" and text in schema.get("properties", {}).get("type", {}).get("enum", ()):
        return f"{{type: {text}}}"
    return ""


def _figure(text: str) -> str:
    """A number without spaces between thousands, and with a point before decimals."""
    plain = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}\b)", "", text)
    plain = re.sub(r",(?!\d{3}$)", ".", plain)  # 1,000 may be a thousand
    return plain if re.fullmatch(r"-?\d+(\.\d+)?", plain) else ""


def colonless(value: Any) -> tuple[str, str] | None:
    """The key and the value of a text that lacks the colon between them."""
    match = _COLONLESS.fullmatch(value) if isinstance(value, str) else None
    return (match[1], match[2]) if match else None


def redate(value: Any) -> str:
    """A day in another notation as YYYY-MM-DD, when there is such a day."""
    match = _DAY.fullmatch(str(value).strip())
    if match is None:
        moment = _DAYTIME.fullmatch(str(value).strip())
        return moment[1] if moment else ""
    first, second, third = (part for part in match.groups() if part)
    day, month, year = (first, second, third) if match[3] else (third, second, first)
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def redelay(value: Any) -> str:
    """A duration in another notation, with its sign, as `-P7D`: when it names its unit."""
    text = str(value).strip()
    sign, amount = ("-", text[1:]) if text.startswith("-") else ("", text)
    near = refit(amount, DURATION) if re.search(r"[^\W\d]\s*$", amount) else ""
    return f"{sign}{near}" if near else ""


def example(schema: Mapping[str, Any]) -> str:
    """The keys that an object must have, as it is written on one line."""
    needed = schema.get("required") or [
        key for key in schema.get("properties", {}) if key != "$ref"
    ]
    return "{" + ", ".join(f"{key}: …" for key in needed[:3]) + "}" if needed else ""


def _lengths(text: str) -> Iterator[str]:
    if months := _MONTHS.fullmatch(text):  # a month has no length, thirty days have
        yield f"P{30 * int(months[1])}D"
    if amount := _AMOUNT.fullmatch(text):
        if amount[2] == "M":  # of a date it is months, and of no length
            yield f"P{amount[1]}M"
        unit = _UNITS.get(amount[2].lower())
        if unit:
            yield unit.format(amount[1])


def _rates(text: str) -> Iterator[str]:
    if rate := _RATE.fullmatch(text):
        unit = rate[2].lower().removesuffix("s") or rate[2].lower()
        yield f"{rate[1]}/{_PER.get(unit, unit)}"


def _paths(text: str) -> Iterator[str]:
    behind = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/]*", "", text)
    yield from (one for one in (behind, behind.lstrip("/")) if one)


def _names(text: str) -> Iterator[str]:
    """A text as a name, a code, a shared type."""
    letters = unicodedata.normalize("NFD", text)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = re.findall(r"[A-Za-z0-9]+", plain)
    if words and len(words) <= _WORDS:
        yield from ("_".join(words), "_".join(words).lower(), "-".join(words).lower())
        yield "_".join(words).upper()
        yield f"types.yaml#/{words[-1]}"


_FORMS: dict[str, Callable[[str], Iterator[str]]] = {
    **dict.fromkeys((LENGTH, WAIT, DURATION), _lengths),
    RATE: _rates,
    PATH: _paths,
    BEHIND: _paths,
    **dict.fromkeys((NAME, FLOW_NAME, SERIES, CASE, CODE, SHARED), _names),
}
