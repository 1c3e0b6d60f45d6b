"""Compares an operation's document with the WSDL of its service."""

import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.checking.operations import read_echo
from sgeflow.core.documents import EnvelopeSpec
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.reader import Reader, Types
from sgeflow.core.language.schemas import Schema
from sgeflow.core.language.text import Path, Tree
from sgeflow.core.language.unparse import names, nodes
from sgeflow.core.soap.envelope import TEXT
from sgeflow.core.wires.lists import taken_lists
from sgeflow.patterns import regex
from sgeflow.tools.wsdl.message import XML, bare, is_text, is_writable, lists, whole
from sgeflow.tools.wsdl.model import (
    DescribedOperation,
    Difference,
    ElementPath,
    Stance,
    XsdNode,
)

BODY: Path = ("envelope", "body")


def compare(described: DescribedOperation, tree: Tree, types: Types) -> tuple[Difference, ...]:
    """Return every difference, in the order: place and action, request, reply."""
    return tuple(_Comparison(described, tree, Reader(tree, types)).all())


class _Comparison(Struct, frozen=True):
    described: DescribedOperation
    tree: Tree
    reader: Reader

    def all(self) -> Iterator[Difference]:
        yield from self._place()
        ((root, content),) = self.tree.data["envelope"]["body"].items()
        yield from self._root(root)
        parameters = self.reader.parameters(("parameters",))
        elements = _Elements(self.tree, parameters, self.tree.data["envelope"]["namespaces"])
        yield from elements.children(self.described.request, content or {}, (*BODY, root))
        yield from self._reply()

    def _place(self) -> Iterator[Difference]:
        wsdl, data = self.described, self.tree.data
        if wsdl.version and data["version"] != wsdl.version:
            yield self._change("version", (), "version", data["version"], wsdl.version)
        action = data["route"]["soap_action"]
        if action != wsdl.soap_action:
            yield self._change("action", ("route",), "soap_action", action, wsdl.soap_action)
        soap = data["envelope"].get("soap", "1.1")
        if soap != wsdl.soap:
            yield self._change("SOAP version", ("envelope",), "soap", soap, wsdl.soap)
        spaces = data["envelope"]["namespaces"]
        spec = EnvelopeSpec(spaces, data["envelope"].get("header", {}), data["envelope"]["body"])
        header = ", ".join(map(spec.qualified, spec.header)) or "none"
        bound = ", ".join(f"{{{one.namespace}}}{one.name}" for one in wsdl.header) or "none"
        if header != bound:
            yield self._change("header", ("envelope",), "header", header, bound)
        direct = str(data["route"].get("direct") or "").strip("/")
        if wsdl.location and direct != wsdl.location:
            at = self.tree.at(("route", "direct"))
            words = direct or "none", wsdl.location
            yield Difference("address", Stance.PRINTED, "route.direct", *words, at)

    def _root(self, root: str) -> Iterator[Difference]:
        request = self.described.request
        prefix, _, name = root.rpartition(":")
        spaces = self.tree.data["envelope"]["namespaces"]
        if spaces.get(prefix) != request.namespace:
            path = ("envelope", "namespaces")
            yield self._change("namespace", path, prefix, spaces.get(prefix), request.namespace)
        if name != request.name:
            at = self.tree.at((*BODY, root), key=True)
            yield Difference("root", Stance.CHANGED, "envelope.body", name, request.name, at)

    def _change(self, part: str, path: Path, key: str, ours: Any, theirs: str) -> Difference:
        where, at = ".".join(map(str, (*path, key))), self.tree.at((*path, key))
        return Difference(part, Stance.CHANGED, where, str(ours) or "empty", theirs or "empty", at)

    def _reply(self) -> Iterator[Difference]:
        reply, response = self.described.reply, self.tree.data["response"]
        element = response["element"]
        names = [element] if isinstance(element, str) else element
        if reply.name not in names:
            document, at = ", ".join(names), self.tree.at(("response", "element"))
            yield Difference("reply", Stance.CHANGED, "response.element", document, reply.name, at)
        yield from self._lists(self._repeats(), lists(reply))
        yield from self._outputs(reply)

    def _repeats(self) -> list[str]:
        """The lists of the document: those of `lists`, then those that follow from paths."""
        lists_now = self.tree.data["response"].get("lists", [])
        repeated = (one.path for one in read_echo(self.reader).values())
        paths = (*self.reader.reply_paths(("response", "paths")).values(), *repeated)
        return list(dict.fromkeys([*lists_now, *sorted(taken_lists(p.syntax_tree for p in paths))]))

    def _lists(self, ours: list[str], theirs: tuple[str, ...]) -> Iterator[Difference]:
        has_key = "lists" in self.tree.data["response"]
        at = self.tree.at(("response", "lists") if has_key else ("response",), key=not has_key)
        missing = [(one, Stance.MISSING, "no list", "repeats") for one in theirs if one not in ours]
        extra = [(one, Stance.EXTRA, "list", "once") for one in ours if one not in theirs]
        for name, stance, document, wsdl in (*missing, *extra):
            yield Difference("list", stance, name, document, wsdl, at)

    def _outputs(self, reply: XsdNode) -> Iterator[Difference]:
        """Outputs that find nothing in a complete reply, and elements that no output reads.

        Of an output with alternatives (`a || b`), a complete reply gives the first; an element
        counts as unread only if no path names it.
        """
        example = whole(reply, (f"text {number}" for number in count()))
        paths = self.reader.reply_paths(("response", "paths"))
        known = {"text", *(bare(name) for where, _ in reply.walk() for name in where)}
        for name, path in paths.items():
            if _is_hollow(path.search(example)):
                missing = [field for field in _read_by(path.syntax_tree) if field not in known]
                words = path.text, "something that it reads is elsewhere"
                if missing:
                    words = f"reads {', '.join(missing)}", "not in the reply"
                where, at = f"response.paths.{name}", self.tree.at(("response", "paths", name))
                yield Difference("output", Stance.EXTRA, where, *words, at)
        texts = " ".join(path.text for path in paths.values())
        named = {
            part for word in re.findall(r"[\w.-]+?(?=\W|\Z)", texts) for part in word.split(".")
        }
        for place, node in reply.walk():
            if not node.children and bare(node.name) not in named:
                words = "no output reads it", "may be there"
                yield Difference("reply element", Stance.UNREAD, ".".join(map(bare, place)), *words)


