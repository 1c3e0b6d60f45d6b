"""Cozy documents into a Cozy, or any CouchDB: what changed since it was written there last.

Which documents the service has is remembered as digests of days, months and years. Of what differs
from them, the documents that are there are looked up by their natural key, and what is new or
changed is written. What was not confirmed, whatever the cause, differs the next time too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from sgeflow.core.engine.effects import (
    Began,
    Emit,
    Load,
    Loaded,
    Recall,
    Remember,
    Script,
    Warn,
    ask,
)
from sgeflow.core.engine.failures import error_failure
from sgeflow.core.engine.sinks import MEMORY, Sink
from sgeflow.core.engine.sinks.document_plan import (
    Attribution,
    DocumentTally,
    FoundDocument,
    body_for,
    chunk_digest,
    chunks_of,
    selectors_for,
    stored_by_key,
    utc_stamp,
)
from sgeflow.core.engine.sinks.document_service import SinkService, SinkStopped, stopped_at
from sgeflow.core.engine.step import Done, End, Failed, Run
from sgeflow.core.instances import at_instance
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
from sgeflow.errors import Id, InvalidValues, Problem
from sgeflow.messages import Message, join_items, say, say_count
from sgeflow.version import __version__

_ROUNDS = 4  # of reading and writing, while somebody else writes the same documents


def write(sink: Sink, run: Run) -> Script[End]:
    """Write a point's documents: counts by type, or why the service does not have them all.

    What it has taken until then is remembered.
    """
    place = {"collection": MEMORY, "name": _place(sink, run)}
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


def _place(sink: Sink, run: Run) -> str:
    """Under which name is remembered what a service has; an address may name a household."""
    endpoint = run.environment.endpoints[sink.service]
    address = at_instance(endpoint, sink.instance).base_url
    from hashlib import blake2b

    return f"{sink.point} {blake2b(address.encode(), digest_size=8).hexdigest()}"


class _TypePart(Struct, kw_only=True):
    """The documents of a type: all, by chunk, and those chunks that the service may lack."""

    kind: DocumentType
    chunks: Mapping[str, list[CozyDocument]]
    changed: Mapping[str, str]  # digests

    @property
    def documents(self) -> dict[DocumentKey, CozyDocument]:
        """The documents of the changed chunks."""
        return {one.key: one for name in self.changed for one in self.chunks[name]}


class _Writing(Struct, kw_only=True):
    """One writing of a point's documents."""

    sink: Sink
    run: Run
    known: Mapping[str, Any]
    taken: dict[str, str] = field(default_factory=dict)  # digests that are to be remembered
    tallies: dict[str, DocumentTally] = field(default_factory=dict)

    def work(self) -> Script[None]:
        """Look up and write, type after type."""
        partial: frozenset[DocumentKey] = frozenset()
        parts: list[_TypePart] = []
        for kind in DOCUMENT_TYPES:
            effect = Load(key=self.run.key(kind.series), point=self.sink.point, name=kind.series)
            loaded: Loaded = yield from ask(effect)
            if kind is DAY and loaded.measures:
                first = civil(loaded.measures.starts[0])
                partial = begun_before((first.year, first.month, first.day))
            parts.append(self._part(kind, loaded))
        service = self._service(parts)
        if service.expected:
            yield Emit(Began(self.run.trail, "", service.expected))
        for part in parts:
            self.tallies[part.kind.name] = tally = DocumentTally()
            if part.changed:
                yield from self._write(service, part, partial, tally)
            if tally.twins:
                yield Emit(Warn(self.run.trail, _twins(part.kind, len(tally.twins))))

    def end(self) -> Done:
        """What became of all, in counts."""
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

    def _service(self, parts: list[_TypePart]) -> SinkService:
        """The service, and how many requests it will be asked at least."""
        expected = 0
        for part in parts:
            if keys := part.documents:
                expected += len(_questions(part.kind, list(keys))) + 1
        endpoint = self.run.environment.endpoints[self.sink.service]
        return SinkService(endpoint, self.run, instance=self.sink.instance, expected=expected)

    def _attribution(self) -> Attribution:
        return Attribution(
            app=self.sink.app,
            version=__version__,
            account=self.sink.account,
            point=self.sink.point,
            account_point=self.sink.account_point,
            now=utc_stamp(self.run.now),
        )

    def _write(
        self,
        service: SinkService,
        part: _TypePart,
        partial: frozenset[DocumentKey],
        tally: DocumentTally,
    ) -> Script[None]:
        """The documents of a type, until none is in conflict with what somebody else writes."""
        kind = part.kind
        left = part.documents
        for turn in range(_ROUNDS):
            there = yield from self._look_up(service, part, left, tally, is_again=turn > 0)
            left = left if turn else part.documents  # of the whole type, where all are lacking
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
        raise SinkStopped(self._contention(kind, len(left)))

    def _look_up(
        self,
        service: SinkService,
        part: _TypePart,
        left: Mapping[DocumentKey, CozyDocument],
        tally: DocumentTally,
        *,
        is_again: bool,
    ) -> Script[dict[DocumentKey, FoundDocument]]:
        """What is there of our point, by its natural key.

        A service that has nothing of a type has lost it, or never had any: it gets all of it. After
        a conflict our own ids are looked at too: what stands there may have another date by now.
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
            own = yield from service.by_ids(kind.name, list(lost))
            there |= {lost[str(one["_id"])]: one for one in own if one["_id"] in lost}
        return there

    def _contention(self, kind: DocumentType, count: int) -> Failed:
        message = say_count(
            "{count} document of {kind} changes while it is written",
            "{count} documents of {kind} change while they are written",
            count=count,
            kind=kind.name,
        )
        problem = Problem(id=Id.HTTP_REFUSED, message=message)
        return stopped_at(self.run, self.sink.service, 409, problem)


def _questions(kind: DocumentType, keys: list[DocumentKey]) -> list[dict[str, Any] | None]:
    """The questions that find some keys; None asks for a whole type, of months and years."""
    return [None] if kind.key < len(DATE_FIELDS[:3]) else [*selectors_for(kind, keys)]


def _memory_key(kind: DocumentType, chunk: str) -> str:
    return f"{kind.name.rpartition('.')[2]} {chunk}"


def _twins(kind: DocumentType, count: int) -> Message:
    return say_count(
        "{count} document of {kind} stands twice; the older one is kept up, none is deleted",
        "{count} documents of {kind} stand twice; the older ones are kept up, none is deleted",
        count=count,
        kind=kind.name,
    )


def _summary(service: str, total: Mapping[str, int]) -> Message:
    words = {
        "new": say_count("{count} new", "{count} new", count=total["new"]),
        "changed": say_count("{count} changed", "{count} changed", count=total["changed"]),
        "kept": say_count(
            "{count} sum left as it is, of which not all days are known here",
            "{count} sums left as they are, of which not all days are known here",
            count=total["kept"],
        ),
        "adopted": say_count(
            "{count} of another program", "{count} of other programs", count=total["adopted"]
        ),
    }
    shown = [text for name, text in words.items() if total[name]] or [say("nothing new")]
    return join_items([f"{service} · ", join_items(shown)], between="")
