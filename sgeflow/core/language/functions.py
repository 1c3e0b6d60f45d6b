"""The function pack: what expressions may call beside JMESPath's own functions.

Each function's docstring is its entry in the reference.
"""

import re
import string
from collections.abc import Callable, Collection
from typing import Any
from zlib import crc32

from jmespath.functions import Functions, signature
from msgspec import Struct

from sgeflow.core.language import dates
from sgeflow.core.language.text import WrittenFloat, WrittenInt
from sgeflow.messages import exception_text, say

_WRITTEN = (WrittenInt.__name__, WrittenFloat.__name__)  # JMESPath knows types by their names
_ANY: dict[str, list[str]] = {"types": []}
_TEXT = {"types": ["string"]}
_LIST = {"types": ["array"]}
_EACH = {"types": ["expref"]}
_PARTS: dict[str, Any] = {"types": ["string", "null"], "variadic": True}
_MORE: dict[str, Any] = {"types": [], "variadic": True}  # one argument or more


class AddedFunction(Struct, frozen=True, kw_only=True):
    """A function that another package offers; types are named as JMESPath names them."""

    name: str
    types: tuple[tuple[str, ...], ...]  # of each argument; none: any
    is_variadic: bool  # the last argument may be repeated
    result: tuple[str, ...]
    call: Callable[..., Any]  # raises ValueError only


Names = Callable[[], Collection[str]]
Load = Callable[[str], AddedFunction]
_added: list[tuple[Names, Load]] = []
_loaded: dict[str, AddedFunction] = {}


def have_added(names: Names, load: Load) -> None:
    """Set how functions of other packages are found; `load` raises ValueError for broken ones."""
    _added[:] = [(names, load)]


def added_names() -> Collection[str]:
    """The names of the functions that other packages offer, beside those of the pack."""
    return [one for names, _ in _added for one in names() if one not in Pack.FUNCTION_TABLE]


def loaded_names() -> Collection[str]:
    """The names of the functions of other packages that this process has used."""
    return _loaded.keys()


def add_function(name: str) -> AddedFunction | None:
    """Return a function that another package offers, in the pack from now on; None without one.

    It never takes the place of a function of JMESPath or of sgeflow.

    Raises:
        ValueError: the function cannot be used.
    """
    if name in Pack.FUNCTION_TABLE or name not in added_names():
        return _loaded.get(name)
    added = next(load(name) for _, load in _added)
    _loaded[name] = added
    signature_: list[dict[str, Any]] = [{"types": list(types)} for types in added.types]
    if added.is_variadic:
        signature_[-1]["variadic"] = True
    Pack.FUNCTION_TABLE[name] = {
        "function": lambda _, *arguments: added.call(*arguments),
        "signature": signature_,
    }
    return added


