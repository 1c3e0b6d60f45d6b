"""What a flow test expects is held to what a run did; each difference is told at its place."""

import pytest

from sgeflow.errors import Id
from tests.tools.flowtest.conftest import said

STOPPED = """\
scenario: settled
expect:
  outcome: done
  exit: 0
  outputs:
    stopped: true
    "[stopped, consentDeleted]": [true, true]
    measuresDeleted: 0
  calls:
    - GET backoffice
    - call: commanderArretServicesAccesDonnees
      with: {pointId: "30000000000011", serviceSouscritId: [51000001]}
      outcome: ok
    - DELETE backoffice/consent/1001
  last: DELETE backoffice/consent/1001
  times: {GET backoffice: 1, commanderArretServicesAccesDonnees: 1}
  files: none
  orders: [commanderArretServicesAccesDonnees]
  never: [commanderArretServiceSouscritMesures, DELETE backoffice/consent/9]
  skipped: [stop/collection, delete-account/measures]
  check:
    - length(calls) == 3 && calls[-1].path == '/consent/1001'
    - steps[?step == 'stop'].status | [0] == 'done'
    - outcome == 'done' && exit == 0 && code == ''
"""


def test_a_run_that_does_all_of_it_passes(tried):
    done = tried(STOPPED, flow="delete-account")
    assert [said(problem) for problem in done.problems] == []
    assert done.is_success


