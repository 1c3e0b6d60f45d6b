"""The command line as tests use it: in this process for speed, as a process of its own for truth."""

from __future__ import annotations

import math
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sgeflow.cli.main import run
from sgeflow.simulator.simulator import Simulator
from sgeflow.terminal import run as run_output
from tests.conftest import shipped_catalog
from tests.meddler import Meddler
from tests.processes import start

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
TODAY = "2025-06-15"


BETWEEN = """
environment: between
title: A simulator behind a proxy
generation: current
login: donnees.energie@example.org
contractId: "1234567"
services:
  sge: {{base_url: "{url}", route: direct}}
  backoffice:
    base_url: {url}/backoffice
    headers: {{Authorization: "Bearer ${{secret.BO_TOKEN}}"}}
    personal: [lastname, firstname, address, city]
  communes: {{base_url: "{url}"}}
"""


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _calm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("SGEFLOW_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("SGEFLOW_TODAY", TODAY)
    monkeypatch.setenv("SGEFLOW_STATE", str(tmp_path / "state"))
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    # a busy machine adds no word to a step's line
    monkeypatch.setattr(run_output, "_SLOW", math.inf)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def sgeflow(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """A command line run in this process."""

    def command(*words: str) -> Result:
        capsys.readouterr()
        code = run(words)
        caught = capsys.readouterr()
        return Result(int(code), caught.out, caught.err)

    return command


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., Result]:
    """A command line run as a process, with streams and variables of its own."""

    def command(*words: str, stdin: bytes | None = None, **variables: str) -> Result:
        own = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
        started = start("sgeflow", words, tmp_path, own, subprocess.PIPE)
        out, err = started.communicate(stdin.decode() if stdin else "", timeout=60)
        return Result(started.returncode, out, err)

    return command


@pytest.fixture
def behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Meddler]]:
    """`behind(simulator)`: a proxy before a simulator, which the environment `between` names."""
    monkeypatch.setenv("BO_TOKEN", "simulator")
    opened: list[Meddler] = []

    def make(simulator: Simulator) -> Meddler:
        proxy = Meddler(simulator)
        opened.append(proxy)
        (tmp_path / "environments").mkdir()
        text = BETWEEN.format(url=proxy.url)
        (tmp_path / "environments" / "between.yaml").write_text(text)
        return proxy

    yield make
    for proxy in opened:
        proxy.close()


@pytest.fixture
def between(behind: Callable[..., Meddler]) -> Iterator[Meddler]:
    """A simulator of today's services, on the day of these tests, behind a proxy."""
    with Simulator(shipped_catalog(), today=TODAY, generation="current") as simulator:
        yield behind(simulator)
        assert not simulator.mistakes


def write_two_households(sgeflow: Callable[..., Result]) -> str:
    """Write `points.csv` with two rows, in the second of which nobody lives; the first row."""
    sgeflow("simulate", "--fleet", "2", "-o", "points.csv")
    header, first, second = Path("points.csv").read_text().splitlines()
    point, _, *rest = second.split(",")
    Path("points.csv").write_text("\n".join([header, first, ",".join([point, "NOBODY", *rest])]))
    return first


def same_every_time(text: str) -> str:
    """A text without what differs from run to run: ids, durations, folders."""
    text = re.sub(r"run [0-9a-f]{16}", "run 000000", text)
    text = re.sub(r"(?<=  ) \d ms\b|\d+ ms\b", "0.0 s", text)
    text = re.sub(r"\d+\.\d+ s\b|(?<=\b(?:in|en) )(?:\d+ min )?\d+ s\b", "0.0 s", text)
    text = text.replace(f"{ROOT}/", "")
    return re.sub(r"\S*/sgeflow-bug-\w+\.txt", "BUG", text)


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare with a kept text; UPDATE_GOLDEN=1 keeps the new one instead."""
    update = bool(os.environ.get("UPDATE_GOLDEN"))

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if update:
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"run once with UPDATE_GOLDEN=1 and read {path}"
        assert text == path.read_text(encoding="utf-8")

    return compare
