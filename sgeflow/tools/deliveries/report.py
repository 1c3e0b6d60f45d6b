"""What became of delivered files: an outcome each, and the report of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

from sgeflow.core.engine.effects import Saved
from sgeflow.errors import Exit, Id, Problem
from sgeflow.messages import counted, say, sentences
from sgeflow.tools.deliveries.model import Measured, Paper, Unclear

_NOTHING = Saved(new=0, changed=0, unchanged=0)


class FileState(StrEnum):
    """What became of a file."""

    KEPT = "kept"
    PARTIAL = "partial"  # kept, but for curves whose stamps do not tell what they mark
    KNOWN = "known"  # the same file came before: nothing to do
    SKIPPED = "skipped"  # of a kind that is not read
    FAILED = "failed"  # nothing of it was kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one piece of a file came to."""

    point: str
    series: str = ""
    rows: int = 0
    saved: Saved = _NOTHING
    dropped: int = 0
    doubtful: int = 0
    flags: tuple[str, ...] = ()
    line: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOutcome:
    """What became of one file; `name` is empty when the delivered one could not be opened."""

    source: str  # the path that was given
    name: str  # of the file in it
    flux: str
    state: FileState
    key: str = ""  # the label of the key that opened it
    points: int = 0
    series: tuple[str, ...] = ()
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    outdated: int = 0  # values of which a later publication is kept
    removed: int = 0  # kept values that the file takes back
    dropped: int = 0  # rows without a value, cancelled amounts
    doubtful: int = 0
    documents: int = 0
    flags: tuple[str, ...] = ()
    lines: tuple[Mapping[str, str], ...] = ()  # of a report: point, state, reason
    problem: Problem | None = None

    def with_pieces(self, parts: Iterable[Part], unclear: Sequence[Unclear] = ()) -> Self:
        """The outcome of a file that was kept, from what its pieces came to.

        Of a file that holds nothing but curves whose stamps are unclear nothing was kept.
        """
        all_ = tuple(parts)
        flags = [flag for part in all_ for flag in part.flags]
        if not all_ and not unclear:
            flags.append(say("it holds no measures and no documents"))
        state = FileState.PARTIAL if all_ else FileState.FAILED
        return replace(
            self,
            state=state if unclear else FileState.KEPT,
            problem=_unclear_stamps(unclear) if unclear else None,
            points=len({part.point for part in all_}),
            series=tuple(sorted({part.series for part in all_ if part.series})),
            rows=sum(part.rows for part in all_),
            new=sum(part.saved.new for part in all_),
            changed=sum(part.saved.changed for part in all_),
            unchanged=sum(part.saved.unchanged for part in all_),
            outdated=sum(part.saved.outdated for part in all_),
            removed=sum(part.saved.removed for part in all_),
            dropped=sum(part.dropped for part in all_),
            doubtful=sum(part.doubtful for part in all_),
            documents=sum(1 for part in all_ if not part.series),
            flags=tuple(dict.fromkeys(flags)),
            lines=tuple(part.line for part in all_ if part.line is not None),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeReport:
    """What became of all files, in the order in which they were read."""

    environment: str
    files: tuple[FileOutcome, ...] = field(default=())

    def of(self, state: FileState) -> tuple[FileOutcome, ...]:
        """The files of which this became."""
        return tuple(one for one in self.files if one.state is state)

    @property
    def exit(self) -> Exit:
        """Success when all was kept or known; partial when some was, or when a kind is not read."""
        failed = self.of(FileState.FAILED)
        if not failed:
            in_part = self.of(FileState.SKIPPED) or self.of(FileState.PARTIAL)
            return Exit.PARTIAL if in_part else Exit.OK
        problem = failed[0].problem
        if problem is None or len(failed) < len(self.files):
            return Exit.PARTIAL
        return problem.id.exit


def _unclear_stamps(unclear: Sequence[Unclear]) -> Problem:
    """Why curves of a file were left out, and the two ways to have them."""
    others = len(unclear) - 1
    message = unclear[0].reason
    if others:
        more = counted("and {count} more curve", "and {count} more curves", count=others)
        message = sentences(message, more, between="; ")
    remedy = say(
        "decode it again with --stamped end for C5 and P4, --stamped start for the others; what "
        "tells itself stays as it is"
    )
    return Problem(id=Id.FILE, message=message, details=(("remedy", remedy),))


def outcome_of(piece: Measured | Paper, saved: Saved = _NOTHING) -> Part:
    """What a piece came to, once it is kept."""
    if not isinstance(piece, Measured):
        return Part(point=piece.point, line=piece.line)
    return Part(
        point=piece.series.point,
        series=piece.series.name,
        rows=len(piece.measures),
        saved=saved,
        dropped=piece.dropped,
        doubtful=piece.doubtful,
        flags=piece.flags,
    )
