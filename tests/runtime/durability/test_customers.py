"""A flow says who the customer is: another one finds nothing, and the key of the marks is watched."""

import json
import re
import stat

import pytest

from sgeflow.adapters.state.store import Store
from tests.postgres import ON_SERVERS, on_servers_too
from tests.runtime.durability.conftest import TODAY

POINT = "30000000000011"
VISIT = """
flow: visit
title: What is kept of a customer who is called so
inputs:
  pointId: {$ref: "types.yaml#/pointId"}
  holder: {type: string}
  theirs: {type: boolean, default: true}
  asks: {type: boolean, default: false}
state: {collection: visits, key: "${inputs.pointId}"}
steps:
  - id: before
    set: {number: "${state.customer.number}"}
  - id: who
    customer: {is: "${inputs.holder}", contradicted: "!(inputs.theirs)"}
  - id: asked
    when: inputs.asks
    http: {service: office, path: /look}
  - id: kept
    store:
      series: daily_energy
      point: ${inputs.pointId}
      stamped: day
      unit: Wh
      measures: "${[{date: run.today, value: 5, step: 'P1D'}]}"
  - id: noted
    remember: {seen: "${run.today}", by: "${inputs.holder}"}
outputs:
  before: steps.before.number
  by: state.by
  number: steps.who.number
  since: state.customer.since
"""
CLOSE = """
flow: close
title: Forget an account
inputs:
  pointId: {$ref: "types.yaml#/pointId"}
  customer: {type: integer, optional: true}
state: {collection: visits, key: "${inputs.pointId}", customer: "${inputs.customer}"}
steps:
  - id: forgotten
    forget: {state: true, measures_of: "${inputs.pointId}", customer: "${inputs.customer}"}
outputs: {measures: steps.forgotten.measures, by: state.by}
"""


@pytest.fixture
def here(world, office):
    made = world()
    made.add_office(office)
    (made.folder / "flows").mkdir()
    (made.folder / "flows" / "visit.yaml").write_text(VISIT)
    (made.folder / "flows" / "close.yaml").write_text(CLOSE)
    return made


def command(flow, *words, today=TODAY):
    return ["run", flow, "--env", "lasting", "--today", today, f"pointId={POINT}", *words]


def visit(here, holder, *words, today=TODAY):
    code, out, err = here.run(
        *command("visit", f"holder={holder}", "-O", "json", *words, today=today)
    )
    assert code == 0, err
    report = json.loads(out)
    return report["outputs"], report["warnings"]


def exported(here, *words):
    code, out, err = here.run("export", "--env", "lasting", "--point", POINT, *words)
    assert code in (0, 2), err
    return [line.split(",")[2][:10] for line in out.splitlines()[1:]]


@on_servers_too("what is of another customer is left out by SQL")
def test_another_customer_finds_nothing_and_the_earlier_one_has_all(here):
    first, _ = visit(here, "MARTIN")
    assert first == {"before": None, "by": None, "number": 1, "since": None}
    again, warnings = visit(here, "MARTIN", today="2025-06-16")
    assert (again["before"], again["by"], warnings) == (1, "MARTIN", [])
    visit(here, "MARTIN", today="2025-06-15")  # a day that is run once more
    other, warnings = visit(here, "DURAND", today="2025-06-18")
    assert other == {"before": 1, "by": None, "number": 2, "since": "2025-06-18"}
    assert [w for w in warnings if "earlier data now belongs to customer 1" in w]
    assert exported(here) == ["2025-06-18"]
    assert exported(here, "--customer", "1") == ["2025-06-15", "2025-06-16"]
    assert exported(here, "--customer", "2") == ["2025-06-18"]
    assert exported(here, "--customer", "3") == []
    page = ("page", "household", POINT, "--env", "lasting", "--customer", "1")
    assert here.run(*page)[0] == 0
    page = (here.folder / f"household-{POINT}-1.html").read_text()
    runs = [one.run for one in here.runs()]
    assert ("2025-06-18" in page, [run in page for run in runs]) == (
        False,
        [False, False, True, True],
    )


@on_servers_too("what is of another customer is left out by SQL")
def test_an_open_account_of_an_earlier_customer_is_on_the_list_until_it_is_closed(here):
    visit(here, "MARTIN")
    visit(here, "DURAND", today="2025-06-18")
    code, out, err = here.run("orders", "-O", "json")
    assert code == 0, err
    (row,) = json.loads(out)
    assert (row["operation"], row["point"], row["state"]) == (
        "close",
        POINT,
        "customer 1, still open",
    )
    assert f"run close pointId={POINT} customer=1" in row["next"]
    (here.folder / "points.csv").write_text(f"pointId,holder\n{POINT},DURAND\n")
    fleet = ["run", "visit", "--env", "lasting", "--today", "2025-06-19", "--each", "points.csv"]
    code, out, err = here.run(*fleet)
    assert code == 0, err
    assert "1 account of an earlier customer is still open:" in " ".join(out.split())
    code, out, err = here.run(*command("close", "customer=1", "-O", "json"))
    assert code == 0, err
    assert json.loads(out)["outputs"] == {"measures": 1, "by": "MARTIN"}
    assert here.run("orders", "-O", "json")[1].strip() == "[]"
    assert exported(here) == ["2025-06-18", "2025-06-19"]


