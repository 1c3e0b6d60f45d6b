"""The files that flows write: their names, their folders, and the only code that opens them.

Simulated and replayed output never overwrites real files: `data/x.json` is
`data/x.simulated.json` in a simulated environment, and `data/x.replay.json` in a replay.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.atomic_write import check_place, link_note
from sgeflow.adapters.project_files import show_path
from sgeflow.adapters.secrets import read_files
from sgeflow.core.checking.document import FOLDERS
from sgeflow.core.documents import Environment
from sgeflow.core.engine.effects import Export, Exported, WriteReport
from sgeflow.core.engine.step import Flow, Run
from sgeflow.core.language.paths import change_texts
from sgeflow.errors import Id, InvalidValues, TechnicalError
from sgeflow.messages import say

if TYPE_CHECKING:
    from sgeflow.adapters.project_files import Project
    from sgeflow.adapters.state.locations import StateLocation
    from sgeflow.adapters.state.store import Store
    from sgeflow.runtime.options import Options

SIMULATED, REPLAYED = "simulated", "replay"


class OutputPlace(Struct, frozen=True, kw_only=True):
    """Where a run writes files: in a test's folder, else in the project; marks simulated files."""

    mark: str = ""  # the word in the names of simulated files; empty for real files
    folder: Path | None = None  # a test's folder, which contains all files, unmarked
    documents: tuple[Path, ...] = ()  # folders of documents, which flows must not write into
    read: frozenset[str] = frozenset()  # keys of files that the command reads
    home: StateLocation | None = None
    project: Path | None = None  # what paths count from; None: the current folder
    _real: dict[str, str] = field(default_factory=dict)  # folders with their links resolved

    def name_of(self, file: str) -> tuple[str, Path]:
        """Return the name of a file for messages, and its path.

        Raises:
            TechnicalError: the path leads outside of the folder, or no file can be written there.
            InvalidValues: the file would lie in a folder of documents.
        """
        if self.folder is not None:
            return file, inside(self.folder, file)
        self.check(file)
        # check the unmarked name too: it may be a device
        check_place((self.project or Path()) / file)
        path = Path(self._path(file))
        return show_path(path) if self.project else str(path), path

    def check(self, file: str, name: str = "") -> str:
        """Return the key of a file; `name` is the input that names the file.

        Raises:
            InvalidValues: the file would lie among documents, or overwrite a file that the command
                reads or a file of the state.
        """
        path = self._resolved(self._path(file))
        key = file_key(path)
        parent = next((one for one in self.documents if path.startswith(f"{one}{os.sep}")), None)
        if parent:
            folder = show_path(parent)
            message = say("a file in {folder}/ would stand among the documents", folder=folder)
        elif key in self.read:
            message = say("{file} is read by this command: nothing takes its place", file=file)
        elif self.home and self.home.holds(path):
            message = say("{file} is a file of the state: nothing takes its place", file=file)
        else:
            return key
        note = say("give it a folder of its own, as data/x.json")
        raise InvalidValues.of(Id.INVALID_VALUE, message, note=note, where=name)

    def check_files(self, flow: Flow, inputs: Mapping[str, Any], run: Run) -> None:
        """Raise InvalidValues for a file that a flow may not write, with these checked inputs."""
        from sgeflow.core.engine.walk import written_files

        for file, name in written_files(flow, {**dict.fromkeys(flow.inputs), **inputs}, run):
            self.check(file, name)

    def _path(self, file: str) -> str:
        """Return the path to write a file to; simulated files get another name."""
        place = os.path.join(self.project, file) if self.project else file  # noqa: PTH118 - rows
        if not self.mark:
            return place
        path = Path(place)
        if not path.name or path.stem.endswith(f".{self.mark}"):
            return place
        return str(path.with_name(f"{path.stem}.{self.mark}{path.suffix}"))

    def _resolved(self, path: str) -> str:
        """Resolve the links of a path; each folder is resolved once."""
        folder, name = os.path.split(path)
        if name in ("", ".", "..") or os.path.islink(path):  # noqa: PTH114
            return os.path.realpath(path)
        if folder not in self._real:
            self._real[folder] = os.path.realpath(folder)
        return f"{self._real[folder].rstrip(os.sep)}{os.sep}{name}"


def from_here(inputs: Mapping[str, Any], flow: Flow, project: Project) -> Mapping[str, Any]:
    """Return inputs whose relative paths count from the current folder.

    A flow counts paths from its project, so paths become absolute when the project is elsewhere.
    """
    if project.elsewhere is None:
        return inputs
    here = Path.cwd()
    paths = {
        name: change_texts(inputs[name], lambda path: str(here / path) if path else path)
        for name in flow.paths & inputs.keys()
    }
    return {**inputs, **paths}


def file_key(path: str) -> str:
    """Normalize a name for systems that ignore case or Unicode form."""
    return normalize("NFC", path).casefold()


def place_in(
    project: Project, options: Options, home: StateLocation, environment: Environment
) -> OutputPlace:
    """Return the place of files of a project in an environment."""
    root = project.folder
    read = (*options.read, options.record, options.replay, *read_files(environment))
    return OutputPlace(
        mark=REPLAYED if options.replay else SIMULATED if environment.simulated else "",
        documents=tuple((root / folder).resolve() for folder in FOLDERS) if root else (),
        read=frozenset(file_key(str(path.resolve())) for path in read if path),
        home=replace(home, folder=home.folder.resolve()),
        project=project.elsewhere,
    )


def write_output(effect: Export | WriteReport, store: Store, place: OutputPlace) -> Exported:
    """Write an export or a report.

    Raises:
        TechnicalError: the file cannot be written, or its path leads outside of the folder.
        InvalidValues: the file would lie in a folder of documents.
    """
    name, path = place.name_of(effect.file)
    note = link_note(path) or ""
    if isinstance(effect, WriteReport):
        from sgeflow.adapters import reports

        counts = reports.find_format(effect.format).write(path, effect.document)
        return Exported(file=name, counts=counts, note=note)
    from sgeflow.adapters.export import find_format

    points = (effect.point,) if effect.point is not None else store.points()
    counts = find_format(effect.format).write(path, store, points, effect.documents)
    return Exported(file=name, counts=counts, note=note)


def inside(folder: Path, file: str) -> Path:
    """Return the path of a file that a flow names, which must lie in a folder.

    Raises:
        TechnicalError: the path leads outside of the folder.
    """
    path = (folder / file).resolve()
    if path.is_relative_to(folder.resolve()):
        return path
    message = say("a test has its own folder, and {file} is outside of it", file=file)
    raise TechnicalError.of(
        Id.STORAGE, message, note=say("give it a relative path, as data/x.json")
    )
