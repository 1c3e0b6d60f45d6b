"""How two messages differ, as lines of the message itself: `-` for the one, `+` for the other.

Elements stand as they are nested, with no more of what is the same than is needed to see where a
line belongs: the elements around it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from msgspec import Struct

from sgeflow.adapters.cassettes.messages import Leaf
from sgeflow.patterns import regex

WIDTH = 60  # characters of a value

Shown = Callable[[Leaf], str]
"""The value of a leaf as it may be shown."""

_NUMBER = regex(r"\[\d+\]\Z")
_ENVELOPE = ("Envelope", "Body", "Header")


class Pair(Struct, frozen=True):
    """A leaf as it stands in the one message and in the other."""

    path: str
    before: Leaf | None
    after: Leaf | None

    @property
    def differs(self) -> bool:
        """Whether it is in one of them alone, or says another thing there."""
        one, other = self.before, self.after
        return one is None or other is None or (one.value, one.space) != (other.value, other.space)


def pairs(
    before: Iterable[Leaf], after: Iterable[Leaf], hidden: Collection[str] = ()
) -> tuple[Pair, ...]:
    """The leaves that differ, in the order of the messages; what is hidden may be anything."""
    one, other = ({leaf.path: leaf for leaf in leaves} for leaves in (before, after))
    differing = (
        Pair(path, one.get(path), other.get(path)) for path in _merge_paths(list(one), list(other))
    )
    return tuple(
        pair
        for pair in differing
        if pair.differs and not (pair.path in hidden and pair.before and pair.after)
    )


def lines(different: Iterable[Pair], show: Shown | None = None) -> list[str]:
    """The differences as lines: XML as elements in each other, JSON and paths as names."""
    text = show or value
    rows: list[str] = []
    around: list[str] = []
    for pair in different:
        parents, name = _parts(pair.path)
        common = 0
        while common < min(len(around), len(parents)) and around[common] == parents[common]:
            common += 1
        rows += [
            f"  {'  ' * depth}<{_NUMBER.sub('', parents[depth])}>"
            for depth in range(common, len(parents))
        ]
        around = parents
        margin = "  " * len(parents)
        for sign, leaf in (("-", pair.before), ("+", pair.after)):
            if leaf is not None:
                rows.append(f"{sign} {margin}{_leaf(name, leaf, pair, text)}")
    return rows


def value(leaf: Leaf) -> str:
    """A value, cut when it is long."""
    return leaf.value if len(leaf.value) <= WIDTH else leaf.value[:WIDTH] + "…"


def _leaf(name: str, leaf: Leaf, pair: Pair, show: Shown) -> str:
    text = show(leaf)
    plain = _NUMBER.sub("", name)
    if not _is_xml(pair.path):
        return f"{name}: {text}"
    if name.startswith("@"):
        return f'{plain[1:]}="{text}"'
    other = pair.after if leaf is pair.before else pair.before
    space = f' xmlns="{leaf.space}"' if other is not None and other.space != leaf.space else ""
    return f"<{plain}{space}>{text}</{plain}>" if text else f"<{plain}{space}/>"


def _parts(path: str) -> tuple[list[str], str]:
    """The elements around a leaf, without the envelope, and its name."""
    if not _is_xml(path):
        return [], path
    names = path.split("/")
    while len(names) > 1 and names[0] in _ENVELOPE:
        names.pop(0)
    return names[:-1], names[-1]


def _is_xml(path: str) -> bool:
    return "/" in path and not path.startswith(("path/", "query/"))


def _merge_paths(one: list[str], other: list[str]) -> Iterator[str]:
    """The paths of both, each where it stands among its own neighbours."""
    known, waiting = set(one), iter(other)
    for path in one:
        if path in set(other):
            for new in waiting:
                if new == path:
                    break
                if new not in known:
                    yield new
        yield path
    yield from (new for new in waiting if new not in known)
