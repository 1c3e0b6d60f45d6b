"""A state that is checked, copied while runs go on, and brought back: no order leaves that it may not know."""

import errno
import json
import shutil
import signal
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from sgeflow.adapters.state.backups import bring_back
from sgeflow.adapters.state.journal import JOURNAL
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.open import open_database
from sgeflow.adapters.state.run_lock import hold_run
from sgeflow.adapters.state.store import STORE, Store
from sgeflow.core.model import Measure, Series
from sgeflow.messages import say
from sgeflow.runtime.upkeep import CheckedPart, CheckedState
from sgeflow.terminal.journal import orders_text
from tests.postgres import ON_SERVERS, on_servers_too, text_of
from tests.runtime.durability.conftest import until
from tests.runtime.durability.test_faults import ORDER, flow, told, unsettled
from tests.runtime.durability.test_kills import check, undisturbed

__all__ = ["told"]


def change(here, statement, *values, kind=JOURNAL):
    place = here.home.journal if kind is JOURNAL else here.home.store("lasting")
    with closing(open_database(place, kind)) as database, database.writing() as link:
        link.execute(statement, values)


def words(text):
    return " ".join(text.split())


@pytest.fixture
def told_there(told, monkeypatch):
    """`told_there(faults)`: the same, with the state in a folder or on a server."""

    def make(faults):
        here, command = told(faults)
        if here.home.server:
            monkeypatch.setenv("SGEFLOW_STATE", text_of(here.home))
        return here, command

    return make


@pytest.fixture
def ordered(told):
    """A state in which one order was accepted, and a copy of it from before."""
    here, command = told("")
    assert command(*flow(here, "reading"))[0] == 0
    code, text, _ = command("state", "backup", "copy")
    assert code == 0, text
    assert command(*flow(here, "ordering"))[0] == 0
    since = json.loads((here.folder / "copy" / "backup.json").read_text())["since"]
    assert f"copy is the state of {since}" in text
    return here, command, since


# -- check -------------------------------------------------------------------------------------------

DAMAGES = {
    "INSERT INTO bodies (digest, content) VALUES (?, ?)": "bodies that belong to nothing: 1",
    "DELETE FROM bodies WHERE id IN (SELECT documents FROM runs)": "missing documents of runs: 1",
    "UPDATE bodies SET content = ? WHERE id IN (SELECT documents FROM runs)": "bodies that differ from their digest: 1",
    "DELETE FROM runs": "rows of orders of a missing run: 1",
}


def test_of_a_journal_that_cannot_be_read_it_is_not_said_that_it_has_no_orders():
    unread = CheckedPart(part="journal", damages=(say("it is damaged"),))
    told = orders_text(CheckedState(parts=(unread,), orders={}, open=0))
    assert told == "no orders could be read; there may still be some"


@on_servers_too("tables are counted by SQL")
def test_a_whole_state_is_told_to_be_whole_and_where_its_orders_stand(told_there):
    here, command = told_there("")
    if here.home.server is None:
        assert "there is no state yet" in command("state", "check")[1]
    assert command(*flow(here, "reading"))[0] == 0
    assert "no orders · 0 wait for a person" in words(command("state", "check")[1])
    assert command(*flow(here, "ordering"))[0] == 0
    code, text, _ = command("state", "check")
    assert code == 0, text
    assert "1 order: 1 done" in words(text)
    assert "0 wait for a person" in words(text)


@on_servers_too("damage is found by SQL")
@pytest.mark.parametrize("statement", DAMAGES)
def test_each_damage_of_the_journal_is_told_with_exit_5(told_there, statement):
    here, command = told_there("")
    assert command(*flow(here, "ordering"))[0] == 0
    given = {"INSERT": (b"1", b"2"), "UPDATE": (b"x",)}.get(statement.split()[0], ())
    change(here, statement, *given)
    code, text, _ = command("state", "check")
    assert (code, DAMAGES[statement] in words(text)) == (5, True), text


def test_a_store_whose_measures_are_of_no_series_or_unreadable_is_told(world):
    here = world(grown=True)
    assert here.run(*here.konnector())[0] == 0
    powers = "(SELECT id FROM series WHERE name = 'max_power')"
    for statement, damages in (
        (
            f"UPDATE chunk SET content = substr(content, 1, 20) WHERE series IN {powers}",
            ["unreadable chunks of measures: 12"],
        ),
        (
            "DELETE FROM series WHERE name IN ('load_curve', 'max_power')",
            [
                "unreadable chunks of measures: 12",
                "measures of a missing series: 1,344",
            ],
        ),
    ):
        change(here, statement, kind=STORE)
        code, out, err = here.run("state", "check", "--output", "json")
        assert code == 5, err
        parts = {part["part"]: part["damages"] for part in json.loads(out)}
        assert parts["journal"] == []
        assert parts["lasting"] == damages


