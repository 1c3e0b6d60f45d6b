"""What may become a part of a file's name: the one rule for all that comes from elsewhere.

What a cassette, a reply, a delivered file, a WSDL or a row says is never a path. It may be a part
of one, as a point's id is in `data/${inputs.pointId}.json`, when it is a plain name.
"""

from __future__ import annotations

import re

RUN_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
"""How a run is named by a person or by chance."""

_RUN = re.compile(rf"{RUN_NAME}(\.[0-9]+)?")  # a row of a fleet has a number behind
_SEPARATOR = re.compile(r"[/\\]|\.\.|[\x00-\x1f\x7f]")


def is_run(text: object) -> bool:
    """Whether this is the id of a run, or of a row of one."""
    return isinstance(text, str) and _RUN.fullmatch(text) is not None


def is_plain(text: str) -> bool:
    """Whether a text leads nowhere when it stands in a file's name: no separator, no `..`."""
    return not _SEPARATOR.search(text) and (not text or text.strip(".") != "")
