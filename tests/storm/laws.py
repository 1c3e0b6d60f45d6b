"""The laws that must hold of a world that has lived, whatever befell it."""

from __future__ import annotations

import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.records import OrderState
from sgeflow.adapters.state.store import Store
from sgeflow.core.engine.effects import key_of
from sgeflow.core.measures.civil_time import civil_days
from sgeflow.core.model import Kind, Measure, Series, Status
from sgeflow.errors import Exit
from sgeflow.runtime.journal.history import runs
from sgeflow.runtime.resume import open_orders
from sgeflow.simulator.consumption import measure_day
from sgeflow.simulator.people import CONTRACT
from sgeflow.simulator.subscriptions import Subscription
from tests.storm.bottle import PARIS, TOKEN
from tests.storm.moves import Moves, strange_days
from tests.storm.nights import Nights, untold_days
from tests.storm.renewals import Renewals, unlike_renewals
from tests.storm.story import WELL, Story

_CURVE_STEP = 1800
_SUMS = ("monthly_energy", "yearly_energy")
_HOUR = 3600


def broken_laws(story: Story) -> list[str]:
    """The laws that a world breaks, in words."""
    return [
        *_orders_once(story),
        *_orders_known(story),
        *_accepted_exist(story),
        *_days_right(story),
        *_wanted_alone(story),
        *_answers_fit(story),
        *_values_true(story),
        *(untold_days(story) if isinstance(story, Nights) else ()),
        *(unlike_renewals(story) if isinstance(story, Renewals) else ()),
        *(strange_days(story) if isinstance(story, Moves) else ()),
        *_kept_stays(story),
        *_nothing_personal(story),
        *_nothing_told(story),
        *_ends_stay(story),
        *_all_ends(story),
    ]


def _orders_once(story: Story) -> Iterator[str]:
    """Nothing is ordered that is there already."""
    for one in story.bottle.sge.doubles:
        yield f"ordered twice: {one} came again while it stood"
    ours = [one for one in _services(story) if story.bottle.world.active(one)]
    for kind in {_sort_of(one) for one in ours}:
        alike = [one.id for one in ours if _sort_of(one) == kind]
        if len(alike) > 1:
            yield f"ordered twice: {kind} stands as {alike}"


def _sort_of(one: Subscription) -> tuple[str | None, ...]:
    return one.point, one.kind, one.data, one.direction


def _orders_known(story: Story) -> Iterator[str]:
    """Each service that was ordered is remembered by the flow, told, or on the list of orders."""
    bottle = story.bottle
    listed = open_orders(story.home)
    with Store(story.home.store(bottle.environment)) as store:
        keys = [
            key_of(point, customer)
            for point in story.points
            for customer in (None, *store.customers_of(point))
        ]
        states = [store.recall("accounts", key) or {} for key in keys]
    known = {
        *(state.get("serviceId") for state in states),
        *_told_services(story),
        *_noted_services(story),
        *story.by_hand,
    }
    for one in _services(story):
        if bottle.world.active(one) and one.id not in known and not listed:
            yield f"lost: service {one.id} is neither remembered nor told nor on the list"


def _accepted_exist(story: Story) -> Iterator[str]:
    """An order that is told as accepted is in SGE's book, and one that is told as refused is not.

    Cancels are left out: a person may have ended the service, or the first of two sendings.
    """
    bottle = story.bottle
    taken = {line.request: line.moment for line in bottle.sge.book}
    with Journal(story.home.journal) as journal:
        shown = [journal.show(entry.run) for entry in runs(story.home, 1000)]
    noted = [details for details in shown if details]
    orders = [order for details in noted for order in details.orders]
    calls = [(one.entry.run, call) for one in noted for call in one.effects]
    cancels = {(run, call.key) for run, call in calls if call.kind is Kind.CANCEL}
    often = Counter(order.fingerprint for order in orders)
    for order in orders:
        bodies = bottle.soap.intersection(bottle.sent.get(order.fingerprint, ()))
        if not bodies or (order.run, order.key) in cancels:
            continue
        if order.state is OrderState.DONE and not order.code and bodies.isdisjoint(taken):
            yield f"accepted: {order.operation} of {order.run}, and SGE never took it"
        is_refused = order.state is OrderState.REFUSED and often[order.fingerprint] == 1
        last = max(taken.get(body, 0.0) for body in bodies)
        if is_refused and last >= bottle.left[order.run, order.key][0]:
            yield f"refused: {order.operation} of {order.run}, and SGE took it: {order.code}"
    if story.flow == "straight":
        for report in story.told.reports:
            is_known = (report.outputs or {}).get("serviceId") or report.run in story.settled
            if report.status is Status.DONE and not is_known:
                yield f"accepted: what {report.run} ordered has no id"


