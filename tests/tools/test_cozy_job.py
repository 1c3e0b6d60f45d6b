"""Jobs of the konnector as a Cozy's stack starts them: variables in, lines and an exit code out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.store import Store
from sgeflow.simulator.replies import Reply
from sgeflow.simulator.simulator import Simulator
from sgeflow.tools.cozy.account import day_of
from tests.conftest import DAYS, shipped_catalog, young_catalog
from tests.here import run_here
from tests.household import HOUSEHOLD
from tests.processes import fork

TODAY = "2025-06-15"
POINT = HOUSEHOLD["pointId"]
ENVIRONMENT = """\
environment: city
title: a city
generation: previous
login: one@example.org
contractId: "1234567"
services:
  sge:
    base_url: "{base}"
    route: gateway
    headers: {{apikey: "${{secret.SGE_API_TOKEN}}"}}
    timeout: {{connect: PT2S, read: PT10S, total: PT20S}}
  backoffice:
    base_url: "{base}/backoffice"
    headers: {{Authorization: "Bearer ${{secret.BO_TOKEN}}"}}
    personal: [lastname, firstname, address, city]
  communes: {{base_url: "{base}"}}
identity_key: "${{secret.IDENTITY_KEY}}"
{more}"""
DAY = "com.grandlyon.enedis.day"
ORDER = "commanderCollectePublicationMesures"
SECRETS = {"SGE_API_TOKEN": "simulator", "BO_TOKEN": "simulator", "IDENTITY_KEY": 32 * "k"}
STOP = "commanderArretServiceSouscritMesures"
NAMES = [text for name, text in HOUSEHOLD.items() if name not in ("postalCode", "pointId")]


@dataclass
class Stack:
    """What a stack does around a konnector, and a city whose SGE is simulated."""

    server: Simulator
    project: Path
    folder: Path
    state: Path
    jobs: int = 0
    lines: list = field(default_factory=list)

    @property
    def cozy(self):
        return self.server.world.cozy()

    def account(self, name="a1"):
        return next(one for one in self.cozy.documents("io.cozy.accounts") if one["_id"] == name)

    def variables(self, **more):
        """As `worker/exec/konnector.go` sets them, and what the script beside it adds."""
        self.jobs += 1
        return {
            "COZY_URL": f"{self.server.base_url}/cozy/",
            "COZY_CREDENTIALS": "simulator",
            "COZY_FIELDS": json.dumps({"account": "a1", "konnector": "enedissgegrandlyon"}),
            "COZY_PARAMETERS": json.dumps({"secret": SECRETS}),
            "COZY_LANGUAGE": "node",
            "COZY_LOCALE": "fr",
            "COZY_TIME_LIMIT": "305",
            "COZY_JOB_ID": f"job{self.jobs}",
            "COZY_JOB_MANUAL_EXECUTION": "false",
            "SGEFLOW_PROJECT": str(self.project),
            "SGEFLOW_ENV": "city",
            "SGEFLOW_TODAY": TODAY,
            "SGEFLOW_STATE": str(self.state),
            **more,
        }

    def given(self, **more):
        """Just the variables of a process that a stack starts: no PATH and no HOME."""
        return {name: value for name, value in self.variables(**more).items() if value is not None}

    def execute_killed(
        self, owner, name, folder=None, *, when=lambda *_: True, is_done=True, **more
    ):
        """An execution that is killed while a method of the server answers, as at a stack's limit."""
        call, processes = getattr(owner, name), []

        def answer(*values, **named):
            is_killed = processes and when(*values)
            reply = call(*values, **named) if is_done or not is_killed else None
            if is_killed:
                processes.pop().kill()
            return reply

        setattr(owner, name, answer)
        words = ["cozy", folder or self.folder]
        given = self.given(**more) | {"SGEFLOW_CACHE": "off"}
        process = fork("sgeflow", words, self.folder, given)
        processes.append(process)
        process.communicate(timeout=100)
        assert process.returncode == -9
        setattr(owner, name, call)

    def start(self, folder=None, **more):
        """One execution, in this process; its exit code."""
        return self.read(
            *run_here(self.folder, ["cozy", folder or self.folder], self.given(**more))
        )

    def read(self, code, out, err):
        """The exit code of an execution, once its lines were read."""
        assert err == ""
        self.lines = [json.loads(line) for line in out.splitlines()]
        assert all(set(line) <= {"type", "message", "no_retry"} for line in self.lines)
        assert not [name for name in [*NAMES, POINT, "simulator"] if name in out]
        return code

    def deletion(self, account="a1"):
        """The variables of the job that the stack starts once an account was deleted."""
        message = {
            "account": account,
            "account_rev": self.cozy.delete("io.cozy.accounts", account),
            "konnector": "enedissgegrandlyon",
            "account_deleted": True,
        }
        return {"COZY_FIELDS": json.dumps(message), "COZY_JOB_MANUAL_EXECUTION": "true"}

    def delete(self, account="a1", **more):
        """Delete an account and execute the job of its deletion; the exit code."""
        return self.start(self.folder / "on_delete_account", **self.deletion(account), **more)

    @property
    def end(self):
        """The code of the last line, and whether the stack tries again."""
        last = self.lines[-1]
        return (last["message"], not last.get("no_retry")) if last["type"] == "critical" else None

    def is_stopped(self):
        (service,) = self.server.world.services(POINT)
        return service.stopped is not None

    def documents(self):
        return len(self.cozy.documents(DAY))

    def pass_days(self, days):
        """Days go by of which the meter tells no half-hours: they take long, and say nothing new."""
        points = self.server.world.points
        points.add(replace(points[POINT], curve_since=None))
        self.server.pass_days(days)


