"""Faults in XML, of the service or of the gateway, and answers in XML that prove a refusal."""

from collections.abc import Iterable, Mapping

from sgeflow.core.documents import FaultEntry, Operation, Service
from sgeflow.core.model import Fault, FaultClass, Response
from sgeflow.core.soap.general_codes import is_general
from sgeflow.core.soap.service_faults import (
    SOAP_11,
    SOAP_12,
    codes_in,
    is_alone,
    read_parts,
)
from sgeflow.core.soap.xml import (
    Element,
    attributes,
    elements,
    find_children,
    local_name,
    own_text,
    text_of,
)
from sgeflow.core.wires.answers import Flaw, is_page
from sgeflow.core.wires.refusals import (
    CODE,
    UNSHOWN,
    Answer,
    class_of,
    json_proves,
    known_code,
    number_proves,
    page_text,
    status_proves,
)
from sgeflow.patterns import regex

_WSO2 = tuple(f"{{http://wso2.org/apimanager{part}}}" for part in ("", "/throttling", "/security"))
_PLAIN = frozenset({"Server", "Client"})  # faultcodes without a meaning of their own


def soap_fault(answer: Answer, fault: Element) -> Fault:
    """Read a SOAP fault: by the error code of service or gateway, otherwise by its parts.

    Homologation answered without detail, with an empty code and with a qualified faultcode, so
    elements are found by local name and nothing is required. `faultstring` is unreliable.
    """
    operation, service = answer.operation, answer.operation.provider
    paths = operation.response.fault
    known = {*operation.faults, *answer.faults}
    parts = read_parts(fault, paths, known)
    is_services = parts.code in known and not CODE.fullmatch(parts.code)
    names = (f"{{*}}{name}" for name in (service.error, "fault") if name)
    for node in () if paths else fault.iter(*names):
        is_gateways = local_name(node) == "fault" and not is_services
        if is_gateways and (gateway := gateway_xml(answer, node)):
            return gateway
        for result in find_children(node, service.result):
            given = dict(attributes(result)).get("code", "").strip()
            code = known_code(given, answer.faults, operation.faults)
            return answer.refusal(code, own_text(result) or parts.reason, class_of(code))
    usual = FaultClass.INVALID if parts.blames_request else FaultClass.TECHNICAL
    code = known_code(parts.code, answer.faults, operation.faults)
    return answer.refusal(code, parts.reason, usual)


def gateway_xml(answer: Answer, fault: Element) -> Fault | None:
    """A fault of the API manager in XML, its form up to version 3; None for other answers."""
    code = next((text_of(node) for node in find_children(fault, "code")), None)
    if code is None:
        return None
    nodes = (*find_children(fault, "message"), *find_children(fault, "description"))
    return answer.gateway(known_code(code), ": ".join(filter(None, map(text_of, nodes))))


def tree_text(root: Element) -> str:
    """The text of an XML document that a reader sees."""
    parts = [
        part
        for node in root.iter("*")
        for part in (node.tail, None if local_name(node).lower() in UNSHOWN else node.text)
    ]
    return " ".join(part for part in parts if part)


def proves_refusal(
    operation: Operation,
    response: Response,
    tree: Element | Flaw,
    faults: Mapping[str, FaultEntry],
) -> bool:
    """Whether an answer as a whole proves that the order was not accepted.

    A refused order may be sent again, so only the cases listed here are proofs (ADR 0012): a code
    in its owner's place and namespace as the only code, or a status without any code.

    If the operation has no search for the order, only errors of the service itself are proofs: a
    gateway may send an order twice, and refuse the second request after the service accepted the
    first.

    Args:
        operation: the called operation.
        response: the answer to the order.
        tree: the body as XML, or the reason why it is not XML.
        faults: the catalogue of codes.
    """
    is_strict = operation.reconcile is None
    if not isinstance(tree, Flaw):
        fault = _lone_fault(tree) if local_name(tree) == "Envelope" else None
        if fault is not None and _parts_prove(tree, fault, operation, faults):
            return True
        return _xml_proves(tree, response.status, faults, operation.provider, is_strict=is_strict)
    if is_strict:
        return False
    body = response.body.strip()
    if body.startswith((b"{", b"[")):
        return json_proves(body, response.status)
    if body.startswith(b"<") and not is_page(body):
        return False  # the answer is cut or damaged, so its missing part is unknown
    return status_proves(response.status, page_text(body))