def _read_by(node: Mapping[str, Any]) -> Iterator[str]:
    """The fields that an expression names, each once, without those that it creates."""
    pairs = [one for one in nodes(node) if one["type"] == "key_val_pair"]
    own = {pair["value"] for pair in pairs} - {name for pair in pairs for name in names(pair)}
    return iter(dict.fromkeys(name for name in names(node) if name not in own))


def _is_hollow(value: Any) -> bool:
    """Whether a value contains None."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return not value or any(map(_is_hollow, parts))
    return value is None


_PARAMETER = regex(r"\$\{([^{}]*)\}")


def local(key: str) -> str:
    """The name of an element, or @attribute, without its prefix."""
    at = "@" if key.startswith("@") else ""
    return at + key.removeprefix("@").rpartition(":")[2]


class _Elements(Struct, frozen=True):
    """Compares the elements of an envelope with those of a schema."""

    tree: Tree
    parameters: Mapping[str, Parameter]
    spaces: Mapping[str, str]

    def children(
        self,
        node: XsdNode,
        content: Mapping[str, Any],
        path: Path,
        where: ElementPath = (),
        *,
        needed: bool = True,  # whether the element is always present
    ) -> Iterator[Difference]:
        """The differences below an element whose content in the document is `content`."""
        keys = {local(key): key for key in content}
        yield from self._set(node, list(keys), path, where)
        for child in node.children:
            key = keys.get(child.name)
            if key is None:
                continue
            below, name = (*path, key), (*where, child.name)
            yield from self._namespace(child, key, below, name)
            always = needed and child.least > 0
            yield from self._child(child, content[key], below, name, needed=always)

    def _set(
        self, node: XsdNode, ours: list[str], path: Path, where: ElementPath
    ) -> Iterator[Difference]:
        """The differences in the names of the children and in their order."""
        theirs = [child.name for child in node.children if is_writable(child) or child.name in ours]
        for name in theirs:
            if name not in ours:
                yield self._difference(
                    "element", Stance.MISSING, (*where, name), path, "not there", "declared"
                )
        for name in ours:
            if name not in theirs:
                yield self._difference(
                    "element", Stance.EXTRA, (*where, name), path, "written", "not there"
                )
        shared = [name for name in ours if name in theirs and not name.startswith("@")]
        order = [name for name in theirs if name in shared]
        if shared != order:
            place = where or ("the root",)
            words = " ".join(shared), " ".join(order)
            yield self._difference("order", Stance.CHANGED, place, path, *words)

    def _namespace(
        self, node: XsdNode, key: str, path: Path, where: ElementPath
    ) -> Iterator[Difference]:
        prefix = key.removeprefix("@").rpartition(":")[0]
        spaces = {"xml": XML, **self.spaces}
        ours = spaces.get(prefix, "") if prefix else ""
        if ours != node.namespace:
            theirs = node.namespace or "none"
            yield self._difference("namespace", Stance.CHANGED, where, path, ours or "none", theirs)

    def _child(
        self, node: XsdNode, value: Any, path: Path, where: ElementPath, *, needed: bool
    ) -> Iterator[Difference]:
        text = next((child for child in node.children if child.name == TEXT), None)
        if text and not node.repeats and not isinstance(value, Mapping):  # its text alone
            yield from self._set(node, [TEXT], path, where)
            node = replace(text, least=node.least, most=node.most)
        match = _PARAMETER.fullmatch(value) if isinstance(value, str) else None
        parameter = self.parameters.get(match[1]) if match else None
        if parameter is not None:
            place = ("parameters", parameter.name)
            if parameter.default is None and parameter.required != needed:
                yield self._requirement(place, where, needed=needed)
            yield from self._values(node, parameter.schema, place, where)
        elif isinstance(value, Mapping) and not is_text(node):
            if node.repeats:
                yield self._repeats(node, path, where)
            yield from self.children(node, value, path, where, needed=needed)
        elif isinstance(value, Mapping):
            yield self._difference("form", Stance.CHANGED, where, path, "children", "a text")

    def _values(
        self, node: XsdNode, schema: Mapping[str, Any], path: Path, where: ElementPath
    ) -> Iterator[Difference]:
        """The differences between the JSON Schema of a value and the element's."""
        is_list = schema.get("type") == "array"
        if node.repeats != is_list:
            if is_list:
                yield self._difference("form", Stance.CHANGED, where, path, "a list", "once")
                return
            yield self._repeats(node, path, where)
            yield from self._single(node, schema, path, where)
            return
        if is_list:
            keys = ("type", "minItems", "maxItems")
            counts = {key: schema[key] for key in keys if key in schema}
            yield from self._facets(counts, _counts(node), path, where)
            yield from self._single(node, schema.get("items", {}), (*path, "items"), where)
        else:
            yield from self._single(node, schema, path, where)

    def _single(
        self, node: XsdNode, schema: Mapping[str, Any], path: Path, where: ElementPath
    ) -> Iterator[Difference]:
        if is_text(node):
            yield from self._facets(schema, node.schema, path, where)
            return
        members = schema.get("properties", {})
        required = schema.get("required", [])
        keys = {local(key): key for key in members}
        yield from self._set(node, list(keys), path, where)
        for child in filter(is_writable, node.children):
            key = keys.get(child.name)
            if key is None:
                continue
            below, name = (*path, "properties", key), (*where, child.name)
            yield from self._namespace(child, key, below, name)
            yield from self._values(child, members[key], below, name)
            if (child.least > 0) != (key in required):
                yield self._requirement(path, name, needed=child.least > 0)

    def _facets(
        self, ours: Schema, theirs: Schema, path: Path, where: ElementPath
    ) -> Iterator[Difference]:
        for one in facets(ours, theirs):
            yield replace(one, where=".".join(where), at=self.tree.at(path, key=True))

    def _requirement(self, path: Path, where: ElementPath, *, needed: bool) -> Difference:
        stance = Stance.LOOSER if needed else Stance.STRICTER
        words = ("optional", "required") if needed else ("required", "optional")
        return self._difference("required", stance, where, path, *words)

    def _repeats(self, node: XsdNode, path: Path, where: ElementPath) -> Difference:
        most = "any number" if node.most is None else f"up to {node.most}"
        return self._difference("list", Stance.STRICTER, where, path, "once", most)

    def _difference(
        self, part: str, stance: Stance, where: ElementPath, path: Path, document: str, wsdl: str
    ) -> Difference:
        at = self.tree.at(path, key=True)
        return Difference(part, stance, ".".join(where), document, wsdl, at)


