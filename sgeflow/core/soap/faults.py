"""Refusals as values: faults of the service or of the gateway, HTTP statuses without either."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.documents import FaultEntry, Operation, Service
from sgeflow.core.language.foreign_json import from_json
from sgeflow.core.model import Fault, FaultClass, ForeignCode, Kind, Response
from sgeflow.core.soap.reply_dates import retry_after
from sgeflow.core.soap.service_faults import (
    SOAP_11,
    SOAP_12,
    codes_in,
    is_alone,
    is_general,
    read_parts,
)
from sgeflow.core.soap.xml import (
    Element,
    Flaw,
    attributes,
    elements,
    find_children,
    is_page,
    local_name,
    own_text,
    text_of,
)
from sgeflow.errors import Details, Id, Problem
from sgeflow.messages import Message, say, sentences
from sgeflow.patterns import regex

_NUMBER = regex(r"(?<![\w.,:/#-])[1-5][0-9]{2}(?![\w%]|[.,:][0-9])")
CODE = regex(r"(?<!\w)(?:SGT[0-9][0-9A-Z]{2,3}|1015[0-9]{2}|30[0-9]{4}|90[0-9]{4})(?!\w)")
"""The form of SGE's codes, and of WSO2's numbers."""
_TAG = regex(r"<[^<>]*>")
_BARE = regex(r"[^a-z]+")
_UNSHOWN = ("style", "script")  # of a page, what no reader sees
_WORDS = ("timeout", "timedout", "etimedout")  # besides the statuses' own phrases
_PHRASES = {  # what pages say in place of a number; a time-out is among the words
    "badrequest": 400,
    "unauthorized": 401,
    "methodnotallowed": 405,
    "preconditionfailed": 412,
    "toomanyrequests": 429,
    "clientclosedrequest": 499,
    "internalservererror": 500,
    "notimplemented": 501,
    "badgateway": 502,
    "serviceunavailable": 503,
    "temporarilyunavailable": 503,
}


def quotes_another(text: str, status: int) -> bool:
    """Whether a text names another status than the one that it came with, or any code.

    A page with 401 about a 504 is of somebody who had tried before: its status proves nothing.
    """
    if CODE.search(text) or any(int(one) != status for one in _NUMBER.findall(text)):
        return True
    words = _BARE.sub("", text.lower())
    return any(word in words for word in _WORDS) or any(
        phrase in words for phrase, other in _PHRASES.items() if other != status
    )


def page_text(body: bytes) -> str:
    """The words that a reader of a page, or of plain text, sees."""
    import html

    text = body.decode("utf-8", "replace")
    for name in _UNSHOWN:
        text = "".join(_outside(text, name))
    return html.unescape(_TAG.sub(" ", text))


def _outside(text: str, name: str) -> Iterator[str]:
    """The parts of a page outside of an element; an unclosed tag is not an element."""
    lower, begun = text.lower(), 0
    while (start := lower.find(f"<{name}", begun)) >= 0:
        end = lower.find(f"</{name}", start)
        if end < 0:
            break
        yield text[begun:start]
        begun = end
    yield text[begun:]


def tree_text(root: Element) -> str:
    """The words that a reader of an XML document sees."""
    parts = [
        part
        for node in root.iter("*")
        for part in (node.tail, None if local_name(node).lower() in _UNSHOWN else node.text)
    ]
    return " ".join(part for part in parts if part)


_SHOWN = 300  # characters of a foreign message that a problem repeats
_SUSPENDED = "303001"  # WSO2: the back end is suspended, for 30 seconds unless configured
_SUSPENDED_SECONDS = 30.0
_THROTTLED = 429
_CREDENTIALS = {401, 403, 407}
_UNAVAILABLE = {502, 503, 504}
_CLIENT_ERRORS = range(400, 500)
_SERVER_ERRORS = range(500, 600)


class Answer(Struct, frozen=True):
    """An answer that holds no outputs; `refuses` says that it proves a refusal of the order."""

    operation: Operation
    response: Response
    faults: Mapping[str, FaultEntry]  # the catalogue of codes
    refuses: bool

    def soap_fault(self, fault: Element) -> Fault:
        """A SOAP fault: by the code in an error of the service or the gateway, else by its parts.

        Homologation answers were seen without any detail, with an empty code, and with a qualified
        faultcode, so everything is found by local name and nothing is required. SGE's `faultstring`
        is not reliable.
        """
        operation, service = self.operation, self.operation.provider
        paths = operation.response.fault
        known = {*operation.faults, *self.faults}
        parts = read_parts(fault, paths, known)
        is_services = parts.code in known and not CODE.fullmatch(parts.code)
        names = (f"{{*}}{name}" for name in (service.error, "fault") if name)
        for node in () if paths else fault.iter(*names):
            is_gateways = local_name(node) == "fault" and not is_services
            if is_gateways and (gateway := self._gateway_xml(node)):
                return gateway
            for result in find_children(node, service.result):
                given = dict(attributes(result)).get("code", "").strip()
                code = _code(given, self.faults, operation.faults)
                return self._refusal(code, own_text(result) or parts.reason, class_of(code))
        usual = FaultClass.INVALID if parts.blames_request else FaultClass.TECHNICAL
        code = _code(parts.code, self.faults, operation.faults)
        return self._refusal(code, parts.reason, usual)

    def gateway_fault(self, tree: Element | None) -> Fault | None:
        """A fault of the API manager: in XML up to version 3, in JSON from version 4."""
        if tree is not None:
            return self._gateway_xml(tree) if local_name(tree) == "fault" else None
        if not self.response.body.lstrip().startswith(b"{"):
            return None
        try:
            document = from_json(self.response.body)
        except ValueError:
            return None
        inner = document.get("fault", document)
        if not isinstance(inner, dict) or "code" not in inner:
            return None
        words = [str(inner[key]) for key in ("message", "description") if inner.get(key)]
        return self._gateway(_code(str(inner["code"]).strip()), ": ".join(words))

    def status_fault(self) -> Fault | None:
        """The fault of an HTTP status that comes without a reason; None if it is not an error's."""
        status = self.response.status
        code = f"HTTP{status}"
        if status in _CREDENTIALS:
            # SGE answers 403 to a wrong path too, and to a certificate that it does not know
            return self._rejection(code, "")
        if status == _THROTTLED:
            return self._throttling(code, "")
        if status in _CLIENT_ERRORS:
            words = say(
                "the server answered HTTP {status}: it does not take this request there",
                status=status,
            )
            check = say("the route of the operation, and base_url of the environment")
            return self._fault(
                code, "", FaultClass.INVALID, Id.SERVER_ERROR, words, ("check", check)
            )
        if status in _SERVER_ERRORS:
            kind = FaultClass.TRANSIENT if status in _UNAVAILABLE else FaultClass.TECHNICAL
            return self._fault(code, "", kind, Id.SERVER_ERROR, without_reason(status))
        return None

    def _refusal(self, code: str, message: str, usual: FaultClass) -> Fault:
        operation, entry = self.operation, self.faults.get(code)
        known = operation.faults.get(code, entry.fault_class if entry else usual)
        quoted = _quote(code, message)
        receiver = operation.provider.owner
        text = say("{receiver} refused the call: {quoted}", receiver=receiver, quoted=quoted)
        if operation.kind is not Kind.READ and not self.refuses:
            text = say("the server answered with a fault: {quoted}", quoted=quoted)
        details: Details = ()
        if entry:
            parts = (("means", entry.meaning), ("cause", entry.cause), ("remedy", entry.remedy))
            details = tuple((label, words) for label, words in parts if words)
        return self._fault(code, message, known, Id.FAULT, text, *details)

    def _gateway_xml(self, fault: Element) -> Fault | None:
        code = next((text_of(node) for node in find_children(fault, "code")), None)
        if code is None:
            return None
        nodes = (*find_children(fault, "message"), *find_children(fault, "description"))
        return self._gateway(_code(code), ": ".join(filter(None, map(text_of, nodes))))

    def _gateway(self, code: str, message: str) -> Fault | None:
        """A fault of WSO2 by its number: 9008xx throttling, 9009xx access; others by the status.

        Of an order the number is believed only where the whole answer proves it.
        """
        is_believed = self.refuses or self.operation.kind is Kind.READ
        if is_believed and code.startswith("9008"):
            return self._throttling(code, message)
        if is_believed and code.startswith("9009"):
            return self._rejection(code, message)
        quoted = _quote(code, message)
        words = say("the gateway could not pass the call on: {quoted}", quoted=quoted)
        if is_believed and code == _SUSPENDED:
            seconds = retry_after(self.response) or _SUSPENDED_SECONDS
            known = self._fault(code, message, FaultClass.TRANSIENT, Id.SERVER_ERROR, words)
            return replace(known, retry_after=seconds)
        if (by_status := self.status_fault()) is None:
            return None
        return self._fault(code, message, by_status.fault_class, Id.SERVER_ERROR, words)

    def _throttling(self, code: str, message: str) -> Fault:
        words = say("too many calls: {quoted}", quoted=_quote(code, message))
        remedy = ("remedy", say("lower the rate of the environment"))
        return self._fault(code, message, FaultClass.TRANSIENT, Id.THROTTLED, words, remedy)

    def _rejection(self, code: str, message: str) -> Fault:
        words = say("the credentials were refused: {quoted}", quoted=_quote(code, message))
        check = ("check", say("token or certificate, its rights, and base_url of the environment"))
        return self._fault(code, message, FaultClass.CREDENTIALS, Id.REJECTED, words, check)

    def _fault(
        self,
        code: str,
        message: str,
        fault_class: FaultClass,
        id_: Id,
        words: Message,
        *details: tuple[str, str],
    ) -> Fault:
        return Fault(
            code=code,
            message=message,
            fault_class=fault_class,
            status=self.response.status,
            problem=Problem(id=id_, message=words, where=self.operation.name, details=details),
            retry_after=retry_after(self.response),
            refuses=self.refuses,
        )


