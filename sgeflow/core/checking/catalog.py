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
from sgeflow.core.checking.flows.mentions import mentions_of
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
from sgeflow.core.checking.same_problems import common_problems, sort_problems
from sgeflow.core.checking.simulator.world import check_scenario, check_world
from sgeflow.core.documents import Casebook, Environment, Operation
from sgeflow.core.engine.step import Catalog, Flow
from sgeflow.core.language.text import Tree
from sgeflow.core.people import People, Scenario
from sgeflow.errors import Id, Problem
from sgeflow.messages import say


class Assembly(Struct):
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
    drafts: dict[str, Flow] = field(default_factory=dict)  # flows with a mistake
    sketches: dict[str, Scenario] = field(default_factory=dict)  # scenarios with a mistake
    broken: dict[str, str] = field(default_factory=dict)  # stem to kind, of those with a mistake
    mistaken: set[str] = field(default_factory=set)  # their files
    marred: dict[str, list[str]] = field(default_factory=dict)  # their texts by kind
    flow_texts: tuple[str, ...] = ()
    reading: int = 0  # which one it takes of a document that may mean several things
    surroundings: list[Tree] = field(default_factory=list)  # the environments, as written
    worlds: list[Tree] = field(default_factory=list)  # those with a mistake, too

    def read(self, document: Document) -> Tree | None:
        """The tree of a document, or nothing when it cannot be read, or not be understood."""
        if document.problem is not None:
            self.note(document, [document.problem])
            return None
        reading = read_document(document.file, document.text, document.kind)
        self.note(document, reading.problems)
        trees = reading.trees
        return trees[min(self.reading, len(trees) - 1)] if trees else None

    def note(self, document: Document, problems: Sequence[Problem]) -> None:
        """Note the mistakes of a document, which is none without them."""
        self.problems += problems
        if problems:
            self.broken[document.stem] = document.kind
            self.mistaken.add(document.file)
            self.marred.setdefault(document.kind, []).append(document.text)

    def material(self) -> Material:
        """What the flows are checked against."""
        return Material(
            flows=self.flows,
            drafts=self.drafts,
            operations=self.operations,
            environments=self.environments,
            faults=merge_shared(FAULTS, self.shared),
            incomplete=frozenset(self.broken.values()),
            mentions=mentions_of(self.marred, self.flow_texts),
            casebooks=self.homologation,
        )


def assemble(
    documents: Iterable[Document], verbs: Mapping[str, Verb]
) -> tuple[Catalog, tuple[Problem, ...]]:
    """The catalogue of some documents, and every mistake in any of them, by file and place.

    Documents with a mistake are left out of the catalogue; a reference to one of them is not
    reported as a second mistake; where one may mean several things, what is wrong in one of them
    alone is not.
    """
    ordered = sorted(documents, key=_order)
    catalog, problems = _assemble(ordered, verbs)
    readings = (read_document(d.file, d.text, d.kind) for d in ordered if d.problem is None)
    most = max((len(reading.trees) for reading in readings), default=0) if problems else 0
    for number in range(1, most):
        _, others = _assemble(ordered, verbs, reading=number)
        problems = tuple(common_problems(problems, others))
    return catalog, problems


def _assemble(
    ordered: Sequence[Document], verbs: Mapping[str, Verb], *, reading: int = 0
) -> tuple[Catalog, tuple[Problem, ...]]:
    flow_texts = tuple(document.text for document in ordered if document.kind == "flows")
    assembly = Assembly(grammar_of(verbs), flow_texts=flow_texts, reading=reading)
    for document in ordered:
        tree = assembly.read(document)
        elsewhere = tree and check_folder(document, tree)
        if elsewhere:
            assembly.note(document, [elsewhere])
        elif tree is not None:
            _decode(assembly, document, tree)
    env = shape_of_env(assembly.material())
    for operation in assembly.operations.values():
        assembly.problems += check_reconcile(operation, assembly.operations)
        assembly.problems += check_same_order(operation, assembly.operations)
        assembly.problems += check_successor(operation, assembly.operations)
        assembly.problems += check_env(operation, env)
    _check_simulated(assembly)
    namespace = namespace_of(assembly.material())
    for casebook in assembly.homologation.values():
        check_casebook(casebook, namespace)
    flows = check_flows(namespace)
    assembly.problems += namespace.problems
    if "flows" not in assembly.broken.values():  # who takes what is known of all of them
        for tree in assembly.surroundings:
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
    problems_of = (
        copy_problem(p, files) for p in assembly.problems if not _consequence(p, assembly.broken)
    )
    return catalog, tuple(sort_problems(problems_of))


def _check_simulated(assembly: Assembly) -> None:
    """What people, scenarios and environments name of each other, when all of them are known."""
    if "people" not in assembly.broken.values():
        scenarios = {**assembly.sketches, **assembly.scenarios}
        assembly.problems += check_world(assembly.people, scenarios)
    if "scenarios" not in assembly.broken.values():
        for tree in assembly.worlds:
            assembly.problems += check_scenario(tree, assembly.scenarios)


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


def _decode(assembly: Assembly, document: Document, tree: Tree) -> None:
    value: Any
    problems: Sequence[Problem]
    if is_shared(document.kind, document.stem):
        assembly.shared += ((document.stem, tree),)
        assembly.note(document, decode_shared(document.stem, tree)[1])
    elif document.kind == "operations":
        value, problems = operation_of(tree, assembly.shared)
        _add(assembly, assembly.operations, document, value, problems)
    elif document.kind == "flows":
        value, problems = flow_of(tree, assembly.shared, assembly.grammar)
        _add(assembly, assembly.flows, document, value, problems)
    else:
        value, problems = value_of(document.kind, tree)
        _add(assembly, getattr(assembly, document.kind), document, value, problems)
        if document.kind == "environments" and isinstance(tree.data, dict):
            assembly.worlds.append(tree)
            assembly.surroundings += [tree] if value is not None else []


def _add(
    assembly: Assembly,
    known: dict[str, Any],
    document: Document,
    value: Any,
    problems: Sequence[Problem],
) -> None:
    assembly.note(document, problems)
    if value is None or problems or document.file in assembly.mistaken:
        if isinstance(value, Flow):
            assembly.drafts[value.name] = value
        if isinstance(value, Scenario):
            assembly.sketches[value.name] = value
    elif value.name in known:
        note = say("first in {file}", file=known[value.name].at.file)
        message = say('"{name}" is defined twice', name=value.name)
        assembly.problems.append(Problem(id=Id.NAME, message=message, at=value.at, note=note))
    else:
        known[value.name] = value


def _consequence(problem: Problem, broken: Mapping[str, str]) -> bool:
    """Whether a name is unknown only because its document has a mistake of its own."""
    return problem.lacks in broken
