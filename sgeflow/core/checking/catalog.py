"""Builds a catalogue from documents: reads, decodes and checks each, and connects them.

Documents are decoded once in a process: the same text beside the same shared types gives the same
value. An editor checks a project at each keystroke and a test opens one for each case, while most
texts stay the same. Values are frozen, so catalogues can share them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.core.checking.document import (
    FAULTS,
    KEYS,
    NAMES,
    PACKAGES,
    SERVICES,
    TYPES,
    Document,
    check_folder,
    copy_problem,
    is_shared,
)
from sgeflow.core.checking.envelope import check_envelope
from sgeflow.core.checking.environments import (
    FACTS,
    check_called,
    check_facts,
    check_inputs,
    decode_environment,
)
from sgeflow.core.checking.flows.checker import check_flows, namespace_of, shape_of_env
from sgeflow.core.checking.flows.decoder import decode_flow
from sgeflow.core.checking.flows.grammar import Grammar, grammar_of
from sgeflow.core.checking.flows.verb import Verb
from sgeflow.core.checking.homologation import check_casebook, decode_casebook
from sgeflow.core.checking.operations import (
    check_env,
    check_general_code,
    check_mentions,
    check_reconcile,
    check_service,
    decode_operation,
)
from sgeflow.core.checking.rest import decode_rest
from sgeflow.core.checking.simulator import (
    check_scenario,
    check_world,
    decode_people,
    decode_scenario,
)
from sgeflow.core.documents import Casebook, FaultEntry, Operation, Service
from sgeflow.core.engine.step import Catalog, Flow
from sgeflow.core.engine.walk import steps_of
from sgeflow.core.language.reader import Reader, check_pattern, is_sound
from sgeflow.core.language.schemas import (
    DRAFT,
    FAULT_CLASSES,
    FAULT_CODE,
    NAME,
    NAMESPACE,
    PARAMETER,
    Schema,
    array,
    closed_object,
    names_to,
    one_of,
    text,
    words,
)
from sgeflow.core.language.template import localize
from sgeflow.core.language.text import Tree
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.core.model import FaultClass
from sgeflow.errors import Id, InvalidDocuments, Problem
from sgeflow.messages import say
from sgeflow.patterns import regex

FAULTS_SCHEMA: Schema = {
    "$schema": DRAFT,
    "title": "sgeflow fault catalogue",
    **names_to(
        closed_object(
            {
                "class": {"enum": FAULT_CLASSES},
                "order": one_of(
                    ["refused", "unknown"],
                    "its meaning for an order: refused or unknown; "
                    "default: refused for SGT4…, unknown for all others",
                ),
                "meaning": words("meaning of the code"),
                "cause": words("the usual cause"),
                "remedy": words("remedy for the failure"),
            },
            ("class", "meaning", "cause", "remedy"),
        ),
        "The meaning of each fault code.",
        FAULT_CODE,
    ),
}

TYPES_SCHEMA: Schema = {
    "$schema": DRAFT,
    "title": "sgeflow shared types",
    **names_to(PARAMETER, "Types that parameters and inputs refer to."),
}

SERVICES_SCHEMA: Schema = {
    "$schema": DRAFT,
    "title": "sgeflow services of operations",
    **names_to(
        closed_object(
            {
                "owner": text("owner of the service, as messages name it"),
                "needs": array(
                    {"enum": list(FACTS)},
                    "what an environment that names it must say",
                    uniqueItems=True,
                ),
                "faults": closed_object(
                    {
                        "error": text("the only element in the detail of a fault", pattern=NAME),
                        "result": text(
                            "the element inside `error` whose attribute `code` is the code",
                            pattern=NAME,
                        ),
                        "namespaces": array(
                            {"type": "string", "pattern": NAMESPACE},
                            "beginnings of the error's namespace; one must match",
                            minItems=1,
                        ),
                        "refused": text(
                            "regular expression for codes that prove that an order was not "
                            "accepted",
                            pattern=r"^[A-Z0-9]+(\[[0-9A-Z-]+\](\{[0-9](,[0-9])?\})?)*$",
                        ),
                    },
                    ("error", "result", "namespaces"),
                    "the form of its refusals; without it no refusal proves anything about an "
                    "order",
                ),
            },
            ("owner",),
        ),
        "The services that operations name by `route.service`.",
    ),
}

PACKAGES_SCHEMA: Schema = {
    "$schema": DRAFT,
    "title": "sgeflow packages of others",
    **closed_object(
        {
            "packages": array(
                {
                    "type": "string",
                    "pattern": r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$",
                },
                "installed packages whose operations and functions are used",
                minItems=1,
                uniqueItems=True,
            )
        },
        ("packages",),
    ),
}
_SHARED = {
    TYPES: TYPES_SCHEMA,
    FAULTS: FAULTS_SCHEMA,
    SERVICES: SERVICES_SCHEMA,
    PACKAGES: PACKAGES_SCHEMA,
}

_MOST = 512  # decoded documents that are kept; about ten times the shipped ones

SharedTrees = tuple[tuple[str, Tree], ...]
"""The documents of types, codes and services by file stem, the shipped ones first."""

Name = tuple[str, str]
"""A kind of documents, and the name of one of them."""

_DECODERS: Mapping[str, Callable[[Tree], tuple[Any, list[Problem]]]] = {
    "environments": decode_environment,
    "homologation": decode_casebook,
    "people": decode_people,
    "scenarios": decode_scenario,
}


@lru_cache(maxsize=_MOST)
def read_document(file: str, text: str, kind: str) -> tuple[Tree | None, tuple[Problem, ...]]:
    """The tree of a document, or None if it cannot be read; and the reasons."""
    try:
        return read_yaml(file, text, private=kind == "environments"), ()
    except InvalidDocuments as error:
        return None, tuple(error.problems)


@lru_cache(maxsize=_MOST)
def value_of(kind: str, tree: Tree) -> tuple[Any, tuple[Problem, ...]]:
    """The value of an independent document, or None; and the document's mistakes."""
    value, problems = _DECODERS[kind](tree)
    return value, tuple(problems)


