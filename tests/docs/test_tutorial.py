"""The tutorial is so: all that it writes is written, all that it types is typed, line by line."""

import os
import re
import shlex
import shutil
from dataclasses import dataclass

import pytest

from tests.docs.pages import DOCS, ROOT
from tests.processes import start

PAGES = {
    "en": (DOCS / "tutorial.md").read_text(encoding="utf-8"),
    "fr": (DOCS / "fr" / "tutorial.md").read_text(encoding="utf-8"),
}
PAGE = PAGES["en"]  # what both say is held by tests/docs/test_translations.py
_FENCE = re.compile(r"^```(\w+) ([^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LONGEST = 15  # minutes that a newcomer may take, at twenty words a minute of what is typed


@dataclass(frozen=True)
class Action:
    """A block of the page: a file, a change of one, or command lines with what they say."""

    line: int
    language: str
    marks: dict[str, str]
    text: str


def actions(page=PAGE):
    for found in _FENCE.finditer(page):
        pairs = (mark.partition("=") for mark in found[2].split())
        line = page.count("\n", 0, found.start()) + 1
        yield Action(line, found[1], {name: value for name, _, value in pairs}, found[3])


class Newcomer:
    """Somebody who does what the page says, in a folder of their own, and reads one language."""

    def __init__(self, folder, language):
        self.folder = folder
        self.variables = {
            **{k: v for k, v in os.environ.items() if not k.startswith("SGEFLOW_")},
            "PYTHONPATH": str(ROOT),
            "SGEFLOW_TODAY": "2025-06-15",
            "SGEFLOW_CACHE": str(folder / "cache"),
            "SGEFLOW_JOBS": "1",  # some cases are tried sooner than processes for them begin
            "COLUMNS": "100",
            "LC_ALL": "C.UTF-8",
            "SGEFLOW_LANG": language,
        }

    def do(self, action):
        if action.language == "console":
            self.type(action)
        elif action.language == "diff":
            self.change(action)
        else:
            path = self.folder / action.marks["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            assert not path.exists(), "the page would overwrite a file"
            path.write_text(action.text, encoding="utf-8")

    def change(self, action):
        path = self.folder / action.marks["file"]
        lines = action.text.splitlines()
        before = "\n".join(line[1:] for line in lines if line[0] != "+")
        after = "\n".join(line[1:] for line in lines if line[0] != "-")
        text = path.read_text(encoding="utf-8")
        assert text.count(f"{before}\n") == 1, f"line {action.line} changes what is not there"
        path.write_text(text.replace(before, after), encoding="utf-8")

    def type(self, action):
        commands = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", action.text, re.MULTILINE)
        assert commands
        code = 0
        for command, expected in commands:
            words = shlex.split(command)
            if words[0] == "cd":
                self.folder = self.folder / words[1]
            elif words[0] == "cp":
                shutil.copy(self.folder / words[1], self.folder / words[2])
            elif words[0] == "export":
                name, _, value = words[1].partition("=")
                self.variables[name] = value
            else:
                code, said = self.run(words)
                where = f"line {action.line}: {command}"
                assert code == int(action.marks.get("exit", 0)), f"{where}\n{said}"
                assert fits(expected, said), f"{where}\n{said}"

    def run(self, words):
        assert words[0] == "sgeflow"
        process = start("sgeflow", words[1:], self.folder, self.variables, together=True)
        said, _ = process.communicate(timeout=60)
        return process.returncode, said


def steady(text):
    """A text without what differs each time: durations, and the spaces before them.

    Spaces that do not break are as any other: a page is typed with plain ones.
    """
    plain = re.sub("[\u00a0\u202f]", " ", text)
    return re.sub(r" *(?:\d+ min )?\d+(?:[.,]\d+)? m?s\b", " 0.0 s", plain)


def fits(expected, said):
    """Whether the lines of the page were said, one after the other; `…` is any number of lines."""
    pattern = ""
    for line in steady(expected).splitlines():
        pattern += r"(?:.*\n)*" if line == "…" else re.escape(line) + r"\n"
    return not pattern or re.search(f"^{pattern}", steady(said), re.MULTILINE) is not None


@pytest.mark.parametrize("language", PAGES)
def test_a_newcomer_who_does_what_the_page_says_sees_what_it_says(tmp_path, language):
    newcomer = Newcomer(tmp_path, language)
    done = 0
    for action in actions(PAGES[language]):
        newcomer.do(action)
        done += 1
    assert done == len(re.findall(r"^```\w", PAGES[language], re.MULTILINE))
    assert newcomer.folder == tmp_path / "mycity"


def test_it_goes_from_nothing_to_a_flow_an_operation_and_a_recording():
    kinds = [next(iter(a.marks)) for a in actions() if a.language == "yaml"]
    assert kinds == ["flow", "test", "operation"]
    typed = [line for a in actions() if a.language == "console" for line in a.text.splitlines()]
    for word in ("init", "run", "validate", "test", "call", "--record", "--replay"):
        assert any(line.startswith("$ sgeflow") and word in line.split() for line in typed), word


@pytest.mark.parametrize("language", PAGES)
def test_a_quarter_of_an_hour_is_enough_to_read_it_and_to_type_it(language):
    page = PAGES[language]
    words = len(re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL).split())
    typed = sum(
        len(line.split())
        for action in actions(page)
        for line in action.text.splitlines()
        if action.language != "console" or line.startswith("$ ")
    )
    assert words / 200 + typed / 60 < _LONGEST


@pytest.mark.parametrize("said", ["other\n", "one\nthree\n", "one\n"])
def test_a_page_that_says_something_else_is_noticed(said):
    assert fits("one\ntwo\n", "zero\none\ntwo\n")
    assert fits("one\n…\ntwo\n", "one\nand\nmore\ntwo\n")
    assert not fits("one\ntwo\n", said)
