"""A simulated Cozy: the data API of cozy-stack with tokens, permissions, pages and errors.

The shapes are those of `web/data` in cozy-stack. The first document of a type creates its database.
A token allows what the manifest of the konnector allows; Cozy refuses an expired token (`expired`)
and an unknown one with 400. Each host has its own Cozy and token (`simulator-HOST`, or `simulator`
without a host). The stack does not know the host `unknown`; the owner of `revoked` withdrew their
consent.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from sgeflow.simulator.couchdb import (
    CONFLICT,
    MISSING,
    NO_DATABASE,
    CouchDatabase,
    Databases,
    DocumentRequest,
    StoredDocument,
    all_documents,
    index_reply,
    read_request,
)
from sgeflow.simulator.replies import Reply, json_reply

BASE_PATH = "/cozy"
TOKEN = "simulator"  # noqa: S105 - the made-up token of a made-up Cozy, printed in the manual
UNKNOWN, REVOKED = "unknown", "revoked"
MOST = 1000  # documents a page; a request for more gets `_USUAL`
_USUAL = 100
_ALL = frozenset({"GET", "POST", "PUT", "DELETE"})
PERMISSIONS: Mapping[str, frozenset[str]] = {
    r"com\.grandlyon\.enedis\.[a-z.]+": _ALL,
    r"io\.cozy\.accounts": frozenset({"GET", "PUT"}),
}
_EXPIRED = 'Bearer error="invalid_token" error_description="The access token expired"'
_INVALID = 'Bearer error="invalid_token"'
_NO_INSTANCE = {"errors": [{"status": "404", "title": "Not Found", "detail": "unknown instance"}]}


class Cozy(Databases):
    """The Cozy of one household; `largest` is the largest request that it accepts, in bytes."""

    def __init__(self, host: str = "") -> None:
        super().__init__()
        self.largest = 1 << 20
        self.word = f"{TOKEN}-{host}" if host else TOKEN  # the token of this Cozy alone
        self.tokens = {self.word}
        self.is_off = False  # whether CouchDB is unreachable
        self.is_unknown = host == UNKNOWN  # the stack has no such Cozy
        self.is_revoked = host == REVOKED
        self._given = {self.word}  # tokens given out, expired ones too

    # -- behind the scenes ------------------------------------------------------------------------

    def set_document(self, doctype: str, document: Mapping[str, Any]) -> StoredDocument:
        """Write a document under its id as the owner could, whatever is stored there."""
        with self._lock:
            database = self.database(doctype)
            before = database.read(document["_id"])
            revision = {"_rev": before["_rev"]} if before else {}
            number = str(document["_id"])
            database.write({**document, **revision})
            return database.read(number) or {}

    def delete(self, doctype: str, number: str) -> str:
        """Delete a document as the owner could; return the deleted revision."""
        document = self.database(doctype).read(number) or {}
        tombstone = {"_id": number, "_rev": document.get("_rev"), "_deleted": True}
        self.database(doctype).write(tombstone)
        return str(document.get("_rev"))

    def database(self, doctype: str) -> CouchDatabase:
        """The database of a document type; created when it does not exist."""
        with self._lock:
            return self._databases.setdefault(doctype, CouchDatabase())

    def expire(self) -> None:
        """Expire all tokens that were given out."""
        self.tokens.clear()

    # -- over HTTP --------------------------------------------------------------------------------

    def answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        """Answer a request; `path` begins below the address of the Cozy."""
        if path == "/auth/access_token" and method == "POST" and not self.is_unknown:
            return self._renew(body)
        if self.is_unknown or not path.startswith("/data/"):
            nothing = {"error": "not_found", "reason": path}
            return json_reply(404, _NO_INSTANCE if self.is_unknown else nothing)
        if refusal := self._token_refusal(headers.get("authorization", "")):
            return refusal
        if len(body) > self.largest:
            return _error(413, "too_large")
        request = read_request(method, path.removeprefix("/data/"), query, body)
        if request is None:
            return _error(400, "bad_request")
        if not _is_allowed(request):
            return _error(403, "code=403, message=Forbidden")
        if self.is_off:
            return json_reply(503, {"error": "no_couch", "reason": "could not connect"})
        handle = _HANDLERS.get(request.verb)
        if handle is None:
            return _error(405, "method_not_allowed")
        if request.verb not in _MAKES and request.database not in self._databases:
            return json_reply(404, NO_DATABASE)
        database = self.database(request.database)
        with database.lock:
            return handle(database, request)

    def _renew(self, body: bytes) -> Reply:
        """Exchange the refresh token of an OAuth client for a new access token."""
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        client = {"client_id": self.word, "client_secret": self.word}
        expected = {"grant_type": "refresh_token", **client}
        if self.is_revoked or any(form.get(name) != value for name, value in expected.items()):
            return _error(400, "invalid_client")
        if form.get("refresh_token") != self.word:
            return _error(400, "invalid_grant")
        with self._lock:
            token = f"{self.word}/{len(self._given)}"  # unique, since host names contain no slash
            self._given.add(token)
            self.tokens.add(token)
        return json_reply(200, {"token_type": "bearer", "access_token": token, "scope": ""})

    def _token_refusal(self, authorization: str) -> Reply | None:
        token = authorization.removeprefix("Bearer ")
        if not token:
            return _error(401, "code=401, message=No token in request")
        if token in self.tokens and not self.is_revoked:
            return None
        is_old = token in {"expired", *self._given} and not self.is_revoked
        text = "Expired token" if is_old else "Invalid JWT token"
        extra = (("WWW-Authenticate", _EXPIRED if is_old else _INVALID),)
        return json_reply(400, {"error": f"code=400, message={text}"}, extra)


def _is_allowed(request: DocumentRequest) -> bool:
    """Whether the manifest of the konnector allows the request."""
    verb = _NEEDS.get(request.rest, request.method)
    if verb == "PUT" and not {"_id", "_rev"} & set(request.body or {}):
        verb = "POST"  # POST creates a document
    return any(
        verb in verbs and re.fullmatch(pattern, request.database)
        for pattern, verbs in PERMISSIONS.items()
    )


def _create(database: CouchDatabase, request: DocumentRequest) -> Reply:
    if "_id" in request.body:
        return _error(400, "defined_id")
    number = f"{len(database.documents()) + 1:032x}"
    while database.read(number):
        number = f"{int(number, 16) + 1:032x}"
    return _write_single(database, request, {**request.body, "_id": number}, 201)


def _read(database: CouchDatabase, request: DocumentRequest) -> Reply:
    document = database.read(request.rest, request.query.get("rev", ""))
    if document is None:
        return json_reply(404, MISSING)
    return json_reply(200, {**document, "_type": request.database})


def _change(database: CouchDatabase, request: DocumentRequest) -> Reply:
    names = {"_id", "_rev"} & set(request.body)
    if len(names) == 1:
        return _error(400, "You must either provide an _id and _rev in document or neither")
    if names and request.body["_id"] != request.rest:
        return _error(400, "document _id doesnt match url")
    if names and database.read(request.rest) is None:
        return json_reply(404, MISSING)
    return _write_single(database, request, {**request.body, "_id": request.rest}, 200)


def _write_single(
    database: CouchDatabase, request: DocumentRequest, body: StoredDocument, status: int
) -> Reply:
    document = {name: value for name, value in body.items() if name != "_type"}
    revision = database.write(document)
    if revision is None:
        return json_reply(409, CONFLICT)
    data = {**document, "_rev": revision, "_type": request.database}
    extra = {"ok": True, "id": document["_id"], "rev": revision, "type": request.database}
    return json_reply(status, {**extra, "data": data})


def _delete(database: CouchDatabase, request: DocumentRequest) -> Reply:
    revision = request.query.get("rev", "")
    if not revision:
        return _error(400, "delete without revision")
    tombstone = {"_id": request.rest, "_rev": revision, "_deleted": True}
    if (last := database.write(tombstone)) is None:
        return json_reply(409, CONFLICT)
    return json_reply(200, {"ok": True, "id": request.rest, "rev": last, "deleted": True})


def _bulk(database: CouchDatabase, request: DocumentRequest) -> Reply:
    unknown = [n for one in request.body["docs"] for n in one if n[:1] == "_" and n not in _OWN]
    if unknown:
        return _error(400, f"doc_validation: Bad special document member: {unknown[0]}")
    return json_reply(201, database.write_all(request.body["docs"]))


def _find(database: CouchDatabase, request: DocumentRequest) -> Reply:
    documents = database.find(request.body["selector"])
    if documents is None:
        reason = "no matching index found, create an index"
        return json_reply(400, {"error": "no_index", "reason": reason})
    limit = _page_size(request.body.get("limit"))
    start = int(request.body.get("bookmark") or request.body.get("skip") or 0)
    page = documents[start : start + limit]
    extra = {"limit": limit, "next": len(page) >= limit, "bookmark": str(start + len(page))}
    return json_reply(200, {"docs": page, **extra})


def _normal_documents(database: CouchDatabase, request: DocumentRequest) -> Reply:
    documents, limit = database.documents(), _page_size(request.query.get("limit"))
    mark = request.query.get("bookmark", "")
    page = [one for one in documents if one["_id"] > mark][:limit]
    last = page[-1]["_id"] if page else mark
    return json_reply(200, {"rows": page, "total_rows": len(documents), "bookmark": last})


def _page_size(limit: Any) -> int:
    count = int(limit or _USUAL)
    return count if count <= MOST else _USUAL


def _error(status: int, text: str) -> Reply:
    return json_reply(status, {"error": text})


_OWN = frozenset({"_id", "_rev", "_deleted"})
_NEEDS = {
    "_find": "GET",
    "_index": "GET",
    "_all_docs": "GET",
    "_normal_docs": "GET",
    "_bulk_docs": "POST",
}
_MAKES = frozenset({"POST ", "PUT ID", "POST _index", "POST _bulk_docs"})
_HANDLERS: Mapping[str, Callable[[CouchDatabase, DocumentRequest], Reply]] = {
    "POST ": _create,
    "GET ID": _read,
    "PUT ID": _change,
    "DELETE ID": _delete,
    "POST _bulk_docs": _bulk,
    "POST _index": index_reply,
    "POST _find": _find,
    "GET _all_docs": all_documents,
    "POST _all_docs": all_documents,
    "GET _normal_docs": _normal_documents,
}
