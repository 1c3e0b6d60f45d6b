"""The pictures of the documentation, taken of what sgeflow does: `make pictures`.

A household's page as Chromium shows it, in English and French, by day and by night, and a run as a
terminal shows it. A forge shows the pictures of the day; the site shows those that go with it.
Everybody in them is made up; the day is always the same. A picture of a page has in it a digest of
that page, so that `tests/docs/test_pictures.py` can tell a stale one without a browser.
"""

from __future__ import annotations

import hashlib
import html
import os
import re
import shutil
import struct
import subprocess
import sys
import zlib
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

PICTURES = Path(__file__).resolve().parents[1] / "pictures"
POINT, TODAY = "30000000000011", "2026-11-26"
WIDE, HIGH = 1280, 1285
OF_HOUSEHOLD = {"household": HIGH, "year": 440}
"""The pictures of a household's page, and how much of it they show from above."""
SCHEMES = {"light": ".png", "dark": ".dark.png"}
"""The endings of the pictures, by the browser's name of a page's colours."""
HOUSEHOLD = ("run", "konnector", "history=P3Y", "halfHours=P1Y", "--today", TODAY)
RUN = ("run", "konnector", "--today", TODAY)
_COLUMNS = 92
COLOURS = {"FORCE_COLOR": "1", "COLUMNS": str(_COLUMNS)}
_MARK = b"tEXtpage\0"
_RUN_ID = re.compile(r"\b[0-9a-f]{16}\b")
_SPAN = re.compile(r'<text [^>]*y="([\d.]+)"[^>]*>([^<]*)</text>')
_FOREIGN = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)  # letters are those of the reader
_SGEFLOW = str(Path(sys.executable).with_name("sgeflow"))


def main() -> None:
    """Take all of them."""
    from playwright.sync_api import sync_playwright

    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        run(*HOUSEHOLD, at=folder)
        program = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for language in ("en", "fr"):
            page = Path(folder) / f"household.{language}.html"
            run("page", "household", POINT, "-o", page.name, at=folder, language=language)
            mark = digest(page.read_text(encoding="utf-8"))
            for scheme, ending in SCHEMES.items():
                size = {"width": WIDE, "height": HIGH}
                shown = browser.new_page(viewport=size, color_scheme=scheme)
                shown.goto(page.as_uri())
                for name, height in OF_HOUSEHOLD.items():
                    part = {"x": 0, "y": 0, "width": WIDE, "height": height}
                    taken = marked(shown.screenshot(clip=part), mark)
                    (PICTURES / f"{name}.{language}{ending}").write_bytes(taken)
        browser.close()
    for language in ("en", "fr"):  # needs no browser
        with TemporaryDirectory() as folder:
            text = run(*RUN, at=folder, language=language, more=COLOURS)
        (PICTURES / f"run.{language}.svg").write_text(terminal(text), encoding="utf-8")


def digest(page: str) -> str:
    """A digest of the page up to the first id of a run; pages that look alike have the same."""
    return hashlib.sha256(_RUN_ID.split(page)[0].encode()).hexdigest()[:16]


def marked(png: bytes, text: str) -> bytes:
    """A PNG with a text in it, where programs that show pictures do not look."""
    head, end = png[:-12], png[-12:]  # the last chunk has no content
    content = _MARK + text.encode()
    check = struct.pack(">I", zlib.crc32(content))
    return head + struct.pack(">I", len(content) - 4) + content + check + end


def mark_of(png: bytes) -> str:
    """The text in a PNG; nothing, where there is none."""
    return png.partition(_MARK)[2][:16].decode()


def lines_of(svg: str) -> list[str]:
    """The lines of a picture of a terminal, without what differs each time."""
    rows: dict[str, str] = {}
    for row, words in _SPAN.findall(svg):
        rows[row] = rows.get(row, "") + html.unescape(words)
    texts = (rows[row].replace("\xa0", " ").rstrip() for row in sorted(rows, key=float))
    return [re.sub(r"\b[\d.,]+ s\b|\b[0-9a-f]{16}\b", "…", text) for text in texts]


def run(*words: str, at: str, language: str = "en", more: dict[str, str] | None = None) -> str:
    """The output of a command, both streams in their order."""
    variables = {**os.environ, "SGEFLOW_LANG": language, **(more or {})}  # noqa: TID251
    done = subprocess.run(  # noqa: S603 - sgeflow, beside this Python
        [_SGEFLOW, *words],
        cwd=at,
        env=variables,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    return done.stdout


def terminal(text: str) -> str:
    """Printed text as an SVG that loads nothing."""
    console = Console(record=True, width=_COLUMNS, file=StringIO(), highlight=False)
    console.print(Text("$ sgeflow run konnector", style="bold"))
    console.print(Text.from_ansi(text.rstrip()))
    svg = console.export_svg(title="sgeflow run konnector", unique_id="run")
    svg = _FOREIGN.sub("", svg)
    return svg.replace("Fira Code", "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas")


if __name__ == "__main__":
    main()
