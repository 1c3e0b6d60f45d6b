"""Every command line of the documentation is one that the command line knows."""

import re
from functools import cache

import pytest

from tests.docs.pages import BOTH, DOCS, ROOT, pages_of
from tests.processes import VARIABLES, start

PAGES = [*pages_of(*BOTH), ROOT / "CONTRIBUTING.md", ROOT / "README.fr.md"]
_LINE = re.compile(r"(?:^ *\$ |`|ExecStart=\S*/bin/)sgeflow ([a-z][^`\n]*)", re.MULTILINE)
GROUPS = {"runs", "orders", "cassette", "page"}


def lines():
    """The command lines of all pages, without their comments."""
    for page in PAGES:
        for found in _LINE.findall(page.read_text(encoding="utf-8")):
            yield pytest.param(found.partition(" #")[0].split(), id=f"{page.stem}: {found[:50]}")


def test_each_command_stands_in_the_table_of_the_manual():
    table = (DOCS / "running.md").read_text(encoding="utf-8").partition("\n## Dry runs")[0]
    known = re.findall(r"^  ([a-z]+)  ", helped().partition("Commands:")[2], re.MULTILINE)
    assert len(known) > 10
    assert [name for name in known if f"`sgeflow {name}" not in table] == []


def test_each_page_is_linked_from_another_one():
    pages = sorted(DOCS.glob("*.md"))
    texts = {page: page.read_text(encoding="utf-8") for page in [*pages, ROOT / "README.md"]}
    alone = [
        page.name
        for page in pages
        if not any(
            re.search(rf"\((?:docs/)?{page.name}[)#]", text)
            for other, text in texts.items()
            if other != page
        )
    ]
    assert alone == []


@cache
def helped(*words):
    process = start("sgeflow", [*words, "--help"], ROOT, VARIABLES)
    page, _ = process.communicate(timeout=60)
    assert process.returncode == 0, page
    return page


def named(words):
    """The words that name a command: two in a group, when the second is one of the group's."""
    group = words[0] in GROUPS and len(words) > 1 and words[1].isalpha() and words[1].islower()
    return words[:2] if group else words[:1]


@pytest.mark.parametrize("words", list(lines()))
def test_a_command_and_its_options_exist(words):
    page = helped(*named(words))
    for option in (word for word in words if word.startswith("-")):
        assert re.search(rf"(^|[\s,]){re.escape(option)}[\s,]", page), option
