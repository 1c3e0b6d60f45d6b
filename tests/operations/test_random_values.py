"""Whatever values an operation's schemas and rules let pass, the official XSD takes the envelope."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from sgeflow.core.language.parameters import fill
from sgeflow.core.soap.envelope import compile_envelope
from sgeflow.errors import Id, InvalidValues
from tests.examples import some
from tests.operations.test_official_schemas import FILES, LOGIN, SOAP
from tests.skips import NEEDS_OFFICIAL, official_folder

pytestmark = NEEDS_OFFICIAL

ENVIRONMENT = {"env": {"login": LOGIN, "contractId": "1234567"}}
PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
# what XML can write: no surrogates, controls or non-characters
WRITABLE = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
DAYS = st.dates(dt.date(2023, 1, 1), dt.date(2026, 12, 31))
ROUNDS = 60


def values_of(schema) -> st.SearchStrategy:
    """Values that a JSON Schema allows, of the keywords that the documents use."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return KINDS[schema["type"]](schema)


def texts(schema) -> st.SearchStrategy[str]:
    if schema.get("format") == "date":
        return DAYS.map(dt.date.isoformat)
    least, most = schema.get("minLength", 0), schema.get("maxLength", 20)
    if "pattern" in schema:
        found = st.from_regex(schema["pattern"], fullmatch=True, alphabet=PRINTABLE)
    else:
        found = st.text(WRITABLE, min_size=least, max_size=min(most, max(least, 20)))
        if most < 300:  # the longest that is allowed, too
            found |= st.just("é" * most)
    return found.map(str.strip).filter(lambda text: len(text) >= max(least, 1))


def lists(schema) -> st.SearchStrategy[list]:
    least, most = schema.get("minItems", 0), schema.get("maxItems", 3)
    unique = repr if schema.get("uniqueItems") else None
    return st.lists(
        values_of(schema["items"]), min_size=least, max_size=min(most, 3), unique_by=unique
    )


def objects(schema) -> st.SearchStrategy[dict]:
    needed = schema.get("required", ())
    members = {name: values_of(child) for name, child in schema["properties"].items()}
    return st.fixed_dictionaries(
        {name: found for name, found in members.items() if name in needed},
        optional={name: found for name, found in members.items() if name not in needed},
    ).map(lambda found: {name: found[name] for name in members if name in found})


KINDS = {
    "string": texts,
    "boolean": lambda _: st.booleans(),
    "integer": lambda schema: st.integers(schema.get("minimum", 0), 10_000),
    "array": lists,
    "object": objects,
}


class Case:
    """An operation whose strategies are made once, and whose name is all that is printed."""

    def __init__(self, operation) -> None:
        self.operation = operation
        self.strategies = {n: values_of(p.schema) for n, p in operation.parameters.items()}

    def __repr__(self) -> str:
        return self.operation.name


def tried(operation, given) -> tuple[dict, str]:
    """The values as they would be sent, or what is told of the rules that they break."""
    try:
        values = fill(
            operation.parameters, given, ENVIRONMENT, rules=operation.rules, owner=operation.name
        )
    except InvalidValues as refusal:
        found = refusal.problems
    else:
        return values, ""
    assert {one.id for one in found} == {Id.RULE}, found
    return {}, " ".join(text for one in found for _, text in one.details)


@st.composite
def parameters_of(draw, case):
    """Values that the operation takes: those that a broken rule names are drawn again."""
    parameters = case.operation.parameters
    given: dict[str, object] = {}
    names = list(parameters)
    for _ in range(ROUNDS):
        for name in names:
            wanted = parameters[name].required or draw(st.booleans())
            given[name] = draw(case.strategies[name]) if wanted else None
        values, rules_broken = tried(case.operation, given)
        if not rules_broken:
            return values
        names = [name for name in parameters if name in rules_broken]
    return draw(st.nothing())


@pytest.fixture
def case(operation):
    return Case(operation)


@cache
def schema(name):
    return etree.XMLSchema(etree.parse(official_folder() / FILES[name]))


@settings(
    max_examples=some(8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_what_passes_here_is_valid_there(case, data):
    values = data.draw(parameters_of(case))
    envelope = compile_envelope(case.operation)(values, env={"login": LOGIN})
    (body,) = etree.fromstring(envelope).find(f"{SOAP}Body")
    official = schema(case.operation.name)
    assert official.validate(body), official.error_log
