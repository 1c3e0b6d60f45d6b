"""Refusals on any wire: codes, HTTP statuses, and proofs that an order was refused."""

from collections.abc import Container, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.documents import FaultEntry, Operation
from sgeflow.core.language.foreign_json import from_json
from sgeflow.core.model import Fault, FaultClass, ForeignCode, Kind, NoAnswer, Response
from sgeflow.core.wires.answers import OK, Flaw, no_answer, unusable
from sgeflow.core.wires.reply_dates import retry_after
from sgeflow.errors import Details, Id, Problem
from sgeflow.messages import Message, say, sentences
from sgeflow.patterns import regex

_NUMBER = regex(r"(?<![\w.,:/#-])[1-5][0-9]{2}(?![\w%]|[.,:][0-9])")
CODE = regex(r"(?<!\w)(?:SGT[0-9][0-9A-Z]{2,3}|1015[0-9]{2}|30[0-9]{4}|90[0-9]{4})(?!\w)")
"""The form of codes that cannot be names of people: SGT…, and numbers of WSO2."""
_TAG = regex(r"<[^<>]*>")
_BARE = regex(r"[^a-z]+")
UNSHOWN = ("style", "script")  # elements of a page without visible text
_WORDS = ("timeout", "timedout", "etimedout")  # beside the phrases of the statuses themselves
_PHRASES = {  # phrases of pages for a status; time-outs are in `_WORDS`
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
    """Whether a text names a status other than its own, or any code.

    A page with status 401 about a 504 comes from a gateway that had tried before, so its status is
    not a proof.
    """
    if CODE.search(text) or any(int(one) != status for one in _NUMBER.findall(text)):
        return True
    words = _BARE.sub("", text.lower())
    return any(word in words for word in _WORDS) or any(
        phrase in words for phrase, other in _PHRASES.items() if other != status
    )


def page_text(body: bytes) -> str:
    """The visible text of a page or of plain text."""
    import html

    text = body.decode("utf-8", "replace")
    for name in UNSHOWN:
        text = "".join(_outside(text, name))
    return html.unescape(_TAG.sub(" ", text))


def _outside(text: str, name: str) -> Iterator[str]:
    """The parts of a page outside an element; an unclosed tag is not an element."""
    lower, begun = text.lower(), 0
    while (start := lower.find(f"<{name}", begun)) >= 0:
        end = lower.find(f"</{name}", start)
        if end < 0:
            break
        yield text[begun:start]
        begun = end
    yield text[begun:]


_SHOWN = 300  # characters of a foreign message in a problem
_SUSPENDED = "303001"  # WSO2: the back end is suspended, by default for 30 seconds
_SUSPENDED_SECONDS = 30.0
_THROTTLED = 429
_UNAUTHORIZED = 401
_CREDENTIALS = {_UNAUTHORIZED, 403, 407}
_BY_STATUS = {403: FaultClass.DENIED, 404: FaultClass.NOT_FOUND}  # with the service's code
_BY_STATUS |= dict.fromkeys((408, 502, 503, 504), FaultClass.TRANSIENT)
UNAVAILABLE = frozenset({502, 503, 504})  # statuses of gateways in place of a service
_CLIENT_ERRORS = range(400, 500)
_SERVER_ERRORS = range(500, 600)


class Answer(Struct, frozen=True):
    """An answer without outputs; `refuses` says whether it proves the refusal of the order."""

    operation: Operation
    response: Response
    faults: Mapping[str, FaultEntry]  # the catalogue of codes
    refuses: bool

    def gateway_json(self) -> Fault | None:
        """A fault of the API manager in JSON, its form since version 4; None for other answers."""
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
        """The fault of a code in JSON: the gateway's by its number, otherwise the service's."""
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
        """The fault of an HTTP status that comes without a code; None for 2xx and 3xx."""
        status = self.response.status
        code = f"HTTP{status}"
        if status in _CREDENTIALS:
            # 403 may also mean a wrong path or an unknown certificate
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

    def without_code(self, flaw: Flaw | None, belongs: Message) -> Fault | NoAnswer:
        """The failure of an answer without a code, whose body has a flaw or an error status."""
        if flaw and self.response.status in OK:
            return unusable(self.operation, self.response, flaw.reason, belongs)
        words = without_reason(self.response.status)
        return self.status_fault() or no_answer(
            self.operation, self.response, Id.SERVER_ERROR, words
        )

    def refusal(self, code: str, message: str, usual: FaultClass) -> Fault:
        """The fault of a code of the service; `usual` is the class of an undocumented code."""
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
        id_ = Id.REJECTED if known is FaultClass.CREDENTIALS else Id.FAULT
        return self._fault(code, message, known, id_, text, *details)

    def gateway(self, code: str, message: str) -> Fault | None:
        """A fault of WSO2 by its number: 9008xx throttling, 9009xx access; others by the status.

        For an order the number counts only if the whole answer proves it.
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
    """The message about an HTTP status that does not refuse the request itself."""
    return say("the server answered HTTP {status}, without a reason", status=status)


def class_of(code: str) -> FaultClass:
    """The class of an undocumented code, by its family.

    SGTs of 4xx are functional, those of 5xx technical; the exceptions (some 5xx, SGT211) are in the
    catalogue. Codes outside both families count as technical.
    """
    return FaultClass.INVALID if code.startswith(("SGT2", "SGT4")) else FaultClass.TECHNICAL


def known_code(given: str, *documents: Container[str]) -> str:
    """A code from outside; a ForeignCode if its form and the catalogue do not know it."""
    is_known = CODE.fullmatch(given) or any(given in known for known in documents)
    return given if is_known or not given else ForeignCode(given)


def _quote(code: str, message: str) -> str:
    if isinstance(code, ForeignCode):  # it may be a person's name, and only quoted texts are masked
        code, message = "", ": ".join(filter(None, (code, message)))
    short = message
    if len(message) > _SHOWN:  # cut between words: a mask does not find half a name
        short = " ".join([*message[:_SHOWN].rsplit(maxsplit=1)[:-1], "…"])
    words = say("“{words}”", words=short) if short else ""
    return sentences(code, words) or say("it gave no reason")


_STATUSES = frozenset({401, 429})  # sent in place of the work, and by gateways without a code
_GATEWAY = frozenset(
    {
        *map(str, range(900800, 900808)),  # WSO2's throttling and
        *map(str, range(900900, 900912)),  # its access control act before the back end is called
        "303001",  # the back end is suspended, so it is not called
    }
)
"""Numbers of WSO2 that prove a refusal. Those of its transport (1015xx) have several meanings."""
_JSON_KEY = regex(rb'"([^"]*)(?="\s*:)')


def json_proves(body: bytes, status: int) -> bool:
    """Whether an answer in JSON proves a refusal: one WSO2 number, or a status without code."""
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
    """All values in a JSON document, and the document itself."""
    waiting = [document]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, dict | list):
            waiting += one.values() if isinstance(one, dict) else one


def lone_code(body: bytes) -> str | None:
    """The only code in an answer in JSON, at any place; empty without a code, None for several."""
    try:
        document = from_json(body)
    except ValueError:
        return None
    found = _codes(document, body)
    codes = None if found is None else {str(value).strip() for value in found}
    return None if codes is None or len(codes) > 1 else next(iter(codes), "")


def _codes(document: Any, body: bytes) -> list[Any] | None:
    """The values of all members named as a code; None if a key occurs twice in an object."""
    parts = (part for part in _parts(document) if isinstance(part, dict))
    members = (member for part in parts for member in part.items())
    codes = [value for name, value in members if "code" in name.lower()]
    keys = sum(b"code" in key.lower() for key in _JSON_KEY.findall(body))
    return codes if keys == len(codes) else None


def number_proves(code: str, status: int, text: str) -> bool:
    """Whether a number of WSO2 is a proof; a number that repeats the status is not."""
    return status_proves(status, text) if code == str(status) else code in _GATEWAY


def status_proves(status: int, text: str) -> bool:
    """Whether the status of an answer without a code is a proof: no text contradicts it."""
    return status in _STATUSES and not quotes_another(text, status)
