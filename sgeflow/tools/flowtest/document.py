"""Decodes flow tests: their schema, cases, environments, inputs and expectations."""

from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.core.checking.stubs import STUBS, decode_stubs
from sgeflow.core.language.expression import compile_expression
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import (
    CASE,
    DRAFT,
    FLOW_NAME,
    SERIES,
    Schema,
    array,
    closed_object,
    names_to,
    one_of,
    text,
    words,
)
from sgeflow.core.language.template import localize
from sgeflow.core.language.text import Path, Spot, Tree
from sgeflow.core.model import MAIL, Status
from sgeflow.core.stubs import Stub, layer_stubs
from sgeflow.errors import Id, InvalidDocuments, Location, Problem
from sgeflow.messages import Message, say
from sgeflow.tools.flowtest.model import (
    Expectation,
    ExpectedCall,
    ExpectedFile,
    ExpectedSeries,
    ExpectedText,
    ExpectedValue,
    FlowCase,
    FlowTest,
    PreviousRun,
)

SUFFIX = ".test.yaml"
"""The suffix of flow test files."""

_OUTCOMES = [Status.DONE.value, Status.PARTIAL.value, Status.FAILED.value]
_NONE = "none"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", MAIL)

_WITH: Schema = {"type": "object", "description": "some of the sent values"}
_CALL: Schema = {
    **closed_object(
        {
            "call": text("an operation, or METHOD service/path"),
            "with": _WITH,
            "outcome": text("the answer: ok, or a code such as SGT401 or HTTP404"),
        },
        ("call",),
        "an operation, or METHOD service/path",
    ),
    "type": ["string", "object"],
    "x-called": "a call",
}
_CALLS: Schema = {"type": "array", "items": _CALL}
_VALUES: Schema = {"type": "object", "description": "JMESPath to the expected value"}
_TEXTS: Schema = {"type": ["string", "array"], "items": {"type": "string"}, "minItems": 1}
_FACTS: Schema = {
    **closed_object(
        {
            "values": {"type": "integer", "minimum": 0},
            "first": {"type": "string", "format": "date"},
            "last": {"type": "string", "format": "date"},
            "sum": {"type": "number"},
            "unit": text(),
        }
    ),
    "type": ["integer", "object"],
    "minimum": 0,
    "x-called": "a series",
}

_EXPECT: Schema = {
    **closed_object(
        {
            "outcome": one_of(
                _OUTCOMES, "the end of the run (default done, or failed if a code is expected)"
            ),
            "code": text("the code of the failure", minLength=1),
            "exit": {"type": "integer", "description": "the exit code of sgeflow run"},
            "message": text("words in the failure's message"),
            "outputs": {
                **_VALUES,
                "description": "JMESPath over the outputs to the expected value",
            },
            "calls": {
                **_CALLS,
                "description": "calls in this order; other calls may come between them",
            },
            "last": {**_CALL, "description": "true: the last call of the run"},
            "times": {
                "type": "object",
                "additionalProperties": {"type": "integer", "minimum": 1},
                "description": "operations, or METHOD service/path, to the number of calls",
            },
            "orders": {
                **_CALLS,
                "description": "all orders that are sent, in this order; [] for none",
            },
            "never": {**_CALLS, "description": "calls that must not be made"},
            "skipped": array(
                {"type": "string"}, "skipped steps, by id or by the end of their path"
            ),
            "files": {
                "anyOf": [{"const": _NONE}, {"type": "object", "additionalProperties": _VALUES}],
                "description": "written files, each with JMESPath to expected values; or none",
            },
            "measures": names_to(
                _FACTS, "series to the number of kept values, or to facts about them", SERIES
            ),
            "warnings": {**_TEXTS, "description": "words in a warning"},
            "check": {
                **_TEXTS,
                "description": "conditions over outcome, code, message, outputs, calls, steps,"
                " warnings, files and measures",
            },
        },
        (),
        "expected results; keys left out are not checked",
    ),
    "x-called": "an expectation",
}