def _days_right(story: Story) -> Iterator[str]:
    """No order and no cancel leaves on a wrong day, nor while the clock is wrong by hours.

    The day of its run was the true one at some moment from its beginning, give or take an hour.
    """
    bottle = story.bottle
    yield from (f"the clock was wrong, and it left: {one}" for one in bottle.too_wrong)
    with Journal(story.home.journal) as journal:
        noted = {run: journal.show(run) for run, _ in bottle.left}
    for (run, key), moments in bottle.left.items():
        details = noted[run]
        if details is None:
            yield f"{key} left, and {run} is in no journal"
            continue
        today = details.entry.today
        days = civil_days(bottle.begun[run, today] - _HOUR, max(moments) + _HOUR)
        if today not in {day.isoformat() for day in days}:
            yield f"left on {today}, which was no day of {run}: {key}"


def _noted_services(story: Story) -> Iterator[str]:
    """The services of accepted orders in the journal, of runs that ended well."""
    bottle = story.bottle
    with Journal(story.home.journal) as journal:
        for entry in runs(story.home, 100):
            orders = journal.sent_orders(entry.run) if entry.status is Status.DONE else ()
            bodies = {body for order in orders for body in bottle.sent.get(order.fingerprint, ())}
            for line in bottle.sge.book:
                if line.request in bodies:
                    yield from line.made


def _told_services(story: Story) -> Iterator[str]:
    for report in story.told.reports:
        if report.status is Status.DONE:
            yield from (
                value for value in (report.outputs or {}).values() if isinstance(value, str)
            )


def _wanted_alone(story: Story) -> Iterator[str]:
    """No service is left of a flow that undid its orders."""
    if story.flow == "pair" and story.inputs["fails"]:
        for one in _services(story):
            if story.bottle.world.active(one):
                yield f"not undone: service {one.id}"


def _answers_fit(story: Story) -> Iterator[str]:
    """Each answer is that to its question, and no request left where an answer waited."""
    if story.bottle.network.misused:
        yield f"{story.bottle.network.misused} requests left where an answer waited"
    with Store(story.home.store(story.bottle.environment)) as store:
        for point in story.points:
            service = (store.recall("accounts", point) or {}).get("serviceId")
            if service and service not in {one.id for one in story.bottle.world.services(point)}:
                yield f"service {service} of another point is remembered for {point}"
    for report in story.told.reports:
        is_look = story.flow == "look" and report.status is Status.DONE
        numbers = (report.outputs or {}).get("numbers") if is_look else story.inputs.get("records")
        if numbers != story.inputs.get("records"):
            yield f"asked for {story.inputs['records']}, got {numbers}"


def _services(story: Story) -> list[Subscription]:
    bottle = story.bottle
    before = {one.id for one in bottle.beginning.services()}
    return [
        one
        for point in story.points
        for one in bottle.world.services(point)
        if one.id not in before and one.contract == CONTRACT
    ]


def _values_true(story: Story) -> Iterator[str]:
    """Each kept value is what the meter of that point measured at that instant."""
    bottle = story.bottle
    with Store(story.home.store(bottle.environment)) as store:
        for point in store.points():
            if point not in story.points:
                yield f"values at a point that nobody asked for: {point}"
            for series in store.series_of(point):
                kept = store.load(point, series.name)
                wrong = [one for one in kept.measures if not _is_true(story, series, one)]
                if wrong:
                    yield f"{series.name}: {len(wrong)} of {len(kept.measures)}, first {wrong[0]}"


def _is_true(story: Story, series: Series, measure: Measure) -> bool:
    point = story.bottle.world.points[series.point]
    moment = datetime.fromtimestamp(measure.start, PARIS)
    day = measure_day(point.meter("SOUTIRAGE"), moment.date(), _CURVE_STEP)

    def is_told(what: str, value: int) -> bool:
        """Whether it is the value, or what the meter tells instead for ever."""
        lapse = point.lapse(what, moment.date())
        return measure.value in (value, lapse.value_of(value) if lapse else value)

    match series.name:
        case "daily_energy":
            is_there = (series.unit, measure.start) == ("Wh", day.start)
            return is_there and is_told("ENERGIE", day.energy)
        case "load_curve":
            at, rest = divmod(measure.start - day.start, day.step)
            return series.unit == "W" and not rest and is_told("COURBE", day.watts[at])
        case "max_power":
            is_there = (series.unit, measure.start) == ("VA", day.peak_at)
            return is_there and is_told("PMAX", day.peak)
    return series.name in _SUMS


