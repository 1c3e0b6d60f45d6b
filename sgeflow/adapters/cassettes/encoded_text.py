"""Texts as others write them into addresses, JSON and pages: read, with the place of each sign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sgeflow.patterns import regex

_ENCODED = regex(
    r"((?:%[0-9A-Fa-f]{2})+)|\\u([0-9A-Fa-f]{4})|(&(?:#\w{1,8}|[A-Za-z]\w{1,30});)"
    r"|((?:\\x[0-9A-Fa-f]{2})+)"
)
_OCTET, _ESCAPED = len("%XX"), len(r"\xXX")
_DEEP = 3  # times that somebody on the way wrote what was written already


def decode_signs(text: str) -> tuple[str, Sequence[int]]:
    r"""A text with its encoded signs read, and where each one begins; last comes the text's end.

    `%XX` and `\xXX` are bytes of UTF-8, or else of Latin-1; signs are `\uXXXX` of JSON and `&...;`
    of pages. What was encoded twice is read twice.
    """
    starts: Sequence[int] = range(len(text) + 1)
    for _ in range(_DEEP):
        if not _ENCODED.search(text):
            break
        read = [*_signs(text), ("", len(text))]
        text = "".join(sign for sign, _ in read)
        starts = [starts[start] for _, start in read]
    return text, starts


def _signs(text: str) -> Iterator[tuple[str, int]]:
    from html import unescape  # with a table of 2,000 names, for texts that few calls see

    at = 0
    for part in _ENCODED.finditer(text):
        yield from zip(text[at : part.start()], range(at, part.start()), strict=True)
        at = part.end()
        if part[1]:
            yield from _of_octets(bytes.fromhex(part[1].replace("%", "")), part.start(), _OCTET)
        elif part[2]:
            yield chr(int(part[2], 16)), part.start()
        elif part[4]:
            octets = bytes.fromhex(part[4].replace(r"\x", ""))
            yield from _of_octets(octets, part.start(), _ESCAPED)
        elif len(sign := unescape(part[3])) == 1:
            yield sign, part.start()
        else:  # no sign has that name
            yield from zip(part[3], range(*part.span()), strict=True)
    yield from zip(text[at:], range(at, len(text)), strict=True)


def _of_octets(octets: bytes, start: int, length: int) -> Iterator[tuple[str, int]]:
    """The signs of bytes, of which each is written with so many characters."""
    try:
        signs = octets.decode()
    except UnicodeDecodeError:
        yield from ((chr(octet), start + length * at) for at, octet in enumerate(octets))
        return
    for sign in signs:
        yield sign, start
        start += length * len(sign.encode())
