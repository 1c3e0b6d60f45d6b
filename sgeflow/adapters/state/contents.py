"""Packed contents of the journal: requests, replies, documents, attempts and steps.

A body is a request, a reply or the list of a run's documents. It has a number and lives as long as
a row refers to it: whoever deletes the last reference deletes the body in the same transaction, so
that personal data never outlives its run. References are not counted, because a wrong count would
keep personal data for ever or delete a needed reply. A request is kept as text with masked personal
values. The attempts and steps of an ended run are packed in its own row. SQL statements contain
only our own names (S608).
"""

import json
import re
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.secrets import MASK, Secret
from sgeflow.adapters.state.database import UNREADABLE, SqlConnection, SqlRows
from sgeflow.adapters.state.records import EffectEntry, SentRequest, effect_entry
from sgeflow.core.language.secret_names import secret_names
from sgeflow.core.model import CallRecord, Kind, Request, Status, StepTrace
from sgeflow.errors import Details, Id
from sgeflow.messages import message_data, message_of
from sgeflow.patterns import regex
from sgeflow.values import Discreet

OWNERS = (
    ("runs", "documents"),
    ("runs", "steps"),
    ("runs", "attempts"),
    ("effects", "request"),
    ("effects", "answer"),
)
"""The columns that refer to bodies, by table."""

BODIES = """
CREATE TABLE bodies (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, content BLOB NOT NULL);
""" + ";\n".join(
    f"CREATE INDEX {table}_by_{column} ON {table} ({column}) WHERE {column} IS NOT NULL"
    for table, column in OWNERS
)
EFFECTS = """
CREATE TABLE effects (
  run TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL, attempt INTEGER NOT NULL,
  kind TEXT NOT NULL, label TEXT NOT NULL, request INTEGER, head TEXT, answer INTEGER,
  outcome TEXT NOT NULL DEFAULT '', started REAL, seconds REAL NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  waited REAL NOT NULL DEFAULT 0, paused REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (run, key, attempt)
)
"""
TEXTS = "CREATE TABLE texts (digest TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID"
PACKED = """
ALTER TABLE runs ADD COLUMN packed_steps BLOB;
ALTER TABLE runs ADD COLUMN packed_attempts BLOB
"""
"""The columns for the steps and attempts of a run.

Older runs have `steps`, `own_steps`, `attempts`, `own_attempts` and `orders_said` instead.
"""

NUMBER = "(SELECT id FROM bodies WHERE digest = ?)"
"""The number of a body with a digest."""


def _nobodys(*, but: str = "", of: tuple[tuple[str, str], ...] = ()) -> str:
    """The condition that no row refers to a body, except the rows of `of` that match `but`."""
    return " AND ".join(  # NOT EXISTS would make PostgreSQL read a whole table
        f"(SELECT 1 FROM {table} WHERE {column} = bodies.id"  # noqa: S608
        f"{f' AND NOT ({but})' if (table, column) in of else ''} LIMIT 1) IS NULL"
        for table, column in OWNERS
    )


NOBODYS = _nobodys()
_FAST = 1  # zlib level: replies repeat the same tags, so a higher level gains little
_TOGETHER = 400  # bodies or digests per statement
_MS = 1000


class Body(Discreet, frozen=True):
    """A packed content and its digest."""

    withheld = frozenset({"content"})

    digest: bytes
    content: bytes


def pack(content: bytes) -> Body:
    """Compress a content."""
    compressed = zlib.compress(content, _FAST)
    return Body(digest_of(compressed), compressed)


@lru_cache(maxsize=256)  # flow tests keep the same documents in many states
def pack_text(text: str) -> Body:
    """Compress a text that many runs refer to, once."""
    return pack(text.encode())


def digest_of(compressed: bytes) -> bytes:
    """The digest of a compressed content."""
    return blake2b(compressed, digest_size=16).digest()


def unpack(content: bytes) -> bytes:
    """Decompress a packed content."""
    return zlib.decompress(content)


