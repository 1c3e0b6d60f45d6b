"""What makes an order the same one again, for the guard against ordering twice."""

from __future__ import annotations

from hashlib import sha256

from sgeflow.core.model import Kind, Request


def fingerprint(request: Request) -> str:
    """What makes an order the same one again: `<thing>,<thing>….<terms>`, empty for a read.

    What its operation says to be the things and the terms; else every value that is sent.
    """
    if request.kind is Kind.READ:
        return ""
    if request.same is None:
        return f"{_digest(f'{request.method} {request.path}', request.body)}."
    things, terms = request.same
    digests = ",".join(sorted({_digest("", thing.encode()) for thing in things}))
    return f"{digests}.{_digest('', terms.encode())}"


def is_same(one: str, other: str) -> bool:
    """Whether two orders name one and the same thing, on the same terms."""
    (things, _, terms), (others, _, other_terms) = one.partition("."), other.partition(".")
    return terms == other_terms and not set(things.split(",")).isdisjoint(others.split(","))


def _digest(name: str, content: bytes) -> str:
    return sha256(name.encode() + b"\0" + content).hexdigest()[:32]
