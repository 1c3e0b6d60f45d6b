"""Small projects for tests: a catalogue made of a few texts."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, none, text
from msgspec.structs import replace

from sgeflow.core.checking.document import Document
from sgeflow.core.engine.step import Catalog
from sgeflow.core.language.dates import Duration
from sgeflow.core.people import MadeUpPoint
from sgeflow.errors import Problem
from tests.browser import browser
from tests.catalogues import keep_in_memory, keep_shipped
from tests.nursery import hear_interrupts
from tests.postgres import (
    begin_session,
    choose_home,
    end_session,
    home,
    locked,
    new_database,
    new_home,
    new_tables,
    postgres,
    session_folder,
)
from tests.recordings import record_year
from tests.skips import refused_skips, summarize_skips

__all__ = ["browser", "home", "new_database", "new_home", "new_tables", "postgres", "record_year"]
TESTS = Path(__file__).parent
_OWNS = pytest.StashKey[bool]()

gc.disable()  # until all tests are collected: what comes till then stays

hear_interrupts()
keep_in_memory()
keep_shipped()

# Tests start many processes: what one of them compiles, the others find.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A disk takes milliseconds to say that something is on it, and a run asks it dozens of times. No
# test loses its power, so that memory serves as well where it has room.
MEMORY, ROOM = Path("/dev/shm"), 2 << 30  # bytes; what a suite leaves at once is a tenth of it
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("TMPDIR", str(MEMORY))
    tempfile.tempdir = None  # what pytest found before it came here is not the last word

os.environ["LC_ALL"] = "C.UTF-8"  # messages are compared in English, whatever the machine speaks

# No test fails because the machine is busy: examples have no time limit.
# The suite tries the same examples for everybody, so that what it says is about the code;
# `make explore` tries new ones, as many as one has time for.
settings.register_profile("suite", deadline=None, derandomize=True, max_examples=20)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("SGEFLOW_EXAMPLES", "suite"))

NOT_PROVED = 8  # the exit code of a session of which STRICT wants more; pytest's own end with 5
DAYS, CURVE_DAYS = 20, 8  # that young meters tell of

Texts = Mapping[str, str]
Project = Callable[..., tuple[Catalog, tuple[Problem, ...]]]

BASE: Texts = {
    "operations/types.yaml": """\
        pointId: {type: string, pattern: "^[0-9]{14}$", description: A point}
        date: {type: string, format: date}
        """,
    "operations/faults.yaml": """\
        SGT401:
          class: not_found
          meaning: {en: no such point, fr: point inconnu}
          cause: {en: a typing mistake, fr: une faute de frappe}
          remedy: {en: check it, fr: vérifiez-le}
        SGT500:
          class: technical
          meaning: {en: out of order, fr: en panne}
          cause: {en: nobody knows, fr: on ne sait pas}
          remedy: {en: wait, fr: attendez}
        """,
    "operations/services.yaml": "sge: {owner: Enedis}",
    "operations/readThing.yaml": """\
        operation: readThing
        title: Reads a thing
        service: Thing
        version: "1.0"
        kind: read
        route: {gateway: gate/thing, direct: Thing/v1, soap_action: urn:read}
        parameters:
          pointId: {$ref: "types.yaml#/pointId"}
          day: {$ref: "types.yaml#/date", optional: true}
          kind: {enum: [A, B], default: A}
        envelope:
          namespaces: {v: urn:thing}
          body: {v:read: {pointId: "${pointId}", day: "${day}", kind: "${kind}"}}
        response:
          element: readResponse
          paths:
            name: name
            serial: serial
            rows: "row[].{date: d, value: v} || `[]`"
        """,
    "operations/orderThing.yaml": """\
        operation: orderThing
        title: Orders a thing
        service: Thing
        version: "1.0"
        kind: order
        route: {gateway: gate/order, direct: Order/v1, soap_action: urn:order}
        parameters:
          pointId: {$ref: "types.yaml#/pointId"}
        envelope:
          namespaces: {v: urn:thing}
          body: {v:order: {pointId: "${pointId}"}}
        response:
          element: orderResponse
          paths: {serviceId: id, caseId: case}
        reconcile:
          call: readThing
          with: {pointId: "${pointId}"}
          found: rows[?value == 'made'] | [0]
          outputs: {serviceId: value}
        """,
    "environments/here.yaml": """\
        environment: here
        title: A place for tests
        generation: previous
        login: one@example.org
        contractId: "1234567"
        services:
          sge: {base_url: "https://sge.example.org", route: direct}
          office: {base_url: "https://office.example.org"}
        settings: {region: north}
        """,
}
"""A shared type, two codes, a read, an order and an environment."""


def build(texts: Texts, base: Texts = BASE) -> tuple[Catalog, tuple[Problem, ...]]:
    """The catalogue of some texts by file name, on top of a small base, and what is wrong."""
    from sgeflow.core.checking.catalog import assemble
    from sgeflow.runtime.project import verbs

    documents = [
        Document(kind=file.partition("/")[0], file=file, text=dedent(text))
        for file, text in {**base, **texts}.items()
    ]
    return assemble(documents, verbs())


@cache
def shipped_catalog() -> Catalog:
    """The catalogue that is shipped, opened once: simulators may share it."""
    from sgeflow.runtime.project import open_catalog

    return open_catalog(Path(__file__).parents[1]).catalog


@cache
def young_catalog(*, curve_days: int = CURVE_DAYS) -> Catalog:
    """The same, but for households whose meters tell of twenty days, and half-hours of `curve_days`.

    What is done with a year of measures is the same, and takes longer. With 0, half-hours stay.
    """
    age = {"since_measures": Duration(days=DAYS)}
    if curve_days:
        age["since_curve"] = Duration(days=curve_days)
    return _with_meters(age)


@cache
def silent_catalog() -> Catalog:
    """The same, but for households whose meters tell nothing: a run is about all else."""
    return _with_meters({"since_measures": None, "since_curve": None})


def _with_meters(facts: Mapping[str, Duration | None]) -> Catalog:
    catalog = shipped_catalog()
    people = {
        name: replace(
            one,
            points=tuple(_with_meter(point, facts) for point in one.points),
            crowds=tuple(
                replace(crowd, first=_with_meter(crowd.first, facts)) for crowd in one.crowds
            ),
        )
        for name, one in catalog.people.items()
    }
    return replace(catalog, people=people)


def _with_meter(point: MadeUpPoint, facts: Mapping[str, Duration | None]) -> MadeUpPoint:
    if point.person is None:
        return point
    return replace(point, facts={**facts, **point.facts})


@pytest.fixture
def project() -> Project:
    """Builds a small project from a mapping of file names to texts."""
    return build


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of the state says where that is."""
    choose_home(metafunc)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two workers a core: some of the time goes to waiting, and each takes seconds to begin."""
    return 2 * (os.cpu_count() or 1)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Workers of the whole suite begin to import it at different places.

    What one of them compiles, the others find: else each compiles all of it at the same moment.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker or session.config.args != session.config.getini("testpaths"):
        return
    files = sorted(TESTS.rglob("test_*.py"))
    first = len(files) * int(worker[2:]) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    for file in files[first:] + files[:first]:
        with suppress(Exception, pytest.skip.Exception):  # is told when it is collected
            import_module(".".join(file.relative_to(TESTS.parent).with_suffix("").parts))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules with pages that a browser looks at come first: one worker has them, and a browser.

    A browser takes seconds to begin, whoever looks at one page.
    """
    looking = {item.path for item in items if "browser" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path not in looking)


