"""The location of a state: as given, as the environment says, or in the project."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from msgspec.structs import replace

from sgeflow.adapters.project_files import Project, find_project, own, show_path
from sgeflow.adapters.state.locations import StateLocation, home_at, is_there
from sgeflow.adapters.variables import variables
from sgeflow.core.documents import Environment
from sgeflow.errors import TechnicalError
from sgeflow.messages import Message, from_table, join_items, say
from sgeflow.patterns import regex

_OWN_STATE = regex(r"^state:\s*\S", re.MULTILINE)
_IN_CLEAR = regex(r":(?!//|\$\{).*@|password=(?!\$\{)")


def home_of(
    option: StateLocation | Path | str | None, project: Project, environment: Environment
) -> StateLocation:
    """The home of journal and stores for a command that works in an environment.

    What a simulated one says of a server is not followed: nothing of it leaves this machine.

    Raises:
        UsageError: what is given looks like an address, and is none.
        CredentialsError: a secret of the address is missing.
    """
    if isinstance(option, StateLocation):
        return option
    if option:
        return _parse_option(str(option), project)
    if environment.state and not environment.simulated:
        home = home_at(environment.state, project.state, environment)
        return replace(home, option=f"--env {environment.name}")
    return StateLocation(folder=project.state)


def others_of(
    home: StateLocation, project: Project, environment: Environment
) -> Iterator[StateLocation]:
    """Other places that keep, or kept, what an environment orders: no order there is forgotten.

    They are the folders of a Cozy's accounts, the project's own folder and what the environment
    says, where a state begun there may be. A journal that was lost beside its store counts, too.

    Raises:
        CredentialsError: a secret of the environment's state is missing.
    """
    from sgeflow.adapters.state.check import stores_of

    root = home.of_all_accounts()
    own = StateLocation(folder=project.state, option=f"--state {quote(show_path(project.state))}")
    seen = set() if home.server else {home.folder.resolve()}
    for other in (own, root, *root.accounts().values()):  # a server's folder is the project's
        folder = other.folder.resolve()
        if folder not in seen and (is_there(other.journal) or stores_of(other)):
            yield other
        seen.add(folder)
    if environment.state and home.named != environment.state:
        yield home_of(None, project, environment)


def _parse_option(text: str, project: Project) -> StateLocation:
    """The home that an option names; a password that is written into an address is not repeated."""
    home = home_at(text, project.state)
    place = "postgresql://…" if home.server and _IN_CLEAR.search(text) else quote(text)
    return replace(home, option=f"--state {place}")


def kept_elsewhere(
    option: Path | str | None, folder: Path | None, environment: str | None
) -> Message:
    """A word for who looks into the project's own state: which environments have another one."""
    project = find_project(folder)
    if option or environment or variables().env or project.folder is None:
        return from_table("")
    names = [path.stem for path in _environments(project) if _OWN_STATE.search(_text(path))]
    return (
        say("kept elsewhere by {names}: --env NAME", names=join_items(names))
        if names
        else from_table("")
    )


def _environments(project: Project) -> list[Path]:
    """The project's own environments; none where they cannot be looked at."""
    try:
        return sorted(path for kind, path in own(project) if kind == "environments")
    except TechnicalError:
        return []


def _text(path: Path) -> str:
    """Return the readable text of a document; mistakes are reported where it is used."""
    try:
        return path.read_text("utf-8", errors="replace") if path.is_file() else ""
    except OSError:
        return ""


def home_to_look_at(
    option: StateLocation | Path | str | None, folder: Path | None, environment: str | None
) -> StateLocation:
    """Return the location for a command that only reads; documents are read only with `--env`.

    Raises:
        UsageError: there is no such environment, or what is given is almost an address.
        InvalidDocuments, CredentialsError: an environment is named, and cannot be used.
    """
    if isinstance(option, StateLocation):
        return option
    name = environment or variables().env
    if not option and name:
        from sgeflow.runtime.project import open_catalog

        opened = open_catalog(folder)
        return home_of(None, opened.project, opened.environment(name))
    project = find_project(folder)
    return _parse_option(str(option), project) if option else StateLocation(folder=project.state)
