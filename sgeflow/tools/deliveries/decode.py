"""Decoding delivered files: decrypt, unzip, read, and keep; each file whole or not at all."""

from __future__ import annotations

import functools
import hashlib
import importlib
import io
import pkgutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters import decryption
from sgeflow.adapters.secrets import SecretSources
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.store import Store
from sgeflow.adapters.variables import variables
from sgeflow.core.documents import Environment
from sgeflow.core.model import DEFAULT_ENVIRONMENT
from sgeflow.errors import Id, Problem, SgeflowError, TechnicalError
from sgeflow.messages import from_table, os_error_text, say
from sgeflow.runtime.project import Workspace, open_catalog
from sgeflow.runtime.state_location import home_of
from sgeflow.tools.deliveries import unzip
from sgeflow.tools.deliveries.by_point import ScatteredError
from sgeflow.tools.deliveries.file_keeper import (
    Contradictions,
    ContradictsItself,
    FileKeeper,
    ToldApart,
)
from sgeflow.tools.deliveries.model import (
    DeliveryItem,
    DeliverySource,
    Family,
    MisreadError,
    flux_of,
    format_of,
)
from sgeflow.tools.deliveries.publications import publication_of
from sgeflow.tools.deliveries.report import DecodeReport, FileOutcome, FileState
from sgeflow.tools.deliveries.sniff import refuse_folder, stray
from sgeflow.tools.deliveries.unzip import ZipLimits, ZipMember

__all__ = ["DecodeOptions", "DecodeReport", "FileOutcome", "FileState", "decode", "families"]

T = TypeVar("T")
_CHUNK = 1 << 20
_PLAIN = (".json", ".csv", ".xml")


class DecodeOptions(Struct, frozen=True, kw_only=True):
    """How files are decoded.

    `state` is where the stores are (by default `.sgeflow` beside the project), `stamped` what the
    stamps of R63 curves mark that do not tell it (`start`, `end`, or `auto`), `again` keeps files
    that came before.
    """

    state: StateLocation | Path | str | None = None
    stamped: str = "auto"
    again: bool = False
    limits: ZipLimits = field(default_factory=ZipLimits)
    sources: SecretSources | None = None  # of secrets; tests give their own


