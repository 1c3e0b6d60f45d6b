"""An environment that a program holds open: calls, runs and stored measures share connections."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.core.engine.effects import Loaded
from sgeflow.core.language import dates
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.measures.civil_time import PARIS, midnight
from sgeflow.core.measures.columns import Measures
from sgeflow.core.measures.series import BASES
from sgeflow.core.model import RunReport, Series
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import Message, from_table, say
from sgeflow.runtime.arguments import check_arguments
from sgeflow.runtime.call import CallResult, call_on
from sgeflow.runtime.driver import Listener
from sgeflow.runtime.export import check_customer
from sgeflow.runtime.options import Options, options_of
from sgeflow.runtime.project import Workspace, open_catalog
from sgeflow.runtime.run import run_in
from sgeflow.runtime.run_context import RunContext, open_context
from sgeflow.runtime.session import new_run

if TYPE_CHECKING:
    from sgeflow.adapters.state.store import Store


@contextmanager
@check_arguments
def connect(
    workspace: Workspace | None = None, *, options: Options | None = None
) -> Iterator[Connection]:
    """Hold an environment open: its connections, its rate and its stores, for many calls.

    The day and the moment are those of the opening. Threads may share a connection.

    Args:
        workspace: an opened project; by default the one of the current folder.
        options: environment, date, state folder; no cassette, which holds one run.

    Raises:
        InvalidDocuments, UsageError, CredentialsError: nothing was sent.
    """
    opened = workspace or open_catalog()
    with open_context(opened, options_of(options)) as context:
        connection = Connection(context)
        try:
            yield connection
        finally:
            connection.closed.set()


class Connection(Struct, frozen=True):
    """An open environment; `connect` makes it and closes it."""

    _context: RunContext
    closed: threading.Event = field(default_factory=threading.Event)  # set when it was closed

    @property
    def inputs(self) -> Mapping[str, Any]:
        """The inputs that the environment gives; a simulated one gives those of its customer."""
        return self._context.session.defaults

    @check_arguments
    def call(
        self,
        operation: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        unchecked: bool = False,
        listener: Listener = lambda _: None,
    ) -> CallResult:
        """Call one SGE operation; arguments, result and errors are those of `sgeflow.call`."""
        self._check_open()
        chosen = self._context.workspace.operation(operation)
        return call_on(self._next(), chosen, parameters or {}, listener, unchecked=unchecked)

    @check_arguments
    def run(
        self,
        flow: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        listener: Listener = lambda _: None,
    ) -> RunReport:
        """Run a flow once; arguments, result and errors are those of `sgeflow.run`."""
        self._check_open()
        return run_in(self._next(), self._context.workspace.flow(flow), inputs or {}, listener)

    def points(self) -> tuple[str, ...]:
        """The points of which measures are kept in this environment, in order."""
        return self._store.points()

    @check_arguments
    def customers(self, point: str) -> tuple[int, ...]:
        """The numbers of the customers that are known of a point, the present one last."""
        return self._store.customers_of(point)

    @check_arguments
    def series(self, point: str, customer: int | None = None) -> tuple[Series, ...]:
        """The series that are kept of a point, by name, each with its unit.

        They are the present customer's, or with its number those of an earlier `customer`.

        Raises:
            UsageError: the point has no customer of that number.
        """
        check_customer(self._store, point, customer)
        return self._store.series_of(point, customer)

    @check_arguments
    def measures(
        self,
        point: str,
        name: str,
        start: date | str | None = None,
        end: date | str | None = None,
        customer: int | None = None,
    ) -> Loaded:
        """The kept measures of a series with `start <= t < end`, and their unit.

        They are those of the point's present customer, or of an earlier `customer` by its number. A
        date is its midnight in France, a datetime an instant (one without a zone is in France);
        either may be a text, "2025-06-01".

        Raises:
            UsageError: a text that is neither, or an end before the start; or nothing is kept of
                the point under that name, and Enedis gives no such series; with the name that was
                probably meant; or the point has no customer of that number.
        """
        check_customer(self._store, point, customer)
        if not name.startswith(BASES):
            self._check_kept(point, name, customer)
        return self._store.load(point, name, *_instants(start, end), customer)

    @check_arguments
    def measures_of_all(
        self, name: str, start: date | str | None = None, end: date | str | None = None
    ) -> Iterator[tuple[Series, Measures]]:
        """The kept measures of a series of all points with `start <= t < end`, point by point.

        Nothing else is read: a day of a thousand points is a thousand rows of the store. Dates are
        those of `measures`; points that have nothing in the period are left out.

        Raises:
            UsageError: as of `measures`, where nothing is kept of any point under that name.
        """
        between = _instants(start, end)
        if not name.startswith(BASES):
            kept = self._store.series_names()
            if name not in kept:
                message = say('there is no {what} "{name}"', what=say("series"), name=name)
                raise UsageError(_unknown_series(message, name, kept))
        return self._store.load_of_all(name, *between)

    def _check_kept(self, point: str, name: str, customer: int | None) -> None:
        kept = [series.name for series in self._store.series_of(point, customer)]
        if name not in kept:
            message = say('no series "{name}" is kept of {point}', name=name, point=point)
            raise UsageError(_unknown_series(message, name, kept))

    def _next(self) -> RunContext:
        """Return the context of the next call or run, which has its own entry in the journal."""
        session = replace(self._context.session, run=new_run())
        return replace(self._context, session=session)

    def _check_open(self) -> None:
        if self.closed.is_set():
            note = say("it is open inside `with sgeflow.connect(…) as …:`")
            raise UsageError(
                Problem(id=Id.USAGE, message=say("the connection is closed"), note=note)
            )

    @property
    def _store(self) -> Store:
        self._check_open()
        if self._context.session.store is None:
            raise TypeError("a connection needs a session that keeps")
        return self._context.session.store


@check_arguments
def windows(start: date | str, end: date | str, step: str = "P7D") -> list[dict[str, str]]:
    """Periods {start, end} of a range of days, `end` excluded, each as long as `step` at most.

    Args:
        start: the first day.
        end: the day behind the last one.
        step: an ISO duration in days or months, "P7D" or "P1M".

    Raises:
        UsageError: a day or duration that is none, or an end before the start.
    """
    try:
        return dates.windows(str(start), str(end), step)
    except ValueError as error:
        problem = Problem(id=Id.USAGE, message=from_table(str(error)), where="windows")
        raise UsageError(problem) from None


def _unknown_series(message: Message, name: str, kept: Sequence[str]) -> Problem:
    return Problem(
        id=Id.UNKNOWN_NAME,
        message=message,
        allowed=tuple(kept),
        allowed_label="series",
        suggestion=closest(name, (*kept, *BASES)),
    )


def _instants(start: date | str | None, end: date | str | None) -> tuple[int | None, int | None]:
    first, last = _instant(start), _instant(end)
    if first is not None and last is not None and first > last:
        message = say("the days start on {first}, after their end on {last}", first=start, last=end)
        raise UsageError(Problem(id=Id.USAGE, message=message, where="start, end"))
    return first, last


def _instant(moment: date | str | None) -> int | None:
    if moment is None:
        return None
    moment = _read_moment(moment)
    if not isinstance(moment, datetime):
        return midnight(moment)
    local = moment if moment.tzinfo else moment.replace(tzinfo=PARIS)
    return int(local.timestamp())


def _read_moment(moment: date | str) -> date:
    if isinstance(moment, date):
        return moment
    try:
        return datetime.fromisoformat(moment)
    except (ValueError, TypeError):
        message = say('"{moment}" is neither a date nor a time', moment=moment)
        allowed = ("2025-06-01", "2025-06-01T12:00:00+02:00")
        raise UsageError(
            Problem(id=Id.USAGE, message=message, allowed=allowed, allowed_label="for example")
        ) from None
