"""Reads and writes cassette files in vcrpy's format; only their owner may read them."""

from __future__ import annotations

import http
import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sgeflow.adapters.atomic_write import check_place, replace_file
from sgeflow.core.filenames import is_run
from sgeflow.core.language.dates import is_in_use
from sgeflow.core.model import FaultClass, NoAnswer, Response
from sgeflow.errors import Id, Location, Problem, ReplayMiss, UsageError
from sgeflow.messages import from_table, os_error_text, say
from sgeflow.patterns import regex
from sgeflow.values import Discreet

if TYPE_CHECKING:
    from vcr.cassette import Cassette


_NAME = regex(r"[a-z][a-z0-9_-]{0,63}")
_DAY = regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def _is_moment(text: str) -> bool:
    """Whether a text is a time with its UTC offset, on a day that runs may have."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    return moment.tzinfo is not None and is_in_use(moment.date().isoformat())


_METADATA_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "run": is_run,
    "today": lambda text: _DAY.fullmatch(text) is not None and is_in_use(text),
    "now": _is_moment,
    "environment": _is_name,
    "scenario": _is_name,
    "flow": _is_name,
}


class Interaction(Discreet, frozen=True, kw_only=True):
    """One recorded request and its outcome."""

    withheld = frozenset({"path", "body", "outcome"})

    method: str
    endpoint: str
    path: str
    action: str
    content_type: str
    body: bytes
    label: str
    hidden: frozenset[str]
    outcome: Response | NoAnswer


def _check_types(interaction: Interaction) -> None:
    """Raise ValueError if a value has another type than recordings write."""
    one, answer = interaction, interaction.outcome
    texts = [one.method, one.endpoint, one.path, one.action, one.content_type, one.label]
    bodies = [one.body]
    if isinstance(answer, Response):
        texts += [*answer.headers, *answer.headers.values()]
        bodies.append(answer.body)
    else:
        texts += [answer.problem.message, *chain.from_iterable(answer.problem.details)]
        wait = answer.retry_after
        if wait is not None and not 0 <= wait < math.inf:
            raise ValueError("no length of time")
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("something is no text")
    if not all(isinstance(body, bytes) for body in bodies):
        raise ValueError("a body is no text")


VERSION = 1
"""The version of sgeflow's own parts of a cassette: metadata, headers, neutral addresses."""

LABEL = "X-Sgeflow-Label"  # the name of the call, for people
HIDDEN = "X-Sgeflow-Hidden"  # paths of elements with pseudonyms: replay accepts any value there
NO_ANSWER = "X-Sgeflow-No-Answer"  # in place of an answer: the id of its problem
_VERSION_KEY = "sgeflow"
_INTERACTIONS_LINE = regex(r"^interactions:", re.MULTILINE)
_OWN_METADATA = regex(r"^metadata:\n(?: .*\n)*? +sgeflow: *[0-9]", re.MULTILINE)


def save(path: Path, metadata: Mapping[str, Any], interactions: list[tuple[Any, Any]]) -> None:
    """Write a cassette of (`vcr_request`, `vcr_response`) pairs; a failure leaves the old file."""
    from vcr.record_mode import RecordMode

    cassette = _cassette_class()(
        str(path), serializer=_Serializer, persister=_Persister, record_mode=RecordMode.ALL
    )
    for name, value in {_VERSION_KEY: VERSION, **metadata}.items():
        cassette.get_metadata(name, value)
    for request, response in interactions:
        cassette.append(request, response)
    cassette._save(force=True)  # noqa: SLF001 - vcrpy saves by itself only where it patches


def check_target(path: Path) -> None:
    """Refuse to overwrite a file that sgeflow did not record.

    Raises:
        UsageError: the file is not a cassette of sgeflow.
        TechnicalError: the path is not a file.
    """
    check_place(path)
    if not path.is_file() or not path.stat().st_size:
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        if not _OWN_METADATA.search(file.read(1 << 16)):
            message = say("{path} is not a cassette: it is not overwritten", path=path)
            note = say("choose another file for the recording")
            raise UsageError.of(Id.USAGE, message, note=note)


