"""Trees to environments: where calls go, with secrets only as references."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sgeflow.core.language.dates import duration_seconds
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import ENVIRONMENT
from sgeflow.core.language.source import Path, Tree
from sgeflow.core.model import Endpoint, Environment, FileKey
from sgeflow.errors import Id, Problem

_REFERENCE = re.compile(r"\$\{secret\.[A-Za-z][A-Za-z0-9_]*\}")
_NO_REFERENCE = re.compile(r"(?<!\$)\$\{(?!\s*secret\.[A-Za-z_][A-Za-z0-9_]*\s*\})[^}]*\}?")
_SECRET_HEADER = re.compile(r"auth|key|token|secret|passw|cookie", re.IGNORECASE)
_USER_IN_ADDRESS = re.compile(r"^https?://[^/]*@")
_IN_CLEAR = "write ${secret.NAME}, and give NAME as a variable, a file or a keyring entry"
_TIMEOUTS = {"connect": "PT10S", "read": "PT60S", "total": "PT180S"}


def decode_environment(tree: Tree) -> tuple[Environment | None, list[Problem]]:
    """One environment, or what is wrong with its document."""
    reader = Reader(tree)
    if not reader.valid(ENVIRONMENT):
        return None, reader.problems
    data = tree.data
    endpoints = {"sge": _endpoint(reader, ("sge",))}
    for name in data.get("services", {}):
        endpoints[name] = _endpoint(reader, ("services", name))
    environment = Environment(
        name=data["environment"],
        title=data["title"],
        simulated=data.get("simulated", False),
        generation=data["generation"],
        login=data["login"],
        contract_id=data["contractId"],
        endpoints=endpoints,
        inputs=data.get("inputs", {}),
        settings=data.get("settings", {}),
        confirm_orders=data.get("orders", {}).get("confirm", False),
        repeat_after=duration_seconds(data.get("orders", {}).get("repeat_after", "P1D")),
        at=reader.at(("environment",)),
        file_keys=_file_keys(reader),
    )
    stem = tree.source.name.rpartition("/")[2].partition(".")[0]
    if stem != environment.name:
        message = f'environment "{environment.name}" stands in a file named {stem}.yaml'
        reader.report(Id.NAME, message, ("environment",))
    _secrets_elsewhere(reader, data)
    return (None if reader.problems else environment), reader.problems


def _endpoint(reader: Reader, path: Path) -> Endpoint:
    data = reader.get(path)
    timeout = {**_TIMEOUTS, **data.get("timeout", {})}
    basic = data.get("basic", {})
    _literal_secrets(reader, path, data)
    return Endpoint(
        name=str(path[-1]),
        base_url=data["base_url"].rstrip("/"),
        route=data.get("route", "direct"),
        headers=data.get("headers", {}),
        rate=data.get("rate"),
        connect_timeout=duration_seconds(timeout["connect"]),
        read_timeout=duration_seconds(timeout["read"]),
        total_timeout=duration_seconds(timeout["total"]),
        certificate=data.get("certificate"),
        key=data.get("key"),
        key_password=data.get("key_password"),
        pfx=data.get("pfx"),
        ca=data.get("ca"),
        basic_user=basic.get("user"),
        basic_password=basic.get("password"),
        personal=tuple(data.get("personal", ())),
    )


def _file_keys(reader: Reader) -> tuple[FileKey, ...]:
    """The keys of delivered files, each under a name of its own and none written in clear."""
    keys: dict[str, FileKey] = {}
    for number, written in enumerate(reader.get(("files", "keys"), ())):
        path: Path = ("files", "keys", number)
        name = written["name"]
        if name in keys:
            reader.report(Id.NAME, f'two keys are called "{name}"', (*path, "name"))
        for setting in ("key", "iv"):
            if setting in written and not _REFERENCE.fullmatch(written[setting].strip()):
                reader.report(
                    Id.SECRET,
                    f"the {setting} of the file key is written in clear",
                    (*path, setting),
                    note=_IN_CLEAR,
                )
        keys[name] = FileKey(name=name, key=written["key"], iv=written.get("iv"))
    return tuple(keys.values())


def _literal_secrets(reader: Reader, path: Path, data: Mapping[str, Any]) -> None:
    """A token or password written in clear would end up in a repository."""
    headers: list[Path] = [("headers", name) for name in data.get("headers", {})]
    places: list[Path] = [path for path in headers if _SECRET_HEADER.search(str(path[1]))]
    places += [("key_password",)] if "key_password" in data else []
    places += [("basic", "password")] if "basic" in data else []
    simulated = data["base_url"].startswith("simulator")
    _misspelt(reader, path, [*headers, *(place for place in places if place not in headers)])
    if _USER_IN_ADDRESS.match(data["base_url"]):
        message = "an address holds a user or password"
        reader.report(Id.SECRET, message, (*path, "base_url"), note="basic: {user, password}")
    for place in places:
        if not simulated and "${" not in reader.get((*path, *place)):
            reader.report(
                Id.SECRET,
                f"the secret {'.'.join(map(str, place))} is written in clear",
                (*path, *place),
                note=_IN_CLEAR,
            )


def _misspelt(reader: Reader, path: Path, places: list[Path]) -> None:
    """What looks like a reference and is none would be sent as it stands."""
    for place in places:
        for found in _NO_REFERENCE.finditer(reader.get((*path, *place))):
            reader.report(
                Id.SECRET,
                f"{found.group()} is no reference to a secret",
                (*path, *place),
                note="write ${secret.NAME}",
            )


def _secrets_elsewhere(reader: Reader, data: Mapping[str, Any]) -> None:
    for key in ("inputs", "settings", "login", "contractId", "title"):
        if _REFERENCE.search(str(data.get(key, ""))):
            note = "secrets are legal in headers, passwords and key_password alone"
            reader.report(Id.SECRET, "a secret may not stand here", (key,), note=note)
