"""Where a command keeps its state: as it is told, as its environment says, or in the project."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path

from sgeflow.adapters.project_files import Project, find_project
from sgeflow.adapters.secrets import variables
from sgeflow.adapters.state.locations import Home, home_at
from sgeflow.core.documents import Environment
from sgeflow.messages import Said, fixed, listed, say

_OWN_STATE = re.compile(r"^state:\s*\S", re.MULTILINE)
_IN_CLEAR = re.compile(r":(?!//|\$\{).*@|password=(?!\$\{)")


def home_of(given: Home | Path | str | None, project: Project, environment: Environment) -> Home:
    """The home of journal and stores for a command that works in an environment.

    What a simulated one says of a server is not followed: nothing of it leaves this machine.

    Raises:
        UsageError: what is given looks like an address, and is none.
        CredentialsError: a secret of the address is missing.
    """
    if isinstance(given, Home):
        return given
    if given:
        return _given(str(given), project)
    if environment.state and not environment.simulated:
        home = home_at(environment.state, project.state, environment)
        return replace(home, option=f"--env {environment.name}")
    return Home(folder=project.state)


def _given(text: str, project: Project) -> Home:
    """The home that an option names; a password that is written into an address is not repeated."""
    home = home_at(text, project.state)
    shown = "postgresql://…" if home.server and _IN_CLEAR.search(text) else shlex.quote(text)
    return replace(home, option=f"--state {shown}")


def kept_elsewhere(given: Path | str | None, folder: Path | None, environment: str | None) -> Said:
    """A word for who looks into the project's own state: which environments have another one."""
    project = find_project(folder)
    if given or environment or variables().env or project.folder is None:
        return fixed("")
    names = [
        path.stem
        for path in sorted((project.folder / "environments").glob("*.yaml"))
        if _OWN_STATE.search(_text(path))
    ]
    return say("kept elsewhere by {names}: --env NAME", names=listed(names)) if names else fixed("")


def _text(path: Path) -> str:
    """What can be read of a document, for one word of it; mistakes are told where it is used."""
    try:
        return path.read_text("utf-8", errors="replace") if path.is_file() else ""
    except OSError:
        return ""


def home_to_look_at(given: Path | str | None, folder: Path | None, environment: str | None) -> Home:
    """The same for a command that only looks; no document is read unless an environment is named.

    Raises:
        UsageError: there is no such environment, or what is given is almost an address.
        InvalidDocuments, CredentialsError: an environment is named, and cannot be used.
    """
    name = environment or variables().env
    if not given and name:
        from sgeflow.runtime.project import open_catalog

        opened = open_catalog(folder)
        return home_of(None, opened.project, opened.environment(name))
    project = find_project(folder)
    return _given(str(given), project) if given else Home(folder=project.state)