def load(path: Path) -> tuple[dict[str, Any], list[Interaction]]:
    """The metadata and interactions; raises ReplayMiss if sgeflow did not record the file."""
    from vcr.record_mode import RecordMode

    try:
        cassette = _cassette_class().load(
            path=str(path),
            serializer=_Serializer,
            persister=_Persister,
            record_mode=RecordMode.NONE,
        )
        _checked_version(path, cassette._metadata)  # noqa: SLF001 - there is no way to list it
        interactions = [_interaction(request, response) for request, response in cassette.data]
        for interaction in interactions:
            _check_types(interaction)
    except (AttributeError, LookupError, TypeError, ArithmeticError, ValueError) as error:
        raise unusable(path, say("it is not the cassette format of vcrpy")) from error
    return read_metadata(path), interactions


def read_metadata(path: Path) -> dict[str, Any]:
    """The metadata of the recording (`today`, `run`, `flow` …), without its interactions.

    Raises:
        ReplayMiss: sgeflow did not record the file, or its metadata is invalid.
    """
    text = _read(path)
    head = _INTERACTIONS_LINE.search(text)
    data = _parse(path, text[: head.start()] if head else text)
    metadata = data.get("metadata") if isinstance(data, dict) else None
    if not isinstance(metadata, dict) and head:  # edited by hand: the metadata is at the end
        metadata = _parse(path, text).get("metadata")
    if not isinstance(metadata, dict):
        raise unusable(path, say("it does not describe its recording"))
    _checked_version(path, metadata)
    facts = {name: value for name, value in metadata.items() if name != _VERSION_KEY}
    for name, value in facts.items():
        fits = _METADATA_CHECKS.get(name)
        if fits is not None and isinstance(value, str) and fits(value):
            continue
        what = {
            "run": say("not the id of a run"),
            "today": say("not a day"),
            "now": say("not an instant"),
        }
        why = say('its "{name}" is {what}', name=name, what=what.get(name, say("not a name")))
        if fits is None:
            why = say('a recording has no field "{name}"', name=name)
        match = re.search(rf"^ +[\"']?{re.escape(str(name))}[\"']?\s*:", text, re.MULTILINE)
        line = text.count("\n", 0, match.start()) + 1 if match else 1
        raise unusable(path, why, Location(file=str(path), line=line, column=3))
    return facts


def vcr_request(interaction: Interaction) -> Any:
    """The request in vcrpy's form, at an address that names no real server."""
    from vcr.request import Request

    headers = {
        "Content-Type": interaction.content_type,
        "SOAPAction": interaction.action,
        LABEL: interaction.label,
    }
    if interaction.hidden:
        headers[HIDDEN] = ", ".join(sorted(interaction.hidden))
    headers = {name: value for name, value in headers.items() if value}
    address = f"https://{interaction.endpoint}.invalid/{interaction.path.lstrip('/')}"
    return Request(interaction.method, address, interaction.body or None, headers)


def vcr_response(outcome: Response | NoAnswer) -> dict[str, Any]:
    """The answer in vcrpy's form; without an answer, status 0 and the problem."""
    if isinstance(outcome, Response):
        phrases = {int(status): status.phrase for status in http.HTTPStatus}
        return {
            "status": {"code": outcome.status, "message": phrases.get(outcome.status, "")},
            "headers": {name: [value] for name, value in outcome.headers.items()},
            "body": {"string": outcome.body},
        }
    response = {
        "id": outcome.problem.id.code,
        "message": outcome.problem.message,
        "details": [list(pair) for pair in outcome.problem.details],
        "class": outcome.fault_class.value,
        "sent": "nothing" if outcome.sent is False else "nobody knows",
        "retryAfter": outcome.retry_after,
    }
    return {
        "status": {"code": 0, "message": "no answer"},
        "headers": {NO_ANSWER: [outcome.problem.id.code]},
        "body": {"string": json.dumps(response, ensure_ascii=False, indent=2).encode()},
    }


def header(headers: Mapping[str, str], name: str) -> str:
    """The value of a header, in any case of its name; empty if absent."""
    return next((text for key, text in headers.items() if key.lower() == name.lower()), "")


def unusable(path: Path, why: str, at: Location | None = None) -> ReplayMiss:
    """The error for a file that cannot be used as a cassette."""
    return ReplayMiss.of(
        Id.CASSETTE,
        say("the cassette {path} cannot be used: {why}", path=path, why=why),
        at=at,
        details=(("remedy", say("record it again: sgeflow run FLOW --record FILE")),),
    )


