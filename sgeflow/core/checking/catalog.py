"""Makes a catalogue of documents: each is read, decoded, checked and bound to the others.

Documents are decoded once a process: the same text beside the same types is the same value. An
editor checks a project at each key, a test opens one for each case, and nearly all texts are those
of before. Values are frozen, so that catalogues may share them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from msgspec import Struct, field

from sgeflow.core.checking.document import (
    FAULTS,
    TYPES,
    Document,
    check_folder,
    copy_problem,
    is_shared,
)
from sgeflow.core.checking.envelope import check_envelope
from sgeflow.core.checking.environments import check_inputs, decode_environment
from sgeflow.core.checking.flows.checker import check_flows, namespace_of, shape_of_env
from sgeflow.core.checking.flows.decoder import decode_flow
from sgeflow.core.checking.flows.grammar import Grammar, grammar_of
from sgeflow.core.checking.flows.namespace import Material
from sgeflow.core.checking.flows.verb import Verb
from sgeflow.core.checking.homologation import check_casebook, decode_casebook
from sgeflow.core.checking.operations import (
    check_env,
    check_mentions,
    check_reconcile,
    decode_operation,
)
from sgeflow.core.checking.shared import decode_faults, decode_types
from sgeflow.core.checking.simulator import (
    check_scenario,
    check_world,
    decode_people,
    decode_scenario,
)
from sgeflow.core.documents import Casebook, Environment, Operation
from sgeflow.core.engine.step import Catalog, Flow
from sgeflow.core.language.text import Path, Tree
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.core.people import People, Scenario
from sgeflow.errors import Id, InvalidDocuments, Location, Problem
from sgeflow.messages import say

_MOST = 512  # documents that are kept: some ten times what is shipped

SharedTrees = tuple[tuple[str, Tree], ...]
"""The documents of types and codes by their stems, shipped ones first."""

_DECODERS: Mapping[str, Callable[[Tree], tuple[Any, list[Problem]]]] = {
    "environments": decode_environment,
    "homologation": decode_casebook,
    "people": decode_people,
    "scenarios": decode_scenario,
}


@lru_cache(maxsize=_MOST)
def read_document(file: str, text: str, kind: str) -> tuple[Tree | None, tuple[Problem, ...]]:
    """The tree of a document, None when it cannot be read, and why it cannot."""
    try:
        return read_yaml(file, text, private=kind == "environments"), ()
    except InvalidDocuments as error:
        return None, tuple(error.problems)


@lru_cache(maxsize=_MOST)
def value_of(kind: str, tree: Tree) -> tuple[Any, tuple[Problem, ...]]:
    """The value of a document that needs no other, None when it has none, and its mistakes."""
    value, problems = _DECODERS[kind](tree)
    return value, tuple(problems)


@lru_cache(maxsize=_MOST)
def decode_shared(stem: str, tree: Tree) -> tuple[Mapping[str, Any], tuple[Problem, ...]]:
    """The types or the codes of a shared document, and its mistakes."""
    value, problems = decode_types(tree) if stem == TYPES else decode_faults(tree)
    return value, tuple(problems)


@lru_cache(maxsize=_MOST)
def merge_shared(stem: str, shared: SharedTrees) -> Mapping[str, Any]:
    """All types, or all codes; a later document's come before those of the same name."""
    merged: dict[str, Any] = {}
    for name, tree in shared:
        if name == stem:
            merged |= decode_shared(name, tree)[0]
    return merged


@lru_cache(maxsize=_MOST)
def operation_of(tree: Tree, shared: SharedTrees) -> tuple[Any, tuple[Problem, ...]]:
    """The value of an operation beside types and codes, None when it has none, and its mistakes."""
    types, faults = (merge_shared(stem, shared) for stem in (TYPES, FAULTS))
    value, problems = decode_operation(tree, types, faults)
    if value is not None:
        problems += check_envelope(value, partial(_inside, tree))
    return value, tuple(problems)


@lru_cache(maxsize=_MOST)
def flow_of(
    tree: Tree, shared: SharedTrees, grammar: Grammar
) -> tuple[Flow | None, tuple[Problem, ...]]:
    """The value of a flow beside types, None when it has none, and its mistakes."""
    value, problems = decode_flow(tree, merge_shared(TYPES, shared), grammar)
    return value, tuple(problems)


def _inside(tree: Tree, path: Path, inside: str) -> Location:
    """The place of a key, or of a word in the text that stands under it."""
    place = tree.place(path)
    at = place.source.text.find(inside, place.start, place.end) if inside else -1
    if at < 0:
        return tree.at(path, key=True)
    return place.part(at - place.start, len(inside))


