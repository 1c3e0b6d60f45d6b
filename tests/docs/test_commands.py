"""Every command line of the documentation is one that the command line knows."""

import os
import re
import shutil
import subprocess
from contextlib import redirect_stdout
from functools import cache
from io import StringIO

import pytest

from sgeflow.cli.main import run
from tests.docs.pages import BOTH, DOCS, ROOT, pages_of

PAGES = [*pages_of(*BOTH), ROOT / "CONTRIBUTING.md", ROOT / "README.fr.md"]
_LINE = re.compile(r"(?:^ *\$ |`|ExecStart=\S*/bin/)sgeflow ([a-z][^`\n]*)", re.MULTILINE)
GROUPS = {"runs", "orders", "cassette", "page"}


def lines():
    """The command lines of all pages, without their comments, as words."""
    for page in PAGES:
        for found in _LINE.findall(page.read_text(encoding="utf-8")):
            yield page.relative_to(ROOT), found.partition(" #")[0].split()


def test_each_command_stands_in_the_table_of_the_manual():
    table = (DOCS / "running.md").read_text(encoding="utf-8").partition("\n## Dry runs")[0]
    known = re.findall(r"^  ([a-z]+)  ", helped().partition("Start:")[2], re.MULTILINE)
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
    """The help of a command; empty if there is no such command."""
    with redirect_stdout(StringIO()) as page:
        code = run([*words, "--help"])
    return page.getvalue() if code == 0 else ""


def named(words):
    """The words that name a command: two in a group, when the second is one of the group's."""
    group = words[0] in GROUPS and len(words) > 1 and words[1].isalpha() and words[1].islower()
    return words[:2] if group else words[:1]


def unknown(words):
    """The words that the help does not know: the command itself, or its options."""
    page = helped(*named(words))
    options = [word for word in words if word.startswith("-")]
    known = [one for one in options if re.search(rf"(^|[\s,]){re.escape(one)}[\s,]", page)]
    return [one for one in options if one not in known] if page else named(words)


def test_each_command_and_its_options_exist():
    written = list(lines())
    assert len(written) > 300
    assert [(page, words, wrong) for page, words in written if (wrong := unknown(words))] == []


def test_a_command_that_is_none_and_a_foreign_option_are_noticed():
    assert unknown(["ruin", "konnector"]) == ["ruin"]
    assert unknown(["runs", "shaw"]) == ["runs", "shaw"]
    assert unknown(["run", "konnector", "--dry-ran", "--today", "2025-06-15"]) == ["--dry-ran"]


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
@pytest.mark.parametrize(
    ("language", "locale", "words"),
    [
        ("", "fr_FR.UTF-8", "Pour regarder l'année du foyer :"),
        ("en", "fr_FR.UTF-8", "To look at the household's year:"),
        ("", "C", "To look at the household's year:"),
    ],
)
def test_make_run_ends_in_the_language_of_its_reader(language, locale, words):
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    variables = {**alone, "SGEFLOW_LANG": language, "LC_ALL": locale}
    told = subprocess.run(
        ["make", "--dry-run", "run"],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert told[-1].startswith(f'echo "{words} ')
    assert "sgeflow page household 30000000000011 --open" in told[-1]
