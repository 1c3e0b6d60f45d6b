"""A flow's page, as a browser shows it: folded, searched, chosen, moved, in both languages."""

import json
import re

import pytest

from sgeflow.adapters.state.locations import StateLocation
from sgeflow.tools.graph.graph import picture, recorded_run
from tests.browser import check_looks, looked_at

CONSENT = "konnector/first/start/start-contract/consent"


@pytest.fixture(scope="module")
def text(workspace):
    return picture(workspace, "konnector", "html")


def choose_found(page, name):
    """Press Enter: the first step that is listed is chosen a moment later, and has this name."""
    page.press("#find", "Enter")
    page.locator("#chosen h2").get_by_text(name, exact=True).wait_for()


def test_a_page_stands_in_one_file_that_is_the_same_each_time(workspace, text):
    assert len(text.encode()) < 220_000
    assert text == picture(workspace, "konnector", "html")
    assert str(workspace.project.folder) not in text
    ids = re.findall(r' id="(konnector/[^"]+)"', text)
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert len(ids) == len(set(ids)) > 100
    assert set(ids) == set(data["steps"])
    assert all(step["at"][2] > 0 for step in data["steps"].values())


def test_the_page_of_a_flow_is_readable_for_everybody(browser, text, workspace, monkeypatch):
    check_looks(browser, text)
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    french = picture(workspace, "konnector", "html", expand=True)
    assert '<html lang="fr">' in french
    check_looks(browser, french)
    with looked_at(browser, french) as seen:
        seen.page.fill("#find", "at_least_once")
        choose_found(seen.page, "Enregistrer le consentement")
        seen.page.click("#chosen summary")
        assert "un serveur mandataire (502, 503, 504)" in seen.text("#chosen .manual")


@pytest.fixture
def failed(workspace, ran):
    """A run that failed, in the scenario `opposition`."""
    report, folder = ran(scenario="opposition")
    return recorded_run(StateLocation(folder=folder), report.run, workspace.flow("konnector"))


def test_the_page_of_a_failed_run_opens_at_the_step_that_failed_and_is_small(
    browser, workspace, failed, monkeypatch
):
    page = picture(workspace, "konnector", "html", run=failed)
    with looked_at(browser, page) as shown:
        shown.page.wait_for_selector("#chosen h2")
        assert shown.text("#chosen h2") == "Check for an opposition"
        aside = "one => [one.scrollWidth - one.clientWidth, one.innerText.split('\\n').length > 9]"
        assert shown.page.locator("#chosen pre").first.evaluate(aside) == [0, True]
        way = shown.page.get_by_role("link", name="The step that it failed at")
        assert way.get_attribute("href") == "#konnector/first/start/start-contract/opposition"
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    french = picture(workspace, "konnector", "html", run=failed, run_file="run.html")
    assert max(len(page.encode()), len(french.encode())) < 220_000  # others of its runs are larger


def test_a_page_tells_what_a_run_did_and_what_it_did_not_reach(browser, workspace, failed):
    page = picture(workspace, "konnector", "html", run=failed)
    check_looks(browser, page)
    with looked_at(browser, page) as shown:
        assert failed.details.entry.run in shown.text(".bar")
        assert shown.text(".bar .tag") == "simulated"
        step = shown.page.locator('[id="konnector/first/start/start-contract/opposition"]')
        assert step.is_visible()  # the flows that failed are open
        assert "✗ failed USER_ACTION_NEEDED" in step.inner_text()
        view = shown.page.locator("#view").bounding_box()
        start = shown.page.locator('[id="konnector/first/start"]')
        for name in (".line", ".told"):  # of a picture that is wider than its place
            assert start.locator(f"> {name}").bounding_box()["x"] >= view["x"]
        shown.show(390, "light")
        box, told = start.bounding_box(), start.locator("> .told").bounding_box()
        assert told["x"] + told["width"] <= box["x"] + box["width"]
        shown.show(1280, "light")
        assert shown.page.locator("#list li.failed").last.inner_text() == "Check for an opposition"
        assert "off" in shown.page.locator('[id="konnector/gather"]').get_attribute("class")
        assert "off" in shown.page.locator(".pill.end").get_attribute("class")
        assert "done" not in shown.page.locator(".pill.end").get_attribute("class")


