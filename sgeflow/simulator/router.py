"""Which neighbour a request is for, and what it answers: routes, tokens, operations."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol

from msgspec import Struct

from sgeflow.core.documents import Operation
from sgeflow.core.model import Kind
from sgeflow.simulator import admin, backoffice, communes, replies
from sgeflow.simulator.databases import couchdb, cozy
from sgeflow.simulator.message import RequestMessage
from sgeflow.simulator.replies import Reply
from sgeflow.simulator.services import looseness, service
from sgeflow.simulator.shape import RequestShape, request_shape
from sgeflow.simulator.soap import (
    ACKNOWLEDGEMENT,
    OLD,
    TECHNIQUE,
    Refusal,
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
_READS = frozenset({"_find", "_all_docs", "_index"})  # of documents, by POST


class Call(Struct, frozen=True):
    """An HTTP request as it came; header names in lower case, the path without its query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: str = ""


class DocumentService(Protocol):
    """Who answers requests for documents: a Cozy, or a CouchDB."""

    def answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        """What a request behind its address gets."""


class IncomingRequest:
    """One request on its way: what it is called in the log, whom it is for, what it answers."""

    def __init__(self, label: str, *, sge: bool = False, read: bool = True) -> None:
        self.label = label
        self.sge = sge
        self.read = read
        self.backstage = False  # no neighbour's: nothing goes wrong there
        self.message: RequestMessage | None = None
        self.refused: Reply | None = None  # before any behaviour: token, shape, unknown path
        self.documents: DocumentService | None = None  # a Cozy or a CouchDB, whom it is for
        self.behind = ""  # the path behind the address of that


