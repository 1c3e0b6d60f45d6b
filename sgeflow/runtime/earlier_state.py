"""Whether a recorded run reads state or measures of earlier runs, which no replay has."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from sgeflow.core.engine.effects import Load, Recall, Warn
from sgeflow.core.engine.trails import trail_of
from sgeflow.messages import say

FOUND_EARLIER_STATE = say(
    "the recording leans on what an earlier run has remembered or kept: a replay begins without it,"
    " and may ask for something else"
)


class EarlierStateCheck(Struct, frozen=True, kw_only=True):
    """Says that a run which is recorded has found something of an earlier one.

    A warning that is given again is not told again: `listen` sees to that.
    """

    listen: Callable[[Warn], None]
    is_recorded: bool
    is_simulated: bool  # what is remembered begins anew with each run

    def note(self, effect: Load | Recall) -> None:
        """Something was there that this run has not kept."""
        is_known = isinstance(effect, Recall) and self.is_simulated
        if self.is_recorded and not is_known:
            self.listen(Warn(trail_of(effect.key), FOUND_EARLIER_STATE))