def _interaction(request: Any, response: Any) -> Interaction:
    netloc, path = request.uri.partition("://")[2].partition("/")[::2]
    marks = {name.lower(): value for name, value in request.headers.items()}
    hidden = marks.get(HIDDEN.lower(), "")
    return Interaction(
        method=request.method,
        endpoint=netloc.removesuffix(".invalid"),
        path=f"/{path}",
        action=marks.get("soapaction", ""),
        content_type=marks.get("content-type", ""),
        body=request.body or b"",
        label=marks.get(LABEL.lower(), f"{request.method} /{path}"),
        hidden=frozenset(hidden.split(", ")) if hidden else frozenset(),
        outcome=_outcome(response),
    )


def _outcome(response: Mapping[str, Any]) -> Response | NoAnswer:
    headers = {name.lower(): values[0] for name, values in response["headers"].items()}
    body = response["body"]["string"] or b""
    if NO_ANSWER.lower() not in headers:
        return Response(status=int(response["status"]["code"]), headers=headers, body=body)
    outcome = json.loads(body)
    ids = {each.code: each for each in Id}
    return NoAnswer(
        sent=False if outcome["sent"] == "nothing" else None,
        problem=Problem(
            id=ids[outcome["id"]],
            message=from_table(outcome["message"]),
            details=tuple((label, text) for label, text in outcome["details"]),
        ),
        fault_class=FaultClass(outcome["class"]),
        retry_after=outcome["retryAfter"],
    )


def _cassette_class() -> type[Cassette]:
    """Import vcrpy's class late: the import takes a tenth of a second."""
    from vcr.cassette import Cassette as Imported

    imported: type[Cassette] = Imported
    return imported


def _checked_version(path: Path, metadata: Mapping[str, Any]) -> None:
    version = metadata.get(_VERSION_KEY)
    if version is None:
        raise unusable(path, say("it was not recorded by sgeflow"))
    if version != VERSION:
        why = say(
            "its version is {version}, this sgeflow reads {known}", version=version, known=VERSION
        )
        raise unusable(path, why)


def _read(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise unusable(path, say("it is not a file"))  # reading a pipe might never end
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise unusable(path, say("there is no such file")) from error
    except UnicodeDecodeError as error:
        raise unusable(path, say("it is not UTF-8 text")) from error
    except OSError as error:
        raise unusable(path, from_table(os_error_text(error).lower())) from error


def _parse(path: Path, text: str) -> Any:
    import yaml

    def at(mark: Any) -> Location:
        return Location(file=str(path), line=mark.line + 1, column=mark.column + 1)

    class UniqueKeyLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """A safe loader that refuses a duplicate key.

        YAML parsers differ in which of two values they take, so an audit might check another value
        than the replay uses.
        """

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
            keys = set()
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    continue
                if (key.tag, key.value) in keys:
                    why = say('it says "{name}" twice', name=key.value)
                    raise unusable(path, why, at(key.start_mark))
                keys.add((key.tag, key.value))
            return super().construct_mapping(node, deep=deep)

    try:
        return yaml.load(text, UniqueKeyLoader)  # noqa: S506 - a safe one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = say("it is not well-formed YAML")
        raise unusable(path, why, at(mark) if mark else None) from error


class _Persister:
    """vcrpy's persister: writes UTF-8 in every locale, atomically, for the owner only."""

    @staticmethod
    def load_cassette(cassette_path: str, serializer: Any) -> Any:
        from vcr.serialize import deserialize

        path = Path(cassette_path)
        data = _parse(path, _read(path))
        if not isinstance(data, dict) or data.get("version") != 1:
            raise unusable(path, say("it is not the cassette format of vcrpy"))
        return deserialize(data, serializer)

    @staticmethod
    def save_cassette(cassette_path: str, cassette_dict: dict[str, Any], serializer: Any) -> None:
        from vcr.serialize import serialize

        with replace_file(Path(cassette_path)) as part:
            part.write_text(serialize(cassette_dict, serializer), encoding="utf-8", newline="\n")


class _Serializer:
    """vcrpy's serializer: writes the metadata first, and bodies as blocks of lines."""

    @staticmethod
    def serialize(data: dict[str, Any]) -> str:
        import yaml

        class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
            """A class of its own, so that PyYAML's dumpers elsewhere keep their text style."""

        def block(dumper: Any, text: str) -> Any:
            style = "|" if "\n" in text else None
            return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)

        Dumper.add_representer(str, block)
        ordered = {name: data[name] for name in ("version", "metadata", "interactions")}
        text: str = yaml.dump(
            ordered, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=4096
        )
        return text

    @staticmethod
    def deserialize(data: dict[str, Any]) -> dict[str, Any]:
        """Return the data, which the persister has parsed because it knows the file's name."""
        return data
