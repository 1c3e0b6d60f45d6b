"""The forms that a secret takes in texts of others: as it is, encoded for an address, packed.

An expression of all forms of all secrets is tried at each character of a text, form by form. So a
look at what the text is made of comes first: the signs with which some form begins.
"""

from __future__ import annotations

import base64
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from urllib.parse import quote

from sgeflow.patterns import regex

SHORTEST_SECRET = 4  # characters; shorter ones would turn half of every text into stars
_CASELESS = 8  # from so many on no word is it by chance
_PACKED = 6  # signs of base64 that are its own alone
_TO_ADDRESSES = str.maketrans("+/", "-_")
_BEGINNING = SHORTEST_SECRET  # characters of a form that are looked for first
_ALIKE = str.maketrans({"+": " ", "\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"})
_ENCODED = regex(r"%([0-7][0-9A-Fa-f])")  # of ASCII


class SecretForms:
    """Finds secrets in all their forms, in a time that hardly depends on how many they are."""

    def __init__(self, secrets: Iterable[str], *, shortest: int = SHORTEST_SECRET) -> None:
        """Of secrets of so many characters or more."""
        self._secrets = frozenset(one for one in secrets if len(one) >= shortest)
        self._always = frozenset(one for one in self._secrets if not _has_traces(one))
        self._traces = defaultdict[str, list[tuple[str, str]]](list)
        for secret in self._secrets - self._always:
            for trace in _traces_of(secret):
                self._traces[trace[:_BEGINNING]].append((trace, secret))

    def __bool__(self) -> bool:
        """Whether there is anything to find."""
        return bool(self._secrets)

    def replace(self, text: str, by: str) -> str:
        """The text with another one in the place of each secret."""
        possible = self._possible(text)
        return pattern_of(possible).sub(lambda _: by, text) if possible else text

    def _possible(self, text: str) -> frozenset[str]:
        """The secrets of which a trace is in a text: no others can be."""
        if "%25" in text:  # encoded more than once
            return self._secrets
        folded = {_fold(text), _fold(_ENCODED.sub(_decode, text)) if "%" in text else _fold(text)}
        possible = set(self._always)
        for content in folded:
            last = len(content) - _BEGINNING + 1
            beginnings = {content[at : at + _BEGINNING] for at in range(last)}
            for beginning in self._traces.keys() & beginnings:
                possible.update(
                    secret for trace, secret in self._traces[beginning] if trace in content
                )
        return frozenset(possible)


@lru_cache(maxsize=64)
def pattern_of(secrets: frozenset[str]) -> re.Pattern[str]:
    """What finds secrets in all their forms: the longest first."""
    known = sorted(secrets, key=lambda one: (-len(one), one))
    return re.compile("|".join(form for secret in known for form in _forms(secret)))


def _has_traces(secret: str) -> bool:
    """Whether its traces tell of all its forms: `%` may begin one, a letter be of several bytes."""
    return secret.isascii() and "%" not in secret and len(secret) >= _BEGINNING


def _traces_of(secret: str) -> set[str]:
    """Of each of its forms what is left of it in a text without case and encoding."""
    whole = base64.b64encode(secret.encode()).decode("ascii")
    packed = {whole, *_packed_within(secret)}
    addresses = {one.translate(_TO_ADDRESSES) for one in packed}
    return {_fold(one) for one in (secret, *_spellings(secret), *packed, *addresses)}


def _fold(text: str) -> str:
    """Without case, as `(?i:…)` compares the letters of ASCII; `+` may stand for a space."""
    return text.translate(_ALIKE).lower()


def _decode(encoded: re.Match[str]) -> str:
    return chr(int(encoded[1], 16))


def plain_forms(secret: str) -> tuple[bytes, ...]:
    """The commonest of its forms, to see fast whether a large body can hold it."""
    written = (secret, quote(secret, safe=""), *_packed_within(secret))
    return tuple(form.encode() for form in written)


def _forms(secret: str) -> Iterator[str]:
    whole = base64.b64encode(secret.encode()).decode("ascii")
    yield from (re.escape(whole), re.escape(whole.translate(_TO_ADDRESSES)))
    texts = [re.escape(one) for one in sorted(_spellings(secret), key=lambda one: (-len(one), one))]
    alike = "|".join([*texts, _in_address(secret)])
    yield f"(?i:{alike})" if len(secret) >= _CASELESS else f"(?:{alike})"
    for core in _packed_within(secret):
        yield from (re.escape(core), re.escape(core.translate(_TO_ADDRESSES)))


def _spellings(secret: str) -> set[str]:
    """As it is, in JSON and in XML."""
    return {
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        escape(secret),
        escape(secret, quote=False),
        escape(secret).replace("&#x27;", "&#39;"),
        escape(secret).replace("&#x27;", "&apos;"),
    }


def _in_address(secret: str) -> str:
    """Each character as it is or as `%XX` of either case: who encodes decides which ones are.

    What was encoded already may be encoded once more on its way: `%25XX`.
    """
    parts = []
    for sign in secret:
        encoded = "".join(f"%(?:25)*(?i:{byte:02x})" for byte in sign.encode())
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
