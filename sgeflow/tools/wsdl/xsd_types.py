"""Simple types of XML Schema to the JSON Schema of their text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sgeflow.patterns import regex

_STAMP = r"(Z|[+-][0-9]{2}:[0-9]{2})?"
_CLOCK = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
# Types whose text has a form of its own, which no facet says.
_FORMS = {
    "dateTime": rf"^-?[0-9]{{4,}}-[0-9]{{2}}-[0-9]{{2}}T{_CLOCK}{_STAMP}$",
    "time": rf"^{_CLOCK}{_STAMP}$",
    "gYearMonth": rf"^-?[0-9]{{4,}}-[0-9]{{2}}{_STAMP}$",
    "gYear": rf"^-?[0-9]{{4,}}{_STAMP}$",
    "duration": r"^-?P(?=.)([0-9]+Y)?([0-9]+M)?([0-9]+D)?"
    r"(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?$",
    "base64Binary": r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    "hexBinary": r"^([0-9a-fA-F]{2})*$",
}
_NUMBERS = {"decimal", "float", "double"}
# The ends of xs:int, xs:long and their kin: nobody writes them on purpose, or goes beyond.
_ENDS = {bits - less for bits in (2**31, 2**32, 2**63, 2**64) for less in (0, 1)}
_XSD_ONLY = regex(r"\\[icICpP]|-\[")  # escapes and subtraction that Python has not


def schema_of_type(kind: Any) -> dict[str, Any]:
    """The JSON Schema of a simple type's text."""
    if kind.is_union():
        return _union(kind)
    if kind.is_list() or getattr(kind, "primitive_type", None) is None:  # or it has no type
        return {"type": "string"}
    primitive = kind.primitive_type.local_name
    if primitive == "boolean":
        return {"type": "boolean"}
    if primitive in _NUMBERS:
        return _number(kind)
    if kind.enumeration:
        return {"enum": [str(value) for value in kind.enumeration]}
    if primitive == "date":
        return {"type": "string", "format": "date"}
    return {"type": "string", **_text(kind, primitive)}


def _union(kind: Any) -> dict[str, Any]:
    if kind.enumeration:
        return {"enum": [str(value) for value in kind.enumeration]}
    union = next(base for base in _bases(kind) if hasattr(base, "member_types"))
    members = [schema_of_type(member) for member in union.member_types]
    if all("enum" in member for member in members):
        values = (value for member in members for value in member["enum"])
        return {"enum": list(dict.fromkeys(values))}
    patterns = [member["pattern"] for member in members if member.keys() == {"type", "pattern"}]
    if len(patterns) == len(members) and len(set(patterns)) == 1:
        return members[0]
    if len(patterns) == len(members):
        return {"type": "string", "pattern": f"^({'|'.join(map(_open, patterns))})$"}
    return {"type": "string"}


def _number(kind: Any) -> dict[str, Any]:
    whole = any(base.local_name == "integer" for base in _bases(kind))
    if kind.enumeration:
        return {"enum": [int(v) if whole else float(v) for v in kind.enumeration]}
    schema: dict[str, Any] = {"type": "integer" if whole else "number"}
    for word, bound in (("minimum", kind.min_value), ("maximum", kind.max_value)):
        if bound is not None and not (whole and abs(int(bound)) in _ENDS):
            schema[word] = int(bound) if whole else float(bound)
    return schema


def _text(kind: Any, primitive: str) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    pattern = _pattern(kind) or _FORMS.get(primitive)
    if pattern:
        schema["pattern"] = pattern
    if primitive not in _FORMS:
        least, most = kind.min_length, kind.max_length
        schema |= {"minLength": int(least)} if least else {}
        schema |= {"maxLength": int(most)} if most is not None else {}
    return schema


def _pattern(kind: Any) -> str | None:
    """The patterns of a type: those of one step are alternatives, steps hold together."""
    steps = [base.get_facet(_PATTERN) for base in _bases(kind)]
    patterns = [_alternatives(step.regexps) for step in dict.fromkeys(steps) if step is not None]
    if not patterns:
        return None
    ahead = "".join(f"(?={pattern})" for pattern in patterns[1:])
    return f"^{ahead}{patterns[0][1:]}" if ahead else patterns[0]


_PATTERN = "{http://www.w3.org/2001/XMLSchema}pattern"


def _alternatives(regexps: list[str]) -> str:
    patterns = list(map(_python, regexps))
    if len(patterns) == 1 and "|" not in patterns[0]:
        return f"^{patterns[0]}$"
    return f"^({'|'.join(patterns)})$"


def _python(regexp: str) -> str:
    """An XSD pattern as Python reads it; nearly all are the same in both."""
    if _XSD_ONLY.search(regexp):
        from elementpath.regex import translate_pattern

        return f"(?:{translate_pattern(regexp, anchors=False)})"
    # XSD's patterns are anchored by themselves, ^ and $ stand for themselves outside of [ ]
    return re.sub(r"(\\.|\[(?:\\.|[^\]])*\])|([$^])", lambda m: m[1] or f"\\{m[2]}", regexp)


def _open(pattern: str) -> str:
    return pattern.removeprefix("^").removesuffix("$")


def _bases(kind: Any) -> Iterator[Any]:
    """A type and what it restricts, down to XML Schema's own."""
    while kind is not None:
        yield kind
        kind = kind.base_type
