"""A login returns the address of the next calls: it is used if the environment lists its host."""

import json
import os
from urllib.parse import urlsplit

import pytest

from tests.city import City
from tests.clocks import TODAY
from tests.here import run_here

OPERATION = """
operation: {name}
title: A request of the CRM
service: Crm
version: "1"
kind: read
route: {{service: crm, direct: base/soap, soap_action: ""{address}}}
parameters: {{server: {{type: string, optional: true}}}}
envelope:
  namespaces: {{c: "urn:crm"}}
  body: {{c:{name}: {{{body}}}}}
response: {{element: reply, paths: {{server: server}}}}
"""
LOGIN = OPERATION.format(name="login", address="", body='server: "${server}"')
FIND = OPERATION.format(name="find", address=", address: server", body="")
FLOW = """
flow: contacts
title: The contacts of a CRM
steps:
  - {id: login, call: login}
  - {id: find, call: find, with: {server: "${steps.login.server}"}}
outputs: {server: steps.find.server}
"""


class Server(City):
    """Notes the paths of its requests, and returns an address."""

    def __init__(self):
        super().__init__()
        self.paths, self.address = [], ""

    def answer(self, method, address, headers, body):
        self.paths.append(address)
        return 200, (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            f"<reply><server>{self.address}</server></reply></s:Body></s:Envelope>"
        ).encode()


@pytest.fixture
def servers():
    both = Server(), Server()
    both[0].address = f"{both[1].url}/org/00D5?v=1"
    yield both
    for server in both:
        server.close()


@pytest.fixture
def run(tmp_path, servers):
    def run(*words, hosts=(), flow=FLOW, find=FIND):
        crm = {"base_url": servers[0].url, "hosts": list(hosts)}
        environment = {"environment": "real", "title": "A CRM", "services": {"crm": crm}}
        texts = {
            "operations/login": LOGIN,
            "operations/find": find,
            "environments/real": json.dumps(environment),
            "flows/contacts": flow,
        }
        for name, text in texts.items():
            file = tmp_path / f"{name}.yaml"
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        known = {**os.environ, "COLUMNS": "200", "SGEFLOW_STATE": str(tmp_path / "state")}
        return run_here(tmp_path, words, known)

    return run


CONTACTS = ("run", "contacts", "--env", "real", "--today", TODAY, "--output", "json")


def test_the_next_call_goes_to_the_listed_host_that_the_login_returned(run, servers):
    code, out, err = run(
        *CONTACTS, "--record", "said.yaml", hosts=[urlsplit(servers[1].url).netloc]
    )
    assert code == 0, (out, err)
    assert [server.paths for server in servers] == [["/base/soap"], ["/org/00D5?v=1"]]
    for server in servers:
        server.close()
    code, out, err = run(
        *CONTACTS, "--replay", "said.yaml", hosts=[urlsplit(servers[1].url).netloc]
    )
    assert code == 0, (out, err)


def test_without_an_address_the_call_goes_to_its_route(run, servers):
    code, _, err = run("call", "find", "--env", "real", hosts=["eu7.crm.example"])
    assert code == 0, err
    assert servers[0].paths == ["/base/soap"]


ELSEWHERE = {
    "https://eu8.crm.example/soap?sid=canary": "https://eu8.crm.example",
    "https://eu7.crm.example/soap": "https://eu7.crm.example",  # http is the service's scheme
    "http://canary:x@eu7.crm.example/soap": "http://***@eu7.crm.example",
    "http://eu7.crm.example:99/soap": "http://eu7.crm.example:99",
    "http://[canary": "an address without a host",
}


def test_an_address_elsewhere_gets_nothing(run, servers):
    for address, shown in ELSEWHERE.items():
        servers[0].address = address
        code, out, err = run(*CONTACTS, hosts=["eu7.crm.example"])
        assert code != 0
        failure = json.loads(out)["failure"]["problem"]
        told = f"crm sends its next calls to {shown}, which is not one of its `hosts`"
        assert told in failure["message"]
        assert failure["allowed"] == ["http://eu7.crm.example"]
        assert (failure["file"], failure["line"]) == ("flows/contacts.yaml", 6)
        assert "canary" not in out + err
    assert servers[0].paths == ["/base/soap"] * len(ELSEWHERE)


def test_an_address_elsewhere_is_told_although_the_logout_fails_for_it_too(run, servers):
    servers[0].address = "https://eu8.crm.example/soap"
    undo = 'call: login, undo: {call: find, with: {server: "${this.server}"}}'
    code, out, _ = run(*CONTACTS, flow=FLOW.replace("call: login", undo))
    failure = json.loads(out)["failure"]
    assert (code, failure["step"]) == (3, "contacts/find"), out
    assert "crm sends its next calls to https://eu8.crm.example" in failure["problem"]["message"]


def test_address_names_a_parameter(run):
    code, out, _ = run("validate", find=FIND.replace("address: server", "address: serve"))
    assert code == 3
    assert 'there is no parameter "serve"' in out
