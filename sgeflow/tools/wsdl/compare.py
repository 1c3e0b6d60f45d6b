"""What differs between an operation's document and the WSDL of its service."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from sgeflow.core.language.reader import Reader, Types
from sgeflow.core.language.text import Path, Tree
from sgeflow.tools.wsdl.difference import Difference, Stance
from sgeflow.tools.wsdl.elements import Elements
from sgeflow.tools.wsdl.model import Described, Node
from sgeflow.tools.wsdl.reply import bare, lists, whole

BODY: Path = ("envelope", "body")


def compare(described: Described, tree: Tree, types: Types) -> tuple[Difference, ...]:
    """Every difference, in the order: place and action, request, reply."""
    comparison = _Comparison(described, tree, Reader(tree, types))
    return tuple(comparison.all())


@dataclass(frozen=True, slots=True)
class _Comparison:
    described: Described
    tree: Tree
    reader: Reader

    def all(self) -> Iterator[Difference]:
        yield from self._place()
        ((root, content),) = self.tree.data["envelope"]["body"].items()
        yield from self._root(root)
        parameters = self.reader.parameters(("parameters",))
        elements = Elements(self.tree, parameters, self.tree.data["envelope"]["namespaces"])
        yield from elements.children(self.described.request, content or {}, (*BODY, root))
        yield from self._reply()

    def _place(self) -> Iterator[Difference]:
        said, data = self.described, self.tree.data
        if said.version and data["version"] != said.version:
            yield self._changed("version", (), "version", data["version"], said.version)
        action = data["route"]["soap_action"]
        if action != said.soap_action:
            yield self._changed("action", ("route",), "soap_action", action, said.soap_action)
        header = data["envelope"].get("header", "none")
        if header != said.header:
            yield self._changed("header", ("envelope",), "header", header, said.header)
        direct = str(data["route"].get("direct") or "").strip("/")
        if said.location and direct != said.location:
            yield Difference(
                part="address",
                stance=Stance.PRINTED,
                where="route.direct",
                document=direct or "none",
                wsdl=said.location,
                at=self.tree.at(("route", "direct")),
                path=("route",),
                fix={"direct": said.location},
            )

    def _root(self, root: str) -> Iterator[Difference]:
        request = self.described.request
        prefix, _, name = root.rpartition(":")
        spaces = self.tree.data["envelope"]["namespaces"]
        if spaces.get(prefix) != request.namespace:
            path = ("envelope", "namespaces")
            yield self._changed("namespace", path, prefix, spaces.get(prefix), request.namespace)
        if name != request.name:
            yield Difference(
                part="root",
                stance=Stance.CHANGED,
                where="envelope.body",
                document=name,
                wsdl=request.name,
                at=self.tree.at((*BODY, root), key=True),
            )

    def _changed(self, part: str, path: Path, key: str, ours: Any, theirs: str) -> Difference:
        return Difference(
            part=part,
            stance=Stance.CHANGED,
            where=".".join(map(str, (*path, key))),
            document=str(ours) or "empty",
            wsdl=theirs or "empty",
            at=self.tree.at((*path, key)),
            path=path,
            fix={key: theirs},
        )

    def _reply(self) -> Iterator[Difference]:
        reply, response = self.described.reply, self.tree.data["response"]
        element = response["element"]
        names = [element] if isinstance(element, str) else element
        if reply.name not in names:
            new = reply.name if isinstance(element, str) else [reply.name, *names]
            shown = ", ".join(names)
            yield Difference(
                part="reply",
                stance=Stance.CHANGED,
                where="response.element",
                document=shown,
                wsdl=reply.name,
                at=self.tree.at(("response", "element")),
                path=("response",),
                fix={"element": new},
            )
        yield from self._lists(response.get("lists", []), lists(reply))
        yield from self._outputs(reply)

    def _lists(self, ours: list[str], theirs: tuple[str, ...]) -> Iterator[Difference]:
        at = self.tree.at(("response", "lists"))
        for stance, one, other in (
            (Stance.MISSING, theirs, ours),
            (Stance.EXTRA, ours, theirs),
        ):
            for name in one:
                if name not in other:
                    said = ("no list", "repeats") if stance is Stance.MISSING else ("list", "once")
                    yield Difference(
                        part="list",
                        stance=stance,
                        where=name,
                        document=said[0],
                        wsdl=said[1],
                        at=at,
                    )

    def _outputs(self, reply: Node) -> Iterator[Difference]:
        """Outputs that find nothing in a reply with everything in it, and what none of them reads.

        An output with alternatives (`a || b`) reads the first in a whole reply: only what is
        named nowhere in the paths counts as unread.
        """
        example = whole(reply, (f"text {number}" for number in count()))
        paths = self.reader.expressions(("response", "paths"))
        known = {"text", *(bare(name) for where, _ in reply.walk() for name in where)}
        for name, path in paths.items():
            if _is_hollow(path.search(example)):
                gone = [field for field in _read_by(path.parsed) if field not in known]
                yield Difference(
                    part="output",
                    stance=Stance.EXTRA,
                    where=f"response.paths.{name}",
                    document=f"reads {', '.join(gone)}" if gone else path.text,
                    wsdl="not in the reply" if gone else "something that it reads is elsewhere",
                    at=self.tree.at(("response", "paths", name)),
                )
        words = set(re.findall(r"[\w.-]+?(?=\W|\Z)", " ".join(p.text for p in paths.values())))
        named = {part for word in words for part in word.split(".")}
        for where, node in reply.walk():
            if not node.children and bare(node.name) not in named:
                yield Difference(
                    part="reply element",
                    stance=Stance.UNREAD,
                    where=".".join(map(bare, where)),
                    document="no output reads it",
                    wsdl="may be there",
                )


def _read_by(node: Mapping[str, Any]) -> Iterator[str]:
    """The fields that an expression names, each once, but those that it makes itself."""
    pairs = [one for one in _inside(node) if one["type"] == "key_val_pair"]
    made = {pair["value"] for pair in pairs} - {name for pair in pairs for name in _fields(pair)}
    return iter(dict.fromkeys(name for name in _fields(node) if name not in made))


def _fields(node: Mapping[str, Any]) -> Iterator[str]:
    return (one["value"] for one in _inside(node) if one["type"] == "field")


def _inside(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for child in node.get("children", ()):
        yield from _inside(child)


def _is_hollow(value: Any) -> bool:
    """Whether anything in a value is missing."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return not value or any(map(_is_hollow, parts))
    return value is None
