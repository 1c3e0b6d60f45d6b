"""Checks the documents of a project, or some of its files, and returns every mistake."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from sgeflow.adapters import project_files
from sgeflow.adapters.project_files import find_tests
from sgeflow.core.checking.document import KEYS, NAMES, Document, is_shared
from sgeflow.errors import Id, Location, Problem, SgeflowError
from sgeflow.messages import say
from sgeflow.patterns import regex
from sgeflow.runtime.project import check_documents, check_once

_TESTS = "tests"
_KIND = regex(rf"^({'|'.join(KEYS)}):", re.MULTILINE)
_LARGEST = 1 << 28  # bytes; a long cassette may lie beside documents


class Validation(Struct, frozen=True, kw_only=True):
    """The checked documents, and their mistakes by file and place."""

    problems: tuple[Problem, ...]
    counts: dict[str, int]  # number of documents by kind, shipped ones included


def validate(
    project: Path | None = None, paths: Sequence[Path] = (), *, again: bool = False
) -> Validation:
    """Check a project's documents, or some files and folders beside them.

    With `paths`, only mistakes in those files are reported. With `again`, decoded documents stay in
    memory for the next check; otherwise valid ones are cached on disk for the next start.

    Raises:
        UsageError: the folder is not a project.
    """
    opened = project_files.find_project(project)
    documents = project_files.read_documents(opened)
    found = () if paths else find_tests((), opened)
    tests = {d.file: d for d in (project_files.document(_TESTS, path) for path in found)}
    unread = [] if paths else list(_check_file_names(opened))
    chosen: set[str] = set()
    for path in paths:
        for document in _documents(path, unread):
            if document.kind == _TESTS:
                tests[document.file] = document
            else:
                documents = [d for d in documents if d.key != document.key]
                documents.append(document)
            chosen.add(document.file)
    catalog, problems = check_documents(documents) if again else check_once(documents)
    if tests:
        from sgeflow.tools.flowtest.check import check_tests

        stems = frozenset(d.stem for d in documents)
        wrong = frozenset(p.at.file for p in problems if p.at is not None)
        problems += check_tests(list(tests.values()), catalog, stems, wrong)
    visible = [p for p in problems if not paths or (p.at is not None and p.at.file in chosen)]
    counted = [d.kind for d in documents if not is_shared(d.kind, d.stem)]
    counts = {kind: counted.count(kind) for kind in NAMES} | {_TESTS: len(tests)}
    return Validation(problems=(*unread, *visible), counts=counts)


def _check_file_names(project: project_files.Project) -> Iterator[Problem]:
    """Documents that are never read because of their file's name or folder."""
    for kind, path, line in project_files.misplaced_documents(project):
        file = project_files.show_path(path)
        yield Problem(
            id=Id.NAME,
            message=say("{file} is not read: it lies in a folder within a folder", file=file),
            at=Location(file=file, line=line, column=1),
            note=say(
                "documents lie side by side: {place}", place=f"{NAMES[kind].folder}/{path.name}"
            ),
        )
    for path, line in project_files.misnamed_tests(project):
        file = project_files.show_path(path)
        message = say("a flow test is in a file named {file}, and is not run", file=path.name)
        stem = path.name.partition(".")[0]
        yield Problem(
            id=Id.NAME,
            message=message,
            at=Location(file=file, line=line, column=1),
            suggestion=f"{stem}{project_files.TEST}",
        )


def _documents(path: Path, unread: list[Problem]) -> Iterator[Document]:
    """The documents of a file or folder; unreadable files and other files are noted in `unread`."""
    for one in _files(path):
        try:
            text = project_files.read_text(one, most=_LARGEST)
        except SgeflowError as error:
            unread += error.problems
            continue
        kind = _kind(one, text)
        if kind:
            yield Document(kind=kind, file=project_files.show_path(one), text=text)
        elif one == path:
            message = say("{file} is no document of sgeflow", file=project_files.show_path(one))
            note = say("it begins with none of the keys {keys}", keys=", ".join(KEYS))
            unread.append(Problem(id=Id.UNREADABLE, message=message, note=note))


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for one in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in one.relative_to(path).parts)
        if one.suffix in (".yaml", ".yml") and not hidden:
            yield one


def _kind(path: Path, text: str) -> str:
    """The kind of a document by its file name, its folder or its first key."""
    if path.name.endswith(project_files.TEST):
        return _TESTS
    folder = path.resolve().parent.name
    if folder in NAMES:
        return folder
    match = _KIND.search(text)
    return KEYS[match[1]].name if match else ""
