"""Patches of what is no YAML: the text as it can be read on.

A patch says in the text as it is written what is composed in its place, so that each place that is
told is one of that text.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

MOST_PATCHES = 20  # each has the text composed once more


class Patch(Struct, frozen=True, kw_only=True):
    """A part of a text that is composed as something else."""

    start: int
    end: int
    text: str  # that is composed in its place
    anchor: str = ""  # what a misspelt alias was meant to repeat
    is_raw: bool = False  # the value is what is written there
    is_open: bool = False  # of the value nothing is known

    @property
    def stands_for_value(self) -> bool:
        """Whether it is in the place of a whole value, and mends nothing around one."""
        return self.is_raw or self.is_open or bool(self.anchor)


Patches = tuple[Patch, ...]
"""In the order of the text."""


def apply_patches(text: str, patches: Patches) -> str:
    """A text with what can be composed in the places of patches."""
    parts: list[str] = []
    at = 0
    for one in patches:
        parts += (text[at : one.start], one.text)
        at = one.end
    return "".join((*parts, text[at:]))


def place_in_source(index: int, patches: Patches) -> int:
    """Where a place of the patched text is in the text as it is written."""
    moved = 0  # by the patches before it
    for one in patches:
        begin = one.start + moved
        if index < begin:
            break
        if index < begin + len(one.text):
            return min(one.start + index - begin, one.end)
        moved += len(one.text) - (one.end - one.start)
    return index - moved


def add_patches(patches: Patches, fix: Patches) -> Patches:
    """Patches of a text, and those that fix it as it is patched; what they cover is let go of."""
    begins = list(_begins(patches))
    for new in fix:
        begins = [(at, one) for at, one in begins if not _covers(new, at, one)]
    placed = (_in_source(new, patches) for new in fix)
    together = (*(one for _, one in begins), *placed)
    return tuple(sorted(together, key=lambda one: (one.start, one.end)))


def _covers(new: Patch, begin: int, old: Patch) -> bool:
    """Whether a patch of the patched text replaces an earlier one, which begins there."""
    return new.start <= begin and begin + len(old.text) <= new.end and new.start < new.end


def _in_source(patch: Patch, patches: Patches) -> Patch:
    start, end = (place_in_source(at, patches) for at in (patch.start, patch.end))
    return replace(patch, start=start, end=end)


def _begins(patches: Patches) -> Iterator[tuple[int, Patch]]:
    """Each patch, and where what it puts there begins in the patched text."""
    moved = 0
    for one in patches:
        yield one.start + moved, one
        moved += len(one.text) - (one.end - one.start)
