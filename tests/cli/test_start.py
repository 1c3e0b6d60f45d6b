"""What a start imports, and what `--version` and `--help` say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sgeflow.cli.commands import COMMANDS, make_command
from tests.cli.conftest import ROOT
from tests.commands import every_command
from tests.processes import start_program

HEAVY = (
    "requests",
    "urllib3",
    "lxml",
    "jsonschema",
    "vcr",
    "rich.console",
    "yaml",
    "jmespath",
    "sqlite3",
    "psycopg",
    "sgeflow.simulator.simulator",
    "sgeflow.runtime.project",
)
_CODE = """
import json, sys
sys.argv = ["sgeflow", *{words!r}]
from sgeflow.__main__ import main
code = main()
print(json.dumps([code, [name for name in {names!r} if name in sys.modules]]), file=sys.stderr)
"""


def python(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A Python of its own that ended well."""
    return subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
    )


def imported(words: list[str], names: tuple[str, ...]) -> tuple[int, list[str], str]:
    done = python("-c", _CODE.format(words=words, names=names))
    exit_code, found = json.loads(done.stderr.splitlines()[-1])
    return exit_code, found, done.stdout


_FRAMES = """
import json, os, sys
import sgeflow.__main__ as door
import sgeflow.cli.main as line

SIZES = os.open("/proc/self/statm", os.O_RDONLY)

def size():
    return os.pread(SIZES, 20, 0).split()[0]

def asks(depth):
    return asks(depth - 1) if depth else size() != os.pread(SIZES, 20, 0).split()[0]

def look(*_, **__):
    print(json.dumps([depth for depth in range(900) if asks(depth)]))
    return 0

look()
line.run = look
sys.argv = ["sgeflow", "show"]
door.main()
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="asks Linux")
def test_no_call_of_a_start_takes_memory_for_its_frame_from_the_system():
    """By itself the interpreter asks for 16 KB at the end of 16 KB: again at each such call."""
    done = python("-c", _FRAMES)
    alone, with_room = map(json.loads, done.stdout.splitlines())
    assert len(alone) > 3
    assert with_room == []


PRESSED_BEHIND = """
import os, signal, sys
from sgeflow import __main__ as door
from sgeflow.cli import main as line

def run(*words, **more):
    code = real(*words, **more)
    os.kill(os.getpid(), signal.SIGINT)
    return code

