"""What a case of a flow test rests on: the documents that can change how it comes out."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from sgeflow.core.checking.document import is_shared
from sgeflow.core.engine.step import Catalog
from sgeflow.core.model import DEFAULT_ENVIRONMENT
from sgeflow.runtime.project import Workspace
from sgeflow.tools.flowtest.case import cassette_of
from sgeflow.tools.flowtest.model import FlowCase, FlowTest
from sgeflow.tools.flowtest.step_forms import documents_of, name_of


def foundation_of(workspace: Workspace, test: FlowTest, trial: FlowCase) -> str:
    """A digest of all that a case rests on: it comes out as before while this is the same.

    That is what is written of it, its flow and all that this can come to, its world, its cassette.
    """
    digest = sha256(trial.written.encode())
    if trial.cassette:
        path = cassette_of(test, trial)
        digest.update(path.read_bytes() if path.is_file() else b"")
    named = {*documents_of(trial.flow, workspace.catalog), *_world(trial, workspace.catalog)}
    for source, text in sorted(workspace.sources.texts.items()):
        kind, _, stem = name_of(source).partition("/")
        is_named = f"{kind}/{stem}" in named or f"{kind}/" in named
        if is_named or kind == "people" or is_shared(kind, stem):
            digest.update(f"\0{source}\0{text}".encode())
    return digest.hexdigest()


def _world(trial: FlowCase, catalog: Catalog) -> Iterator[str]:
    """The documents of a case's world, as kind/name."""
    name = trial.environment or ("" if trial.cassette else DEFAULT_ENVIRONMENT)
    yield f"environments/{name}"  # a cassette's is any of them
    environment = catalog.environments.get(name)
    earlier = (run.scenario for run in trial.earlier)
    for scenario in (trial.scenario, environment.scenario if environment else "", *earlier):
        if scenario:
            yield f"scenarios/{scenario}"