@pytest.fixture
def make(tmp_path):
    """Make stacks: `make(scenario="moved")`; with `grown=True` meters tell of years."""
    servers = []

    def stack(auth=None, data=None, more="", grown=False, **simulated):
        catalog = shipped_catalog() if grown else young_catalog(curve_days=2)
        server = Simulator(catalog, today=TODAY, **simulated)
        server.start()
        servers.append(server)
        project, folder = tmp_path / "project", tmp_path / "konnector1"
        (project / "environments").mkdir(parents=True)
        folder.mkdir()
        (folder / "on_delete_account").write_text("")
        text = ENVIRONMENT.format(base=server.base_url, more=more)
        (project / "environments" / "city.yaml").write_text(text)
        account = {"_id": "a1", "account_type": "enedissgegrandlyon", "auth": auth or HOUSEHOLD}
        if data is not None:
            account["data"] = data
        server.world.cozy().set_document("io.cozy.accounts", account)
        return Stack(server, project, folder, tmp_path / "state")

    yield stack
    for server in servers:
        server.stop()


BOTH = pytest.mark.parametrize("stack", ["a folder", "a server"], indirect=True)
"""What is begun, listed and forgotten for several customers comes out of SQL."""


@pytest.fixture
def stack(make, request):
    """A stack with its state in a folder, or where a test is of both, on a server."""
    made = make()
    if getattr(request, "param", "") == "a server":
        made.state = request.getfixturevalue("new_database")()
    return made


def test_a_first_start_fills_the_cozy_and_the_account_and_a_second_one_finds_them(make):
    stack = make(data={"theirs": "kept"}, more="accounts: {boId: boId}\n", grown=True)
    assert stack.start(COZY_JOB_MANUAL_EXECUTION="true") == 0
    assert stack.end is None
    assert stack.documents() == 365
    account = stack.account()
    assert account["auth"] == HOUSEHOLD
    assert account["data"]["theirs"] == "kept"
    assert {"boId", "serviceId", "consentEndDate"} <= set(account["data"])
    (document, *_) = stack.cozy.documents(DAY)
    assert document["cozyMetadata"]["createdByApp"] == "enedissgegrandlyon"
    assert document["cozyMetadata"]["sourceAccount"] == "a1"
    assert stack.start() == 0  # scheduled: three years
    assert stack.documents() == 1096
    assert len(stack.server.world.services(POINT)) == 1
    assert not list(stack.folder.glob("*.db"))
    assert (stack.state / "accounts" / "a1").is_dir()


