"""Documents decoded once a process: the same text beside the same types is the same value.

An editor checks a project at each key, a test opens one for each case, and nearly all texts are
those of before. Values are frozen, so that catalogues may share them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from sgeflow.core.checking.document import FAULTS, TYPES
from sgeflow.core.checking.environments.decoder import decode_environment
from sgeflow.core.checking.flows.decoder import decode_flow
from sgeflow.core.checking.flows.grammar import Grammar
from sgeflow.core.checking.homologation.decoder import decode_casebook
from sgeflow.core.checking.operations.decoder import decode_operation
from sgeflow.core.checking.operations.envelope import check_envelope
from sgeflow.core.checking.shared import decode_faults, decode_types
from sgeflow.core.checking.simulator.people import decode_people
from sgeflow.core.checking.simulator.scenarios import decode_scenario
from sgeflow.core.engine.step import Flow
from sgeflow.core.language.text import Path, Tree
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.errors import InvalidDocuments, Location, Problem

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
