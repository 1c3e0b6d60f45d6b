"""The parts of an expression as text, and the paths that it reads."""

import pytest

from sgeflow import open_catalog
from sgeflow.core.checking.flows.expression_sites import expressions_in
from sgeflow.core.engine.walk import every_step
from sgeflow.core.language.expression import compile_expression, compile_path
from sgeflow.core.language.unparse import paths, texts, unparse

EXPRESSIONS = [
    "a.b[0].c[*].d",
    "a.*.b",
    "a[1:3]",
    "[a, b.c]",
    '{a: b, "an odd name": c}',
    "!(a == 'x')",
    "!present(a)",
    "(a || b) && c",
    "a || b && c",
    "(a | [0]).b",
    "a[?b == 'it\\'s' && c > 3].d[]",
    "a[].[b, c]",
    "if(a, b, null) == 'x'",
    "map(&b.c, a)",
    "a[?b >= $c.d && $e]",
    "@",
    "[].a",
    "[1, 'x']",
    "`[]`",
    "`2.5`",
    "(a == b) == c",
    "(a || b).c",
    "(a && b)[0].c",
    "(!a).b",
    "(a || b)[?c].d",
]


def parsed(text):
    return without_places(compile_expression(text).syntax_tree)


def without_places(node):
    """A tree without the places of its parts."""
    if not isinstance(node, dict):
        return node
    kept = {name: value for name, value in node.items() if name not in {"at", "children"}}
    return {**kept, "children": [without_places(child) for child in node.get("children", ())]}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_what_is_written_of_an_expression_says_the_same(text):
    assert parsed(unparse(parsed(text))) == parsed(text)


def test_what_is_written_of_every_shipped_expression_says_the_same():
    catalog = open_catalog().catalog
    found = {path for o in catalog.operations.values() for path in o.response.paths.values()}
    for flow in catalog.flows.values():
        found |= set(expressions_in(flow.outputs))
        for step in every_step(flow.steps):
            found |= {
                e for value in (step.when, step.spec, step.foreach) for e in expressions_in(value)
            }
    assert len(found) > 250
    for expression in found:
        compiled = (compile_path if expression.is_path else compile_expression)(expression.text)
        again = compile_expression(unparse(expression.syntax_tree))
        assert without_places(again.syntax_tree) == without_places(compiled.syntax_tree), (
            expression.text
        )


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("steps.a.b", ["steps.a.b"]),
        ("steps.a[?b == 'x' && c].d[0]", ["steps.a.b", "steps.a.c", "steps.a.d"]),
        ("steps.a[].b | [0].c", ["steps.a.b.c"]),
        ("map(&b.c, steps.a.rows)", ["steps.a.rows"]),
        ("default(steps.a.b, inputs.c) == run.today", ["steps.a.b", "inputs.c", "run.today"]),
        ("steps.a.{x: b, y: c}", ["steps.a.b", "steps.a.c"]),
        ("length(f(steps.a)[?b])", ["steps.a"]),
        ("steps.a[?b >= $run.today].c", ["steps.a.b", "run.today", "steps.a.c"]),
        ("sum_by(steps.a, &f($inputs.b))", ["steps.a", "inputs.b"]),
    ],
)
def test_the_paths_that_are_read_are_found_whatever_stands_between(text, read):
    assert [".".join(path) for path in paths(parsed(text))] == read


def test_the_texts_of_an_expression_are_its_own_words():
    text = "a == 'C5' || one_of(b, 'C1', 2) || c == 'x'"
    assert list(texts(parsed(text))) == ["C5", "C1", "x"]
