"""A page as its readers have it: Debian's Chromium, without a network, and asked by axe-core."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.machine import CHROMIUM
from tests.skips import skip_without

_SIZE = {"width": 1280, "height": 720}
WIDTHS, SCHEMES = (1280, 390), ("light", "dark")
# What shows at one width alone has its colours of each scheme: a page and its French one, of the
# same parts, are asked crosswise.
_ASKED = {
    "en": {(1280, "light"), (390, "dark")},
    "fr": {(1280, "dark"), (390, "light")},
}
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Contrast is asked of one text of each look: elements whose own and all outer names, classes and
# colours are the same look the same. On a page of thousands, to ask of all takes most of the time.
_ASK = """async (rules) => {
    const looks = new Map(), outer = new Map();
    for (const one of document.querySelectorAll("*")) {
        const style = getComputedStyle(one);
        const own = [style.color, style.fontSize, style.fontWeight, style.opacity];
        own.push(style.backgroundColor, style.backgroundImage);
        const name = one.className.baseVal ?? one.className;
        const look = [outer.get(one.parentElement), one.localName, name, ...own].join();
        outer.set(one, look);
        const says = [...one.childNodes].some((part) => part.nodeType === 3 && part.data.trim());
        if (says || one.matches("input, select")) looks.set(look, looks.get(look) ?? one);
    }
    const contrast = "color-contrast", resultTypes = ["violations"];
    const all = { runOnly: rules, rules: { [contrast]: { enabled: false } }, resultTypes };
    const found = (await axe.run(document, all)).violations;
    const some = { include: [...looks.values()].filter((one) => document.body.contains(one)) };
    if (!some.include.length) return found;
    return found.concat((await axe.run(some, { runOnly: [contrast], resultTypes })).violations);
}"""
_TOO_WIDE = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture(scope="session")
def browser():
    """The browser of all tests, which are skipped where there is none."""
    skip_without(CHROMIUM)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        words = ["--no-sandbox", "--disable-gpu"]  # there is none: what stands in for it costs more
        opened = playwright.chromium.launch(executable_path=CHROMIUM.find(), args=words)
        shared = Browser(opened, asyncio.get_running_loop())
        asyncio._set_running_loop(None)
        yield shared
        asyncio._set_running_loop(shared.loop)
        opened.close()


@dataclass
class Browser:
    """The browser, and a tab of each kind (with scripts or without) that pages take in turn.

    A tab is a process that takes a second to begin. Playwright's loop runs while a page is looked
    at, and for nobody else.
    """

    opened: object
    loop: asyncio.AbstractEventLoop
    tabs: dict[bool, object] = field(default_factory=dict)

    @contextmanager
    def tab(self, *, script: bool) -> Iterator[object]:
        """A tab that nothing was shown in: no document and no size of another's."""
        asyncio._set_running_loop(self.loop)
        try:
            if script not in self.tabs:
                context = self.opened.new_context(java_script_enabled=script)
                self.tabs[script] = context.new_page()
            page = self.tabs.pop(script)  # what goes wrong takes it along
            page.set_viewport_size(_SIZE)
            page.emulate_media(media="null", color_scheme="light", reduced_motion="reduce")
            yield page
            page.goto("about:blank")
            self.tabs[script] = page
        finally:
            asyncio._set_running_loop(None)


@dataclass
class Looked:
    """A page that is open; `page` is Playwright's."""

    page: object
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def show(self, width: int, scheme: str) -> None:
        """As a screen of that width and colour scheme shows it."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme)

    def text(self, selector: str) -> str:
        """What an element says."""
        return " ".join(self.page.locator(selector).first.inner_text().split())

    def violations(self) -> list[str]:
        """What axe-core finds, in words."""
        if not self.page.evaluate("'axe' in window"):
            from axe_playwright_python.base import AXE_SCRIPT

            self.page.evaluate(AXE_SCRIPT)
        found = self.page.evaluate(_ASK, _RULES)
        return [
            f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:240]}"
            for one in found
            for node in one["nodes"][:3]
        ]


@contextmanager
def looked_at(browser, page: Path | str, *, script: bool = True) -> Iterator[Looked]:
    """A page (its file, or its text) in the browser; what it asks for and what fails is noted."""
    with browser.tab(script=script) as tab:
        found = Looked(tab)
        heard = {
            "request": lambda r: r.url.startswith("data:") or found.asked.append(r.url),
            "pageerror": lambda error: found.errors.append(str(error)),
            "console": lambda said: found.errors.append(said.text),
        }
        for event, note in heard.items():
            tab.on(event, note)
        if isinstance(page, Path):
            tab.goto(page.absolute().as_uri())
            found.asked.remove(page.absolute().as_uri())
        else:
            tab.set_content(page)
        yield found
        for event, note in heard.items():
            tab.remove_listener(event, note)


def check_looks(browser, page: Path | str, *, keep: Path | None = None) -> None:
    """Every width and scheme: no request, no error, nothing beyond the screen; in two no violation.

    A page that is looked at in both languages is asked for violations in all four. With `keep`, a
    picture of each is kept in that folder.
    """
    with looked_at(browser, page) as seen:
        wrong, asked = {}, _ASKED[seen.page.evaluate("document.documentElement.lang")]
        for width in WIDTHS:
            for scheme in SCHEMES:
                seen.show(width, scheme)
                found = seen.violations() if (width, scheme) in asked else []
                too_wide = seen.page.evaluate(_TOO_WIDE)
                if too_wide > 0:
                    found.append(f"{too_wide} px too wide")
                wrong[width, scheme] = found
                if keep is not None:
                    file = keep / f"{width}-{scheme}.png"
                    seen.page.screenshot(path=file, full_page=True)
    assert {where: found for where, found in wrong.items() if found} == {}
    assert (seen.asked, seen.errors) == ([], [])
