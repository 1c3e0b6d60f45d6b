"""What makes an order the same one again, for the guard against ordering twice."""

from __future__ import annotations

from hashlib import sha256

from sgeflow.adapters.state.records import fingerprint_parts
from sgeflow.core.model import Kind, Request


def fingerprint(request: Request) -> str:
    """What makes an order the same one again: `<thing>,<thing>….<terms>.<form>`, empty for a read.

    What its operation says to be the things and the terms; else every value that is sent. By the
    form those are known that cannot be compared, since their document was another one.
    """
    if request.kind is Kind.READ:
        return ""
    form = _digest("", request.form.encode()) if request.form else ""
    if request.same is None:
        return f"{_digest(f'{request.method} {request.path}', request.body)}..{form}"
    things, terms = request.same
    digests = ",".join(sorted({_digest("", thing.encode()) for thing in things}))
    return f"{digests}.{_digest('', terms.encode())}.{form}"


def is_same(one: str, other: str) -> bool:
    """Whether two orders name one and the same thing, on the same terms."""
    (things, terms, _), (others, other_terms, _) = fingerprint_parts(one), fingerprint_parts(other)
    return terms == other_terms and not set(things).isdisjoint(others)


def is_equal(one: str, other: str) -> bool:
    """Whether two orders name the same things on the same terms, in whatever form."""
    return fingerprint_parts(one)[:2] == fingerprint_parts(other)[:2]


def _digest(name: str, content: bytes) -> str:
    return sha256(name.encode() + b"\0" + content).hexdigest()[:32]
