"""The tables of the journal, one script a schema version, and what is written into them."""

from __future__ import annotations

from sgeflow.adapters.state.asked import ASKED
from sgeflow.adapters.state.database import DatabaseKind
from sgeflow.adapters.state.document_texts import TEXTS
from sgeflow.adapters.state.fleets import FLEETS, SHARDS
from sgeflow.adapters.state.step_traces import TRACES

# by which clocks an order left, and when which read proved that it was not accepted
ABSENCE = """
ALTER TABLE orders ADD COLUMN boot TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN up REAL;
ALTER TABLE orders ADD COLUMN absent REAL;
ALTER TABLE orders ADD COLUMN absent_by TEXT NOT NULL DEFAULT ''
"""

# whether an order left before, and was sent once more because it counted as not accepted
RESENT = """
ALTER TABLE orders ADD COLUMN resent INTEGER NOT NULL DEFAULT 0
"""

# which sending of an order its state belongs to, for how long that may be under way, and what came
# of one that was settled meanwhile
SENDINGS = """
ALTER TABLE orders ADD COLUMN token TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN lasts REAL;
ALTER TABLE orders ADD COLUMN late TEXT NOT NULL DEFAULT ''
"""

# when an order left before it was sent once more: the first sending may have been accepted
DEPARTURES = """
ALTER TABLE orders ADD COLUMN departures TEXT NOT NULL DEFAULT ''
"""

# what each order names: a row a thing, for one that shares some of them is not sent meanwhile
ORDERED = """
DROP INDEX orders_by_fingerprint;
CREATE TABLE ordered (
  thing TEXT NOT NULL, run TEXT NOT NULL, key TEXT NOT NULL,
  PRIMARY KEY (thing, run, key)
) WITHOUT ROWID
"""

# what is open at a point is looked for before anything is begun there
BY_POINT = """
CREATE INDEX orders_by_point ON orders (point)
"""

# whether what an order began was taken away again: it may then be ordered anew
UNDONE = """
ALTER TABLE orders ADD COLUMN undone INTEGER NOT NULL DEFAULT 0
"""

# whether its flow has remembered something since it was accepted: the next run knows of it
REMEMBERED = """
ALTER TABLE orders ADD COLUMN remembered INTEGER NOT NULL DEFAULT 0
"""

JOURNAL = DatabaseKind(
    name="the journal",
    mark=0x5347454A,  # "SGEJ"
    versions=(
        """
        CREATE TABLE runs (
          run TEXT PRIMARY KEY, flow TEXT NOT NULL, environment TEXT NOT NULL,
          today TEXT NOT NULL, now TEXT NOT NULL, documents TEXT NOT NULL,
          started REAL NOT NULL, ended REAL, status TEXT NOT NULL, exit INTEGER,
          inputs BLOB, summary TEXT NOT NULL DEFAULT ''
        );
        CREATE INDEX runs_by_start ON runs (started);
        CREATE TABLE effects (
          run TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL, attempt INTEGER NOT NULL,
          kind TEXT NOT NULL, label TEXT NOT NULL, request TEXT, answer BLOB,
          outcome TEXT NOT NULL DEFAULT '', started REAL, seconds REAL NOT NULL DEFAULT 0,
          bytes INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY (run, key, attempt)
        );
        CREATE TABLE orders (
          run TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL,
          operation TEXT NOT NULL, point TEXT NOT NULL, fingerprint TEXT NOT NULL,
          state TEXT NOT NULL, code TEXT NOT NULL DEFAULT '',
          planned REAL NOT NULL, sending REAL, settled REAL,
          PRIMARY KEY (run, key)
        ) WITHOUT ROWID;
        CREATE INDEX orders_by_fingerprint ON orders (fingerprint)
        """,
        # the answers of effects that are no calls: what was remembered when a flow began
        """
        CREATE TABLE results (
          run TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL, answer TEXT NOT NULL,
          PRIMARY KEY (run, key)
        ) WITHOUT ROWID
        """,
        FLEETS,
        TRACES,
        SHARDS,
        ABSENCE,
        TEXTS,
        RESENT,
        SENDINGS,
        DEPARTURES,
        ORDERED,
        BY_POINT,
        ASKED,
        UNDONE,
        REMEMBERED,
    ),
)

BEGIN = (
    "INSERT INTO runs (run, flow, environment, today, now, documents, started, status, "
    "inputs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run) DO UPDATE SET "
    "ended = NULL, exit = NULL, status = excluded.status, inputs = excluded.inputs "
    "WHERE runs.inputs IS NOT NULL"  # those that ended well have none left
)
SENDING = (
    "INSERT INTO effects (run, key, attempt, kind, label, request, started) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, key, attempt) DO UPDATE SET "
    "request = excluded.request, started = excluded.started, "
    "outcome = '', answer = NULL"
)
ANSWERED = "UPDATE effects SET answer = ? WHERE run = ? AND key = ? AND attempt = ?"
SETTLED = (
    "INSERT INTO effects (run, key, attempt, kind, label, outcome, seconds, bytes) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, key, attempt) DO UPDATE SET "
    "outcome = excluded.outcome, seconds = excluded.seconds, bytes = excluded.bytes, "
    # SGE411: of the answer to another's request nothing is kept
    "answer = CASE excluded.outcome WHEN 'SGE411' THEN NULL ELSE effects.answer END"
)
END = (
    "UPDATE runs SET status = ?, exit = ?, ended = ?, summary = ?, "
    "inputs = CASE WHEN ? THEN NULL ELSE inputs END WHERE run = ? AND ended IS NULL"
)
GIVE_UP = (
    "UPDATE runs SET status = ?, exit = ?, summary = ?, ended = coalesce(ended, ?), inputs = NULL "
    "WHERE run = ?"
)
FORGET = (
    "DELETE FROM results WHERE run = ?",
    """
    UPDATE effects SET answer = NULL,
    request = CASE kind WHEN 'read' THEN NULL ELSE request END WHERE run = ?
    """,
)
