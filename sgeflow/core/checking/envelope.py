"""Checks the envelope of an operation: the declared XML of its request."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.checking.expressions.inference import infer
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.checking.operations import ENV, shape_of_parameters
from sgeflow.core.documents import Operation
from sgeflow.core.language.expression import compile_expression
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.text import Tree
from sgeflow.core.language.unparse import names
from sgeflow.core.rest.request import parameters_sent
from sgeflow.core.soap.envelope import (
    FILLED,
    TEXT,
    all_references,
    is_closed,
    is_parameter,
    references,
)
from sgeflow.errors import Id, InvalidDocuments, Problem
from sgeflow.messages import Message, say
from sgeflow.patterns import regex

KeyPath = tuple[str, ...]

_NAME = regex(r"[^\W\d][\w.\-]*")
_OURS = {"soapenv"}  # the prefix of SOAP's own envelope
_BODY: KeyPath = ("envelope", "body")
_HEADER: KeyPath = ("envelope", "header")


def check_envelope(operation: Operation, tree: Tree | None = None) -> list[Problem]:
    """Every mistake of an envelope, in document order; the tree has the places."""
    return list(_EnvelopeCheck(operation, tree).problems())


class _EnvelopeCheck(Struct, frozen=True):
    operation: Operation
    tree: Tree | None

    def problems(self) -> Iterator[Problem]:
        spec = self.operation.envelope
        if not self.operation.has_soap:
            return
        for prefix in spec.namespaces:
            if prefix in _OURS or not _NAME.fullmatch(prefix) or prefix.lower().startswith("xml"):
                yield self._problem(
                    say('"{prefix}" cannot be a prefix here', prefix=prefix),
                    ("envelope", "namespaces", prefix),
                )
        if len(spec.body) != 1:
            yield self._problem(
                say("the body has {count} roots, where one belongs", count=len(spec.body)), _BODY
            )
        for path, content in ((_HEADER, spec.header), (_BODY, spec.body)):
            for root in content:
                if ":" not in root:
                    yield self._problem(
                        say(
                            'the root "{root}" has no prefix; it belongs to the namespace of its '
                            "service",
                            root=root,
                        ),
                        (*path, root),
                        allowed=tuple(spec.namespaces),
                    )
            yield from self._children(content, path)
        texts = [*all_references(spec.header), *all_references(spec.body)]
        meant = {*texts, *(closest(text, FILLED) for text in texts)}
        if "password_digest()" in texts and not {"nonce()", "created()"} <= meant:
            message = say("password_digest() needs nonce() and created() beside it")
            yield self._problem(message, ("envelope",))
        used = set(_parameters_read(texts))
        used.add(self.operation.route.address)
        used |= parameters_sent(self.operation.rest) if self.operation.rest else set()
        parameters = self.operation.parameters
        misspelt = {closest(name, parameters) for name in used if name not in parameters}
        for name in parameters:
            if name not in used and name not in misspelt:
                yield self._problem(
                    say('the request does not use the parameter "{name}"', name=name),
                    ("parameters", name),
                )

    def _children(self, content: Mapping[str, Any], path: KeyPath) -> Iterator[Problem]:
        for key, value in content.items():
            here = (*path, key)
            if key != TEXT:
                yield from self._name(key, here)
            if isinstance(value, Mapping):
                if key.startswith("@") or key == TEXT:
                    yield self._problem(say('the attribute "{key}" has children', key=key), here)
                yield from self._children(value, here)
            else:
                yield from self._text(key, value, here)

    def _name(self, key: str, path: KeyPath) -> Iterator[Problem]:
        prefix, colon, name = key.removeprefix("@").rpartition(":")
        if not _NAME.fullmatch(name) or (colon and not _NAME.fullmatch(prefix)):
            yield self._problem(
                say('"{key}" is not the name of an element or attribute', key=key), path
            )
        elif colon and prefix not in {"xml", *self.operation.envelope.namespaces}:
            known = tuple(self.operation.envelope.namespaces)
            yield self._problem(
                say('the prefix "{prefix}" is not declared in envelope.namespaces', prefix=prefix),
                path,
                allowed=known,
                suggestion=closest(prefix, known) or (known[0] if len(known) == 1 else ""),
            )

    def _text(self, key: str, value: Any, path: KeyPath) -> Iterator[Problem]:
        if value is None or isinstance(value, list):
            what = say("a list") if value else say("nothing")
            yield self._problem(
                say('"{key}" holds {what}, where a text or children belong', key=key, what=what),
                path,
            )
            return
        if not is_closed(value):
            yield self._problem(
                say('"{key}" has a ${{ that is not closed; for the text ${{, write $${{', key=key),
                path,
            )
        is_alone = isinstance(value, str) and bool(re.fullmatch(r"\$\{[^{}]*\}", value))
        may_repeat = is_alone and not key.startswith(("@", TEXT)) and path[:-1] != _HEADER
        for name in references(value):
            if name not in FILLED:
                yield from self._reference(name, path, may_repeat=may_repeat)
            elif not is_alone or key.startswith("@"):
                message = say("{function} is the whole text of an element", function=name)
                yield self._problem(message, path, inside=name)

    def _reference(self, name: str, path: KeyPath, *, may_repeat: bool) -> Iterator[Problem]:
        parameters = self.operation.parameters
        if not is_parameter(name):
            near = closest(name, FILLED).removesuffix("()")
            for problem in self._expression_problems(name):
                told = replace(problem, suggestion=problem.suggestion or near)
                yield self._problem(problem.message, path, inside=name, like=told)
            return
        if name not in parameters:
            yield self._problem(
                say('there is no {what} "{name}"', what=say("parameter"), name=name),
                path,
                inside=name,
                allowed=tuple(parameters),
                suggestion=closest(name, parameters),
            )
            return
        schema = parameters[name].schema
        if not may_repeat and ("items" in schema or "properties" in schema):
            yield self._problem(
                say(
                    '"{name}" is a list or an object, which can only be an element of its own',
                    name=name,
                ),
                path,
            )
        elif _is_open(schema):
            yield self._problem(
                say('"{name}" holds objects, and its schema does not say their members', name=name),
                path,
            )

    def _expression_problems(self, text: str) -> Iterable[Problem]:
        try:
            expression = compile_expression(text)
        except InvalidDocuments as error:
            return error.problems
        shapes = shape_of_parameters(self.operation.parameters, self.operation.name).fields
        return infer(expression, Known({"env": ENV, **shapes}))[1]

    def _problem(
        self,
        message: Message,
        path: KeyPath,
        *,
        inside: str = "",
        allowed: tuple[str, ...] = (),
        suggestion: str = "",
        like: Problem | None = None,
    ) -> Problem:
        at = self.operation.at
        if self.tree is not None:
            place = self.tree.place(path)
            text = place.source.text
            start = text.find(inside, place.start, place.end) if inside else -1
            at = self.tree.at(path, key=True)
            if start >= 0:
                at = place.part(start - place.start, len(inside))
        if like is not None:
            return replace(like, at=at)
        return Problem(
            id=Id.ENVELOPE,
            message=message,
            at=at,
            where=" / ".join(path),
            allowed=allowed,
            suggestion=suggestion,
        )


def _is_open(schema: Mapping[str, Any]) -> bool:
    items = schema.get("items")
    if isinstance(items, Mapping):
        return _is_open(items)
    properties = schema.get("properties")
    if properties:
        return any(map(_is_open, properties.values()))
    return schema.get("type") == "object"


def _parameters_read(references: Iterable[str]) -> Iterator[str]:
    for text in references:
        if is_parameter(text):
            yield text
            continue
        with suppress(InvalidDocuments):  # the decoder reports it at its place
            yield from names(compile_expression(text).syntax_tree)
