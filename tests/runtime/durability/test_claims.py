"""One run at a time works on what a flow remembers, also over stops: nothing is done beside it."""

import signal

import pytest

from sgeflow.adapters.state.run_lock import hold_run
from sgeflow.adapters.state.store import Store
from sgeflow.core.engine.ports import Author
from tests.postgres import on_servers_too
from tests.runtime.durability.conftest import TODAY, until
from tests.runtime.durability.test_faults import ORDER, told, unsettled

ON_BOTH = on_servers_too("who works is told by locks of the server")


__all__ = ["told"]
POINT = "30000000000011"
OPENING = """\
flow: opening
title: A first start
inputs: {pointId: {type: string}, meter: {type: string, optional: true}}
state: {collection: accounts, key: "${inputs.pointId}"}
steps:
  - id: look
    http: {service: office, method: GET, path: /look}
    retry: {attempts: 1}
  - id: consent
    when: "!present(state.consent)"
    http: {service: office, method: POST, path: /consent}
  - id: more
    http: {service: office, method: GET, path: /more}
    retry: {attempts: 1}
  - id: kept
    remember: {consent: "given"}
  - id: measures
    http: {service: office, method: GET, path: /measures}
    retry: {attempts: 1}
"""


@pytest.fixture
def opening(world, office):
    """A world with a flow that gives a consent once, and a command that runs it."""
    here = world()
    here.add_office(office)
    (here.folder / "flows").mkdir()
    (here.folder / "flows" / "opening.yaml").write_text(OPENING)
    return here, ["run", "opening", "--env", "lasting", "--today", TODAY, f"pointId={POINT}"]


def killed(here, office, command, at):
    """The run of a command whose process is killed while it waits for an answer to `at`."""
    office.after = {at: "nothing"}
    process = here.start(*command)
    until(lambda: at in office.asked)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    office.after = {}
    office.answer("nothing")
    return here.last_run().run


def test_a_run_that_was_stopped_before_it_did_anything_gives_way_and_does_not_go_on(
    opening, office
):
    here, command = opening
    first = killed(here, office, command, "GET /look")
    code, out, err = here.run(*command)
    text = " ".join((out + err).split())
    assert code == 0, text
    second = here.last_run().run
    assert (
        f"run {first} was stopped while it worked on the same thing: run {second} replaces it"
        in text
    )
    code, out, err = here.run("resume", first)
    text = " ".join((out + err).split())
    assert code == 8, text
    assert f"run {first} cannot be resumed: run {second} has worked on the same thing since" in text
    assert f"sgeflow runs show {second}" in text
    assert office.count("POST /consent") == 1
    assert here.run(*command)[0] == 0  # the next night
    assert office.count("POST /consent") == 1


@ON_BOTH
def test_a_run_that_was_stopped_behind_what_nothing_remembers_is_gone_on_with_first(
    opening, office
):
    here, command = opening
    first = killed(here, office, command, "GET /more")
    asked = len(office.asked)
    for _ in range(2):
        code, out, err = here.run(*command)
        text = " ".join((out + err).split())
        assert code == 8, text
        assert f"run {first} of opening, begun 20" in text
        assert "was stopped after POST office" in text
        assert f"sgeflow resume {first}" in text
        assert f"sgeflow runs give-up {first}" in text
    assert len(office.asked) == asked
    assert here.run("resume", first)[0] == 0
    assert here.run(*command)[0] == 0
    assert office.count("POST /consent") == 1


@ON_BOTH
def test_what_is_remembered_keeps_nobody_away(opening, office):
    here, command = opening
    first = killed(here, office, command, "GET /measures")
    assert here.run(*command)[0] == 0
    assert office.count("POST /consent") == 1
    code, _, err = here.run("resume", first)
    assert (code, "has worked on the same thing since" in " ".join(err.split())) == (8, True), err


@ON_BOTH
def test_beside_a_run_that_is_at_work_nobody_works(opening, office):
    here, command = opening
    office.after = {"GET /look": "go on"}
    process = here.start(*command)
    until(lambda: "GET /look" in office.asked)
    first = here.last_run().run
    code, _, err = here.run(*command)
    text = " ".join(err.split())
    assert code == 8, text
    assert f"run {first} is working on the same thing: only one run at a time may" in text
    office.answer("go on")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    assert office.count("GET /look") == 1
    assert here.run(*command)[0] == 0
    assert here.run(*command[:-1], f"pointId={POINT[:-1]}2")[0] == 0  # another point was free


