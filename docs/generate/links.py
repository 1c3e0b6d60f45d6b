"""Checks that every link of the pages leads to an existing file and heading.

Web addresses are checked for their form alone, without a network. Links are checked in the written
pages, with the line of a wrong one, and again in the built site.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from docs.generate.languages import DOCS, ROOT, anchors, pieces

BESIDE = ("README.md", "README.fr.md", "CONTRIBUTING.md", "CHANGELOG.md")
_LINK = re.compile(r"\]\(([^)\s]*)\)")
_OF_HTML = re.compile(r'\s(?:href|src)="([^"]*)"')
_NAMED = re.compile(r'\sid="([^"]*)"')
_SCHEME = re.compile(r"[a-z]+:|//")


def written_pages() -> list[Path]:
    """All pages that people write."""
    inside = sorted(page for page in DOCS.rglob("*.md") if "generate" not in page.parts)
    return [*inside, *(ROOT / name for name in BESIDE)]


def links(text: str) -> list[str]:
    """The targets of a page's links and pictures, except those in code."""
    return [target for _, target in _places(text)]


def wrong(target: str, page: Path) -> str:
    """The problem of a link; empty if it leads to a file and heading."""
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
    found = _anchors_of(path.resolve()).count(anchor) if path.suffix == ".md" else 0
    return {0: "no heading", 1: ""}.get(found, "several headings")


def lost_links() -> list[str]:
    """Each broken link: its page, line, target and problem."""
    return [
        f"{page.relative_to(ROOT)}:{line}: {target or '()'}: {problem}"
        for page in written_pages()
        for line, target in _places(page.read_text(encoding="utf-8"))
        if (problem := wrong(target, page))
    ]


def lost_on_site(site: Path) -> list[str]:
    """Each broken link of the built site, with navigation, languages, pictures and scripts."""
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    texts = {
        name: (site / name).read_text(encoding="utf-8")
        for name in sorted(files)
        if name.endswith(".html")
    }
    named = {name: set(_NAMED.findall(text)) for name, text in texts.items()}
    lost = []
    for name, text in texts.items():
        for target in sorted(set(_OF_HTML.findall(text))):
            if _SCHEME.match(target):
                continue
            file, _, anchor = unquote(target).partition("#")
            path = posixpath.normpath(posixpath.join(posixpath.dirname(name), file))
            path = name if not file else path if path in files else f"{path}/index.html"
            if path not in files or (anchor and anchor not in named.get(path, {anchor})):
                lost.append(f"{name}: {target}")
    return lost


def _places(text: str) -> Iterator[tuple[int, str]]:
    """The line and the target of each link."""
    plain = "".join(
        "x" + "\n" * piece.count("\n") if is_code else piece for is_code, piece in pieces(text)
    )
    for found in _LINK.finditer(plain):
        yield plain.count("\n", 0, found.start()) + 1, found[1]


@cache
def _anchors_of(page: Path) -> list[str]:
    return anchors(page.read_text(encoding="utf-8"))
