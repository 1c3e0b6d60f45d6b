"""Services that are many of a kind, and access tokens: what an environment may say of them.

A row names the instance, and rows come from outside. So the place stands where it can lead to no
other host than the operator's, and a secret that goes there is of that very instance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from urllib.parse import urlsplit

from sgeflow.core.documents import Endpoint, Environment, OauthGrant
from sgeflow.core.hosts import is_here
from sgeflow.core.instances import PLACE, forms_of_secrets, has_instances
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import Schema, closed_object, text
from sgeflow.core.language.text import Path
from sgeflow.core.model import SGE
from sgeflow.errors import Id
from sgeflow.messages import say
from sgeflow.patterns import regex

SECRETS_OF_OAUTH = ("client_secret", "refresh_token")
_DOOR = "/auth/access_token"  # of a Cozy
_OWN = regex(r"[A-Z0-9]([A-Z0-9_]{0,61}[A-Z0-9])?")  # an instance, as names of secrets have it
_SECRET = regex(r"\$\{\s*secret\.[^}{]*(?:\{instance\}[^}{]*)*\}")
_ANY_PLACE = regex(r"\{[^}/]*\}?")
_WITH_SECRETS = ("sge", "services", "state", "files")

OAUTH: Schema = {
    **closed_object(
        {
            "client_id": text("of the registered client"),
            "client_secret": text("${secret.NAME}, given when it was registered"),
            "refresh_token": text("${secret.NAME}: gives access tokens, in memory alone"),
            "path": text(f"where they are given; {_DOOR} when not said", pattern="^/"),
        },
        ("client_id", "client_secret", "refresh_token"),
        "how its access token is come by",
    ),
    "x-called": "a grant",
}


def decode_oauth(reader: Reader, path: Path) -> OauthGrant | None:
    """The grant of an endpoint; nothing else may say who we are beside it."""
    data = reader.get((*path, "oauth"))
    if data is None:
        return None
    headers = reader.get((*path, "headers"), {})
    other = next((name for name in headers if name.lower() == "authorization"), None)
    if reader.get((*path, "basic")) is not None or other:
        message = say("oauth and {other} do not go together", other=other or "basic")
        note = say("the access token is sent as Authorization: take one of them out")
        reader.report(Id.RULE, message, (*path, "oauth"), key=True, note=note)
    _check_way(reader, path)
    return OauthGrant(
        client_id=data["client_id"],
        client_secret=data["client_secret"],
        refresh_token=data["refresh_token"],
        path=data.get("path", _DOOR),
    )


def _check_way(reader: Reader, path: Path) -> None:
    """A refresh token goes over TLS alone (RFC 6749, 10.4); of many, all that is sent does."""
    address = reader.get((*path, "base_url"))
    host = urlsplit(address).hostname or ""
    if address.startswith("http:") and PLACE not in address and not is_here(host):
        message = say("the address begins with http: tokens and answers can be read on their way")
        note = say("http is for this machine alone")
        reader.report(Id.RULE, message, (*path, "base_url"), note=note)


def check_instances(reader: Reader, environment: Environment) -> None:
    """Where the place of an instance stands, and that secrets go to their own instance."""
    for name, endpoint in environment.endpoints.items():
        path: Path = ("sge",) if name == SGE else ("services", name)
        if has_instances(endpoint):
            _check_address(reader, path, endpoint)
        elif other := _ANY_PLACE.search(endpoint.base_url):
            message = say('an address has no place "{found}"', found=other[0])
            note = say("write {place}, for a service that is many of a kind", place=PLACE)
            reader.report(Id.NAME, message, (*path, "base_url"), note=note)
        else:
            for place, _ in _texts_with_place(reader, path):
                message = say("the address has no {place}", place=PLACE)
                note = say("write it into base_url too, or take it out here")
                reader.report(Id.RULE, message, place, note=note)
    _check_names(
        reader, [name for name, each in environment.endpoints.items() if has_instances(each)]
    )
    _check_elsewhere(reader)


def _check_address(reader: Reader, path: Path, endpoint: Endpoint) -> None:
    at = (*path, "base_url")
    parts = urlsplit(endpoint.base_url)
    host, here = parts.hostname or "", endpoint.is_simulated
    behind = host.removeprefix(f"{PLACE}.")
    in_host = behind != host and PLACE not in behind and PLACE not in parts.path
    in_path = PLACE not in parts.netloc and parts.path.split("/").count(PLACE) == 1
    is_alone = endpoint.base_url.count(PLACE) == 1 == len(_ANY_PLACE.findall(endpoint.base_url))
    if path == ("sge",):
        message = say("SGE is one, and no service of many")
        reader.report(
            Id.RULE, message, at, note=say("write its address without {place}", place=PLACE)
        )
    elif not is_alone or not (in_host or in_path) or (in_host and "." not in behind):
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
        _check_secrets(reader, path)


def _check_secrets(reader: Reader, path: Path) -> None:
    """A secret of all instances would go to whatever host a row names."""
    for place, content in _texts(reader, path):
        for reference in _SECRET.findall(content):
            if PLACE not in reference:
                message = say("{found} would be sent to any host that a row names", found=reference)
                note = say("write {place} into its name: one secret an instance", place=PLACE)
                reader.report(Id.SECRET, message, place, note=note)


def _check_names(reader: Reader, many: Iterable[str]) -> None:
    """A row completes the name of a secret: to none that another secret has or can have."""
    names = dict.fromkeys(
        name for _, content in reader.texts() for name in forms_of_secrets(content)
    )
    for service in many:
        for place, content in _texts_with_place(reader, ("services", service)):
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
    """Whether an instance completes a name to another one, or to one of another family."""
    before, behind = _around(family)
    first, last = _around(name)
    completed = {name.replace(PLACE, "X")}  # some instance
    if PLACE in name and behind.endswith(last):
        completed.add(f"{first}X{behind}")
    return name != family and any(
        one.startswith(before)
        and one.endswith(behind)
        and _OWN.fullmatch(one[len(before) : len(one) - len(behind)])
        for one in completed
    )


def _around(name: str) -> tuple[str, str]:
    """What stands before the first place in a name, and behind the last one."""
    return name.split(PLACE, maxsplit=1)[0], name.rsplit(PLACE, maxsplit=1)[-1]


def _check_elsewhere(reader: Reader) -> None:
    """What nothing fills in would be sent as it stands: a password, the key of files."""
    services: list[Path] = [("services", name) for name in reader.get(("services",)) or ()]
    filled = {place for path in (("sge",), *services) for place, _ in _texts(reader, path)}
    for place, content in chain.from_iterable(reader.texts((name,)) for name in _WITH_SECRETS):
        if place not in filled and any(PLACE in form for form in forms_of_secrets(content)):
            message = say("nothing fills in {place} here", place=PLACE)
            note = say("it stands for a name in base_url, headers, basic and oauth of a service")
            reader.report(Id.SECRET, message, place, note=note)


def _texts_with_place(reader: Reader, path: Path) -> Iterator[tuple[Path, str]]:
    return ((place, content) for place, content in _texts(reader, path) if PLACE in content)


def _texts(reader: Reader, path: Path) -> Iterator[tuple[Path, str]]:
    """What is sent with each request, or for its token."""
    for section in ("headers", "basic", "oauth"):
        for name, content in (reader.get((*path, section)) or {}).items():
            if name != "path" or section != "oauth":
                yield (*path, section, name), content
