"""The flow tests of a project: finds their files, wherever they lie below a folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sgeflow.adapters.project_files import TEST, Project, is_there
from sgeflow.adapters.system_files import find_named
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say


def find_tests(paths: Sequence[Path], project: Project) -> list[Path]:
    """The flow tests of some files and folders; of `tests/` of the project without any.

    Raises:
        UsageError: a path is not there.
    """
    chosen = paths or [(project.folder or Path.cwd()) / "tests"]
    files: dict[Path, None] = {}
    for path in chosen:
        if paths and not path.exists():
            message = say("there is no file or folder {path}", path=path)
            raise UsageError(Problem(id=Id.UNREADABLE, message=message))
        files.update(dict.fromkeys(_tests(path)))
    return list(files)


def _tests(path: Path) -> Iterator[Path]:
    """A file as it is; below a folder, what is named as a test and is not hidden."""
    if not path.is_dir():
        yield from [path] if is_there(path) else []
        return
    for one in find_named(path, TEST):
        if not any(part.startswith(".") for part in one.relative_to(path).parts):
            yield one
