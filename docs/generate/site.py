"""The documentation as a site, in `build/site`: `python docs/generate/site.py`.

They are plain Markdown, and read on a forge as well. Here the marks of fenced blocks, which are for
the tests that run them (`yaml flow run`), are taken away: a site would take such a block for text,
and lines with `#` in it for headings. Pages beside the folder come into it, and the one that is
made from docstrings.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
OF_ROOT = {
    "README.md": "index.md",
    "README.fr.md": "francais.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
"""Pages that stand beside the folder of the documentation, and their names on the site."""

API = """# The library's names

For who calls sgeflow from Python. [The library](library.md) says how it is used; here stands every
public name, from its docstring.

::: sgeflow
"""
_FENCE = re.compile(r"^( *)(`{3,})(\w+) [^\n`]*$", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
_PICTURES = ("*.svg", "*.png")
_ADDED = ("favicon.svg", "site.css", "offline_search.js")
_SHIM = "https://unpkg.com/iframe-worker/shim"
BUILD = ROOT / "build"


def main() -> int:
    """Build the site; the exit code of the program that makes it of the pages."""
    prepare(BUILD / "docs")
    program = Path(sys.executable).with_name("zensical")
    command = [str(program), "build", "--strict", "--clean", "-f", str(BUILD / "mkdocs.yml")]
    done = subprocess.run(command, check=False)  # noqa: S603 - beside this Python
    if done.returncode == 0:
        finish(BUILD / "site")
    return done.returncode


def prepare(folder: Path) -> None:
    """Write all pages into a folder, and the settings of the site beside it."""
    shutil.rmtree(folder, ignore_errors=True)
    names = pages()
    for source, name in names.items():
        page = folder / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(ready(source, names), encoding="utf-8")
    (folder / "api.md").write_text(API, encoding="utf-8")
    for pattern in _PICTURES:
        for picture in (*DOCS.glob(pattern), *(DOCS / "pictures").glob(pattern)):
            copy = folder / picture.relative_to(DOCS)
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(picture, copy)
    for name in _ADDED:
        shutil.copyfile(DOCS / "generate" / name, folder / name)
    head, _, nav = (DOCS / "site.yml").read_text(encoding="utf-8").partition("\nnav:\n")
    nav = yaml.safe_dump({"nav": list(unfolded(yaml.safe_load(nav)))}, sort_keys=False)
    settings = head.replace("ROOT", ROOT.as_posix()).replace("PAGES", folder.name)
    (folder.parent / "mkdocs.yml").write_text(f"{settings}\n{nav}", encoding="utf-8")


def finish(site: Path) -> None:
    """The search of pages that are opened from a folder asks nobody: its script is the site's."""
    for page in site.rglob("*.html"):
        depth = "../" * (len(page.relative_to(site).parts) - 1)
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(_SHIM, f"{depth}offline_search.js"), encoding="utf-8")


def pages() -> dict[Path, str]:
    """Every page: where it stands, and its name on the site."""
    inside = {page: page.relative_to(DOCS).as_posix() for page in sorted(DOCS.rglob("*.md"))}
    return inside | {ROOT / source: name for source, name in OF_ROOT.items()}


def ready(source: Path, names: Mapping[Path, str]) -> str:
    """A page as the site wants it: blocks without marks, links that lead to pages of the site."""
    depth = "../" * names[source].count("/")

    def lead(match: re.Match[str]) -> str:
        target, sign, anchor = match[2].partition("#")
        if not target or ":" in target:
            return match[0]
        place = (source.parent / target).resolve()
        place = place / "README.md" if (place / "README.md").is_file() else place
        known = names.get(place)
        return f"[{match[1]}]({depth}{known}{sign}{anchor})" if known else match[1]

    plain = _LINK.sub(lead, _FENCE.sub(r"\1\2\3", source.read_text(encoding="utf-8")))
    return plain.replace("](docs/pictures/", "](pictures/")


def unfolded(nav: list[Any]) -> Iterator[Any]:
    """The navigation with the pages of a folder in its place."""
    for entry in nav:
        if not isinstance(entry, Mapping):
            yield entry
            continue
        for name, value in entry.items():
            if isinstance(value, list):
                yield {name: list(unfolded(value))}
            elif value.endswith("/"):
                found = sorted(
                    (DOCS / value).glob("*.md"), key=lambda p: (p.stem != "README", p.name)
                )
                yield {name: [page.relative_to(DOCS).as_posix() for page in found]}
            else:
                yield {name: value}


if __name__ == "__main__":
    sys.exit(main())
