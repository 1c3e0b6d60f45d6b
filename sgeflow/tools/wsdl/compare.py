"""What differs between an operation's document and the WSDL of its service."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from msgspec import Struct

from sgeflow.core.checking.operations.echoes import read_echo
from sgeflow.core.language.reader import Reader, Types
from sgeflow.core.language.text import Path, Tree
from sgeflow.core.language.unparse import names, nodes
from sgeflow.core.soap.lists import taken_lists
from sgeflow.tools.wsdl.difference import Difference, Stance
from sgeflow.tools.wsdl.elements import Elements
from sgeflow.tools.wsdl.model import DescribedOperation, XsdNode
from sgeflow.tools.wsdl.reply import bare, lists, whole

BODY: Path = ("envelope", "body")


def compare(described: DescribedOperation, tree: Tree, types: Types) -> tuple[Difference, ...]:
    """Every difference, in the order: place and action, request, reply."""
    comparison = _Comparison(described, tree, Reader(tree, types))
    return tuple(comparison.all())


class _Comparison(Struct, frozen=True):
    described: DescribedOperation
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
        wsdl, data = self.described, self.tree.data
        if wsdl.version and data["version"] != wsdl.version:
            yield self._change("version", (), "version", data["version"], wsdl.version)
        action = data["route"]["soap_action"]
        if action != wsdl.soap_action:
            yield self._change("action", ("route",), "soap_action", action, wsdl.soap_action)
        header = data["envelope"].get("header", "none")
        if header != wsdl.header:
            yield self._change("header", ("envelope",), "header", header, wsdl.header)
        direct = str(data["route"].get("direct") or "").strip("/")
        if wsdl.location and direct != wsdl.location:
            yield Difference(
                part="address",
                stance=Stance.PRINTED,
                where="route.direct",
                document=direct or "none",
                wsdl=wsdl.location,
                at=self.tree.at(("route", "direct")),
            )

    def _root(self, root: str) -> Iterator[Difference]:
        request = self.described.request
        prefix, _, name = root.rpartition(":")
        spaces = self.tree.data["envelope"]["namespaces"]
        if spaces.get(prefix) != request.namespace:
            path = ("envelope", "namespaces")
            yield self._change("namespace", path, prefix, spaces.get(prefix), request.namespace)
        if name != request.name:
            yield Difference(
                part="root",
                stance=Stance.CHANGED,
                where="envelope.body",
                document=name,
                wsdl=request.name,
                at=self.tree.at((*BODY, root), key=True),
            )

    def _change(self, part: str, path: Path, key: str, ours: Any, theirs: str) -> Difference:
        return Difference(
            part=part,
            stance=Stance.CHANGED,
            where=".".join(map(str, (*path, key))),
            document=str(ours) or "empty",
            wsdl=theirs or "empty",
            at=self.tree.at((*path, key)),
        )

    def _reply(self) -> Iterator[Difference]:
        reply, response = self.described.reply, self.tree.data["response"]
        element = response["element"]
        names = [element] if isinstance(element, str) else element
        if reply.name not in names:
            listing = ", ".join(names)
            yield Difference(
                part="reply",
                stance=Stance.CHANGED,
                where="response.element",
                document=listing,
                wsdl=reply.name,
                at=self.tree.at(("response", "element")),
            )
        yield from self._lists(self._repeats(), lists(reply))
        yield from self._outputs(reply)

    def _repeats(self) -> list[str]:
        """What the document takes as lists: what `lists` names, then what follows from paths."""
        lists_now = self.tree.data["response"].get("lists", [])
        repeated = (one.path for one in read_echo(self.reader).values())
        paths = (*self.reader.reply_paths(("response", "paths")).values(), *repeated)
        return list(dict.fromkeys([*lists_now, *sorted(taken_lists(p.syntax_tree for p in paths))]))

    def _lists(self, ours: list[str], theirs: tuple[str, ...]) -> Iterator[Difference]:
        has_key = "lists" in self.tree.data["response"]
        at = self.tree.at(("response", "lists") if has_key else ("response",), key=not has_key)
        for stance, one, other in (
            (Stance.MISSING, theirs, ours),
            (Stance.EXTRA, ours, theirs),
        ):
            for name in one:
                if name not in other:
                    words = ("no list", "repeats") if stance is Stance.MISSING else ("list", "once")
                    yield Difference(
                        part="list",
                        stance=stance,
                        where=name,
                        document=words[0],
                        wsdl=words[1],
                        at=at,
                    )

    def _outputs(self, reply: XsdNode) -> Iterator[Difference]:
        """Outputs that find nothing in a reply with everything in it, and what none of them reads.

        An output with alternatives (`a || b`) reads the first in a whole reply: only what is
        named nowhere in the paths counts as unread.
        """
        example = whole(reply, (f"text {number}" for number in count()))
        paths = self.reader.reply_paths(("response", "paths"))
        known = {"text", *(bare(name) for where, _ in reply.walk() for name in where)}
        for name, path in paths.items():
            if _is_hollow(path.search(example)):
                missing = [field for field in _read_by(path.syntax_tree) if field not in known]
                yield Difference(
                    part="output",
                    stance=Stance.EXTRA,
                    where=f"response.paths.{name}",
                    document=f"reads {', '.join(missing)}" if missing else path.text,
                    wsdl="not in the reply" if missing else "something that it reads is elsewhere",
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
    pairs = [one for one in nodes(node) if one["type"] == "key_val_pair"]
    own = {pair["value"] for pair in pairs} - {name for pair in pairs for name in names(pair)}
    return iter(dict.fromkeys(name for name in names(node) if name not in own))


def _is_hollow(value: Any) -> bool:
    """Whether anything in a value is missing."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return not value or any(map(_is_hollow, parts))
    return value is None
