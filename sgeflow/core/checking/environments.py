"""Decodes environments: the addresses of services, with secrets only as references."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from sgeflow.core.checking.document import check_stem
from sgeflow.core.checking.identity_cache import cache_by_identity
from sgeflow.core.checking.operations import ENV
from sgeflow.core.checking.stubs import (
    IN_CLEAR,
    MAIL_STUBS,
    NO_REFERENCE,
    STUBS,
    check_references,
    decode_stubs,
)
from sgeflow.core.checking.values import misfits
from sgeflow.core.documents import (
    CLIENT_CREDENTIALS,
    COZY,
    GENERATIONS,
    GRANTS,
    REFRESH_TOKEN,
    SERVICE_KINDS,
    Endpoint,
    EndpointLimits,
    Environment,
    FileKey,
    OauthGrant,
    Operation,
    Service,
)
from sgeflow.core.engine.step import Flow
from sgeflow.core.hosts import is_here
from sgeflow.core.instances import PLACE, forms_of_secrets, has_instances
from sgeflow.core.language import state_address
from sgeflow.core.language.dates import duration_seconds
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import (
    ADDRESS,
    DRAFT,
    FLOW_NAME,
    HOST,
    RATE,
    WAIT,
    Schema,
    array,
    closed_object,
    flag,
    length,
    names_to,
    one_of,
    text,
    whole,
    words,
)
from sgeflow.core.language.template import localize
from sgeflow.core.language.text import Path, Tree
from sgeflow.core.mail import (
    CLEAR,
    IMPLICIT,
    RELAY_SECURITY,
    STARTTLS,
    MailAddress,
    Relay,
    parse_address,
)
from sgeflow.core.model import SIMULATOR
from sgeflow.core.soap.envelope import has_places
from sgeflow.errors import Id, Location, Problem
from sgeflow.messages import say
from sgeflow.patterns import regex

FACTS = "generation", "login", "contractId"
"""The facts of an environment that services may need, as `operations/services.yaml` says."""

_PLAIN = (
    *("simulated", "scenario", "generation", "login", "inputs", "settings", "accounts"),
    *("state", "identity_key"),
)
"""The keys of an environment that its fields have as they are written."""
_FILES = frozenset({"certificate", "key", "pfx", "ca"})
_PLAIN_OF_SERVICE = _FILES | {"route", "headers", "key_password", "proxy", "kind"}
_has_places = cache_by_identity(has_places)  # all environments ask the same envelopes
"""The keys of a service that its fields have as they are written."""
_TIMEOUTS = {"connect": "PT10S", "read": "PT60S", "total": "PT180S"}
_JITTER, _MILLISECOND = "100ms", 0.001

LIMITS: Schema = {
    "rate": text("the highest rate of calls, shared by all processes", pattern=RATE),
    "jitter": text(
        "the tolerated variation of network time between calls", pattern=r"^(0|[1-9]\d{0,4})ms$"
    ),
    "timeout": closed_object(
        {
            "connect": length("the time limit for reaching the server"),
            "read": length("the time limit between two parts of a response"),
            "total": length("the time limit of the whole exchange"),
        }
    ),
}


def _setting_places(reader: Reader, path: Path) -> dict[str, Location]:
    """The places of settings that refer to a secret, as `headers.apikey`, and of files."""
    places = {}
    for place, written in reader.texts(path):
        name = ".".join(map(str, place[len(path) :]))
        if "${" in written:
            places[name] = reader.at(place, key=True)
        elif name in _FILES:
            places[name] = reader.at(place)
    return places


def _decode_limits(data: Mapping[str, Any]) -> EndpointLimits:
    timeout = {**_TIMEOUTS, **data.get("timeout", {})}
    seconds = {f"{name}_timeout": duration_seconds(one) for name, one in timeout.items()}
    jitter = int(data.get("jitter", _JITTER).removesuffix("ms")) * _MILLISECOND
    return EndpointLimits(rate=data.get("rate"), jitter=jitter, **seconds)


_GRANT_PATH = "/auth/access_token"  # the path at a Cozy
_INSTANCE = regex(r"[A-Z0-9]([A-Z0-9_]{0,61}[A-Z0-9])?")  # the form in names of secrets
_SECRET = regex(r"\$\{\s*secret\.[^}{]*(?:\{instance\}[^}{]*)*\}")
_ANY_PLACE = regex(r"\{[^}/]*\}?")
_WITH_SECRETS = ("services", "state", "files")

OAUTH: Schema = closed_object(
    {
        "grant": one_of(
            GRANTS,
            "client_credentials where the client itself has the rights",
            default=REFRESH_TOKEN,
        ),
        "client_id": text("of the registered client"),
        "client_secret": text("${secret.NAME}, given when it was registered"),
        "refresh_token": text("${secret.NAME}: gets access tokens, which stay in memory"),
        "path": text(f"path of the token service; default: {_GRANT_PATH}", pattern="^/"),
    },
    ("client_id", "client_secret"),
    "the source of its access tokens",
    called="a grant",
)


def _decode_oauth(reader: Reader, path: Path) -> OauthGrant | None:
    """The grant of an endpoint, which has no other credentials and sends its tokens over TLS."""
    data = reader.get((*path, "oauth"))
    if data is None:
        return None
    headers = reader.get((*path, "headers"), {})
    other = next((name for name in headers if name.lower() == "authorization"), None)
    if reader.get((*path, "basic")) is not None or other:
        message = say("{key} and {other} do not go together", key="oauth", other=other or "basic")
        note = say("the access token is sent as Authorization: take one of them out")
        reader.report(Id.RULE, message, (*path, "oauth"), key=True, note=note)
    address = reader.get((*path, "base_url"))
    host = urlsplit(address).hostname or ""
    # RFC 6749, 10.4; an address with {instance} is checked together with the instances
    if address.startswith("http:") and PLACE not in address and not is_here(host):
        message = say("the address begins with http: tokens and answers can be read on their way")
        note = say("http is for this machine alone")
        reader.report(Id.RULE, message, (*path, "base_url"), note=note)
    kind = data.get("grant", REFRESH_TOKEN)
    needed = "refresh_token" if kind == REFRESH_TOKEN else "path"
    if needed not in data:
        message = say('the key "{key}" is missing', key=needed)
        note = say("the grant {grant} needs it", grant=kind)
        reader.report(Id.MISSING_KEY, message, (*path, "oauth"), key=True, note=note)
    elif kind == CLIENT_CREDENTIALS and "refresh_token" in data:
        message = say("{key} and {other} do not go together", key="refresh_token", other=kind)
        note = say("that grant has no refresh token: take it out")
        reader.report(Id.RULE, message, (*path, "oauth", "refresh_token"), key=True, note=note)
    return OauthGrant(
        grant=kind,
        client_id=data["client_id"],
        client_secret=data["client_secret"],
        refresh_token=data.get("refresh_token", ""),
        path=data.get("path", _GRANT_PATH),
    )


def _check_instances(reader: Reader, environment: Environment) -> None:
    """Check the places of `{instance}`, and that secrets go only to their own instance.

    A row from outside names the instance, so it must not lead to another owner's host.
    """
    many: list[str] = []
    filled: set[Path] = set()
    for name in reader.get(("services",)) or ():
        filled.update(place for place, _ in _sent_texts(reader, ("services", name)))
    for name, endpoint in environment.endpoints.items():
        path: Path = ("services", name)
        if has_instances(endpoint):
            many.append(name)
            _check_address(reader, path, endpoint)
        elif other := _ANY_PLACE.search(endpoint.base_url):
            message = say('an address has no place "{found}"', found=other[0])
            note = say("write {place}, for a service that is many of a kind", place=PLACE)
            reader.report(Id.NAME, message, (*path, "base_url"), note=note)
        else:
            for place, content in _sent_texts(reader, path):
                if PLACE in content:
                    message = say("the address has no {place}", place=PLACE)
                    note = say("write it into base_url too, or take it out here")
                    reader.report(Id.RULE, message, place, note=note)
    _check_names_of_secrets(reader, many)
    for place, content in chain.from_iterable(reader.texts((name,)) for name in _WITH_SECRETS):
        if place not in filled and any(PLACE in form for form in forms_of_secrets(content)):
            message = say("nothing fills in {place} here", place=PLACE)
            note = say("it replaces a name in base_url, headers, basic and oauth of a service")
            reader.report(Id.SECRET, message, place, note=note)


def _check_address(reader: Reader, path: Path, endpoint: Endpoint) -> None:
    at = (*path, "base_url")
    parts = urlsplit(endpoint.base_url)
    host, here = parts.hostname or "", endpoint.is_simulated
    behind = host.removeprefix(f"{PLACE}.")
    in_host = behind != host and PLACE not in behind and PLACE not in parts.path
    in_path = PLACE not in parts.netloc and parts.path.split("/").count(PLACE) == 1
    is_alone = endpoint.base_url.count(PLACE) == 1 == len(_ANY_PLACE.findall(endpoint.base_url))
    if not is_alone or not (in_host or in_path) or (in_host and "." not in behind):
        message = say(
            "{place} is the first part of a host's name, with a domain behind it, or one part of "
            "a path",
            place=PLACE,
        )
        note = say("as https://{place}.mycozy.example or https://example.org/{place}", place=PLACE)
        reader.report(Id.RULE, message, at, note=note)
    elif not here and parts.scheme != "https" and not is_here(host):
        message = say("an address that rows fill in is https")
        note = say("http is for this machine alone")
        reader.report(Id.RULE, message, at, note=note)
    elif in_host:
        for place, content in _sent_texts(reader, path):
            for found in _SECRET.findall(content):
                if PLACE not in found:
                    message = say("{found} would be sent to any host that a row names", found=found)
                    note = say("write {place} into its name: one secret an instance", place=PLACE)
                    reader.report(Id.SECRET, message, place, note=note)


def _check_names_of_secrets(reader: Reader, many: Iterable[str]) -> None:
    """Check that no instance completes the name of a secret to the name of another secret."""
    names = dict.fromkeys(
        name for _, content in reader.texts() for name in forms_of_secrets(content)
    )
    for service in many:
        for place, content in _sent_texts(reader, ("services", service)):
            for family in forms_of_secrets(content):
                other = next((name for name in names if _may_be(family, name)), None)
                if PLACE in family and other:
                    message = say(
                        "{found} is {other}, too, for a row that names such an instance",
                        found=family,
                        other=other,
                    )
                    note = say(
                        "let no name of a secret begin like another that has {place}", place=PLACE
                    )
                    reader.report(Id.SECRET, message, place, note=note)


def _may_be(family: str, name: str) -> bool:
    """Whether an instance can complete the name to another one, or to one of another family."""
    before, behind = family.partition(PLACE)[0], family.rpartition(PLACE)[2]
    completed = {name.replace(PLACE, "X")}  # any instance
    if PLACE in name and behind.endswith(name.rpartition(PLACE)[2]):
        completed.add(f"{name.partition(PLACE)[0]}X{behind}")
    return name != family and any(
        one.startswith(before)
        and one.endswith(behind)
        and _INSTANCE.fullmatch(one[len(before) : len(one) - len(behind)])
        for one in completed
    )


def _sent_texts(reader: Reader, path: Path) -> Iterator[tuple[Path, str]]:
    """The texts that are sent with each request, or for its token."""
    for section in ("headers", "basic", "username_token", "oauth"):
        for name, content in (reader.get((*path, section)) or {}).items():
            if name not in ("path", "grant") or section != "oauth":
                yield (*path, section, name), content


_HOST = regex(r"[0-9a-fA-F:.]+|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_PORTS = {STARTTLS: 587, IMPLICIT: 465, CLEAR: 25}

RELAYS: Schema = names_to(
    closed_object(
        {
            "host": text("its name, or an address"),
            "port": whole("default: 587; 465 with implicit TLS; 25 without TLS", 1, 65535),
            "tls": one_of(
                RELAY_SECURITY,
                "encryption of the session; none only on this machine",
                default=STARTTLS,
            ),
            "login": text("user name of sgeflow at the relay; needs `password`"),
            "password": text("${secret.NAME}"),
            "from": text("sender of the mails: watch@example.org, or Watch <watch@example.org>"),
            **LIMITS,
            "ca": text("PEM file of the authorities to trust, instead of the system's"),
            "stubs": MAIL_STUBS,
        },
        ("host", "from"),
    ),
    "mail servers for `mail` steps",
)


def _decode_relay(reader: Reader, path: Path) -> Endpoint:
    """A relay as an endpoint of the environment; its mistakes are reported."""
    data = reader.get(path)
    security = data.get("tls", STARTTLS)
    port = int(data.get("port", _PORTS[security]))
    if not _HOST.fullmatch(data["host"]):
        message = say(
            "this is not a host: write only its name, as smtp.example.org, or its address"
        )
        note = say("`port` and `tls` have keys of their own")
        reader.report(Id.MALFORMED, message, (*path, "host"), note=note)
    if security == CLEAR and not is_here(data["host"]):
        message = say("a mail and its password would go to {host} in the clear", host=data["host"])
        note = say("`tls: starttls` or `tls: implicit`; none is for this machine alone")
        reader.report(Id.RULE, message, (*path, "tls"), note=note)
    for key, other in (("login", "password"), ("password", "login")):
        if key in data and other not in data:
            message = say('the key "{key}" is missing', key=other)
            reader.report(Id.MISSING_KEY, message, (*path, key), key=True)
    if "${" not in data.get("password", "${"):
        message = say("the secret {name} is written in clear", name="password")
        reader.report(Id.SECRET, message, (*path, "password"), note=IN_CLEAR)
    check_references(reader, path, [(key,) for key in ("login", "password") if key in data])
    sender = parse_address(data["from"])
    if not isinstance(sender, MailAddress):
        message = say("the sender is invalid: {why}", why=sender)
        reader.report(Id.MALFORMED, message, (*path, "from"))
    scheme = "smtps" if security == IMPLICIT else "smtp"
    host = f"[{data['host']}]" if ":" in data["host"] else data["host"]
    return Endpoint(
        name=str(path[-1]),
        base_url=f"{scheme}://{host}:{port}",
        limits=_decode_limits(data),
        ca=data.get("ca"),
        user=data.get("login"),
        password=data.get("password"),
        personal=("to", "cc"),
        proxy="none",  # HTTP proxies are not used for mail
        stubs=decode_stubs(reader, (*path, "stubs")) if "stubs" in data else None,
        relay=Relay(host=data["host"], port=port, tls=security, sender=data["from"]),
        places=_setting_places(reader, path),
    )


def _check_simulated(reader: Reader, environment: Environment) -> None:
    """Check that simulator and stubs answer all calls of simulated environments, and no others."""
    simulated = environment.simulated
    if simulated and environment.state:
        message = say("the state of a simulated environment stays on this machine")
        note = say("remove this address; --state ADDRESS names a server for one command")
        reader.report(Id.RULE, message, ("state",), key=True, note=note)
    if not simulated and reader.get(("scenario",)) is not None:
        message = say("only simulated environments have {key}", key="scenario")
        note = say("remove {key}, or write `simulated: true`", key="scenario")
        reader.report(Id.RULE, message, ("scenario",), key=True, note=note)
    for name, endpoint in environment.endpoints.items():
        path: Path = ("relays" if endpoint.relay else "services", name)
        is_answered = endpoint.stubs is not None or endpoint.relay is not None  # mails do
        if not simulated and endpoint.is_simulated:
            message = say("only simulated environments use the simulator")
            at = ("simulated",) if reader.get(("simulated",)) is not None else (*path, "base_url")
            reader.report(Id.RULE, message, at, note=say("write `simulated: true`"))
        elif not simulated and endpoint.stubs is not None:
            message = say("only simulated environments have {key}", key="stubs")
            note = say("remove {key}, or write `simulated: true`", key="stubs")
            reader.report(Id.RULE, message, (*path, "stubs"), key=True, note=note)
        elif simulated and not (endpoint.is_simulated or is_answered):
            message = say(
                'a simulated environment sends nothing outside this machine, but "{name}" has an '
                "address of its own",
                name=name,
            )
            note = say("write its replies under `stubs`; `stubs: {{}}` if flow tests give them")
            reader.report(Id.RULE, message, (*path, "base_url"), note=note)


_REFERENCE = regex(r"\$\{secret\.[A-Za-z](?:[A-Za-z0-9_]|\{instance\})*\}")
_SECRET_HEADER = regex(r"auth|key|token|secret|passw|cookie", re.IGNORECASE)
_USER_IN_ADDRESS = regex(r"^https?://[^/]*@")
_PASSWORD_IN_ADDRESS = regex(r"://[^:@/?]*:(.+?)@|[?&]password=([^&]+)")

_ENDPOINT: Schema = {
    "base_url": text("https://host[/path]", pattern=ADDRESS),
    "headers": {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "description": "headers of each request; secrets as ${secret.NAME}",
    },
    **LIMITS,
    "certificate": text("PEM file of the client certificate and its chain"),
    "key": text("PEM file of its private key"),
    "key_password": text("${secret.NAME} of an encrypted key or PFX"),
    "pfx": text("PKCS#12 file, instead of certificate and key"),
    "ca": text("PEM file of the authorities to trust, instead of the system's"),
    "proxy": text("the HTTP proxy, http://host:port, or none", pattern=r"^(none|http://\S+)$"),
    "basic": closed_object(
        {"user": text(), "password": text()}, ("user", "password"), "sent by HTTP Basic"
    ),
    "username_token": closed_object(
        {"user": text(), "password": text()}, ("user", "password"), "written into envelopes"
    ),
    "oauth": OAUTH,
    "personal": array(
        {"type": "string"}, "members of its messages that name or locate a person; never shown"
    ),
}

_KIND: Schema = one_of(
    SERVICE_KINDS, "the protocol of a service that `export` writes to", default=COZY
)
ENVIRONMENT: Schema = {
    "$schema": DRAFT,
    "title": "sgeflow environment",
    **closed_object(
        {
            "environment": text("the name; also the name of the file", pattern=FLOW_NAME),
            "title": words("a single line"),
            "simulated": flag("true: made-up people, simulated in this process"),
            "scenario": text("scenario of the simulator; default: household"),
            "generation": one_of(GENERATIONS, "today's services of Enedis, or the previous ones"),
            "login": text("the SGE login, an e-mail address"),
            "contractId": text("the contract between you and Enedis, quoted"),
            "services": names_to(
                closed_object(
                    {
                        **_ENDPOINT,
                        "route": one_of(
                            ["gateway", "direct"],
                            "the path of its operations: direct or behind a gateway",
                            default="direct",
                        ),
                        "kind": _KIND,
                        "hosts": array(
                            {"type": "string", "pattern": HOST},
                            "hosts to which its answers may send the next calls",
                            uniqueItems=True,
                        ),
                        "operations": array(
                            {"type": "string"},
                            "the operations called there by REST (default: all that "
                            "name the service in `rest`)",
                            uniqueItems=True,
                        ),
                        "stubs": STUBS,
                    },
                    ("base_url",),
                ),
                "services for operations, for `http` steps and for `export`",
            ),
            "relays": RELAYS,
            "orders": closed_object(
                {
                    "confirm": flag("orders and cancels need --confirm-orders"),
                    "repeat_after": text(
                        "the time until the same order may be sent again", pattern=WAIT
                    ),
                },
                description="protection of orders and cancels",
            ),
            "state": text(
                "postgresql://USER:${secret.NAME}@HOST/DATABASE: keeps journal and measures there",
                pattern=state_address.PATTERN,
            ),
            "identity_key": text(
                "${secret.NAME}: the key that recognises customers; required for a state on a "
                "server"
            ),
            "accounts": names_to(
                text(), "names of a Cozy account's values among the remembered values"
            ),
            "inputs": {"type": "object", "description": "defaults for a flow's inputs"},
            "settings": {"type": "object", "description": "settings that flows read as env.NAME"},
            "files": closed_object(
                {
                    "keys": array(
                        closed_object(
                            {
                                "name": text("name of the key in messages"),
                                "key": text("${secret.NAME}: 32 or 64 hexadecimal digits"),
                                "iv": text(
                                    "${secret.NAME}: 32 hexadecimal digits, when it is fixed"
                                ),
                            },
                            ("name", "key"),
                        ),
                        "keys of the files that Enedis delivers; each is tried",
                    )
                },
                (),
                "the keys of delivered files",
            ),
        },
        ("environment", "title"),
        "Services that sgeflow calls.",
    ),
}


def decode_environment(tree: Tree) -> tuple[Environment | None, list[Problem]]:
    """The environment of a document, or None; and the document's mistakes."""
    reader = Reader(tree)
    if not reader.valid(ENVIRONMENT):
        return None, reader.problems
    data = tree.data
    services = data.get("services", {})
    endpoints = {name: _endpoint(reader, ("services", name)) for name in services}
    for name in data.get("relays", {}):
        if name in endpoints:
            message = say('"{name}" is a service, not a relay', name=name)
            reader.report(Id.NAME, message, ("relays", name), key=True)
        else:
            endpoints[name] = _decode_relay(reader, ("relays", name))
    file_keys = _file_keys(reader)
    _check_state(reader)
    identity_key = data.get("identity_key", "")
    if identity_key and not _REFERENCE.fullmatch(identity_key.strip()):
        message = say("the key of customers is written in clear")
        reader.report(Id.SECRET, message, ("identity_key",), note=IN_CLEAR)
    environment = Environment(
        name=data["environment"],
        title=localize(data["title"]),
        contract_id=data.get("contractId", ""),
        endpoints=endpoints,
        confirm_orders=data.get("orders", {}).get("confirm", False),
        repeat_after=duration_seconds(data.get("orders", {}).get("repeat_after", "P1D")),
        at=reader.at(("environment",)),
        file_keys=file_keys,
        state_at=reader.at(("state",), key=True) if "state" in data else None,
        **{name: data[name] for name in _PLAIN if name in data},
    )
    _check_simulated(reader, environment)
    _check_instances(reader, environment)
    check_stem(reader, "environment", environment.name)
    for key in ("inputs", "settings", "login", "contractId", "title"):
        if _REFERENCE.search(str(data.get(key, ""))):
            note = say("secrets are allowed only in headers, passwords and key_password")
            reader.report(Id.SECRET, say("a secret is not allowed here"), (key,), note=note)
    for name in environment.settings:
        if name in ENV.fields:
            message = say('"{name}" is a fact of every environment', name=name)
            note = say("expressions would read that one: give the setting another name")
            reader.report(Id.NAME, message, ("settings", name), key=True, note=note)
    return (None if reader.problems else environment), reader.problems


