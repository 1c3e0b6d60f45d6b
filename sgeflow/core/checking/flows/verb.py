"""A verb as a file of `steps/` declares it, and the keys of a step as the verb reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from sys import modules
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import fields

from sgeflow.core.engine.effects import Load, Loaded, Script, ask
from sgeflow.core.engine.step import Run, Spec, Step, Uses
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import Schema, text
from sgeflow.core.language.template import Template
from sgeflow.core.language.text import Path
from sgeflow.errors import Id, Location
from sgeflow.messages import Message

if TYPE_CHECKING:
    from sgeflow.core.checking.flows.step_checker import Checker
    from sgeflow.core.measures.sums import DaySpan

SERVICES, RELAYS = "services", "relays"
"""The words for services and relays in `Verb.names`."""


class Keys(Struct, frozen=True):
    """The keys of one step, as its verb reads them."""

    verb: str
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
            return Template(default)
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

    def values_of(self, spec: type[Spec]) -> dict[str, Any]:
        """The values of a spec's fields, each of the key of its name below the verb's own key.

        A `Template` is compiled; `<key>_at` is the place of a value, `places` are those of all.
        """
        keys = self.get(self.verb)
        values: dict[str, Any] = {}
        for one in fields(spec):
            key = one.encode_name
            if one.name == "places":
                values[one.name] = {name: self.at(self.verb, name) for name in keys}
            elif one.type is Location:
                values[one.name] = self.at(self.verb, key.removesuffix("_at"))
            elif one.type is Template and (one.required or keys.get(key) is not None):
                values[one.name] = self.template(self.verb, key)
            elif one.type is not Template and key in keys:
                values[one.name] = keys[key]
        return values

    def report(self, id_: Id, message: Message, *key: str | int, **more: Any) -> None:
        """Note a problem at a key's value."""
        self.reader.report(id_, message, (*self.path, *key), **more)


class Verb(Struct, frozen=True, kw_only=True):
    """One verb of the language; a file of `steps/` declares it, and nothing else needs to know.

    The name of the file is that of the verb, its docstring the manual. `properties` are the step's
    keys that belong to the verb (the verb's own name first), as JSON Schema; `spec` reads them and
    does what they say. After a verb that `ends`, no step of the flow comes.

    For editors, `names` says in which of its keys a name stands, and of what: a kind of documents,
    `services` or `relays`. What a named document takes stands in `with`, where the verb has that
    key. `expressions` are its keys that hold a bare expression.

    `synonyms` are words that people write for its name, in French or as other programs call it, in
    small letters without accents: a message suggests the verb for each. Those of a verb that bears
    the name of a command or of a key elsewhere are in `mistakes/suggest.py`, for all of them.
    """

    spec: type[Spec]
    properties: Mapping[str, Any]
    modifiers: frozenset[str] = field(default_factory=frozenset)  # beyond when, foreach, on_fault
    names: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    expressions: tuple[str, ...] = ()
    ends: bool = False
    synonyms: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The key under which it stands in a step."""
        return self.spec.__module__.rpartition(".")[2]

    @property
    def manual(self) -> str:
        """The help of the verb: an example, and what the step does."""
        return modules[self.spec.__module__].__doc__ or ""


SERIES_KEYS: Schema = {
    "point": text("the point of the measures"),
    "series": text("the kept series"),
    "start": text("the first day"),
    "end": text("the day after the last"),
}
"""The keys of a `SeriesSpec`; a step has all of them."""


class SeriesSpec(Spec, frozen=True, kw_only=True):
    """The keys of a step that looks at the days `start <= day < end` of a kept series."""

    point: Template
    start: Template
    end: Template
    series: str
    series_at: Location

    def check_names(self, checker: Checker) -> None:
        """Note a series that no flow keeps, and what is wrong in the templates."""
        checker.series(self.series, self.series_at)
        for template in self.templates:
            checker.template(template)

    def load(self, point: Any, start: Any, end: Any, run: Run) -> Script[tuple[DaySpan, Loaded]]:
        """Load the measures between the days that the keys `start` and `end` came to."""
        from sgeflow.core.measures.sums import day_span

        days = day_span(self.start, self.end, start, end)
        first, last = days.instants
        effect = Load(
            key=run.key("load"), point=str(point), name=self.series, start=first, end=last
        )
        return days, (yield from ask(effect))

    def uses(self) -> Uses:
        """The series."""
        return Uses(loads=(self.series,))

    def says(self) -> tuple[str, ...]:
        """The series."""
        return (self.series,)


def synonyms_of(verbs: Mapping[str, Verb]) -> Mapping[str, tuple[str, ...]]:
    """The synonyms of each verb's name."""
    return {name: verb.synonyms for name, verb in verbs.items()}