def test_a_stack_starts_it_as_a_program_and_finds_every_line_in_utf_8(make):
    stack = make()
    given = stack.variables(COZY_PARAMETERS="null", SGEFLOW_CACHE="off")
    given["PYTHONPATH"] = os.pathsep.join(sys.path)
    process = subprocess.Popen(
        [sys.executable, "-m", "sgeflow", "cozy", str(stack.folder)],
        env=given,
        cwd=stack.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    out, err = process.communicate(timeout=100)
    assert stack.read(process.returncode, out, err) == 1
    assert stack.end is not None
    assert any(not line["message"].isascii() for line in stack.lines)


def test_a_job_that_is_started_twice_is_done_once(make):
    stack = make()
    assert stack.start(COZY_JOB_ID="same") == 0
    assert stack.start(COZY_JOB_ID="same") == 0
    assert [line["type"] for line in stack.lines] == ["info"]
    assert len(stack.server.world.services(POINT)) == 1


def moved(stack, **account):
    """An account as another program left it, whose consent and service are those of `stack`."""
    document = {**stack.account(), "data": account}
    stack.cozy.set_document("io.cozy.accounts", document)
    stack.state = stack.state.with_name("anew")


def test_customers_of_another_program_move_in_by_what_their_account_says(make):
    stack = make(more="accounts: {boId: consentId, consentEndDate: expirationDate}\n")
    assert stack.start() == 0
    consent, before = stack.account()["data"]["consentId"], {}
    theirs = {"createdAt": "2024-01-01T00:00:00.000Z", "createdByApp": "enedissgegrandlyon"}
    for kind in ("minute", "day", "month", "year", "maxpower"):
        name = f"com.grandlyon.enedis.{kind}"
        for number, one in enumerate(stack.cozy.documents(name)):
            stack.cozy.delete(name, one["_id"])
            document = {**one, "_id": f"{number:032x}", "cozyMetadata": theirs}
            del document["_rev"]
            stack.cozy.set_document(name, document)
        before[name] = {one["_id"]: one["load"] for one in stack.cozy.documents(name)}
    moved(stack, consentId=str(consent), expirationDate="2026-06-14T22:00:00.000Z", other=[1])

    assert stack.start() == 0
    assert "le compte continue avec son service" in stack.lines[0]["message"]
    stands = {
        name: {one["_id"]: one["load"] for one in stack.cozy.documents(name)} for name in before
    }
    assert stands == before  # adopted: none twice, none lost, none otherwise
    (service,) = stack.server.world.services(POINT)
    assert [one["ID"] for one in stack.server.world.consents] == [consent]
    assert stack.account()["data"] == {
        "consentId": str(consent),
        "expirationDate": "2026-06-15",
        "serviceId": service.id,  # the consent says so
        "pointId": POINT,
        "other": [1],
    }
    stack.server.pass_days(1)
    assert stack.start(SGEFLOW_TODAY="2025-06-16") == 0
    news = {
        name.rpartition(".")[2]: len(stack.cozy.documents(name)) - len(before[name])
        for name in before
    }
    assert news == {"minute": 48, "day": 1, "month": 0, "year": 0, "maxpower": 1}
    assert stack.delete(SGEFLOW_TODAY="2025-06-16") == 0
    assert stack.is_stopped()
    assert not stack.server.world.consents


def test_an_account_that_holds_its_consent_under_a_name_unknown_gets_no_second_one(make):
    stack = make()
    assert stack.start() == 0
    moved(stack, consentId=stack.account()["data"]["boId"])
    assert stack.start() == 1
    assert stack.end == ("UNKNOWN_ERROR", False)
    assert "boId" in stack.lines[0]["message"]
    assert len(stack.server.world.consents) == 1

    assert stack.delete() == 1
    (row,), _ = left(stack, "--again")  # what it does not know it does not take for stopped
    assert (row["account"], row["point"], row["code"]) == ("a1", POINT, "UNKNOWN_ERROR.UNCLEAR")
    assert left(stack, "--close", "a1") == ([], 0)


def test_who_says_that_accounts_hold_no_consent_starts_them_anew(make):
    stack = make(data={"theirs": "kept"}, more="accounts: {boId: boId}\n")
    assert stack.start() == 0
    assert {"boId", "theirs"} <= stack.account()["data"].keys()


def test_a_service_of_which_only_a_consent_that_is_gone_could_tell_is_not_left_running(make):
    stack = make()
    assert stack.start() == 0
    consent = stack.account()["data"]["boId"]
    moved(stack, boId=consent)
    stack.server.world.drop_consent(consent)
    assert stack.start() == 1
    assert stack.end == ("USER_ACTION_NEEDED.OAUTH_OUTDATED", False)
    assert stack.delete() == 1
    (row,), _ = left(stack, "--again")
    assert row["code"] == "UNKNOWN_ERROR"
    (service,) = stack.server.world.services(POINT)
    stack.server.world.keep(replace(service, stopped=date(2025, 6, 15)))  # in the portal
    assert left(stack, "--again") == ([], 0)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-06-15", "2026-06-15"),
        ("2026-06-15+02:00", "2026-06-15"),
        ("2026-06-14T22:00:00.000Z", "2026-06-15"),
        ("2026-06-15T00:00:00+0200", "2026-06-15"),
        ("2026-06-15T23:30:00", "2026-06-15"),
        ("15/06/2026", "2026-06-15"),
        (1781474400, "2026-06-15"),
        ("1781474400000", "2026-06-15"),
        ("hier", None),
        ("2026-02-30", None),
        ("31/02/2026", None),
        (51000001, None),
        (True, None),
    ],
)
def test_days_are_read_as_other_programs_write_them(value, day):
    assert day_of(value) == day


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        ("wrong-identity", "LOGIN_FAILED"),
        ("unknown-point", "LOGIN_FAILED"),
        ("opposition", "USER_ACTION_NEEDED"),
        ("level-too-low", "USER_ACTION_NEEDED"),
        ("down", "VENDOR_DOWN"),
    ],
)
def test_what_a_person_must_do_and_what_passes_are_told_apart(make, scenario, code):
    server = Simulator(young_catalog(curve_days=2), today=TODAY, scenario=scenario)
    stack = make(auth={**HOUSEHOLD, **server.household}, scenario=scenario)
    assert stack.start() == 1
    assert stack.end == (code, False)