# -- copies ------------------------------------------------------------------------------------------


def test_a_copy_made_while_a_run_goes_on_is_whole_and_the_run_goes_on_from_it(world):
    expected = undisturbed(world)
    here = world(faults="latency:60ms")
    process = here.start(*here.konnector())
    until(lambda: len(here.server.requests) >= 8)
    code, _, err = here.run("state", "backup", "copy")
    assert code == 0, err
    assert process.poll() is None
    process.send_signal(signal.SIGSTOP)  # it would have ended, on a machine that is busy
    assert here.run("state", "restore", "copy")[0] == 8  # the run is at work
    process.kill()
    process.communicate()
    code, _, err = here.run("state", "restore", "copy")
    assert code == 0, err
    assert here.run("state", "check")[0] == 0
    since = json.loads((here.folder / "copy" / "backup.json").read_text())["since"]
    assert here.run("state", "release", "--since", since)[0] == 0
    code, out, err = here.run("resume", here.last_run().run)
    assert code == 0, out + err
    check(here, expected)


def test_an_order_since_the_copy_is_taken_over_and_none_leaves_until_a_person_has_looked(ordered):
    here, command, since = ordered
    assert len(here.runs()) == 2
    code, text, _ = command("state", "restore", "copy", "--state", ".sgeflow")
    assert code == 0, text
    assert f"sgeflow state release --since {since} --state .sgeflow" in words(text)
    assert f"the state of {since} is restored" in words(text)
    assert "orders since then taken over from it: 1" in words(text)
    assert "could be read" not in text
    code, text, _ = command(*flow(here, "ordering"))
    assert (code, "orders are held" in words(text)) == (8, True), text
    assert f"sgeflow state release --since {since}" in words(text)
    assert f"orders are held since {since}" in words(command("state", "check")[1])
    assert command("state", "release", "--since", "2020-01-01T00:00:00+00:00")[0] == 2
    assert command("state", "release", "--since", since)[0] == 0
    code, text, _ = command("state", "release", "--since", since)
    assert (code, "--state PLACE or --env NAME" in words(text)) == (2, True), text
    code, text, _ = command(*flow(here, "ordering"))
    assert (code, "was accepted" in words(text)) == (8, True), text  # it is known again
    assert here.orders() == {ORDER: 1}


def test_behind_a_journal_that_is_gone_orders_are_held_all_the_same(ordered):
    here, command, _ = ordered
    for log in here.state.glob("journal.db-*"):
        log.unlink()
    (here.state / "journal.db").write_bytes(b"no database at all, but long enough for one" * 400)
    code, text, _ = command(*flow(here, "ordering"))
    assert code == 5
    assert "sgeflow state restore" in words(text)
    assert "move it away" not in text
    code, text, _ = command("state", "check")
    assert (code, "it is not a database" in words(text)) == (5, True), text
    code, text, _ = command("state", "restore", "copy")
    assert (code, "orders since then taken over from it: 0" in words(text)) == (0, True), text
    assert "some of its orders could not be read" in words(text)
    (aside,) = here.state.glob("aside-*")
    assert (aside / "journal.db").read_bytes().startswith(b"no database")
    assert command(*flow(here, "ordering"))[0] == 8
    assert here.orders() == {ORDER: 1}
    assert command(*flow(here, "reading"))[0] == 0


def test_a_store_that_the_copy_does_not_have_keeps_all_that_it_had(ordered):
    here, command, _ = ordered
    series, rows = (
        Series(point="25946599093143", name="load_curve", unit="W"),
        [Measure(0, 7, 1800)],
    )
    alive, killed = here.home.store("alive"), here.home.store("killed")
    with Store(alive) as store:
        store.save(series, rows)
        shutil.copytree(alive.parent, killed.parent)  # as a killed run leaves it: with a log
    stray = here.folder / "copy" / "alive" / "store.db"  # which its list does not name
    stray.parent.mkdir()
    Store(stray).close()
    assert command("state", "restore", "copy")[0] == 0
    for place in (alive, killed):
        with Store(place) as store:
            assert store.load(series.point, series.name).measures == tuple(rows)


