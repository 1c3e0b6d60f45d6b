"""Reads the facts of a household's page from the store: measures, remembered values, sources."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation, is_there
from sgeflow.adapters.state.records import RunEntry
from sgeflow.adapters.state.store import Store
from sgeflow.core.documents import Environment
from sgeflow.core.engine.effects import key_of
from sgeflow.core.engine.step import Catalog
from sgeflow.core.measures.civil_time import civil
from sgeflow.core.measures.series import peak_period
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.locale.writing import write_moment
from sgeflow.messages import say
from sgeflow.runtime.export import check_customer, keeping, nothing_kept
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.session import chosen_environment
from sgeflow.runtime.state_location import home_of
from sgeflow.tools.pages.household_facts import (
    SERIES,
    Correction,
    Household,
    Origin,
    corrections_of,
    place_of,
)
from sgeflow.tools.pages.household_page import household_page


def household_text(
    workspace: Workspace,
    point: str,
    options: Options,
    customer: int | None = None,
    year: int | None = None,
) -> tuple[str, Environment]:
    """Return the page of a point's customer, present or earlier, and its environment.

    The page covers the last 365 days, or a civil `year`.

    Raises:
        UsageError: nothing is kept of this customer, or in this year.
    """
    environment = chosen_environment(workspace, options)
    home = home_of(options.state, workspace.project, environment)
    place = home.store(environment.name)
    if not is_there(place):
        raise UsageError(_nothing(workspace, environment, home, point))
    with Store(place) as store:
        check_customer(store, point, customer)
        household = read_household(store, point, workspace.catalog, customer, year)
        if year and household.years and year not in household.years:
            raise UsageError(_no_year(point, year, household.years))
        if not household.days:
            raise UsageError(_nothing(workspace, environment, home, point, store.points()))
        origins = tuple(_origins(store, household, home, customer))
    runs = sorted({one.run for day in household.corrected_days for one in day.corrections})
    entries = {run: _entry(home, run) for run in runs}
    page = household_page(
        household,
        origins,
        corrected_on={run: civil(int(one.started)).date() for run, one in entries.items() if one},
        environment=environment.name,
        is_simulated=environment.simulated,
    )
    return page, environment


def read_household(
    store: Store,
    point: str,
    catalog: Catalog,
    customer: int | None = None,
    year: int | None = None,
) -> Household:
    """Read the facts of a point's customer for the last 365 days or a civil year."""
    series = {name: store.load(point, name, customer=customer) for name in SERIES}
    corrections: dict[date, list[Correction]] = {}
    sources: dict[str, dict[date, list[tuple[str, str]]]] = {name: {} for name in SERIES}
    for name, loaded in series.items():
        period, was = (
            peak_period(name),
            store.kept_by(point, name, customer=customer, replaced=True),
        )
        before = {place_of(period, one.measure.start): one.measure for one in was}
        kept = store.kept_by(point, name, customer=customer)
        came = ((one.measure, one.run, one.file) for one in kept)
        for correction in corrections_of(name, loaded.unit, before, came):
            corrections.setdefault(correction.day, []).append(correction)
        for one in kept:
            givers = sources[name].setdefault(civil(one.measure.start).date(), [])
            if (one.run, one.file) not in givers:
                givers.append((one.run, one.file))
    key = point if customer == store.present_number(point) else key_of(point, customer)
    remembered: dict[str, Any] = {}
    for collection in sorted(
        {str(flow.state.collection) for flow in catalog.flows.values() if flow.state}
    ):
        remembered |= store.recall(collection, key) or {}
    return Household(point, series, remembered, corrections=corrections, sources=sources, year=year)


def _origins(
    store: Store, household: Household, home: StateLocation, customer: int | None
) -> Iterator[Origin]:
    for name in SERIES:
        measures = household.series[name].measures
        if not measures:
            continue
        origin, last = store.origin_of(household.point, name, customer), measures.starts[-1]
        run = origin.run or household.sources[name][civil(last).date()][-1][0]
        entry = _entry(home, run)
        yield Origin(
            series=name,
            count=len(measures),
            first=civil(measures.starts[0]).date(),
            last=civil(measures.starts[-1]).date(),
            run=run,
            flow=entry.flow if entry else "",
            began=write_moment(civil(int(entry.started))) if entry else "",
            files=origin.files,
        )


def _entry(home: StateLocation, run: str) -> RunEntry | None:
    """A run in the journal; None if it was deleted."""
    if not run or not is_there(home.journal):
        return None
    with Journal(home.journal) as journal:
        details = journal.show(run)
    return details.entry if details else None


def _no_year(point: str, year: int, known: tuple[int, ...]) -> Problem:
    return Problem(
        id=Id.USAGE,
        message=say("nothing is kept of {year} for point {point}", year=year, point=point),
        allowed=tuple(map(str, known)),
        allowed_label="years that are kept",
    )


def _nothing(
    workspace: Workspace,
    environment: Environment,
    home: StateLocation,
    point: str,
    known: tuple[str, ...] = (),
) -> Problem:
    message = say(
        "nothing to be looked at is kept of point {point} in the environment {environment}",
        point=point,
        environment=environment.name,
    )
    flows = tuple(keeping(workspace.catalog, SERIES))
    return nothing_kept(message, (point,), known, home, environment.name, flows)
