"""The page of a run: what the journal has, told to who asks what waited and what went wrong."""

from collections import Counter

import pytest
from msgspec.structs import replace

import sgeflow
from sgeflow import Options, open_catalog
from sgeflow.adapters.state.contents import KeptStep
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.core.model import Kind, Status
from sgeflow.runtime.journal.history import find_run
from sgeflow.tools.pages.codes import EndFinder
from sgeflow.tools.pages.run_facts import CallGroup, Try, lines_of
from sgeflow.tools.pages.run_page import run_page, signs, track
from sgeflow.tools.pages.run_read import facts_of, flow_text, read_run, run_text
from tests.browser import check_looks, looked_at
from tests.tools.pages.conftest import TODAY

TWO_ENDS = """
flow: mine
title: Mine
steps:
  - id: stop
    call: commanderArretServiceSouscritMesures
    with: {pointId: "30000000000011", serviceSouscritId: "1234567"}
on_fault:
  - classes: [denied]
    fail: {code: WRONG, message: "It is wrong (${fault.code})."}
  - classes: [already]
    fail: {code: THERE, message: "It is there (${fault.code})."}
"""


@pytest.fixture(scope="module")
def runs(workspace, tmp_path_factory):
    """Runs without waits, in worlds where things go wrong and in one with a service already."""
    folder = tmp_path_factory.mktemp("runs")
    home = StateLocation(folder=folder)
    found = {}
    for scenario in ("flaky", "opposition", "down", "already-active", "same-day-restart"):
        options = Options(
            environment="simulator", scenario=scenario, today=TODAY, state=folder, patient=False
        )
        inputs = {"file": str(folder / "out.json")}
        report = sgeflow.run("konnector", inputs, workspace=workspace, options=options)
        found[scenario] = read_run(workspace, home, report.run), find_run(home, report.run)
    return found


def test_each_attempt_of_the_journal_is_a_try_and_what_failed_is_counted(runs):
    one, details = runs["flaky"]
    facts = one.facts
    sent = [effect for effect in details.effects if effect.started is not None]
    (recovered,) = [effect for effect in details.effects if effect.started is None]
    assert facts.recovered == {recovered.key}  # the order whose answer was cut
    counts = Counter(effect.key for effect in sent)
    assert (facts.tries, sum(len(line.calls) for line in facts.lines)) == (len(sent), len(counts))
    assert facts.outcomes == Counter(e.outcome for e in sent if e.outcome != "ok")
    assert facts.again == sum(count > 1 for count in counts.values()) > 0
    assert facts.values == 365 + 1344 + 365
    assert 0 < facts.answering <= facts.length
    told = [row.title for row in facts.rows if isinstance(row, CallGroup)]
    assert told == [
        "Verify the identity",
        "First start",
        "Start the collection",
        "Gather the measures",
        "Fetch the three series",
    ]


def test_calls_on_the_page_are_those_that_the_terminal_counts_and_one_order_is_one(runs, browser):
    for name, count, orders in (
        ("flaky", "calls made", "orders sent"),
        ("already-active", "calls made", "order sent"),
    ):
        one, details = runs[name]
        with looked_at(browser, run_page(one.facts, (), lambda _: ("", ""))) as seen:
            names = seen.page.locator(".figures dt").all_inner_texts()
            values = seen.page.locator(".figures dd:not(.note)").all_inner_texts()
        figures = dict(zip(names, values, strict=True))
        sent = sum(effect.started is not None for effect in details.effects)
        assert figures[count] == str(sent)
        assert orders in figures


def test_what_ended_a_run_is_told_in_the_words_of_its_flow(workspace, runs, browser):
    one, _ = runs["opposition"]
    with looked_at(browser, run_text(workspace, one)) as seen:
        assert seen.text(".notice") == (
            "Ask the customer to enable data collection in the Enedis customer area. This run"
            ' failed with USER_ACTION_NEEDED. At the step "Check for an opposition". The customer'
            " opposes the recording of the load curve; nobody but the customer can lift it."
        )
        assert seen.text("h1").startswith("Failed · ")
        assert seen.page.content().count("Ask the customer to enable") == 1
    undone, _ = runs["same-day-restart"]
    with looked_at(browser, run_text(workspace, undone)) as seen:
        assert seen.text(".figures").endswith("orders sent 2 each once 1 undone")
        rows = seen.page.locator(".line tbody tr:not(.heading) th").all_inner_texts()
        assert [row.splitlines()[0].split("  ")[0] for row in rows if "consent" in row] == [
            "Record the consent order",
            "Delete the consent undo",
        ]


def test_an_end_by_the_handler_of_the_flow_has_its_words_and_what_to_do(workspace, runs):
    page = run_text(workspace, runs["down"][0])
    assert "Enedis cannot answer now (HTTP503); it heals by itself." in page
    assert "Try again later; nothing is lost." in page
    assert "could not be tried" not in page  # the words of another flow for that code


