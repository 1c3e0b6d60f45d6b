"""What a run did, in the picture of its flow; and what the journal keeps for that."""

import re
import sqlite3
import zlib

import pytest

from sgeflow.adapters.state.contents import KeptStep
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.core.model import Status
from sgeflow.errors import UsageError
from sgeflow.simulator.simulator import Simulator
from sgeflow.tools.graph.chart import ChartedRun, chart, history
from sgeflow.tools.graph.graph import picture, recorded_run
from tests.tools.graph.conftest import TODAY, made
from tests.tools.graph.svg_reader import disorder, drawn


@pytest.fixture
def shown(workspace, ran):
    """The drawing of a flow with what a run did in it."""

    def draw(flow="konnector", expand=False, form="svg", **options):
        report, folder = ran(flow, **options)
        seen = recorded_run(StateLocation(folder=folder), report.run, workspace.flow(flow))
        text = picture(workspace, flow, form, run=seen, expand=expand)
        return drawn(text) if form == "svg" else text

    return draw


def words(drawing, step):
    """The texts in a step's box; how long it took is the machine's."""
    texts = [text.text for text in drawing.texts if drawing.of(step).holds(text)]
    return [re.sub(r"\d+(\.\d)? s\b", "0.0 s", text) for text in texts]


def test_each_step_shows_how_it_ended_how_long_it_took_and_its_calls(shown):
    drawing = shown()
    assert disorder(drawing) == []
    assert "done" in drawing.of("konnector/gather").kind.split()
    told = words(drawing, "konnector/gather")[-1]
    assert told.startswith("✓ done · 0.")
    assert told.endswith("s · 6 calls")
    kept = " ".join(words(drawing, "konnector/daily"))
    assert "365 daily_energy · 2024-06-15 → 2025-06-14" in kept


def test_the_heading_names_the_run(shown):
    texts = " ".join(text.text for text in shown(scenario="opposition").texts)
    assert " · 15 Jun 2025 · simulator · failed in " in texts
    assert "s (USER_ACTION_NEEDED) · 4 calls" in texts


def test_skipped_steps_and_those_whose_turn_never_came_are_grey(shown):
    drawing = shown()
    later = drawing.of("konnector/later")
    assert {"skipped", "off"} <= {*later.kind.split()}
    inside = [box for box in drawing.boxes if later.holds(box)]
    assert len(inside) > 10
    assert all("off" in box.kind.split() for box in inside)
    assert "off" not in drawing.of("konnector/first").kind.split()
    assert all("off" in text.kind.split() for text in drawing.texts if later.holds(text))


def faults(drawing):
    """The boxes of what is done about faults: those that are grey, and the others."""
    boxes = [box for box in drawing.boxes if "fault" in box.kind.split()]
    grey = [box for box in boxes if "off" in box.kind.split()]
    return grey, [box for box in boxes if box not in grey]


def test_only_the_way_of_a_fault_that_a_run_went_is_red(shown):
    grey, red = faults(shown())
    assert len(grey) > 5
    assert red == []
    drawing = shown("start-contract", scenario="opposition")
    grey, red = faults(drawing)
    assert len(grey) > 3
    assert len(red) == 1
    told = [text.text for text in drawing.texts if red[0].holds(text)]
    assert told[:2] == ["else", "fail USER_ACTION_NEEDED"]
    assert "opposes" in " ".join(told)
    drawing = shown("konnector", faults="SGT500:100%")
    _, red = faults(drawing)
    assert red
    assert all(
        any(text.text == "fail VENDOR_DOWN" for text in drawing.texts if box.holds(text))
        for box in red
    )


def test_the_way_of_a_handler_that_went_on_is_drawn():
    flows = made(
        "  - id: a\n    call: readThing\n    with: {pointId: '30000000000011'}\n"
        "    on_fault: [{codes: [SGT401], continue: {rows: []}}]\n"
    ).flows
    for after, is_off in (("SGT401", False), ("", True)):
        step = KeptStep(trail="main/a", status=Status.DONE, seconds=0.1, after=after)
        drawn_ = chart(flows["main"], flows, run=ChartedRun(past=history([step], [])))
        assert [side.is_off for side in drawn_.lane.blocks[0].sides] == [is_off]


def test_a_failed_step_is_red_with_its_code_and_what_was_undone_is_shown(shown):
    drawing = shown(scenario="same-day-restart", expand=True)
    assert disorder(drawing) == []
    above = "konnector/first/start/start-contract"
    ordered = f"{above}/ordered/access"
    assert "failed" in drawing.of(ordered).kind.split()
    assert any(
        re.fullmatch(r"✗ failed SGT570 · [\d.]+ m?s · 3 calls", one)
        for one in words(drawing, ordered)
    )
    assert "done" in drawing.of(f"{above}/consent@undo").kind.split()
    assert "failed" in drawing.of("konnector/first").kind.split()
    assert "off" in drawing.of("konnector/gather").kind.split()


