"""Forms of an expression that have a plainer one: each is refused, with the plainer one printed.

JMESPath can say the same thing in several ways, and some of them are wrong without a word: in
``(c && `false`) || `true` `` the choice is always true. An expression has one way for one thing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

from msgspec import Struct

from sgeflow.core.checking.identity_cache import cache_by_identity
from sgeflow.core.language.dialect import Node
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.positions import Places
from sgeflow.core.language.shapes import Shape, Sort
from sgeflow.core.language.unparse import nodes, unparse
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, say
from sgeflow.patterns import regex

_BACKTICKS = regex(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`((?:[^`\\]|\\.)*)`", re.DOTALL)
JOINED = {"and_expression", "or_expression"}
_EACH = {"having", "among"}
_THREE = 3  # a list, an &expression, and what it is compared with
_CONDITIONS = {"present", "empty", "one_of", "match", "contains", "starts_with", "ends_with"}


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
    """What of an expression has a plainer form.

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


class PlainForms(Struct, frozen=True):
    """Writes an expression in its plainest form, knowing what its parts give."""

    shapes: Mapping[int, Shape]  # of the parts, by their identity

    def text(self, node: Node) -> str:
        """A whole expression, to be pasted."""
        return unparse(self.plain(node))

    def plain(self, node: Node) -> Node:
        """A part in its plainest form."""
        kind = node["type"]
        if kind == "or_expression":
            return self._or(node)
        if kind == "and_expression":
            return self._and(node)
        if kind == "comparator":
            return self._comparison(node)
        if kind == "function_expression":
            return self._function(node)
        return {**node, "children": self._each(node.get("children", ()))}

    def is_condition(self, node: Node) -> bool:
        """Whether a part is true or false, whatever it is evaluated over."""
        kind = node["type"]
        if kind in JOINED:
            return all(map(self.is_condition, node["children"]))
        if kind in {"comparator", "not_expression"} or _is_truth(node):
            return True
        if kind == "function_expression" and node["value"] in _CONDITIONS:
            return True
        known = self.shapes.get(id(node))
        return known is not None and known.sort is Sort.BOOLEAN

    def _or(self, node: Node) -> Node:
        """A choice by `&&` and `||` is an `if()`; a first value that is there is a `default()`."""
        *cases, last = _chain(node, "or_expression")
        is_choice = all(case["type"] == "and_expression" for case in cases)
        if is_choice and not all(map(self.is_condition, (*cases, last))):
            return self._if(cases, last)
        if is_choice and any(_is_truth(part) for c in cases for part in c["children"]):
            return self._if(cases, last)
        if all(map(self.is_condition, (*cases, last))):
            return _without_constants([self.plain(part) for part in (*cases, last)], decides=True)
        return _call("default", self._each([*cases, last]))

    def _and(self, node: Node) -> Node:
        """What is given only under a condition is an `if()` that gives null otherwise."""
        parts = _chain(node, "and_expression")
        if self.is_condition(parts[-1]):
            return _without_constants([self._condition(part) for part in parts], decides=False)
        return self._if([node], _NULL)

    def _if(self, cases: list[Node], otherwise: Node) -> Node:
        parts: list[Node] = []
        for case in cases:
            condition, value = case["children"]
            parts += [self._condition(condition), self.plain(value)]
        return _call("if", [*parts, self.plain(otherwise)])

    def _condition(self, node: Node) -> Node:
        """A condition: whether what was true by being there is there, or a list has items."""
        if self.is_condition(node):
            return self.plain(node)
        if node["type"] in JOINED:
            return {**node, "children": [self._condition(child) for child in node["children"]]}
        known = self.shapes.get(id(node))
        if known is not None and known.sort is Sort.LIST:
            return {"type": "not_expression", "children": [_call("empty", [self.plain(node)])]}
        return _call("present", [self.plain(node)])

    def _comparison(self, node: Node) -> Node:
        """`x == ('a' || 'b')` asks whether x is one of two."""
        left, right = node["children"]
        others = _chain(right, "or_expression")
        is_choice = len(others) > 1 and all(part["type"] == "literal" for part in others)
        if node["value"] not in {"eq", "ne"} or not is_choice:
            return {**node, "children": self._each(node["children"])}
        one_of = _call("one_of", [self.plain(left), *others])
        return one_of if node["value"] == "eq" else {"type": "not_expression", "children": [one_of]}

    def _function(self, node: Node) -> Node:
        name, children = node["value"], self._each(node["children"])
        if name in {"not_null", "default"}:
            values = [part for child in children for part in _values(child)]
            return _call("default", values) if len(values) > 1 else values[0]
        if name in _EACH and _is_plain_field(children):
            field = children[1]["children"][0]["value"]
            pair = {"type": "key_val_pair", "value": field, "children": [children[2]]}
            return _call("having", [children[0], {"type": "multi_select_dict", "children": [pair]}])
        if name == "having" and len(children) == _THREE:
            known = self.shapes.get(id(node["children"][2]))
            is_list = known is not None and known.sort is Sort.LIST
            one = {"type": "multi_select_list", "children": [children[2]]}
            return _call("among", [*children[:2], children[2] if is_list else one])
        if name == "contains" and children and _is_constant_list(children[0]):
            return _call("one_of", [*children[1:], *_constants(children[0])])
        return {**node, "children": children}

    def _each(self, parts: Any) -> list[Any]:
        """Parts in their plainest form; the bounds of a slice are no parts."""
        return [self.plain(part) if isinstance(part, Mapping) else part for part in parts]


_NULL: Node = {"type": "literal", "value": None, "children": []}


def _without_constants(parts: list[Node], *, decides: bool) -> Node:
    """Conditions joined, without the constants that change nothing; one that decides is all."""
    if any(_is_truth(part) and part["value"] is decides for part in parts):
        return {"type": "literal", "value": decides, "children": []}
    rest = [part for part in parts if not _is_truth(part)]
    if not rest:
        return {"type": "literal", "value": not decides, "children": []}
    kind = "or_expression" if decides else "and_expression"
    return reduce(lambda left, right: {"type": kind, "children": [left, right]}, rest)


def _values(node: Node) -> list[Node]:
    return list(node["children"]) if _calls(node, "default") else [node]


def _chain(node: Node, kind: str) -> list[Node]:
    """The parts that one operator joins."""
    if node["type"] != kind:
        return [node]
    return [part for child in node["children"] for part in _chain(child, kind)]


def _call(name: str, children: list[Node]) -> Node:
    return {"type": "function_expression", "value": name, "children": children}


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


def _constants(node: Node) -> list[Node]:
    if node["type"] == "multi_select_list":
        return list(node["children"])
    return [{"type": "literal", "value": value, "children": []} for value in node["value"]]
