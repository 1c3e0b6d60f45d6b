"""A project of one's own with its schemas, and the real yaml-language-server on it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from sgeflow.app import schemas
from sgeflow.app.workspace import open_catalog
from tests.editors.server import Server

ROOT = Path(__file__).parents[2]
PACKAGE = "yaml-language-server@1.25"
KINDS = ("operations", "flows", "environments", "homologation")


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Path:
    """The shipped documents as somebody's own, with the schemas of their catalogue."""
    folder = tmp_path_factory.mktemp("editors")
    for kind in KINDS:
        shutil.copytree(ROOT / kind, folder / kind)
    workspace = open_catalog(folder)
    schemas.write(folder / schemas.OWN, schemas.catalogue(workspace))
    schemas.mark(workspace, folder / schemas.OWN)
    return folder


@pytest.fixture(scope="session")
def command(request) -> list[str]:
    """The language server, installed once in the cache of the tests."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        pytest.skip("there is no node or npm to run yaml-language-server")
    kept = request.config.cache.mkdir("yaml-language-server")
    script = Path("node_modules", "yaml-language-server", "bin", "yaml-language-server")
    if not (kept / "1" / script).exists():
        _install(npm, kept)
    return [node, str(kept / "1" / script), "--stdio"]


def _install(npm: str, kept: Path) -> None:
    with tempfile.TemporaryDirectory(dir=kept) as folder:
        words = [npm, "install", "--no-audit", "--no-fund", "--prefix", folder, PACKAGE]
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=240, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip("npm could not install yaml-language-server in four minutes")
        if done.returncode:
            pytest.skip(f"npm could not install yaml-language-server: {done.stderr[-200:]}")
        if not (kept / "1").exists():  # another worker may have been faster
            shutil.copytree(folder, kept / "1", dirs_exist_ok=True, symlinks=True)


@pytest.fixture(scope="session")
def server(command, project):
    running = Server(command, project)
    yield running
    running.close()
