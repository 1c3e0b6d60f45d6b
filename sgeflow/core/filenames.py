"""The rule for foreign texts that become part of a file name.

A text from a cassette, a reply, a delivered file, a WSDL or a row is never a path. If it is a plain
name, it may be part of one, as a point's id in `data/${inputs.pointId}.json`.
"""

import re

from sgeflow.patterns import regex

LONGEST = 240
"""Bytes of a file name; systems allow 255, and a suffix is added."""

_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"  # of a run, given by a person or made up
_RUN_NAME = regex(_NAME)
_RUN = regex(rf"{_NAME}(\.[0-9]+)?")  # a row of a fleet adds its number
_SEPARATOR = regex(r"[/\\]|\.\.|[\x00-\x1f\x7f]")
_ROOT = regex(r"~|[A-Za-z]:")  # a home or drive: a path may begin with it without a separator
_DEVICE = regex(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])\s*(\.|$)", re.IGNORECASE)  # Windows devices


def is_run(text: object) -> bool:
    """Whether the text is the id of a run, or of a row of one."""
    return isinstance(text, str) and _RUN.fullmatch(text) is not None


def is_run_name(text: object) -> bool:
    """Whether a run, call or fleet may have this id; ids of rows are made from it."""
    return isinstance(text, str) and _RUN_NAME.fullmatch(text) is not None


def is_plain(text: str) -> bool:
    """Whether a text is a name that is safe as part of a file name.

    It is not empty and not only dots; it contains no separator, no `..` and no control character;
    it is not a home, drive or device; and it is not too long.
    """
    if _SEPARATOR.search(text) or _ROOT.match(text) or _DEVICE.match(text):
        return False
    return text.strip(". ") != "" and bytes_of(text) <= LONGEST


def bytes_of(name: str) -> int:
    """The length in bytes of a name in the file system."""
    return len(name.encode("utf-8", "surrogatepass"))
