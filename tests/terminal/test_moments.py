"""What a person reads of moments."""

import time
from datetime import UTC, datetime

import pytest

from sgeflow.adapters.state.records import Order, RunEntry
from sgeflow.core.model import Status
from sgeflow.terminal.journal import order_row, run_row

MOMENT = datetime(2025, 6, 15, 22, 30, tzinfo=UTC).timestamp()


@pytest.fixture
def machine_elsewhere(monkeypatch):
    """The machine has another zone than France."""
    monkeypatch.setenv("TZ", "America/Cayenne")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_lists_tell_moments_in_the_legal_time_of_france_wherever_the_machine_is(machine_elsewhere):
    entry = RunEntry(
        **dict.fromkeys(("run", "flow", "environment", "today", "now", "documents"), ""),
        started=MOMENT,
        ended=MOMENT,
        status=Status.DONE,
        exit=0,
        summary="",
        calls=0,
    )
    names = dict.fromkeys(("run", "key", "operation", "point", "fingerprint"), "")
    order = Order(**names, sending=MOMENT, absent=MOMENT)
    assert run_row(entry)["began"] == "2025-06-16 00:30"
    assert order_row(order)["sent"] == order_row(order)["absent"] == "2025-06-16 00:30"
