"""Names for shell completion; most come from file names, without reading the documents."""

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


def operations(incomplete: str) -> list[str]:
    """Operations whose names begin with `incomplete`."""
    return [name for name in _names("operations", incomplete) if name not in _NOT_OPERATIONS]


def flows(incomplete: str) -> list[str]:
    """Flows whose names begin with `incomplete`."""
    return _names("flows", incomplete)


def environments(incomplete: str) -> list[str]:
    """Environments whose names begin with `incomplete`."""
    return _names("environments", incomplete)


def names(incomplete: str) -> list[str]:
    """Documents, kinds, words of the language and codes whose names begin with `incomplete`."""
    if incomplete[:1].isupper():  # only codes begin with a capital
        known = (*_read("operations", "faults"), *(one.code for one in Id))
        return [code for code in known if code.startswith(incomplete)]
    from sgeflow.core.checking.document import KINDS

    documents = (name for kind in KINDS for name in _documents(kind.name, incomplete))
    kinds = (*(kind.name for kind in KINDS), "words", "codes")
    beginning = (name for name in kinds if name.startswith(incomplete))
    return list(dict.fromkeys((*documents, *beginning, *words(incomplete))))


def _documents(kind: str, incomplete: str) -> list[str]:
    from sgeflow.core.checking.document import NAMES

    if kind == "operations":
        return operations(incomplete)
    return _names(NAMES[kind].folder, incomplete)


def words(incomplete: str) -> list[str]:
    """Words of the language that begin with `incomplete`."""
    from sgeflow.core.checking.flows.flow_words import FLOW_WORDS
    from sgeflow.core.checking.flows.grammar import COMMON, SPECIAL
    from sgeflow.core.language.function_examples import JMESPATH, OURS
    from sgeflow.runtime.project import verbs

    known = dict.fromkeys((*OURS, *JMESPATH, *verbs(), *COMMON, *SPECIAL, *FLOW_WORDS))
    return [name for name in known if name.startswith(incomplete)]


def scenarios(incomplete: str) -> list[str]:
    """Scenarios of the simulator whose names begin with `incomplete`."""
    return _names("simulator/scenarios", incomplete)


def formats(incomplete: str) -> list[str]:
    """Export formats whose names begin with `incomplete`."""
    from sgeflow.adapters.export import formats as known

    return [name for name in known() if name.startswith(incomplete)]


def pictures(incomplete: str) -> list[str]:
    """Picture formats whose names begin with `incomplete`."""
    return [name for name in ("svg", "html", "png") if name.startswith(incomplete)]


def schemas(incomplete: str) -> list[str]:
    """Kinds of documents with a schema whose names begin with `incomplete`."""
    from sgeflow.tools.editor.write import FOLDER

    known = (file.name.partition(".")[0] for file in FOLDER.glob("*.schema.json"))
    return sorted(name for name in known if name.startswith(incomplete))


def copies(incomplete: str) -> list[str]:
    """Shipped documents to copy, as `kind/name`, that begin with `incomplete`."""
    from sgeflow.tools.project.init import known_copies

    return [name for name in known_copies() if name.startswith(incomplete)]


def paths(context: typer.Context, incomplete: str) -> list[str]:
    """Paths of the flow, or documents of the kind, that the preceding word names."""
    from sgeflow.core.checking.document import NAMES
    from sgeflow.runtime.project import open_catalog
    from sgeflow.tools.graph.explain import known_paths

    flow = context.params.get("name") or ""
    if flow in NAMES:
        return _documents(flow, incomplete)
    try:
        known = known_paths(open_catalog(flow=flow), flow)
    except SgeflowError:
        return []
    return [path for path in known if path.startswith(incomplete)]


def runs(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The last runs whose ids begin with `incomplete`, each with its flow and its start."""
    from sgeflow.core.measures.civil_time import in_france
    from sgeflow.runtime.journal import history

    try:
        known = history.runs(_home(context))
    except SgeflowError:
        return []
    return [
        (one.run, f"{one.flow}, {in_france(one.started)}")
        for one in known
        if one.run.startswith(incomplete)
    ]


def points(context: typer.Context, incomplete: str) -> list[str]:
    """Points with kept measures whose ids begin with `incomplete`."""
    with _store(context) as store:
        known = store.points() if store else ()
    return [point for point in known if point.startswith(incomplete)]


def years(context: typer.Context, incomplete: str) -> list[str]:
    """Years, beginning with `incomplete`, for which the point has a page."""
    from sgeflow.tools.pages.household_facts import SERIES, kept_years

    point, customer = context.params.get("point") or "", context.params.get("customer")
    with _store(context) as store:
        series = (
            {name: store.load(point, name, customer=customer) for name in SERIES} if store else {}
        )
    return [text for text in map(str, kept_years(series)) if text.startswith(incomplete)]


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
    name, sign, start = incomplete.partition("=")
    before = name + sign
    if not incomplete and words[-1:] and words[-1] in known:  # the shell leaves out a single `=`
        name, before = words[-1], ""
    elif words[1:] and words[-1] == "=":
        name, before, start = words[-2], "", incomplete
    elif not sign:
        given = {word.partition("=")[0] for word in words}
        return [f"{one}=" for one in known if one.startswith(name) and one not in given]
    allowed = [str(one) for one in _allowed(known.get(name))]
    if not allowed and is_point(name):
        allowed = points(context, start)
    return [before + value for value in allowed if value.startswith(start)]


def _allowed(schema: Any) -> Sequence[Any]:
    """The values of a parameter that can be listed: those of an enum, or true and false."""
    if not isinstance(schema, Mapping):
        return ()
    file, _, name = str(schema.get("$ref") or "").partition(".yaml#/")
    merged = {**(_read("operations", file).get(name) or {} if name else {}), **schema}
    return ("true", "false") if merged.get("type") == "boolean" else merged.get("enum") or ()


def unsettled_runs(context: typer.Context, incomplete: str) -> list[str]:
    """Runs with an order to settle whose ids begin with `incomplete`."""
    from sgeflow.runtime.resume import open_orders

    try:
        known = dict.fromkeys(order.run for order in open_orders(_home(context)))
    except SgeflowError:
        return []
    return [run for run in known if run.startswith(incomplete)]


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


def _names(kind: str, incomplete: str) -> list[str]:
    stems = {path.stem for root in _roots() for path in (root / kind).glob("*.y*ml")}
    return sorted(name for name in stems if name.startswith(incomplete))


def _roots() -> list[Path]:
    """The folders of documents, the project's own first."""
    from sgeflow.adapters.project_files import find_project

    chosen = os.environ.get("SGEFLOW_PROJECT")
    project = find_project(Path(chosen) if chosen and Path(chosen).is_dir() else None)
    return [root for root in (project.folder, project.shipped) if root]