def test_the_calls_of_an_undo_are_its_own(shown):
    drawing = shown(scenario="same-day-restart", expand=True)
    consent = "konnector/first/start/start-contract/consent"
    for step in (consent, f"{consent}@undo"):
        assert re.fullmatch(r"✓ done · [\d.]+ m?s · 1 call", words(drawing, step)[-2])


def test_a_step_of_a_loop_tells_how_often_it_was_done(shown):
    drawing = shown("gather-data")
    told = words(drawing, "gather-data/series/half_hours/weeks")
    assert any(line.endswith(" 4 calls") for line in told)
    found = history(
        [
            KeptStep(trail="a/loop[0]/x", status=Status.DONE, seconds=1.0),
            KeptStep(trail="a/loop[1]/x", status=Status.FAILED, seconds=2.0, code="SGT500"),
            KeptStep(trail="a/loop[2]/x", status=Status.SKIPPED, seconds=0.0),
        ],
        ["a/loop[0]/x", "a/loop[1]/x", "a/loop[1]/x~2", "a/looping"],
    )
    past = found("a/loop/x")
    assert (past.status, past.times, past.calls, past.code) == (Status.FAILED, 2, 3, "SGT500")
    assert past.seconds == 3.0
    assert found("a/loop").calls == 3


def test_a_run_of_another_flow_or_none_is_refused(workspace, ran):
    report, folder = ran("gather-data")
    with pytest.raises(UsageError, match="was of gather-data, not of konnector"):
        recorded_run(StateLocation(folder=folder), report.run, workspace.flow("konnector"))
    with pytest.raises(UsageError, match='there is no run "zzz"'):
        recorded_run(StateLocation(folder=folder), "zzz", workspace.flow("konnector"))


def test_a_form_that_is_none_is_refused_with_those_that_are(workspace):
    with pytest.raises(UsageError) as caught:
        picture(workspace, "konnector", "gif")
    assert caught.value.problems[0].allowed == ("svg", "html", "png")


def test_of_a_run_that_was_killed_the_calls_are_known(workspace, ran, monkeypatch):
    for name in ("keep_steps", "end"):
        monkeypatch.setattr(Journal, name, lambda *_, **__: None)
    report, folder = ran()
    seen = recorded_run(StateLocation(folder=folder), report.run, workspace.flow("konnector"))
    drawing = drawn(picture(workspace, "konnector", "svg", run=seen))
    assert any(" · stopped · 13 calls" in text.text for text in drawing.texts)
    assert words(drawing, "konnector/gather")[-1] == "… end unknown · 6 calls"


# -- what the journal keeps --------------------------------------------------------------------------


def kept(folder, run):
    """All that is kept of a run's steps, as text."""
    with sqlite3.connect(StateLocation(folder=folder).journal) as database:
        row = database.execute("SELECT packed_steps FROM runs WHERE run = ?", (run,)).fetchone()
    database.close()
    return zlib.decompress(row[0]).decode()


@pytest.mark.parametrize("scenario", ["household", "opposition", "moved", "settled"])
def test_what_is_kept_of_the_steps_names_nobody(workspace, ran, scenario):
    household = Simulator(workspace.catalog, today=TODAY).household
    report, folder = ran(scenario=scenario)
    text = kept(folder, report.run).replace("com.grandlyon.", "")
    assert '"konnector/identity"' in text
    for name in ("lastname", "firstname", "address", "city", "postalCode", "pointId"):
        assert household[name].lower() not in text.lower(), name


def test_of_values_the_form_is_kept_and_words_of_the_documents(ran):
    report, folder = ran()
    with Journal(StateLocation(folder=folder).journal) as journal:
        run = journal.steps(report.run)
    steps = {step.trail: step for step in run.steps}
    point = steps["konnector/first/start/start-contract/point"].gave["fields"]
    assert point["segment"] == "C5"  # a word of the flow
    assert point["startDate"].startswith("20")
    assert point["tariff"] == "***"
    gather = steps["konnector/gather"].gave["fields"]
    assert gather["daily"]["fields"]["measures"] == {"items": 365}
    assert run.inputs["lastname"] == "***"


def test_the_words_of_called_flows_are_words_of_the_documents_too(workspace):
    words = workspace.vocabulary(workspace.flow("konnector")).words
    assert {"C5", "OPPENR", "-P36M"} <= words  # its own, start-contract's, gather-data's


def test_a_run_that_is_forgotten_takes_its_steps_along(ran):
    report, folder = ran()
    with Journal(StateLocation(folder=folder).journal) as journal:
        assert journal.steps(report.run).steps
        journal.prune(9e12)
        assert journal.steps(report.run) is None
