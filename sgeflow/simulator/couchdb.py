"""A simulated CouchDB: documents with revisions, Mango queries, HTTP Basic authentication."""

import base64
import copy
import json
import operator
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl, unquote

from msgspec import Struct

from sgeflow.patterns import regex
from sgeflow.simulator.replies import Reply, json_reply

_NOTHING = object()
_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$eq": operator.eq,
    "$ne": operator.ne,
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
    "$in": lambda value, allowed: value in allowed,
}


def matches(selector: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether a document matches a Mango selector; a missing member never matches."""
    return all(_fits(name, condition, document) for name, condition in selector.items())


def _fits(name: str, condition: Any, document: Mapping[str, Any]) -> bool:
    if name == "$and":
        return all(matches(one, document) for one in condition)
    if name == "$or":
        return any(matches(one, document) for one in condition)
    value: Any = document
    for part in name.split("."):
        value = value.get(part, _NOTHING) if isinstance(value, Mapping) else _NOTHING
    if not isinstance(condition, Mapping):
        return bool(value == condition)
    return all(_passes(test, value, operand) for test, operand in condition.items())


def _passes(test: str, value: Any, operand: Any) -> bool:
    if test == "$exists":
        return (value is not _NOTHING) is bool(operand)
    if value is _NOTHING or test not in _TESTS:
        return False
    try:
        return _TESTS[test](value, operand)
    except TypeError:  # a number and a text cannot be compared
        return False


def _names(selector: Mapping[str, Any]) -> Iterable[str]:
    for name, condition in selector.items():
        if name == "$and":
            for one in condition:
                yield from _names(one)
        elif not name.startswith("$"):
            yield name


# -- a database -----------------------------------------------------------------------------------

StoredDocument = dict[str, Any]
CONFLICT = {"error": "conflict", "reason": "Document update conflict."}


class CouchDatabase:
    """A database of documents by id, with their revisions; deleting adds a last revision."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.indexes: list[tuple[str, ...]] = []
        self._revisions: dict[str, list[StoredDocument]] = {}

    def read(self, number: str, revision: str = "") -> StoredDocument | None:
        """Read a document, or one of its revisions; None when it is missing or deleted."""
        revisions = self._revisions.get(number, [])
        if revision:
            earlier = next((one for one in revisions if one["_rev"] == revision), None)
            return copy.deepcopy(earlier)
        return copy.deepcopy(revisions[-1]) if revisions and _is_alive(revisions[-1]) else None

    def write(self, document: Mapping[str, Any]) -> str | None:
        """Write a document and return its revision; None for a conflict.

        A new document has no `_rev`; an existing one must carry its last revision.
        """
        number = str(document["_id"])
        with self.lock:
            revisions = self._revisions.setdefault(number, [])
            last = revisions[-1]["_rev"] if revisions and _is_alive(revisions[-1]) else None
            if document.get("_rev") != last:
                return None
            count = int(revisions[-1]["_rev"].partition("-")[0]) + 1 if revisions else 1
            text = json.dumps(document, sort_keys=True).encode()
            revision = f"{count}-{blake2b(text, digest_size=16).hexdigest()}"
            revisions.append({**copy.deepcopy(dict(document)), "_rev": revision})
            return revision

    def write_all(self, documents: Sequence[Mapping[str, Any]]) -> list[StoredDocument]:
        """Write each document by itself (no transaction); return the results in order."""
        answers: list[StoredDocument] = []
        for document in documents:
            number = str(document["_id"])
            revision = self.write(document)
            outcome = CONFLICT if revision is None else {"ok": True, "rev": revision}
            answers.append({"id": number, **outcome})
        return answers

    def documents(self) -> list[StoredDocument]:
        """Copies of all documents, by id."""
        return [copy.copy(one) for one in self._alive()]

    def find(self, selector: Mapping[str, Any]) -> list[StoredDocument] | None:
        """The documents that a selector matches, by id; None when no index can serve the query."""
        names = set(_names(selector))  # an index must have each field of the query
        index = next((one for one in self.indexes if names.issuperset(one)), None)
        if index is None:
            return None
        return [
            copy.copy(one)
            for one in self._alive()
            if all(name in one for name in index) and matches(selector, one)
        ]

    def _alive(self) -> Iterator[StoredDocument]:
        for _, revisions in sorted(self._revisions.items()):
            if revisions and _is_alive(revisions[-1]):
                yield revisions[-1]


class Databases:
    """Databases by name."""

    def __init__(self) -> None:
        self._databases: dict[str, CouchDatabase] = {}
        self._lock = threading.RLock()

    def documents(self, name: str) -> list[StoredDocument]:
        """The documents of a database, by id; empty when the database does not exist."""
        database = self._databases.get(name)
        return database.documents() if database else []


def _is_alive(document: Mapping[str, Any]) -> bool:
    return not document.get("_deleted")


# -- requests -------------------------------------------------------------------------------------

MISSING = {"error": "not_found", "reason": "missing"}
NO_DATABASE = {"error": "not_found", "reason": "Database does not exist."}


class DocumentRequest(Struct, frozen=True):
    """A parsed request: the database, and the rest of the path (`_find`, an id, or nothing)."""

    method: str
    database: str
    rest: str
    query: Mapping[str, str]
    body: Any

    @property
    def verb(self) -> str:
        """`POST _find`, or `GET ID` for any id."""
        return f"{self.method} {self.rest if self.rest.startswith('_') else self.rest and 'ID'}"


def read_request(method: str, path: str, query: str, body: bytes) -> DocumentRequest | None:
    """Parse a request below the service's address; None when its body is not JSON."""
    database, _, rest = path.strip("/").partition("/")
    try:
        content = json.loads(body) if body else {}
    except ValueError:
        return None
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    return DocumentRequest(method, unquote(database), unquote(rest), pairs, content)


def all_documents(database: CouchDatabase, request: DocumentRequest) -> Reply:
    """Answer `_all_docs`: all documents or those of `keys`, with their content on request."""
    rows = [
        {"id": one["_id"], "key": one["_id"], "value": {"rev": one["_rev"]}, "doc": one}
        for one in database.documents()
    ]
    if keys := (request.body or {}).get("keys"):
        by_id = {row["id"]: row for row in rows}
        rows = [by_id.get(key, {"key": key, "error": "not_found"}) for key in keys]
    if request.query.get("include_docs") != "true":
        rows = [{name: value for name, value in row.items() if name != "doc"} for row in rows]
    return json_reply(200, {"total_rows": len(rows), "offset": 0, "rows": rows})


def index_reply(database: CouchDatabase, request: DocumentRequest) -> Reply:
    """Answer `_index`: create an index, or say that it exists."""
    fields = tuple(request.body["index"]["fields"])
    result = "exists" if fields in database.indexes else "created"
    if result == "created":
        database.indexes.append(fields)
    name = "by-" + "-".join(fields)
    return json_reply(200, {"result": result, "id": f"_design/{name}", "name": name})


# -- the server -----------------------------------------------------------------------------------

BASE_PATH = "/couchdb"
_NAME = regex(r"[a-z][a-z0-9_$()+/-]*")
_PAIR = "Basic " + base64.b64encode(b"simulator:simulator").decode()
_USUAL = 25  # documents a page, when a query gives no limit


class CouchDb(Databases):
    """A CouchDB server; a database must be created before it is used."""

    def answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        """Answer a request; `path` begins below the server's address."""
        if headers.get("authorization") != _PAIR:
            return json_reply(401, {"error": "unauthorized", "reason": "Name or password is wrong"})
        request = read_request(method, path, query, body)
        if request is None:
            return json_reply(400, {"error": "bad_request", "reason": "invalid UTF-8 JSON"})
        name = request.database
        if request.verb == "PUT ":
            with self._lock:
                if not _NAME.fullmatch(name):
                    return json_reply(400, {"error": "illegal_database_name"})
                if name in self._databases:
                    return json_reply(412, {"error": "file_exists"})
                self._databases[name] = CouchDatabase()
                return json_reply(201, {"ok": True})
        database = self._databases.get(name)
        if database is None:
            return json_reply(404, NO_DATABASE)
        with database.lock:
            return _answer_in(database, request)


def _answer_in(database: CouchDatabase, request: DocumentRequest) -> Reply:
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
    """Answer `_find`; without an index CouchDB scans all documents and warns."""
    documents = database.find(request.body["selector"])
    warning = {}
    if documents is None:
        warning = {"warning": "No matching index found, create an index to optimize query time."}
        chosen = request.body["selector"]
        documents = [one for one in database.documents() if matches(chosen, one)]
    limit, start = request.body.get("limit", _USUAL), int(request.body.get("bookmark") or 0)
    page = documents[start : start + limit]
    return json_reply(200, {"docs": page, "bookmark": str(start + len(page)), **warning})
