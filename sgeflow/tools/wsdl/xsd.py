"""Reads XML Schemas with xmlschema: children, counts and JSON Schema of each element."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from lxml import etree
from msgspec import Struct, field

from sgeflow.core.language.slow_patterns import is_slow
from sgeflow.patterns import regex
from sgeflow.tools.wsdl.model import ChoiceGroup, XsdNode

_SCHEMAS = "http://www.w3.org/2001/XMLSchema"
_ANY = f"{{{_SCHEMAS}}}anyType"
_DEEPEST = 40  # nested elements; only recursive schemas go deeper
MOST = 5_000  # elements of a message; a schema of seven levels may have ten million


class TooManyElementsError(Exception):
    """A message has more elements than an operation document can list."""


class UnresolvedError(Exception):
    """A schema names a type, element, attribute or group that no schema declares."""


class Inline(Struct, frozen=True):
    """The text of a schema inside a WSDL, and the folder from which it imports."""

    text: str
    folder: Path


class Schemas:
    """All schemas of a WSDL, which may refer to each other."""

    def __init__(self, inline: Iterable[Inline]) -> None:
        from xmlschema import XMLSchema10

        self._first: Any = None
        self.mistakes: list[str] = []  # of the schemas, which are read as far as they go
        for one in inline:
            shared: Any = {} if self._first is None else {"global_maps": self._first.maps}
            schema = XMLSchema10(
                _with_own_names(one.text),
                base_url=f"{one.folder.as_uri()}/",
                allow="local",
                defuse="always",
                build=False,
                validation="lax",
                **shared,
            )
            self._first = self._first or schema
        if self._first is not None:
            self._first.maps.build()
            every = (error for one in self._first.maps.iter_schemas() for error in one.all_errors)
            self.mistakes = [str(error).partition(":\n")[0] for error in every]

    def element(self, name: str) -> XsdNode | None:
        """The global element with this name, `{namespace}local`; None if there is no such element.

        Raises:
            TooManyElementsError: the element contains more than `MOST` elements.
        """
        declared = self._first.maps.elements.get(name) if self._first is not None else None
        return None if declared is None else _node(declared, (), count(1))


def _with_own_names(text: str) -> str:
    """The schema; without a default namespace its target namespace becomes one."""
    root = etree.fromstring(text)
    own = root.get("targetNamespace")
    if own is None or None in root.nsmap:
        return text
    spaces: Any = {**root.nsmap, None: own}
    named = etree.Element(root.tag, {str(key): str(one) for key, one in root.items()}, spaces)
    named.extend(list(root))
    return etree.tostring(named, encoding="unicode")


class _Content(Struct):
    """The children of one type, from all its model groups."""

    nodes: dict[str, XsdNode] = field(default_factory=dict)
    groups: list[ChoiceGroup] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class _Times(Struct, frozen=True):
    """How often the group around an element may occur."""

    optional: bool = False
    repeats: bool = False


def _node(
    element: Any, above: tuple[Any, ...], counter: count[int], times: _Times | None = None
) -> XsdNode:
    if next(counter) > MOST:
        raise TooManyElementsError
    times = times or _Times()
    kind = element.type
    _check_resolved(element, *_bases(kind))
    content = _Content()
    if kind.name == _ANY:  # the element has no type
        content.notes.append("the element accepts any content; it is a text here")
    elif element.target_namespace == _SCHEMAS:  # a DataSet of .NET
        content.notes.append("it holds a schema and is not followed")
    elif kind in above or len(above) > _DEEPEST:
        content.notes.append("the element contains itself; deeper levels are not listed")
    else:
        _attributes(kind, content)
        if kind.is_complex() and kind.has_complex_content():
            _gather(kind.content, content, (*above, kind), counter, _Times())
    schema = _text(kind)
    if element.abstract or (kind.is_complex() and kind.abstract):
        content.notes.append('it is abstract: write the derived type or element, as "@xsi:type"')
    if kind.is_complex() and kind.mixed and kind.name != _ANY:
        content.notes.append("text between its children has no place here")
    most = None if times.repeats else element.max_occurs
    return XsdNode(
        name=element.local_name,
        namespace=_namespace(element),
        least=0 if times.optional else element.min_occurs,
        most=most,
        nillable=element.nillable,
        default=element.default if element.default is not None else element.fixed,
        documentation=_documentation(element) or _documentation(kind),
        schema=schema if element.fixed is None else {"const": element.fixed},
        children=tuple(content.nodes.values()),
        groups=tuple(content.groups),
        notes=tuple(content.notes),
    )


_UNRESOLVED = regex(
    r"unknown (type|element|attribute)|missing (base|group)|global component .* not"
)


def _check_resolved(*components: Any) -> None:
    for component in components:
        for error in component.errors:
            if _UNRESOLVED.match(error.message):
                raise UnresolvedError(error.message)


def _namespace(component: Any) -> str:
    """The namespace in which an element or attribute is written; for a `ref`, its target's."""
    space, brace, _ = component.name.rpartition("}")
    return str(space[1:]) if brace else ""


