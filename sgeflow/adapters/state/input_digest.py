"""With which inputs a named run was asked for, as a digest: the inputs go with its end.

A repetition of the command tells by it whether the same is meant. It is made with a key of this
state, of all inputs at once and of named runs alone: nobody without the whole state can try names.
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
    connection.execute(
        "INSERT INTO keys VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
        (_NAME, secrets.token_hex(32)),
    )
    digest = _digest(_key(connection), run, inputs)
    connection.execute("UPDATE runs SET asked = ? WHERE run = ?", (digest, run))


def is_asked_alike(connection: SqlConnection, run: str, inputs: Mapping[str, Any]) -> bool | None:
    """Whether a run was asked for with these inputs; None when that was not noted."""
    row = connection.execute("SELECT asked FROM runs WHERE run = ?", (run,)).fetchone()
    if row is None or not row[0]:
        return None
    return hmac.compare_digest(row[0], _digest(_key(connection), run, inputs))


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
