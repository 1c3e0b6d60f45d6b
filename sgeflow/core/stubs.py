"""Stubs: what answers a service in a simulated environment, where nothing real may be asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from urllib.parse import unquote

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
"""The faults that a reply may meet on the wire, and how many seconds one lasts when not said."""

_PLACEHOLDER = regex(r"\{[A-Za-z][A-Za-z0-9_]*\}")


class StubReply(Struct, frozen=True, kw_only=True):
    """One answer of a stub: the HTTP reply, and what goes wrong with it on its way."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = ""  # empty: there is no body
    body: bytes = b""
    fault: str = ""  # one of FAULTS
    delay: float | None = None  # seconds before it, or how long its fault lasts


class Stub(Struct, frozen=True, kw_only=True):
    """The replies of a service to one method and path: each once, in their order."""

    method: str
    path: str  # behind the service's address; {name} is any text without a slash
    replies: tuple[StubReply, ...]
    repeats: bool  # the last reply answers all further requests; else they fail
    at: Location

    @property
    def name(self) -> str:
        """The stub as a document writes it: `GET /forecast/{city}`."""
        return f"{self.method} {self.path}"

    @property
    def is_exact(self) -> bool:
        """Whether its path is one path, without a placeholder."""
        return not _PLACEHOLDER.search(self.path)

    @property
    def form(self) -> str:
        """Its name whatever its placeholders are called: stubs of one form answer the same."""
        return _PLACEHOLDER.sub("{}", self.name)


def stub_for(stubs: Iterable[Stub], method: str, path: str) -> Stub | None:
    """The first stub that answers a request; its query is not looked at."""
    place = path.partition("?")[0]
    return next((one for one in stubs if one.method == method and fits(one.path, place)), None)


def fits(pattern: str, path: str) -> bool:
    """Whether a path, as it is sent, is one that a pattern with `{name}` in it describes."""
    return path == pattern or _compile(pattern).fullmatch(_plain(path or "/")) is not None


def layer_stubs(*layers: Iterable[Stub]) -> tuple[Stub, ...]:
    """Stubs in the order in which they answer: layer by layer, in each the exact paths first."""
    return tuple(
        stub for layer in layers for stub in sorted(layer, key=lambda one: not one.is_exact)
    )


def _plain(path: str) -> str:
    """A path unquoted, part by part: a quoted slash is no border of two parts."""
    return "/".join(unquote(part).replace("/", "%2F") for part in path.split("/"))


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(map(re.escape, _PLACEHOLDER.split(pattern))))
