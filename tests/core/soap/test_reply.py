"""Responses of every shape: answers, refusals of SGE and of a gateway, and what is neither."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sgeflow.core.model import Fault, FaultClass, Kind, NoAnswer, Response
from sgeflow.core.soap.reply import read_reply, read_saved
from sgeflow.core.wires.refusals import class_of
from sgeflow.errors import Id

AM = (
    '<am:fault xmlns:am="http://wso2.org/apimanager"><am:code>{0}</am:code><am:type>Status report'
    "</am:type><am:message>{1}</am:message><am:description>{2}</am:description></am:fault>"
)


def response(body, status=200, **headers):
    raw = body if isinstance(body, bytes) else body.encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, headers=named, body=raw, seconds=0.5)


def fault(detail: str, words: str = "Erreur Technique Mesures", code: str = "soap:Server") -> str:
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f"<soap:Fault><faultcode>{code}</faultcode><faultstring>{words}</faultstring>{detail}"
        "</soap:Fault></soap:Body></soap:Envelope>"
    )


def error(code: str, text: str = "", namespace="http://www.enedis.fr/sge/b2b/technique/v1.0"):
    return (
        f'<detail><t:erreur xmlns:t="{namespace}"><resultat code="{code}">{text}</resultat>'
        "</t:erreur></detail>"
    )


@pytest.fixture
def read(make, catalogue):
    def call(body, status=200, kind=Kind.READ, faults=None, **headers):
        operation = make(elements=("reponse", "autreReponse"), kind=kind, faults=faults)
        return read_reply(operation, response(body, status, **headers), catalogue)

    return call


# -- answers --------------------------------------------------------------------------------------


def test_an_answer_is_its_element(read, envelope):
    assert read(envelope("<n:autreReponse xmlns:n='urn:n'/>")).tag == "{urn:n}autreReponse"


def test_a_header_is_not_required_and_not_minded(read, envelope):
    assert read(envelope("<reponse/>").replace(b"<s:Header/>", b"")).tag == "reponse"


# -- faults of SGE --------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 200])
def test_the_code_of_the_detail_counts_not_the_faultstring(read, status):
    found = read(fault(error(" SGT4L8 ", "Durée trop longue")), status)
    assert isinstance(found, Fault)
    assert (found.code, found.message, found.status) == ("SGT4L8", "Durée trop longue", status)
    assert found.fault_class is FaultClass.INVALID
    assert found.problem.id is Id.FAULT
    assert "SGT4L8 “Durée trop longue”" in found.problem.message
    assert dict(found.problem.details) == {
        "means": "meaning of SGT4L8",
        "cause": "cause of SGT4L8",
        "remedy": "remedy of SGT4L8",
    }


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("fault-functional", "SGT401", "Point inconnu (exemple)"),
        ("fault-misleading-string", "SGT4L8", "Durée trop longue (exemple)"),
        ("fault-empty-code", "", "Dates inversées (exemple)"),
        ("fault-no-detail", "", "unexpected error"),
    ],
)
def test_faults_seen_in_the_wild(read, message, name, code, words):
    found = read(message(name), 500)
    assert (found.code, found.message) == (code, words)


def test_the_older_dictionary_and_a_qualified_faultcode_are_read_alike(read):
    text = fault(error("SGT401", "x", "http://www.erdf.fr/sge/b2b/dictionnaire/v4.0/dc"))
    text = text.replace("<faultcode>", "<soap:faultcode>").replace(
        "</faultcode>", "</soap:faultcode>"
    )
    assert read(text, 500).fault_class is FaultClass.NOT_FOUND


def test_an_operation_gives_codes_its_own_class(read):
    found = read(fault(error("SGT570")), 500, faults={"SGT570": FaultClass.INVALID})
    assert found.fault_class is FaultClass.INVALID
    assert read(fault(error("SGT570")), 500).fault_class is FaultClass.ALREADY


def test_an_own_class_holds_for_a_code_that_the_catalogue_lacks(read):
    found = read(fault(error("SGT999")), 500, faults={"SGT999": FaultClass.NO_DATA})
    assert found.fault_class is FaultClass.NO_DATA


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("SGT4Z9", FaultClass.INVALID),
        ("SGT299", FaultClass.INVALID),
        ("SGT599", FaultClass.TECHNICAL),
        ("SGT4F10", FaultClass.INVALID),
        ("", FaultClass.TECHNICAL),
        ("XYZ", FaultClass.TECHNICAL),
    ],
)
def test_an_unknown_code_is_classed_by_its_family(code, known):
    assert class_of(code) is known


def test_a_fault_without_a_word_says_so(read):
    assert "it gave no reason" in read(fault("", words=""), 500).problem.message


# -- the gateway ----------------------------------------------------------------------------------

GATEWAY = [
    ("900901", FaultClass.CREDENTIALS, Id.REJECTED, 401, None),
    ("900908", FaultClass.CREDENTIALS, Id.REJECTED, 403, None),
    ("900802", FaultClass.TRANSIENT, Id.THROTTLED, 429, None),
    ("303001", FaultClass.TRANSIENT, Id.SERVER_ERROR, 503, 30.0),
    ("101503", FaultClass.TECHNICAL, Id.SERVER_ERROR, 500, None),
]


@pytest.mark.parametrize("case", GATEWAY, ids=[case[0] for case in GATEWAY])
@pytest.mark.parametrize("form", ["xml", "older xml", "json", "nested json", "in a SOAP fault"])
def test_a_fault_of_the_gateway_in_every_form(read, form, case):
    code, known, id_, status, wait = case
    xml = AM.format(code, "Words", "More words")
    document = {"code": code, "message": "Words", "description": "More words"}
    body = {
        "xml": xml,
        "older xml": xml.replace("am:", "ams:").replace(":am=", ":ams="),
        "json": json.dumps(document),
        "nested json": json.dumps({"fault": {**document, "code": int(code)}}),
        "in a SOAP fault": fault(f"<detail>{xml}</detail>"),
    }[form]
    found = read(body, status)
    assert isinstance(found, Fault)
    assert (found.code, found.fault_class, found.problem.id) == (code, known, id_)
    assert found.message == "Words: More words"
    assert found.retry_after == wait


def test_a_throttling_gateway_says_how_long(read):
    assert read(AM.format("900800", "", ""), 429, retry_after="17").retry_after == 17.0


@pytest.mark.parametrize("text", ["[1]", '{"a": 1}', "{not json", '{"fault": 3}'])
def test_json_that_is_no_fault_is_no_answer(read, text):
    assert read(text).problem.id is Id.BAD_ANSWER


# -- HTTP without SOAP ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "known", "id_"),
    [
        (401, FaultClass.CREDENTIALS, Id.REJECTED),
        (403, FaultClass.CREDENTIALS, Id.REJECTED),
        (404, FaultClass.INVALID, Id.SERVER_ERROR),
        (429, FaultClass.TRANSIENT, Id.THROTTLED),
        (500, FaultClass.TECHNICAL, Id.SERVER_ERROR),
        (502, FaultClass.TRANSIENT, Id.SERVER_ERROR),
        (503, FaultClass.TRANSIENT, Id.SERVER_ERROR),
    ],
)
@pytest.mark.parametrize("body", ["", "Forbidden", "<html><body>no</body></html>", "<a/>"])
def test_a_status_speaks_when_the_body_does_not(read, body, status, known, id_):
    found = read(body, status)
    assert isinstance(found, Fault)
    assert (found.code, found.fault_class, found.problem.id) == (f"HTTP{status}", known, id_)


@pytest.mark.parametrize(
    ("value", "seconds"), [("5", 5.0), ("9" * 15, 365 * 86_400.0), ("soon", None), ("", None)]
)
def test_a_busy_server_says_how_long(read, value, seconds):
    assert read("", 503, retry_after=value).retry_after == seconds


@pytest.mark.parametrize(
    ("until", "now", "seconds"),
    [
        ("Sun, 15 Jun 2025 08:02:00 GMT", "Sun, 15 Jun 2025 08:00:00 GMT", 120.0),
        ("Sun, 15 Jun 2025 08:02:00 GMT", "Sun, 15 Jun 2025 10:01:00 +0200", 60.0),
        ("Sun, 15 Jun 2025 08:02:00 -0000", "Sun, 15 Jun 2025 08:00:00 GMT", 120.0),
        ("Sun, 15 Jun 2025 08:00:00 GMT", "Sun, 15 Jun 2025 09:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "Sun, 15 Jun 2025 08:00:00 GMT", 365 * 86_400.0),
        ("Fri, 31 Dec 9999 23:59:59 -2359", "Sun, 15 Jun 2025 08:00:00 GMT", None),
        ("Sun, 15 Jun 2025 08:02:00 GMT", "", None),
        ("Sun, 35 Jun 2025 08:02:00 GMT", "Sun, 15 Jun 2025 08:00:00 GMT", None),
    ],
)
def test_a_busy_server_says_until_when_by_its_own_clock(read, until, now, seconds):
    assert read("", 503, retry_after=until, date=now).retry_after == seconds


@pytest.mark.parametrize("status", [102, 103, 300, 302, 304])
def test_a_status_that_is_no_error_leaves_the_fate_of_an_order_unknown(read, status):
    found = read("", status, Kind.ORDER)
    assert isinstance(found, NoAnswer)
    assert (found.sent, found.fault_class) == (None, FaultClass.UNKNOWN)
    assert found.problem.id is Id.SERVER_ERROR


# -- what proves that an order was not accepted -----------------------------------------------------

WSO2 = {*range(900800, 900808), *range(900900, 900912), 303001}


@pytest.mark.parametrize("kind", [Kind.ORDER, Kind.CANCEL])
@pytest.mark.parametrize("body", ["", "<html><body>no</body></html>", fault("", "unexpected")])
def test_of_all_statuses_two_prove_it(read, kind, body):
    assert [one for one in range(400, 600) if read(body, one, kind).refuses] == [401, 429]


@pytest.mark.parametrize("code", ["soap:Client", "soap:Sender", "soap:Client.Timeout", "Server"])
@pytest.mark.parametrize("detail", ["", "<detail/>", "<detail><code></code></detail>"])
def test_a_faultcode_proves_nothing(read, code, detail):
    assert not read(fault(detail, "not well-formed", code), 500, Kind.ORDER).refuses


@given(code=st.integers(0, 999_999) | st.sampled_from(sorted(WSO2)), status=st.integers(400, 599))
def test_of_all_numbers_of_a_gateway_a_few_prove_it(make, code, status):
    body = AM.format(code, "Runtime Error", "x").encode()
    for text in (body, fault(f"<detail>{body.decode()}</detail>").encode()):
        found = read_reply(make(kind=Kind.ORDER), response(text, status), {})
        proves = code in WSO2 or (code == status and status in (401, 429))
        assert found.refuses is proves


@given(
    code=st.sampled_from([*sorted(WSO2), 401, 429, 101504]),
    status=st.integers(400, 599),
    form=st.sampled_from(["xml", "soap", "json", "page", "nothing"]),
)
def test_of_an_order_that_no_search_finds_no_word_of_a_gateway_proves_it(make, code, status, form):
    body = AM.format(code, "Runtime Error", "x")
    told = {
        "xml": body,
        "soap": fault(f"<detail>{body}</detail>"),
        "json": json.dumps({"code": code, "message": "x"}),
        "page": "<html><body>no</body></html>",
        "nothing": "",
    }[form]
    operation = make(kind=Kind.ORDER, is_found=False)
    assert not read_reply(operation, response(told, status), {}).refuses
    assert read_reply(operation, response(fault(error("SGT401")), status), {}).refuses


@pytest.mark.parametrize(
    "code", ["ETIMEDOUT", "Client.Timeout", "UND_ERR_SOCKET", "401 ", "९००९०१"]
)
@pytest.mark.parametrize("status", [401, 429, 500, 504])
def test_a_code_that_nobody_knows_proves_nothing_whatever_the_status(read, code, status):
    told = fault(f"<detail><code>{code}</code></detail>")
    proves = code.strip() == str(status)
    assert read(told, status, Kind.ORDER).refuses is False
    assert read(json.dumps({"code": code, "message": "x"}), status, Kind.ORDER).refuses is proves


@pytest.mark.parametrize(
    ("code", "refuses"),
    [
        *(("SGT401", True), ("SGT4Z9", True), ("SGT4F10", True), ("SGT4", False)),
        *(("SGT4L8 or SGT500", False), ("SGT599", False), ("SGT299", False), ("SGT200", False)),
        *(("", False), ("XYZ", False), ("sgt401", False)),
    ],
)
def test_of_codes_that_the_catalogue_does_not_judge_one_family_proves_it(read, code, refuses):
    assert read(fault(error(code)), 500, Kind.ORDER).refuses is refuses


@pytest.mark.parametrize("refuses", [True, False])
@pytest.mark.parametrize("code", ["SGT401", "SGT500"])
def test_the_word_of_the_catalogue_comes_before_the_family(make, catalogue, code, refuses):
    entry = replace(catalogue["SGT401"], code=code, refuses=refuses)
    found = read_reply(
        make(kind=Kind.ORDER), response(fault(error(code)), 500), {**catalogue, code: entry}
    )
    assert found.refuses is refuses


def test_the_class_that_an_operation_gives_a_code_proves_nothing(read):
    own = {"SGT599": FaultClass.INVALID}
    assert not read(fault(error("SGT599")), 500, Kind.ORDER, faults=own).refuses


def test_an_order_is_not_told_to_be_refused_by_what_does_not_say_so(read):
    told = read(fault(error("SGT500", "Erreur technique")), 500, Kind.ORDER).problem.message
    assert told == "the server answered with a fault: SGT500 “Erreur technique”"


# -- no usable answer -----------------------------------------------------------------------------

HTML = "<!DOCTYPE html><html><head><title>Maintenance\n en cours</title></head></html>"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (HTML, "an HTML page, where an XML answer belongs: “Maintenance en cours”"),
        ("<html><body>MARTIN CLAIRE</body></html>", "an HTML page"),
        ("", "is empty"),
        ("<s:Envelope", "line 1, column"),
        ("Service momentanément indisponible", "line 1, column 1"),
        ("<reponse/>", "is <reponse>, not a SOAP envelope"),
        ("<Envelope><Body/></Envelope>", "empty Body"),
    ],
)
def test_an_unusable_answer_says_what_came(read, body, words):
    found = read(body, content_type="text/html; charset=utf-8")
    assert isinstance(found, NoAnswer)
    assert (found.sent, found.fault_class) == (True, FaultClass.TECHNICAL)
    assert found.problem.id is Id.BAD_ANSWER
    assert words in found.problem.message
    assert "MARTIN" not in str(found)
    assert "HTTP 200, text/html" in dict(found.problem.details)["received"]


def test_another_root_is_told_with_what_belongs_there(read, envelope):
    found = read(envelope("<tiers>MARTIN</tiers>"))
    assert "holds “tiers”, where <reponse> or <autreReponse> belongs" in found.problem.message
    assert "MARTIN" not in str(found)


def test_what_is_quoted_in_short_ends_between_words(read):
    """Half a name is found by no mask."""
    for before in range(280, 299):
        words = f"{'y' * before} Zwolfenstein{' refuse' * 9}"
        told = read(fault(error("SGT500", words)), 500).problem.message
        assert "y" * before in told
        assert "Zwolf" not in told.replace(" Zwolfenstein ", "")


def test_a_foreign_page_is_quoted_in_short(read):
    found = read(f"<html><title>{'long ' * 100}</title></html>")
    assert len(found.problem.message) < 200


@pytest.mark.parametrize("kind", [Kind.ORDER, Kind.CANCEL])
def test_nobody_knows_whether_an_order_with_a_broken_answer_was_processed(read, envelope, kind):
    found = read(envelope("<reponse>")[:-20], kind=kind)
    assert (found.sent, found.fault_class) == (None, FaultClass.UNKNOWN)


# -- files ----------------------------------------------------------------------------------------


def test_a_saved_fault_is_a_fault(make, message, catalogue):
    assert read_saved(make(), message("fault-functional"), catalogue).code == "SGT401"
