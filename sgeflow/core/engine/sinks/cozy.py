"""Exports Cozy documents to a Cozy or a CouchDB: new and changed ones since the last export.

The exported documents are remembered as digests of days, months and years. If a digest differs, the
service's documents are looked up by their natural key, and new or changed ones are written. A
document whose writing was not confirmed is written again next time.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.core.documents import COUCHDB, Endpoint
from sgeflow.core.engine.call import converse
from sgeflow.core.engine.effects import (
    Emit,
    Load,
    Loaded,
    Recall,
    Remember,
    Script,
    StepBegun,
    Warn,
    ask,
)
from sgeflow.core.engine.failures import error_failure, in_step, step_failure
from sgeflow.core.engine.service_answers import no_json, service_fault
from sgeflow.core.engine.sinks import MEMORY, Sink
from sgeflow.core.engine.step import Done, End, Failed, Run
from sgeflow.core.instances import at_instance
from sgeflow.core.language.foreign_json import from_json
from sgeflow.core.measures.civil_time import civil
from sgeflow.core.measures.cozy_documents import (
    DATE_FIELDS,
    DAY,
    DOCUMENT_TYPES,
    CozyDocument,
    DocumentKey,
    DocumentType,
    begun_before,
    documents_of,
)
from sgeflow.core.model import Fault, FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.errors import Id, InvalidValues, Problem
from sgeflow.messages import Message, join_items, say, say_count
from sgeflow.version import __version__

_ROUNDS = 4  # of reading and writing, while another program changes the documents


def write(sink: Sink, run: Run) -> Script[End]:
    """Export a point's documents; the end has the counts by type, or the failure.

    Documents that were written before a failure are remembered.
    """
    # an address may name a household, so the name contains its digest
    address = at_instance(run.environment.endpoints[sink.service], sink.instance).base_url
    name = f"{sink.point} {blake2b(address.encode(), digest_size=8).hexdigest()}"
    place = {"collection": MEMORY, "name": name}
    known = yield from ask(Recall(key=run.key("known"), **place))
    writing = _Writing(sink=sink, run=run, known={} if sink.again or not known else known)
    try:
        yield from writing.work()
        end: End = writing.end()
    except SinkStopped as stopped:
        end = stopped.end
    except InvalidValues as error:
        end = Failed(failure=error_failure(error, run))
    if writing.taken:
        yield from ask(Remember(key=run.key("taken"), values=writing.taken, **place))
    return end


class _TypePart(Struct, kw_only=True):
    """The documents of a type by chunk, and the chunks that have changed."""

    kind: DocumentType
    chunks: Mapping[str, list[CozyDocument]]
    changed: Mapping[str, str]  # digests by chunk

    @property
    def documents(self) -> dict[DocumentKey, CozyDocument]:
        """The documents of the changed chunks."""
        return {one.key: one for name in self.changed for one in self.chunks[name]}


class _Writing(Struct, kw_only=True):
    """One export of a point's documents."""

    sink: Sink
    run: Run
    known: Mapping[str, Any]
    taken: dict[str, str] = field(default_factory=dict)  # digests to remember
    tallies: dict[str, DocumentTally] = field(default_factory=dict)

    def work(self) -> Script[None]:
        """Look up and write the documents, type by type."""
        partial: frozenset[DocumentKey] = frozenset()
        parts: list[_TypePart] = []
        for kind in DOCUMENT_TYPES:
            effect = Load(key=self.run.key(kind.series), point=self.sink.point, name=kind.series)
            loaded: Loaded = yield from ask(effect)
            if kind is DAY and loaded.measures:
                first = civil(loaded.measures.starts[0])
                partial = begun_before((first.year, first.month, first.day))
            parts.append(self._part(kind, loaded))
        expected = sum(
            len(_questions(part.kind, list(keys))) + 1 for part in parts if (keys := part.documents)
        )  # number of requests, at least
        endpoint = self.run.environment.endpoints[self.sink.service]
        service = SinkService(endpoint, self.run, instance=self.sink.instance, expected=expected)
        if service.expected:
            yield Emit(StepBegun(self.run.trail, "", service.expected))
        for part in parts:
            self.tallies[part.kind.name] = tally = DocumentTally()
            if part.changed:
                yield from self._write(service, part, partial, tally)
            if tally.twins:
                text = say_count(
                    "{count} document of {kind} exists twice; the older one is updated, none is"
                    " deleted",
                    "{count} documents of {kind} exist twice; the older ones are updated, none is"
                    " deleted",
                    count=len(tally.twins),
                    kind=part.kind.name,
                )
                yield Emit(Warn(self.run.trail, text))

    def end(self) -> Done:
        """The counts of all documents as the end of the step."""
        counts = {name: tally.counts() for name, tally in self.tallies.items()}
        total = {
            outcome: sum(one[outcome] for one in counts.values())
            for outcome in next(iter(counts.values()))
        }
        outputs = {
            "service": self.sink.service,
            "written": total["new"] + total["changed"],
            "counts": counts,
        }
        return Done(outputs=outputs, summary=_summary(self.sink.service, total))

    def _part(self, kind: DocumentType, loaded: Loaded) -> _TypePart:
        documents, _ = documents_of(kind, self.sink.point, loaded.measures, loaded.unit)
        chunks = chunks_of(kind, documents)
        digests = {name: chunk_digest(some) for name, some in chunks.items()}
        changed = {
            name: digest
            for name, digest in digests.items()
            if self.known.get(_memory_key(kind, name)) != digest
        }
        return _TypePart(kind=kind, chunks=chunks, changed=changed)

    def _attribution(self) -> Attribution:
        moment = datetime.fromisoformat(self.run.now).astimezone(UTC)
        return Attribution(
            app=self.sink.app,
            version=__version__,
            account=self.sink.account,
            point=self.sink.point,
            account_point=self.sink.account_point,
            # the form of JavaScript's toISOString
            now=f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z",
        )

    def _write(
        self,
        service: SinkService,
        part: _TypePart,
        partial: frozenset[DocumentKey],
        tally: DocumentTally,
    ) -> Script[None]:
        """Write the documents of a type until none conflicts with another program's change."""
        kind = part.kind
        left = part.documents
        for turn in range(_ROUNDS):
            there = yield from self._look_up(service, part, left, tally, is_again=turn > 0)
            left = left if turn else part.documents  # after a lost database: all
            attribution = self._attribution()
            bodies = {
                key: body
                for key, one in left.items()
                if (
                    body := body_for(
                        one, there.get(key), attribution, tally, partial=key in partial
                    )
                )
            }
            contested: set[str] = set()
            if bodies:
                contested = yield from service.write(kind.name, list(bodies.values()))
            left = {key: left[key] for key, body in bodies.items() if body["_id"] in contested}
            if not left:
                self.taken |= {_memory_key(kind, n): d for n, d in part.changed.items()}
                return
        message = say_count(
            "{count} document of {kind} changes while it is written",
            "{count} documents of {kind} change while they are written",
            count=len(left),
            kind=kind.name,
        )
        raise _stopped_at(self.run, 409, message)

    def _look_up(
        self,
        service: SinkService,
        part: _TypePart,
        left: Mapping[DocumentKey, CozyDocument],
        tally: DocumentTally,
        *,
        is_again: bool,
    ) -> Script[dict[DocumentKey, FoundDocument]]:
        """Look up the service's documents of this point by natural key.

        A service without any document of a type lost its database or never had one, and gets all
        documents. After a conflict our own ids are looked up too, because a document may have
        another date by now.
        """
        kind = part.kind
        stored: list[FoundDocument] = []
        for question in _questions(kind, list(left)):
            some = yield from (
                service.all(kind.name) if question is None else service.find(kind.name, question)
            )
            if some is None:
                if not is_again:
                    part.changed = {n: chunk_digest(some) for n, some in part.chunks.items()}
                return {}
            stored += some
        there = stored_by_key(kind, self._attribution(), stored, tally)
        lost = {one.number: key for key, one in left.items() if key not in there}
        if is_again and lost:
            own = yield from service.all(kind.name, list(lost))
            there |= {lost[str(one["_id"])]: one for one in own or () if one["_id"] in lost}
        return there


