"""The forms that a secret takes in texts of others: as it is, encoded for an address, packed."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from html import escape
from urllib.parse import quote

SHORTEST_SECRET = 4  # characters; shorter ones would turn half of every text into stars
_CASELESS = 8  # from so many on no word is it by chance
_PACKED = 6  # signs of base64 that are its own alone
_TO_ADDRESSES = str.maketrans("+/", "-_")


def pattern_of(
    secrets: Iterable[str], *, shortest: int = SHORTEST_SECRET
) -> re.Pattern[str] | None:
    """What finds secrets of so many characters in all their forms; None without any."""
    known = sorted(
        {one for one in secrets if len(one) >= shortest}, key=lambda one: (-len(one), one)
    )
    forms = [form for secret in known for form in _forms(secret)]
    return re.compile("|".join(forms)) if forms else None


def plain_forms(secret: str) -> tuple[bytes, ...]:
    """The commonest of its forms, to see fast whether a large body can hold it."""
    written = (secret, quote(secret, safe=""), *_packed_within(secret))
    return tuple(form.encode() for form in written)


def _forms(secret: str) -> Iterator[str]:
    whole = base64.b64encode(secret.encode()).decode("ascii")
    yield from (re.escape(whole), re.escape(whole.translate(_TO_ADDRESSES)))
    written = {
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        escape(secret),
        escape(secret, quote=False),
        escape(secret).replace("&#x27;", "&#39;"),
        escape(secret).replace("&#x27;", "&apos;"),
    }
    texts = [re.escape(one) for one in sorted(written, key=lambda one: (-len(one), one))]
    alike = "|".join([*texts, _in_address(secret)])
    yield f"(?i:{alike})" if len(secret) >= _CASELESS else f"(?:{alike})"
    for core in _packed_within(secret):
        yield from (re.escape(core), re.escape(core.translate(_TO_ADDRESSES)))


def _in_address(secret: str) -> str:
    """Each character as it is or as `%XX` of either case: who encodes decides which ones are."""
    parts = []
    for sign in secret:
        encoded = "".join(f"%(?i:{byte:02x})" for byte in sign.encode())
        parts.append(f"(?:{re.escape(sign)}|{encoded}{'|[+]' if sign == ' ' else ''})")
    return "".join(parts)


def _packed_within(secret: str) -> Iterator[str]:
    """What base64 makes of it within a longer text, as `user:password` or a whole header."""
    content = secret.encode()
    for before in range(3):
        signs = base64.b64encode(bytes(before) + content).decode("ascii")
        first = (0, 2, 3)[before]  # signs that what stands before it has a part in
        core = signs[first : (before + len(content)) * 8 // 6]
        if len(core) >= _PACKED:
            yield core
