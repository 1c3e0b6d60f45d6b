"""Texts to a catalogue: every document read, checked and bound to the others, in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sgeflow.core.checking.document import FAULTS, TYPES, Document, is_shared
from sgeflow.core.checking.envelope import check_envelope
from sgeflow.core.checking.environment_inputs import check_inputs
from sgeflow.core.checking.environments import decode_environment
from sgeflow.core.checking.flow_checker import check_flows, shape_of_env
from sgeflow.core.checking.flow_decoder import decode_flow
from sgeflow.core.checking.grammar import Grammar
from sgeflow.core.checking.homologation import decode_casebook
from sgeflow.core.checking.misfiled import copied, misfiled
from sgeflow.core.checking.namespace import Material
from sgeflow.core.checking.operation_checks import check_env, check_reconcile
from sgeflow.core.checking.operations import decode_faults, decode_operation, decode_types
from sgeflow.core.checking.verb import Verb
from sgeflow.core.documents import Casebook, Environment, FaultEntry, Operation
from sgeflow.core.engine.step import Catalog, Flow
from sgeflow.core.language.text import Path, Tree
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.errors import Id, InvalidDocuments, Location, Problem
from sgeflow.messages import say


@dataclass(slots=True)
class Assembly:
    """A catalogue being put together."""

    grammar: Grammar
    types: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    faults: Mapping[str, FaultEntry] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)
    homologation: dict[str, Casebook] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    drafts: dict[str, Flow] = field(default_factory=dict)  # flows with a mistake
    broken: dict[str, str] = field(default_factory=dict)  # stem to kind, of those with a mistake
    surroundings: list[Tree] = field(default_factory=list)  # the environments, as written

    def read(self, document: Document) -> Tree | None:
        """The tree of a document, or nothing when it cannot be read, or is not YAML."""
        if document.problem is not None:
            self.problems.append(document.problem)
            self.broken[document.stem] = document.kind
            return None
        try:
            return read_yaml(document.file, document.text, private=document.kind == "environments")
        except InvalidDocuments as error:
            self.problems += error.problems
            self.broken[document.stem] = document.kind
            return None

    def material(self) -> Material:
        """What the flows are checked against."""
        return Material(
            flows=self.flows,
            drafts=self.drafts,
            operations=self.operations,
            environments=self.environments,
            faults=self.faults,
            incomplete=frozenset(self.broken.values()),
            casebooks=self.homologation,
        )


def assemble(
    documents: Iterable[Document], verbs: Mapping[str, Verb]
) -> tuple[Catalog, tuple[Problem, ...]]:
    """The catalogue of some documents, and every mistake in any of them, by file and place.

    Documents with a mistake are left out of the catalogue; a reference to one of them is not
    reported as a second mistake.
    """
    assembly = Assembly(Grammar(verbs))
    ordered = sorted(documents, key=_order)
    for document in ordered:
        tree = assembly.read(document)
        elsewhere = tree and misfiled(document, tree)
        if elsewhere:
            _note(assembly, document, [elsewhere])
        elif tree is not None:
            _decode(assembly, document, tree)
    env = shape_of_env(assembly.material())
    for operation in assembly.operations.values():
        assembly.problems += check_reconcile(operation, assembly.operations)
        assembly.problems += check_env(operation, env)
    flows, problems = check_flows(assembly.material())
    assembly.problems += problems
    if "flows" not in assembly.broken.values():  # who takes what is known of all of them
        for tree in assembly.surroundings:
            assembly.problems += check_inputs(tree, flows.values())
    catalog = Catalog(
        operations=assembly.operations,
        flows=flows,
        environments=assembly.environments,
        faults=assembly.faults,
        homologation=assembly.homologation,
    )
    files = {document.file for document in ordered}
    told = (copied(p, files) for p in assembly.problems if not _consequence(p, assembly.broken))
    return catalog, tuple(_sorted(told))


def _order(document: Document) -> tuple[int, bool, str]:
    """Types and faults first, shipped before own; then operations, environments, cases, flows."""
    order = {"operations": 1, "environments": 2, "homologation": 3, "flows": 4}
    rank = 0 if is_shared(document.kind, document.stem) else order[document.kind]
    return rank, not document.beneath, document.file


def _decode(assembly: Assembly, document: Document, tree: Tree) -> None:
    value: Any
    if document.kind == "environments":
        value, problems = decode_environment(tree)
        _add(assembly, assembly.environments, document, value, problems)
        assembly.surroundings += [] if value is None else [tree]
    elif document.kind == "flows":
        value, problems = decode_flow(tree, assembly.types, assembly.grammar)
        _add(assembly, assembly.flows, document, value, problems)
    elif document.kind == "homologation":
        value, problems = decode_casebook(tree)
        _add(assembly, assembly.homologation, document, value, problems)
    elif document.stem == TYPES:
        value, problems = decode_types(tree)
        assembly.types = {**assembly.types, **value}
        _note(assembly, document, problems)
    elif document.stem == FAULTS:
        value, problems = decode_faults(tree)
        assembly.faults = {**assembly.faults, **value}
        _note(assembly, document, problems)
    else:
        value, problems = decode_operation(tree, assembly.types, assembly.faults)
        if value is not None:
            problems += check_envelope(value, partial(_inside, tree))
        _add(assembly, assembly.operations, document, value, problems)


def _inside(tree: Tree, path: Path, inside: str) -> Location:
    """The place of a key, or of a word in the text that stands under it."""
    place = tree.place(path)
    at = place.source.text.find(inside, place.start, place.end) if inside else -1
    if at < 0:
        return tree.at(path, key=True)
    return place.part(at - place.start, len(inside))


def _add(
    assembly: Assembly,
    known: dict[str, Any],
    document: Document,
    value: Any,
    problems: list[Problem],
) -> None:
    _note(assembly, document, problems)
    if value is None or problems:
        if isinstance(value, Flow):
            assembly.drafts[value.name] = value
    elif value.name in known:
        note = say("first in {file}", file=known[value.name].at.file)
        message = say('"{name}" is defined twice', name=value.name)
        assembly.problems.append(Problem(id=Id.NAME, message=message, at=value.at, note=note))
    else:
        known[value.name] = value


def _note(assembly: Assembly, document: Document, problems: list[Problem]) -> None:
    assembly.problems += problems
    if problems:
        assembly.broken[document.stem] = document.kind


def _consequence(problem: Problem, broken: Mapping[str, str]) -> bool:
    """Whether a name is unknown only because its document has a mistake of its own."""
    if problem.id is not Id.UNKNOWN_REFERENCE:
        return False
    named = any(f'"{stem}"' in problem.message for stem in broken)
    return named or (TYPES in broken and "shared type" in problem.message)


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    unique = {(p.id, p.message, _place(p.at)): p for p in problems}
    return sorted(unique.values(), key=lambda p: _place(p.at))


def _place(at: Location | None) -> tuple[str, int, int]:
    return (at.file, at.line, at.column) if at else ("", 0, 0)