class Router:
    """Takes calls for all neighbours, and those behind the scenes.

    `orders` counts what came, by operation and point.
    """

    def __init__(self, operations: Mapping[str, Operation], world: World) -> None:
        self._world = world
        self._direct: dict[str, list[Operation]] = {}
        self._gateway: dict[str, list[Operation]] = {}
        for operation in operations.values():
            for routes, path in (
                (self._direct, operation.route.direct),
                (self._gateway, operation.route.gateway),
            ):
                if path:
                    routes.setdefault("/" + path.strip("/"), []).append(operation)
        self.orders: Counter[tuple[str, str]] = Counter()
        self._shape = lru_cache(maxsize=None)(
            lambda name: request_shape(operations[name], looseness(name))
        )

    def receive(self, call: Call) -> IncomingRequest:
        """Recognise a call and check its form; what is refused already says so."""
        if call.path.startswith(_BACKOFFICE):
            return self._json_visit(call, "consent")
        if call.path.startswith(_COMMUNES):
            return self._json_visit(call, "communes")
        if call.path.startswith((f"{cozy.BASE_PATH}/", f"{couchdb.BASE_PATH}/")):
            return self._document_visit(call)
        if call.path.startswith(f"{admin.BASE_PATH}/"):
            visit = IncomingRequest(f"{call.method} simulator", read=call.method == "GET")
            visit.backstage = True
            return visit
        operations = self._direct.get(call.path) or self._gateway.get(call.path)
        if not operations:
            visit = IncomingRequest("unknown path", sge=True)
            visit.refused = replies.page(403, "403 Forbidden", "Accès refusé à ce chemin.")
            return visit
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
            operation, shape = self._choose_operation(operations, local(element))
            visit.label, visit.read = operation.name, operation.kind is Kind.READ
            shape.check(element)
        except Refusal as refusal:
            visit.refused = _refusal_reply(refusal, operations[0])
            return
        visit.message = RequestMessage(operation, element)
        if not visit.read:
            with self._world.lock:
                self.orders[operation.name, visit.message.point_id()] += 1

    def _choose_operation(
        self, operations: list[Operation], root: str
    ) -> tuple[Operation, RequestShape]:
        """The operation of that root: a gateway may hold several behind one route."""
        shapes = [(one, self._shape(one.name)) for one in operations]
        return next((pair for pair in shapes if pair[1].root.name == root), shapes[0])

    def answer(self, visit: IncomingRequest, call: Call) -> Reply:
        """Carry the call out."""
        if visit.refused is not None:
            return visit.refused
        if visit.backstage:
            return admin.answer(call.method, call.path, call.body, self._world)
        if visit.message is not None:
            return self._sge(visit.message)
        if visit.documents is not None:
            return visit.documents.answer(
                call.method, visit.behind, call.query, call.headers, call.body
            )
        if call.path.startswith(_COMMUNES):
            return _communes(call, self._world)
        return self._consents(call)

    def _sge(self, message: RequestMessage) -> Reply:
        operation = message.operation
        behave = service(operation.name)
        if behave is None:
            text = f"The simulator does not play {operation.name}."
            return replies.page(403, "403 Forbidden", text)
        try:
            if operation.kind is Kind.READ:
                answer = behave(message, self._world.glance())
            else:
                with self._world.lock:  # what an order checks must still hold when it is kept
                    answer = behave(message, self._world)
        except Refusal as refusal:
            return _refusal_reply(refusal, operation)
        return Reply(200, wrap_envelope(answer, _acknowledgement(message)), replies.XML)

    def _json_visit(self, call: Call, what: str) -> IncomingRequest:
        visit = IncomingRequest(f"{call.method} {what}", read=call.method == "GET")
        if what == "consent" and call.headers.get("authorization") != f"Bearer {TOKEN}":
            visit.refused = replies.token_refusal()
        return visit

    def _document_visit(self, call: Call) -> IncomingRequest:
        """A request to a Cozy or the CouchDB; `/cozy/at/HOST` is the Cozy of that host."""
        _, name, behind = call.path.split("/", 2)
        is_cozy = f"/{name}" == cozy.BASE_PATH
        host = ""
        if is_cozy and behind.startswith("at/"):
            _, host, behind = (*behind.split("/", 2), "")[:3]
        verb = behind.rpartition("/")[2]
        label = f"{call.method} {name}" + (f" {verb}" if verb.startswith("_") else "")
        visit = IncomingRequest(label, read=call.method == "GET" or verb in _READS)
        visit.documents = self._world.cozy(host) if is_cozy else self._world.couchdb
        visit.behind = f"/{behind}"
        return visit

    def _consents(self, call: Call) -> Reply:
        number = call.path.removeprefix(_BACKOFFICE).strip("/")
        world = self._world
        match (call.method, bool(number)):
            case ("POST", False):
                return backoffice.create(call.body, world)
            case ("GET", True):
                return backoffice.read(number, world)
            case ("PUT", True):
                return backoffice.change(number, call.body, world)
            case ("DELETE", True):
                return backoffice.delete(number, world)
        return _json(405, {"error": f"{call.method} is not allowed here"})


def _token_refusal(headers: Mapping[str, str]) -> Reply | None:
    tokens = [headers.get("apikey"), headers.get("authorization")]
    if tokens[0] == TOKEN or tokens[1] == f"Bearer {TOKEN}":
        return None
    return replies.gateway_refusal("900901" if any(tokens) else "900902")


def _refusal_reply(refusal: Refusal, operation: Operation) -> Reply:
    space = OLD if operation.envelope.header == "enteteP" else TECHNIQUE
    return Reply(500, fault(refusal, space), replies.XML, refusal.code or "fault")


def _acknowledgement(message: RequestMessage) -> bytes:
    """What stands in the answer's header: nothing for services without a header of their own."""
    header = message.operation.envelope.header
    if header == "enteteP":  # the old dictionary repeats the point and who asked
        return old_acknowledgement(
            message.point_id(), message.need("demande/donneesGenerales/initiateurLogin")
        )
    return ACKNOWLEDGEMENT if header == "entete" else b""


def _communes(call: Call, world: World) -> Reply:
    if call.method != "GET":
        return _json(405, {"error": f"{call.method} is not allowed here"})
    matches = communes.lookup(call.path.removeprefix(_COMMUNES), world.points.values())
    if not matches:
        return _json(404, {"error": "no commune has this postal code"})
    return _json(200, matches)


def _json(status: int, content: object) -> Reply:
    body = json.dumps(content, ensure_ascii=False).encode()
    outcome = "ok" if status < 400 else f"HTTP{status}"  # noqa: PLR2004 - HTTP's own border
    return Reply(status, body, replies.JSON, outcome)
