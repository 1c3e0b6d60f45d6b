"""The driver: scripts side by side, in order, to their end or to the first that cannot go on."""

import json
import signal
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec.structs import replace

from sgeflow.adapters.secrets import Secret
from sgeflow.core.engine import effects
from sgeflow.core.engine.effects import Script, ask
from sgeflow.core.engine.ports import Lateness, Progress
from sgeflow.core.model import (
    CallRecord,
    FaultClass,
    Kind,
    NoAnswer,
    Request,
    Response,
    Series,
    Status,
    StepTrace,
)
from sgeflow.errors import Id, Problem, TechnicalError
from sgeflow.runtime.driver import Driver, InterruptedRun
from sgeflow.runtime.journal.recovery import fingerprint

WAIT = 20  # seconds after which a test fails rather than hangs


@dataclass
class Line:
    """A transport whose answers are the bodies it was given."""

    seen: list[Request] = field(default_factory=list)
    meet: Any = None  # called within each send

    def send(self, request, deadline=None, leave=None):
        if leave and (refusal := leave()):
            return refusal
        self.seen.append(request)
        if self.meet:
            self.meet(request)
        return Response(status=200, headers={}, body=request.body)

    def close(self):
        return None


@dataclass
class Notes:
    """A log in memory, in the order of the calls."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    results: dict[str, Any] = field(default_factory=dict)
    answers: dict[tuple[str, int], Response] = field(default_factory=dict)
    begun: tuple[str, ...] = ()
    secrets: tuple[Secret, ...] = ()

    def earlier(self, key, attempt, request):
        return self.answers.get((key, attempt))

    def check_hold(self):
        return None

    def result(self, key):
        return key in self.results, self.results.get(key)

    def keep(self, key, answer):
        self.results[key] = answer

    def refuse(self, request):
        return None

    def sending(self, key, attempt, request, fingerprint):
        self.lines.append(("sending", key))

    def note_answer(self, key, attempt, request, answer):
        self.lines.append(("answered", key))

    def absent(self, key, by, *, ago, after, made):
        self.lines.append(("absent", key))
        return ago >= after

    def progress(self, trail):
        return Progress.SETTLED if trail in self.begun else Progress.NEW

    def was_resent(self, key):
        return False

    def outputs_by_hand(self, key):
        return None

    def order_days(self, key, endpoint):
        return ()

    def note_outcome(self, record):
        self.lines.append(("settled", record.key))
        return Lateness.IN_TIME


class Shelf:
    """A store that is full."""

    def save(self, series, measures, mark, author):
        raise TechnicalError(Problem(id=Id.STORAGE, message="the disk is full"))


def driver(line=None, listen=lambda _: None, **more):
    return Driver(transport=line or Line(), log=more.pop("log", Notes()), listen=listen, **more)


def request(text="x", kind=Kind.READ):
    return Request(
        endpoint="sge",
        is_operation=True,
        method="POST",
        path="/",
        headers={},
        body=text.encode(),
        label=text,
        kind=kind,
    )


def exchange(text, kind=Kind.READ):
    return effects.Exchange(key=f"main/{text}#x", request=request(text, kind))


def asking(text) -> Script[str]:
    answer = yield from ask(exchange(text))
    return answer.body.decode()


def together(names, limit=9, stop=None) -> Script[tuple[Any, ...]]:
    scripts = tuple(map(asking, names))
    return (yield from ask(effects.Together(scripts=scripts, limit=limit, stop=stop)))


def test_every_effect_has_an_answer():
    own = {one for one in effects.Effect.__subclasses__() if one.__module__.startswith("sgeflow.")}
    assert own == Driver._ANSWERS.keys()


def test_a_script_is_answered_to_its_end():
    line, log = Line(), Notes()
    assert driver(line, log=log).run(asking("a")) == "a"
    assert log.lines == [("sending", "main/a#x"), ("answered", "main/a#x")]


def test_scripts_are_side_by_side():
    """Three requests wait for each other: were one sent after the other, none would come back."""
    barrier = threading.Barrier(3, timeout=WAIT)
    line = Line(meet=lambda _: barrier.wait())
    assert driver(line).run(together("abc")) == ("a", "b", "c")


def test_no_more_than_the_limit_are():
    too_many, lock, now, most = threading.Event(), threading.Lock(), [0], [0]

    def meet(_):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
            if now[0] > 2:
                too_many.set()
        too_many.wait(0.2)  # long enough for a third to come in
        with lock:
            now[0] -= 1

    driver(Line(meet=meet)).run(together("abcdef", limit=2))
    assert most == [2]


def test_answers_keep_the_order_given_whoever_is_first():
    last_is_in = threading.Event()

    def meet(sent):
        if sent.label == "c":
            last_is_in.set()
        else:
            assert last_is_in.wait(WAIT)

    assert driver(Line(meet=meet)).run(together("abc")) == ("a", "b", "c")


def test_nothing_begins_after_an_answer_that_stops():
    line = Line()
    answers = driver(line).run(together("abcd", limit=1, stop=lambda answer: answer == "b"))
    assert answers == ("a", "b", None, None)
    assert [sent.label for sent in line.seen] == ["a", "b"]


def test_nested_scripts_are_side_by_side_too():
    barrier = threading.Barrier(4, timeout=WAIT)
    line = Line(meet=lambda _: barrier.wait())

    def outer() -> Script[tuple[Any, ...]]:
        inner = (together("ab"), together("cd"))
        return (yield from ask(effects.Together(scripts=inner, limit=2)))

    assert driver(line).run(outer()) == (("a", "b"), ("c", "d"))


def test_no_scripts_give_no_answers():
    assert driver().run(together("")) == ()


def test_one_that_cannot_go_on_stops_the_others_at_their_next_effect():
    is_full, began = threading.Event(), threading.Event()

    def saving() -> Script[None]:
        yield from ask(exchange("a"))
        assert began.wait(WAIT)
        is_full.set()
        yield from ask(
            effects.Save(key="k", series=Series(point="p", name="n", unit="W"), measures=())
        )

    def ordering() -> Script[None]:
        yield from ask(exchange("b"))
        began.set()
        assert is_full.wait(WAIT)
        end = time.monotonic() + WAIT
        while time.monotonic() < end:  # the failure is on its way
            yield from ask(exchange("b"))
        yield from ask(exchange("an order that must not leave"))

    def outer() -> Script[tuple[Any, ...]]:
        return (yield from ask(effects.Together(scripts=(ordering(), saving()), limit=2)))

    line = Line()
    with pytest.raises(TechnicalError, match="the disk is full"):
        driver(line, store=Shelf()).run(outer())
    assert {sent.label for sent in line.seen} == {"a", "b"}


def test_an_interrupt_ends_a_run_before_its_next_effect():
    line = Line()
    there = driver(line)
    line.meet = lambda _: there.stopping.set()
    closed = []

    def script() -> Script[None]:
        try:
            yield from ask(exchange("a"))
            yield from ask(exchange("b"))
        finally:
            closed.append(True)

    with pytest.raises(InterruptedRun):
        there.run(script())
    assert [sent.label for sent in line.seen] == ["a"]
    assert closed == [True]


def test_an_interrupt_ends_a_pause_at_once():
    there = driver()

    def script() -> Script[None]:
        yield from ask(effects.Pause(seconds=3600))

    threading.Timer(0.1, there.stopping.set).start()
    began = time.monotonic()
    with pytest.raises(InterruptedRun):
        there.run(script())
    assert time.monotonic() - began < WAIT


def test_an_interrupt_ends_all_that_are_side_by_side():
    line = Line()
    there = driver(line)
    barrier = threading.Barrier(3, timeout=WAIT)

    def meet(_):
        barrier.wait()
        there.stopping.set()

    line.meet = meet
    with pytest.raises(InterruptedRun):
        there.run(together("abcdef", limit=3))
    assert len(line.seen) == 3


def test_an_interrupt_that_comes_again_leaves_nothing_behind_that_is_under_way():
    line, begun, ended = Line(), threading.Barrier(3, timeout=WAIT), []
    go_on = threading.Event()

    def meet(request):
        begun.wait()
        go_on.wait(WAIT)
        ended.append(request.label)

    def press():
        begun.wait()
        for _ in range(2):
            pressed.clear()
            signal.pthread_kill(main, signal.SIGINT)
            pressed.wait(WAIT)
        threading.Timer(0.2, go_on.set).start()  # when whoever waits would have gone

    def interrupt(*_):
        pressed.set()
        raise KeyboardInterrupt

    line.meet, pressed, main = meet, threading.Event(), threading.get_ident()
    before = signal.signal(signal.SIGINT, interrupt)
    try:
        threading.Thread(target=press, daemon=True).start()
        with pytest.raises(KeyboardInterrupt):
            driver(line).run(together("ab", limit=2))
    finally:
        signal.signal(signal.SIGINT, before)
    assert sorted(ended) == ["a", "b"]


def test_what_was_answered_before_is_not_asked_again():
    known = {("main/a#x", 1): Response(status=200, headers={}, body=b"old")}
    log = Notes(answers=known, begun=("main/a",))
    line = Line()

    def script() -> Script[str]:
        yield from ask(effects.Pause(seconds=3600, before="main/a"))  # it is known
        return (yield from asking("a"))

    assert driver(line, log=log).run(script()) == "old"
    assert line.seen == []


class Held(Line):
    """A transport whose time is over before the call can leave."""

    def send(self, request, deadline=None, leave=None):
        problem = Problem(id=Id.TIMEOUT, message="too late")
        return NoAnswer(sent=False, problem=problem, fault_class=FaultClass.NETWORK)


def test_a_call_that_never_left_is_not_noted_as_leaving():
    log = Notes()
    line = Held()
    answer = driver(line, log=log).answer(exchange("a", kind=Kind.ORDER))
    assert answer.sent is False
    assert log.lines == []


class Trying(Line):
    """A transport that asks to leave each time it tries."""

    def send(self, request, deadline=None, leave=None):
        super().send(request, deadline, leave)
        return super().send(request, deadline, leave)


def test_a_call_is_noted_once_however_often_its_transport_tries():
    log = Notes()
    line = Trying()
    driver(line, log=log).answer(exchange("a"))
    assert len(line.seen) == 2
    assert log.lines == [("sending", "main/a#x"), ("answered", "main/a#x")]


def test_steps_are_told_with_how_long_they_took():
    told = []
    there = driver(listen=told.append)

    def script() -> Script[None]:
        yield effects.Emit(effects.StepBegun("main/a", ""))
        yield from ask(effects.Pause(seconds=0.05))
        trace = StepTrace(trail="main/a", verb="set", title="", status=Status.DONE)
        yield effects.Emit(effects.StepEnded(trace))
        yield effects.Emit(effects.Warn("main/a", "hm"))

    there.run(script())
    began, ended, warned = told
    assert began == effects.StepBegun("main/a", "")
    assert ended.trace.seconds >= 0.05
    assert time.time() - 60 < ended.trace.started < time.time()
    assert warned.text == "hm"


class Pacing(Line):
    """A transport in which each call waits for its turn."""

    def send(self, request, deadline=None, leave=None):
        time.sleep(0.02)
        return super().send(request, deadline, leave)


def test_a_call_is_told_with_how_long_it_waited_and_for_what():
    told, log = [], Notes()

    def script() -> Script[None]:
        for attempt in (1, 2):
            if attempt == 2:
                yield from ask(effects.Pause(seconds=0.05))
            one = replace(exchange("a"), attempt=attempt)
            yield from ask(one)
            record = CallRecord(
                key=one.key,
                label="x",
                kind=Kind.READ,
                attempt=attempt,
                outcome="ok",
                seconds=0.1,
                bytes_in=3,
            )
            yield effects.CallClosed(record=record)

    driver(Pacing(), log=log, listen=told.append).run(script())
    first, second = told
    assert first.waited >= 0.02
    assert (first.paused, second.paused) == (0.0, 0.05)
    assert second.waited >= 0.02
    assert log.lines[-1] == ("settled", "main/a#x")


def test_a_read_has_no_fingerprint_and_an_order_that_of_all_its_values():
    body = json.dumps({"pointId": "30000000000011"})
    assert fingerprint(request(body)) == ""
    order = fingerprint(request(body, Kind.ORDER))
    assert order == fingerprint(request(body, Kind.ORDER))
    assert order != fingerprint(request(body.replace("11", "22"), Kind.ORDER))
    assert order == fingerprint(request(body, Kind.CANCEL))