def _kept_stays(story: Story) -> Iterator[str]:
    """Values that were told as kept are there, except sums where the customer has changed."""
    with Store(story.home.store(story.bottle.environment)) as store:
        for _, series, measures in story.bottle.kept:
            customers = store.customers_of(series.point)
            if len(customers) > 1 and series.name in _SUMS:
                continue
            there = {
                one.start
                for customer in (None, *customers)
                for one in store.load(series.point, series.name, customer=customer).measures
            }
            gone = [one for one in measures if one.start not in there]
            if gone:
                yield f"{series.name}: {len(gone)} kept measures are gone, first {gone[0]}"


def _nothing_personal(story: Story) -> Iterator[str]:
    """When all runs have ended well, nothing on the disk names the household."""
    if any(one.status is not Status.DONE for one in runs(story.home, 100)):
        return
    names = [name.encode() for name in _names(story)]
    for path in story.home.folder.rglob("*"):
        for content in map(bytes.lower, _contents(path)):
            yield from (f"{path.name} holds {name!r}" for name in names if name in content)


def _names(story: Story) -> set[str]:
    """The words that name the people, in lower case."""
    return {text.casefold() for text in story.people}


def _nothing_told(story: Story) -> Iterator[str]:
    """No message names the people or the token, and the token is on no disk."""
    words = {*_names(story), TOKEN.casefold()}
    names = [name.encode() for name in _names(story)]
    for one in (*story.told.reports, *story.told.errors):
        problems = getattr(one, "problems", ()) or (
            *(getattr(one, "warnings", ())),
            *(getattr(one, "steps", ())),
            getattr(one, "failure", None),
        )
        text = repr(problems).casefold()
        yield from (f"{word!r} was told: {text[:300]}" for word in words if word in text)
    for path in story.bottle.folder.rglob("*"):
        is_kept_in_plain = path.suffix != ".db" and path.name != "points.csv"
        for content in _contents(path):
            if TOKEN.encode() in content:
                yield f"{path.name} holds the token"
            if is_kept_in_plain:
                lowered = content.lower()
                yield from (f"{path.name} holds {name!r}" for name in names if name in lowered)


def _ends_stay(story: Story) -> Iterator[str]:
    """A run that has ended well stays so, whoever comes back from a long sleep.

    The end of a row may be lost with the power before it was synced, if the row's work is done.
    """
    now = story.ends()
    told = {one.run: one.status for one in story.told.reports if one.status in WELL}
    for run, status in (story.ended_well | told | story.told_rows()).items():
        if now.get(run) is not status:
            yield f"run {run} had ended {status}, and is {now.get(run)} now"


def _contents(path: Path) -> Iterator[bytes]:
    """A file as it lies on the disk, and what is packed in it; documents show these people."""
    if not path.is_file():
        return
    yield path.read_bytes()
    if path.suffix == ".db":
        with closing(sqlite3.connect(path)) as database:
            names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'texts'"
            for (table,) in database.execute(names).fetchall():
                for row in database.execute(f"SELECT * FROM {table}"):
                    for value in row:
                        if isinstance(value, bytes):
                            with suppress(zlib.error):
                                yield zlib.decompress(value)


def _all_ends(story: Story) -> Iterator[str]:
    """No order is open after calm days, nothing was a mistake of ours, and the last run is done."""
    yield from (
        f"a mistake of the network's stand-in: {one}" for one in story.bottle.network.mistakes
    )
    for order in open_orders(story.home):
        yield f"open after calm days: {order.operation} of {order.run}: {order.state}"
    for error in story.told.errors:
        if getattr(error, "exit", Exit.BUG) is Exit.BUG:
            yield f"a mistake of ours: {error!r}"
    for report in story.told.reports:
        if report.exit is Exit.BUG:
            yield f"a mistake of ours: {report.failure}"
    if story.flow in ("konnector", "look", "visit") and not story.is_done():
        yield f"the last run, in calm weather, is not done: {story.bottle.story[-1]}"
    with Journal(story.home.journal) as journal:
        if journal.open_orders():
            yield "the journal holds open orders"
