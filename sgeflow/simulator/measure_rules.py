"""What both versions of the detailed measures share: their limits, and the values themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import groupby

from sgeflow.simulator.consumption import Day, measured
from sgeflow.simulator.dates import months_later
from sgeflow.simulator.layouts import Layout, curve
from sgeflow.simulator.message import Message
from sgeflow.simulator.people import INJECTION, SOUTIRAGE, Point
from sgeflow.simulator.soap import Refusal
from sgeflow.simulator.world import Period, World

_CURVE_DAYS, _CURVE_MONTHS, _OTHER_MONTHS = 7, 24, 36
_ENOUGH_DAYS = 7  # a monthly maximum of fewer daily values is null

_UNITS = {"PA": "W", "E": "V", "EA": "Wh"}  # else VA
_UNITS |= {"PRI": "VAr", "PRC": "VAr", "ERI": "VArh", "ERC": "VArh"}
_PHASES = ("PMA1", "PMA2", "PMA3")
_SHARES = {"PMA1": 45, "PMA2": 35, "PMA3": 20}  # of the whole power, in percent
_ALLOWED = {
    "COURBE": ("PA", "PRI", "PRC", "E", "TOUT"),
    "ENERGIE": ("EA",),
    "PMAX": ("PMA", "TOUT"),
    "INDEX": ("EA", "ERC", "TOUT"),
}
# what a business meter tells when it is asked for that alone
_ALONE = {"ENERGIE": ("ERC", "ERI"), "INDEX": ("ER", "ERI", "PMA", "DD", "DE", "DQ", "TF")}
_REACTIVE = {"ERC": 2, "ERI": 31}  # VArh in percent of the Wh, as the reactive curves


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request for measures wants."""

    point: Point
    kind: str  # COURBE | ENERGIE | PMAX | INDEX
    quantity: str  # grandeurPhysique
    period: Period
    step: str | None  # mesuresPas
    corrected: bool
    direction: str  # SOUTIRAGE | INJECTION

    def day(self, day: date) -> Day:
        """What the meter of that direction measured on a day."""
        return measured(self.point.meter(self.direction), day, self.point.curve_step(day))


def asked(message: Message, world: World, direction: str) -> Asked:
    """Read a `demande` in a direction that the point has.

    Raises: Refusal SGT401 for an unknown point, SGT587 and SGT588 for the other direction.
    """
    point = world.point(message.need("demande/pointId"))
    check_contract(point, direction)
    return Asked(
        point=point,
        direction=direction,
        kind=message.need("demande/mesuresTypeCode"),
        quantity=message.need("demande/grandeurPhysique"),
        period=Period(message.day("demande/dateDebut"), message.day("demande/dateFin")),
        step=message.text("demande/mesuresPas"),
        corrected=message.flag("demande/mesuresCorrigees") or False,
    )


def refusal(code: str, message: str) -> Refusal:
    """A refusal whose `faultstring` says "technical" although it is not, as the guides show it."""
    return Refusal(code, message, "Erreur Technique Mesures")


def direction_of(message: Message, path: str) -> str:
    """The direction that SGE's two flags below a path say. Raises: Refusal SGT583."""
    consuming, producing = (
        bool(message.flag(f"{path}/{one}")) for one in ("soutirage", "injection")
    )
    if consuming == producing:
        raise refusal("SGT583", "Le sens demandé est incohérent : soutirage ou injection.")
    return INJECTION if producing else SOUTIRAGE


def check_contract(point: Point, direction: str) -> None:
    """A direction that the point has. Raises: Refusal SGT587, SGT588."""
    if point.has(direction):
        return
    if direction == INJECTION:
        raise refusal("SGT588", "Pas de contrat d'injection sur le point.")
    raise refusal("SGT587", "Pas de contrat de soutirage sur le point.")


def check(wanted: Asked, world: World) -> None:
    """Refuse what the service's limits, the point or its customer do not allow."""
    _check_period(wanted, world.today)
    _check_point(wanted, world)
    _check_kind(wanted)


def _check_period(wanted: Asked, today: date) -> None:
    period, is_curve = wanted.period, wanted.kind == "COURBE"
    too_long = is_curve and (period.end - period.start).days > _CURVE_DAYS
    check_dates(period, today, _CURVE_MONTHS if is_curve else _OTHER_MONTHS, too_long=too_long)


def check_dates(period: Period, today: date, months: int, *, too_long: bool = False) -> None:
    """Refuse dates in the wrong order, in the future, or too far apart or back.

    Raises: Refusal SGT4K4, SGT4K1, SGT4L8.
    """
    if period.start >= period.end:
        raise refusal("SGT4K4", "La date de début doit précéder la date de fin.")
    if period.end > today:
        raise refusal("SGT4K1", "La date de fin ne peut dépasser la date du jour.")
    if too_long:
        raise refusal("SGT4L8", "La courbe est limitée à 7 jours consécutifs.")
    if period.start < months_later(today, -months):
        raise refusal("SGT4L8", f"L'historique est limité à {months} mois.")


