"""Documents in a Cozy or a CouchDB: none twice, none lost, in few requests, whatever comes between."""

from __future__ import annotations

import json
import subprocess
import threading
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest

import sgeflow
from sgeflow import Options, open_catalog
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.store import Store
from sgeflow.core.measures.civil_time import day_length, midnight, month_length
from sgeflow.core.model import Measure, Series
from sgeflow.runtime.journal.recovery import unpack_answer
from sgeflow.simulator.replies import json_reply
from sgeflow.simulator.simulator import Simulator
from tests.conftest import CURVE_DAYS, shipped_catalog
from tests.machine import NODE
from tests.npm import installed

POINT, OTHER = "30000000000011", "25946599093143"
MINUTE, DAY, MONTH, YEAR, PEAK = TYPES = [
    f"com.grandlyon.enedis.{kind}" for kind in ("minute", "day", "month", "year", "maxpower")
]
ENVIRONMENT = """\
environment: home
title: the Cozy of a household
generation: previous
login: one@example.org
contractId: "1234567"
services:
  sge: {{base_url: "{base}", route: direct}}
  cozy: {{base_url: "{base}/cozy", headers: {{Authorization: "Bearer ${{secret.COZY_TOKEN}}"}}}}
  couch: {{base_url: "{base}/couchdb", kind: couchdb, basic: {{user: simulator, password: "${{secret.COUCH}}"}}}}
"""
SEND = """\
flow: {flow}
title: Send
inputs:
  pointId: {{type: string}}
  account: {{type: string, optional: true}}
  again: {{type: boolean, default: false}}
steps:
  - id: sent
    export:
      {{format: cozy, point: "${{inputs.pointId}}", service: {service}, account: "${{inputs.account}}",
      account_point: "{owner}", again: "${{inputs.again}}", app: enedissgegrandlyon}}
outputs: {{counts: steps.sent.counts, written: steps.sent.written}}
"""
FILE = """\
flow: write
title: Write
steps:
  - id: file
    export: {format: cozy, point: "30000000000011", file: file.json}
"""
SECRETS = {"COZY_TOKEN": "simulator", "COUCH": "simulator"}


def year_of(first: date, days: int, *, curve: int = 0, watts: float = 300.0):
    """Series of a household: daily energies and peaks, and half-hours of the last days of them."""
    dates = [first + timedelta(days=n) for n in range(days)]
    energies = [Measure(midnight(d), 12_000 + d.toordinal() % 100, day_length(d)) for d in dates]
    peaks = [Measure(midnight(d) + 68_530, 4_000 + d.day, 0) for d in dates]
    halves = [
        Measure(midnight(d) + at, watts + d.day, 1800, "B")
        for d in (dates[-curve:] if curve else ())
        for at in range(0, day_length(d), 1800)
    ]
    return energies, peaks, halves


