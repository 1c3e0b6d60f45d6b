"""How a job ends, in the words of a Cozy: the code of its last line, and whether to try again.

After `LOGIN_FAILED` and `USER_ACTION_NEEDED` the stack skips all scheduled jobs of the account
until a person acts: only what the flow itself says so becomes one of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sgeflow.errors import Exit
from sgeflow.patterns import regex

LOGIN_FAILED = "LOGIN_FAILED"
VENDOR_DOWN = "VENDOR_DOWN"
UNKNOWN_ERROR = "UNKNOWN_ERROR"
UNCLEAR = "UNKNOWN_ERROR.UNCLEAR"  # on the operator's list: whose consent it was is not known
PARTIAL_SYNC = "UNKNOWN_ERROR.PARTIAL_SYNC"
_OWN = regex(
    r"(LOGIN_FAILED|USER_ACTION_NEEDED|VENDOR_DOWN|MAINTENANCE|TERMS_VERSION_MISMATCH|UNKNOWN_ERROR)"
    r"(\.[A-Z_]+)?"
)
_BY_EXIT: Mapping[Exit, str] = {
    Exit.REFUSED: VENDOR_DOWN,
    Exit.TECHNICAL: VENDOR_DOWN,
    Exit.PARTIAL: PARTIAL_SYNC,
    Exit.INTERRUPTED: PARTIAL_SYNC,
}


class JobEnd(Struct, frozen=True, kw_only=True):
    """How a job ended: well without a code."""

    code: str = ""
    tries_again: bool = False  # at once: the stack starts it a second time after 60 ms

    @property
    def exit(self) -> int:
        """What the process ends with."""
        return 1 if self.code else 0


def end_for(code: str, exit_: Exit) -> JobEnd:
    """The end that a flow's code stands for, or else an exit code.

    Asking again at once helps only where time was short: SGE is asked by the next schedule.
    """
    if exit_ is Exit.OK:
        return JobEnd()
    if _OWN.fullmatch(code):
        return JobEnd(code=code)
    known = _BY_EXIT.get(exit_, UNKNOWN_ERROR)
    return JobEnd(code=known, tries_again=exit_ is Exit.INTERRUPTED)
