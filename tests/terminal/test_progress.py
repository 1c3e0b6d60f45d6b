"""Progress and reports: which steps get a line, where it stands, how a run is summed up."""

from __future__ import annotations

import contextlib
import io
import os
import pty

import pytest

from sgeflow.core.engine.effects import StepBegun, StepEnded, Warn
from sgeflow.core.model import CallRecord, Failure, Kind, RunReport, Status, StepTrace
from sgeflow.errors import Id, Problem
from sgeflow.locale.writing import write_duration
from sgeflow.terminal.run import Progress, ancestors, energy, report_text
from sgeflow.terminal.terminal import Terminal


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


def ended(trail: str, title: str = "", status: Status = Status.DONE, **more: object) -> StepEnded:
    return StepEnded(StepTrace(trail=trail, verb="call", title=title, status=status, **more))


def told(*events: object, **manner: bool) -> list[str]:
    err = io.StringIO()
    with Progress(Terminal(out=io.StringIO(), err=err, **manner)) as progress:
        for event in events:
            progress(event)
    return err.getvalue().rstrip("\n").splitlines()


@pytest.mark.parametrize(("kind", "lines"), [(Kind.ORDER, 1), (Kind.CANCEL, 1), (Kind.READ, 0)])
def test_a_step_without_a_title_has_its_line_when_it_sent_an_order(kind, lines):
    sent = CallRecord(
        key="f/stop#commander",
        label="commander",
        kind=kind,
        attempt=1,
        outcome="ok",
        seconds=0.1,
        bytes_in=9,
    )
    shown = told(StepBegun("f/stop", ""), sent, ended("f/stop"))
    assert len(shown) == lines
    assert all("✓ stop" in line for line in shown)


def test_a_heading_comes_before_the_first_step_inside_it():
    events = (
        StepBegun("f/first", "First start"),
        StepBegun("f/first/sub/point", "Ask for the point"),
        ended("f/first/sub/point", "Ask for the point"),
        ended("f/first", "First start"),
    )
    assert told(*events) == ["  ▸ First start", "    ✓ Ask for the point"]


def test_a_heading_that_went_on_after_what_failed_inside_it_says_so():
    events = (
        StepBegun("f/stop", "Stop"),
        StepBegun("f/stop/one", "One"),
        ended("f/stop/one", "One", Status.FAILED, summary="SGT4O4"),
        ended("f/stop", "Stop", after="SGT4O4", summary="went on after SGT4O4"),
    )
    heading, inner, end = told(*events)
    assert heading == "  ▸ Stop"
    assert inner.split() == ["✗", "One", "SGT4O4"]
    assert end.split(maxsplit=2) == ["✓", "Stop", "went on after SGT4O4"]


def test_bookkeeping_and_skipped_steps_are_for_verbose():
    events = (ended("f/a"), ended("f/b", "Later", Status.SKIPPED), ended("f/c", "Kept"))
    assert told(*events) == ["  ✓ Kept"]
    assert len(told(*events, verbose=True)) == 3


def test_whatever_went_wrong_is_told_even_without_a_title():
    failure = Failure(code="LOGIN_FAILED", problem=Problem(id=Id.CHECK_FAILED, message="no"))
    (line,) = told(ended("f/owner", "", Status.FAILED, failure=failure))
    assert line.split() == ["✗", "owner", "LOGIN_FAILED"]


def test_an_undo_says_that_it_is_one():
    assert told(ended("f/order@undo", "Stop the service")) == ["  ✓ Undo: Stop the service"]


def test_quiet_says_nothing():
    assert told(ended("f/a", "A"), Warn("f/a", "careful"), quiet=True) == []


def test_a_warning_stands_among_its_steps():
    events = (
        StepBegun("f/a", "Group"),
        StepBegun("f/a/b", "B"),
        ended("f/a/b", "B"),
        Warn("f/a/c", "careful"),
    )
    assert told(*events)[-1] == "    ! careful"


def test_items_of_a_list_do_not_count_as_levels():
    assert ancestors("f/half_hours[2]/call~3", {"f/half_hours"}) == ["f/half_hours"]


