"""Writes the JSON Schemas for editors, one for each kind of document."""

import json
from collections.abc import Iterable, Mapping
from os.path import relpath
from pathlib import Path
from typing import Any

from sgeflow.adapters import project_files as documents
from sgeflow.adapters.atomic_write import replace_file
from sgeflow.core.checking.catalog import (
    FAULTS_SCHEMA,
    PACKAGES_SCHEMA,
    SERVICES_SCHEMA,
    TYPES_SCHEMA,
)
from sgeflow.core.checking.document import TYPES, Document, schema_of
from sgeflow.core.checking.environments import ENVIRONMENT
from sgeflow.core.checking.flows.grammar import Grammar
from sgeflow.core.checking.homologation import CASEBOOK
from sgeflow.core.checking.simulator import PEOPLE, SCENARIO
from sgeflow.core.language.reader import Types
from sgeflow.core.language.schemas import DRAFT, OPERATION
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.errors import InvalidDocuments
from sgeflow.runtime.project import Workspace, verbs
from sgeflow.tools.flowtest.document import FLOWTEST

FOLDER = Path(__file__).resolve().parents[2] / "schemas"
"""The folder of the schemas for editors; documents name them in their first line."""

OWN = Path(".sgeflow", "schemas")
"""The folder of the schemas of a project's own catalogue, relative to the project."""

_MODELINE = "# yaml-language-server: $schema="


def modeline(kind: str, folder: Path) -> str:
    """The first line of a document in a folder, which names the schema for editors.

    It names the project's own schemas if `sgeflow schema` has written them in a folder above.
    Schemas in the same project are named by a relative path, which is valid on every machine;
    others by the path of the installed files.
    """
    here, name = folder.resolve(), f"{kind}.schema.json"
    for above in (here, *here.parents):
        if (above / OWN / name).is_file():
            return _MODELINE + _way(above / OWN / name, here)
    path = FOLDER / name
    root = FOLDER.parents[1]
    is_checkout = here.is_relative_to(root) and here != root and (root / "pyproject.toml").is_file()
    return _MODELINE + (_way(path, here) if is_checkout else path.as_uri())


def _way(schema: Path, folder: Path) -> str:
    """The relative path to a schema."""
    return Path(relpath(schema, folder)).as_posix()


def schemas() -> Mapping[str, Mapping[str, Any]]:
    """The schema of each kind of document, by the file name without `.schema.json`."""
    return {
        "operation": OPERATION,
        "flow": Grammar(verbs()).flow_schema(),
        "environment": ENVIRONMENT,
        "homologation": CASEBOOK,
        "people": PEOPLE,
        "scenario": SCENARIO,
        "test": FLOWTEST,
        "faults": FAULTS_SCHEMA,
        "packages": PACKAGES_SCHEMA,
        "services": SERVICES_SCHEMA,
        "types": TYPES_SCHEMA,
    }


def catalogue(workspace: Workspace) -> dict[str, Mapping[str, Any]]:
    """The schemas of one project: the general ones with the names of its catalogue.

    Raises:
        InvalidDocuments: a document is invalid.
    """
    if workspace.problems:
        raise InvalidDocuments(*workspace.problems)
    from sgeflow.tools.editor.schemas import catalogue_schemas

    types = shared_types(documents.read_documents(workspace.project))
    return {**schemas(), **catalogue_schemas(workspace.catalog, Grammar(verbs()), types)}


def files(by_name: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, str]:
    """The text of each schema file by name; by default of the general ones."""
    return {f"{name}.schema.json": text(schema) for name, schema in (by_name or schemas()).items()}


def text(schema: Mapping[str, Any]) -> str:
    """The text of a schema file."""
    return json.dumps({"$schema": DRAFT, **schema}, ensure_ascii=False, indent=2) + "\n"


def write(
    folder: Path = FOLDER, by_name: Mapping[str, Mapping[str, Any]] | None = None
) -> list[str]:
    """Write the schema files; return the names of changed ones.

    Raises:
        TechnicalError: the folder cannot be written to.
    """
    private = folder.parts[-len(OWN.parts) :] == OWN.parts  # the state is there too
    changed = []
    for name, schema_text in files(by_name).items():
        path = folder / name
        if not path.is_file() or path.read_text("utf-8") != schema_text:
            with replace_file(path, private=private) as part:
                part.write_text(schema_text, encoding="utf-8")
            changed.append(name)
    return changed


def mark(workspace: Workspace, folder: Path) -> list[str]:
    """Name the schemas of a folder in the first line of each document of the project.

    Returns the documents that were changed.
    """
    changed = []
    for kind, path in documents.own(workspace.project):
        name = f"{schema_of(kind, path.stem)}.schema.json"
        line = _MODELINE + _way(folder / name, path.resolve().parent)
        before = documents.read_text(path)
        first, _, rest = before.partition("\n")
        now = f"{line}\n{rest if first.startswith(_MODELINE) else before}"
        if now != before:
            with replace_file(path) as file:
                file.write_text(now, encoding="utf-8")
            changed.append(documents.show_path(path))
    return changed


def shared_types(read: Iterable[Document]) -> Types:
    """The shared types of a project's documents, as written.

    Raises:
        InvalidDocuments: a document with types cannot be read.
    """
    types: dict[str, Any] = {}
    for document in read:  # shipped documents come first
        if document.kind == "operations" and document.stem == TYPES:
            if document.problem is not None:
                raise InvalidDocuments(document.problem)
            types |= read_yaml(document.file, document.text).data or {}
    return types
