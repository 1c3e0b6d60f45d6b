"""Old forms of an expression: each is refused with its rewrite, and the rewrite gives the same."""

import jmespath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jmespath.visitor import Options

from sgeflow.core.checking.expressions.inference import infer
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.language.expression import compile_expression
from sgeflow.core.language.functions import Pack
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.shapes import ANY, BOOLEAN, TEXT, Shape, Sort, list_of, shape_of_value
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.errors import EvaluationError, Id
from tests.core.language.shapes import KNOWN
from tests.examples import some

REFUSED = {
    "not_null(inputs.history, 'P1Y')": ("SGE039 1", "default(inputs.history, 'P1Y')"),
    "default(state.boId, default(state.serviceId, `null`))": (
        "SGE039 46",
        "default(state.boId, state.serviceId, null)",
    ),
    "inputs.count > `1`": ("SGE039 16", "inputs.count > 1"),
    "contains(['C1', 'C2'], steps.contract.segment)": (
        "SGE039 1",
        "one_of(steps.contract.segment, 'C1', 'C2')",
    ),
    'contains(`["C1"]`, steps.contract.segment)': (
        "SGE039 10",
        "one_of(steps.contract.segment, 'C1')",
    ),
    "having(steps.contract.services, &type, 'CDC')": (
        "SGE039 1",
        "having(steps.contract.services, {type: 'CDC'})",
    ),
    "having(steps.contract.services, &date(start), run.today)": (
        "SGE039 1",
        "among(steps.contract.services, &date(start), [run.today])",
    ),
    "among(steps.contract.services, &type, ['CDC', 'IDX'])": (
        "SGE039 1",
        "having(steps.contract.services, {type: ['CDC', 'IDX']})",
    ),
    "having(steps.contract.services, &date(start), [run.today])": (
        "SGE039 1",
        "among(steps.contract.services, &date(start), [run.today])",
    ),
    "not_null(not_null(inputs.history, state.boId), 'P1Y')": (
        "SGE039 1",
        "default(inputs.history, state.boId, 'P1Y')",
    ),
    "inputs.tags && inputs.flag": ("SGE035 1", "!empty(inputs.tags) && inputs.flag"),
    "(inputs.flag && false) || true": ("SGE039 2", "if(inputs.flag, false, true)"),
    "inputs.flag || true": ("SGE039 1", "true"),
    "steps.contract.segment == ('C1' || 'C5')": (
        "SGE035 28",
        "one_of(steps.contract.segment, 'C1', 'C5')",
    ),
    "steps.contract.segment != ('C1' || 'C5')": (
        "SGE035 28",
        "!one_of(steps.contract.segment, 'C1', 'C5')",
    ),
    "(inputs.flag && 'a') || 'b'": ("SGE035 17", "if(inputs.flag, 'a', 'b')"),
    "inputs.flag && inputs.history": ("SGE035 16", "if(inputs.flag, inputs.history, null)"),
    "inputs.flag || 'C4'": ("SGE035 16", "default(inputs.flag, 'C4')"),
    "state.boId || inputs.history": ("SGE035 15", "default(state.boId, inputs.history)"),
}
"""An old form: the id, where it is told, and the whole expression in its plainest form."""


def told(text, known=KNOWN):
    """What is wrong with an expression, as a document has it."""
    reader = Reader(read_yaml("x.yaml", f"e: |-\n  {text}"))
    return infer(reader.expression(("e",)), known)[1]


def test_an_old_form_is_refused_once_at_its_place_with_its_rewrite():
    seen = {}
    for text in REFUSED:
        (problem,) = told(text)
        seen[text] = f"{problem.id.code} {problem.at.column - 2}", problem.suggestion
    assert seen == REFUSED


def test_a_rewrite_is_not_refused_again():
    assert {new: list(map(str, told(new))) for _, new in REFUSED.values() if told(new)} == {}


def test_what_jmespath_alone_can_say_stays():
    for text in ("`[]`", "`{}`", "`1.5` > 1", "contains(inputs.tags, 'a')", "[?@ != 'x']"):
        assert [p for p in told(text) if p.id is Id.PLAIN_FORM] == []


