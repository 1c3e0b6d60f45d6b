"""Night after night in a world: one household, a meter that fails and is put right, bad nights.

Days without values, or with wrong ones, stand so for some nights or for ever. In the end the
flow runs once a week until each of the last four weeks has had its turn to be asked again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from sgeflow.adapters.state.store import Store
from sgeflow.core.measures.civil_time import civil
from sgeflow.simulator.people import MeterLapse
from tests.storm.bottle import PARIS, Bottle
from tests.storm.story import Story

_DAY = timedelta(days=1)
_SECONDS = 86_400
_HALF_HOUR = 1800
_KINDS = {"COURBE": "load_curve", "ENERGIE": "daily_energy", "PMAX": "max_power"}
_ASKED = 28  # days that the first run asks for
_HOURS = (None, (7, 13), (0, 3))  # of a curve that lack, or all
_OFTEN = 0.4
FOR_EVER = date.max
_WEEKS = 5  # of calm: each of four weeks has its turn when it is the oldest


@dataclass(kw_only=True)
class Nights(Story):
    """A world in which the konnector runs every night, or nearly."""

    _lapses: list[tuple[date, MeterLapse]] = field(default_factory=list)  # each until a day
    _failed: set[tuple[str, date]] = field(default_factory=set)  # days on which one was

    def live(self) -> None:
        """From the first night to calm weeks."""
        self.inputs = self._inputs()
        dice = self.bottle.dice
        with self._opened():
            for _ in range(dice.randrange(3, 9)):
                self._fail()
                dice.choice([self._bad_hour, self._quiet_night])()
                self._note_ends()
                wait_days(self.bottle, dice.choice([1, 1, 1, 2, 4]))
            self._heal(FOR_EVER - _DAY)
            self._calm_down()
            for _ in range(_WEEKS):
                wait_days(self.bottle, 7)
                self._run_calmly()

    def _quiet_night(self) -> None:
        self._clear_up()
        self._run_calmly()

    # -- the meter --------------------------------------------------------------------------------

    def _fail(self) -> None:
        """Some days of the last ones are not told, or told wrong, until a day or for ever."""
        dice, today = self.bottle.dice, self.bottle.today
        self._heal(today)
        for what in _KINDS:
            day = today - dice.randint(1, 4) * _DAY
            if dice.random() < _OFTEN and (what, day) not in self._failed:
                self._failed.add((what, day))
                hours = dice.choice(_HOURS) if what == "COURBE" else None
                percent = dice.choice([0, 0, 90, 110])
                lapse = MeterLapse(
                    what=what, start=day, end=day + _DAY, hours=hours, percent=percent
                )
                until = dice.choice([today + dice.randint(1, 6) * _DAY, FOR_EVER])
                self._lapses.append((until, lapse))
                self.bottle.story.append(f"{what} of {day}: {percent} % until {until}")
        self._set_meter()

    def _heal(self, today: date) -> None:
        """Put right what was to stand until a day, or an earlier one."""
        self._lapses = [one for one in self._lapses if one[0] > today]
        self._set_meter()

    def _set_meter(self) -> None:
        world, (id_,) = self.bottle.world, self.points
        lapses = tuple(one for _, one in self._lapses)
        world.points.add(replace(world.points[id_], lapses=lapses))


def wait_days(bottle: Bottle, days: int) -> None:
    """Let some days pass, and up to an hour more."""
    bottle.clock.advance(bottle.clock.true + days * _SECONDS + bottle.dice.uniform(0, 3600))
    bottle.story.append(f"night of {bottle.today}")


def untold_days(story: Nights) -> Iterator[str]:
    """Days that SGE could give and the store lacks, and days that lack without a word in the state.

    From the first day on that a run which ended well has asked for.
    """
    ended = [date.fromisoformat(one.today) for one in story.told.reports if one.failure is None]
    if not ended:
        return
    (id_,) = story.points
    asked = [ended[0] + n * _DAY for n in range(-_ASKED, (ended[-1] - ended[0]).days)]
    with Store(story.home.store(story.bottle.environment)) as store:
        told = (store.recall("accounts", id_) or {}).get("gaps", {})
        for what, series in _KINDS.items():
            kept = Counter(civil(one.start).date() for one in store.load(id_, series).measures)
            for day in asked:
                if kept[day] < _most(what, day):
                    yield from _untold(story, what, day, told.get(series, ()))


def _untold(
    story: Nights, what: str, day: date, gaps: Iterable[Mapping[str, str]]
) -> Iterator[str]:
    """The mistakes of a day that is not whole."""
    lapse = story.bottle.world.points[story.points[0]].lapse(what, day)
    if lapse is None or lapse.percent:
        yield f"{what} of {day} is not whole, and SGE could give it"
    if not any(one["start"] <= day.isoformat() < one["end"] for one in gaps):
        yield f"{what} of {day} lacks, and no gap says so"


def _most(what: str, day: date) -> int:
    """How many values a day has: of half-hours 46 and 50 when the clock changes."""
    if what != "COURBE":
        return 1
    first, last = (
        datetime(one.year, one.month, one.day, tzinfo=PARIS) for one in (day, day + _DAY)
    )
    return int(last.timestamp() - first.timestamp()) // _HALF_HOUR
