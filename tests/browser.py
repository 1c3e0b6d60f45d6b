"""A page as its readers have it: Debian's Chromium, without a network, and asked by axe-core."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

BROWSER = "no Chromium is installed: `apt-get install chromium`"
WIDTHS, SCHEMES = (1280, 390), ("light", "dark")
# What shows at one width alone has its colours of each scheme: a page and its French one, of the
# same parts, are asked crosswise.
_ASKED = {
    "en": {(1280, "light"), (390, "dark")},
    "fr": {(1280, "dark"), (390, "light")},
}
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_TOO_WIDE = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture(scope="module")
def browser():
    """The browser of a module of tests, which are skipped where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip(BROWSER)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


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
        options = {"runOnly": _RULES, "resultTypes": ["violations"]}
        found = self.page.evaluate("options => axe.run(document, options)", options)["violations"]
        return [
            f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:240]}"
            for one in found
            for node in one["nodes"][:3]
        ]


@contextmanager
def looked_at(browser, page: Path | str, *, script: bool = True) -> Iterator[Looked]:
    """A page (its file, or its text) in the browser; what it asks for and what fails is noted."""
    context = browser.new_context(java_script_enabled=script, reduced_motion="reduce")
    found = Looked(context.new_page())
    found.page.on("request", lambda r: r.url.startswith("data:") or found.asked.append(r.url))
    found.page.on("pageerror", lambda error: found.errors.append(str(error)))
    found.page.on("console", lambda said: found.errors.append(said.text))
    if isinstance(page, Path):
        found.page.goto(page.absolute().as_uri())
        found.asked.remove(page.absolute().as_uri())
    else:
        found.page.set_content(page)
    try:
        yield found
    finally:
        context.close()


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
