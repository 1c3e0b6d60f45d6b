"""TLS of an endpoint: trusted authorities, client certificate, TLS 1.2 or later."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from sgeflow.adapters.system_files import with_home
from sgeflow.errors import CredentialsError, Id
from sgeflow.messages import Message, os_error_text, say

if TYPE_CHECKING:
    from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint


def context(endpoint: ResolvedEndpoint) -> ssl.SSLContext:
    """The TLS context of an endpoint; never prompts for a password. Raises: CredentialsError."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    _trust(tls, endpoint)
    if endpoint.pfx:
        # Python's ssl reads only files: the key is in an encrypted file for a moment
        import secrets
        from tempfile import TemporaryDirectory

        path = with_home(endpoint.pfx)
        readable(path, "pfx", endpoint)
        once = secrets.token_urlsafe(32)
        pem = pfx_as_pem(path, endpoint, once)
        with TemporaryDirectory(prefix="sgeflow-") as folder:  # 0700
            passing = Path(folder) / "client.pem"
            passing.write_bytes(pem)
            tls.load_cert_chain(str(passing), password=once)
    elif endpoint.certificate:
        _present_pem(tls, endpoint, endpoint.certificate)
    return tls


def _trust(tls: ssl.SSLContext, endpoint: ResolvedEndpoint) -> None:
    """Trust a private CA in place of the public ones."""
    if endpoint.ca is None:
        from requests.utils import DEFAULT_CA_BUNDLE_PATH

        tls.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
        return
    path = with_home(endpoint.ca)
    if path.is_dir():
        tls.load_verify_locations(capath=str(path))
        return
    readable(path, "ca", endpoint)
    try:
        tls.load_verify_locations(str(path))
    except ssl.SSLError as error:
        message = say("{path} holds no certificate in PEM form", path=path)
        raise _refusal(endpoint, "ca", message) from error


def _present_pem(tls: ssl.SSLContext, endpoint: ResolvedEndpoint, certificate: str) -> None:
    path = with_home(certificate)
    key = with_home(endpoint.key) if endpoint.key else path
    readable(path, "certificate", endpoint)
    readable(key, "key", endpoint)
    password = endpoint.key_password.reveal() if endpoint.key_password else ""
    prompts: list[bool] = []

    def give() -> str:  # without a password OpenSSL would prompt on the terminal
        prompts.append(True)
        return password

    try:
        tls.load_cert_chain(str(path), str(key), give)
    except (ssl.SSLError, ValueError) as error:
        raise _bad_pair(endpoint, path, key, error, wants_password=bool(prompts)) from error


def _bad_pair(
    endpoint: ResolvedEndpoint, path: Path, key: Path, error: Exception, *, wants_password: bool
) -> CredentialsError:
    if getattr(error, "reason", "") == "KEY_VALUES_MISMATCH":
        message = say("the key {key} does not belong to the certificate {path}", key=key, path=path)
        remedy = say(
            "use the key of the certificate request; in {path} the certificate of this key "
            "must come first",
            path=path,
        )
        return _refusal(endpoint, "key", message, remedy)
    if wants_password and endpoint.key_password is None:
        message = say("the key {key} is encrypted and there is no password for it", key=key)
        remedy = say("set `key_password: ${{secret.NAME}}`")
        return _refusal(endpoint, "key_password", message, remedy)
    if wants_password:
        message = say("the password does not open the key {key}", key=key)
        remedy = say("check the secret that `key_password` names")
        return _refusal(endpoint, "key_password", message, remedy)
    message = say(
        "{path} and {key} do not hold a certificate and a key in PEM form", path=path, key=key
    )
    return _refusal(endpoint, "certificate", message, say("write a .p12 or .pfx file under `pfx`"))


def pfx_as_pem(path: Path, endpoint: ResolvedEndpoint, password: str) -> bytes:
    """A PFX file as PEM: the key, newly encrypted, the certificate and its chain.

    Raises:
        CredentialsError: the password is wrong, or the file lacks something.
    """
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.serialization import pkcs12

    passphrase = endpoint.key_password.reveal().encode() if endpoint.key_password else None
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(path.read_bytes(), passphrase)
    except ValueError as error:
        why = say("`key_password` may be missing")
        if passphrase:
            why = say("the password does not open it")
        message = say("{path} cannot be read: {reason}", path=path, reason=why)
        raise _refusal(endpoint, "pfx", message) from error
    if key is None or certificate is None:
        raise _refusal(endpoint, "pfx", say("{path} lacks a certificate or its key", path=path))
    sealed = form.BestAvailableEncryption(password.encode())
    pieces = [key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, sealed)]
    pieces += [one.public_bytes(form.Encoding.PEM) for one in (certificate, *others)]
    return b"".join(pieces)


def readable(path: Path, setting: str, endpoint: ResolvedEndpoint) -> None:
    """Check that the file of a setting can be read. Raises: CredentialsError."""
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        reason = os_error_text(error, "no access")
        message = say("{path} cannot be read: {reason}", path=path, reason=reason)
        remedy = say("let the user of sgeflow read it")
        if isinstance(error, FileNotFoundError):
            remedy = say(
                "a relative path starts in the folder of the command; or write an absolute path"
            )
        raise _refusal(endpoint, setting, message, remedy) from error


def _refusal(
    endpoint: ResolvedEndpoint, setting: str, message: Message, remedy: str = ""
) -> CredentialsError:
    places = (setting, "key", "certificate")  # the key may be in the file of the certificate
    return CredentialsError.of(
        Id.CERTIFICATE,
        message,
        at=next((endpoint.places[one] for one in places if one in endpoint.places), None),
        where=say('`{setting}` of "{endpoint}"', setting=setting, endpoint=endpoint.name),
        details=(("remedy", remedy),) if remedy else (),
    )
