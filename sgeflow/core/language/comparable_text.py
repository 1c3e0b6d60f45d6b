"""Names, streets and towns in the form in which SGE and people's writing can be compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from sgeflow.messages import say

_SAINT = {"ST": "SAINT", "STE": "SAINTE"}
_STREET = 38  # RecherchePoint v2.0: numeroEtNomVoie has at most 38 characters (XSD)


def normalise(text: str, kind: str) -> str:
    """A name, street or town in the form that is compared: see the function pack."""
    if kind not in _NORMAL:
        raise ValueError(
            say("normalise() knows {kinds}, not {kind!r}", kinds=", ".join(_NORMAL), kind=kind)
        )
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).upper()
    return _NORMAL[kind](" ".join(plain.split()))


def _town(text: str) -> str:
    words = re.sub(r"[^A-Z]+", " ", text).split()
    parts = [_SAINT.get(word, word) for word in words]
    return " ".join(w for w in parts if w not in {"CEDEX", "ARRONDISSEMENT", "E", "EME", "ER"})


_NORMAL: dict[str, Callable[[str], str]] = {
    "name": str,
    "street": lambda text: text[:_STREET].rstrip(),
    "town": _town,
}
