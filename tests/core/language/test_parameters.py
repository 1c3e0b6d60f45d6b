"""Values for parameters: filled, brought to their type, checked, all at once, nobody named."""

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from sgeflow.core.language.expression import compile_expression
from sgeflow.core.language.parameter import Parameter, Rule
from sgeflow.core.language.parameters import coerce, faults_of, fill
from sgeflow.core.language.quick_validation import quick_validator
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.errors import InvalidValues
from tests.examples import some

DOCUMENT = r"""
pointId: {type: string, pattern: "^[0-9]{14}$", description: A point}
day: {type: string, format: date}
kind: {enum: [COURBE, PMAX, ENERGIE]}
login: {type: string, default: "${env.login}"}
count: {type: integer, minimum: 1, maximum: 5, optional: true}
factor: {type: number, optional: true}
agreed: {type: boolean, default: true}
lastname: {type: string, minLength: 3, maxLength: 8, personal: true}
ids: {type: array, items: {type: string, maxLength: 3}, maxItems: 2, uniqueItems: true, optional: true}
options:
  type: object
  optional: true
  properties: {code: {enum: [A, B], description: One letter}, size: {type: integer}}
  required: [code]
  additionalProperties: false
"""
PARAMETERS = Reader(read_yaml("x.yaml", DOCUMENT)).parameters(())
GOOD = {"pointId": "30000000000011", "day": "2025-06-15", "kind": "PMAX", "lastname": "LEFEVRE"}
SCOPE = {"env": {"login": "one@example.org"}}


def filled(**changes):
    given_ = {key: value for key, value in {**GOOD, **changes}.items() if value is not ...}
    return fill(PARAMETERS, given_, SCOPE, owner="readThing")


def refused(**changes):
    with pytest.raises(InvalidValues) as caught:
        filled(**changes)
    return [(problem.id.code, problem.message) for problem in caught.value.problems]


def test_defaults_are_taken_from_the_environment_and_nothing_else_is_added():
    assert filled() == {**GOOD, "login": "one@example.org", "agreed": True}


def test_a_null_counts_as_not_given():
    assert filled(login=None, count=None)["login"] == "one@example.org"
    assert refused(kind=None) == [("SGE040", "kind is missing")]


def test_an_id_that_yaml_took_for_a_number_has_its_own_digits_again():
    written = read_yaml("x.yaml", "a: 25946599093143\nb: 1.10").data
    assert filled(pointId=written["a"])["pointId"] == "25946599093143"
    assert coerce(written["b"], {"type": "string"}) == "1.10"


@pytest.mark.parametrize(
    ("value", "schema", "result"),
    [
        (" x ", {"type": "string"}, "x"),
        (12, {"type": "string"}, "12"),
        (True, {"type": "string"}, True),
        (7, {"enum": ["7", "8"]}, "7"),
        ("true", {"type": "boolean"}, True),
        (" FALSE ", {"type": "boolean"}, False),
        ("oui", {"type": "boolean"}, "oui"),
        (1, {"type": "boolean"}, 1),
        ("12", {"type": "integer"}, 12),
        ("+3", {"type": "integer"}, 3),
        ("1.5", {"type": "number"}, 1.5),
        ("1e3", {"type": "number"}, 1000.0),
        ("1_000", {"type": "integer"}, "1_000"),
        ("nan", {"type": "number"}, "nan"),
        ("inf", {"type": "number"}, "inf"),
        ("\u0661\u0662", {"type": "integer"}, "\u0661\u0662"),
        ("9" * 5000, {"type": "integer"}, "9" * 5000),
        (["1", 2], {"type": "array", "items": {"type": "string"}}, ["1", "2"]),
        ({"n": "2"}, {"type": "object", "properties": {"n": {"type": "integer"}}}, {"n": 2}),
        ("x", {"type": "array"}, "x"),
    ],
)
def test_a_value_merely_written_otherwise_takes_its_type(value, schema, result):
    found = coerce(value, schema)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"pointId": "123"}, ("SGE042", 'pointId: "123" is not 14 digits')),
        ({"day": "2025-02-30"}, ("SGE042", 'day: "2025-02-30" is not a date, YYYY-MM-DD')),
        ({"day": "15/06/2025"}, ("SGE042", 'day: "15/06/2025" is not a date, YYYY-MM-DD')),
        ({"kind": "COURB"}, ("SGE042", 'kind: "COURB" is not allowed')),
        ({"count": 6}, ("SGE042", "count: 6 is more than 5")),
        ({"count": "many"}, ("SGE042", 'count: "many" is not a whole number')),
        ({"agreed": "oui"}, ("SGE042", 'agreed: "oui" is not true or false')),
        ({"ids": "1"}, ("SGE042", 'ids: "1" is not a list')),
        ({"ids": ["1", "2", "3"]}, ("SGE042", "ids: a list has more than 2 items")),
        ({"ids": ["1", "1"]}, ("SGE042", "ids: a list has the same item twice")),
        ({"ids": ["1", "1234"]}, ("SGE042", 'ids.1: "1234" is longer than 3 characters')),
        ({"options": {"code": "C"}}, ("SGE042", 'options.code: "C" is not allowed')),
        ({"options": {}}, ("SGE042", 'options: the member "code" is missing')),
        (
            {"options": {"code": "A", "x": 1}},
            ("SGE042", 'options: there is no member "x"'),
        ),
        ({"lastname": "X"}, ("SGE042", "lastname: the value is shorter than 3 characters")),
        ({"kind": ...}, ("SGE040", "kind is missing")),
        ({"kinde": "A"}, ("SGE041", 'readThing has no parameter "kinde"')),
    ],
)
def test_a_wrong_value_is_refused_in_words(changes, problem):
    assert refused(**changes) == [problem]


