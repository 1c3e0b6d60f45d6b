"""Reads the secrets of an environment from outside the process.

A secret is looked up in the variable of its name, in a file (`NAME_FILE`, `/run/secrets/NAME`,
`$CREDENTIALS_DIRECTORY/NAME`), then in the system keyring under the service `sgeflow`.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self

from msgspec import field

from sgeflow.adapters.system_files import with_home
from sgeflow.core.documents import Endpoint, Environment
from sgeflow.messages import say
from sgeflow.patterns import regex
from sgeflow.values import Discreet

MASK = "***"
KEYRING_SERVICE = "sgeflow"

REFERENCE = regex(r"\$\$\{|\$\{\s*secret\.([A-Za-z_][A-Za-z0-9_]*)\s*\}")
SECRET_FILES = Path("/run/secrets")
Party = tuple[str, str]
"""An endpoint and the name of its instance."""


class Secret(str):
    """A text shown as `***` in text, formats, JSON and pickles; `reveal()` returns the value."""

    __slots__ = ("_hidden",)
    _hidden: str

    def __new__(cls, value: str) -> Self:
        """Store the value; the text itself is the mask."""
        secret = super().__new__(cls, MASK)
        secret._hidden = value
        return secret

    def reveal(self) -> str:
        """The value itself, for the code that sends it."""
        return self._hidden

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return False
        import hmac

        return hmac.compare_digest(self._hidden.encode(), other._hidden.encode())

    def __ne__(self, other: object) -> bool:  # str's own `__ne__` would compare the masks
        return not self == other

    def __hash__(self) -> int:
        return hash((Secret, self._hidden))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (MASK,)


class SecretsInUse(Iterable[Secret]):
    """The secrets of a transport: those known when it opens, and those found later.

    A run masks only the secrets of its own parties, because a fleet may know thousands.
    """

    def __init__(self, always: Collection[Secret] = ()) -> None:
        self.always = tuple(always)
        self._found: dict[Party, dict[Secret, None]] = {}

    def add(self, party: Party, secrets: Collection[Secret]) -> None:
        """Note secrets that were found for a party; thread-safe."""
        self._found.setdefault(party, {}).update(dict.fromkeys(secrets))

    def of(self, parties: Collection[Party]) -> tuple[Secret, ...]:
        """The secrets known from the start, and those of some parties."""
        each = (tuple(self._found.get(party, ())) for party in parties)  # others add meanwhile
        return (*self.always, *(one for some in each for one in some))

    def __iter__(self) -> Iterator[Secret]:
        return iter(self.of(tuple(self._found)))


class SecretSources(Discreet, frozen=True, kw_only=True):
    """The places where secrets are looked up; tests have their own."""

    withheld = frozenset({"variables"})

    variables: Mapping[str, str] = field(default_factory=lambda: os.environ)
    folder: Path = SECRET_FILES
    keyring: bool = True

    def find(self, name: str) -> tuple[Secret | None, str]:
        """The secret; or None and the reason why an expected place lacks it."""
        # the variable contains a file's path
        if (value := self.variables.get(name)) and not name.endswith("_FILE"):
            return Secret(value), ""
        trouble = ""
        for path, named in self._files(name):
            value, trouble = _read(path, named=named)
            if value or trouble:
                break
        if not value and not trouble and self.keyring:
            value, trouble = _from_keyring(name)
        return (Secret(value) if value else None), trouble

    def _files(self, name: str) -> Iterator[tuple[Path, bool]]:
        if named := self.variables.get(f"{name}_FILE"):
            yield Path(named), True
        yield self.folder / name, False
        if credentials := self.variables.get("CREDENTIALS_DIRECTORY"):
            yield Path(credentials) / name, False


def references(text: str) -> tuple[str, ...]:
    """The names of the secrets that a text refers to."""
    return tuple(match[1] for match in REFERENCE.finditer(text) if match[1])


def _read(path: Path, *, named: bool) -> tuple[str, str]:
    """The file's text without its last line break; a named file must exist."""
    try:
        text = path.read_text(encoding="utf-8").rstrip("\r\n")
    except FileNotFoundError:
        return "", say("there is no file {path}", path=path) if named else ""
    except (OSError, UnicodeDecodeError) as error:
        return "", say("{path} cannot be read: {reason}", path=path, reason=type(error).__name__)
    return text, "" if text else say("the file {path} is empty", path=path)


def _from_keyring(name: str) -> tuple[str, str]:
    from importlib.util import find_spec

    if find_spec("keyring") is None:
        return "", ""
    try:
        import keyring

        return keyring.get_password(KEYRING_SERVICE, name) or "", ""
    except Exception as error:  # noqa: BLE001 - a backend of others: lacking, broken, refusing
        if type(error).__name__ == "NoKeyringError":  # a machine without a keyring
            return "", ""
        return "", say("the system keyring cannot be read: {name}", name=type(error).__name__)


def names(environment: Environment) -> tuple[str, ...]:
    """The names of the secrets of endpoints and file keys, in order."""
    referenced: dict[str, None] = {}
    for text in _texts(environment):
        referenced.update(dict.fromkeys(references(text)))
    return tuple(referenced)


def files(environment: Environment) -> Iterator[Path]:
    """The files named for keys and secrets, without the container's own."""
    for name in names(environment):
        if named := os.environ.get(f"{name}_FILE"):
            yield Path(named)
    for endpoint in environment.endpoints.values():
        for path in (endpoint.key or endpoint.certificate, endpoint.pfx):
            if path:
                yield _path(endpoint, path)


def read_files(environment: Environment) -> Iterator[Path]:
    """All files that an environment reads: keys, secrets and certificates."""
    yield from files(environment)
    for endpoint in environment.endpoints.values():
        for path in (endpoint.certificate, endpoint.ca):
            if path:
                yield _path(endpoint, path)


def _path(endpoint: Endpoint, text: str) -> Path:
    return Path(endpoint.folder) / with_home(text)


def _texts(environment: Environment) -> Iterator[str]:
    for one in environment.endpoints.values():
        yield from one.headers.values()
        settings = (one.certificate, one.key, one.key_password, one.pfx, one.ca)
        yield from (text for text in (*settings, one.user, one.password) if text)
        if one.oauth:
            yield from (one.oauth.client_id, one.oauth.client_secret)
            if one.oauth.refresh_token:
                yield one.oauth.refresh_token
    for key in environment.file_keys:
        yield key.key
        yield key.iv or ""
