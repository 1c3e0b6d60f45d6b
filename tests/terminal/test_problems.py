"""Problems and failures as text, as documents, as annotations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.model import Failure, FaultClass
from sgeflow.errors import Id, Location, Problem
from sgeflow.terminal.problems import (
    annotation,
    failure_text,
    problem_text,
    problems_text,
)
from sgeflow.terminal.terminal import painter, plain_line

LINE = "    retrie: {attempts: 4}"
AT = Location(
    file="flows/annual.yaml", line=23, column=5, length=6, before="    with: {}", text=LINE
)
PROBLEM = Problem(
    id=Id.UNKNOWN_KEY,
    message='unknown key "retrie"',
    at=AT,
    note="a step has no such key",
    allowed=("call", "check", "retry", "when"),
    suggestion="retry",
)


def test_a_problem_has_its_one_shape():
    assert problem_text(PROBLEM, 84).splitlines() == [
        'SGE012 unknown key "retrie"                                   flows/annual.yaml:23:5',
        "   22 |     with: {}",
        "   23 |     retrie: {attempts: 4}",
        "      |     ^^^^^^ a step has no such key",
        "  did you mean  retry ?          allowed here: call check retry when",
    ]


def test_a_place_that_does_not_fit_stands_below():
    lines = problem_text(PROBLEM, 45).splitlines()
    assert lines[:2] == ['SGE012 unknown key "retrie"', "  flows/annual.yaml:23:5"]


def test_a_mistake_far_to_the_right_is_shown_with_its_caret_below_it():
    text = "x" * 300 + "WRONG" + "y" * 50
    at = Location(file="a.yaml", line=1, column=301, length=5, text=text)
    lines = problem_text(Problem(id=Id.NOT_YAML, message="m", at=at), 60).splitlines()
    start = lines[2].index("^")
    assert lines[1][start : start + 5] == "WRONG"
    assert all(len(line) <= 60 for line in lines)


def test_details_are_labelled_and_wrapped_below_each_other():
    details = (("means", "one two three four five six seven eight nine"), ("remedy", "wait"))
    problem = Problem(id=Id.FAULT, message="refused", where="step a", details=details)
    assert problem_text(problem, 40).splitlines() == [
        "SGE201 refused                    step a",
        "  means   one two three four five six",
        "          seven eight nine",
        "  remedy  wait",
    ]


def test_a_failure_ends_with_its_code_and_what_to_do():
    problem = Problem(id=Id.CHECK_FAILED, message="opposed")
    failure = Failure(code="USER_ACTION_NEEDED", problem=problem, hint="Ask the customer.")
    assert failure_text(failure).splitlines()[-1] == "  USER_ACTION_NEEDED · Ask the customer."


def test_a_code_that_the_message_holds_is_not_repeated():
    problem = Problem(id=Id.FAULT, message="refused: SGT401")
    assert failure_text(Failure(code="SGT401", problem=problem)).count("SGT401") == 1


def test_several_problems_are_all_told_and_counted():
    text = problems_text([PROBLEM, Problem(id=Id.NOT_YAML, message="other")])
    assert text.endswith("2 problems")
    assert "SGE010 other" in text


def test_long_lists_of_names_are_cut():
    names = tuple(f"name{i}" for i in range(60))
    text = problem_text(Problem(id=Id.USAGE, message="m", allowed=names))
    assert "name39 … and 20 more" in " ".join(text.split())


def test_the_document_holds_the_same_content():
    document = PROBLEM.to_dict()
    assert document["id"] == "SGE012"
    assert (document["line"], document["column"]) == (23, 5)
    assert document["allowed"] == ["call", "check", "retry", "when"]
    assert "details" not in document
    failure = Failure(code="SGT401", problem=PROBLEM, fault_class=FaultClass.NOT_FOUND)
    assert failure.to_dict()["class"] == "not_found"


def test_an_annotation_escapes_what_its_syntax_uses():
    at = Location(file="a,b:c.yaml", line=2, column=3)
    told = annotation(Problem(id=Id.NOT_YAML, message="100%\nbad", at=at))
    assert told == "::error file=a%2Cb%3Ac.yaml,line=2,col=3,title=SGE010::100%25%0Abad"


def test_foreign_text_cannot_command_the_terminal():
    orders = "\x1b\x07\x9b\r\x85\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069"
    text = problem_text(Problem(id=Id.FAULT, message=f"[31mred{orders} x", note=f"a{orders}b"))
    assert set(orders).isdisjoint(text)
    assert plain_line(f"Ask\n✓ done\r\n→ {orders}all") == f"Ask ✓ done → {'�' * len(orders)}all"


def test_a_line_of_foreign_words_is_no_line_of_a_message():
    words = "Enedis refused the call: “no\n\n  remedy  send it again”"
    (line,) = problem_text(Problem(id=Id.FAULT, message=words)).splitlines()
    assert line == "SGE201 Enedis refused the call: “no    remedy  send it again”"


def test_colour_changes_nothing_but_colour():
    import re

    painted = problem_text(PROBLEM, 84, painter(coloured=True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == problem_text(PROBLEM, 84)
    assert painted != problem_text(PROBLEM, 84)


@given(
    message=st.text(max_size=200),
    text=st.text(alphabet=st.characters(exclude_characters="\n\r"), max_size=300),
    column=st.integers(1, 400),
    length=st.integers(1, 400),
    width=st.integers(40, 120),
)
def test_any_problem_can_be_told(message, text, column, length, width):
    at = Location(file="f.yaml", line=7, column=column, length=length, text=text)
    told = problem_text(Problem(id=Id.NOT_YAML, message=message, at=at, note="why"), width)
    assert told.startswith("SGE010")
    assert "f.yaml:7:" in told


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_lines_stay_within_the_terminal(width):
    problem = Problem(
        id=Id.RULE,
        message="values that do not go together " * 6,
        at=AT,
        note="a note that is rather long " * 4,
        allowed=tuple("abcdefghijklmnop" * 3),
        details=(("rule", "a && b " * 30),),
    )
    assert all(len(line) <= width for line in problem_text(problem, width).splitlines())
