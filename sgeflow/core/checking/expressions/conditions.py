"""Whether what must be true or false is: conditions of a flow, rules of a call, a lost order's."""

from __future__ import annotations

from sgeflow.core.checking.expressions.hints import Mistake, is_truth, lacking, sort_text
from sgeflow.core.checking.expressions.inference import infer
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.shapes import Shape
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, say


def check_condition(
    expression: Expression, known: Known, message: Message | None = None
) -> list[Problem]:
    """What is wrong with an expression that must be true or false, and so may not be left out.

    `message` says it of an expression that is no condition of a flow.
    """
    shape, problems = infer(expression, known)
    slips = [lacking(expression.syntax_tree, shape, known.ran)]
    if not is_truth(shape):
        slips.append((message, "") if message else _no_condition(shape))
    at = expression.spot.at(0, len(expression.text))
    problems += [
        Problem(id=Id.NOT_BOOLEAN, message=slip[0], at=at, note=slip[1]) for slip in slips if slip
    ]
    return problems


def _no_condition(shape: Shape) -> Mistake:
    sort = sort_text(shape)
    message = say("a condition must be true or false, this is {sort}", sort=sort)
    return message, say("compare it: … == 'value', present(…), !empty(…)")
