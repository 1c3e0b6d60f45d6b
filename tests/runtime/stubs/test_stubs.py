"""Stubs answer services that a simulated environment may not reach: what is said, in its order."""

import json
import time
from pathlib import Path

import pytest

from sgeflow.adapters.cassettes.file import load

RUN = ("run", "mail", "--env", "own", "--output", "json")
ASKED = ("method=GET", "path=x")


@pytest.fixture
def outputs(sgeflow):
    """The outputs of one run of the flow; the run must end well."""

    def run(*words):
        done = sgeflow(*RUN, *words)
        assert done.code == 0, done.err
        return json.loads(done.out)["outputs"]

    return run


def asking(path):
    """From now on the flow asks for this path, which stands in the document."""
    step = f'{{id: read, http: {{service: alerts, path: "{path}"}}, retry: {{attempts: 1}}}}'
    text = f"flow: mail\ntitle: x\nsteps: [{step}]\noutputs: {{body: steps.read.body}}\n"
    Path("flows/mail.yaml").write_text(text, "utf-8")


# -- what is answered -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "status", "body"),
    [
        ("{}", 200, None),
        ("{status: 204}", 204, None),
        (
            "{status: 299, body: {a: [1, true, null, 'é', 1.5]}}",
            299,
            {"a": [1, True, None, "é", 1.5]},
        ),
        ("{body: false}", 200, False),
        ("{text: '[1, 2]'}", 200, [1, 2]),
        ("{headers: {Content-Type: application/problem+json}, text: '{}'}", 200, {}),
    ],
)
def test_a_reply_is_what_the_stub_says(project, outputs, reply, status, body):
    project(f"GET /x: {reply}")
    assert outputs(*ASKED) == {"status": status, "body": body}


def test_xml_is_answered_as_it_stands(sgeflow, project):
    project("GET /x: {xml: '<a>é</a>'}")
    done = sgeflow("run", "mail", "--env", "own", *ASKED)
    assert (done.code, "is not JSON" in done.err) == (5, True)
    assert "application/xml" in done.err


def test_a_refusal_is_one_that_the_flow_handles(project, outputs):
    project("POST /mails: {status: 409, body: {error: twice}}")
    assert outputs()["body"] == {"id": "before"}


def test_an_exact_path_comes_before_one_with_a_placeholder(project, outputs):
    project(
        """
        GET /towns/{name}: {body: some}
        GET /towns/Lyon: {body: Lyon}
        GET /towns/{name}/mails/{id}: {body: mail}
        """
    )
    for path, body in (
        ("/towns/Lyon", "Lyon"),
        ("/towns/St Étienne", "some"),
        ("/towns/a/mails/7", "mail"),
    ):
        asking(path)
        assert outputs()["body"] == body


@pytest.mark.parametrize("path", ["/towns", "/towns/", "/towns/a/b", "/Towns/a", "/towns/a/"])
def test_another_path_is_answered_by_nobody(sgeflow, project, path):
    project("GET /towns/{name}: {}")
    asking(path)
    assert sgeflow(*RUN).code == 8


def test_what_a_service_of_the_simulator_does_not_stub_the_simulator_answers(sgeflow, project):
    folder = project("{}")
    own = folder / "environments" / "own.yaml"
    text = own.read_text("utf-8")
    stub = "communes: {base_url: simulator, stubs: {GET /communes/69003: {status: 503}}}"
    own.write_text(text.replace("communes: {base_url: simulator}", stub))
    (folder / "flows" / "mail.yaml").write_text(
        "flow: mail\ntitle: x\ninputs: {code: {type: string}}\nsteps:\n"
        '  - {id: town, http: {service: communes, path: "/communes/${inputs.code}"}, retry: {attempts: 1}}\n'
        "outputs: {town: 'steps.town.body[0].codeCommune'}\n"
    )
    assert json.loads(sgeflow(*RUN, "code=69100").out)["outputs"] == {"town": "69266"}
    done = sgeflow(*RUN, "code=69003")
    assert (done.code, json.loads(done.out)["failure"]["code"]) == (5, "HTTP503")


# -- one after the other ----------------------------------------------------------------------------

TRIES = """\
    flow: mail
    title: Ask five times
    inputs: {times: {type: array, default: [1, 2, 3, 4, 5]}}
    steps:
      - id: asked
        foreach: ${inputs.times}
        as: number
        http: {service: alerts, path: /x}
        retry: {attempts: 1}
        on_fault:
          - {codes: [HTTP500, HTTP503], continue: {status: 0, body: fault}}
    outputs: {bodies: "steps.asked[].body"}
"""


def test_replies_come_in_their_order_and_the_last_repeats_when_it_says_so(project, outputs):
    project(
        """
        GET /x:
          replies: [{body: 1}, {status: 500}, {body: 3}]
          then: repeat
        """,
        flow=TRIES,
    )
    assert outputs() == {"bodies": [1, "fault", 3, 3, 3]}


@pytest.mark.parametrize("then", ["", "then: fail"])
def test_after_the_last_reply_a_request_fails_loudly(sgeflow, project, then):
    project(f"GET /x:\n  replies: [{{body: 1}}, {{body: 2}}]\n  {then}", flow=TRIES)
    done = sgeflow("run", "mail", "--env", "own")
    assert done.code == 8
    assert "SGE303 the stub `GET /x` of alerts has no reply to request 3; nothing was" in done.err
    assert "then: repeat" in done.err


def test_a_sequence_begins_anew_with_each_run(project, outputs):
    project("GET /x: {replies: [{body: 1}]}")
    assert [outputs(*ASKED)["body"] for _ in range(2)] == [1, 1]


