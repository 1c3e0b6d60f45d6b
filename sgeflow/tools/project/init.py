"""Creates a project: a folder with everything that a first flow needs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from sgeflow.adapters import project_files
from sgeflow.adapters.atomic_write import unwritable
from sgeflow.core.checking.document import KINDS, schema_of
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.model import DEFAULT_ENVIRONMENT
from sgeflow.errors import Id, SgeflowError, UsageError
from sgeflow.messages import Message, join_items, say, say_count
from sgeflow.runtime.project import open_catalog
from sgeflow.tools.editor import write

ENVIRONMENT, FLOW = "ours", "point-ready"
_SKELETON = Path(__file__).resolve().parents[2] / "skeleton"
_MODELINE = "# yaml-language-server: $schema="
_PLACES: Mapping[str, tuple[str, Message]] = {
    f"environments/{ENVIRONMENT}.yaml": (
        "environment.yaml",
        say("services and accounts: fill them in"),
    ),
    f"flows/{FLOW}.yaml": ("flow.yaml", say("a small flow")),
    f"tests/flows/{FLOW}.test.yaml": ("test.yaml", say("the expected behaviour of the flow")),
    "README.md": ("README.md", say("commands to type")),
    ".gitignore": ("gitignore", say("keeps secrets and measures out of git")),
    ".vscode/settings.json": ("settings.json", say("schemas for the editor")),
    ".vscode/extensions.json": ("extensions.json", say("the editor's extension for YAML")),
}
_EMPTY: Mapping[str, tuple[str, Message]] = {
    project_files.SETTINGS: (
        project_files.SETTINGS,
        say("leaves out the documents that come with sgeflow"),
    ),
    f"environments/{DEFAULT_ENVIRONMENT}.yaml": (
        "simulator.yaml",
        say("your services, with stubs that answer for them"),
    ),
    "README.md": ("empty-README.md", say("commands to type")),
    **{name: place for name, place in _PLACES.items() if name.startswith(".")},
}


class InitResult(Struct, frozen=True, kw_only=True):
    """The files written, each with its purpose, and the next commands to type."""

    folder: Path
    files: Mapping[str, Message]  # by path relative to the folder
    next: tuple[str, ...]


def start(
    folder: Path, copies: Sequence[str] = (), language: str = "en", *, empty: bool = False
) -> InitResult:
    """Create a project in a new or existing folder, with copies of shipped documents.

    A folder that is already a project gets the copies only. Nothing is overwritten: if a file
    exists, nothing is written.

    Args:
        folder: where; it is made when it is not there.
        copies: as `operations/NAME`, `flows/NAME`, `environments/NAME` or `homologation/NAME`.
        language: of titles, messages and comments, `en` or `fr`; keys and names are the same.
        empty: without the catalogue of SGE: the project has only its own documents.

    Raises:
        UsageError: a file is there already, or there is no such shipped document.
        TechnicalError: the folder cannot be written to.
    """
    is_new = empty or not (
        copies and project_files.find_project(None, start=folder).folder == folder.resolve()
    )
    chosen = (_EMPTY if empty else _PLACES) if is_new else {}
    texts: dict[str, str] = {}
    for name, (source, _) in chosen.items():
        path = _SKELETON / language / source  # files without text are the same in every language
        texts[name] = project_files.read_text(path if path.exists() else _SKELETON / source)
    places = {name: about for name, (_, about) in chosen.items()}
    for name, original in map(_copy, copies):
        texts[name] = _adapt(name, original)
        places[name] = say("a copy, to change: it replaces the shipped one here")
    _check(folder, texts)
    _write(folder, texts)
    if not (folder / write.OWN).exists():
        schemas: Mapping[str, Mapping[str, Any]]
        try:
            schemas = write.catalogue(open_catalog(folder))
        except SgeflowError:  # existing documents have mistakes
            schemas = write.schemas()
        write.write(folder / write.OWN, schemas)
    following = tuple(_next(folder, empty=empty)) if is_new else ()
    return InitResult(folder=folder, files=places, next=following)


def known_copies() -> list[str]:
    """All shipped documents that can be copied, as `operations/NAME`."""
    return sorted(_documents())


def _documents() -> dict[str, Path]:
    shipped = project_files.shipped_documents()
    return {
        f"{kind.folder}/{path.stem}": path
        for kind in KINDS
        for path in (shipped / kind.folder).glob("*.yaml")
    }


def _copy(copy: str) -> tuple[str, Path]:
    known = _documents()
    name = copy.removesuffix(".yaml")
    if name not in known:
        bare = closest(name, [each.rpartition("/")[2] for each in known]) or name  # without a kind
        of_name = next((each for each in known if each.rpartition("/")[2] == bare), "")
        raise UsageError.of(
            Id.UNKNOWN_NAME,
            say('there is no {what} "{name}"', what=say("document"), name=copy),
            allowed=tuple(sorted(known)),
            allowed_label=say("documents"),
            suggestion=closest(name, known) or of_name,
        )
    return f"{name}.yaml", known[name]


def _adapt(name: str, source: Path) -> str:
    text = project_files.read_text(source)
    first, _, rest = text.partition("\n")
    schema = schema_of(source.parent.name, source.stem)
    up = "../" * name.count("/")
    line = f"{_MODELINE}{up}{write.OWN.as_posix()}/{schema}.schema.json"
    return f"{line}\n{rest if first.startswith(_MODELINE) else text}"


def _check(folder: Path, texts: Mapping[str, str]) -> None:
    """Check that no file exists at a place to write to. Raises: UsageError."""
    if folder.exists() and not folder.is_dir():
        message = say("{folder} is a file; a project is a folder", folder=folder)
        raise UsageError.of(Id.USAGE, message)
    there = [name for name in texts if (folder / name).exists() or (folder / name).is_symlink()]
    if there:
        message = say_count(
            "{files} already exists; nothing was written",
            "{files} already exist; nothing was written",
            count=len(there),
            files=join_items(str(folder / name) for name in there),
        )
        remedy = say("choose another folder, or move it away")
        raise UsageError.of(Id.USAGE, message, details=(("remedy", remedy),))


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write all files or none; a file that appears meanwhile is not overwritten."""
    paths: list[Path] = []
    path = folder
    try:
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                paths.append(path)
                file.write(text)
    except OSError as error:
        for one in paths:
            with suppress(OSError):
                one.unlink()
        raise unwritable(path, (error.strerror or type(error).__name__).lower()) from error


def _next(folder: Path, *, empty: bool) -> Iterator[str]:
    import shlex

    if folder.resolve() != Path.cwd():
        yield f"cd {shlex.quote(str(folder))}"
    if empty:
        yield "sgeflow import SERVICE.wsdl"
        yield "sgeflow validate"
        return
    yield "sgeflow test"
    yield f"sgeflow run {FLOW}"
    yield f"sgeflow doctor --env {ENVIRONMENT}"
