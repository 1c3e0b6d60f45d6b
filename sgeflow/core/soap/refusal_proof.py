"""Decides whether an answer proves that an order was not accepted (ADR 0012).

An order that counts as refused may be sent again. So this is a short list of proofs, and everything
else proves nothing. A code proves something only in its owner's place, in its owner's namespace and
alone in the whole answer; a status only in an answer without any code.

Judged, and not accepted as proof:

- SGT500: any failure behind SGE; homologation answered it in the place of SGT566. SGT506 does not
  say before which step. SGT589: nothing says whether the case stays open. Empty codes.
- WSO2's 1015xx: sums that mean several things (101503 includes "request is sent"). 303000: one of
  several back ends may have been tried.
- 403: firewalls send it too. 404, 405: nginx sends them for a POST whose error page is missing.
  400, 408, 409, 413, 415, 421, 425, 431, 499, 5xx, redirects, pages, cut or unreadable answers.
- 407: our own proxy says it to `CONNECT`; as an answer it comes from behind.
- 401 or 429 that mention another status, a timeout or any code: their author had tried already.
- A code that is quoted: in `faultstring`, a text, a page, JSON, beside or deep inside a detail.
- A reset, or a TLS alert after a byte of a reply.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.core.documents import FaultEntry
from sgeflow.core.language.foreign_json import from_json
from sgeflow.core.model import Response
from sgeflow.core.soap.quoted_codes import json_text, page_text, quotes_another, tree_text
from sgeflow.core.soap.xml import (
    Element,
    Flaw,
    all_attributes,
    bare,
    elements,
    find_children,
    is_page,
    local_name,
    own_text,
    text_of,
)
from sgeflow.patterns import regex

_FUNCTIONAL = regex(r"SGT4[0-9A-Z]{2,3}")  # SGE's family for what it does not carry out
_OURS = ("{http://www.enedis.fr/sge/", "{http://www.erdf.fr/sge/")  # namespaces of SGE's errors
_SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
_WSO2 = tuple(f"{{http://wso2.org/apimanager{part}}}" for part in ("", "/throttling", "/security"))
_PLAIN = frozenset({"Server", "Client"})  # faultcodes that say nothing of their own
_STATUSES = frozenset({401, 429})  # said instead of carrying out, and by gateways without a code
_GATEWAY = frozenset(
    {
        *map(str, range(900800, 900808)),  # WSO2's throttling and
        *map(str, range(900900, 900912)),  # its access control work before the back end is called
        "303001",  # the back end is suspended: it is not called
    }
)
"""Numbers of WSO2. Those of its transport (1015xx) are sums that mean several things."""
_JSON_KEY = regex(rb'"([^"]*)(?="\s*:)')


def proves_refusal(
    response: Response, tree: Element | Flaw, faults: Mapping[str, FaultEntry], *, of_sge: bool
) -> bool:
    """Whether an answer, taken as a whole, proves that the order was not accepted.

    Args:
        response: that came.
        tree: its body as XML, or why it is none.
        faults: the catalogue of SGE's codes.
        of_sge: SGE's word alone proves anything. What stands between may send an order twice: the
            first is accepted, a gateway refuses the second, and no search finds such an order.
    """
    if not isinstance(tree, Flaw):
        return _xml_proves(tree, response.status, faults, of_sge=of_sge)
    if of_sge:
        return False
    body = response.body.strip()
    if body.startswith((b"{", b"[")):
        return _json_proves(body, response.status)
    if body.startswith(b"<") and not is_page(body):
        return False  # cut or broken: what it would have said is not known
    return _status_proves(response.status, page_text(body))


def _xml_proves(
    root: Element, status: int, faults: Mapping[str, FaultEntry], *, of_sge: bool
) -> bool:
    codes = list(_codes(root))
    is_soap = local_name(root) == "Envelope"
    fault = _lone_fault(root) if is_soap else None
    if not codes:
        is_said = _status_proves(status, tree_text(root)) and (not is_soap or _is_plain(fault))
        return is_said and not of_sge
    entry = _entry(fault) if is_soap else root
    if len(codes) > 1 or entry is None:
        return False
    ((owner, code),) = codes
    if _is_wso2s(entry, owner):
        return _number_proves(code, status, tree_text(root)) and not of_sge
    return _is_sges(entry, owner) and _sge_proves(code, faults.get(code))


def _codes(root: Element) -> Iterator[tuple[Element, str]]:
    """All that is called a code anywhere, with its element; the faultcode of the Fault is none."""
    for node in root.iter("*"):
        for name, value in all_attributes(node):
            if "code" in bare(name).lower():
                yield node, value.strip()
        if "code" in local_name(node).lower() and not _is_faultcode(node):
            yield node, text_of(node)


def _is_faultcode(node: Element) -> bool:
    above = node.getparent()
    return local_name(node) == "faultcode" and above is not None and above.tag == f"{_SOAP}Fault"


def _lone_fault(root: Element) -> Element | None:
    """The SOAP fault of an envelope in whose Body nothing else stands."""
    bodies = [part for part in elements(root) if part.tag != f"{_SOAP}Header"]
    if len(bodies) != 1 or bodies[0].tag != f"{_SOAP}Body":
        return None
    parts = list(elements(bodies[0]))
    return parts[0] if len(parts) == 1 and parts[0].tag == f"{_SOAP}Fault" else None


def _entry(fault: Element | None) -> Element | None:
    """What alone stands in the detail of a fault; somebody quotes it where it does not."""
    details = [] if fault is None else list(find_children(fault, "detail"))
    if len(details) != 1 or own_text(details[0]):
        return None
    entries = list(elements(details[0]))
    return entries[0] if len(entries) == 1 else None


def _is_plain(fault: Element | None) -> bool:
    """Whether a fault says nothing but words."""
    if fault is None or any(len(list(elements(part))) for part in elements(fault)):
        return False
    codes = [text_of(node).rpartition(":")[2] for node in find_children(fault, "faultcode")]
    return len(codes) == 1 and codes[0] in _PLAIN


def _is_sges(entry: Element, owner: Element) -> bool:
    """Whether a code is the one result of an error of SGE: another one may have been accepted."""
    is_error = local_name(entry) == "erreur" and entry.tag.startswith(_OURS)
    is_alone = sum(1 for _ in entry.iter("{*}resultat")) == 1
    return is_error and is_alone and local_name(owner) == "resultat" and owner.getparent() is entry


def _is_wso2s(entry: Element, owner: Element) -> bool:
    """Whether a code is the number of a fault of WSO2 that quotes nothing."""
    space = entry.tag.removesuffix("fault")
    is_flat = not any(len(list(elements(part))) for part in elements(entry))
    return space in _WSO2 and owner.tag == f"{space}code" and is_flat


def _json_proves(body: bytes, status: int) -> bool:
    try:
        document = from_json(body)
    except ValueError:
        return False
    codes = list(_json_codes(document))
    code_keys = sum(b"code" in key.lower() for key in _JSON_KEY.findall(body))
    if code_keys != len(codes):  # a key that stands twice is read once
        return False
    if not codes:
        return _status_proves(status, json_text(document))
    inner = document.get("fault") if _is_wrapped(document) else document
    if len(codes) > 1 or not isinstance(inner, dict) or "code" not in inner:
        return False
    is_flat = not any(isinstance(value, dict | list) for value in inner.values())
    return is_flat and _number_proves(str(inner["code"]).strip(), status, json_text(document))


def _is_wrapped(document: Any) -> bool:
    return isinstance(document, dict) and document.keys() == {"fault"}


def _json_codes(document: Any) -> Iterator[Any]:
    waiting = [document]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield from (value for name, value in one.items() if "code" in name.lower())
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _sge_proves(code: str, entry: FaultEntry | None) -> bool:
    """Whether a code of SGE proves it: the catalogue's word, else its family."""
    if entry is not None and entry.refuses is not None:
        return entry.refuses
    return _FUNCTIONAL.fullmatch(code) is not None


def _number_proves(code: str, status: int, text: str) -> bool:
    """Whether a number of WSO2 proves it; one that only repeats the status is none."""
    return _status_proves(status, text) if code == str(status) else code in _GATEWAY


def _status_proves(status: int, text: str) -> bool:
    """Whether the status of an answer without a code proves it: its text quotes no other one."""
    return status in _STATUSES and not quotes_another(text, status)
