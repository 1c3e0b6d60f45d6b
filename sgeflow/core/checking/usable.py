"""Picks the usable part of a catalogue: a mistake stops only what uses its document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from sgeflow.core.checking.document import FAULTS, KEYS, NAMES, TYPES, Document, is_shared
from sgeflow.core.documents import Casebook, Operation
from sgeflow.core.engine.step import Catalog, Flow
from sgeflow.core.engine.walk import steps_of
from sgeflow.errors import Problem
from sgeflow.patterns import regex

Name = tuple[str, str]
"""A kind of documents and the name of one."""

_DECLARED = regex(rf"^\ufeff?({'|'.join(KEYS)}): *[\"']?([\w.-]+)", re.MULTILINE)


def usable(
    catalog: Catalog, documents: Iterable[Document], problems: Iterable[Problem]
) -> tuple[Catalog, dict[Name, tuple[Problem, ...]]]:
    """The part of a catalogue that no mistake touches, and of the rest why it cannot be used.

    What uses a document that cannot be used cannot be used either, for the same mistakes.
    """
    lacking = _names_with_mistakes(list(documents), tuple(problems))
    values = [(name, value) for name, value in _all(catalog) if name not in lacking]
    while spoilt := {n: why for n, value in values if (why := _of_uses(value, catalog, lacking))}:
        lacking |= spoilt
        values = [(name, value) for name, value in values if name not in spoilt]
    catalog_parts = {kind: {n: v for (k, n), v in values if k == kind} for kind in NAMES}
    why_not = {name: tuple(dict.fromkeys(why)) for name, why in lacking.items()}
    return replace(catalog, **catalog_parts), why_not


def _names_with_mistakes(
    documents: list[Document], problems: tuple[Problem, ...]
) -> dict[Name, tuple[Problem, ...]]:
    """The names of documents with mistakes: that of the file, and what it says to be."""
    by_file: dict[str, tuple[Problem, ...]] = {}
    for problem in problems:
        file = problem.at.file if problem.at else ""
        by_file[file] = (*by_file.get(file, ()), problem)
    everywhere = by_file.get("", ())
    lacking: dict[Name, tuple[Problem, ...]] = {}
    for document in documents:
        why = (
            *by_file.get(document.file, ()),
            *everywhere,
            *_shared_mistakes(document, documents, by_file),
        )
        for name in _names(document) if why else ():
            lacking[name] = (*lacking.get(name, ()), *why)
    return lacking


def _shared_mistakes(
    document: Document, documents: list[Document], by_file: Mapping[str, tuple[Problem, ...]]
) -> Iterator[Problem]:
    """The mistakes of the shared types that a document takes, of the faults that it may meet."""
    for other in documents:
        if not is_shared(other.kind, other.stem):
            continue
        is_used = document.kind == "operations" if other.stem == FAULTS else _TYPED in document.text
        if is_used and other.file != document.file:
            yield from by_file.get(other.file, ())


_TYPED = f"{TYPES}.yaml#"


def _names(document: Document) -> set[Name]:
    declared = {(KEYS[key].name, name) for key, name in _DECLARED.findall(document.text)}
    return {(document.kind, document.stem), *declared}


def _all(catalog: Catalog) -> Iterator[tuple[Name, Any]]:
    for kind in NAMES:
        for name, value in getattr(catalog, kind).items():
            yield (kind, name), value


def _of_uses(
    value: Any, catalog: Catalog, lacking: Mapping[Name, tuple[Problem, ...]]
) -> tuple[Problem, ...]:
    """Why something that a document uses cannot be used."""
    return tuple(
        problem
        for kind, name in _uses(value)
        if (kind, name) in lacking or name not in getattr(catalog, kind)
        for problem in lacking.get((kind, name), ()) or _of_stem(name, lacking)
    )


def _of_stem(name: str, lacking: Mapping[Name, tuple[Problem, ...]]) -> Iterator[Problem]:
    """The mistakes of a document of that name, whatever it was taken for."""
    for (_, other), problems in lacking.items():
        if other == name:
            yield from problems


def _uses(value: Any) -> Iterator[Name]:
    """The operations, flows and catalogues that a document names."""
    if isinstance(value, Operation) and value.reconcile:
        yield "operations", value.reconcile.call
    if isinstance(value, Casebook):
        for case in value.cases.values():
            yield "operations", case.call
            if case.first:
                yield "operations", case.first.call
    if not isinstance(value, Flow):
        return
    for step in steps_of(value):
        uses = step.uses
        named = (("flows", uses.flow), ("operations", uses.operation))
        yield from (one for one in (*named, ("homologation", uses.casebook)) if one[1])