def test_an_account_that_lacks_something_or_cannot_be_asked_with_is_no_mistake_of_ours(make):
    stack = make(auth={name: text for name, text in HOUSEHOLD.items() if name != "city"})
    assert stack.start() == 1
    assert stack.end == ("LOGIN_FAILED", False)
    stack.cozy.set_document(
        "io.cozy.accounts", {"_id": "a1", "auth": {**HOUSEHOLD, "pointId": "3000"}}
    )
    assert stack.start() == 1
    assert stack.end == ("LOGIN_FAILED", False)


def test_what_is_the_operators_stops_no_schedule(make, tmp_path):
    stack = make()
    for more in (
        {"COZY_CREDENTIALS": "expired"},
        {"COZY_CREDENTIALS": None},
        {"COZY_FIELDS": "{}"},
        {"COZY_FIELDS": "nonsense"},
        {"SGEFLOW_STATE": None},
        {"SGEFLOW_STATE": str(stack.folder / "inside")},
        {"SGEFLOW_ENV": "nowhere"},
        {"SGEFLOW_ENV": "simulator"},
        {"COZY_PARAMETERS": "null"},
        {"COZY_URL": "ftp://x"},
        {"COZY_URL": "https://x y"},
    ):
        assert stack.start(**more) == 1, more
        assert stack.end == ("UNKNOWN_ERROR", False), more
    assert stack.cozy.documents(DAY) == []


def test_a_developers_credentials_hold_the_token(make):
    stack = make()
    credentials = {"oauthOptions": {}, "token": {"accessToken": "simulator", "refreshToken": "x"}}
    assert stack.start(COZY_CREDENTIALS=json.dumps(credentials)) == 0


def test_a_cozy_that_is_away_for_a_while_loses_nothing(make):
    stack = make()
    before = stack.cozy.answer

    def answer(method, path, *rest):
        stack.cozy.is_off = path.endswith("_find") and "day" in path
        return before(method, path, *rest)

    stack.cozy.answer = answer
    assert stack.start() == 1
    assert stack.end == ("UNKNOWN_ERROR.PARTIAL_SYNC", False)
    stack.cozy.answer, stack.cozy.is_off = before, False
    assert stack.start() == 0
    assert stack.documents() == DAYS


def test_nothing_is_begun_when_time_is_short_and_the_next_start_goes_on(make):
    stack = make(grown=True, faults="latency:400ms")
    assert stack.start(COZY_TIME_LIMIT="7", COZY_JOB_ID="slow") == 1
    assert stack.end == ("UNKNOWN_ERROR.PARTIAL_SYNC", True)
    assert stack.start(COZY_JOB_ID="slow") == 0
    assert len(stack.server.world.services(POINT)) == 1
    assert stack.documents() > 1000


@pytest.mark.parametrize("is_state_lost", [False, True], ids=["state kept", "state lost"])
def test_a_kill_right_after_the_order_costs_no_contract(make, is_state_lost):
    stack = make()
    stack.execute_killed(
        stack.cozy, "answer", when=lambda method, *_: method == "PUT", COZY_JOB_ID="killed"
    )
    assert "boId" in stack.account()["data"]
    if is_state_lost:
        stack.state = stack.state.with_name("anew")
    assert stack.start(COZY_JOB_ID="killed") == 0
    assert len(stack.server.world.services(POINT)) == 1
    assert stack.documents() == DAYS