def keep(connection: SqlConnection, packed: Body) -> None:
    """Insert a content that a row will refer to; an existing one costs nothing."""
    connection.execute(
        "INSERT INTO bodies (digest, content) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING",
        (packed.digest, packed.content),
    )


def _deletion_before(where: str, *columns: str) -> str:
    """The statement that deletes an attempt's bodies before it gets others.

    Bodies with other references stay, and so does the body with the digest `?4`. The statement
    gives no rows, so nobody waits for it.
    """
    named = ", ".join(f"(SELECT {column} FROM effects WHERE {where})" for column in columns)  # noqa: S608
    others = _nobodys(but=where, of=tuple(("effects", column) for column in columns))
    return f"DELETE FROM bodies WHERE id IN ({named}) AND digest <> ?4 AND {others}"  # noqa: S608


def release_unnamed(connection: SqlConnection, packed: Body) -> None:
    """Delete a content that was inserted, but that no row refers to."""
    connection.execute(f"DELETE FROM bodies WHERE digest = ? AND {NOBODYS}", (packed.digest,))  # noqa: S608


def release(connection: SqlConnection, numbers: Iterable[int | None]) -> None:
    """Delete those bodies that no row refers to any more."""
    some = sorted({number for number in numbers if number is not None})
    for start in range(0, len(some), _TOGETHER):
        part = some[start : start + _TOGETHER]
        marks = ", ".join("?" * len(part))
        connection.execute(f"DELETE FROM bodies WHERE id IN ({marks}) AND {NOBODYS}", part)  # noqa: S608


def sweep(connection: SqlConnection) -> None:
    """Delete all bodies that no row refers to."""
    connection.execute(f"DELETE FROM bodies WHERE {NOBODYS}")  # noqa: S608


# -- the documents that runs were begun with -------------------------------------------------------


def keep_texts(connection: SqlConnection, texts: Mapping[str, str]) -> None:
    """Insert the texts of documents by their digests; existing ones cost nothing."""
    digests, known = tuple(texts), set()
    for start in range(0, len(digests), _TOGETHER):
        part = digests[start : start + _TOGETHER]
        marks = ", ".join("?" * len(part))
        rows = connection.execute(f"SELECT digest FROM texts WHERE digest IN ({marks})", part)  # noqa: S608
        known |= {digest for (digest,) in rows}
    for digest, text in texts.items():
        if digest not in known:
            connection.execute(
                "INSERT INTO texts VALUES (?, ?) ON CONFLICT (digest) DO NOTHING",
                (digest, pack_text(text).content),
            )


def find_texts(connection: SqlConnection, digests: Collection[str]) -> dict[str, str]:
    """The texts with some digests, as far as they are kept."""
    texts = {}
    for digest in digests:
        row = connection.execute("SELECT content FROM texts WHERE digest = ?", (digest,)).fetchone()
        if row is not None:
            with suppress(*UNREADABLE):  # the texts only serve to show changes
                texts[digest] = unpack(row[0]).decode()
    return texts


def forget_texts(connection: SqlConnection) -> None:
    """Delete the texts of documents that no run has in its list."""
    listings = connection.execute(
        "SELECT content FROM bodies WHERE id IN "
        "(SELECT documents FROM runs WHERE documents IS NOT NULL)"
    ).fetchall()
    used = set()
    for (content,) in listings:
        try:
            lines = unpack(content).decode().splitlines()
        except UNREADABLE:  # a damaged list: all texts stay
            return
        used |= {line.rpartition(" ")[2] for line in lines}
    for (digest,) in connection.execute("SELECT digest FROM texts").fetchall():
        if digest not in used:
            connection.execute("DELETE FROM texts WHERE digest = ?", (digest,))


# -- attempts of calls: a row each while a run may go on, packed when it ended ---------------------