@lru_cache(maxsize=_MOST)
def decode_shared(stem: str, tree: Tree) -> tuple[Mapping[str, Any], tuple[Problem, ...]]:
    """The types, codes or services of a shared document, and its mistakes."""
    reader = Reader(tree)
    values: dict[str, Any] = {}
    if not reader.valid(_SHARED[stem]) or stem == PACKAGES:
        return values, tuple(reader.problems)
    for name, entry in (tree.data or {}).items():
        if stem == FAULTS:
            refuses = (name, "order") if entry.get("order") == "refused" else None
            check_general_code(reader, name, entry["class"], (name, "class"), refuses)
            values[name] = FaultEntry(
                code=name,
                fault_class=FaultClass(entry["class"]),
                meaning=localize(entry["meaning"]),
                cause=localize(entry["cause"]),
                remedy=localize(entry["remedy"]),
                refuses=entry["order"] == "refused" if "order" in entry else None,
            )
            continue
        if stem == SERVICES:
            check_pattern(reader, (name, "faults", "refused"))
            faults = dict(entry.get("faults", {}))
            faults["namespaces"] = tuple(faults.get("namespaces", ()))
            needs = tuple(entry.get("needs", ()))
            values[name] = Service(name=name, owner=entry["owner"], needs=needs, **faults)
            continue
        before = len(reader.problems)
        if "default" in entry:
            reader.template((name, "default"))
        if is_sound(reader, (name,)) and len(reader.problems) == before:
            values[name] = entry
    return values, tuple(reader.problems)


@lru_cache(maxsize=_MOST)
def merge_shared(stem: str, shared: SharedTrees) -> Mapping[str, Any]:
    """All types, codes or services; entries of later documents replace those of the same name."""
    merged: dict[str, Any] = {}
    for name, tree in shared:
        if name == stem:
            merged |= decode_shared(name, tree)[0]
    return merged


@lru_cache(maxsize=_MOST)
def operation_of(tree: Tree, shared: SharedTrees) -> tuple[Any, tuple[Problem, ...]]:
    """The value of an operation, or None; and its mistakes. It may use shared definitions."""
    types, faults, services = (merge_shared(stem, shared) for stem in (TYPES, FAULTS, SERVICES))
    value, problems = decode_operation(tree, types, faults, services)
    if value is not None:
        value, wrong = decode_rest(value, tree, types)
        problems += [*check_envelope(value, tree), *wrong]
    return value, tuple(problems)


