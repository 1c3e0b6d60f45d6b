"""The pictures of the documentation, taken of what sgeflow does: `make pictures`.

A household's page as Chromium shows it, in English and French, and a run as a terminal shows it.
Everybody in them is made up; the day is always the same.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

PICTURES = Path(__file__).resolve().parents[1] / "pictures"
POINT, TODAY = "30000000000011", "2026-11-26"
WIDE, HIGH = 1280, 1195
_COLUMNS = 92
_FOREIGN = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)  # letters are those of the reader
_SGEFLOW = str(Path(sys.executable).with_name("sgeflow"))


def main() -> None:
    """Take all of them."""
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        run("run", "konnector", "history=P3Y", "halfHours=P1Y", "--today", TODAY, at=folder)
        program = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for language in ("en", "fr"):
            page = Path(folder) / f"household.{language}.html"
            run("page", "household", POINT, "-o", page.name, at=folder, language=language)
            shown = browser.new_page(viewport={"width": WIDE, "height": HIGH})
            shown.goto(page.as_uri())
            shown.screenshot(path=PICTURES / f"household.{language}.png")
        browser.close()
    with TemporaryDirectory() as folder:
        draw_run(Path(folder))


def draw_run(folder: Path) -> None:
    """The run in a terminal, in both languages; needs no browser."""
    colours = {"FORCE_COLOR": "1", "COLUMNS": str(_COLUMNS)}
    for language in ("en", "fr"):
        place = folder / language
        place.mkdir()
        words = ("run", "konnector", "--today", TODAY)
        text = run(*words, at=str(place), language=language, more=colours)
        (PICTURES / f"run.{language}.svg").write_text(terminal(text), encoding="utf-8")


def run(*words: str, at: str, language: str = "en", more: dict[str, str] | None = None) -> str:
    """What a command prints, both streams in their order."""
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