def _questions(kind: DocumentType, keys: list[DocumentKey]) -> list[dict[str, Any] | None]:
    """The queries that find some keys; None for all documents of a type (months and years)."""
    return [None] if kind.key < len(DATE_FIELDS[:3]) else [*selectors_for(kind, keys)]


def _memory_key(kind: DocumentType, chunk: str) -> str:
    return f"{kind.name.rpartition('.')[2]} {chunk}"


def _summary(service: str, total: Mapping[str, int]) -> Message:
    words = {
        "new": say_count("{count:,} new", "{count:,} new", count=total["new"]),
        "changed": say_count("{count:,} changed", "{count:,} changed", count=total["changed"]),
        "kept": say_count(
            "{count} sum left unchanged, because some of its days are unknown",
            "{count} sums left unchanged, because some of their days are unknown",
            count=total["kept"],
        ),
        "adopted": say_count(
            "{count} of another program", "{count} of other programs", count=total["adopted"]
        ),
    }
    shown = [text for name, text in words.items() if total[name]] or [say("nothing new")]
    return join_items([f"{service} · ", join_items(shown)], between="")


SLICE = 2000  # documents in one `_bulk_docs` request
SLICE_BYTES = 900_000  # and bytes: by default proxies accept up to 1 MB
_CONFLICT = "conflict"
_SPOKEN = {404: "not_found", 400: "no_index", 412: "file_exists"}  # refusals with a known remedy
_TOO_LARGE = 413
_CLASSES = {402: FaultClass.DENIED}