def test_a_run_that_was_given_nothing_yet_goes_on_as_one_that_begins(opening, office):
    """Another one worked there, and keeps something before it does: what it keeps is newer."""
    here, command = opening
    office.after = {"GET /look": "go on"}
    process = here.start(*command)
    until(lambda: "GET /look" in office.asked)
    assert here.run(*command, "--run", "second")[0] == 8
    office.answer("go on")
    process.communicate(timeout=60)
    assert process.returncode == 0
    office.after = {}
    for at in ("GET /more", None):  # stopped once more, and gone on with
        office.answers = {at: [503]}
        code, out, err = here.run("resume", "second")
        assert (code == 0) is (at is None), out + err
    assert office.count("POST /consent") == 1


DISTRICT = """\
flow: district
title: A first start behind a look at the whole district
inputs: {pointId: {type: string}}
steps:
  - id: district
    http: {service: office, method: GET, path: /district}
    retry: {attempts: 1}
  - id: street
    http: {service: office, method: GET, path: /street}
    retry: {attempts: 1}
  - id: opening
    flow: opening
    with: {pointId: "${inputs.pointId}"}
"""
CLOSING = """\
flow: closing
title: An end
inputs: {pointId: {type: string}}
state: {collection: accounts, key: "${inputs.pointId}"}
steps:
  - id: gone
    forget: {state: true}
"""


def beside(here, flow, text):
    """The command that runs another flow at the same point."""
    (here.folder / "flows" / f"{flow}.yaml").write_text(text)
    return ["run", flow, "--env", "lasting", "--today", TODAY, f"pointId={POINT}"]


@ON_BOTH
def test_what_others_remembered_before_it_claimed_takes_no_consent_from_a_run_that_goes_on(
    opening, office
):
    here, command = opening
    later = beside(here, "district", DISTRICT)
    closing = beside(here, "closing", CLOSING)
    office.after = {"GET /district": "go on"}
    process = here.start(*later, "--run", "later")
    until(lambda: "GET /district" in office.asked)
    assert here.run(*closing)[0] == 0
    office.answers = {"GET /more": [503]}
    office.answer("go on")
    process.communicate(timeout=60)
    assert process.returncode == 5
    code, out, err = here.run("resume", "later")
    assert code == 0, out + err
    assert here.run(*command)[0] == 0
    assert office.count("POST /consent") == 1


def test_a_run_that_others_have_overtaken_gives_no_consent_that_it_could_not_remember(
    opening, office
):
    here, _ = opening
    later = beside(here, "district", DISTRICT)
    closing = beside(here, "closing", CLOSING)
    office.answers = {"GET /street": [503]}
    assert here.run(*later)[0] == 5
    stopped = here.last_run().run
    assert here.run(*closing)[0] == 0
    code, out, err = here.run("resume", stopped)
    text = " ".join((out + err).split())
    assert code == 8, text
    assert "worked on the same thing after" in text
    assert office.count("POST /consent") == 0


def test_what_a_person_gives_up_is_in_nobodys_way_and_is_not_gone_on_with(opening, office):
    here, command = opening
    first = killed(here, office, command, "GET /more")
    code, _, err = here.run("runs", "give-up", first)
    assert code == 0, err
    words = " ".join(err.split())
    assert f"run {first} is given up" in words
    assert (
        "POST office of step opening/consent was accepted, but its result is not remembered"
        in words
    )
    assert here.run("resume", first)[0] == 2
    assert here.run("runs", "give-up", first)[0] == 2
    assert here.run(*command)[0] == 0
    assert office.count("POST /consent") == 2  # a person has said so


@ON_BOTH
@pytest.mark.parametrize("known", ["sending", "unknown"])
def test_an_order_that_nobody_knows_of_keeps_others_away_until_somebody_does(
    opening, office, known
):
    here, command = opening
    office.answers = {"POST /consent": [None]}
    if known == "sending":
        first = killed(here, office, command, "POST /consent")
    else:
        assert here.run(*command)[0] == 8
        first = here.last_run().run
    code, _, err = here.run(*command)
    words = " ".join(err.split())
    assert (code, "sgeflow orders lists its POST office" in words) == (8, True), words
    code, _, err = here.run("runs", "give-up", first)
    assert (code, "is unknown" in err) == (8, True), err
    here.age(first, 100_000)
    assert here.run("orders", "resolve", first, "--not-accepted")[0] == 0
    office.answers = {}
    assert here.run(*command)[0] == 0
    assert here.run("resume", first)[0] == 8
    assert office.count("POST /consent") == 2


