"""The key of the customer marks: a file beside the state, or a secret.

A mark is a keyed digest that recognises a customer without storing the name. The key is outside of
the database, so a copy of the database does not allow anybody to test names.
"""

import hmac
import os
import secrets
from contextlib import suppress
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from sgeflow.adapters.atomic_write import flush, make_file
from sgeflow.adapters.resolved_endpoints import secret_values
from sgeflow.adapters.secrets import SecretSources
from sgeflow.adapters.state.customers import key_of_mark
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.core.documents import Environment
from sgeflow.errors import CredentialsError, Id, Problem, TechnicalError
from sgeflow.messages import Message, os_error_text, say
from sgeflow.patterns import regex

FILE = "identity.key"
_SETTING = "identity_key"
_FORM = regex(r"[0-9a-f]{64}\s*")
_SHORTEST = 32  # characters of a secret


class IdentityKey:
    """The key of an environment's state; it is read or made when it is first used."""

    def __init__(
        self, environment: Environment, home: StateLocation, sources: SecretSources | None = None
    ) -> None:
        """Remember where the key is, without reading it."""
        self._environment, self._home, self._sources = environment, home, sources

    def mark(self, subject: str, customer: str) -> str:
        """The mark of a customer, as a service names them, for a subject such as a point.

        Raises:
            CredentialsError: the key is not set, or cannot be used.
            TechnicalError: its file cannot be written.
        """
        return f"{self._name}:{self._digest(subject, customer)[:32]}"

    def check(self, known: str) -> None:
        """Check before anything is sent that the key is the one that made the mark `known`, if any.

        Raises:
            CredentialsError: the key is not set, cannot be used, or did not make the mark.
        """
        if self._uses_file and not self._file.exists():
            # looked for again: another process may have made it, and its first mark, meanwhile
            if (known or self._has_marks()) and not self._file.exists():
                message = say(
                    "the file of the key that marks customers is missing: {path}",
                    path=self._file,
                )
                raise CredentialsError(_lost_key(message, self._home))
        elif key_of_mark(known) not in ("", self._name):
            message = say(
                "customers are marked with another key than that of {source}",
                source=self._file if self._uses_file else _SETTING,
            )
            raise CredentialsError(_lost_key(message, self._home))

    @property
    def file(self) -> Path | None:
        """The path of the key; None if the key is a secret."""
        return self._file if self._uses_file else None

    def _has_marks(self) -> bool:
        """Whether any store in the folder has marked customers."""
        from sgeflow.adapters.state.check import stores_of
        from sgeflow.adapters.state.store import Store

        for _, place in () if self._home.server else stores_of(self._home):
            with Store(place) as store:
                if store.any_mark():
                    return True
        return False

    @cached_property
    def _key(self) -> bytes:
        if not self._uses_file:
            return self._secret().encode()
        try:
            return _read(self._file)
        except FileNotFoundError:
            return _make(self._file)

    @cached_property
    def _name(self) -> str:
        """A short digest that identifies the key without revealing it."""
        return self._digest("the key")[:8]

    def _digest(self, *texts: str) -> str:
        return hmac.new(self._key, "\0".join(texts).encode(), sha256).hexdigest()

    @property
    def _uses_file(self) -> bool:
        """Whether the key is a file: always in a simulated environment, else in a local folder."""
        is_shared = self._home.server is not None or self._environment.identity_key
        return self._environment.simulated or not is_shared

    @property
    def _file(self) -> Path:
        return self._home.folder / FILE

    def _secret(self) -> str:
        environment = self._environment
        if not environment.identity_key:
            message = say(
                "the state of environment {name} is on a server, which needs an `identity_key`",
                name=environment.name,
            )
            line = f"{_SETTING}: " + "${secret.NAME}"
            remedy = say("write {line} into it; {making}", line=line, making=_MAKING)
            raise CredentialsError(_problem(message, remedy, environment))
        settings = {_SETTING: environment.identity_key}
        value = secret_values(environment, "state", settings, self._sources)[_SETTING].reveal()
        if len(value) < _SHORTEST:
            message = say("{source} is too short: 32 characters at least", source=_SETTING)
            raise CredentialsError(_problem(message, _MAKING, environment))
        return value


_MAKING = say("make one with: openssl rand -hex 32")


def _read(path: Path) -> bytes:
    try:
        text = path.read_text("ascii")
    except FileNotFoundError:
        raise
    except (OSError, UnicodeDecodeError) as error:
        why = os_error_text(error) if isinstance(error, OSError) else say("it is no text")
        raise CredentialsError(_unusable(path, why)) from error
    if not _FORM.fullmatch(text):
        raise CredentialsError(_unusable(path, say("a key has 64 hexadecimal digits")))
    return bytes.fromhex(text.strip())


def _make(path: Path) -> bytes:
    """Create the key file atomically, for its owner only, and read it; an existing file stays."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        make_file(part)
        part.write_text(f"{secrets.token_hex(32)}\n")
        flush(part)
        with suppress(FileExistsError):
            os.link(part, path)
        flush(path.parent)
    except OSError as error:
        raise TechnicalError(_unusable(path, os_error_text(error))) from error
    finally:
        part.unlink(missing_ok=True)
    return _read(path)


def _unusable(path: Path, why: Message) -> Problem:
    message = say("the customer key {path} cannot be used: {why}", path=path, why=why)
    remedy = say("restore the key from your copy")
    return Problem(id=Id.SETTING, message=message, details=(("remedy", remedy),))


def _lost_key(message: Message, home: StateLocation) -> Problem:
    command = home.command("state", "unmark")
    details = (
        ("remedy", say("restore the key from your copy")),
        ("else", say("if the key is lost for good: {command}", command=command)),
    )
    return Problem(id=Id.SETTING, message=message, details=details)


def _problem(message: Message, remedy: Message, environment: Environment) -> Problem:
    details = (("remedy", remedy),)
    return Problem(id=Id.SETTING, message=message, at=environment.at, details=details)