def test_an_end_by_a_class_is_that_of_the_class_which_the_operation_gives_the_code(tmp_path):
    flow = tmp_path / "flows" / "mine.yaml"
    flow.parent.mkdir()
    flow.write_text(TWO_ENDS)
    (tmp_path / "environments").mkdir()
    finder = EndFinder(open_catalog(tmp_path, flow="mine"), "mine")
    told = [("mine/stop", "SGT4O4")]  # denied, but for this operation
    ends = {code: finder.find(code, told) for code in ("THERE", "WRONG")}
    assert (ends["THERE"].message, ends["WRONG"]) == ("It is there (SGT4O4).", None)


def test_a_run_is_readable_for_everybody_and_small(workspace, runs, browser, monkeypatch):
    for one, _ in runs.values():
        page = run_text(workspace, one, "flow.html")
        assert page == run_text(workspace, one, "flow.html")
        assert len(page.encode()) < 60_000
        check_looks(browser, page)
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    french = run_text(workspace, runs["opposition"][0])
    assert "Cette exécution a échoué avec USER_ACTION_NEEDED." in french
    check_looks(browser, french)


def test_each_attempt_says_its_time_and_its_outcome_to_mouse_and_keys(workspace, runs, browser):
    one, _ = runs["flaky"]
    with looked_at(browser, run_text(workspace, one)) as seen:
        seen.page.locator(".track .try.failed").first.hover(force=True)
        tip = seen.text(".tip")
        assert tip.startswith("a try at ")
        assert any(f"s; {code or 'no answer'}" in tip for code in one.facts.outcomes)
        assert seen.page.locator("[data-chart][tabindex='0']").count() == 1
        seen.page.locator("[data-chart][tabindex='0']").focus()
        first = seen.text(".tip")
        seen.page.keyboard.press("ArrowDown")
        assert seen.text(".tip") != first
        assert seen.page.locator("[data-chart]").nth(1).evaluate("one => one.matches(':focus')")
        assert seen.errors == []


def test_a_run_and_the_page_of_its_flow_lead_to_each_other(workspace, runs, browser, tmp_path):
    one, _ = runs["flaky"]
    run, flow = tmp_path / "run.html", tmp_path / "flow.html"
    run.write_text(run_text(workspace, one, flow.name), "utf-8")
    flow.write_text(flow_text(workspace, one, run.name), "utf-8")
    ids = "[...document.querySelectorAll('[id]')].map((one) => one.id)"
    led = "(all) => all.map((one) => decodeURIComponent(one.hash.slice(1)))"
    with looked_at(browser, flow) as seen:
        steps = seen.page.evaluate(ids)
        to_calls = seen.page.locator("a.told").evaluate_all(led)
    with looked_at(browser, run) as seen:
        rows, to_steps = seen.page.evaluate(ids), seen.page.locator(".line a").evaluate_all(led)
        assert len(to_calls) > 8
        assert set(to_calls) == set(to_steps)
        assert set(to_calls) <= {*rows} & {*steps}
        seen.page.get_by_role("link", name="Daily energy").click()
        step = "konnector/gather/gather-data/series/daily/energy/current"
        seen.page.wait_for_url(f"**/flow.html#{step}")
        seen.page.locator(f"[id='{step}']").wait_for(state="attached")
        seen.page.get_by_role("link", name="Timeline of this run").click()
        assert seen.text("h1").startswith("Succeeded · Collect a household")
        assert seen.page.url.endswith("run.html")
        assert seen.errors == []


def test_the_picture_of_a_flow_is_no_wider_than_a_telephone(workspace, runs, browser, monkeypatch):
    monkeypatch.setenv("SGEFLOW_LANG", "fr")  # its titles are the longer ones
    with looked_at(browser, flow_text(workspace, runs["opposition"][0], "run.html")) as seen:
        seen.show(390, "light")
        wide = "(view) => view.scrollWidth - view.clientWidth"
        assert seen.page.locator("#view").evaluate(wide) == 0


def test_waits_are_those_in_which_nothing_else_was_under_way_and_each_is_told_by_its_reason(runs):
    one, _ = runs["flaky"]
    paused = Try(start=6, seconds=1, outcome="ok", paused=4, waited=1)
    tries = [Try(start=0, seconds=1, outcome="SGT500"), paused]
    beside = [Try(start=2, seconds=1, outcome="ok")]
    lines = lines_of(
        (trail, "read", "read", each)
        for trail, some in (("f/a", tries), ("f/b", beside))
        for each in some
    )
    facts = replace(one.facts, lines=lines)
    assert (paused.pause, paused.turn) == ((1, 5), (5, 6))
    assert (facts.waits, facts.pause_seconds, facts.turn_seconds) == (4, 3, 1)
    assert (facts.answering, facts.again) == (3, 1)
    marks, alt = track(facts, lines[0])
    assert marks.count('class="wait"') == marks.count('class="turn"') == 1
    assert alt.endswith("; 4.0 s waiting to retry; 1.0 s waiting for a turn")


