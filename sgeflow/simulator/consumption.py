"""Made-up measures of a day, computed from the point's id alone."""

from datetime import date
from functools import lru_cache
from hashlib import shake_128
from math import cos, tau

from msgspec import Struct

from sgeflow.core.measures.civil_time import civil, day_length, midnight

_HOUR = 3600
_SATURDAY = 5
_SPIKE = 236  # of 256: about one interval in thirteen holds a kettle or an oven

_HOUSEHOLD = (
    (230, 210, 195, 190, 190, 215, 430, 760, 610, 390, 340, 370),
    (520, 450, 350, 330, 390, 640, 980, 1160, 1040, 790, 520, 320),
)
_WEEK_END = (
    (260, 230, 205, 195, 190, 200, 260, 420, 690, 820, 760, 840),
    (1050, 830, 610, 540, 560, 720, 990, 1180, 1060, 840, 600, 390),
)
_BUSINESS = (
    (4200, 4900, 6800, 9800, 15200, 18400, 19600, 18900, 17200, 15800, 14900, 13800),
    (11200, 9800, 10400, 11900, 12600, 12900, 11600, 8200, 5100, 4600, 4300, 4200),
)
_CLOSED = ((3900,) * 12, (3900,) * 12)
# Output of solar panels in percent of their power, by hour of the day.
_SUN = (
    (0, 0, 0, 0, 0, 0, 2, 8, 20, 36, 52, 62),
    (66, 64, 56, 44, 29, 14, 6, 2, 0, 0, 0, 0),
)


class Meter(Struct, frozen=True):
    """A meter whose measures are computed: half-hours of households, 5 or 10 minutes elsewhere."""

    point: str
    business: bool = False
    ceiling: int = 9000  # VA: the limit of the breaker
    producing: bool = False


class Day(Struct, frozen=True):
    """One civil day of a meter, cut into equal steps of mean power."""

    start: int  # UTC epoch seconds of the midnight in Paris
    step: int  # seconds
    watts: tuple[int, ...]
    peak: int  # VA, never below the largest mean
    peak_at: int  # UTC epoch seconds

    @property
    def energy(self) -> int:
        """Wh of the day: exactly the sum of its steps."""
        return sum(self.watts) * self.step // _HOUR


@lru_cache(maxsize=8192)
def measure_day(meter: Meter, day: date, step: int) -> Day:
    """Compute a day in steps of `step` seconds; 46 or 50 half-hours when the clock changes."""
    start = midnight(day)
    count = day_length(day) // step
    side = " production" if meter.producing else ""
    noise = shake_128(f"{meter.point} {day.isoformat()} {step}{side}".encode()).digest(count + 4)
    shape = _sunny if meter.producing else _shape_load
    watts = shape(meter, day, _hours(day, step), noise)
    # A register counts whole Wh, so the day's steps must add up to a whole number of them.
    watts[count // 2 if meter.producing else -1] += -sum(watts) % (_HOUR // step)
    highest = max(range(count), key=watts.__getitem__)
    mean = watts[highest]
    peak = max(mean, min(meter.ceiling, mean * (110 + noise[-1] % 70) // 100))
    second = (noise[-2] * 256 + noise[-3]) % step
    return Day(start, step, tuple(watts), peak, start + highest * step + second)


@lru_cache(maxsize=4096)
def _hours(day: date, step: int) -> tuple[int, ...]:
    """The civil hour at the start of each step; on clock changes one hour is missing or double."""
    first = midnight(day)
    return tuple(civil(at).hour for at in range(first, first + day_length(day), step))


def _shape_load(meter: Meter, day: date, hours: tuple[int, ...], noise: bytes) -> list[int]:
    is_week_end = day.weekday() >= _SATURDAY
    if meter.business:
        profile = _CLOSED if is_week_end else _BUSINESS
    else:
        profile = _WEEK_END if is_week_end else _HOUSEHOLD
    scale = _scale(meter.point)
    winter = round(cos(tau * (day.timetuple().tm_yday - 18) / 365.25), 6)
    season = int(100 + (18 if meter.business else 48) * winter)
    spike = 5200 if meter.business else 1900
    limit = meter.ceiling * 95 // 100
    watts = []
    for hour, chance in zip(hours, noise, strict=False):
        mean = profile[hour // 12][hour % 12] * scale * season * (70 + chance % 61) // 1_000_000
        watts.append(min(limit, mean + (spike * (chance - _SPIKE) // 20 if chance > _SPIKE else 0)))
    return watts


def _sunny(meter: Meter, day: date, hours: tuple[int, ...], noise: bytes) -> list[int]:
    winter = round(cos(tau * (day.timetuple().tm_yday + 10) / 365.25), 6)  # longest night
    share = int(70 - 30 * winter)  # of the panels' power, in percent
    clouds = 40 + noise[-4] % 61
    limit = meter.ceiling * 95 // 100
    return [
        min(limit, meter.ceiling * _SUN[hour // 12][hour % 12] * share * clouds // 1_000_000)
        * (80 + chance % 41)
        // 100
        for hour, chance in zip(hours, noise, strict=False)
    ]


@lru_cache(maxsize=4096)
def _scale(point: str) -> int:
    """The consumption of this point in percent of the average."""
    return 80 + shake_128(point.encode()).digest(1)[0] % 40
