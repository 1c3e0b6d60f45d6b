"""Routes requests to the simulated services: SGE, Data Connect, consents, communes, Cozy."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from msgspec import Struct

from sgeflow.core.documents import Operation
from sgeflow.core.model import DEFAULT_SERVICE, Kind
from sgeflow.simulator import couchdb, cozy, people, replies
from sgeflow.simulator.replies import Reply, json_reply
from sgeflow.simulator.services import data_connect, service
from sgeflow.simulator.shape import request_shape
from sgeflow.simulator.soap import (
    ACKNOWLEDGEMENT,
    OLD,
    TECHNIQUE,
    Refusal,
    RequestMessage,
    body_of,
    fault,
    local,
    old_acknowledgement,
    wrap_envelope,
)
from sgeflow.simulator.world import World

TOKEN = "simulator"  # noqa: S105 - the made-up token of a made-up gateway, printed in the manual
_BACKOFFICE = "/backoffice/consent"
_COMMUNES = "/communes/"
_READS = frozenset({"_find", "_all_docs", "_index"})  # POST requests that read documents

_ADMIN = "/simulator"
_CLOCK, _CASES = f"{_ADMIN}/clock", f"{_ADMIN}/cases/"
_DAY = 24 * 60  # minutes
_FARTHEST = 100 * 366 * _DAY  # minutes of one move of the clock, within the range of the calendar
_MOVES = ("days", "minutes", "today")

_REQUIRED: Mapping[str, type] = {
    "pointID": str,
    "lastname": str,
    "firstname": str,
    "address": str,
    "postalCode": str,
    "city": str,
}
# `serviceID` and `endDate` exist once the service is ordered; ids of SGE may be numbers.
_OPTIONAL: Mapping[str, type | tuple[type, ...]] = {
    "inseeCode": str,
    "safetyOnBoarding": bool,
    "serviceID": (str, int, type(None)),
    "endDate": (str, type(None)),
    "offPeakHours": (str, type(None)),
}
_EMPTY = {"inseeCode": None, "safetyOnBoarding": False, "serviceID": None, "endDate": None}


class Call(Struct, frozen=True):
    """An HTTP request; header names in lower case, the path without its query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: str = ""


class IncomingRequest(Struct):
    """A recognised request: its label in the log, its service, and an early refusal if any."""

    label: str
    sge: bool = False
    gateway: bool = False  # Data Connect or its tokens; refusals are JSON
    read: bool = True
    backstage: bool = False  # a request to the simulator itself, which never meets a fault
    message: RequestMessage | None = None
    refused: Reply | None = None  # the refusal before any behaviour: token, form or unknown path
    documents: cozy.Cozy | couchdb.CouchDb | None = None  # the receiver
    behind: str = ""  # the path below the address of `documents`


