"""The text that the journal keeps of a request: its line, its body masked, what was hidden."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import quote, unquote, unquote_plus

from sgeflow.adapters.secrets import MASK, Secret
from sgeflow.core.language.secret_names import secret_names
from sgeflow.core.model import SGE, Request
from sgeflow.patterns import regex
from sgeflow.values import Discreet

_HEAD = regex(r"([A-Z]+) (\S+)\n(?:personal: ([^\n]*)\n)?\n", re.DOTALL)


class StoredRequest(Discreet, frozen=True, kw_only=True):
    """A request as the journal keeps it; `personal` names what is hidden in its answer, too."""

    withheld = frozenset({"path", "body"})

    method: str
    path: str
    personal: tuple[str, ...]
    body: str


def text_of(request: Request, secrets: Collection[Secret] = ()) -> str:
    """A request as text: secrets, personal elements and personal values of its query are `***`."""
    path, body = request.path, request.body
    if request.personal or secrets or "?" in path or secret_names(body):
        from sgeflow.adapters.cassettes.redact import Redactor

        redactor = Redactor(secrets)
        path = redactor.text(_hide_query(_hide_said(path, request), request.personal))
        body = redactor.body(body, request.personal)
    names = f"personal: {', '.join(request.personal)}\n" if request.personal else ""
    return f"{request.method} {path}\n{names}\n{body.decode(errors='replace')}"


def parse_request(text: str | None) -> StoredRequest | None:
    """What a text of `text_of` holds; None of one that was forgotten."""
    match = _HEAD.match(text or "")
    if match is None:
        return None
    names = tuple(match[3].split(", ")) if match[3] else ()
    body = (text or "")[match.end() :]
    return StoredRequest(method=match[1], path=match[2], personal=names, body=body)


def _hide_said(path: str, request: Request) -> str:
    """A path without the people whom the body names; those of SGE are its documents'."""
    if request.endpoint == SGE:
        return path
    from sgeflow.adapters.cassettes.personal_values import PersonalValues

    known = PersonalValues()
    known.learn_from(request.body, request.personal)
    start, mark, query = path.partition("?")
    parts = start.split("/")
    shown = [known.replace(unquote(part), lambda _: MASK) for part in parts]
    kept = (
        part if unquote(part) == text else quote(text, safe="*")
        for part, text in zip(parts, shown, strict=True)
    )
    return "/".join(kept) + mark + query


def _hide_query(path: str, personal: Collection[str]) -> str:
    """A path whose query says nothing personal."""
    start, mark, query = path.partition("?")
    if not mark:
        return path
    from sgeflow.adapters.cassettes.personal_values import hit

    pairs = (pair.partition("=") for pair in query.split("&"))
    query_pairs = [
        f"{name}={MASK if hit((unquote_plus(name),), personal) else value}"
        for name, _, value in pairs
    ]
    return f"{start}?{'&'.join(query_pairs)}"
