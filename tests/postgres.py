"""A PostgreSQL server of the test session's own, from the system's package, and homes on it."""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from sgeflow.adapters.secrets import Secret
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.store import Store
from tests.machine import POSTGRESQL
from tests.skips import skip_without

SESSION = "SGEFLOW_TEST_SESSION"  # the folder that all workers of a session share
OWNER = "sgeflow"
_FAST = (  # nothing is for a crash, nobody copies it, and nothing is done beside the tests
    "fsync=off",
    "full_page_writes=off",
    "max_connections=200",
    "listen_addresses=",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "jit=off",
    "max_parallel_workers_per_gather=0",
    "track_counts=off",
    "update_process_title=off",
)
_NUMBERS = count(1)
_ALONE = """
    SELECT count(*) = 1 FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
"""
_EMPTY = """
    DO $$
    DECLARE
        name text;
        part record;
    BEGIN
        FOR name IN SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'
            AND nspname NOT IN ('information_schema', {kept})
        LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
        CREATE SCHEMA public;
        FOR part IN SELECT relkind, oid::regclass AS name, pg_table_size(oid) AS size FROM pg_class
            WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ({kept}))
            AND relkind IN ('r', 'S') AND relname <> 'about' AND pg_relation_size(oid) > 0
        LOOP
            IF part.relkind = 'S' THEN PERFORM setval(part.name, 1, false);
            ELSIF part.size > 100000 THEN EXECUTE 'TRUNCATE ' || part.name;
            ELSE EXECUTE 'DELETE FROM ' || part.name;
            END IF;
        END LOOP;
    END $$
"""
"""Empties all tables that stay: to delete some rows takes half as long as to make files anew."""

LASTING = "lasting"  # the environment whose store a home has
_KEPT = "'sgeflow', 'sgeflow_lasting'"  # the schemas of a home
_LOOK = f"""
    WITH space AS (SELECT * FROM pg_namespace WHERE nspname IN ({_KEPT})),
        part AS (SELECT pg_class.* FROM pg_class JOIN space ON relnamespace = space.oid)
    SELECT md5(string_agg(what, ',' ORDER BY what)) FROM (
        SELECT concat_ws(' ', nspname, nspowner, nspacl) AS what FROM space
        UNION ALL SELECT concat_ws(' ', relnamespace, relname, relkind, relowner, relacl, reloptions)
            FROM part
        UNION ALL SELECT concat_ws(' ', relname, attname, atttypid, attnotnull, attacl)
            FROM pg_attribute JOIN part ON attrelid = part.oid
        UNION ALL SELECT concat_ws(' ', relname, tgname, tgenabled)
            FROM pg_trigger JOIN part ON tgrelid = part.oid
        UNION ALL SELECT concat_ws(' ', proname, prosrc)
            FROM pg_proc JOIN space ON pronamespace = space.oid
        UNION ALL SELECT concat_ws(' ', conname, contype, convalidated)
            FROM pg_constraint JOIN space ON connamespace = space.oid
        UNION ALL SELECT concat_ws(' ', mark, version) FROM sgeflow.about
        UNION ALL SELECT concat_ws(' ', mark, version) FROM sgeflow_lasting.about
    ) AS everything
"""
"""All that stands in a home, but for its rows."""


