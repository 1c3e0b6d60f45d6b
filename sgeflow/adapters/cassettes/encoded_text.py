"""Texts as others write them into addresses, JSON and pages: read, with the place of each sign."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape

_OCTET = r"%(?:25)*[0-9A-Fa-f]{2}"  # encoded again, its % is %25
_ENCODED = re.compile(
    rf"((?:{_OCTET})+)|\\u([0-9A-Fa-f]{{4}})|(&(?:#\w{{1,8}}|[A-Za-z]\w{{1,30}});)"
)
_OCTETS = re.compile(_OCTET)
_LAYERS = 4  # ways of encoding on top of each other: a page within JSON within an address


def decode_signs(text: str) -> tuple[str, Sequence[int]]:
    r"""A text with its encoded signs read, and where each one begins; last comes the text's end.

    `%XX` are bytes of UTF-8, or else of Latin-1; signs are `\uXXXX` of JSON and `&...;` of pages.
    What was encoded more than once is read to the ground.
    """
    starts: Sequence[int] = range(len(text) + 1)
    for _ in range(_LAYERS):
        if not _ENCODED.search(text):
            break
        signs: list[str] = []
        places: list[int] = []
        for sign, place in _signs(text):
            signs.append(sign)
            places.append(starts[place])
        text, starts = "".join(signs), [*places, starts[-1]]
    return text, starts


def _signs(text: str) -> Iterator[tuple[str, int]]:
    at = 0
    for part in _ENCODED.finditer(text):
        yield from zip(text[at : part.start()], range(at, part.start()), strict=True)
        at = part.end()
        if part[1]:
            yield from _of_octets(text, *part.span())
        elif part[2]:
            yield chr(int(part[2], 16)), part.start()
        elif len(sign := unescape(part[3])) == 1:
            yield sign, part.start()
        else:  # no sign has that name
            yield from zip(part[3], range(*part.span()), strict=True)
    yield from zip(text[at:], range(at, len(text)), strict=True)


def _of_octets(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    parts = list(_OCTETS.finditer(text, start, end))
    octets = bytes(int(part[0][-2:], 16) for part in parts)
    try:
        signs = octets.decode()
    except UnicodeDecodeError:
        signs = octets.decode("latin-1")
        widths = [1] * len(signs)
    else:
        widths = [len(sign.encode()) for sign in signs]
    at = 0
    for sign, width in zip(signs, widths, strict=True):
        yield sign, parts[at].start()
        at += width