def _counts(node: XsdNode) -> dict[str, Any]:
    most = {} if node.most is None else {"maxItems": node.most}
    return {"type": "array", "minItems": max(1, node.least), **most}


_BOUNDS = {
    "length": ("minLength", "maxLength"),
    "count": ("minItems", "maxItems"),
    "range": ("minimum", "maximum"),
}


def facets(document: Schema, wsdl: Schema) -> Iterator[Difference]:
    """The differences in the allowed texts of a value, without a place."""
    ours, theirs = _allowed_values(document), _allowed_values(wsdl)
    if _kind(document) != _kind(wsdl):
        yield _type(document, wsdl)
    elif ours is not None or theirs is not None:
        yield from _enumeration(ours, theirs, wsdl)
    else:
        yield from _pattern(document, wsdl)
        yield from _bounds("length", document, wsdl)
    for part in ("count", "range"):
        yield from _bounds(part, document, wsdl)


def _type(document: Schema, wsdl: Schema) -> Difference:
    ours, theirs = _kind(document), _kind(wsdl)
    narrower = theirs == "text" or (theirs, ours) == ("number", "integer")
    stance = Stance.LOOSER if ours == "text" else Stance.CHANGED
    stance = Stance.STRICTER if narrower else stance
    return Difference("type", stance, "", ours, theirs)


