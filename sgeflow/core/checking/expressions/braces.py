"""Values in which `${…}` was forgotten, or written as another program writes it."""

from __future__ import annotations

import re

from sgeflow.core.checking.expressions.inference import infer
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.language.expression import compile_expression
from sgeflow.core.language.shapes import Shape, Sort
from sgeflow.core.language.template import Template
from sgeflow.errors import Id, InvalidDocuments, Problem
from sgeflow.messages import say
from sgeflow.patterns import regex

_PATH = regex(r"([A-Za-z_]\w*)[.\[(]\S.*")
_WRAPPED = regex(r"(?:\{\{|\$\(|\{|<%|%\{)\s*(.+?)\s*(?:\}\}|\)|\}|%>)")
_NESTED = (Sort.LIST, Sort.OBJECT)


def braceless(template: Template, known: Known) -> list[Problem]:
    """A text that reads as an expression over what is known, and would be kept as it stands."""
    text = template.written
    if template.children is not None or template.parts or not isinstance(text, str):
        return []
    wrapped = _WRAPPED.fullmatch(text.strip())
    inner = wrapped[1] if wrapped else text.strip()
    if not _PATH.fullmatch(inner) or not _reads(inner, known):
        return []
    problem = Problem(
        id=Id.BRACES,
        message=say("an expression without ${{ }} is text"),
        at=template.spot.at(),
        note=say("a value that is worked out stands in ${{…}}"),
        suggestion=f"${{{inner}}}",
    )
    return [problem]


def is_said(template: Template, known: Known) -> bool:
    """Whether a value is written out, and meant so."""
    is_constant = template.is_constant and template.evaluate({}) is not None
    return is_constant and not braceless(template, known)


def _reads(text: str, known: Known) -> bool:
    """Whether a text is an expression that reads something, without any mistake."""
    try:
        expression = compile_expression(text)
    except InvalidDocuments:
        return False
    _, problems = infer(expression, known)
    return not problems and any(root in known.roots for root in re.findall(r"\b[a-z]\w*", text))


def check_nesting(template: Template, shapes: list[Shape]) -> list[Problem]:
    """Lists and objects inside a text, which no text can hold."""
    return [
        Problem(
            id=Id.EVALUATION,
            message=say("{sort} cannot stand inside a text", sort=words),
            at=expression.spot.at(0, len(expression.text)),
            note=say("name what of it is meant, or join(', ', …)"),
        )
        for expression, shape in zip(template.expressions(), shapes, strict=True)
        if shape.sort in _NESTED
        for words in [say("a list") if shape.sort is Sort.LIST else say("an object")]
    ]
