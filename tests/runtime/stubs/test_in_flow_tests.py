"""Stubs of a flow test, and what `expect` sees of the requests that they get."""

from textwrap import indent

import pytest

from sgeflow.errors import Id
from sgeflow.tools.flowtest.case import try_case
from sgeflow.tools.flowtest.suite import open_test
from tests.tools.flowtest.conftest import said

HEAD = "test: mail\ntitle: x\nflow: mail\nenvironment: own\ntoday: 2025-06-15\n"
TWICE = """\
    flow: mail
    title: Two mails and a look
    steps:
      - {id: one, http: {service: alerts, method: POST, path: /mails/1, body: {to: {name: A}, urgent: true}}}
      - {id: two, http: {service: alerts, method: POST, path: /mails/2, body: {to: {name: B}}}}
      - {id: look, http: {service: alerts, path: /mails, query: {of: A}}}
    outputs: {seen: steps.look.body}
"""
ALL = "{alerts: {'POST /mails/{id}': {status: 201}, GET /mails: {body: [1, 2]}}}"


@pytest.fixture
def tried(project):
    """Try the cases of a test: `tried(cases)`; `head` stands above them."""

    def run(cases, *, head="", stubs="{}", flow=TWICE, record=False):
        folder = project(stubs, flow=flow, tests="x")
        file = folder / "tests" / "mail.test.yaml"
        file.write_text(f"{HEAD}{head}cases:\n{indent(cases, '  ')}", encoding="utf-8")
        workspace, test = open_test(file)
        return [try_case(workspace, test, case, record=record) for case in test.cases]

    return run


def told(done):
    return [said(problem) for problem in done.problems]


def test_what_is_expected_of_requests_to_stubs_is_looked_at_as_of_any_call(tried):
    expect = """\
one:
  stubs: STUBS
  expect:
    outputs: {seen: [1, 2]}
    calls:
      - POST alerts/mails/1
      - {call: POST alerts/mails/2, with: {to: {name: B}}, outcome: ok}
      - {call: GET alerts/mails, with: {of: A}}
    times: {'POST alerts/mails/{id}': 2, GET alerts/mails: 1}
    last: {call: GET alerts/mails, with: {of: A}}
    orders: []
    never: [DELETE alerts, GET alerts/mails/1]
    check:
      - length(calls[?call == 'POST alerts']) == 2
      - calls[0].with.urgent == true
""".replace("STUBS", ALL)
    # DELETE is never called by this flow, which the document's check tells
    expect = expect.replace("DELETE alerts, ", "")
    (done,) = tried(expect)
    assert told(done) == []


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ("times: {POST alerts: 3}", "POST alerts was called, 2 times | expected: 3"),
        ("times: {POST alerts/mails/1: 2}", "POST alerts/mails/1 was called, once"),
        ("times: {POST alerts/mails/9: 1}", "POST alerts/mails/9 was called, 0 times"),
        ("last: POST alerts", "the last call is not POST alerts | called: POST alerts"),
        ("last: {call: GET alerts, with: {of: B}}", 'is not GET alerts | of: "A", expected "B"'),
        ("calls: [POST alerts/mails/3]", "POST alerts/mails/3 was called, but not so"),
        ("calls: ['POST alerts/{id}']", "POST alerts/{id} was called, but not so"),
        ("calls: [{call: POST alerts/mails/2, with: {to: {name: C}}}]", "was called, but not so"),
    ],
)
def test_what_differs_of_them_is_told(tried, expected, message):
    (done,) = tried(f"one:\n  stubs: {ALL}\n  expect: {{{expected}}}\n")
    (problem,) = told(done)
    assert message in problem


def test_a_case_comes_before_its_test_and_that_before_the_environment(tried):
    flow = """\
    flow: mail
    title: Three looks
    steps:
      - {id: a, http: {service: alerts, path: /a}}
      - {id: b, http: {service: alerts, path: /b}}
      - {id: c, http: {service: alerts, path: /c}}
    outputs: {all: "[steps.a.body, steps.b.body, steps.c.body]"}
    """
    cases = """\
none: {expect: {outputs: {all: [test, test, environment]}}}
some: {stubs: {alerts: {'GET /{any}': {body: case}}}, expect: {outputs: {all: [case, case, case]}}}
"""
    done = tried(
        cases,
        head="stubs: {alerts: {GET /a: {body: test}, GET /b: {body: test}}}\n",
        stubs="GET /b: {body: environment}\nGET /c: {body: environment}",
        flow=flow,
    )
    assert [told(one) for one in done] == [[], []]


def test_an_earlier_run_has_the_same_stubs_from_their_first_reply_on(tried):
    stubs = ALL.replace("{body: [1, 2]}", "{replies: [{body: 1}]}")
    case = f"one: {{stubs: {stubs}, earlier: [{{today: 2025-06-14}}], expect: {{outputs: {{seen: 1}}}}}}\n"
    assert told(tried(case)[0]) == []


def test_what_no_stub_answers_fails_the_case_loudly(tried):
    (done,) = tried("one: {expect: {outcome: failed}}\n")
    (problem,) = done.problems
    assert problem.id is Id.NO_STUB
    assert (problem.at.file[-14:], problem.at.line) == ("mail.test.yaml", 7)
    assert "no stub of alerts answers POST “/mails/1”" in problem.message


def test_a_cassette_is_recorded_of_stubs_and_then_needs_none(tried, sgeflow):
    case = f"one: {{cassette: made.yaml, stubs: {ALL}, expect: {{outputs: {{seen: [1, 2]}}}}}}\n"
    (done,) = tried(case, record=True)
    assert told(done) == []
    assert sgeflow("cassette", "check", "tests/made.yaml").code == 0
    assert sgeflow("cassette", "diff", "tests/made.yaml").code == 0
    (done,) = tried(case.replace(f" stubs: {ALL},", ""))
    assert told(done) == []


def test_pauses_between_tries_pass_at_once_and_faults_are_real(tried):
    flow = """\
    flow: mail
    title: A look that is tried again
    steps:
      - {id: look, http: {service: alerts, path: /mails}, retry: {attempts: 3, backoff: PT1M}}
    outputs: {seen: steps.look.body}
    """
    stubs = "{alerts: {GET /mails: {replies: [{fault: reset}, {status: 503}, {body: 3}]}}}"
    calls = (
        "[{call: GET alerts/mails, outcome: SGE402}, {call: GET alerts/mails, outcome: HTTP503}]"
    )
    case = f"one: {{stubs: {stubs}, expect: {{outputs: {{seen: 3}}, calls: {calls}}}}}\n"
    assert told(tried(case, flow=flow)[0]) == []