def without_reason(status: int) -> Message:
    """The words for an HTTP status that does not refuse the request itself."""
    return say("the server answered HTTP {status}, without a reason", status=status)


def class_of(code: str) -> FaultClass:
    """The class of a code that neither the operation nor the catalogue knows, by its family.

    SGE documents 4xx as functional and 5xx as technical. Some 5xx are functional and SGT211 is a
    refusal, but those are in the catalogue; for the unknown the documented family decides, and
    what is in no family is taken for technical.
    """
    return FaultClass.INVALID if code.startswith(("SGT2", "SGT4")) else FaultClass.TECHNICAL


def _code(given: str, *documents: Container[str]) -> str:
    """A code from outside: itself if it has the form of one or is known, else a ForeignCode."""
    is_known = CODE.fullmatch(given) or any(given in known for known in documents)
    return given if is_known or not given else ForeignCode(given)


def _quote(code: str, message: str) -> str:
    if isinstance(code, ForeignCode):  # it may name a person: it is masked within quotes alone
        code, message = "", ": ".join(filter(None, (code, message)))
    short = message
    if len(message) > _SHOWN:  # cut between words: half a name is found by no mask
        short = " ".join([*message[:_SHOWN].rsplit(maxsplit=1)[:-1], "…"])
    words = say("“{words}”", words=short) if short else ""
    return sentences(code, words) or say("it gave no reason")


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
    operation: Operation,
    response: Response,
    tree: Element | Flaw,
    faults: Mapping[str, FaultEntry],
) -> bool:
    """Whether an answer, taken as a whole, proves that the order was not accepted.

    An order that is taken for refused may be sent again: whatever is not listed here proves nothing
    (ADR 0012). A code proves something in its owner's place and namespace, and alone; a status does
    where there is no code.

    Of an order that no search finds, only the service's own errors prove anything, because a
    gateway may send it twice: the service accepts the first, the gateway refuses the second.

    Args:
        operation: that was called.
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
        return _json_proves(body, response.status)
    if body.startswith(b"<") and not is_page(body):
        return False  # cut or broken: what it would have said is not known
    return _status_proves(response.status, page_text(body))


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
        is_said = _status_proves(status, tree_text(root)) and (not is_soap or _is_plain(fault))
        return is_said and not is_strict
    entry = _entry(fault) if is_soap else root
    if len(codes) > 1 or entry is None:
        return False
    ((owner, code),) = codes
    if _is_wso2s(entry, owner):
        return _number_proves(code, status, tree_text(root)) and not is_strict
    if not _is_own(entry, owner, service):
        return False
    known = faults.get(code)
    if known is not None and known.refuses is not None:
        return known.refuses
    return bool(service.refused) and regex(service.refused).fullmatch(code) is not None


def _parts_prove(
    root: Element, fault: Element, operation: Operation, faults: Mapping[str, FaultEntry]
) -> bool:
    """Whether a fault has a code that refuses by the catalogue, where the operation says or alone.

    Without a place that the operation says, codes of SGE and of WSO2 prove something in their
    owners' places only, and so do codes in the detail if the service has errors of its own form. A
    general code of SOAP proves nothing, whatever the catalogue says of it.
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
    """The SOAP fault of an envelope in whose Body nothing else stands."""
    space = SOAP_12 if root.tag == f"{SOAP_12}Envelope" else SOAP_11
    body = _only(part for part in elements(root) if part.tag != f"{space}Header")
    if body is None or body.tag != f"{space}Body":
        return None
    fault = _only(elements(body))
    return fault if fault is not None and fault.tag == f"{space}Fault" else None