def test_the_waits_that_the_journal_keeps_are_told_apart(workspace, runs, monkeypatch):
    one, details = runs["flaky"]
    first, *others = details.effects
    waiting = replace(details, effects=(replace(first, waited=0.4, paused=0.9), *others))
    facts = facts_of(workspace, waiting, one.recorded.kept)
    (line,) = (line for line in facts.lines if line.pause_seconds)
    assert (line.turn_seconds, line.pause_seconds) == (0.4, 0.9)
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    page = run_page(facts, (), lambda _: ("", ""))
    assert "0,4 s à attendre son tour" in page
    assert "0,9 s à attendre une nouvelle tentative" in page


def test_what_helps_is_told_once_and_in_french_too(workspace, runs, monkeypatch):
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    one, _ = runs["down"]
    failed = replace(one.facts, code="HTTP503")
    assert run_text(workspace, replace(one, facts=failed)).count("exécution était simulée") == 1
    page = run_text(workspace, replace(one, facts=replace(failed, is_simulated=False)))
    assert page.count("Les lectures sont retentées") == 1
    assert "reads are tried again" not in page


def test_a_run_that_succeeded_says_so_in_its_title_and_asks_for_nothing(workspace, runs, browser):
    one, _ = runs["flaky"]
    with looked_at(browser, run_text(workspace, one)) as seen:
        assert seen.page.title().startswith("Succeeded · Collect a household")
        assert seen.text("h1 .good") == "Succeeded"
        heads = seen.page.locator(".troubles thead th").all_inner_texts()
        assert heads == ["Code", "Times", "Meaning of the code"]
        assert seen.page.locator(".notice").count() == 0


def test_what_came_of_a_run_and_what_it_warned_of_is_told_in_french_too(
    workspace, runs, monkeypatch
):
    one, _ = runs["flaky"]
    english = run_text(workspace, one)
    assert "28 days, 28 complete · 432,405 Wh" in english
    assert "was lost; rechercherServicesAccesDonnees shows that it was accepted" in english
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    french = run_text(workspace, one)
    assert "28 jours, dont 28 entiers · 432\u202f405 Wh" in french
    assert "il ne manque rien" in french
    assert "montre que la commande a été acceptée" in french
    assert "complete" not in french
    assert "was lost" not in french


def test_the_calls_of_a_long_loop_stand_in_one_line():
    tries = [
        (f"f/weeks[{number}]/curve", "read", "read", Try(start=number, seconds=1, outcome="ok"))
        for number in range(9)
    ]
    (line,) = lines_of(tries)
    assert (line.trail, len(line.calls), line.start, line.seconds) == ("f/weeks/curve", 9, 0, 9)
    assert len(lines_of(tries[:3])) == 3


def test_calls_that_nothing_answered_are_told_so_however_many_they_are(runs):
    one, _ = runs["flaky"]
    tries = [
        (f"f/weeks[{number}]/curve", "read", Kind.READ, Try(start=number, seconds=1, outcome=""))
        for number in range(9)
    ]
    page = run_page(replace(one.facts, lines=lines_of(tries)), (), lambda _: ("", ""))
    assert "no answer × 9" in page  # noqa: RUF001


def test_an_end_in_part_has_its_words_with_a_sign_for_what_the_run_alone_knew(workspace, runs):
    one, _ = runs["flaky"]
    code = "UNKNOWN_ERROR.PARTIAL_SYNC"
    end = KeptStep(trail="konnector/partly", status=Status.PARTIAL, code=code)
    facts = replace(one.facts, status=Status.PARTIAL, code=code, steps=(*one.facts.steps, end))
    page = run_text(workspace, replace(one, facts=facts))
    assert "Some series could not be fetched: …; the others are kept." in page
    assert "the Cozy does not have all of them" not in page  # of another end with that code


def test_a_run_that_was_stopped_says_so_and_what_goes_on_with_it(workspace, runs):
    one, _ = runs["flaky"]
    stopped = replace(one.facts, status=Status.FAILED)
    page = run_text(workspace, replace(one, facts=stopped))
    assert "This run was simulated: run it again" in page
    page = run_text(workspace, replace(one, facts=replace(stopped, is_simulated=False)))
    assert "This run was stopped before its end." in page
    assert f"<code>sgeflow resume {one.facts.run}</code> resumes it." in page


