"""Which instance a flow asks is known before its first step, where its inputs alone decide it."""

import pytest

from sgeflow.core.engine.flow import check_inputs
from sgeflow.errors import InvalidValues
from tests.conftest import build
from tests.core.engine.conftest import context

MANY = """
environment: here
title: x
generation: previous
login: l@example.org
contractId: "1"
services:
  sge: {base_url: https://sge.example.org, route: gateway}
  office: {base_url: "https://office.example.org"}
  cozy: {base_url: "https://{instance}.example.org"}
"""
FLOW = """
flow: {name}
title: x
inputs:
  cozy: {{type: boolean, default: false}}
  instance: {{type: string, optional: true}}
steps:
  - {{id: look, http: {{service: office, path: /x}}}}
  - {steps}
"""
SENT = 'export: {format: cozy, service: SERVICE, point: "1", instance: "${inputs.instance}"}'


def told(steps, **inputs):
    """What is told of a flow with these steps, before anything is sent."""
    text = steps.replace("SENT", SENT.replace("SERVICE", "cozy"))
    catalog, problems = build(
        {
            "environments/here.yaml": MANY,
            "flows/main.yaml": FLOW.format(name="main", steps=text),
            "flows/inner.yaml": FLOW.format(
                name="inner", steps="{id: sent, " + SENT.replace("SERVICE", "cozy") + "}"
            ),
        }
    )
    assert problems == (), [str(problem) for problem in problems]
    try:
        check_inputs(catalog.flows["main"], inputs, context(catalog))
    except InvalidValues as error:
        return [(one.id.code, one.where) for one in error.problems]
    return []


LACKS = [("SGE040", "instance")]
INNER = 'flow: inner, with: {instance: "${inputs.instance}"}'


@pytest.mark.parametrize(
    ("steps", "inputs", "what"),
    [
        ("{id: sent, SENT}", {}, LACKS),
        ("{id: sent, SENT}", {"instance": "anna"}, []),
        ("{id: sent, SENT}", {"instance": "a.b"}, [("SGE015", "instance")]),
        ("{id: sent, when: inputs.cozy, SENT}", {}, []),
        ("{id: sent, when: inputs.cozy, SENT}", {"cozy": True}, LACKS),
        ("{id: sent, when: present(steps.look.body.x), SENT}", {}, []),  # an answer decides
        ("{id: in, when: inputs.cozy, steps: [{id: sent, SENT}]}", {"cozy": True}, LACKS),
        (f"{{id: other, {INNER}}}", {}, LACKS),
        (f"{{id: other, {INNER}}}", {"instance": "anna"}, []),
        ("{id: other, flow: inner, with: {instance: '${steps.look.body.x}'}}", {}, []),
        ("{id: no, when: '!present(inputs.instance)', return: {}}\n  - {id: sent, SENT}", {}, []),
        (
            "{id: no, when: '!(inputs.cozy)', steps: [{id: end, return: {}}]}\n  - {id: sent, SENT}",
            {},
            [],
        ),
        ("{id: one, choose: [{id: a, when: inputs.cozy, SENT}, {id: b, set: {x: 1}}]}", {}, []),
        ("{id: each, foreach: '${[inputs.instance]}', as: i, SENT}", {}, []),
    ],
)
def test_an_instance_that_inputs_decide_is_told_first(steps, inputs, what):
    assert told(steps, **inputs) == what


def test_a_service_that_the_environment_lacks_is_told_first():
    catalog, problems = build(
        {
            "environments/here.yaml": MANY,
            "environments/other.yaml": MANY.replace("here", "other").replace("cozy:", "sofa:"),
            "flows/main.yaml": FLOW.format(
                name="main", steps="{id: sent, " + SENT.replace("SERVICE", "sofa") + "}"
            ),
        }
    )
    assert problems == ()
    with pytest.raises(InvalidValues, match='has no service "sofa"'):
        check_inputs(catalog.flows["main"], {"instance": "anna"}, context(catalog))