def test_behind_an_order_that_a_person_found_accepted_its_run_goes_on_before_all_others(
    opening, office
):
    """What it made is remembered nowhere yet: whoever came first would have it made once more."""
    here, command = opening
    office.answers = {"POST /consent": [None]}
    assert here.run(*command)[0] == 8
    first = here.last_run().run
    assert here.run("orders", "resolve", first, "--accepted")[0] == 0
    office.answers = {}
    code, out, err = here.run(*command)
    assert (code, f"sgeflow resume {first}" in " ".join((out + err).split())) == (8, True), err
    assert here.run("resume", first)[0] == 0
    assert here.run(*command)[0] == 0
    assert office.count("POST /consent") == 1


@pytest.mark.parametrize("end", ["give-up", "resume"])
def test_what_is_over_keeps_nobody_away_from_what_a_person_found_accepted(opening, office, end):
    """Nobody can go on with a run that was given up, or has ended well and remembers nothing."""
    here, command = opening
    if end == "resume":
        forgetful = OPENING.replace("- id: kept\n", "- id: kept\n    when: inputs.pointId == '1'\n")
        (here.folder / "flows" / "opening.yaml").write_text(forgetful)
    office.answers = {"POST /consent": [None]}
    assert here.run(*command)[0] == 8
    first = here.last_run().run
    assert here.run("orders", "resolve", first, "--accepted")[0] == 0
    office.answers = {}
    assert here.run(*(["resume"] if end == "resume" else ["runs", "give-up"]), first)[0] == 0
    code, out, err = here.run(*command)
    assert code == 0, out + err


def test_rows_of_a_fleet_work_at_a_point_one_after_the_other(opening, office):
    here, command = opening
    (here.folder / "points.csv").write_text(f"pointId,meter\n{POINT},A\n{POINT},B\n")
    office.answers = {"GET /look": [503]}
    each = [*command[:-1], "--each", "points.csv", "--jobs", "1"]
    code, out, err = here.run(*each)
    assert code == 7, out + err  # the row that failed keeps no other one away
    assert here.run(*each)[0] == 0
    assert office.count("POST /consent") == 1


def test_a_row_does_not_work_beside_the_row_of_another_fleet_that_goes_on(opening, office):
    here, command = opening
    (here.folder / "points.csv").write_text(f"pointId\n{POINT}\n")
    office.answers = {"GET /look": [503]}
    each = [*command[:-1], "--each", "points.csv", "--jobs", "1"]
    assert here.run(*each, "--run", "first")[0] == 5
    with hold_run(here.home, "first.1"):  # somebody goes on with it
        code, out, err = here.run(*each, "--run", "second")
        assert (code, office.count("POST /consent")) == (8, 0), out + err
    assert here.run(*each)[0] == 0


@ON_BOTH
def test_a_fleet_that_was_killed_is_overtaken_row_by_row(opening, office):
    here, command = opening
    points = [f"{POINT[:-1]}{number}" for number in range(3)]
    (here.folder / "points.csv").write_text("\n".join(["pointId", *points, ""]))
    each = [*command[:-1], "--each", "points.csv", "--jobs", "1"]
    fleet = killed(here, office, each, "GET /look")
    assert here.run(*command[:-1], f"pointId={points[0]}")[0] == 0
    code, out, err = here.run("resume", fleet)
    assert code == 7, out + err
    assert office.count("POST /consent") == 3


def test_a_flow_that_changes_nothing_works_beside_everybody(told, office):
    here, command = told("")
    here.add_office(office)
    reads = OPENING.replace("method: POST", "method: GET").replace("opening", "reading")
    reads = reads[: reads.index("  - id: kept")].replace(
        '    when: "!present(state.consent)"\n', ""
    )
    (here.folder / "flows" / "reading.yaml").write_text(reads)
    office.answers = {"GET /look": [503, 503]}
    words = ("--env", "lasting", "--today", TODAY, f"pointId={POINT}")
    stopped = []
    for _ in range(2):
        code, text, _ = command("run", "reading", *words)
        assert code == 5, text
        stopped.append(here.last_run().run)
    for run in stopped:
        code, text, _ = command("resume", run)
        assert code == 0, text
    with Store(here.home.store("lasting")) as store:
        assert store.claim("accounts", POINT, Author("anybody")) == "anybody"
    assert unsettled(command) == []
    assert ORDER not in here.orders()
