"""Whether the files by which an environment shows who it is go together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sgeflow.core.language.reader import Reader
from sgeflow.core.language.text import Path
from sgeflow.errors import Id
from sgeflow.messages import say


def check_certificates(reader: Reader, path: Path, data: Mapping[str, Any]) -> None:
    """A PFX file holds certificate and key; a key alone proves nothing."""
    if "pfx" in data and "certificate" in data:
        note = say("a PFX file holds both: take certificate and key out, or pfx")
        reader.report(
            Id.RULE,
            say("pfx and certificate do not go together"),
            (*path, "pfx"),
            key=True,
            note=note,
        )
    elif "key" in data and "certificate" not in data:
        message = say('the key "{key}" is missing', key="certificate")
        note = say("a private key goes with its certificate")
        reader.report(Id.MISSING_KEY, message, (*path, "key"), key=True, note=note)
