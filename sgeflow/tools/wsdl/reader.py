"""Reads a WSDL 1.1 from local files: operations with lxml, elements with xmlschema.

Nothing is loaded from the network: imported documents are local files with relative paths.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
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
from sgeflow.core.language.mistakes.unknown_parameters import lacks
from sgeflow.core.language.schemas import NAMESPACE
from sgeflow.core.soap.xml import Element, parse
from sgeflow.core.wires.answers import Flaw
from sgeflow.errors import Id, InvalidDocuments, Location, Problem, UsageError
from sgeflow.messages import os_error_text, say, sentences
from sgeflow.patterns import regex
from sgeflow.tools.wsdl.message import as_written, join_name, prefixes, unique
from sgeflow.tools.wsdl.model import DescribedOperation, XsdNode, service_name
from sgeflow.tools.wsdl.xsd import MOST, Inline, Schemas, TooManyElementsError, UnresolvedError

_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_SOAPS = {
    "1.1": "{http://schemas.xmlsoap.org/wsdl/soap/}",
    "1.2": "{http://schemas.xmlsoap.org/wsdl/soap12/}",
}
_HTTP = (
    "http://schemas.xmlsoap.org/soap/http",
    "http://www.w3.org/2003/05/soap/bindings/HTTP/",
)
_SCHEMA = "{http://www.w3.org/2001/XMLSchema}schema"
_NEEDED = "xmlschema"
_NAMESPACE = regex(NAMESPACE)
_MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError)


def read_wsdl(path: Path) -> Wsdl:
    """Read a WSDL and all documents that it imports.

    Raises:
        UsageError: the extra `wsdl` is not installed, or an address is given for a file.
        InvalidDocuments: no WSDL 1.1, nothing of SOAP over HTTP in it, or an import that is
            missing, remote or broken.
    """
    if find_spec(_NEEDED) is None:
        raise UsageError.of(
            Id.USAGE,
            say("reading a WSDL needs xmlschema"),
            details=(("next", install_command("wsdl")),),
        )
    if path.parts[0] in ("http:", "https:"):
        url = str(path).replace(":/", "://", 1)
        raise UsageError.of(
            Id.USAGE,
            say("{url} is an address; a WSDL is read from a file", url=url),
            details=(("next", f"curl -o service.wsdl '{url}'"),),
        )
    files = WsdlFiles(show_path(path))
    files.read_all(path)
    operations: dict[str, list[BoundOperation]] = {}
    for bound in _bindings(files):
        operations.setdefault(bound.name, []).append(bound)
    if not operations:
        raise refusal(files.name, say("binds no operation to SOAP over HTTP"))
    return Wsdl(operations=operations, files=files)


class BoundOperation(Struct, frozen=True, kw_only=True):
    """An operation with a SOAP binding."""

    name: str
    binding: Element  # the operation in its wsdl:binding
    port_type: Element | None  # the operation in its wsdl:portType
    style: str
    service: str
    address: str
    soap: str


class Wsdl(Struct, frozen=True, kw_only=True):
    """A WSDL whose operations are described on demand."""

    operations: dict[str, list[BoundOperation]]  # by name; each with all its bindings
    files: WsdlFiles
    left_out: dict[str, Problem] = field(default_factory=dict)  # why, by name of the operation

    def describe(self, *wanted: str) -> tuple[DescribedOperation, ...]:
        """Describe some operations, or all that a document can express; `left_out` has the others.

        Raises:
            UsageError: a name is unknown; suggests a similar one.
            InvalidDocuments: no document can express any of them, or the schema is broken.
        """
        for name in wanted:
            if name not in self.operations:
                raise UsageError.of(
                    Id.UNKNOWN_NAME,
                    lacks(self.files.name, say("operation"), name),
                    allowed=tuple(self.operations),
                    allowed_label="operations",
                    suggestion=closest(name, self.operations),
                )
        described, schemas = [], self._schemas()
        names = unique((name,) for name in self.operations)
        for name in wanted or self.operations:
            for bound in self.operations[name]:
                try:
                    described.append(self._describe(bound, names[name,], schemas))
                except InvalidDocuments as error:
                    self.left_out.setdefault(name, error.problems[0])
                else:
                    self.left_out.pop(name, None)
                    break
        if not described:
            raise InvalidDocuments(*self.left_out.values())
        return tuple(described)

    def _schemas(self) -> Schemas:
        from xmlschema import XMLSchemaException

        inline = [
            Inline(etree.tostring(schema, encoding="unicode"), path.parent)
            for path, root in self.files.roots.items()
            for schema in root.iterfind(f"{_WSDL}types/{_SCHEMA}")
        ]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # imports without a location are normal
            try:
                return Schemas(inline)
            except (XMLSchemaException, SyntaxError, *_MALFORMED) as error:
                raise refusal(
                    self.files.name, say("has a broken schema: {words}", words=_words(error))
                ) from None

    def _describe(self, bound: BoundOperation, name: str, schemas: Schemas) -> DescribedOperation:
        action = bound.binding.find(f"{_SOAPS[bound.soap]}operation")
        style = bound.style if action is None else action.get("style", bound.style)
        bodies = bound.binding.iter(f"{_SOAPS[bound.soap]}body")
        use = "encoded" if any(body.get("use") == "encoded" for body in bodies) else "literal"
        if (style, use) != ("document", "literal"):
            style = f"{style}/{use}"
            words = say(
                "binds {name} as {style}, not as document/literal", name=bound.name, style=style
            )
            raise self._refusal(bound, words)
        if bound.port_type is None:
            words = say("has an operation {bound} that its portType lacks", bound=bound.name)
            raise self._refusal(bound, words)
        asked, answered = (bound.port_type.find(f"{_WSDL}{side}") for side in ("input", "output"))
        if asked is None or answered is None:
            words = say("has a one-way operation {name}, which is never answered", name=bound.name)
            raise self._refusal(bound, words)
        element = self._body(bound, asked, schemas)
        if element.schema and not element.children:
            words = say("has an operation {bound} whose request is a text", bound=bound.name)
            raise self._refusal(bound, words)
        request = as_written(element)
        if schemas.mistakes:
            count, first = len(schemas.mistakes), schemas.mistakes[0]
            note = f"the schema has mistakes ({count}), and may lack something: {first}"
            request = replace(request, notes=(*request.notes, note))
        reply = self._body(bound, answered, schemas)
        try:
            path = urlsplit(bound.address).path.strip("/")
        except ValueError:  # an unclosed bracket: the document gives the service's place
            path = ""
        service, version = service_name(path, request.namespace, bound.service)
        texts = bound.port_type.findtext(f"{_WSDL}documentation", "").strip().splitlines()
        documentation = "\n".join(" ".join(line.split()) for line in texts)
        header = (
            self._element(bound, "input", self._part(node), schemas)
            for node in bound.binding.iterfind(f"{_WSDL}input/{_SOAPS[bound.soap]}header")
        )
        described = DescribedOperation(
            name=join_name((name, "operation")) if is_shared("operations", name) else name,
            service=service,
            version=version,
            location=path,
            soap_action="" if action is None else action.get("soapAction", ""),
            header=tuple(as_written(block, needed=False) for block in header),
            documentation=documentation or request.documentation,
            request=request,
            reply=reply,
            source=Path(self.files.name).name,
            soap=bound.soap,
        )
        for space in prefixes(described):
            if not _NAMESPACE.match(space):
                words = say(
                    'has an operation {bound} with the namespace "{space}", which is not absolute',
                    bound=bound.name,
                    space=space,
                )
                raise self._refusal(bound, words)
        return described

    def _body(self, bound: BoundOperation, direction: Element, schemas: Schemas) -> XsdNode:
        """The element in the Body of a request or reply; an empty reply is the Body itself."""
        side, soap = etree.QName(direction).localname, _SOAPS[bound.soap]
        message = self.files.find("message", direction, "message")
        body = bound.binding.find(f"{direction.tag}/{soap}body")
        in_headers = map(self._part, bound.binding.iterfind(f"{direction.tag}/{soap}header"))
        others = {None if part is None else part.get("name") for part in in_headers}
        parts = [] if message is None or body is None else message.findall(f"{_WSDL}part")
        names = [str(part.get("name")) for part in parts if part.get("name") not in others]
        if body is not None:
            names = body.get("parts", " ".join(names)).split()
        if message is not None and body is not None and not names and side == "output":
            return XsdNode(name="Body")
        parts = [part for part in parts if part.get("name") in names]
        return self._element(bound, side, parts[0] if len(parts) == 1 else None, schemas)

    def _part(self, header: Element) -> Element | None:
        """The part of a message that a block of the header takes."""
        message = self.files.find("message", header, "message")
        parts = () if message is None else message.iterfind(f"{_WSDL}part")
        return next((one for one in parts if one.get("name") == header.get("part")), None)

    def _element(
        self, bound: BoundOperation, side: str, part: Element | None, schemas: Schemas
    ) -> XsdNode:
        from xmlschema import XMLSchemaException

        space, name = ("", "") if part is None else self.files.qualified(part, "element")
        try:
            element = schemas.element(f"{{{space}}}{name}") if space else None
        except TooManyElementsError:
            words = say(
                "has an operation {bound} whose {side} has more than {most:,} elements",
                bound=bound.name,
                side=side,
                most=MOST,
            )
            raise self._refusal(bound, words) from None
        except (XMLSchemaException, UnresolvedError, RecursionError, *_MALFORMED) as error:
            words = say(
                "has an operation {bound} whose {side} cannot be understood: {words}",
                bound=bound.name,
                side=side,
                words=_words(error),
            )
            raise self._refusal(bound, words) from error
        if element is None:
            words = say(
                "has an operation {bound} whose {side} is not one element of a namespace",
                bound=bound.name,
                side=side,
            )
            words = say("{words}, as document/literal wants it", words=words)
            if space:
                words = say(
                    "has an operation {bound} whose {side} is <{name}>, which no schema declares",
                    bound=bound.name,
                    side=side,
                    name=name,
                )
            raise self._refusal(bound, words)
        return element

    def _refusal(self, bound: BoundOperation, words: str) -> InvalidDocuments:
        return refusal(self.files.name, words, at=self.files.place(bound.binding, bound.name))


def _bindings(files: WsdlFiles) -> Iterator[BoundOperation]:
    """The operations of SOAP 1.1 bindings, or of SOAP 1.2 bindings if there are no others."""
    bindings = [
        (service.get("name", ""), port.find("{*}address"), binding)
        for service in files.all("service")
        for port in service.iterfind(f"{_WSDL}port")
        if (binding := files.find("binding", port, "binding")) is not None
    ]
    bindings += [(one.get("name", ""), None, one) for one in files.all("binding")]  # also portless
    for soap, space in _SOAPS.items():
        spoken = False
        for service, address, binding in bindings:
            protocol = binding.find(f"{space}binding")
            if protocol is None or protocol.get("transport", _HTTP[0]) not in _HTTP:
                continue
            spoken = True
            port_type = files.find("portType", binding, "type")
            operations = () if port_type is None else port_type.iterfind(f"{_WSDL}operation")
            by_name = {one.get("name"): one for one in operations}
            for operation in binding.iterfind(f"{_WSDL}operation"):
                yield BoundOperation(
                    name=operation.get("name", ""),
                    binding=operation,
                    port_type=by_name.get(operation.get("name")),
                    style=protocol.get("style", "document"),
                    service=service,
                    address="" if address is None else address.get("location", ""),
                    soap=soap,
                )
        if spoken:
            return


def _words(error: BaseException) -> str:
    words = " ".join(str(getattr(error, "message", None) or error).split())
    return words[:200] or type(error).__name__


_HINTS = "{http://www.w3.org/2001/XMLSchema-instance}"
_IMPORTING = ("import", "include", "redefine", "override")
_READ = (".wsdl", ".xsd", ".xml")


class WsdlFiles(Struct):
    """A WSDL and all documents that it imports, from local files."""

    name: str  # of the WSDL in messages
    roots: dict[Path, Element] = field(default_factory=dict)
    texts: dict[Path, list[str]] = field(default_factory=dict)
    named: dict[tuple[str, str, str], Element] = field(default_factory=dict)

    def read_all(self, path: Path) -> None:
        """Read the WSDL and, below it, all documents that it imports."""
        self._check_root(self._read(path, None))
        self._follow(path.resolve())
        for root in self.roots.values():
            if root.tag == f"{_WSDL}definitions":
                for child in root.iterchildren(f"{_WSDL}*"):
                    key = child.tag, root.get("targetNamespace", ""), child.get("name", "")
                    self.named.setdefault(key, child)

    def all(self, kind: str) -> Iterator[Element]:
        """All definitions of a kind, as `service`, of all documents."""
        return (node for (tag, _, _), node in self.named.items() if tag == f"{_WSDL}{kind}")

    def find(self, kind: str, node: Element, key: str) -> Element | None:
        """The definition of a kind that an attribute names."""
        return self.named.get((f"{_WSDL}{kind}", *self.qualified(node, key)))

    def qualified(self, node: Element, key: str) -> tuple[str, str]:
        """The namespace and the local name in an attribute; empty without one."""
        prefix, _, local = node.get(key, "").rpartition(":")
        return node.nsmap.get(prefix or None, "") if local else "", local

    def place(self, node: Element, value: str) -> Location:
        """The place of an attribute's value in the start tag of an element."""
        root = node.getroottree().getroot()
        path = next(path for path, one in self.roots.items() if one is root)
        lines = self.texts[path]
        last: Any = node.sourceline  # the line where the start tag ends
        written = regex(rf"""(?<=["']){re.escape(value)}(?=["'])""")
        found = ((n, m) for n in range(last, 0, -1) if (m := written.search(lines[n - 1])))
        number, match = next(found, (last, None))  # an entity in the value: not found
        return Location(
            file=show_path(path),
            line=number,
            column=match.start() + 1 if match else 1,
            length=len(value),
            before=lines[number - 2] if number > 1 else "",
            text=lines[number - 1],
        )

    def _read(self, path: Path, at: Location | None) -> Element:
        """Read a document; `at` is the place of its import."""
        body = b""
        try:
            body = path.read_bytes()
            root = parse(body)
        except OSError as error:
            root = Flaw(say("cannot be read: {reason}", reason=os_error_text(error)))
        if isinstance(root, Flaw):
            words = root.reason
            if at:
                words = say("imports {path}, which {words}", path=show_path(path), words=words)
            raise refusal(self.name, words, at=at)
        encoding = root.getroottree().docinfo.encoding or "utf-8"
        self.texts[path.resolve()] = body.decode(encoding, "replace").splitlines()
        self.roots[path.resolve()] = root
        return root

    def _check_root(self, root: Element) -> None:
        if root.tag == "{http://www.w3.org/ns/wsdl}description":
            raise refusal(self.name, say("is a WSDL 2.0, where SOAP services have a WSDL 1.1"))
        if root.tag != f"{_WSDL}definitions":
            what = etree.QName(root).localname
            remedy = say("give the .wsdl file that imports it") if what == "schema" else ""
            words = say("is not a WSDL: its root is <{what}>", what=what)
            raise refusal(self.name, words, remedy=remedy)

    def _follow(self, path: Path) -> None:
        """Read the documents that a document names."""
        for node in self.roots[path].iter(etree.Element):
            imports = etree.QName(node).localname in _IMPORTING
            places = [node.get(key) for key in ("schemaLocation", "location") if imports]
            hints = node.get(f"{_HINTS}schemaLocation", "").split()[1::2]
            hints += node.get(f"{_HINTS}noNamespaceSchemaLocation", "").split()
            for place in filter(None, (*places, *hints)):
                if (named := self._beside(node, place)) is None:
                    continue
                other = (path.parent / named).resolve()
                if other not in self.roots and (place not in hints or other.is_file()):
                    self._read(path.parent / named, self.place(node, place))
                    self._follow(other)

    def _beside(self, node: Element, place: str) -> PurePosixPath | None:
        """The relative path of a named document; None for a schema that xmlschema brings."""
        from xmlschema.locations import FALLBACK_LOCATIONS

        address = urlsplit(place)
        path = PurePosixPath(unquote(address.path))
        if address.netloc and node.get("namespace") in FALLBACK_LOCATIONS:
            return None
        is_relative = not (address.scheme or address.netloc or path.is_absolute())
        if is_relative and path.suffix.lower() in _READ:
            return path
        words = say("imports {url}, which is not a WSDL or schema beside it", url=place)
        remedy = say("save that document beside the WSDL, and name it in schemaLocation")
        raise refusal(self.name, words, at=self.place(node, place), remedy=remedy)


def refusal(
    name: str, what: str, *, at: Location | None = None, remedy: str = ""
) -> InvalidDocuments:
    """The error for a WSDL that cannot be used."""
    details = (("remedy", remedy),) if remedy else ()
    message = sentences(name, what)
    return InvalidDocuments.of(
        Id.UNREADABLE, message, at=at, where="" if at else name, details=details
    )
