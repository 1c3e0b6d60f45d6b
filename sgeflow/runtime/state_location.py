"""The location of a state: as given, as the environment says, or in the project."""

import re
from collections.abc import Iterator
from contextlib import suppress
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
    """Return the location of journal and stores for a command that works in an environment.

    A simulated environment never uses a server: its data stay on this machine.

    Raises:
        UsageError: the option looks like an address and is invalid.
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
    """Yield the other states that may know of orders in an environment.

    They are in the folders of a Cozy's accounts, in the project's own folder, and where the
    environment says. A state whose journal was lost, but not its store, counts too.

    Raises:
        CredentialsError: a secret of the environment's state is missing.
    """
    from sgeflow.adapters.state.check import stores_of

    root = home.of_all_accounts()
    own = StateLocation(folder=project.state, option=f"--state {quote(show_path(project.state))}")
    seen = set() if home.server else {home.folder.resolve()}
    # a state on a server has the project's folder, where another state may lie
    for other in (own, root, *root.accounts().values()):
        folder = other.folder.resolve()
        if folder not in seen and (is_there(other.journal) or stores_of(other)):
            yield other
        seen.add(folder)
    if environment.state and home.named != environment.state:
        yield home_of(None, project, environment)


def _parse_option(text: str, project: Project) -> StateLocation:
    """Return the location that an option names; messages do not repeat a password in an address."""
    home = home_at(text, project.state)
    place = "postgresql://…" if home.server and _IN_CLEAR.search(text) else quote(text)
    return replace(home, option=f"--state {place}")


def kept_elsewhere(
    option: Path | str | None, folder: Path | None, environment: str | None
) -> Message:
    """Return a hint which environments keep their state elsewhere; empty if none does."""
    project = find_project(folder)
    if option or environment or variables().env or project.folder is None:
        return from_table("")
    names = []
    with suppress(TechnicalError):  # the documents cannot be listed
        for path in sorted(path for kind, path in own(project) if kind == "environments"):
            with suppress(OSError):  # mistakes are reported where the document is used
                if path.is_file() and _OWN_STATE.search(path.read_text("utf-8", errors="replace")):
                    names.append(path.stem)
    if not names:
        return from_table("")
    return say("kept elsewhere by {names}: --env NAME", names=join_items(names))


def home_to_look_at(
    option: StateLocation | Path | str | None, folder: Path | None, environment: str | None
) -> StateLocation:
    """Return the location for a command that only reads; documents are read only with `--env`.

    Raises:
        UsageError: there is no such environment, or the option is an invalid address.
        InvalidDocuments, CredentialsError: the named environment cannot be used.
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
