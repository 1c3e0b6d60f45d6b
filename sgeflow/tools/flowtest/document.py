"""Trees to flow tests: what is tried, in which world, and what must be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.core.checking.environments.stub_decoder import STUBS, decode_stubs
from sgeflow.core.language.localized import localize
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import (
    CASE,
    DRAFT,
    FLOW_NAME,
    Schema,
    closed_object,
    names_to,
    text,
    words,
)
from sgeflow.core.language.text import Path, Tree
from sgeflow.core.stubs import Stub, layer_stubs
from sgeflow.errors import Id, Location, Problem
from sgeflow.messages import Message, say
from sgeflow.tools.flowtest.expectations import EXPECT, decode_expectation
from sgeflow.tools.flowtest.model import FlowCase, FlowTest, PreviousRun

SUFFIX = ".test.yaml"
"""How the name of a flow test's file ends."""

_DAY: Schema = {"type": "string", "format": "date", "description": "the date of the run"}
_INPUTS: Schema = {"type": "object", "description": "the flow's inputs, on top of the defaults"}
_SETTINGS: Schema = {
    "flow": text("the flow that is run", pattern=FLOW_NAME),
    "today": _DAY,
    "environment": {
        "type": ["string", "array"],
        "items": {"type": "string"},
        "minItems": 1,
        "uniqueItems": True,
        "description": "a simulated one, or several: each case is then run in each",
    },
    "scenario": text("how the simulated world is; household when not said"),
    "faults": text("what goes wrong in the simulator, as SGT500:100%"),
    "cassette": text("the recorded conversation that answers, from this file's folder"),
    "inputs": _INPUTS,
    "secrets": names_to(
        {"type": "string"}, "made-up values for the secrets that a simulated environment names"
    ),
    "stubs": names_to(STUBS, "services to what answers them, before the environment's stubs do"),
}
_EARLIER: Schema = {
    "type": "array",
    "minItems": 1,
    "items": {
        **closed_object({"today": _DAY, "inputs": _INPUTS, "scenario": text()}),
        "x-called": "an earlier run",
    },
    "description": "runs of the same flow that were before; what they kept is there",
}
_CASE: Schema = {
    **closed_object(
        {
            "title": words("what it proves, one line"),
            **_SETTINGS,
            "earlier": _EARLIER,
            "expect": EXPECT,
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
            "test": text(f"its name; the file is <name>{SUFFIX}", pattern=FLOW_NAME),
            "title": words("one line"),
            **_SETTINGS,
            "cases": {**names_to(_CASE, "the cases by name", CASE), "minProperties": 1},
        },
        ("test", "title", "cases"),
        "A flow, run in known worlds, and what must be seen. What stands above `cases` holds for"
        " all of them; a case may say it otherwise.",
    ),
    "x-called": "a flow test",
}


def decode_flowtest(tree: Tree) -> tuple[FlowTest | None, list[Problem]]:
    """One flow test, its names still unchecked, and what is wrong with its document."""
    reader = Reader(tree)
    if not reader.readable(FLOWTEST):
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
    file = tree.source.name.rpartition("/")[2]
    if file != f"{test.name}{SUFFIX}":
        message = say('test "{test}" stands in a file named {file}', test=test.name, file=file)
        reader.report(Id.NAME, message, ("test",), suggestion=f"{test.name}{SUFFIX}")
    return test, reader.problems


def _cases(reader: Reader, name: str, shared: Mapping[str, tuple[Stub, ...]]) -> Iterator[FlowCase]:
    """A case, once an environment; `shared` are the stubs of all cases, which its own precede."""
    path: Path = ("cases", name)
    settings = _settings(reader, path)
    expect = decode_expectation(reader, (*path, "expect"))
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
            earlier=_earlier(reader, path, plain),
            expect=expect,
            places={
                **{key: at for key, (_, at) in settings.items()},
                **_keys(reader, path, "inputs"),
                **_keys(reader, path, "stubs"),
            },
            at=reader.at(path, key=True),
        )


def _stubs(reader: Reader, path: Path) -> dict[str, tuple[Stub, ...]]:
    """The stubs that are declared at a place, by their service."""
    return {name: decode_stubs(reader, (*path, name)) for name in reader.get(path) or {}}


def _settings(reader: Reader, path: Path) -> dict[str, tuple[Any, Location]]:
    """The settings of a case and their places: its own, else those of all cases."""
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
    """A case must know its flow and its day, and one recording is of one environment."""
    if "flow" not in settings:
        note = say("say it in the case, or above `cases` for all of them")
        _lacking(reader, path, "flow", note)
    if "cassette" not in settings and "today" not in settings:
        note = say("a test that runs at today's date fails one day")
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
    """What no case says is told at the first one: above `cases` it would hold for all."""
    message = say('the key "{key}" is missing', key=key)
    if not any(problem.message == message for problem in reader.problems):
        reader.report(Id.MISSING_KEY, message, path, key=True, note=note)


def _earlier(reader: Reader, path: Path, plain: Mapping[str, str]) -> tuple[PreviousRun, ...]:
    runs = reader.get((*path, "earlier"), [])
    return tuple(
        PreviousRun(
            today=run.get("today", plain.get("today", "")),
            inputs=run.get("inputs", {}),
            scenario=run.get("scenario", plain.get("scenario", "")),
            at=reader.at((*path, "earlier", number)),
        )
        for number, run in enumerate(runs)
    )


def _keys(reader: Reader, path: Path, setting: str) -> dict[str, Location]:
    """The places of the names of a setting, as `inputs.NAME`; a case's own come last."""
    places = {}
    for base in ((setting,), (*path, setting)):
        for name in reader.get(base, {}):
            places[f"{setting}.{name}"] = reader.at((*base, name), key=True)
    return places
