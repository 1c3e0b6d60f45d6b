"""The keys of one step, as its verb reads them."""

from __future__ import annotations

from typing import Any, Protocol

from msgspec import Struct

from sgeflow.core.engine.step import Step
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.template import Template, constant
from sgeflow.core.language.text import Path
from sgeflow.errors import Id, Location
from sgeflow.messages import Message


class StepDecoder(Protocol):
    """Decodes the steps that stand in a step."""

    def steps(self, path: Path) -> tuple[Step, ...]:
        """The steps of a list."""

    def alternatives(self, path: Path) -> tuple[Step, ...]:
        """The steps of a list of which one is done."""


class Keys(Struct, frozen=True):
    """The keys of one step, as its verb reads them."""

    reader: Reader
    decoder: StepDecoder
    path: Path

    def get(self, *key: str | int, default: Any = None) -> Any:
        """The plain value of a key."""
        return self.reader.get((*self.path, *key), default)

    def at(self, *key: str | int) -> Location:
        """The place of a key's value."""
        return self.reader.at((*self.path, *key))

    def key_at(self, *key: str | int) -> Location:
        """The place of a key itself."""
        return self.reader.at((*self.path, *key), key=True)

    def template(self, *key: str | int, default: Any = None) -> Template:
        """The value of a key with its `${…}` compiled, or the default as a constant."""
        if self.get(*key) is None:
            return constant(default)
        return self.reader.template((*self.path, *key))

    def templates(self, *key: str | int) -> dict[str, Template]:
        """The templates of a mapping of names."""
        return self.reader.templates((*self.path, *key))

    def expression(self, *key: str | int) -> Expression | None:
        """The bare expression of a key."""
        return self.reader.expression((*self.path, *key))

    def steps(self, *key: str | int) -> tuple[Step, ...]:
        """The steps of a list."""
        return self.decoder.steps((*self.path, *key))

    def alternatives(self, *key: str | int) -> tuple[Step, ...]:
        """The steps of a list of which one is done."""
        return self.decoder.alternatives((*self.path, *key))

    def places(self, *key: str | int) -> dict[str, Location]:
        """The places of the names of a mapping."""
        names = self.get(*key) or {}
        return {name: self.key_at(*key, name) for name in names}

    def report(self, id_: Id, message: Message, *key: str | int, **more: Any) -> None:
        """Note a problem at a key's value."""
        self.reader.report(id_, message, (*self.path, *key), **more)
