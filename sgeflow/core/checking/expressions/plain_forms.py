"""Refuses forms of an expression for which there is a plainer one, and says which.

JMESPath can say the same thing in several ways, and some of them are silently wrong: in
``(c && `false`) || `true` `` the choice is always true. An expression has one way for one thing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from sgeflow.core.checking.identity_cache import cache_by_identity
from sgeflow.core.language.expression import Expression, Node
from sgeflow.core.language.unparse import Places, nodes
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, say
from sgeflow.patterns import regex

_BACKTICKS = regex(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`((?:[^`\\]|\\.)*)`", re.DOTALL)
JOINED = {"and_expression", "or_expression"}
_THREE = 3  # a list, an &expression, and what it is compared with


def backticks(expression: Expression) -> Iterator[tuple[int, int]]:
    """The start and length of each literal in backticks that can stand without them."""
    for match in _BACKTICKS.finditer(expression.text) if "`" in expression.text else ():
        if match[1] is not None and has_bare_form(json.loads(match[1].replace("\\`", "`"))):
            yield match.start(), len(match[0])


def has_bare_form(value: Any) -> bool:
    """Whether a constant can be written without backticks."""
    if isinstance(value, dict):
        return bool(value) and all(map(has_bare_form, value.values()))
    if isinstance(value, list):
        return bool(value) and all(map(has_bare_form, value))
    if isinstance(value, str):
        return value.isprintable()  # a line break has no other form
    return not isinstance(value, float)


def old_form(node: Node) -> Message | None:
    """Why a part of an expression is refused: there is one plainer way of saying it."""
    kind, children = node["type"], node.get("children", ())
    if kind in JOINED and any(map(_is_truth, children)):
        return say("true and false decide nothing beside && and ||")
    if kind != "function_expression":
        return None
    name = node["value"]
    if name == "not_null":
        return say("the first value that is there is given by default(a, b, …)")
    if name == "default" and any(_calls(child, "default") for child in children):
        return say("default() takes any number of values, and gives the first that is there")
    if _calls(node, "having") and len(children) == _THREE:
        return say("having() takes a list and the fields that are wanted: {{field: value}}")
    if _calls(node, "among") and _is_plain_field(children):
        return say("fields are named in an object: having(list, {{field: values}})")
    if name == "contains" and children and _is_constant_list(children[0]):
        return say("whether a value is one of some is asked with one_of(value, 'a', 'b')")
    return None


@cache_by_identity
def old_forms(expression: Expression) -> tuple[Problem, ...]:
    """Problems of the parts of an expression that have a plainer form.

    `&&` and `||` of what is neither true nor false is told where its shapes are known.
    """
    bare = say("this stands without backticks")
    forms = [(expression.spot.at(*place), bare) for place in backticks(expression)]
    places = Places(expression)
    forms += [
        (places.of(node), words)
        for node in nodes(expression.syntax_tree)
        if (words := old_form(node))
    ]
    return tuple(Problem(id=Id.PLAIN_FORM, message=words, at=at) for at, words in forms)


def _calls(node: Node, name: str) -> bool:
    return bool(node["type"] == "function_expression" and node["value"] == name)


def _is_truth(node: Node) -> bool:
    return node["type"] == "literal" and isinstance(node["value"], bool)


def _is_plain_field(children: Any) -> bool:
    if len(children) != _THREE or children[1]["type"] != "expref":
        return False
    return bool(children[1]["children"][0]["type"] == "field")


def _is_constant_list(node: Node) -> bool:
    if node["type"] == "multi_select_list":
        return all(child["type"] == "literal" for child in node["children"])
    return node["type"] == "literal" and isinstance(node["value"], list) and bool(node["value"])
