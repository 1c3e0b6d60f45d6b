"""The journal's side of answers: what came, kept to go on from, and how it was understood.

Beside the answers to requests those are the inputs of a run, what effects that are no calls gave,
and how its steps ended.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

from sgeflow.adapters.state.contents.attempts import note_answer, note_read, note_settled
from sgeflow.adapters.state.contents.bodies import pack, unpack
from sgeflow.adapters.state.damage import decoding
from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.fleets import row_number, rows_between
from sgeflow.adapters.state.journal_writer import JournalWriter
from sgeflow.adapters.state.records import KeptAnswer
from sgeflow.adapters.state.upkeep.reserve import must_be_noted
from sgeflow.core.model import CallRecord
from sgeflow.errors import Id
from sgeflow.messages import say

if TYPE_CHECKING:
    from sgeflow.adapters.state.contents.step_traces import KeptRun, KeptStep, PackedSteps

_KEEP_RESULT = "INSERT INTO results VALUES (?, ?, ?) ON CONFLICT (run, key) DO NOTHING"
_NOTE_RESULT = (
    "INSERT INTO results VALUES (?, ?, ?) "
    "ON CONFLICT (run, key) DO UPDATE SET answer = excluded.answer"
)
_ANSWERS = (
    "SELECT key, attempt, head, content FROM effects JOIN bodies ON bodies.id = effects.answer "
    "WHERE run = ?"
)
_REQUESTS = (
    "SELECT key, attempt, content FROM effects JOIN bodies ON bodies.id = effects.request "
    "WHERE run = ? AND answer IS NOT NULL"
)


class Answers(JournalWriter):
    """The answers of all runs, until these end well."""

    @must_be_noted
    def keep_answer(
        self, run: str, key: str, attempt: int, answer: KeptAnswer, token: str | None = None
    ) -> None:
        """Keep what came back until the run ends well; of an order, of that `token`."""
        body = pack(answer.body)
        with self._writing() as connection:
            note_answer(connection, (run, key, attempt), answer.head, body, token)

    def note_outcome(self, run: str, record: CallRecord, answer: KeptAnswer | None = None) -> None:
        """Note how an attempt was understood; one that was never noted is added.

        The `answer` to a read is kept with it, until the run ends well: at once, but for another's.
        """
        if answer is None or record.outcome == Id.OTHER_ANSWER.code:
            self._later(lambda connection: note_settled(connection, run, record))
            return
        body = pack(answer.body)
        with self._writing() as connection:
            note_read(connection, run, record, answer.head, body)

    def keep(self, run: str, key: str, answer: Any) -> None:
        """Keep the answer of an effect that is no call, until the run has ended well."""
        with self._writing() as connection:
            connection.execute(_KEEP_RESULT, (run, key, json.dumps(answer, ensure_ascii=False)))

    def note(self, run: str, key: str, answer: Any) -> None:
        """Keep it with the next transaction, before all that it notes, in place of an older one."""
        values = (run, key, json.dumps(answer, ensure_ascii=False))

        def note(connection: SqlConnection) -> None:
            connection.execute(_NOTE_RESULT, values)

        self._later(note)

    def keep_steps(self, run: str, steps: PackedSteps) -> None:
        """Keep what `pack_steps` made of a run's steps; written with the run's end."""
        from sgeflow.adapters.state.contents.step_traces import keep_steps

        self._later(lambda connection: keep_steps(connection, run, steps))

    def steps(self, run: str) -> KeptRun | None:
        """What is kept of the steps of a run that ended, or None."""
        from sgeflow.adapters.state.contents.step_traces import kept_steps, unpack_steps

        with self._reading() as connection:
            packed = kept_steps(connection, run)
        with decoding(run, say("the steps")):
            return unpack_steps(*packed) if packed else None

    def failed_row_steps(self, fleet: str) -> dict[int, tuple[KeptStep, ...]]:
        """How the steps of rows that are not done ended, by the number of the row."""
        from sgeflow.adapters.state.contents.step_traces import failed_row_steps

        with self._reading() as connection, decoding(fleet, say("the steps")):
            steps = failed_row_steps(connection, rows_between(fleet))
        return {row_number(run): some for run, some in steps.items()}

    def inputs(self, run: str) -> dict[str, Any] | None:
        """The inputs of a run that has not ended well, or None."""
        with self._reading() as connection:
            row = connection.execute("SELECT inputs FROM runs WHERE run = ?", (run,)).fetchone()
        if row is None or row[0] is None:
            return None
        with decoding(run, say("the inputs")):
            return dict(json.loads(zlib.decompress(row[0])))

    def answers(self, run: str) -> dict[tuple[str, int], KeptAnswer]:
        """The answers of a run that has not ended well, by key and attempt, to go on from."""
        with self._reading() as connection:
            rows = connection.execute(_ANSWERS, (run,)).fetchall()
        with decoding(run, say("the answers")):
            return {
                (key, attempt): KeptAnswer(head, unpack(body)) for key, attempt, head, body in rows
            }

    def requests(self, run: str) -> dict[tuple[str, int], str]:
        """The texts of the requests that `answers` answer, as far as it is kept."""
        with self._reading() as connection:
            rows = connection.execute(_REQUESTS, (run,)).fetchall()
        with decoding(run, say("the requests")):
            return {(key, attempt): unpack(content).decode() for key, attempt, content in rows}

    def results(self, run: str) -> dict[str, Any]:
        """The answers of effects that are no calls, of a run that has not ended well."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT key, answer FROM results WHERE run = ?", (run,)
            ).fetchall()
        with decoding(run, say("the results")):
            return {key: json.loads(answer) for key, answer in rows}
