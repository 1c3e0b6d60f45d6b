"""Builds the documentation as a site, in `build/site`: `python -m docs.generate.site`.

The pages are plain Markdown, and can be read on a forge as well. Zensical makes the site: MkDocs
with Material ends in May 2027 in its favour, and both read the same settings. The marks of fenced
blocks, which are for the tests that run them (`yaml flow run`), are removed: a site would take such
a block for text, and lines with `#` in it for headings. The site adds pages beside the folder, and
those that are made from documents, code and docstrings (`reference.py`).

Each language has an edition with all pages, under the same names. The French one, in
`build/site/fr`, shows an English page where there is no translation, with its subject in French
above it, so that the French search finds the page. It leads to the docstrings of the English
edition.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from docs.generate.languages import (
    DOCS,
    FRENCH,
    ROOT,
    SWITCH,
    anchors,
    pieces,
    translated,
)
from docs.generate.links import lost_links, lost_on_site
from docs.generate.reference import (
    fill_tables,
    made_in_french,
    made_pages,
    operations_in_french,
    page_of,
)
from docs.generate.search import ask_nobody, find_any_form, speak
from sgeflow.locale.translate import typeset

OF_ROOT = {
    "README.md": "overview.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
"""Pages that stand beside the folder of the documentation, and their names on the site."""

LOST = "404.html"
"""The page that a server shows for an unknown address, at any depth."""

LANGUAGES = ("en", "fr")
NOT_TRANSLATED = "Cette page n'existe qu'en anglais."
_FENCE = re.compile(r"^( *)(`{3,})(\w+) [^\n`]*$", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
_SHOW = re.compile(r"(?<![\[`])`sgeflow show (\w+)`(?![\]`])")
_PICTURE = re.compile(r"(!\[[^\]]*\])\(([^)\s:]+)\)")
_PICTURES = ("*.svg", "*.png")
_ADDED = ("favicon.svg", "site.css", "offline_search.js")
_OF_DOCSTRINGS = {"api.md": "../api.html"}
_DOCSTRINGS = re.compile(r"^  - mkdocstrings:\n(?:    .*\n)+", re.MULTILINE)
_ALTERNATE = re.compile(
    r'<link rel="alternate"[^>]*hreflang[^>]*>\s*'
)  # a script asks for their sitemaps
_SUBJECT = re.compile(r"^- \[.*?\]\((\S+)\) : (.+)$", re.MULTILINE)
_SWITCHED = re.compile(r'href="[^"]*" hreflang="(\w+)"')
_ARTICLE = re.compile(r"<article\b")
BUILD = ROOT / "build"


def main() -> int:
    """Build the site; 0 when it is whole: no link of a page, or of the site, leads nowhere."""
    if lost := lost_links():
        return _complain(lost)
    program = str(Path(sys.executable).with_name("zensical"))
    running = []
    for language in LANGUAGES:
        prepare(BUILD / language / "docs", language)
        settings = str(BUILD / language / "mkdocs.yml")
        command = [program, "build", "--strict", "--clean", "-f", settings]
        running.append(subprocess.Popen(command))  # noqa: S603 - beside this Python
    codes = [one.wait() for one in running]
    if any(codes):
        return max(map(abs, codes))
    finish(BUILD)
    return _complain(lost_on_site(BUILD / "site"))


def prepare(folder: Path, language: str = "en") -> None:
    """Write all pages of an edition into a folder, and the settings of the site beside it."""
    shutil.rmtree(folder, ignore_errors=True)
    names, made = pages(language), made_pages(language)
    shown = {name: source for source, name in names.items()}  # a translation comes after its page
    english = french_subjects() if language == "fr" else {}
    for name, source in shown.items():
        page = folder / name
        page.parent.mkdir(parents=True, exist_ok=True)
        text = made.get(name) or fill_tables(source.read_text(encoding="utf-8"), language)
        is_french = language == "fr" and name not in english
        text = ready(source, text, names, is_french=is_french)
        if name in english:
            note = f"{NOT_TRANSLATED} Son sujet : {english[name]}"
            title, _, rest = text.partition("\n\n")
            text = f'{title}\n\n{typeset(note)}\n{{: .untranslated lang="fr" }}\n\n{rest}'
        page.write_text(text, encoding="utf-8")
    for pattern in _PICTURES:
        for picture in (*DOCS.glob(pattern), *(DOCS / "pictures").glob(pattern)):
            copy = folder / picture.relative_to(DOCS)
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(picture, copy)
    for name in _ADDED:
        shutil.copyfile(DOCS / "generate" / name, folder / name)
    (folder.parent / "mkdocs.yml").write_text(settings(language), encoding="utf-8")


def settings(language: str) -> str:
    """The settings of an edition, with the pages of a folder in its place of the navigation."""
    head, _, nav = (DOCS / "site.yml").read_text(encoding="utf-8").partition("\nnav:\n")
    entries = list(unfolded(yaml.safe_load(nav)))
    if language == "fr":
        words = french_words()
        for english, french in words["settings"].items():
            head = head.replace(english, french)
        head = _DOCSTRINGS.sub("", head)
        entries = list(titled(entries, words["titles"], french_subjects()))
    head = head.replace("ROOT", ROOT.as_posix())
    return f"{head}\n{yaml.safe_dump({'nav': entries}, sort_keys=False, allow_unicode=True)}"


def finish(folder: Path) -> None:
    """Put both editions together, as `site` and `site/fr`, and what concerns both into each page.

    The search of pages that are opened from a folder asks nobody: its script is the site's. The
    switch of languages leads to the same page. An English page of the French edition is marked as
    English for screen readers.
    """
    site = folder / "site"
    shutil.rmtree(site, ignore_errors=True)
    shutil.move(folder / "en" / "site", site)
    shutil.move(folder / "fr" / "site", site / "fr")
    (site / "fr" / LOST).unlink()  # a server has one
    shutil.copyfile(DOCS / "generate" / "lost.html", site / LOST)
    for edition in (site, site / "fr"):
        find_any_form(edition)
    speak(site / "fr", french_words()["search"])
    for page in site.rglob("*.html"):
        path = page.relative_to(site)
        if path.name == LOST:
            continue
        name = path.as_posix().removeprefix("fr/")
        depth = "../" * (len(path.parts) - 1)
        text = ask_nobody(_ALTERNATE.sub("", page.read_text(encoding="utf-8")), depth)
        there = name if (site / "fr" / name).exists() else "index.html"  # of docstrings: no French
        places = {"en": f"{depth}{name}", "fr": f"{depth}fr/{there}"}
        text = _SWITCHED.sub(lambda found, to=places: _switch(to[found[1]], found[1]), text)
        if 'class="untranslated"' in text:
            text = _ARTICLE.sub('<article lang="en"', text, count=1)
        page.write_text(text, encoding="utf-8")


def _complain(lost: list[str]) -> int:
    """Say which links lead nowhere; the exit code for that."""
    for one in lost:
        sys.stderr.write(f"{one}\n")
    return 1 if lost else 0


def _switch(target: str, language: str) -> str:
    return f'href="{target}" hreflang="{language}"'


def pages(language: str = "en") -> dict[Path, str]:
    """Every page: where it stands, or would stand if it was not made, and its name on the site.

    A page and its translation have one name; the last that has a name is the one to be shown.
    """
    inside = (page for page in sorted(DOCS.rglob("*.md")) if FRENCH not in page.parents)
    found = {page: page.relative_to(DOCS).as_posix() for page in inside}
    found |= {ROOT / source: name for source, name in OF_ROOT.items()}
    found[DOCS / "README.md"] = "index.md"
    found |= {DOCS / name: name for name in made_pages(language)}
    if language == "fr":
        found |= {french: found[english] for english, french in translated().items()}
    return found


def french_words() -> dict[str, dict[str, str]]:
    """The French texts of the site: settings, search and titles of pages."""
    words: dict[str, dict[str, str]] = yaml.safe_load((FRENCH / "site.yml").read_text("utf-8"))
    return words


def french_subjects() -> dict[str, str]:
    """The subject in French of each page that is in English alone, by its name on the site.

    Raises:
        ValueError: an English page has no subject, or a page that has one is in French.
    """
    names = pages("fr")
    first = translated()[DOCS / "README.md"]
    found = french_words()["subjects"] | operations_in_french()
    for target, subject in _SUBJECT.findall(first.read_text(encoding="utf-8")):
        place = (first.parent / target).resolve()
        found[names.get(place) or names[place / "README.md"]] = subject
    french = {names[page] for page in translated().values()} | made_in_french()
    if wrong := found.keys() ^ ({*names.values()} - french):
        raise ValueError(f"no subject in French, or one too many: {', '.join(sorted(wrong))}")
    return found


def ready(source: Path, text: str, names: Mapping[Path, str], *, is_french: bool) -> str:
    """A page as the site wants it: blocks without marks, links that lead to pages of the site.

    `sgeflow show NAME` between backticks leads to the made page that says the same.
    """
    depth = "../" * names[source].count("/")

    def lead(match: re.Match[str]) -> str:
        target, _, anchor = match[2].partition("#")
        if not target or ":" in target:
            return match[0]
        place = (source.parent / target).resolve()
        known = names.get(place) or names.get(place / "README.md")
        if known is None:
            return match[1]
        anchor = _same_place(place, anchor) if translated().get(place) in names else anchor
        return f"[{match[1]}]({depth}{known}{'#' * bool(anchor)}{anchor})"

    def picture(match: re.Match[str]) -> str:
        place = (source.parent / match[2]).resolve().relative_to(DOCS)
        dark = place.with_suffix(f".dark{place.suffix}")
        if not (DOCS / dark).is_file():
            return f"{match[1]}({depth}{place.as_posix()})"
        looks = ((place, "light"), (dark, "dark"))
        return "".join(f"{match[1]}({depth}{one.as_posix()}#only-{look})" for one, look in looks)

    def show(match: re.Match[str]) -> str:
        page = page_of(match[1])
        return f"[{match[0]}]({depth}{page})" if page and page != names[source] else match[0]

    plain = _FENCE.sub(r"\1\2\3", SWITCH.sub("", text, count=1))
    plain = _PICTURE.sub(picture, _SHOW.sub(show, _LINK.sub(lead, plain)))
    if not is_french:
        return plain
    return "".join(piece if is_code else typeset(piece) for is_code, piece in pieces(plain))


def _same_place(page: Path, anchor: str) -> str:
    """The anchor of a page in its translation; none, where that has no such heading."""
    found = anchors(page.read_text(encoding="utf-8"))
    others = anchors(translated()[page].read_text(encoding="utf-8"))
    return others[found.index(anchor)] if anchor in found and len(found) == len(others) else ""


def titled(nav: list[Any], titles: Mapping[str, str], english: Collection[str]) -> Iterator[Any]:
    """The navigation in French; the title of a page that is not says so."""
    for entry in nav:
        if not isinstance(entry, Mapping):
            yield entry
            continue
        for name, value in entry.items():
            if isinstance(value, list):
                yield {titles[name]: list(titled(value, titles, english))}
            else:
                is_english = value in english or value in _OF_DOCSTRINGS
                title = f"{titles[name]} (en)" if is_english else titles[name]
                yield {title: _OF_DOCSTRINGS.get(value, value)}


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
                found = {one for one in pages().values() if one.startswith(value)}
                yield {name: sorted(found, key=lambda one: (not one.endswith("README.md"), one))}
            else:
                yield {name: value}


if __name__ == "__main__":
    sys.exit(main())