_ONE = "run = ? AND key = ? AND attempt = ?"
_SENDING = (
    "INSERT INTO effects (run, key, attempt, kind, label, started, request) "  # noqa: S608
    f"VALUES (?, ?, ?, ?, ?, ?, {NUMBER}) ON CONFLICT (run, key, attempt) DO UPDATE SET "
    "started = excluded.started, request = excluded.request, outcome = '', head = NULL, "
    "answer = NULL"
)
_SETTLED = (
    "INSERT INTO effects (run, key, attempt, kind, label, outcome, seconds, bytes, waited, paused) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, key, attempt) DO UPDATE SET "
    "outcome = excluded.outcome, seconds = excluded.seconds, bytes = excluded.bytes, "
    "waited = excluded.waited, paused = excluded.paused"
)
_MINE = "run = ?1 AND key = ?2 AND attempt = ?3"  # `?4` is the digest of the new content
_LET_GO_ALL = _deletion_before(_MINE, "request", "answer")
_LET_GO_ANSWER = _deletion_before(_MINE, "answer")
_ANSWERED = f"UPDATE effects SET head = ?, answer = {NUMBER} WHERE {_ONE}"  # noqa: S608
_OF_SENDING = " AND EXISTS (SELECT 1 FROM orders WHERE run = {} AND key = {} AND token = {})"
_OF_RUN = (
    "SELECT key, attempt, kind, label, outcome, started, seconds, bytes, waited, paused, "
    "request, answer, CASE WHEN kind <> ? THEN "
    "(SELECT content FROM bodies WHERE bodies.id = effects.request) END "
    "FROM effects WHERE run = ? ORDER BY rowid"
)
_SHOWN = (
    "SELECT key, attempt, kind, label, content, outcome, started, seconds, bytes, waited, paused "
    "FROM effects "
    "LEFT JOIN bodies ON bodies.id = effects.request WHERE run = ? ORDER BY effects.rowid"
)
_PACKED_ATTEMPTS = (
    "SELECT started, packed_attempts, content, own_attempts, orders_said FROM runs "
    "LEFT JOIN bodies ON bodies.id = runs.attempts WHERE run = ?"
)
_Row = Sequence[Any]  # the columns of `_OF_RUN`


def note_sending(connection: SqlConnection, run: str, sent: SentRequest, request: Body) -> None:
    """Note an attempt before it is sent; contents of an earlier one of its name go."""
    keep(connection, request)
    connection.execute(_LET_GO_ALL, (run, sent.key, sent.attempt, request.digest))
    about = (run, sent.key, sent.attempt, sent.kind, sent.label, sent.at, request.digest)
    connection.execute(_SENDING, about)


def note_settled(connection: SqlConnection, run: str, record: CallRecord) -> None:
    """Note the outcome of an attempt; an answer to another request is not kept."""
    one = (run, record.key, record.attempt)
    about = (record.kind, record.label, record.outcome, record.seconds, record.bytes_in)
    connection.execute(_SETTLED, (*one, *about, record.waited, record.paused))
    if record.outcome == Id.OTHER_ANSWER.code:
        forget_answers(connection, _ONE, one)


def note_answer(
    connection: SqlConnection,
    one: tuple[str, str, int],
    head: str,
    body: Body,
    token: str | None = None,
) -> None:
    """Keep the answer to an attempt `one` (run, key, number); for an order, of the sending `token`.

    It replaces an earlier answer. For an unknown attempt, or one of another sending, nothing is
    kept; the caller then calls `release_unnamed`.
    """
    keep(connection, body)
    values = (head, body.digest, *one)
    if token is None:
        connection.execute(_LET_GO_ANSWER, (*one, body.digest))
        connection.execute(_ANSWERED, values)
    else:
        is_meant = _OF_SENDING.format("?1", "?2", "?5")
        connection.execute(_LET_GO_ANSWER + is_meant, (*one, body.digest, token))
        is_meant = _OF_SENDING.format("?", "?", "?")
        connection.execute(_ANSWERED + is_meant, (*values, *one[:2], token))


def forget_answers(connection: SqlConnection, where: str, values: Sequence[Any]) -> None:
    """Delete the answers of the attempts that match a condition."""
    rows = connection.execute(f"SELECT answer FROM effects WHERE {where}", values).fetchall()  # noqa: S608
    connection.execute(f"UPDATE effects SET head = NULL, answer = NULL WHERE {where}", values)  # noqa: S608
    release(connection, (number for (number,) in rows))


