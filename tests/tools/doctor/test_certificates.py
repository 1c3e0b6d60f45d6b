"""Certificates, keys and their chain: each is looked at alone, whatever is wrong with the others."""

import base64
import json
import ssl
from contextlib import suppress

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sgeflow.tools.doctor.endpoint import certificates
from tests.tools.doctor.conftest import A_YEAR, DAY, NOW, PARIS, PASSWORD, TOKEN

URL = "https://sge.city.fr"
PAIR = {"certificate": "client.pem", "key": "client.key"}


@pytest.fixture
def shown(environment, doctor):
    """What is found of an endpoint that shows a certificate, offline."""

    def look(*options, **settings):
        environment(base_url=URL, **(settings or PAIR))
        return doctor("--offline", *options)

    return look


def test_a_whole_chain_with_its_key_is_fine(papers, shown):
    papers.client()
    told = shown()
    day = (NOW + A_YEAR).astimezone(PARIS).date().isoformat()
    assert told["certificate"][:2] == ("ok", "of city.example.org, issued by Issuer of tests")
    assert told["expiry"][:2] == ("ok", f"valid until {day}: 365 days left")
    assert told["chain"][:2] == ("ok", "2 certificates in the right order")
    assert told["key"][:2] == ("ok", "it belongs to the certificate")
    assert told.code == 0


@pytest.mark.parametrize(
    ("dates", "status", "says", "id_"),
    [
        ({"ends": -3 * DAY, "begins": -9 * DAY}, "failed", "expired on", "SGE051"),
        ({"begins": 2 * DAY}, "failed", "not valid before", "SGE051"),
        ({"ends": 30 * DAY}, "warning", "29 days left", "SGE052"),
        ({"ends": 31 * DAY}, "ok", "30 days left", ""),
    ],
)
def test_the_days_of_a_certificate_decide(papers, shown, dates, status, says, id_):
    papers.client(**dates)
    told = shown()
    assert (told["expiry"][0], told.id("expiry")) == (status, id_)
    assert says in told["expiry"][1]
    assert told["key"][0] == "ok"
    assert told.code == (6 if id_ else 0)


def test_how_early_the_warning_comes_can_be_said(papers, shown):
    papers.client(ends=50 * DAY)
    assert shown("--warn-days", "60")["expiry"][0] == "warning"
    assert shown("--warn-days", "0")["expiry"][0] == "ok"


def test_an_expired_certificate_without_its_keys_password_is_told_all_the_same(papers, shown):
    papers.client(password=PASSWORD, ends=-DAY, begins=-2 * DAY)
    told = shown(**PAIR, key_password="${secret.KEY_PASSWORD}")
    assert told["expiry"][0] == "failed"
    assert told["key"][:2] == ("skipped", "not checked: its password is not set")


def test_an_issuer_that_ends_first_is_told(papers, shown):
    chain = papers.issue().cert_chain_pems[0].bytes() + ended()
    papers.client()
    (papers.folder / "client.pem").write_bytes(chain)
    told = shown()
    assert told["expiry"][0] == "failed"
    assert "Short-lived" in told["expiry"][1]


def ended():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Short-lived")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - 20 * DAY)
        .not_valid_after(NOW - 10 * DAY)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(form.Encoding.PEM)


# -- the key ----------------------------------------------------------------------------------------


def test_a_key_of_another_certificate_is_told(papers, shown):
    papers.client()
    papers.client("other")
    told = shown(certificate="client.pem", key="other.key")
    assert told["key"][0] == "failed"
    assert "does not belong to the certificate client.pem" in told["key"][1]
    assert told["expiry"][0] == "ok"


@pytest.mark.parametrize(
    ("given", "status", "says"),
    [
        (PASSWORD, "ok", "it belongs"),
        ("wr0ng", "failed", "the password does not open the key client.key"),
        (None, "skipped", "its password is not set"),
    ],
)
def test_the_password_of_a_key_is_tried(papers, shown, monkeypatch, given, status, says):
    papers.client(password=PASSWORD)
    if given:
        monkeypatch.setenv("KEY_PASSWORD", given)
    told = shown(**PAIR, key_password="${secret.KEY_PASSWORD}")
    assert told["key"][0] == status
    assert says in told["key"][1]


def test_an_encrypted_key_without_password_says_where_to_write_it(papers, shown):
    papers.client(password=PASSWORD)
    status, says, remedy = shown()["key"]
    assert (status, says) == (
        "failed",
        "the key client.key is encrypted and there is no password for it",
    )
    assert "key_password" in remedy


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read: No such file"),
        (b"", "holds no certificate in PEM form"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "is damaged"),
    ],
)
def test_a_file_without_a_certificate_is_told_and_the_rest_skipped(papers, shown, content, says):
    papers.client()
    (papers.folder / "client.pem").unlink()
    if content is not None:
        (papers.folder / "client.pem").write_bytes(content)
    told = shown()
    assert told["certificate"][0] == "failed"
    assert says in told["certificate"][1]
    assert {told[check][0] for check in ("expiry", "chain", "key")} == {"skipped"}


# -- the chain --------------------------------------------------------------------------------------


def test_a_certificate_alone_says_whom_the_server_must_know(papers, shown):
    made = papers.client()
    (papers.folder / "client.pem").write_bytes(made.cert_chain_pems[0].bytes())
    assert shown()["chain"][:2] == (
        "ok",
        "no issuer in the file: the server must know Issuer of tests",
    )


