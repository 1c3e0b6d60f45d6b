"""Programs of the npm registry that tests hold sgeflow against, installed in the tests' cache."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from tests.postgres import locked, session_folder

EMPTY = "module.exports = {}"
"""A package that nobody asks for anything."""


def node() -> str:
    """The program; the test is skipped where there is none."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("there is no node")
    return found


def installed(
    cache: pytest.Cache, name: str, *packages: str, stand_ins: Mapping[str, str] | None = None
) -> Path:
    """The `node_modules` with these packages; the test is skipped where they cannot be had.

    In the place of `stand_ins`, which no test needs and which take long, stand these programs.
    """
    kept = cache.mkdir(name)
    failure = session_folder() / f"npm-{name}-failed"  # nobody else of the session waits for it
    with locked(session_folder() / f"npm-{name}"):
        if not (kept / "1").exists():
            if not failure.exists():
                failure.write_text(_install(kept, packages, stand_ins or {}))
            if why := failure.read_text():
                pytest.skip(why)
    return kept / "1" / "node_modules"


def _install(kept: Path, packages: tuple[str, ...], stand_ins: Mapping[str, str]) -> str:
    """Install packages; what is returned is why they could not be."""
    npm = shutil.which("npm")
    if npm is None:
        return "there is no npm"
    with tempfile.TemporaryDirectory(dir=kept) as folder:
        words = [npm, "install", "--no-audit", "--no-fund", "--prefix", f"{folder}/made", *packages]
        if stand_ins:
            words += ["--ignore-scripts", "--legacy-peer-deps"]
            _write_stand_ins(Path(folder, "made"), stand_ins)
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=100, check=False)
        except subprocess.TimeoutExpired:
            return f"npm could not install {' '.join(packages)} in time"
        if done.returncode:
            return f"npm could not install {' '.join(packages)}: {done.stderr[-200:]}"
        with suppress(OSError):  # another session was faster
            Path(folder, "made").rename(kept / "1")
    return ""


def _write_stand_ins(folder: Path, stand_ins: Mapping[str, str]) -> None:
    """A package that has some others, of any version or of the named one, replaced."""
    for name, program in stand_ins.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "index.js").write_text(f"{program}\n")
        its_name = name[0] + name[1:].partition("@")[0]
        text = json.dumps({"name": its_name, "version": "0.11.2", "main": "index.js"})
        (folder / name / "package.json").write_text(text)
    overrides = {name: f"file:./{name}" for name in stand_ins}
    text = json.dumps({"private": True, "overrides": overrides})
    (folder / "package.json").write_text(text)
