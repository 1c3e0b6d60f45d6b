"""Exports of stored measures: as a file, or as lines that are read one by one."""

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from sgeflow.adapters.export import find_format
from sgeflow.adapters.state.locations import StateLocation, is_there
from sgeflow.adapters.state.store import Store
from sgeflow.adapters.variables import variables
from sgeflow.core.engine.effects import Loaded
from sgeflow.core.engine.step import Catalog
from sgeflow.core.engine.walk import called_flows, steps_of
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.model import Series
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import Message, say
from sgeflow.patterns import regex
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.session import chosen_environment
from sgeflow.runtime.state_location import home_of

BINARY = frozenset({"parquet"})
"""Formats that need a file."""

_POINT = regex(r"[0-9]{14}")


class OfCustomer(Struct, frozen=True):
    """A source of measures that gives those of an earlier customer of a point."""

    store: Store
    point: str
    customer: int

    def load(
        self, point: str, name: str, start: int | None = None, end: int | None = None
    ) -> Loaded:
        """Return the stored measures of a series."""
        return self.store.load(point, name, start, end, self.customer)

    def points(self) -> tuple[str, ...]:
        """The customer's point."""
        return (self.point,)

    def series_of(self, point: str) -> tuple[Series, ...]:
        """Return the stored series of the customer."""
        return self.store.series_of(point, self.customer)


def check_customer(store: Store, point: str, customer: int | None) -> None:
    """Raise UsageError for the number of a customer that a point never had."""
    known = store.customers_of(point) if customer is not None else ()
    if customer is not None and customer not in known:
        message = say("point {point} has no customer {customer}", point=point, customer=customer)
        note = say("without a number, the current customer is used")
        raise UsageError.of(Id.USAGE, message, allowed=tuple(map(str, known)), note=note)


def export_file(
    workspace: Workspace,
    name: str,
    file: Path,
    points: Sequence[str],
    options: Options,
    customer: int | None = None,
) -> Mapping[str, int]:
    """Write stored measures of an environment to a file; return how many of each kind.

    They are those of present customers, or those of one earlier `customer` of one point. A named
    environment without measures gives no file and no counts: a nightly export may start before
    the first measure is stored.

    Raises:
        UsageError: the format, a point or the customer is unknown, or no environment is named and
            it has no measures.
    """
    if customer is not None and len(points) != 1:
        message = say("name the point of the customer number")
        raise UsageError.of(Id.USAGE, message, where="--customer")
    environment = chosen_environment(workspace, options)
    writer = find_format(name)
    home = home_of(options.state, workspace.project, environment)
    place = home.store(environment.name)
    is_named = bool(options.environment or variables().env)
    if not is_there(place):
        if is_named and not points:
            return {}
        raise UsageError(_nothing(workspace, environment.name, home, points))
    with Store(place) as store:
        if customer is not None:
            check_customer(store, points[0], customer)
            return writer.write(file, OfCustomer(store, points[0], customer), points, {})
        known = store.points()
        missing = [point for point in points if point not in known]
        if is_named and not known and not points:
            return {}
        if missing or not known:
            raise UsageError(_nothing(workspace, environment.name, home, missing, known))
        return writer.write(file, store, tuple(points) or known, {})


@contextmanager
def export_lines(
    workspace: Workspace,
    name: str,
    points: Sequence[str],
    options: Options,
    customer: int | None = None,
) -> Iterator[Iterator[str]]:
    """Yield the lines of an export within the block; an export may be larger than the memory.

    Raises:
        UsageError: the format is not a text.
    """
    if name in BINARY:
        raise UsageError.of(Id.USAGE, say("{name} is no text; name a file with -o", name=name))
    with tempfile.TemporaryDirectory(prefix="sgeflow-") as folder:
        file = Path(folder) / f"export{find_format(name).SUFFIX}"
        if not export_file(workspace, name, file, points, options, customer):
            yield iter(())
            return
        with file.open(encoding="utf-8", newline="") as lines:
            yield lines


def nothing_kept(
    message: Message,
    points: Sequence[str],
    known: Sequence[str],
    home: StateLocation,
    environment: str,
    flows: Collection[str],
) -> Problem:
    """Return the problem that no measures of these points are stored, with what to use instead."""
    first = home.command("run", "FLOW", "--env", environment)
    is_no_point = any(not _POINT.fullmatch(point) for point in points)
    return Problem(
        id=Id.USAGE,
        message=message,
        note=say("the number of a point has 14 digits") if is_no_point else "",
        allowed=tuple(known or flows),
        allowed_label="points that are kept" if known else "flows that keep measures",
        suggestion=closest(points[0], known) if points else "",
        details=() if known else (("first", first),),
    )


def keeping(catalog: Catalog, series: Collection[str] = ()) -> Iterator[str]:
    """The flows that store series (or one of `series`), directly or by the flows that they call."""
    for name in catalog.flows:
        called = called_flows(catalog.flows, name).values()
        kept = {one for flow in called for step in steps_of(flow) for one in step.uses.keeps}
        if kept.intersection(series) if series else kept:
            yield name


def _nothing(
    workspace: Workspace,
    environment: str,
    home: StateLocation,
    missing: Sequence[str],
    known: Sequence[str] = (),
) -> Problem:
    message = say("no measures are kept in the environment {environment}", environment=environment)
    if missing:
        message = say(
            "no measures of {points} are kept in the environment {environment}",
            points=", ".join(missing),
            environment=environment,
        )
    flows = tuple(keeping(workspace.catalog))
    return nothing_kept(message, missing, known, home, environment, flows)
