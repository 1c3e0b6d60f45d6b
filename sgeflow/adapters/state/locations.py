"""Where the state is kept: files of a folder, or schemas of a PostgreSQL database."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote
from zlib import crc32

from sgeflow.adapters.secrets import Secret, Sources, secret_values
from sgeflow.core.documents import Environment
from sgeflow.core.filenames import is_run
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import Said, say

_ADDRESS = re.compile(r"postgres(ql)?://")
_AROUND = "\"'`“”«»"  # Docker's --env-file keeps the quotes that a shell takes away
_FOLDER = re.compile(r"[/.]")  # how the path of a folder begins that can be nothing else
_POSTGRES = re.compile(
    r"(postgres|postgresql|pgsql)(?P<driver>\+\w+)?(?P<colon>:/*|//|;)", re.IGNORECASE
)
_OTHER = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/+")
_ALMOST = re.compile(
    rf"{_POSTGRES.pattern}|{_OTHER.pattern}|.*://|.*:.*@|"
    r"(.*\s)?(host|hostaddr|port|dbname|user|password|service)\s*=",
    re.IGNORECASE | re.DOTALL,
)
_SPELLING = "postgresql://USER:${secret.NAME}@HOST/DATABASE"
_REFERENCE = re.compile(r"\$\{\s*secret\.[A-Za-z_][A-Za-z0-9_]*\s*\}")
_ADDRESS_OF = "the address"
_SCHEMA = "sgeflow"
_LONGEST = 63  # bytes of a name in PostgreSQL


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A schema of a PostgreSQL database; its address may hold a password."""

    address: Secret
    name: str


Place = Path | Schema
"""Where one database is: a file, or a schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where journal and stores are: in a folder, or on a server.

    The folder is there in any case: files that a command leaves beside its state go there.
    """

    folder: Path
    server: Secret | None = None
    named: str = field(default="", repr=False)  # the address as it was given, secrets not put in
    option: str = field(
        default="", repr=False
    )  # what a command must say to find it; empty: nothing

    def command(self, *words: str) -> str:
        """A command of ours about something that is kept here, as a person types it."""
        return " ".join(("sgeflow", *words, *([self.option] if self.option else ())))

    @property
    def journal(self) -> Place:
        """The journal of all environments."""
        if self.server is None:
            return self.folder / "journal.db"
        return Schema(address=self.server, name=_SCHEMA)

    @property
    def pace(self) -> Place:
        """The rates that all who work here keep together."""
        if self.server is None:
            return self.folder / "pace.db"
        return Schema(address=self.server, name=f"{_SCHEMA}-pace")  # no store is called so

    def lock(self, run: str) -> Path:
        """The file that a process holds while it works on a run.

        Raises:
            UsageError: that is no run's id.
        """
        return self.folder / "running" / checked_run(run)

    def results(self, fleet: str) -> Path:
        """The file with a line a row of a fleet.

        Raises:
            UsageError: that is no run's id.
        """
        return self.folder / "fleets" / f"{checked_run(fleet)}.jsonl"

    def store(self, environment: str) -> Place:
        """The environment's own store: made-up measures never stand beside real ones."""
        if self.server is None:
            return self.folder / environment / "store.db"
        return Schema(address=self.server, name=_schema(environment))


def checked_run(text: str) -> str:
    """The id of a run, which names files; whoever is told of another one made it up.

    Raises:
        UsageError: it is none.
    """
    if is_run(text):
        return text
    message = say('"{name}" is no name for a run', name=text)
    note = say("letters, digits, - and _, at most 64")
    raise UsageError(Problem(id=Id.USAGE, message=message, note=note))


def is_there(place: Place) -> bool:
    """Whether something may be kept there already; a server is asked when it is opened."""
    return isinstance(place, Schema) or place.exists()


def _schema(environment: str) -> str:
    """A name that PostgreSQL does not cut."""
    name = f"{_SCHEMA}_{environment}"
    return name if len(name) <= _LONGEST else f"{name[:50]}_{crc32(name.encode()):08x}"


def home_at(
    text: str,
    folder: Path,
    environment: Environment | None = None,
    sources: Sources | None = None,
) -> Home:
    """The home that a text names: a folder, or an address whose secrets are put in.

    Args:
        text: as an option, a variable or an environment gives it.
        folder: the folder for files when it is an address.
        environment: whose document the text stands in, for messages.
        sources: of secrets; tests give their own.

    Raises:
        UsageError: it looks like an address and is none; it would become a folder's name.
        CredentialsError: secrets are missing; all in one error.
    """
    if wrong := _misspelling(text):
        raise UsageError(_no_place(wrong))
    if not _ADDRESS.match(text):
        return Home(folder=Path(text))
    needed = "\0".join(_REFERENCE.findall(text))
    found = secret_values(environment, "state", {_ADDRESS_OF: needed}, sources)[_ADDRESS_OF]
    values = iter(found.reveal().split("\0"))
    whole = _REFERENCE.sub(lambda _: quote(next(values), safe=""), text)
    return Home(folder=folder, server=Secret(whole), named=text)


def _misspelling(text: str) -> Said | None:
    """Why a text that looks like an address is none; a password in it is not repeated."""
    bare = text.strip()
    if not bare.strip(_AROUND):
        return say("it is empty")
    if bare[0] in _AROUND or bare[-1] in _AROUND:
        return say("it stands in quotes, which are a part of it: take them away")
    if bare != text:
        return say("there is white space around it: take it away")
    if _ADDRESS.match(text) or _FOLDER.match(text) or not _ALMOST.match(text):
        return None
    return _wrong_scheme(text)


def _wrong_scheme(text: str) -> Said:
    found = _POSTGRES.match(text)
    if found and found["driver"]:
        return say("leave out {part}, which is another program's", part=found["driver"])
    if found and found["colon"] == "://":
        return say("write its beginning in lower case")
    if found:
        return say("its beginning is postgresql://, with these very signs")
    if other := _OTHER.match(text):
        return say("nothing can be kept at {scheme}", scheme=other[0])
    return say("an address begins with postgresql://")


def _no_place(why: Said) -> Problem:
    return Problem(
        id=Id.USAGE,
        message=say("the state has no such place: {why}", why=why),
        where="--state, SGEFLOW_STATE",
        details=(("remedy", say("write {spelling}, or a folder as ./NAME", spelling=_SPELLING)),),
    )
