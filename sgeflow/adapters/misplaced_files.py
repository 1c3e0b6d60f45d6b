"""Files that say to be documents or tests and are never read: by their name, or by their folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sgeflow.adapters.project_files import ENDINGS, TEST, Project
from sgeflow.adapters.system_files import find_named
from sgeflow.core.checking.document import KINDS

_HEAD = 2048  # characters in which a file says what it is; cassettes are long


def misnamed_tests(project: Project) -> Iterator[tuple[Path, int]]:
    """Files below `tests/` that say to be flow tests, in which line, and are not named so."""
    folder = (project.folder or Path.cwd()) / "tests"
    for path in find_named(folder, *ENDINGS):
        if path.name.endswith(TEST) or path.suffix not in ENDINGS or not path.is_file():
            continue
        if line := _first_line(path, "test:"):
            yield path, line


def misplaced_documents(project: Project) -> Iterator[tuple[str, Path, int]]:
    """The kind, path and first line of documents in folders within those for documents.

    They are not read. Two folders deep is looked, for what says to be such a document.
    """
    if project.folder is None:
        return
    for kind in KINDS:
        folder = project.folder / kind.folder
        for path in sorted((*folder.glob("*/*.y*ml"), *folder.glob("*/*/*.y*ml"))):
            inside = path.relative_to(folder).parts
            if path.name.endswith(TEST) or any(part.startswith(".") for part in inside):
                continue
            if line := _first_line(path, f"{kind.key}:"):
                yield kind.name, path, line


def _first_line(path: Path, beginning: str) -> int:
    """The first line of a file's head that begins so; 0 without one."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            head = file.read(_HEAD).split("\n")
    except OSError:
        return 0  # what is no document by its place is nobody's business
    return next((number for number, line in enumerate(head, 1) if line.startswith(beginning)), 0)
