"""Nothing that changes anything leaves on a day that a service's clock does not bear out.

The service is a simulator that passes for a real one: it tells the true time, whatever the machine
is told.
"""

import re
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import time_machine

from sgeflow import Options, run
from sgeflow.adapters.state.records import Uptime
from sgeflow.core.measures.civil_time import civil
from sgeflow.core.model import CallRecord
from sgeflow.runtime import right_day, session
from sgeflow.simulator.simulator import Simulator
from tests.conftest import young_catalog
from tests.meddler import TRUE, as_real, named, words

POINT = "30000000000011"
ORDER, STOP = "commanderServicesAccesDonnees", "commanderArretServicesAccesDonnees"
ENV = ("--env", "between")
DAY, HOUR = 86_400, 3600
AHEAD = 400 * DAY


def true_now():
    """The true time, whatever this process is told."""
    return TRUE + time.monotonic()


def day(seconds=0.0):
    """The civil day so many seconds from now."""
    return civil(int(true_now() + seconds)).date().isoformat()


@contextmanager
def clock_wrong_by(seconds):
    """The clock of this machine is so many seconds ahead."""
    then = datetime.fromtimestamp(true_now() + seconds, UTC)
    with time_machine.travel(then, tick=True):
        yield


@pytest.fixture
def real(behind, monkeypatch):
    """Services that are real, with a few households of one street."""
    monkeypatch.delenv("SGEFLOW_TODAY")
    catalog = young_catalog(curve_days=2)
    with Simulator(catalog, today=day(), generation="current", fleet=5) as simulator:
        proxy = behind(simulator)
        proxy.clock = 0.0
        yield proxy
        assert not simulator.mistakes


@pytest.fixture
def order(sgeflow):
    """Order the load curve by `sgeflow call`."""

    def send(*more):
        given = (f"pointId={POINT}", f"dateFin={day(600 * DAY)}", "nom=LEFEVRE")
        what = 'serviceSouscrit:=[{"typeDonnees": "CDC"}]'
        return sgeflow("call", ORDER, *given, what, *ENV, *more)

    return send


def changes(proxy):
    """What came that changes something, by the operation, or the method and path."""
    reads = ("rechercher", "consulter")
    asked = [named(one) or words(one) for one in proxy.requests]
    return [one for one in asked if not one.startswith((*reads, "HEAD ", "GET "))]


def times_asked(proxy):
    return sum(one.startswith(b"HEAD / ") for one in proxy.requests)


# -- the harm ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["clock", "SGEFLOW_TODAY", "--today"])
def test_on_a_wrong_day_a_fleet_ends_no_contract_and_deletes_no_consent(
    real, sgeflow, monkeypatch, way
):
    sgeflow("simulate", "--fleet", "5", "-o", "points.csv")
    fleet = ("run", "konnector", "--each", "points.csv", "file=data/{pointId}.json", *ENV)
    assert sgeflow(*fleet).code == 0
    world = real.simulator.world
    services = running(world)
    assert len(services) == len(world.consents) == 5
    real.requests.clear()
    if way == "clock":
        with clock_wrong_by(AHEAD):
            told = sgeflow(*fleet)
    elif way == "SGEFLOW_TODAY":
        monkeypatch.setenv(way, day(AHEAD))
        told = sgeflow(*fleet)
    else:
        told = sgeflow(*fleet, way, day(AHEAD))
    assert told.code != 0
    assert "SGE054  5" in told.out
    assert changes(real) == []
    assert running(world) == services
    assert len(world.consents) == 5
    monkeypatch.delenv("SGEFLOW_TODAY", raising=False)
    assert sgeflow(*fleet).code == 0


def running(world):
    """The services of the fleet that are in force."""
    points = [f"39{number:012d}" for number in range(1, 6)]
    return [one for point in points for one in world.services(point) if world.active(one)]


# -- the clock --------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [-AHEAD, -2 * HOUR, -HOUR - 60, HOUR + 60, 2 * HOUR, AHEAD])
def test_no_order_leaves_while_the_clock_is_more_than_an_hour_wrong(real, order, wrong):
    with clock_wrong_by(wrong):
        told = order()
    assert told.code == 6
    assert "SGE054" in told.err
    assert f"{ORDER} is not sent: this machine's clock is" in told.err
    assert ("ahead of" if wrong > 0 else "behind") in told.err
    assert changes(real) == []
    assert order().code == 0


