"""Whether a default that is worked out can be a value of its parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sgeflow.core.checking.expressions.inference import infer
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.checking.values.fits import json_type
from sgeflow.core.language.mistakes.wording import type_in_words
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.parameters import coerce, faults_of
from sgeflow.core.language.shapes import ANY, TEXT, Shape, Sort, shape_of_value, words_of
from sgeflow.core.language.template import Template
from sgeflow.errors import EvaluationError, Id, Problem
from sgeflow.messages import Message, say

_FITS: Mapping[str, tuple[Sort, ...]] = {
    "string": (Sort.TEXT, Sort.NUMBER),  # a number is written as text
    "integer": (Sort.NUMBER,),
    "number": (Sort.NUMBER,),
    "boolean": (Sort.BOOLEAN,),
    "array": (Sort.LIST,),
    "object": (Sort.OBJECT,),
}
_UNKNOWN = (Sort.ANY, Sort.XML, Sort.NULL)
_SOMEWHERE = {
    "run": {"id": "3f41ac", "today": "2025-06-15", "now": "2025-06-15T12:00:00+02:00"},
    "env": {
        "name": "somewhere",
        "login": "somebody@example.org",
        "contractId": "1234567",
        "generation": "current",
        "simulated": True,
    },
}
"""A run to see what the text of a default is; settings are null in it, and so stay open."""


def check_default(parameter: Parameter, shape: Shape) -> list[Problem]:
    """A default with expressions gives, as far as can be known, what the parameter takes."""
    default = parameter.default
    if default is None or default.is_constant or shape.sort in _UNKNOWN:
        return []
    kind = json_type(parameter.schema)
    words = _misfit(parameter, default, shape, kind)
    if not words:
        return []
    single = default.single
    today = single and single.text == "run.now" and parameter.is_date
    problem = Problem(
        id=Id.INVALID_VALUE,
        message=say(
            "{name}: {seen} {words}", name=parameter.name, seen=words_of(shape), words=words
        ),
        at=default.at,
        note=parameter.description,
        suggestion="${run.today}" if today else "",
    )
    return [problem]


def shape_of_default(template: Template, known: Known) -> Shape:
    """The shape of a default, its mistakes left to others."""
    if template.single:
        return infer(template.single, known)[0]
    return TEXT if template.parts else ANY


def _misfit(parameter: Parameter, default: Template, shape: Shape, kind: str) -> Message | None:
    fits = _FITS.get(kind)
    if fits is None:
        return None
    if shape.sort is Sort.TEXT and kind in ("integer", "number", "boolean"):
        value = coerce(_sample(default), parameter.schema)  # digits are a number, too
        is_right = value is None or shape_of_value(value).sort in fits
    elif shape.sort is Sort.TEXT and parameter.is_date:
        value = _sample(default)
        is_right = value is None or not faults_of(value, parameter)
    else:
        is_right = shape.sort in fits and not (parameter.is_date and shape.sort is Sort.NUMBER)
    if is_right:
        return None
    if parameter.is_date:
        return say("is not a date, YYYY-MM-DD")
    return say("is not {wanted}", wanted=type_in_words(kind))


def _sample(default: Template) -> Any:
    """What the default is in a made-up run; null where it reads what only a real one knows."""
    try:
        return default.evaluate(_SOMEWHERE)
    except EvaluationError:
        return None