def _endpoint(reader: Reader, path: Path) -> Endpoint:
    data = reader.get(path)
    account = data.get("username_token") or data.get("basic", {})
    _check_literal_secrets(reader, path, data)
    if "pfx" in data and "certificate" in data:
        message = say("{key} and {other} do not go together", key="pfx", other="certificate")
        note = say("a PFX file holds both: take certificate and key out, or pfx")
        reader.report(Id.RULE, message, (*path, "pfx"), key=True, note=note)
    elif "key" in data and "certificate" not in data:
        message = say('the key "{key}" is missing', key="certificate")
        note = say("a private key goes with its certificate")
        reader.report(Id.MISSING_KEY, message, (*path, "key"), key=True, note=note)
    if "username_token" in data and "basic" in data:
        message = say("{key} and {other} do not go together", key="username_token", other="basic")
        note = say("a service has one user: take one of them out")
        reader.report(Id.RULE, message, (*path, "username_token"), key=True, note=note)
    return Endpoint(
        name=str(path[-1]),
        base_url=data["base_url"].rstrip("/"),
        limits=_decode_limits(data),
        user=account.get("user"),
        password=account.get("password"),
        in_envelope="username_token" in data,
        oauth=_decode_oauth(reader, path),
        hosts=tuple(data.get("hosts", ())),
        personal=tuple(data.get("personal", ())),
        stubs=decode_stubs(reader, (*path, "stubs")) if "stubs" in data else None,
        operations=tuple(data["operations"]) if "operations" in data else None,
        places=_setting_places(reader, path),
        **{name: data[name] for name in _PLAIN_OF_SERVICE if name in data},
    )