class Pack(Functions):  # type: ignore[misc]
    """JMESPath's functions, sgeflow's own, and those that other packages add."""

    def call_function(self, name: str, arguments: list[Any]) -> Any:
        """The result of a function; one of another package is loaded when it is first used."""
        add_function(name)
        return super().call_function(name, arguments)

    def _get_allowed_pytypes(self, types: Any) -> tuple[list[Any], list[Any]]:
        """The names of Python's types for those of JMESPath; numbers of a document are numbers."""
        allowed, of_items = super()._get_allowed_pytypes(types)
        items = [(*names, *_WRITTEN) if "int" in names else names for names in of_items]
        return ([*allowed, *_WRITTEN] if "int" in allowed else allowed), items

    def _convert_to_jmespath_type(self, pyobject: str) -> str:
        """The type of JMESPath for a name of Python's types."""
        return "number" if pyobject in _WRITTEN else super()._convert_to_jmespath_type(pyobject)

    @signature(_ANY)
    def _func_present(self, value: Any) -> bool:
        """`present(value)`: true unless the value is null (a step that was skipped, a gap)."""
        return value is not None

    @signature(_ANY, _MORE)
    def _func_default(self, *values: Any) -> Any:
        """`default(a, b, 'C5')`: the first of the values that is not null; null when none is."""
        return next((value for value in values if value is not None), None)

    @signature(_ANY, _ANY, _MORE)
    def _func_if(self, *parts: Any) -> Any:
        """`if(condition, a, b)`: the first value when the condition holds, else the second.

        More conditions may follow: `if(c1, a, c2, b, otherwise)`. Only what is given is worked out.
        """
        raise AssertionError(parts)  # the interpreter of expressions does it, part by part

    @signature(_ANY, _MORE)
    def _func_one_of(self, value: Any, *others: Any) -> bool:
        """`one_of(value, 'C1', 'C2')`: true when the value is one of those that follow."""
        return any(_is_equal(value, other) for other in others)

    @signature(_LIST)
    def _func_empty(self, items: list[Any]) -> bool:
        """`empty(list)`: true when nothing is in it."""
        return not items

    @signature(_TEXT, _TEXT)
    def _func_date_add(self, date: str, duration: str) -> str:
        """`date_add(date, 'P1Y')`: the date moved by an ISO 8601 duration, `-P28D` backwards."""
        return dates.add(date, duration)

    @signature(_TEXT, _TEXT)
    def _func_days_between(self, start: str, end: str) -> int:
        """`days_between(start, end)`: days from one date to another, negative when it is before."""
        return dates.days_between(start, end)

    @signature(_LIST)
    def _func_earliest(self, values: list[str | None]) -> str | None:
        """`earliest([a, b])`: the first of the dates that are there, null when none is."""
        return dates.earliest(values)

    @signature(_LIST)
    def _func_latest(self, values: list[str | None]) -> str | None:
        """`latest([a, b])`: the last of the dates that are there, null when none is."""
        return dates.latest(values)

    @signature(_TEXT, _TEXT, _TEXT)
    def _func_windows(self, start: str, end: str, step: str) -> list[dict[str, str]]:
        """`windows(start, end, 'P7D')`: periods {start, end}, end excluded, tiling the range."""
        return dates.windows(start, end, step)

    @signature(_TEXT)
    def _func_date(self, value: str) -> str:
        """`date(value)`: the civil date of a date or time in a reply, `2025-05-15`."""
        return dates.civil_date(value)

    @signature(_TEXT, _TEXT)
    def _func_date_part(self, date: str, part: str) -> int:
        """`date_part(date, 'month')`: a part of a date or time, as a number.

        Parts: `'year'`, `'month'`, `'day'`, `'weekday'` (1 is Monday, 7 Sunday), `'hour'`.
        """
        return dates.part(date, part)

    @signature(_TEXT, _TEXT)
    def _func_split(self, text: str, separator: str) -> list[str]:
        """`split(text, ' ')`: the parts of a text between the separators."""
        if not separator:
            raise ValueError(say("split() needs a separator"))
        return text.split(separator)

    @signature(_TEXT, {"types": ["number"]}, {"types": ["number"]})
    def _func_substring(self, text: str, start: float, length: float) -> str:
        """`substring(text, 0, 4)`: as many characters of a text, from a place counted from 0."""
        if start < 0 or length < 0:
            raise ValueError(say("substring() counts from 0, and takes no negative number"))
        return text[int(start) : int(start) + int(length)]

    @signature(_TEXT, _TEXT, _TEXT)
    def _func_replace(self, text: str, part: str, other: str) -> str:
        """`replace(text, '-', ' ')`: the text with each such part replaced by another."""
        if not part:
            raise ValueError(say("replace() needs a part to replace"))
        return text.replace(part, other)

    @signature(_TEXT, _TEXT)
    def _func_normalise(self, text: str, kind: str) -> str:
        """`normalise(text, kind)`: upper case, no accents, single spaces, for comparing.

        Kinds: `'name'` (without M. et Mme), `'street'` (number and street of an address, long
        forms, at most 38 characters; the first number of 12-14), `'last street'` (with the last
        number), `'town'` (St and Ste written out; digits, CEDEX and ARRONDISSEMENT dropped).
        """
        from sgeflow.core.language.normal_forms import normal_form

        return normal_form(kind)(text)

    @signature(_TEXT, {"types": ["string", "null"]})
    def _func_names_to_search(self, lastname: str, firstname: str | None) -> list[str]:
        """`names_to_search(lastname, firstname)`: the searches that find the name.

        The whole of it, then its words and parts, best first; each has three letters at least.
        """
        from sgeflow.core.language.surnames import names_to_search

        return names_to_search(lastname, firstname)

    @signature(_TEXT, {"types": ["string", "null"]}, _PARTS)
    def _func_name_match(self, lastname: str, firstname: str | None, *known: str | None) -> str:
        """`name_match(lastname, firstname, name, line1)`: whether found names are this person's.

        `'same'`, `'unclear'` (another first name, or a word that may be one), or `'different'`.
        Joined or hyphened; one of a couple; before or after a marriage; without M. et Mme.
        """
        from sgeflow.core.language.surnames import name_match

        return name_match(lastname, firstname, known)

    @signature(_TEXT, _PARTS)
    def _func_address_match(self, given: str, *known: str | None) -> str:
        """`address_match(given, street, building, flat)`: whether two writings are one address.

        `'same'`, `'unclear'` (a word of the street or its number is missing) or `'different'`, also
        where both name a flat, floor, staircase, hall, tower … What is null is not known.
        """
        from sgeflow.core.language.addresses import address_match

        return address_match(given, known)

    @signature(_TEXT, _PARTS)
    def _func_same_flat(self, given: str, *known: str | None) -> bool:
        """`same_flat(given, building, flat)`: true when an address says all that is known.

        The flat, floor, staircase and building, one of them at least. What is null is not known.
        """
        from sgeflow.core.language.addresses import same_flat

        return same_flat(given, known)

    @signature(_TEXT, _TEXT)
    def _func_same_town(self, given: str, known: str) -> bool:
        """`same_town(given, known)`: true when both may be one town: the first word is the same.

        Saint, Le and La are no first words, digits and CEDEX no words.
        """
        from sgeflow.core.language.comparable_text import same_town

        return same_town(given, known)

    @signature(_LIST, _EACH)
    def _func_sum_by(self, items: list[Any], each: Any) -> float:
        """`sum_by(items, &value)`: the sum of a number of each item; nulls are left out."""
        values = [each.visit(each.expression, item) for item in items]
        numbers = [value for value in values if value is not None]
        if not all(map(is_number, numbers)):
            raise ValueError(
                say("sum_by() adds numbers; to_number(…) converts text from the service")
            )
        total: float = sum(numbers)
        return total

    @signature(_LIST, _EACH)
    def _func_group_by(self, items: list[Any], each: Any) -> list[dict[str, Any]]:
        """`group_by(items, &key)`: a list of {key, items}, in the order keys first appear."""
        groups: dict[Any, list[Any]] = {}
        for item in items:
            key = each.visit(each.expression, item)
            if isinstance(key, list | dict):
                raise TypeError(
                    say("group_by() groups by text or numbers, not by lists or objects")
                )
            groups.setdefault(key, []).append(item)
        return [{"key": key, "items": group} for key, group in groups.items()]

    @signature(_LIST, {"types": ["object"]})
    def _func_having(self, items: list[Any], fields: dict[str, Any]) -> list[Any]:
        """`having(items, {state: 'ACTIF', measure: ['CDC', 'ENERGIE']})`: the items that are so.

        Every field named has the value, or one of the values of a list; they may come from outside.
        """
        return [item for item in items if _has_all(item, fields)]

    @signature(_LIST, _EACH, _LIST)
    def _func_among(self, items: list[Any], each: Any, values: list[Any]) -> list[Any]:
        """`among(items, &date(start), values)`: the items of which this is one of the values."""
        return [i for i in items if _is_in(each.visit(each.expression, i), values)]

    @signature(_LIST, _EACH, {"types": ["array", "null"]})
    def _func_one_each(
        self, items: list[Any], each: Any, values: list[Any] | None
    ) -> list[Any] | None:
        """`one_each(items, &field, values)`: for each value the one item whose field has it.

        In the order of the values; null when a value has no item, has several, or is there twice.
        """
        if values is None or any(values.count(value) > 1 for value in values):
            return None
        keyed = [(each.visit(each.expression, item), item) for item in items]
        groups = [[item for key, item in keyed if key == value] for value in values]
        return [one for (one,) in groups] if all(len(one) == 1 for one in groups) else None

    @signature(_LIST, _TEXT)
    def _func_valid_on(self, items: list[Any], date: str) -> list[Any]:
        """`valid_on(items, date)`: the items whose `start` and `end` (both optional) hold a date.

        The end day still counts; a null end is open.
        """
        return [item for item in items if _covers(item, date)]

    @signature(_TEXT, _MORE)
    def _func_format(self, pattern: str, *values: Any) -> str:
        """`format('{} of {}', a, b)`: text with values put in; `{:.1f}` rounds."""
        for _, name, _, _ in string.Formatter().parse(pattern):
            if name and not name.isdigit():
                raise ValueError(say("format() accepts {{}} and {{0}}, not {{{name}}}", name=name))
        try:
            return pattern.format(*["" if value is None else value for value in values])
        except IndexError:
            message = say("format() has more {{}} than values ({count})", count=len(values))
            raise ValueError(message) from None

    @signature(_TEXT, _TEXT)
    def _func_match(self, text: str, pattern: str) -> bool:
        """`match(text, '[0-9]{5}')`: true when the regular expression fits the whole text."""
        from sgeflow.core.language.slow_patterns import is_slow

        try:
            if is_slow(pattern):
                raise ValueError(say("match(): a repeat within a repeat may take for ever"))
            return re.fullmatch(pattern, text) is not None
        except re.error as error:
            raise ValueError(
                say("match() takes a regular expression: {error}", error=exception_text(error))
            ) from None

    @signature({"types": ["number"]}, {"types": ["number"]})
    def _func_round(self, number: float, digits: float) -> float:
        """`round(number, 2)`: the number with so many decimals."""
        return round(number, int(digits))

    @signature(_TEXT, {"types": ["number"]})
    def _func_bucket(self, text: str, count: float) -> int:
        """`bucket(text, 30)`: a whole number below the second, always the same one for a text.

        Many texts are spread evenly over the numbers.
        """
        if count < 1:
            raise ValueError(say("bucket() takes 1 or more buckets"))
        return crc32(text.encode()) % int(count)


