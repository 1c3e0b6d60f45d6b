"""One flow joins two SOAP services of one environment, in a project without SGE's catalogue."""

import json
import os

import pytest
from lxml import etree

from tests.city import City
from tests.clocks import TODAY
from tests.here import run_here

OPERATION = """
operation: {name}
title: Asks {service}
service: {service}
version: "1"
kind: read
route: {{service: {service}, direct: soap, soap_action: ""}}
parameters: {{number: {{type: string}}}}
envelope:
  namespaces: {{n: "urn:{service}"}}
  body: {{n:{name}: {{number: "${{number}}"}}}}
response: {{element: {name}Response, paths: {{number: number, value: value}}}}
echo: {{number: number}}
"""
FLOW = """
flow: joined
title: The balance of a customer's account
inputs: {customer: {type: string}}
steps:
  - {id: customer, call: findCustomer, with: {number: "${inputs.customer}"}}
  - {id: account, call: findAccount, with: {number: "${steps.customer.value}"}}
outputs: {account: steps.customer.value, balance: steps.account.value}
"""


class Register(City):
    """A SOAP service on loopback that knows a value for each number."""

    def __init__(self, namespace, values):
        super().__init__()
        self.namespace, self.values, self.numbers = namespace, values, []

    def answer(self, method, address, headers, body):
        if method != "POST":
            return 200, {}
        (request,) = etree.fromstring(body).find("{*}Body")
        assert etree.QName(request).namespace == self.namespace
        number = request.findtext("number")
        self.numbers.append(number)
        name = f"{etree.QName(request).localname}Response"
        content = f"<number>{number}</number><value>{self.values[number]}</value>"
        return 200, (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            f'<n:{name} xmlns:n="{self.namespace}">{content}</n:{name}></s:Body></s:Envelope>'
        ).encode()


@pytest.fixture
def services():
    servers = Register("urn:crm", {"7": "A-12"}), Register("urn:bank", {"A-12": "40"})
    yield servers
    for server in servers:
        server.close()


def test_a_flow_joins_two_soap_services(tmp_path, services):
    crm, bank = services
    environment = {"environment": "real", "title": "Two services"}
    environment["services"] = {"crm": {"base_url": crm.url}, "bank": {"base_url": bank.url}}
    texts = {
        "operations/findCustomer": OPERATION.format(name="findCustomer", service="crm"),
        "operations/findAccount": OPERATION.format(name="findAccount", service="bank"),
        "environments/real": json.dumps(environment),
        "flows/joined": FLOW,
    }
    place = tmp_path / "own"
    known = {**os.environ, "COLUMNS": "200", "SGEFLOW_STATE": str(tmp_path / "state")}

    def run(*words, folder=place):
        code, out, err = run_here(folder, words, known)
        assert code == 0, (words, out, err)
        return out

    run("init", "own", "--empty", folder=tmp_path)
    for name, text in texts.items():
        file = place / f"{name}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    run("validate")
    checks = json.loads(run("doctor", "--env", "real", "--output", "json"))["checks"]
    assert {"crm", "bank"} <= {check["of"] for check in checks}
    assert (crm.numbers, bank.numbers) == ([], [])
    given = ("run", "joined", "customer=7", "--today", TODAY, "--output", "json")
    recorded = run(*given, "--env", "real", "--record", "said.yaml")
    assert json.loads(recorded)["outputs"] == {"account": "A-12", "balance": "40"}
    assert (crm.numbers, bank.numbers) == (["7"], ["A-12"])
    crm.close(), bank.close()
    replayed = run(*given, "--replay", "said.yaml")
    assert json.loads(replayed)["outputs"] == json.loads(recorded)["outputs"]
