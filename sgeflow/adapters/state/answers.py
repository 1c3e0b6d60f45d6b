"""The journal's side of answers: what came, kept to go on from, and how it was understood.

Beside the answers to requests those are the inputs of a run, what effects that are no calls gave,
and how its steps ended.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

from sgeflow.adapters.state.damage import decoding
from sgeflow.adapters.state.journal_schema import ANSWERED, SETTLED
from sgeflow.adapters.state.journal_writer import JournalWriter
from sgeflow.adapters.state.step_traces import FIND, KEEP, KeptRun, unpack_steps
from sgeflow.core.model import CallRecord
from sgeflow.errors import Id
from sgeflow.messages import say

_KEEP_RESULT = "INSERT INTO results VALUES (?, ?, ?) ON CONFLICT (run, key) DO NOTHING"
_FAST = 1  # zlib level, as of the inputs


class Answers(JournalWriter):
    """The answers of all runs, until these end well."""

    def keep_answer(
        self, run: str, key: str, attempt: int, answer: bytes, token: str | None = None
    ) -> None:
        """Keep the bytes that came back until the run ends well; of an order, of that `token`."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE effects SET answer = ? WHERE run = ? AND key = ? AND attempt = ? "
                "AND (? OR EXISTS (SELECT 1 FROM orders WHERE orders.run = effects.run "
                "AND orders.key = effects.key AND orders.token = ?))",
                (zlib.compress(answer, _FAST), run, key, attempt, token is None, token or ""),
            )

    def note_outcome(self, run: str, record: CallRecord, answer: bytes | None = None) -> None:
        """Note how an attempt was understood; one that was never noted is added.

        The `answer` to a read is kept with it, until the run ends well: at once, but for another's.
        """
        values = (
            *(run, record.key, record.attempt, record.kind, record.label),
            *(record.outcome, record.seconds, record.bytes_in),
        )
        if answer is None or record.outcome == Id.OTHER_ANSWER.code:
            self._later(SETTLED, *values)
            return
        with self._writing() as connection:
            connection.execute(SETTLED, values)
            connection.execute(ANSWERED, (zlib.compress(answer, _FAST), run, *values[1:3]))

    def keep(self, run: str, key: str, answer: Any) -> None:
        """Keep the answer of an effect that is no call, until the run has ended well."""
        with self._writing() as connection:
            connection.execute(_KEEP_RESULT, (run, key, json.dumps(answer, ensure_ascii=False)))

    def note(self, run: str, key: str, answer: Any) -> None:
        """The same with the next transaction, before all that it notes."""
        self._later(_KEEP_RESULT, run, key, json.dumps(answer, ensure_ascii=False))

    def keep_steps(self, run: str, steps: bytes) -> None:
        """Keep what `pack_steps` made of a run's steps; written with the run's end."""
        self._later(KEEP, steps, run)

    def steps(self, run: str) -> KeptRun | None:
        """What is kept of the steps of a run that ended, or None."""
        with self._reading() as connection:
            row = connection.execute(FIND, (run,)).fetchone()
        with decoding(run, say("the steps")):
            return unpack_steps(row[0]) if row else None

    def inputs(self, run: str) -> dict[str, Any] | None:
        """The inputs of a run that has not ended well, or None."""
        with self._reading() as connection:
            row = connection.execute("SELECT inputs FROM runs WHERE run = ?", (run,)).fetchone()
        if row is None or row[0] is None:
            return None
        with decoding(run, say("the inputs")):
            return dict(json.loads(zlib.decompress(row[0])))

    def answers(self, run: str) -> dict[tuple[str, int], bytes]:
        """The answers of a run that has not ended well, by key and attempt, to go on from."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT key, attempt, answer FROM effects WHERE run = ? AND answer IS NOT NULL",
                (run,),
            ).fetchall()
        with decoding(run, say("the answers")):
            return {(key, attempt): zlib.decompress(answer) for key, attempt, answer in rows}

    def requests(self, run: str) -> dict[tuple[str, int], str]:
        """The texts of the requests that `answers` answer, as far as it is kept."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT key, attempt, request FROM effects "
                "WHERE run = ? AND answer IS NOT NULL AND request IS NOT NULL",
                (run,),
            ).fetchall()
        return {(key, attempt): request for key, attempt, request in rows}

    def results(self, run: str) -> dict[str, Any]:
        """The answers of effects that are no calls, of a run that has not ended well."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT key, answer FROM results WHERE run = ?", (run,)
            ).fetchall()
        with decoding(run, say("the results")):
            return {key: json.loads(answer) for key, answer in rows}
