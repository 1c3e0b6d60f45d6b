"""`--traces`: what a command did as spans of OpenTelemetry, without a word of a household."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Result, write_two_households
from tests.collector import Collected, Collector, collecting
from tests.household import HOUSEHOLD

Command = Callable[..., Result]
CLIENT = 3  # of OTLP
ASKED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    for name in [name for name in os.environ if name.startswith(("OTEL_", "TRACE"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("sgeflow.adapters.tracing.PATIENCE", 20.0)
    with collecting() as one:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", one.address)
        yield one


def above(collector: Collector, span: Collected) -> list[str]:
    """The names of the spans that one stands in."""
    known, names = {one.id: one for one in collector.spans}, []
    while span.parent in known:
        span = known[span.parent]
        names.append(span.name)
    return names


def test_a_run_is_one_trace_and_tells_nothing_of_a_household_and_enedis_nothing_of_it(
    sgeflow, collector
):
    result = sgeflow("run", "konnector", "--traces", "--record", "said.yaml")
    assert (result.code, "spans" in result.err) == (0, False)
    (run,) = collector.named("run konnector")
    assert len({span.trace for span in collector.spans}) == 1
    assert (run.parent, run.error, run.facts["process.exit.code"]) == (b"", "", 0)
    assert run.facts["deployment.environment.name"] == "simulator"
    assert collector.service["service.name"] == "sgeflow"
    calls = [span for span in collector.spans if span.kind == CLIENT]
    assert len(calls) == run.facts["sgeflow.calls"] == 13
    (order,) = (span for span in calls if span.name == "commanderServicesAccesDonnees")
    assert above(collector, order) == [
        "access", "ordered", "start", "first", "run konnector"
    ]  # fmt: skip
    assert order.facts == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "http.response.body.size": order.facts["http.response.body.size"],
        "service.peer.name": "sge",
        "sgeflow.kind": "order",
    }
    weeks = [span for span in calls if above(collector, span)[:3] == ["current", "curve", "weeks"]]
    assert len(weeks) == 4
    within = {span.id: span for span in collector.spans}
    assert [
        span.name
        for span in collector.spans
        if span.parent and not within[span.parent].start <= span.start <= span.end
    ] == []
    sent = b"".join(collector.bodies).decode("utf-8", "replace")
    private = [*HOUSEHOLD.values(), "Lefevre", "ERABLES", "simulator@"]
    assert [word for word in private if word.lower() in sent.lower()] == []
    told = Path("said.yaml").read_text().lower()
    assert ("soapaction" in told, "traceparent" in told) == (True, False)


def test_a_run_that_fails_has_its_code_on_the_call_the_step_and_the_run(sgeflow, collector):
    code = sgeflow("run", "konnector", "--scenario", "down", "--traces").code
    (run,) = collector.named("run konnector")
    assert run.facts["process.exit.code"] == code != 0
    assert run.error == run.facts["error.type"] == "VENDOR_DOWN"
    tries = [span for span in collector.spans if span.kind == CLIENT and span.error]
    assert {span.facts["error.type"] for span in tries} == {span.error for span in tries}
    again = [span.facts["http.request.resend_count"] for span in tries[1:]]
    assert again == list(range(1, len(tries)))
    (step,) = (span for span in collector.spans if span.id == tries[-1].parent)
    assert step.error
    assert step.events["sgeflow.backoff"]["sgeflow.seconds"] > 0


def test_rows_are_traces_of_their_own_with_a_link_to_the_span_of_their_fleet(sgeflow, collector):
    first = write_two_households(sgeflow)
    words = ("--each", "points.csv", "file=data/{pointId}.json", "--traces")
    assert sgeflow("run", "konnector", *words).code == 7
    (fleet,) = collector.named("fleet konnector")
    assert {name: fleet.facts[f"sgeflow.rows.{name}"] for name in ("total", "done", "failed")} == {
        "total": 2,
        "done": 1,
        "failed": 1,
    }
    rows = collector.named("run konnector")
    assert [(row.parent, row.links) for row in rows] == [(b"", [fleet.id])] * 2
    assert len({row.trace for row in [*rows, fleet]}) == 3
    assert {row.facts["sgeflow.fleet"] for row in rows} == {fleet.facts["sgeflow.run"]}
    assert sorted(row.error for row in rows) == ["", "LOGIN_FAILED"]
    sent = b"".join(collector.bodies).decode("utf-8", "replace")
    assert [word for word in [*first.split(",")[:4], "NOBODY"] if word in sent] == []


def test_a_run_stands_in_the_trace_of_whoever_started_the_command(sgeflow, collector, monkeypatch):
    monkeypatch.setenv("TRACEPARENT", ASKED)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "night")
    assert sgeflow("run", "konnector", "--traces").code == 0
    (run,) = collector.named("run konnector")
    assert (run.trace.hex(), run.parent.hex()) == tuple(ASKED.split("-")[1:3])
    assert collector.service["service.name"] == "night"


@pytest.mark.parametrize("trouble", ["refuses", "hangs", "is not there"])
def test_a_collector_that_takes_nothing_changes_no_end_and_is_told(
    sgeflow, collector, monkeypatch, trouble
):
    monkeypatch.setattr("sgeflow.adapters.tracing.PATIENCE", 0.3)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20s3cr3t")
    place = collector.address.replace("//", "//me:s3cr3t@")
    reason = "no answer"
    if trouble == "refuses":
        collector.status, reason = 401, "HTTP 401"
    elif trouble == "hangs":
        collector.hang.clear()
    else:
        place = "http://me:s3cr3t@127.0.0.1:9"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"{place}/s3cr3t")
    result = sgeflow("run", "konnector", "--traces")
    assert result.code == 0
    (line,) = (line for line in result.err.splitlines() if "spans of the trace" in line)
    assert line.startswith(f"! http://{place.partition('@')[2]} did not accept ")
    assert line.endswith(f": {reason}")
    assert "s3cr3t" not in result.err + result.out
    assert "opentelemetry" not in result.err
    for thread in threading.enumerate():
        if thread.name.endswith("(shutdown)"):  # it would try again by the proxy of the next test
            thread.join()


def test_nothing_is_sent_unless_it_is_asked_for(sgeflow, collector, monkeypatch):
    assert sgeflow("run", "konnector").code == 0
    assert sgeflow("run", "konnector", "--traces", "--dry-run").code == 0
    for name, value in {"OTEL_SDK_DISABLED": "true", "OTEL_TRACES_EXPORTER": "none"}.items():
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            assert sgeflow("run", "konnector", "--traces").code == 0
    assert collector.headers == []


@pytest.mark.parametrize(
    ("name", "value"), [("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), ("OTEL_TRACES_EXPORTER", "zipkin")]
)
def test_what_the_variables_ask_for_and_there_is_not_is_told_before_anything_is_sent(
    sgeflow, collector, monkeypatch, name, value
):
    monkeypatch.setenv(name, value)
    result = sgeflow("run", "konnector", "--traces")
    assert (result.code, result.out) == (2, "")
    assert f'{name} cannot be "{value}"' in result.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://me:s3cr3t@[::1"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://me:s3cr3t@[::1"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "s3cr3t"),
    ],
)
def test_a_variable_that_is_not_understood_is_named_without_its_value(
    sgeflow, collector, monkeypatch, name, value
):
    monkeypatch.setenv(name, value)
    for module in [one for one in sys.modules if one.startswith("opentelemetry.sdk.trace")]:
        monkeypatch.delitem(sys.modules, module)  # it reads some when it is imported
    result = sgeflow("run", "konnector", "--traces")
    assert (result.code, result.out, collector.headers) == (2, "", [])
    words = " ".join(result.err.split())
    assert f"OpenTelemetry does not understand the value of the variable {name}" in words
    assert "s3cr3t" not in result.err


def test_without_the_extra_what_to_install_is_told(sgeflow, collector, monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    result = sgeflow("run", "konnector", "--traces")
    assert (result.code, result.out) == (2, "")
    assert "traces need the extra `traces`" in result.err
    assert "pip install" in result.err


def test_a_stopped_run_ends_its_spans(collector):
    from sgeflow.adapters.tracing import open_tracing
    from sgeflow.core.engine.effects import StepBegun
    from sgeflow.errors import Exit
    from sgeflow.runtime.observer import RunStopped
    from sgeflow.tools.observing.traces import Traces

    way = open_tracing()
    assert way is not None
    traces, here = Traces(tracing=way), _environment()
    stopped = traces.observe("0001", "night", here)
    stopped(StepBegun("night/one", "One"))
    stopped(RunStopped(exit=Exit.INTERRUPTED))
    traces.observe("0002", "night", here)(StepBegun("night/one", "One"))
    assert traces.close(Exit.TECHNICAL).lost == 0
    ends = {span.facts["sgeflow.run"]: span.error for span in collector.named("run night")}
    assert ends == {"0001": "exit 130", "0002": "exit 5"}
    assert len(collector.named("one")) == 2


def _environment() -> Any:
    from tests.conftest import build

    return build({})[0].environments["here"]
