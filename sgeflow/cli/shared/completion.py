"""Names for shell completion; most come from file names, without reading the documents.

Typer offers those of the names that begin like the word to complete.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sgeflow.errors import Id, SgeflowError

if TYPE_CHECKING:
    from sgeflow.adapters.state.locations import StateLocation
    from sgeflow.adapters.state.store import Store

_NOT_OPERATIONS = {"faults", "services", "types"}


def operations() -> list[str]:
    """The names of operations."""
    return [name for name in _names("operations") if name not in _NOT_OPERATIONS]


def flows() -> list[str]:
    """The names of flows."""
    return _names("flows")


def environments() -> list[str]:
    """The names of environments."""
    return _names("environments")


def names(incomplete: str) -> list[str]:
    """The names of documents, kinds, words of the language and codes."""
    if incomplete[:1].isupper():  # only codes begin with a capital
        return [*_read("operations", "faults"), *(one.code for one in Id)]
    from sgeflow.core.checking.document import KINDS

    documents = (name for kind in KINDS for name in _documents(kind.name))
    kinds = (kind.name for kind in KINDS)
    return list(dict.fromkeys((*documents, *kinds, "words", "codes", *words())))


def _documents(kind: str) -> list[str]:
    from sgeflow.core.checking.document import NAMES

    return operations() if kind == "operations" else _names(NAMES[kind].folder)


def words() -> list[str]:
    """The words of the language."""
    from sgeflow.core.checking.flows.flow_words import FLOW_WORDS
    from sgeflow.core.checking.flows.grammar import COMMON, SPECIAL
    from sgeflow.core.language.function_examples import JMESPATH, OURS
    from sgeflow.runtime.project import verbs

    known = (*OURS, *JMESPATH, *verbs(), *COMMON, *SPECIAL, *FLOW_WORDS)
    return list(dict.fromkeys(known))


def scenarios() -> list[str]:
    """The names of the simulator's scenarios."""
    return _names("simulator/scenarios")


def formats() -> list[str]:
    """The names of export formats."""
    from sgeflow.adapters.export import formats as known

    return list(known())


def pictures() -> list[str]:
    """The formats of pictures."""
    return ["svg", "html", "png"]


def schemas() -> list[str]:
    """The kinds of documents with a schema."""
    from sgeflow.tools.editor.write import FOLDER

    return sorted(file.name.partition(".")[0] for file in FOLDER.glob("*.schema.json"))


def copies() -> list[str]:
    """The shipped documents to copy, as `kind/name`."""
    from sgeflow.tools.project.init import known_copies

    return known_copies()


def paths(context: typer.Context) -> list[str]:
    """Paths of the flow, or documents of the kind, that the preceding word names."""
    from sgeflow.core.checking.document import NAMES
    from sgeflow.runtime.project import open_catalog
    from sgeflow.tools.graph.explain import known_paths

    flow = context.params.get("name") or ""
    if flow in NAMES:
        return _documents(flow)
    try:
        return list(known_paths(open_catalog(flow=flow), flow))
    except SgeflowError:
        return []


def runs(context: typer.Context) -> list[tuple[str, str]]:
    """The last runs, each with its flow and its start."""
    from sgeflow.core.measures.civil_time import in_france
    from sgeflow.runtime.journal import history

    try:
        known = history.runs(_home(context))
    except SgeflowError:
        return []
    return [(one.run, f"{one.flow}, {in_france(one.started)}") for one in known]


def points(context: typer.Context) -> list[str]:
    """The points with kept measures."""
    with _store(context) as store:
        return list(store.points()) if store else []


def years(context: typer.Context) -> list[str]:
    """The years for which the point has a page."""
    from sgeflow.tools.pages.household_facts import SERIES, kept_years

    point, customer = context.params.get("point") or "", context.params.get("customer")
    with _store(context) as store:
        series = (
            {name: store.load(point, name, customer=customer) for name in SERIES} if store else {}
        )
    return list(map(str, kept_years(series)))


def values(context: typer.Context, incomplete: str) -> list[str]:
    """Inputs of the flow or parameters of the operation, and the allowed values of an input.

    Bash splits words at `=`, other shells do not.
    """
    from sgeflow.core.language.points import is_point

    params = context.params
    if "operation" in params:
        kind, key, document = "operations", "parameters", params["operation"]
    else:
        kind, key, document = "flows", "inputs", params["flow"]
    known = _read(kind, document or "").get(key) or {}
    words = list(params.get(key) or ())
    name, sign, _ = incomplete.partition("=")
    before = name + sign
    if not incomplete and words[-1:] and words[-1] in known:  # the shell leaves out a single `=`
        name, before = words[-1], ""
    elif words[1:] and words[-1] == "=":
        name, before = words[-2], ""
    elif not sign:
        given = {word.partition("=")[0] for word in words}
        return [f"{one}=" for one in known if one not in given]
    allowed = [str(one) for one in _allowed(known.get(name))]
    if not allowed and is_point(name):
        allowed = points(context)
    return [before + value for value in allowed]


def _allowed(schema: Any) -> Sequence[Any]:
    """The values of a parameter that can be listed: those of an enum, or true and false."""
    if not isinstance(schema, Mapping):
        return ()
    file, _, name = str(schema.get("$ref") or "").partition(".yaml#/")
    merged = {**(_read("operations", file).get(name) or {} if name else {}), **schema}
    return ("true", "false") if merged.get("type") == "boolean" else merged.get("enum") or ()


def unsettled_runs(context: typer.Context) -> list[str]:
    """The runs with an order to settle."""
    from sgeflow.runtime.resume import open_orders

    try:
        return list(dict.fromkeys(order.run for order in open_orders(_home(context))))
    except SgeflowError:
        return []


@contextmanager
def _store(context: typer.Context) -> Iterator[Store | None]:
    """Open the store of the chosen environment; None if it is missing or cannot be read."""
    from sgeflow.adapters.state.locations import is_there
    from sgeflow.adapters.state.store import Store
    from sgeflow.adapters.variables import variables
    from sgeflow.core.model import DEFAULT_ENVIRONMENT

    name = context.params.get("env") or variables().env or DEFAULT_ENVIRONMENT
    with ExitStack() as stack:
        store = None
        with suppress(SgeflowError):
            place = _home(context).store(name)
            store = stack.enter_context(Store(place)) if is_there(place) else None
        yield store


def _home(context: typer.Context) -> StateLocation:
    """The state that `--state`, SGEFLOW_STATE or the project names."""
    from sgeflow.runtime.state_location import home_to_look_at

    params = context.params
    state = params.get("state") or os.environ.get("SGEFLOW_STATE")
    return home_to_look_at(state, params.get("project"), params.get("env"))


def _read(kind: str, name: str) -> Mapping[str, Any]:
    """A document as written, unchecked; empty if it cannot be read."""
    import yaml

    with suppress(OSError, ValueError, yaml.YAMLError):
        for root in _roots():
            if (path := root / kind / f"{name}.yaml").is_file():
                text = path.read_text("utf-8")
                document = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
                return document if isinstance(document, Mapping) else {}
    return {}


def _names(kind: str) -> list[str]:
    return sorted({path.stem for root in _roots() for path in (root / kind).glob("*.y*ml")})


def _roots() -> list[Path]:
    """The folders of documents, the project's own first."""
    from sgeflow.adapters.project_files import find_project

    chosen = os.environ.get("SGEFLOW_PROJECT")
    project = find_project(Path(chosen) if chosen and Path(chosen).is_dir() else None)
    return [root for root in (project.folder, project.shipped) if root]