class SinkStopped(Exception):
    """The service refused or did not answer; contains the end of the step."""

    def __init__(self, end: Failed) -> None:
        super().__init__(end.failure.code)
        self.end = end


class _Answer(Struct, frozen=True):
    """A status and the JSON of an answer; None for a request that was too large."""

    status: int
    said: Any


class SinkService(Struct):
    """A service of documents; `asked` counts the requests.

    Every request can be repeated like a read: a written document names the revision that it
    replaces, so a repeated write is a conflict and changes nothing.
    """

    endpoint: Endpoint
    run: Run
    instance: str = ""  # the instance of the service, if it has several
    asked: int = 0
    expected: int = 0  # number of requests, for the progress display
    _slice: int = SLICE_BYTES
    _without_database: set[str] = field(default_factory=set)
    _to_index: set[str] = field(default_factory=set)  # types without an index yet

    def all(
        self, doctype: str, ids: Sequence[str] | None = None
    ) -> Script[list[FoundDocument] | None]:
        """All documents of a small type, or those with some ids; None without a database yet."""
        method, body = ("GET", None) if ids is None else ("POST", {"keys": ids})
        place = "_all_docs?include_docs=true"
        answer = yield from self._ask(method, doctype, place, body, _has("rows"))
        if answer.status == 404:  # noqa: PLR2004 - `_SPOKEN`
            self._without_database.add(doctype)
            return None
        return _normal(row.get("doc") for row in answer.said["rows"])

    def find(self, doctype: str, selector: Mapping[str, Any]) -> Script[list[FoundDocument] | None]:
        """The documents that match a selector; None if the type has no database yet.

        A missing index is created.
        """
        documents: list[FoundDocument] = []
        query: dict[str, Any] = {"selector": selector, "limit": PAGE}
        has_index = False
        while True:
            answer = yield from self._ask("POST", doctype, "_find", query, _has("docs"))
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
        """Write documents in slices; return the ids that another program has changed meanwhile."""
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
            with suppress(SinkStopped):  # written; the next lookup makes the index
                yield from self._make_index(doctype)
        return conflicts

    # -- one request each -------------------------------------------------------------------------

    def _write_slice(
        self, doctype: str, part: Sequence[tuple[str, bytes]]
    ) -> Script[set[str] | None]:
        """Write a slice and return its conflicts; None if the slice is too large."""
        body = b'{"docs":[' + b",".join(text for _, text in part) + b"]}"
        ids = [number for number, _ in part]
        answer = yield from self._ask("POST", doctype, "_bulk_docs", body, _answers(ids))
        if answer.status == _TOO_LARGE and len(part) > 1:
            return None
        if answer.status == _TOO_LARGE:
            raise self._refusal(_TOO_LARGE, "too_large")
        if not isinstance(answer.said, list):  # the database was deleted
            raise self._refusal(answer.status, str(answer.said.get("error")))
        errors = {one["id"]: one["error"] for one in answer.said if one.get("error")}
        if other := next((error for error in errors.values() if error != _CONFLICT), None):
            raise self._refusal(403, other)
        return set(errors)

    def _make_index(self, doctype: str) -> Script[None]:
        index = {"index": {"fields": list(_WINDOW)}}  # serves `selectors_for`
        yield from self._ask("POST", doctype, "_index", index, lambda said: isinstance(said, dict))

    def _ask(
        self, method: str, doctype: str, place: str, body: Any, fits: Callable[[Any], bool]
    ) -> Script[_Answer]:
        """Send one request, with the retries of a read. Raises: SinkStopped without an answer."""
        request = self._request(method, self._path(doctype, place), body)
        run = self.run.item(self.asked)
        self.asked += 1
        if self.asked > self.expected:
            self.expected = self.asked
            yield Emit(StepBegun(self.run.trail, "", self.expected))
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
            kind=Kind.READ,  # may be repeated
            writes=method == "PUT" or path.endswith(("/_bulk_docs", "/_index")),
            alone=True,
            personal=self.endpoint.personal,
            is_mendable=True,
        )

    def _read(
        self, response: Response, method: str, fits: Callable[[Any], bool]
    ) -> _Answer | Fault | NoAnswer:
        """Classify an answer: usable, a fault, or no answer."""
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
            if fits(content):
                return _Answer(response.status, content)
            message = say(
                "{service} answered JSON of another form than a Cozy or CouchDB", service=service
            )
            problem = Problem(id=Id.BAD_ANSWER, message=message)
            return NoAnswer(sent=True, problem=problem, fault_class=FaultClass.TECHNICAL)
        spoken = content.get("error") if isinstance(content, dict) else None
        if spoken is not None and spoken == _SPOKEN.get(response.status):
            return _Answer(response.status, content)
        if "invalid_token" in response.headers.get("www-authenticate", ""):  # Cozy: expired
            return service_fault(service, method, response, FaultClass.CREDENTIALS)
        return service_fault(service, method, response, _CLASSES.get(response.status))

    def _refusal(self, status: int, error: str) -> SinkStopped:
        """The end of an export of a document that the service refuses."""
        name = self.endpoint.name
        message = say("{service} does not take a document: “{error}”", service=name, error=error)
        return _stopped_at(self.run, status, message)

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


