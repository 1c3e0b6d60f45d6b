"""A document brought up to a WSDL: what comes from the WSDL changes, at its place in the text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sgeflow.core.language.text import Path, Tree
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.tools.wsdl.compare import BODY, compare
from sgeflow.tools.wsdl.difference import Difference, Stance
from sgeflow.tools.wsdl.draft import nested, rule_lines
from sgeflow.tools.wsdl.elements import local, only_parameter, parameters_in
from sgeflow.tools.wsdl.model import Described, Node
from sgeflow.tools.wsdl.names import unique, written_name
from sgeflow.tools.wsdl.reply import lists
from sgeflow.tools.wsdl.request import Slot, Types, body, is_text, is_writable, member, parameter
from sgeflow.tools.wsdl.request import slots as slots_of
from sgeflow.tools.wsdl.rules import rules
from sgeflow.tools.wsdl.yaml_edit import Fresh, rearranged, with_key, with_keys
from sgeflow.tools.wsdl.yaml_write import entry

_NO_SIGN = {Stance.STRICTER, Stance.PRINTED}
Place = tuple[str, Stance, str]
Names = tuple[str, ...]


def place(difference: Difference) -> Place:
    """What a difference is about, to know it again."""
    return difference.part, difference.stance, difference.where


def updated(
    described: Described, tree: Tree, types: Types, chosen: Collection[Place] | None = None
) -> str:
    """The document's text with what the WSDL says, every other byte as it was.

    Comments, titles, descriptions, outputs, faults and examples stay; so does what is stricter
    than the WSDL.

    Args:
        described: the operation in the newer WSDL.
        tree: the document.
        types: the shared types.
        chosen: what differed from the older WSDL already, when that is known: it was a person's
            choice and stays, and then a stricter document can be told from an outdated one.
    """
    in_order = list(tree.data["parameters"]) == _used(tree)
    update = _Update(described, types, chosen, tree, in_order)
    update.root()
    update.elements(described.request, update.body_path(), ())
    update.parameters()
    update.fixes()
    update.lists()
    update.rules()
    return update.tree.source.text


@dataclass(slots=True)
class _Update:
    described: Described
    types: Types
    chosen: Collection[Place] | None
    tree: Tree
    in_order: bool  # whether the parameters were in the order of the envelope
    added: dict[str, Slot] = field(default_factory=dict)  # by the new parameter's name
    _fresh: dict[Names, Slot] | None = None

    def body_path(self) -> Path:
        return (*BODY, next(iter(self._at(BODY))))

    def root(self) -> None:
        """The namespace and the name of the request's root, which all else hangs on."""
        for difference in self._differences():
            if difference.part == "namespace" and difference.fix:
                self._set(difference.path, difference.fix)
        path = self.body_path()
        prefix, _, name = str(path[-1]).rpartition(":")
        if name != self.described.request.name:
            key = f"{prefix}:{self.described.request.name}" if prefix else name
            self._read(with_key(self.tree, path, key))

    def elements(self, node: Node, path: Path, where: Names) -> None:
        """The elements of an envelope, level by level."""
        self._level(node, path, where, self._element)
        keys = {local(key): key for key in self._at(path)}
        for child in node.children:
            if child.name not in keys:
                continue
            below, name = (*path, keys[child.name]), (*where, child.name)
            value = self._at(below)
            parameter_name = only_parameter(value)
            if isinstance(value, Mapping) and not is_text(child):
                self.elements(child, below, name)
            elif parameter_name and not is_text(child):
                self._members(child, ("parameters", parameter_name), name)

    def parameters(self) -> None:
        """Parameters in, out and in the order of the envelope, when they were in it before."""
        declared = list(self._at(("parameters",)))
        used = _used(self.tree)
        if set(declared) == set(used) and (declared == used or not self.in_order):
            return
        kept = [name for name in declared if name in used]
        wanted = used if self.in_order else _merged(kept, used)
        entries = [name if name in declared else self._parameter(name) for name in wanted]
        self._read(rearranged(self.tree, ("parameters",), entries))

    def fixes(self) -> None:
        """Everything that is settled by setting or taking away keys of one mapping."""
        for difference in self._differences():
            if difference.fix and self._is_outdated(difference):
                self._set(difference.path, difference.fix)

    def lists(self) -> None:
        """What repeats in a reply."""
        path: Path = ("response", "lists")
        ours = list(self._at(("response",)).get("lists", []))
        kept = [n for n in ours if ("list", Stance.EXTRA, n) in (self.chosen or ())]
        theirs = lists(self.described.reply)
        skipped = [n for n in theirs if ("list", Stance.MISSING, n) in (self.chosen or ())]
        wanted = [name for name in theirs if name not in skipped or name in ours]
        if set(wanted) | set(kept) == set(ours):
            return
        if "lists" not in self._at(("response",)):
            self._set(("response",), {"lists": wanted})
            return
        entries = [ours.index(n) if n in ours else _item(n) for n in [*wanted, *kept]]
        self._read(rearranged(self.tree, path, entries))

    def rules(self) -> None:
        """The rules that new parameters bring."""
        known = self._prefixes()
        places = tuple(self._slots())
        written = {rule["check"] for rule in self.tree.data.get("rules", [])}
        found = [
            rule
            for rule in rules(self.described.request, places, known)
            if rule.parameters & self.added.keys() and rule.check not in written
        ]
        lines = [line for rule in found for line in rule_lines(rule.check, rule.message)]
        if not found:
            return
        if "rules" in self.tree.data:
            number = len(self.tree.data["rules"])
            more = Fresh("", [], lambda _: lines)
            self._read(rearranged(self.tree, ("rules",), [*range(number), more]))
            return
        keys: list[str | int | Fresh] = list(self.tree.data)
        section = Fresh("rules", [], lambda _: ["", "rules:", *lines])
        keys.insert(keys.index("parameters") + 1, section)
        self._read(rearranged(self.tree, (), keys))

    def _level(
        self, node: Node, path: Path, where: Names, fresh: Callable[[Node, Names], Fresh]
    ) -> None:
        """The children of one element as its XSD has them; what a person chose stays."""
        ours = list(self._at(path))
        keys = {local(key): key for key in ours}
        chosen = self.chosen or ()
        wanted: list[str | int | Fresh] = []
        for child in filter(is_writable, node.children):
            name = (*where, child.name)
            if child.name in keys:
                wanted.append(keys[child.name])
            elif ("element", Stance.MISSING, ".".join(name)) not in chosen:
                wanted.append(fresh(child, name))
        known = {child.name for child in node.children}
        for index, key in enumerate(ours):
            place_of = ("element", Stance.EXTRA, ".".join((*where, local(key))))
            if local(key) not in known and place_of in chosen:
                wanted.insert(index, key)
        if wanted != ours:
            self._read(rearranged(self.tree, path, wanted))

    def _element(self, node: Node, where: Names) -> Fresh:
        fresh = self._new_slots()
        names = {path: slot.name for path, slot in fresh.items()}
        self.added |= {s.name: s for p, s in fresh.items() if p[: len(where)] == where}
        known = self._prefixes(node)
        value = f"${{{names[where]}}}" if where in names else body(node, names, known, where)
        key = written_name(node, known)
        return Fresh(key, value, lambda indent: list(nested({key: value}, indent)))

    def _members(self, node: Node, path: Path, where: Names) -> None:
        """The members of a parameter of objects, where the document spells them out itself."""
        schema = self._at(path)
        for step in ("items", "properties"):
            if isinstance(schema, Mapping) and step in schema:
                path, schema = (*path, step), schema[step]
        if path[-1] != "properties":
            return
        self._level(node, path, where, self._member)
        keys = {local(key): key for key in self._at(path)}
        for child in node.children:
            if child.name in keys and not is_text(child):
                self._members(child, (*path, keys[child.name]), (*where, child.name))

    def _member(self, node: Node, _where: Names) -> Fresh:
        known = self._prefixes(node)
        key, value = written_name(node, known), member(node, known)
        return Fresh(key, value, lambda indent: entry(key, value, indent))

    def _parameter(self, name: str) -> Fresh:
        value = parameter(self.added[name], self._prefixes(), self.types)
        return Fresh(name, value, lambda indent: entry(name, value, indent))

    def _slots(self) -> Iterator[Slot]:
        """The places of the request with the names that the document gives their parameters."""
        for slot in slots_of(self.described.request):
            name = only_parameter(self._written(slot.path))
            if name:
                yield replace(slot, name=name)

    def _new_slots(self) -> dict[Names, Slot]:
        if self._fresh is None:
            new = {
                slot.path: slot
                for slot in slots_of(self.described.request)
                if self._written(slot.path) is None
            }
            names = unique(new, taken=set(self._at(("parameters",))))
            self._fresh = {path: replace(slot, name=names[path]) for path, slot in new.items()}
        return self._fresh

    def _written(self, path: Names) -> Any:
        """What the envelope writes at a path of names."""
        content = self._at(self.body_path())
        for name in path:
            if not isinstance(content, Mapping):
                return None
            content = next((v for key, v in content.items() if local(key) == name), None)
        return content

    def _prefixes(self, *nodes: Node) -> dict[str, str]:
        """The document's prefixes; a namespace that it does not know yet is declared."""
        spaces = self._at(("envelope", "namespaces"))
        known = {space: prefix for prefix, space in spaces.items()}
        below = [n for node in nodes for n in (node, *(n for _, n in node.walk()))]
        for space in dict.fromkeys(node.namespace for node in below):
            if space and space not in known:
                free = next(f"n{n}" for n in range(1, 99) if f"n{n}" not in spaces)
                self._set(("envelope", "namespaces"), {free: space})
                return self._prefixes(*nodes)
        return known

    def _is_outdated(self, difference: Difference) -> bool:
        """Whether the WSDL moved on; a stricter document alone is no sign of that."""
        return difference.stance not in _NO_SIGN or self.chosen is not None

    def _differences(self) -> list[Difference]:
        found = compare(self.described, self.tree, self.types)
        return [one for one in found if place(one) not in (self.chosen or ())]

    def _at(self, path: Path) -> Any:
        value = self.tree.data
        for step in path:
            value = value[step]
        return value

    def _set(self, path: Path, changes: Mapping[str, Any]) -> None:
        self._read(with_keys(self.tree, path, changes))

    def _read(self, text: str) -> None:
        self.tree = read_yaml(self.tree.source.name, text)


def _item(name: str) -> Fresh:
    return Fresh("", name, lambda indent: [f"{' ' * indent}- {name}"])


def _used(tree: Tree) -> list[str]:
    """The parameters in the order in which the envelope takes them."""
    return list(dict.fromkeys(parameters_in(tree.data["envelope"]["body"])))


def _merged(kept: list[str], used: list[str]) -> list[str]:
    """The kept names in their own order, each new one after the one before it in the envelope."""
    merged = list(kept)
    for before, name in zip(["", *used], used, strict=False):
        if name not in merged:
            merged.insert(merged.index(before) + 1 if before in merged else 0, name)
    return merged
