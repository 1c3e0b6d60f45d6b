"""Decoding delivered files: decrypt, unzip, read, and keep; each file whole or not at all."""

from __future__ import annotations

import functools
import hashlib
import importlib
import io
import pkgutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TypeVar

from sgeflow.adapters import decryption
from sgeflow.adapters.secrets import Sources, variables
from sgeflow.adapters.state.deliveries import Delivery
from sgeflow.adapters.state.locations import Home
from sgeflow.adapters.state.store import Store
from sgeflow.core.documents import Environment
from sgeflow.core.model import DEFAULT_ENVIRONMENT
from sgeflow.errors import Id, Problem, SgeflowError, TechnicalError
from sgeflow.messages import fixed, reason, say
from sgeflow.runtime.project import Workspace, open_catalog
from sgeflow.runtime.state_location import home_of
from sgeflow.tools.deliveries import unzip
from sgeflow.tools.deliveries.model import (
    Family,
    Measured,
    Piece,
    Source,
    Unclear,
    flux_of,
    format_of,
)
from sgeflow.tools.deliveries.publications import publication_of
from sgeflow.tools.deliveries.report import DecodeReport, FileOutcome, FileState, outcome_of
from sgeflow.tools.deliveries.sniff import refuse_folder, stray
from sgeflow.tools.deliveries.unzip import Limits, Member

__all__ = ["DecodeOptions", "DecodeReport", "FileOutcome", "FileState", "decode", "families"]

T = TypeVar("T")
_CHUNK = 1 << 20
_PLAIN = (".json", ".csv", ".xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeOptions:
    """How files are decoded.

    `state` is where the stores are (by default `.sgeflow` beside the project), `stamped` what the
    stamps of R63 curves mark that do not tell it (`start`, `end`, or `auto`), `again` keeps files
    that came before.
    """

    state: Home | Path | str | None = None
    stamped: str = "auto"
    again: bool = False
    limits: Limits = field(default_factory=Limits)
    sources: Sources | None = None  # of secrets; tests give their own


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
        desk = _Desk(env, store, chosen)
        for path in paths:
            for outcome in desk.decoded(Path(path)):
                outcomes.append(outcome)
                listener(outcome)
    return DecodeReport(environment=env.name, files=tuple(outcomes))


class _Desk:
    """Works through the files that one run was given."""

    def __init__(self, environment: Environment, store: Store, options: DecodeOptions) -> None:
        self._environment = environment
        self._store = store
        self._options = options

    def decoded(self, path: Path) -> Iterator[FileOutcome]:
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
                plain, key = self._unlocked(file, stack)
                place = replace(place, key=key)
                for member in unzip.members(plain, self._options.limits):
                    yield self._member(place, member)
        except SgeflowError as error:
            yield replace(place, problem=error.problems[0])

    def _unlocked(self, file: IO[bytes], stack: ExitStack) -> tuple[IO[bytes], str]:
        """The zip itself, and the label of the key that opened it."""
        begin = file.read(len(decryption.ZIP))
        file.seek(0)
        if begin == decryption.ZIP:
            return file, ""
        keys = decryption.file_keys(self._environment, self._options.sources)
        plain, key = decryption.opened(file, keys)
        return stack.enter_context(plain), key

    def _member(self, place: FileOutcome, member: Member) -> FileOutcome:
        place = replace(place, name=member.name)
        if member.problem is not None:
            return replace(place, problem=member.problem)
        found = flux_of(families(), member.name, Path(place.source).name)
        if found is None:
            return replace(place, state=FileState.SKIPPED, problem=_unknown())
        family, flux = found
        place = replace(place, flux=flux)
        try:
            return self._kept(place, member, family)
        except SgeflowError as error:
            return replace(place, problem=error.problems[0])

    def _kept(self, place: FileOutcome, member: Member, family: Family) -> FileOutcome:
        digest = _digest(member)
        if not self._options.again and self._store.delivered(member.name, digest):
            return replace(place, state=FileState.KNOWN)
        source = Source(name=member.name, flux=place.flux, stamped=self._options.stamped)
        published = publication_of(member.name, Path(place.source).name)
        with member.open() as file, self._store.delivering(published) as delivery:
            outcome = _filed(place, delivery, _pieces(file, family, source))
            if outcome.state is FileState.KEPT:  # else it is read again, with what was lacking
                delivery.note(member.name, digest, place.flux, int(time.time()))
        return outcome


def _pieces(file: io.BufferedReader, family: Family, source: Source) -> Iterator[Piece]:
    format_ = format_of(file.peek(_CHUNK))
    reader = family.readers.get(format_)
    if reader is None:
        message = say("a file of {flux} is not read as {format}", flux=source.flux, format=format_)
        problem = Problem(
            id=Id.FILE, message=message, allowed=tuple(family.readers), allowed_label="formats"
        )
        raise TechnicalError(problem)
    return reader(file, source)


def _filed(place: FileOutcome, delivery: Delivery, pieces: Iterator[Piece]) -> FileOutcome:
    """Keep the pieces of a file, and what they come to."""
    papers: Counter[str] = Counter()
    found = []
    unclear = []
    for piece in pieces:
        if isinstance(piece, Unclear):
            unclear.append(piece)
            continue
        if isinstance(piece, Measured):
            found.append(
                outcome_of(piece, delivery.save(piece.series, piece.measures, piece.withdrawn))
            )
            continue
        papers[piece.point] += 1
        number = papers[piece.point]  # the same point may stand in a file twice
        name = place.name if number == 1 else f"{place.name} ({number})"
        delivery.file(place.flux, piece.point, name, piece.body)
        found.append(outcome_of(piece))
    return place.with_pieces(found, unclear)


def _open(path: Path) -> io.BufferedReader:
    try:
        return io.BufferedReader(io.FileIO(path), unzip.BUFFER)
    except OSError as error:
        message = say(
            "it cannot be read: {reason}",
            reason=fixed(reason(error).lower()),
        )
        raise TechnicalError(Problem(id=Id.UNREADABLE, message=message)) from None


def _alone(path: Path) -> Member:
    """A file that somebody has unzipped already."""
    return Member(name=unzip.bare(path.name), open=lambda: _open(path))


def _digest(member: Member) -> str:
    """The fingerprint of a file's content; it also proves that all of it can be unpacked."""
    digest = hashlib.sha256()
    with member.open() as file:
        while some := file.read(_CHUNK):
            digest.update(some)
    return digest.hexdigest()


def _unknown() -> Problem:
    known = sorted(flux for family in families() for flux in family.fluxes)
    return Problem(
        id=Id.FLUX,
        message=say("its name holds no flux that is read; it was skipped"),
        allowed=tuple(known),
        allowed_label="fluxes",
    )