@dataclass
class Server:
    """One server, listening on a socket in its own folder and nowhere else."""

    folder: Path
    settings: tuple[str, ...] = _FAST
    process: subprocess.Popen | None = field(default=None, repr=False)
    empty: list[str] = field(default_factory=list)  # databases that may be handed out again
    homes: dict[str, str] = field(default_factory=dict)  # the same, with tables: how each looks
    links: dict[str, object] = field(default_factory=dict, repr=False)  # to databases, kept open

    @property
    def data(self):
        return self.folder / "data"

    def address(self, database="postgres", user=OWNER):
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def make(self):
        """Make the server's files: any local user may come in, `guarded` ones with a password."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.getuid() == 0:  # a server does not run as root
            shutil.chown(self.folder, *_nobody())
        made = self._begin(
            "initdb",
            "-D",
            self.data,
            "-U",
            OWNER,
            "--auth=trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C",
        )
        said, _ = made.communicate(timeout=60)
        assert made.returncode == 0, said
        rules = self.data / "pg_hba.conf"
        rules.write_text("local all +guarded scram-sha-256\n" + rules.read_text())

    def start(self):
        """Start it, and wait until it answers."""
        settings = [word for one in self.settings for word in ("-c", one)]
        self.process = self._begin("postgres", "-D", self.data, "-k", self.folder, *settings)
        until = time.monotonic() + 30
        while not self._answers():
            assert self.process.poll() is None, self.process.stdout.read()
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.02)

    def stop(self, how=signal.SIGINT):
        """Stop it: at once for its clients, in order for its files."""
        self.process.send_signal(how)
        self.process.communicate(timeout=30)

    def crash(self):
        """End it as if its machine had lost it: nothing more is written."""
        self.stop(signal.SIGQUIT)

    def sql(self, *statements, database="postgres"):
        import psycopg

        with psycopg.connect(self.address(database), autocommit=True) as link:
            for statement in statements:
                cursor = link.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def link(self, database):
        """The connection to a database that is emptied time and again: it knows its tables."""
        import psycopg

        link = self.links.get(database)
        if link is None or link.closed:
            link = self.links[database] = psycopg.connect(self.address(database), autocommit=True)
        return link

    def drop(self, database):
        """Drop a database, whoever is connected to it."""
        if link := self.links.pop(database, None):
            link.close()
        self.sql(f"DROP DATABASE {database} WITH (FORCE)")

    def _answers(self):
        import psycopg

        with suppress(psycopg.OperationalError):
            psycopg.connect(self.address()).close()
            return True
        return False

    def _begin(self, program, *words):
        own = {"user": _nobody()[0], "group": _nobody()[1], "extra_groups": ()}
        return subprocess.Popen(
            [POSTGRESQL.find() / program, *words],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"},
            **(own if os.getuid() == 0 else {}),
        )


def _nobody():
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            user = pwd.getpwnam(name)
            return user.pw_uid, user.pw_gid
    raise LookupError("no user to run a server as")


# -- one server a session -----------------------------------------------------------------------------


def begin_session():
    """Name the folder that the session's workers share; who names it also ends the session."""
    is_first = SESSION not in os.environ
    if is_first:
        os.environ[SESSION] = tempfile.mkdtemp(prefix="sgeflow-tests-")
        Path(os.environ[SESSION]).chmod(0o755)
        own(session_folder() / "owner")
    session_folder()  # known from now on, whatever a test does to its variables
    return is_first


def own(path):
    """Lock a file for as long as this process lives: its end is seen by that, whatever ends it."""
    fcntl.lockf(os.open(path, os.O_RDWR | os.O_CREAT), fcntl.LOCK_EX)


@cache
def session_folder():
    """The folder that all workers of the session share."""
    return Path(os.environ[SESSION])


def end_session():
    """Stop the server that the session started."""
    folder = session_folder()
    del os.environ[SESSION]
    with suppress(FileNotFoundError):
        number = json.loads((folder / "server.json").read_text())
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGINT)
            _gone(folder / "server" / "data" / "postmaster.pid")
    shutil.rmtree(folder, ignore_errors=True)


def _keep(folder):
    """Start what stops the server if the session is killed."""
    subprocess.Popen(
        [sys.executable, "-I", "-S", Path(__file__).with_name("keeper.py"), folder],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ).returncode = 0  # nobody waits for it


def _gone(path):
    until = time.monotonic() + 20
    while path.exists() and time.monotonic() < until:
        time.sleep(0.02)