@on_servers_too("what is of another customer is left out by SQL")
def test_a_number_that_is_no_earlier_customers_closes_nothing(here):
    visit(here, "MARTIN")
    visit(here, "DURAND", today="2025-06-18")
    for number in ("2", "7"):
        code, _, err = here.run(*command("close", f"customer={number}"))
        assert (code, f"no earlier customer {number}" in err) == (2, True), err
    assert exported(here) == ["2025-06-18"]
    assert visit(here, "DURAND", today="2025-06-19")[0]["by"] == "DURAND"
    assert here.run(*command("close", "customer=1"))[0] == 0
    assert here.run(*command("close", "customer=1"))[0] == 0, "once more changes nothing"


def test_a_deletion_forgets_who_the_customer_is(here):
    visit(here, "MARTIN")
    assert here.run(*command("close"))[0] == 0
    with Store(here.home.store("lasting")) as store:
        assert (store.any_mark(), store.customers_of(POINT)) == ("", ())
    outputs, _ = visit(here, "DURAND", today="2025-06-18")
    assert (outputs["number"], outputs["since"], outputs["by"]) == (1, None, None)


def test_what_is_kept_without_a_mark_is_taken_over_unless_that_is_contradicted(here):
    with Store(here.home.store("lasting")) as store:
        store.remember("visits", POINT, {"by": "somebody"})
    outputs, _ = visit(here, "MARTIN")
    assert (outputs["number"], outputs["by"]) == (1, "somebody")
    with Store(here.home.store("lasting")) as store:
        store.unmark()
    outputs, _ = visit(here, "DURAND", "theirs=false")
    assert (outputs["number"], outputs["by"]) == (2, None)


def test_a_run_of_the_earlier_customer_does_not_go_on_where_another_has_come(here, office):
    office.answers = {"GET /look": [503] * 9}
    code, _, err = here.run(*command("visit", "holder=MARTIN", "asks=true"), HURRY="1")
    assert code == 5, err
    stopped = here.last_run().run
    visit(here, "DURAND", today="2025-06-18")
    code, _, err = here.run("resume", stopped)
    assert code == 8, err
    assert exported(here) == ["2025-06-18"]


def test_nobody_is_marked_without_a_name(here):
    code, _, err = here.run(*command("visit", "holder= "))
    assert code == 3, err
    assert "the customer is not identified" in err


def test_the_key_is_a_file_of_its_owner_alone_outside_the_database_and_its_copies(here):
    visit(here, "MARTIN")
    path = here.state / "identity.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert re.fullmatch(r"[0-9a-f]{64}\n", path.read_text())
    assert here.run("state", "backup", "copy")[0] == 0
    assert not [*(here.folder / "copy").rglob("identity.key")]
    everything = b"".join(one.read_bytes() for one in here.state.rglob("*.db"))
    assert path.read_text().strip().encode() not in everything


@pytest.mark.parametrize("lost", [None, "no key\n", "0" * 64 + "\n"])
def test_with_a_key_that_is_lost_or_another_nothing_is_run(here, lost):
    visit(here, "MARTIN")
    path = here.state / "identity.key"
    key = path.read_text()
    path.unlink() if lost is None else path.write_text(lost)
    for words in (command("visit", "holder=MARTIN"), command("visit", "holder=DURAND")):
        code, _, err = here.run(*words)
        assert code == 6, err
        assert "restore the key" in err
    path.write_text(key)
    assert visit(here, "MARTIN")[0]["number"] == 1


def doctor(here, **variables):
    """What the checkup says of customers: the mark before it, and the message."""
    out = here.run("doctor", "--env", "lasting", "-O", "json", **variables)[1]
    return [
        (one["status"], one["message"], one.get("remedy", ""))
        for one in json.loads(out)["checks"]
        if one["check"] == "customers"
    ]