def test_a_step_is_found_by_its_words_and_shows_its_lines_and_its_manual(browser, text, workspace):
    with looked_at(browser, text) as seen:
        page = seen.page
        page.fill("#find", "at_least_once")
        listed = page.locator("#list li:visible")
        assert listed.all_inner_texts() == ["Record the consent"]
        assert seen.text("#found") == "1"
        assert not page.locator(f'[id="{CONSENT}"]').is_visible()  # its flow is folded
        choose_found(page, "Record the consent")
        assert page.locator(f'[id="{CONSENT}"]').is_visible()
        assert "- id: consent" in seen.text("#chosen pre")
        assert seen.text("#chosen .place").startswith("flows/start-contract.yaml:")
        page.click("#chosen summary")
        assert seen.text("#chosen .manual").startswith("`http`:")
        page.fill("#find", "holderConfirmed")
        found = page.locator("#list li:visible").all_inner_texts()
        assert "Verify the identity" in found  # by its lines
        page.fill("#find", "verify the identity")
        choose_found(page, "Verify the identity")
        page.fill("#find", "zebra")
        assert page.locator("#nothing").is_visible()
        page.evaluate("location.hash = '#konnector/first/start/start-contract/point'")
        page.locator("#chosen .operation:not(:empty)").wait_for()
        called = workspace.operation("consulterDonneesTechniquesContractuelles")
        assert seen.text("#chosen .operation").startswith(str(called.title))
        assert seen.errors == []


def test_a_called_flow_is_unfolded_and_folded(browser, text):
    with looked_at(browser, text) as seen:
        inner = seen.page.locator(f'[id="{CONSENT}"]')
        seen.page.locator('[id="konnector/first/start"] > details > summary').click()
        assert inner.is_visible()
        seen.page.click("#fold")
        assert not inner.is_visible()
        seen.page.click("#unfold")
        assert inner.is_visible()


def show_on_a_phone(seen, text):
    seen.page.set_viewport_size({"width": 360, "height": 800})
    seen.page.goto("about:blank")
    seen.page.set_content(text)


def test_on_a_phone_a_flow_is_folded_to_its_first_level(browser, text):
    with looked_at(browser, text) as seen:
        height = "document.documentElement.scrollHeight"
        shown = seen.page.locator('[id="konnector/later/consent"]')
        assert shown.is_visible()  # on a wide screen
        show_on_a_phone(seen, text)
        assert seen.page.evaluate(height) < 5_600
        assert not shown.is_visible()
        seen.page.locator('[id="konnector/later"] > details > summary').click()
        assert shown.is_visible()
        assert not seen.page.locator(".shelf .side").first.is_visible()
        seen.page.click("#unfold")
        assert seen.page.locator(".shelf .side").first.is_visible()
        assert seen.page.evaluate(height) > 12_000


def test_on_a_phone_a_failed_run_is_open_down_to_the_step_that_failed(browser, workspace, failed):
    page = picture(workspace, "konnector", "html", run=failed)
    with looked_at(browser, page) as seen:
        show_on_a_phone(seen, page)
        at = '[id="konnector/first/start/start-contract/opposition"]'
        assert seen.page.locator(at).is_visible()
        assert "The customer opposes" in seen.text(f"{at} > .side")
        assert not seen.page.locator('[id="konnector/later/consent"]').is_visible()


def test_on_paper_no_step_is_torn_and_a_condition_stays_with_its_step(browser, text):
    torn = """() => [...document.querySelectorAll(".pill, .when, .node, .side")].filter((one) =>
        !one.querySelector(".lane") && getComputedStyle(one).breakInside !== "avoid").length"""
    parted = """() => [...document.querySelectorAll(".when")].filter((one) =>
        getComputedStyle(one).breakAfter !== "avoid").length"""
    with looked_at(browser, text) as seen:
        assert seen.page.evaluate(torn) > 0
        seen.page.emulate_media(media="print")
        assert (seen.page.evaluate(torn), seen.page.evaluate(parted)) == (0, 0)
        pages = len(re.findall(rb"/Type\s*/Page\b", seen.page.pdf(format="A4")))
        assert pages <= 8  # what is kept together leaves no page half empty


def test_the_picture_is_moved_and_sized_by_mouse_and_keys(browser, text):
    with looked_at(browser, text) as seen:
        page = seen.page
        seen.show(1280, "light")
        wide = "find('picture').getBoundingClientRect().width"
        before = page.evaluate(wide)
        page.click("#larger")
        assert page.evaluate(wide) > before
        page.focus("#view")
        page.keyboard.press("0")
        page.keyboard.press("-")
        assert page.evaluate("size") < 1
        page.keyboard.press("0")
        page.click("#unfold")
        at = page.evaluate("[view.scrollLeft, view.scrollTop]")
        page.mouse.move(300, 850)
        page.mouse.down()
        page.mouse.move(280, 700, steps=3)
        page.mouse.up()
        moved = page.evaluate("[view.scrollLeft, view.scrollTop]")
        assert (round(moved[0] - at[0]), round(moved[1] - at[1])) == (20, 150)
        page.click("#fit")
        assert page.evaluate("view.scrollWidth <= view.clientWidth + 1")


def test_without_script_everything_is_there_but_choosing(browser, text):
    with looked_at(browser, text, script=False) as seen:
        seen.page.locator('[id="konnector/first/start"] > details > summary').click()
        assert seen.page.locator(f'[id="{CONSENT}"]').is_visible()
        assert seen.errors == []