def _check_point(wanted: Asked, world: World) -> None:
    point = wanted.point
    if point.state != "SERVC":
        raise refusal("SGT4M1", "Le point est résilié.")
    if point.mass_market and point.level < "2":
        raise refusal("SGT4H9", "Le compteur n'est pas communicant au niveau 2.")
    consumed = wanted.direction == SOUTIRAGE  # what a customer opposes
    if wanted.kind == "COURBE" and consumed and world.opposed(point.id):
        raise refusal("SGT4N5", "Le client s'oppose à l'enregistrement de la courbe.")


def _check_kind(wanted: Asked) -> None:
    allowed = _ALLOWED[wanted.kind]
    if wanted.point.mass_market:  # a Linky's curve and indexes are of active energy
        allowed = tuple(name for name in allowed if name not in ("PRI", "PRC", "E", "ERC"))
    else:
        allowed += _ALONE.get(wanted.kind, ())
    if wanted.quantity not in allowed:
        raise refusal("SGT463", f"grandeurPhysique {wanted.quantity} incohérente.")
    if (wanted.kind == "PMAX") != (wanted.step is not None):
        raise refusal("SGT441", "mesuresPas est attendu pour PMAX, et pour PMAX seulement.")
    if wanted.corrected and (wanted.kind != "COURBE" or wanted.point.mass_market):
        raise refusal("SGT4H2", "Pas de données corrigées pour cette mesure.")


def quantities(wanted: Asked, layout: Layout) -> bytes:
    """The `grandeur` elements of curves, daily energy and maximum power; empty without data."""
    written = []
    for name in names_of(wanted):
        rows = "".join(_rows(replace(wanted, quantity=name), layout))
        if rows:
            written.append(
                f"<grandeur><grandeurMetier>{trade(wanted)}</grandeurMetier>"
                f"<grandeurPhysique>{name}</grandeurPhysique>"
                f"<unite>{_UNITS.get(name, 'VA')}</unite>{rows}</grandeur>"
            )
    return "".join(written).encode()


def trade(wanted: Asked) -> str:
    """`grandeurMetier`: what is consumed, or produced."""
    return "PROD" if wanted.direction == INJECTION else "CONS"


def names_of(wanted: Asked) -> tuple[str, ...]:
    """The quantities that come: TOUT is all that the meter has; three phases each have a peak."""
    if wanted.quantity != "TOUT":
        return (wanted.quantity,)
    usual = _ALLOWED[wanted.kind][:-1]
    if not wanted.point.mass_market:
        return usual
    has_phases = wanted.kind == "PMAX" and wanted.point.phases > 1
    return (*usual[:1], *_PHASES) if has_phases else usual[:1]


def _rows(wanted: Asked, layout: Layout) -> Iterator[str]:
    point, days = wanted.point, available(wanted)
    if wanted.kind == "COURBE":
        for day in days:
            yield curve(
                point.meter(wanted.direction), day, point.curve_step(day), wanted.quantity, layout
            )
    elif wanted.kind == "ENERGIE":
        for day in days:
            share = _REACTIVE.get(wanted.quantity, 100)
            yield layout.value(wanted.day(day).energy * share // 100, layout.day(day))
    elif wanted.step == "P1D":
        for day in days:
            yield layout.value(_peak(wanted, day), layout.moment(wanted.day(day).peak_at))
    else:
        yield from _months(wanted, days, layout)


def _peak(wanted: Asked, day: date) -> int:
    return wanted.day(day).peak * _SHARES.get(wanted.quantity, 100) // 100


def _months(wanted: Asked, days: Iterable[date], layout: Layout) -> Iterator[str]:
    for first, group in groupby(days, key=lambda day: day.replace(day=1)):
        peaks = [_peak(wanted, day) for day in group]
        when = layout.month(first)
        yield layout.value(max(peaks), when) if len(peaks) >= _ENOUGH_DAYS else layout.nothing(when)


def available(wanted: Asked) -> Iterable[date]:
    """The days of the period of which the meter told something to this customer's contract."""
    point = wanted.point
    since = point.curve_since if wanted.kind == "COURBE" else point.measured_since
    if since is None:
        return ()
    start = max(wanted.period.start, since, point.contract_start)
    return Period(start, max(start, wanted.period.end)).days


def framed(frame: bytes, found: bytes, after: str = "") -> bytes:
    """The answer's root with the values put in before its end."""
    end = frame.rindex(b"</")
    return b"".join((frame[:end], found, after.encode(), frame[end:]))


def indexes(point: Point, days: list[date], direction: str = SOUTIRAGE) -> Iterator[int]:
    """The register at the midnight that starts each of these consecutive days, in Wh."""
    first = days[0]
    total = _register(point, first.year, direction)
    for day in Period(
        max(point.measured_since or first, first.replace(month=1, day=1)), first
    ).days:
        total += _energy(point, day, direction)
    for day in days:
        yield total
        total += _energy(point, day, direction)


@lru_cache(maxsize=512)
def _register(point: Point, year: int, direction: str) -> int:
    """The register at the beginning of a year, or where the meter began to count."""
    start = point.measured_since
    if start is None or year <= start.year:
        return int(point.id[-4:]) * 1000
    days = Period(max(start, date(year - 1, 1, 1)), date(year, 1, 1)).days
    so_far = _register(point, year - 1, direction)
    return so_far + sum(_energy(point, day, direction) for day in days)


def _energy(point: Point, day: date, direction: str) -> int:
    return measured(point.meter(direction), day, point.curve_step(day)).energy
