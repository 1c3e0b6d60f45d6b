"""Documents that lie in the wrong folder, or are copies under another name."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from sgeflow.core.checking.document import KINDS, NAMES, TESTS, Document, is_shared
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.text import Tree, stem_of
from sgeflow.errors import Id, Problem
from sgeflow.messages import from_table, say

_KINDS = (*KINDS, TESTS)


def check_folder(document: Document, tree: Tree) -> Problem | None:
    """The one mistake of a document that says to be of another kind than its folder's."""
    if not isinstance(tree.data, dict) or is_shared(document.kind, document.stem):
        return None
    kinds = [kind for kind in _KINDS if kind.key in tree.data]
    if TESTS in kinds:  # it has a key `flow`, too
        kinds = [TESTS]
    if not kinds or document.kind in [kind.name for kind in kinds if kind is not TESTS]:
        return None
    kind = kinds[0]
    name = f"{document.stem}.test.yaml" if kind is TESTS else document.file.rpartition("/")[2]
    return Problem(
        id=Id.NAME,
        message=say("{what} lies in {folder}/", what=kind.noun, folder=NAMES[document.kind].folder),
        at=tree.at((kind.key,), key=True),
        suggestion=f"{kind.folder}/{name}",
    )


def check_stem(reader: Reader, key: str, name: str) -> None:
    """Note a document that is called otherwise than its file."""
    stem = reader.tree.source.stem
    if stem != name:
        message = say(
            '{kind} "{name}" stands in a file named {stem}.yaml',
            kind=from_table(key),
            name=name,
            stem=stem,
        )
        reader.report(Id.NAME, message, (key,), suggestion=f"{name}.yaml")


def copy_problem(problem: Problem, files: Collection[str]) -> Problem:
    """A file that is named otherwise than its document, where the right name is taken: a copy."""
    if problem.id is not Id.NAME or problem.at is None:
        return problem
    folder, _, name = problem.at.file.rpartition("/")
    if f"{folder}/{problem.suggestion}" not in files or problem.suggestion == name:
        return problem
    stem = stem_of(name)
    original = stem if stem.replace("-", "").replace("_", "").isalnum() else ""
    note = say("{file} is there already", file=problem.suggestion)
    return replace(problem, suggestion=original, note=note)
