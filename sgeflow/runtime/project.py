"""Opening a project: its documents become a checked catalogue, bound for use."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import field
from msgspec.structs import replace

from sgeflow.adapters import cache, plugins, project_files
from sgeflow.core.checking.document import Document
from sgeflow.core.documents import Environment, Operation
from sgeflow.core.engine.step import Catalog, Flow, Library
from sgeflow.core.language.functions import have_added, loaded_names
from sgeflow.errors import Id, InvalidDocuments, Problem, UsageError
from sgeflow.messages import Message, say, say_count, sentences, verbatim
from sgeflow.runtime.arguments import check_arguments
from sgeflow.values import Discreet

if TYPE_CHECKING:
    from sgeflow.core.binding import Binding
    from sgeflow.core.checking.flows.expression_sites import Vocabulary
    from sgeflow.core.checking.flows.verb import Verb

_DIGEST = 12  # characters
_PRIVATE = "environments/"
_MOST = 24  # lines of a difference that are shown


class DocumentTexts(Discreet, frozen=True):
    """The texts of a project's documents, by kind and name."""

    withheld = frozenset({"texts"})

    texts: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""  # one line a document: kind, name, and a digest of its text

    def by_digest(self) -> dict[str, str]:
        """Return texts by digest, without environments: their inputs may name people."""
        return {
            digest(text): text for name, text in self.texts.items() if not name.startswith(_PRIVATE)
        }


def sources_of(documents: list[Document]) -> DocumentTexts:
    """Return the texts of documents; a shipped one that a project's own replaces is marked so."""
    named = {}
    for each in documents:
        origin = f" ({each.package or 'shipped'})" if each.is_base else ""
        named[f"{each.kind}/{each.stem}{origin}"] = each
    lines = sorted(f"{name} {each.digest[:_DIGEST]}" for name, each in named.items())
    return DocumentTexts({name: each.text for name, each in named.items()}, "\n".join(lines))


def digest(text: str) -> str:
    """Return a short digest of a text."""
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()[:_DIGEST]


def digests(fingerprint: str) -> dict[str, str]:
    """Return the digest of each document of a fingerprint, by kind and name."""
    return dict(line.rsplit(" ", 1) for line in fingerprint.splitlines())


def differing(before: str, now: str) -> tuple[str, ...]:
    """Return the documents that differ between two fingerprints, by kind and name."""
    old, new = digests(before), digests(now)
    return tuple(
        say("{name} (new)", name=name)
        if name not in old
        else say("{name} (gone)", name=name)
        if name not in new
        else name
        for name in _changes(old, new)
    )


def difference(before: str, texts: Mapping[str, str], now: DocumentTexts) -> Message:
    """Return the lines that differ, by document; empty if the old texts are not stored.

    Args:
        before: the old fingerprint.
        texts: the old texts, by digest.
        now: the present documents.
    """
    old = digests(before)
    lines: list[str] = []
    for name in _changes(old, digests(now.fingerprint)):
        was, is_ = texts.get(old.get(name, ""), ""), now.texts.get(name, "")
        if was and is_:
            lines += [f"  {name}", *_lines(was, is_)]
    if not lines:
        return verbatim("")
    left = len(lines) - _MOST
    more = ""
    if left > 0:
        more = say_count("… {count} more line", "… {count} more lines", count=left)
    return sentences(say("- then  + now"), verbatim("\n".join(lines[:_MOST])), more, between="\n")


def _changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))


def _lines(was: str, is_: str) -> Iterator[str]:
    diff = difflib.unified_diff(was.splitlines(), is_.splitlines(), n=0, lineterm="")
    for line in diff:
        if not line.startswith(("---", "+++", "@@")):
            yield f"{line[0]} {line[1:]}"


have_added(plugins.functions, plugins.load_function)

T = TypeVar("T")
Lacking = Mapping[tuple[str, str], tuple[Problem, ...]]
"""The unusable documents, by kind and name, each with its mistakes."""

_FLOW, _FUNCTIONS = "flows", "functions"
_PARTS = Catalog.__struct_fields__