def _enumeration(
    ours: list[Any] | None, theirs: list[Any] | None, wsdl: Schema
) -> Iterator[Difference]:
    document, form = _list_values(ours), _list_values(theirs)
    if ours is None:
        stance = Stance.LOOSER
    elif theirs is None:
        unfit = [value for value in ours if not _fits(str(value), wsdl)]
        stance = Stance.CHANGED if unfit else Stance.STRICTER
        form = wsdl.get("pattern") or "any text"
    else:
        less, more = set(map(str, ours)), set(map(str, theirs))
        if less == more:
            return
        stance = Stance.STRICTER if less < more else Stance.CHANGED
        stance = Stance.LOOSER if less > more else stance
    yield Difference("enumeration", stance, "", document, form)


def _pattern(document: Schema, wsdl: Schema) -> Iterator[Difference]:
    ours, theirs = document.get("pattern"), wsdl.get("pattern")
    if ours == theirs or (ours and theirs and _branches(ours) == _branches(theirs)):
        return
    stance = Stance.CHANGED if ours and theirs else Stance.STRICTER if ours else Stance.LOOSER
    yield Difference("pattern", stance, "", ours or "none", theirs or "none")


def _bounds(part: str, document: Schema, wsdl: Schema) -> Iterator[Difference]:
    low, high = _BOUNDS[part]
    if part == "length" and "pattern" in document and "pattern" not in wsdl:
        return  # the pattern limits the length
    for key, sign in ((low, 1), (high, -1)):
        ours, theirs = document.get(key), wsdl.get(key)
        if ours == theirs or {ours, theirs} == {0, None}:
            continue
        tighter = theirs is None or (ours is not None and (ours - theirs) * sign > 0)
        stance = Stance.STRICTER if tighter else Stance.LOOSER
        yield Difference(part, stance, "", f"{key} {_end(ours)}", _end(theirs))


def _kind(schema: Schema) -> str:
    kind = str(schema.get("type", ""))
    allowed = _allowed_values(schema)
    if allowed:
        kind = "integer" if isinstance(allowed[0], int) else kind
        kind = "number" if isinstance(allowed[0], float) else kind
    if schema.get("format") == "date":
        return "date"
    return "text" if kind in ("", "string") else kind


def _allowed_values(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    return list(schema["enum"]) if "enum" in schema else None


def _fits(value: str, schema: Schema) -> bool:
    longest = schema.get("maxLength", len(value))
    if not schema.get("minLength", 0) <= len(value) <= longest:
        return False
    return re.search(schema.get("pattern", ""), value) is not None


def _branches(pattern: str) -> frozenset[str]:
    """The alternatives of a pattern, without their order and without outer brackets."""
    inside = pattern.removeprefix("^").removesuffix("$")
    return frozenset(inside.removeprefix("(").removesuffix(")").split("|"))


def _list_values(values: list[Any] | None) -> str:
    return "any" if values is None else ", ".join(map(str, values))


def _end(bound: Any) -> str:
    return "none" if bound is None else str(bound)
