"""What documents with a mistake may give although it could not be read: what they mention.

A slip somewhere in a document makes nothing unknown that it writes somewhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from sgeflow.patterns import regex

_CODE = regex(r"""\bcode['"]?:\s*['"]?(\w+)""")
_CODE_OF_SGE = regex(r"\b[A-Z][A-Z0-9_]{2,}\b")
_KEPT = regex(r"""\bstore['"]?:(?:(?!\n\s*- ).)*?\bseries['"]?:\s*['"]?([\w-]+)""", re.DOTALL)
_KEY = regex(r"""\b(\w+)['"]?:(?=\s)""")
_RECALLED = regex(r"\bstate\.(\w+)")


class Mentions(Struct, frozen=True, kw_only=True):
    """Codes that something may fail with, series and names that may be kept or remembered."""

    codes: frozenset[str] = frozenset()
    series: frozenset[str] = frozenset()
    memories: frozenset[str] = frozenset()


NOTHING_MENTIONED = Mentions()


def mentions_of(marred: Mapping[str, Sequence[str]], flows: Iterable[str]) -> Mentions:
    """What the texts of documents with a mistake mention.

    Args:
        marred: those texts, by their kind.
        flows: the texts of all flows, which recall what others remember.
    """
    if not marred:
        return NOTHING_MENTIONED
    own, services = "\n".join(marred.get("flows", ())), "\n".join(marred.get("operations", ()))
    recalled = {name for text in flows for name in _RECALLED.findall(text)} if own else set()
    return Mentions(
        codes=frozenset(_CODE.findall(own)) | frozenset(_CODE_OF_SGE.findall(services)),
        series=frozenset(_KEPT.findall(own)),
        memories=frozenset(_KEY.findall(own)) & recalled,
    )
