"""References to secrets: what looks like one and is none is told where it stands."""

from __future__ import annotations

from sgeflow.core.language.reader import Reader
from sgeflow.core.language.text import Path
from sgeflow.errors import Id
from sgeflow.messages import say
from sgeflow.patterns import regex

IN_CLEAR = say("write ${{secret.NAME}}, and give NAME as a variable, a file or a keyring entry")
NO_REFERENCE = regex(
    r"(?<!\$)\$\{(?!\s*secret\.[A-Za-z_](?:[A-Za-z0-9_]|\{instance\})*\s*\})[^}]*\}?"
)


def check_references(reader: Reader, path: Path, places: list[Path]) -> None:
    """What looks like a reference and is none would be sent as it stands."""
    for place in places:
        for match in NO_REFERENCE.finditer(reader.get((*path, *place))):
            reader.report(
                Id.SECRET,
                say("{found} is no reference to a secret", found=match.group()),
                (*path, *place),
                note=say("write ${{secret.NAME}}"),
            )
