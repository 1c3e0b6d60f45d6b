"""What makes an order the same one again, for the guard against ordering twice."""

from __future__ import annotations

from hashlib import sha256

from sgeflow.adapters.state.records import fingerprint_parts
from sgeflow.core.model import Kind, Request


def fingerprint(request: Request) -> str:
    """What makes an order the same one again; empty for a read.

    It is `<thing>,<thing>….<terms>.<form>.<service>`: what its operation says to be the things and
    the terms; else every value that is sent. By form and service those are known that cannot be
    compared: the same service of SGE, told by another document.
    """
    if request.kind is Kind.READ:
        return ""
    form, service = (
        _digest("", text.encode()) if text else "" for text in (request.form, request.service)
    )
    if request.same is None:
        return f"{_digest(f'{request.method} {request.path}', request.body)}..{form}.{service}"
    things, terms = request.same
    digests = ",".join(sorted({_digest("", thing.encode()) for thing in things}))
    return f"{digests}.{_digest('', terms.encode())}.{form}.{service}"


def is_same(one: str, other: str) -> bool:
    """Whether two orders name one and the same thing, on the same terms."""
    (things, terms), (others, other_terms) = (fingerprint_parts(each)[:2] for each in (one, other))
    return terms == other_terms and not set(things).isdisjoint(others)


def is_equal(one: str, other: str) -> bool:
    """Whether two orders name the same things on the same terms, in whatever form."""
    return fingerprint_parts(one)[:2] == fingerprint_parts(other)[:2]


def _digest(name: str, content: bytes) -> str:
    return sha256(name.encode() + b"\0" + content).hexdigest()[:32]