@BOTH
def test_a_job_that_was_killed_behind_its_order_does_not_bar_the_next_ones(stack):
    world = stack.server.world
    stack.execute_killed(world, "change_consent")
    assert stack.start() == 0
    assert {"boId", "serviceId"} <= set(stack.account()["data"])
    assert stack.start() == 0
    assert len(world.services(POINT)) == len(world.consents) == 1


def test_no_account_sends_an_order_that_another_account_of_the_state_may_have_sent(make):
    stack = make()
    desk, came = stack.server._desk, []
    answer = desk.answer

    def lose(visit, call):
        if visit.label != ORDER:
            return answer(visit, call)
        came.append(visit)
        return Reply(0, b"", "", "drop")

    desk.answer = lose
    assert stack.start() == 1
    assert stack.end == ("UNKNOWN_ERROR", False)
    stack.cozy.set_document("io.cozy.accounts", {"_id": "a2", "auth": HOUSEHOLD})
    again = json.dumps({"account": "a2", "konnector": "enedissgegrandlyon"})
    assert stack.start(COZY_FIELDS=again) == 1
    assert stack.end == ("UNKNOWN_ERROR", False)
    assert len(came) == 1
    _, out, err = run_here(stack.folder, ["orders", "--state", stack.state], {})
    assert ("a1" in out, "a2" in out) == (True, False)
    assert f"--state {stack.state}/accounts/ACCOUNT" in err
    for file in (stack.state / "accounts" / "a1").glob("journal.db*"):
        file.unlink()  # it knows of no order then, and no account orders until a person has looked
    assert stack.start(COZY_FIELDS=again) == 1
    assert len(came) == 1


def orders(stack, *words):
    """What `sgeflow orders` lists of all accounts, once the words were said."""
    place = ["--state", str(stack.state)]
    if words:
        account = place if "://" in str(stack.state) else ["--state", f"{stack.state}/accounts/a1"]
        assert run_here(stack.folder, ["orders", *words, *account], {})[0] == 0
    return json.loads(run_here(stack.folder, ["orders", *place, "--output", "json"], {})[1])


@pytest.mark.parametrize("is_made", [True, False], ids=["made", "not made"])
def test_a_consent_whose_answer_was_lost_is_recorded_again_and_listed_until_somebody_looked(
    stack, is_made
):
    desk = stack.server._desk
    answer = desk.answer

    def lose(visit, call):
        if visit.label != "POST consent":
            return answer(visit, call)
        desk.answer = answer
        if is_made:
            answer(visit, call)
        return Reply(0, b"", "", "drop")

    desk.answer = lose
    assert stack.start() == 1
    assert stack.end == ("MAINTENANCE", False)
    assert stack.start() == 0
    assert len(stack.server.world.services(POINT)) == 1
    assert len(stack.server.world.consents) == 1 + is_made
    (orphan,) = orders(stack)
    assert (orphan["operation"], orphan["state"]) == ("POST backoffice", "orphan")
    assert stack.start() == 0
    assert orders(stack, "resolve", orphan["run"], "--accepted") == []
    assert stack.start() == 0
    assert len(stack.server.world.consents) == 1 + is_made


def test_a_job_that_was_killed_while_it_recorded_the_consent_does_not_bar_the_next_ones(make):
    stack = make()
    world = stack.server.world
    stack.execute_killed(world, "add_consent")
    assert stack.start() == 0
    assert len(world.services(POINT)) == 1
    assert [one["state"] for one in orders(stack)] == ["orphan"]


def left(stack, *words):
    """What the operator's list says, and the exit code."""
    given = stack.variables(**SECRETS)
    code, out, _ = run_here(stack.folder, ["cozy", "--left", "--output", "json", *words], given)
    return json.loads(out), code


def test_a_deletion_that_was_killed_behind_its_stop_is_finished_by_the_next_try(stack):
    """The stop was accepted: it is not sent again, and is in nobody's way."""
    assert stack.start() == 0
    world, job = stack.server.world, stack.folder / "on_delete_account"
    stack.execute_killed(world, "drop_consent", job, is_done=False, **stack.deletion())
    assert len(world.consents) == 1
    assert left(stack, "--again") == ([], 0)
    assert not world.consents
    assert [one.label for one in stack.server.requests].count(STOP) == 1
    assert left(stack) == ([], 0)