@pytest.mark.parametrize("wrong", [-HOUR + 60, HOUR - 60])
def test_within_an_hour_a_clock_is_right(real, order, wrong):
    with clock_wrong_by(wrong):
        assert order().code == 0


def test_where_nothing_was_answered_yet_the_service_is_asked_without_credentials(real, order):
    assert order().code == 0
    first, *_ = real.requests
    assert first.startswith(b"HEAD / HTTP/1.1\r\n")
    assert b"no-cache" in first
    assert not any(word in first.lower() for word in (b"authorization", b"apikey", b"cookie"))
    assert times_asked(real) == 1


def test_a_read_asks_nobody_for_the_time_and_its_answer_tells_it(real, sgeflow):
    read = ("rechercherServicesAccesDonnees", f"pointId={POINT}")
    for more in ((), ("--today", day(AHEAD))):
        assert sgeflow("call", *read, *ENV, *more).code == 0
    assert times_asked(real) == 0
    with clock_wrong_by(AHEAD):
        assert sgeflow("call", *read, *ENV).code == 0
    write("ordering", READ, order_step(day(600 * DAY)))
    assert sgeflow("run", "ordering", *ENV).code == 0
    assert times_asked(real) == 0


def test_a_service_that_does_not_tell_the_time_gets_no_order(real, order):
    real.dates = False
    told = order()
    assert (told.code, "does not give the time" in told.err) == (6, True)
    assert changes(real) == []


def test_of_two_dates_in_one_answer_neither_bears_the_clock_out(real, order):
    real.clock, real.second_clock = AHEAD, 0.0
    with clock_wrong_by(AHEAD):
        told = order()
    assert (told.code, "SGE054" in told.err) == (6, True)
    assert changes(real) == []


def test_a_service_that_cannot_be_asked_for_the_time_gets_no_order(real, order):
    real.simulator.stop()
    told = order()
    assert told.code == 5
    assert changes(real) == []
    assert "unk" not in told.err


def test_a_run_goes_on_behind_an_order_that_left_when_it_was_tried_again(real, sgeflow):
    """The first attempt did not leave, because nobody told the time: nothing is noted of it."""
    write("ordering", order_step(day(600 * DAY)), READ)
    real.silent = 1
    begin_and_stop()
    told = sgeflow("resume", "r1")
    assert told.code == 0, told.err
    assert changes(real) == [ORDER]
    assert times_asked(real) == 2


def test_what_a_cache_kept_since_yesterday_is_asked_anew(real, sgeflow):
    def stale(request, forward):
        return as_real(forward(request), -DAY if "rechercher" in named(request) else 0.0)

    real.meddle = stale
    write("ordering", READ, order_step(day(600 * DAY)))
    assert sgeflow("run", "ordering", *ENV).code == 0
    assert times_asked(real) == 1


# -- the day ----------------------------------------------------------------------------------------

READ = f'{{id: read, call: rechercherServicesAccesDonnees, with: {{pointId: "{POINT}"}}}}'


def order_step(end, more=""):
    return (
        f'{{id: order, call: {ORDER}, with: {{pointId: "{POINT}", dateFin: "{end}", nom: LEFEVRE,'
        f" serviceSouscrit: [{{typeDonnees: CDC}}]}}{more}}}"
    )


def write(name, *steps, more=""):
    """A flow of some steps."""
    Path("flows").mkdir(exist_ok=True)
    text = "".join(f"  - {step}\n" for step in steps)
    Path("flows", f"{name}.yaml").write_text(f"flow: {name}\ntitle: x\nsteps:\n{text}{more}")


@pytest.mark.parametrize("asked", [-AHEAD, -2 * DAY, 2 * DAY, AHEAD])
def test_a_day_that_was_set_by_hand_is_for_reads(real, order, asked):
    told = order("--today", day(asked))
    assert told.code == 6
    assert f"the run is dated {day(asked)}" in told.err
    assert f"says {day()}" in told.err
    assert "use --today and SGEFLOW_TODAY only for reads" in told.err
    assert changes(real) == []
    assert order("--today", day()).code == 0


def test_what_is_no_order_of_enedis_needs_a_right_day_too(real, sgeflow):
    ways = {
        "POST": "{service: backoffice, method: POST, path: /consent, body: {}}",
        "PUT": "{service: backoffice, method: PUT, path: /consent/1, repeatable: true, body: {}}",
        "DELETE": "{service: backoffice, method: DELETE, path: /consent/1, repeatable: true}",
    }
    for way, step in ways.items():
        write("changing", f"{{id: a, http: {step}}}")
        told = sgeflow("run", "changing", *ENV, "--today", day(AHEAD))
        assert (told.code, "SGE054" in told.err) == (6, True), way
    assert changes(real) == []


