"""Pages are looked at one after the other in one tab: nothing of one is there for the next."""

import asyncio

import pytest

from tests.browser import looked_at

STATE = """[
    matchMedia('print').matches,
    matchMedia('(prefers-color-scheme: dark)').matches,
    matchMedia('(prefers-reduced-motion: reduce)').matches,
    innerWidth,
    innerHeight,
    typeof left,
]"""


def test_a_page_has_nothing_of_the_one_before_it(browser):
    traps = "<script>const left = 1; throw Error('mine')</script><img src=http://127.0.0.1:1/>"
    with looked_at(browser, f"<title>x</title>{traps}") as seen:
        seen.show(390, "dark")
        seen.page.emulate_media(media="print")
        assert seen.page.evaluate(STATE) == [True, True, True, 390, 900, "number"]
        assert (seen.asked, seen.errors[0]) == (["http://127.0.0.1:1/"], "mine")
    with looked_at(browser, "<title>x</title>") as seen:
        assert seen.page.evaluate(STATE) == [False, False, True, 1280, 720, "undefined"]
        assert (seen.asked, seen.errors) == ([], [])


def test_the_loop_of_the_browser_runs_for_nobody_else(browser):
    with looked_at(browser, "<title>x</title>"):
        assert asyncio.get_running_loop() is browser.loop
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