def _text(kind: Any) -> dict[str, Any]:
    if kind.name == _ANY:
        return {"type": "string"}
    if kind.is_simple():
        return schema_of_type(kind)
    return schema_of_type(kind.content) if kind.has_simple_content() else {}


def _attributes(kind: Any, content: _Content) -> None:
    for name, attribute in getattr(kind, "attributes", {}).items():
        if name is None or attribute.use == "prohibited":  # None: xs:anyAttribute
            continue
        _check_resolved(attribute, *_bases(attribute.type))
        node = XsdNode(
            name=f"@{attribute.local_name}",
            namespace=_namespace(attribute),
            least=1 if attribute.use == "required" else 0,
            default=attribute.default if attribute.default is not None else attribute.fixed,
            documentation=_documentation(attribute),
            schema={"const": attribute.fixed}
            if attribute.fixed
            else schema_of_type(attribute.type),
        )
        content.nodes[node.name] = node


def _gather(
    group: Any, content: _Content, above: tuple[Any, ...], counter: count[int], times: _Times
) -> list[str]:
    """Add the elements of a model group to `content`; return their names."""
    _check_resolved(group)
    is_choice = group.model == "choice" and len(group) > 1  # a reference holds one group alone
    inner = _Times(
        optional=times.optional or group.min_occurs == 0 or is_choice,
        repeats=times.repeats or group.max_occurs is None or group.max_occurs > 1,
    )
    parts = [(_gather_part(part, content, above, counter, inner), part) for part in group]
    names = [name for members, _ in parts for name in members]
    if inner.repeats:
        if len(names) > 1:
            content.notes.append(f"{' and '.join(names)} repeat together, their order is lost")
    elif is_choice:
        needed = frozenset(
            name for members, part in parts for name in _required_names(members, part)
        )
        alternatives = tuple(tuple(members) for members, _ in parts if members)
        may_lack = times.optional or any(part.is_emptiable() for part in (group, *group))
        if len(alternatives) > 1:
            members = ChoiceGroup(least=int(not may_lack), alternatives=alternatives, needed=needed)
            content.groups.insert(0, members)
    elif group.min_occurs == 0 and len(names) > 1:
        needed = frozenset(_required_names(names, group))
        content.groups.append(ChoiceGroup(least=0, alternatives=(tuple(names),), needed=needed))
    return names


def _gather_part(
    part: Any, content: _Content, above: tuple[Any, ...], counter: count[int], times: _Times
) -> list[str]:
    from xmlschema import XsdElement
    from xmlschema.validators import XsdGroup

    if isinstance(part, XsdGroup):
        return _gather(part, content, above, counter, times)
    if not isinstance(part, XsdElement):
        content.notes.append("xs:any cannot be described here")
        return []
    node = _node(part, above, counter, times)
    if node.name not in content.nodes:
        content.nodes[node.name] = node
    return [node.name]


def _required_names(names: list[str], part: Any) -> Iterator[str]:
    """The names of the elements that must occur when this alternative is chosen."""
    from xmlschema.validators import XsdGroup

    if not isinstance(part, XsdGroup):
        yield from names if part.min_occurs else []
    elif part.model != "choice":
        for child in part:
            inner = isinstance(child, XsdGroup)
            if inner and child.min_occurs:
                yield from _required_names(names, child)
            elif not inner and child.min_occurs:
                yield str(child.local_name)


