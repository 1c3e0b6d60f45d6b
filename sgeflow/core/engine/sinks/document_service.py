"""Asks a Cozy or a CouchDB, as a script of effects.

Every request may be repeated: what is written says which revision it replaces, so that the second
of two that do the same is refused as a conflict, and a lost answer does no harm.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.core.documents import COUCHDB, Endpoint
from sgeflow.core.engine.call import converse
from sgeflow.core.engine.effects import Began, Emit, Script
from sgeflow.core.engine.failures import answer_failure, in_step
from sgeflow.core.engine.service_answers import no_json, service_fault
from sgeflow.core.engine.sinks.document_plan import PAGE, FoundDocument, index_fields
from sgeflow.core.engine.step import Failed, Run
from sgeflow.core.language.foreign_json import from_json
from sgeflow.core.model import Fault, FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.errors import Id, Problem
from sgeflow.messages import say

SLICE = 2000  # documents a `_bulk_docs`
SLICE_BYTES = 900_000  # and bytes: proxies let 1 MB in, when nobody has told them otherwise
_CONFLICT = "conflict"
_SPOKEN = {404: "not_found", 400: "no_index", 412: "file_exists"}  # refusals that tell what to do
_TOO_LARGE = 413
_CLASSES = {402: FaultClass.DENIED}


class SinkStopped(Exception):
    """The service refuses or does not answer: how the step ends."""

    def __init__(self, end: Failed) -> None:
        super().__init__(end.failure.code)
        self.end = end


class _Answer(Struct, frozen=True):
    """A status and what was said: JSON, or None of a request that is too large."""

    status: int
    said: Any


class SinkService(Struct):
    """A service of documents; `asked` counts its requests."""

    endpoint: Endpoint
    run: Run
    instance: str = ""  # which one, of many of a kind
    asked: int = 0
    expected: int = 0  # requests, for who follows the run
    _slice: int = SLICE_BYTES
    _without_database: set[str] = field(default_factory=set)
    _to_index: set[str] = field(default_factory=set)  # types that are asked for, once there are any

    def all(self, doctype: str) -> Script[list[FoundDocument] | None]:
        """All documents of a small type; None when there is no database of it yet."""
        answer = yield from self._ask(
            "GET", doctype, "_all_docs?include_docs=true", None, _has_rows
        )
        if answer.status == 404:  # noqa: PLR2004 - `_SPOKEN`
            self._without_database.add(doctype)
            return None
        return _normal(row.get("doc") for row in answer.said["rows"])

    def by_ids(self, doctype: str, ids: Sequence[str]) -> Script[list[FoundDocument]]:
        """The documents that stand under some ids."""
        place = "_all_docs?include_docs=true"
        answer = yield from self._ask("POST", doctype, place, {"keys": list(ids)}, _has_rows)
        if answer.status == 404:  # noqa: PLR2004 - `_SPOKEN`
            return []
        return _normal(row.get("doc") for row in answer.said["rows"])

    def find(self, doctype: str, selector: Mapping[str, Any]) -> Script[list[FoundDocument] | None]:
        """The documents that a question finds; None when there is no database of the type yet.

        The index is made where it lacks.
        """
        documents: list[FoundDocument] = []
        query: dict[str, Any] = {"selector": selector, "limit": PAGE}
        has_index = False
        while True:
            answer = yield from self._ask("POST", doctype, "_find", query, _has_documents)
            if answer.status == 404:  # noqa: PLR2004 - `_SPOKEN`
                self._without_database.add(doctype)
                self._to_index.add(doctype)
                return None
            lacks_index = answer.status == 400 or "warning" in answer.said  # noqa: PLR2004
            if lacks_index and not has_index:
                has_index = True
                yield from self._make_index(doctype)
            if answer.status == 400:  # noqa: PLR2004 - `no_index`
                continue
            page = answer.said["docs"]
            documents += _normal(page)
            bookmark = answer.said.get("bookmark")
            if len(page) < PAGE or not bookmark or bookmark == query.get("bookmark"):
                return documents
            query["bookmark"] = bookmark

    def write(self, doctype: str, bodies: Sequence[Mapping[str, Any]]) -> Script[set[str]]:
        """Write documents, in slices; the ids of those that somebody else has changed meanwhile."""
        if doctype in self._without_database and self.endpoint.kind == COUCHDB:
            yield from self._ask("PUT", doctype, "", None, lambda said: isinstance(said, dict))
        self._without_database.discard(doctype)
        left = deque(self._slices([(body["_id"], _text(body)) for body in bodies]))
        conflicts: set[str] = set()
        while left:
            part = left.popleft()
            answer = yield from self._write_slice(doctype, part)
            if answer is None:
                half = len(part) // 2
                self._slice = max(1, sum(len(text) for _, text in part) // 2)
                left.extendleft([part[half:], part[:half]])
                continue
            conflicts |= answer
        if doctype in self._to_index:
            self._to_index.remove(doctype)
            with suppress(SinkStopped):  # they are written; it is made, or refused, when looked up
                yield from self._make_index(doctype)
        return conflicts

    # -- one request each -------------------------------------------------------------------------

    def _write_slice(
        self, doctype: str, part: Sequence[tuple[str, bytes]]
    ) -> Script[set[str] | None]:
        """The conflicts of a slice; None when it is too large."""
        body = b'{"docs":[' + b",".join(text for _, text in part) + b"]}"
        ids = [number for number, _ in part]
        answer = yield from self._ask("POST", doctype, "_bulk_docs", body, _answers(ids))
        if answer.status == _TOO_LARGE and len(part) > 1:
            return None
        if answer.status == _TOO_LARGE:
            raise SinkStopped(self._refusal(_TOO_LARGE, "too_large"))
        if not isinstance(answer.said, list):  # a database that is gone again
            raise SinkStopped(self._refusal(answer.status, str(answer.said.get("error"))))
        errors = {one["id"]: one["error"] for one in answer.said if one.get("error")}
        if other := next((error for error in errors.values() if error != _CONFLICT), None):
            raise SinkStopped(self._refusal(403, other))
        return set(errors)

    def _make_index(self, doctype: str) -> Script[None]:
        index = {"index": {"fields": index_fields()}}
        yield from self._ask("POST", doctype, "_index", index, lambda said: isinstance(said, dict))

    def _ask(
        self, method: str, doctype: str, place: str, body: Any, fits: Callable[[Any], bool]
    ) -> Script[_Answer]:
        """One request, tried again as a read is; Stopped when it comes to nothing."""
        request = self._request(method, self._path(doctype, place), body)
        run = self.run.item(self.asked)
        self.asked += 1
        if self.asked > self.expected:
            self.expected = self.asked
            yield Emit(Began(self.run.trail, "", self.expected))
        end = yield from converse(request, lambda reply: self._read(reply, method, fits), run)
        if isinstance(end, Failed):
            problem = in_step(replace(end.failure.problem, where=""), self.run)
            failure = replace(end.failure, step=self.run.trail, problem=problem)
            raise SinkStopped(replace(end, failure=failure))
        answer: _Answer = end.outputs
        return answer

    def _path(self, doctype: str, place: str) -> str:
        if self.endpoint.kind == COUCHDB:
            return f"/{doctype.replace('.', '-')}" + (f"/{place}" if place else "")
        return f"/data/{doctype}/{place}"

    def _request(self, method: str, path: str, body: Any) -> Request:
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return Request(
            endpoint=self.endpoint.name,
            instance=self.instance,
            method=method,
            path=path,
            headers=headers,
            body=body if isinstance(body, bytes) else b"" if body is None else _text(body),
            label=f"{method} {self.endpoint.name}",
            kind=Kind.READ,  # of what may be repeated
            writes=method == "PUT" or path.endswith(("/_bulk_docs", "/_index")),
            alone=True,
            personal=self.endpoint.personal,
            is_mendable=True,
        )

    def _read(
        self, response: Response, method: str, fits: Callable[[Any], bool]
    ) -> _Answer | Fault | NoAnswer:
        """An answer that can be worked with, or why it is none."""
        if response.status == _TOO_LARGE:
            return _Answer(_TOO_LARGE, None)
        service = self.endpoint.name
        try:
            content = from_json(response.body)
        except ValueError as error:
            if response.status < 300:  # noqa: PLR2004 - the 2xx of HTTP
                return no_json(service, response, error, is_read=True)
            content = None
        if 200 <= response.status < 300:  # noqa: PLR2004 - the 2xx of HTTP
            return _Answer(response.status, content) if fits(content) else _no_answer(service)
        spoken = content.get("error") if isinstance(content, dict) else None
        if spoken is not None and spoken == _SPOKEN.get(response.status):
            return _Answer(response.status, content)
        if "invalid_token" in response.headers.get("www-authenticate", ""):  # a 400 at a Cozy
            return service_fault(service, method, response, FaultClass.CREDENTIALS)
        return service_fault(service, method, response, _CLASSES.get(response.status))

    def _refusal(self, status: int, error: str) -> Failed:
        """The failure of documents that the service does not take."""
        name = self.endpoint.name
        message = say("{service} does not take a document: “{error}”", service=name, error=error)
        problem = Problem(id=Id.HTTP_REFUSED, message=message)
        return stopped_at(self.run, name, status, problem)

    def _slices(self, bodies: Sequence[tuple[str, bytes]]) -> Iterator[Sequence[tuple[str, bytes]]]:
        part: list[tuple[str, bytes]] = []
        size = 0
        for number, text in bodies:
            if part and (len(part) == SLICE or size + len(text) > self._slice):
                yield part
                part, size = [], 0
            part.append((number, text))
            size += len(text) + 1
        if part:
            yield part


def stopped_at(run: Run, service: str, status: int, problem: Problem) -> Failed:
    """How a step ends whose documents the service does not take."""
    request = Request(
        endpoint=service,
        method="POST",
        path="",
        headers={},
        body=b"",
        label=f"POST {service}",
        kind=Kind.READ,
    )
    classes = {409: FaultClass.TRANSIENT, 403: FaultClass.CREDENTIALS}
    fault = Fault(
        code=f"HTTP{status}",
        message=problem.message,
        fault_class=classes.get(status, FaultClass.INVALID),
        status=status,
        problem=problem,
    )
    return Failed(failure=answer_failure(fault, request, 1, run))


def _no_answer(service: str) -> NoAnswer:
    message = say("{service} answered JSON of another form than a Cozy or CouchDB", service=service)
    problem = Problem(id=Id.BAD_ANSWER, message=message)
    return NoAnswer(sent=True, problem=problem, fault_class=FaultClass.TECHNICAL)


def _has_documents(said: Any) -> bool:
    return isinstance(said, dict) and _are_objects(said.get("docs"))


def _has_rows(said: Any) -> bool:
    return isinstance(said, dict) and _are_objects(said.get("rows"))


def _answers(ids: Sequence[str]) -> Callable[[Any], bool]:
    """Whether an answer to `_bulk_docs` says of each document how it went."""

    def fits(said: Any) -> bool:
        return _are_objects(said) and [one.get("id") for one in said] == list(ids)

    return fits


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _normal(documents: Any) -> list[FoundDocument]:
    """Documents with an id, without those of indexes."""
    return [
        one
        for one in documents
        if isinstance(one, dict) and not str(one.get("_id", "_")).startswith("_")
    ]


def _text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