def test_side_by_side_each_reply_is_given_once(project, outputs):
    replies = ", ".join(f"{{body: {n}}}" for n in range(20))
    flow = TRIES.replace("as: number", "as: number\n        parallel: 8")
    project(f"GET /x: {{replies: [{replies}]}}", flow=flow)
    asked = outputs(f"times:={json.dumps(list(range(20)))}")
    assert sorted(asked["bodies"]) == list(range(20))


# -- what goes wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("{fault: close}", "SGE402"),
        ("{fault: reset}", "SGE402"),
        ("{fault: stall}", "SGE402"),
        ("{fault: drip, delay: PT1S, body: {a: 1}}", "SGE402"),
        ("{fault: truncate, body: {a: 1}}", "SGE404"),
        ("{fault: truncate-unsized, body: {a: 1}}", "SGE404"),
        ("{fault: html}", "SGE404"),
        ("{delay: PT2S}", "SGE402"),
    ],
)
def test_a_fault_goes_wrong_on_the_wire(sgeflow, project, reply, code):
    project(f"GET /x: {reply}")
    done = sgeflow(*RUN, *ASKED)
    assert (done.code, json.loads(done.out)["failure"]["code"]) == (5, code)


def test_a_bomb_is_not_unpacked(sgeflow, project):
    project("GET /x: {fault: gzip-bomb}")
    own = Path("environments/own.yaml")
    own.write_text(own.read_text("utf-8").replace("read: PT1S, total: PT3S", "total: PT90S"))
    done = sgeflow(*RUN, *ASKED)
    assert (done.code, json.loads(done.out)["failure"]["code"]) == (5, "SGE405")


def test_a_read_is_tried_again_after_a_fault(project, outputs):
    project("GET /x: {replies: [{fault: close}, {status: 503}, {body: well}]}")
    flow = Path("flows/mail.yaml")
    flow.write_text(
        flow.read_text("utf-8").replace(
            "retry: {attempts: 1}", "retry: {attempts: 3, backoff: PT1S}"
        )
    )
    assert outputs(*ASKED)["body"] == "well"


def test_what_is_posted_and_lost_is_not_sent_again(sgeflow, project):
    project("POST /mails: {replies: [{fault: close}, {body: twice}]}")
    done = sgeflow(*RUN)
    assert (done.code, json.loads(done.out)["failure"]["code"]) == (8, "SGE301")


def test_a_reply_waits_as_long_as_its_delay(project, outputs):
    project("GET /x: {delay: PT1S, body: late}")
    own = Path("environments/own.yaml")
    own.write_text(own.read_text("utf-8").replace("read: PT1S, total: PT3S", "read: PT9S"))
    began = time.monotonic()
    assert outputs(*ASKED)["body"] == "late"
    assert time.monotonic() - began >= 1


def test_faults_of_the_simulator_do_not_touch_stubs(project, outputs):
    project("GET /x: {body: well}")
    assert outputs(*ASKED, "--faults", "500:100%")["body"] == "well"


# -- what nothing answers ---------------------------------------------------------------------------


def test_what_nothing_answers_is_told_with_what_is_declared(sgeflow, project):
    project("POST /mails: {}\nGET /mails/{id}: {}")
    done = sgeflow("run", "mail", "--env", "own", "path=mail")
    assert done.code == 8
    assert 'SGE303 no stub of alerts answers POST "/mail"; nothing was sent' in done.err
    assert "POST /mails, GET /mails/{id}" in done.err
    assert "under `stubs` of alerts" in done.err


def test_it_is_no_fault_that_a_flow_could_go_on_from(sgeflow, project):
    flow = """\
    flow: mail
    title: Whatever happens
    steps:
      - id: sent
        http: {service: alerts, path: /x}
        on_fault: [{codes: [SGE303], continue: {status: 0, body: null}}]
    on_fault: [{codes: [SGE303], fail: {code: HIDDEN, message: x}}]
    """
    project("{}", flow=flow)
    done = sgeflow("run", "mail", "--env", "own")
    assert (done.code, "HIDDEN" in done.err) == (8, False)


def test_it_names_nobody(sgeflow, project):
    folder = project("{}")
    flow = folder / "flows" / "mail.yaml"
    text = flow.read_text("utf-8").replace("default: mails}", "default: mails, personal: true}")
    flow.write_text(text)
    done = sgeflow("run", "mail", "--env", "own", "path=Lefèvre")
    assert (done.code, "Lefèvre" in done.err) == (8, False)


# -- secrets ----------------------------------------------------------------------------------------


def test_no_secret_is_needed_or_sent_where_stubs_answer(outputs, project, monkeypatch, tmp_path):
    """The environment names ALERTS_TOKEN, and it is not set; or it is, and shows nowhere."""
    project("POST /mails: {body: {id: m1}}")
    assert outputs()["status"] == 200
    monkeypatch.setenv("ALERTS_TOKEN", "t0p-5ecret")
    assert outputs("--record", "made.yaml")["status"] == 200
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in kept)
    assert not [path for path in kept if b"t0p-5ecret" in path.read_bytes()]


def test_what_was_recorded_of_a_stub_is_as_of_any_service(outputs, project):
    project("POST /mails: {status: 201, headers: {X-Id: m1}, body: {id: m1}}")
    outputs("--record", "made.yaml")
    _, (told,) = load(Path("made.yaml"))
    assert (told.method, told.endpoint, told.path) == ("POST", "alerts", "/mails")
    assert told.outcome.status == 201
    assert "stub" not in Path("made.yaml").read_text("utf-8").lower()
    Path("environments/own.yaml").write_text(
        Path("environments/own.yaml").read_text("utf-8").replace("status: 201", "status: 500")
    )
    assert outputs("--replay", "made.yaml")["status"] == 201