def ask_attempts(connection: SqlConnection, run: str) -> SqlRows:
    """Query the attempts of a run in the order of their start; `forget_run` reads the rows."""
    return connection.execute(_OF_RUN, (Kind.READ, run))


def forget_run(connection: SqlConnection, run: str, began: float, asked: SqlRows) -> None:
    """Delete what a run kept for resuming; the outcome of each attempt stays, packed.

    The texts of its orders stay, too.
    """
    attempts: list[_Row] = asked.fetchall()
    if attempts:
        packed = (_pack_attempts(attempts, began), run)
        connection.execute("UPDATE runs SET packed_attempts = ? WHERE run = ?", packed)
        connection.execute("DELETE FROM effects WHERE run = ?", (run,))
        release(connection, [number for row in attempts for number in row[-3:-1]])
    connection.execute("DELETE FROM results WHERE run = ?", (run,))


def _pack_attempts(rows: Sequence[_Row], began: float) -> bytes:
    """Pack the attempts of a run in the order of their start, with times in ms after the run's."""
    packed = []
    for key, attempt, kind, label, outcome, started, seconds, size, *waits, _, _, request in rows:
        text = None
        if request is not None:
            with suppress(*UNREADABLE):  # already damaged; the run can still end
                text = unpack(request).decode()
        after = None if started is None else round((started - began) * _MS)
        times = [round(one * _MS) for one in (seconds, *waits)]
        packed.append([key, attempt, kind, label, text, outcome, after, size, *times])
    return _packed_json(packed)


def shown_attempts(connection: SqlConnection, run: str) -> tuple[list[_Row], tuple[Any, ...]]:
    """The rows of a run's attempts, and the packed attempts, for `entries`."""
    rows = connection.execute(_SHOWN, (run,)).fetchall()
    return rows, connection.execute(_PACKED_ATTEMPTS, (run,)).fetchone()


def entries(rows: Iterable[_Row], packed: tuple[Any, ...]) -> tuple[EffectEntry, ...]:
    """The attempts of a run from `shown_attempts`; raises if they cannot be read."""
    began, content, *before = packed
    kept = json.loads(unpack(content)) if content else _attempts_of_before(*before)
    attempts = {}
    for key, attempt, kind, label, text, outcome, after, size, *times in kept:
        started = None if after is None else began + after / _MS
        took, waited, paused = (one / _MS for one in times)
        row = (key, attempt, kind, label, text, outcome, started, took, size, waited, paused)
        attempts[key, attempt] = effect_entry(row)
    for key, attempt, kind, label, content, *rest in rows:
        request = None if content is None else unpack(content).decode()
        entry = effect_entry((key, attempt, kind, label, request, *rest))
        if earlier := attempts.get((key, attempt)):  # an answer that came after the end
            entry = replace(entry, request=earlier.request, started=earlier.started)
        attempts[key, attempt] = entry
    return tuple(attempts.values())


def _attempts_of_before(shared: bytes | None, own: str, orders: bytes | None) -> list[list[Any]]:
    """The attempts of a run packed by an older version, in the form of `_pack_attempts`."""
    if shared is None:
        return []
    forms, ordered, words = json.loads(unpack(shared))
    texts: dict[int, str] = {}
    if orders:
        lengths, _, rest = _inflate(orders, words.encode()).decode().partition("\n")
        for number, length in zip(ordered, json.loads(lengths), strict=True):
            texts[number], rest = rest[:length], rest[length:]
    by_place = {}
    for number, (form, parts) in enumerate(zip(forms, own.split(), strict=True)):
        key, attempt, kind, label, outcome = form
        place, after, took, size, *waits = parts.split(":")
        times = map(int, (took, *(waits or (0, 0))))
        row = [key, attempt, kind, label, texts.get(number), outcome]
        by_place[int(place)] = [*row, int(after) if after else None, int(size), *times]
    return [by_place[place] for place in sorted(by_place)]