def test_a_way_back_that_is_killed_before_its_last_step_forgets_no_order(ordered, monkeypatch):
    here, _, since = ordered
    killed = StateLocation(folder=here.folder / "killed")
    with closing(open_database(here.home.journal, JOURNAL)) as journal:
        with journal.writing() as link:
            link.execute("UPDATE orders SET code = 'in the log'")
        shutil.copytree(here.state, killed.folder)  # as a killed run leaves it
    replace = Path.replace

    def kill_at_journal(path, target):
        if path.name == "journal.db":
            raise KeyboardInterrupt
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", kill_at_journal)
    with pytest.raises(KeyboardInterrupt):
        bring_back(here.folder / "copy", killed.folder, since, lambda: None)
    with closing(open_database(killed.journal, JOURNAL)) as journal:
        assert journal.ask("SELECT code FROM orders") == [("in the log",)]


def test_a_way_back_that_is_killed_has_not_brought_the_journal_before_all_stores(told, monkeypatch):
    here, command = told("")
    for name in ("one", "two"):
        with Store(here.home.store(name)) as store:
            store.save(Series(point="1", name="load_curve", unit="W"), [Measure(0, 7, 1800)])
    assert command(*flow(here, "ordering"))[0] == 0
    assert command("state", "backup", "copy")[0] == 0
    replace, brought = Path.replace, []

    def kill_at_last(path, target):
        if path.is_relative_to(here.state / ".restoring"):
            if len(brought) == 2:
                raise KeyboardInterrupt
            brought.append(path.name)
        return replace(path, target)

    with monkeypatch.context() as killing:
        killing.setattr(Path, "replace", kill_at_last)
        command("state", "restore", "copy")
    assert brought == ["store.db", "store.db"]
    assert "held" not in command("state", "check")[1]
    assert command("state", "restore", "copy")[0] == 0
    assert "orders are held since" in words(command("state", "check")[1])


def test_a_copy_has_the_results_of_fleets(told):
    here, command = told("")
    rows = here.folder / "rows.csv"
    rows.write_text(f"pointId\n{here.server.household['pointId']}\n30000000000000\n")
    one = ("--env", "lasting", "--today", "2025-06-15", "--each", "rows.csv", "--output", "json")
    code, text, _ = command("run", "reading", *one)
    assert code == 7, text
    results = Path(json.loads(text[text.index("{") : text.rindex("}") + 1])["results"])
    before = results.read_text()
    assert command("state", "backup", "copy")[0] == 0
    shutil.rmtree(here.state)
    assert command("state", "restore", "copy")[0] == 0
    assert results.read_text() == before


def test_a_way_back_on_a_full_disk_changes_nothing_and_leaves_nothing(ordered, monkeypatch):
    here, command, _ = ordered
    store = here.home.store("lasting")
    with Store(store) as kept:
        kept.save(Series(point="1", name="load_curve", unit="W"), [Measure(0, 7, 1800)])

    def files():
        return {path: path.read_bytes() for path in here.state.rglob("*") if path.is_file()}

    before, copyfile = files(), shutil.copyfile

    def fill_at_journal(source, target):
        if Path(target).parent.name.startswith("aside-") and Path(target).name == "journal.db":
            raise OSError(errno.ENOSPC, "No space left on device")
        return copyfile(source, target)

    monkeypatch.setattr(shutil, "copyfile", fill_at_journal)
    code, text, _ = command("state", "restore", "copy")
    assert (code, "nothing was changed" in words(text)) == (5, True), text
    assert files() == before


@pytest.mark.parametrize("ends", [True, False])
def test_a_run_that_begins_while_a_copy_is_brought_back_is_not_forgotten(
    ordered, monkeypatch, ends
):
    here, command, _ = ordered
    copyfile, run = shutil.copyfile, ExitStack()

    def begin(source, target):
        if Path(target) == here.state / ".restoring" / "journal.db":
            if ends:
                change(here, "UPDATE orders SET code = 'sent meanwhile'")
            else:
                run.enter_context(hold_run(here.home, "f00d"))
        return copyfile(source, target)

    monkeypatch.setattr(shutil, "copyfile", begin)
    with run:
        code, text, _ = command("state", "restore", "copy")
    message = "a run has worked on this state meanwhile" if ends else "run f00d works on this state"
    assert (code, message in words(text)) == (8, True), text
    assert command("state", "check")[1].count("held") == 0
    assert not [*here.state.glob("aside-*"), *here.state.glob(".restoring")]


