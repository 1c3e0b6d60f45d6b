"""Every command line of the documentation is one that the command line knows."""

import re
import subprocess
import sys
from functools import cache

import pytest

from tests.docs.pages import DOCS, ROOT

PAGES = [*sorted(DOCS.glob("*.md")), ROOT / "CONTRIBUTING.md"]
_LINE = re.compile(r"(?:^ *\$ |`|ExecStart=\S*/bin/)sgeflow ([a-z][^`\n]*)", re.MULTILINE)
GROUPS = {"runs", "orders"}


def lines():
    """The command lines of all pages, without their comments."""
    for page in PAGES:
        for found in _LINE.findall(page.read_text(encoding="utf-8")):
            yield pytest.param(found.partition(" #")[0].split(), id=f"{page.stem}: {found[:50]}")


@cache
def helped(*words):
    command = [sys.executable, "-m", "sgeflow", *words, "--help"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def named(words):
    """The words that name a command: two in a group, when the second is one of the group's."""
    group = words[0] in GROUPS and len(words) > 1 and words[1].isalpha() and words[1].islower()
    return words[:2] if group else words[:1]


@pytest.mark.parametrize("words", list(lines()))
def test_a_command_and_its_options_exist(words):
    page = helped(*named(words))
    assert page.returncode == 0
    for option in (word for word in words if word.startswith("-")):
        assert re.search(rf"(^|[\s,]){re.escape(option)}[\s,]", page.stdout), option
