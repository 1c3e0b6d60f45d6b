"""What a case of a flow test rests on: the documents that can change how it comes out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256

from sgeflow.core.checking.document import is_shared
from sgeflow.core.engine.step import Catalog
from sgeflow.core.model import DEFAULT_ENVIRONMENT
from sgeflow.runtime.project import Workspace
from sgeflow.tools.flowtest.case import cassette_of
from sgeflow.tools.flowtest.model import FlowCase, FlowTest
from sgeflow.tools.flowtest.step_forms import documents_of, name_of


def foundation_of(workspace: Workspace, test: FlowTest, case: FlowCase) -> str:
    """A digest of all that a case rests on: it comes out as before while this is the same.

    That is what is written of it, its flow and all that this can come to, its world, its cassette.
    """
    digest = sha256(case.written.encode())
    if case.cassette:
        path = cassette_of(test, case)
        digest.update(path.read_bytes() if path.is_file() else b"")
    named = {*_documents_of(case.flow, workspace), *_world(case, workspace.catalog)}
    digest.update(_digest(frozenset(named), workspace))
    return digest.hexdigest()


@lru_cache(maxsize=256)  # many cases rest on the same
def _digest(named: frozenset[str], workspace: Workspace) -> bytes:
    """A digest of the documents of some names, and of those that all rest on."""
    digest = sha256()
    for source, text in sorted(workspace.sources.texts.items()):
        kind, _, stem = name_of(source).partition("/")
        is_named = f"{kind}/{stem}" in named or f"{kind}/" in named
        if is_named or kind == "people" or is_shared(kind, stem):
            digest.update(f"\0{source}\0{text}".encode())
    return digest.digest()


@lru_cache(maxsize=256)
def _documents_of(flow: str, workspace: Workspace) -> frozenset[str]:
    return frozenset(documents_of(flow, workspace.catalog))


def _world(case: FlowCase, catalog: Catalog) -> Iterator[str]:
    """The documents of a case's world, as kind/name."""
    name = case.environment or ("" if case.cassette else DEFAULT_ENVIRONMENT)
    yield f"environments/{name}"  # a cassette's is any of them
    environment = catalog.environments.get(name)
    usual = environment.scenario if environment else ""
    for scenario in (case.scenario, *(run.scenario for run in case.earlier)):
        yield f"scenarios/{scenario or usual}"
