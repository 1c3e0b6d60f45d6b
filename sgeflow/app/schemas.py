"""The JSON Schemas that editors read, one a kind of document, made from what the reader checks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from sgeflow.app.workspace import verbs
from sgeflow.core.engine.grammar import Grammar
from sgeflow.core.language.casebooks import CASEBOOK
from sgeflow.core.language.environments import ENVIRONMENT
from sgeflow.core.language.flowtests import FLOWTEST
from sgeflow.core.language.schemas import DRAFT, FAULTS, OPERATION, TYPES

FOLDER = Path(__file__).resolve().parents[1] / "schemas"
"""Where the schemas are kept for editors; documents name them in their first line."""


def modeline(kind: str, folder: Path) -> str:
    """The first line of a document that lands in a folder: it tells an editor the schema.

    Where the schemas lie in the same project, as in a checkout of sgeflow, the way there is
    relative and right for everybody; else it is the address of the installed ones.
    """
    here, name = folder.resolve(), f"{kind}.schema.json"
    found = FOLDER / name
    root = FOLDER.parents[1]
    address = (
        PurePath(*[".."] * len(here.relative_to(root).parts), found.relative_to(root)).as_posix()
        if here.is_relative_to(root) and here != root and (root / "pyproject.toml").is_file()
        else found.as_uri()
    )
    return f"# yaml-language-server: $schema={address}"


def schemas() -> Mapping[str, Mapping[str, Any]]:
    """The schema of each kind of document, by the name of its file without `.schema.json`."""
    return {
        "operation": OPERATION,
        "flow": Grammar(verbs()).flow_schema(),
        "environment": ENVIRONMENT,
        "homologation": CASEBOOK,
        "test": FLOWTEST,
        "faults": FAULTS,
        "types": TYPES,
    }


def files() -> dict[str, str]:
    """The text of each schema file by its name."""
    return {
        f"{name}.schema.json": json.dumps(
            {"$schema": DRAFT, **schema}, ensure_ascii=False, indent=2
        )
        + "\n"
        for name, schema in schemas().items()
    }


def write(folder: Path = FOLDER) -> list[str]:
    """Write the schema files; the names of those that were not so before."""
    folder.mkdir(exist_ok=True)
    changed = [
        name
        for name, text in files().items()
        if not (folder / name).exists() or (folder / name).read_text("utf-8") != text
    ]
    for name in changed:
        (folder / name).write_text(files()[name], encoding="utf-8")
    return changed
