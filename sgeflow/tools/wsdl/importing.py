"""Importing a WSDL: a first draft of an operation, or what differs from the document there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sgeflow.adapters import project_files
from sgeflow.adapters.atomic_write import replaced, unwritable
from sgeflow.core.checking.document import Document
from sgeflow.core.language.text import Tree
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.errors import Exit, InvalidDocuments, Problem
from sgeflow.runtime.project import check_documents
from sgeflow.tools.editor.write import modeline
from sgeflow.tools.wsdl.compare import compare
from sgeflow.tools.wsdl.difference import Difference, Stance
from sgeflow.tools.wsdl.draft import draft
from sgeflow.tools.wsdl.model import Described
from sgeflow.tools.wsdl.update import place, updated

_KIND, _TYPES = "operations", "types"
_FINE = {Stance.STRICTER, Stance.UNREAD, Stance.PRINTED}
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of one operation of a WSDL."""

    operation: str
    file: Path
    drafted: bool  # there was no document: `file` is a first draft
    written: bool
    text: str  # the document as it is, or would be with `write`
    differences: tuple[Difference, ...] = ()
    left: tuple[Difference, ...] = ()  # those that `text` still has: a person's to settle
    problems: tuple[Problem, ...] = ()  # of the text, for a person to settle

    @property
    def exit(self) -> Exit:
        """1 when a document is wrong for the WSDL and stays so: other programs may look at it."""
        found = self.left if self.written else self.differences
        wrong = any(one.stance not in _FINE for one in found)
        return Exit.FAILED if wrong or self.problems else Exit.OK


def import_wsdl(
    wsdl: Path,
    *,
    operation: str = "",
    folder: Path | None = None,
    project: Path | None = None,
    was: Path | None = None,
    write: bool = False,
) -> tuple[Imported, ...]:
    """Draft the documents of a WSDL's operations, or compare those that are there.

    Args:
        wsdl: the file; what it imports lies beside it.
        operation: the only one to import; all of them without it.
        folder: where documents are, and are written; by default the project's `operations/`,
            where a shipped document counts as being there.
        project: the project folder; by default the nearest one upwards.
        was: the WSDL that the documents were made from: only what changed since is told, and
            what a person made stricter is told from what is outdated.
        write: bring documents up to the WSDL, at the places that come from it.

    Raises:
        UsageError: the extra `wsdl` is not installed, or there is no such operation.
        InvalidDocuments: the WSDL or a document cannot be read.
        TechnicalError: a document cannot be written.
    """
    from sgeflow.tools.wsdl.reader import read_wsdl

    found = project_files.find_project(project)
    documents = project_files.read_documents(found)
    own = folder or (found.folder or Path.cwd()) / _KIND
    home = _Home(folder=own, explicit=folder is not None, documents=documents)
    wanted = (operation,) if operation else ()
    before = _before(was, wanted)
    described = read_wsdl(wsdl).describe(*wanted)
    return tuple(_import(one, before.get(one.name), home, write=write) for one in described)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Home:
    """Where documents are looked for and written."""

    folder: Path
    explicit: bool
    documents: list[Document]

    def existing(self, name: str) -> str | None:
        """The text of the document that an operation has, the project's before the shipped one."""
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

    def types(self) -> Mapping[str, Any]:
        """The shared types that a document of this project can refer to."""
        types: dict[str, Any] = {}
        for document in self.documents:  # the shipped ones come first
            if (document.kind, document.stem) == (_KIND, _TYPES):
                if document.problem is not None:
                    raise InvalidDocuments(document.problem)
                types |= read_yaml(document.file, document.text).data or {}
        return types

    def problems(self, path: Path, text: str) -> tuple[Problem, ...]:
        """What is wrong with a text in this place, beside the project's other operations."""
        document = Document(kind=_KIND, file=project_files.shown(path), text=text)
        operations = [d for d in self.documents if d.kind == _KIND]
        others = [d for d in operations if d.stem != document.stem]
        _, problems = check_documents([*others, document])
        return tuple(p for p in problems if p.at is None or p.at.file == document.file)


def _before(was: Path | None, wanted: tuple[str, ...]) -> dict[str, Described]:
    from sgeflow.tools.wsdl.reader import read_wsdl

    return {one.name: one for one in read_wsdl(was).describe(*wanted)} if was else {}


def _import(
    described: Described, before: Described | None, home: _Home, *, write: bool
) -> Imported:
    path, types = home.path(described.name), home.types()
    text = home.existing(described.name)
    if text is None:
        text = draft(described, types, modeline("operation", home.folder))
        _write_new(path, text)
        return Imported(
            operation=described.name,
            file=path,
            drafted=True,
            written=True,
            text=text,
            problems=home.problems(path, text),
        )
    tree = _checked(path, text, home)
    old = None if before is None else compare(before, tree, types)
    new = updated(described, tree, types, None if old is None else set(map(place, old)))
    changes = write and new != text
    if changes:
        _write(path, new)
    return Imported(
        operation=described.name,
        file=path,
        drafted=False,
        written=changes,
        text=new,
        differences=_since(old, compare(described, tree, types)),
        left=_since(old, compare(described, read_yaml(tree.source.name, new), types)),
        problems=home.problems(path, new),
    )


def _since(
    old: tuple[Difference, ...] | None, found: tuple[Difference, ...]
) -> tuple[Difference, ...]:
    """What was no difference to the older WSDL already."""
    known = {(*place(one), one.document, one.wsdl) for one in old or ()}
    return tuple(one for one in found if (*place(one), one.document, one.wsdl) not in known)


def _checked(path: Path, text: str, home: _Home) -> Tree:
    """A document without mistakes: on others, places cannot be trusted."""
    problems = home.problems(path, text)
    if problems:
        raise InvalidDocuments(*problems)
    return read_yaml(project_files.shown(path), text)


def _write_new(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise unwritable(path, (error.strerror or type(error).__name__).lower()) from error


def _write(path: Path, text: str) -> None:
    """Write a document with the line ends and the byte order mark that it had."""
    if not path.exists():
        _write_new(path, text)
        return
    before = path.read_bytes()
    mark = _MARK if before.startswith(_MARK) else b""
    body = text.replace("\n", "\r\n") if b"\r\n" in before else text
    with replaced(path) as part:
        part.write_bytes(mark + body.encode("utf-8"))
