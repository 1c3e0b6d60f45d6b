"""A user and a password in the envelope: a server that checks them by itself, and what is kept."""

import base64
import hashlib
import json
import os
from xml.sax.saxutils import escape

import pytest
from lxml import etree

from tests.city import City
from tests.clocks import TODAY
from tests.here import run_here

PASSWORD = "tr0ub4dor&<3-canary"
SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
UTILITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"
TEXT = {
    "wsse:Username": "${username()}",
    "wsse:Password": {"@Type": f"{PROFILE}#PasswordText", "#text": "${password()}"},
}
DIGEST = {
    "wsse:Username": "${username()}",
    "wsse:Password": {"@Type": f"{PROFILE}#PasswordDigest", "#text": "${password_digest()}"},
    "wsse:Nonce": "${nonce()}",
    "wsu:Created": "${created()}",
}


class Guarded(City):
    """Lets a request in whose token is right; may be silent first, or quote the token."""

    def __init__(self):
        super().__init__()
        self.silences, self.quotes = 0, False
        self.nonces, self.secrets = [], []

    def answer(self, method, address, headers, body):
        envelope = etree.fromstring(body)
        token = envelope.find(f".//{{{SECURITY}}}UsernameToken")
        said = {etree.QName(child).localname: child.text for child in token}
        self.secrets += [said["Password"], said.get("Nonce", PASSWORD)]
        if said["Username"] != "agent" or not self.knows(said):
            return 500, reply("<s:Fault><faultcode>s:Client</faultcode></s:Fault>")
        if self.silences:
            self.silences -= 1
            return None
        if self.quotes:
            words = f"{said['Password']} {said.get('Nonce')}"
            return 500, reply(
                f"<s:Fault><faultcode>s:Server</faultcode><faultstring>{words}</faultstring></s:Fault>"
            )
        (asked,) = envelope.find("{*}Body")
        name = escape(asked.findtext("name"))
        return 200, reply(f"<c:findResponse><name>{name}</name></c:findResponse>")

    def knows(self, said):
        if "Nonce" not in said:
            return said["Password"] == PASSWORD
        nonce = base64.b64decode(said["Nonce"], validate=True)
        right = hashlib.sha1(nonce + said["Created"].encode() + PASSWORD.encode()).digest()
        is_new = nonce not in self.nonces
        self.nonces.append(nonce)
        return is_new and base64.b64decode(said["Password"]) == right


def reply(content):
    start = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:crm">'
    return f"{start}<s:Body>{content}</s:Body></s:Envelope>".encode()


def operation(token):
    header = {"wsse:Security": {"wsse:UsernameToken": token}}
    return {
        "operation": "find",
        "title": "Finds a contact",
        "service": "Crm",
        "version": "1",
        "kind": "read",
        "route": {"service": "crm", "direct": "soap", "soap_action": ""},
        "parameters": {"name": {"type": "string"}},
        "envelope": {
            "namespaces": {"c": "urn:crm", "wsse": SECURITY, "wsu": UTILITY},
            "header": header,
            "body": {"c:find": {"name": "${name}"}},
        },
        "response": {"element": "findResponse", "paths": {"name": "name"}},
    }


ACCOUNT = {"user": "agent", "password": "${secret.CRM_PASSWORD}"}


class Place:
    def __init__(self, folder, server):
        self.folder, self.server = folder, server
        self.environment = {
            "environment": "real",
            "title": "A guarded service",
            "services": {"crm": {"base_url": server.url, "username_token": ACCOUNT}},
        }
        self.write(operation(DIGEST))
        flow = {"flow": "found", "title": "Finds", "outputs": {"name": "steps.find.name"}}
        step = {"id": "find", "call": "find", "with": {"name": "<?sgeflow password?>"}}
        step["retry"] = {"attempts": 2, "backoff": "PT1S"}
        self.file("flows/found", {**flow, "steps": [step]})

    def write(self, document):
        self.file("operations/find", document)
        self.file("environments/real", self.environment)

    def file(self, name, document):
        file = self.folder / f"{name}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(document))

    def run(self, *words):
        known = {**os.environ, "COLUMNS": "200", "SGEFLOW_STATE": str(self.folder / "state")}
        return run_here(self.folder, words, {**known, "CRM_PASSWORD": PASSWORD})

    def flow(self, *words):
        given = ("run", "found", "--env", "real", "--today", TODAY, "--output", "json")
        return self.run(*given, *words)

    def kept(self):
        return b"".join(file.read_bytes() for file in self.folder.rglob("*") if file.is_file())


