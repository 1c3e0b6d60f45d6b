"""Finds the objects in a step's outputs that contain a value."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.language.expression import compile_expression
from sgeflow.core.language.rows import Rows
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import EvaluationError
from sgeflow.patterns import regex

_PATH = r"(steps(?:\.\w+|\[(?:\d*|\*)\])*)\.(\w+)(?:\[\])?"
_PLAIN = regex(rf"{_PATH}|default\({_PATH}, ?null\)")


class EnclosingObjects(Struct, frozen=True):
    """The objects that contain a value, the value's name in them, and the objects around those.

    For `${steps.weeks[].series[].measures}` the name is `measures`, the objects are all blocks of
    `series`, and the objects around them are the weeks.
    """

    name: str = ""
    objects: tuple[Mapping[str, Any], ...] = ()
    outer: tuple[Mapping[str, Any], ...] = ()

    def texts(self, name: str) -> Iterator[str]:
        """The texts that the objects have under another name, alone or in a list."""
        for one in self.objects:
            value = one.get(name)
            several = value if isinstance(value, list) else (value,)
            yield from (text for text in several if isinstance(text, str))


def enclosing_objects(template: Template, scope: Scope) -> EnclosingObjects:
    """The objects around a value that a plain path reads; none for any other expression."""
    path, name = read_of(template)
    if not path:
        return EnclosingObjects()
    steps = path.split(".")
    outer = [".".join(steps[:count]) for count in range(len(steps) - 1, 1, -1)]
    beyond = (one for each in outer for one in _objects(_search(each, scope)))
    return EnclosingObjects(name, tuple(_objects(_search(path, scope))), tuple(beyond))


def read_of(template: Template) -> tuple[str, str]:
    """The plain path of the containing objects and the value's name; else two empty texts."""
    whole = _PLAIN.fullmatch(template.single.text.strip()) if template.single else None
    if whole is None:
        return "", ""
    return (whole[1], whole[2]) if whole[1] else (whole[3], whole[4])


def _search(path: str, scope: Scope) -> Any:
    try:
        return compile_expression(path).search_rows(scope)
    except EvaluationError:
        return None


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, list | Rows):
        for one in value:
            yield from _objects(one)