def test_nothing_overrides_it(real, sgeflow):
    handled = ", on_fault: [{classes: [credentials], continue: {serviceId: x}}]"
    end = "on_fault:\n  - {codes: [SGE054], fail: {code: OVERRIDDEN, message: x}}\n"
    last = "finally:\n  - {id: last, http: {service: backoffice, method: POST, path: /consent, body: {}}}\n"
    write("ordering", order_step(day(600 * DAY), handled), more=end + last)
    told = sgeflow("run", "ordering", *ENV, "--today", day(AHEAD), "--confirm-orders")
    assert (told.code, "SGE054" in told.err, "OVERRIDDEN" in told.err) == (6, True, False)
    assert changes(real) == []


def test_a_run_past_midnight_keeps_its_day(real, sgeflow, monkeypatch):
    """It begins a day and a quarter before its order leaves, which is the first thing it asks."""
    ago = 1.25 * DAY
    now = Uptime(boot="this one", seconds=1e6)
    earlier = Uptime(boot="this one", seconds=1e6 - ago)
    monkeypatch.setattr(session, "uptime", lambda: earlier)
    monkeypatch.setattr(right_day, "uptime", lambda: now)
    write("ordering", order_step(day(600 * DAY)))
    told = sgeflow("run", "ordering", *ENV, "--today", day(-ago))
    assert told.code == 0, told.err
    assert sgeflow("run", "ordering", *ENV, "--today", day(-2 * ago)).code == 6


def begin_and_stop(wrong=0.0):
    """A run that is stopped behind its read; its clock is wrong by so many seconds."""

    def listen(event):
        if isinstance(event, CallRecord) and event.label == "rechercherServicesAccesDonnees":
            raise KeyboardInterrupt

    options = Options(environment="between", run="r1", state=Path("state"))
    with clock_wrong_by(wrong), pytest.raises(KeyboardInterrupt):
        run("ordering", options=options, listener=listen)


@pytest.mark.parametrize("later", [0, 3])
def test_a_run_that_goes_on_keeps_a_day_that_was_right(real, sgeflow, later):
    write("ordering", READ, order_step(day(600 * DAY)))
    begin_and_stop()
    real.simulator.pass_days(later)
    real.clock = later * DAY
    with clock_wrong_by(later * DAY):
        told = sgeflow("resume", "r1")
    assert told.code == 0, told.err
    assert changes(real) == [ORDER]


@pytest.mark.parametrize("wrong", [-AHEAD, AHEAD])
def test_a_run_that_goes_on_with_a_day_that_was_wrong_orders_nothing(real, sgeflow, wrong):
    """The clock is right by now, and what the run was answered first tells that it was not."""
    write("ordering", READ, order_step(day(600 * DAY)))
    begin_and_stop(wrong)
    told = sgeflow("resume", "r1")
    assert told.code == 6
    assert f"the run is dated {day(wrong)}" in told.err
    assert changes(real) == []
    assert sgeflow("run", "ordering", *ENV).code == 0


def test_a_run_whose_first_request_was_an_order_goes_on_on_another_day(real, sgeflow):
    """Nothing was answered but whoever was asked for the time: its order left on a right day."""

    def lose(request, forward):
        forward(request)
        raise OSError

    stop = (
        f'{{id: stop, call: {STOP}, with: {{pointId: "{POINT}",'
        ' serviceSouscritId: ["${steps.order.serviceId}"]}}'
    )
    write("ordering", order_step(day(600 * DAY)), stop)
    real.meddle = lose
    named_run = ("--run", "r1")
    assert sgeflow("run", "ordering", *ENV, *named_run).code == 8
    real.meddle = lambda request, forward: forward(request)
    real.simulator.pass_days(2)
    real.clock = 2 * DAY
    with clock_wrong_by(2 * DAY):
        told = sgeflow("resume", "r1")
    assert told.code == 0, told.err
    assert changes(real) == [ORDER, STOP]