@lru_cache(maxsize=_MOST)
def flow_of(
    tree: Tree, shared: SharedTrees, grammar: Grammar
) -> tuple[Flow | None, tuple[Problem, ...]]:
    """The value of a flow, or None; and its mistakes. It may use shared types."""
    value, problems = decode_flow(tree, merge_shared(TYPES, shared), grammar)
    return value, tuple(problems)


class _Assembly(Struct):
    """A catalogue while it is being built."""

    grammar: Grammar
    shared: SharedTrees = ()
    values: dict[str, dict[str, Any]] = field(default_factory=lambda: {kind: {} for kind in NAMES})
    problems: list[Problem] = field(default_factory=list)
    invalid: dict[str, str] = field(default_factory=dict)  # the kinds of invalid documents, by name
    environment_trees: list[Tree] = field(default_factory=list)

    def note(self, document: Document, problems: Sequence[Problem]) -> None:
        """Note the problems of a document, which is invalid if there are any."""
        self.problems += problems
        if problems:
            self.invalid[document.stem] = document.kind


def assemble(
    documents: Iterable[Document], verbs: Mapping[str, Verb]
) -> tuple[Catalog, tuple[Problem, ...]]:
    """The catalogue of some documents, and the problems of all of them, by file and place.

    Documents with a problem are left out of the catalogue; a reference to one of them is not
    reported as a second problem. References in a document with a wrong form are not checked.
    """
    ordered = sorted(documents, key=_order)
    assembly = _Assembly(grammar_of(verbs))
    for document in ordered:
        _read(assembly, document)
    catalog = Catalog(faults=merge_shared(FAULTS, assembly.shared), **assembly.values)
    kinds = frozenset(assembly.invalid.values())
    env = shape_of_env(catalog, is_sure="environments" not in kinds)
    for operation in catalog.operations.values():
        assembly.problems += check_reconcile(operation, catalog.operations)
        assembly.problems += check_mentions(operation, catalog.operations)
        if "environments" not in kinds:
            assembly.problems += check_service(operation, catalog.environments.values())
        assembly.problems += check_env(operation, env)
    if "people" not in kinds:
        assembly.problems += check_world(catalog.people, catalog.scenarios)
    namespace = namespace_of(catalog, kinds)
    for casebook in catalog.homologation.values():
        check_casebook(casebook, namespace)
    flows = check_flows(namespace)
    assembly.problems += namespace.problems
    services = merge_shared(SERVICES, assembly.shared)
    for tree in assembly.environment_trees:
        if "scenarios" not in kinds:
            assembly.problems += check_scenario(tree, catalog.scenarios)
        assembly.problems += check_called(tree, catalog.operations)
        assembly.problems += check_facts(tree, services)
        if "flows" not in kinds:  # the known inputs are those of all flows together
            assembly.problems += check_inputs(tree, flows.values())
    files = {document.file for document in ordered}
    missing = assembly.invalid
    told = [p for p in assembly.problems if p.lacks not in missing]
    if PACKAGES in missing:  # any name may be that of a document in a package
        told = [p for p in told if not p.lacks]
    own = [copy_problem(problem, files) for problem in told]
    unique = {(problem.id, problem.message, _place(problem)): problem for problem in own}
    return replace(catalog, flows=flows), tuple(sorted(unique.values(), key=_place))


def _place(problem: Problem) -> tuple[str, int, int]:
    at = problem.at
    return (at.file, at.line, at.column) if at else ("", 0, 0)


def _order(document: Document) -> tuple[int, bool, str, str]:
    """The order of reading: types, faults, operations, environments, cases, flows."""
    kinds = ("operations", "environments", "homologation", "people", "scenarios", "flows")
    rank = -1 if is_shared(document.kind, document.stem) else kinds.index(document.kind)
    return rank, not document.is_base, document.package, document.file