@dataclass
class Household:
    """A point whose measures are kept, and where they are sent."""

    folder: object
    server: Simulator
    state: object
    asked: list

    @cached_property
    def workspace(self):
        """Its documents as they were when it was first asked for."""
        return open_catalog(self.folder)

    def keep(self, first, days, *, curve=0, watts=300.0, point=POINT):
        energies, peaks, halves = year_of(first, days, curve=curve, watts=watts)
        with Store(store_place(self)) as store:
            for name, unit, measures in (
                ("daily_energy", "Wh", energies),
                ("max_power", "VA", peaks),
                ("load_curve", "W", halves),
            ):
                store.save(Series(point=point, name=name, unit=unit), measures)
            self.sum(store, point)

    def sum(self, store, point):
        months, years = Counter(), Counter()
        for one in store.load(point, "daily_energy").measures:
            day = datetime.fromtimestamp(one.start, ZoneInfo("Europe/Paris")).date()
            months[day.replace(day=1)] += one.value
            years[day.replace(month=1, day=1)] += one.value
        rows = [Measure(midnight(d), value, month_length(d)) for d, value in months.items()]
        store.save(Series(point=point, name="monthly_energy", unit="Wh"), rows)
        rows = [Measure(midnight(d), value, 365 * 86400) for d, value in years.items()]
        store.save(Series(point=point, name="yearly_energy", unit="Wh"), rows)

    def send(
        self, flow="send", today="2026-01-15", secrets=SECRETS, listener=None, record=None, **inputs
    ):
        """Send; the report, and in `asked` the requests that the service got."""
        self.asked.clear()
        options = Options(
            environment="home", today=today, state=self.state, secrets=secrets, record=record
        )
        given = {} if flow == "write" else {"pointId": POINT, **inputs}
        more = {"listener": listener} if listener else {}
        return sgeflow.run(flow, given, workspace=self.workspace, options=options, **more)

    def counts(self, **more):
        report = self.send(**more).raise_for_failure()
        return {name.rpartition(".")[2]: c for name, c in report.outputs["counts"].items()}

    @property
    def cozy(self):
        return self.server.world.cozy()

    def documents(self, cozy=None):
        """What stands there, without what is of the database or of who wrote it."""
        return {
            kind: sorted(map(load_and_date, (cozy or self.cozy).documents(kind))) for kind in TYPES
        }


def store_place(home):
    """Where the measures of a household are kept."""
    return StateLocation(folder=home.state).store("home")


def load_and_date(one):
    return (one["year"], one["month"], one["day"], one["hour"], one["minute"], one["load"])


def watch_requests(service, asked):
    """Note what a service is asked."""
    before = service.answer

    def answer(method, path, query, headers, body):
        asked.append(f"{method} {path}")
        return before(method, path, query, headers, body)

    service.answer = answer


@pytest.fixture
def make(tmp_path, monkeypatch):
    servers = []
    monkeypatch.chdir(tmp_path)

    def household(**simulated):
        folder = tmp_path / f"project{len(servers)}"
        server = Simulator(shipped_catalog(), today="2026-01-15", **simulated)
        server.start()
        servers.append(server)
        for name, text in (
            ("environments/home", ENVIRONMENT.format(base=server.base_url)),
            ("flows/send", SEND.format(flow="send", service="cozy", owner="")),
            ("flows/couch", SEND.format(flow="couch", service="couch", owner="")),
            ("flows/second", SEND.format(flow="second", service="cozy", owner=POINT)),
            ("flows/write", FILE),
        ):
            path = folder / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        made = Household(folder, server, tmp_path / f"state{len(servers)}", [])
        watch_requests(made.cozy, made.asked)
        watch_requests(server.world.couchdb, made.asked)
        return made

    yield household
    for server in servers:
        server.stop()


@pytest.fixture
def home(make):
    made = make()
    made.keep(date(2025, 1, 1), 365, curve=CURVE_DAYS)
    return made


def by_libraries(home, kind, members, number, **more):
    """A document as another program wrote it, under an id that is not ours."""
    metadata = {"createdAt": "2024-01-01T00:00:00.000Z", "createdByApp": "enedissgegrandlyon"}
    home.cozy.set_document(
        kind, {"_id": number, **members, "cozyMetadata": metadata, "seen": "by Ecolyo", **more}
    )


def dated(load, year, month=1, day=1, hour=0, minute=0):
    return {
        "load": load,
        "year": year,
        "month": month,
        "day": day,
        "hour": hour,
        "minute": minute,
    }


# -- few requests ---------------------------------------------------------------------------------


def test_a_first_run_of_a_year_needs_fifteen_requests_at_most_and_an_idle_one_none(make):
    home = make()
    home.keep(date(2025, 1, 1), 365, curve=28)
    counts = home.counts()
    assert sum(one["new"] for one in counts.values()) == 365 * 2 + 28 * 48 + 12 + 1
    assert len(home.asked) <= 15
    assert home.counts()["day"] == dict.fromkeys(counts["day"], 0)
    assert home.asked == []