def _file_keys(reader: Reader) -> tuple[FileKey, ...]:
    """The keys of delivered files, each with a name of its own and a reference to its secret."""
    keys: dict[str, FileKey] = {}
    for number, entry in enumerate(reader.get(("files", "keys"), ())):
        path: Path = ("files", "keys", number)
        name = entry["name"]
        if name in keys:
            reader.report(
                Id.NAME, say('two keys have the name "{name}"', name=name), (*path, "name")
            )
        for setting in ("key", "iv"):
            if setting in entry and not _REFERENCE.fullmatch(entry[setting].strip()):
                message = say("the {setting} of the file key is written in clear", setting=setting)
                reader.report(Id.SECRET, message, (*path, setting), note=IN_CLEAR)
        places = _setting_places(reader, path)
        keys[name] = FileKey(name=name, key=entry["key"], iv=entry.get("iv"), places=places)
    return tuple(keys.values())


def _check_state(reader: Reader) -> None:
    """Check that the password in the address of the state is a reference."""
    address = reader.get(("state",), "")
    check_references(reader, (), [("state",)] if address else [])
    for match in _PASSWORD_IN_ADDRESS.finditer(address):
        password = match[1] or match[2]
        if not _REFERENCE.fullmatch(password) and not NO_REFERENCE.search(password):
            message = say("the password of the state is written in clear")
            reader.report(Id.SECRET, message, ("state",), note=IN_CLEAR)