class Router:
    """Receives the requests of all simulated services and of the simulator itself.

    `orders` counts the orders received, by operation and point.
    """

    def __init__(self, operations: Mapping[str, Operation], world: World) -> None:
        self._world = world
        self._direct: dict[str, list[Operation]] = {}
        self._gateway: dict[str, list[Operation]] = {}
        for operation in operations.values():
            if operation.route.service != DEFAULT_SERVICE:
                continue
            for routes, path in (
                (self._direct, operation.route.direct),
                (self._gateway, operation.route.gateway),
            ):
                if path:
                    routes.setdefault("/" + path.strip("/"), []).append(operation)
        self.data_connect = data_connect.DataConnect()
        self._measures = operations.get(data_connect.OPERATION)
        self.orders: Counter[tuple[str, str]] = Counter()
        self._shape = lru_cache(maxsize=None)(
            lambda name: request_shape(operations[name], service(name).looseness)
        )

    def receive(self, call: Call) -> IncomingRequest:
        """Recognise a request and check its form; `refused` holds the answer to an invalid one."""
        is_read = call.method == "GET"
        if call.path.startswith(_BACKOFFICE):
            visit = IncomingRequest(f"{call.method} consent", read=is_read)
            if call.headers.get("authorization") != f"Bearer {TOKEN}":
                visit.refused = json_reply(401, {"error": "a valid bearer token is needed"})
            return visit
        if call.path.startswith(_COMMUNES):
            return IncomingRequest(f"{call.method} communes", read=is_read)
        if call.path.startswith((f"{cozy.BASE_PATH}/", f"{couchdb.BASE_PATH}/")):
            return self._document_visit(call)
        if call.path == data_connect.TOKEN_PATH:
            return IncomingRequest(f"{call.method} token", gateway=True)
        if call.path.startswith(data_connect.MEASURES_PATH) and self._measures:
            visit = IncomingRequest(data_connect.OPERATION, gateway=True)
            visit.refused = self.data_connect.refusal(call.method, call.headers)
            return visit
        if call.path.startswith(f"{_ADMIN}/"):
            return IncomingRequest(f"{call.method} simulator", read=is_read, backstage=True)
        operations = self._direct.get(call.path) or self._gateway.get(call.path)
        if not operations:
            refused = replies.page(403, "403 Forbidden", "Accès refusé à ce chemin.")
            return IncomingRequest("unknown path", sge=True, refused=refused)
        visit = IncomingRequest(operations[0].name, sge=True)
        if call.path in self._gateway and call.path not in self._direct:
            visit.refused = _token_refusal(call.headers)
        if call.method != "POST":
            visit.refused = replies.page(405, "405 Method Not Allowed", "POST est attendu.")
        if visit.refused is None:
            self._read(visit, operations, call.body)
        return visit

    def _read(self, visit: IncomingRequest, operations: list[Operation], body: bytes) -> None:
        try:
            element = body_of(body)
            # a gateway may serve several operations on one route; the root element tells them apart
            shapes = [(one, self._shape(one.name)) for one in operations]
            root = local(element)
            chosen = (pair for pair in shapes if pair[1].root.name == root)
            operation, shape = next(chosen, shapes[0])
            visit.label, visit.read = operation.name, operation.kind is Kind.READ
            shape.check(element)
        except Refusal as refusal:
            visit.refused = _refusal_reply(refusal, operations[0])
            return
        visit.message = RequestMessage(operation, element)
        if not visit.read:
            with self._world.lock:
                self.orders[operation.name, visit.message.point_id()] += 1

    def answer(self, visit: IncomingRequest, call: Call) -> Reply:
        """Carry out a recognised request and return the answer."""
        if visit.refused is not None:
            return visit.refused
        if visit.backstage:
            return _answer_admin(call.method, call.path, call.body, self._world)
        if visit.message is not None:
            return self._sge(visit.message)
        if visit.documents is not None:
            return visit.documents.answer(
                call.method, visit.behind, call.query, call.headers, call.body
            )
        if call.path == data_connect.TOKEN_PATH:
            return self.data_connect.give_token(call.method, call.headers, call.body)
        if call.path.startswith(data_connect.MEASURES_PATH) and self._measures:
            resource = call.path.removeprefix(data_connect.MEASURES_PATH)
            world = self._world.glance()
            return self.data_connect.answer(self._measures, resource, call.query, world)
        if not call.path.startswith(_COMMUNES):
            return self._consents(call)
        if call.method != "GET":
            return _not_allowed(call.method)
        postal_code = call.path.removeprefix(_COMMUNES)
        matches = people.lookup(postal_code, self._world.points.values())
        if not matches:
            return json_reply(404, {"error": "no commune has this postal code"})
        return json_reply(200, matches)

    def _sge(self, message: RequestMessage) -> Reply:
        operation = message.operation
        behave = service(operation.name).answer
        if behave is None:
            text = f"The simulator does not play {operation.name}."
            return replies.page(403, "403 Forbidden", text)
        try:
            if operation.kind is Kind.READ:
                answer = behave(message, self._world.glance())
            else:
                with self._world.lock:  # the checks of an order must still hold when it is stored
                    answer = behave(message, self._world)
        except Refusal as refusal:
            return _refusal_reply(refusal, operation)
        header, acknowledgement = _header(operation), b""
        if header == "enteteP":  # the old dictionary's header has point and login
            login = message.need("demande/donneesGenerales/initiateurLogin")
            acknowledgement = old_acknowledgement(message.point_id(), login)
        elif header == "entete":
            acknowledgement = ACKNOWLEDGEMENT
        return Reply(200, wrap_envelope(answer, acknowledgement), replies.XML)

    def _document_visit(self, call: Call) -> IncomingRequest:
        """Recognise a request to a Cozy or CouchDB; `/cozy/at/HOST` is the Cozy of that host."""
        _, name, behind = call.path.split("/", 2)
        is_cozy = f"/{name}" == cozy.BASE_PATH
        host = ""
        if is_cozy and behind.startswith("at/"):
            _, host, behind = (*behind.split("/", 2), "")[:3]
        verb = behind.rpartition("/")[2]
        label = f"{call.method} {name}" + (f" {verb}" if verb.startswith("_") else "")
        return IncomingRequest(
            label,
            read=call.method == "GET" or verb in _READS,
            documents=self._world.cozy(host) if is_cozy else self._world.couchdb,
            behind=f"/{behind}",
        )

    def _consents(self, call: Call) -> Reply:
        name = call.path.removeprefix(_BACKOFFICE).strip("/")
        number = int(name) if name.isascii() and name.isdigit() else -1
        match (call.method, bool(name)):
            case ("POST", False):
                record, mistake = _read_record(call.body)
                missing = [name for name in _REQUIRED if not record.get(name)]
                if mistake or missing:
                    return json_reply(400, {"error": mistake or f"missing: {', '.join(missing)}"})
                return json_reply(201, self._world.add_consent({**_EMPTY, **record}))
            case ("GET", True):
                return _consent_reply(self._world.consent(number))
            case ("PUT", True):
                changes, mistake = _read_record(call.body)
                if mistake:
                    return json_reply(400, {"error": mistake})
                return _consent_reply(self._world.change_consent(number, changes))
            case ("DELETE", True):
                return _consent_reply(self._world.drop_consent(number))
        return _not_allowed(call.method)