STOP = "commanderArretServicesAccesDonnees"
CALLED = f"called: GET backoffice → {STOP} → DELETE backoffice"
CHANGES = {
    "the exit code": ("exit: 0", "exit: 1", "the exit code differs | expected: 1 | seen: 0"),
    "an output": (
        "stopped: true",
        "stopped: false",
        "the output stopped differs | expected: false | seen: true",
    ),
    "a structure": (
        "[true, true]",
        "[true, false]",
        "the output [stopped, consentDeleted] differs | difference: - expected  + seen\n [\n   true,\n-  false\n+  true\n ]",
    ),
    "a call that was not made": (
        "- DELETE backoffice/consent/1001",
        "- DELETE backoffice/consent/1002",
        (
            "DELETE backoffice/consent/1002 was called, but not so | path: /consent/1001, expected"
            f" /consent/1002 | {CALLED}"
        ),
    ),
    "the last call": (
        "last: DELETE backoffice/consent/1001",
        f"last: {STOP}",
        f"the last call is not {STOP} | {CALLED}",
    ),
    "how often a call is made": (
        "GET backoffice: 1",
        "GET backoffice: 2",
        f"GET backoffice was called, once | expected: 2 | {CALLED}",
    ),
    "a value of a call": (
        "serviceSouscritId: [51000001]",
        "serviceSouscritId: [51000002]",
        (
            f'{STOP} was called, but not so | serviceSouscritId: ["51000001"], expected [51000002] | '
            f"{CALLED}"
        ),
    ),
    "the outcome of a call": (
        "outcome: ok",
        "outcome: SGT4O3",
        f"{STOP} was called, but not so | outcome: ok, expected SGT4O3 | {CALLED}",
    ),
    "the order of calls": (
        "- GET backoffice\n",
        "- DELETE backoffice\n    - GET backoffice\n",
        f"DELETE backoffice was called, but not in this order | {CALLED}",
    ),
    "an order too many": (f"orders: [{STOP}]", "orders: []", f"1 order too many | ordered: {STOP}"),
    "an order that was not made": (
        f"orders: [{STOP}]",
        f"orders: [{STOP}, {STOP}]",
        f"{STOP} was not ordered | ordered: {STOP}",
    ),
    "another order": (
        f"orders: [{STOP}]",
        "orders: [commanderArretServiceSouscritMesures]",
        f"another order was sent instead of commanderArretServiceSouscritMesures | ordered: {STOP}",
    ),
    "a call that must not be": (
        "DELETE backoffice/consent/9",
        "DELETE backoffice",
        "DELETE backoffice was called, once",
    ),
    "a step that was not skipped": (
        "skipped: [stop/collection",
        "skipped: [stop",
        "the step stop was not skipped: it is done",
    ),
    "a condition": (
        "length(calls) == 3",
        "length(calls) == 4",
        (
            "the condition is false | condition: length(calls) == 4 && calls[-1].path == "
            "'/consent/1001' | value: false | ├─ length(calls) == 4: false | │  └─ length(calls): 3"
            " | │     └─ calls: a list of 3 | └─ calls[-1].path == '/consent/1001': true |    └─ "
            "calls[-1].path: '/consent/1001'"
        ),
    ),
    "words of a warning": (
        "outcome: done",
        "outcome: done\n  warnings: it was late",
        'no warning says "it was late" | warned: nothing',
    ),
    "a file": (
        "files: none",
        "files: {x.json: {}}",
        "the file x.json was not written | files: none",
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_each_difference_is_told_and_nothing_else(tried, change):
    before, after, words = change
    assert before in STOPPED
    done = tried(STOPPED.replace(before, after, 1), flow="delete-account")
    assert [said(problem).partition(" ")[2] for problem in done.problems] == [words]
    (problem,) = done.problems
    assert problem.id is Id.EXPECTATION
    assert problem.at.text.strip()


def test_the_place_of_a_difference_is_the_line_where_it_is_written(tried):
    done = tried("expect: {outputs: {verified: false}}")
    (problem,) = done.problems
    assert (problem.at.line, problem.at.column) == (7, 34)
    assert problem.at.length == len("false")


def test_a_run_that_ended_otherwise_is_told_by_that_alone(tried):
    done = tried("scenario: unknown-point\nexpect: {exit: 0, outputs: {verified: true}}")
    (problem,) = done.problems
    assert problem.message == "the run ended as failed, not done"
    assert {label for label, _ in problem.details} == {"code", "message", "hint", "step"}


@pytest.mark.parametrize(
    ("expect", "words"),
    [
        ("{code: LOGIN_FAILED, exit: 1, message: does not know this point}", None),
        ("{code: VENDOR_DOWN}", "the run failed with another code"),
        ("{code: LOGIN_FAILED, message: peu importe}", "the message differs"),
        ("{outcome: failed}", None),
        ("{outcome: partial}", "the run ended as failed, not partial"),
    ],
)
def test_a_failure_is_known_by_its_code_and_words(tried, expect, words):
    done = tried(f"scenario: unknown-point\nexpect: {expect}")
    assert [problem.message for problem in done.problems] == ([words] if words else [])


HOUSEHOLD = """\
scenario: household
expect:
  orders: [commanderServicesAccesDonnees]
  measures:
    daily_energy: {values: 365, first: 2024-06-15, last: 2025-06-14, unit: Wh, sum: 4917830}
    load_curve: 1344
  files:
    data/importedData.json:
      length("com.grandlyon.enedis.day"): 365
"""


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("", "", []),
        ("values: 365", "values: 366", ["daily_energy: the number of kept values differs"]),
        (HOUSEHOLD[HOUSEHOLD.index("  files:") :], "  files: none\n", ["a file was written"]),
        ("first: 2024-06-15", "first: 2024-06-16", ["daily_energy: the first day differs"]),
        ("last: 2025-06-14", "last: 2025-06-15", ["daily_energy: the last day differs"]),
        ("unit: Wh", "unit: kWh", ["daily_energy: the unit differs"]),
        ("sum: 4917830", "sum: 1", ["daily_energy: the sum differs"]),
        ("load_curve: 1344", "load_curve: 0", ["load_curve: the number of kept values differs"]),
        (
            'day"): 365',
            'day"): 364',
            ['data/importedData.json: length("com.grandlyon.enedis.day") differs'],
        ),
        ("data/imp", "data/exp", ["the file data/exportedData.json was not written"]),
    ],
)
def test_what_is_kept_and_written_is_looked_at(tried, before, after, words):
    done = tried(HOUSEHOLD.replace(before, after, 1), flow="konnector")
    assert [problem.message for problem in done.problems] == words


def test_a_parameter_that_is_a_list_is_looked_at_as_one(tried):
    case = """\
    scenario: settled
    expect:
      calls: [{call: commanderArretServicesAccesDonnees, with: {serviceSouscritId: %s}}]
    """
    assert tried(case % "[51000001]", flow="delete-account").is_success
    assert not tried(case % "51000001", flow="delete-account").is_success


@pytest.mark.parametrize(
    "expected",
    [
        "{stopped: true, consentDeleted: true}",
        "{stopped: true, consentDeleted: true, measuresDeleted: 0, more: 1}",
        "null",
    ],
)
def test_a_structure_is_compared_as_a_whole(tried, expected):
    case = f"scenario: settled\nexpect: {{outputs: {{'@': {expected}}}}}"
    assert not tried(case, flow="delete-account").is_success
