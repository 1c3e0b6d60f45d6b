"""The declaration of a verb in `steps/`, and the keys of a step as the verb reads them."""

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
    """The keys of a step for its verb."""

    verb: str
    reader: Reader
    path: Path
    steps_at: Callable[[Path], tuple[Step, ...]]
    alternatives_at: Callable[[Path], tuple[Step, ...]]

    def get(self, *key: str | int, default: Any = None) -> Any:
        """The plain value of a key."""
        return self.reader.get((*self.path, *key), default)

    def at(self, *key: str | int) -> Location:
        """The location of a key's value."""
        return self.reader.at((*self.path, *key))

    def key_at(self, *key: str | int) -> Location:
        """The location of a key."""
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
        """The expression of a key, which is written without `${…}`."""
        return self.reader.expression((*self.path, *key))

    def steps(self, *key: str | int) -> tuple[Step, ...]:
        """The steps of a list."""
        return self.steps_at((*self.path, *key))

    def alternatives(self, *key: str | int) -> tuple[Step, ...]:
        """The alternatives of a choice."""
        return self.alternatives_at((*self.path, *key))

    def places(self, *key: str | int) -> dict[str, Location]:
        """The locations of the keys of a mapping."""
        names = self.get(*key) or {}
        return {name: self.key_at(*key, name) for name in names}

    def values_of(self, spec: type[Spec]) -> dict[str, Any]:
        """The fields of a spec, each from the key of the same name below the verb's own key.

        A field of type `Template` is compiled. `<key>_at` is the location of a value; `places` has
        all locations.
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
        """Report a problem at a key's value."""
        self.reader.report(id_, message, (*self.path, *key), **more)


class Verb(Struct, frozen=True, kw_only=True):
    """A verb of the language, declared by one file of `steps/` alone.

    The file's name is the verb's name, and its docstring is the manual. `properties` are the keys
    of the verb as JSON Schema, the verb's own name first; `spec` reads and runs them. No step may
    follow a verb that `ends`.

    For editors, `names` tells which keys contain the name of a kind of documents, or of `services`
    or `relays`. If the verb has a key `with`, it contains the arguments of the named document.
    `expressions` are the keys that contain an expression without `${…}`.

    `synonyms` are words that people write instead of the verb's name, in French or as in other
    programs, in lower case without accents; a message suggests the verb for them. Synonyms of a
    verb whose name is also a command or a key are in `mistakes/suggest.py`.
    """

    spec: type[Spec]
    properties: Mapping[str, Any]
    modifiers: frozenset[str] = field(default_factory=frozenset)  # beside when, foreach, on_fault
    names: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    expressions: tuple[str, ...] = ()
    ends: bool = False
    synonyms: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The key of the verb in a step."""
        return self.spec.__module__.rpartition(".")[2]

    @property
    def manual(self) -> str:
        """The help of the verb: an example and an explanation."""
        return modules[self.spec.__module__].__doc__ or ""


SERIES_KEYS: Schema = {
    "point": text("the point of the measures"),
    "series": text("the kept series"),
    "start": text("the first day"),
    "end": text("the day after the last"),
}
"""The keys of a `SeriesSpec`, all of them required."""


class SeriesSpec(Spec, frozen=True, kw_only=True):
    """The keys of a step that reads the days `start <= day < end` of a stored series."""

    point: Template
    start: Template
    end: Template
    series: str
    series_at: Location

    def check_names(self, checker: Checker) -> None:
        """Report a series that no flow stores, and mistakes in the templates."""
        checker.series(self.series, self.series_at)
        for template in self.templates:
            checker.template(template)

    def load(self, point: Any, start: Any, end: Any, run: Run) -> Script[tuple[DaySpan, Loaded]]:
        """Load the measures of the days between the evaluated keys `start` and `end`."""
        from sgeflow.core.measures.sums import day_span

        days = day_span(self.start, self.end, start, end)
        first, last = days.instants
        effect = Load(
            key=run.key("load"), point=str(point), name=self.series, start=first, end=last
        )
        return days, (yield from ask(effect))

    def uses(self) -> Uses:
        """The series that the step loads."""
        return Uses(loads=(self.series,))

    def says(self) -> tuple[str, ...]:
        """The name of the series, for lists of steps."""
        return (self.series,)


def synonyms_of(verbs: Mapping[str, Verb]) -> Mapping[str, tuple[str, ...]]:
    """The synonyms of each verb's name."""
    return {name: verb.synonyms for name, verb in verbs.items()}
