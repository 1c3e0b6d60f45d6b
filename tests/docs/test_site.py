"""The documentation as a site: pages made ready for it; and each page says whom it is for."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest
import yaml

from tests.docs.pages import DOCS


@pytest.fixture(scope="module")
def site():
    """What makes the site of the pages."""
    spec = importlib.util.spec_from_file_location("site_pages", DOCS / "generate" / "site.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def prepared(site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("build") / "docs"
    site.prepare(folder)
    return folder


def headings(text):
    """The headings of a page as a generator sees them: a block begins with a language alone."""
    plain = re.sub(r"^ *(```+)\w*\n.*?^ *\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^#{1,4} .*$", plain, re.MULTILINE)


def test_no_chapter_of_a_page_is_lost_to_a_block_of_yaml(site, prepared):
    assert len(site.pages()) > 60
    for source, name in site.pages().items():
        text = (prepared / name).read_text("utf-8")
        assert not re.search(r"^ *```\w+ +\S", text, re.MULTILINE), name
        shown = [re.sub(r"\]\([^)]*\)", "]", one) for one in headings(text)]
        written = re.sub(
            r"^( *```+\w+) [^\n]*$", r"\1", source.read_text("utf-8"), flags=re.MULTILINE
        )
        assert shown == [re.sub(r"\]\([^)]*\)", "]", one) for one in headings(written)], name


def test_every_link_of_a_page_leads_to_a_page_of_the_site(prepared):
    pages = {page.relative_to(prepared).as_posix() for page in prepared.rglob("*")}
    lost = []
    for page in prepared.rglob("*.md"):
        text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            if ":" in target:
                continue
            place = (page.parent / target).resolve().relative_to(prepared.resolve()).as_posix()
            lost += [(page.name, target)] * (place not in pages)
    assert lost == []


def test_every_page_has_its_place_in_the_navigation(site, prepared):
    text = (prepared.parent / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")[2]
    named = set(re.findall(r"[\w./-]+\.md", text))
    made = {"api.md"} | set(site.pages().values())
    assert named == made


def test_the_first_words_of_a_page_say_whom_it_is_for():
    silent = []
    for page in sorted(DOCS.glob("*.md")):
        text = re.sub(r"<!--.*?-->\s*", "", page.read_text("utf-8"), flags=re.DOTALL)
        first = text.split("\n", 1)[1].strip()
        silent += [page.name] * (not first.startswith(("For ", "Pour ")))
    assert silent == []


def test_the_site_is_built_without_a_warning(site, tmp_path, monkeypatch):
    program = Path(sys.executable).with_name("zensical")
    if not program.exists():
        pytest.skip("no Zensical is installed: `make docs`")
    monkeypatch.setattr(site, "BUILD", tmp_path)
    assert site.main() == 0
    page = (tmp_path / "site" / "flows.html").read_text("utf-8")
    assert 'id="values-with-"' in page
    assert page.count("<h2") == 10
    api = (tmp_path / "site" / "api.html").read_text("utf-8")
    assert "What a run did. It exists even when the run failed." in api
    asked = re.findall(r'src="(https?:[^"]+)"', page)
    assert asked == []


def test_the_settings_are_those_of_a_site_that_asks_nobody(prepared):
    head = (prepared.parent / "mkdocs.yml").read_text("utf-8")
    plain = yaml.safe_load(re.sub(r"!!python\S+", "", head.partition("\nnav:\n")[0]))
    assert plain["theme"]["font"] is False
    assert plain["validation"] == {"invalid_links": True, "invalid_link_anchors": True}
