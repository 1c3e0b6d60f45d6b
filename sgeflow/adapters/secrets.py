"""The secrets of an environment, from around the process.

A secret is looked for in the variable of its name, in a file (`NAME_FILE`, `/run/secrets/NAME`,
`$CREDENTIALS_DIRECTORY/NAME`), then in the system keyring under the service `sgeflow`.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Self
from urllib.parse import quote

from msgspec import Struct, field

from sgeflow.adapters.system_files import with_home
from sgeflow.core.documents import Endpoint, EndpointLimits, Environment
from sgeflow.errors import CredentialsError, Id, Location, Problem
from sgeflow.messages import Message, say
from sgeflow.patterns import regex
from sgeflow.values import Discreet

MASK = "***"
KEYRING_SERVICE = "sgeflow"

_REFERENCE = regex(r"\$\$\{|\$\{\s*secret\.([A-Za-z_][A-Za-z0-9_]*)\s*\}")
_SECRET_FILES = Path("/run/secrets")


class Secret(str):
    """A text that shows itself as `***` everywhere: text, format, JSON, pickle. Not `reveal()`."""

    __slots__ = ("_hidden",)
    _hidden: str

    def __new__(cls, value: str) -> Self:
        """Keep the value beside a text that is only the mask."""
        secret = super().__new__(cls, MASK)
        secret._hidden = value
        return secret

    def reveal(self) -> str:
        """The value itself, for the one place that sends it."""
        return self._hidden

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return False
        return hmac.compare_digest(self._hidden.encode(), other._hidden.encode())

    def __ne__(self, other: object) -> bool:  # str has one of its own, which sees the masks
        return not self == other

    def __hash__(self) -> int:
        return hash((Secret, self._hidden))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (MASK,)


class ResolvedEndpoint(Struct, frozen=True, kw_only=True):
    """An endpoint with its secrets in hand; what may hold one is a `Secret`."""

    name: str
    base_url: str
    headers: Mapping[str, Secret]
    limits: EndpointLimits
    certificate: str | None = None
    key: str | None = None
    key_password: Secret | None = None
    pfx: str | None = None
    ca: str | None = None
    basic_user: str | None = None
    basic_password: Secret | None = None
    proxy: Secret | None = None  # with user and password in it, maybe
    secrets: tuple[Secret, ...] = ()  # each secret by itself, for whoever masks


class SecretSources(Discreet, frozen=True, kw_only=True):
    """Where secrets are looked for; tests give their own."""

    withheld = frozenset({"variables"})

    variables: Mapping[str, str] = field(default_factory=lambda: os.environ)
    folder: Path = _SECRET_FILES
    keyring: bool = True

    def find(self, name: str) -> tuple[Secret | None, str]:
        """The secret, or None and why a place that should hold it does not."""
        if value := self.variables.get(name):
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
    """The names of the secrets that a text of an environment refers to."""
    return tuple(match[1] for match in _REFERENCE.finditer(text) if match[1])


def resolve_all(
    environment: Environment,
    only: Collection[str] | None = None,
    sources: SecretSources | None = None,
) -> dict[str, ResolvedEndpoint]:
    """All endpoints of an environment, or those named: every missing secret in one error."""
    resolved: dict[str, ResolvedEndpoint] = {}
    problems: dict[str, Problem] = {}
    for name, endpoint in environment.endpoints.items():
        if only is not None and name not in only:
            continue
        try:
            resolved[name] = resolve(endpoint, environment.name, environment.at, sources)
        except CredentialsError as error:
            problems.update((problem.message, problem) for problem in error.problems)
    if problems:
        raise CredentialsError(*problems.values())
    return resolved


def resolve(
    endpoint: Endpoint,
    environment: str = "",
    at: Location | None = None,
    sources: SecretSources | None = None,
) -> ResolvedEndpoint:
    """Put the secrets in; raises CredentialsError with a problem for each one missing."""
    reading = _Reading(sources or SecretSources(), endpoint.name, environment, at)
    headers = {k: reading.header(k, v) for k, v in endpoint.headers.items()}
    resolved = ResolvedEndpoint(
        name=endpoint.name,
        base_url=endpoint.base_url,
        headers=headers,
        limits=endpoint.limits,
        certificate=reading.file("certificate", endpoint.certificate, endpoint.folder),
        key=reading.file("key", endpoint.key, endpoint.folder),
        key_password=reading.secret("key_password", endpoint.key_password),
        pfx=reading.file("pfx", endpoint.pfx, endpoint.folder),
        ca=reading.file("ca", endpoint.ca, endpoint.folder),
        basic_user=reading.setting("basic_user", endpoint.basic_user),
        basic_password=reading.secret("basic_password", endpoint.basic_password),
        proxy=reading.address("proxy", endpoint.proxy),
        secrets=tuple(reading.secrets.values()),
    )
    if reading.problems:
        raise CredentialsError(*reading.problems)
    return resolved


def secret_values(
    environment: Environment | None,
    owner: str,
    settings: Mapping[str, str],
    sources: SecretSources | None = None,
) -> dict[str, Secret]:
    """Settings, of an environment or not, with their secrets put in; all missing in one error."""
    name, at = (environment.name, environment.at) if environment else ("", None)
    reading = _Reading(sources or SecretSources(), owner, name, at)
    values = {name: Secret(reading.fill_secrets(name, text)) for name, text in settings.items()}
    if reading.problems:
        raise CredentialsError(*reading.problems)
    return values


class _Reading:
    """One endpoint being resolved: what was found, and what is wrong."""

    def __init__(
        self, sources: SecretSources, endpoint: str, environment: str, at: Location | None
    ) -> None:
        self.secrets: dict[str, Secret] = {}
        self.problems: list[Problem] = []
        self._missing: set[str] = set()
        self._sources = sources
        self._of = say('"{endpoint}"', endpoint=endpoint)
        if environment:
            self._of = say(
                '"{endpoint}" of environment "{environment}"',
                endpoint=endpoint,
                environment=environment,
            )
        self._at = at

    def header(self, name: str, text: str) -> Secret:
        value = self.fill_secrets(say('the header "{name}"', name=name), text)
        if any(ord(sign) < ord(" ") or ord(sign) > 0xFF for sign in value):  # noqa: PLR2004 - latin-1
            self._problem(
                say(
                    'the header "{name}" of {of} holds a character that no header may hold',
                    name=name,
                    of=self._of,
                ),
                say(
                    "a token is one line of letters, digits and signs: look for a line break in it"
                ),
            )
        return Secret(value)

    def secret(self, setting: str, text: str | None) -> Secret | None:
        return None if text is None else Secret(self.fill_secrets(f"`{setting}`", text))

    def setting(self, setting: str, text: str | None) -> str | None:
        """Settings that are no secret themselves but may come from the same places."""
        return None if text is None else self.fill_secrets(f"`{setting}`", text)

    def file(self, setting: str, text: str | None, folder: str) -> str | None:
        path = self.setting(setting, text)  # what a document says counts from its project
        return str(Path(folder) / with_home(path)) if path and folder else path

    def address(self, setting: str, text: str | None) -> Secret | None:
        """An address with secrets in it, whatever signs they have."""
        filled = self.fill_secrets(f"`{setting}`", text or "", lambda value: quote(value, safe=""))
        return Secret(filled) if filled else None

    def fill_secrets(
        self, setting: str, text: str, write: Callable[[str], str] = lambda value: value
    ) -> str:
        """The text of a setting with its secrets put in."""
        return _REFERENCE.sub(
            lambda found: write(self._value(found[1], setting)) if found[1] else "${", text
        )

    def _value(self, name: str, setting: str) -> str:
        if name not in self.secrets and name not in self._missing:
            secret, trouble = self._sources.find(name)
            if secret is None:
                self._missing.add(name)
                self._problem(
                    say(
                        "the secret {name} is not set; {setting} of {of} needs it",
                        name=name,
                        setting=setting,
                        of=self._of,
                    ),
                    trouble
                    or say(
                        "set the variable {name}, or {name}_FILE to the path of a file with it, "
                        "or write it to {place}",
                        name=name,
                        place=_SECRET_FILES / name,
                    ),
                )
            else:
                self.secrets[name] = secret
        return self.secrets[name].reveal() if name in self.secrets else ""

    def _problem(self, message: Message, remedy: str) -> None:
        self.problems.append(
            Problem(id=Id.SETTING, message=message, at=self._at, details=(("remedy", remedy),))
        )


def _read(path: Path, *, named: bool) -> tuple[str, str]:
    """The file's text without its last line break; a file that somebody named must be there."""
    try:
        text = path.read_text(encoding="utf-8").rstrip("\r\n")
    except FileNotFoundError:
        return "", say("the file {path} does not exist", path=path) if named else ""
    except (OSError, UnicodeDecodeError) as error:
        return "", say(
            "the file {path} cannot be read: {name}", path=path, name=type(error).__name__
        )
    return text, "" if text else say("the file {path} is empty", path=path)


def _from_keyring(name: str) -> tuple[str, str]:
    from importlib.util import find_spec

    if find_spec("keyring") is None:
        return "", ""
    try:
        import keyring

        return keyring.get_password(KEYRING_SERVICE, name) or "", ""
    except Exception as error:  # noqa: BLE001 - a backend of others: lacking, broken, refusing
        if type(error).__name__ == "NoKeyringError":  # a machine without a desktop
            return "", ""
        return "", say("the system keyring cannot be read: {name}", name=type(error).__name__)
