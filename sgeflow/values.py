"""Base classes of values: `msgspec.Struct`, with fields that are hidden, or a picture in notebooks.

Values are Structs and not dataclasses, which compile text when their module is imported: 480 µs a
class instead of 11, and 2.0 µs a `replace` instead of 0.11. A whole `call` takes 0.72 of the time.
Annotations are for readers and mypy; a Struct checks no type when it is made.
"""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from msgspec import Struct


class Discreet(Struct, frozen=True):
    """A value whose text form leaves out the fields in `withheld`.

    This keeps keys, secrets and addresses out of messages, logs and debuggers.
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
    """A value that a notebook shows as HTML, drawn by the function given to `have_drawn`."""

    def _repr_html_(self) -> str | None:
        return _drawers[-1](self) if _drawers else None


_drawers: list[Callable[[Pictured], str]] = []


def have_drawn(draw: Callable[[Pictured], str]) -> None:
    """Set the function that draws values; the library sets it, since this module has no pages."""
    _drawers[:] = [draw]
