"""Detailed measures: limits of the services, values, and layouts (SOAP 2.0, SOAP 3.0, REST)."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.measures.civil_time import civil, day_length, instants, midnight
from sgeflow.simulator.consumption import Day, Meter, measure_day
from sgeflow.simulator.dates import months_later
from sgeflow.simulator.people import INJECTION, SOUTIRAGE, MeterLapse, Point
from sgeflow.simulator.soap import Refusal, RequestMessage
from sgeflow.simulator.world import DayPeriod, World

_NAMES = {300: "PT5M", 600: "PT10M", 1800: "PT30M"}


class MeasureLayout:
    """Layout of version 2.0: `mesure` elements, times with their offset."""

    row = "mesure"
    are_starts = True  # times of a business meter are starts of steps
    flags = ""
    null = '<v xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'

    def moment(self, instant: int) -> str:
        """An instant as civil time."""
        return civil(instant).isoformat(timespec="milliseconds")

    def day(self, day: date) -> str:
        """A day as the midnight that starts it."""
        return self.moment(midnight(day))

    def month(self, first: date) -> str:
        """A month as the midnight that starts it."""
        return self.day(first)

    def value(self, value: int | None, when: str) -> str:
        """The value of a day, a month or an instant; None for a month with too few daily values."""
        written = self.null if value is None else f"<v>{value}</v>"
        return f"<{self.row}>{written}<d>{when}</d></{self.row}>"


class _Third(MeasureLayout):
    """Layout of version 3.0: `points` elements, civil time without offset, months as `2022-04`."""

    row = "points"
    flags = "<iv>0</iv>"
    null = "<v>null</v>"

    def moment(self, instant: int) -> str:
        return civil(instant).strftime("%Y-%m-%d %H:%M:%S")

    def day(self, day: date) -> str:
        return day.isoformat()

    def month(self, first: date) -> str:
        return first.strftime("%Y-%m")


class _ByRest(_Third):
    """Layout of Data Connect v2: a time is the end of its step, for businesses too."""

    are_starts = False


V2: MeasureLayout = MeasureLayout()
V3: MeasureLayout = _Third()
BY_REST: MeasureLayout = _ByRest()


@lru_cache(maxsize=4096)
def curve(
    meter: Meter,
    day: date,
    step: int,
    quantity: str,
    layout: MeasureLayout,
    lapse: MeterLapse | None = None,
) -> str:
    """The load curve of a day as XML: end of step for households, start of step for businesses.

    Published answers of both versions do so (v2 of 2022, v3 of 2023), though the v2 guide differs.
    """
    nature = "R" if meter.business else "B"
    middle = "</v><d>"
    flags = "" if meter.business else layout.flags  # a Linky alone gives the reliability of a value
    end = f"</d><p>{_NAMES[step]}</p><n>{nature}</n>{flags}</{layout.row}>"
    start = f"<{layout.row}><v>"
    values: list[int | None] = [
        _convert(watts, quantity) for watts in measure_day(meter, day, step).watts
    ]
    if lapse:  # the meter fails on this day
        first, last = lapse.hours or (0, 24)
        for place, value in enumerate(values):
            if value is not None and first <= civil(midnight(day) + place * step).hour < last:
                values[place] = lapse.value_of(value)
    moments = _moments(day, step, 0 if meter.business and layout.are_starts else step, layout)
    return "".join(
        f"{start}{value}{middle}{moment}{end}"
        for value, moment in zip(values, moments, strict=True)
        if value is not None
    )


@lru_cache(maxsize=4096)
def _moments(day: date, step: int, shift: int, layout: MeasureLayout) -> tuple[str, ...]:
    first = midnight(day) + shift
    return tuple(layout.moment(at) for at in range(first, first + day_length(day), step))


def _convert(watts: int, quantity: str) -> int:
    if quantity == "PRI":
        return watts * 31 // 100
    if quantity == "PRC":
        return watts * 2 // 100
    return 227 + watts % 8 if quantity == "E" else watts


# -- limits and values ----------------------------------------------------------------------------

_CURVE_DAYS, _CURVE_MONTHS, _OTHER_MONTHS = 7, 24, 36
_ENOUGH_DAYS = 7  # a monthly maximum of fewer daily values is null

_UNITS = {"PA": "W", "E": "V", "EA": "Wh"}  # else VA
_UNITS |= {"PRI": "VAr", "PRC": "VAr", "ERI": "VArh", "ERC": "VArh"}
_PHASES = ("PMA1", "PMA2", "PMA3")
_SHARES = {"PMA1": 45, "PMA2": 35, "PMA3": 20}  # each phase's share of the power, in percent
_ALLOWED = {
    "COURBE": ("PA", "PRI", "PRC", "E", "TOUT"),
    "ENERGIE": ("EA",),
    "PMAX": ("PMA", "TOUT"),
    "INDEX": ("EA", "ERC", "TOUT"),
}
# the quantities of a business meter that must be asked for by name
_ALONE = {"ENERGIE": ("ERC", "ERI"), "INDEX": ("ER", "ERI", "PMA", "DD", "DE", "DQ", "TF")}
_REACTIVE = {"ERC": 2, "ERI": 31}  # VArh in percent of the Wh, as the reactive curves


class MeasureRequest(Struct, frozen=True, kw_only=True):
    """A parsed request for measures."""

    point: Point
    kind: str  # COURBE | ENERGIE | PMAX | INDEX
    quantity: str  # grandeurPhysique
    period: DayPeriod
    step: str | None  # mesuresPas
    corrected: bool
    direction: str  # SOUTIRAGE | INJECTION

    def day(self, day: date) -> Day:
        """The day's measures, from the meter of the requested direction."""
        return measure_day(self.point.meter(self.direction), day, self.point.curve_step(day))


