"""Imports a WSDL: drafts documents of its operations, or compares existing documents with it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters import project_files
from sgeflow.adapters.atomic_write import unwritable
from sgeflow.core.checking.document import Document
from sgeflow.core.language.reader import Types
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.errors import Exit, InvalidDocuments, Problem
from sgeflow.runtime.project import check_documents
from sgeflow.tools.editor.write import modeline, shared_types
from sgeflow.tools.wsdl.compare import compare
from sgeflow.tools.wsdl.draft import draft
from sgeflow.tools.wsdl.message import join_name
from sgeflow.tools.wsdl.model import DescribedOperation, Difference, Stance

_KIND = "operations"
_FINE = {Stance.STRICTER, Stance.UNREAD, Stance.PRINTED}


class ImportResult(Struct, frozen=True, kw_only=True):
    """The result of importing one operation of a WSDL."""

    operation: str
    file: Path
    drafted: bool  # `file` is a new draft, because the operation had no document
    differences: tuple[Difference, ...] = ()
    problems: tuple[Problem, ...] = ()  # mistakes in the document, for a person to correct
    left_out: bool = False  # no document can express the operation; the problem says why

    @property
    def exit(self) -> Exit:
        """1 if a document contradicts the WSDL; programs can test for it."""
        wrong = any(one.stance not in _FINE for one in self.differences)
        return Exit.FAILED if wrong or self.problems else Exit.OK


def import_wsdl(
    wsdl: Path,
    *,
    operation: str = "",
    folder: Path | None = None,
    project: Path | None = None,
    was: Path | None = None,
) -> tuple[ImportResult, ...]:
    """Draft the documents of a WSDL's operations, or compare existing documents.

    Args:
        wsdl: the file; the documents that it imports are found relative to it.
        operation: the name of one operation to import; empty for all.
        folder: the folder of documents, where drafts are written; by default the project's
            `operations/`, to which the shipped documents count.
        project: the project folder; by default the nearest one upwards.
        was: the earlier WSDL of the documents; only changes since then are reported.

    Raises:
        UsageError: the extra `wsdl` is not installed, or there is no such operation.
        InvalidDocuments: the WSDL or a document cannot be read.
        TechnicalError: a document cannot be written.
    """
    from sgeflow.tools.wsdl.reader import read_wsdl

    project_of = project_files.find_project(project)
    documents = project_files.read_documents(project_of)
    own = folder or (project_of.folder or Path.cwd()) / _KIND
    home = _Home(
        folder=own,
        explicit=folder is not None,
        documents=documents,
        types=shared_types(documents),
        service="" if project_of.shipped else join_name((wsdl.stem,)),
    )
    operations = (operation,) if operation else ()
    before = {one.name: one for one in read_wsdl(was).describe(*operations)} if was else {}
    source = read_wsdl(wsdl)
    described = source.describe(*operations)
    found = {home.path(one.name): home.existing(one.name) for one in described}
    existing = {path: text for path, text in found.items() if text is not None}
    if mistakes := [one for of_file in home.problems(existing).values() for one in of_file]:
        raise InvalidDocuments(*mistakes)  # a document with mistakes may have wrong places
    results = [_import(one, before.get(one.name), home, existing) for one in described]
    left_out = [
        ImportResult(
            operation=name, file=home.path(name), drafted=False, problems=(why,), left_out=True
        )
        for name, why in source.left_out.items()
        if not operation
    ]
    return (*_checked(results, home), *left_out)


class _Home(Struct, frozen=True, kw_only=True):
    """The folder of the operation documents."""

    folder: Path
    explicit: bool
    documents: list[Document]
    types: Types
    service: str  # of the environment, in drafts; empty in a project with SGE's catalogue

    def existing(self, name: str) -> str | None:
        """The text of an operation's document (project before shipped); None without one."""
        path = self.path(name)
        if path.exists():
            return project_files.read_text(path)
        if self.explicit:
            return None
        texts = (d.text for d in self.documents if (d.kind, d.stem) == (_KIND, name))
        return next(texts, None)

    def path(self, name: str) -> Path:
        """The file of an operation."""
        return self.folder / f"{name}.yaml"

    def problems(self, texts: Mapping[Path, str]) -> dict[str, tuple[Problem, ...]]:
        """The mistakes in some texts, by file, checked with the project's other operations."""
        if not texts:
            return {}
        own = [
            Document(kind=_KIND, file=project_files.show_path(path), text=text)
            for path, text in texts.items()
        ]
        stems = {document.stem for document in own}
        others = [d for d in self.documents if d.kind == _KIND and d.stem not in stems]
        _, problems = check_documents([*others, *own])
        return {
            document.file: tuple(p for p in problems if p.at and p.at.file == document.file)
            for document in own
        }


def _checked(results: Sequence[ImportResult], home: _Home) -> Iterator[ImportResult]:
    """Add the mistakes of drafts to their results; all drafts are checked together."""
    drafts = {one.file: project_files.read_text(one.file) for one in results if one.drafted}
    problems = home.problems(drafts)
    for one in results:
        yield replace(one, problems=problems.get(project_files.show_path(one.file), ()))


def _import(
    described: DescribedOperation,
    before: DescribedOperation | None,
    home: _Home,
    existing: Mapping[Path, str],
) -> ImportResult:
    path, types = home.path(described.name), home.types
    if path not in existing:
        _write_new(path, draft(described, types, modeline("operation", home.folder), home.service))
        return ImportResult(operation=described.name, file=path, drafted=True)
    tree = read_yaml(project_files.show_path(path), existing[path])
    known = set(map(_facts, compare(before, tree, types))) if before else set()
    differences = compare(described, tree, types)
    return ImportResult(
        operation=described.name,
        file=path,
        drafted=False,
        differences=tuple(one for one in differences if _facts(one) not in known),
    )


def _facts(one: Difference) -> tuple[str, ...]:
    """The facts that identify a difference."""
    return one.part, one.stance.value, one.where, one.document, one.wsdl


def _write_new(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise unwritable(path, (error.strerror or type(error).__name__).lower()) from error
