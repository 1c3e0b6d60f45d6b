"""Pages in two languages: whose translation a page is, its headings, and where they are found.

The French of `docs/<name>.md` is `docs/fr/<name>.md`, that of the README is `README.fr.md`. The
headings of a page and of its translation are the same in number and order
(`tests/docs/test_translations.py`), so an anchor of one is known in the other by its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FRENCH = DOCS / "fr"
READMES = (ROOT / "README.md", ROOT / "README.fr.md")
SWITCH = re.compile(r"^\*\[(?:En français|In English)\]\([^)]*\)\*\n+", re.MULTILINE)
"""The line under a title that leads to the same page in the other language."""
_FENCE = re.compile(r"^( *)(`{3,})[^\n`]*\n(?:.*?^)??\1\2 *$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)


def translated() -> dict[Path, Path]:
    """Every English page that is there in French, and the French one."""
    inside = {DOCS / page.name: page for page in sorted(FRENCH.glob("*.md"))}
    return {READMES[0]: READMES[1], **inside}


def prose(text: str) -> str:
    """A page without its fenced blocks: their lines are empty."""
    return _FENCE.sub(lambda found: "\n" * found[0].count("\n"), text)


def headings(text: str) -> list[tuple[int, str]]:
    """Depth and words of each heading, in order."""
    return [(len(signs), title) for signs, title in _HEADING.findall(prose(text))]


def anchors(text: str) -> list[str]:
    """The anchor of each heading, in order, as a forge and the site make it of the words."""
    plain = (
        re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", title.strip()) for _, title in headings(text)
    )
    return [re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in plain]


def pieces(text: str) -> Iterator[tuple[bool, str]]:
    """A page cut into what is code, in fenced blocks and between backticks, and what is not."""
    end = 0
    for block in _FENCE.finditer(text):
        yield from _inline(text[end : block.start()])
        yield True, block[0]
        end = block.end()
    yield from _inline(text[end:])


def _inline(text: str) -> Iterator[tuple[bool, str]]:
    end = 0
    for code in _CODE.finditer(text):
        yield False, text[end : code.start()]
        yield True, code[0]
        end = code.end()
    yield False, text[end:]