def pytest_collection_finish() -> None:
    """What stays until the end, all modules and tests, is never searched for garbage."""
    gc.freeze()
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        share_what_laws_need(worker)
    given(none())(lambda _: None)()  # the first law of a process searches: now, for next to nothing
    gc.set_threshold(200_000, 20, 50)  # as the command line does
    gc.enable()


def share_what_laws_need(worker: str) -> None:
    """What Hypothesis finds out once and keeps in files is found out by one worker for all.

    These are the characters there are, and the constants of all modules. Two workers begin at once.
    """
    steps = {"characters": text().validate, "constants": given(integers())(lambda _: None)}
    for name in sorted(steps, reverse=int(worker[2:]) % 2 == 1):
        with locked(session_folder() / name):
            steps[name]()


def pytest_configure(config: pytest.Config) -> None:
    """A session may start a server that all its workers share."""
    config.stash[_OWNS] = begin_session()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Whoever began the session stops what it started; what is left was searched once by now."""
    gc.freeze()
    if config.stash[_OWNS]:
        end_session()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Tests that did not come to their end leave nothing to try again: all of them are.

    Nor do those that were skipped though the build wants them: alone, they are skipped again.
    """
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if hasattr(session.config, "workerinput") or terminal is None:
        return
    if os.environ.get("SGEFLOW_STRICT") and refused_skips(_reasons(terminal)):
        session.exitstatus = exitstatus = NOT_PROVED
    if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        cache = getattr(session.config, "cache", None)  # none with `-p no:cacheprovider`
        if cache is not None:
            cache.set("cache/lastfailed", {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not proved on this machine, and what passed only when it was tried again."""
    reasons = _reasons(terminalreporter)
    refused = refused_skips(reasons) if os.environ.get("SGEFLOW_STRICT") else []
    passed_again = []
    if terminalreporter.config.getoption("lf", default=False):
        passed_again = [one.nodeid for one in terminalreporter.stats.get("passed", [])]
    for title, lines in (
        ("not proved on this machine", summarize_skips(reasons)),
        ("these may not be skipped in the build", summarize_skips(refused)),
        ("failed beside others and passed alone: each is a defect to fix", passed_again),
    ):
        if lines:
            terminalreporter.section(title)
            for line in lines:
                terminalreporter.line(line)


def _reasons(terminal: pytest.TerminalReporter) -> list[str]:
    """Why each test that was skipped was."""
    return [report.longrepr[2] for report in terminal.stats.get("skipped", [])]
