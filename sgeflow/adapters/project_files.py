"""Finds and reads the documents of a project folder and of the package's catalogue."""

import codecs
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters.system_files import find_named
from sgeflow.core.checking.document import KINDS, PACKAGES, Document, is_shared
from sgeflow.core.language.text import MAX_BYTES
from sgeflow.errors import (
    Id,
    InvalidDocuments,
    Location,
    TechnicalError,
    UsageError,
)
from sgeflow.messages import Message, os_error_text, say

_PACKAGE = Path(__file__).resolve().parents[1]
ENDINGS = (".yaml", ".yml")
"""The suffixes of documents."""
_NO_TEXT = [bytes([number]) for number in range(32) if number not in (9, 10, 12, 13)]
SETTINGS = "sgeflow.yaml"
"""The file of a project that has only its own documents: `catalogue: own`."""
TEST = ".test.yaml"
"""The suffix of flow tests, anywhere below `tests/`."""


class Project(Struct, frozen=True, kw_only=True):
    """The source of documents: a project folder, in addition to the shipped documents."""

    folder: Path | None  # with operations/, flows/ or environments/; None: the shipped ones only
    shipped: Path | None  # None: the project has only its own documents

    @property
    def state(self) -> Path:
        """The folder of the state: beside the project, else in the current folder."""
        return (self.folder or Path.cwd()) / ".sgeflow"

    @property
    def elsewhere(self) -> Path | None:
        """The folder to which paths in documents are relative; None for the current folder."""
        return None if self.folder in (None, Path.cwd()) else self.folder


def find_project(chosen: Path | None, start: Path | None = None) -> Project:
    """The project folder: the chosen one, else the nearest upwards that has documents.

    The search begins at the current folder, or at `start`. Without documents anywhere, the nearest
    folder with an empty folder for documents counts, so that an emptied project keeps its journal.

    Raises:
        UsageError: the chosen folder has no operations, flows or environments.
        InvalidDocuments: the project's settings have a mistake.
    """
    if chosen is not None:
        folder = chosen.resolve()
        if not _has_folders(folder):
            message = say("{folder} has no operations/, flows/ or environments/", folder=chosen)
            raise UsageError.of(Id.UNREADABLE, message)
        return Project(folder=folder, shipped=_catalogue_of(folder))
    here = Path.cwd() if start is None else start.resolve()
    upwards = [folder for folder in (here, *here.parents) if _has_folders(folder)]
    nearest = next(filter(_has_documents, upwards), upwards[0] if upwards else None)
    return Project(folder=nearest, shipped=_catalogue_of(nearest))


def shipped_documents() -> Path:
    """The folder of the shipped documents: in the wheel, or beside the package in a checkout."""
    packed = _PACKAGE / "_data"
    return packed if packed.is_dir() else _PACKAGE.parent


def _catalogue_of(folder: Path | None) -> Path | None:
    """The folder of the shipped documents; None if a project's settings leave them out."""
    if folder is None or not is_there(folder / SETTINGS):
        return shipped_documents()
    from sgeflow.core.language.reader import Reader
    from sgeflow.core.language.schemas import closed_object
    from sgeflow.core.language.yaml_reader import read_yaml

    path = folder / SETTINGS
    reader = Reader(read_yaml(show_path(path), read_text(path, most=MAX_BYTES)))
    if not reader.valid(closed_object({"catalogue": {"enum": ["own"]}}, ("catalogue",))):
        raise InvalidDocuments(*reader.problems)
    return None


def read_documents(project: Project) -> list[Document]:
    """Read all documents; a document of the project replaces the shipped one of the same name.

    Types and faults are merged instead: the project's are added to the shipped ones. An unreadable
    file becomes a document with a problem.

    Raises:
        TechnicalError: a folder cannot be read.
    """
    shipped = {
        (kind, path.stem): path
        for kind, path in (_files(project.shipped) if project.shipped else ())
    }
    mine = own(project)
    owned = {(kind, path.stem): path for kind, path in mine}
    folders: dict[str, str] = {}  # names of folders for messages, by path
    beneath = [
        replace(document(kind, path, _name_of(path, folders)), is_base=True)
        for (kind, stem), path in shipped.items()
        if is_shared(kind, stem) and not _is_same(path, owned.get((kind, stem)))
    ]
    plain = [
        (key, path) for key, path in shipped.items() if not is_shared(*key) and key not in owned
    ]
    plain += [((kind, path.stem), path) for kind, path in mine]  # same names: a mistake
    documents = [document(kind, path, _name_of(path, folders)) for (kind, _), path in sorted(plain)]
    for number, each in enumerate(documents):
        if (each.kind, each.stem) == ("operations", PACKAGES):
            documents[number], of_packages = _with_packages(each)
            beneath += of_packages
    return [*beneath, *documents]


