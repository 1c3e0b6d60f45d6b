"""Programs of the npm registry that tests hold sgeflow against, installed in the tests' cache."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest


def node() -> str:
    """The program; the test is skipped where there is none."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("there is no node")
    return found


def installed(
    cache: pytest.Cache, name: str, *packages: str, stand_ins: tuple[str, ...] = ()
) -> Path:
    """The `node_modules` with these packages; the test is skipped where they cannot be had.

    In the place of `stand_ins`, which no registry has and no test needs, stand empty packages.
    """
    kept = cache.mkdir(name)
    if not (kept / "1").exists():
        _install(kept, packages, stand_ins)
    return kept / "1" / "node_modules"


def _install(kept: Path, packages: tuple[str, ...], stand_ins: tuple[str, ...]) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("there is no npm")
    with tempfile.TemporaryDirectory(dir=kept) as folder:
        words = [npm, "install", "--no-audit", "--no-fund", "--prefix", f"{folder}/made", *packages]
        if stand_ins:
            words += ["--ignore-scripts", "--legacy-peer-deps"]
            _write_stand_ins(Path(folder, "made"), stand_ins)
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=100, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm could not install {' '.join(packages)} in time")
        if done.returncode:
            pytest.skip(f"npm could not install {' '.join(packages)}: {done.stderr[-200:]}")
        with suppress(OSError):  # another worker was faster
            Path(folder, "made").rename(kept / "1")


def _write_stand_ins(folder: Path, names: tuple[str, ...]) -> None:
    """A package that has some others replaced by empty ones."""
    overrides = {name: f"file:./{name}" for name in names}
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "index.js").write_text("module.exports = {}\n")
        text = json.dumps({"name": name, "version": "0.11.2", "main": "index.js"})
        (folder / name / "package.json").write_text(text)
    text = json.dumps({"private": True, "overrides": overrides})
    (folder / "package.json").write_text(text)