def test_a_deleted_account_has_no_service_and_no_measures_any_more(make):
    stack = make()
    assert stack.start() == 0
    assert stack.delete() == 0
    assert stack.is_stopped()
    place = StateLocation(folder=stack.state / "accounts" / "a1").store("city")
    with Store(place) as store:
        assert store.points() == ()
        assert store.recall("accounts", POINT) is None
    assert left(stack) == ([], 0)


def second(stack, **auth):
    """Another account for the same point, and the variables of its job."""
    document = {"_id": "a2", "account_type": "enedissgegrandlyon", "auth": {**HOUSEHOLD, **auth}}
    stack.cozy.set_document("io.cozy.accounts", document)
    return {"COZY_FIELDS": json.dumps({"account": "a2", "konnector": "enedissgegrandlyon"})}


@BOTH
def test_who_moves_in_keeps_the_account_when_that_of_before_is_deleted(stack):
    assert stack.start() == 0
    before = stack.account()["data"]
    stack.pass_days(5)
    stack.server.world.move_in(POINT, "Duval")
    theirs = second(stack, lastname="Duval", firstname="Paul")
    assert stack.start(SGEFLOW_TODAY="2025-06-20", **theirs) == 0
    data = stack.account("a2")["data"]
    assert stack.start(SGEFLOW_TODAY="2025-06-20") == 1
    assert stack.end == ("TERMS_VERSION_MISMATCH", False)
    assert stack.account()["data"] == before, "nothing of who lives there now is told"
    assert stack.delete(SGEFLOW_TODAY="2025-06-20") == 0
    assert [one["ID"] for one in stack.server.world.consents] == [data["boId"]]
    (service,) = (one for one in stack.server.world.services(POINT) if one.id == data["serviceId"])
    assert service.stopped is None
    stack.pass_days(1)
    assert stack.start(SGEFLOW_TODAY="2025-06-21", **theirs) == 0
    assert stack.account("a2")["data"] == data


def test_a_service_that_another_account_goes_on_with_runs_until_the_last_is_deleted(stack):
    assert stack.start() == 0
    other = second(stack)
    assert stack.start(**other) == 0
    assert stack.delete() == 0
    assert not stack.is_stopped()
    (consent,) = stack.server.world.consents
    assert consent["ID"] == stack.account("a2")["data"]["boId"]
    assert left(stack) == ([], 0)
    stack.pass_days(1)
    assert stack.start(SGEFLOW_TODAY="2025-06-16", **other) == 0
    assert stack.delete("a2", SGEFLOW_TODAY="2025-06-16") == 0
    assert stack.is_stopped()
    assert stack.server.world.consents == ()


@BOTH
def test_a_deleted_account_leaves_nothing_of_its_earlier_customers(stack):
    assert stack.start() == 0
    stack.pass_days(5)
    stack.server.world.move_in(POINT, "Duval")
    auth = {**HOUSEHOLD, "lastname": "Duval", "firstname": "Paul"}
    stack.cozy.set_document("io.cozy.accounts", {**stack.account(), "auth": auth})
    assert stack.start(SGEFLOW_TODAY="2025-06-20") == 0
    assert len(stack.server.world.consents) == 2
    assert stack.delete(SGEFLOW_TODAY="2025-06-20") == 0
    assert stack.server.world.consents == ()
    if isinstance(stack.state, Path):
        with Store(StateLocation(folder=stack.state / "accounts" / "a1").store("city")) as store:
            assert not store.load(POINT, "daily_energy", customer=1).measures
            assert store.earlier_accounts() == ()


def test_what_could_not_be_stopped_is_on_the_operators_list_until_it_is(make):
    stack = make()
    assert stack.start() == 0
    environment = stack.project / "environments" / "city.yaml"
    text = environment.read_text()
    environment.write_text(
        text.replace(f'"{stack.server.base_url}"\n    route', '"http://127.0.0.1:9"\n    route')
    )
    assert stack.delete() == 1
    assert stack.end == ("VENDOR_DOWN", False)
    (row,), code = left(stack)
    assert (row["account"], row["point"], code) == ("a1", POINT, 0)
    environment.write_text(text)
    assert left(stack, "--again") == ([], 0)


