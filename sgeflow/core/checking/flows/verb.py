"""A verb as a file of `steps/` declares it, and the keys of a step as the verb reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import End, Run, Step, Uses
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.template import Scope, Template, constant
from sgeflow.core.language.text import Path
from sgeflow.errors import Id, Location
from sgeflow.messages import Message

if TYPE_CHECKING:
    from sgeflow.core.checking.flows.step_checker import Checker
    from sgeflow.core.language.shapes import Shape


SERVICES, RELAYS = "services", "relays"
"""The words for services and relays in `Verb.names`."""


def nothing_said(spec: Any) -> tuple[str, ...]:  # noqa: ARG001 - a verb's form
    """No words of a picture: the verb says enough."""
    return ()


def no_uses(spec: Any) -> Uses:  # noqa: ARG001 - a verb's form
    """The uses of a verb that refers to no documents."""
    return Uses()


def series_said(spec: Any) -> tuple[str, ...]:
    """The words of a picture for a step that works on one series."""
    return (spec.series,)


class Keys(Struct, frozen=True):
    """The keys of one step, as its verb reads them."""

    reader: Reader
    path: Path
    steps_at: Callable[[Path], tuple[Step, ...]]
    alternatives_at: Callable[[Path], tuple[Step, ...]]

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
        return self.steps_at((*self.path, *key))

    def alternatives(self, *key: str | int) -> tuple[Step, ...]:
        """The steps of a list of which one is done."""
        return self.alternatives_at((*self.path, *key))

    def places(self, *key: str | int) -> dict[str, Location]:
        """The places of the names of a mapping."""
        names = self.get(*key) or {}
        return {name: self.key_at(*key, name) for name in names}

    def report(self, id_: Id, message: Message, *key: str | int, **more: Any) -> None:
        """Note a problem at a key's value."""
        self.reader.report(id_, message, (*self.path, *key), **more)


class Verb(Struct, frozen=True, kw_only=True):
    """One verb of the language; a file of `steps/` declares it, and nothing else needs to know.

    `properties` are the step's keys that belong to the verb (the verb's own name first), as JSON
    Schema. `decode` reads them, `check` proves every name in them and gives the outputs' shape,
    `run` is the script. `uses` is what a step names: documents, series, steps that stand in it.
    `says` tells a picture in a few lines what a step does, in words of the document; after a verb
    that `ends`, no step of the flow comes.

    For editors, `names` says in which of its keys a name stands, and of what: a kind of documents,
    `services` or `relays`. What a named document takes stands in `with`, where the verb has that
    key. `expressions` are its keys that hold a bare expression.

    `synonyms` are words that people write for its name, in French or as other programs call it, in
    small letters without accents: a message suggests the verb for each. Those of a verb that bears
    the name of a command or of a key elsewhere are in `mistakes/suggest.py`, for all of them.
    """

    name: str
    manual: str
    properties: Mapping[str, Any]
    decode: Callable[[Keys], Any]
    check: Callable[[Any, Checker], Shape]
    run: Callable[[Any, Scope, Run], Script[End]]
    modifiers: frozenset[str] = field(default_factory=frozenset)  # beyond when, foreach, on_fault
    names: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    expressions: tuple[str, ...] = ()
    uses: Callable[[Any], Uses] = no_uses
    says: Callable[[Any], tuple[str, ...]] = nothing_said
    ends: bool = False
    synonyms: tuple[str, ...] = ()


def synonyms_of(verbs: Mapping[str, Verb]) -> Mapping[str, tuple[str, ...]]:
    """The synonyms of each verb's name."""
    return {name: verb.synonyms for name, verb in verbs.items()}