def test_a_condition_that_may_be_left_out_is_refused_unless_it_is_asked_for():
    may = Known({**KNOWN.roots, "again": Shape(Sort.BOOLEAN, may_lack=True)})
    for text in ("again && inputs.flag", "!again", "if(again, 1, 2)"):
        assert [p.id for p in told(text, may)] == [Id.NOT_BOOLEAN]
        assert "may be left out" in told(text, may)[0].message
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


# -- a rewrite gives what the old form gave --------------------------------------------------------

TEXTS = {"t": "C5", "u": "C1", "blank": "", "gone": None}
DATA = {
    **TEXTS,
    "yes": True,
    "no": False,
    "many": [{"k": "C5"}, {"k": "C1"}, {"k": None}],
    "none": [],
}
NAMES = Known(
    {
        **dict.fromkeys(TEXTS, TEXT),
        "yes": BOOLEAN,
        "no": BOOLEAN,
        "many": list_of(ANY),
        "none": list_of(ANY),
    }
)
EMPTY = {"blank", "gone", "no", "none"}  # what `&&` and `||` pass over
text = st.sampled_from([*TEXTS, "'C4'"])
truth = st.sampled_from(["yes", "no", "t == 'C5'", "u == 'C5'", "present(gone)", "!present(t)"])


def said(written, values):
    return written, values, written


@st.composite
def old(draw):
    """An old form, the names whose values it may give, and how JMESPath says it."""
    kind = draw(
        st.sampled_from(["choice", "first", "not_null", "nested", "contains", "equal", "having"])
    )
    a, b, c = (draw(text) for _ in range(3))
    first, second = draw(truth), draw(truth)
    if kind == "choice":
        value = draw(st.sampled_from([a, "many", "none"]))
        return said(f"({first} && {value}) || ({second} && {b}) || {c}", {value, b, c})
    if kind == "first":
        return said(f"{a} || {b} || {c}", {a, b, c})
    if kind == "not_null":
        return said(f"not_null({a}, {b})", set())
    if kind == "nested":
        return said(f"default({a}, default({b}, default({c}, `null`)))", set())
    if kind == "contains":
        listed = draw(st.sampled_from(['`["C1", "C5"]`', "['C1', 'C4']"]))
        return said(f"contains({listed}, {a})", set())
    if kind == "equal":
        return said(f"{a} == ('C1' || 'C5')", {"one of two"})
    return f"having(many, &k, {a})", set(), f"among(many, &k, [{a}])"


OLD = Options(custom_functions=Pack())


@given(old())
@settings(max_examples=some(100), deadline=None)
def test_a_rewrite_gives_what_jmespath_gave_or_the_form_is_told_as_wrong(form):
    written, values, meant = form
    then = jmespath.search(meant, DATA, OLD)
    (problem,) = told(written, NAMES)
    assert told(problem.suggestion, NAMES) == []
    now = compile_expression(problem.suggestion).search(DATA)
    both = dict(problem.details)
    if problem.id is Id.PLAIN_FORM:
        assert now == then
    else:
        assert problem.id is Id.NOT_BOOLEAN
        assert now == then or values & {*EMPTY, "one of two"}
        assert now == then or both["it gives"] != both["rewritten"]


def test_a_form_that_is_wrong_tells_a_case_with_both_values():
    seen = {text: [str(said) for _, said in told(text)[0].details] for text in REFUSED}
    assert {text: said for text, said in seen.items() if said} == {
        "(inputs.flag && false) || true": ["inputs.flag → true", "true", "false"],
        "steps.contract.segment == ('C1' || 'C5')": [
            "steps.contract.segment → 'C5'",
            "false",
            "true",
        ],
        "steps.contract.segment != ('C1' || 'C5')": [
            "steps.contract.segment → 'C5'",
            "true",
            "false",
        ],
        "inputs.flag && inputs.history": [
            "inputs.flag → false, inputs.history → 'x'",
            "false",
            "null",
        ],
        "inputs.flag || 'C4'": ["inputs.flag → false", "'C4'", "false"],
        "inputs.tags && inputs.flag": ["inputs.tags → `[]`, inputs.flag → true", "`[]`", "false"],
        "state.boId || inputs.history": ["state.boId → '', inputs.history → 'x'", "'x'", "''"],
    }
