"""Threads side by side: who waits for them waits for all, also after an interrupt."""

import os
import signal
import threading

import pytest

from sgeflow.tools.fleet.work import BoundedPool


def test_an_interrupt_while_the_last_item_is_under_way_does_not_leave_it_behind():
    waited, go_on, ended = threading.Event(), threading.Event(), []

    def act(item):
        waited.wait(60)
        os.kill(os.getpid(), signal.SIGINT)
        go_on.wait(60)
        ended.append(item)

    pool = BoundedPool(act, 1, waited.set)
    with pytest.raises(KeyboardInterrupt):
        pool.run([1])
    pool.close()
    threading.Timer(0.5, go_on.set).start()
    pool.wait()
    assert ended == [1]