def test_a_night_needs_ten_requests_at_most(home):
    home.counts()
    assert sum("_index" in one for one in home.asked) == 3  # with the first documents
    home.keep(date(2026, 1, 1), 1, curve=1)
    counts = home.counts()
    assert {name: one["new"] + one["changed"] for name, one in counts.items()} == {
        "minute": 48, "day": 1, "month": 1, "year": 1, "maxpower": 1,
    }  # fmt: skip
    assert len(home.asked) <= 10
    assert not [one for one in home.asked if "_index" in one]


def test_a_night_of_half_hours_beside_months_of_them_needs_two_requests(make):
    home = make()
    home.keep(date(2025, 9, 3), 120, curve=120)
    assert home.counts()["minute"]["new"] == 120 * 48  # the hour that autumn repeats is one
    assert len(home.asked) <= 18
    curve = [Measure(midnight(date(2026, 1, 1)) + 1800 * n, 500, 1800, "B") for n in range(48)]
    with Store(store_place(home)) as store:
        store.save(Series(point=POINT, name="load_curve", unit="W"), curve)
    counts = home.counts()
    assert counts["minute"] == {**counts["minute"], "new": 48, "changed": 0}
    assert len(home.asked) == 2


def test_what_is_written_counts_also_where_its_index_cannot_be_made_yet(make, monkeypatch):
    home = make()
    home.keep(date(2025, 1, 1), 31, curve=1)
    before = home.cozy.answer

    def answer(method, path, *rest):
        no = json_reply(403, {"error": "forbidden"})
        return no if path.endswith("/_index") else before(method, path, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(home.cozy, "answer", answer)
        assert home.counts()["day"]["new"] == 31
    assert sum(one["new"] + one["changed"] for one in home.counts().values()) == 0
    assert home.asked == []
    home.keep(date(2025, 2, 1), 1)
    assert home.counts()["day"]["new"] == 1


# -- the same documents as in the file ------------------------------------------------------------


def test_the_cozy_holds_what_the_file_holds(home):
    home.keep(date(2025, 10, 1), 60, curve=60)  # with the hour that autumn repeats
    home.send().raise_for_failure()
    home.send("write").raise_for_failure()
    file = json.loads((home.folder / "file.json").read_text())
    assert home.documents() == {kind: sorted(map(load_and_date, file[kind])) for kind in TYPES}
    ids = {kind: {one["_id"] for one in file[kind]} for kind in TYPES}
    assert {kind: {one["_id"] for one in home.cozy.documents(kind)} for kind in TYPES} == ids


def test_a_couchdb_gets_the_same_documents_in_databases_that_are_made(home):
    home.send("couch").raise_for_failure()
    assert "PUT /com-grandlyon-enedis-minute" in home.asked
    home.send().raise_for_failure()
    couch = home.server.world.couchdb
    names = {kind: kind.replace(".", "-") for kind in TYPES}
    found = {
        kind: sorted(map(load_and_date, couch.documents(name))) for kind, name in names.items()
    }
    assert found == home.documents()
    home.keep(date(2026, 1, 1), 1, curve=1)
    home.send("couch").raise_for_failure()
    assert len(couch.documents("com-grandlyon-enedis-day")) == 366


def test_metadata_stands_as_the_libraries_write_it(home):
    home.counts(account="a1")
    (one, *_) = home.cozy.documents(YEAR)
    moment = one["cozyMetadata"]["createdAt"]
    assert datetime.fromisoformat(moment).date() >= date(2026, 1, 14)
    version = sgeflow.__version__
    assert one["cozyMetadata"] == {
        "doctypeVersion": 1,
        "metadataVersion": 1,
        "createdAt": moment,
        "createdByApp": "enedissgegrandlyon",
        "createdByAppVersion": version,
        "sourceAccount": "a1",
        "sourceAccountIdentifier": POINT,
        "updatedAt": moment,
        "updatedByApps": [{"slug": "enedissgegrandlyon", "date": moment, "version": version}],
    }


# -- what others wrote ----------------------------------------------------------------------------


def test_what_other_programs_wrote_is_adopted_as_it_is(home):
    by_libraries(home, DAY, dated(1.5, 2025, 3, 3), "theirs")
    by_libraries(home, MONTH, dated(1.5, 2025, 3), "month")
    counts = home.counts()
    assert (counts["day"]["adopted"], counts["day"]["changed"], counts["day"]["new"]) == (1, 1, 364)
    assert (counts["month"]["adopted"], counts["month"]["changed"]) == (1, 1)
    there = {one["_id"]: one for one in home.cozy.documents(DAY)}
    assert len(there) == 365
    adopted = there["theirs"]
    assert (adopted["load"], adopted["seen"]) == (
        12 + date(2025, 3, 3).toordinal() % 100 / 1000,
        "by Ecolyo",
    )
    assert adopted["cozyMetadata"]["createdAt"] == "2024-01-01T00:00:00.000Z"


def test_a_corrected_value_corrects_and_nothing_else_is_written(home):
    home.counts()
    home.keep(date(2025, 6, 1), 1)
    with Store(store_place(home)) as store:
        corrected = [Measure(midnight(date(2025, 6, 1)), 99_000, 86_400)]
        store.save(Series(point=POINT, name="daily_energy", unit="Wh"), corrected)
        home.sum(store, POINT)
    counts = home.counts()
    assert {name: one["changed"] for name, one in counts.items()} == {
        "minute": 0, "day": 1, "month": 1, "year": 1, "maxpower": 0,
    }  # fmt: skip
    assert 99 in {one["load"] for one in home.cozy.documents(DAY)}


def test_twins_are_told_and_none_is_deleted(home):
    by_libraries(home, DAY, dated(1.5, 2025, 3, 3), "older")
    by_libraries(
        home,
        DAY,
        dated(2.5, 2025, 3, 3),
        "newer",
        cozyMetadata={"createdAt": "2025-01-01T00:00:00Z"},
    )
    by_libraries(home, DAY, dated(3.5, 2025, 3, 3), "a undated", cozyMetadata={})
    report = home.send()
    assert report.outputs["counts"][DAY]["twins"] == 2
    assert any("twice" in warning for warning in report.warnings)
    there = {one["_id"]: one["load"] for one in home.cozy.documents(DAY)}
    assert (there["newer"], there["a undated"], len(there)) == (2.5, 3.5, 367)
    assert there["older"] != 1.5


def test_a_part_of_a_year_never_replaces_the_whole_of_it(make):
    home = make()
    home.keep(date(2025, 11, 20), 60)
    by_libraries(home, YEAR, dated(6000, 2025), "whole")
    by_libraries(home, MONTH, dated(5, 2025, 11), "november")  # less than our part of it
    counts = home.counts()
    assert (counts["year"]["kept"], counts["month"]["kept"]) == (1, 1)
    assert {one["year"]: one["load"] for one in home.cozy.documents(YEAR)}[2025] == 6000
    november = [one for one in home.cozy.documents(MONTH) if one["month"] == 11]
    assert [one["load"] for one in november] == [5]


def test_a_year_that_began_in_january_without_us_is_a_part_of_it(make):
    home = make()
    home.keep(date(2026, 1, 5), 3)
    by_libraries(home, YEAR, dated(6000, 2026), "whole")
    assert home.counts()["year"]["kept"] == 1
    assert [one["load"] for one in home.cozy.documents(YEAR)] == [6000]


def test_a_part_of_a_year_that_we_began_grows(make):
    home = make()
    home.keep(date(2026, 1, 5), 3)
    home.counts()
    (first,) = home.cozy.documents(YEAR)
    home.keep(date(2026, 1, 8), 3)
    home.counts()
    (last,) = home.cozy.documents(YEAR)
    assert last["load"] > first["load"]
    assert last["cozyMetadata"]["createdAt"] == first["cozyMetadata"]["createdAt"]


def test_points_in_one_cozy_are_told_apart(home):
    by_libraries(home, DAY, dated(1.5, 2025, 3, 3), "of nobody")
    home.keep(date(2025, 3, 1), 10, point=OTHER)
    other = home.send("second", pointId=OTHER).raise_for_failure()
    assert other.outputs["counts"][DAY]["adopted"] == 0  # it is the account's point's
    assert home.counts()["day"]["adopted"] == 1
    owners = Counter(
        one["cozyMetadata"]["sourceAccountIdentifier"] for one in home.cozy.documents(DAY)
    )
    assert owners == {POINT: 364, OTHER: 10} | {POINT: 365 - 1 + 1}
    assert home.counts(again=True)["day"]["changed"] == 0


def test_documents_of_another_account_are_left_alone(home):
    metadata = {"sourceAccount": "a2", "createdAt": "2024-01-01T00:00:00Z"}
    by_libraries(home, DAY, dated(1.5, 2025, 3, 3), "of a2", cozyMetadata=metadata)
    assert home.counts(account="a1")["day"]["adopted"] == 0
    assert {one["_id"]: one["load"] for one in home.cozy.documents(DAY)}["of a2"] == 1.5


def test_without_an_account_documents_of_any_are_the_points_own(make):
    home = make()
    home.keep(date(2025, 3, 1), 5)
    metadata = {"sourceAccount": "a2", "createdAt": "2024-01-01T00:00:00Z"}
    by_libraries(home, DAY, dated(1.5, 2025, 3, 3), "of a2", cozyMetadata=metadata)
    assert home.counts()["day"]["adopted"] == 1
    assert len(home.cozy.documents(DAY)) == 5


# -- what goes wrong ------------------------------------------------------------------------------


def test_lost_answers_do_no_harm(make):
    home = make(faults="close:1x")
    home.keep(date(2025, 12, 1), 31, curve=3)
    home.send().raise_for_failure()
    ids = [one["_id"] for kind in TYPES for one in home.cozy.documents(kind)]
    assert len(ids) == 31 * 2 + 3 * 48 + 1 + 1
    assert {one["_rev"][:2] for one in home.cozy.documents(DAY)} == {"1-"}


def test_what_is_too_large_goes_in_halves(home):
    home.cozy.largest = 30_000
    home.send().raise_for_failure()
    assert sum(map(len, home.documents().values())) == 365 * 2 + CURVE_DAYS * 48 + 12 + 1
    assert len(home.asked) < 100  # the size that was taken is kept to


def test_a_document_that_is_too_large_by_itself_is_told(home):
    home.cozy.largest = 100
    report = home.send()
    assert report.failure.code == "HTTP413"


def test_who_writes_the_same_at_once_is_read_again(make):
    home = make()
    home.keep(date(2025, 12, 1), 31, curve=2)
    before, turns = home.cozy.answer, []

    def answer(method, path, query, headers, body):
        if path.endswith("_bulk_docs") and len(turns) < 4:
            turns.append(path)
            for one in json.loads(body)["docs"][:3]:  # somebody was faster
                by_libraries(home, path.split("/")[2], {n: one[n] for n in dated(0, 1)}, one["_id"])
        return before(method, path, query, headers, body)

    home.cozy.answer = answer
    counts = home.counts()
    assert sum(map(len, home.documents().values())) == 31 * 2 + 2 * 48 + 1 + 1
    assert sum(one["new"] + one["changed"] + one["same"] for one in counts.values()) == 160


def test_two_that_write_at_once_leave_no_twins(make):
    home = make()
    second = replace(home, state=home.state.with_name("second"), asked=[])
    for one in (home, second):
        one.keep(date(2025, 1, 1), 365, curve=10)
    reports = []
    threads = [
        threading.Thread(target=lambda one=one: reports.append(one.send()))
        for one in (home, second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.failure for report in reports] == [None, None]
    assert len(set(home.documents()[MINUTE])) == len(home.documents()[MINUTE]) == 480
    assert len(set(home.documents()[DAY])) == len(home.documents()[DAY]) == 365


def test_a_document_that_stands_under_our_id_and_another_date_is_set_right(home):
    home.counts()
    (one,) = [one for one in home.cozy.documents(DAY) if (one["month"], one["day"]) == (3, 3)]
    home.cozy.set_document(DAY, {**one, "month": 7, "year": 1999})
    home.counts(again=True)
    assert len(home.documents()[DAY]) == 365
    assert not [one for one in home.cozy.documents(DAY) if one["year"] == 1999]


def test_a_run_that_ends_at_any_request_is_made_good_by_the_next(make):
    class Killed(BaseException):
        """As a signal that nobody handles."""

    whole = make()
    whole.keep(date(2025, 12, 1), 31, curve=2)
    whole.send().raise_for_failure()
    for stop in range(1, len(whole.asked) + 1):
        home = make()
        home.keep(date(2025, 12, 1), 31, curve=2)
        came = []

        def listen(event, came=came, stop=stop):
            if isinstance(event, sgeflow.core.model.CallRecord):
                came.append(event)
                if len(came) == stop:
                    raise Killed

        with pytest.raises(Killed):
            home.send(listener=listen)
        home.send().raise_for_failure()
        assert home.documents() == whole.documents()


def test_an_unfinished_run_goes_on_with_resume(make):
    home = make()
    home.keep(date(2025, 12, 1), 31, curve=2)
    home.cozy.is_off = True
    report = home.send()
    assert report.failure.code == "HTTP503"
    home.cozy.is_off = False
    options = Options(state=home.state, secrets=SECRETS)
    again = sgeflow.resume(report.run, workspace=open_catalog(home.folder), options=options)
    assert again.failure is None
    assert len(home.documents()[DAY]) == 31


def test_documents_that_the_cozy_has_lost_are_written_again(home):
    home.counts()
    home.cozy._databases.clear()
    home.keep(date(2026, 1, 1), 1)
    counts = home.counts()
    assert (counts["day"]["new"], counts["minute"]["new"]) == (366, 0)
    assert home.counts(again=True)["minute"]["new"] == CURVE_DAYS * 48


@pytest.mark.parametrize("token", ["expired", "simulator-7", "other"])
def test_a_token_that_is_refused_is_the_credentials_trouble(home, token):
    report = home.send(secrets={**SECRETS, "COZY_TOKEN": token})
    assert (report.failure.code, report.failure.fault_class) == ("HTTP400", "credentials")
    assert token not in str(report) or token == "other"
    assert len(home.asked) == 1


def test_another_flow_than_the_konnector_needs_a_point_and_one_place(tmp_path):
    from sgeflow.errors import InvalidDocuments

    for keys, words in (
        ("file: a.json, service: cozy", "to a file or to a service"),
        ("point: x", "to a file or to a service"),
        ("service: cozy", 'the key "point" is missing'),
        ("service: cozy, point: x, documents: {a: []}", "documents and service do not go together"),
        ("file: a.json, again: true", "again and file do not go together"),
        ("service: cosy, point: x", 'no service "cosy"'),
    ):
        (tmp_path / "flows").mkdir(exist_ok=True)
        text = f"flow: bad\ntitle: Bad\nsteps:\n  - id: a\n    export: {{format: cozy, {keys}}}\n"
        (tmp_path / "flows" / "bad.yaml").write_text(text)
        with pytest.raises(InvalidDocuments) as raised:
            open_catalog(tmp_path, flow="bad").flow("bad")
        assert words in str(raised.value)


# -- beside the libraries of other konnectors -----------------------------------------------------

LIBRARIES = """\
process.env.NODE_ENV = 'production'
process.env.LOG_LEVEL = 'error'
const [addData, hydrateAndFilter, manifest] = ['addData', 'hydrateAndFilter', 'manifest'].map(
  name => require(`cozy-konnector-libs/dist/libs/${name}`)
)
manifest.setManifest({ slug: 'enedissgegrandlyon', version: '1.0.0' })
const asked = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const write = async ({ doctype, keys, documents }) => {
  const left = await hydrateAndFilter(documents, doctype, { keys })
  return (await addData(left, doctype, { sourceAccount: 'a1' })).length
}
const writeAll = async () => {
  const written = {}
  for (const one of asked) written[one.doctype] = await write(one)
  process.stdout.write(JSON.stringify(written))
}
writeAll().catch(error => { console.error(error.message); process.exit(1) })
"""
KEYS = {MINUTE: 5, DAY: 3, MONTH: 2, YEAR: 1, PEAK: 3}  # how much of a date tells documents apart


@pytest.fixture
def write_by_libraries(tmp_path):
    """Write documents by kind with the real libraries of konnectors; how many they wrote."""
    modules = installed("cozy-libraries")
    (tmp_path / "libraries.js").write_text(LIBRARIES)

    def write(home, documents):
        names = ("year", "month", "day", "hour", "minute")
        asked = [
            {"doctype": kind, "keys": names[:count], "documents": documents[kind]}
            for kind, count in KEYS.items()
        ]
        done = subprocess.run(
            [NODE.find(), str(tmp_path / "libraries.js")],
            input=json.dumps(asked),
            env={
                "NODE_PATH": str(modules),
                "COZY_URL": f"{home.server.base_url}/cozy/",
                "COZY_CREDENTIALS": "simulator",
                "COZY_FIELDS": json.dumps({"account": "a1"}),
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return write


@pytest.mark.slow
@pytest.mark.parametrize("is_first", [True, False], ids=["libraries first", "ours first"])
def test_beside_the_libraries_nothing_stands_twice_in_either_order(
    make, write_by_libraries, is_first
):
    home = make()
    home.keep(date(2025, 12, 1), 12, curve=1)
    home.send("write").raise_for_failure()
    file = json.loads((home.folder / "file.json").read_text())
    whole = {MINUTE: 48, DAY: 12, MONTH: 1, YEAR: 1, PEAK: 12}
    theirs = {
        kind: [{n: v for n, v in one.items() if n != "_id"} for one in file[kind]] for kind in TYPES
    }
    if is_first:
        assert write_by_libraries(home, theirs) == whole
        counts = home.counts(account="a1")
        assert sum(one["new"] + one["changed"] for one in counts.values()) == 0
    else:
        home.send(account="a1").raise_for_failure()
        assert write_by_libraries(home, theirs) == dict.fromkeys(whole, 0)
    assert {kind: len(there) for kind, there in home.documents().items()} == whole


# -- beside a real database ------------------------------------------------------------------------

POUCHDB = """\
const PouchDB = require('pouchdb').defaults({ adapter: 'memory' })
PouchDB.plugin(require('pouchdb-adapter-memory'))
const pouch = require('express-pouchdb')(PouchDB, {
  mode: 'minimumForPouchDB', overrideMode: { include: ['routes/find'] }, logPath: '/dev/null'
})
const server = require('express')().use('/', pouch).listen(0, '127.0.0.1', () => {
  process.stdout.write(`${server.address().port}\\n`)
})
process.stdin.resume().on('end', () => process.exit(0))
"""


@pytest.fixture
def pouchdb(tmp_path):
    """The address of a PouchDB in memory, which speaks CouchDB's language."""
    modules = installed("pouchdb")
    (tmp_path / "server.js").write_text(POUCHDB)
    process = subprocess.Popen(
        [NODE.find(), str(tmp_path / "server.js")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"NODE_PATH": str(modules)},
        cwd=tmp_path,
        text=True,
    )
    yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    process.communicate(timeout=60)


def ask_couch(method, address, body=None):
    """What a CouchDB, real or not, answers."""
    data = json.dumps(body).encode() if body else None
    word = b64encode(b"simulator:simulator").decode()
    headers = {"Content-Type": "application/json", "Authorization": f"Basic {word}"}
    with urlopen(Request(address, data, headers, method=method)) as answer:
        return json.load(answer)


@pytest.mark.slow
def test_a_real_database_takes_what_the_simulated_one_takes(make, pouchdb):
    home = make()
    environment = home.folder / "environments" / "home.yaml"
    service = f'  pouch: {{base_url: "{pouchdb}", kind: couchdb}}\n'
    environment.write_text(environment.read_text() + service)
    sending = SEND.format(flow="pouch", service="pouch", owner="")
    (home.folder / "flows" / "pouch.yaml").write_text(sending)
    bases = (f"{home.server.base_url}/couchdb", pouchdb)
    for base in bases:  # another program was there before
        days = f"{base}/{DAY.replace('.', '-')}"
        ask_couch("PUT", days)
        ask_couch("PUT", f"{days}/theirs", {**dated(1.0, 2025, 12, 3), "seen": "by Ecolyo"})

    def stands(base, kind):
        page = ask_couch("GET", f"{base}/{kind.replace('.', '-')}/_all_docs?include_docs=true")
        documents = (row["doc"] for row in page["rows"] if not row["id"].startswith("_design"))
        return sorted((one["_id"], load_and_date(one), one.get("seen")) for one in documents)

    corrected = []
    for watts in (300.0, 300.0, 301.0):
        home.keep(date(2025, 12, 1), 8, curve=4, watts=watts)
        simulated, real = (
            home.send(flow, today).raise_for_failure().outputs["counts"]
            for flow, today in (("couch", "2026-01-15"), ("pouch", None))
        )
        assert simulated == real
        for kind in TYPES:
            assert stands(bases[0], kind) == stands(bases[1], kind)
        corrected.append((real[MINUTE]["new"], real[MINUTE]["changed"]))
    assert corrected == [(192, 0), (0, 0), (0, 192)]
    (adopted,) = [one for one in stands(pouchdb, DAY) if one[0] == "theirs"]
    assert (adopted[1][-1] > 1.0, adopted[2]) == (True, "by Ecolyo")


def test_a_token_of_an_instance_that_comes_back_is_kept_nowhere(home):
    """It is found when the instance is asked, long after the masks of the environment are made."""
    environment = home.folder / "environments" / "home.yaml"
    many = f'  many: {{base_url: "{home.server.base_url}/cozy/at/{{instance}}", headers: {{'
    many += 'Authorization: "Bearer ${secret.COZY_TOKEN_{instance}}"}}\n'
    environment.write_text(environment.read_text() + many)
    flow = SEND.format(flow="many", service="many", owner="")
    flow = flow.replace("service: many,", "service: many, instance: anna,")
    (home.folder / "flows" / "many.yaml").write_text(flow)
    said = []

    def answer(_method, _path, _query, headers, _body):
        said.append(headers["authorization"])
        return json_reply(403, {"error": f"no: {headers['authorization']}"})

    home.server.world.cozy("anna").answer = answer
    cassette = home.folder / "talk.yaml"
    report = home.send(
        "many", secrets={**SECRETS, "COZY_TOKEN_ANNA": "canary-anna-1"}, record=cassette
    )
    assert report.failure.code == "HTTP403"
    assert set(said) == {"Bearer canary-anna-1"}
    with Journal(StateLocation(folder=home.state).journal) as journal:
        bodies = [
            unpack_answer(one, report.run).body for one in journal.answers(report.run).values()
        ]
    assert any(b"no: " in body for body in bodies)
    for text in (*bodies, cassette.read_bytes(), repr(report).encode()):
        assert b"canary" not in text