_DAY: Schema = {"type": "string", "format": "date", "description": "the date of the run"}
_INPUTS: Schema = {"type": "object", "description": "inputs of the flow that replace the defaults"}
_SETTINGS: Schema = {
    "flow": text("the tested flow", pattern=FLOW_NAME),
    "today": _DAY,
    "environment": {
        "type": ["string", "array"],
        "items": {"type": "string"},
        "minItems": 1,
        "uniqueItems": True,
        "description": "a simulated environment, or several: each case then runs in each of them",
    },
    "scenario": text("the simulated situation (default household)"),
    "faults": text("injected faults, as SGT500:100%"),
    "cassette": text("the cassette that answers, relative to this file's folder"),
    "inputs": _INPUTS,
    "secrets": names_to(
        {"type": "string"}, "made-up values for the secrets of a simulated environment"
    ),
    "stubs": names_to(
        STUBS, ("services with their stubs, which come before those of the environment")
    ),
}
_EARLIER: Schema = array(
    {
        **closed_object({"today": _DAY, "inputs": _INPUTS, "scenario": text()}),
        "x-called": "an earlier run",
    },
    "earlier runs of the same flow, whose kept data exists",
    minItems=1,
)
_CASE: Schema = {
    **closed_object(
        {
            "title": words("summary of the case, one line"),
            **_SETTINGS,
            "earlier": _EARLIER,
            "expect": _EXPECT,
        },
        ("expect",),
    ),
    "x-called": "a case",
}

FLOWTEST: Schema = {
    "$schema": DRAFT,
    "title": "sgeflow flow test",
    **closed_object(
        {
            "test": text(f"the name; the file is <name>{SUFFIX}", pattern=FLOW_NAME),
            "title": words("a single line"),
            **_SETTINGS,
            "cases": {**names_to(_CASE, "the cases by name", CASE), "minProperties": 1},
        },
        ("test", "title", "cases"),
        "A flow, run in simulated worlds, and its expected results. Keys above `cases` apply to "
        "all cases; a case may replace them.",
    ),
    "x-called": "a flow test",
}


def decode_flowtest(tree: Tree) -> tuple[FlowTest | None, list[Problem]]:
    """A flow test with unchecked names (None if unreadable), and the mistakes in its document."""
    reader = Reader(tree)
    if not reader.valid(FLOWTEST):
        return None, reader.problems
    data = reader.tree.data
    shared = _stubs(reader, ("stubs",))
    test = FlowTest(
        name=data["test"],
        title=localize(data["title"]),
        file=tree.source.name,
        cases=tuple(case for name in data["cases"] for case in _cases(reader, name, shared)),
        at=reader.at(("test",)),
    )
    file = f"{test.name}{SUFFIX}"
    if tree.source.name.rpartition("/")[2] != file:
        message = say('the file of test "{test}" must be named {file}', test=test.name, file=file)
        reader.report(Id.NAME, message, ("test",), suggestion=file)
    return test, reader.problems


def _cases(reader: Reader, name: str, shared: Mapping[str, tuple[Stub, ...]]) -> Iterator[FlowCase]:
    """The cases, one for each environment; stubs of a case come before the shared ones."""
    path: Path = ("cases", name)
    settings = _settings(reader, path)
    expect = _expectation(reader, (*path, "expect"))
    value = settings["environment"][0] if "environment" in settings else ""
    environments = [value] if isinstance(value, str) else value
    _complete(reader, path, settings, environments)
    inputs = {**reader.get(("inputs",), {}), **reader.get((*path, "inputs"), {})}
    secrets = {**reader.get(("secrets",), {}), **reader.get((*path, "secrets"), {})}
    own = _stubs(reader, (*path, "stubs"))
    stubs = {
        name: layer_stubs(own.get(name, ()), shared.get(name, ())) for name in {**own, **shared}
    }
    for environment in environments:
        plain = {key: str(value) for key, (value, _) in settings.items() if isinstance(value, str)}
        earlier = tuple(
            PreviousRun(
                today=run.get("today", plain.get("today", "")),
                inputs=run.get("inputs", {}),
                scenario=run.get("scenario", plain.get("scenario", "")),
                at=reader.at((*path, "earlier", number)),
            )
            for number, run in enumerate(reader.get((*path, "earlier"), []))
        )
        yield FlowCase(
            name=f"{name}[{environment}]" if len(environments) > 1 else name,
            title=localize(reader.get((*path, "title"))),
            flow=plain.get("flow", ""),
            environment=environment,
            today=plain.get("today", ""),
            scenario=plain.get("scenario", ""),
            faults=plain.get("faults", ""),
            cassette=plain.get("cassette", ""),
            inputs=inputs,
            secrets=secrets,
            stubs=stubs,
            earlier=earlier,
            expect=expect,
            places={
                **{key: at for key, (_, at) in settings.items()},
                **_keys(reader, path, "inputs"),
                **_keys(reader, path, "stubs"),
            },
            at=reader.at(path, key=True),
        )


