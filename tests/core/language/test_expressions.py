"""Expressions: what they give, what they refuse, and where a mistake stands."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.checking.expressions.inference import infer
from sgeflow.core.language import functions
from sgeflow.core.language.expression import compile_expression, compile_path
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.shapes import Sort
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.errors import EvaluationError, InvalidDocuments
from tests.core.language.shapes import KNOWN
from tests.each import each

FOLDER = Path(__file__).parents[2] / "cases"
FUNCTIONS = yaml.load((FOLDER / "functions.yaml").read_text("utf-8"), yaml.CBaseLoader)
TYPED = yaml.load((FOLDER / "functions.yaml").read_text("utf-8"), yaml.CSafeLoader)
GIVEN, RESULTS = TYPED["given"], TYPED["cases"]
KNOWN_CASES = yaml.load((FOLDER / "expressions.yaml").read_text("utf-8"), yaml.CSafeLoader)


def name(case):
    return case["expression"]


@each([c for c in RESULTS if "result" in c], name)
def test_an_expression_gives(case):
    value = compile_expression(case["expression"]).search(GIVEN)
    assert value == case["result"]
    assert (
        json.dumps(value, sort_keys=True).lower()
        == json.dumps(
            case["result"] if not isinstance(value, float) else float(case["result"]),
            sort_keys=True,
        ).lower()
    )


@each([c for c in RESULTS if "error" in c], name)
def test_an_expression_refuses_with_its_words_and_place(case):
    reader = Reader(read_yaml("flows/x.yaml", f"e: |-\n  {case['expression']}"))
    with pytest.raises(EvaluationError) as caught:
        reader.expression(("e",)).search(GIVEN)
    problem = caught.value.problems[0]
    assert problem.message == case["error"]
    assert str(problem.at) == "flows/x.yaml:2:3"
    assert problem.at.length == len(case["expression"])
    assert ("expression", case["expression"]) in problem.details


@each(FUNCTIONS["mistakes"], name)
def test_what_is_not_jmespath_is_refused_at_its_place(case):
    reader = Reader(read_yaml("x.yaml", f"e: |-\n  {case['expression']}"))
    reader.expression(("e",))  # what stands in it is looked at as well, where it can be read
    problem = reader.problems[0]
    seen = f"{problem.id.code} {problem.at.line}:{problem.at.column} {problem.message}"
    assert seen.startswith(case["problem"])
    assert problem.note == case.get("note", problem.note)
    assert problem.suggestion == case.get("suggestion", "")


@pytest.mark.parametrize("compiled", [compile_path, compile_expression])
@given(
    st.lists(
        st.sampled_from(["true", "null", "false", "true_"])
        | st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}", fullmatch=True),
        min_size=1,
        max_size=5,
    ).map(".".join)
)
def test_names_between_dots_have_the_tree_that_jmespath_makes(compiled, text):
    spaced = f"{text} "  # read token by token
    assert compiled(text).syntax_tree == compiled(spaced).syntax_tree


def test_every_function_of_the_pack_has_a_case():
    written = " ".join(map(name, RESULTS))
    assert [one for one in functions.manual() if f"{one}(" not in written] == []


def test_every_function_of_the_pack_says_how_it_is_called():
    for one, text in functions.manual().items():
        assert text.startswith(f"`{one}(")


@pytest.mark.parametrize("text", ["(" * 5000, "!" * 5000 + "a", "a" + "[0" * 3000])
def test_what_is_nested_too_deeply_is_refused(text):
    with pytest.raises(InvalidDocuments, match="not a JMESPath expression"):
        compile_expression(text)


def test_a_chain_may_be_long_but_not_endless():
    assert compile_expression(" || ".join(["a"] * 90)).search({"a": True}) is True
    with pytest.raises(InvalidDocuments, match="nested too deeply"):
        compile_expression(" || ".join(["a"] * 200))


@pytest.mark.parametrize("value", ["null", "'text'", "1", "`[]`", "nowhere"])
def test_a_condition_that_is_not_true_or_false_is_an_error(value):
    with pytest.raises(EvaluationError, match="a condition must be true or false"):
        compile_expression(value).truth({"null": None})


def test_a_condition_written_as_a_yaml_word_is_that_word():
    reader = Reader(read_yaml("x.yaml", "a: true\nb: 3"))
    assert reader.expression(("a",)).truth({}) is True
    assert reader.expression(("b",)).search({}) == 3


# -- before anything runs ---------------------------------------------------------------------------


def inferred(text):
    reader = Reader(read_yaml("x.yaml", f"e: |-\n  {text}"))
    return infer(reader.expression(("e",)), KNOWN)


def words(problem):
    meant = f" → {problem.suggestion}" if problem.suggestion else ""
    note = f" ({problem.note})" if problem.note else ""
    place = f"{problem.at.column - 2}+{problem.at.length}"
    return f"{problem.id.code} {place} {problem.message}{meant}{note}"


@each([c for c in KNOWN_CASES if "gives" in c], name)
def test_no_mistake_is_seen_where_there_is_none(case):
    shape, problems = inferred(case["expression"])
    assert problems == []
    assert shape.sort is Sort(case["gives"])


@each([c for c in KNOWN_CASES if "wrong" in c], name)
def test_a_mistake_is_seen_before_anything_runs(case):
    _, problems = inferred(case["expression"])
    assert [words(problem) for problem in problems] == case["wrong"]


def test_there_are_many_of_both():
    assert len(KNOWN_CASES) >= 120


def test_what_is_wrong_says_what_is_known_there():
    _, (problem,) = inferred("steps.contract.segement")
    assert problem.allowed == ("segment", "level", "services", "measures")
    assert problem.allowed_label == "known in readContract"
    _, (problem,) = inferred("input.x")
    assert set(problem.allowed) == set(KNOWN.roots)
    _, (problem,) = inferred("lenght(`[]`)")
    assert "length" in problem.allowed
    assert "windows" in problem.allowed


def test_a_step_that_was_asked_for_is_read_freely_afterwards():
    """A value that default() gave is no longer one that may be missing."""
    shape, problems = inferred("default(steps.order, steps.contract)")
    assert problems == []
    assert not shape.sometimes


def test_a_list_that_is_sorted_again_and_again_is_looked_at_once():
    """Twice at each level would never end."""
    text = f"{'sort_by(' * 40}steps.contract.services, &stat{'), &state' * 39})"
    shape, (problem,) = inferred(text)
    assert (problem.message, problem.suggestion) == ('there is no "stat"', "state")
    assert shape.sort is Sort.LIST
