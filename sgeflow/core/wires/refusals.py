"""Refusals as values, whatever the wire: codes, HTTP statuses, and what proves a refusal."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.documents import FaultEntry, Operation
from sgeflow.core.language.foreign_json import from_json
from sgeflow.core.model import Fault, FaultClass, ForeignCode, Kind, Response
from sgeflow.core.wires.reply_dates import retry_after
from sgeflow.errors import Details, Id, Problem
from sgeflow.messages import Message, say, sentences
from sgeflow.patterns import regex

_NUMBER = regex(r"(?<![\w.,:/#-])[1-5][0-9]{2}(?![\w%]|[.,:][0-9])")
CODE = regex(r"(?<!\w)(?:SGT[0-9][0-9A-Z]{2,3}|1015[0-9]{2}|30[0-9]{4}|90[0-9]{4})(?!\w)")
"""The form of codes that are never a name: SGT…, and numbers of WSO2."""
_TAG = regex(r"<[^<>]*>")
_BARE = regex(r"[^a-z]+")
UNSHOWN = ("style", "script")  # of a page, what no reader sees
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
    for name in UNSHOWN:
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


_SHOWN = 300  # characters of a foreign message that a problem repeats
_SUSPENDED = "303001"  # WSO2: the back end is suspended, for 30 seconds unless configured
_SUSPENDED_SECONDS = 30.0
_THROTTLED = 429
_UNAUTHORIZED = 401
_CREDENTIALS = {_UNAUTHORIZED, 403, 407}
_BY_STATUS = {403: FaultClass.DENIED, 404: FaultClass.NOT_FOUND}  # with a code of the service
_BY_STATUS |= dict.fromkeys((408, 502, 503, 504), FaultClass.TRANSIENT)
UNAVAILABLE = frozenset({502, 503, 504})  # said by gateways in place of a service
_CLIENT_ERRORS = range(400, 500)
_SERVER_ERRORS = range(500, 600)


class Answer(Struct, frozen=True):
    """An answer that holds no outputs; `refuses` says that it proves a refusal of the order."""

    operation: Operation
    response: Response
    faults: Mapping[str, FaultEntry]  # the catalogue of codes
    refuses: bool

    def gateway_json(self) -> Fault | None:
        """A fault of the API manager in JSON, as it answers from version 4 on."""
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
        return self.gateway(known_code(str(inner["code"]).strip()), ": ".join(words))

    def coded(self, code: str, message: str) -> Fault | None:
        """The fault of a code in JSON: of the gateway by its number, else of the service."""
        if code.isdecimal():
            return self.gateway(code, message)
        status = self.response.status
        if code in self.operation.faults or code in self.faults:
            return self.refusal(code, message, FaultClass.TECHNICAL)
        if status == _UNAUTHORIZED:
            return self._rejection(code, message)
        if status == _THROTTLED:
            return self._throttling(code, message)
        usual = _BY_STATUS.get(status)
        if usual is None:
            is_ours = status in _CLIENT_ERRORS
            usual = FaultClass.INVALID if is_ours else FaultClass.TECHNICAL
        return self.refusal(code, message, usual)

    def status_fault(self) -> Fault | None:
        """The fault of an HTTP status that comes without a reason; None if it is not an error's."""
        status = self.response.status
        code = f"HTTP{status}"
        if status in _CREDENTIALS:
            # 403 answers a wrong path too, and a certificate that is not known
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
            kind = FaultClass.TRANSIENT if status in UNAVAILABLE else FaultClass.TECHNICAL
            return self._fault(code, "", kind, Id.SERVER_ERROR, without_reason(status))
        return None

    def refusal(self, code: str, message: str, usual: FaultClass) -> Fault:
        """The fault of a code of the service; `usual` is the class of one that nobody describes."""
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

    def gateway(self, code: str, message: str) -> Fault | None:
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

    SGTs of 4xx are functional, those of 5xx technical. Some 5xx are functional and SGT211 is a
    refusal, but those are in the catalogue; for the unknown the documented family decides, and
    what is in no family is taken for technical.
    """
    return FaultClass.INVALID if code.startswith(("SGT2", "SGT4")) else FaultClass.TECHNICAL


def known_code(given: str, *documents: Container[str]) -> str:
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


def json_proves(body: bytes, status: int) -> bool:
    """Whether an answer in JSON proves it, by one number of WSO2 or by a status without a code."""
    try:
        document = from_json(body)
    except ValueError:
        return False
    text = " ".join(str(part) for part in _parts(document) if not isinstance(part, dict | list))
    codes = _codes(document, body)
    if codes is None:
        return False
    if not codes:
        return status_proves(status, text)
    is_wrapped = isinstance(document, dict) and document.keys() == {"fault"}
    inner = document["fault"] if is_wrapped else document
    if len(codes) > 1 or not isinstance(inner, dict) or "code" not in inner:
        return False
    is_flat = not any(isinstance(value, dict | list) for value in inner.values())
    return is_flat and number_proves(str(inner["code"]).strip(), status, text)


def _parts(document: Any) -> Iterator[Any]:
    """All values of a JSON document, and itself."""
    waiting = [document]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, dict | list):
            waiting += one.values() if isinstance(one, dict) else one


def lone_code(body: bytes) -> str | None:
    """The only code that an answer in JSON says, wherever; empty without one, None for several."""
    try:
        document = from_json(body)
    except ValueError:
        return None
    found = _codes(document, body)
    codes = None if found is None else {str(value).strip() for value in found}
    return None if codes is None or len(codes) > 1 else next(iter(codes), "")


def _codes(document: Any, body: bytes) -> list[Any] | None:
    """The values of all members called code; None if a key stands twice, which is read once."""
    parts = (part for part in _parts(document) if isinstance(part, dict))
    members = (member for part in parts for member in part.items())
    codes = [value for name, value in members if "code" in name.lower()]
    keys = sum(b"code" in key.lower() for key in _JSON_KEY.findall(body))
    return codes if keys == len(codes) else None


def number_proves(code: str, status: int, text: str) -> bool:
    """Whether a number of WSO2 proves it; a number that repeats the status does not count."""
    return status_proves(status, text) if code == str(status) else code in _GATEWAY


def status_proves(status: int, text: str) -> bool:
    """Whether the status of an answer without a code proves it: its text quotes no other one."""
    return status in _STATUSES and not quotes_another(text, status)