def _entry(fault: Element | None) -> Element | None:
    """The only element in the detail of a fault; None if other things stand beside it."""
    detail = None if fault is None else _only(find_children(fault, "detail"))
    return None if detail is None or own_text(detail) else _only(elements(detail))


def _only(nodes: Iterable[Element]) -> Element | None:
    """The only one of some elements; None for none or several."""
    found = list(nodes)
    return found[0] if len(found) == 1 else None


def _is_plain(fault: Element | None) -> bool:
    """Whether a fault says nothing but words."""
    if fault is None or any(len(list(elements(part))) for part in elements(fault)):
        return False
    codes = [text_of(node).rpartition(":")[2] for node in find_children(fault, "faultcode")]
    return len(codes) == 1 and codes[0] in _PLAIN


def _is_own(entry: Element, owner: Element, service: Service) -> bool:
    """Whether a code is the one result of a service's error: a second may have been accepted."""
    if local_name(entry) != service.error:
        return False
    is_theirs = entry.tag.startswith(tuple(f"{{{one}" for one in service.namespaces))
    is_alone = sum(1 for _ in entry.iter(f"{{*}}{service.result}")) == 1
    is_result = local_name(owner) == service.result and owner.getparent() is entry
    return is_theirs and is_alone and is_result


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
    parts = list(_parts(document))
    text = " ".join(str(part) for part in parts if not isinstance(part, dict | list))
    members = (member for part in parts if isinstance(part, dict) for member in part.items())
    codes = [value for name, value in members if "code" in name.lower()]
    code_keys = sum(b"code" in key.lower() for key in _JSON_KEY.findall(body))
    if code_keys != len(codes):  # a key that stands twice is read once
        return False
    if not codes:
        return _status_proves(status, text)
    is_wrapped = isinstance(document, dict) and document.keys() == {"fault"}
    inner = document["fault"] if is_wrapped else document
    if len(codes) > 1 or not isinstance(inner, dict) or "code" not in inner:
        return False
    is_flat = not any(isinstance(value, dict | list) for value in inner.values())
    return is_flat and _number_proves(str(inner["code"]).strip(), status, text)


def _parts(document: Any) -> Iterator[Any]:
    """All values of a JSON document, and itself."""
    waiting = [document]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, dict | list):
            waiting += one.values() if isinstance(one, dict) else one


def _number_proves(code: str, status: int, text: str) -> bool:
    """Whether a number of WSO2 proves it; a number that repeats the status does not count."""
    return _status_proves(status, text) if code == str(status) else code in _GATEWAY


def _status_proves(status: int, text: str) -> bool:
    """Whether the status of an answer without a code proves it: its text quotes no other one."""
    return status in _STATUSES and not quotes_another(text, status)