def _stopped_at(run: Run, status: int, message: Message) -> SinkStopped:
    """The end of an export whose documents the service refuses."""
    problem = Problem(id=Id.HTTP_REFUSED, message=message)
    known = {409: FaultClass.TRANSIENT, 403: FaultClass.CREDENTIALS}
    fault_class, code = known.get(status, FaultClass.INVALID), f"HTTP{status}"
    failure = step_failure(problem, run, fault_class, code=code, reason=message)
    return SinkStopped(Failed(failure=failure))


def _has(name: str) -> Callable[[Any], bool]:
    """Return a test whether an answer has a list of objects under a name."""
    return lambda said: isinstance(said, dict) and _are_objects(said.get(name))


def _answers(ids: Sequence[str]) -> Callable[[Any], bool]:
    """Return a test whether an answer to `_bulk_docs` has a result for each document."""

    def fits(said: Any) -> bool:
        return _are_objects(said) and [one.get("id") for one in said] == list(ids)

    return fits


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _normal(documents: Any) -> list[FoundDocument]:
    """Documents with an id, except those of indexes."""
    return [
        one
        for one in documents
        if isinstance(one, dict) and not str(one.get("_id", "_")).startswith("_")
    ]


def _text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


PAGE = 1000
"""Documents per page: Cozy's maximum; a larger limit gives pages of 100."""

