"""SOAP 1.1 in Enedis's form: reads and checks requests, writes answers and faults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

from lxml import etree
from msgspec import Struct

from sgeflow.core.documents import Operation
from sgeflow.core.soap.xml import SAFE_PARSING

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
TECHNIQUE = "http://www.enedis.fr/sge/b2b/technique/v1.0"
OLD = "http://www.erdf.fr/sge/b2b/dictionnaire/v4.0/dc"  # namespace of the history service alone


_START = f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{SOAP}">'.encode()
_RESULT = '<resultat code="SGT200">Succès</resultat>'
ACKNOWLEDGEMENT = (
    f'<soap:Header><tec:acquittement xmlns:tec="{TECHNIQUE}">'
    f"{_RESULT}</tec:acquittement></soap:Header>"
).encode()


class Refusal(Exception):
    """A refusal of SGE: code, label, and the unreliable `faultstring` of some services."""

    def __init__(self, code: str, message: str, string: str = "") -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.string = string or message


def body_of(message: bytes) -> etree._Element:
    """The single element in the body of an envelope.

    Raises:
        Refusal: SGT562 when the message is not such an envelope.
    """
    # a shared parser has a lock, which a forked process could inherit while it is held
    parser = etree.XMLParser(**SAFE_PARSING, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(message, parser)
    except etree.XMLSyntaxError as error:
        raise Refusal("SGT562", f"Le message n'est pas du XML bien formé : {error.msg}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refusal("SGT562", "Le message ne doit pas contenir de DOCTYPE.")
    if root.tag != f"{{{SOAP}}}Envelope":
        raise Refusal("SGT562", f"Enveloppe SOAP 1.1 attendue, élément « {local(root)} » reçu.")
    body = root.find(f"{{{SOAP}}}Body")
    if body is None or len(body) != 1:
        raise Refusal("SGT562", "Body doit contenir un élément et un seul.")
    return body[0]


def local(element: etree._Element) -> str:
    """The element's name without namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: etree._Element) -> str:
    """The element's namespace; empty without one."""
    return str(element.tag)[1:].partition("}")[0] if str(element.tag).startswith("{") else ""


def code_and_label(code: str, label: str) -> dict[str, str]:
    """A coded value in SGE's form, for `RequestMessage.answer`."""
    return {"@code": code, "libelle": label}


def _fill(element: etree._Element, content: Mapping[str, Any]) -> None:
    for key, value in content.items():
        if key.startswith("@"):
            element.set(key[1:], str(value))
            continue
        for item in value if isinstance(value, list | tuple) else (value,):
            if item is None:
                continue
            child = etree.SubElement(element, key)
            if isinstance(item, Mapping):
                _fill(child, item)
            else:
                child.text = str(item).lower() if isinstance(item, bool) else str(item)


def wrap_envelope(answer: bytes, header: bytes) -> bytes:
    """Wrap an answer in its envelope, with the header of most services that have one."""
    return b"".join((_START, header, b"<soap:Body>", answer, b"</soap:Body></soap:Envelope>"))


def old_acknowledgement(point: str, login: str) -> bytes:
    """The header element of the dictionary v4.0, with the point and the caller's login."""
    return (
        f'<soap:Header><dc:acquittementP xmlns:dc="{OLD}">{_RESULT}'
        f"<infoFonctionnelles><pointId>{escape(point)}</pointId></infoFonctionnelles>"
        f"<infoDemandeur><loginDemandeur>{escape(login)}</loginDemandeur></infoDemandeur>"
        "</dc:acquittementP></soap:Header>"
    ).encode()


def fault(refusal: Refusal, space: str = TECHNIQUE) -> bytes:
    """A fault in Enedis's form: `soap:Server`, with the code in `erreur/resultat`."""
    content = (
        f"<soap:Fault><faultcode>soap:Server</faultcode>"
        f"<faultstring>{escape(refusal.string)}</faultstring>"
        f'<detail><ns3:erreur xmlns:ns3="{space}"><resultat code="{escape(refusal.code)}">'
        f"{escape(refusal.message)}</resultat></ns3:erreur></detail></soap:Fault>"
    )
    return wrap_envelope(content.encode(), b"")


class RequestMessage(Struct, frozen=True):
    """The body element of a request whose form was checked."""

    operation: Operation
    element: etree._Element

    def text(self, path: str) -> str | None:
        """The text at a path below the root; None when the element is missing."""
        child = self.element.find(path)
        return None if child is None else (child.text or "")

    def need(self, path: str) -> str:
        """The text at a path. Raises: Refusal SGT562 naming the missing element."""
        text = self.text(path)
        if text is None:
            raise Refusal("SGT562", f"Message non conforme : élément {path} manquant.")
        return text

    def flag(self, path: str) -> bool | None:
        """The boolean at a path; None when the element is missing."""
        text = self.text(path)
        return None if text is None else text.strip() in ("true", "1")

    def day(self, path: str) -> date:
        """The date at a path without its offset. Raises: Refusal SGT562."""
        text = self.need(path).strip()[:10]
        try:
            return date.fromisoformat(text)
        except ValueError:
            reason = f"Message non conforme : {path} n'est pas une date."
            raise Refusal("SGT562", reason) from None

    def day_or_none(self, path: str) -> date | None:
        """The date at a path; None when the element is missing."""
        return None if self.element.find(path) is None else self.day(path)

    def has(self, path: str) -> bool:
        """Whether the element at a path exists."""
        return self.element.find(path) is not None

    def each(self, path: str) -> list[RequestMessage]:
        """The elements at a path, each as a message."""
        return [RequestMessage(self.operation, child) for child in self.element.findall(path)]

    def answer(self, name: str, content: Mapping[str, Any] | str) -> bytes:
        """Write the answer's root as XML, with unqualified children or a text.

        The root takes the request's namespace. `@key` is an attribute, a list repeats its element,
        None leaves the element out.
        """
        root = namespace(self.element)
        element = etree.Element(f"{{{root}}}{name}", nsmap={"ns": root})
        if isinstance(content, str):
            element.text = content
        else:
            _fill(element, content)
        return etree.tostring(element, encoding="UTF-8", xml_declaration=False)

    def point_id(self) -> str:
        """The id of the request's point; empty without one."""
        child = self.element.find(".//pointId")
        return "" if child is None else (child.text or "")