class _Assembly(Struct):
    """A catalogue being put together."""

    grammar: Grammar
    shared: SharedTrees = ()
    operations: dict[str, Operation] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)
    homologation: dict[str, Casebook] = field(default_factory=dict)
    people: dict[str, People] = field(default_factory=dict)
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    invalid: dict[str, str] = field(default_factory=dict)  # names of documents to their kinds
    environment_trees: list[Tree] = field(default_factory=list)

    def note(self, document: Document, problems: Sequence[Problem]) -> None:
        """Note the problems of a document, which is invalid if there are any."""
        self.problems += problems
        if problems:
            self.invalid[document.stem] = document.kind

    def material(self) -> Material:
        """The documents against which the flows are checked."""
        return Material(
            flows=self.flows,
            operations=self.operations,
            environments=self.environments,
            faults=merge_shared(FAULTS, self.shared),
            incomplete=frozenset(self.invalid.values()),
            casebooks=self.homologation,
        )


def assemble(
    documents: Iterable[Document], verbs: Mapping[str, Verb]
) -> tuple[Catalog, tuple[Problem, ...]]:
    """The catalogue of some documents, and the problems of all of them, by file and place.

    Documents with a problem are left out of the catalogue; a reference to one of them is not
    reported as a second problem. What a document with a wrong form refers to is not looked at.
    """
    ordered = sorted(documents, key=_order)
    assembly = _Assembly(grammar_of(verbs))
    for document in ordered:
        _read(assembly, document)
    env = shape_of_env(assembly.material())
    for operation in assembly.operations.values():
        assembly.problems += check_reconcile(operation, assembly.operations)
        assembly.problems += check_mentions(operation, assembly.operations)
        assembly.problems += check_env(operation, env)
    kinds = frozenset(assembly.invalid.values())
    if "people" not in kinds:
        assembly.problems += check_world(assembly.people, assembly.scenarios)
    if "scenarios" not in kinds:
        for tree in assembly.environment_trees:
            assembly.problems += check_scenario(tree, assembly.scenarios)
    namespace = namespace_of(assembly.material())
    for casebook in assembly.homologation.values():
        check_casebook(casebook, namespace)
    flows = check_flows(namespace)
    assembly.problems += namespace.problems
    if "flows" not in kinds:  # all flows together tell which inputs there are
        for tree in assembly.environment_trees:
            assembly.problems += check_inputs(tree, flows.values())
    catalog = Catalog(
        operations=assembly.operations,
        flows=flows,
        environments=assembly.environments,
        faults=merge_shared(FAULTS, assembly.shared),
        homologation=assembly.homologation,
        people=assembly.people,
        scenarios=assembly.scenarios,
    )
    files = {document.file for document in ordered}
    own = (p for p in assembly.problems if p.lacks not in assembly.invalid)
    return catalog, tuple(_sorted_once(copy_problem(problem, files) for problem in own))


def _sorted_once(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once, by file, line and column."""
    unique = {(problem.id, problem.message, _place(problem)): problem for problem in problems}
    return sorted(unique.values(), key=_place)


def _place(problem: Problem) -> tuple[str, int, int]:
    at = problem.at
    return (at.file, at.line, at.column) if at else ("", 0, 0)


def _order(document: Document) -> tuple[int, bool, str]:
    """Types and faults first, shipped before own; then operations, environments, cases, flows."""
    order = {
        "operations": 1,
        "environments": 2,
        "homologation": 3,
        "people": 4,
        "scenarios": 5,
        "flows": 6,
    }
    rank = 0 if is_shared(document.kind, document.stem) else order[document.kind]
    return rank, not document.beneath, document.file


def _read(assembly: _Assembly, document: Document) -> None:
    """Put what a document says into the catalogue, or note its problems."""
    if document.problem is not None:
        assembly.note(document, [document.problem])
        return
    tree, problems = read_document(document.file, document.text, document.kind)
    if tree is not None and (misfiled := check_folder(document, tree)):
        problems = (misfiled,)
    if tree is None or problems:
        assembly.note(document, problems)
        return
    value: Any
    if is_shared(document.kind, document.stem):
        assembly.shared += ((document.stem, tree),)
        assembly.note(document, decode_shared(document.stem, tree)[1])
        return
    if document.kind == "operations":
        value, problems = operation_of(tree, assembly.shared)
    elif document.kind == "flows":
        value, problems = flow_of(tree, assembly.shared, assembly.grammar)
    else:
        value, problems = value_of(document.kind, tree)
    assembly.note(document, problems)
    known = getattr(assembly, document.kind)
    if problems:
        assembly.invalid[value.name if value is not None else document.stem] = document.kind
    elif value.name in known:
        note = say("first in {file}", file=known[value.name].at.file)
        message = say('"{name}" is defined twice', name=value.name)
        assembly.problems.append(Problem(id=Id.NAME, message=message, at=value.at, note=note))
    else:
        known[value.name] = value
        if document.kind == "environments":
            assembly.environment_trees.append(tree)