def _xml_proves(
    root: Element,
    status: int,
    faults: Mapping[str, FaultEntry],
    service: Service,
    *,
    is_strict: bool,
) -> bool:
    codes = list(codes_in(root))
    is_soap = local_name(root) == "Envelope"
    fault = _lone_fault(root) if is_soap else None
    if not codes:
        is_said = status_proves(status, tree_text(root)) and (not is_soap or _is_plain(fault))
        return is_said and not is_strict
    entry = _entry(fault) if is_soap else root
    if len(codes) > 1 or entry is None:
        return False
    ((owner, code),) = codes
    if _is_wso2s(entry, owner):
        return number_proves(code, status, tree_text(root)) and not is_strict
    if not _is_own(entry, owner, service):
        return False
    known = faults.get(code)
    if known is not None and known.refuses is not None:
        return known.refuses
    return bool(service.refused) and regex(service.refused).fullmatch(code) is not None


def _parts_prove(
    root: Element, fault: Element, operation: Operation, faults: Mapping[str, FaultEntry]
) -> bool:
    """Whether a fault has a refusing code at the operation's declared place, or as its only code.

    Without a declared place, a code of known form counts only where its owner puts codes; if the
    service has its own form of errors, a code in the detail counts in this form only. A general
    code of SOAP never counts, whatever the catalogue says.
    """
    paths = operation.response.fault
    code = read_parts(fault, paths, faults).code
    entry = faults.get(code)
    if entry is None or not entry.refuses or is_general(code):
        return False
    if "code" in paths:
        return True
    is_elsewhere = bool(operation.provider.error) and any(codes_in(root))
    return not (is_elsewhere or CODE.fullmatch(code)) and is_alone(code, root)


def _lone_fault(root: Element) -> Element | None:
    """The SOAP fault of an envelope whose Body contains nothing else."""
    space = SOAP_12 if root.tag == f"{SOAP_12}Envelope" else SOAP_11
    body = _only(part for part in elements(root) if part.tag != f"{space}Header")
    if body is None or body.tag != f"{space}Body":
        return None
    fault = _only(elements(body))
    return fault if fault is not None and fault.tag == f"{space}Fault" else None


def _entry(fault: Element | None) -> Element | None:
    """The only element in the detail of a fault; None if there are others."""
    detail = None if fault is None else _only(find_children(fault, "detail"))
    return None if detail is None or own_text(detail) else _only(elements(detail))


def _only(nodes: Iterable[Element]) -> Element | None:
    """The only one of some elements; None for zero or several."""
    found = list(nodes)
    return found[0] if len(found) == 1 else None


def _is_plain(fault: Element | None) -> bool:
    """Whether a fault contains only text, without a code."""
    if fault is None or any(len(list(elements(part))) for part in elements(fault)):
        return False
    codes = [text_of(node).rpartition(":")[2] for node in find_children(fault, "faultcode")]
    return len(codes) == 1 and codes[0] in _PLAIN


def _is_own(entry: Element, owner: Element, service: Service) -> bool:
    """Whether a code is the only result in the service's error; a second could mean acceptance."""
    if local_name(entry) != service.error:
        return False
    is_theirs = entry.tag.startswith(tuple(f"{{{one}" for one in service.namespaces))
    is_alone = sum(1 for _ in entry.iter(f"{{*}}{service.result}")) == 1
    is_result = local_name(owner) == service.result and owner.getparent() is entry
    return is_theirs and is_alone and is_result


def _is_wso2s(entry: Element, owner: Element) -> bool:
    """Whether a code is the number of a WSO2 fault that quotes no other system."""
    space = entry.tag.removesuffix("fault")
    is_flat = not any(len(list(elements(part))) for part in elements(entry))
    return space in _WSO2 and owner.tag == f"{space}code" and is_flat
