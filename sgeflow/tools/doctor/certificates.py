"""Reads certificates; a PEM file needs no key and no password for that."""

from __future__ import annotations

import re
import warnings

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sgeflow.patterns import regex
from sgeflow.tools.doctor.finding import Certificate

_BLOCK = regex(
    rb"-----BEGIN (X509 )?CERTIFICATE-----.+?-----END (X509 )?CERTIFICATE-----",
    re.DOTALL,
)
_FOR_CLIENTS = {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
_CALLED = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)


def certificates(pem: bytes) -> tuple[Certificate, ...]:
    """The certificates of a PEM text in their order; keys between them are passed over.

    Raises:
        ValueError: one of them is damaged.
    """
    return tuple(_read(match[0]) for match in _BLOCK.finditer(pem))


def _read(pem: bytes) -> Certificate:
    try:
        with warnings.catch_warnings():  # of what its authors will refuse one day
            warnings.simplefilter("ignore")
            return _facts(x509.load_pem_x509_certificate(pem))
    except x509.InvalidVersion as error:  # no ValueError, though the bytes are wrong
        raise ValueError(str(error)) from error


def _facts(read: x509.Certificate) -> Certificate:
    return Certificate(
        name=_name(read.subject),
        issuer_name=_name(read.issuer),
        begins=read.not_valid_before_utc,
        ends=read.not_valid_after_utc,
        for_clients=_is_for_clients(read),
        subject=read.subject.public_bytes(),
        issuer=read.issuer.public_bytes(),
    )


def _name(name: x509.Name) -> str:
    """The common name, else the organisation, else whatever stands last."""
    called = [one for kind in _CALLED for one in name.get_attributes_for_oid(kind)]
    attribute = next(iter([*called, *reversed(list(name))]), None)
    return str(attribute.value) if attribute else ""


def _is_for_clients(read: x509.Certificate) -> bool:
    """Whether clients may show it; one that does not say is for everything."""
    try:
        usages = read.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return bool(set(usages) & _FOR_CLIENTS)
