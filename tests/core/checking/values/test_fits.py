"""A `${…}` in `with` that can never be what its parameter takes is found before anything runs."""

import json
import re

import pytest
import yaml

import sgeflow
from sgeflow.core.language.parameters import coerce, faults_of
from sgeflow.errors import Id, InvalidDocuments

TEXTS = ["x", "AB", "2025-06-15", "30000000000011", "true", "12", "P7D", "2.5"]
NUMBERS = [1, 12, 30000000000011, -4]
THING = {
    "type": "object",
    "properties": {"n": {"type": "integer"}, "day": {"type": "string", "format": "date"}},
    "required": ["n"],
    "additionalProperties": False,
}
THINGS = [{"n": 1}, {"n": 12, "day": "2025-06-15"}]
PAIR = {
    "type": "object",
    "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
    "required": ["a", "b"],
    "additionalProperties": False,
}
POINT = {"type": "string", "pattern": "^[0-9]{14}$"}
DAY = {"type": "string", "format": "date"}

KINDS = {  # of parameters: a schema, and values of it that stand for all
    "text": ({"type": "string"}, TEXTS),
    "day": (DAY, ["2025-06-15", "2024-02-29"]),
    "point": (POINT, ["30000000000011"]),
    "letters": ({"type": "string", "pattern": "^[A-Z]{2}$"}, ["AB", "CD"]),
    "step": ({"enum": ["P7D", "P1M"]}, ["P7D", "P1M"]),
    "digits": ({"enum": ["12", "5"]}, ["12", "5"]),
    "figure": ({"enum": [12, 5]}, [12, 5]),
    "fixed": ({"const": "AB"}, ["AB"]),
    "count": ({"type": "integer"}, NUMBERS),
    "amount": ({"type": "number"}, [*NUMBERS, 2.5]),
    "flag": ({"type": "boolean"}, [True, False]),
    "texts": ({"type": "array", "items": {"type": "string"}}, [[one] for one in TEXTS]),
    "days": ({"type": "array", "items": DAY}, [["2025-06-15"]]),
    "points": ({"type": "array", "items": POINT}, [["30000000000011"]]),
    "flags": ({"type": "array", "items": {"type": "boolean"}}, [[True]]),
    "thing": (THING, THINGS),
    "any_thing": (
        {"type": "object"},
        [{}, *THINGS, {"pointId": "30000000000011"}, {"a": 1, "b": 2}],
    ),
    "things": ({"type": "array", "items": THING}, [[one] for one in THINGS]),
    "pair": (PAIR, [{"a": 1, "b": 2}]),
}
READ = {  # what an expression gives: values that stand for all
    **{f"inputs.{name}": values for name, (_, values) in KINDS.items()},
    "run.id": ["3f41ac9b27d05e18", "3f41ac9b27d05e18.12"],
    "run.today": ["2025-06-15"],
    "run.now": ["2025-06-15T10:00:00+02:00"],
    "run": [{"id": "3f41ac9b27d05e18", "today": "2025-06-15", "now": "2025-06-15T10:00:00+02:00"}],
    "env.generation": ["current", "previous"],
    "env.simulated": [True, False],
    "'30000000000011'": ["30000000000011"],
    "'2025-06-15'": ["2025-06-15"],
    "'no word'": ["no word"],
    "12": [12],
    "7": [7],
    "true": [True],
    "['x', 'y']": [["x", "y"]],
    "{n: 12}": [{"n": 12}],
    "{n: 'x'}": [{"n": "x"}],
    "{other: 12}": [{"other": 12}],
    "{day: run.today}": [{"day": "2025-06-15"}],
    "length(inputs.texts)": [0, 5, *NUMBERS],
    "join('-', inputs.texts)": TEXTS,
    "inputs.count == 3": [True, False],
    "date(run.now)": ["2025-06-15"],
    "date_add(run.today, 'P1D')": ["2025-06-15"],
    "earliest([run.now])": ["2025-06-15"],
    "days_between(run.today, run.today)": [0, 12, 5, 30000000000011],
    "windows(run.today, run.today, 'P7D')": [[{"start": "2025-06-15", "end": "2025-06-16"}]],
    "windows(run.today, run.today, 'P7D')[0].start": ["2025-06-15"],
    "default(inputs.day, run.today)": ["2025-06-15"],
    "if(inputs.flag, 'AB', '12')": ["AB", "12"],
    "if(inputs.flag, {a: 1}, {day: run.today})": [{"a": 1}, {"day": "2025-06-15"}],
    "if(inputs.flag, {a: 1, b: 2}, {b: 2})": [{"a": 1, "b": 2}, {"b": 2}],
    "split(inputs.text, ' ')": [["x"], ["2025-06-15"], ["30000000000011"], ["true"]],
    "inputs.things[0]": THINGS,
    "inputs.things[].n": [[1], [12], [30000000000011]],
    "inputs.thing.day": ["2025-06-15"],
    "steps.made": [{"point": "30000000000011", "day": "2025-06-15", "n": 12}],
    "steps.made.point": ["30000000000011"],
    "steps.made.n": [12],
    "steps.each": [[{"point": "30000000000011"}]],
    "steps.each[0].point": ["30000000000011", "30000000000022"],
    "steps.loaded.count": [*NUMBERS, 5],
    "steps.loaded.measures[0].start": ["2025-06-15T10:00:00+02:00"],
}
WRITTEN = {  # what a `foreach` goes over
    "points": ["30000000000011", "30000000000022"],
    "days": ["2025-06-15", "2025-06-16"],
    "counts": [12, 7],
    "flags": [True, False],
    "objects": [{"n": 12}, {"n": 7}],
    "others": [{"m": 12}],
    "words": ["AB", "P7D"],
    "lists": [["x", "y"]],
}
OPEN = {  # what no shape tells: letters from digits, which numbers
    ("inputs.letters", "digits"),
    ("inputs.letters", "count"),
    ("inputs.letters", "amount"),
}
FLOW = """
flow: gives
title: Gives each parameter each value
steps:
  - {id: made, set: {point: "30000000000011", day: "${run.today}", n: 12}}
  - {id: each, foreach: ["30000000000011", "30000000000022"], as: one, set: {point: "${one}"}}
  - id: loaded
    load: {series: load_curve, point: "${inputs.point}", start: "${run.today}", end: "${run.today}"}
"""


