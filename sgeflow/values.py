"""What values are made of: `msgspec.Struct`, one that withholds fields, one that shows itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from msgspec import Struct


class Discreet(Struct, frozen=True):
    """A value that is shown without the fields in `withheld`: what it is asked for, it still tells.

    Keys, secrets and addresses stay out of messages, logs and a debugger's lines by it.
    """

    withheld: ClassVar[frozenset[str]]

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({shown})"

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:  # type: ignore[override]
        for name in self.__struct_fields__:
            if name not in self.withheld:
                yield name, getattr(self, name)


class Pictured(Struct, frozen=True):
    """A value that a notebook shows as HTML, drawn by whoever was named to `have_drawn`."""

    def _repr_html_(self) -> str | None:
        return _drawers[-1](self) if _drawers else None


_drawers: list[Callable[[Pictured], str]] = []


def have_drawn(draw: Callable[[Pictured], str]) -> None:
    """Name who draws values: the library does, for rooms below know of no page."""
    _drawers[:] = [draw]
