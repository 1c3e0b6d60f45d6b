"""Forms of an expression that have a plainer one: each is refused, once and at its place."""

import pytest

from sgeflow.core.checking.expressions.inference import infer
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.language.expression import compile_expression
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.shapes import Shape, Sort, shape_of_value
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.errors import EvaluationError, Id
from tests.core.language.shapes import KNOWN

REFUSED = {
    "not_null(inputs.history, 'P1Y')": "SGE039 1",
    "default(state.boId, default(state.serviceId, `null`))": "SGE039 46",
    "inputs.count > `1`": "SGE039 16",
    "contains(['C1', 'C2'], steps.contract.segment)": "SGE039 1",
    'contains(`["C1"]`, steps.contract.segment)': "SGE039 10",
    "having(steps.contract.services, &type, 'CDC')": "SGE039 1",
    "having(steps.contract.services, &date(start), run.today)": "SGE039 1",
    "among(steps.contract.services, &type, ['CDC', 'IDX'])": "SGE039 1",
    "having(steps.contract.services, &date(start), [run.today])": "SGE039 1",
    "not_null(not_null(inputs.history, state.boId), 'P1Y')": "SGE039 1",
    "inputs.tags && inputs.flag": "SGE035 1",
    "(inputs.flag && false) || true": "SGE039 2",
    "inputs.flag || true": "SGE039 1",
    "steps.contract.segment == ('C1' || 'C5')": "SGE035 28",
    "steps.contract.segment != ('C1' || 'C5')": "SGE035 28",
    "(inputs.flag && 'a') || 'b'": "SGE035 17",
    "inputs.flag && inputs.history": "SGE035 16",
    "inputs.flag || 'C4'": "SGE035 16",
    "state.boId || inputs.history": "SGE035 15",
}
"""A form that is refused: the id, and where it is told."""


def told(text, known=KNOWN):
    """What is wrong with an expression, as a document has it."""
    reader = Reader(read_yaml("x.yaml", f"e: |-\n  {text}"))
    return infer(reader.expression(("e",)), known)[1]


def test_a_form_that_has_a_plainer_one_is_refused_once_at_its_place():
    seen = {}
    for text in REFUSED:
        (problem,) = told(text)
        seen[text] = f"{problem.id.code} {problem.at.column - 2}"
    assert seen == REFUSED


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("not_null(inputs.history, 'P1Y')", "present value: default(a, b, …)"),
        ("inputs.count > `1`", "write it without backticks"),
        ("contains(['C1', 'C2'], steps.contract.segment)", "one_of(value, 'a', 'b')"),
        ("having(steps.contract.services, &type, 'CDC')", "having() takes a list and the fields"),
        ("(inputs.flag && 'a') || 'b'", "if(condition, a, b) or default(a, b)"),
        ("state.boId || inputs.history", "if(condition, a, b) or default(a, b)"),
        ("inputs.tags && inputs.flag", "!empty(…)"),
    ],
)
def test_a_refused_form_says_how_it_is_written(text, says):
    (problem,) = told(text)
    assert says in f"{problem.message}; {problem.note}"


def test_what_jmespath_alone_can_say_stays():
    for text in ("`[]`", "`{}`", "`1.5` > 1", "contains(inputs.tags, 'a')", "[?@ != 'x']"):
        assert [p for p in told(text) if p.id is Id.PLAIN_FORM] == []


def test_a_condition_that_may_be_left_out_is_refused_unless_it_is_asked_for():
    may = Known({**KNOWN.roots, "again": Shape(Sort.BOOLEAN, may_lack=True)})
    for text in ("again && inputs.flag", "!again", "if(again, 1, 2)"):
        assert [p.id for p in told(text, may)] == [Id.NOT_BOOLEAN]
        assert "may be null" in told(text, may)[0].message
    right = (
        "present(again) && again",
        "default(again, false) || inputs.flag",
        "if(present(again), again, false)",
        "!present(again) || again",
        "again == true",
    )
    assert {text: list(map(str, told(text, may))) for text in right if told(text, may)} == {}


def test_if_proves_what_its_conditions_prove():
    for text in (
        "if(present(steps.order), steps.order.since, null)",
        "if(!present(steps.order), null, steps.order.since)",
        "if(inputs.flag, '', present(steps.order), steps.order.since, null)",
    ):
        assert told(text) == []
    for text in (
        "if(present(steps.order), null, steps.order.since)",
        "if(inputs.flag, steps.order.since, null)",
    ):
        assert [p.id for p in told(text)] == [Id.NOT_YET]


def test_if_works_out_only_what_it_gives():
    broken = "date_add('never', 'P1D')"
    assert compile_expression(f"if(a, 'x', {broken})").search({"a": True}) == "x"
    assert compile_expression(f"if(a, {broken}, !a, 'y', {broken})").search({"a": False}) == "y"
    with pytest.raises(EvaluationError):
        compile_expression(f"if(a, {broken}, 'x')").search({"a": True})
    with pytest.raises(EvaluationError, match="take true or false, not text"):
        compile_expression("if(a, 1, 2)").search({"a": "true"})


def test_alternatives_give_what_all_of_them_have():
    both = Known(
        {
            "a": shape_of_value({"services": [{"id": "1", "options": []}]}),
            "b": shape_of_value({"services": [{"id": "2"}]}),
        }
    )
    assert told("default(a.services, b.services)[].id", both) == []
    for text in (
        "default(a.services, b.services)[].options",
        "default(b.services, a.services, `[]`)[].options",
        "if(present(a), a.services, b.services)[].options",
    ):
        assert [str(p.message) for p in told(text, both)] == ['not every alternative has "options"']
    for text in ("if(present(a), a, b.services).services", "default('none', b).services"):
        assert [str(p.message) for p in told(text, both)] == [
            'not every alternative has "services"'
        ]
    for text in (
        "if(present(a), a, 'none')",
        "if(present(a), a, null).services",
        "[a, 'none'][0].x",
    ):
        assert told(text, both) == []


def test_the_fields_of_having_are_known_and_comparable():
    (problem,) = told("having(steps.contract.services, {typ: 'CDC'})")
    assert (problem.id, problem.suggestion) == (Id.UNKNOWN_FIELD, "type")
    (problem,) = told("having(steps.contract.services, {type: 1})")
    assert problem.id is Id.EVALUATION
    assert told("having(steps.contract.services, {type: inputs.history, end: null})") == []


def test_days_and_instants_are_ordered_and_not_with_each_other():
    day, instant = "'2025-05-15'", "'2025-05-15T10:00:00+02:00'"
    for left, right in ((day, "'2025-05-16'"), (instant, "'2025-05-15T08:30:00Z'"), ("1", "2")):
        assert told(f"{left} < {right}") == []
        assert compile_expression(f"{left} < {right}").search({}) is True
        assert compile_expression(f"{left} >= {right}").search({}) is False
    for left, right in ((day, instant), (day, "1"), ("'abc'", day), (day, "null")):
        assert [p.id for p in told(f"{left} < {right}")] == [Id.EVALUATION]
        with pytest.raises(EvaluationError, match="< and > compare"):
            compile_expression(f"{left} < {right}").search({})