@functools.cache
def families() -> tuple[Family, ...]:
    """The kinds of delivered files: one a module of `sgeflow/tools/deliveries/fluxes`."""
    from sgeflow.tools.deliveries import fluxes as package

    names = (module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(importlib.import_module(f"{package.__name__}.{name}").FAMILY for name in names)


def decode(
    paths: Iterable[Path | str],
    workspace: Workspace | None = None,
    environment: str | None = None,
    options: DecodeOptions | None = None,
    *,
    listener: Callable[[FileOutcome], None] = lambda _: None,
) -> DecodeReport:
    """Keep what delivered files hold, in the environment's store.

    Args:
        paths: files as Enedis delivered them: encrypted or not, zipped or not.
        workspace: an opened project; by default the one of the current folder.
        environment: its keys open the files, its store keeps them.
        options: where the stores are, stamps, limits.
        listener: told of each file once it is kept or not.

    Returns:
        The outcome of each file in each of the paths; a file that failed has one too.

    Raises:
        UsageError: an unknown environment.
        TechnicalError: the store cannot be opened.
    """
    opened = workspace or open_catalog()
    chosen = options or DecodeOptions()
    env = opened.environment(environment or variables().env or DEFAULT_ENVIRONMENT)
    home = home_of(chosen.state, opened.project, env)
    outcomes: list[FileOutcome] = []
    with Store(home.store(env.name)) as store:
        desk = _Decoder(env, store, chosen)
        for path in paths:
            for outcome in desk.decode(Path(path)):
                outcomes.append(outcome)
                listener(outcome)
    return DecodeReport(environment=env.name, files=tuple(outcomes))


class _Decoder:
    """Works through the files that one run was given."""

    def __init__(self, environment: Environment, store: Store, options: DecodeOptions) -> None:
        self._environment = environment
        self._store = store
        self._options = options

    def decode(self, path: Path) -> Iterator[FileOutcome]:
        """The outcomes of all files in one that was delivered."""
        place = FileOutcome(source=str(path), name="", flux="", state=FileState.FAILED)
        try:
            refuse_folder(path)
            with ExitStack() as stack:
                file = stack.enter_context(_open(path))
                if path.suffix.lower() in _PLAIN:
                    yield self._member(place, _alone(path))
                    return
                if problem := stray(file):
                    skipped = problem.id is Id.FLUX
                    state = FileState.SKIPPED if skipped else FileState.FAILED
                    yield replace(place, state=state, problem=problem)
                    return
                plain, key = self._unlock(file, stack)
                place = replace(place, key=key)
                for member in unzip.members(plain, self._options.limits):
                    yield self._member(place, member)
        except SgeflowError as error:
            yield replace(place, problem=error.problems[0])

    def _unlock(self, file: IO[bytes], stack: ExitStack) -> tuple[IO[bytes], str]:
        """The zip itself, and the label of the key that opened it."""
        begin = file.read(len(decryption.ZIP))
        file.seek(0)
        if begin == decryption.ZIP:
            return file, ""
        keys = decryption.file_keys(self._environment, self._options.sources)
        plain, key = decryption.open_encrypted(file, keys)
        return stack.enter_context(plain), key

    def _member(self, place: FileOutcome, member: ZipMember) -> FileOutcome:
        place = replace(place, name=member.name)
        if member.problem is not None:
            return replace(place, problem=member.problem)
        match = flux_of(families(), member.name, Path(place.source).name)
        if match is None:
            return replace(place, state=FileState.SKIPPED, problem=_unknown_flux())
        family, flux = match
        place = replace(place, flux=flux)
        try:
            return self._keep(place, member, family)
        except SgeflowError as error:
            return replace(place, problem=error.problems[0])

    def _keep(self, place: FileOutcome, member: ZipMember, family: Family) -> FileOutcome:
        digest = _digest(member)
        if not self._options.again and self._store.has_delivery(member.name, digest):
            return replace(place, state=FileState.KNOWN)
        source = DeliverySource(
            name=member.name,
            flux=place.flux,
            stamped=self._options.stamped,
            quickly=True,
            spill=TemporaryFile,
        )
        published = publication_of(member.name, Path(place.source).name)

        def keep(source: DeliverySource, without: Contradictions) -> FileOutcome:
            with member.open() as file, self._store.delivering(member.name, published) as delivery:
                items = _items(file, family, source)
                outcome = FileKeeper(place, delivery, without, source.marks).keep(items)
                if outcome.state is FileState.KEPT:  # else it is read again, with what was lacking
                    delivery.note(member.name, digest, place.flux, int(time.time()))
            return outcome

        def all_of(source: DeliverySource, without: Contradictions) -> FileOutcome:
            try:
                return keep(source, without)
            except MisreadError:  # nothing was kept
                return all_of(replace(source, quickly=False), without)
            except ScatteredError:  # nor was it here
                return all_of(replace(source, gather=True), without)

        def without_contradictions(source: DeliverySource) -> FileOutcome:
            try:
                return all_of(source, {})
            except ContradictsItself as error:  # nothing was kept: these are left out now
                return all_of(source, error.starts)

        try:
            return without_contradictions(source)
        except ToldApart as error:  # nothing was kept: all entries of a curve are read alike now
            return without_contradictions(replace(source, marks=error.marks))


def _items(
    file: io.BufferedReader, family: Family, source: DeliverySource
) -> Iterator[DeliveryItem]:
    format_ = format_of(file.peek(_CHUNK))
    reader = family.readers.get(format_)
    if reader is None:
        message = say("a file of {flux} is not read as {format}", flux=source.flux, format=format_)
        problem = Problem(
            id=Id.FILE, message=message, allowed=tuple(family.readers), allowed_label="formats"
        )
        raise TechnicalError(problem)
    return reader(file, source)


def _open(path: Path) -> io.BufferedReader:
    try:
        return io.BufferedReader(io.FileIO(path), unzip.BUFFER)
    except OSError as error:
        message = say(
            "it cannot be read: {reason}",
            reason=from_table(os_error_text(error).lower()),
        )
        raise TechnicalError(Problem(id=Id.UNREADABLE, message=message)) from None


def _alone(path: Path) -> ZipMember:
    """A file that somebody has unzipped already."""
    return ZipMember(name=unzip.bare(path.name), open=lambda: _open(path))


def _digest(member: ZipMember) -> str:
    """The fingerprint of a file's content; it also proves that all of it can be unpacked."""
    digest = hashlib.sha256()
    with member.open() as file:
        while some := file.read(_CHUNK):
            digest.update(some)
    return digest.hexdigest()


def _unknown_flux() -> Problem:
    known = sorted(flux for family in families() for flux in family.fluxes)
    return Problem(
        id=Id.FLUX,
        message=say("its name holds no flux that is read; it was skipped"),
        allowed=tuple(known),
        allowed_label="fluxes",
    )