@pytest.fixture
def place(tmp_path):
    server = Guarded()
    yield Place(tmp_path, server)
    server.close()


@pytest.mark.parametrize("token", [TEXT, DIGEST])
def test_a_server_knows_the_user_by_the_token(place, token):
    place.write(operation(token))
    code, out, err = place.flow()
    assert code == 0, (out, err)
    # a value of a caller is never taken for a place of the password
    assert json.loads(out)["outputs"] == {"name": "<?sgeflow password?>"}


def test_a_retry_has_a_new_nonce(place):
    place.server.silences = 1
    code, out, err = place.flow()
    assert code == 0, (out, err)
    assert len(set(place.server.nonces)) == 2


@pytest.mark.parametrize("token", [TEXT, DIGEST])
def test_nothing_that_is_kept_or_shown_has_password_digest_or_nonce(place, token):
    place.write(operation(token))
    place.server.quotes = True
    shown = place.flow("--record", "said.yaml", "--run", "one", "--log", "json")
    shown += place.run("runs", "show", "one")
    shown += place.run("runs", "show", "one", "--request", "1", "--env", "real")
    shown += place.run("call", "find", "name=x", "--env", "real", "--dry-run")
    kept = "".join(map(str, shown)).encode() + place.kept()
    assert place.server.secrets
    for secret in {PASSWORD, "tr0ub4dor&amp;&lt;3-canary", *place.server.secrets}:
        assert secret.encode() not in kept


def test_a_request_of_soap_1_2_is_shown_with_the_action_in_its_content_type(place):
    document = operation(TEXT)
    document["envelope"]["soap"], document["route"]["soap_action"] = "1.2", "urn:find"
    place.write(document)
    place.server.quotes = True
    place.flow("--run", "one")
    _, out, err = place.run("runs", "show", "one", "--request", "1", "--output", "json")
    curl = json.loads(out)["curl"]
    assert 'application/soap+xml; charset=utf-8; action="urn:find"' in curl, err
    assert "SOAPAction" not in curl


def test_a_recording_replays_without_the_password(place):
    place.flow("--record", "said.yaml")
    place.server.close()
    code, out, err = place.flow("--replay", "said.yaml")
    assert code == 0, (out, err)
    assert json.loads(out)["outputs"] == {"name": "<?sgeflow password?>"}


def test_a_password_may_stand_in_the_body_of_a_login(place):
    document = operation(TEXT)
    document["envelope"]["body"]["c:find"]["key"] = "${password()}"
    place.write(document)
    assert place.flow()[0] == 0


WRONG = {
    "password_digest() needs nonce() and created() beside it": {"wsse:Nonce": "no"},
    "nonce() is the whole text of an element": {"wsse:Nonce": "a ${nonce()}"},
    "created() is the whole text of an element": {"wsu:Created": {"@key": "${created()}"}},
}


def test_validate_knows_the_places(place):
    for told, change in WRONG.items():
        place.write(operation({**DIGEST, **change}))
        code, out, _ = place.run("validate")
        assert (code, told in out) == (3, True), out


def test_a_function_that_is_misspelt_is_the_only_mistake(place):
    place.write(operation({**DIGEST, "wsse:Nonce": "${nonces()}"}))
    code, out, _ = place.run("validate")
    assert (code, "did you mean  nonce ?" in out) == (3, True), out
    assert "needs nonce()" not in out


SERVICES = {
    'the key "username_token" is missing': {},
    "is written in clear": {"username_token": {**ACCOUNT, "password": "abc"}},
    "username_token and basic do not go together": {"username_token": ACCOUNT, "basic": ACCOUNT},
}


def test_a_service_has_one_user_whose_password_is_a_secret(place):
    for told, crm in SERVICES.items():
        place.environment["services"]["crm"] = {"base_url": place.server.url, **crm}
        place.write(operation(DIGEST))
        code, out, _ = place.run("validate")
        assert (code, told in out) == (3, True), out
