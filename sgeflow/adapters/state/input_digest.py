"""With which inputs a named run was asked for, and whom a run is about, as digests.

A repetition of the command tells by the first whether the same is meant; the second stands only as
long as the inputs do. Both are made with a key of this state: nobody without the whole state can
try names.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sgeflow.adapters.state.database import SqlConnection

KEYS = "CREATE TABLE keys (name TEXT PRIMARY KEY, key TEXT NOT NULL) WITHOUT ROWID"

_NAME = "asked"


def note_asked(connection: SqlConnection, run: str, inputs: Mapping[str, Any]) -> None:
    """Note with which inputs a run was asked for; its end leaves that."""
    digest = _digest(make_key(connection), run, inputs)
    connection.execute("UPDATE runs SET asked = ? WHERE run = ?", (digest, run))


def is_asked_alike(connection: SqlConnection, run: str, inputs: Mapping[str, Any]) -> bool | None:
    """Whether a run was asked for with these inputs; None when that was not noted."""
    row = connection.execute("SELECT asked FROM runs WHERE run = ?", (run,)).fetchone()
    if row is None or not row[0]:
        return None
    return hmac.compare_digest(row[0], _digest(_key(connection), run, inputs))


def make_key(connection: SqlConnection) -> bytes:
    """The key of the digests, made when there is none."""
    connection.execute(
        "INSERT INTO keys VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
        (_NAME, secrets.token_hex(32)),
    )
    return _key(connection)


def person_digest(key: bytes, person: str) -> str:
    """What stands for a person in the journal."""
    return hmac.new(key, person.encode(errors="surrogatepass"), sha256).hexdigest()


def _key(connection: SqlConnection) -> bytes:
    row = connection.execute("SELECT key FROM keys WHERE name = ?", (_NAME,)).fetchone()
    return bytes.fromhex(row[0])


def _digest(key: bytes, run: str, inputs: Mapping[str, Any]) -> str:
    text = json.dumps([run, _as_text(inputs)], ensure_ascii=False, sort_keys=True)
    return hmac.new(key, text.encode(errors="surrogatepass"), sha256).hexdigest()


def _as_text(value: Any) -> Any:
    """A value as a command line says it: `days=3` and `days:=3` ask for the same."""
    if isinstance(value, Mapping):
        return {str(k): _as_text(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [_as_text(item) for item in value]
    return value if isinstance(value, str) else json.dumps(value, default=str).strip('"')