def manual() -> dict[str, str]:
    """The reference text of each function of the pack, from its docstring."""
    own = {n: m for n, m in vars(Pack).items() if n.startswith("_func_") and m.__doc__}
    return {name.removeprefix("_func_"): method.__doc__ for name, method in sorted(own.items())}


def _is_equal(left: Any, right: Any) -> bool:
    """Whether two values are equal as `==` compares in expressions: 1 does not equal true."""
    return isinstance(left, bool) is isinstance(right, bool) and bool(left == right)


def _is_in(value: Any, values: list[Any]) -> bool:
    return any(_is_equal(value, other) for other in values)


def _has_all(item: Any, fields: dict[str, Any]) -> bool:
    """Whether each named field of an item has the value, or one of the listed values."""
    if not isinstance(item, dict):
        return False
    return all(
        _is_in(item.get(name), value if isinstance(value, list) else [value])
        for name, value in fields.items()
    )


def is_number(value: Any) -> bool:
    """Whether a value is a number; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _covers(item: Any, date: str) -> bool:
    if not isinstance(item, dict):
        raise TypeError(say("valid_on() takes objects with start and end"))
    start, end = item.get("start"), item.get("end")
    began = start is None or dates.days_between(start, date) >= 0
    return began and (end is None or dates.days_between(date, end) >= 0)
