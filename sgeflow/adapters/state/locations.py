"""Where the state is kept: files of a folder, or schemas of a PostgreSQL database."""

from __future__ import annotations

import os
from pathlib import Path
from shlex import quote
from urllib.parse import quote as quote_url
from zlib import crc32

from msgspec import Struct

from sgeflow.adapters.resolved_endpoints import secret_values
from sgeflow.adapters.secrets import Secret, SecretSources
from sgeflow.core.documents import Environment
from sgeflow.core.filenames import is_run, is_run_name
from sgeflow.core.language.state_address import is_address, misspelling
from sgeflow.errors import Id, UsageError
from sgeflow.messages import say
from sgeflow.patterns import regex
from sgeflow.values import Discreet

_SPELLING = "postgresql://USER:${secret.NAME}@HOST/DATABASE"
_REFERENCE = regex(r"\$\{\s*secret\.[A-Za-z_][A-Za-z0-9_]*\s*\}")
_ADDRESS_OF = "the address"
SCHEMA = "sgeflow"
_JOURNAL = "journal.db"
_ACCOUNTS = "accounts"
_KEPT = frozenset({"running", "fleets", _ACCOUNTS})  # folders of a state
_LONGEST = 63  # bytes of a name in PostgreSQL


class DatabaseSchema(Struct, frozen=True, kw_only=True):
    """A schema of a PostgreSQL database; the address may contain a password."""

    address: Secret
    name: str


DatabaseLocation = Path | DatabaseSchema
"""Where one database is: a file, or a schema."""


class StateLocation(Discreet, frozen=True, kw_only=True):
    """The place of journal and stores: a folder, or a schema on a server.

    A server also has a folder, for the files that commands write beside the state.
    """

    withheld = frozenset({"named", "option"})

    folder: Path
    server: Secret | None = None
    named: str = ""  # the address as given, without secrets
    option: str = ""  # the option by which a command finds this place; empty if it needs none

    def command(self, *words: str) -> str:
        """A command about this state, as a person types it."""
        return " ".join(("sgeflow", *words, *([self.option] if self.option else ())))

    def of_account(self, account: str) -> StateLocation:
        """The place of a Cozy account's state: a folder of its own, or the same server."""
        if self.server is not None:
            return self
        folder = self.folder / _ACCOUNTS / account
        return StateLocation(folder=folder, option=f"--state {quote(str(folder))}")

    def accounts(self) -> dict[str, StateLocation]:
        """The states of Cozy accounts in this folder, by account."""
        paths = [] if self.server else sorted((self.folder / _ACCOUNTS).glob("*"))
        return {path.name: self.of_account(path.name) for path in paths}

    def of_all_accounts(self) -> StateLocation:
        """The state that contains an account's state; any other state is returned itself."""
        if self.server or self.folder.parent.name != _ACCOUNTS:
            return self
        root = self.folder.parent.parent
        return StateLocation(folder=root, option=f"--state {quote(str(root))}")

    @property
    def journal(self) -> DatabaseLocation:
        """The journal of all environments."""
        if self.server is None:
            return self.folder / _JOURNAL
        return DatabaseSchema(address=self.server, name=SCHEMA)

    @property
    def pace(self) -> DatabaseLocation:
        """The database of the rates that all processes share."""
        if self.server is None:
            return self.folder / "pace.db"
        return DatabaseSchema(address=self.server, name=f"{SCHEMA}-pace")  # no store has this name

    def holds(self, path: str) -> bool:
        """Whether a path is a file of the state: a database, its log, or files that a run left."""
        folder = str(self.folder)
        if not path.startswith(f"{folder}{os.sep}"):
            return path == folder
        parts = Path(path).relative_to(folder).parts
        return parts[0] in _KEPT or parts[-1].startswith((_JOURNAL, "pace.db", "store.db"))

    def lock(self, run: str) -> Path:
        """The file that a process holds while it works on a run.

        Raises:
            UsageError: the id is invalid.
        """
        return self.folder / "running" / checked_name(run, or_row=True)

    def results(self, fleet: str) -> Path:
        """The file with one line for each row of a fleet.

        Raises:
            UsageError: the id is invalid.
        """
        return self.folder / "fleets" / f"{checked_name(fleet)}.jsonl"

    def store(self, environment: str) -> DatabaseLocation:
        """The store of an environment; simulated and real measures have different ones."""
        if self.server is None:
            return self.folder / environment / "store.db"
        return DatabaseSchema(address=self.server, name=_schema(environment))

    def store_name(self, environment: str) -> str:
        """The name of an environment's store within the state; a server cuts long names."""
        if self.server is None:
            return environment
        return _schema(environment).removeprefix(f"{SCHEMA}_")


def checked_name(text: str, where: str = "", *, or_row: bool = False) -> str:
    """Check and return the id of a run, call or fleet, or of a row too.

    Raises:
        UsageError: the id is invalid.
    """
    if (is_run if or_row else is_run_name)(text):
        return text
    message = say('"{name}" is not a name for a run', name=text)
    note = say("letters, digits, - and _, at most 64")
    raise UsageError.of(Id.USAGE, message, note=note, where=where)


def is_there(place: DatabaseLocation) -> bool:
    """Whether a place may contain data; a server is only asked when it is opened.

    An unreadable folder counts as existing, so that opening it raises the error.
    """
    try:
        return isinstance(place, DatabaseSchema) or place.exists()
    except PermissionError:
        return True


def _schema(environment: str) -> str:
    """A name that is short enough for PostgreSQL."""
    name = f"{SCHEMA}_{environment}"
    return name if len(name) <= _LONGEST else f"{name[:50]}_{crc32(name.encode()):08x}"


def home_at(
    text: str,
    folder: Path,
    environment: Environment | None = None,
    sources: SecretSources | None = None,
) -> StateLocation:
    """The location that a text names: a folder, or an address with its secrets filled in.

    Args:
        text: as an option, a variable or an environment gives it.
        folder: the folder for files when it is an address.
        environment: whose document the text stands in, for messages.
        sources: of secrets; tests give their own.

    Raises:
        UsageError: the text looks like a misspelled address, and is no folder with a state.
        CredentialsError: secrets are missing; all in one error.
    """
    wrong = misspelling(text)
    if wrong and not os.path.isfile(Path(text) / _JOURNAL):  # noqa: PTH113 - never raises
        write = say("write {spelling}, or a folder as ./NAME", spelling=_SPELLING)
        raise UsageError.of(
            Id.USAGE,
            say("invalid place for the state: {why}", why=wrong),
            where="--state, SGEFLOW_STATE",
            details=(("remedy", write),),
        )
    if not is_address(text):
        return StateLocation(folder=Path(text))
    needed = "\0".join(_REFERENCE.findall(text))
    places = {_ADDRESS_OF: environment.state_at} if environment and environment.state_at else {}
    settings = {_ADDRESS_OF: needed}
    address = secret_values(environment, "state", settings, sources, places)[_ADDRESS_OF]
    values = iter(address.reveal().split("\0"))
    whole = _REFERENCE.sub(lambda _: quote_url(next(values), safe=""), text)
    return StateLocation(folder=folder, server=Secret(whole), named=text)
