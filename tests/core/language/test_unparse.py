"""The parts of an expression as text, and the paths that it reads."""

import jmespath
import pytest

from sgeflow import open_catalog
from sgeflow.core.checking.walk import every_step, expressions_in
from sgeflow.core.language.unparse import paths, texts, written

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
    "a[?b == 'it\\'s' && c > `3`].d[]",
    "map(&b.c, a)",
    "@",
    "[].a",
    '`[1, "x"]`',
    "(a == b) == c",
    "(a || b).c",
    "(a && b)[0].c",
    "(!a).b",
    "(a || b)[?c].d",
]


def parsed(text):
    return jmespath.compile(text).parsed


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_what_is_written_of_an_expression_says_the_same(text):
    assert parsed(written(parsed(text))) == parsed(text)


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
        assert parsed(written(expression.parsed)) == expression.parsed, expression.text


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
    ],
)
def test_the_paths_that_are_read_are_found_whatever_stands_between(text, read):
    assert [".".join(path) for path in paths(parsed(text))] == read


def test_the_texts_of_an_expression_are_its_own_words():
    text = 'a == \'C5\' || contains(`["C1", 2]`, b) || c == `"x"`'
    assert list(texts(parsed(text))) == ["C5", "C1", "x"]
