"""Documents as texts: their kinds, where they lie, and those that lie elsewhere."""

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

TYPES, FAULTS = "types", "faults"
"""Two documents in the folder of operations; a project's own ones add to those that are shipped."""


class DocumentKind(Struct, frozen=True, kw_only=True):
    """A kind of documents: where they lie, how they begin, what they are called."""

    name: str  # a catalogue calls them so, too
    key: str  # that each begins with, before its name; their JSON Schema is called so, too
    noun: Message
    count: Callable[[int], Message]  # so many of them
    within: str = ""  # the folder of a project that has theirs

    @property
    def folder(self) -> str:
        """The folder of a project that has these documents."""
        return f"{self.within}/{self.name}" if self.within else self.name


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
        within="simulator",
        key="people",
        noun=say("a document of people"),
        count=lambda n: say_count(
            "{count} document of people", "{count} documents of people", count=n
        ),
    ),
    DocumentKind(
        name="scenarios",
        within="simulator",
        key="scenario",
        noun=say("a scenario of the simulator"),
        count=lambda n: say_count("{count} scenario", "{count} scenarios", count=n),
    ),
)
"""The kinds of a catalogue's documents, in the order in which they are listed."""

TESTS = DocumentKind(
    name="flows",
    within="tests",
    key="test",
    noun=say("a flow test"),
    count=lambda n: say_count("{count} test", "{count} tests", count=n),
)
"""Documents beside a catalogue; a file that ends so is one wherever it lies."""

_KINDS = (*KINDS, TESTS)

FOLDERS = tuple(kind.folder for kind in _KINDS)
"""The folders of documents in a project; flows write into none of them."""

NAMES = {kind.name: kind for kind in KINDS}
KEYS = {kind.key: kind for kind in KINDS}


def folder_around(path: str) -> str:
    """The folder of documents in which a path lies that begins in a project; empty without one."""
    plain = posixpath.normpath(path).casefold()
    return next((folder for folder in FOLDERS if plain.startswith(f"{folder}/")), "")


class Document(Discreet, frozen=True, kw_only=True, dict=True):
    """A text of a project: what it is, the name that messages call it by, what it says."""

    withheld = frozenset({"text"})

    kind: str  # the name of its kind
    file: str
    text: str
    beneath: bool = False  # shipped, under a project's own of the same name, which adds to it
    problem: Problem | None = None  # why it cannot be read; the text is then a guess, or empty

    @property
    def stem(self) -> str:
        """The file's name without folder and ending."""
        return stem_of(self.file)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the text, in hexadecimal."""
        from hashlib import sha256

        return sha256(self.text.encode()).hexdigest()

    @property
    def key(self) -> tuple[str, str, bool]:
        """The key by which a later document replaces an earlier one."""
        return self.kind, self.stem, self.beneath


def is_shared(kind: str, stem: str) -> bool:
    """Whether documents of that name add to each other: shared types, the codes of faults."""
    return kind == "operations" and stem in (TYPES, FAULTS)


def schema_of(kind: str, stem: str) -> str:
    """The name of the JSON Schema of a document."""
    return stem if is_shared(kind, stem) else NAMES[kind].key


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
        message=say(
            "{what} does not belong in {folder}/",
            what=kind.noun,
            folder=NAMES[document.kind].folder,
        ),
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
    note = say("{path} already exists", path=problem.suggestion)
    return replace(problem, suggestion=original, note=note)
