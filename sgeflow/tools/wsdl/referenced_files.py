"""The documents of a WSDL: descriptions beside it, named by a relative path, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from lxml import etree
from msgspec import Struct, field

from sgeflow.adapters.project_files import show_path
from sgeflow.core.soap.xml import Element, Flaw, parse
from sgeflow.errors import Id, InvalidDocuments, Problem
from sgeflow.messages import Message, os_error_text, say, sentences

_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
_HINTS = "{http://www.w3.org/2001/XMLSchema-instance}"
_IMPORTING = ("import", "include", "redefine", "override")
_READ = (".wsdl", ".xsd", ".xml")


def _imports(body: bytes) -> Iterator[str]:
    """The places of other documents that a document names."""
    root = parse(body)
    for element in () if isinstance(root, Flaw) else root.iter(etree.Element):
        if etree.QName(element).localname in _IMPORTING:
            yield from filter(None, map(element.get, ("schemaLocation", "location")))
        yield from element.get(f"{_HINTS}schemaLocation", "").split()[1::2]
        yield from element.get(f"{_HINTS}noNamespaceSchemaLocation", "").split()


class Descriptions(Struct):
    """Answers zeep's wishes for documents from the disk, and remembers what it read."""

    name: str  # of the WSDL, for messages
    read_files: dict[Path, bytes] = field(default_factory=dict)

    def load(self, url: str) -> bytes:
        """The protocol of zeep's transports."""
        address = urlsplit(str(url))
        if address.scheme not in ("", "file"):
            raise refusal(
                self.name,
                say("imports {url}, which is not a local file", url=url),
                remedy=say("save that document beside the WSDL, and name it in schemaLocation"),
            )
        return self.read(Path(unquote(address.path)))

    def read(self, path: Path) -> bytes:
        """One document."""
        try:
            body = path.read_bytes()
        except OSError as error:
            words = say("cannot be read: {reason}", reason=os_error_text(error))
            if show_path(path) != self.name:
                words = say("imports {path}, which {words}", path=show_path(path), words=words)
            raise refusal(self.name, words) from None
        self.read_files[path.resolve()] = body
        for place in _imports(body):
            named = self._beside(place)
            other = path.parent / named if named else path
            if other.is_file() and other.resolve() not in self.read_files:
                self.read(other)  # the reader of schemas follows what zeep does not
        return body

    def _beside(self, place: str) -> PurePosixPath | None:
        """The relative path that a document names; None when it is refused as it is loaded."""
        address = urlsplit(place)
        path = PurePosixPath(unquote(address.path))
        if address.scheme not in ("", "file"):
            return None
        is_relative = not (address.scheme or address.netloc or path.is_absolute())
        if is_relative and path.suffix.lower() in _READ:
            return path
        raise refusal(
            self.name,
            say("imports {url}, which is no WSDL or schema beside it", url=place),
            remedy=say("save that document beside the WSDL, and name it in schemaLocation"),
        )

    def definitions(self) -> Iterator[tuple[Path, Element]]:
        """The WSDL documents among what was read."""
        for path, body in self.read_files.items():
            root = parse(body)
            if not isinstance(root, Flaw) and root.tag == f"{_WSDL}definitions":
                yield path, root

    def bound_operations(self, *, use: str = "") -> Iterator[str]:
        """The operations bound to SOAP 1.1, all or those with such a body: zeep hides the use."""
        for _, root in self.definitions():
            for binding in root.iterfind(f"{_WSDL}binding"):
                if binding.find(f"{_SOAP}binding") is None:
                    continue
                for operation in binding.iterfind(f"{_WSDL}operation"):
                    bodies = operation.iter(f"{_SOAP}body")
                    if not use or any(body.get("use") == use for body in bodies):
                        yield operation.get("name", "")


def refusal(name: str, what: Message, *, remedy: str = "") -> InvalidDocuments:
    """The error for a WSDL that cannot be used."""
    details = (("remedy", remedy),) if remedy else ()
    return InvalidDocuments(
        Problem(id=Id.UNREADABLE, message=sentences(name, what), where=name, details=details)
    )
