"""The tables of the journal, and what is written into them of runs."""

from __future__ import annotations

from sgeflow.adapters.state.contents.attempts import EFFECTS
from sgeflow.adapters.state.contents.bodies import BODIES, NUMBER
from sgeflow.adapters.state.contents.document_texts import TEXTS
from sgeflow.adapters.state.database import DatabaseKind
from sgeflow.adapters.state.facts import FACTS
from sgeflow.adapters.state.fleets import FLEETS
from sgeflow.adapters.state.input_digest import KEYS
from sgeflow.adapters.state.records import IS_ON_THE_LIST

# `documents`, `steps` and `attempts` name bodies; beside the shared `steps` and `attempts` stands
# what a run has of its own: of its orders what each said. `asked`: with which inputs it was asked
# for. `calls` once it ended.
RUNS = """
CREATE TABLE runs (
  run TEXT PRIMARY KEY, is_row INTEGER NOT NULL, flow TEXT NOT NULL, environment TEXT NOT NULL,
  today TEXT NOT NULL, now TEXT NOT NULL, documents INTEGER, asked TEXT NOT NULL DEFAULT '',
  started REAL NOT NULL, ended REAL, status TEXT NOT NULL, exit INTEGER,
  summary TEXT NOT NULL DEFAULT '', inputs BLOB, calls INTEGER NOT NULL DEFAULT 0,
  steps INTEGER, own_steps BLOB, attempts INTEGER, own_attempts TEXT, orders_said BLOB
);
CREATE INDEX runs_by_start ON runs (started DESC, run) WHERE is_row = 0;
CREATE INDEX runs_by_name ON runs (run) WHERE is_row = 0;
CREATE INDEX runs_open ON runs (started) WHERE is_row = 0 AND ended IS NULL
"""

# `boot`, `up`: by which clocks an order left; `settled_boot`, `settled_up`: by which it was last
# noted where it stands, accepted then or before; `absent`: when which read proved that it was not
# accepted; `resent`: whether it was sent once more, and in `departures` when it left before;
# `token`: which sending its state belongs to, for how long that `lasts`, what came `late` of one
# that was settled meanwhile; `undone`: whether what it began was taken away again;
# `remembered`: whether its flow has remembered something since: the next run knows of it
ORDERS = f"""
CREATE TABLE orders (
  run TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL,
  operation TEXT NOT NULL, point TEXT NOT NULL, fingerprint TEXT NOT NULL,
  state TEXT NOT NULL, code TEXT NOT NULL DEFAULT '',
  planned REAL NOT NULL, sending REAL, settled REAL,
  boot TEXT NOT NULL DEFAULT '', up REAL, absent REAL, absent_by TEXT NOT NULL DEFAULT '',
  resent INTEGER NOT NULL DEFAULT 0, token TEXT NOT NULL DEFAULT '', lasts REAL,
  late TEXT NOT NULL DEFAULT '', departures TEXT NOT NULL DEFAULT '',
  undone INTEGER NOT NULL DEFAULT 0, remembered INTEGER NOT NULL DEFAULT 0,
  settled_boot TEXT NOT NULL DEFAULT '', settled_up REAL,
  PRIMARY KEY (run, key)
) WITHOUT ROWID;
CREATE INDEX orders_on_the_list ON orders (planned, run, key) WHERE {IS_ON_THE_LIST};
CREATE INDEX orders_by_point ON orders (point);
CREATE INDEX orders_by_boot ON orders (boot, up) WHERE up IS NOT NULL
"""

# what each order names: a row a thing, for one that shares some of them is not sent meanwhile
ORDERED = """
CREATE TABLE ordered (
  thing TEXT NOT NULL, run TEXT NOT NULL, key TEXT NOT NULL,
  PRIMARY KEY (thing, run, key)
) WITHOUT ROWID;
CREATE INDEX ordered_by_run ON ordered (run)
"""

# the answers of effects that are no calls: what was remembered when a flow began
RESULTS = """
CREATE TABLE results (
  run TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL, answer TEXT NOT NULL,
  PRIMARY KEY (run, key)
) WITHOUT ROWID
"""

_TABLES = (RUNS, EFFECTS, BODIES, ORDERS, ORDERED, RESULTS, FLEETS, TEXTS, KEYS, FACTS)

# `person`: whom a run is about, as a digest, while its inputs are kept; `superseded`: by which run,
# when a later one about the same person had them forgotten
_PERSONS = """
ALTER TABLE runs ADD COLUMN person TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN superseded TEXT NOT NULL DEFAULT '';
CREATE INDEX runs_by_person ON runs (person, started) WHERE person <> ''
"""

JOURNAL = DatabaseKind(
    name="the journal",
    mark=0x5347454A,  # "SGEJ"
    first=22,  # before, orders of runs that ended well kept rows of their own
    versions=(";".join(_TABLES), _PERSONS),
)

_LISTING = NUMBER.replace("?", "?8")
BEGIN = (
    "INSERT INTO runs (run, is_row, flow, environment, today, now, started, documents, status, "  # noqa: S608
    f"inputs, person) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, {_LISTING}, ?9, ?10, ?11) "
    "ON CONFLICT (run) DO UPDATE SET "
    "ended = NULL, exit = NULL, status = excluded.status, inputs = excluded.inputs "
    "WHERE runs.inputs IS NOT NULL "  # those that ended well have none left
    "RETURNING 1"
)
"""A run that begins, or goes on; no row of one that has ended well."""
_ROWS_CALLS = (
    "(SELECT coalesce(sum(CASE WHEN part.ended IS NULL "
    "THEN (SELECT count(*) FROM effects WHERE effects.run = part.run) ELSE part.calls END), 0) "
    "FROM runs AS part WHERE part.run > runs.run || '.' AND part.run < runs.run || '/')"
)
CALLS = f"((SELECT count(*) FROM effects WHERE effects.run = runs.run) + {_ROWS_CALLS})"  # noqa: S608
"""How many calls a run has made that has not ended; a fleet's are its rows'."""

RUN_COLUMNS = (
    "run, flow, environment, today, now, "  # noqa: S608
    "(SELECT content FROM bodies WHERE bodies.id = runs.documents), "
    f"started, ended, status, exit, summary, CASE WHEN ended IS NULL THEN {CALLS} ELSE calls END"
)
"""The columns of `runs` that `run_entry` reads, in its order."""

END = (
    "UPDATE runs SET status = ?, exit = ?, ended = ?, summary = ?, "  # noqa: S608
    f"inputs = CASE WHEN ? THEN NULL ELSE inputs END, calls = {CALLS} "
    "WHERE run = ? AND ended IS NULL RETURNING started"
)
GIVE_UP = (
    "UPDATE runs SET status = ?, exit = ?, summary = ?, ended = coalesce(ended, ?), "  # noqa: S608
    f"inputs = NULL, calls = {CALLS} WHERE run = ?"
)
