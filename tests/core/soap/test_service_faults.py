"""Faults of services that are not SGE: what is read of them, and what they prove of an order."""

import pytest
from msgspec import structs

from sgeflow.core.documents import FaultEntry, Service
from sgeflow.core.language.expression import compile_path
from sgeflow.core.model import FaultClass, ForeignCode, Kind, Response
from sgeflow.core.soap.reply import read_reply
from sgeflow.errors import Id
from sgeflow.messages import LocalizedText

ELEVEN = "http://schemas.xmlsoap.org/soap/envelope/"
TWELVE = "http://www.w3.org/2003/05/soap-envelope"
WORDS = LocalizedText({"en": "words", "fr": "mots"})
INVALID = FaultEntry(
    code="INVALID_INPUT",
    fault_class=FaultClass.INVALID,
    meaning=WORDS,
    cause=WORDS,
    remedy=WORDS,
    refuses=True,
)
KNOWN = {"INVALID_INPUT": INVALID}


def eleven(code: str, reason: str = "no", detail: str = "") -> str:
    return (
        f'<s:Envelope xmlns:s="{ELEVEN}" xmlns:sf="urn:sf"><s:Body><s:Fault><faultcode>{code}'
        f'</faultcode><faultstring xml:lang="en">{reason}</faultstring>{detail}</s:Fault></s:Body>'
        "</s:Envelope>"
    )


def twelve(code: str, *subcodes: str, reason: str = "no", detail: str = "") -> str:
    inner = ""
    for subcode in reversed(subcodes):
        inner = f"<s:Subcode><s:Value>{subcode}</s:Value>{inner}</s:Subcode>"
    return (
        f'<s:Envelope xmlns:s="{TWELVE}"><s:Body><s:Fault><s:Code><s:Value>s:{code}</s:Value>{inner}'
        f'</s:Code><s:Reason><s:Text xml:lang="en">{reason}</s:Text></s:Reason>{detail}</s:Fault>'
        "</s:Body></s:Envelope>"
    )


DETAIL = "<detail><e:no xmlns:e='urn:e'><e:errorCode>INVALID_INPUT</e:errorCode></e:no></detail>"


SHOP = Service(name="shop", owner="the shop")


@pytest.fixture
def read(make):
    def call(body, kind=Kind.READ, known=KNOWN, provider=SHOP, **paths):
        operation = make(kind=kind)
        fault = {name: compile_path(text) for name, text in paths.items()}
        operation = structs.replace(
            operation,
            response=structs.replace(operation.response, fault=fault),
            provider=provider,
        )
        return read_reply(operation, Response(status=500, headers={}, body=body.encode()), known)

    return call


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (eleven("sf:INVALID_INPUT", "wrong"), "INVALID_INPUT"),
        (eleven("INVALID_INPUT", "wrong"), "INVALID_INPUT"),
        (eleven("s:Server", "wrong", DETAIL), "INVALID_INPUT"),
        (eleven("sf:OTHER", "wrong", DETAIL), "INVALID_INPUT"),
        (eleven("s:Server", "wrong"), ""),
        (twelve("Sender", "m:Outer", "m:INVALID_INPUT", reason="wrong"), "INVALID_INPUT"),
        (twelve("Receiver", reason="wrong", detail=DETAIL), "INVALID_INPUT"),
        (twelve("Receiver", reason="wrong"), ""),
    ],
)
def test_code_and_reason_are_read_of_both_versions(read, body, code):
    found = read(body)
    assert (found.code, found.message) == (code, "wrong")
    assert found.problem.message.startswith("the shop refused the call")


def test_an_operation_says_where_its_code_and_message_are(read):
    detail = "<detail><code>INVALID_INPUT</code><code>1</code><text>wrong</text></detail>"
    found = read(eleven("s:Server", "fault", detail), code="detail.code[0]", message="detail.text")
    assert (found.code, found.message) == ("INVALID_INPUT", "wrong")
    assert read(eleven("s:Server", "INVALID_INPUT"), code="faultstring").code == "INVALID_INPUT"
    spaced = twelve("Sender", "m:INVALID_INPUT")
    assert read(spaced, code="Code.Subcode.Value").code == "INVALID_INPUT"
    bare = read(eleven("s:Server", "closed"), code="detail.code", message="detail.text")
    assert (bare.code, bare.message) == ("", "closed")


@pytest.mark.parametrize(
    ("body", "known"),
    [
        *((eleven(code), FaultClass.INVALID) for code in ("s:Client", "Client.Login", "s:Client")),
        *((twelve(code), FaultClass.INVALID) for code in ("Sender", "VersionMismatch")),
        (eleven("s:Client", "no", "<detail><code>NEW</code></detail>"), FaultClass.INVALID),
        *((one, FaultClass.TECHNICAL) for one in (eleven("s:Server"), twelve("Receiver"))),
    ],
)
def test_a_fault_that_blames_the_request_is_invalid(read, body, known):
    assert read(body).fault_class is known


def test_a_code_that_no_document_knows_is_foreign(read):
    assert isinstance(read(eleven("sf:OF_MRS_SMITH")).code, ForeignCode)
    assert not isinstance(read(eleven("sf:INVALID_INPUT")).code, ForeignCode)


