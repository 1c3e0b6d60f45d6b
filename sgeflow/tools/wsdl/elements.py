"""The elements of an envelope and of its parameters beside those that an XSD declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.text import Path, Tree
from sgeflow.patterns import regex
from sgeflow.tools.wsdl.difference import Difference, Stance
from sgeflow.tools.wsdl.model import XsdNode
from sgeflow.tools.wsdl.request import is_text, is_writable
from sgeflow.tools.wsdl.restrictions import facets

_PARAMETER = regex(r"\$\{([^{}]*)\}")


def local(key: str) -> str:
    """The name of an element, or @attribute, without its prefix."""
    at = "@" if key.startswith("@") else ""
    return at + key.removeprefix("@").rpartition(":")[2]


def only_parameter(value: Any) -> str | None:
    """The parameter whose value an element takes, when it is nothing else."""
    match = _PARAMETER.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match else None


def parameters_in(content: Any) -> Iterator[str]:
    """The parameters that an envelope's content reads, in order."""
    if isinstance(content, Mapping):
        for value in content.values():
            yield from parameters_in(value)
    elif isinstance(content, str):
        yield from _PARAMETER.findall(content)


class Elements(Struct, frozen=True):
    """The elements of an envelope beside those of a schema."""

    tree: Tree
    parameters: Mapping[str, Parameter]
    spaces: Mapping[str, str]

    def children(
        self,
        node: XsdNode,
        content: Mapping[str, Any],
        path: Path,
        where: tuple[str, ...] = (),
        *,
        needed: bool = True,
    ) -> Iterator[Difference]:
        """What differs below an element.

        Args:
            node: the element, as its XSD declares it.
            content: what the document writes in it.
            path: where that stands in the document.
            where: the element's path of names.
            needed: whether it is always there.
        """
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
        self, node: XsdNode, ours: list[str], path: Path, where: tuple[str, ...]
    ) -> Iterator[Difference]:
        """Which names are there, and in which order."""
        theirs = [child.name for child in node.children if is_writable(child)]
        for name in theirs:
            if name not in ours:
                yield self._element(Stance.MISSING, path, (*where, name))
        for name in ours:
            if name not in theirs:
                yield self._element(Stance.EXTRA, path, (*where, name))
        shared = [name for name in ours if name in theirs and not name.startswith("@")]
        order = [name for name in theirs if name in shared]
        if shared != order:
            yield Difference(
                part="order",
                stance=Stance.CHANGED,
                where=".".join(where) or "the root",
                document=" ".join(shared),
                wsdl=" ".join(order),
                at=self.tree.at(path, key=True),
            )

    def _element(self, stance: Stance, path: Path, where: tuple[str, ...]) -> Difference:
        missing = stance is Stance.MISSING
        return Difference(
            part="element",
            stance=stance,
            where=".".join(where),
            document="not there" if missing else "written",
            wsdl="declared" if missing else "not there",
            at=self.tree.at(path, key=True),
        )

    def _namespace(
        self, node: XsdNode, key: str, path: Path, where: tuple[str, ...]
    ) -> Iterator[Difference]:
        prefix = key.removeprefix("@").rpartition(":")[0]
        ours = self.spaces.get(prefix, "") if prefix else ""
        if ours != node.namespace:
            yield Difference(
                part="namespace",
                stance=Stance.CHANGED,
                where=".".join(where),
                document=ours or "none",
                wsdl=node.namespace or "none",
                at=self.tree.at(path, key=True),
            )

    def _child(
        self, node: XsdNode, value: Any, path: Path, where: tuple[str, ...], *, needed: bool
    ) -> Iterator[Difference]:
        name = only_parameter(value)
        parameter = self.parameters.get(name) if name else None
        if parameter is not None:
            yield from self._parameter(node, parameter, where, needed=needed)
        elif isinstance(value, Mapping) and not is_text(node):
            if node.repeats:
                yield self._repeats(node, path, where)
            yield from self.children(node, value, path, where, needed=needed)
        elif isinstance(value, Mapping):
            yield self._form("children", "a text", path, where)

    def _parameter(
        self, node: XsdNode, parameter: Parameter, where: tuple[str, ...], *, needed: bool
    ) -> Iterator[Difference]:
        path = ("parameters", parameter.name)
        if parameter.default is None and parameter.required != needed:
            yield self._requirement(path, where, needed=needed)
        yield from self._values(node, parameter.schema, path, where)

    def _values(
        self, node: XsdNode, schema: Mapping[str, Any], path: Path, where: tuple[str, ...]
    ) -> Iterator[Difference]:
        """How the JSON Schema of a value differs from what the element takes."""
        is_list = schema.get("type") == "array"
        if node.repeats != is_list:
            if is_list:
                yield self._form("a list", "once", path, where)
                return
            yield self._repeats(node, path, where)
            yield from self._single(node, schema, path, where)
            return
        if is_list:
            yield from self._facets(_only_counts(schema), _counts(node), path, where)
            yield from self._single(node, schema.get("items", {}), (*path, "items"), where)
        else:
            yield from self._single(node, schema, path, where)

    def _single(
        self, node: XsdNode, schema: Mapping[str, Any], path: Path, where: tuple[str, ...]
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
        self,
        ours: Mapping[str, Any],
        theirs: Mapping[str, Any],
        path: Path,
        where: tuple[str, ...],
    ) -> Iterator[Difference]:
        for facet in facets(ours, theirs):
            yield Difference(
                part=facet.part,
                stance=facet.stance,
                where=".".join(where),
                document=facet.document,
                wsdl=facet.wsdl,
                at=self.tree.at(path, key=True),
            )

    def _requirement(self, path: Path, where: tuple[str, ...], *, needed: bool) -> Difference:
        return Difference(
            part="required",
            stance=Stance.LOOSER if needed else Stance.STRICTER,
            where=".".join(where),
            document="optional" if needed else "required",
            wsdl="required" if needed else "optional",
            at=self.tree.at(path, key=True),
        )

    def _repeats(self, node: XsdNode, path: Path, where: tuple[str, ...]) -> Difference:
        most = "any number" if node.most is None else f"up to {node.most}"
        return Difference(
            part="list",
            stance=Stance.STRICTER,
            where=".".join(where),
            document="once",
            wsdl=most,
            at=self.tree.at(path, key=True),
        )

    def _form(self, ours: str, theirs: str, path: Path, where: tuple[str, ...]) -> Difference:
        return Difference(
            part="form",
            stance=Stance.CHANGED,
            where=".".join(where),
            document=ours,
            wsdl=theirs,
            at=self.tree.at(path, key=True),
        )


def _counts(node: XsdNode) -> dict[str, Any]:
    most = {} if node.most is None else {"maxItems": node.most}
    return {"type": "array", "minItems": max(1, node.least), **most}


def _only_counts(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: schema[key] for key in ("type", "minItems", "maxItems") if key in schema}