def _token_refusal(headers: Mapping[str, str]) -> Reply | None:
    """The gateway's refusal of a token, in WSO2's XML without a SOAP envelope; None if valid."""
    tokens = [headers.get("apikey"), headers.get("authorization")]
    if tokens[0] == TOKEN or tokens[1] == f"Bearer {TOKEN}":
        return None
    code, message = "900902", "Missing Credentials"
    description = "Make sure your API invocation has a token header."
    if any(tokens):
        code, message = "900901", "Invalid Credentials"
        description = "Make sure you have given the correct access token."
    xml = (
        f'<ams:fault xmlns:ams="http://wso2.org/apimanager/security"><ams:code>{code}</ams:code>'
        f"<ams:message>{message}</ams:message>"
        f"<ams:description>{description}</ams:description></ams:fault>"
    )
    return Reply(401, xml.encode(), replies.XML, code)


def _header(operation: Operation) -> str:
    """The name of the header element of the operation's requests; empty without a header."""
    return next(iter(operation.envelope.header), "").rpartition(":")[2]


def _refusal_reply(refusal: Refusal, operation: Operation) -> Reply:
    space = OLD if _header(operation) == "enteteP" else TECHNIQUE
    return Reply(500, fault(refusal, space), replies.XML, refusal.code or "fault")


def _not_allowed(method: str) -> Reply:
    return json_reply(405, {"error": f"{method} is not allowed here"})


# -- the consent backoffice -----------------------------------------------------------------------


def _read_record(body: bytes) -> tuple[dict[str, Any], str]:
    """The members of a consent and the list of mistakes in it."""
    try:
        record = json.loads(body)
    except ValueError:
        return {}, "the body is not JSON"
    if not isinstance(record, dict):
        return {}, "the body is not an object"
    record = {key: value for key, value in record.items() if key != "ID"}
    known = {**_REQUIRED, **_OPTIONAL}
    wrong = [f"{key} (unknown)" for key in record if key not in known]
    wrong += [
        f"{key} (wrong type)"
        for key, value in record.items()
        if key in known and not isinstance(value, known[key])
    ]
    return record, ", ".join(wrong)


def _consent_reply(record: Mapping[str, Any] | None) -> Reply:
    if record is None:
        return json_reply(404, {"error": "no such consent"})
    return json_reply(200, record)


# -- behind the scenes ----------------------------------------------------------------------------


def _answer_admin(method: str, path: str, body: bytes, world: World) -> Reply:
    """Read or move the clock, or read a case of files."""
    if path == _CLOCK and method == "GET":
        return _time(world)
    if path == _CLOCK and method == "POST":
        with world.lock:  # nobody else moves the clock between reading and moving it
            minutes = _minutes(body, world)
            if isinstance(minutes, str):
                return json_reply(400, {"error": minutes})
            world.pass_minutes(minutes)
            return _time(world)
    if path.startswith(_CASES) and method == "GET":
        return _case(path.removeprefix(_CASES), world)
    if path == _CLOCK or path.startswith(_CASES):
        return _not_allowed(method)
    return json_reply(
        404, {"error": "there is GET and POST /simulator/clock, GET /simulator/cases/ID"}
    )


def _minutes(body: bytes, world: World) -> int | str:
    """The minutes by which to move the clock, or the mistake in the request."""
    try:
        record = json.loads(body)
    except ValueError:
        record = None
    if not isinstance(record, Mapping) or len(record) != 1 or not {*record} <= {*_MOVES}:
        return f"a JSON object with one of {', '.join(_MOVES)} is expected"
    ((name, value),) = record.items()
    if name == "today":  # to the midnight that starts the day; the current day needs no move
        try:
            days = (date.fromisoformat(value) - world.today).days
        except (TypeError, ValueError):
            return "today is a day, as 2025-06-20"
        count = days * _DAY - world.minute if days else 0
    elif isinstance(value, bool) or not isinstance(value, int):
        return f"{name} is a whole number"
    else:
        count = value * (_DAY if name == "days" else 1)
    if count < 0:
        return f"time in the simulator only goes forward, and it is {world.today.isoformat()}"
    return count if count <= _FARTHEST else "that is more than a hundred years"


def _time(world: World) -> Reply:
    hours, minutes = divmod(world.minute, 60)
    return json_reply(200, {"today": world.today.isoformat(), "time": f"{hours:02}:{minutes:02}"})


def _case(number: str, world: World) -> Reply:
    case = world.cases.get(number)
    if case is None:
        return json_reply(404, {"error": "there is no case of that number"})
    today = world.today
    return json_reply(
        200,
        {
            "state": case.state(today),
            "outcome": case.outcome(today),
            "points": list(case.points),
            "admitted": list(case.admitted),
        },
    )