real, line.run = line.run, run
sys.argv = ["sgeflow", "show", "people"]
door.script()
"""


def test_ctrl_c_behind_all_that_is_told_takes_nothing_back():
    process = start_program(PRESSED_BEHIND)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "interrupted" not in err
    assert "household" in out


@pytest.mark.parametrize("word", ["--version", "-V"])
def test_the_version_is_told_before_typer_is_imported(word):
    code, found, out = imported([word], ("typer", "click", "typing", *HEAVY))
    assert (code, found) == (0, [])
    assert out.startswith("sgeflow 0.")


@pytest.mark.parametrize(
    "words",
    [["--help"], ["run", "--help"], ["call", "--help"], ["validate", "-h"], ["runs", "--help"], []],
)
def test_help_imports_nothing_that_takes_time(words):
    code, found, out = imported(words, HEAVY)
    assert (code, found) == (0, [])
    assert "Usage: sgeflow" in out


@pytest.mark.parametrize("words", [(), ("run",), ("runs", "show")])
def test_help_is_a_command_too(sgeflow, words):
    told = sgeflow("help", *words)
    assert told.code == 0
    assert told.out == sgeflow(*words, "--help").out


def test_a_call_does_not_import_what_only_other_commands_need():
    unneeded = (
        "vcr",
        "rich",
        "sgeflow.runtime.dry_run",
        "sgeflow.adapters.export",
        "sgeflow.adapters.state.store",
        "sgeflow.core.language.value_errors",
        "sgeflow.core.language.mistakes.jmespath_syntax",
        "sgeflow.core.soap.faults",
        "sgeflow.core.wires.refusals",
        "sgeflow.core.wires.reply_dates",
        "sgeflow.core.language.unparse",
        "sgeflow.cli.shared.usage_errors",
        "sgeflow.adapters.http.access_token",
        "sgeflow.adapters.http.tls",
        "sgeflow.runtime.observer",
    )
    words = ["call", "consulterDonneesTechniquesContractuelles", "pointId=30000000000011"]
    imported(words, ())  # whoever is the first checks the catalogue, and keeps it
    code, found, _ = imported(words, unneeded)
    assert (code, found) == (0, [])


@pytest.mark.parametrize(
    "words",
    [["validate"], ["validate", "--project", str(ROOT)], ["show"], ["show", "default"]],
    ids=["validate", "validate, tests too", "show", "show NAME"],
)
def test_sound_documents_are_read_without_what_tells_mistakes_or_sends(words):
    unneeded = (
        "jsonschema",
        "requests",
        "urllib3",
        "rich",
        "vcr",
        "sqlite3",
        "lxml",
        "zoneinfo",
        "multiprocessing",
        "http.server",
        "sgeflow.simulator.simulator",
        "sgeflow.runtime.run",
        "sgeflow.core.engine.call",
        "sgeflow.core.engine.blocks",
        "sgeflow.core.language.mistakes.yaml_syntax",
    )
    code, found, out = imported(words, unneeded)
    assert (code, found) == (0, [])
    assert " 0 tests" not in out or "--project" not in words


def test_our_code_never_imports_click():
    for path in (ROOT / "sgeflow").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "import click" not in text, path
        assert "from click" not in text, path


def test_completion_offers_names_without_opening_the_project():
    typed = {"COMP_WORDS": "sgeflow call consulterM", "COMP_CWORD": "2"}
    done = python("-m", "sgeflow", _SGEFLOW_COMPLETE="complete_bash", **typed)
    assert "consulterMesuresDetaillees" in done.stdout.split()
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["sgeflow", "run", "konnector", "point"], "pointId="),
        (["sgeflow", "call", "consulterMesuresDetailleesV3", "sens=SOU"], "sens=SOUTIRAGE"),
        (["sgeflow", "call", "consulterMesuresDetailleesV3", "sens", "=", "SOU"], "SOUTIRAGE"),
        (["sgeflow", "show", "SGT4L"], "SGT4L8"),
    ],
)
def test_completion_offers_inputs_their_values_and_codes(words, offered):
    typed = {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
    done = python("-m", "sgeflow", _SGEFLOW_COMPLETE="complete_bash", **typed)
    assert (offered in done.stdout.split(), done.stderr) == (True, ""), done.stdout


@pytest.mark.parametrize("tongue", ["en", "fr"])
def test_no_help_is_cut_or_mixes_languages_at_80_columns(sgeflow, monkeypatch, tongue):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("SGEFLOW_LANG", tongue)
    helps = {words: sgeflow(*words, "--help").out for words, _ in every_command()}
    helps[()] = sgeflow("--help").out
    assert len(helps) > 25
    cut = [line for text in helps.values() for line in text.splitlines() if line.endswith("...")]
    assert [line for line in cut if not line.startswith("Usage")] == []
    assert ("[required]" in "".join(helps.values())) == (tongue == "en")
    assert ("Its name." in helps[("extract",)]) == (tongue == "en")


def test_the_help_groups_all_commands(sgeflow):
    out = sgeflow("--help").out
    panels = re.findall(r"^(\w+):\n((?:  .*\n)+)", out, re.MULTILINE)
    assert [title for title, _ in panels][1:] == ["Start", "Run", "Look", "Operate", "Write"]
    listed = re.findall(r"^  ([a-z]+) ", "".join(rows for _, rows in panels[1:]), re.MULTILINE)
    assert listed == list(COMMANDS)


def test_a_commands_line_in_the_help_is_its_own_first_sentence():
    lines = {name: (make_command(name).help or "").partition("\n")[0] for name in COMMANDS}
    assert lines == {name: line for name, (_, line) in COMMANDS.items()}


def test_only_the_command_that_is_asked_for_is_imported():
    others = ("sgeflow.cli.run", "sgeflow.cli.decode", "sgeflow.cli.cassette")
    assert imported(["show", "--help"], others)[1] == []
    assert imported(["--help"], (*others, "sgeflow.cli.show"))[1] == []
