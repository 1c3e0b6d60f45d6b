"""The programs that tests run beside Python: where they are, and which command brings them.

`make machine` runs this file, where nothing but Python is installed yet.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

LACKS = Path(__file__).parents[1] / "build" / "machine-lacks.txt"
"""What `make machine` could not install: the beginnings of the reasons for which tests are skipped."""

MANAGERS = {
    "apt-get": "sudo apt-get install",
    "dnf": "sudo dnf install",
    "brew": "brew install",
    "snap": "sudo snap install",
}
"""Programs that install packages, and how a person asks them."""

NPM = "npm could not install"
_PATIENCE = ("--fetch-retries=1", "--fetch-timeout=20000")  # of its own accord npm waits 15 minutes
_RELEASE = Path("/etc/os-release")
_SNAP = Path("/snap/bin/chromium")
_CLUSTERS = Path("/etc/postgresql-common/createcluster.conf")


class Program(NamedTuple):
    """A program that tests run."""

    name: str
    find: Callable[[], object]
    packages: Mapping[str, str]  # by the manager that has them

    @property
    def reason(self) -> str:
        """How the reason begins for which its tests are skipped."""
        return f"{self.name} is not installed"

    @property
    def manager(self) -> str:
        """What installs it here; on Ubuntu a browser is a snap, and no package of apt-get's."""
        if "snap" in self.packages and is_ubuntu():
            return "snap"
        return next((one for one in MANAGERS if shutil.which(one)), "apt-get")

    def remedy(self) -> str:
        """The command that brings it here."""
        return f"{MANAGERS[self.manager]} {self.packages[self.manager]}"


def is_ubuntu() -> bool:
    """Whether this system is Ubuntu."""
    return _RELEASE.exists() and "ID=ubuntu" in _RELEASE.read_text("utf-8").splitlines()


def postgres_programs() -> Path | None:
    """The folder with the newest server's programs, or None."""
    found = shutil.which("postgres")
    folders = [Path(found).parent] if found else []
    folders += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: -int(one.parent.name)
    )
    return next((one for one in folders if (one / "initdb").exists()), None)


def chromium() -> str | None:
    """The browser, by a name that the system gives it.

    Ubuntu's `chromium-browser` is a script that runs the snap, whether that is there or not.
    """
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    found = [place for place in map(shutil.which, names) if place]
    return next((place for place in found if _SNAP.exists() or not _runs_snap(place)), None)


def _runs_snap(place: str) -> bool:
    with Path(place).open("rb") as file:
        return os.fsencode(_SNAP) in file.read(10_000)


POSTGRESQL = Program(
    "PostgreSQL",
    postgres_programs,
    {"apt-get": "postgresql", "dnf": "postgresql-server", "brew": "postgresql"},
)
CHROMIUM = Program(
    "Chromium",
    chromium,
    {"apt-get": "chromium", "snap": "chromium", "dnf": "chromium", "brew": "--cask chromium"},
)
NODE = Program(
    "Node",
    lambda: shutil.which("npm") and shutil.which("node"),
    {"apt-get": "nodejs npm", "dnf": "nodejs nodejs-npm", "brew": "node"},
)
VENV = Program(
    "Python's venv",
    lambda: find_spec("ensurepip"),
    {"apt-get": "python3-venv", "dnf": "python3", "brew": "python"},
)
PROGRAMS = (POSTGRESQL, CHROMIUM, NODE, VENV)


def main() -> None:
    """Install what is lacking, tell what could not be, and keep it for `make test STRICT=1`."""
    lacking = [one for one in PROGRAMS if not one.find()]
    if lacking and shutil.which("apt-get") and os.geteuid() == 0:
        _install(lacking)
        lacking = [one for one in lacking if not one.find()]
    reasons = [one.reason for one in lacking]
    for one in lacking:
        sys.stdout.write(f"{one.reason}: {one.remedy()}\n")
    if NODE not in lacking and _run("npm", "view", "pouchdb", "version", *_PATIENCE):
        reasons.append(NPM)
        sys.stdout.write("npm reaches no registry: npm config set registry ADDRESS\n")
    LACKS.parent.mkdir(exist_ok=True)
    LACKS.write_text("".join(f"{reason}\n" for reason in reasons), "utf-8")
    if not reasons:
        sys.stdout.write("all programs that tests run are installed\n")


def _install(programs: list[Program]) -> None:
    """Have apt-get, or snap, install programs, one after the other: one that fails holds up no other."""
    # PostgreSQL's files alone: the tests start a server of their own, and the machine needs none
    if POSTGRESQL in programs and not _CLUSTERS.exists():
        _CLUSTERS.parent.mkdir(exist_ok=True)
        _CLUSTERS.write_text("create_main_cluster = false\n", "utf-8")
    _run("apt-get", "update", "-qq")
    words = ("-y", "-qq", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold")
    for program in programs:
        packages = program.packages[program.manager].split()
        command = (
            ("snap", "install") if program.manager == "snap" else ("apt-get", "install", *words)
        )
        if said := _run(*command, *packages):
            sys.stdout.write(f"{said}\n")


def _run(*words: str) -> str:
    """Run a program; what it said when it failed, otherwise nothing."""
    if shutil.which(words[0]) is None:
        return f"{words[0]} is not installed"
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(words, env=variables, capture_output=True, text=True, check=False)
    return (done.stderr or done.stdout or f"{words[0]} failed") if done.returncode else ""


if __name__ == "__main__":
    main()
