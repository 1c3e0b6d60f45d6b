"""What a certificate says of itself: whose it is, by whom, how long, for what (RFC 5280).

Python's ssl tells this of a server's verified certificate alone, `cryptography` is not everywhere,
and a certificate must be readable without its key.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

_BLOCK = re.compile(
    r"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----(.+?)-----END (?:X509 |TRUSTED )?CERTIFICATE",
    re.DOTALL,
)
_COMMON_NAME, _ORGANISATION = b"\x55\x04\x03", b"\x55\x04\x0a"
_USAGE = b"\x55\x1d\x25"  # extendedKeyUsage
_FOR_CLIENTS = {b"\x2b\x06\x01\x05\x05\x07\x03\x02", b"\x55\x1d\x25\x00"}  # clientAuth, any
_VERSION, _EXTENSIONS = 0xA0, 0xA3
_SHORT_YEAR, _WIDE_TEXT, _OCTETS = 0x17, 0x1E, 0x04
_LONG = 0x80  # a length that takes several bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The facts of one certificate; names as bytes, to compare, and as a person reads them."""

    name: str
    issuer_name: str
    begins: datetime
    ends: datetime
    for_clients: bool = True
    subject: bytes = field(repr=False)
    issuer: bytes = field(repr=False)

    @property
    def self_signed(self) -> bool:
        """Whether it is its own issuer."""
        return self.subject == self.issuer


class _Part(NamedTuple):
    tag: int
    content: bytes
    whole: bytes


def certificates(pem: str) -> tuple[Certificate, ...]:
    """The certificates of a PEM text in their order; keys between them are passed over.

    Raises:
        ValueError: one of them is damaged.
    """
    return tuple(certificate(base64.b64decode(found[1])) for found in _BLOCK.finditer(pem))


def certificate(der: bytes) -> Certificate:
    """One certificate of its bytes in DER.

    Raises:
        ValueError: it is none, or damaged.
    """
    try:
        return _certificate(der)
    except (IndexError, StopIteration, UnicodeDecodeError) as error:
        raise ValueError("not a certificate") from error


def _certificate(der: bytes) -> Certificate:
    signed = _inside(_inside(der)[0].content)
    parts = [part for part in _parts(signed[0].content) if part.tag != _VERSION]
    _, _, issuer, validity, subject, *rest = parts
    begins, ends = (_time(part) for part in _parts(validity.content))
    extensions = next((part.content for part in rest if part.tag == _EXTENSIONS), b"")
    usages = _usages(extensions) if extensions else frozenset()
    return Certificate(
        name=_name(subject),
        issuer_name=_name(issuer),
        begins=begins,
        ends=ends,
        for_clients=not usages or bool(usages & _FOR_CLIENTS),
        subject=subject.whole,
        issuer=issuer.whole,
    )


def _parts(data: bytes) -> Iterator[_Part]:
    """The elements that stand one after the other: a tag, a length, a content each."""
    at = 0
    while at < len(data):
        length, start = data[at + 1], at + 2
        if length & _LONG:
            start += length ^ _LONG
            length = int.from_bytes(data[at + 2 : start], "big")
        end = start + length
        if end > len(data):
            raise ValueError("cut off")
        yield _Part(data[at], data[start:end], data[at:end])
        at = end


def _inside(data: bytes) -> list[_Part]:
    return list(_parts(data))


def _time(part: _Part) -> datetime:
    text = part.content.decode("ascii").removesuffix("Z")
    if part.tag == _SHORT_YEAR:
        text = f"{'19' if text >= '50' else '20'}{text}"
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _name(part: _Part) -> str:
    """The common name, else the organisation, else whatever stands last."""
    found: Mapping[bytes, str] = dict(_values(part))
    last = next(iter(reversed(list(found.values()))), "")
    return found.get(_COMMON_NAME) or found.get(_ORGANISATION) or last


def _values(name: _Part) -> Iterator[tuple[bytes, str]]:
    for together in _parts(name.content):
        for pair in _parts(together.content):
            kind, value = _parts(pair.content)
            encoding = "utf-16-be" if value.tag == _WIDE_TEXT else "utf-8"
            yield kind.content, value.content.decode(encoding, "replace")


def _usages(extensions: bytes) -> frozenset[bytes]:
    """What the certificate is made for, by object identifiers; nothing when it does not say."""
    for extension in _parts(_inside(extensions)[0].content):
        kind, *rest = _parts(extension.content)
        if kind.content == _USAGE:
            value = next(part.content for part in rest if part.tag == _OCTETS)
            return frozenset(part.content for part in _parts(_inside(value)[0].content))
    return frozenset()