@pytest.mark.parametrize("later", [None, -40 * 60, 0])
def test_a_lost_order_is_found_on_the_day_of_the_service(real, sgeflow, later):
    """At midnight a clock that is wrong by less than an hour shows another day."""

    def lose(request, forward):
        reply = forward(request)
        if named(request) == ORDER:
            lost.append(request)
        if lost and (named(request) == ORDER or later is not None):
            raise OSError
        return as_real(reply, real.clock)

    lost = []
    write("ordering", READ, order_step(day(600 * DAY)))
    now = datetime.fromtimestamp(true_now(), UTC)
    begins = civil(int(true_now() + DAY)).replace(hour=0, minute=20, second=0)
    real.clock = (begins.astimezone(UTC) - now).total_seconds()
    real.simulator.pass_days(1)
    real.meddle = lose
    with clock_wrong_by(real.clock - 40 * 60):
        told = sgeflow("run", "ordering", *ENV, "--run", "r1")
    if later is not None:
        assert told.code == 8, told.err
        real.meddle = lambda request, forward: as_real(forward(request), real.clock)
        with clock_wrong_by(real.clock + later):
            told = sgeflow("resume", "r1")
    assert told.code == 0, told.err
    assert changes(real) == [ORDER]


@pytest.mark.parametrize("begun", [True, False])
def test_rows_of_a_fleet_are_of_the_day_on_which_they_begin(real, sgeflow, begun):
    """Past midnight a row that was begun before keeps its day, and one that begins has a new one."""
    step = order_step("${date_add(run.today, 'P600D')}").replace(POINT, "${inputs.pointId}")
    inputs = 'inputs: {pointId: {$ref: "types.yaml#/pointId"}}\n'
    write("ordering", READ.replace(POINT, "${inputs.pointId}"), step)
    flow = Path("flows", "ordering.yaml")
    flow.write_text(flow.read_text().replace("steps:", f"{inputs}steps:"))
    Path("points.csv").write_text("pointId\n39000000000001\n39000000000002\n")

    def midnight(request, forward):
        if named(request) == ("rechercherServicesAccesDonnees" if begun else ORDER):
            reply = as_real(forward(request), real.clock)
            traveller.shift(timedelta(days=1))
            real.simulator.pass_days(1)
            real.clock += DAY
            return reply
        return forward(request)

    real.meddle = midnight
    with time_machine.travel(datetime.fromtimestamp(true_now(), UTC), tick=True) as traveller:
        told = sgeflow("run", "ordering", *ENV, "--each", "points.csv", "--jobs", "1")
    assert told.code == 0, told.out
    assert changes(real) == [ORDER, ORDER]


# -- the simulator over HTTP ------------------------------------------------------------------------


def test_the_simulator_tells_its_own_day_and_orders_need_that(between, sgeflow, monkeypatch):
    """Its day is the one of these tests, years ago; what it is asked for is its day alone."""
    given = (f"pointId={POINT}", "dateFin=2028-01-01", "nom=LEFEVRE")
    asked = ("call", ORDER, *given, 'serviceSouscrit:=[{"typeDonnees": "CDC"}]', *ENV)
    monkeypatch.delenv("SGEFLOW_TODAY")
    told = sgeflow(*asked)
    assert told.code == 6
    assert "use --today 2025-06-15: the simulator has its own date" in told.err
    assert sgeflow(*asked, "--today", "2025-06-13").code == 6  # the 14th is right until one o'clock
    assert changes(between) == []
    with clock_wrong_by(AHEAD):
        assert sgeflow(*asked, "--today", "2025-06-15").code == 0
    reply = between.forward(b"HEAD / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert b"\r\nServer: sgeflow-simulator\r\n" in reply
    assert day_told(reply) == "2025-06-15"


def day_told(reply):
    """The day in France of the date of a reply."""
    made = parsedate_to_datetime(re.search(rb"\r\nDate: ([^\r]+)", reply)[1].decode())
    return civil(int(made.timestamp())).date().isoformat()


@pytest.mark.parametrize("hour", [0, 1, 12, 21, 22, 23])
@pytest.mark.parametrize("month", [7, 12])
def test_its_day_is_its_own_at_each_hour_of_each_season(between, month, hour):
    with time_machine.travel(datetime(2026, month, 2, hour, 30, tzinfo=UTC)):
        reply = between.forward(b"HEAD / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert day_told(reply) == "2025-06-15"


def test_its_day_goes_on_when_its_clock_is_moved(between, sgeflow):
    between.simulator.pass_days(30)
    given = (f"pointId={POINT}", "dateFin=2028-01-01", "nom=LEFEVRE")
    asked = ("call", ORDER, *given, 'serviceSouscrit:=[{"typeDonnees": "CDC"}]', *ENV)
    assert sgeflow(*asked).code == 6
    assert sgeflow(*asked, "--today", "2025-07-15").code == 0
