"""A service that is not SGE, in a project of its own: its faults over real HTTP."""

import pytest

from sgeflow import Options, open_catalog, run
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import OrderState
from tests.core.soap.replies.conftest import ENVIRONMENT

OPERATION = """
operation: {name}
title: An operation of a shop
service: Shop
version: "1"
kind: {kind}
route: {{direct: shop, soap_action: ""}}
parameters: {{customer: {{type: string, personal: true}}}}
envelope: {{namespaces: {{s: "urn:shop"}}, body: {{"s:{name}": {{customer: "${{customer}}"}}}}}}
response:
  element: done
  paths: {{id: id}}
  fault: {{code: detail.problem.code, message: detail.problem.text}}
"""
FAULTS = """
INVALID_INPUT:
  class: invalid
  order: refused
  meaning: The shop does not take the order.
  cause: Something is wrong in it.
  remedy: Correct it.
"""
FLOW = """
flow: {name}
title: Use the shop
steps:
  - id: shop
    call: {operation}
    with: {{customer: DUVALIER}}
    on_fault: [{{codes: [INVALID_INPUT], continue: {{id: "${{fault.reason}}"}}}}]
outputs: {{told: steps.shop.id}}
"""
FAULT = """\
HTTP/1.1 500 Error
Content-Type: text/xml

<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>
<faultcode>s:{side}</faultcode><faultstring>no</faultstring>
<detail><problem><code>{code}</code><text>Bad  name: DUVALIER</text></problem></detail>
</s:Fault></s:Body></s:Envelope>"""


@pytest.fixture
def use(server, tmp_path):
    """Runs a flow of the project on a fault; tells the report and how often the shop was asked."""
    documents = {
        "environments/recorded.yaml": ENVIRONMENT.format(port=server.port),
        "operations/faults.yaml": FAULTS,
        "operations/buy.yaml": OPERATION.format(name="buy", kind="order"),
        "operations/look.yaml": OPERATION.format(name="look", kind="read"),
        "flows/buying.yaml": FLOW.format(name="buying", operation="buy"),
        "flows/looking.yaml": FLOW.format(name="looking", operation="look"),
    }
    for name, text in documents.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    state = StateLocation(folder=tmp_path / ".sgeflow")

    def use(flow, side, code):
        server.others, before = [], server.elsewhere
        text = FAULT.format(side=side, code=code).encode()
        server.elsewhere = text
        options = Options(environment="recorded", today="2025-06-15", state=state, patient=False)
        try:
            report = run(flow, {}, workspace=open_catalog(tmp_path), options=options)
        finally:
            server.elsewhere = before
        return report, len(server.others)

    use.state = state
    return use


def order_state(use, report):
    with Journal(use.state.journal) as journal:
        (order,) = journal.show(report.run).orders
    return order.state


def test_a_code_of_the_projects_faults_refuses_an_order(use):
    report, _ = use("buying", "Server", "INVALID_INPUT")
    assert order_state(use, report) is OrderState.REFUSED
    assert report.exit == 0


def test_a_code_that_the_project_does_not_judge_leaves_the_order_unknown(use):
    report, _ = use("buying", "Client", "ANOTHER")
    assert order_state(use, report) is OrderState.UNKNOWN


def test_the_reason_is_told_as_it_came_without_the_person(use):
    report, _ = use("looking", "Server", "INVALID_INPUT")
    assert report.outputs == {"told": "Bad  name: ***"}


@pytest.mark.parametrize(("side", "asked"), [("Client", 1), ("Client.Login", 1), ("Server", 2)])
def test_a_read_is_asked_again_unless_the_fault_blames_the_request(use, side, asked):
    _, count = use("looking", side, "ANOTHER")
    assert count == asked