def test_a_chain_that_begins_with_the_issuer_is_told_with_the_right_order(papers, shown):
    made = papers.client()
    first, second = (one.bytes() for one in made.cert_chain_pems)
    (papers.folder / "client.pem").write_bytes(second + first)
    told = shown()
    assert told["chain"][0] == "failed"
    assert "Issuer of tests is first" in told["chain"][1]
    assert "your own certificate first" in told["chain"][2]
    assert told["key"][0] == "failed"


def test_a_stranger_in_the_chain_is_a_warning(papers, shown):
    made = papers.client()
    chain = b"".join(one.bytes() for one in made.cert_chain_pems)
    (papers.folder / "client.pem").write_bytes(chain + trustme.CA().cert_pem.bytes())
    told = shown()
    assert told["chain"][0] == "warning"
    assert told.code == 6


# -- PFX, authorities -------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [PASSWORD, "wr0ng", None])
def test_a_pfx_is_read_with_its_password_alone(papers, shown, monkeypatch, given):
    papers.pfx("client.pfx", papers.issue(ends=10 * DAY), PASSWORD)
    if given:
        monkeypatch.setenv("KEY_PASSWORD", given)
    told = shown(pfx="client.pfx", key_password="${secret.KEY_PASSWORD}")
    expected = {PASSWORD: ("ok", "warning"), "wr0ng": ("failed", "skipped"), None: ("skipped",) * 2}
    assert (told["certificate"][0], told["expiry"][0]) == expected[given]
    assert told["key"][0] == ("ok" if given == PASSWORD else "skipped")


@pytest.mark.parametrize(
    ("name", "status"), [("ca.pem", "ok"), ("none.pem", "failed"), ("client.key", "failed")]
)
def test_an_authority_of_ones_own_must_be_one(papers, shown, name, status):
    papers.client()
    assert shown(ca=name)["authority"][0] == status


# -- tokens -----------------------------------------------------------------------------------------


def web_token(**claims):
    parts = [{"alg": "RS256"}, claims]
    texts = [base64.urlsafe_b64encode(json.dumps(p).encode()).decode().strip("=") for p in parts]
    return ".".join([*texts, TOKEN])


TOKENS = [
    (TOKEN, "ok", "it does not say until when"),
    (f"{TOKEN} ", "warning", "space or quotation mark"),
    (f'"{TOKEN}"', "warning", "space or quotation mark"),
    (web_token(exp=(NOW + 90 * DAY).timestamp()), "ok", "valid until"),
    (web_token(exp=(NOW + 9 * DAY).timestamp()), "warning", "expires on"),
    (web_token(exp=(NOW - DAY).timestamp()), "failed", "expired on"),
    (web_token(nbf=(NOW + DAY).timestamp()), "failed", "not valid before"),
    (f"a.b.{TOKEN}", "ok", "it does not say until when"),
    (web_token(exp="soon"), "ok", "it does not say until when"),
    (web_token(exp=1e300), "ok", "it does not say until when"),
]


@pytest.mark.parametrize(("value", "status", "says"), TOKENS, ids=range(len(TOKENS)))
@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_a_token_says_until_when_it_holds_or_that_it_does_not(
    shown, monkeypatch, value, status, says, prefix
):
    monkeypatch.setenv("CITY_TOKEN", value)
    told = shown(headers={"Authorization": prefix + "${secret.CITY_TOKEN}"})
    assert told["token"][0] == status
    assert says in told["token"][1]


# -- reading certificates ---------------------------------------------------------------------------


def signed(key, subject, usages=(), begins=NOW, ends=NOW + DAY):
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Éditeur & Cie")]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(form.Encoding.PEM)


CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH
ANY = ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE
NAME = x509.Name(
    [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Ville"),
        x509.NameAttribute(NameOID.COMMON_NAME, "ville.fr"),
    ]
)


@pytest.mark.parametrize(
    ("usages", "expected"),
    [((), True), ((CLIENT,), True), ((SERVER, CLIENT), True), ((ANY,), True), ((SERVER,), False)],
)
def test_what_a_certificate_is_made_for_is_read(usages, expected):
    (read,) = certificates(signed(ec.generate_private_key(ec.SECP256R1()), NAME, usages))
    assert read.for_clients is expected
    assert (read.name, read.issuer_name) == ("ville.fr", "Éditeur & Cie")


def test_a_certificate_for_servers_alone_is_told(papers, shown):
    key = ec.generate_private_key(ec.SECP256R1())
    pem = signed(key, NAME, (SERVER,))
    papers.client()
    (papers.folder / "client.pem").write_bytes(pem)
    status, says, remedy = shown()["certificate"]
    assert (status, says) == ("failed", "the certificate of ville.fr is not for clients")
    assert "clientAuth" in remedy


WHOLE = signed(ec.generate_private_key(ec.SECP256R1()), NAME, (CLIENT,))


def test_a_damaged_certificate_is_refused_or_read_and_never_a_bug():
    """Changed anywhere: a ValueError, or facts; nothing else is raised."""
    whole = x509.load_pem_x509_certificate(WHOLE).public_bytes(form.Encoding.DER)
    for place in range(len(whole)):
        for bits in (0x01, 0x80, 0xFF):
            changed = whole[:place] + bytes([whole[place] ^ bits]) + whole[place + 1 :]
            with suppress(ValueError):
                certificates(ssl.DER_cert_to_PEM_cert(changed).encode())


def test_text_and_keys_around_certificates_are_passed_over():
    made = trustme.CA().issue_cert("x.fr")
    text = b"Bag Attributes\n" + made.private_key_and_cert_chain_pem.bytes()
    assert len(certificates(text)) == 1
    assert certificates(b"nothing") == ()
