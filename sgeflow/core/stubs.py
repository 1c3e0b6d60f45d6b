"""Stubs: prepared replies that take the place of a service in a simulated environment."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from urllib.parse import parse_qsl, unquote

from msgspec import Struct, field

from sgeflow.errors import Location
from sgeflow.patterns import regex

FAULTS: Mapping[str, float | None] = MappingProxyType(
    {
        "close": None,
        "drip": 0.1,
        "gzip-bomb": None,
        "html": None,
        "reset": None,
        "stall": 5.0,
        "truncate": None,
        "truncate-unsized": None,
    }
)
"""The network faults of a reply, and how many seconds each lasts by default."""

_PLACEHOLDER = regex(r"\{[A-Za-z][A-Za-z0-9_]*\}")


class StubReply(Struct, frozen=True, kw_only=True):
    """One reply of a stub, and the network fault that it meets."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = ""  # empty: there is no body
    body: bytes = b""
    fault: str = ""  # one of FAULTS
    delay: float | None = None  # seconds before the reply, or of its fault


class Stub(Struct, frozen=True, kw_only=True):
    """The replies of a service to one method and path, given one after the other."""

    method: str
    path: str  # after the service's address; {name} stands for any text without a slash
    query: str = ""  # that a request has, perhaps among others; {name} stands for any value
    replies: tuple[StubReply, ...]
    repeats: bool  # whether the last reply answers all further requests; else these fail
    at: Location

    @property
    def name(self) -> str:
        """The stub as a document writes it: `GET /forecast/{city}`."""
        return f"{self.method} {self.path}" + (f"?{self.query}" if self.query else "")

    @property
    def is_exact(self) -> bool:
        """Whether its path is one path, without a placeholder."""
        return not _PLACEHOLDER.search(self.name)

    @property
    def form(self) -> str:
        """The name without its placeholders' names: stubs with equal forms match the same paths."""
        return _PLACEHOLDER.sub("{}", self.name)


def stub_for(stubs: Iterable[Stub], method: str, path: str) -> Stub | None:
    """The first stub that matches a method and a path; and its query, if it names one."""
    bare_path, _, query = path.partition("?")
    given = dict(parse_qsl(query, keep_blank_values=True))
    matching = (one for one in stubs if one.method == method and fits(one.path, bare_path))
    return next((one for one in matching if _is_in(one.query, given)), None)


def _is_in(query: str, given: Mapping[str, str]) -> bool:
    """Whether a request has all values of a stub's query."""
    wanted = parse_qsl(query, keep_blank_values=True)
    return all(
        name in given and (given[name] == text or _PLACEHOLDER.fullmatch(text))
        for name, text in wanted
    )


def fits(pattern: str, path: str) -> bool:
    """Whether the path of a request matches a pattern with `{name}` placeholders."""
    return path == pattern or _compile(pattern).fullmatch(_plain(path or "/")) is not None


def layer_stubs(*layers: Iterable[Stub]) -> tuple[Stub, ...]:
    """Stubs in the order in which they answer: layer by layer, queries and exact paths first."""
    return tuple(
        stub
        for layer in layers
        for stub in sorted(layer, key=lambda one: (not one.query, not one.is_exact))
    )


def _plain(path: str) -> str:
    """The path with its parts unquoted, except that a quoted slash stays quoted."""
    return "/".join(unquote(part).replace("/", "%2F") for part in path.split("/"))


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(map(re.escape, _PLACEHOLDER.split(pattern))))
