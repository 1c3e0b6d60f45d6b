"""Refuses changing requests if the date of the run is wrong (docs/adr/0017).

Orders depend on the date of the run: what is due, what has ended, when something starts. With a
wrong date they would end contracts by mistake. So sgeflow first asks the receiving service for the
time, and compares the date of the run with it.
"""

import time

from msgspec import Struct

from sgeflow.adapters.state.records import Uptime, uptime
from sgeflow.core.engine.ports import ServerTime, TellTime
from sgeflow.core.measures.civil_time import civil, civil_day, civil_days, midnight, wrong_clock
from sgeflow.core.measures.columns import Measures
from sgeflow.core.model import FaultClass, NoAnswer, Request, Response
from sgeflow.errors import CredentialsError, Id, Problem
from sgeflow.messages import Message, say

_TOLERANCE = 3600.0  # seconds by which two clocks may differ


class RunDay(Struct, kw_only=True):
    """The date of a run in a real environment, and the facts that prove it right."""

    today: str
    read_at: Uptime | None  # when this process read the date; None: another process read it
    is_resumed: bool = False  # the run uses earlier answers
    has_ordered: bool = False  # an earlier order was sent, so the date was right
    ahead: float = 0.0  # seconds by which this machine's clock was ahead of the service's
    _first_response: Response | None = None  # from any service

    def note(self, answer: Response | NoAnswer) -> None:
        """Keep the first response of the run, for its date."""
        if self._first_response is None and isinstance(answer, Response):
            self._first_response = answer

    def refuse(self, request: Request, tell: TellTime) -> NoAnswer | None:
        """Return why a changing request must not be sent; None if it may be sent.

        If the time contradicts the clock or the date, it is requested again: a cache may be stale.
        """
        told = tell(None)
        if isinstance(told, ServerTime) and self._find_wrong(request, told):
            told = tell(told)
        if isinstance(told, NoAnswer):
            return told
        problem = self._find_wrong(request, told)
        if problem is None:
            return None
        return NoAnswer(
            sent=False, problem=problem, fault_class=FaultClass.CREDENTIALS, barred=True
        )

    def check_customer(self, run: str, measures: Measures) -> None:
        """Check that the measures of a resumed run end before its customer was looked up.

        The run looked up the customer before it was stopped. Later days, which it only requests
        with a wrong date, may be those of another customer.

        Raises:
            CredentialsError: a measure starts on the day of the run's first response, or later.
        """
        from sgeflow.core.wires.reply_dates import server_now

        first = (
            server_now(self._first_response.headers)
            if self._first_response and self.is_resumed
            else None
        )
        if first is None or not measures:
            return
        seen = civil(int(first)).date()
        if max(measures.starts) >= midnight(seen):
            message = say(
                "run {run} is dated {today}, but its first response came on {seen}: the customer of"
                " the days from then on is unknown, and those days are not kept",
                run=run,
                seen=seen.isoformat(),
                today=self.today,
            )
            do = say("start a new run, which identifies the current customer")
            raise CredentialsError(_problem(message, do))

    def _find_wrong(self, request: Request, told: ServerTime) -> Problem | None:
        label = request.label
        if told.moment is None:
            why = say("{host} does not give the time, so the date may be wrong", host=told.host)
            return _not_sent(
                label, why, say("ask its operator to add the header `Date` to responses")
            )
        now = told.moment + time.monotonic() - told.at
        ahead = time.time() - now
        if not told.is_simulator:
            if abs(ahead) > _TOLERANCE:
                return _not_sent(label, *wrong_clock(told.host, ahead))
            if request.is_operation:
                self.ahead = ahead
        # the time of reading the date, by the service's clock; None if another process read it
        read_at = self.read_at
        elapsed = uptime().since(read_at.boot, read_at.seconds) if read_at else None
        began = None if elapsed is None else now - elapsed
        if self._is_right(now, began):
            return None
        if told.is_simulator:
            do = say("use --today {day}: the simulator has its own date", day=civil_day(now))
        else:
            do = say("start a new run; use --today and SGEFLOW_TODAY only for reads")
        why = say(
            "the run is dated {today}, but the clock of {host} says {day}",
            today=self.today,
            host=told.host,
            day=civil_day(now if began is None else began),
        )
        return _not_sent(label, why, do)

    def _is_right(self, now: float, began: float | None) -> bool:
        """Whether the date was right when the run began, by the clock that shows `now`."""
        if self.has_ordered:
            return True
        from sgeflow.core.wires.reply_dates import server_now

        first = server_now(self._first_response.headers) if self._first_response else None
        for moment in (now, began, first):
            days = () if moment is None else civil_days(moment - _TOLERANCE, moment + _TOLERANCE)
            if any(day.isoformat() == self.today for day in days):
                return True
        return False


def _problem(message: Message, do: Message) -> Problem:
    return Problem(id=Id.CLOCK, message=message, details=(("do", do),))


def _not_sent(label: str, why: Message, do: Message) -> Problem:
    return _problem(say("{label} is not sent: {why}", label=label, why=why), do)
