"""A project with an environment of its own, certificates on disk, and servers on loopback."""

import json
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import trustme
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.serialization import pkcs12

from tests.adapters.conftest import always, answer, serve
from tests.cli.conftest import _calm, golden, process, sgeflow

__all__ = ["_calm", "golden", "process", "serve", "sgeflow"]
DAY = timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")  # days are those of France
NOW = datetime.now(UTC).replace(microsecond=0)
A_YEAR = 365 * DAY + timedelta(hours=1)  # 365 whole days are left, however long a test takes
PASSWORD = "k3y-passphrase"
TOKEN = "t0k-0f2c5a71"
PROXY = "http://me:pr0xy-pass@127.0.0.1:9"
HIDDEN = (PASSWORD, TOKEN, "pr0xy-pass", "PRIVATE")
"""What no output may hold."""


class Papers:
    """An authority with an intermediate one, and what they issue, as files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = trustme.CA(organization_name="Root of tests", organization_unit_name="root")
        self.between = trustme.CA(
            parent_cert=self.root,
            organization_name="Issuer of tests",
            organization_unit_name="issuer",
        )
        self.root.cert_pem.write_to_path(folder / "ca.pem")
        trustme.CA().cert_pem.write_to_path(folder / "other-ca.pem")

    def issue(self, begins=-DAY, ends=A_YEAR, ca=None, name="127.0.0.1"):
        """A certificate that is valid between two days, counted from now."""
        return (ca or self.between).issue_cert(
            name,
            common_name="city.example.org",
            not_before=NOW + begins,
            not_after=NOW + ends,
        )

    def client(self, stem="client", *, password=None, **dates):
        """`<stem>.pem` with the whole chain, `<stem>.key`; the key encrypted with a password."""
        made = self.issue(**dates)
        chain = b"".join(one.bytes() for one in made.cert_chain_pems)
        (self.folder / f"{stem}.pem").write_bytes(chain)
        self.key(f"{stem}.key", made, password)
        return made

    def key(self, name, made, password=None):
        key = form.load_pem_private_key(made.private_key_pem.bytes(), None)
        sealed = (
            form.BestAvailableEncryption(password.encode()) if password else form.NoEncryption()
        )
        path = self.folder / name
        path.write_bytes(key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, sealed))
        path.chmod(0o600)

    def pfx(self, name, made, password):
        key = form.load_pem_private_key(made.private_key_pem.bytes(), None)
        own, *others = [x509.load_pem_x509_certificate(p.bytes()) for p in made.cert_chain_pems]
        sealed = form.BestAvailableEncryption(password.encode())
        path = self.folder / name
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", key, own, others, sealed))
        path.chmod(0o600)

    def server(self, *, client=False, version=None, **how):
        """The server's side of TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.issue(**{"ca": self.root, **how}).configure_cert(context)
        if client:
            context.verify_mode = ssl.CERT_REQUIRED
            self.root.configure_trust(context)
        if version:
            context.minimum_version = context.maximum_version = version
        return context


@pytest.fixture
def papers(tmp_path):
    return Papers(tmp_path)


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """A cache that tests share: most of them have the same documents."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def environment(tmp_path, monkeypatch, kept):
    """`environment(sge…, services=…)` writes `environments/city.yaml` with an endpoint."""
    for name in ("https_proxy", "http_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("SGEFLOW_CACHE", str(kept))
    monkeypatch.delenv("SGEFLOW_STATE")

    def write(services=None, top=None, **sge):
        document = {
            "environment": "city",
            "title": "A city",
            "generation": "current",
            "login": "energie@city.fr",
            "contractId": "7654321",
            "services": {"sge": {"route": "direct", **sge}, **(services or {})},
            **(top or {}),
        }
        path = tmp_path / "environments" / "city.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")

    return write


@pytest.fixture
def doctor(sgeflow):
    """`doctor(options…)`: what was found by endpoint and check; no secret is ever told."""

    def command(*options, of="sge"):
        done = sgeflow("doctor", "--env", "city", "--output", "json", *options)
        assert done.err == ""
        assert not [word for word in HIDDEN if word in done.out]
        told = json.loads(done.out)
        assert told["exit"] == done.code
        found = {}
        for one in told["checks"]:
            assert one["status"] in ("ok", "skipped") or (one["remedy"] and one["id"])
            if one["of"] == of:
                found.setdefault(one["check"], one)
        return Told(done.code, found)

    return command


class Told:
    """The findings of one group by check."""

    def __init__(self, code, found):
        self.code = code
        self.found = found

    def __getitem__(self, check):
        """The status, the message and the remedy of a check."""
        one = self.found[check]
        return one["status"], one["message"], one.get("remedy", "")

    def statuses(self):
        return {name: one["status"] for name, one in self.found.items()}

    def id(self, check):
        return self.found[check].get("id", "")


def dated(lag=timedelta()):
    """A server that answers with the time by its own clock."""

    def behaviour(link, _request):
        date = format_datetime(datetime.now(UTC) + lag, usegmt=True)
        always(answer(b"", headers=f"Date: {date}\r\n"))(link, _request)

    return behaviour