def _stubs(reader: Reader, path: Path) -> dict[str, tuple[Stub, ...]]:
    """The stubs declared at a path, by service."""
    return {name: decode_stubs(reader, (*path, name)) for name in reader.get(path) or {}}


def _settings(reader: Reader, path: Path) -> dict[str, tuple[Any, Location]]:
    """The settings of a case with their places: its own, otherwise those of all cases."""
    settings: dict[str, tuple[Any, Location]] = {}
    for key in _SETTINGS:
        for place in ((*path, key), (key,)):
            value = reader.get(place)
            if value is not None:
                settings[key] = value, reader.at(place)
                break
    return settings


def _complete(
    reader: Reader, path: Path, settings: Mapping[str, Any], environments: list[str]
) -> None:
    """Report a case without a flow or a day, and settings that exclude a cassette."""
    if "flow" not in settings:
        note = say("write it in the case, or above `cases`")
        _lacking(reader, path, "flow", note)
    if "cassette" not in settings and "today" not in settings:
        note = say("a test at today's date will fail one day")
        _lacking(reader, path, "today", note)
    if "cassette" in settings and len(environments) > 1:
        message = say("a cassette was recorded in one environment, these are several")
        reader.problems.append(
            Problem(id=Id.MALFORMED, message=message, at=settings["environment"][1])
        )
    if "cassette" in settings and reader.get((*path, "earlier")):
        message = say("a case with a cassette has no earlier runs: a replay keeps nothing")
        reader.report(Id.MALFORMED, message, (*path, "earlier"), key=True)


def _lacking(reader: Reader, path: Path, key: str, note: Message) -> None:
    """Report a missing key at the first case; written above `cases`, the key counts for all."""
    message = say('the key "{key}" is missing', key=key)
    if not any(problem.message == message for problem in reader.problems):
        reader.report(Id.MISSING_KEY, message, path, key=True, note=note)


def _keys(reader: Reader, path: Path, setting: str) -> dict[str, Location]:
    """The places of the names of a setting, as `inputs.NAME`; the case's own names come last."""
    places = {}
    for base in ((setting,), (*path, setting)):
        for name in reader.get(base, {}):
            places[f"{setting}.{name}"] = reader.at((*base, name), key=True)
    return places


# -- what is expected ------------------------------------------------------------------------------


def _expectation(reader: Reader, path: Path) -> Expectation:
    """The expectation of a case with unchecked names."""
    data = reader.get(path)
    orders = tuple(_calls(reader, (*path, "orders"))) if "orders" in data else None
    return Expectation(
        outcome=_outcome(reader, path),
        code=_text(reader, (*path, "code")),
        exit=_text(reader, (*path, "exit")),
        message=_text(reader, (*path, "message")),
        outputs=tuple(_read_values(reader, (*path, "outputs"))),
        calls=tuple(_calls(reader, (*path, "calls"))),
        last=_call(reader, (*path, "last")) if "last" in data else None,
        times=tuple(_times(reader, (*path, "times"))),
        orders=orders,
        orders_at=reader.at((*path, "orders"), key=True) if "orders" in data else None,
        never=tuple(_calls(reader, (*path, "never"))),
        skipped=tuple(_texts(reader, (*path, "skipped"))),
        files=tuple(_files(reader, (*path, "files"))),
        no_files_at=reader.at((*path, "files")) if data.get("files") == _NONE else None,
        measures=tuple(_series(reader, (*path, "measures"))),
        warnings=tuple(_texts(reader, (*path, "warnings"))),
        checks=tuple(
            expression
            for place in _places(reader, (*path, "check"))
            if (expression := reader.expression(place))
        ),
    )


