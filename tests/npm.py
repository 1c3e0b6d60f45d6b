"""Programs of the npm registry that tests hold sgeflow against, installed once for all sessions.

Run as a program, it installs those that are not there yet.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.machine import LACKS, NODE, NPM
from tests.postgres import locked, session_folder
from tests.skips import skip_without

KEPT = LACKS.with_name("npm")
_EMPTY = "module.exports = {}"
"""A package that nobody asks for anything."""

# documents go through cozy-client-js, which asks the newer client where the Cozy is
_COZY_CLIENT = """\
exports.default = { fromEnv: env => ({ stackClient: { uri: env.COZY_URL } }) }
"""
_UNUSED_BY_COZY = """
    geco body-parser bluebird-retry btoa cheerio classificator core-js@3 cozy-device-helper
    cozy-doctypes cozy-flags date-fns file-type lodash-id lowdb mime-types pouchdb-browser
    pouchdb-find raven raw-body request request-debug request-promise strip-json-comments
"""
_UNUSED_BY_POUCHDB = """
    leveldown pouchdb-auth pouchdb-fauxton pouchdb-list pouchdb-replicator pouchdb-rewrite
    pouchdb-security pouchdb-show pouchdb-update pouchdb-validation pouchdb-vhost
"""


def _empty(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), _EMPTY)


class Packages(NamedTuple):
    """Packages, and the programs that stand in for those that no test needs and that take long."""

    names: tuple[str, ...]
    stand_ins: Mapping[str, str] = {}


PACKAGES = {
    "pyright": Packages(("pyright@1.1.408",)),
    "yaml-language-server": Packages(("yaml-language-server@1.25",)),
    "cozy-libraries": Packages(
        ("cozy-konnector-libs@5.13.0",), _empty(_UNUSED_BY_COZY) | {"cozy-client": _COZY_CLIENT}
    ),
    "pouchdb": Packages(
        (
            "express@4.19.2",
            "express-pouchdb@4.2.0",
            "pouchdb@7.2.2",
            "pouchdb-adapter-memory@7.2.2",
        ),
        _empty(_UNUSED_BY_POUCHDB),
    ),
}


def installed(name: str) -> Path:
    """The `node_modules` of some `PACKAGES`; the test is skipped where they cannot be had."""
    skip_without(NODE)
    failure = session_folder() / f"npm-{name}-failed"  # nobody else of the session waits for it
    with locked(session_folder() / f"npm-{name}"):
        if not failure.exists():
            failure.write_text(install(name))
        if why := failure.read_text():
            pytest.skip(why)
    return KEPT / name / "node_modules"


def install(name: str) -> str:
    """Install some `PACKAGES` unless they are there; what is returned is why they could not be."""
    if (KEPT / name).exists():
        return ""
    packages = PACKAGES[name]
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        made = Path(folder, "made")
        words = [
            "npm",
            "install",
            "--no-audit",
            "--no-fund",
            "--prefix",
            str(made),
            *packages.names,
        ]
        if packages.stand_ins:
            words += ["--ignore-scripts", "--legacy-peer-deps"]
            _write_stand_ins(made, packages.stand_ins)
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=100, check=False)
        except subprocess.TimeoutExpired:
            return f"{NPM} {name} in time"
        if done.returncode:
            return f"{NPM} {name}: {done.stderr[-200:]}"
        with suppress(OSError):  # another session was faster
            made.rename(KEPT / name)
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


if __name__ == "__main__":
    for one in PACKAGES if shutil.which("npm") else ():
        sys.stderr.write(install(one))
