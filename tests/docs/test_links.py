"""Every link of every page leads somewhere: a file that is there, a heading that is there.

What is elsewhere is looked at for its form alone: nobody is asked.
"""

import re
from functools import cache
from urllib.parse import urlsplit

import pytest

from docs.generate.languages import anchors, pieces, prose
from tests.docs.pages import DOCS, ROOT

PAGES = [
    *sorted(page for page in DOCS.rglob("*.md") if "generate" not in page.parts),
    *(ROOT / name for name in ("README.md", "README.fr.md", "CONTRIBUTING.md", "CHANGELOG.md")),
]
_LINK = re.compile(r"\]\(([^)\s]*)\)")


def links(text):
    """What the links and pictures of a page lead to; what stands in code is none."""
    plain = "".join("x" if is_code else piece for is_code, piece in pieces(text))
    return _LINK.findall(plain)


def wrong(target, page):
    """What is wrong with a link; nothing, when it leads somewhere."""
    if re.match(r"[a-z]+:", target):
        parts = urlsplit(target)
        known = parts.scheme == "https" and re.fullmatch(r"[\w-]+(\.[\w-]+)+", parts.netloc)
        return "" if known else "no address of the web"
    file, sign, anchor = target.partition("#")
    path = page.parent / file if file else page
    if not target or not path.exists() or not path.resolve().is_relative_to(ROOT):
        return "no file"
    if not sign:
        return ""
    found = anchors_of(path).count(anchor) if path.suffix == ".md" else 0
    return {0: "no heading", 1: ""}.get(found, "several headings")


@cache
def anchors_of(page):
    return anchors(page.read_text("utf-8"))


def test_every_link_of_every_page_leads_somewhere():
    texts = {page: page.read_text("utf-8") for page in PAGES}
    lost = [
        (page.relative_to(ROOT), one, problem)
        for page, text in texts.items()
        for one in links(text)
        if (problem := wrong(one, page))
    ]
    assert lost == []
    other = re.compile(r"^\[[^\]]+\]: ", re.MULTILINE)
    assert [page.name for page, text in texts.items() if other.search(prose(text))] == []


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("", "no file"),
        ("nowhere.md", "no file"),
        ("../../../etc/hosts", "no file"),
        ("flows.md#nothing", "no heading"),
        ("konnector.svg#konnector", "no heading"),
        ("#nothing", "no heading"),
        ("http://example.org/", "no address of the web"),
        ("https://localhost/x", "no address of the web"),
        ("mailto:somebody@example.org", "no address of the web"),
        ("https://www.enedis.fr/x#y", ""),
        ("adr", ""),
        ("flows.md#verbs", ""),
        ("fr/../running.md#exit-codes", ""),
    ],
)
def test_a_link_that_leads_nowhere_is_noticed(target, problem):
    assert wrong(target, DOCS / "operations.md") == problem


def test_the_headings_of_a_page_are_found_past_its_blocks():
    text = (
        "# A `b` & c's [d](e)\n\n```yaml\n# none\n```\n\n## Où l'on élève ?\n### `x_y`\n### `x_y`\n"
    )
    assert anchors(text) == ["a-b--cs-d", "où-lon-élève-", "x_y", "x_y"]
    assert links("[a](b) `[c](d)` ![e](f)\n\n```\n[g](h)\n```\n[`i`](j)") == ["b", "f", "j"]
