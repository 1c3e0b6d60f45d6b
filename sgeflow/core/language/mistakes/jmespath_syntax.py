"""Explains why an expression is not valid JMESPath, at the place of the mistake."""

import re

from jmespath.exceptions import ParseError
from msgspec import Struct

from sgeflow.core.language.text import Spot
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, say
from sgeflow.patterns import regex

_PIECES = regex(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`\\]|\\.)*`|[\[\](){}]", re.DOTALL)
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_WHOLE = regex(r"-?[0-9]+\.$")
_NOT = regex(r"\b(not|non)\s+$")
_IN = regex(r"((not\s+)?in|dans|parmi)\b")
_IS = regex(r"(is|est)$")
_IF = regex(r"\b(if|si)\s+$")
_BEFORE, _BEHIND = regex(r"-?[0-9]+$"), regex(r",([0-9]+)")
_CURLY = "\u2018\u2019\u201a\u201c\u201d\u201e\u2032\u2033«»\u00b4"
_ACCENTS = "àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ"
_SPACES = "\u00a0\u2007\u202f\u200b\u2060\ufeff"
_LITERALS = say("write text in single quotes, numbers without")
_ARITHMETIC = say("there is no arithmetic; functions count: sum([a, b]), date_add(date, 'P1D')")
_ORDER = {
    "=>": say("greater or equal is written >="),
    "=<": say("less or equal is written <="),
    "≥": say("greater or equal is written >="),
    "≤": say("less or equal is written <="),
    "≠": say("unequal is written !="),
}
_WORDS = say("and is written &&, or is ||, not is !")
_AND_OR = {"and", "or", "not", "et", "ou", "non", "&", "|"}
_SIGNS = {
    ":": say("write names without a prefix: name, not v1:name"),
    "//": say("a path is written with dots: a.b[0].c"),
    **dict.fromkeys(_CURLY, say("quotes are straight: 'text'")),
    **dict.fromkeys("+-*/%", _ARITHMETIC),
    "$": say("$ stands before a name from outside a filter: list[?start >= $run.today]"),
    **dict.fromkeys(_ACCENTS, say("names have no accents; write text in single quotes")),
}


class _Slip(Struct, frozen=True):
    start: int
    length: int
    words: Message
    note: Message


def syntax_problem(text: str, error: ParseError, spot: Spot) -> Problem:
    """The problem of an expression that is not valid JMESPath."""
    position = error.lex_position if error.lex_position is not None else len(text)
    token = "" if error.token_value is None else str(error.token_value)  # it may be the number 0
    slip = _find_slip(text, position, token)
    return Problem(
        id=Id.EXPRESSION,
        message=say("not a JMESPath expression: {why}", why=slip.words),
        at=spot.at(slip.start, slip.length),
        note=slip.note,
        details=(("expression", text),),
    )


def _find_slip(text: str, position: int, token: str) -> _Slip:
    if not token:
        return _early_end(text)
    if token[0] in _SPACES:
        note = say("it looks like a space and is another character; type a space")
        return _Slip(position, 1, say("a special space"), note)
    if token[0] in "'\"`":
        return _Slip(position, len(token), say("a quote that is not closed"), _LITERALS)
    note = _hint(text, position, token)
    if before := _NOT.search(text[:position]):
        token, position, note = before[1], before.start(), _WORDS
    return _Slip(position, len(token), say('"{token}" is not expected there', token=token), note)


def _early_end(text: str) -> _Slip:
    """The mistake in an expression that ends too early; often a bracket is not closed."""
    opened: list[tuple[int, str]] = []
    for piece in _PIECES.finditer(text):
        if piece[0] in _PAIRS:
            opened.append((piece.start(), piece[0]))
        elif piece[0] in _PAIRS.values() and opened:
            opened.pop()
    if opened:
        start, bracket = opened[-1]
        words = say("a {bracket} that is not closed", bracket=bracket)
        return _Slip(start, 1, words, say("{closes} belongs where it ends", closes=_PAIRS[bracket]))
    return _Slip(max(0, len(text) - 1), 0, say("it ends too early"), _LITERALS)


def _hint(text: str, position: int, token: str) -> Message:
    if _IN.match(text[position:]):
        return say("for one of several values: one_of(value, 'a', 'b')")
    if token in {"?", "then", "else", "alors", "sinon"} or _IF.search(text[:position]):
        return say("for one of two values: if(condition, a, b)")
    if token.lstrip("-").isdigit():
        return _number(text, position, token)
    before, behind = _BEFORE.search(text[:position]), _BEHIND.match(text[position:])
    if before and behind:  # a decimal comma
        return say("a number is written in backticks: `{token}`", token=f"{before[0]}.{behind[1]}")
    if comparison := _comparison(text, position, token):
        return comparison
    if token.lower() in _AND_OR:
        return _WORDS
    if text.startswith("{") and text[position : position + 1] == ".":
        return say("one brace is enough: ${{…}}")
    is_path = token[0] == "/" and " /" not in text
    return _SIGNS.get("//" if is_path else token[0], _LITERALS)


def _comparison(text: str, position: int, token: str) -> Message | None:
    """The correct form of a comparison sign that is written in another way."""
    if text[max(0, position - 1) : position + 1] == "<>":
        return _ORDER["≠"]
    if order := _ORDER.get(text[position : position + 2]) or _ORDER.get(token[0]):
        return order
    if "=" in token or " = " in text or _IS.match(token):
        return say("equality is written ==")
    return None


def _number(text: str, position: int, token: str) -> Message:
    if before := _WHOLE.search(text[:position]):
        token = f"{before[0]}{token}"
    elif text[:position].endswith("."):
        return say("write [{token}] to take an item of a list", token=token)
    return say("a number is written in backticks: `{token}`", token=token)
