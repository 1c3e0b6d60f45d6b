"""What comes behind the end of a run, a call or a fleet changes no exit code, and is told."""

import errno
import os
import shlex
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

import sgeflow
from sgeflow.adapters.cassettes import file as cassette
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.records import is_row
from sgeflow.adapters.state.store import Store
from sgeflow.cli.main import run as command
from sgeflow.core.model import Status
from sgeflow.runtime import run_context
from sgeflow.runtime.options import Options
from sgeflow.terminal.terminal import Terminal
from tests.runtime.durability.conftest import ROOT, TODAY
from tests.runtime.durability.test_ends import press
from tests.tools.fleet.conftest import GATHER

FULL = Path("/dev/full")
TOLD = "has ended, but the cleanup after it failed"
LINE = " cannot be written to stdout"


def terminate():
    os.kill(os.getpid(), signal.SIGTERM)


def fill():
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


REASONS = {fill: "No space left on device"}  # a signal behind the end stops nothing: no word of it


class Commands:
    """A project in the current folder, and what may be said of it."""

    def __init__(self, here, capsys):
        self.here, self.capsys = here, capsys
        point = here.server.household["pointId"]
        (here.folder / "flows").mkdir()
        (here.folder / "flows" / "energy.yaml").write_text(GATHER)
        (here.folder / "points.csv").write_text(f"pointId\n{point}\n")
        where = ("--env", "lasting", "--today", TODAY)
        self.words = {
            "run": ("run", "energy", *where, f"pointId={point}"),
            "call": ("call", "rechercherServicesAccesDonnees", *where, f"pointId={point}"),
            "fleet": ("run", "energy", *where, "--each", "points.csv"),
        }

    def do(self, what, *more):
        self.capsys.readouterr()
        code = int(command([*self.words[what], *more]))
        caught = self.capsys.readouterr()
        return code, caught.out, " ".join(caught.err.split())

    def shell(self, line):
        words = f"exec {shlex.quote(sys.executable)} -m sgeflow {line}"
        own = {**os.environ, "BO_TOKEN": "simulator", "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        return subprocess.run(
            ["sh", "-c", words],
            cwd=self.here.folder,
            env=own,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def commands(world, monkeypatch, capsys):
    monkeypatch.setenv("BO_TOKEN", "simulator")
    monkeypatch.setenv("COLUMNS", "250")
    here = world()
    monkeypatch.chdir(here.folder)
    return Commands(here, capsys)


def disturb(monkeypatch, where, act):
    """Do something when what is closed behind an end is being closed."""
    if where == "end":
        end = Journal.end

        def ending(journal, run, *values, **more):
            end(journal, run, *values, **more)
            if not is_row(run):  # its fleet goes on
                act()

        monkeypatch.setattr(Journal, "end", ending)
        return
    if where == "lock":
        held = run_context.hold_run

        @contextmanager
        def letting_go(home, run):
            with held(home, run) as hold:
                yield hold
            act()

        monkeypatch.setattr(run_context, "hold_run", letting_go)
        return
    owner, name = {
        "journal": (Journal, "close"),
        "store": (Store, "close"),
        "cassette": (cassette, "save"),
        "report": (Terminal, "result"),
    }[where]
    whole, done = getattr(owner, name), []

    def closing(*values):
        if not done:
            done.append(True)
            try:
                act()
            except OSError:
                if name == "close":
                    whole(*values)  # its connection stays open in no test
                raise
        return whole(*values)

    monkeypatch.setattr(owner, name, closing)


@pytest.mark.parametrize("act", [press, terminate, fill])
def test_what_is_met_while_all_is_closed_is_told_and_takes_no_end_back(commands, monkeypatch, act):
    wrong = []
    for what in commands.words:
        for where in ("journal", "store", "lock", *(() if act is fill else ("end", "report"))):
            if (what, where) == ("call", "store"):  # a call keeps nothing
                continue
            with monkeypatch.context() as patched:
                disturb(patched, where, act)
                code, _, err = commands.do(what)
            ended = commands.here.last_run().status
            count = err.count(f"{TOLD}: {REASONS[act]}" if act is fill else "interrupted")
            if (code, ended, count) != (0, Status.DONE, act is fill):
                wrong.append((what, where, code, ended, err))
    assert wrong == []


@pytest.mark.parametrize("act", [press, terminate, fill])
@pytest.mark.parametrize("what", ["run", "call"])
def test_an_end_stands_whatever_its_recording_meets(commands, monkeypatch, what, act):
    with monkeypatch.context() as patched:
        disturb(patched, "cassette", act)
        code, out, err = commands.do(what, "--record", "kept.yaml")
    assert (code, TOLD in err) == ((7, True) if act is fill else (0, False)), err
    assert REASONS.get(act, "") in err
    assert commands.here.last_run().status is Status.DONE
    if act is fill:
        assert not Path("kept.yaml").exists()
    else:  # it was written all the same
        words = [word for word in commands.words[what] if word not in ("--env", "lasting")]
        commands.words["again"] = words
        again, shown, err = commands.do("again", "--replay", "kept.yaml")
        assert (again, bool(shown)) == (0, bool(out)), err


def test_a_signal_behind_the_end_of_a_command_stops_nothing_that_comes_later(commands, monkeypatch):
    with monkeypatch.context() as patched:
        disturb(patched, "end", press)
        assert commands.do("run")[0] == 0
    options = Options(environment="lasting", today=TODAY)
    point = commands.here.server.household["pointId"]
    report = sgeflow.run("energy", {"pointId": point}, options=options)
    assert report.status is Status.DONE


def test_ctrl_c_within_a_finalizer_is_no_less_one(commands, monkeypatch):
    """What is raised there Python tells as ignored, and goes on: also when it takes its time."""

    class Dying:
        def __del__(self):
            press()

    begin = Journal.begin

    def beginning(*values, **more):
        begin(*values, **more)
        Dying()
        assert not threading.Event().wait(20)

    class Slow(threading.Timer):
        def start(self):
            super().start()
            self.join(0.1)

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "begin", beginning)
        patched.setattr(threading, "Timer", Slow)
        code, _, err = commands.do("run")
    assert (code, err.count("interrupted"), "ignored" in err) == (130, 1, False), err


