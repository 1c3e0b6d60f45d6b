"""What runs, orders and the start of a run ask of the journal is found by indexes, on both databases."""

import json
import re
import time
from contextlib import contextmanager

import pytest

from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.records import FleetEntry, KeptAnswer, OrderState
from sgeflow.core.engine.effects import Undoing
from sgeflow.core.model import Kind, Status
from tests.adapters.state.test_journal import order, record, send_order, sent, start

WHOLE = {
    "runs_by_start",
    "runs_by_person",
    "orders_on_the_list",
}  # indexes of few, read in their own order
BEHIND = ("DELETE FROM bodies WHERE (", "SELECT digest FROM texts", "SELECT content FROM")
"""What `prune` does once behind all it deletes: a look at each body and text that is kept."""


class Recorder:
    """A connection that notes what is asked of it."""

    def __init__(self, connection, asked):
        self.connection, self.asked = connection, asked

    def execute(self, statement, values=(), /):
        if statement.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            self.asked[statement] = tuple(values)
        return self.connection.execute(statement, values)


@pytest.fixture
def new_tables(new_database):
    """Such as are made now: plans of those that were emptied differ."""
    return new_database


@pytest.fixture
def asked(home, monkeypatch):
    """A journal, and what it was asked, by statement."""
    statements = {}
    with Journal(home.journal) as journal:
        transaction = journal._database._transaction

        @contextmanager
        def recorded(**how):
            with transaction(**how) as connection:
                yield Recorder(connection, statements)

        monkeypatch.setattr(journal._database, "_transaction", recorded)
        yield journal, statements


def go(journal, run, fleet=None):
    """A run with reads, an answered order and a lost one; it ends well."""
    journal.begin(start(run, time.time()), fleet)
    journal.note(run, "#turn", 3)
    journal.sending(run, sent())
    journal.note_outcome(run, record(), KeptAnswer("{}", b"<reply/>"))
    for key in ("contract", "another"):
        one = order(run, key, f"{run}{key},shared.terms", token="t")
        journal.sending(run, sent(key, kind=Kind.ORDER), one, repeat_after=1.0)
        journal.keep_answer(run, key, 1, KeptAnswer("{}", key.encode()), "t")
        journal.settle(run, key, OrderState.DONE, token="t")
        journal.note_outcome(run, record(key, kind=Kind.ORDER))


def look(journal, run):
    """What commands ask before and behind a run."""
    journal.runs(20)
    journal.open_orders()
    journal.names_beginning(run[:1])
    journal.show(run)
    journal.fleet(run)
    journal.rows(run)
    journal.steps(run)
    journal.inputs(run)
    journal.is_asked_alike(run, {})
    journal.has_ended(run)
    journal.open_of(run)
    journal.find_conflict(run, "25946599093143", of_cancel=True)


def resume(journal, run):
    """What going on asks."""
    for question in (journal.answers, journal.requests, journal.results, journal.sent_orders):
        question(run)
    for question in (journal.stranded_orders, journal.mark_unknown_orders, journal.by_hand):
        question(run)
    journal.sendable(run)
    journal.tokens(run)
    journal.try_again(run, {"gather"})
    journal.texts(["d1", "d2"])
    undo = Undoing(key="contract~", trail="contract", what="subscribe")
    journal.begin_undo(run, "contract~", None, (undo,), place="25946599093143", at=2.0)
    journal.complete_undo(run, undo)


def everything(journal):
    for number in range(3):
        go(journal, f"r{number}")
        look(journal, f"r{number}")
        resume(journal, f"r{number}")
        journal.end(f"r{number}", Status.DONE, exit_code=0, at=time.time())
        with journal._database.writing() as connection:  # sent by another machine
            connection.connection.execute("UPDATE orders SET boot = 'another'")
    go(journal, "f1", FleetEntry(run="f1", file="points.csv", digest="d", total=2))
    for row in ("f1.1", "f1.2"):
        go(journal, row)
        journal.end(row, Status.DONE, exit_code=0, at=time.time())
    look(journal, "f1")
    journal.begin(start("r9", 5.0))
    send_order(journal, "r9")
    journal.prune(9e12)


def sqlite_scans(connection, statement, values):
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    scans = [row[-1] for row in rows if re.match(r"SCAN (?!CONSTANT|\d|part\b)", row[-1])]
    return [one for one in scans if one.rpartition(" ")[2] not in WHOLE]


def postgres_scans(connection, statement, values):
    indexes = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
    ).fetchall()
    first = {name: re.search(r"\((\w+)", made)[1] for name, made in indexes}
    connection.execute("SET LOCAL enable_seqscan = off")
    (plan,) = connection.execute(f"EXPLAIN (FORMAT JSON) {statement}", values).fetchone()
    found, open_ = [], [plan[0]["Plan"]]
    while open_:
        node = open_.pop()
        open_ += node.get("Plans", ())
        name = node.get("Index Name")
        whole = name and first[name] not in node.get("Index Cond", "")
        if node["Node Type"] == "Seq Scan" or (whole and name not in WHOLE):
            found.append(f"{node['Node Type']} {name or node['Relation Name']}")
    return found


def test_nothing_that_is_asked_at_a_start_or_for_a_list_reads_a_whole_table(asked, home):
    journal, statements = asked
    everything(journal)
    questions = {one: values for one, values in statements.items() if not one.startswith(BEHIND)}
    assert len(questions) > 40
    scans_of = postgres_scans if home.server else sqlite_scans
    with journal._database.writing() as connection:
        plain = connection.connection
        scans = {
            statement: found
            for statement, values in questions.items()
            if (found := scans_of(plain, statement, values))
        }
    assert scans == {}, json.dumps(scans, indent=1)
