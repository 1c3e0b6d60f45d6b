"""What must hold between the parameters of a request: choices, and what goes together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from sgeflow.tools.wsdl.model import ChoiceGroup, ElementPath, XsdNode
from sgeflow.tools.wsdl.names import written_name
from sgeflow.tools.wsdl.request import RequestSlot, is_text, is_writable


class DraftedRule(Struct, frozen=True, kw_only=True):
    """A rule as a document writes it, and the parameters that it reads."""

    check: str
    message: str
    parameters: frozenset[str]


class _Part(Struct, frozen=True):
    """The parameters of one alternative: all, and those that it cannot go without."""

    names: tuple[str, ...]
    needed: tuple[str, ...]

    @property
    def signs(self) -> tuple[str, ...]:
        """Parameters whose presence says that the alternative was taken."""
        return self.needed[:1] or self.names


def rules(
    request: XsdNode, places: tuple[RequestSlot, ...], known: Mapping[str, str]
) -> tuple[DraftedRule, ...]:
    """The rules of a request, in document order."""
    drafter = _Drafter({slot.path: slot for slot in places}, known)
    drafted = [*drafter.of(request, (), needed=True)]
    return tuple({rule.check: rule for rule in drafted}.values())


class _Drafter(Struct, frozen=True):
    places: Mapping[ElementPath, RequestSlot]
    known: Mapping[str, str]

    def of(self, node: XsdNode, above: ElementPath, *, needed: bool) -> Iterator[DraftedRule]:
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
    ) -> Iterator[DraftedRule]:
        """That an element which must be there has something in it, where all of it is optional.

        An envelope leaves an empty element out. `above` is the place of the parent when that may
        be left out itself.
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
            yield _rule(check, f"{words} with {_list_names(others, 'or')}", [*part.names, *others])
        else:
            yield _rule(_either(part.names), words, list(part.names))

    def _group(
        self, node: XsdNode, group: ChoiceGroup, above: ElementPath, *, needed: bool
    ) -> Iterator[DraftedRule]:
        children = {child.name: child for child in node.children}
        parts = []
        for alternative in group.alternatives:
            own = [name for name in alternative if _is_only_in(name, alternative, group)]
            inner = [self._part(children[name], (*above, name)) for name in own if name in children]
            names = tuple(name for part in inner for name in part.names)
            must = [part for name, part in zip(own, inner, strict=False) if name in group.needed]
            parts.append(_Part(names, tuple(name for part in must for name in part.needed)))
        if len(parts) > 1 and all(part.names for part in parts):
            yield _one_of(parts, exactly=needed and group.least > 0)
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

    def _in_list(self, slot: RequestSlot) -> Iterator[DraftedRule]:
        """Choices between the members of a list's objects; deeper ones are left to SGE."""
        if not slot.node.repeats or is_text(slot.node):
            return
        children = {child.name: child for child in slot.node.children}
        for group in slot.node.groups:
            firsts = [
                written_name(children[alternative[0]], self.known)
                for alternative in group.alternatives
                if alternative[0] in children
            ]
            if len(firsts) == len(set(firsts)) > 1:
                yield _one_of_members(slot, firsts, exactly=group.least > 0)


def _is_only_in(name: str, alternative: tuple[str, ...], group: ChoiceGroup) -> bool:
    return all(name not in other for other in group.alternatives if other is not alternative)


def _one_of(parts: list[_Part], *, exactly: bool) -> DraftedRule:
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
    return _rule(check, words, [name for part in parts for name in part.signs])


def _one_of_members(slot: RequestSlot, members: list[str], *, exactly: bool) -> DraftedRule:
    present = ", ".join(f"{_quote(name)} != null" for name in members)
    wrong = "!=" if exactly else ">"
    check = f"length({slot.name}[?length([{present}][?@]) {wrong} 1]) == 0"
    if not slot.required:
        check = f"!present({slot.name}) || {check}"
    words = "exactly one" if exactly else "at most one"
    message = f"each {slot.name} has {words} of {_list_names(members, 'and')}"
    return _rule(check, message, [slot.name])


def _together(part: _Part) -> Iterator[DraftedRule]:
    """That nothing of an optional part is given without what the part cannot go without."""
    others = [name for name in part.names if name not in part.needed]
    needed = list(part.needed)
    if not needed or len(part.names) == 1:
        return
    if others:
        goes = _list_names(needed, "and")
        check = f"{_all(needed)} || !{_any(tuple(others))}"
        verb = "goes" if len(others) == 1 else "go"
        yield _rule(check, f"{_list_names(others, 'and')} {verb} with {goes}", [*needed, *others])
    for name in needed[1:]:
        check = f"present({needed[0]}) == present({name})"
        yield _rule(check, f"{needed[0]} and {name} go together", [needed[0], name])


def _rule(check: str, message: str, names: list[str]) -> DraftedRule:
    return DraftedRule(check=check, message=message, parameters=frozenset(names))


def _any(names: tuple[str, ...]) -> str:
    joined = _either(names)
    return joined if len(names) == 1 else f"({joined})"


def _either(names: tuple[str, ...]) -> str:
    return " || ".join(f"present({name})" for name in names)


def _all(names: list[str]) -> str:
    joined = " && ".join(f"present({name})" for name in names)
    return joined if len(names) == 1 else f"({joined})"


def _list_names(names: list[str] | tuple[str, ...], word: str) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def _quote(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else f'"{name}"'