def _outcome(reader: Reader, path: Path) -> ExpectedText:
    """The expected end of the run and its place; a code alone or nothing gives a default."""
    data = reader.get(path)
    for key in ("outcome", "code"):
        if key in data:
            text = data[key] if key == "outcome" else Status.FAILED.value
            return ExpectedText(text=text, at=reader.at((*path, key)))
    return ExpectedText(text=Status.DONE.value, at=reader.at(path, key=True))


def _read_values(reader: Reader, path: Path) -> Iterator[ExpectedValue]:
    """The expected values of a mapping whose keys are JMESPath expressions."""
    for key, value in (reader.get(path) or {}).items():
        spot = Spot(reader.tree.key_place((*path, key)), key)
        try:
            expression = compile_expression(key, spot)
        except InvalidDocuments as error:
            reader.problems += error.problems
            continue
        place = (*path, key)
        yield ExpectedValue(
            expression=expression,
            value=value,
            at=reader.at(place),
            written=reader.template(place, is_constant=True),
        )


def _calls(reader: Reader, path: Path) -> Iterator[ExpectedCall]:
    for number in range(len(reader.get(path) or ())):
        yield _call(reader, (*path, number))


def _call(reader: Reader, place: Path) -> ExpectedCall:
    call = reader.get(place)
    whole: dict[str, Any] = {"call": call} if isinstance(call, str) else call
    at = place if isinstance(call, str) else (*place, "call")
    label, rest = _parse_call(reader, whole["call"], at)
    values = whole.get("with", {})
    return ExpectedCall(
        label=label,
        path=rest,
        values=values,
        places={name: reader.at((*place, "with", name), key=True) for name in values},
        outcome=str(whole.get("outcome", "")),
        at=reader.at(at),
    )


def _times(reader: Reader, path: Path) -> Iterator[tuple[ExpectedCall, int]]:
    """The expected numbers of calls, by name."""
    for name, count in (reader.get(path) or {}).items():
        label, rest = _parse_call(reader, name, (*path, name), key=True)
        at = reader.at((*path, name), key=True)
        yield ExpectedCall(label=label, path=rest, at=at), count


def _parse_call(reader: Reader, call: str, at: Path, *, key: bool = False) -> tuple[str, str]:
    """The label and path of a call: `DELETE backoffice/consent/1`."""
    method, space, rest = call.partition(" ")
    if space and method not in _METHODS:
        message = say('"{name}" is not a method of HTTP', name=method)
        reader.report(Id.NOT_ALLOWED, message, at, key=key, allowed=_METHODS)
    if not rest:
        return call, ""
    service, slash, path = rest.strip().partition("/")
    return f"{method} {service}", slash + path


def _files(reader: Reader, path: Path) -> Iterator[ExpectedFile]:
    files = reader.get(path)
    for name in files if isinstance(files, dict) else ():
        place = (*path, name)
        values = tuple(_read_values(reader, place))
        yield ExpectedFile(name=name, values=values, at=reader.at(place, key=True))


def _series(reader: Reader, path: Path) -> Iterator[ExpectedSeries]:
    for name, value in (reader.get(path) or {}).items():
        facts: Any = value if isinstance(value, dict) else {"values": value}
        yield ExpectedSeries(name=name, facts=facts, at=reader.at((*path, name), key=True))


def _text(reader: Reader, path: Path) -> ExpectedText | None:
    value = reader.get(path)
    return None if value is None else ExpectedText(text=str(value), at=reader.at(path))


def _texts(reader: Reader, path: Path) -> Iterator[ExpectedText]:
    for place in _places(reader, path):
        yield ExpectedText(text=str(reader.get(place)), at=reader.at(place))


def _places(reader: Reader, path: Path) -> Iterator[Path]:
    """The paths of one text or of several."""
    value = reader.get(path)
    if isinstance(value, list):
        yield from ((*path, number) for number in range(len(value)))
    elif value is not None:
        yield path
