"""What a PostgreSQL server says when it cannot, or is not asked, and what a person can do."""

from __future__ import annotations

import re
import select

import psycopg
from psycopg.rows import TupleRow

from sgeflow.messages import Message, say, verbatim
from sgeflow.patterns import regex

LATER = say("run again when it is back: what was kept is whole")
AGAIN = say("run again; tell us when it stays")
UNREACHED = say("check the address, the user and the password, and whether the server is up")
_TABLE = regex(r"(?:INTO|UPDATE|FROM) (\w+)")
_STOPPED = say("the server was stopped")
REMEDIES = {
    "53100": (say("the disk is full"), say("free some space, then run again")),
    "53300": (
        say("the server has no connection left"),
        say("wait until the other run has ended, then run again"),
    ),
    "55P03": (
        say("another program holds it"),
        say("wait until the other run has ended, then run again"),
    ),
    "57014": (
        say("the server ended the statement"),
        say("run again, or raise its statement_timeout"),
    ),
    "57P01": (_STOPPED, LATER),
    "57P02": (_STOPPED, LATER),
    "57P03": (_STOPPED, LATER),
    "22P05": (
        say("its database cannot keep a sign of a text"),
        say("name a database made with ENCODING 'UTF8'"),
    ),
    "25006": (
        say("the server takes no writes"),
        say("name the one that does, not a standby of it"),
    ),
    "42501": (
        say("its user lacks the right to it"),
        say("GRANT its user CREATE on the database, once"),
    ),
}


MOST_VALUES = 65_535
"""Of one statement, by the protocol: its counter has two bytes."""


class RefusedStatement(psycopg.DataError):
    """A statement that is not sent, as no server could take it; its values are not told."""

    def __init__(self, why: Message, remedy: Message) -> None:
        super().__init__(why)
        self.why = why
        self.remedy = remedy


def nul_in(statement: str, number: int) -> RefusedStatement:
    """A text that libpq would end at its NUL: which value of a statement it is, from 1."""
    table = _TABLE.search(statement)
    return RefusedStatement(
        say(
            "a text for the table {table} (value {number}) has a sign of code 0, which "
            "PostgreSQL cannot keep",
            table=table[1] if table else "?",
            number=number,
        ),
        say("take that sign out of what the flow remembers or gives"),
    )


def too_many_values(count: int) -> RefusedStatement:
    """More values than the protocol counts: a server would cut the connection."""
    return RefusedStatement(
        say(
            "a statement has {count:,} values, and a server takes {most:,}",
            count=count,
            most=MOST_VALUES,
        ),
        say("ask for less at once; tell us where it came from"),
    )


def tell(error: psycopg.Error) -> tuple[Message, Message]:
    """Why the state cannot be used, and what to do, without values that an error may hold."""
    if isinstance(error, RefusedStatement):
        return error.why, error.remedy
    if isinstance(error, psycopg.OperationalError) and not error.sqlstate:
        return say("the connection was lost"), LATER
    return REMEDIES.get(error.sqlstate or "", (verbatim(reason_of(error)), AGAIN))


def cause_of(error: psycopg.Error) -> str:
    """The cause alone, of a text that names hosts and ports first."""
    line = str(error).strip().splitlines()[0]
    return re.split(r"FATAL:\s+|failed: ", line)[-1]


def reason_of(error: psycopg.Error) -> str:
    """What the server says; of a value that is none of its type the kind alone, for it says it."""
    is_of_value = (error.sqlstate or "").startswith("22")
    text = None if is_of_value else error.diag.message_primary
    return text or type(error).__name__


def has_news(connection: psycopg.Connection[TupleRow]) -> bool:
    """Whether a server has said something that nobody asked for: that it goes, as a rule."""
    looking = select.poll()
    looking.register(connection.fileno(), select.POLLIN)
    return bool(looking.poll(0))
