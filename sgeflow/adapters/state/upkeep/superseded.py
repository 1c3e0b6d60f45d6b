"""Forgets what failed runs keep of a person once a later run about the same person has ended.

A run that failed keeps its inputs and replies, to go on from. When a later run about the same
person has ended, nobody goes on with the earlier one: one copy stays when that one failed too, none
when it ended well.
"""

from __future__ import annotations

from sgeflow.adapters.state.contents.attempts import attempts_of, forget_run
from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.records import IS_ON_THE_LIST, OrderState
from sgeflow.adapters.state.sendings import AS_STOPPED, IS_LOOSE, STOPPED

_LATER = (
    "SELECT later.run FROM runs AS later WHERE later.person = earlier.person "
    "AND later.person <> '' AND later.started > earlier.started AND later.ended IS NOT NULL "
    "ORDER BY later.started DESC LIMIT 1"
)
_SUPERSEDED = (
    f"SELECT run, started, ({_LATER}) FROM runs AS earlier "  # noqa: S608 - names of our own
    f"WHERE person <> '' AND inputs IS NOT NULL AND NOT {STOPPED} "
    "AND (SELECT 1 FROM orders WHERE orders.run = earlier.run "  # NOT EXISTS would read them all
    f"AND ({IS_ON_THE_LIST} OR {IS_LOOSE}) LIMIT 1) IS NULL"
)


def forget_superseded(connection: SqlConnection) -> None:
    """Forget the inputs and replies of failed runs that a later run has superseded.

    Runs whose orders a person has to look after keep theirs, and so do runs that were stopped.
    """
    rows = connection.execute(_SUPERSEDED, (*AS_STOPPED, OrderState.DONE)).fetchall()
    for run, began, later in rows:
        if later is not None:
            values = (later, run)
            connection.execute(
                "UPDATE runs SET inputs = NULL, superseded = ? WHERE run = ?", values
            )
            forget_run(connection, run, began, attempts_of(connection, run))
    connection.execute("UPDATE runs SET person = '' WHERE person <> '' AND inputs IS NULL")
