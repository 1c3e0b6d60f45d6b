"""Operations of a WSDL, and the differences of a document from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from sgeflow.errors import Location
from sgeflow.patterns import regex

ElementPath = tuple[str, ...]

_PLACED = regex(r"(?:.*/)?([A-Za-z]\w*)/[vV]([0-9]+(?:\.[0-9]+)*)")
_VERSIONED = regex(r"[-_/]?[vV]([0-9]+(?:\.[0-9]+)*)\Z")


class ChoiceGroup(Struct, frozen=True, kw_only=True):
    """Children of one element that come together or exclude each other (`xs:choice`)."""

    least: int  # 0: none of the alternatives need be there
    alternatives: tuple[tuple[str, ...], ...]  # names of children; one alternative: a group
    needed: frozenset[str]  # the names that an alternative cannot go without


class XsdNode(Struct, frozen=True, kw_only=True):
    """An element or attribute as its XSD declares it, with all that stands below it."""

    name: str  # local; with @ for an attribute
    namespace: str = ""  # empty where it is written without a prefix
    least: int = 1  # 0 also where a group above may leave it out
    most: int | None = 1  # None: any number
    nillable: bool = False
    default: str | None = None
    documentation: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)  # of its text; empty: it has none
    children: tuple[XsdNode, ...] = ()
    groups: tuple[ChoiceGroup, ...] = ()
    notes: tuple[str, ...] = ()  # what the XSD says and a document has no words for

    @property
    def repeats(self) -> bool:
        """Whether it may stand there more than once."""
        return self.most is None or self.most > 1

    def walk(self, above: ElementPath = ()) -> Iterator[tuple[ElementPath, XsdNode]]:
        """Every element and attribute below, with its path of names, in document order."""
        for child in self.children:
            path = (*above, child.name)
            yield path, child
            yield from child.walk(path)


class DescribedOperation(Struct, frozen=True, kw_only=True):
    """An operation of a WSDL, document/literal over SOAP."""

    name: str
    service: str  # from the location's path, else the WSDL's own name of its service
    version: str  # "" when neither location nor namespace holds one
    location: str  # the path of the printed address, without host and leading slash
    soap_action: str
    header: tuple[XsdNode, ...]  # its blocks
    documentation: str
    request: XsdNode
    reply: XsdNode
    source: str  # what the WSDL is called in comments and messages
    soap: str = "1.1"  # the version


def service_name(path: str, namespace: str, service: str) -> tuple[str, str]:
    """A service's name and version: from its path (`Name/v1.0`), else from the other two."""
    match = _PLACED.fullmatch(path)
    version = match[2] if match else (v[1] if (v := _VERSIONED.search(namespace)) else "")
    return (match[1] if match else _VERSIONED.sub("", service)), version


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