def assert_listed_and_stopped_by_a_later_try(stack):
    (row,), _ = left(stack)
    assert (row["account"], row["point"]) == ("a1", POINT)
    assert left(stack, "--again") == ([], 0)
    assert stack.is_stopped()


@pytest.mark.parametrize(
    "trouble",
    [
        {"COZY_CREDENTIALS": "expired"},
        {"COZY_URL": "http://127.0.0.1:9/"},
        {"COZY_PARAMETERS": "null"},
    ],
    ids=["the Cozy refuses", "the Cozy is away", "a secret lacks"],
)
def test_a_deletion_that_cannot_begin_is_on_the_list_too(make, trouble):
    stack = make()
    assert stack.start() == 0
    assert stack.delete(**trouble) == 1
    assert_listed_and_stopped_by_a_later_try(stack)


@pytest.mark.parametrize("trouble", ["a mistake", "no file"])
def test_a_deletion_whose_environment_cannot_be_read_is_on_the_list_too(make, trouble):
    stack = make()
    assert stack.start() == 0
    document = stack.project / "environments" / "city.yaml"
    text = document.read_text()
    if trouble == "a mistake":
        document.write_text(text.replace("login:", "loggin:"))
    else:
        document.unlink()
    assert stack.delete() == 1
    document.write_text(text)
    assert_listed_and_stopped_by_a_later_try(stack)


def test_a_list_is_not_looked_for_in_a_state_that_is_not_there(make, tmp_path):
    stack = make()
    words = ["cozy", "--left", "--state", str(tmp_path / "stat")]
    code, _, err = run_here(stack.folder, words, stack.variables(SGEFLOW_LANG="en"))
    assert code == 2
    assert f"there is no state in {tmp_path / 'stat'}" in " ".join(err.split())


def test_who_never_ran_here_has_the_service_of_the_account_stopped_by_a_later_try(make):
    stack = make()
    assert stack.start() == 0
    stack.state = stack.state.with_name("anew")
    assert stack.delete(COZY_PARAMETERS="null") == 1
    assert left(stack, "--again") == ([], 0)
    assert stack.is_stopped()


BY_HAND = {"COZY_JOB_MANUAL_EXECUTION": "true"}


@pytest.mark.parametrize("is_state_lost", [False, True], ids=["state kept", "state lost"])
def test_after_a_consent_that_ended_only_who_starts_it_by_hand_consents_again(make, is_state_lost):
    """A stack forgets after two weeks that a job asked for the customer, and starts it again."""
    stack = make(data={"theirs": "kept"}, more="accounts: {boId: boId}\n")
    assert stack.start() == 0
    stack.pass_days(395)
    for _ in range(2):
        assert stack.start(SGEFLOW_TODAY="2026-07-15") == 1
        assert stack.end == ("USER_ACTION_NEEDED.OAUTH_OUTDATED", False)
        ended = {"theirs": "kept", "pointId": POINT, "consentEnded": "2026-06-15"}
        assert stack.account()["data"] == ended
        assert not stack.server.world.consents
        if is_state_lost:
            stack.state = stack.state.with_name("anew")
    # SGE takes no order on the day of a stop, and who consented need not do so again
    world = stack.server.world
    world.keep(*(service.stop(world.today) for service in world.services(POINT)))
    assert stack.start(SGEFLOW_TODAY="2026-07-15", **BY_HAND) == 1
    assert (stack.end, stack.account()["data"]) == (("VENDOR_DOWN", False), {"theirs": "kept"})
    stack.server.pass_days(1)
    assert stack.start(SGEFLOW_TODAY="2026-07-16") == 0
    assert {"theirs", "boId", "serviceId"} <= stack.account()["data"].keys()
    assert "consentEnded" not in stack.account()["data"]
    assert len(stack.server.world.consents) == 1


def test_a_job_that_was_killed_before_it_could_say_that_the_consent_ended_asks_no_one_to_consent(
    make,
):
    """Who starts it by hand after that was told nothing, and wants their measures."""
    stack = make()
    assert stack.start() == 0
    stack.pass_days(400)
    stack.execute_killed(
        stack.cozy,
        "answer",
        when=lambda method, *_: method == "PUT" and not stack.server.world.consents,
        SGEFLOW_TODAY="2026-07-20",
    )
    assert "consentEnded" in stack.account()["data"]
    stack.server.pass_days(1)
    assert stack.start(SGEFLOW_TODAY="2026-07-21", **BY_HAND) == 1
    assert stack.end == ("USER_ACTION_NEEDED.OAUTH_OUTDATED", False)
    assert not stack.server.world.consents
    assert stack.start(SGEFLOW_TODAY="2026-07-21", **BY_HAND) == 0
    assert len(stack.server.world.consents) == 1


