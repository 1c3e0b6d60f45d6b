"""The rule for texts from elsewhere that become a part of a file's name.

What a cassette, a reply, a delivered file, a WSDL or a row says is never a path. It may be a part
of one, as a point's id is in `data/${inputs.pointId}.json`, when it is a plain name.
"""

from __future__ import annotations

import re

from sgeflow.patterns import regex

LONGEST = 240
"""Bytes of a file's name: systems take 255, and words are put behind it."""

_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"  # of a run, by a person or by chance
_RUN_NAME = regex(_NAME)
_RUN = regex(rf"{_NAME}(\.[0-9]+)?")  # a row of a fleet has a number behind
_SEPARATOR = regex(r"[/\\]|\.\.|[\x00-\x1f\x7f]")
_ROOT = regex(r"~|[A-Za-z]:")  # a home, a drive: how a path begins without a separator
_DEVICE = regex(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])\s*(\.|$)", re.IGNORECASE)  # of Windows


def is_run(text: object) -> bool:
    """Whether this is the id of a run, or of a row of one."""
    return isinstance(text, str) and _RUN.fullmatch(text) is not None


def is_run_name(text: object) -> bool:
    """Whether a run, call or fleet may be begun under this id; those of rows are made of it."""
    return isinstance(text, str) and _RUN_NAME.fullmatch(text) is not None


def is_plain(text: str) -> bool:
    """Whether a text is a name that leads nowhere when it stands in a file's name.

    It is not empty nor dots alone; it has no separator, no `..`, no control character; it is no
    home, drive or device; and it is no longer than a name can be.
    """
    if _SEPARATOR.search(text) or _ROOT.match(text) or _DEVICE.match(text):
        return False
    return text.strip(". ") != "" and bytes_of(text) <= LONGEST


def bytes_of(name: str) -> int:
    """How long a name is where files are kept."""
    return len(name.encode("utf-8", "surrogatepass"))