def test_what_failed_keeps_its_code_too(commands, monkeypatch):
    point, nobodys = commands.here.server.household["pointId"], "39000000000900"
    commands.words["run"] = [word.replace(point, nobodys) for word in commands.words["run"]]
    plain, _, _ = commands.do("run")
    with monkeypatch.context() as patched:
        disturb(patched, "store", fill)
        code, _, err = commands.do("run")
    assert plain not in (0, 70)
    assert (code, TOLD in err) == (plain, True), err


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a disk always full")
def test_a_result_that_cannot_be_written_is_told_and_takes_no_end_back(commands):
    for words in commands.words.values():
        done = commands.shell(f"{shlex.join(words)} >{FULL}")
        assert done.returncode == 0, done.stderr
        assert LINE in done.stderr
        done = commands.shell(f"{shlex.join(words)} >{FULL} 2>{FULL}")
        assert done.returncode == 0
        done = commands.shell(f"{shlex.join(words)} >&-")
        assert done.returncode == 0, done.stderr


def test_a_reader_that_has_gone_hides_no_failure(commands):
    words = shlex.join(commands.words["run"]).replace(
        commands.here.server.household["pointId"], "39000000000900"
    )
    plain = commands.shell(words)
    reading, writing = os.pipe()
    os.close(reading)
    gone = subprocess.run(
        ["sh", "-c", f"exec {shlex.quote(sys.executable)} -m sgeflow {words}"],
        cwd=commands.here.folder,
        env={**os.environ, "BO_TOKEN": "simulator", "PYTHONPATH": str(ROOT)},
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert plain.returncode != 0
    assert gone.returncode == plain.returncode, gone.stderr
