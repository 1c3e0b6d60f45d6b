"""A case runs in a world of its own: its date, its state, its files, and nothing of the person's."""

import pytest

from sgeflow.errors import Id
from sgeflow.tools.flowtest.case import try_case
from sgeflow.tools.flowtest.suite import open_test
from tests.tools.flowtest.conftest import ROOT, said


def test_no_variable_of_the_persons_own_changes_a_test(tried, monkeypatch, tmp_path):
    for name, value in {
        "ENV": "nowhere",
        "TODAY": "1999-01-01",
        "SCENARIO": "down",
        "OFFLINE": "1",
        "STATE": str(tmp_path / "state"),
    }.items():
        monkeypatch.setenv(f"SGEFLOW_{name}", value)
    assert tried("expect: {outputs: {verified: true}}").is_success
    assert not (tmp_path / "state").exists()


def test_what_a_flow_writes_lies_in_a_folder_that_goes(tried, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    case = "inputs: {file: here.json}\nexpect: {files: {here.json: {}}}"
    assert tried(case, flow="konnector").is_success
    assert not (tmp_path / "here.json").exists()


@pytest.mark.parametrize("file", ["/tmp/sgeflow-outside.json", "../outside.json"])
def test_a_flow_that_writes_elsewhere_is_stopped(tried, file):
    done = tried(f"inputs: {{file: {file}}}\nexpect: {{}}", flow="konnector")
    assert "is outside of it" in done.problems[0].message
    assert done.problems[0].at.file.endswith("main.test.yaml")


def test_earlier_runs_leave_what_they_kept(tried):
    case = """\
    earlier: [{today: 2025-06-14}, {today: 2025-06-15}]
    today: 2025-06-16
    expect: {outputs: {daily.rows: 1, daily.new: 1, halfHours.rows: 48}, measures: {daily_energy: 367}}
    """
    assert [said(problem) for problem in tried(case, flow="konnector").problems] == []


def test_an_earlier_run_that_fails_is_told_at_its_place(tried):
    case = "earlier: [{scenario: opposition}]\nexpect: {}"
    (problem,) = tried(case, flow="konnector").problems
    assert (
        problem.message == "the earlier run of 2025-06-15 failed, so that this case was not tried"
    )
    assert (problem.at.line, problem.at.column) == (7, 15)
    assert "opposes" in dict(problem.details)["message"]


def test_faults_go_wrong_in_the_simulator(tried):
    case = "scenario: settled\nfaults: SGT504:100%\nexpect: {code: VENDOR_DOWN}"
    assert tried(case, flow="delete-account").is_success


def test_made_up_secrets_are_there_for_the_environment(tmp_path):
    (tmp_path / "environments").mkdir()
    shipped = (ROOT / "environments" / "simulator-previous.yaml").read_text("utf-8")
    own = shipped.replace("environment: simulator-previous", "environment: own")
    own = own.replace("apikey: simulator", 'apikey: "${secret.MADE_UP_KEY}"')
    assert "MADE_UP_KEY" in own
    (tmp_path / "environments" / "own.yaml").write_text(own)
    head = "test: t\ntitle: x\nflow: check-identity\ntoday: 2025-06-15\nenvironment: own\n"
    cases = (
        "cases:\n  without: {expect: {}}\n  with: {secrets: {MADE_UP_KEY: simulator}, expect: {}}\n"
    )
    file = tmp_path / "t.test.yaml"
    file.write_text(head + cases)
    without, with_ = outcomes(file)
    assert [problem.id for problem in without.problems] == [Id.SETTING]
    assert [said(problem) for problem in with_.problems] == []


def outcomes(file):
    from sgeflow.tools.flowtest.case import try_case

    workspace, test = open_test(file)
    return [try_case(workspace, test, case) for case in test.cases]


def test_the_project_is_the_nearest_above_the_test(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    workspace, test = open_test(ROOT / "tests" / "flows" / "konnector.test.yaml")
    assert workspace.project.folder == ROOT
    assert [case.name for case in test.cases][:2] == [
        "household[simulator]",
        "household[simulator-previous]",
    ]


def test_a_cassette_answers_and_is_made_again(tried, tmp_path):
    case = "cassette: made.yaml\nscenario: settled\ntoday: 2025-06-15\nexpect: {outputs: {stopped: true}}"
    missing = tried(case, flow="delete-account")
    assert [problem.id for problem in missing.problems] == [Id.CASSETTE]
    recorded = tried(case, flow="delete-account", record=True)
    assert recorded.recorded == str(tmp_path / "made.yaml")
    assert tried(case, flow="delete-account").is_success
    before = (tmp_path / "made.yaml").read_bytes()
    wrong = tried(
        case.replace("stopped: true", "stopped: false"), flow="delete-account", record=True
    )
    assert not wrong.is_success
    assert wrong.recorded == ""
    assert (tmp_path / "made.yaml").read_bytes() == before


def test_a_request_that_was_not_recorded_is_told_at_the_cassette(tried):
    case = "cassette: made.yaml\nscenario: household\nexpect: {}"
    tried(case, record=True)
    (problem,) = tried(case + "\ninputs: {postalCode: '69100'}").problems
    assert problem.id is Id.NO_RECORDING
    assert problem.at.text.strip() == "cassette: made.yaml"


def test_what_finally_steps_tell_is_looked_at_as_any_call(tmp_path):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "night.yaml").write_text("""\
flow: night
title: Something that tells how it ended
inputs: {word: {type: string, default: fine}}
steps:
  - {id: fine, check: inputs.word == 'fine', else: {code: NOT_FINE, message: x}}
finally:
  - id: told
    when: end.status == 'failed'
    http: {service: backoffice, method: POST, path: /told, body: {code: "${end.code}"}}
""")
    path = tmp_path / "tests" / "night.test.yaml"
    path.parent.mkdir()
    path.write_text("""\
test: night
title: x
flow: night
today: 2025-06-15
stubs: {backoffice: {"POST /told": {status: 201}}}
cases:
  fails:
    title: A failure is told
    inputs: {word: wrong}
    expect: {code: NOT_FINE, calls: [{call: POST backoffice/told, with: {code: NOT_FINE}}]}
  ends_well:
    title: Nobody is told of an end that is well
    expect: {outcome: done, never: [POST backoffice/told], skipped: [told]}
  refused:
    title: A notice that is refused changes nothing
    inputs: {word: wrong}
    stubs: {backoffice: {"POST /told": {status: 403}}}
    expect: {code: NOT_FINE, times: {POST backoffice/told: 1}, warnings: [the result of the run is unchanged]}
  wrong:
    title: What was not told is not there
    expect: {times: {POST backoffice/told: 1}}
""")
    workspace, test = open_test(path, tmp_path)
    done = [try_case(workspace, test, case) for case in test.cases]
    assert [one.is_success for one in done] == [True, True, True, False]
