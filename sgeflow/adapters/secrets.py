"""What comes from around the process: `SGEFLOW_…` variables and the secrets of an environment.

A secret is looked for in the variable of its name, in a file (`NAME_FILE`, `/run/secrets/NAME`,
`$CREDENTIALS_DIRECTORY/NAME`), then in the system keyring under the service `sgeflow`.
"""

from __future__ import annotations

import hmac
import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from sgeflow.core.documents import Endpoint, Environment
from sgeflow.errors import CredentialsError, Id, Location, Problem, UsageError
from sgeflow.messages import Said, say

MASK = "***"
KEYRING_SERVICE = "sgeflow"

_REFERENCE = re.compile(r"\$\$\{|\$\{\s*secret\.([A-Za-z_][A-Za-z0-9_]*)\s*\}")
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"", "0", "false", "no", "off"})
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """The `SGEFLOW_…` variables, as written; None when not set."""

    env: str | None = None
    today: str | None = None
    scenario: str | None = None
    project: str | None = None
    offline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedEndpoint:
    """An endpoint with its secrets in hand; what may hold one is a `Secret`."""

    name: str
    base_url: str
    headers: Mapping[str, Secret]
    rate: str | None
    connect_timeout: float
    read_timeout: float
    total_timeout: float
    certificate: str | None = None
    key: str | None = None
    key_password: Secret | None = None
    pfx: str | None = None
    ca: str | None = None
    basic_user: str | None = None
    basic_password: Secret | None = None
    secrets: tuple[Secret, ...] = ()  # each secret by itself, for whoever masks


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where secrets are looked for; tests give their own."""

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
    return tuple(found[1] for found in _REFERENCE.finditer(text) if found[1])


def variables(source: Mapping[str, str] | None = None) -> Variables:
    """Read the `SGEFLOW_…` variables; an empty one counts as not set."""
    source = os.environ if source is None else source

    def text(name: str) -> str | None:
        return source.get(f"SGEFLOW_{name}") or None

    return Variables(
        env=text("ENV"),
        today=text("TODAY"),
        scenario=text("SCENARIO"),
        project=text("PROJECT"),
        offline=_switch("SGEFLOW_OFFLINE", source.get("SGEFLOW_OFFLINE", "")),
    )


def resolve_all(
    environment: Environment,
    only: Collection[str] | None = None,
    sources: Sources | None = None,
) -> dict[str, ResolvedEndpoint]:
    """All endpoints of an environment, or those named: every missing secret in one error."""
    found: dict[str, ResolvedEndpoint] = {}
    problems: dict[str, Problem] = {}
    for name, endpoint in environment.endpoints.items():
        if only is not None and name not in only:
            continue
        try:
            found[name] = resolve(endpoint, environment.name, environment.at, sources)
        except CredentialsError as error:
            problems.update((problem.message, problem) for problem in error.problems)
    if problems:
        raise CredentialsError(*problems.values())
    return found


def resolve(
    endpoint: Endpoint,
    environment: str = "",
    at: Location | None = None,
    sources: Sources | None = None,
) -> ResolvedEndpoint:
    """Put the secrets in; raises CredentialsError with a problem for each one missing."""
    reading = _Reading(sources or Sources(), endpoint.name, environment, at)
    headers = {k: reading.header(k, v) for k, v in endpoint.headers.items()}
    resolved = ResolvedEndpoint(
        name=endpoint.name,
        base_url=endpoint.base_url,
        headers=headers,
        rate=endpoint.rate,
        connect_timeout=endpoint.connect_timeout,
        read_timeout=endpoint.read_timeout,
        total_timeout=endpoint.total_timeout,
        certificate=reading.path("certificate", endpoint.certificate),
        key=reading.path("key", endpoint.key),
        key_password=reading.secret("key_password", endpoint.key_password),
        pfx=reading.path("pfx", endpoint.pfx),
        ca=reading.path("ca", endpoint.ca),
        basic_user=reading.path("basic_user", endpoint.basic_user),
        basic_password=reading.secret("basic_password", endpoint.basic_password),
        secrets=tuple(reading.secrets.values()),
    )
    if reading.problems:
        raise CredentialsError(*reading.problems)
    return resolved


def secret_values(
    environment: Environment | None,
    owner: str,
    settings: Mapping[str, str],
    sources: Sources | None = None,
) -> dict[str, Secret]:
    """Settings, of an environment or not, with their secrets put in; all missing in one error."""
    name, at = (environment.name, environment.at) if environment else ("", None)
    reading = _Reading(sources or Sources(), owner, name, at)
    values = {name: Secret(reading.filled(name, text)) for name, text in settings.items()}
    if reading.problems:
        raise CredentialsError(*reading.problems)
    return values


class _Reading:
    """One endpoint being resolved: what was found, and what is wrong."""

    def __init__(
        self, sources: Sources, endpoint: str, environment: str, at: Location | None
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
        value = self.filled(say('the header "{name}"', name=name), text)
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
        return None if text is None else Secret(self.filled(f"`{setting}`", text))

    def path(self, setting: str, text: str | None) -> str | None:
        """Settings that are no secret themselves but may come from the same places."""
        return None if text is None else self.filled(f"`{setting}`", text)

    def filled(self, setting: str, text: str) -> str:
        """The text of a setting with its secrets put in."""

        def fill(match: re.Match[str]) -> str:
            return self._value(match[1], setting) if match[1] else "${"

        return _REFERENCE.sub(fill, text)

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

    def _problem(self, message: Said, remedy: str) -> None:
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
    import keyring
    from keyring.errors import KeyringError, NoKeyringError

    try:
        return keyring.get_password(KEYRING_SERVICE, name) or "", ""
    except NoKeyringError:  # a machine without a desktop: nothing to repair there
        return "", ""
    except KeyringError as error:
        return "", say("the system keyring cannot be read: {name}", name=type(error).__name__)


def _switch(name: str, text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise UsageError(
        Problem(
            id=Id.USAGE,
            message=say(
                'the variable {name} is "{text}", which is neither yes nor no', name=name, text=text
            ),
            allowed=("1", "true", "yes", "on", "0", "false", "no", "off"),
        )
    )