# -- the steps of a run that ended -----------------------------------------------------------------

_FAILED = (
    "SELECT run, packed_steps, content, own_steps FROM runs "
    "LEFT JOIN bodies ON bodies.id = runs.steps WHERE run > ? AND run < ? AND status <> ? "
    "AND (packed_steps IS NOT NULL OR steps IS NOT NULL)"
)


class KeptStep(Struct, frozen=True, kw_only=True):
    """A step of a run in the journal: its end, why it was skipped, the form of its outputs."""

    trail: str
    status: Status
    started: float | None = None  # epoch seconds
    seconds: float = 0.0
    summary: str = ""
    code: str = ""
    why: Details = ()
    gave: Any = None
    after: str = ""


class KeptRun(Struct, frozen=True, kw_only=True):
    """The steps of an ended run, the forms of its inputs and outputs, and its warnings."""

    steps: tuple[KeptStep, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Any = None
    warnings: tuple[str, ...] = ()


def pack_steps(
    traces: Iterable[StepTrace],
    inputs: Mapping[str, Any],
    outputs: Any = None,
    warnings: Iterable[str] = (),
) -> bytes:
    """Pack the steps of a run; inputs, outputs and warnings contain no personal data here."""
    steps = [
        [
            *(one.trail, one.status.value),
            None if one.started is None else round(one.started, 3),
            *(round(one.seconds, 3), message_data(one.summary)),
            one.failure.code if one.failure else "",
            [*one.why, *(one.failure.problem.details if one.failure else ())],
            *(one.gave, one.after),
        ]
        for one in traces
    ]
    return _packed_json([steps, inputs, outputs, [message_data(one) for one in warnings]])


def keep_steps(connection: SqlConnection, run: str, steps: bytes) -> None:
    """Keep the steps of a run that has not ended, in place of earlier ones."""
    connection.execute(
        "UPDATE runs SET packed_steps = ?, own_steps = NULL WHERE run = ? AND ended IS NULL",
        (steps, run),
    )


def kept_steps(connection: SqlConnection, run: str) -> tuple[Any, ...] | None:
    """The packed steps of a run for `unpack_steps`; None if none are kept."""
    query = (
        "SELECT packed_steps, content, own_steps FROM runs "
        "LEFT JOIN bodies ON bodies.id = runs.steps WHERE run = ?"
    )
    row = connection.execute(query, (run,)).fetchone()
    return row if row and any(row) else None


def failed_row_steps(
    connection: SqlConnection, between: tuple[str, str]
) -> dict[str, tuple[KeptStep, ...]]:
    """The ends of the steps of failed runs between two names, by run."""
    rows = connection.execute(_FAILED, (*between, Status.DONE)).fetchall()
    return {run: unpack_steps(*packed).steps for run, *packed in rows}


def unpack_steps(
    packed: bytes | None, shared: bytes | None = None, own: bytes | None = None
) -> KeptRun:
    """Unpack the steps of a run, in the order of their ends.

    An older version packed values that runs `shared`, and a run's `own` values separately.
    """
    if packed:
        document = json.loads(unpack(packed))
    else:
        document = _steps_of_before(unpack(shared or b""), own or b"")
    steps, inputs, outputs, warnings = document
    return KeptRun(
        steps=tuple(
            KeptStep(
                trail=trail,
                status=Status(status),
                started=started,
                seconds=seconds,
                summary=message_of(summary),
                code=code,
                why=tuple((label, text) for label, text in why),
                gave=gave,
                after=after,
            )
            for trail, status, started, seconds, summary, code, why, gave, after in steps
        ),
        inputs=inputs,
        outputs=outputs,
        warnings=tuple(map(message_of, warnings)),
    )


_SAID_BY_ALL = (  # frequent values of older runs: the end of their compression dictionary
    '"com.grandlyon.enedis.minute, com.grandlyon.enedis.day, com.grandlyon.enedis.month, '
    'com.grandlyon.enedis.year, com.grandlyon.enedis.maxpower, 1 io.cozy.accounts","GET 200",'
    '"POST 201","PUT 200","Wh","daily_energy","load_curve","max_power","a list of 0","text",'
    '"null (nothing)","false","true","2024- → 2025-01+01:00","2026-06+02:00",null,0,0,0,0,1,'
).encode()


def _steps_of_before(shared: bytes, own: bytes) -> list[Any]:
    """The steps of a run packed by an older version, in the form of `pack_steps`.

    The form has null in place of each value; the values follow in order.
    """
    form, values = json.loads(shared), json.loads(_inflate(own, shared + _SAID_BY_ALL))
    began, places, *columns, failures, leaves, notices = values
    later, took, words, why, leaves, notices = map(iter, (*columns, leaves, notices))
    steps = {}
    for place, (trail, status, code, after, shape, wording, parts) in zip(
        places, form["steps"], strict=True
    ):
        start = next(later)
        started = None if start is None else began + start / _MS
        summary = _fill(wording, words)
        reasons = [(label, next(why) if text is None else text) for label, text in parts]
        reasons += failures.get(str(place), ())
        gave = _fill(shape, leaves)
        steps[place] = (
            *(trail, status, started, next(took) / _MS, summary, code, reasons, gave, after),
        )
    inputs, outputs = _fill(form["inputs"], leaves), _fill(form["outputs"], leaves)
    warnings = [_fill(one, notices) for one in form["warnings"]]
    return [[steps[place] for place in sorted(steps)], inputs, outputs, warnings]


def _fill(form: Any, values: Iterator[Any]) -> Any:
    """Fill a form: each null becomes the next value, except the `many` of a wording."""
    if isinstance(form, dict):
        return {name: _fill(part, values) for name, part in form.items()}
    if isinstance(form, list):
        return [_fill(part, values) for part in form]
    return next(values) if form is None else form


def _inflate(packed: bytes, words: bytes) -> bytes:
    """Decompress a content that an older version packed with a dictionary."""
    unpacking = zlib.decompressobj(zdict=words)
    content = unpacking.decompress(packed)
    if not unpacking.eof:
        raise zlib.error("it is cut off")
    return content


def _packed_json(document: Any) -> bytes:
    return zlib.compress(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())


_HEAD = regex(r"([A-Z]+) (\S+)\n(?:personal: ([^\n]*)\n)?\n", re.DOTALL)


class StoredRequest(Discreet, frozen=True, kw_only=True):
    """A request in the journal; `personal` names the members that are hidden in its answer, too."""

    withheld = frozenset({"path", "body"})

    method: str
    path: str
    personal: tuple[str, ...]
    body: str


def text_of(request: Request, secrets: Collection[Secret] = ()) -> str:
    """A request as text, with `***` for secrets, personal elements and personal query values."""
    path, body = request.path, request.body
    if request.personal or secrets or "?" in path or secret_names(body):
        from sgeflow.adapters.cassettes.messages import rewrite_path
        from sgeflow.adapters.cassettes.personal_values import PersonalValues, hit
        from sgeflow.adapters.cassettes.redact import Redactor

        redactor, known = Redactor(secrets), PersonalValues()
        if not request.is_operation:  # the path of an operation comes from its document
            known.learn_from(body, request.personal)

        def hide(names: tuple[str, ...], text: str) -> str:
            if names:
                return MASK if text and hit(names, request.personal) else text
            return known.replace(text, lambda _: MASK)

        path = redactor.text(rewrite_path(path, hide))
        body = redactor.body(body, request.personal)
    names = f"personal: {', '.join(request.personal)}\n" if request.personal else ""
    return f"{request.method} {path}\n{names}\n{body.decode(errors='replace')}"


def parse_request(text: str | None) -> StoredRequest | None:
    """Parse a text of `text_of`; None for a deleted text."""
    match = _HEAD.match(text or "")
    if match is None:
        return None
    names = tuple(match[3].split(", ")) if match[3] else ()
    body = (text or "")[match.end() :]
    return StoredRequest(method=match[1], path=match[2], personal=names, body=body)