FoundDocument = Mapping[str, Any]
OUTCOMES = ("new", "changed", "same", "kept")
_CHUNK = {5: 3, 3: 2, 2: 1, 1: 1}  # a chunk's fields by a key's: half-hours by day
_WINDOW = DATE_FIELDS[:3]


class Attribution(Struct, frozen=True, kw_only=True):
    """The author of documents, in Cozy's `cozyMetadata`."""

    app: str
    version: str
    account: str
    point: str
    account_point: str
    now: str  # time in UTC

    def owns(self, document: FoundDocument) -> bool:
        """Whether a document belongs to our point; one without a point belongs to the account."""
        metadata = _metadata_of(document)
        if point := metadata.get("sourceAccountIdentifier"):
            return str(point) == self.point
        source = metadata.get("sourceAccount")
        if source and self.account and source != self.account:
            return False
        return self.point == (self.account_point or self.point)

    def metadata(self, document: FoundDocument | None) -> dict[str, Any]:
        """The `cozyMetadata` for a document to write; `document` is the stored one or None."""
        before = _metadata_of(document or {})
        first: dict[str, Any] = {
            "doctypeVersion": 1,
            "metadataVersion": 1,
            "createdAt": self.now,
            "createdByApp": self.app,
            "createdByAppVersion": self.version,
        }
        source = {"sourceAccount": self.account} if self.account else {}
        own = {"slug": self.app, "date": self.now, "version": self.version}
        updates = before.get("updatedByApps")
        others = [
            one
            for one in (updates if isinstance(updates, list) else ())
            if not (isinstance(one, Mapping) and one.get("slug") == self.app)
        ]
        return {
            **first,
            **source,
            "sourceAccountIdentifier": self.point,
            **before,
            "updatedAt": self.now,
            "updatedByApps": [*others, own],
        }


class DocumentTally(Struct):
    """The counts of a type's documents, each by its last outcome."""

    outcomes: dict[DocumentKey, str] = field(default_factory=dict)
    adopted: set[DocumentKey] = field(default_factory=set)  # keep another program's id
    twins: set[str] = field(default_factory=set)  # ids of duplicates

    def counts(self) -> dict[str, int]:
        """The number of documents by outcome, with adopted ones and duplicates."""
        outcomes = Counter(self.outcomes.values())
        counts = {outcome: outcomes[outcome] for outcome in OUTCOMES}
        return {**counts, "adopted": len(self.adopted), "twins": len(self.twins)}


# -- what is to be looked up ----------------------------------------------------------------------


def chunks_of(
    kind: DocumentType, documents: Iterable[CozyDocument]
) -> dict[str, list[CozyDocument]]:
    """Group documents by the period that is remembered as one: `2025-06-14`, `2025-06`."""
    chunks: defaultdict[str, list[CozyDocument]] = defaultdict(list)
    for document in documents:
        chunks["-".join(f"{part:02}" for part in document.key[: _CHUNK[kind.key]])].append(document)
    return dict(chunks)


def chunk_digest(documents: Sequence[CozyDocument]) -> str:
    """The digest of a chunk's documents."""
    text = json.dumps([(one.load, one.date) for one in documents])
    return blake2b(text.encode(), digest_size=6).hexdigest()