def read_request(message: RequestMessage, world: World, direction: str) -> MeasureRequest:
    """Parse `demande` for a direction that the point has.

    Raises:
        Refusal: SGT401 for an unknown point, SGT587 and SGT588 for a missing direction.
    """
    point = world.point(message.need("demande/pointId"))
    check_contract(point, direction)
    return MeasureRequest(
        point=point,
        direction=direction,
        kind=message.need("demande/mesuresTypeCode"),
        quantity=message.need("demande/grandeurPhysique"),
        period=DayPeriod(message.day("demande/dateDebut"), message.day("demande/dateFin")),
        step=message.text("demande/mesuresPas"),
        corrected=message.flag("demande/mesuresCorrigees") or False,
    )


def refusal(code: str, message: str) -> Refusal:
    """A refusal whose `faultstring` wrongly says "technical", as the guides show it."""
    return Refusal(code, message, "Erreur Technique Mesures")


def direction_of(message: RequestMessage, path: str) -> str:
    """The direction that two flags of the request below `path` give. Raises: Refusal SGT583."""
    consuming, producing = (
        bool(message.flag(f"{path}/{one}")) for one in ("soutirage", "injection")
    )
    if consuming == producing:
        raise refusal("SGT583", "Le sens demandé est incohérent : soutirage ou injection.")
    return INJECTION if producing else SOUTIRAGE


def check_contract(point: Point, direction: str) -> None:
    """Check that the point has the direction. Raises: Refusal SGT587, SGT588."""
    if point.has(direction):
        return
    if direction == INJECTION:
        raise refusal("SGT588", "Pas de contrat d'injection sur le point.")
    raise refusal("SGT587", "Pas de contrat de soutirage sur le point.")


def check(request: MeasureRequest, world: World) -> None:
    """Check the limits of the service, of the point and of its customer. Raises: Refusal."""
    period, is_curve = request.period, request.kind == "COURBE"
    too_long = is_curve and (period.end - period.start).days > _CURVE_DAYS
    months = _CURVE_MONTHS if is_curve else _OTHER_MONTHS
    check_dates(period, world.today, months, too_long=too_long)
    point = request.point
    if point.state != "SERVC":
        raise refusal("SGT4M1", "Le point est résilié.")
    if point.mass_market and point.level < "2":
        raise refusal("SGT4H9", "Le compteur n'est pas communicant au niveau 2.")
    consumed = request.direction == SOUTIRAGE  # an opposition concerns consumption alone
    if is_curve and consumed and world.opposes_curve(point.id):
        raise refusal("SGT4N5", "Le client s'oppose à l'enregistrement de la courbe.")
    allowed = _ALLOWED[request.kind]
    if point.mass_market:  # a Linky has curves and indexes of active energy alone
        allowed = tuple(name for name in allowed if name not in ("PRI", "PRC", "E", "ERC"))
    else:
        allowed += _ALONE.get(request.kind, ())
    if request.quantity not in allowed:
        raise refusal("SGT463", f"grandeurPhysique {request.quantity} incohérente.")
    if (request.kind == "PMAX") != (request.step is not None):
        raise refusal("SGT441", "mesuresPas est attendu pour PMAX, et pour PMAX seulement.")
    if request.corrected and (not is_curve or point.mass_market):
        raise refusal("SGT4H2", "Pas de données corrigées pour cette mesure.")


def check_dates(period: DayPeriod, today: date, months: int, *, too_long: bool = False) -> None:
    """Check the order, the age and the length of a period.

    Raises:
        Refusal: SGT4K4, SGT4K1, SGT4L8.
    """
    if period.start >= period.end:
        raise refusal("SGT4K4", "La date de début doit précéder la date de fin.")
    if period.end > today:
        raise refusal("SGT4K1", "La date de fin ne peut dépasser la date du jour.")
    if too_long:
        raise refusal("SGT4L8", "La courbe est limitée à 7 jours consécutifs.")
    if period.start < months_later(today, -months):
        raise refusal("SGT4L8", f"L'historique est limité à {months} mois.")


