"""An environment that a program holds open: calls, runs and stored measures share connections."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import date, datetime
from typing import Any, NoReturn, Self, TypeVar
from weakref import WeakSet

from msgspec.structs import replace

from sgeflow.adapters.state.locations import is_there
from sgeflow.adapters.state.store import Store
from sgeflow.adapters.variables import variables
from sgeflow.core.engine.effects import Loaded
from sgeflow.core.language import dates
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.measures.civil_time import PARIS, midnight
from sgeflow.core.measures.columns import Measures
from sgeflow.core.measures.series import BASES
from sgeflow.core.model import RunReport, Series
from sgeflow.errors import Id, SgeflowError, TechnicalError, UsageError
from sgeflow.messages import Message, from_table, say
from sgeflow.runtime.arguments import check_arguments
from sgeflow.runtime.call import CallResult, call_on
from sgeflow.runtime.data_files import from_here
from sgeflow.runtime.driver import Listener
from sgeflow.runtime.export import check_customer
from sgeflow.runtime.log_lines import LOG
from sgeflow.runtime.named import run_named
from sgeflow.runtime.options import Options, options_of
from sgeflow.runtime.project import Workspace, open_catalog
from sgeflow.runtime.run import run_in
from sgeflow.runtime.run_context import RunContext, deadline_of, open_on, seconds_of
from sgeflow.runtime.session import chosen_environment, new_run
from sgeflow.runtime.state_location import home_of

R = TypeVar("R")


@check_arguments
def connect(workspace: Workspace | None = None, *, options: Options | None = None) -> Connection:
    """Hold an environment open: its connections, its rate and its stores, for many calls.

    Use it in `with`, or close it. Threads may share it. Each call and run takes the day on which it
    begins, unless the options give one. A forked process opens its own when it first uses it.

    Args:
        workspace: an opened project; by default the one of the current folder.
        options: environment, date, state folder; no cassette, which holds one run.

    Raises:
        InvalidDocuments, UsageError, CredentialsError: nothing was sent.
    """
    return Connection(workspace or open_catalog(), options_of(options))


class Connection:
    """An open environment; `connect` opens it."""

    def __init__(self, workspace: Workspace, options: Options) -> None:
        """Open an environment of a project."""
        self._workspace, self._options = workspace, options
        self._is_closed = False
        self._context: RunContext | None
        self._store: Store | None
        self._begin_anew()
        self._find_store()
        _OPENED.add(self)

    def __enter__(self) -> Self:
        """Return the connection, which the end of `with` closes."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it when the calls and runs in flight have ended."""
        self.close()

    def __reduce__(self) -> NoReturn:
        """Refuse copies and pickles: two connections cannot share one session."""
        message = say("a connection cannot be copied or sent to another process")
        note = say("threads share one; another process opens its own by `sgeflow.connect(…)`")
        raise UsageError.of(Id.USAGE, message, note=note)

    @check_arguments
    def close(self, timeout: float | None = None) -> bool:
        """Refuse new calls and runs, wait for those in flight, and close the environment.

        A listener must not call it without a `timeout`: it would wait for its own run.

        Args:
            timeout: how many seconds to wait at most; None: until they have ended.

        Returns:
            Whether it is closed. If not, something is still in flight: it goes on to its end, and
            the last one closes the environment.
        """
        limit = seconds_of(timeout)
        with self._changed:
            self._is_closed = True
            self._closing += 1
            try:
                self._changed.wait_for(lambda: not self._in_flight, limit)
            finally:
                self._closing -= 1
            if self._in_flight:
                return False
            self._opened.close()
            return True

    @property
    @check_arguments
    def inputs(self) -> Mapping[str, Any]:
        """The inputs that the environment gives; a simulated one gives those of its customer."""
        with self._working() as context:
            return context.session.defaults

    @check_arguments
    def call(
        self,
        operation: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        unchecked: bool = False,
        timeout: float | None = None,
        listener: Listener = lambda _: None,
    ) -> CallResult:
        """Call one operation; arguments, result and errors are those of `sgeflow.call`."""
        deadline = deadline_of(timeout)
        with self._working() as context:
            chosen = self._workspace.operation(operation)
            own = self._begun_now(context, deadline)
            return call_on(own, chosen, parameters or {}, listener, unchecked=unchecked)

    @check_arguments
    def run(
        self,
        flow: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        name: str = "",
        timeout: float | None = None,
        listener: Listener = lambda _: None,
    ) -> RunReport:
        """Run a flow once; arguments, result and errors are those of `sgeflow.run`."""
        deadline = deadline_of(timeout)
        with self._working() as context:
            own, chosen = self._begun_now(context, deadline), self._workspace.flow(flow)
            values = from_here(inputs or {}, chosen, self._workspace.project)
            if name:
                return run_named(own, name, chosen, values, listener)
            return run_in(own, chosen, values, listener)

    @check_arguments
    def points(self) -> tuple[str, ...]:
        """The points of which measures are kept in this environment, in order."""
        with self._reading() as store:
            return store.points()

    @check_arguments
    def customers(self, point: str) -> tuple[int, ...]:
        """The numbers of the customers that are known of a point, the present one last."""
        with self._reading() as store:
            return store.customers_of(point)

    @check_arguments
    def series(self, point: str, customer: int | None = None) -> tuple[Series, ...]:
        """The series that are kept of a point, by name, each with its unit.

        They are the present customer's, or with its number those of an earlier `customer`.

        Raises:
            UsageError: the point has no customer of that number.
        """
        with self._reading() as store:
            check_customer(store, point, customer)
            return store.series_of(point, customer)

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
                the point under that name, and no service gives it; with the name that was
                probably meant; or the point has no customer of that number.
        """
        with self._reading() as store:
            check_customer(store, point, customer)
            message = say('no series "{name}" is kept of {point}', name=name, point=point)
            _check_series(
                name, message, lambda: [one.name for one in store.series_of(point, customer)]
            )
            return store.load(point, name, *_instants(start, end), customer)

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
        with self._reading() as store:
            between = _instants(start, end)
            message = say('there is no {what} "{name}"', what=say("series"), name=name)
            _check_series(name, message, store.series_names)
            return self._one_by_one(store, store.load_of_all(name, *between))

    def _one_by_one(
        self, store: Store, found: Iterator[tuple[Series, Measures]]
    ) -> Iterator[tuple[Series, Measures]]:
        """Read while the connection is open; between two reads it can be closed."""
        while True:
            with self._reading() as present:
                if present is not store:  # a forked process must not read the parent's database
                    raise _closed()
                one = next(found, None)
            if one is None:
                return
            yield one

    def _working(self) -> AbstractContextManager[RunContext]:
        """Give the context, which stays open within the block."""
        return self._in_use(lambda: self._context or self._open())

    def _reading(self) -> AbstractContextManager[Store]:
        """Give the store, which stays open within the block."""
        return self._in_use(self._find_store)

    @contextmanager
    def _in_use(self, find: Callable[[], R]) -> Iterator[R]:
        with self._changed:
            if self._is_closed:
                raise _closed()
            found = find()
            self._in_flight += 1
        try:
            yield found
        finally:
            self._end_one()

    def _end_one(self) -> None:
        with self._changed:
            self._in_flight -= 1
            self._changed.notify_all()
            if self._is_closed and not (self._in_flight or self._closing):
                try:
                    self._opened.close()
                except Exception:  # noqa: BLE001 - the result of the call or run stands
                    LOG.exception("a connection could not be closed")

    def _open(self) -> RunContext:
        if self._is_forked and self._options.record:  # the last to close would keep its own alone
            message = say("a forked process does not write the cassette of its parent")
            note = say("in the forked process, connect anew and give `record` another file")
            raise UsageError.of(Id.USAGE, message, note=note, where="record")
        with ExitStack() as stack:
            context = open_on(stack, self._workspace, self._options)
            self._opened.push(stack.pop_all())
        self._context = context
        self._store = self._store or context.session.store
        return context

    def _find_store(self) -> Store:
        """Return the store; where nothing can be written, measures can be read all the same."""
        if self._store is None:
            try:
                self._open()
            except TechnicalError:
                environment = chosen_environment(self._workspace, self._options)
                home = home_of(self._options.state, self._workspace.project, environment)
                place = home.store(environment.name)
                if self._options.replay or not is_there(place):
                    raise
                self._store = self._opened.enter_context(Store(place))
        if self._store is None:
            raise TypeError("a connection needs a session that keeps")
        return self._store

    def _begin_anew(self, *, is_forked: bool = False) -> None:
        """Forget what another process has opened: two processes cannot share it."""
        self._is_forked = is_forked
        self._changed = threading.Condition()
        self._in_flight = self._closing = 0  # calls, runs and readings; threads in `close`
        self._opened = ExitStack()
        self._context = None
        self._store = None

    def _begun_now(self, context: RunContext, deadline: float | None) -> RunContext:
        """Return the context of the next call or run: its own id, and the present day."""
        options, session = self._options, context.session
        if not (options.today or options.now or variables().today):
            session = session.begun_now()
        return replace(context, session=replace(session, run=new_run()), deadline=deadline)


_OPENED: WeakSet[Connection] = WeakSet()


def _closed() -> UsageError:
    note = say("`sgeflow.connect(…)` opens another")
    return UsageError.of(Id.USAGE, say("the connection is closed"), note=note)


def _after_fork() -> None:
    for connection in tuple(_OPENED):
        connection._begin_anew(is_forked=True)  # noqa: SLF001 - of this module


def _at_exit() -> None:
    for connection in tuple(_OPENED):
        with suppress(SgeflowError):
            connection.close(timeout=0)  # daemon threads do not go on: what they do stays in flight


os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)


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
        raise UsageError.of(Id.USAGE, from_table(str(error)), where="windows") from None


def _check_series(name: str, message: Message, find_kept: Callable[[], Sequence[str]]) -> None:
    """Raise UsageError for a series that no service gives and that is not kept."""
    if name.startswith(BASES) or name in (kept := find_kept()):
        return
    raise UsageError.of(
        Id.UNKNOWN_NAME,
        message,
        allowed=tuple(kept),
        allowed_label="series",
        suggestion=closest(name, (*kept, *BASES)),
    )


def _instants(start: date | str | None, end: date | str | None) -> tuple[int | None, int | None]:
    first, last = _instant(start), _instant(end)
    if first is not None and last is not None and first > last:
        message = say("the days start on {first}, after their end on {last}", first=start, last=end)
        raise UsageError.of(Id.USAGE, message, where="start, end")
    return first, last


def _instant(moment: date | str | None) -> int | None:
    if moment is None:
        return None
    try:
        read = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    except ValueError:
        message = say('"{moment}" is neither a date nor a time', moment=moment)
        allowed = ("2025-06-01", "2025-06-01T12:00:00+02:00")
        raise UsageError.of(
            Id.USAGE, message, allowed=allowed, allowed_label="for example"
        ) from None
    if not isinstance(read, datetime):
        return midnight(read)
    local = read if read.tzinfo else read.replace(tzinfo=PARIS)
    return int(local.timestamp())
