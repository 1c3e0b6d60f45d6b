"""An order is looked for on the day on which it left, however many days its run goes on over."""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from sgeflow import Options, open_catalog, resume, run
from sgeflow.adapters.state import journal
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import Uptime
from sgeflow.core.model import CallRecord, FaultClass, Kind
from sgeflow.simulator import Simulator
from sgeflow.simulator.people import CONTRACT
from sgeflow.simulator.subscriptions import Subscription
from tests.conftest import shipped_catalog
from tests.examples import some

PARIS = ZoneInfo("Europe/Paris")
ORDER, STOP = "commanderServicesAccesDonnees", "commanderArretServiceSouscritMesures"
SEASONS = (date(2025, 7, 3), date(2025, 10, 26), date(2026, 1, 1), date(2026, 3, 29))
BEFORE_MIDNIGHT, AFTER_MIDNIGHT = timedelta(hours=23, minutes=50), timedelta(minutes=10)
ENVIRONMENT = """
environment: here
title: a simulator whose days go by
generation: current
login: donnees.energie@example.org
contractId: "1234567"
services:
  sge: {{base_url: "{base}", route: direct}}
"""
FLOW = """
flow: ordering
title: An order behind a read
inputs: {{pointId: {{$ref: "types.yaml#/pointId"}}, end: {{$ref: "types.yaml#/date"}}}}
steps:
  - {{id: read, call: rechercherServicesAccesDonnees, with: {{pointId: "${{inputs.pointId}}"}}}}
  - id: order
    call: {order}
    with: {{pointId: "${{inputs.pointId}}", {given}}}
"""
GIVEN = {
    ORDER: 'dateFin: "${inputs.end}", nom: MARTIN, serviceSouscrit: [{typeDonnees: CDC}]',
    STOP: 'serviceSouscritId: "61000001"',
}
MANY = settings(
    max_examples=some(6),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@dataclass
class Days:
    """A simulator and a run in the same time, which goes on as it is told to."""

    simulator: Simulator
    clock: time_machine.Traveller
    order: str
    folder: Path

    def __post_init__(self):
        (self.folder / "environments").mkdir(parents=True)
        (self.folder / "flows").mkdir()
        text = ENVIRONMENT.format(base=self.simulator.base_url)
        (self.folder / "environments" / "here.yaml").write_text(text)
        flow = FLOW.format(order=self.order, given=GIVEN[self.order])
        (self.folder / "flows" / "ordering.yaml").write_text(flow)
        self.workspace = open_catalog(self.folder)
        self.state = self.folder / "state"
        self.options = Options(environment="here", state=self.state, run="r1")
        self.point = self.simulator.household["pointId"]

    def go_to(self, then):
        """It is that moment now, in the world too."""
        self.clock.move_to(then)
        self.simulator.pass_days((then.astimezone(PARIS).date() - self.simulator.today).days)

    def seed(self, **facts):
        usual = {
            "id": "61000001",
            "point": self.point,
            "kind": "ACCES",
            "label": "Un service",
            "contract": CONTRACT,
            "data": "CDC" if self.order == STOP else "IDX",
            "direction": "SOUTIRAGE",
            "start": date(2025, 1, 1),
            "end": date(2027, 1, 1),
        }
        self.simulator.world.keep(Subscription(**{**usual, **facts}))

    def lose(self, left, fault, end, wrong=timedelta(0)):
        """Begin, let the order leave at a moment, and be interrupted before it is looked for.

        By so much the clock is wrong then.
        """

        def listen(heard):
            if isinstance(heard, CallRecord) and heard.kind is Kind.READ:
                self.go_to(left)
                self.clock.move_to(left + wrong)
                self.simulator.meet(fault)
            elif isinstance(heard, CallRecord):
                self.simulator.calm()
                raise KeyboardInterrupt

        inputs = {"pointId": self.point, "end": end.isoformat()}
        here = {"workspace": self.workspace, "options": self.options}
        with pytest.raises(KeyboardInterrupt):
            run("ordering", inputs, **here, listener=listen)

    def go_on(self):
        return resume("r1", workspace=self.workspace, options=Options(state=self.state))

    def sent(self):
        return sum(
            times for (name, _), times in self.simulator.orders.items() if name == self.order
        )

    def services(self):
        return {one.id: one for one in self.simulator.world.services(self.point)}


@pytest.fixture
def days(tmp_path, monkeypatch):
    """Make a world that begins on a moment: `days(order, began)`."""
    catalog, worlds = shipped_catalog(), []
    numbers = count(1)  # the machine is started anew each time: the calendar alone tells
    monkeypatch.setattr(journal, "uptime", lambda: Uptime(boot=f"b{next(numbers)}", seconds=1.0))

    def make(order, began):
        traveller = time_machine.travel(began, tick=True)
        clock = traveller.start()
        simulator = Simulator(catalog, today=began.astimezone(PARIS).date())
        simulator.start()
        worlds.append((simulator, traveller))
        return Days(simulator, clock, order, tmp_path / f"world{next(numbers)}")

    def leave():
        while worlds:
            simulator, traveller = worlds.pop()
            simulator.stop()
            traveller.stop()
            assert not simulator.mistakes

    make.leave = leave
    yield make
    leave()


def at(day, time):
    """A moment of a civil day in France, in UTC: midnight and so much, by the clock on the wall."""
    midnight = datetime(day.year, day.month, day.day)
    return (midnight + time).replace(tzinfo=PARIS).astimezone(UTC)


TIMES = st.one_of(
    st.integers(0, 24 * 60 - 1).map(lambda minutes: timedelta(minutes=minutes)),
    st.sampled_from([timedelta(0), timedelta(seconds=2), timedelta(hours=23, minutes=59)]),
)


@dataclass(frozen=True)
class Course:
    """When a run begins, when its order leaves, days after which it goes on, what became of it."""

    day: date
    begin: timedelta
    later: int
    leave: timedelta
    pauses: tuple[int, ...]
    accepted: bool


COURSES = st.builds(
    Course,
    day=st.builds(
        lambda day, shift: day + timedelta(days=shift),
        st.sampled_from(SEASONS),
        st.integers(-1, 1),
    ),
    begin=TIMES,
    later=st.integers(0, 2),
    leave=TIMES,
    pauses=st.lists(st.integers(0, 20), min_size=1, max_size=2).map(tuple),
    accepted=st.booleans(),
)


@pytest.mark.parametrize("order", [ORDER, STOP])
@MANY
@example(Course(SEASONS[0], BEFORE_MIDNIGHT, 1, AFTER_MIDNIGHT, (1,), accepted=True))
@example(Course(SEASONS[1], BEFORE_MIDNIGHT, 1, AFTER_MIDNIGHT, (0, 2), accepted=False))
@example(Course(SEASONS[3], BEFORE_MIDNIGHT, 0, BEFORE_MIDNIGHT, (40,), accepted=True))
@given(COURSES)
def test_what_was_ordered_is_found_and_what_was_not_never_is(days, order, course):
    accepted = course.accepted
    began = at(course.day, course.begin)
    left = max(began, at(course.day + timedelta(days=course.later), course.leave))
    here = days(order, began)
    day = left.astimezone(PARIS).date()
    here.seed()
    here.lose(left, "late:100%:1ms" if accepted else "drop:100%", day + timedelta(days=364))
    event(f"{order}: {'accepted' if accepted else 'not accepted'}")
    known, end, now = here.services(), None, left
    assert here.sent() == 1
    for pause in course.pauses:
        now += timedelta(days=pause, minutes=1)
        here.go_to(now)
        end = here.go_on()
        if end.failure is None:
            break
    if accepted:
        assert end.failure is None, "what was accepted was not found"
        assert here.sent() == 1
        assert here.services() == known
    elif end.failure is None:
        assert here.sent() == 2, "what was not accepted was found"
    else:
        assert end.failure.fault_class is FaultClass.UNKNOWN
        assert here.sent() == 1
    made = [one for one in here.services().values() if one.data == "CDC" and order == ORDER]
    assert len(made) == (order == ORDER and end.failure is None)
    days.leave()


def test_what_began_on_the_day_of_the_run_is_not_what_was_ordered_on_the_next(days):
    began = at(date(2025, 7, 3), BEFORE_MIDNIGHT)
    here = days(ORDER, began)
    end = date(2026, 7, 1)
    here.seed(id="61000009", data="CDC", start=date(2025, 7, 3), end=end)
    here.lose(at(date(2025, 7, 4), AFTER_MIDNIGHT), "drop:100%", end)
    result = here.go_on()
    assert result.failure.fault_class is FaultClass.UNKNOWN
    assert here.sent() == 1


@pytest.mark.parametrize("wrong", [timedelta(hours=2), -timedelta(days=3)])
def test_what_left_while_the_clock_was_wrong_is_found_on_its_true_day(days, monkeypatch, wrong):
    left = at(date(2025, 7, 3), timedelta(hours=23))
    here = days(ORDER, left)
    here.seed()
    monkeypatch.setattr(journal, "uptime", lambda: Uptime(boot="b", seconds=1000.0))
    here.lose(left, "late:100%:1ms", date(2026, 7, 1), wrong)
    pause = timedelta(days=1, hours=3)
    then = Uptime(boot="b", seconds=1000.0 + pause.total_seconds())
    monkeypatch.setattr(journal, "uptime", lambda: then)
    here.go_to(left + pause)
    assert here.go_on().failure is None
    assert here.sent() == 1


def test_what_was_sent_once_more_may_be_of_the_day_on_which_it_left_first(days):
    """The first sending was accepted after all, and shown only when the second was refused."""
    here = days(ORDER, at(date(2025, 7, 3), timedelta(hours=10)))
    here.seed()
    here.lose(at(date(2025, 7, 3), timedelta(hours=10)), "drop:100%", date(2026, 7, 1))
    here.go_to(at(date(2025, 7, 5), timedelta(hours=10)))

    def listen(heard):
        if isinstance(heard, CallRecord) and "@reconcile" in heard.key:
            made = {"id": "61000009", "data": "CDC", "start": date(2025, 7, 3)}
            here.seed(**made, end=date(2026, 7, 1))

    options = Options(state=here.state)
    result = resume("r1", workspace=here.workspace, options=options, listener=listen)
    assert result.failure is None
    assert here.sent() == 2
    with closing(Journal(StateLocation(folder=here.state).journal)) as journal:
        (departed,) = journal.show("r1").orders
        first, *_, last = journal.departures("r1", departed.key)
    assert round((last - first) / 86_400) == 2
