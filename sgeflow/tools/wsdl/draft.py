"""Drafts the document of a described operation, for a person to complete.

Short values are on one line of YAML, long texts are folded.
"""

import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.language.expression import compile_path
from sgeflow.core.language.points import is_point
from sgeflow.core.language.reader import Types
from sgeflow.core.wires.lists import taken_lists
from sgeflow.patterns import regex
from sgeflow.tools.wsdl.message import (
    HEADER,
    RequestSlot,
    bare,
    body,
    header_of,
    is_personal,
    is_text,
    is_writable,
    lists,
    outputs,
    parameter,
    points,
    prefixes,
    slots,
    written_name,
)
from sgeflow.tools.wsdl.model import (
    ChoiceGroup,
    DescribedOperation,
    ElementPath,
    XsdNode,
)

Rule = tuple[str, str]
"""The check of a rule, and its message."""

_READS = regex(  # reading verbs; "check out" or "check in" change something
    r"(?:(?i:consulter|rechercher|get|find|list|search|query|read|fetch|retrieve|describe|lookup"
    r"|show|view|count)|(?i:check)(?!(?i:_?(?:in|out|off))(?![a-z])))(?=[A-Z_0-9]|\Z)"
)


def draft(described: DescribedOperation, types: Types, modeline: str, service: str) -> str:
    """Return the YAML of an operation, in the order and style of the shipped documents.

    A parameter with the schema of a shared type in `types.yaml` refers to the type. `modeline` is
    the line that names the schema for editors, and `service` the service of the environment; empty
    for SGE.
    """
    sections = [
        [modeline, *_head(described, service)],
        list(_parameters(described, types)),
        _rules(described),
        ["envelope:", *_envelope(described)],
        ["response:", *_response(described)],
        _echo(described),
        _personal(described),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _head(described: DescribedOperation, service: str) -> Iterator[str]:
    first, _, more = described.documentation.strip().partition("\n")
    titled = 0 < len(first) < WIDTH
    yield from entry("operation", described.name)
    yield from entry("title", first.removesuffix(".") if titled else described.name)
    if more or not titled:
        text = described.documentation or f"Drafted from {described.source}."
        yield from entry("description", text)
    yield from entry("service", described.service)
    yield f'version: "{described.version or "1.0"}"'
    yield from _kind(described)
    yield "route:"
    if service:
        yield f"  service: {scalar(service)}"
    yield from comment(
        "As the WSDL prints it, without the host; compare with the guide of the service.",
        2,
    )
    yield f"  direct: {scalar(described.location or described.service)}"
    yield f"  soap_action: {scalar(described.soap_action)}"


def _kind(described: DescribedOperation) -> Iterator[str]:
    if _READS.match(described.name):
        yield "kind: read"
        return
    yield from comment(
        "Check: read when the call may be sent twice, cancel when it ends something. An order or a"
        " cancel is sent once."
    )
    yield "kind: order"


def _parameters(described: DescribedOperation, types: Types) -> Iterator[str]:
    known = prefixes(described)
    places = slots(described)
    yield "parameters:" if places else "parameters: {}"
    for slot in places:
        if slot.node.nillable:
            yield from comment("The XSD takes a nil here too, which is never sent.", 2)
        document = parameter(slot, known, types)
        if slot.in_header and slot.node.name == "version" and described.version:
            document = {"type": "string", "default": described.version}
        yield from entry(slot.name, document, 2)


def _rules(described: DescribedOperation) -> list[str]:
    request = described.request
    places = {slot.path: slot for slot in slots(described)}
    drafter = _Drafter(places, prefixes(described))
    lines = []
    for check, message in dict(drafter.of(request, (), needed=True)).items():
        first, *more = fold("check", check, 4)
        lines += [f"  - {first.lstrip()}", *more, *entry("message", message, 4)]
    return ["rules:", *lines] if lines else []


def _envelope(described: DescribedOperation) -> Iterator[str]:
    request = described.request
    known = prefixes(described)
    names = {slot.path: slot.name for slot in slots(described)}
    if described.soap != "1.1":
        yield f'  soap: "{described.soap}"'
    yield "  namespaces:"
    for space, prefix in known.items():
        if prefix != "xml":  # XML itself declares it
            yield from entry(prefix, space, 4)
    for path, node in (((), request), *request.walk()):
        for note in node.notes:
            yield from comment(f"{'.'.join(path) or request.name}: {note}.", 2)
    if content := body(header_of(described), names, known, HEADER, needed=False):
        yield "  header:"
        yield from element_lines(content, 4)
    yield "  body:"
    root = {written_name(request, known): body(request, names, known)}
    yield from element_lines(root, 4)


def element_lines(content: Mapping[str, Any], indent: int) -> Iterator[str]:
    """The lines of a body, one for each element."""
    for key, value in content.items():
        if isinstance(value, Mapping):
            yield f"{' ' * indent}{key}:{'' if value else ' {}'}"
            yield from element_lines(value, indent + 2)
        else:
            name = f'"{key}"' if key.startswith(("@", "#")) else key  # YAML reserves this sign
            yield f"{' ' * indent}{name}: {value}"


def _response(described: DescribedOperation) -> Iterator[str]:
    yield f"  element: {scalar(described.reply.name)}"
    if not described.reply.children:
        yield from comment("The answer is empty: with `required: []`, it accepts an order.", 2)
    paths = outputs(described.reply)
    repeating = taken_lists(compile_path(path).syntax_tree for path in paths.values())
    if raw := [name for name in lists(described.reply) if name not in repeating]:
        yield from entry("lists", raw, 2)
    yield "  paths:"
    yield from comment("A first proposal, one output a leaf: name and choose what flows need.", 4)
    for name, path in paths.items():
        yield from fold(name, path, 4)


def _echo(described: DescribedOperation) -> list[str]:
    """The section `echo`, which identifies the reply by the point, if both contain one."""
    point = next((s.name for s in slots(described) if is_point(s.name)), None)
    repeated = list(points(described.reply))
    if point is None or not repeated:
        return []
    place = repeated[0] if len(repeated) == 1 else f"[{', '.join(repeated)}]"
    advice = "A reply that says another point answers another request. Add period and type."
    return [*comment(advice), "echo:", *fold(point, place, 2)]


def _personal(described: DescribedOperation) -> list[str]:
    messages = (described.request, header_of(described), described.reply)
    nodes: list[XsdNode] = [node for message in messages for _, node in message.walk()]
    marked = {slot.name for slot in slots(described)}
    named = (bare(node.name) for node in nodes if is_personal(bare(node.name)))
    names = dict.fromkeys(name for name in named if name not in marked)
    advice = "Elements that name or locate a person, or hold a secret: check, they are hidden."
    return [*comment(advice), *entry("personal", list(names))]


class _Part(Struct, frozen=True):
    """The parameters of one alternative: all of them, and the required ones."""

    names: tuple[str, ...]
    needed: tuple[str, ...]

    @property
    def signs(self) -> tuple[str, ...]:
        """Parameters whose presence shows that the alternative was chosen."""
        return self.needed[:1] or self.names


class _Drafter(Struct, frozen=True):
    places: Mapping[ElementPath, RequestSlot]
    known: Mapping[str, str]

    def of(self, node: XsdNode, above: ElementPath, *, needed: bool) -> Iterator[Rule]:
        grouped = {n for g in node.groups for alternative in g.alternatives for n in alternative}
        for group in node.groups:
            yield from self._group(node, group, above, needed=needed)
        for child in filter(is_writable, node.children):
            path = (*above, child.name)
            slot = self.places.get(path)
            if slot:
                yield from self._in_list(slot)
                continue
            if not child.least and child.name not in grouped:
                yield from _together(self._part(child, path))
            if child.least:
                yield from self._something(child, path, node, above if not needed else None)
            yield from self.of(child, path, needed=needed and child.least > 0)

    def _something(
        self, child: XsdNode, path: ElementPath, node: XsdNode, above: ElementPath | None
    ) -> Iterator[Rule]:
        """A rule that a required element has content, if all its content is optional.

        An envelope leaves an empty element out. `above` is the place of the parent if the parent
        may be absent.
        """
        part = self._part(child, path)
        if part.needed or not part.names or any(group.least for group in child.groups):
            return
        around = () if above is None else self._part(node, above).names
        others = tuple(name for name in around if name not in part.names)
        if above is not None and not others:
            return
        words = f"give at least one of {_list_names(part.names, 'and')}"
        if len(part.names) == 1:
            words = f"give {part.names[0]}"
        if others:
            check = f"{_any(part.names)} || !{_any(others)}"
            yield check, f"{words} with {_list_names(others, 'or')}"
        else:
            yield _either(part.names), words

    def _group(
        self, node: XsdNode, group: ChoiceGroup, above: ElementPath, *, needed: bool
    ) -> Iterator[Rule]:
        children = {child.name: child for child in node.children}
        parts = []
        for alternative in group.alternatives:
            others = {n for one in group.alternatives if one is not alternative for n in one}
            own = [name for name in alternative if name not in others]
            inner = [self._part(children[name], (*above, name)) for name in own if name in children]
            names = tuple(name for part in inner for name in part.names)
            must = [part for name, part in zip(own, inner, strict=False) if name in group.needed]
            parts.append(_Part(names, tuple(name for part in must for name in part.needed)))
        written = [part for part in parts if part.names]
        exactly = needed and group.least > 0
        if len(written) == 1 and len(parts) > 1 and exactly:  # the others have nothing to write
            (only,) = written
            yield _either(only.signs), f"give {_list_names(only.signs, 'or')}"
        elif len(written) > 1:
            yield _one_of(written, exactly=exactly)
        for part in parts:
            yield from _together(part)

    def _part(self, node: XsdNode, path: ElementPath) -> _Part:
        slot = self.places.get(path)
        if slot:
            return _Part((slot.name,), (slot.name,))
        inner = [
            (child, self._part(child, (*path, child.name)))
            for child in filter(is_writable, node.children)
        ]
        names = tuple(name for _, part in inner for name in part.names)
        needed = (name for child, part in inner if child.least for name in part.needed)
        return _Part(names, tuple(needed))

    def _in_list(self, slot: RequestSlot) -> Iterator[Rule]:
        """Choices between members of a list's objects; SGE itself checks deeper ones."""
        if not slot.node.repeats or is_text(slot.node):
            return
        children = {child.name: child for child in filter(is_writable, slot.node.children)}
        for group in slot.node.groups:
            firsts = [
                written_name(children[alternative[0]], self.known)
                for alternative in group.alternatives
                if alternative[0] in children
            ]
            if len(firsts) == len(set(firsts)) > 1:
                yield _one_of_members(slot, firsts, exactly=group.least > 0)


def _one_of(parts: list[_Part], *, exactly: bool) -> Rule:
    signs = [_any(part.signs) for part in parts]
    if len(signs) == 2:  # noqa: PLR2004 - two read best side by side
        check = f"{signs[0]} != {signs[1]}" if exactly else f"!{signs[0]} || !{signs[1]}"
    else:
        count = f"length([{', '.join(signs)}][?@])"
        check = f"{count} == 1" if exactly else f"{count} <= 1"
    names = [_list_names(part.signs, "or") for part in parts]
    words = f"give {_list_names(names, 'or')}" + (", just one of them" if exactly else ", not both")
    if not exactly and len(parts) > 2:  # noqa: PLR2004
        words = f"give at most one of {_list_names(names, 'and')}"
    return check, words


def _one_of_members(slot: RequestSlot, members: list[str], *, exactly: bool) -> Rule:
    present = ", ".join(f"{_quote(name)} != null" for name in members)
    wrong = "!=" if exactly else ">"
    check = f"length({slot.name}[?length([{present}][?@]) {wrong} 1]) == 0"
    if not slot.required:
        check = f"!present({slot.name}) || {check}"
    words = "exactly one" if exactly else "at most one"
    message = f"each {slot.name} has {words} of {_list_names(members, 'and')}"
    return check, message


def _together(part: _Part) -> Iterator[Rule]:
    """A rule that an optional part is given together with all that the part requires."""
    others = [name for name in part.names if name not in part.needed]
    needed = list(part.needed)
    if not needed or len(part.names) == 1:
        return
    if others:
        goes = _list_names(needed, "and")
        joined = " && ".join(f"present({name})" for name in needed)
        whole = joined if len(needed) == 1 else f"({joined})"
        check = f"{whole} || !{_any(tuple(others))}"
        verb = "goes" if len(others) == 1 else "go"
        yield check, f"{_list_names(others, 'and')} {verb} with {goes}"
    for name in needed[1:]:
        check = f"present({needed[0]}) == present({name})"
        yield check, f"{needed[0]} and {name} go together"


def _any(names: tuple[str, ...]) -> str:
    joined = _either(names)
    return joined if len(names) == 1 else f"({joined})"


def _either(names: tuple[str, ...]) -> str:
    given = [f"present({name})" for name in names]
    if len(given) > _NESTED:
        return f"!empty([{', '.join(given)}][?@])"
    return " || ".join(given)


def _list_names(names: list[str] | tuple[str, ...], word: str) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def _quote(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else f'"{name}"'


WIDTH = 140
_NESTED = 50  # alternatives in one condition; a limit of expressions is 100
_START = regex(r"[^\W\d_]|\(")
_BREAKS = regex(r"(?<=,) | (?=\|\| |&& )")  # good places to break an expression
_WORDS = {"true", "false", "null", "yes", "no", "on", "off"}
_IN_FLOW = set(",[]{}")


def scalar(value: Any, *, flow: bool = False) -> str:
    """A value as YAML on one line; text is quoted if it could be read as another type."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int | float):
        return str(getattr(value, "text", value))
    if _is_plain(str(value), flow=flow):
        return str(value)
    if any(character in value for character in '"\\') and value.isprintable():
        return "'" + str(value).replace("'", "''") + "'"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def flow(value: Any) -> str:
    """A value in flow style, `{type: string, maxLength: 15}`."""
    if isinstance(value, Mapping):
        inner = (f"{key_text(key)}: {flow(item)}" for key, item in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value, flow=True)


def key_text(key: str) -> str:
    """A key, quoted where YAML requires it."""
    return key if re.fullmatch(r"[\w$][\w:.$/-]*", key) and not key.isdigit() else f'"{key}"'


def entry(key: str, value: Any, indent: int = 0) -> list[str]:
    """The lines of a key and its value."""
    margin, name = " " * indent, key_text(key)
    line = f"{margin}{name}: {flow(value)}"
    if isinstance(value, Mapping) and value and not _is_short(value, line):
        below = [line for k, v in value.items() for line in entry(k, v, indent + 2)]
        return [f"{margin}{name}:", *below]
    if isinstance(value, list | tuple):
        items = (f"{margin}  - {scalar(item)}" for item in value)
        return [line] if len(line) <= WIDTH else [f"{margin}{name}:", *items]
    if isinstance(value, str) and ("\n" in value or len(line) > WIDTH):
        return [f"{margin}{name}: |", *_wrap(value, indent + 2)]
    return [line] if isinstance(value, Mapping) else [f"{margin}{name}: {scalar(value)}"]


def fold(key: str, value: str, indent: int = 0) -> list[str]:
    """The lines of a key and an expression, which is folded if it is long."""
    margin = " " * indent
    line = f"{margin}{key_text(key)}: {scalar(value)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"{margin}{key_text(key)}: >-", *_fill(_BREAKS.split(value), indent + 2)]


def comment(text: str, indent: int = 0) -> list[str]:
    """The lines of a comment."""
    width = WIDTH - indent - 2
    return [f"{' ' * indent}# {line}" for line in textwrap.wrap(" ".join(text.split()), width)]


def _is_plain(text: str, *, flow: bool) -> bool:
    if text.lower() in _WORDS or not _START.match(text) or not text.isprintable():
        return False
    if any(mark in text for mark in (": ", "#")) or text[-1] in ": ":
        return False
    return not (flow and _IN_FLOW & set(text))


def _is_short(value: Mapping[str, Any], line: str) -> bool:
    """Whether a mapping fits on one line: a type by name, or a mapping without prose."""
    if len(line) > WIDTH or any(isinstance(item, Mapping) for item in value.values()):
        return False
    return "$ref" in value or "description" not in value


def _fill(pieces: list[str], indent: int) -> Iterator[str]:
    line = ""
    for piece in pieces:
        longer = f"{line} {piece}" if line else piece
        if line and len(longer) > WIDTH - indent:
            yield " " * indent + line
            longer = piece
        line = longer
    yield " " * indent + line


def _wrap(text: str, indent: int) -> Iterator[str]:
    for paragraph in text.strip().split("\n"):
        lines = textwrap.wrap(
            paragraph, WIDTH - indent, break_long_words=False, break_on_hyphens=False
        )
        yield from (" " * indent + line for line in lines or [""])
