"""Faults that the tests must find: each is put into a copy of the tree, and its tests must fail.

    python -m tests.mutants                    all of them
    python -m tests.mutants --seconds 120      those that begin within two minutes, others each day
    python -m tests.mutants recording masking  those in whose file one of these words stands

`mutants.yaml` names them: a file, a text that stands in it once, what takes its place, the harm that
would be done, and the tests that must fail within a minute.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
MINUTE = 60  # seconds; a test that needs longer tells of a fault too late
KILLED, PASSED = 1, 0  # what pytest ends with: tests failed, all passed
DAY = 86_400


def main() -> int:
    """Try the mutants that were chosen; 1 when one of them survives."""
    parser = ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("words", nargs="*")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    chosen = parser.parse_args()
    mutants = yaml.safe_load(Path(__file__).with_name("mutants.yaml").read_text("utf-8"))
    first = int(time.time() // DAY) * 7 % len(mutants) if chosen.seconds < DAY else 0
    some = [
        one
        for one in (*mutants[first:], *mutants[:first])
        if not chosen.words or any(word in one["file"] for word in chosen.words)
    ]
    began, tried, survived = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        copy_tree(copy)
        for one in some:
            if time.monotonic() - began > chosen.seconds:
                break
            tried += 1
            verdict = try_mutant(one, copy, tried)
            survived += verdict != "killed"
            tell(f"{verdict:10} {one['file']}  {one['harm']}")
    tell(f"{tried - survived} of {tried} killed, of {len(mutants)} in all")
    return 1 if survived else 0


def tell(line: str) -> None:
    """Say it at once: whoever waits sees how far it is."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def copy_tree(target: Path) -> None:
    """Copy what git knows, or would: a run that is killed leaves no fault behind."""
    for name in _known_files():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def try_mutant(mutant: dict[str, Any], copy: Path, number: int) -> str:
    """Put one fault into the copy, and say what its tests made of it."""
    file = copy / mutant["file"]
    sound = file.read_text("utf-8")
    if sound.count(mutant["text"]) != 1:
        return "not there"
    try:
        file.write_text(sound.replace(mutant["text"], mutant["change"]), "utf-8")
        later = time.time() + number  # what was compiled of the file as it was is never taken
        os.utime(file, (later, later))
        return _verdict(mutant["tests"], copy)
    finally:
        file.write_text(sound, "utf-8")


def _verdict(tests: Sequence[str], copy: Path) -> str:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    try:
        done = subprocess.run(
            [*command, *tests], cwd=copy, env=environment, capture_output=True, timeout=MINUTE,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "too slow"
    names = {KILLED: "killed", PASSED: "SURVIVED"}
    return names.get(done.returncode, f"pytest {done.returncode}")


def _known_files() -> Iterator[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    yield from filter(None, listed.decode().split("\0"))


if __name__ == "__main__":
    sys.exit(main())
