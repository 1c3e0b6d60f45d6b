"""Processes of the tests are forked from one that outlives what becomes of each."""

import os
import signal
import time
from pathlib import Path

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
