"""A project of one's own with its schemas, and the real yaml-language-server on it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sgeflow.core.checking.document import KINDS as DOCUMENT_KINDS
from sgeflow.runtime.project import open_catalog
from sgeflow.tools.editor import write
from tests.machine import NODE
from tests.npm import installed
from tests.tools.editor.server import Server

ROOT = Path(__file__).parents[3]
KINDS = tuple(kind.folder for kind in DOCUMENT_KINDS)


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Path:
    """The shipped documents as somebody's own, with the schemas of their catalogue."""
    folder = tmp_path_factory.mktemp("editors")
    for kind in KINDS:
        shutil.copytree(ROOT / kind, folder / kind)
    workspace = open_catalog(folder)
    write.write(folder / write.OWN, write.catalogue(workspace))
    write.mark(workspace, folder / write.OWN)
    return folder


@pytest.fixture(scope="session")
def command() -> list[str]:
    """The language server."""
    modules = installed("yaml-language-server")
    return [NODE.find(), str(modules / "yaml-language-server/bin/yaml-language-server"), "--stdio"]


@pytest.fixture(scope="session")
def server(command, project):
    running = Server(command, project)
    yield running
    running.close()
