"""Bodies and paths of messages as leaves, by which messages are compared and redacted.

XML and JSON are read alike: a leaf is a text with the names above it. White space between elements,
prefixes, and the order of attributes or members do not count. A body that is neither (cut off, or a
page for people) is one leaf.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, unquote_plus

from lxml import etree
from msgspec import Struct

from sgeflow.core.language.foreign_json import from_json
from sgeflow.core.soap.xml import Element, all_attributes, bare, elements, local_name, parse
from sgeflow.core.wires.answers import Flaw
from sgeflow.patterns import regex

WIDTH = 60  # characters of a shown value


_NUMBER = regex(r"\[\d+\]\Z")
_ENVELOPE = ("Envelope", "Body", "Header")
Rewrite = Callable[[tuple[str, ...], str], str]
"""Returns the new text of a leaf, given the names above it (the nearest last) and its text."""

_UNNAMED = (etree._Comment, etree._ProcessingInstruction)  # noqa: SLF001 - no public names
_ATTRIBUTES = etree.XPath("//@*")
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_DEEPEST = 256  # open tags, the limit of libxml2
_TAG = regex(r"(<[^<>]*>)")
_TAG_NAME = regex(r"</?(?:[\w.-]+:)?([\w.-]+)")
_ATTRIBUTE = regex(r"""(?<=\s)((?:[\w.-]+:)?([\w.-]+)\s*=\s*["'])([^"'<>]*)""")
_MEMBER = regex(r'("([^"\\]*)"\s*:\s*"?)((?:\\.|[^"\\,}\]])*)')


class Leaf(Struct, frozen=True):
    """One text of a message. `path` is for people; `space` is the namespace of its element."""

    path: str
    names: tuple[str, ...]
    value: str
    space: str = ""


def leaves(body: bytes) -> tuple[Leaf, ...]:
    """All leaves: in document order for XML, by name for JSON."""
    root = _read(body)
    if isinstance(root, Element):
        return tuple(_xml_leaves(root, local_name(root), ()))
    if isinstance(root, _Json):
        return tuple(_json_leaves(root.value, "", ()))
    return (Leaf("body", (), root),) if root else ()


def texts_within(body: bytes, names: Collection[str]) -> Iterator[str]:
    """The texts of all leaves within elements, attributes or members of some names."""
    if not any(name.encode() in body for name in names):
        return
    root = _read(body)
    if isinstance(root, Element):
        named = [f"{{*}}{name}" for name in names if name.strip("*")]  # no other names
        for element in root.iter(*named) if named else ():
            yield from (leaf.value for leaf in _xml_leaves(element, "", ()))
        every: Any = _ATTRIBUTES(root)
        yield from (str(value) for value in every if bare(str(value.attrname)) in names)
    elif isinstance(root, _Json):
        for leaf in _json_leaves(root.value, "", ()):
            if any(name in names for name in leaf.names):
                yield leaf.value


def path_leaves(path: str) -> tuple[Leaf, ...]:
    """The segments of a path, then its query parameters by name."""
    place, _, query = path.partition("?")
    segments = [
        Leaf(f"path/{number}", (), unquote(segment))
        for number, segment in enumerate(place.strip("/").split("/"), 1)
    ]
    counts: Counter[str] = Counter()
    for name, value in sorted(parse_qsl(query, keep_blank_values=True)):
        counts[name] += 1
        segments.append(Leaf(_numbered_name(f"query/{name}", counts[name]), (name,), value))
    return tuple(segments)


def request_leaves(path: str, action: str, body: bytes) -> tuple[Leaf, ...]:
    """The leaves by which requests are compared; host and port do not count."""
    return (*path_leaves(path), Leaf("SOAPAction", (), action.strip('"')), *leaves(body))


def rewrite(body: bytes, change: Rewrite | None, *, pretty: bool = False) -> bytes:
    """The body with every leaf changed, in UTF-8; `pretty` adds indentation where possible."""
    root = _read(body)
    if isinstance(root, Element):
        if change:
            _change_xml(root, (), change)
        if pretty:
            etree.indent(root)
        declared = body.lstrip().startswith(b"<?xml")
        return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=declared)
    if isinstance(root, _Json):
        value = _changed_json(root.value, (), change) if change else root.value
        return json.dumps(value, ensure_ascii=False, indent=2 if pretty else None).encode()
    return _change_text(root, change).encode("utf-8", "surrogateescape") if change else body


def rewrite_path(path: str, change: Rewrite) -> str:
    """The path with its segments and query values changed; others keep their spelling."""
    place, mark, query = path.partition("?")

    def changed(names: tuple[str, ...], plain: str, written: str) -> str:
        text = change(names, plain)
        return written if text == plain else quote(text, safe="*")

    segments = "/".join(changed((), unquote(one), one) for one in place.split("/"))
    pairs = (pair.partition("=") for pair in query.split("&"))
    return f"{segments}{mark}" + "&".join(
        name + sign + changed((unquote_plus(name),), unquote_plus(value), value)
        for name, sign, value in pairs
    )


class _Json(Struct, frozen=True):
    value: Any


def _read(body: bytes) -> Element | _Json | str:
    start = body.lstrip()[:1]
    if start in (b"{", b"["):
        try:
            return _Json(from_json(body))
        except ValueError:
            pass
    elif start:
        root = parse(body)
        if not isinstance(root, Flaw):
            return root
    return body.decode("utf-8", "surrogateescape")


def _numbered_name(name: str, number: int) -> str:
    return name if number == 1 else f"{name}[{number}]"


def _xml_leaves(element: Element, path: str, above: tuple[str, ...]) -> Iterator[Leaf]:
    space, _, name = str(element.tag).rpartition("}")
    names = (*above, name)
    for attribute, value in sorted(all_attributes(element)):
        if attribute != f"{_XSI}schemaLocation":
            inner = bare(attribute)
            yield Leaf(f"{path}/@{inner}", (*names, inner), value, attribute)
    children = list(elements(element))
    pieces = [element.text, *(child.tail for child in element)]
    text = "".join(piece for piece in pieces if piece and (piece.strip() or not children))
    if text or not children:
        yield Leaf(path, names, text.strip(), space)
    counts: Counter[str] = Counter()
    for child in children:
        tag = local_name(child)
        counts[tag] += 1
        yield from _xml_leaves(child, f"{path}/{_numbered_name(tag, counts[tag])}", names)


def _json_leaves(value: Any, path: str, names: tuple[str, ...]) -> Iterator[Leaf]:
    if isinstance(value, dict) and value:
        for name in sorted(value):
            inner = f"{path}.{name}" if path else name
            yield from _json_leaves(value[name], inner, (*names, name))
    elif isinstance(value, list) and value:
        for number, item in enumerate(value):
            yield from _json_leaves(item, f"{path}[{number}]", names)
    else:
        yield Leaf(path or "body", names, json.dumps(value, ensure_ascii=False))


def _change_xml(element: Element, names: tuple[str, ...], change: Rewrite) -> None:
    inner = names if isinstance(element, _UNNAMED) else (*names, local_name(element))
    for attribute, value in all_attributes(element):
        if not attribute.startswith(_XSI):
            changed = change((*inner, bare(attribute)), value)
            if changed != value:
                element.set(attribute, changed)
    if element.text and element.text.strip():
        element.text = change(inner, element.text)
    for child in element:
        _change_xml(child, inner, change)
        if child.tail and child.tail.strip():
            child.tail = change(inner, child.tail)


def _changed_json(value: Any, names: tuple[str, ...], change: Rewrite) -> Any:
    if isinstance(value, dict):
        return {name: _changed_json(each, (*names, name), change) for name, each in value.items()}
    if isinstance(value, list):
        return [_changed_json(item, names, change) for item in value]
    if isinstance(value, str):
        return change(names, value)
    if value is None or isinstance(value, bool):
        return value
    text = repr(value)  # the text of a number in JSON
    changed = change(names, text)
    if changed == text:
        return value
    try:
        return type(value)(changed)
    except ValueError:
        return changed


def _change_text(text: str, change: Rewrite) -> str:
    """Change the leaves of a text that no parser reads: tags and quoted members, then free text.

    Elements that are nested deeper than in any real message are skipped, to keep the time linear.
    """
    pieces: list[str] = []
    if "<" not in text:
        at = 0
        for match in _MEMBER.finditer(text):
            pieces.append(change((), text[at : match.start()]) + match[1])
            pieces.append(change((match[2],), match[3]))
            at = match.end()
        return "".join([*pieces, change((), text[at:])])
    open_names: list[str] = []
    for piece in _TAG.split(text):
        if len(open_names) > _DEEPEST:
            break
        if not piece.startswith("<"):
            pieces.append(change(tuple(open_names), piece) if piece.strip() else piece)
            continue
        named = _TAG_NAME.match(piece)
        name = named[1] if named else ""
        if piece.startswith("</"):
            while name in open_names and open_names.pop() != name:
                pass
            pieces.append(piece)
            continue
        inner = (*open_names, name)
        pieces.append(
            _ATTRIBUTE.sub(lambda m, inner=inner: m[1] + change((*inner, m[2]), m[3]), piece)
        )
        if name and not piece.endswith("/>"):
            open_names.append(name)
    return "".join(pieces)


def is_utf8(body: bytes) -> bool:
    """Whether a body is UTF-8; rewritten bodies are, and bodies without a parser may not be."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


class Pair(Struct, frozen=True):
    """A leaf in two messages."""

    path: str
    before: Leaf | None
    after: Leaf | None

    @property
    def differs(self) -> bool:
        """Whether the leaf is missing in one of the messages, or has different texts."""
        one, other = self.before, self.after
        return one is None or other is None or (one.value, one.space) != (other.value, other.space)


def pairs(
    before: Iterable[Leaf], after: Iterable[Leaf], hidden: Collection[str] = ()
) -> tuple[Pair, ...]:
    """The leaves that differ, in message order; leaves that are `hidden` may have any text."""
    one, other = ({leaf.path: leaf for leaf in leaves} for leaves in (before, after))
    # each path is compared with its own neighbours
    paths: list[str] = []
    waiting = iter(other)
    for path in one:
        if path in other:
            for new in waiting:
                if new == path:
                    break
                if new not in one:
                    paths.append(new)
        paths.append(path)
    paths += (new for new in waiting if new not in one)
    differing = (Pair(path, one.get(path), other.get(path)) for path in paths)
    return tuple(
        pair
        for pair in differing
        if pair.differs and not (pair.path in hidden and pair.before and pair.after)
    )


def value(leaf: Leaf) -> str:
    """The text of a leaf, cut if it is long."""
    return leaf.value if len(leaf.value) <= WIDTH else leaf.value[:WIDTH] + "…"


def lines(different: Iterable[Pair], show: Callable[[Leaf], str] = value) -> list[str]:
    """The differences as lines: XML as nested elements, JSON and paths as names.

    `show` returns the text of a leaf that may be shown.
    """
    rows: list[str] = []
    shown: list[str] = []  # the elements around the last line
    for pair in different:
        parents, name = [], pair.path
        if _is_xml(pair.path):
            *parents, name = pair.path.split("/")
            while parents and parents[0] in _ENVELOPE:
                parents.pop(0)
        common = 0
        while common < min(len(shown), len(parents)) and shown[common] == parents[common]:
            common += 1
        rows += [
            f"  {'  ' * depth}<{_NUMBER.sub('', parents[depth])}>"
            for depth in range(common, len(parents))
        ]
        shown = parents
        margin = "  " * len(parents)
        for sign, leaf in (("-", pair.before), ("+", pair.after)):
            if leaf is not None:
                rows.append(f"{sign} {margin}{_leaf_line(name, leaf, pair, show(leaf))}")
    return rows


def _leaf_line(name: str, leaf: Leaf, pair: Pair, text: str) -> str:
    plain = _NUMBER.sub("", name)
    if not _is_xml(pair.path):
        return f"{name}: {text}"
    if name.startswith("@"):
        return f'{plain[1:]}="{text}"'
    other = pair.after if leaf is pair.before else pair.before
    space = f' xmlns="{leaf.space}"' if other is not None and other.space != leaf.space else ""
    return f"<{plain}{space}>{text}</{plain}>" if text else f"<{plain}{space}/>"


def _is_xml(path: str) -> bool:
    return "/" in path and not path.startswith(("path/", "query/"))
