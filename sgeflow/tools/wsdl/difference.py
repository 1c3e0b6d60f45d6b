"""One thing that a document and a WSDL say differently."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from sgeflow.errors import Location


class Stance(StrEnum):
    """How a document stands to the WSDL."""

    MISSING = "missing"  # the WSDL has it, the document not
    EXTRA = "extra"  # the document has it, the WSDL not
    CHANGED = "changed"
    STRICTER = "stricter"  # the document takes less: a person's choice, never undone
    LOOSER = "looser"  # the document takes more than SGE's schema
    UNREAD = "unread"  # an element of the reply that no output reads
    PRINTED = "printed"  # the WSDL prints something else, which is not to be trusted


class Difference(Struct, frozen=True, kw_only=True):
    """One thing that a document and a WSDL say differently."""

    part: str  # element, order, required, enumeration, pattern, length, type, list, namespace …
    stance: Stance
    where: str  # an element's path of names, or what of the document
    document: str
    wsdl: str
    at: Location | None = None