def test_of_a_journal_with_a_damaged_page_and_text_all_other_orders_are_taken_over(ordered):
    here, command, _ = ordered
    given = "x" * 80  # a page holds some twenty
    change(
        here,
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99)"
        " INSERT INTO orders (run, key, operation, point, fingerprint, state, planned) SELECT"
        " run, 'k' || substr('00' || i, -3), ?, point, 'f' || i, 'done', planned FROM orders, n",
        given,
    )
    change(here, "UPDATE orders SET operation = CAST(x'ff' AS TEXT) WHERE key = 'k001'")
    content = here.home.journal.read_bytes()
    pages = [content[at : at + 4096] for at in range(0, len(content), 4096)]
    (damaged,) = {n for n, page in enumerate(pages) if b"k050" + given.encode() in page}
    lost = pages[damaged].count(given.encode())
    assert 10 < lost < 50
    pages[damaged] = bytes(4096)
    here.home.journal.write_bytes(b"".join(pages))
    code, text, _ = command("state", "restore", "copy")
    assert (code, f"orders since then taken over from it: {101 - lost}" in words(text)) == (
        0,
        True,
    ), text
    assert "some of its orders could not be read" in words(text)


def test_a_lost_order_since_the_copy_is_on_the_list_again(told):
    here, command = told("drop:1x")
    assert command("orders")[0] == 0
    assert command("runs")[0] == 0
    with closing(open_database(here.home.journal, JOURNAL)):
        pass
    assert command("state", "backup", "copy")[0] == 0
    assert command(*flow(here, "ordering"))[0] == 8
    (lost,) = unsettled(command)
    assert command("state", "restore", "copy")[0] == 0
    assert unsettled(command) == [lost]


def test_a_journal_with_names_that_are_no_text_is_told_as_damaged_and_brought_back(ordered):
    here, command, _ = ordered
    journal = here.home.journal
    with closing(open_database(journal, JOURNAL)):
        pass  # the last one folds the log into the file
    content = journal.read_bytes()
    journal.write_bytes(content.replace(b"CREATE TABLE runs", b"CREATE \xa6\xa6BLE runs"))
    assert journal.read_bytes() != content
    for wanted in (("state", "check"), ("orders",), ("state", "backup", "another")):
        code, text, _ = command(*wanted)
        assert (code, "it is damaged" in words(text)) == (5, True), text
        assert "another cannot be used" not in text
    assert not (here.folder / "another").exists()
    code, text, _ = command("state", "restore", "copy")
    assert (code, "some of its orders could not be read" in words(text)) == (0, True), text
    assert command("state", "check")[0] == 0


def test_a_copy_that_is_not_whole_or_none_is_refused_and_the_state_stays(ordered):
    here, command, _ = ordered
    before = here.runs()
    (here.folder / "empty").mkdir()
    for name, file in (("cut", "journal.db"), ("gone", "journal.db")):
        shutil.copytree(here.folder / "copy", here.folder / name)
        if name == "cut":
            content = (here.folder / name / file).read_bytes()
            (here.folder / name / file).write_bytes(content[:-4096])
        else:
            (here.folder / name / file).unlink()
    for name, exit_, why in (
        ("empty", 5, "it has no backup.json"),
        ("nowhere", 3, "there is no file or folder nowhere"),
        ("cut", 5, "journal.db was changed"),
        ("gone", 5, "journal.db is missing"),
    ):
        code, text, _ = command("state", "restore", name)
        assert (code, why in words(text)) == (exit_, True), text
    for state in ("copy", "copy/lasting"):  # it would set the copy aside, and hold its orders
        code, text, _ = command("state", "restore", "copy", "--state", state)
        assert (code, f"{state} is the backup" in words(text)) == (2, True), text
    assert sorted(path.name for path in (here.folder / "copy").iterdir() if path.is_file()) == [
        "backup.json",
        "journal.db",
    ]
    assert here.runs() == before
    code, text, _ = command("state", "backup", "copy")
    assert (code, "already exists" in words(text)) == (2, True), text


@ON_SERVERS
def test_of_a_state_on_a_server_the_commands_of_postgresql_are_told(world, monkeypatch):
    here = world()
    monkeypatch.setenv("SGEFLOW_STATE", text_of(here.home))
    for what, tool in (("backup", "pg_dump"), ("restore", "pg_restore")):
        code, _, err = here.run("state", what, "copy")
        assert (code, tool in err) == (2, True), err