def test_the_marks_of_the_tracks_are_named_and_those_alone_that_are_there(runs):
    one, _ = runs["flaky"]
    answered = [("f/a", "read", Kind.READ, Try(start=0, seconds=1, outcome="ok"))]
    waited = [
        *answered,
        ("f/b", "read", Kind.READ, Try(start=9, seconds=1, outcome="", waited=3, paused=2)),
    ]
    named = {
        tuple(kind for kind, _ in signs(replace(one.facts, lines=lines_of(tries))))
        for tries in (answered, waited)
    }
    assert named == {("try",), ("try", "try failed", "wait", "turn")}


def test_steps_that_failed_with_one_that_stands_in_them_are_not_counted(workspace, runs):
    failed = [one.trail for one in runs["opposition"][0].facts.steps if one.status == "failed"]
    assert len(failed) == 3  # the check, and what it stands in
    assert ", failed: 1." in run_text(workspace, runs["opposition"][0])


def test_calls_that_come_of_a_list_of_cases_have_their_names_and_are_a_small_page(runs, browser):
    one, _ = runs["flaky"]
    tries = [
        (
            f"f/cases/AB-R{n}",
            f"operation{n}",
            Kind.READ,
            Try(start=n, seconds=1, outcome="ok", waited=0.9),
        )
        for n in range(100)
    ]
    known = {"titles": {"f/cases": "Cases"}, "known": frozenset({"f/cases"})}
    page = run_page(
        replace(one.facts, lines=lines_of(tries), **known),
        (),
        lambda _: ("", ""),
        flow_file="a.flow.html",
    )
    assert len(page.encode()) < 68_000
    with looked_at(browser, page) as seen:
        links = seen.page.locator(".line th a")
        rows = seen.page.locator(".line tbody tr:not(.heading) th").all_inner_texts()
        assert [row.splitlines()[0] for row in rows] == [f"AB-R{n}" for n in range(100)]
        assert links.all_inner_texts() == ["AB-R0"]
        assert seen.text(".line .heading") == "Cases"
        assert links.last.get_attribute("href") == "a.flow.html#f/cases"
        boxes = [
            seen.page.locator(f"{kind}").first.bounding_box() for kind in (".track .try", ".track")
        ]
        middles = [box["y"] + box["height"] / 2 for box in boxes]
        assert abs(middles[0] - middles[1]) <= 1
        assert boxes[0]["height"] == 15  # with its stroke
        grid = seen.page.locator(".track use").last.bounding_box()
        assert grid["width"] > 100


HANDLED = """
flow: mine
title: Mine
inputs:
  pointId: {$ref: "types.yaml#/pointId"}
steps:
  - id: consent
    title: Record a consent
    http:
      service: backoffice
      method: POST
      path: /consent
      body: {pointID: "${inputs.pointId}", lastname: DUPONT, firstname: Anne, address: 1 rue Haute,
             postalCode: "69003", city: LYON, inseeCode: "69383", safetyOnBoarding: true}
    undo:
      steps:
        - {id: seen, title: Look once more, http: {service: communes, path: /communes/69003}}
        - id: gone
          http: {service: backoffice, method: DELETE, path: "/consent/${this.body.ID}"}
  - {id: last, title: Ask for what is not there, http: {service: communes, path: /nothing/here}}
on_fault:
  - codes: [HTTP403]
    steps:
      - {id: told, title: Tell of it, http: {service: communes, path: /communes/69003}}
      - {id: end, fail: {code: GONE, message: It is gone.}}
"""


def test_steps_of_a_handler_and_of_an_undo_lead_to_their_calls_and_back(tmp_path, browser):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "mine.yaml").write_text(HANDLED)
    workspace = open_catalog(tmp_path, flow="mine")
    options = Options(environment="simulator", today=TODAY, state=tmp_path, folder=tmp_path)
    report = sgeflow.run(
        "mine", {"pointId": "30000000000011"}, workspace=workspace, options=options
    )
    one = read_run(workspace, StateLocation(folder=tmp_path), report.run)
    told = "mine@on_fault:mine/told"  # drawn once, and acted at `mine/last`
    assert f'href="run.html#{told}"' in flow_text(workspace, one, "run.html")
    with looked_at(browser, run_text(workspace, one, "flow.html")) as seen:
        rows = seen.page.locator(".line tbody tr:not(.heading) th").all_inner_texts()
        assert (
            [row.splitlines()[0] for row in rows]
            == [
                "Record a consent order",
                "Look once more undo",  # beside the step that it undoes, whose title stands for one without
                "Record a consent undo",
                "Ask for what is not there",
                "Tell of it",
            ]
        )
        assert seen.text(".figures").endswith("orders sent 2 each once 1 undone")
        link = seen.page.get_by_role("link", name="Tell of it")
        assert link.get_attribute("href") == f"flow.html#{told}"
        assert seen.page.locator(f"[id='{told}']").count() == 1
