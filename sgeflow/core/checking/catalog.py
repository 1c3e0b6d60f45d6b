"""Texts to a catalogue: every document read, checked and bound to the others, in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from sgeflow.core.checking.decoding import (
    SharedTrees,
    decode_shared,
    flow_of,
    merge_shared,
    operation_of,
    read_document,
    value_of,
)
from sgeflow.core.checking.document import FAULTS, Document, is_shared
from sgeflow.core.checking.environments.inputs import check_inputs
from sgeflow.core.checking.flows.checker import check_flows, namespace_of, shape_of_env
from sgeflow.core.checking.flows.grammar import Grammar, grammar_of
from sgeflow.core.checking.flows.namespace import Material
from sgeflow.core.checking.flows.verb import Verb
from sgeflow.core.checking.homologation.checker import check_casebook
from sgeflow.core.checking.misfiled import check_folder, copy_problem
from sgeflow.core.checking.operations.declarations import (
    check_env,
    check_reconcile,
    check_same_order,
    check_successor,
)
from sgeflow.core.checking.simulator.world import check_scenario, check_world
from sgeflow.core.documents import Casebook, Environment, Operation
from sgeflow.core.engine.step import Catalog, Flow
from sgeflow.core.language.text import Tree
from sgeflow.core.people import People, Scenario
from sgeflow.errors import Id, Problem
from sgeflow.messages import say


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
        """What the flows are checked against."""
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
        assembly.problems += check_same_order(operation, assembly.operations)
        assembly.problems += check_successor(operation, assembly.operations)
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
