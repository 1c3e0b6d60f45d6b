"""`--watch`: a command answers again after each save, until Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.cli.conftest import ROOT
from tests.processes import start

FLOW = """
flow: {name}
title: A flow
steps:
  - {{id: one, set: {{x: 1}}}}
outputs: {{x: steps.one.x}}
"""
TEST = """
test: {name}
title: It works
flow: {name}
today: 2025-06-15
environment: simulator
cases:
  works: {{title: It gives one, expect: {{outputs: {{x: 1}}}}}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "flows").mkdir()
    (tmp_path / "tests").mkdir()
    for name in ("first", "second"):
        (tmp_path / "flows" / f"{name}.yaml").write_text(FLOW.format(name=name))
        (tmp_path / "tests" / f"{name}.test.yaml").write_text(TEST.format(name=name))
    return tmp_path


@pytest.fixture
def watching(project: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    begun = []

    def begin(*words: str) -> subprocess.Popen[str]:
        from os import environ

        own = {**environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        begun.append(start("sgeflow", words, project, own, subprocess.PIPE))
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def until(stream: IO[str] | None, word: str) -> str:
    """What is written up to the line with a word."""
    assert stream is not None
    lines = []
    for line in stream:
        lines.append(line)
        if word in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def test_validate_tells_of_a_mistake_when_it_is_saved_and_of_its_end(project, watching):
    process = watching("validate", "--watch")
    until(process.stdout, "no mistakes")
    flow = project / "flows" / "first.yaml"
    flow.write_text(FLOW.format(name="first").replace("steps.one.x", "steps.won.x"))
    assert "did you mean" in until(process.stdout, "did you mean")
    flow.write_text(FLOW.format(name="first"))
    until(process.stdout, "no mistakes")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0


def test_all_cases_run_again_after_a_save(project, watching):
    process = watching("test", "--watch")
    shown = until(process.stdout, "2 of 2 passed")
    assert "first" in shown
    assert "second" in shown
    flow = project / "flows" / "second.yaml"
    flow.write_text(FLOW.format(name="second") + "# changed\n")
    shown = until(process.stdout, "2 of 2 passed")
    assert ("second" in shown, "first" in shown) == (True, True)
    flow.write_text(FLOW.format(name="second").replace("one", "one.two"))
    assert "SGE016" in until(process.stdout, "1 failed")
    flow.write_text(FLOW.format(name="second"))
    until(process.stdout, "2 of 2 passed")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
