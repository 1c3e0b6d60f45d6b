"""Reads the pages of docs/: their fenced blocks, and what each block says of itself."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
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


def blocks(language, pages="*.md"):
    """All blocks of a language, page by page."""
    found = []
    for page in sorted(DOCS.glob(pages)):
        text = page.read_text(encoding="utf-8")
        for match in _FENCE.finditer(text):
            if match[1] == language:
                line = text.count("\n", 0, match.start()) + 1
                name = page.relative_to(ROOT).as_posix()
                found.append(Block(name, line, match[1], tuple(match[2].split()), match[3]))
    return found