def test_another_point_does_not_go_on_with_the_service_of_the_one_before(make):
    stack = make(data={"boId": 1, "serviceId": "51000001", "pointId": "30000000000099"})
    assert stack.start() == 0
    assert "warning" in {line["type"] for line in stack.lines}
    assert stack.account()["data"]["pointId"] == POINT
    assert stack.account()["data"]["serviceId"] != "51000001"
    assert stack.start() == 0
    assert "warning" not in {line["type"] for line in stack.lines}


def test_files_for_a_stack_are_written_once_and_the_script_hands_others_on(make, tmp_path):
    stack = make()
    command = ["cozy", "--files", tmp_path / "files"]
    assert [run_here(tmp_path, command, dict(os.environ))[0] for _ in range(2)] == [0, 2]
    files = tmp_path / "files"
    manifest = json.loads((files / "konnector" / "manifest.konnector").read_text())
    assert manifest["on_delete_account"] == "on_delete_account"
    for name in ("sgeflow", "others"):
        (files / name).write_text(f'#!/bin/sh\necho {name} "$@"\n')
        (files / name).chmod(0o755)
    settings = files / "sgeflow-konnector.env"
    assert settings.stat().st_mode & 0o077 == 0
    settings.write_text(f"SLUG=enedis\nSGEFLOW={files}/sgeflow\nOTHERS={files}/others\n")
    told = {}
    for slug in ("enedis", "other"):
        fields = json.dumps({"account": "a1", "konnector": slug}, indent=2)
        fields = fields.replace(": ", ":\r\n\t")
        done = subprocess.run(
            [files / "sgeflow-konnector.sh", stack.folder],
            env={"COZY_FIELDS": fields},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        told[slug] = done.stdout.strip()
    assert told == {"enedis": f"sgeflow cozy {stack.folder}", "other": f"others {stack.folder}"}


def test_it_is_tried_in_one_command_without_a_stack(tmp_path):
    code, out, err = run_here(tmp_path, ["cozy", "--try", "--today", TODAY], dict(os.environ))
    assert code == 0
    assert err.count("exit code 0") == 3
    lines = [json.loads(line) for line in out.splitlines()]
    assert {line["type"] for line in lines} == {"info"}
    assert any("365 new" in line["message"] for line in lines)


def test_a_person_takes_an_account_off_the_list_of_which_no_point_is_known(make):
    stack = make()
    assert stack.delete(COZY_CREDENTIALS="expired") == 1
    (row,), _ = left(stack)
    assert (row["account"], row["point"]) == ("a1", "")
    (row,), code = left(stack, "--again")  # nothing can be stopped
    assert (row["account"], code) == ("a1", 1)
    assert left(stack, "--close", "a1") == ([], 0)


def test_what_is_kept_of_an_account_that_a_person_closes_is_erased(make):
    stack = make()
    assert stack.start() == 0
    assert stack.delete(COZY_CREDENTIALS="expired") == 1
    assert left(stack, "--close", "a1") == ([], 0)
    with Store(StateLocation(folder=stack.state / "accounts" / "a1").store("city")) as store:
        assert store.points() == ()
        assert store.recall("accounts", POINT) is None


@pytest.mark.parametrize("is_state_lost", [False, True], ids=["state kept", "state lost"])
def test_what_was_renewed_is_not_ordered_again_by_a_stack_that_lost_its_state(
    make, is_state_lost, monkeypatch
):
    stack = make()
    assert stack.start() == 0
    stack.pass_days(358)
    world, later = stack.server.world, "2026-06-08"
    with monkeypatch.context() as patch:
        patch.setattr(world, "change_consent", lambda *_: None)
        assert stack.start(SGEFLOW_TODAY=later) == 1
    assert stack.end == ("MAINTENANCE", False)
    ends = [one.end for one in world.services(POINT)]
    assert stack.account()["data"]["renewedUntil"] == max(ends).isoformat()
    if is_state_lost:
        stack.state = stack.state.with_name("anew")
    assert stack.start(SGEFLOW_TODAY=later) == 0
    assert [one.end for one in world.services(POINT)] == ends
    assert "renewedUntil" not in stack.account()["data"]
