"""What `finally` steps send is a notice, and an order to SGE never is one."""

from msgspec.structs import replace

from sgeflow.core.engine import effects
from sgeflow.core.engine.flow import evaluate_finally
from sgeflow.core.engine.step import Done
from tests.conftest import build
from tests.core.engine.conftest import World, context

FLOW = """
flow: main
title: x
steps:
  - {id: order, call: orderThing, with: {pointId: "30000000000011"}}
  - {id: told, http: {service: office, method: POST, path: /told}}
"""


def test_an_order_that_no_check_has_kept_out_of_finally_does_not_leave():
    catalog, problems = build({"flows/main.yaml": FLOW})
    assert problems == ()
    flow = catalog.flows["main"]
    flow, world = replace(flow, steps=(), finally_steps=flow.steps), World()
    world.run(evaluate_finally(flow, {}, Done(outputs={}), context(catalog)))
    assert [(one.request.label, one.request.is_notice) for one in world.of(effects.Exchange)] == [
        ("POST office", True)
    ]
    assert [one for one in world.warnings if "orderThing is an order" in one]