def _documentation(component: Any) -> str:
    annotation = getattr(component, "annotation", None)
    texts = ("".join(one.itertext()) for one in annotation.documentation) if annotation else ()
    lines = (" ".join(line.split()) for text in texts for line in text.strip().splitlines())
    return "\n".join(line for line in lines if line)


_STAMP = r"(Z|[+-][0-9]{2}:[0-9]{2})?"
_CLOCK = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
# The text forms of built-in types; the schema itself does not contain them.
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
_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_NUMBERS = {"decimal", "float", "double"}
# The bounds of xs:int, xs:long and similar types, which are left out as meaningless.
_ENDS = {bits - less for bits in (2**31, 2**32, 2**63, 2**64) for less in (0, 1)}
# character escapes and class subtraction, which Python does not have
_XSD_ONLY = regex(r"\\[icICpP]|-\[")


def schema_of_type(kind: Any) -> dict[str, Any]:
    """The JSON Schema of a simple type's text."""
    if kind.is_union():
        return _union(kind)
    if kind.is_list() or getattr(kind, "primitive_type", None) is None:  # or no known type
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
    return {"type": "string", **_text_schema(kind, primitive)}


def _union(kind: Any) -> dict[str, Any]:
    if kind.enumeration:
        return {"enum": [str(value) for value in kind.enumeration]}
    union = next(base for base in _bases(kind) if hasattr(base, "member_types"))
    members = [schema_of_type(member) for member in union.member_types]
    if all("enum" in member for member in members):
        values = (value for member in members for value in member["enum"])
        return {"enum": list(dict.fromkeys(values))}
    members = [{"type": "string", "pattern": _DATE} if "format" in m else m for m in members]
    patterns = [member["pattern"] for member in members if member.keys() == {"type", "pattern"}]
    if len(patterns) == len(members) and len(set(patterns)) == 1:
        return members[0]
    pattern = f"^({'|'.join(map(_open, patterns))})$"
    if len(patterns) == len(members) and _is_usable(pattern):
        return {"type": "string", "pattern": pattern}
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


def _text_schema(kind: Any, primitive: str) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    pattern = _pattern(kind) or _FORMS.get(primitive)
    if pattern and _is_usable(pattern):
        schema["pattern"] = pattern
    if primitive not in _FORMS:
        least, most = kind.min_length, kind.max_length
        schema |= {"minLength": int(least)} if least else {}
        schema |= {"maxLength": int(most)} if most is not None else {}
    return schema


def _pattern(kind: Any) -> str | None:
    """The pattern of a type: any pattern of one restriction, and every restriction."""
    steps = [base.get_facet(_PATTERN) for base in _bases(kind)]
    patterns = [_alternatives(step.regexps) for step in dict.fromkeys(steps) if step is not None]
    if not patterns:
        return None
    ahead = "".join(f"(?={pattern})" for pattern in patterns[1:])
    return f"^{ahead}{patterns[0][1:]}" if ahead else patterns[0]


_PATTERN = "{http://www.w3.org/2001/XMLSchema}pattern"


def _is_usable(pattern: str) -> bool:
    """Whether a pattern suits a document: valid in Python, and matched in limited time."""
    try:
        return not is_slow(pattern)
    except re.error:
        return False


def _alternatives(regexps: list[str]) -> str:
    patterns = list(map(_python, regexps))
    if len(patterns) == 1 and "|" not in patterns[0]:
        return f"^{patterns[0]}$"
    return f"^({'|'.join(patterns)})$"


def _python(regexp: str) -> str:
    """An XSD pattern in Python's syntax; most patterns are the same in both."""
    if _XSD_ONLY.search(regexp):
        from elementpath.regex import translate_pattern

        return f"(?:{translate_pattern(regexp, anchors=False)})"
    # XSD patterns match whole texts; outside of [ ], ^ and $ are ordinary characters
    return re.sub(r"(\\.|\[(?:\\.|[^\]])*\])|([$^])", lambda m: m[1] or f"\\{m[2]}", regexp)


def _open(pattern: str) -> str:
    return pattern.removeprefix("^").removesuffix("$")


def _bases(kind: Any) -> Iterator[Any]:
    """The type and its base types, down to a built-in type."""
    while kind is not None:
        yield kind
        kind = kind.base_type