def _with_packages(named: Document) -> tuple[Document, list[Document]]:
    """The document that names packages, with the problem of an unusable one; and what they have."""
    from sgeflow.adapters.plugins import operation_folders
    from sgeflow.core.language.yaml_reader import read_yaml

    documents: list[Document] = []
    try:
        tree = read_yaml(named.file, named.text)
    except InvalidDocuments:
        return named, documents  # the check of this document reports the mistake
    listed = tree.data.get("packages") if isinstance(tree.data, dict) else None
    for index, package in enumerate(listed if isinstance(listed, list) else ()):
        try:
            folders = operation_folders(package) if isinstance(package, str) else []
        except UsageError as error:
            problem = replace(error.problems[0], at=tree.at(("packages", index)))
            return replace(named, problem=problem), documents
        for path in [folder / name for folder in folders for name in _documents_in(folder, folder)]:
            one = document("operations", path)
            is_base = is_shared(one.kind, one.stem)
            documents.append(replace(one, package=package, is_base=is_base))
    return named, documents


def own(project: Project) -> list[tuple[str, Path]]:
    """The kind and path of each document of the project, without shipped ones."""
    return list(_files(project.folder)) if project.folder else []


def document(kind: str, path: Path, file: str = "") -> Document:
    """Read one document; messages call it by `file`, or by its relative path.

    An unreadable document has a problem, and its name if that can be read.
    """
    file = file or show_path(path)
    try:
        return Document(kind=kind, file=file, text=read_text(path, most=MAX_BYTES))
    except TechnicalError as error:
        text = ""  # the readable part, which may contain the document's name
        with suppress(OSError):
            if path.is_file():
                with path.open("rb") as opened:
                    content = opened.read(MAX_BYTES)
                encoding = "utf-16" if _encoding(content) == "UTF-16" else "latin-1"
                text = content.decode(encoding, errors="replace")
        return Document(kind=kind, file=file, text=text, problem=error.problems[0])


def _name_of(path: Path, folders: dict[str, str]) -> str:
    """`show_path` for one of many files; each folder is looked up once."""
    if path.is_symlink():
        return show_path(path)
    folder, name = os.path.split(path)
    if folder not in folders:
        folders[folder] = show_path(Path(folder))
    return name if folders[folder] == "." else f"{folders[folder]}/{name}"


def show_path(path: Path) -> str:
    """A path for people: relative to the current folder if it is inside."""
    here = os.getcwd()  # noqa: PTH109 - texts take a fifth of the time
    named = os.path.normpath(os.path.join(here, path))  # noqa: PTH118
    below = _below(named, here) or _below(os.path.realpath(path), here)  # a link keeps its own name
    if below:
        return below
    inside = _below(str(path), str(_PACKAGE))
    return f"sgeflow/{inside}" if inside else path.as_posix()


def _below(path: str, folder: str) -> str:
    """A path relative to a folder; empty if it is not inside."""
    if path == folder:
        return "."
    start = os.path.join(folder, "")  # noqa: PTH118
    return path[len(start) :] if path.startswith(start) else ""


def read_text(path: Path, *, most: int | None = None) -> str:
    """Read a file as UTF-8 text of at most `most` bytes.

    With `most`, the path must be a regular file, because a pipe in a project folder could block.

    Raises:
        TechnicalError: the file is missing, not a regular file, unreadable, too large or not UTF-8.
    """
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            remedy = say("rename the folder: this ending is only for files")
            message = say("{path} is a folder, not a file", path=show_path(path))
            raise unreadable(path, message, remedy)
        if most is not None and not stat.S_ISREG(facts.st_mode):
            # opening a pipe could block for ever
            message = say(
                "{path} is a pipe, a socket or a device, not a file", path=show_path(path)
            )
            raise unreadable(path, message, say("write its output to a file"))
        if most is not None and facts.st_size > most:
            size = say("{path} is larger than {most} KiB", path=show_path(path), most=most >> 10)
            raise unreadable(path, size, say("documents are smaller: check the file"))
        with path.open("rb", buffering=0) as file:
            text = file.read().removeprefix(codecs.BOM_UTF8).decode()
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    except UnicodeDecodeError as error:  # in UTF-16, each line
        line = error.object[: error.start].count(b"\n") + 1
        encoding = _encoding(error.object)
        message = say("{path} is not UTF-8 text, in line {line}", path=show_path(path), line=line)
        if encoding:
            name = show_path(path)
            message = say("{path} is {encoding}, not UTF-8", path=name, encoding=encoding)
        raise unreadable(path, message, say("save the file in UTF-8"), line) from None
    except OSError as error:
        raise _open_error(path, error) from None


