"""Processes of the tests are forked from one that outlives what becomes of each."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from textwrap import dedent

import pytest

from tests.nursery import asker_lives
from tests.processes import ROOT, fork, nursery


def test_a_process_that_is_forgotten_before_its_end_takes_no_other_with_it(tmp_path):
    forgotten = fork("-c", ["import time; time.sleep(0.1)"], tmp_path, dict(os.environ), quiet=True)
    for stream in (forgotten.stdin, forgotten.stdout, forgotten.stderr, forgotten._code):
        stream.close()
    while Path(f"/proc/{forgotten.pid}").exists():  # until its end has been noted
        time.sleep(0.01)
    assert fork("-c", ["print('here')"], tmp_path, dict(os.environ)).communicate()[0] == "here\n"


def test_who_comes_later_is_served_by_the_same_process(tmp_path):
    def parent():
        words = ["import os; print(os.getppid())"]
        return fork("-c", words, tmp_path, dict(os.environ)).communicate()[0]

    first = parent()
    nursery.cache_clear()  # as another worker of the session, which has not asked yet
    assert parent() == first


def test_two_that_end_at_one_moment_take_no_other_with_them(tmp_path):
    words = ["import os, time; print(os.getppid(), flush=True); time.sleep(60)"]
    two = [fork("-c", words, tmp_path, dict(os.environ)) for _ in range(2)]
    parent, same = (int(one.stdout.readline()) for one in two)
    os.kill(parent, signal.SIGSTOP)  # it hears of both ends at once
    try:
        for one in two:
            one.kill()
        while any(state(one.pid) != "Z" for one in two):
            time.sleep(0.001)
    finally:
        os.kill(parent, signal.SIGCONT)
    for one in two:
        one.communicate(timeout=30)
    assert [one.returncode for one in two] == [-signal.SIGKILL] * 2
    last = fork("-c", ["import os; print(os.getppid())"], tmp_path, dict(os.environ))
    assert int(last.communicate()[0]) == parent == same


def state(number):
    return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]


def test_an_end_that_was_noted_already_is_none(tmp_path):
    words = ["from tests.nursery import next_end; print(next_end())"]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert fork("-c", words, tmp_path, variables).communicate() == ("None\n", "")


def test_ctrl_c_interrupts_also_where_it_was_ignored(tmp_path):
    words = """
        import signal
        from tests.nursery import hear_interrupts
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        hear_interrupts()
        print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
    """
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = fork("-c", [dedent(words)], tmp_path, variables).communicate()
    assert done == ("True\n", "")


def test_who_forks_knows_that_who_asked_is_gone_though_a_child_of_its_holds_the_line(tmp_path):
    asker = """
        import os, socket, sys
        line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        line.connect(sys.argv[1])
        if not os.fork():
            sys.stdin.read()
            os._exit(0)
        print(flush=True)
        os.kill(os.getpid(), 9)
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(str(tmp_path / "here"))
        listening.listen()
        process = fork("-c", [dedent(asker), tmp_path / "here"], tmp_path, dict(os.environ))
        line, _ = listening.accept()
        with line:
            assert process.stdout.read(1) == "\n"
            while asker_lives(line):
                time.sleep(0.01)
            line.send(b"its end is open still")
    process.communicate()


def test_a_server_ends_when_who_began_the_session_was_killed(tmp_path):
    number = tmp_path / "server" / "data" / "postmaster.pid"
    number.parent.mkdir(parents=True)
    server = """
        import os, signal, sys
        from pathlib import Path
        number = Path(sys.argv[1])
        number.write_text(f"{os.getpid()}\\n")
        signal.signal(signal.SIGINT, lambda *_: number.unlink() or sys.exit(7))
        print(flush=True)
        signal.pause()
    """
    serving = fork("-c", [dedent(server), number], tmp_path, dict(os.environ))
    serving.stdout.readline()
    own = "from tests.postgres import own; import sys; own(sys.argv[1]); print(flush=True); input()"
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    owner = fork("-c", [own, tmp_path / "owner"], tmp_path, variables)
    owner.stdout.readline()
    keeping = fork("tests.keeper", [tmp_path], tmp_path, variables)
    with pytest.raises(subprocess.TimeoutExpired):
        keeping.wait(0.1)
    owner.kill()
    assert (keeping.wait(30), serving.wait(30), number.exists()) == (0, 7, False)
    for one in (owner, keeping, serving):
        one.communicate()
