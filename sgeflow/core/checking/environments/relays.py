"""The relays of an environment: servers that take mails from its flows."""

from __future__ import annotations

from sgeflow.core.checking.environments.limits import LIMITS, decode_limits
from sgeflow.core.checking.environments.references import IN_CLEAR, check_references
from sgeflow.core.checking.environments.setting_places import setting_places
from sgeflow.core.checking.environments.stub_decoder import MAIL_STUBS, decode_stubs
from sgeflow.core.documents import Endpoint
from sgeflow.core.hosts import is_here
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import Schema, closed_object, names_to, text
from sgeflow.core.language.text import Path
from sgeflow.core.mail import (
    CLEAR,
    IMPLICIT,
    RELAY_SECURITY,
    STARTTLS,
    MailAddress,
    Relay,
    parse_address,
)
from sgeflow.errors import Id
from sgeflow.messages import say
from sgeflow.patterns import regex

_HOST = regex(r"[0-9a-fA-F:.]+|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_PORTS = {STARTTLS: 587, IMPLICIT: 465, CLEAR: 25}

RELAYS: Schema = names_to(
    closed_object(
        {
            "host": text("its name, or an address"),
            "port": {
                "type": "integer",
                "minimum": 1,
                "maximum": 65535,
                "description": "587 when not said, 465 with implicit TLS, 25 without TLS",
            },
            "tls": {
                "enum": list(RELAY_SECURITY),
                "default": STARTTLS,
                "description": "how the session is secured; none is for this machine alone",
            },
            "login": text("who sgeflow is there; with a password"),
            "password": text("${secret.NAME}"),
            "from": text("who mails are from: watch@example.org, or Watch <watch@example.org>"),
            **LIMITS,
            "ca": text("PEM file of the authorities to trust, instead of the system's"),
            "stubs": MAIL_STUBS,
        },
        ("host", "from"),
    ),
    "servers that take mails, which `mail` sends",
)


def decode_relay(reader: Reader, path: Path) -> Endpoint:
    """A relay as an endpoint of the environment; what is wrong with it is noted."""
    data = reader.get(path)
    security = data.get("tls", STARTTLS)
    port = int(data.get("port", _PORTS[security]))
    if not _HOST.fullmatch(data["host"]):
        message = say("this is no host: its name alone, as smtp.example.org, or its address")
        note = say("`port` and `tls` have keys of their own")
        reader.report(Id.MALFORMED, message, (*path, "host"), note=note)
    _check_security(reader, path, host=data["host"], security=security)
    _check_login(reader, path)
    sender = parse_address(data["from"])
    if not isinstance(sender, MailAddress):
        message = say("nobody can write from this: {why}", why=sender)
        reader.report(Id.MALFORMED, message, (*path, "from"))
    scheme = "smtps" if security == IMPLICIT else "smtp"
    host = f"[{data['host']}]" if ":" in data["host"] else data["host"]
    return Endpoint(
        name=str(path[-1]),
        base_url=f"{scheme}://{host}:{port}",
        route="direct",
        headers={},
        limits=decode_limits(data),
        ca=data.get("ca"),
        basic_user=data.get("login"),
        basic_password=data.get("password"),
        personal=("to", "cc"),
        proxy="none",  # a proxy of HTTP leads to no relay
        stubs=decode_stubs(reader, (*path, "stubs")) if "stubs" in data else None,
        relay=Relay(host=data["host"], port=port, tls=security, sender=data["from"]),
        places=dict(setting_places(reader, path)),
    )


def _check_security(reader: Reader, path: Path, *, host: str, security: str) -> None:
    if security == CLEAR and not is_here(host):
        message = say("a mail and its password would go to {host} in the clear", host=host)
        note = say("`tls: starttls` or `tls: implicit`; none is for this machine alone")
        reader.report(Id.RULE, message, (*path, "tls"), note=note)


def _check_login(reader: Reader, path: Path) -> None:
    """A login has a password, which stands elsewhere."""
    data = reader.get(path)
    for key, other in (("login", "password"), ("password", "login")):
        if key in data and other not in data:
            message = say('the key "{key}" is missing', key=other)
            reader.report(Id.MISSING_KEY, message, (*path, key), key=True)
    if "${" not in data.get("password", "${"):
        message = say("the secret {name} is written in clear", name="password")
        reader.report(Id.SECRET, message, (*path, "password"), note=IN_CLEAR)
    check_references(reader, path, [(key,) for key in ("login", "password") if key in data])
