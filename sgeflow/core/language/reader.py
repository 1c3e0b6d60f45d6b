"""Reads the parts of a checked document: compiles expressions and templates, collects problems."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from msgspec import Struct, field

from sgeflow.core.language.expression import Expression, compile_expression, compile_path
from sgeflow.core.language.mistakes.schema import complaints
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.schemas import VALUE
from sgeflow.core.language.secret_names import is_secret_name
from sgeflow.core.language.template import Template, compile_template, localized_schema
from sgeflow.core.language.text import Path, Spot, Tree
from sgeflow.errors import Id, InvalidDocuments, Location, Problem
from sgeflow.messages import Message, say

T = TypeVar("T")
Types = Mapping[str, Mapping[str, Any]]

_OWN_KEYS = {"$ref", "optional", "default", "personal"}


class Reader(Struct):
    """Reads parts of a tree and collects every problem instead of stopping at the first."""

    tree: Tree
    types: Types = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def get(self, path: Path, default: Any = None) -> Any:
        """The value at a path, or the default if a key of the path is missing."""
        value = self.tree.data
        try:
            for step in path:
                value = value[step]
        except KeyError:
            return default
        return value

    def texts(self, path: Path = ()) -> Iterator[tuple[Path, str]]:
        """Every text in the part at a path, with its own path."""
        value = self.get(path)
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict | list):
            for key in value if isinstance(value, dict) else range(len(value)):
                yield from self.texts((*path, key))

    def valid(self, schema: Mapping[str, Any], path: Path = ()) -> bool:
        """Whether the part at a path fits its schema; problems are collected."""
        problems = list(complaints(self.tree, schema, path))
        self.problems += problems
        return not problems

    def at(self, path: Path, *, key: bool = False) -> Location:
        """The location of a value or key."""
        return self.tree.at(path, key=key)

    def spot(self, path: Path) -> Spot:
        """The scalar at a path, for locations within it."""
        return Spot(self.tree.place(path), str(self.get(path)))

    def report(
        self, id_: Id, message: Message, path: Path, *, key: bool = False, **more: Any
    ) -> None:
        """Add a problem at a value or key."""
        self.problems.append(Problem(id=id_, message=message, at=self.at(path, key=key), **more))

    def expression(self, path: Path) -> Expression | None:
        """The compiled expression at a path; None if it is absent or wrong."""
        text = self.get(path)
        if text is None:
            return None
        if not isinstance(text, str):
            text = str(getattr(text, "text", text)).lower()  # `when: true` is a literal
        return self._try(lambda: compile_expression(text, self.spot(path)))

    def reply_path(self, path: Path) -> Expression | None:
        """The compiled path through a reply; None if it is wrong."""
        text = self.get(path)
        return self._try(lambda: compile_path(text, self.spot(path)))

    def reply_paths(self, path: Path) -> dict[str, Expression]:
        """The compiled paths through a reply, by name."""
        paths = {name: self.reply_path((*path, name)) for name in self.get(path) or {}}
        return {name: expression for name, expression in paths.items() if expression}

    def expressions(self, path: Path) -> dict[str, Expression]:
        """The compiled expressions of a mapping, by name."""
        names = self.get(path) or {}
        decoded = {name: self.expression((*path, name)) for name in names}
        for name in (name for name in names if names[name] is None):
            note = say("what is always null is written in quotes: {quoted}", quoted='"null"')
            message = say("{kind} is missing here", kind=say("an expression"))
            self.report(Id.WRONG_TYPE, message, (*path, name), note=note)
        return {name: expression for name, expression in decoded.items() if expression}

    def check_plain(self, path: Path) -> None:
        """Add a problem for each `${` in the text at a path, which must be plain."""
        texts = list(self.texts(path)) if self.get(path) else ()
        for place, text in texts:
            if "${" in text:
                at = self.spot(place).at(text.index("${"), 2)
                message = say("${{…}} is not evaluated in this text")
                note = say("only the message and hint of an end take values")
                self.problems.append(Problem(id=Id.BRACES, message=message, at=at, note=note))

    def template(self, path: Path, *, is_constant: bool = False) -> Template:
        """The value at a path with every `${…}` compiled; a constant stays unchanged."""
        value = self.get(path)
        children: Any = None
        if isinstance(value, dict):
            parts = {key: self.template((*path, key), is_constant=is_constant) for key in value}
            children = tuple(parts.items())
        elif isinstance(value, list):
            places = [(*path, index) for index in range(len(value))]
            children = tuple(self.template(place, is_constant=is_constant) for place in places)
        elif not is_constant:
            spot = self.spot(path)
            compiled: Template | None = None
            if isinstance(value, str):
                text = value
                compiled = self._try(lambda: compile_template(text, spot))
            return compiled or Template(value, spot=spot)
        return Template(value, children=children, spot=Spot(self.tree.place(path)))

    def templates(self, path: Path) -> dict[str, Template]:
        """The compiled templates of a mapping, by name."""
        return {name: self.template((*path, name)) for name in self.get(path) or {}}

    def parameters(self, path: Path) -> dict[str, Parameter]:
        """The parameters declared at a path, with shared types filled in."""
        return {name: self._parameter((*path, name)) for name in self.get(path) or {}}

    def _parameter(self, path: Path) -> Parameter:
        parameter = self.get(path) if is_sound(self, path) else {}
        schema = {k: v for k, v in parameter.items() if k not in _OWN_KEYS}
        shared = self._shared_type(path, parameter.get("$ref"))
        values = {key: value for key, value in shared.items() if key not in _OWN_KEYS}
        merged = localized_schema({**values, **schema})
        default = self._default(path, parameter, shared)
        name = str(path[-1])
        return Parameter(
            name=name,
            schema=merged,
            required=default is None and not parameter.get("optional", False),
            default=default,
            description=merged.get("description", ""),
            personal=bool(parameter.get("personal", shared.get("personal", is_secret_name(name)))),
            at=self.at(path, key=True),
        )

    def _default(
        self, path: Path, parameter: Mapping[str, Any], shared: Mapping[str, Any]
    ) -> Template | None:
        """The default of a parameter: its own, else its type's unless the parameter is optional."""
        if "default" in parameter:
            return self.template((*path, "default"))
        if "default" not in shared or parameter.get("optional"):
            return None
        value = shared["default"]
        return compile_template(value) if isinstance(value, str) else Template(value)

    def _shared_type(self, path: Path, reference: str | None) -> Mapping[str, Any]:
        if reference is None:
            return {}
        file, _, name = reference.partition("#/")
        if name not in self.types:
            self.report(
                Id.UNKNOWN_REFERENCE,
                say('there is no {what} "{name}"', what=say("shared type"), name=name),
                (*path, "$ref"),
                allowed=tuple(sorted(self.types)),
                allowed_label="shared types",
                suggestion=closest(name, self.types),
                lacks=file.removesuffix(".yaml"),
            )
            return {}
        return {k: v for k, v in self.types[name].items() if k != "optional"}

    def _try(self, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except InvalidDocuments as error:
            self.problems += error.problems
            return None


def is_sound(reader: Reader, path: Path) -> bool:
    """Whether the schema of a parameter or type can be used; problems are collected."""
    before = len(reader.problems)
    for nested in _inside(reader, path):
        reader.valid(VALUE, nested)
    for place in (path, *_inside(reader, path)):
        check_pattern(reader, (*place, "pattern"))
    return len(reader.problems) == before


def check_pattern(reader: Reader, path: Path) -> None:
    """Add a problem if the regular expression at a path is wrong."""
    pattern = reader.get(path)
    if not isinstance(pattern, str):
        return
    from sgeflow.core.language.slow_patterns import is_slow

    try:
        re.compile(pattern)
        if is_slow(pattern):
            note = say("leave out one of the two, or put a sign between them: ([0-9]+,)*")
            message = say("a repeat within a repeat may take for ever")
            reader.report(Id.MALFORMED, message, path, note=note)
    except re.error as error:
        message = say("not a regular expression: {reason}", reason=str(error))
        reader.report(Id.MALFORMED, message, path)


def _inside(reader: Reader, path: Path) -> Iterator[Path]:
    """The schemas within a schema."""
    mapping: Mapping[str, Any] = reader.get(path)
    nested = [(*path, "items")] if isinstance(mapping.get("items"), dict) else []
    members = mapping.get("properties")
    known = members.items() if isinstance(members, dict) else ()
    nested += [(*path, "properties", name) for name, one in known if isinstance(one, dict)]
    for one in nested:
        yield one
        yield from _inside(reader, one)
