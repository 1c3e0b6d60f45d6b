"""`${…}` in values: types kept, text joined, mistakes at their place in every scalar style."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.language.reader import Reader
from sgeflow.core.language.template import compile_template
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.errors import EvaluationError, InvalidDocuments

SCOPE = {
    "text": "abc",
    "number": 7,
    "decimal": 1.5,
    "yes": True,
    "none": None,
    "items": [1, 2],
    "object": {"a": 1, "}": "brace"},
}


def value(text):
    return compile_template(text).evaluate(SCOPE)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("plain", "plain"),
        ("", ""),
        ("$", "$"),
        ("costs $5", "costs $5"),
        ("{not}", "{not}"),
        ("${number}", 7),
        ("${ number }", 7),
        ("${yes}", True),
        ("${none}", None),
        ("${items}", [1, 2]),
        ("${object}", {"a": 1, "}": "brace"}),
        ("${text}!", "abc!"),
        ("${text}${number}", "abc7"),
        ("is ${yes} at ${decimal}", "is true at 1.5"),
        ("$${text}", "${text}"),
        ("a $${ b ${text}", "a ${ b abc"),
        ("$$${text}", "$${text}"),
        ("${text}$${text}${text}", "abc${text}abc"),
        ("${items[?@ > 1] | [0]}", 2),
        ("${{a: number, b: {c: text}}}", {"a": 7, "b": {"c": "abc"}}),
        ("${'}'}", "}"),
        ("${'a}b'}${text}", "a}babc"),
        ("${'it\\'s }'}", "it's }"),
        ('${object."}"}', "brace"),
        ('${`{"a": "}"}`}', {"a": "}"}),
        ('${`"\\`}"`}', "`}"),
        ("${join('', [text, '${x}'])}", "abc${x}"),
    ],
)
def test_a_template_gives(text, result):
    assert value(text) == result
    assert type(value(text)) is type(result)


@pytest.mark.parametrize("inner", ["none", "items", "object", "nowhere"])
def test_nothing_and_nests_cannot_stand_inside_text(inner):
    with pytest.raises(EvaluationError, match="cannot be part of a text") as caught:
        value(f"x ${{{inner}}}")
    assert ("instead", "default(…, '') or a `when`") in caught.value.problems[0].details


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.text("ab/ .~é%", max_size=4))
def test_a_value_in_a_path_is_one_segment_or_a_part_of_one(anything, written):
    template = compile_template(f"/consent/{written}${{id}}")
    if anything in (".", ".."):
        with pytest.raises(EvaluationError, match="in a path"):
            template.evaluate_path({"id": anything})
        return
    path = template.evaluate_path({"id": anything})
    assert unquote(path) == f"/consent/{written}{anything}"
    assert path.count("/") == 2 + written.count("/")
    assert "?" not in path


@pytest.mark.parametrize("nothing", ["", None, [], {}])
def test_nothing_is_no_value_of_a_path(nothing):
    for text in ("${id}", "/consent/${id}", "/consent-${id}/x"):
        with pytest.raises(EvaluationError):
            compile_template(text).evaluate_path({"id": nothing})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a ${text", "a ${ that is not closed"),
        ("${'}", "a text in ' that is not closed"),
        ("${}", "an empty ${}"),
        ("${  }", "an empty ${}"),
    ],
)
def test_an_unfinished_template_is_refused(text, message):
    with pytest.raises(InvalidDocuments, match=message.replace("$", r"\$").replace("{", r"\{")):
        compile_template(text)


def test_nests_keep_constants_and_evaluate_the_rest():
    reader = Reader(read_yaml("x.yaml", 'v: {a: ["${number}", 2], b: {c: "x${text}"}, d: null}'))
    template = reader.template(("v",))
    assert template.evaluate(SCOPE) == {"a": [7, 2], "b": {"c": "xabc"}, "d": None}
    assert [expression.text for expression in template.expressions()] == ["number", "text"]
    assert not template.is_constant
    assert reader.template(("v", "d")).is_constant


STYLES = {
    "plain": ("v: go ${text} and ${nope nope}", 1, 26),
    "plain alone": ("v: ${nope nope}", 1, 11),
    "single quoted": ("v: 'it''s ${nope nope}'", 1, 18),
    "double quoted": (r'v: "say \"${nope nope}\""', 1, 18),
    "double quoted with an escape": (r'v: "\u00e9\t ${nope nope}"', 1, 21),
    "double quoted over lines": ('v: "one\n  two \\\n  ${nope nope}"', 3, 10),
    "plain over lines": ("v: one\n  two ${text}\n  three ${nope nope}", 3, 16),
    "literal block": ("v: |\n  one\n    two ${nope nope}\n", 3, 16),
    "folded block": ("v: >-\n  one\n\n  two ${text}\n  ${nope nope}\n", 5, 10),
    "folded block with a comment": ("v: >-  # why\n  ${nope nope}\n", 2, 10),
    "anchored": ("v: &a 'x ${nope nope}'", 1, 17),
    "in a list": ("v:\n  - a\n  - b${nope nope}", 3, 13),
    "Windows line ends": ("a: 1\r\nv: |\r\n  one\r\n  ${nope nope}\r\n", 4, 10),
}


@pytest.mark.parametrize(("text", "line", "column"), STYLES.values(), ids=STYLES)
def test_a_mistake_inside_any_scalar_stands_at_its_column(text, line, column):
    reader = Reader(read_yaml("x.yaml", text))
    reader.template(("v",))
    (problem,) = reader.problems
    assert problem.message == 'not a JMESPath expression: "nope" is not expected there'
    assert (problem.at.line, problem.at.column, problem.at.length) == (line, column, 4)
    assert problem.at.text[column - 1 : column + 3] == "nope"
