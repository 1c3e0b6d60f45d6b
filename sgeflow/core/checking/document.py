"""The kinds of documents, their folders, and checks of a document's folder and file name."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.language.text import Tree, stem_of
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, from_table, say, say_count
from sgeflow.values import Discreet

if TYPE_CHECKING:
    from sgeflow.core.language.reader import Reader

TYPES, FAULTS, SERVICES, PACKAGES = "types", "faults", "services", "packages"
"""Documents in the folder of operations; a project's file is merged with the shipped one."""


class DocumentKind(Struct, frozen=True, kw_only=True):
    """A kind of documents: its folder, its first key and its names in messages."""

    name: str  # the name of the folder, and of the catalogue's field
    key: str  # the first key of each document, and the name of its JSON Schema
    noun: Message
    count: Callable[[int], Message]  # "3 flows"
    parent: str = ""  # the folder in the project that contains the kind's folder

    @property
    def folder(self) -> str:
        """The path of the kind's folder in a project."""
        return f"{self.parent}/{self.name}" if self.parent else self.name


KINDS = (
    DocumentKind(
        name="operations",
        key="operation",
        noun=say("an operation"),
        count=lambda n: say_count("{count} operation", "{count} operations", count=n),
    ),
    DocumentKind(
        name="flows",
        key="flow",
        noun=say("a flow"),
        count=lambda n: say_count("{count} flow", "{count} flows", count=n),
    ),
    DocumentKind(
        name="environments",
        key="environment",
        noun=say("an environment"),
        count=lambda n: say_count("{count} environment", "{count} environments", count=n),
    ),
    DocumentKind(
        name="homologation",
        key="homologation",
        noun=say("a homologation catalogue"),
        count=lambda n: say_count(
            "{count} homologation catalogue", "{count} homologation catalogues", count=n
        ),
    ),
    DocumentKind(
        name="people",
        parent="simulator",
        key="people",
        noun=say("a document of people"),
        count=lambda n: say_count(
            "{count} document of people", "{count} documents of people", count=n
        ),
    ),
    DocumentKind(
        name="scenarios",
        parent="simulator",
        key="scenario",
        noun=say("a scenario of the simulator"),
        count=lambda n: say_count("{count} scenario", "{count} scenarios", count=n),
    ),
)
"""The kinds of a catalogue's documents, in the order in which they are listed."""

TESTS = DocumentKind(
    name="flows",
    parent="tests",
    key="test",
    noun=say("a flow test"),
    count=lambda n: say_count("{count} test", "{count} tests", count=n),
)
"""Flow tests, which are not in the catalogue; any `*.test.yaml` file is one."""

_KINDS = (*KINDS, TESTS)

FOLDERS = tuple(kind.folder for kind in _KINDS)
"""The folders of documents in a project; flows may not write into them."""

NAMES = {kind.name: kind for kind in KINDS}
KEYS = {kind.key: kind for kind in KINDS}


def folder_around(path: str) -> str:
    """The folder of documents that contains a path in a project; empty if none does."""
    plain = posixpath.normpath(path).casefold()
    return next((folder for folder in FOLDERS if plain.startswith(f"{folder}/")), "")


class Document(Discreet, frozen=True, kw_only=True, dict=True):
    """The text of a document, with its kind and the file name for messages."""

    withheld = frozenset({"text"})

    kind: str  # the name of a DocumentKind
    file: str
    text: str
    is_base: bool = False  # the project's document of the same name is merged into it
    package: str = ""  # the installed package that has it; empty for sgeflow and the project
    problem: Problem | None = None  # why the file cannot be read; the text may be empty then

    @property
    def stem(self) -> str:
        """The file name without folder and extension."""
        return stem_of(self.file)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the text, in hexadecimal."""
        from hashlib import sha256

        return sha256(self.text.encode()).hexdigest()

    @property
    def key(self) -> tuple[str, str, bool, str]:
        """The key by which a later document replaces an earlier one."""
        return self.kind, self.stem, self.is_base, self.package


def is_shared(kind: str, stem: str) -> bool:
    """Whether documents of this name are no operations: types, faults, services and packages."""
    return kind == "operations" and stem in (TYPES, FAULTS, SERVICES, PACKAGES)


def schema_of(kind: str, stem: str) -> str:
    """The name of the JSON Schema of a document."""
    return stem if is_shared(kind, stem) else NAMES[kind].key


def check_folder(document: Document, tree: Tree) -> Problem | None:
    """The problem of a document of another kind than its folder; None if they match."""
    if not isinstance(tree.data, dict) or is_shared(document.kind, document.stem):
        return None
    kinds = [kind for kind in _KINDS if kind.key in tree.data]
    if TESTS in kinds:  # a flow test has a key `flow` as well
        kinds = [TESTS]
    if not kinds or document.kind in [kind.name for kind in kinds if kind is not TESTS]:
        return None
    kind = kinds[0]
    name = f"{document.stem}.test.yaml" if kind is TESTS else document.file.rpartition("/")[2]
    return Problem(
        id=Id.NAME,
        message=say(
            "{what} does not belong in {folder}/",
            what=kind.noun,
            folder=NAMES[document.kind].folder,
        ),
        at=tree.at((kind.key,), key=True),
        suggestion=f"{kind.folder}/{name}",
    )


def check_stem(reader: Reader, key: str, name: str) -> None:
    """Report a document whose name differs from its file name."""
    stem = reader.tree.source.stem
    if stem != name:
        message = say(
            '{kind} "{name}" must be in a file named {stem}.yaml',
            kind=from_table(key),
            name=name,
            stem=stem,
        )
        reader.report(Id.NAME, message, (key,), suggestion=f"{name}.yaml")


def copy_problem(problem: Problem, files: Collection[str]) -> Problem:
    """The problem of a wrong file name; reworded if the right file exists, so this is a copy."""
    if problem.id is not Id.NAME or problem.at is None:
        return problem
    folder, _, name = problem.at.file.rpartition("/")
    if f"{folder}/{problem.suggestion}" not in files or problem.suggestion == name:
        return problem
    stem = stem_of(name)
    original = stem if stem.replace("-", "").replace("_", "").isalnum() else ""
    note = say("{path} already exists", path=problem.suggestion)
    return replace(problem, suggestion=original, note=note)
