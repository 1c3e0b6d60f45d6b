"""The page of flow tests: what was expected against what came, each place named and led to."""

import pytest
from msgspec.structs import replace

from sgeflow.errors import Id, Location, Problem
from sgeflow.messages import say
from sgeflow.tools.flowtest.suite import SuiteOptions, pick, run_tests
from sgeflow.tools.pages.flowtests_page import write_tests
from tests.browser import check_looks, looked_at

TEST = """\
test: main
title: x
flow: check-identity
today: 2025-06-15
cases:
  good:
    title: The identity is right
    expect: {outputs: {verified: true, inseeCode: "69383"}}
  bad:
    title: Two things are <b>otherwise</b>
    expect:
      outputs: {inseeCode: "69384"}
      check: length(calls) < 2
  unlike:
    flow: delete-account
    scenario: settled
    expect: {outputs: {'@': {stopped: true, consentDeleted: false, measuresDeleted: 0}}}
  ended:
    title: It ends otherwise
    flow: konnector
    scenario: opposition
    expect: {outcome: done}
"""


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    """A file of tests of which three cases fail, and how each came out."""
    folder = tmp_path_factory.mktemp("tried")
    file = folder / "main.test.yaml"
    file.write_text(TEST, "utf-8")
    options = SuiteOptions(paths=[file])
    return folder, list(run_tests(pick(options).cases, options))


def test_what_came_otherwise_is_told_with_its_place_and_difference(tried, browser):
    folder, results = tried
    file = folder / "report.html"
    write_tests(file, results, 1.25)
    with looked_at(browser, file) as seen:
        page = seen.page
        assert seen.text("h1") == "3 cases differ from what is expected"
        assert seen.text(".figures dd").startswith("1")
        bad, unlike, ended = page.locator("article").all()
        said = [" ".join(one.split()) for one in bad.locator("h3, .place").all_inner_texts()]
        assert said[0] == "bad Two things are <b>otherwise</b>"
        assert said[1].endswith("main.test.yaml:12:28")
        assert bad.locator("mark").first.inner_text() == '"69384"'
        assert bad.locator(".gone, .come").all_inner_texts() == ['- "69384"\n', '+ "69383"\n']
        tree = bad.locator(".details").inner_text()
        assert "└─ length(calls)" in tree
        lines = unlike.locator(".diff span").all_inner_texts()
        assert '-  "consentDeleted": false,\n' in lines
        assert '+  "consentDeleted": true,\n' in lines
        assert "start-contract.yaml:" in ended.locator(".step").inner_text()
        ended.get_by_role("link", name="opposition").click()
        at = page.locator(":target")
        at.wait_for(state="attached")  # a click does not wait for the place in the page
        assert at.get_attribute("id") == "konnector/first/start/start-contract/opposition"
        assert (seen.asked[1:], seen.errors) == ([], [])


def test_one_failure_of_two_environments_stands_once_before_all_else(tried, browser):
    folder, results = tried
    (bad,) = [one for one in results if one.name == "bad"]
    other = replace(bad, name="bad[other]", run=replace(bad.run, environment="other"))
    write_tests(folder / "twice.html", [*results, other], 1.25)
    with looked_at(browser, folder / "twice.html") as seen:
        assert seen.page.locator("article").count() == 3
        first = seen.page.locator("article").first
        assert first.locator("h3").inner_text().startswith("bad, bad[other]")
        assert " other" in first.locator(".about").inner_text().replace("\n", " ")
        assert seen.text("h1 .bad") == "4 cases differ from what is expected"
        assert seen.page.locator("main > *").first.get_attribute("aria-labelledby") == "failures"
        seen.page.get_by_role("link", name="bad[other]").click()
        target = seen.page.locator(":target")
        target.wait_for(state="attached")
        assert target.text_content() == "bad[other]"


def test_a_problem_has_its_code_its_places_and_what_is_allowed_under_its_own_name(tmp_path):
    at = Location(file="main.test.yaml", line=3, column=2)
    message = say('there is no scenario "{name}"', name="setled")
    problem = Problem(
        id=Id.UNKNOWN_NAME,
        message=message,
        at=at,
        where="step first",
        allowed=("settled", "household"),
        allowed_label="scenarios",
    )
    write_tests(tmp_path / "wrong.html", [], 0.0, [problem])
    text = (tmp_path / "wrong.html").read_text("utf-8")
    assert f'<p class="place">{problem.id.code} · main.test.yaml:3:2 · step first</p>' in text
    assert "scenarios: settled, household" in text


def test_each_case_has_its_end_its_calls_and_how_long_it_took(tried, browser):
    folder, results = tried
    write_tests(folder / "all.html", results, 1.25)
    with looked_at(browser, folder / "all.html") as seen:
        ends = seen.page.locator(".cases .end").evaluate_all(
            "all => all.map(one => one.getAttribute('aria-label'))"
        )
        assert ends == ["passed", "failed", "failed", "failed"]
        calls = (
            seen.page.locator(".asked")
            .first.locator("li")
            .evaluate_all("all => all.map(one => one.textContent)")
        )
        assert calls == ["GET communes", "rechercherPoint"]
        world = seen.page.locator(".cases .world").first.inner_text()
        assert world == "simulator\u00a0· household\u00a0· 2025-06-15"


def test_flow_tests_are_readable_for_everybody(tried, browser, monkeypatch):
    folder, results = tried
    for file, language, some in (
        ("one.html", "en", results),
        ("deux.html", "fr", results),
        ("fine.html", "en", results[:1]),
    ):
        monkeypatch.setenv("SGEFLOW_LANG", language)
        write_tests(folder / file, some, 1.25)
        text = (folder / file).read_text("utf-8")
        assert len(text.encode()) < 60_000
        check_looks(browser, folder / file)
    assert "All as expected" in text
    french = (folder / "deux.html").read_text("utf-8")
    assert "3 cas non conformes" in french
