"""A service, or a person, may name the parts of a value by people: the journal keeps no such name."""

import json

from sgeflow.adapters.state.journal import Journal

FLOW = """\
    flow: mail
    title: Whose points
    inputs: {path: {type: string, default: x}, more: {type: object, default: {}}}
    steps:
      - id: read
        http: {service: alerts, path: "/${inputs.path}"}
      - id: said
        set: {points: "${steps.read.body.points}", count: 2}
    outputs:
      points: steps.said.points
      given: inputs.more
"""
REPLY = """\
GET /x:
  body: {points: {Martin Duvernay: {pointId: "1"}, "39000000000017": 7, lastname: Duvernay}, pages: 3}
"""
GIVEN = {"Duvernay": 1, "count": 2}


def test_of_an_object_the_names_are_kept_that_the_documents_say(project, sgeflow, tmp_path):
    project(REPLY, flow=FLOW)
    given = f"more:={json.dumps(GIVEN)}"
    done = sgeflow("run", "mail", "--env", "own", "--output", "json", given)
    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert report["outputs"]["given"] == GIVEN  # the run itself has all of it
    (found,) = tmp_path.rglob("journal.db")
    with Journal(found) as journal:
        run = journal.steps(report["run"])
    steps = {step.trail: step.gave for step in run.steps}
    hidden = {"fields": {"***": "***"}}
    assert steps["mail/read"] == {
        "fields": {"status": 200, "body": {"fields": {"points": hidden, "***": "***"}}}
    }
    assert steps["mail/said"] == {"fields": {"points": hidden, "count": 2}}
    assert run.outputs["fields"]["points"] == hidden
    assert run.inputs["more"] == {"fields": {"count": 2, "***": "***"}}
    told = sgeflow("show", "mail", "steps.read.body", "--run", report["run"])
    assert "an object: points, ***" in told.out