def test_everything_wrong_is_told_at_once():
    found = refused(pointId="1", kind=..., day="x", agreed="no", pontId="2")
    assert [words for _, words in found] == [
        'readThing has no parameter "pontId"',
        'pointId: "1" is not 14 digits',
        'day: "x" is not a date, YYYY-MM-DD',
        "kind is missing",
        'agreed: "no" is not true or false',
    ]


def test_what_is_close_and_what_is_allowed_is_said():
    with pytest.raises(InvalidValues) as caught:
        filled(kind="COURB", pointID="1", options={"code": "AB"})
    unknown, kind, options = caught.value.problems
    assert unknown.suggestion == "pointId"
    assert (kind.suggestion, kind.allowed) == ("COURBE", ("COURBE", "PMAX", "ENERGIE"))
    assert options.allowed == ("A", "B")


def test_what_a_member_may_be_is_said_with_its_own_description():
    with pytest.raises(InvalidValues) as caught:
        filled(options={"cod": "A"})
    missing, unknown = sorted(caught.value.problems, key=lambda one: one.message)
    assert (missing.allowed, missing.note) == (("A", "B"), "One letter")
    assert (unknown.allowed, unknown.suggestion) == (("code", "size"), "code")


@pytest.mark.parametrize(
    ("changes", "written"),
    [
        ({"ids": "12"}, """ids:='["…"]'"""),
        ({"options": "A"}, """options:='{"code": "A"}'"""),
    ],
)
def test_a_text_in_the_place_of_a_list_is_told_how_lists_are_written(changes, written):
    with pytest.raises(InvalidValues) as caught:
        filled(**changes)
    assert caught.value.problems[0].details == (("on the command line", written),)


def test_a_list_that_is_wrong_in_itself_is_told_nothing_of_writing_lists():
    with pytest.raises(InvalidValues) as caught:
        filled(ids=[["1"]])
    assert caught.value.problems[0].details == ()


def test_a_personal_value_is_in_no_part_of_a_message():
    with pytest.raises(InvalidValues) as caught:
        filled(lastname="Dupont-Dupontel")
    assert "Dupont" not in repr(caught.value.problems)


def test_rules_are_looked_at_once_the_values_are_right():
    rules = (
        Rule(check=compile_expression("kind != 'PMAX'"), message="PMAX does not go"),
        Rule(check=compile_expression("days_between(day, '2025-06-15') > 0"), message="too late"),
        Rule(check=compile_expression("length(nowhere) > 0"), message="never"),
    )
    with pytest.raises(InvalidValues) as caught:
        fill(PARAMETERS, GOOD, SCOPE, rules=rules, owner="readThing")
    broken, late, unclear = caught.value.problems
    assert (broken.id.code, broken.message) == ("SGE043", "PMAX does not go")
    assert broken.details == (("given", "kind PMAX"),)
    assert late.details == (("given", "day 2025-06-15"),)
    assert late.message == "too late"
    assert unclear.message.startswith("length() takes text")
    with pytest.raises(InvalidValues) as caught:
        fill(PARAMETERS, {**GOOD, "kind": "no"}, SCOPE, rules=rules, owner="readThing")
    assert [problem.id.code for problem in caught.value.problems] == ["SGE042"]


