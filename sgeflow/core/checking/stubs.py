"""Decodes and checks stubs: prepared replies of other services, in environments and flow tests."""

import json
from collections.abc import Mapping
from typing import Any

from sgeflow.core.language.dates import duration_seconds
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import (
    LENGTH,
    STUB,
    Schema,
    array,
    closed_object,
    names_to,
    one_of,
    text,
    whole,
)
from sgeflow.core.language.text import Path
from sgeflow.core.model import MAIL
from sgeflow.core.stubs import FAULTS, Stub, StubReply
from sgeflow.errors import Id
from sgeflow.messages import say
from sgeflow.patterns import regex

IN_CLEAR = say("write ${{secret.NAME}}, and give NAME as a variable, a file or a keyring entry")
NO_REFERENCE = regex(
    r"(?<!\$)\$\{(?!\s*secret\.[A-Za-z_](?:[A-Za-z0-9_]|\{instance\})*\s*\})[^}]*\}?"
)


def check_references(reader: Reader, path: Path, places: list[Path]) -> None:
    """Report texts that look like a reference but are not one: they would be sent unchanged."""
    for place in places:
        for match in NO_REFERENCE.finditer(reader.get((*path, *place))):
            message = say("{found} is not a reference to a secret", found=match.group())
            note = say("write ${{secret.NAME}}")
            reader.report(Id.SECRET, message, (*path, *place), note=note)


_HEADER = r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"
_VALUE = r"^[\x20-\x7e\xa0-\xff]*$"  # the value of a header: one line of latin-1
_OWN = ("connection", "content-encoding", "content-length", "transfer-encoding")  # of the bytes
_BODIES = {
    "body": "application/json; charset=utf-8",
    "text": "text/plain; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
}
_WITHOUT_BODY = frozenset({204, 304})

_REPLY: Schema = {
    "status": whole("the HTTP status; default: 200", 200, 599),
    "headers": {
        **names_to({"type": "string", "pattern": _VALUE}, "headers of the reply", _HEADER),
    },
    "body": {"description": "the body, sent as JSON"},
    "text": text("the body, sent as plain text"),
    "xml": text("the body, sent as XML"),
    "fault": one_of(FAULTS, "network fault of the reply"),
    "delay": text("the delay of the reply; for stall and drip their duration", pattern=LENGTH),
}
_STUB: Schema = closed_object(
    {
        **_REPLY,
        "replies": array(
            closed_object(_REPLY, called="a reply"),
            "replies and faults, one for each request, in order",
            minItems=1,
        ),
        "then": one_of(
            ["fail", "repeat"],
            "after the last reply, a further request fails (default) or gets the last reply again",
        ),
    },
    called="a stub",
)

STUBS: Schema = names_to(_STUB, "METHOD /path with its reply, in place of a real service", STUB)
MAIL_STUBS: Schema = {
    **STUBS,
    "description": "MAIL / with its reply; without a reply every mail is accepted",
    "propertyNames": {"enum": [f"{MAIL} /"]},
}


def decode_stubs(reader: Reader, path: Path) -> tuple[Stub, ...]:
    """The stubs of one service, in document order."""
    by_route: dict[str, Stub] = {}
    for name, data in (reader.get(path) or {}).items():
        stub = _stub(reader, (*path, name), data)
        if (other := by_route.setdefault(stub.form, stub)) is not stub:
            message = say(
                "{stub} never answers: {other} takes the same requests",
                stub=stub.name,
                other=other.name,
            )
            reader.report(Id.NAME, message, (*path, name), key=True)
    return tuple(by_route.values())


def _stub(reader: Reader, path: Path, stub: Mapping[str, Any]) -> Stub:
    """A stub with one reply, or with several and what follows them."""
    method, _, address = str(path[-1]).partition(" ")
    place, _, query = address.partition("?")
    places = [path]
    if "replies" in stub:
        places = [(*path, "replies", number) for number in range(len(stub["replies"]))]
        for key in (key for key in _REPLY if key in stub):
            message = say("{key} and {other} do not go together", key=key, other="replies")
            note = say("write it in each of the replies")
            reader.report(Id.RULE, message, (*path, key), key=True, note=note)
    elif "then" in stub:
        message = say('the key "{key}" is missing', key="replies")
        note = say("a single reply answers all requests")
        reader.report(Id.MISSING_KEY, message, (*path, "then"), key=True, note=note)
    return Stub(
        method=method,
        path=place,
        query=query,
        replies=tuple(_reply(reader, one) for one in places),
        repeats="replies" not in stub or stub.get("then") == "repeat",
        at=reader.at(path, key=True),
    )


def _reply(reader: Reader, path: Path) -> StubReply:
    reply: Mapping[str, Any] = reader.get(path)
    status = reply.get("status", 200)
    bodies = [key for key in _BODIES if key in reply]
    for key in bodies[1:]:
        message = say("{key} and {other} do not go together", key=bodies[0], other=key)
        note = say("a reply has one body")
        reader.report(Id.RULE, message, (*path, key), key=True, note=note)
    if bodies and status in _WITHOUT_BODY:
        message = say("a reply with the status {status} has no body", status=status)
        reader.report(Id.RULE, message, (*path, bodies[0]), key=True)
    headers = {name.lower(): str(value) for name, value in reply.get("headers", {}).items()}
    for name in reply.get("headers", {}):
        if name.lower() in _OWN:
            message = say("the header {name} is the stub's own", name=name)
            reader.report(Id.NOT_ALLOWED, message, (*path, "headers", name), key=True)
    kind = bodies[0] if bodies else ""
    own_type = headers.pop("content-type", "")
    body = "" if kind == "" else str(reply[kind])
    if kind == "body":
        body = json.dumps(reply[kind], ensure_ascii=False)
    delay = reply.get("delay")
    return StubReply(
        status=status,
        headers=headers,
        content_type=own_type or _BODIES.get(kind, ""),
        body=body.encode(),
        fault=reply.get("fault", ""),
        delay=None if delay is None else duration_seconds(delay),
    )
