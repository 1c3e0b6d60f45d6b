"""Functions of expressions, and folders of operations, that other installed packages offer.

Their entry points are looked up when a document uses a function that is not sgeflow's own, or names
a package: to look through all installed packages takes longer than a start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from sgeflow.adapters.cache import module_facts
from sgeflow.core.language.functions import AddedFunction
from sgeflow.errors import Id, UsageError
from sgeflow.messages import Message, say

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

FUNCTIONS, OPERATIONS = "sgeflow.functions", "sgeflow.operations"
"""The groups of entry points: functions by their names, and importable folders of documents."""

_TYPES: Mapping[Any, str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    list: "array",
    dict: "object",
    NoneType: "null",
}
"""How JMESPath calls the types that annotations of functions may have."""


def operation_folders(package: str) -> list[Path]:
    """Return the folders of operations of an installed package; none if it offers functions only.

    Raises:
        UsageError: it is not installed, or offers nothing, or a folder cannot be found.
    """
    from importlib import metadata

    try:
        points = metadata.distribution(package).entry_points
    except metadata.PackageNotFoundError:
        message = say("the package {package} is not installed", package=package)
        raise _unusable(message, say("install it beside sgeflow: pip install …")) from None
    if not (points.select(group=FUNCTIONS) or points.select(group=OPERATIONS)):
        message = say("the package {package} offers nothing to sgeflow", package=package)
        note = say("it declares no entry points of {groups}", groups=f"{OPERATIONS}, {FUNCTIONS}")
        raise _unusable(message, note)
    return [_folder(package, point.value) for point in points.select(group=OPERATIONS)]


def _folder(package: str, module: str) -> Path:
    reason = ""
    try:
        if places := _places(module):
            return places[0]
    except Exception as error:  # noqa: BLE001 - the package of others is imported around it
        reason = type(error).__name__
    message = say(
        "the package {package} has no folder of operations {module}", package=package, module=module
    )
    raise _unusable(message, say("importing it raised {kind}", kind=reason) if reason else "")


def _places(module: str) -> list[Path]:
    """The folders of a package or namespace; none if the module is a file or missing."""
    from importlib.util import find_spec

    spec = find_spec(module)
    return [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []


def _unusable(message: Message, note: Message | str) -> UsageError:
    return UsageError.of(Id.UNKNOWN_REFERENCE, message, note=note)


@cache
def functions() -> Mapping[str, tuple[EntryPoint, ...]]:
    """Return the functions that installed packages offer, by name; several may offer the same."""
    from importlib import metadata

    found: dict[str, tuple[EntryPoint, ...]] = {}
    for point in metadata.entry_points(group=FUNCTIONS):
        found[point.name] = (*found.get(point.name, ()), point)
    return found


def function_facts(name: str) -> str:
    """Return the package and version of a function, and the times and sizes of its modules."""
    return "\n".join(f"{_label(p)} {p.value} {_module_facts(p)}" for p in functions().get(name, ()))


def _module_facts(point: EntryPoint) -> str:
    from importlib.util import find_spec

    top = point.module.partition(".")[0]
    spec = find_spec(top)  # imports nothing
    folders = (Path(place) for place in (spec and spec.submodule_search_locations) or ())
    facts = [fact for folder in folders for fact in module_facts(folder, is_deep=True)]
    if spec and spec.origin and not facts:
        facts = [f"{Path(spec.origin).stat().st_mtime_ns}"]
    return ",".join(facts)


def load_function(name: str) -> AddedFunction:
    """Load a function that an installed package offers.

    Raises:
        ValueError: it cannot be imported, has other annotations than plain data, or two packages
            offer it.
    """
    import inspect

    point, *others = functions()[name]
    package = _label(point)
    if others:
        packages = ", ".join(map(_label, functions()[name]))
        raise ValueError(
            say('several packages offer the function "{name}": {names}', name=name, names=packages)
        )
    try:
        body = point.load()
        hints, parameters = get_type_hints(body), inspect.signature(body).parameters.values()
    except Exception as error:  # noqa: BLE001 - what others wrote may raise anything
        raise _raised(name, package, error) from None
    fixed, repeated = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.VAR_POSITIONAL
    types = [_types_of(hints.get(one.name)) for one in parameters]
    result = _types_of(hints.get("return"))
    is_plain = all(p.default is p.empty and p.kind in (fixed, repeated) for p in parameters)
    if not is_plain or result is None or None in types:
        raise ValueError(
            say(
                '"{name}" of the package {package} needs plain arguments: positions without'
                " defaults, each, like the result, annotated with str, int, float, bool, list,"
                " dict, None or Any",
                name=name,
                package=package,
            )
        )
    return AddedFunction(
        name=name,
        types=tuple(one for one in types if one is not None),
        is_variadic=any(one.kind is repeated for one in parameters),
        result=result,
        call=_guarded(name, package, body, hints["return"]),
    )


def _guarded(name: str, package: str, body: Callable[..., Any], result: Any) -> Callable[..., Any]:
    """Return a function that changes no argument, returns plain data, and tells nobody's values."""

    def call(*arguments: Any) -> Any:
        try:
            value = msgspec.to_builtins(body(*msgspec.to_builtins(list(arguments))))
            return msgspec.convert(value, result)
        except Exception as error:  # noqa: BLE001 - its text may have values of a person
            raise _raised(name, package, error) from None

    return call


def _raised(name: str, package: str, error: Exception) -> ValueError:
    """The error of a function that raised one, perhaps on import; its text is left out."""
    kind = type(error).__name__
    return ValueError(
        say(
            "{name}() of the package {package} raised {kind}", name=name, package=package, kind=kind
        )
    )


def _types_of(hint: Any) -> tuple[str, ...] | None:
    """The types of an annotation as JMESPath calls them, empty for Any; None if not plain data."""
    if hint in (Any, object):
        return ()
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    if not all((get_origin(part) or part) in _TYPES for part in parts):
        return None
    return tuple(dict.fromkeys(map(_type_of, parts)))


def _type_of(part: Any) -> str:
    whole = _TYPES[get_origin(part) or part]
    items = [_TYPES.get(item) for item in get_args(part)]
    is_of_one = whole == "array" and items in (["string"], ["number"])
    return f"array-{items[0]}" if is_of_one else whole


def _label(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.module