def test_a_broken_rule_says_what_was_given_and_what_was_not_and_where_it_stands():
    text = """
    check: >-
      present(count) && present(lastname) && present(login) && present(ids) && agreed
    """
    check = Reader(read_yaml("rules.yaml", dedent(text))).expression(("check",))
    rule = Rule(check=check, message="all of them")
    with pytest.raises(InvalidValues) as caught:
        fill(PARAMETERS, {**GOOD, "ids": ["a"]}, SCOPE, rules=(rule,), owner="readThing")
    (broken,) = caught.value.problems
    assert dict(broken.details) == {
        "given": "lastname, login one@example.org, ids, agreed true",
        "not given": "count",
        "rule": "rules.yaml:3",
    }
    assert broken.message == "all of them"


# -- the quick way says yes only when jsonschema does ------------------------------------------------

PATTERNS = st.sampled_from(["^[0-9]{3}$", "^[A-Z]", "a|b", "", "^.{2,4}$"])
WORDS = st.sampled_from(["A", "B", "ab", "123", "2025-06-15", "true", ""])
KEYWORDS = {
    "pattern": PATTERNS,
    "minLength": st.integers(0, 4),
    "maxLength": st.integers(0, 12),
    "format": st.just("date"),
    "enum": st.lists(WORDS | st.integers(0, 3) | st.booleans() | st.none(), min_size=1, max_size=4),
    "const": WORDS,
    "minimum": st.integers(-2, 5),
    "maximum": st.integers(-2, 5),
    "minItems": st.integers(0, 3),
    "uniqueItems": st.booleans(),
    "description": st.just("words"),
}
TYPES = st.sampled_from(["string", "integer", "number", "boolean", "array", "object"])
KINDS = st.none() | TYPES | st.lists(TYPES | st.just("null"), min_size=1, max_size=3, unique=True)


def schemas_of(optional, kinds=KINDS):
    return st.builds(
        lambda kind, words: ({"type": kind} if kind else {}) | words,
        kinds,
        st.fixed_dictionaries({}, optional=optional),
    )


def around(inner):
    """Schemas that hold others, as those of documents do; `not` and `dependentRequired` are rare."""
    parts = inner | st.booleans()
    return schemas_of(
        KEYWORDS
        | {
            "maxItems": st.integers(0, 3),
            "items": parts,
            "properties": st.dictionaries(WORDS, parts, max_size=3),
            "required": st.lists(WORDS, max_size=2, unique=True),
            "additionalProperties": parts,
            "propertyNames": st.fixed_dictionaries({"pattern": PATTERNS}),
            "minProperties": st.integers(0, 2),
            "maxProperties": st.integers(0, 3),
            "anyOf": st.lists(parts, min_size=1, max_size=2),
            "not": parts,
            "dependentRequired": st.just({"A": ["B"]}),
            "x-called": st.just("a thing"),
        }
    )


FLAT = schemas_of(KEYWORDS, st.none() | TYPES)
NESTED = st.recursive(schemas_of(KEYWORDS), around, max_leaves=6)
VALUES = st.one_of(
    WORDS,
    st.text(max_size=5),
    st.dates().map(str),
    st.integers(-3, 200),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
    st.lists(WORDS, max_size=3),
    st.lists(WORDS | st.integers(0, 2) | st.booleans() | st.just(1.0), max_size=4),
    st.dictionaries(WORDS, WORDS | st.lists(st.dictionaries(WORDS, WORDS), max_size=3), max_size=3),
)


@given(NESTED, VALUES)
@settings(max_examples=some(150))
def test_a_quick_yes_is_a_yes_of_jsonschema(schema, value):
    judge = Draft202012Validator(schema, format_checker=FormatChecker(["date"]))
    assert not quick_validator(schema)(value) or judge.is_valid(value)


def test_a_pattern_that_is_none_or_a_keyword_that_is_not_known_is_never_a_quick_yes():
    assert not quick_validator({"pattern": "("})("a")
    assert not quick_validator({"$ref": "#/here"})("a")
    assert not quick_validator({"format": "email"})("a")


@given(FLAT, VALUES)
@settings(max_examples=some(150))
def test_nothing_is_said_exactly_when_jsonschema_says_nothing(schema, value):
    parameter = Parameter(name="p", schema=schema, required=True)
    judge = Draft202012Validator(schema, format_checker=FormatChecker(["date"]))
    assert (faults_of(value, parameter) == []) == judge.is_valid(value)
