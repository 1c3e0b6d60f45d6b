"""What the READMEs quote of the page of benchmarks: a year of half-hours, and its peers."""

from __future__ import annotations

import re
from pathlib import Path

TITLE = "v2, 17,520 points"
WAYS = ("sgeflow, all outputs of the operation", "lowatt-enedis (suds)", "zeep", "lxml iterparse")
SENTENCES = {
    "README.md": "| a year of half-hours is read in | {} | {} | {} | {} |",
    "README.fr.md": "| une année de demi-heures est lue en | {} | {} | {} | {} |",
}
_TIME = r"([\d.,]+ m?s)"


def figures(page: str) -> tuple[str, ...]:
    """The times of the page, in the order of the row's columns."""
    table = page.partition(f"### {TITLE}\n")[2].partition("\n###")[0]
    rows = dict(re.findall(r"^\| (.+?) \| ([^|]+?) \|", table, re.MULTILINE))
    return tuple(rows[way] for way in WAYS)


def quoted(name: str, text: str) -> tuple[str, ...]:
    """The times that a README quotes, as the page writes them."""
    found = _sentence(name).search(text)
    return tuple(one.replace(",", ".") for one in found.groups()) if found else ()


def quote(page: str, folder: Path) -> None:
    """Have the READMEs say what the page has measured."""
    for name, sentence in SENTENCES.items():
        comma = "," if name.endswith(".fr.md") else "."
        said = sentence.format(*(one.replace(".", comma) for one in figures(page)))
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(_sentence(name).sub(said, text), encoding="utf-8")


def _sentence(name: str) -> re.Pattern[str]:
    return re.compile(re.escape(SENTENCES[name]).replace(r"\{\}", _TIME))
