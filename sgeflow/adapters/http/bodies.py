"""The body of a reply: read and unpacked within bounds of size and time.

A reply of a few kilobytes may unpack to gigabytes, or to nothing for as long as one looks at it.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from sgeflow.adapters.http.exchange_timer import timer
from sgeflow.messages import say

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse

CHUNK = 64 * 1024
GZIP = 16 + zlib.MAX_WBITS

_FIRST_WINDOW = 64  # bytes that are looked at to see whether a member of gzip ends at once


class ExtraReply(Exception):
    """Bytes came behind the reply: nothing tells which of the two is the answer."""


class TooLarge(Exception):
    """The reply passes its limit, on the wire or unpacked."""


class BrokenBody(Exception):
    """The reply's body is cut, or packed in a way that was not offered."""


def read_body(reply: BaseHTTPResponse, limit: int) -> bytes:
    """The whole body, unpacked; at most `limit` bytes on the wire and at most `limit` unpacked.

    Raises:
        TooLarge, BrokenBody: it is more than that, or is not whole.
        ExtraReply: something stands behind it.
    """
    if (reply.length_remaining or 0) > limit:
        raise TooLarge
    packing = reply.headers.get("content-encoding", "identity").lower()
    if packing not in ("identity", "gzip", "x-gzip"):
        raise BrokenBody(say("packed as {packing!r}, which was not offered", packing=packing[:20]))
    pieces: list[bytes] = []
    size = 0
    while piece := reply.read1(CHUNK, decode_content=False):
        timer.check()
        size += len(piece)
        if size > limit:
            raise TooLarge
        pieces.append(piece)
    body = b"".join(pieces)
    if _is_followed(reply):
        raise ExtraReply
    return _unpack(body, limit) if body and packing != "identity" else body


def _is_followed(reply: Any) -> bool:
    """Whether bytes stand behind a reply; urllib3 has no other door to it."""
    return bool(getattr(reply._original_response, "is_followed", False))  # noqa: SLF001


def _unpack(body: bytes, limit: int) -> bytes:
    """A gzip body may be several members, one after the other: each byte is looked at once."""
    pieces: list[bytes] = []
    left, at = limit, 0
    while at < len(body):
        timer.check()
        piece, at = _unpack_member(body, at, left + 1)
        left -= len(piece)
        if left < 0:
            raise TooLarge
        pieces.append(piece)
    return b"".join(pieces)


def _unpack_member(body: bytes, at: int, most: int) -> tuple[bytes, int]:
    """The gzip member that begins at a place, up to `most` bytes of it, and where it ends."""
    member, window = zlib.decompressobj(GZIP), _FIRST_WINDOW
    pieces: list[bytes] = []
    size = 0
    while True:
        packed = body[at : at + window]
        try:
            piece = member.decompress(packed, most - size)
        except zlib.error as error:
            raise BrokenBody(say("not the gzip it says it is")) from error
        at += len(packed)
        size += len(piece)
        pieces.append(piece)
        if member.eof or size >= most:
            return b"".join(pieces), at - len(member.unused_data)
        if not packed:
            raise BrokenBody(say("cut in the middle"))
        window = CHUNK
