"""A request to a service of documents, and what it answers: for the Cozy and the CouchDB alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from msgspec import Struct

from sgeflow.simulator.databases.database import CouchDatabase
from sgeflow.simulator.replies import JSON, Reply

MISSING = {"error": "not_found", "reason": "missing"}
NO_DATABASE = {"error": "not_found", "reason": "Database does not exist."}
_REFUSED = 400  # from here on


class DocumentRequest(Struct, frozen=True):
    """One request: the database it names, and what behind it (`_find`, an id, or nothing)."""

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
    """A request behind a service's address, or None when its body is no JSON."""
    database, _, rest = path.strip("/").partition("/")
    try:
        content = json.loads(body) if body else {}
    except ValueError:
        return None
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    return DocumentRequest(method, unquote(database), unquote(rest), pairs, content)


def json_reply(status: int, content: Any, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """An answer in JSON."""
    body = json.dumps(content, ensure_ascii=False).encode()
    outcome = "ok" if status < _REFUSED else f"HTTP{status}"
    return Reply(status, body, JSON, outcome, headers=headers)


def all_documents(database: CouchDatabase, request: DocumentRequest) -> Reply:
    """`_all_docs`, whole or by `keys`, with the documents when they are asked for."""
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
    """`_index`: made, or there already."""
    fields = request.body["index"]["fields"]
    made = database.add_index(fields)
    name = "by-" + "-".join(fields)
    result = "created" if made else "exists"
    return json_reply(200, {"result": result, "id": f"_design/{name}", "name": name})
