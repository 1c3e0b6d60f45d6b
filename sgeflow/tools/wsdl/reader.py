"""Reads a WSDL from local files: operations with zeep, elements with xmlschema.

Nothing is loaded from the network: imported documents are local files with relative paths.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree
from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.extras import install_command
from sgeflow.adapters.project_files import show_path
from sgeflow.core.checking.document import is_shared
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.schemas import NAME, NAMESPACE
from sgeflow.core.soap.xml import Element, parse
from sgeflow.core.wires.answers import Flaw
from sgeflow.errors import Id, InvalidDocuments, Problem, SgeflowError, UsageError
from sgeflow.messages import Message, os_error_text, say, sentences
from sgeflow.patterns import regex
from sgeflow.tools.wsdl.message import as_written, prefixes
from sgeflow.tools.wsdl.model import DescribedOperation, XsdNode, service_name
from sgeflow.tools.wsdl.xsd import MOST, Inline, Schemas, TooManyElementsError

_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_SOAPS = "{http://schemas.xmlsoap.org/wsdl/soap/}", "{http://schemas.xmlsoap.org/wsdl/soap12/}"
_SCHEMA = "{http://www.w3.org/2001/XMLSchema}schema"
_XML_SCHEMA = ("www.w3.org", "/2001/xml.xsd")
_NEEDED = ("zeep", "xmlschema")
_OPERATION, _NAMESPACE = regex(NAME), regex(NAMESPACE)
_MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError)


def read_wsdl(path: Path) -> Wsdl:
    """Read a WSDL and all documents that it imports.

    Raises:
        UsageError: the extra `wsdl` is not installed.
        InvalidDocuments: no WSDL 1.1, nothing of SOAP document/literal in it, or an import
            that is missing, remote or broken.
    """
    if not all(map(find_spec, _NEEDED)):
        raise UsageError(
            Problem(
                id=Id.USAGE,
                message=say("reading a WSDL needs zeep and xmlschema"),
                details=(("next", install_command("wsdl")),),
            )
        )
    files = Descriptions(show_path(path))
    _check_root(files.read(path), files.name)
    document, left_out = _load(path, files)
    bound = []
    encoded = frozenset(files.bound_operations(use="encoded"))
    for one in _bindings(document):
        if words := _unspoken(one, encoded):
            left_out.setdefault(one.name, refusal(files.name, words).problems[0])
        else:
            bound.append(one)
    if not bound and not left_out:
        raise refusal(files.name, say("binds no operation to SOAP over HTTP"))
    return Wsdl(name=files.name, operations=tuple(bound), files=files, left_out=left_out)


class BoundOperation(Struct, frozen=True, kw_only=True):
    """An operation with a SOAP binding."""

    name: str
    operation: Any
    service: str
    address: str
    soap: str


class Wsdl(Struct, frozen=True, kw_only=True):
    """A WSDL whose operations are described on demand."""

    name: str
    operations: tuple[BoundOperation, ...]
    files: Descriptions
    left_out: dict[str, Problem]  # why an operation cannot be described, by name

    def names(self) -> tuple[str, ...]:
        """The operations with a SOAP binding."""
        return tuple(dict.fromkeys((*(bound.name for bound in self.operations), *self.left_out)))

    def describe(self, *wanted: str) -> tuple[DescribedOperation, ...]:
        """Describe some operations, or all that a document can express; `left_out` has the others.

        Raises:
            UsageError: a name is unknown; suggests a similar one.
            InvalidDocuments: no document can express any of them, or the schema is broken.
        """
        by_name = {bound.name: bound for bound in reversed(self.operations)}
        for name in wanted:
            if name not in self.names():
                raise UsageError(
                    Problem(
                        id=Id.UNKNOWN_NAME,
                        message=say(
                            '{owner} has no {what} "{name}"',
                            what=say("operation"),
                            owner=self.name,
                            name=name,
                        ),
                        allowed=self.names(),
                        allowed_label="operations",
                        suggestion=closest(name, self.names()),
                    )
                )
        described, texts = [], self._documentation()
        schemas = self._schemas()
        for name in wanted or self.names():
            if name not in by_name:
                continue
            try:
                described.append(self._describe(by_name[name], schemas, texts.get(name, "")))
            except InvalidDocuments as error:
                self.left_out[name] = error.problems[0]
        if not described:
            raise InvalidDocuments(*(self.left_out[name] for name in wanted or self.names()))
        return tuple(described)

    def _schemas(self) -> Schemas:
        from xmlschema import XMLSchemaException

        inline = [
            Inline(etree.tostring(schema, encoding="unicode"), path.parent)
            for path, root in self.files.definitions()
            for schema in root.iterfind(f"{_WSDL}types/{_SCHEMA}")
        ]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # imports without a location are normal
            try:
                return Schemas(inline)
            except (XMLSchemaException, SyntaxError, *_MALFORMED) as error:
                raise refusal(
                    self.name, say("has a broken schema: {words}", words=_words(error))
                ) from None

    def _describe(
        self, bound: BoundOperation, schemas: Schemas, documentation: str
    ) -> DescribedOperation:
        if not _OPERATION.fullmatch(bound.name) or is_shared("operations", bound.name):
            words = say('has an operation "{name}", which names no document', name=bound.name)
            remedy = say("a name is letters, digits and _, and not types, faults or services")
            raise refusal(self.name, words, remedy=remedy)
        element = self._element(bound, "input", schemas)
        if element.schema and not element.children:
            words = say("has an operation {bound} whose request is a text", bound=bound.name)
            raise refusal(self.name, words)
        request = as_written(element)
        if schemas.mistakes:
            count, first = len(schemas.mistakes), schemas.mistakes[0]
            note = f"the schema has mistakes ({count}), and may lack something: {first}"
            request = replace(request, notes=(*request.notes, note))
        reply = self._element(bound, "output", schemas)
        header = _header(bound.operation, schemas)
        try:
            path = urlsplit(bound.address).path.strip("/")
        except ValueError:  # an unclosed bracket: the document gives the service's place
            path = ""
        service, version = service_name(path, request.namespace, bound.service)
        described = DescribedOperation(
            name=bound.name,
            service=service,
            version=version,
            location=path,
            soap_action=bound.operation.soapaction or "",
            header=tuple(as_written(block, needed=False) for block in header),
            documentation=documentation or request.documentation,
            request=request,
            reply=reply,
            source=Path(self.name).name,
            soap=bound.soap,
        )
        for space in prefixes(described):
            if not _NAMESPACE.match(space):
                words = say(
                    'has an operation {bound} with the namespace "{space}", which is not absolute',
                    bound=bound.name,
                    space=space,
                )
                raise refusal(self.name, words)
        return described

    def _element(self, bound: BoundOperation, side: str, schemas: Schemas) -> XsdNode:
        from xmlschema import XMLSchemaException

        message = getattr(bound.operation, side)
        name = getattr(getattr(message, "body", None), "qname", None)
        try:
            element = schemas.element(name.text) if name is not None else None
        except TooManyElementsError:
            words = say(
                "has an operation {bound} whose {side} has more than {most:,} elements",
                bound=bound.name,
                side=side,
                most=MOST,
            )
            raise refusal(self.name, words) from None
        except (XMLSchemaException, RecursionError, *_MALFORMED) as error:
            words = say(
                "has an operation {bound} whose {side} cannot be understood: {words}",
                bound=bound.name,
                side=side,
                words=_words(error),
            )
            raise refusal(self.name, words) from error
        if element is None or not element.namespace:
            words = say(
                "has an operation {bound} whose {side} is not one element of a namespace",
                bound=bound.name,
                side=side,
            )
            raise refusal(self.name, say("{words}, as document/literal wants it", words=words))
        return element

    def _documentation(self) -> dict[str, str]:
        """The documentation of operations by name; of several texts the first."""
        texts: dict[str, str] = {}
        for _, root in self.files.definitions():
            for one in root.iterfind(f"{_WSDL}portType/{_WSDL}operation"):
                text = (one.findtext(f"{_WSDL}documentation") or "").strip()
                lines = "\n".join(" ".join(line.split()) for line in text.splitlines())
                if lines:
                    texts.setdefault(one.get("name", ""), lines)
        return texts


def _check_root(body: bytes, name: str) -> None:
    root = parse(body)
    if isinstance(root, Flaw):
        raise refusal(name, say("is not a WSDL: it {reason}", reason=root.reason))
    if root.tag == "{http://www.w3.org/ns/wsdl}description":
        raise refusal(name, say("is a WSDL 2.0, where SOAP services have a WSDL 1.1"))
    if root.tag != f"{_WSDL}definitions":
        what = etree.QName(root).localname
        remedy = say("give the .wsdl file that imports it") if what == "schema" else ""
        raise refusal(name, say("is not a WSDL: its root is <{what}>", what=what), remedy=remedy)


def _load(path: Path, files: Descriptions) -> tuple[Any, dict[str, Problem]]:
    """Read the document with zeep; also the reasons why operations are left out, by name."""
    from zeep import Settings
    from zeep.exceptions import Error
    from zeep.wsdl import Document

    transport: Any = files  # of zeep's transport, a WSDL needs `load` only
    settings = Settings(forbid_dtd=True, forbid_entities=True, forbid_external=False)
    with warnings.catch_warnings(record=True) as notices:
        warnings.simplefilter("always")
        try:
            document = Document(str(path.resolve()), transport, settings=settings)
        except SgeflowError:
            raise
        except (Error, *_MALFORMED) as error:
            raise refusal(
                files.name, say("cannot be understood: {words}", words=_words(error))
            ) from None
    # zeep warns of an operation with a dangling message, and leaves it out
    bindings: list[Any] = list(document.bindings.values())
    understood = {name for binding in bindings for name in binding.all()}
    lost = {}
    for name in files.bound_operations():
        if name not in understood:
            texts = [str(warning.message) for warning in notices]
            why = "; ".join([text for text in texts if name in text] or texts)
            words = say("has an incomplete operation {name}: {why}", name=name, why=why)
            lost[name] = refusal(files.name, words).problems[0]
    return document, lost


def _bindings(document: Any) -> Iterator[BoundOperation]:
    """The operations of SOAP 1.1 bindings, or of SOAP 1.2 bindings if there are no others."""
    from zeep.wsdl.bindings import Soap11Binding, Soap12Binding

    bindings: list[tuple[str, str, Any]] = [
        (service.name, (port.binding_options or {}).get("address", ""), port.binding)
        for service in document.services.values()
        for port in service.ports.values()
    ]
    every = document.bindings.values()  # also bindings without a port
    bindings += [(binding.name.localname, "", binding) for binding in every]
    for soap, kind in (("1.1", Soap11Binding), ("1.2", Soap12Binding)):
        spoken = [one for one in bindings if isinstance(one[2], kind)]
        for service, address, binding in spoken:
            for name, operation in binding.all().items():
                yield BoundOperation(
                    name=name, operation=operation, service=service, address=address, soap=soap
                )
        if spoken:
            return


def _unspoken(bound: BoundOperation, encoded: Collection[str]) -> Message | None:
    """The reason why an operation is not document/literal with request and response; or None."""
    name, operation = bound.name, bound.operation
    if operation.style != "document" or name in encoded:
        style = f"{operation.style}/{'encoded' if name in encoded else 'literal'}"
        return say("binds {name} as {style}, not as document/literal", name=name, style=style)
    if operation.input is None or operation.output is None:
        return say("has a one-way operation {name}, which is never answered", name=name)
    return None


def _header(operation: Any, schemas: Schemas) -> tuple[XsdNode, ...]:
    elements = getattr(operation.input.header.type, "elements", ())
    names = [element.qname.text for _, element in elements]
    return tuple(filter(None, map(schemas.element, names)))


def _words(error: BaseException) -> str:
    words = " ".join(str(getattr(error, "message", None) or error).split())
    return words[:200] or type(error).__name__


_HINTS = "{http://www.w3.org/2001/XMLSchema-instance}"
_IMPORTING = ("import", "include", "redefine", "override")
_READ = (".wsdl", ".xsd", ".xml")


def _imports(body: bytes) -> Iterator[str]:
    """The places of other documents in a document."""
    root = parse(body)
    for element in () if isinstance(root, Flaw) else root.iter(etree.Element):
        if etree.QName(element).localname in _IMPORTING:
            yield from filter(None, map(element.get, ("schemaLocation", "location")))
        yield from element.get(f"{_HINTS}schemaLocation", "").split()[1::2]
        yield from element.get(f"{_HINTS}noNamespaceSchemaLocation", "").split()


class Descriptions(Struct):
    """Gives zeep local documents, and remembers which were read."""

    name: str  # name of the WSDL in messages
    read_files: dict[Path, bytes] = field(default_factory=dict)

    def load(self, url: str) -> bytes:
        """Read a document for zeep."""
        address = urlsplit(str(url))
        if (address.netloc, address.path) == _XML_SCHEMA:  # zeep requests it for the prefix `xml`
            import xmlschema

            return (Path(xmlschema.__file__).parent / "schemas/XML/xml.xsd").read_bytes()
        if address.scheme not in ("", "file"):
            raise refusal(
                self.name,
                say("imports {url}, which is not a local file", url=url),
                remedy=say("save that document beside the WSDL, and name it in schemaLocation"),
            )
        return self.read(Path(unquote(address.path)))

    def read(self, path: Path) -> bytes:
        """Read a document, and the local documents that it names."""
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
                self.read(other)  # the schema reader needs documents that zeep ignores
        return body

    def _beside(self, place: str) -> PurePosixPath | None:
        """The relative path of a named document; None if loading it will be refused."""
        address = urlsplit(place)
        path = PurePosixPath(unquote(address.path))
        if address.scheme not in ("", "file"):
            return None
        is_relative = not (address.scheme or address.netloc or path.is_absolute())
        if is_relative and path.suffix.lower() in _READ:
            return path
        raise refusal(
            self.name,
            say("imports {url}, which is not a WSDL or schema beside it", url=place),
            remedy=say("save that document beside the WSDL, and name it in schemaLocation"),
        )

    def definitions(self) -> Iterator[tuple[Path, Element]]:
        """The WSDL documents among the files read."""
        for path, body in self.read_files.items():
            root = parse(body)
            if not isinstance(root, Flaw) and root.tag == f"{_WSDL}definitions":
                yield path, root

    def bound_operations(self, *, use: str = "") -> Iterator[str]:
        """The operations bound to SOAP, all or those with this `use`, which zeep does not give."""
        for _, root in self.definitions():
            for binding in root.iterfind(f"{_WSDL}binding"):
                if all(binding.find(f"{soap}binding") is None for soap in _SOAPS):
                    continue
                for operation in binding.iterfind(f"{_WSDL}operation"):
                    bodies = operation.iter(*(f"{soap}body" for soap in _SOAPS))
                    if not use or any(body.get("use") == use for body in bodies):
                        yield operation.get("name", "")


def refusal(name: str, what: Message, *, remedy: str = "") -> InvalidDocuments:
    """The error for a WSDL that cannot be used."""
    details = (("remedy", remedy),) if remedy else ()
    return InvalidDocuments(
        Problem(id=Id.UNREADABLE, message=sentences(name, what), where=name, details=details)
    )
