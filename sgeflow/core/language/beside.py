"""What stands beside a value in the output that it is read of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sgeflow.core.language.expression import Expression, compile_expression
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import EvaluationError

_PATH = re.compile(r"(steps(?:\.\w+|\[\d*\])*)\.\w+(?:\[\])?")


def texts_beside(template: Template, name: str, scope: Scope) -> Iterator[str]:
    """The texts under another name, where a value is read of an output by a plain path.

    `${steps.weeks[].measures[]}` has `steps.weeks[].unit` beside it; what is not there says
    nothing.
    """
    whole = _PATH.fullmatch(template.single.text.strip()) if template.single else None
    if whole is None:
        return
    other: Expression = compile_expression(f"{whole[1]}.{name}")
    try:
        yield from _texts(other.search(scope))
    except EvaluationError:
        return


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
