"""Reads the pages of docs/: their fenced blocks, and what each block says of itself."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BOTH = ("*.md", "fr/*.md")
"""The pages that are written by hand, in English and in French."""
_FENCE = re.compile(r"^```(\w+)[ ]?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its marks, its text and where it stands."""

    page: str
    line: int
    language: str
    marks: tuple[str, ...]
    text: str

    def __str__(self):
        return f"{self.page}:{self.line}"

    @property
    def refused(self):
        """The ids of the problems that the page promises for this block."""
        return tuple(
            code
            for mark in self.marks
            if mark.startswith("refused=")
            for code in mark.removeprefix("refused=").split(",")
        )


def pages_of(*patterns):
    return [page for pattern in patterns for page in sorted(DOCS.glob(pattern))]


def blocks(language, *patterns):
    """All blocks of a language, page by page."""
    found = []
    for page in pages_of(*(patterns or BOTH)):
        name = page.relative_to(ROOT).as_posix()
        found += [
            one for one in blocks_of(page.read_text("utf-8"), name) if one.language == language
        ]
    return found


def blocks_of(text, page=""):
    """All blocks of a page's text."""
    for match in _FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield Block(page, line, match[1], tuple(match[2].split()), match[3])