def whole(leader: int) -> str:
    """All that was written to a terminal whose other end is closed; it comes in pieces."""
    pieces = []
    with contextlib.suppress(OSError):  # EIO: nothing is left, and nobody writes any more
        while piece := os.read(leader, 1 << 16):
            pieces.append(piece)
    return b"".join(pieces).decode()


def test_a_terminal_shows_what_is_under_way_and_clears_it():
    leader, follower = pty.openpty()
    with (
        os.fdopen(follower, "w") as err,
        Progress(Terminal(out=io.StringIO(), err=err)) as progress,
    ):
        progress(StepBegun("f/half_hours", "Half-hours", 4))
        record = {"label": "l", "kind": Kind.READ, "seconds": 0.1, "bytes_in": 1}
        progress(CallRecord(key="f/half_hours[0]#l", attempt=1, outcome="ok", **record))
        progress(CallRecord(key="f/half_hours[1]#l", attempt=1, outcome="HTTP503", **record))
        progress._live.refresh()
        progress(ended("f/half_hours", "Half-hours"))
    text = whole(leader)
    os.close(leader)
    assert "Half-hours 1/4 (try 2)" in text
    assert "\x1b[32m✓" in text


# -- the report -----------------------------------------------------------------------------------


def report(**more: object) -> RunReport:
    facts = {
        "run": "7f3a1c",
        "flow": "annual",
        "title": "A year",
        "environment": "simulator",
        "today": "2025-06-15",
        "status": Status.DONE,
        "seconds": 83.2,
        "outputs": {},
        "steps": (ended("annual/a", "A").trace,),
        "warnings": ("careful",),
        "files": ("data/x.json",),
        "calls": 1,
    }
    return RunReport(**(facts | more))


def test_sums_are_told_in_kwh_with_what_lacks_days():
    years = [
        {"period": "2024", "value": 2_400_000, "complete": True},
        {"period": "2025", "value": 400, "complete": False},
        {"period": "2026", "value": 400, "complete": False, "partial": True},
    ]
    lines = report_text(report(outputs={"years": years}, today="2026-11-26"), 80).splitlines()
    assert lines[1].startswith("  2024     2,400 kWh  ▇")
    assert lines[2] == "  2025      0.40 kWh  ▇  not all days"
    assert lines[3].endswith("▇  its first days are not kept")


def test_a_sum_of_a_period_that_lasts_is_not_said_to_lack_days(monkeypatch):
    sums = [
        {"period": "2025-06", "value": 400, "complete": False},
        {"period": "2025-07", "value": 400, "complete": False},
    ]
    of_july = report(outputs={"months": sums}, today="2025-07-14")
    assert report_text(of_july, 80).splitlines()[:3] == [
        "months",
        "  2025-06      0.40 kWh  ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇  not all days",
        "  2025-07      0.40 kWh  ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇  under way",
    ]
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    title, _, lasting = report_text(of_july, 80).splitlines()[:3]
    assert (title, lasting.split()[-2:]) == ("mois", ["en", "cours"])


def test_other_outputs_are_told_as_they_are():
    text = report_text(report(outputs={"inseeCode": "69383"}), 80)
    assert text.splitlines()[0] == "inseeCode  69383"


def test_the_last_line_says_how_it_went():
    last = report_text(report(), 80).splitlines()[-1]
    assert last == "✓ done in 1 min 23 s · 1 call · environment simulator · run 7f3a1c"
    assert (
        report_text(report(status=Status.PARTIAL), 80).splitlines()[-1].startswith("! done in part")
    )


def test_the_document_keeps_its_keys():
    document = report().to_dict()
    assert document["steps"][0]["trail"] == "annual/a"
    assert (document["seconds"], document["warnings"]) == (83.2, ["careful"])
    assert "failure" not in document


@pytest.mark.parametrize(
    ("watt_hours", "text"),
    [(4_866_094, "4,866 kWh"), (9_999, "10.00 kWh"), (0, "0.00 kWh"), (430, "0.43 kWh")],
)
def test_energy_is_told_as_on_a_bill(watt_hours, text):
    assert energy(watt_hours) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "40 ms"), (0.4, "0.4 s"), (9.94, "9.9 s"), (12.3, "12 s"), (200, "3 min 20 s")],
)
def test_durations_are_told_as_people_say_them(seconds, text):
    assert write_duration(seconds) == text
