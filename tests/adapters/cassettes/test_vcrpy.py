"""vcrpy itself: it replays our cassettes at the real address, and records and replays sgeflow."""

import json
import re
import urllib.request
from types import SimpleNamespace

import pytest
import requests
import vcr
from msgspec.structs import replace
from vcr.errors import CannotOverwriteExistingCassetteException

import sgeflow
from tests.city import City
from tests.clocks import TODAY
from tests.docs.pages import DOCS

READS = """
flow: reads
title: Two reads
steps:
  - {id: a, http: {service: crm, path: /people/1, query: {full: "yes"}}}
  - {id: b, http: {service: crm, path: "/people/2"}}
outputs: {a: steps.a.body.name, b: steps.b.body.name}
"""
ORDER = """
flow: order
title: One order
steps:
  - {id: a, http: {service: crm, method: POST, path: "/orders", body: {of: 1}}}
outputs: {a: steps.a.body.name}
"""


class Crm(City):
    def answer(self, method, address, headers, body):
        self.asked.append((method, address))
        return None if "lost" in self.routes else (200, {"name": f"{method} {address}"})


@pytest.fixture
def crm(tmp_path):
    """A service, and a project that knows it below a path of its host."""
    service = Crm()
    known = {"crm": {"base_url": f"{service.url}/api"}}
    environment = {"environment": "real", "title": "Real", "services": known}
    texts = {"environments/real": json.dumps(environment), "flows/reads": READS}
    for name, text in {**texts, "flows/order": ORDER}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "sgeflow.yaml").write_text("catalogue: own\n")
    yield SimpleNamespace(
        server=service,
        workspace=sgeflow.open_catalog(tmp_path),
        options=sgeflow.Options(environment="real", state=tmp_path / "state", today=TODAY),
        cassette=tmp_path / "said.yaml",
    )
    service.close()


ASKED = [("GET", "/api/people/1?full=yes"), ("GET", "/api/people/2")]
NAMES = {"a": "GET /api/people/1?full=yes", "b": "GET /api/people/2"}


def run(crm, flow="reads", **more):
    return sgeflow.run(flow, workspace=crm.workspace, options=replace(crm.options, **more))


def test_vcrpy_around_sgeflow_records_then_replays(crm):
    for number in range(2):
        with vcr.use_cassette(str(crm.cassette)) as cassette:
            assert run(crm).outputs == NAMES
            assert cassette.play_count == 2 * number
    assert crm.server.asked == ASKED
    assert run(crm).outputs == NAMES
    assert crm.server.asked == ASKED * 2, "after the block, the real service answers"


def test_an_open_connection_is_recorded_while_a_cassette_is_in_use_and_no_longer(crm):
    with sgeflow.connect(crm.workspace, options=crm.options) as connection:
        connection.run("reads")
        with vcr.use_cassette(str(crm.cassette)) as cassette:
            connection.run("reads")
            assert len(cassette) == 2
        assert connection.run("reads").outputs == NAMES
    assert (len(crm.server.asked), len(cassette)) == (6, 2)


def test_a_request_that_the_cassette_lacks_is_not_sent(crm):
    with (
        vcr.use_cassette(str(crm.cassette), record_mode="none"),
        pytest.raises(CannotOverwriteExistingCassetteException),
    ):
        run(crm)
    assert crm.server.asked == []


def test_an_order_whose_answer_is_lost_while_vcrpy_records_is_of_unknown_outcome(crm):
    crm.server.routes["lost"] = None
    with vcr.use_cassette(str(crm.cassette)):
        report = run(crm, "order")
    assert (report.exit.value, report.failure.code) == (8, "SGE301")
    assert crm.server.asked == [("POST", "/api/orders")]


@pytest.mark.filterwarnings("ignore:Unverified HTTPS")  # vcrpy does not tell urllib3
def test_vcrpy_records_and_replays_a_service_over_tls(
    serve, line, wire, authority, request_to, tmp_path
):
    context, ca = authority
    server = serve(lambda link, _: link.sendall(wire.answer(b"<r/>")), context)
    for _ in range(2):
        with vcr.use_cassette(str(tmp_path / "said.yaml")):
            assert line(server.url, ca=ca).send(request_to()).body == b"<r/>"
    assert len(server.requests) == 1


def page_example():
    """The part of the page that replays a cassette with vcrpy."""
    text = (DOCS / "library.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(import vcr\n.*?)^```$", text, re.MULTILINE | re.DOTALL)
    names = {}
    exec(compile(code, "library.md", "exec"), names)
    return names["player"]


def test_a_cassette_of_sgeflow_replays_under_plain_vcrpy_at_the_real_address(crm):
    run(crm, record=crm.cassette)
    address = f"{crm.server.url}/api/people"
    with page_example().use_cassette(str(crm.cassette)):
        assert requests.get(f"{address}/1", {"full": "yes"}, timeout=9).json() == {
            "name": NAMES["a"]
        }
        with urllib.request.urlopen(f"{address}/2") as reply:
            assert json.load(reply) == {"name": NAMES["b"]}
        with pytest.raises(CannotOverwriteExistingCassetteException):
            requests.get(f"{address}/1", {"full": "no"}, timeout=9)
    assert crm.server.asked == ASKED


def test_the_action_tells_calls_of_one_address_apart():
    address = "https://sge.example.org/b2b/RecherchePoint/v2.0"
    with page_example().use_cassette("tests/cassettes/check-identity-household.yaml"):
        with pytest.raises(CannotOverwriteExistingCassetteException):
            requests.post(address, "<any/>", headers={"SOAPAction": "other"}, timeout=9)
        reply = requests.post(address, "<any/>", headers={"SOAPAction": '""'}, timeout=9)
        assert b"rechercherPointResponse" in reply.content