def _check_literal_secrets(reader: Reader, path: Path, data: Mapping[str, Any]) -> None:
    """Report tokens and passwords in plain text, which would end up in a repository."""
    headers: list[Path] = [("headers", name) for name in data.get("headers", {})]
    places: list[Path] = [path for path in headers if _SECRET_HEADER.search(str(path[1]))]
    places += [("key_password",)] if "key_password" in data else []
    places += [(one, "password") for one in ("basic", "username_token") if one in data]
    if "oauth" in data:
        names = ("client_secret", "refresh_token")
        places += [("oauth", name) for name in names if name in data["oauth"]]
    places += [("proxy",)] if _PASSWORD_IN_ADDRESS.search(data.get("proxy", "")) else []
    simulated = data["base_url"].partition("/")[0] == SIMULATOR
    check_references(reader, path, [*headers, *(place for place in places if place not in headers)])
    if _USER_IN_ADDRESS.match(data["base_url"]):
        message = say("an address holds a user or password")
        note = say("basic: {{user, password}}")
        reader.report(Id.SECRET, message, (*path, "base_url"), note=note)
    for place in places:
        if not simulated and "${" not in reader.get((*path, *place)):
            name = ".".join(map(str, place))
            message = say("the secret {name} is written in clear", name=name)
            reader.report(Id.SECRET, message, (*path, *place), note=IN_CLEAR)