def test_an_element_called_fault_with_a_known_code_is_not_of_a_gateway(read):
    detail = "<detail><fault><code>{}</code></fault></detail>"
    own = read(eleven("s:Server", "no", detail.format("INVALID_INPUT")))
    assert own.problem.message.startswith("the shop refused the call: INVALID_INPUT")
    assert own.fault_class is FaultClass.INVALID
    gateway = read(eleven("s:Server", "no", detail.format("900800")))
    assert gateway.problem.message.startswith("too many calls")


# -- what proves that an order was not accepted ---------------------------------------------------


def envelope_with_more(body: str) -> str:
    return body.replace("<s:Body>", "<s:Body><done/>")


REFUSED = eleven("sf:INVALID_INPUT")
QUOTED = "<detail><s:Fault><faultcode>sf:TIMEOUT</faultcode></s:Fault></detail>"
TWO = REFUSED.replace("<faultcode>", "<faultcode>sf:TIMEOUT</faultcode><faultcode>", 1)
HEADED = REFUSED.replace("<s:Body>", "<s:Header><code>TIMEOUT</code></s:Header><s:Body>")


@pytest.mark.parametrize(
    ("body", "refuses"),
    [
        (eleven("sf:INVALID_INPUT"), True),
        (eleven("s:Server", "no", DETAIL), True),
        (twelve("Sender", "m:INVALID_INPUT"), True),
        (eleven("sf:OTHER"), False),
        (eleven("s:Client"), False),
        (eleven("s:Server", "INVALID_INPUT"), False),
        (eleven("sf:INVALID_INPUT", "no", "<detail><code>TIMEOUT</code></detail>"), False),
        (twelve("Sender", "m:INVALID_INPUT", detail="<s:Detail code='504'/>"), False),
        (eleven("sf:OTHER", "no", DETAIL), False),
        (eleven("sf:INVALID_INPUT", "no", DETAIL), True),
        (twelve("Sender", "m:INVALID_INPUT", "m:TIMEOUT"), False),
        (eleven("sf:INVALID_INPUT", "no", QUOTED), False),
        (TWO, False),
        (HEADED, False),
        (envelope_with_more(REFUSED), False),
    ],
)
def test_a_code_that_the_catalogue_calls_a_refusal_proves_it_alone(read, body, refuses):
    assert read(body, Kind.ORDER).refuses is refuses


def test_a_code_of_soap_outside_of_a_fault_is_a_code_beside_the_status(make):
    operation = make(kind=Kind.ORDER)
    for body, refuses in (
        (f"<e><s:Code xmlns:s='{TWELVE}'><s:Value>DONE</s:Value></s:Code></e>", False),
        ("<e>no</e>", True),
    ):
        response = Response(status=401, headers={}, body=body.encode())
        assert read_reply(operation, response, KNOWN).refuses is refuses


@pytest.mark.parametrize("refuses", [True, False, None])
def test_only_the_word_refused_proves_it(read, refuses):
    known = {"INVALID_INPUT": structs.replace(INVALID, refuses=refuses)}
    assert read(eleven("sf:INVALID_INPUT"), Kind.ORDER, known).refuses is (refuses is True)


def test_in_the_declared_place_a_code_proves_it_beside_others(read):
    detail = "<detail><code>INVALID_INPUT</code><trace code='504'/></detail>"
    body = eleven("s:Server", "no", detail)
    assert read(body, Kind.ORDER, code="detail.code").refuses
    assert not read(body, Kind.ORDER).refuses
    assert not read(body, Kind.ORDER, code="detail.trace.code").refuses


def test_of_a_service_with_errors_of_its_own_a_code_in_the_error_of_another_proves_nothing(read):
    shop = structs.replace(SHOP, error="error", result="result", namespaces=("urn:shop:",))
    error = "<detail><e:error xmlns:e='{}'><e:result code='INVALID_INPUT'/></e:error></detail>"
    own, foreign = (eleven("s:Server", "no", error.format(one)) for one in ("urn:shop:1", "urn:e"))
    assert read(own, Kind.ORDER, provider=shop).refuses
    assert not read(foreign, Kind.ORDER, provider=shop).refuses
    assert read(eleven("sf:INVALID_INPUT"), Kind.ORDER, provider=shop).refuses


@pytest.mark.parametrize("code", ["SGT562", "101504"])
def test_codes_of_sge_and_of_gateways_prove_nothing_in_places_of_others(read, code):
    known = {code: structs.replace(INVALID, code=code)}
    assert not read(eleven(code), Kind.ORDER, known).refuses
    assert not read(twelve("Sender", f"m:{code}"), Kind.ORDER, known).refuses


@pytest.mark.parametrize("code", ["Server", "Client", "Server.Timeout"])
def test_a_general_code_of_soap_proves_nothing_whatever_the_catalogue_says(read, code):
    known = {code: structs.replace(INVALID, code=code)}
    assert read(eleven(f"s:{code}"), Kind.ORDER, known).refuses is False


def test_a_code_that_means_an_ended_session_is_told_as_refused_credentials(read):
    ended = structs.replace(INVALID, code="ENDED", fault_class=FaultClass.CREDENTIALS)
    found = read(eleven("sf:ENDED"), Kind.ORDER, {"ENDED": ended})
    assert (found.fault_class, found.problem.id, found.refuses) == (
        FaultClass.CREDENTIALS,
        Id.REJECTED,
        True,
    )
