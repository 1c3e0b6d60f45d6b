"""Where a command keeps its state: as it is told, as its environment says, or in the project."""

from __future__ import annotations

from pathlib import Path

from sgeflow.adapters.files import Project, find_project
from sgeflow.adapters.places import Home, home_at
from sgeflow.adapters.settings import variables
from sgeflow.core.model import Environment


def home_of(given: Home | Path | str | None, project: Project, environment: Environment) -> Home:
    """The home of journal and stores for a command that works in an environment.

    Raises:
        CredentialsError: a secret of the address is missing.
    """
    if isinstance(given, Home):
        return given
    if given:
        return home_at(str(given), project.state)
    if environment.state:
        return home_at(environment.state, project.state, environment)
    return Home(folder=project.state)


def home_to_look_at(given: Path | str | None, folder: Path | None, environment: str | None) -> Home:
    """The same for a command that only looks; no document is read unless an environment is named.

    Raises:
        UsageError: there is no such environment.
        InvalidDocuments, CredentialsError: an environment is named, and cannot be used.
    """
    name = environment or variables().env
    if not given and name:
        from sgeflow.app.workspace import open_catalog

        opened = open_catalog(folder)
        return home_of(None, opened.project, opened.environment(name))
    project = find_project(folder)
    return home_at(str(given), project.state) if given else Home(folder=project.state)
