"""Opening a project: its documents become a checked catalogue, bound for use."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sgeflow.adapters import cache, files
from sgeflow.app.changes import Sources, sources_of
from sgeflow.core.engine.documents import Document
from sgeflow.core.engine.sites import words_of
from sgeflow.core.engine.step import Library, Verb
from sgeflow.core.language.suggest import closest
from sgeflow.core.model import Catalog, Environment, Flow, Operation
from sgeflow.core.soap.binding import Binding, bind
from sgeflow.errors import Id, InvalidDocuments, Problem, UsageError
from sgeflow.say import Said, say

T = TypeVar("T")
_FLOW = "flows"
_KINDS = ("operations", "flows", "environments", "faults", "homologation")


class Bindings(Mapping[str, Binding]):
    """The catalogue's operations bound to XML, each when it is first asked for."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._bound: dict[str, Binding] = {}

    def __getitem__(self, name: str) -> Binding:
        if name not in self._bound:
            self._bound[name] = bind(self._catalog.operations[name], self._catalog.faults)
        return self._bound[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._catalog.operations)

    def __len__(self) -> int:
        return len(self._catalog.operations)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """An opened project: where it is, what it holds, and the texts of its documents."""

    project: files.Project
    catalog: Catalog
    library: Library
    sources: Sources = field(default_factory=Sources)
    _words: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def documents(self) -> str:
        """The fingerprint of its documents."""
        return self.sources.fingerprint

    def words(self, flow: Flow) -> frozenset[str]:
        """The texts that the documents of a flow say themselves: they tell nothing of a person."""
        if flow.name not in self._words:
            self._words[flow.name] = words_of(flow, self.catalog)
        return self._words[flow.name]

    def operation(self, name: str) -> Operation:
        """An operation by name.

        Raises:
            UsageError: there is none; with the name that was probably meant.
        """
        return _named(
            say('there is no operation "{name}"', name=name),
            "operations",
            name,
            self.catalog.operations,
        )

    def flow(self, name: str) -> Flow:
        """A flow by its name, or by the path of its file.

        Raises:
            UsageError: there is none; with the name that was probably meant.
        """
        name = flow_name(name)
        return _named(
            say('there is no flow "{name}"', name=name), "flows", name, self.catalog.flows
        )

    def environment(self, name: str) -> Environment:
        """An environment by name.

        Raises:
            UsageError: there is none; with the name that was probably meant.
        """
        message = say('there is no environment "{name}"', name=name)
        return _named(message, "environments", name, self.catalog.environments)


@functools.cache
def verbs() -> Mapping[str, Verb]:
    """The verbs of the language: one a file of `sgeflow/steps`, found by its name."""
    from sgeflow import steps

    names = (module.name for module in pkgutil.iter_modules(steps.__path__))
    modules = (importlib.import_module(f"{steps.__name__}.{name}") for name in names)
    return {module.VERB.name: module.VERB for module in modules}


def open_catalog(folder: Path | str | None = None, *, flow: str = "") -> Workspace:
    """Open the documents of a project folder on top of those that are shipped.

    Args:
        folder: the project; by default the nearest folder upwards that has documents.
        flow: the path of a further flow that may stand anywhere, as `run` takes it.

    Raises:
        InvalidDocuments: every mistake in every document, with its place.
        UsageError: the folder is no project.
    """
    project = files.find_project(Path(folder) if folder else None)
    documents = files.read_documents(project)
    if is_path(flow):
        documents = _with_flow(documents, Path(flow))
    key = cache.key_of(f"{d.kind}\0{d.file}\0{d.text}" for d in documents)
    catalog = cache.kept(key, _KINDS, _unpacked) or _checked(documents, key)
    return Workspace(
        project=project,
        catalog=catalog,
        library=Library(catalog=catalog, bindings=Bindings(catalog)),
        sources=sources_of(documents),
    )


def check_documents(documents: list[Document]) -> tuple[Catalog, tuple[Problem, ...]]:
    """Assemble documents: the catalogue, and every mistake in any of them."""
    from sgeflow.core.engine.catalog import assemble

    return assemble(documents, verbs())


def _checked(documents: list[Document], key: str) -> Catalog:
    catalog, problems = check_documents(documents)
    if problems:
        raise InvalidDocuments(*problems)
    cache.save(key, {kind: getattr(catalog, kind) for kind in _KINDS})
    return catalog


def _unpacked(packed: cache.Packed) -> Catalog:
    return Catalog(**{kind: cache.Lazy(packed[kind]) for kind in _KINDS})


def is_path(flow: str) -> bool:
    """Whether a flow is named by a file."""
    return flow.endswith((".yaml", ".yml"))


def flow_name(flow: str) -> str:
    """The name of a flow that is given by name or by path."""
    return Path(flow).stem if is_path(flow) else flow


def _with_flow(documents: list[Document], path: Path) -> list[Document]:
    added = files.document(_FLOW, path)
    kept = [d for d in documents if d.kind != _FLOW or d.stem != added.stem]
    return [*kept, added]


def _named(message: Said, label: str, name: str, known: Mapping[str, T]) -> T:
    if name in known:
        return known[name]
    raise UsageError(
        Problem(
            id=Id.UNKNOWN_NAME,
            message=message,
            allowed=tuple(sorted(known)),
            allowed_label=label,
            suggestion=closest(name, known),
        )
    )
