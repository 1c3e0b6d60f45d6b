"""What an expression may read at its place in a document."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.language.shapes import Shape


class Known(Struct, frozen=True):
    """What may be read at a place: the roots, steps that come later, steps known to have run."""

    roots: Mapping[str, Shape]
    later: frozenset[str] = frozenset()
    ran: frozenset[str] = frozenset()  # guarded by a `when` with present()
    each: frozenset[str] = frozenset()  # roots that surely take every value they can have

    def with_root(self, name: str, shape: Shape) -> Known:
        """The same, and one more root."""
        return replace(self, roots={**self.roots, name: shape})

    def sometimes(self, ran: frozenset[str] = frozenset()) -> Known:
        """The same, where not every value comes, and more steps are known to have run."""
        return replace(self, ran=self.ran | ran, each=frozenset())
