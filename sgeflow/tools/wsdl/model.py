"""Operations described by a WSDL, and differences between a document and a WSDL."""

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
    """Children of one element that occur together or exclude each other (`xs:choice`)."""

    least: int  # 0: all alternatives may be absent
    alternatives: tuple[tuple[str, ...], ...]  # names of children; a single alternative is a group
    needed: frozenset[str]  # names that must occur in an alternative


class XsdNode(Struct, frozen=True, kw_only=True):
    """An element or attribute as its XSD declares it, with its descendants."""

    name: str  # local name; with @ for an attribute
    namespace: str = ""  # empty for a name without prefix
    least: int = 1  # also 0 where an enclosing group may be absent
    most: int | None = 1  # None: unbounded
    nillable: bool = False
    default: str | None = None
    documentation: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)  # of the text; empty without text
    children: tuple[XsdNode, ...] = ()
    groups: tuple[ChoiceGroup, ...] = ()
    notes: tuple[str, ...] = ()  # facts of the XSD that a document cannot express

    @property
    def repeats(self) -> bool:
        """Whether it may occur more than once."""
        return self.most is None or self.most > 1

    def walk(self, above: ElementPath = ()) -> Iterator[tuple[ElementPath, XsdNode]]:
        """Every descendant with its path of names, in document order."""
        for child in self.children:
            path = (*above, child.name)
            yield path, child
            yield from child.walk(path)


class DescribedOperation(Struct, frozen=True, kw_only=True):
    """An operation of a WSDL, document/literal over SOAP."""

    name: str
    service: str  # from the path of the location, else the WSDL's name of the service
    version: str  # "" if neither location nor namespace contains a version
    location: str  # path of the printed address, without host and leading slash
    soap_action: str
    header: tuple[XsdNode, ...]  # blocks of the header
    documentation: str
    request: XsdNode
    reply: XsdNode
    source: str  # name of the WSDL in comments and messages
    soap: str = "1.1"  # version of SOAP


def service_name(path: str, namespace: str, service: str) -> tuple[str, str]:
    """The name and version of a service from its path (`Name/v1.0`), else from the WSDL."""
    match = _PLACED.fullmatch(path)
    version = match[2] if match else (v[1] if (v := _VERSIONED.search(namespace)) else "")
    return (match[1] if match else _VERSIONED.sub("", service)), version


class Stance(StrEnum):
    """How a document differs from the WSDL."""

    MISSING = "missing"  # only the WSDL has it
    EXTRA = "extra"  # only the document has it
    CHANGED = "changed"
    STRICTER = "stricter"  # the document allows less: a person's choice, which stays
    LOOSER = "looser"  # the document allows more than SGE's schema
    UNREAD = "unread"  # no output reads this element of the reply
    PRINTED = "printed"  # the WSDL's own value differs, but is unreliable


class Difference(Struct, frozen=True):
    """A difference between a document and a WSDL."""

    part: str  # element, order, required, enumeration, pattern, length, type, list, namespace …
    stance: Stance
    where: str  # an element's path of names, or a part of the document
    document: str
    wsdl: str
    at: Location | None = None
