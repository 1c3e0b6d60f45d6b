"""The picture of a flow: everything is there, everything is readable."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from sgeflow.core.engine.walk import every_step
from sgeflow.tools.graph.chart import chart
from sgeflow.tools.graph.drawing import CODE, PLAIN, TITLE
from sgeflow.tools.graph.graph import picture
from sgeflow.tools.graph.svg import to_svg
from tests.examples import some
from tests.tools.graph.conftest import made
from tests.tools.graph.odd_flows import flows
from tests.tools.graph.svg_reader import disorder, drawn

ROOT = Path(__file__).parents[3]
FLOWS = sorted(file.stem for file in (ROOT / "flows").glob("*.yaml"))


def pictured(steps):
    catalog = made(steps)
    return drawn(to_svg(chart(catalog.flows["main"], catalog.flows)))


@pytest.mark.parametrize("expand", [False, True])
@pytest.mark.parametrize("name", FLOWS)
def test_nothing_of_a_shipped_flow_overlaps_or_is_wider_than_its_box(workspace, name, expand):
    assert disorder(drawn(picture(workspace, name, "svg", expand=expand))) == []


@settings(max_examples=some(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(flows())
def test_nothing_of_any_flow_overlaps_or_is_wider_than_its_box(catalog):
    for expand in (False, True):
        svg = to_svg(chart(catalog.flows["main"], catalog.flows, expand=expand))
        drawing = drawn(svg)
        assert disorder(drawing) == []
        steps = list(every_step(catalog.flows["main"].steps, undos=False))
        ids = {box.step.rpartition("/")[2] for box in drawing.boxes if box.step}
        assert {step.id for step in steps} <= ids


@pytest.mark.parametrize("name", FLOWS)
def test_every_step_of_a_flow_is_drawn_once_with_its_words(workspace, name):
    flow = workspace.flow(name)
    drawing = drawn(picture(workspace, name, "svg"))
    drawn_steps = [box for box in drawing.boxes if box.step]
    assert len({box.step for box in drawn_steps}) == len(drawn_steps)
    handled = [s for h in flow.handlers for s in h.steps]
    steps = list(every_step((*flow.steps, *handled)))
    assert len(steps) == len(drawn_steps)
    words = " ".join(text.text for text in drawing.texts)
    shown = re.sub(r"\s", "", words)
    for step in steps:
        assert re.sub(r"\s", "", step.title or step.id) in shown
        if step.when:
            assert re.sub(r"\s", "", f"when {step.when.text}") in shown


@pytest.mark.parametrize("name", FLOWS)
def test_a_picture_needs_nothing_else_and_is_the_same_each_time(workspace, name):
    svg = picture(workspace, name, "svg")
    assert svg == picture(workspace, name, "svg")
    assert not re.search(r"href|url\((?!#)|@import|<script|<image|<foreignObject", svg)
    assert "prefers-color-scheme:dark" in svg


def test_who_cannot_see_it_is_told_the_steps(workspace):
    drawing = drawn(picture(workspace, "konnector", "svg"))
    assert drawing.title == workspace.flow("konnector").title
    assert "Verify the identity" in drawing.description
    assert "(when !present(state.boId))" in drawing.description
    tip = drawing.of("konnector/later/consent").text
    assert tip == "Read the consent; http GET backoffice /consent/${state.boId}"


def test_steps_stand_below_each_other_and_branches_side_by_side(workspace):
    drawing = drawn(picture(workspace, "gather-data", "svg"))
    steps = [drawing.of(f"gather-data/{n}") for n in ("period", "days", "peaks", "half_hours")]
    assert all(a.bottom < b.top and a.left == b.left for a, b in pairwise(steps))
    branches = ("daily/energy", "half_hours/weeks", "max_power/power")
    lanes = [drawing.of(f"gather-data/series/{name}") for name in branches]
    assert all(a.right < b.left for a, b in pairwise(lanes))
    series = drawing.of("gather-data/series")
    assert all(series.holds(lane) for lane in lanes)


def test_the_alternatives_of_a_choice_stand_side_by_side_under_what_chooses_them():
    drawing = pictured(
        "  - id: a\n    choose:\n      - {id: b, when: inputs.p == 'x', set: {c: 1}}\n"
        "      - {id: d, fail: {code: NO, message: no}}\n"
    )
    first, last = drawing.of("main/a/b"), drawing.of("main/a/d")
    assert first.right < last.left
    assert drawing.of("main/a").holds(first)
    words = [text.text for text in drawing.texts]
    assert words.count("when inputs.p == 'x'") == words.count("otherwise") == 1
    assert "a (when inputs" not in drawing.description
    assert "b (when inputs.p == 'x')" in drawing.description


def test_a_loop_is_a_box_around_its_step():
    drawing = pictured(
        "  - {id: a, foreach: [1, 2], as: n, until: run.today == 'x', parallel: 1, set: {b: 1}}\n"
    )
    loop = next(box for box in drawing.boxes if "loop" in box.kind.split())
    assert loop.holds(drawing.of("main/a"))
    words = [text.text for text in drawing.texts if loop.holds(text)]
    assert words[:3] == ["foreach [1, 2]", "as n", "until run.today == 'x'"]


def test_what_is_polled_for_is_told_with_how_often_and_how_long():
    drawing = pictured(
        "  - id: a\n    call: readThing\n    with: {pointId: '${inputs.p}'}\n"
        "    poll: {every: PT90S, until: present(this.name), fail_if: this.name == 'x', within: PT2H}\n"
    )
    words = [text.text for text in drawing.texts]
    assert "poll every 90 s, within 2 h" in words
    assert "until present(this.name)" in words
    assert "fail_if this.name == 'x'" in words


def test_faults_and_undos_stand_in_the_box_of_their_step_and_leave_no_hole(workspace):
    drawing = drawn(picture(workspace, "start-contract", "svg"))
    consent, after = (drawing.of(f"start-contract/{name}") for name in ("consent", "consent_named"))
    assert consent.holds(drawing.of("start-contract/consent@undo"))
    inside = [box for box in drawing.boxes if "side" in box.kind.split() and consent.holds(box)]
    assert ["fault" in box.kind for box in inside[:2]] == [True, False]
    assert any(t.text == "fail MAINTENANCE" for t in drawing.texts if inside[0].holds(t))
    assert 0 < after.top - consent.bottom < 40


def test_a_line_goes_in_and_out_in_the_middle_of_every_step(workspace):
    for name in FLOWS:
        drawing = drawn(picture(workspace, name, "svg", expand=True))
        ways = [line for line in drawing.lines if line.left == line.right]
        for box in (box for box in drawing.boxes if {"step", "when"} & {*box.kind.split()}):
            middle = (box.left + box.right) / 2
            assert any(
                abs(way.left - middle) < 0.2 and abs(way.bottom - box.top) < 0.2 for way in ways
            ), box


def test_a_legend_tells_the_signs_that_are_in_the_picture_and_no_others(workspace):
    words = [text.text for text in drawn(picture(workspace, "start-contract", "svg")).texts]
    assert {"on a fault", "undone when a later step fails", "step"} <= {*words}
    assert not {"done", "failed", "repeated"} & {*words}


def test_the_title_is_as_wide_as_it_needs_and_the_picture_with_it(workspace):
    drawing = drawn(picture(workspace, "konnector", "svg"))
    assert workspace.flow("konnector").title in [text.text for text in drawing.texts]


def test_a_picture_speaks_the_language_of_its_reader(workspace, monkeypatch):
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    drawing = drawn(picture(workspace, "konnector", "svg"))
    words = [text.text for text in drawing.texts]
    assert "Vérifier l'identité" in words
    assert {"étape", "on_fault de l'enchaînement"} <= {*words}


def test_what_the_flow_does_about_failures_stands_in_rows_below_its_steps(workspace):
    drawing = drawn(picture(workspace, "konnector", "svg"))
    last = max(box.bottom for box in drawing.boxes if "end" in box.kind.split())
    below = [box for box in drawing.boxes if box.top > last]
    assert len(below) == len(workspace.flow("konnector").handlers)
    assert {box.top for box in below[:2]} == {below[0].top}  # two beside each other


def test_the_condition_has_a_way_around_it_and_nothing_comes_after_a_fail():
    plain = pictured("  - {id: a, set: {b: 1}}\n  - {id: c, fail: {code: X, message: y}}\n")
    last = plain.of("main/c")
    assert not [line for line in plain.lines if line.top >= last.bottom]
    around = pictured(
        "  - {id: a, set: {b: 1}}\n"
        "  - {id: c, when: present(inputs.p), fail: {code: X, message: y}}\n"
    )
    bypass = [line for line in around.lines if "bypass" in line.kind]
    assert len(bypass) == 3
    assert [line for line in around.lines if line.top >= around.of("main/c").bottom]


def test_called_flows_are_drawn_in_place_when_they_are_asked_for(workspace):
    drawing = drawn(picture(workspace, "konnector", "svg", expand=True))
    start = drawing.of("konnector/first/start")
    assert start.holds(drawing.of("konnector/first/start/start-contract/point"))


@pytest.mark.parametrize("lettering", [TITLE, PLAIN, CODE])
def test_a_text_is_broken_where_a_person_would_break_it(lettering):
    room = lettering.width("one two three")
    assert lettering.wrap("one two three four", room) == ("one two three", "four")
    broken = lettering.wrap(
        "steps.known.services.of.a.long.path", lettering.width("steps.known.") + 1
    )
    assert broken[0] == "steps.known."
    assert all(lettering.width(line) <= room for line in lettering.wrap("W" * 200, room))


# the widths of DejaVu Sans, of its bold face and of its fixed one, in thousandths of the size
MEASURED = [
    (PLAIN, "W", 989), (PLAIN, "i", 278), (PLAIN, "m", 974), (PLAIN, "0", 636), (PLAIN, "…", 1000),
    (TITLE, "W", 1103), (TITLE, "i", 343), (TITLE, "m", 1042), (TITLE, "g", 716), (TITLE, "é", 678),
    (CODE, "W", 602), (CODE, "i", 602), (CODE, "`", 602),
]  # fmt: skip


@pytest.mark.parametrize(("lettering", "letter", "width"), MEASURED)
def test_no_letter_is_wider_than_it_is_taken_for(lettering, letter, width):
    assert lettering.width(letter) >= width / 1000 * lettering.size
    assert lettering.width(letter) <= width / 1000 * lettering.size * 1.2
