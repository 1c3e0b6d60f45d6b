"""What a fleet did, for who looks at it and for the flow that is told."""

from __future__ import annotations

from msgspec import Struct

from sgeflow.core.model import Status
from sgeflow.errors import Exit
from sgeflow.tools.fleet.results import Tally


class FleetReport(Struct, frozen=True, kw_only=True):
    """What a fleet did. It exists even when every row failed."""

    run: str
    flow: str
    title: str
    environment: str
    today: str
    file: str
    results: str  # the file with a line a row
    total: int
    tally: Tally
    seconds: float
    exit: Exit
    going_on: str  # the command that goes on with it; none with a simulated one
    again: str  # the command that does its failed rows again
    orders: str  # the command that lists orders that nobody knows of
    page: str  # the command that writes its page
    interrupted: bool = False
    given_up: bool = False  # too many failures
    token_refused: bool = False  # by the gateway, for all rows alike
    held: str = ""  # since when orders are held
    release: str = ""  # the command that lets them go
    accounts: int = 0  # of earlier customers that are still open, of whatever row

    @property
    def not_begun(self) -> int:
        """Rows that were not begun."""
        return self.total - self.tally.ended_count - self.tally.stopped

    @property
    def status(self) -> Status:
        """In one word, for the journal and for who is told: one that is not whole has failed."""
        if self.exit is Exit.OK:
            return Status.DONE
        return Status.PARTIAL if self.is_whole and self.tally.done else Status.FAILED

    @property
    def is_whole(self) -> bool:
        """Whether every row has ended, well or not."""
        return self.tally.ended_count == self.total
