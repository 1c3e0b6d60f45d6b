"""A journal and a store that do not belong together: whichever was lost, no order leaves twice.

`tests/data/states` holds states that earlier versions made, a folder each, called by its commit.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from sgeflow.adapters.state.journal import JOURNAL
from sgeflow.adapters.state.open import open_database
from sgeflow.adapters.state.store import STORE
from tests.runtime.durability.conftest import TODAY
from tests.runtime.durability.test_faults import ORDER, flow, told
from tests.runtime.durability.test_upkeep import told_there, words

__all__ = ["told", "told_there"]

TABLES = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
STATES = Path(__file__).parents[2] / "data" / "states"


def place_of(here, kind):
    return here.home.journal if kind is JOURNAL else here.home.store("lasting")


def delete(here, kind):
    """A person deletes the file, or drops the schema."""
    place = place_of(here, kind)
    if here.home.server is None:
        for file in place.parent.glob(f"{place.name}*"):
            file.unlink()
        return
    with closing(open_database(place, kind)) as database, database.writing() as link:
        link.execute(f'DROP SCHEMA "{place.name}" CASCADE')


def empty(here, kind):
    """A person empties the file, or all tables."""
    place = place_of(here, kind)
    if here.home.server is None:
        place.write_bytes(b"")
        return
    with closing(open_database(place, kind)) as database, database.writing() as link:
        tables = link.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = ? AND tablename <> 'about'",
            (place.name,),
        ).fetchall()
        for (table,) in tables:
            link.execute(f'DELETE FROM "{table}"')


def order_by_call(here):
    point = here.server.household["pointId"]
    given = (f"pointId={point}", "dateFin=2026-06-14", "nom=MARTIN")
    service = 'serviceSouscrit:=[{"typeDonnees": "CDC"}]'
    return ["call", ORDER, "--env", "lasting", "--today", TODAY, *given, service]


def made_by(commit, here):
    """The state that an earlier version made takes the place of the world's."""
    if here.home.server is None:
        shutil.copytree(STATES / commit, here.state, dirs_exist_ok=True)
        return
    for kind, file in ((JOURNAL, "journal.db"), (STORE, "lasting/store.db")):
        place = place_of(here, kind)
        delete(here, kind)
        with closing(sqlite3.connect(STATES / commit / file)) as old:
            (version,) = old.execute("PRAGMA user_version").fetchone()
            then = replace(kind, versions=kind.versions[: version - kind.first + 1])
            tables = dict(old.execute(TABLES))
            numbered = [name for name, sql in tables.items() if "id INTEGER PRIMARY KEY" in sql]
            rows = {name: old.execute(f"SELECT * FROM {name}").fetchall() for name in tables}
        with closing(open_database(place, then)) as database, database.writing() as link:
            for name, values in rows.items():
                for row in values:
                    link.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", row)
                if name in numbered:
                    link.execute(
                        f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"
                    )


@pytest.mark.parametrize("kind", [JOURNAL, STORE], ids=["journal", "store"])
@pytest.mark.parametrize("lose", [delete, empty])
def test_orders_are_held_when_the_journal_or_the_store_was_lost(told_there, lose, kind):
    here, command = told_there("")
    assert command(*flow(here, "ordering"))[0] == 0
    assert command("state", "check")[0] == 0
    lose(here, kind)
    code, text, _ = command("state", "check")
    missed = "it is missing" in words(text) or "does not belong to this journal" in words(text)
    assert (code, missed) == (5, True), text
    code, text, _ = command(*flow(here, "ordering"))
    assert (code, "lasting do not belong together" in words(text)) == (8, True), text
    assert command(*flow(here, "reading"))[0] == 0
    assert here.orders() == {ORDER: 1}
    text = words(command("state", "check")[1])
    since = text.partition("orders are held since ")[2].split()[0]
    assert command("state", "release", "--since", since)[0] == 0
    assert command("state", "check")[0] == 0
    assert "held" not in command(*flow(here, "ordering"))[1]


@pytest.mark.parametrize("kind", [JOURNAL, STORE], ids=["journal", "store"])
def test_so_is_the_order_of_a_single_call(told_there, kind):
    here, command = told_there("")
    assert command(*flow(here, "reading"))[0] == 0
    delete(here, kind)
    code, text, _ = command(*order_by_call(here))
    assert (code, "do not belong together" in words(text), here.orders()) == (8, True, {}), text


def test_a_single_call_needs_no_store(told_there):
    here, command = told_there("")
    code, text, _ = command(*order_by_call(here))
    assert (code, here.orders()) == (0, {ORDER: 1}), text
    assert command(*flow(here, "reading"))[0] == 0
    assert command("state", "check")[0] == 0


def test_a_state_of_before_is_opened_and_its_journal_and_store_know_each_other_from_then(
    told_there,
):
    here, command = told_there("")
    made_by("56927c4b", here)
    text = words(command("state", "check")[1])
    assert "lasting intact 2 orders: 2 done" in text
    assert "konnector" in command("runs")[1]
    kept = command("export", "--env", "lasting", "--format", "csv")[1]
    assert kept.count("load_curve") == 384
    here.server.world.add_consent({"serviceID": "51000101", "endDate": "2026-06-15"})
    code, text, _ = command(*here.konnector())
    posts = [entry for entry in here.server.requests if entry.label == "POST consent"]
    assert (code, here.orders(), posts) == (0, {}, []), text
    delete(here, JOURNAL)
    code, text, _ = command(*flow(here, "ordering"))
    assert (code, "do not belong together" in words(text), here.orders()) == (8, True, {}), text


def test_a_state_of_before_whose_journal_was_lost_orders_nothing(told_there):
    here, command = told_there("")
    made_by("56927c4b", here)
    delete(here, JOURNAL)
    assert command("state", "check")[0] == 5
    code, text, _ = command(*flow(here, "ordering"))
    assert (code, "do not belong together" in words(text), here.orders()) == (8, True, {}), text
