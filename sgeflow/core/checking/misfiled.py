"""Documents that lie in the wrong folder, or are copies under another name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sgeflow.core.checking.document import Document, is_shared
from sgeflow.core.language.text import Tree
from sgeflow.errors import Id, Problem
from sgeflow.messages import say

_KINDS = {
    "operation": "operations",
    "flow": "flows",
    "environment": "environments",
    "homologation": "homologation",
    "test": "tests/flows",
}
_NAMES = {
    "operations": say("an operation"),
    "flows": say("a flow"),
    "environments": say("an environment"),
    "homologation": say("a homologation catalogue"),
    "tests/flows": say("a flow test"),
}


def misfiled(document: Document, tree: Tree) -> Problem | None:
    """The one mistake of a document that says to be of another kind than its folder's."""
    if not isinstance(tree.data, dict) or is_shared(document.kind, document.stem):
        return None
    kinds = [kind for key, kind in _KINDS.items() if key in tree.data]
    if "test" in tree.data:  # it has a key `flow`, too
        kinds = [_KINDS["test"]]
    if not kinds or document.kind in kinds:
        return None
    key = next(key for key, kind in _KINDS.items() if kind == kinds[0])
    name = f"{document.stem}.test.yaml" if key == "test" else document.file.rpartition("/")[2]
    return Problem(
        id=Id.NAME,
        message=say("{what} lies in {folder}/", what=_NAMES[kinds[0]], folder=document.kind),
        at=tree.at((key,), key=True),
        suggestion=f"{kinds[0]}/{name}",
    )


def copied(problem: Problem, files: Collection[str]) -> Problem:
    """A file that is named otherwise than its document, where the right name is taken: a copy."""
    if problem.id is not Id.NAME or problem.at is None:
        return problem
    folder, _, name = problem.at.file.rpartition("/")
    if f"{folder}/{problem.suggestion}" not in files or problem.suggestion == name:
        return problem
    stem = name.partition(".")[0]
    meant = stem if stem.replace("-", "").replace("_", "").isalnum() else ""
    note = say("{file} is there already", file=problem.suggestion)
    return replace(problem, suggestion=meant, note=note)