@contextmanager
def locked(path):
    """Keep the other workers of the session waiting within the block."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def postgres():
    """The session's server, started by the first worker that asks for it."""
    skip_without(POSTGRESQL)
    folder = session_folder()
    server = Server(folder / "server")
    with locked(folder / "lock"):
        if not (folder / "server.json").exists():
            server.make()
            server.start()
            server.sql("CREATE ROLE guarded NOLOGIN")
            (folder / "server.json").write_text(json.dumps(server.process.pid))
            server.process.returncode = 0  # it outlives this worker: the session stops it
            _keep(folder)
    yield server
    for link in server.links.values():
        link.close()


@pytest.fixture
def new_database(postgres):
    """Hands out empty databases: `new_database()` is the address of one."""
    names = []

    def make():
        names.append(postgres.empty.pop() if postgres.empty else _make_database(postgres))
        return postgres.address(names[-1])

    yield make
    for name in names:
        if take_back(postgres, name):
            postgres.empty.append(name)


@pytest.fixture
def new_tables(postgres):
    """Hands out databases with the tables of a home, and no rows."""
    looks = {}

    def make():
        name, look = postgres.homes.popitem() if postgres.homes else make_tables(postgres)
        looks[name] = look
        return postgres.address(name)

    yield make
    for name, look in looks.items():
        if take_back(postgres, name, look):
            postgres.homes[name] = look


def make_tables(server):
    name = _make_database(server)
    home = StateLocation(folder=server.folder, server=Secret(server.address(name)))
    Journal(home.journal).close()
    Store(home.store(LASTING)).close()
    return name, server.sql(_LOOK, database=name)[0][0]


def _make_database(server):
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    server.sql(f"CREATE DATABASE {name}")
    return name


def take_back(server, name, look=None):
    """Empty a database for the next test: true when it can be handed out again.

    To make another costs thrice that, to make its tables twice. They stay where they look as they
    did. A database that a process of the test still holds is never handed out again.
    """
    link = server.link(name)
    is_alone = _wait_alone(link)
    is_whole = is_alone and (not look or _look(link) == look)
    if is_whole:
        link.execute(f"ALTER DATABASE {name} RESET ALL")
        link.execute(_EMPTY.format(kept=_KEPT if look else "''"))
    else:
        server.drop(name)
    return is_whole


def _look(link):
    """How a home looks, but for its rows; None when tables are gone."""
    import psycopg

    with suppress(psycopg.Error):
        return link.execute(_LOOK).fetchone()[0]
    return None


def _wait_alone(link):
    """Whether nobody else is connected: a server lets one that has left go a moment later."""
    for pause in (0, 0.002, 0.005, 0.01, 0.02, 0.05):
        time.sleep(pause)
        if link.execute(_ALONE).fetchone()[0]:
            return True
    return False


# -- the same facts on both -----------------------------------------------------------------------------

ON_FILES = pytest.mark.state_on("sqlite")
"""Marks a test of a module whose others are tried on a server, too."""

ON_SERVERS = pytest.mark.state_on("postgres")
"""Marks tests of what is so on a server alone."""


def on_servers_too(reason):
    """Mark tests that are tried with the state on a server, too: what may come out otherwise there."""
    return pytest.mark.state_on("sqlite", "postgres", reason=reason)


def choose_home(metafunc):
    """Where a test has its state: in files, unless the test, or else its module, is marked."""
    mark = metafunc.definition.get_closest_marker("state_on")
    if mark and "new_home" in metafunc.fixturenames:
        metafunc.parametrize("new_home", mark.args, indirect=True)


@pytest.fixture
def new_home(request):
    """Makes homes of journal and stores: `new_home(folder)`, in the folder or on the server."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return lambda folder: StateLocation(folder=folder)
    make = request.getfixturevalue("new_tables")
    return lambda folder: StateLocation(folder=folder, server=Secret(make()))


@pytest.fixture
def home(new_home, tmp_path):
    """Where journal and stores are kept."""
    return new_home(tmp_path / "state")


def text_of(home):
    """A home as an option or a variable names it."""
    return home.server.reveal() if home.server else str(home.folder)