def _inputs(**more):
    return {name: {**schema, **more} for name, (schema, _) in KINDS.items()}


def _documents():
    """A flow that takes every kind of parameter, and one that gives it everything."""
    steps = [
        {"id": f"over_{name}", "foreach": items, "as": "one"} for name, items in WRITTEN.items()
    ]
    texts = [*READ, *("one" for _ in WRITTEN)]
    steps = [*({"id": f"read_{n}"} for n in range(len(READ))), *steps]
    given = [
        {**step, "flow": "takes", "with": dict.fromkeys(KINDS, f"${{{text}}}")}
        for step, text in zip(steps, texts, strict=True)
    ]
    gives = yaml.safe_load(FLOW)
    gives = {**gives, "inputs": _inputs(), "steps": gives["steps"] + given}
    takes = {"flow": "takes", "title": "x", "inputs": _inputs(optional=True)}
    return {"gives": gives, "takes": {**takes, "steps": [{"id": "a", "set": {"b": 1}}]}}


def _told(folder, documents):
    """What is said, by step and parameter."""
    (folder / "flows").mkdir()
    for name, document in documents.items():
        text = yaml.safe_dump(document, sort_keys=False, width=1000)
        (folder / "flows" / f"{name}.yaml").write_text(text)
    lines = (folder / "flows" / "gives.yaml").read_text().splitlines()
    with pytest.raises(InvalidDocuments) as caught:
        sgeflow.open_catalog(folder, flow="gives").flow("gives")
    told = {}
    for problem in caught.value.problems:
        before = "\n".join(lines[: problem.at.line])
        step = re.findall(r"^- id: (\w+)$", before, re.MULTILINE)[-1]
        parameter, _, cannot = str(problem.message).partition(" cannot be ")
        assert (problem.id, bool(cannot)) == (Id.WRONG_TYPE, True), problem
        told.setdefault((step, parameter), []).append(cannot)
    return told


def test_every_value_is_told_that_no_parameter_of_a_kind_takes_and_no_other(tmp_path):
    takes = _documents()["takes"]
    told = _told(tmp_path, _documents())
    parameters = sgeflow.open_catalog(tmp_path, flow="takes").flow("takes").inputs
    sources = {f"read_{place}": read for place, read in enumerate(READ.items())}
    sources |= {f"over_{name}": (name, items) for name, items in WRITTEN.items()}
    wrong = []
    for step, (source, values) in sources.items():
        for name in takes["inputs"]:
            parameter = parameters[name]
            fits = [not faults_of(coerce(one, parameter.schema), parameter) for one in values]
            is_each = step.startswith("over_")
            is_wrong = not (all(fits) if is_each else any(fits))
            if is_wrong != ((step, name) in told) and (source, name) not in OPEN:
                wrong.append((source, name, told.get((step, name), "not told")))
    assert wrong == []


def test_it_is_said_what_a_value_is_and_where_only_some_are_given_nothing(tmp_path):
    said = {
        ("day", "inputs.any_thing"): "an object",
        ("day", "run.id"): "the id of a run",
        ("thing", "{other: 12}"): 'an object without "n"',
        ("thing", "{n: 12, m: 12}"): 'an object with "m"',
        ("thing", "{n: 'x'}"): 'an object of which "n" is "x"',
        ("points", "['3', '12']"): 'a list of what is "3" or "12"',
        ("step", "if(inputs.flag, 'PT1H', 'x')"): '"PT1H" or "x"',
    }
    given = [{"with": {name: f"${{{text}}}"}} for name, text in said]
    points = ["30000000000011", "3000000000012", "30000000000022", "300000000000133"]
    over = {"foreach": points, "as": "one", "with": {"point": "${one}"}}
    none = [
        {**over, "when": "inputs.flag"},  # some may be left out
        {**over, "until": "inputs.flag"},
        {**over, "with": {"point": "${if(length(one) == 14, one, '30000000000011')}"}},
    ]
    bad = {**over, "foreach": ["x", "y", "z", "12"]}
    again = {**over, "foreach": ["x", "12", "x", "x"]}
    steps = [
        {"id": f"s{n}", "flow": "takes", **one}
        for n, one in enumerate([*given, over, bad, *none, again])
    ]
    documents = _documents()
    documents["gives"]["steps"] = json.loads(
        json.dumps(steps)
    )  # an anchor would stand for two places
    told = _told(tmp_path, documents)
    assert told == {
        **{(f"s{n}", name): [words] for n, ((name, _), words) in enumerate(said.items())},
        ("s7", "point"): ['"3000000000012"', '"300000000000133"'],
        ("s8", "point"): ['"x" or 3 other values'],
        ("s12", "point"): ['"x" or "12"'],
    }