def test_the_checkup_tells_of_a_key_that_is_lost_or_another_or_that_others_may_read(here):
    assert doctor(here) == []
    visit(here, "MARTIN")
    path = here.state / "identity.key"
    ((status, message, _),) = doctor(here)
    assert (status, "identity.key" in message) == ("ok", True)
    path.chmod(0o644)
    ((status, message, remedy),) = doctor(here)
    assert (status, "(644)" in message, "chmod 600" in remedy) == ("warning", True, True)
    for lost in (None, "no key\n", "0" * 64 + "\n"):
        path.unlink() if lost is None else path.write_text(lost)
        ((status, _, remedy),) = doctor(here)
        assert (status, "from your copy" in remedy) == ("failed", True)
        path.write_text("")


def test_a_lost_key_is_not_made_anew_by_another_environment(here):
    visit(here, "MARTIN")
    folder = here.folder / "environments"
    text = (folder / "lasting.yaml").read_text()
    (folder / "other.yaml").write_text(text.replace("environment: lasting", "environment: other"))
    path = here.state / "identity.key"
    path.unlink()
    words = [one.replace("lasting", "other") for one in command("visit", "holder=MARTIN")]
    code, _, err = here.run(*words)
    assert (code, "marks customers is missing" in " ".join(err.split()), path.exists()) == (
        6,
        True,
        False,
    ), err


@ON_SERVERS
def test_the_checkup_tells_that_a_server_needs_a_key(here):
    document = here.folder / "environments" / "lasting.yaml"
    text = document.read_text()
    assert doctor(here)[0][0] == "ok"
    document.write_text(text.replace("identity_key: ${secret.IDENTITY_KEY}\n", ""))
    ((status, _, remedy),) = doctor(here)
    assert (status, "identity_key" in remedy) == ("warning", True)
    document.write_text(text)
    assert doctor(here, IDENTITY_KEY="short")[0][0] == "failed"


def test_when_the_key_is_lost_for_good_the_marks_are_forgotten_and_nothing_else(here):
    visit(here, "MARTIN")
    (here.state / "identity.key").unlink()
    code, _, err = here.run("state", "unmark")
    assert (code, "1 mark was forgotten" in err) == (0, True), err
    outputs, _ = visit(here, "MARTIN")
    assert (outputs["number"], outputs["by"]) == (1, "MARTIN")
    assert visit(here, "DURAND", today="2025-06-18")[0]["number"] == 2


@ON_SERVERS
def test_a_server_needs_a_key_that_all_machines_have(here):
    document = here.folder / "environments" / "lasting.yaml"
    text = document.read_text()
    document.write_text(text.replace("identity_key: ${secret.IDENTITY_KEY}\n", ""))
    code, _, err = here.run(*command("visit", "holder=MARTIN"))
    assert code == 6, err
    assert "identity_key: ${secret.NAME}" in err
    document.write_text(text)
    code, _, err = here.run(*command("visit", "holder=MARTIN"), IDENTITY_KEY="short")
    assert (code, "is too short: 32 characters at least" in err) == (6, True), err
    assert visit(here, "MARTIN")[0]["number"] == 1


STATE, WHO = "state: {collection: visits, key: a}\n", "{id: who, customer: {is: MARTIN}}"
EARLIER = (
    "inputs: {n: {type: integer, optional: true}}\n"
    'state: {collection: visits, key: a, customer: "${inputs.n}"}\n'
)
WEEK = "series: daily_energy, start: 2025-06-01, end: 2025-06-08"
WRONG = {
    "the measures belong to the current customer, the state to an earlier one": (
        EARLIER,
        f"  - {{id: read, load: {{point: '30000000000011', {WEEK}}}}}\n",
    ),
    "to export those of an earlier customer: sgeflow export": (
        EARLIER,
        "  - {id: file, export: {format: csv, file: data/a.csv}}\n",
    ),
    "the flow declares no state": ("", f"  - {WHO}\n"),
    "a flow has at most one customer step": (
        STATE,
        f"  - {WHO}\n  - {WHO.replace('who', 'again')}\n",
    ),
    "which always runs": (STATE, f"""  - {WHO[:-1]}, when: "run.today > '2025-01-01'"}}\n"""),
    "among the steps of the flow itself": (STATE, f"  - {{id: group, steps: [{WHO}]}}\n"),
    "only a customer step sets": (
        STATE,
        f"  - {WHO}\n  - {{id: noted, remember: {{customer: 1}}}}\n",
    ),
}


@pytest.mark.parametrize("words", WRONG)
def test_a_flow_says_once_and_for_all_its_steps_who_the_customer_is(here, words):
    state, steps = WRONG[words]
    text = f"flow: wrong\ntitle: Wrong\n{state}steps:\n{steps}"
    (here.folder / "flows" / "wrong.yaml").write_text(text)
    code, out, err = here.run("validate", "flows/wrong.yaml")
    assert code == 3, out + err
    assert words in " ".join((out + err).split())
