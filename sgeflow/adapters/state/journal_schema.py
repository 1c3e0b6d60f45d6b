"""The tables of the journal, one script a schema version, and what is written into them."""

from __future__ import annotations

from sgeflow.adapters.state.database import Kind
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

JOURNAL = Kind(
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
SETTLED = (
    "INSERT INTO effects (run, key, attempt, kind, label, outcome, seconds, bytes) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, key, attempt) DO UPDATE SET "
    "outcome = excluded.outcome, seconds = excluded.seconds, bytes = excluded.bytes"
)
END = (
    "UPDATE runs SET status = ?, exit = ?, ended = ?, summary = ?, "
    "inputs = CASE WHEN ? THEN NULL ELSE inputs END WHERE run = ? AND ended IS NULL"
)
FORGET = (
    "DELETE FROM results WHERE run = ?",
    """
    UPDATE effects SET answer = NULL,
    request = CASE kind WHEN 'read' THEN NULL ELSE request END WHERE run = ?
    """,
)
