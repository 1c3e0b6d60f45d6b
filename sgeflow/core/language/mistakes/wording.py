"""Words for invalid values: what is wrong, and the form that was probably meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.schemas import (
    BEHIND,
    CASE,
    CODE,
    DURATION,
    FLOW_NAME,
    FORMS,
    LENGTH,
    NAME,
    PATH,
    RATE,
    SERIES,
    SHARED,
    WAIT,
)
from sgeflow.messages import Message, from_table, join_items, say, say_count
from sgeflow.patterns import regex

if TYPE_CHECKING:
    from jsonschema import ValidationError


_DIGITS = regex(r"\^(?:\[0-9\]|\\d)\{([0-9]+)\}\$")
_SHOWN = 60  # characters of a value that a message shows
_TYPES = {
    "string": say("text"),
    "object": say("a mapping"),
    "array": say("a list"),
    "boolean": say("true or false"),
    "integer": say("a whole number"),
    "number": say("a number"),
    "null": say("nothing"),
}


def constraint_in_words(error: ValidationError) -> Message:
    """The demand of a bound, pattern or format as the end of a sentence about the value."""
    bound = error.validator_value
    items: Any = say_count("{count} item", "{count} items", count=bound)
    keys: Any = say_count("{count} key", "{count} keys", count=bound)
    words = {
        "pattern": _form(str(bound)),
        "format": say("is not a date, YYYY-MM-DD"),
        "minLength": say("is empty")
        if bound == 1
        else say("is shorter than {bound} characters", bound=bound),
        "maxLength": say_count(
            "is longer than {count} character", "is longer than {count} characters", count=bound
        ),
        "minimum": say("is less than {bound}", bound=bound),
        "maximum": say("is more than {bound}", bound=bound),
        "minItems": say("has fewer than {items}", items=items),
        "maxItems": say("has more than {items}", items=items),
        "minProperties": say("has fewer than {items}", items=keys),
        "maxProperties": say("has more than {items}", items=keys),
        "uniqueItems": say("has the same item twice"),
        "required": say("lacks a member"),
    }
    return words.get(str(error.validator), say("is not valid"))


def _form(pattern: str) -> Message:
    if pattern in FORMS:
        return say("is not {form}", form=from_table(FORMS[pattern]))
    if digits := count_digits(pattern):
        return say_count("is not {count} digit", "is not {count} digits", count=digits)
    return say("does not fit {pattern}", pattern=pattern)


def count_digits(pattern: str) -> int:
    """The number of digits that a pattern demands, 14 for `^[0-9]{14}$`; 0 for other patterns."""
    match = _DIGITS.fullmatch(pattern)
    return int(match[1]) if match else 0


def type_in_words(kind: Any) -> str:
    """A JSON Schema type in words."""
    kinds = kind if isinstance(kind, list) else [kind]
    return join_items((_TYPES.get(str(name), str(name)) for name in kinds), between=say(" or "))


def show(value: Any) -> str:
    """A value as a message shows it: short, and in quotes if it is a text."""
    if isinstance(value, dict):
        return say("a mapping")
    if isinstance(value, list):
        return say("a list")
    if value is None:
        return say("nothing")
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value) if isinstance(value, str) else str(getattr(value, "text", value))
    short = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return say('"{text}"', text=short) if isinstance(value, str) else short


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
_WORDS = 6  # more words are a sentence, not a name
_DAY = regex(
    r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})|(\d{4})[/. -]?(\d{2})[/. -]?(\d{2})"
    r"|(\d{4})[/. -](\d{1,2})[/. -](\d{1,2})"
)
_BETWEEN_DIGITS = regex(r"(?<=\d)[ \u00a0\u202f.-](?=\d)")  # separators within numbers
_DAYTIME = regex(r"(\d{4}-\d{2}-\d{2})[T ].*")


def refit(value: Any, pattern: str) -> str:
    """A text changed to fit a pattern; empty if no small change fits."""
    text = str(getattr(value, "text", value)).strip()
    forms = _FORMS[pattern](text) if pattern in _FORMS else (_BETWEEN_DIGITS.sub("", text),)
    return next((one for one in forms if one != text and re.search(pattern, one)), "")


def refit_to(error: ValidationError) -> str:
    """A text changed to fit a violated pattern or format; empty if no small change fits."""
    if error.validator == "pattern":
        return refit(error.instance, str(error.validator_value))
    return redate(error.instance) if error.validator == "format" else ""


def retype(value: Any, kind: Any, schema: Mapping[str, Any]) -> str:
    """The YAML form of a value in another type; empty if it has none."""
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
    """A number without spaces between thousands, and with a decimal point."""
    plain = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}\b)", "", text)
    plain = re.sub(r",(?!\d{3}$)", ".", plain)  # 1,000 may be a thousand
    return plain if re.fullmatch(r"-?\d+(\.\d+)?", plain) else ""


def colonless(value: Any) -> tuple[str, str] | None:
    """The key and the value of a text that lacks the colon between them."""
    match = _COLONLESS.fullmatch(value) if isinstance(value, str) else None
    return (match[1], match[2]) if match else None


def redate(value: Any) -> str:
    """A date in another notation as YYYY-MM-DD; empty if it is not an existing day."""
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
    """A duration in another notation as `-P7D`, with its sign; empty without a unit."""
    text = str(value).strip()
    sign, amount = ("-", text[1:]) if text.startswith("-") else ("", text)
    near = refit(amount, DURATION) if re.search(r"[^\W\d]\s*$", amount) else ""
    return f"{sign}{near}" if near else ""


def example(schema: Mapping[str, Any]) -> str:
    """The required keys of an object, as written on one line."""
    needed = schema.get("required") or [
        key for key in schema.get("properties", {}) if key != "$ref"
    ]
    return "{" + ", ".join(f"{key}: …" for key in needed[:3]) + "}" if needed else ""


def _lengths(text: str) -> Iterator[str]:
    if months := _MONTHS.fullmatch(text):  # a month has no fixed length, thirty days have
        yield f"P{30 * int(months[1])}D"
    if amount := _AMOUNT.fullmatch(text):
        if amount[2] == "M":  # M means months in a date and has no fixed length
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
    """Forms of a text that could be a name, a code or a shared type."""
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
