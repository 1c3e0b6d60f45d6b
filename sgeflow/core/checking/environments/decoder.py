"""Trees to environments: where calls go, with secrets only as references."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sgeflow.core.checking.environments.certificates import check_certificates
from sgeflow.core.checking.environments.instances import (
    OAUTH,
    SECRETS_OF_OAUTH,
    check_instances,
    decode_oauth,
)
from sgeflow.core.checking.environments.limits import LIMITS, decode_limits
from sgeflow.core.checking.environments.references import (
    IN_CLEAR,
    NO_REFERENCE,
    check_references,
)
from sgeflow.core.checking.environments.relays import RELAYS, decode_relay
from sgeflow.core.checking.environments.setting_places import setting_places
from sgeflow.core.checking.environments.simulated import check_simulated
from sgeflow.core.checking.environments.stub_decoder import STUBS, decode_stubs
from sgeflow.core.checking.misfiled import check_stem
from sgeflow.core.checking.operations.decoder import ENV
from sgeflow.core.documents import COZY, GENERATIONS, SERVICE_KINDS, Endpoint, Environment, FileKey
from sgeflow.core.language import state_address
from sgeflow.core.language.dates import duration_seconds
from sgeflow.core.language.localized import localize
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import (
    ADDRESS,
    DRAFT,
    FLOW_NAME,
    WAIT,
    Schema,
    closed_object,
    names_to,
    text,
    words,
)
from sgeflow.core.language.text import Path, Tree
from sgeflow.core.model import DEFAULT_SCENARIO, SGE, SIMULATOR
from sgeflow.errors import Id, Problem
from sgeflow.messages import say
from sgeflow.patterns import regex

_REFERENCE = regex(r"\$\{secret\.[A-Za-z](?:[A-Za-z0-9_]|\{instance\})*\}")
_SECRET_HEADER = regex(r"auth|key|token|secret|passw|cookie", re.IGNORECASE)
_USER_IN_ADDRESS = regex(r"^https?://[^/]*@")
_PASSWORD_IN_ADDRESS = regex(r"://[^:@/?]*:(.+?)@|[?&]password=([^&]+)")

_ENDPOINT: Schema = {
    "base_url": text("https://host[/path]", pattern=ADDRESS),
    "headers": {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "description": "sent with each call; secrets as ${secret.NAME}",
    },
    **LIMITS,
    "certificate": text("PEM file of the client certificate and its chain"),
    "key": text("PEM file of its private key"),
    "key_password": text("${secret.NAME} of an encrypted key or PFX"),
    "pfx": text("PKCS#12 file, instead of certificate and key"),
    "ca": text("PEM file of the authorities to trust, instead of the system's"),
    "proxy": text("http://host:port on the way, or none", pattern=r"^(none|http://\S+)$"),
    "basic": closed_object({"user": text(), "password": text()}, ("user", "password")),
    "oauth": OAUTH,
    "personal": {
        "type": "array",
        "items": {"type": "string"},
        "description": "members of its messages that name or locate a person: never shown",
    },
}

_KIND: Schema = {
    "enum": list(SERVICE_KINDS),
    "default": COZY,
    "description": "how a service is spoken to that `export` writes documents to",
}

ENVIRONMENT: Schema = {
    "$schema": DRAFT,
    "title": "sgeflow environment",
    **closed_object(
        {
            "environment": text("its name; the file is named after it", pattern=FLOW_NAME),
            "title": words("one line"),
            "simulated": {"type": "boolean", "description": "made-up people in this process"},
            "scenario": text("what the simulator plays: household when not said"),
            "generation": {
                "enum": list(GENERATIONS),
                "description": "today's services of Enedis, or those before",
            },
            "login": text("the SGE login, an e-mail address"),
            "contractId": text("the contract between you and Enedis, quoted"),
            "sge": closed_object(
                {
                    **_ENDPOINT,
                    "route": {"enum": ["gateway", "direct"], "description": "which path"},
                },
                ("base_url", "route"),
                "where SGE is called",
            ),
            "services": names_to(
                closed_object({**_ENDPOINT, "kind": _KIND, "stubs": STUBS}, ("base_url",)),
                "other services that flows call with `http`, or `export` to",
            ),
            "relays": RELAYS,
            "orders": closed_object(
                {
                    "confirm": {
                        "type": "boolean",
                        "description": "orders and cancels need --confirm-orders",
                    },
                    "repeat_after": text("until the same order may be sent again", pattern=WAIT),
                },
                description="what guards orders and cancels",
            ),
            "state": text(
                "postgresql://USER:${secret.NAME}@HOST/DATABASE: keeps journal and measures there",
                pattern=state_address.PATTERN,
            ),
            "identity_key": text(
                "${secret.NAME}: what customers are known again by; a server needs it"
            ),
            "accounts": names_to(text(), "how a Cozy's account calls what flows remember of it"),
            "inputs": {"type": "object", "description": "defaults for a flow's inputs"},
            "settings": {"type": "object", "description": "facts that flows read as env.NAME"},
            "files": closed_object(
                {
                    "keys": {
                        "type": "array",
                        "items": closed_object(
                            {
                                "name": text("what messages call the key"),
                                "key": text("${secret.NAME}: 32 or 64 hexadecimal digits"),
                                "iv": text(
                                    "${secret.NAME}: 32 hexadecimal digits, when it is fixed"
                                ),
                            },
                            ("name", "key"),
                        ),
                        "description": "keys of the files that Enedis delivers; each is tried",
                    }
                },
                (),
                "how delivered files are opened",
            ),
        },
        ("environment", "title", "generation", "login", "contractId", "sge"),
        "Where calls go.",
    ),
}


def decode_environment(tree: Tree) -> tuple[Environment | None, list[Problem]]:
    """One environment, or what is wrong with its document."""
    reader = Reader(tree)
    if not reader.valid(ENVIRONMENT):
        return None, reader.problems
    data = tree.data
    endpoints = {"sge": _endpoint(reader, ("sge",))}
    for name in data.get("services", {}):
        if name != SGE:
            endpoints[name] = _endpoint(reader, ("services", name))
    for name in data.get("relays", {}):
        if name in endpoints:
            message = say('"{name}" is SGE or a service, and no relay', name=name)
            reader.report(Id.NAME, message, ("relays", name), key=True)
        else:
            endpoints[name] = decode_relay(reader, ("relays", name))
    environment = Environment(
        name=data["environment"],
        title=localize(data["title"]),
        simulated=data.get("simulated", False),
        scenario=data.get("scenario", DEFAULT_SCENARIO),
        generation=data["generation"],
        login=data["login"],
        contract_id=data["contractId"],
        endpoints=endpoints,
        inputs=data.get("inputs", {}),
        settings=data.get("settings", {}),
        confirm_orders=data.get("orders", {}).get("confirm", False),
        repeat_after=duration_seconds(data.get("orders", {}).get("repeat_after", "P1D")),
        at=reader.at(("environment",)),
        accounts=data.get("accounts", {}),
        file_keys=_file_keys(reader),
        state=_state(reader, data.get("state", "")),
        state_at=reader.at(("state",), key=True) if "state" in data else None,
        identity_key=_identity_key(reader, data.get("identity_key", "")),
    )
    check_simulated(reader, environment)
    check_instances(reader, environment)
    check_stem(reader, "environment", environment.name)
    _secrets_elsewhere(reader, data)
    _settings(reader, data.get("settings", {}))
    return (None if reader.problems else environment), reader.problems


def _endpoint(reader: Reader, path: Path) -> Endpoint:
    data = reader.get(path)
    basic = data.get("basic", {})
    _literal_secrets(reader, path, data)
    check_certificates(reader, path, data)
    return Endpoint(
        name=str(path[-1]),
        base_url=data["base_url"].rstrip("/"),
        route=data.get("route", "direct"),
        headers=data.get("headers", {}),
        limits=decode_limits(data),
        certificate=data.get("certificate"),
        key=data.get("key"),
        key_password=data.get("key_password"),
        pfx=data.get("pfx"),
        ca=data.get("ca"),
        basic_user=basic.get("user"),
        basic_password=basic.get("password"),
        oauth=decode_oauth(reader, path),
        proxy=data.get("proxy"),
        personal=tuple(data.get("personal", ())),
        stubs=decode_stubs(reader, (*path, "stubs")) if "stubs" in data else None,
        kind=data.get("kind", COZY),
        places=dict(setting_places(reader, path)),
    )


def _file_keys(reader: Reader) -> tuple[FileKey, ...]:
    """The keys of delivered files, each under a name of its own and none written in clear."""
    keys: dict[str, FileKey] = {}
    for number, entry in enumerate(reader.get(("files", "keys"), ())):
        path: Path = ("files", "keys", number)
        name = entry["name"]
        if name in keys:
            reader.report(Id.NAME, say('two keys are called "{name}"', name=name), (*path, "name"))
        for setting in ("key", "iv"):
            if setting in entry and not _REFERENCE.fullmatch(entry[setting].strip()):
                reader.report(
                    Id.SECRET,
                    say("the {setting} of the file key is written in clear", setting=setting),
                    (*path, setting),
                    note=IN_CLEAR,
                )
        places = dict(setting_places(reader, path))
        keys[name] = FileKey(name=name, key=entry["key"], iv=entry.get("iv"), places=places)
    return tuple(keys.values())


def _state(reader: Reader, address: str) -> str:
    """The address of the state, its password a reference."""
    check_references(reader, (), [("state",)] if address else [])
    for match in _PASSWORD_IN_ADDRESS.finditer(address):
        password = match[1] or match[2]
        if not _REFERENCE.fullmatch(password) and not NO_REFERENCE.search(password):
            message = say("the password of the state is written in clear")
            reader.report(Id.SECRET, message, ("state",), note=IN_CLEAR)
    return address


def _identity_key(reader: Reader, reference: str) -> str:
    """The reference to the key of customers, which is never written in clear."""
    if reference and not _REFERENCE.fullmatch(reference.strip()):
        message = say("the key of customers is written in clear")
        reader.report(Id.SECRET, message, ("identity_key",), note=IN_CLEAR)
    return reference


def _literal_secrets(reader: Reader, path: Path, data: Mapping[str, Any]) -> None:
    """A token or password written in clear would end up in a repository."""
    headers: list[Path] = [("headers", name) for name in data.get("headers", {})]
    places: list[Path] = [path for path in headers if _SECRET_HEADER.search(str(path[1]))]
    places += [("key_password",)] if "key_password" in data else []
    places += [("basic", "password")] if "basic" in data else []
    places += [("oauth", name) for name in SECRETS_OF_OAUTH if "oauth" in data]
    places += [("proxy",)] if _PASSWORD_IN_ADDRESS.search(data.get("proxy", "")) else []
    simulated = data["base_url"].partition("/")[0] == SIMULATOR
    check_references(reader, path, [*headers, *(place for place in places if place not in headers)])
    if _USER_IN_ADDRESS.match(data["base_url"]):
        message = say("an address holds a user or password")
        reader.report(
            Id.SECRET, message, (*path, "base_url"), note=say("basic: {{user, password}}")
        )
    for place in places:
        if not simulated and "${" not in reader.get((*path, *place)):
            reader.report(
                Id.SECRET,
                say("the secret {name} is written in clear", name=".".join(map(str, place))),
                (*path, *place),
                note=IN_CLEAR,
            )


def _secrets_elsewhere(reader: Reader, data: Mapping[str, Any]) -> None:
    for key in ("inputs", "settings", "login", "contractId", "title"):
        if _REFERENCE.search(str(data.get(key, ""))):
            note = say("secrets are legal in headers, passwords and key_password alone")
            reader.report(Id.SECRET, say("a secret may not stand here"), (key,), note=note)


def _settings(reader: Reader, settings: Mapping[str, Any]) -> None:
    """A setting is read as `env.NAME`, beside what every environment has."""
    for name in settings:
        if name in ENV.fields:
            message = say('"{name}" is a fact that every environment has', name=name)
            note = say("expressions would read that one: give the setting another name")
            reader.report(Id.NAME, message, ("settings", name), key=True, note=note)