def unreadable(path: Path, message: Message, remedy: Message, line: int = 1) -> TechnicalError:
    """The error for a file that cannot be read: the file, its place and the remedy."""
    at = Location(file=show_path(path), line=line, column=1)
    return TechnicalError.of(Id.UNREADABLE, message, at=at, note=remedy)


def _open_error(path: Path, error: OSError) -> TechnicalError:
    if _leads_nowhere(path):
        message = say("{path} is a broken link", path=show_path(path))
        return unreadable(path, message, say("repair the link, or delete it"))
    why = os_error_text(error, str(error))
    message = say("{path} cannot be read: {reason}", path=show_path(path), reason=why)
    return unreadable(path, message, say("check that it exists and that you may read it"))


def _encoding(content: bytes) -> str:
    """The encoding of a text that is not UTF-8; empty if the content is not a text."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    return "" if any(sign in content for sign in _NO_TEXT) else "Latin-1"


def _is_same(path: Path, other: Path | None) -> bool:
    try:
        return other is not None and path.samefile(other)
    except OSError:
        return False


def _has_folders(folder: Path) -> bool:
    """Whether a folder contains a folder for documents, readable or not."""
    return any(
        is_there(folder / kind.folder) or _leads_nowhere(folder / kind.parent) for kind in KINDS
    )


def is_there(path: Path) -> bool:
    """Whether a path exists, even as a broken link or an unavailable share."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return False
    except OSError:
        return True
    return True


def _leads_nowhere(path: Path) -> bool:
    return path.is_symlink() and not os.path.exists(path)  # noqa: PTH110 - a circle raises elsewhere


def _has_documents(folder: Path) -> bool:
    """Whether the folders of a project contain documents, readable or not.

    If unreadable documents were ignored, another project with another journal might be chosen.
    """
    try:
        return any(True for _ in _files(folder))
    except TechnicalError:
        return True  # the folder exists, but is not readable


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    for kind in KINDS:
        folder = root / kind.folder
        for name in _documents_in(folder, root / kind.parent):
            yield kind.name, folder / name


def _documents_in(folder: Path, within: Path) -> Iterator[str]:
    """The names of the documents in a folder."""
    for name in _names_in(folder, within):
        is_document = name.lower().endswith(ENDINGS) and not name.endswith(TEST)
        if is_document and not name.startswith("."):
            yield name


def _names_in(folder: Path, within: Path) -> list[str]:
    """The names in a folder; empty if the folder is missing. Raises if it is unavailable."""
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - most names are not documents
    except (FileNotFoundError, NotADirectoryError) as error:
        if _leads_nowhere(within):
            raise _open_error(within, error) from None
        if is_there(folder):
            raise _open_error(folder, error) from None
        return []
    except OSError as error:
        raise _open_error(folder, error) from None


_HEAD = 2048  # characters at the start of a file that show its kind; cassettes are long


def misnamed_tests(project: Project) -> Iterator[tuple[Path, int]]:
    """Files below `tests/` that contain a flow test but lack its suffix, with the line."""
    folder = (project.folder or Path.cwd()) / "tests"
    for path in find_named(folder, *ENDINGS):
        if path.name.endswith(TEST) or path.suffix not in ENDINGS or not path.is_file():
            continue
        if line := _first_line(path, "test:"):
            yield path, line


def misplaced_documents(project: Project) -> Iterator[tuple[str, Path, int]]:
    """The kind, path and first line of documents in subfolders of document folders.

    Such documents are not read. The search goes two folders deep.
    """
    if project.folder is None:
        return
    for kind in KINDS:
        folder = project.folder / kind.folder
        for path in sorted((*folder.glob("*/*.y*ml"), *folder.glob("*/*/*.y*ml"))):
            if path.name.endswith(TEST) or _is_hidden(path.relative_to(folder)):
                continue
            if line := _first_line(path, f"{kind.key}:"):
                yield kind.name, path, line


def _first_line(path: Path, beginning: str) -> int:
    """The number of the first line in a file's head that begins with a text; 0 if none does."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            head = file.read(_HEAD).split("\n")
    except OSError:
        return 0  # a file of another kind at a place where documents are not expected
    return next((number for number, line in enumerate(head, 1) if line.startswith(beginning)), 0)


def find_tests(paths: Sequence[Path], project: Project) -> list[Path]:
    """The flow tests in some files and folders, by default in the project's `tests/`.

    Raises:
        UsageError: a path does not exist.
    """
    chosen = paths or [(project.folder or Path.cwd()) / "tests"]
    files: dict[Path, None] = {}
    for path in chosen:
        if paths and not path.exists():
            raise UsageError.of(Id.UNREADABLE, say("there is no file or folder {path}", path=path))
        if path.is_dir():
            found = find_named(path, TEST)
            files.update((one, None) for one in found if not _is_hidden(one.relative_to(path)))
        elif is_there(path):
            files[path] = None
    return list(files)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
