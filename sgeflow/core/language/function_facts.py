"""Facts for checking calls of functions: argument types, result shapes, valid constants."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sgeflow.core.language import dates
from sgeflow.core.language.functions import Pack, add_function
from sgeflow.core.language.normal_forms import normal_form
from sgeflow.core.language.shapes import ANY, BOOLEAN, DAY, NUMBER, TEXT, Shape, list_of, object_of

RESULT_SHAPES: dict[str, Shape] = {
    "present": BOOLEAN,
    "one_of": BOOLEAN,
    "empty": BOOLEAN,
    "date_add": DAY,
    "days_between": NUMBER,
    "earliest": DAY,
    "latest": DAY,
    "windows": list_of(object_of({"start": DAY, "end": DAY}, "windows()")),
    "date": DAY,
    "date_part": NUMBER,
    "split": list_of(TEXT),
    "replace": TEXT,
    "substring": TEXT,
    "normalise": TEXT,
    "names_to_search": list_of(TEXT),
    "name_match": TEXT,
    "address_match": TEXT,
    "same_flat": BOOLEAN,
    "same_town": BOOLEAN,
    "sum_by": NUMBER,
    "format": TEXT,
    "match": BOOLEAN,
    "round": NUMBER,
    "bucket": NUMBER,
    "contains": BOOLEAN,
    "starts_with": BOOLEAN,
    "ends_with": BOOLEAN,
    "length": NUMBER,
    "sum": NUMBER,
    "abs": NUMBER,
    "avg": NUMBER,
    "ceil": NUMBER,
    "floor": NUMBER,
    "to_number": NUMBER,
    "to_string": TEXT,
    "type": TEXT,
    "join": TEXT,
    "keys": list_of(TEXT),
    "values": list_of(ANY),
}
"""The shapes of results that do not depend on arguments."""

CONSTANT_CHECKS: dict[str, dict[int, Callable[[Any], object]]] = {
    "date_add": {0: dates.civil_date, 1: dates.parse_duration},
    "days_between": {0: dates.civil_date, 1: dates.civil_date},
    "date": {0: dates.civil_date},
    "date_part": {0: dates.civil_date, 1: lambda name: dates.part("2000-01-01T00:00:00Z", name)},
    "split": {1: lambda separator: Pack()._func_split("", separator)},  # noqa: SLF001 - its own
    "replace": {1: lambda part: Pack()._func_replace("", part, "")},  # noqa: SLF001 - its own
    "windows": {0: dates.civil_date, 1: dates.civil_date, 2: dates.parse_duration},
    "normalise": {1: normal_form},
    "match": {1: lambda pattern: Pack()._func_match("", pattern)},  # noqa: SLF001 - its own
}
"""Functions that raise ValueError for an invalid constant text, by function and argument index."""


@cache
def signatures() -> dict[str, tuple[tuple[tuple[str, ...], ...], bool]]:
    """Every function's arguments, as the types that each may have, and if the last repeats."""
    return {
        name: (
            tuple(tuple(argument["types"]) for argument in entry["signature"]),
            any(argument.get("variadic") for argument in entry["signature"]),
        )
        for name, entry in Pack.FUNCTION_TABLE.items()
    }


_SHAPES: dict[tuple[str, ...], Shape] = {
    ("string",): TEXT,
    ("number",): NUMBER,
    ("boolean",): BOOLEAN,
    ("array",): list_of(ANY),
    ("array-string",): list_of(TEXT),
    ("array-number",): list_of(NUMBER),
}


def is_known(name: str) -> bool:
    """Whether a function exists; one that another package offers is added to the facts.

    Raises:
        ValueError: another package offers it, and it cannot be used.
    """
    if added := add_function(name):
        signatures()[name] = (added.types, added.is_variadic)
        RESULT_SHAPES[name] = _SHAPES.get(added.result, ANY)
    return name in signatures()