class Bindings(dict[str, "Binding"]):
    """The catalogue's operations bound to XML; each is bound when it is first used."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._catalog = catalog

    def __missing__(self, name: str) -> Binding:
        from sgeflow.core.binding import bind

        known, operations = self._catalog, self._catalog.operations
        self[name] = bind(operations[name], known.faults, known.environments, operations)
        return self[name]


class Workspace(Discreet, frozen=True, kw_only=True, eq=False):
    """An opened project: its folders, its checked catalogue, and the texts of its documents."""

    withheld = frozenset({"_vocabularies"})

    project: project_files.Project
    catalog: Catalog
    library: Library
    sources: DocumentTexts = field(default_factory=DocumentTexts)
    lacking: Lacking = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()  # every mistake in any document
    _vocabularies: dict[str, Any] = field(default_factory=dict)

    @property
    def documents(self) -> str:
        """The fingerprint of the documents."""
        return self.sources.fingerprint

    def vocabulary(self, flow: Flow) -> Vocabulary:
        """Return the texts and names in the documents of a flow: none of them is personal."""
        if flow.name not in self._vocabularies:
            from sgeflow.core.checking.flows.expression_sites import vocabulary_of

            self._vocabularies[flow.name] = vocabulary_of(flow, self.catalog)
        known: Vocabulary = self._vocabularies[flow.name]
        return known

    @check_arguments
    def operation(self, name: str) -> Operation:
        """Return an operation by name.

        Raises:
            UsageError: there is no such operation; the problem suggests a name.
            InvalidDocuments: the operation, or a document that it uses, has mistakes.
        """
        self.check_usable("operations", name)
        message = say('there is no {what} "{name}"', what=say("operation"), name=name)
        return _find_named(message, "operations", name, self.catalog.operations)

    @check_arguments
    def flow(self, name: str) -> Flow:
        """Return a flow by its name, or by the path of its file.

        Raises:
            UsageError: there is no such flow; the problem suggests a name.
            InvalidDocuments: the flow, or a document that it uses, has mistakes.
        """
        name = flow_name(name)
        self.check_usable("flows", name)
        message = say('there is no {what} "{name}"', what=say("flow"), name=name)
        file = (
            ""
            if name in self.catalog.flows
            else _misplaced_flows(self.project).get(Path(name).name, "")
        )
        note = say("{file} is not read: it lies in a folder within a folder", file=file)
        return _find_named(message, "flows", name, self.catalog.flows, note if file else "", file)

    @check_arguments
    def environment(self, name: str) -> Environment:
        """Return an environment by name.

        Raises:
            UsageError: there is no such environment; the problem suggests a name.
            InvalidDocuments: the environment has mistakes.
        """
        self.check_usable("environments", name)
        message = say('there is no {what} "{name}"', what=say("environment"), name=name)
        environment = _find_named(message, "environments", name, self.catalog.environments)
        if (folder := self.project.elsewhere) is None:
            return environment
        endpoints = {
            key: replace(one, folder=str(folder)) for key, one in environment.endpoints.items()
        }
        return replace(environment, endpoints=endpoints)

    def check_usable(self, kind: str, name: str = "") -> None:
        """Raise InvalidDocuments if a document, or without a name any of its kind, is unusable.

        It, or a document that it uses, has mistakes or cannot be read. A shipped document of the
        same name never takes its place.
        """
        names = [(kind, name)] if name else [one for one in self.lacking if one[0] == kind]
        if problems := [problem for one in names for problem in self.lacking.get(one, ())]:
            raise InvalidDocuments(*dict.fromkeys(problems))


@functools.cache
def verbs() -> Mapping[str, Verb]:
    """Return the verbs of the language, one from each module of `sgeflow/steps`."""
    import importlib
    import pkgutil

    from sgeflow import steps

    names = (module.name for module in pkgutil.iter_modules(steps.__path__))
    modules = (importlib.import_module(f"{steps.__name__}.{name}") for name in names)
    return {module.VERB.name: module.VERB for module in modules}


@check_arguments
def open_catalog(folder: Path | str | None = None, *, flow: str = "") -> Workspace:
    """Open the documents of a project folder, which replace shipped ones of the same name.

    A document with mistakes, or one that cannot be read, stops only what uses it.

    Args:
        folder: the project; by default the nearest folder upwards that has documents.
        flow: the path of one more flow, in any folder, as `run` takes it.

    Raises:
        UsageError: the folder is no project.
        TechnicalError: a folder of documents cannot be looked into.
    """
    project = project_files.find_project(Path(folder) if folder else None)
    documents = project_files.read_documents(project)
    if is_path(flow):
        documents = _with_flow(documents, Path(flow), project)
    catalog, problems = check_once(documents)
    lacking: Lacking = {}
    if problems:
        from sgeflow.core.checking.catalog import usable

        catalog, lacking = usable(catalog, documents, problems)
    return Workspace(
        project=project,
        catalog=catalog,
        library=Library(catalog=catalog, bindings=Bindings(catalog)),
        sources=sources_of(documents),
        lacking=lacking,
        problems=problems,
    )


def check_documents(documents: list[Document]) -> tuple[Catalog, tuple[Problem, ...]]:
    """Return the catalogue of documents, and all their mistakes."""
    from sgeflow.core.checking.catalog import assemble

    return assemble(documents, verbs())


def check_once(documents: list[Document]) -> tuple[Catalog, tuple[Problem, ...]]:
    """Check documents, or take the result from the cache; results without mistakes are cached.

    Documents that cannot be read completely are always checked.
    """
    if cache.chosen_folder() is None:
        return check_documents(documents)
    key = cache.key_of(f"{d.kind}\0{d.file}\0{d.digest}" for d in documents)
    if all(document.problem is None for document in documents):
        parts = (*_PARTS, _FUNCTIONS)
        kept = cache.read_cache(key, parts, functools.partial(_unpack, documents))
        if kept is not None:
            return kept, ()
    catalog, problems = check_documents(documents)
    if not problems:
        named = {  # the functions of other packages that the documents may use
            name: plugins.function_facts(name)
            for name in loaded_names()
            if any(name in one.text for one in documents)
        }
        parts_of = {part: getattr(catalog, part) for part in _PARTS}
        cache.save(key, {**parts_of, _FUNCTIONS: named})
    return catalog, problems


def _unpack(documents: list[Document], kept: cache.Packed) -> Catalog | None:
    """The catalogue of the cache; None if functions of other packages have changed since."""
    if any(plugins.function_facts(n) != one.unpack() for n, one in kept[_FUNCTIONS].items()):
        return None

    @functools.cache
    def anew() -> Catalog:  # when the cache cannot be read any more
        return check_documents(documents)[0]

    def part(name: str) -> cache.LazyDocuments[Any]:
        return cache.LazyDocuments(kept[name], lambda: getattr(anew(), name))

    return Catalog(**{name: part(name) for name in _PARTS})


def is_path(flow: str) -> bool:
    """Whether a flow is named by a file."""
    return flow.endswith((".yaml", ".yml"))


def flow_name(flow: str) -> str:
    """Return the name of a flow that is given by name or by path."""
    return Path(flow).stem if is_path(flow) else flow


def _with_flow(
    documents: list[Document], path: Path, project: project_files.Project
) -> list[Document]:
    added = project_files.document(_FLOW, path)
    if added.problem and not path.exists():  # the file of a known flow, or almost, was meant
        files = _misplaced_flows(project)
        from sgeflow.core.language.mistakes.suggest import closest

        flows = {d.stem for d in documents if d.kind == _FLOW}
        near = closest(path.stem, flows.union(files))
        near = files.get(path.stem) or files.get(near) or near
        problem = replace(
            added.problem, suggestion=near, allowed=tuple(sorted(flows)), allowed_label=_FLOW
        )
        added = replace(added, problem=problem)
    others = [d for d in documents if d.kind != _FLOW or d.stem != added.stem]
    return [*others, added]


def _misplaced_flows(project: project_files.Project) -> dict[str, str]:
    """The files in subfolders of the folder for flows, where they are not read, by name."""
    return {
        path.stem: project_files.show_path(path)
        for kind, path, _ in project_files.misplaced_documents(project)
        if kind == _FLOW
    }


def _find_named(
    message: Message, label: str, name: str, known: Mapping[str, T], note: str = "", meant: str = ""
) -> T:
    if name in known:
        return known[name]
    from sgeflow.core.language.mistakes.suggest import closest

    raise UsageError.of(
        Id.UNKNOWN_NAME,
        message,
        allowed=tuple(sorted(known)),
        allowed_label=label,
        suggestion=meant or closest(name, known),
        note=note,
    )
