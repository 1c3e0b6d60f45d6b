"""A CouchDB: databases that must be made, documents, `_find` and `_bulk_docs`; HTTP Basic."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from sgeflow.patterns import regex
from sgeflow.simulator.databases.database import CONFLICT, CouchDatabase, Databases
from sgeflow.simulator.databases.mango import matches
from sgeflow.simulator.databases.requests import (
    MISSING,
    NO_DATABASE,
    DocumentRequest,
    all_documents,
    index_reply,
    json_reply,
    read_request,
)
from sgeflow.simulator.replies import Reply

BASE_PATH = "/couchdb"
_NAME = regex(r"[a-z][a-z0-9_$()+/-]*")
_PAIR = "Basic " + base64.b64encode(b"simulator:simulator").decode()
_USUAL = 25  # documents a page, when a question does not say


class CouchDb(Databases):
    """A server of databases, each of which is made before it is used."""

    def answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        """What a request behind its address gets."""
        if headers.get("authorization") != _PAIR:
            return json_reply(401, {"error": "unauthorized", "reason": "Name or password is wrong"})
        request = read_request(method, path, query, body)
        if request is None:
            return json_reply(400, {"error": "bad_request", "reason": "invalid UTF-8 JSON"})
        if request.verb == "PUT ":
            return self._make(request.database)
        database = self._databases.get(request.database)
        if database is None:
            return json_reply(404, NO_DATABASE)
        with database.lock:
            return _answer(database, request)

    def _make(self, name: str) -> Reply:
        with self._lock:
            if not _NAME.fullmatch(name):
                return json_reply(400, {"error": "illegal_database_name"})
            if name in self._databases:
                return json_reply(412, {"error": "file_exists"})
            self._databases[name] = CouchDatabase()
            return json_reply(201, {"ok": True})


def _answer(database: CouchDatabase, request: DocumentRequest) -> Reply:
    match request.verb:
        case "POST _bulk_docs":
            return json_reply(201, database.write_all(request.body["docs"]))
        case "POST _index":
            return index_reply(database, request)
        case "POST _find":
            return _find(database, request)
        case "GET _all_docs" | "POST _all_docs":
            return all_documents(database, request)
        case "GET ID":
            document = database.read(request.rest, request.query.get("rev", ""))
            return json_reply(404, MISSING) if document is None else json_reply(200, document)
        case "PUT ID":
            revision = database.write({**request.body, "_id": request.rest})
            if revision is None:
                return json_reply(409, CONFLICT)
            return json_reply(201, {"ok": True, "id": request.rest, "rev": revision})
    return json_reply(405, {"error": "method_not_allowed"})


def _find(database: CouchDatabase, request: DocumentRequest) -> Reply:
    """Without an index CouchDB goes through all documents, and warns."""
    documents = database.find(request.body["selector"])
    warning = {}
    if documents is None:
        warning = {"warning": "No matching index found, create an index to optimize query time."}
        chosen = request.body["selector"]
        documents = [one for one in database.documents() if matches(chosen, one)]
    limit, start = request.body.get("limit", _USUAL), int(request.body.get("bookmark") or 0)
    page = documents[start : start + limit]
    return json_reply(200, {"docs": page, "bookmark": str(start + len(page)), **warning})