def check_facts(tree: Tree, services: Mapping[str, Service]) -> list[Problem]:
    """Report facts that a service of an environment needs and the environment does not have."""
    reader = Reader(tree)
    named = [one for name, one in services.items() if name in (reader.get(("services",)) or {})]
    for fact in FACTS:
        needing = next((one.name for one in named if fact in one.needs), "")
        if needing and reader.get((fact,)) is None:
            message = say('the key "{key}" is missing', key=fact)
            note = say("operations of {service} read it", service=needing)
            reader.report(Id.MISSING_KEY, message, ("services", needing), key=True, note=note)
    return reader.problems


def check_called(tree: Tree, operations: Mapping[str, Operation]) -> list[Problem]:
    """Report listed operations that cannot be called at a service, and a missing user."""
    reader = Reader(tree)
    for service, endpoint in (reader.get(("services",)) or {}).items():
        ours = (one for one in operations.values() if one.route.service == service)
        writer = next((one for one in ours if _has_places(one.envelope)), None)
        if writer and "username_token" not in endpoint and not reader.get(("simulated",)):
            message = say('the key "{key}" is missing', key="username_token")
            note = say("the envelope of {operation} needs it", operation=writer.name)
            reader.report(Id.MISSING_KEY, message, ("services", service), key=True, note=note)
        known = [n for n, one in operations.items() if one.rest and one.rest.service == service]
        for index, name in enumerate(endpoint.get("operations", ())):
            if name not in known:
                reader.report(
                    Id.UNKNOWN_REFERENCE,
                    say(
                        'no operation "{name}" has `rest` at {service}', name=name, service=service
                    ),
                    ("services", service, "operations", index),
                    allowed=tuple(known),
                    suggestion=closest(name, known),
                    lacks=name,
                )
    return reader.problems


_NEAR = 0.75
"""The least similarity at which an unknown input counts as misspelt."""


def check_inputs(tree: Tree, flows: Collection[Flow]) -> list[Problem]:
    """Report misspelt names, and values that no flow accepts, in an environment's `inputs`."""
    reader = Reader(tree)
    names = {name: None for flow in flows for name in flow.inputs}
    defaults = reader.get(("inputs",), {})
    for name in defaults:
        takers = [flow.inputs[name] for flow in flows if name in flow.inputs]
        default = reader.template(("inputs", name), is_constant=True)
        if takers and default.written is not None:
            mistakes = [list(misfits(default, parameter)) for parameter in takers]
            nearest = next((one for one in mistakes if one and one[0].suggestion), mistakes[0])
            reader.problems += nearest if all(mistakes) else ()
        near = "" if takers else closest(name, (n for n in names if n not in defaults), least=_NEAR)
        if near:
            message = say('there is no {what} "{name}"', what=say("input"), name=name)
            reader.report(Id.UNKNOWN_VALUE, message, ("inputs", name), key=True, suggestion=near)
    return reader.problems
