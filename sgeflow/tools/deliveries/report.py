"""The outcome of each delivered file, and the report of all of them."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.engine.effects import Saved
from sgeflow.errors import Exit, Id, Problem
from sgeflow.messages import Message, say, sentences
from sgeflow.tools.deliveries.model import UnclearCurve, UnknownQuantity


class FileState(StrEnum):
    """The state of a delivered file."""

    KEPT = "kept"
    PARTIAL = "partial"  # kept, but for unclear curves, unknown quantities and contradictions
    KNOWN = "known"  # the same file came before: nothing to do
    SKIPPED = "skipped"  # of a kind that is not read
    FAILED = "failed"  # nothing of it was kept


class ItemOutcome(Struct, frozen=True, kw_only=True):
    """The outcome of one item of a file."""

    point: str
    series: str = ""
    rows: int = 0
    saved: Saved = Saved(new=0, changed=0, unchanged=0)
    dropped: int = 0
    doubtful: int = 0
    contradictions: tuple[Message, ...] = ()
    flags: tuple[str, ...] = ()
    line: Mapping[str, str] | None = None


class FileOutcome(Struct, frozen=True, kw_only=True):
    """The outcome of one file; `name` is empty when the delivered one could not be opened."""

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

    def with_pieces(
        self,
        parts: Iterable[ItemOutcome],
        unclear: Sequence[UnclearCurve] = (),
        unknown: Sequence[UnknownQuantity] = (),
        contradictions: Sequence[Message] = (),
    ) -> Self:
        """The outcome of a file that was kept, from what its items came to.

        A file with only unclear curves and unknown quantities counts as not stored.
        """
        all_ = tuple(parts)
        flags = [flag for part in all_ for flag in part.flags]
        problem = _left_out(unclear, unknown, contradictions)
        if not all_ and problem is None:
            flags.append(say("it holds no measures and no documents"))
        state = FileState.PARTIAL if all_ else FileState.FAILED
        return replace(
            self,
            state=state if problem else FileState.KEPT,
            problem=problem,
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


class DecodeReport(Struct, frozen=True, kw_only=True):
    """The outcomes of all files, in the order in which they were read."""

    environment: str
    files: tuple[FileOutcome, ...] = ()

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


def with_more(first: Message, count: int) -> Message:
    """The first of `count` messages, and how many more there are."""
    more = say("… and {count} more", count=count - 1)
    return sentences(first, more if count > 1 else "", between="; ")


def _left_out(
    unclear: Sequence[UnclearCurve],
    unknown: Sequence[UnknownQuantity],
    contradictions: Sequence[Message],
) -> Problem | None:
    """Why some of a file was left out, and what to do; nothing when all of it was kept."""
    messages: list[Message] = []
    remedies: list[Message] = []
    if unclear:
        messages.append(with_more(unclear[0].reason, len(unclear)))
        remedies += dict.fromkeys(one.remedy for one in unclear)
    if unknown:
        messages.append(with_more(unknown[0].reason, len(unknown)))
        remedies.append(say("tell us the flux and the quantity: its values were left out"))
    if contradictions:
        first = with_more(contradictions[0], len(contradictions))
        messages.append(sentences(say("it contradicts itself"), first, between=": "))
        remedies.append(
            say("ask Enedis which value is right: neither was kept, the rest of the file was")
        )
    if not messages:
        return None
    message, remedy = sentences(*messages, between="; "), sentences(*remedies, between="; ")
    return Problem(id=Id.FILE, message=message, details=(("remedy", remedy),))
