"""What values are made of: `msgspec.Struct`, and one that keeps some of its fields to itself."""

from __future__ import annotations

from collections.abc import Iterator
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