def _read(assembly: _Assembly, document: Document) -> None:
    """Add a document to the catalogue, or report its problems."""
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
        known = merge_shared(document.stem, assembly.shared) if document.package else {}
        assembly.shared += ((document.stem, tree),)
        assembly.note(document, [*decode_shared(document.stem, tree)[1], *_changed(tree, known)])
        return
    if document.kind == "operations":
        value, problems = operation_of(tree, assembly.shared)
    elif document.kind == "flows":
        value, problems = flow_of(tree, assembly.shared, assembly.grammar)
    else:
        value, problems = value_of(document.kind, tree)
    assembly.note(document, problems)
    known = assembly.values[document.kind]
    if problems:
        assembly.invalid[value.name if value is not None else document.stem] = document.kind
    elif value.name in known:
        note = say("first in {place}", place=known[value.name].at.file)
        message = say('"{name}" is defined twice', name=value.name)
        assembly.problems.append(Problem(id=Id.NAME, message=message, at=value.at, note=note))
    else:
        known[value.name] = value
        if document.kind == "environments":
            assembly.environment_trees.append(tree)


def _changed(tree: Tree, known: Mapping[str, Any]) -> Iterator[Problem]:
    """The entries of a package's shared document that would change those of others."""
    for name in known.keys() & (tree.data or {}):
        message = say('a package of others cannot change "{name}"', name=name)
        yield Problem(id=Id.NAME, message=message, at=tree.at((name,), key=True))


_DECLARED = regex(rf"^\ufeff?({'|'.join(KEYS)}): *[\"']?([\w.-]+)", re.MULTILINE)


def usable(
    catalog: Catalog, documents: Sequence[Document], problems: Iterable[Problem]
) -> tuple[Catalog, dict[Name, tuple[Problem, ...]]]:
    """The part of a catalogue that no mistake touches, and why each other name is unusable.

    A document that uses an unusable document is unusable too, for the same mistakes.
    """
    lacking = _names_with_mistakes(documents, problems)
    values = {
        (kind, name): value
        for kind in NAMES
        for name, value in getattr(catalog, kind).items()
        if (kind, name) not in lacking
    }
    while spoilt := {n: p for n, one in values.items() if (p := _of_uses(one, catalog, lacking))}:
        lacking |= spoilt
        values = {name: value for name, value in values.items() if name not in spoilt}
    parts = {kind: {n: value for (k, n), value in values.items() if k == kind} for kind in NAMES}
    return replace(catalog, **parts), {name: tuple(dict.fromkeys(p)) for name, p in lacking.items()}


def _names_with_mistakes(
    documents: Sequence[Document], problems: Iterable[Problem]
) -> dict[Name, list[Problem]]:
    """The mistakes by document, named by its file and by each name that the document declares.

    The mistakes of shared types and codes count for the documents that use them.
    """
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        by_file.setdefault(problem.at.file if problem.at else "", []).append(problem)
    shared = [document for document in documents if is_shared(document.kind, document.stem)]
    lacking: dict[Name, list[Problem]] = {}
    for document in documents:
        why = [*by_file.get(document.file, ()), *by_file.get("", ())]
        for other in shared:
            is_used = f"{TYPES}.yaml#" in document.text
            if other.stem in (FAULTS, SERVICES):
                is_used = document.kind == "operations"
            if other.stem == PACKAGES:  # the operations that flows name may be missing
                is_used = document.kind == "flows"
            if is_used and other.file != document.file:
                why += by_file.get(other.file, ())
        declared = {(KEYS[key].name, name) for key, name in _DECLARED.findall(document.text)}
        for name in {(document.kind, document.stem), *declared} if why else ():
            lacking.setdefault(name, []).extend(why)
    return lacking


def _of_uses(value: Any, catalog: Catalog, lacking: Mapping[Name, list[Problem]]) -> list[Problem]:
    """The mistakes of unusable documents that a document uses, of any kind."""
    problems: list[Problem] = []
    for kind, name in _uses(value):
        if (kind, name) in lacking or name not in getattr(catalog, kind):
            others = (one for (_, other), why in lacking.items() if other == name for one in why)
            problems += lacking.get((kind, name)) or others
    return problems


def _uses(value: Any) -> Iterator[Name]:
    """The operations, flows and catalogues that a document names."""
    if isinstance(value, Operation) and value.reconcile:
        yield "operations", value.reconcile.call
    if isinstance(value, Casebook):
        for case in value.cases.values():
            yield "operations", case.call
            if case.first:
                yield "operations", case.first.call
    for step in steps_of(value) if isinstance(value, Flow) else ():
        uses = step.uses
        named = (("flows", uses.flow), ("operations", uses.operation))
        yield from (one for one in (*named, ("homologation", uses.casebook)) if one[1])
