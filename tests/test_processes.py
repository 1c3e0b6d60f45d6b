"""Processes of the tests are forked from one that outlives what becomes of each."""

import os
import time
from pathlib import Path

from tests.processes import fork, nursery


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