def quantities(request: MeasureRequest, layout: MeasureLayout) -> bytes:
    """The `grandeur` elements of curves, daily energy and maximum power; empty without data."""
    blocks = []
    for name in names_of(request):
        rows = "".join(_rows(replace(request, quantity=name), layout))
        if rows:
            blocks.append(
                f"<grandeur><grandeurMetier>{trade(request)}</grandeurMetier>"
                f"<grandeurPhysique>{name}</grandeurPhysique>"
                f"<unite>{_UNITS.get(name, 'VA')}</unite>{rows}</grandeur>"
            )
    return "".join(blocks).encode()


def trade(request: MeasureRequest) -> str:
    """`grandeurMetier`: consumption or production."""
    return "PROD" if request.direction == INJECTION else "CONS"


def names_of(request: MeasureRequest) -> tuple[str, ...]:
    """The quantities of the answer; TOUT means all of the meter, three phases have a peak each."""
    if request.quantity != "TOUT":
        return (request.quantity,)
    usual = _ALLOWED[request.kind][:-1]
    if not request.point.mass_market:
        return usual
    has_phases = request.kind == "PMAX" and request.point.phases > 1
    return (*usual[:1], *_PHASES) if has_phases else usual[:1]


def _rows(request: MeasureRequest, layout: MeasureLayout) -> Iterator[str]:
    point, days = request.point, available(request)
    if request.kind == "COURBE":
        meter = point.meter(request.direction)
        for day in days:
            step, lapse = point.curve_step(day), point.lapse(request.kind, day)
            yield curve(meter, day, step, request.quantity, layout, lapse)
    elif request.kind == "ENERGIE":
        share = _REACTIVE.get(request.quantity, 100)
        for day in days:
            energy = request.day(day).energy * share // 100
            yield from _write_value(request, day, energy, layout.day(day), layout)
    elif request.step == "P1D":
        for day in days:
            lapse = point.lapse(request.kind, day)
            at = request.day(day).peak_at
            if lapse is not None and lapse.at is not None:
                at = instants(day, lapse.at)[0]
            when = layout.moment(at)
            yield from _write_value(request, day, _peak(request, day), when, layout)
    else:
        for first, group in groupby(days, key=lambda day: day.replace(day=1)):
            peaks = [_peak(request, day) for day in group]
            highest = max(peaks) if len(peaks) >= _ENOUGH_DAYS else None
            yield layout.value(highest, layout.month(first))


def _write_value(
    request: MeasureRequest, day: date, value: int, when: str, layout: MeasureLayout
) -> Iterator[str]:
    """A daily value as XML: as the meter reports it on a day of failure, or nothing."""
    lapse = request.point.lapse(request.kind, day)
    written = lapse.value_of(value) if lapse else value
    if written is not None:
        yield layout.value(written, when)


def _peak(request: MeasureRequest, day: date) -> int:
    return request.day(day).peak * _SHARES.get(request.quantity, 100) // 100


def available(request: MeasureRequest) -> Iterable[date]:
    """The days of the period for which this customer's contract has measures."""
    point = request.point
    since = point.curve_since if request.kind == "COURBE" else point.measured_since
    if since is None:
        return ()
    start = max(request.period.start, since, point.contract_start)
    return DayPeriod(start, max(start, request.period.end)).days


def put_in_frame(frame: bytes, values: bytes, after: str = "") -> bytes:
    """Insert `values` before the end of the answer's root."""
    end = frame.rindex(b"</")
    return b"".join((frame[:end], values, after.encode(), frame[end:]))


def indexes(point: Point, days: list[date], direction: str = SOUTIRAGE) -> Iterator[int]:
    """The register in Wh at the midnight that starts each of these consecutive days."""
    first = days[0]
    total = _register(point, first.year, direction)
    for day in DayPeriod(
        max(point.measured_since or first, first.replace(month=1, day=1)), first
    ).days:
        total += _energy(point, day, direction)
    for day in days:
        yield total
        total += _energy(point, day, direction)


@lru_cache(maxsize=512)
def _register(point: Point, year: int, direction: str) -> int:
    """The register at the start of a year, or on the first day of the meter."""
    start = point.measured_since
    if start is None or year <= start.year:
        return int(point.id[-4:]) * 1000
    days = DayPeriod(max(start, date(year - 1, 1, 1)), date(year, 1, 1)).days
    so_far = _register(point, year - 1, direction)
    return so_far + sum(_energy(point, day, direction) for day in days)


def _energy(point: Point, day: date, direction: str) -> int:
    return measure_day(point.meter(direction), day, point.curve_step(day)).energy