def selectors_for(kind: DocumentType, keys: Iterable[DocumentKey]) -> list[dict[str, Any]]:
    """The Mango queries that find all documents of some keys in the fewest pages.

    An index of year, month and day serves each query.
    """
    days: defaultdict[DocumentKey, set[int]] = defaultdict(set)
    for key in keys:
        days[key[:2]].add(key[2])
    a_day = 48 if kind.key == len(DATE_FIELDS) else 1
    pages = sum(_pages((max(some) - min(some) + 1) * a_day) for some in days.values())
    years = [year for year, _ in days]
    first, last = min(years), max(years)
    if _pages((last - first + 1) * 366 * a_day) < pages:
        whole = {"month": {"$gte": 1, "$lte": 12}, "day": {"$gte": 1, "$lte": 31}}
        return [{"year": {"$gte": first, "$lte": last}, **whole}]
    return [
        {"year": year, "month": month, "day": {"$gte": min(some), "$lte": max(some)}}
        for (year, month), some in sorted(days.items())
    ]


# -- what is to be written ------------------------------------------------------------------------


def stored_by_key(
    kind: DocumentType, author: Attribution, found: Iterable[FoundDocument], tally: DocumentTally
) -> dict[DocumentKey, FoundDocument]:
    """The document of each key that belongs to our point; of duplicates always the oldest."""
    by_key: defaultdict[DocumentKey, list[FoundDocument]] = defaultdict(list)
    for document in found:
        key = _key_of(kind, document)
        if key is not None and author.owns(document):
            by_key[key].append(document)
    for twins in by_key.values():
        twins.sort(key=lambda one: (str(_metadata_of(one).get("createdAt") or "~"), one["_id"]))
        tally.twins.update(str(one["_id"]) for one in twins[1:])
    return {key: twins[0] for key, twins in by_key.items()}


def body_for(
    document: CozyDocument,
    stored: FoundDocument | None,
    author: Attribution,
    tally: DocumentTally,
    *,
    partial: bool,
) -> dict[str, Any] | None:
    """The body that updates a stored document; None if the document is up to date.

    A document of another program keeps its id, its other members and its creation date. A sum known
    only in part (`partial`) never replaces another program's sum.
    """
    key, members = document.key, document.members
    if stored is None:
        tally.outcomes[key] = "new"
        return {"_id": document.number, **members, "cozyMetadata": author.metadata(None)}
    if stored["_id"] != document.number:
        tally.adopted.add(key)
    if all(stored.get(name) == value for name, value in members.items()):
        tally.outcomes.setdefault(key, "same")  # or written by us with a lost answer
        return None
    if partial and not _grows(document, stored):
        tally.outcomes[key] = "kept"
        return None
    tally.outcomes[key] = "changed"
    kept = {name: value for name, value in stored.items() if name != "_type"}
    return {**kept, **members, "cozyMetadata": author.metadata(stored)}


def _grows(document: CozyDocument, stored: FoundDocument) -> bool:
    """Whether only we wrote a sum, and its value has grown."""
    load = stored.get("load")
    if isinstance(load, bool) or not isinstance(load, int | float):
        return False
    return bool(stored["_id"] == document.number) and load <= document.load


def _key_of(kind: DocumentType, document: FoundDocument) -> DocumentKey | None:
    """The natural key of a document; digits in text count as a number."""
    parts = [_whole(document.get(name)) for name in DATE_FIELDS[: kind.key]]
    known = tuple(part for part in parts if part is not None)
    return known if len(known) == kind.key and isinstance(document.get("_id"), str) else None


def _whole(value: Any) -> int | None:
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) <= 4 else None  # noqa: PLR2004 - a year
    is_whole = (
        isinstance(value, int | float) and not isinstance(value, bool) and value == int(value)
    )
    return int(value) if is_whole else None


def _metadata_of(document: FoundDocument) -> Mapping[str, Any]:
    metadata = document.get("cozyMetadata")
    return metadata if isinstance(metadata, Mapping) else {}


def _pages(documents: int) -> int:
    return -(-documents // PAGE)
