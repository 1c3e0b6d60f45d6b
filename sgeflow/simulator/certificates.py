"""TLS certificates of the simulator: a made-up authority, a valid certificate, and invalid ones."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate, GeneralName

_DAY = timedelta(days=1)
_CLIENT = "client.example.org"


class Certificates(Struct, frozen=True, kw_only=True):
    """The certificates that a simulator shows over TLS: the valid one and the invalid ones."""

    right: ssl.SSLContext
    wrong: Mapping[str, ssl.SSLContext] = field(default_factory=dict)  # by kind of fault
    authority: bytes = b""  # PEM: the authority that a client must trust
    client: bytes = b""  # PEM: certificate and key of clients; empty: none is asked for


def made_up(*, demand: bool = False) -> Certificates:
    """Create an authority for 127.0.0.1 and localhost; its keys stay in this process.

    With `demand`, clients must show the certificate that is made for them (`client`).
    """
    known, stranger = _Authority(), _Authority()
    now = datetime.now(UTC)
    made = Certificates(
        right=known.context(now),
        wrong={
            "certificate-name": known.context(now, name="elsewhere.example.org"),
            "certificate-expired": known.context(now - 30 * _DAY),
            "certificate-untrusted": stranger.context(now),
        },
        authority=known.pem,
        client=known.issue(now, _CLIENT) if demand else b"",
    )
    if demand:
        for context in (made.right, *made.wrong.values()):
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(cadata=known.pem.decode("ascii"))
    return made


class _Authority:
    """An authority whose certificates are valid for one week from their first day."""

    def __init__(self) -> None:
        self._key = _new_key()
        now = datetime.now(UTC)
        self._certificate = _sign(self._key, None, self._key, (now - 60 * _DAY, now + 365 * _DAY))

    @property
    def pem(self) -> bytes:
        from cryptography.hazmat.primitives.serialization import Encoding

        return self._certificate.public_bytes(Encoding.PEM)

    def context(self, begin: datetime, name: str = "") -> ssl.SSLContext:
        """The TLS context of a server whose certificate is valid from `begin` on."""
        content = self.issue(begin, name)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with TemporaryDirectory(prefix="sgeflow-") as folder:  # Python's ssl reads files only
            path = Path(folder) / "server.pem"
            path.write_bytes(content)
            tls.load_cert_chain(path)
        return tls

    def issue(self, begin: datetime, name: str = "") -> bytes:
        """A certificate and its key as PEM; without a name, for 127.0.0.1 and localhost."""
        from cryptography import x509
        from cryptography.hazmat.primitives import serialization as form

        key = _new_key()
        until = (begin - _DAY, begin + 7 * _DAY)
        names: list[GeneralName] = [x509.DNSName(name or "localhost")]
        if not name:
            names.append(x509.IPAddress(ip_address("127.0.0.1")))
        certificate = _sign(key, self._certificate, self._key, until, names)
        return certificate.public_bytes(form.Encoding.PEM) + key.private_bytes(
            form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()
        )


def _new_key() -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _sign(
    key: EllipticCurvePrivateKey,
    issuer: Certificate | None,
    issuer_key: EllipticCurvePrivateKey,
    until: tuple[datetime, datetime],
    names: list[GeneralName] | None = None,
) -> Certificate:
    """Sign the certificate of an authority or, with names, of a server."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import NameOID

    own = "the simulator's server" if names else f"a simulator's authority {id(key):x}"
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, own)])
    public = issuer_key.public_key()
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(until[0])
        .not_valid_after(until[1])
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
    )
    if names:
        built = built.add_extension(x509.SubjectAlternativeName(names), critical=False)
    else:  # strict clients (Python 3.13 and later) require this extension of an authority
        signs_certificates = x509.KeyUsage(
            key_cert_sign=True,
            crl_sign=False,
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        built = built.add_extension(signs_certificates, critical=True)
    return built.sign(issuer_key, SHA256())
