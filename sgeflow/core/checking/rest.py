"""Checks `rest` of an operation: its request, and the differences of its replies."""

from collections.abc import Mapping

from msgspec.structs import replace

from sgeflow.core.checking.expressions.inference import infer, shape_over
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.checking.operations import (
    ENV,
    read_echo,
    read_rules,
    shape_of_parameters,
    shape_of_reply,
)
from sgeflow.core.documents import Operation, RestSpec
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.mistakes.unknown_parameters import lacks
from sgeflow.core.language.reader import Reader, Types
from sgeflow.core.language.text import Path, Tree
from sgeflow.core.model import Kind
from sgeflow.core.rest.request import parameters_sent, personal_elsewhere
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, say

_GET = "GET"
_OF_HTTP = frozenset({"host", "content-length", "content-type", "transfer-encoding", "connection"})


def decode_rest(operation: Operation, tree: Tree, types: Types) -> tuple[Operation, list[Problem]]:
    """The operation with its `rest`, if the document has one, and the mistakes of that part."""
    reader = Reader(tree, types)
    data = reader.get(("rest",))
    if data is None:
        return operation, []
    reply = shape_of_reply(reader)
    paths = reader.reply_paths(("rest", "paths"))
    refusal = reader.reply_paths(("rest", "refusal"))
    for path in (*paths.values(), *refusal.values()):
        reader.problems += shape_over(reply, path)[1]
    rest = RestSpec(
        service=data["endpoint"],
        method=data.get("method", _GET),
        path=reader.template(("rest", "path")),
        query=reader.templates(("rest", "query")),
        headers=reader.templates(("rest", "headers")),
        body=reader.template(("rest", "body")) if "body" in data else None,
        paths={**operation.response.paths, **paths},
        echo={**operation.echo, **read_echo(reader, ("rest", "echo"), reply)},
        refusal=refusal,
        rules=read_rules(reader, operation.parameters, ("rest", "rules")),
        at=reader.at(("rest", "endpoint")),
    )
    _check_names(reader, operation)
    fields = shape_of_parameters(operation.parameters, operation.name).fields
    known = Known({"env": ENV, **fields})
    for template in rest.templates():
        for expression in template.expressions():
            reader.problems += infer(expression, known)[1]
    _check_request(reader, operation, rest)
    return replace(operation, rest=rest), reader.problems


def _check_names(reader: Reader, operation: Operation) -> None:
    """Check that paths and echo name outputs and parameters of the operation."""
    known: Mapping[str, Mapping[str, object]] = {
        "paths": operation.response.paths,
        "echo": operation.echo,
    }
    for part, names in known.items():
        what = say("output") if part == "paths" else say("echo")
        for name in reader.get(("rest", part)) or {}:
            if name not in names:
                reader.report(
                    Id.UNKNOWN_FIELD,
                    lacks(operation.name, what, name),
                    ("rest", part, name),
                    key=True,
                    note=say("both wires give the same"),
                    allowed=tuple(names),
                    suggestion=closest(name, names),
                )


def _check_request(reader: Reader, operation: Operation, rest: RestSpec) -> None:
    def report(path: Path, message: Message, note: Message) -> None:
        reader.report(Id.NOT_ALLOWED, message, path, key=True, note=note)

    if rest.method == _GET and rest.body is not None:
        report(("rest", "body"), say("a GET has no body"), say("name a method, as POST"))
    if rest.method == _GET and operation.kind is not Kind.READ:
        message = say("an order is no GET: caches and proxies repeat them")
        report(("rest",), message, say("name a method, as POST"))
    if operation.kind is not Kind.READ and operation.has_soap and operation.same is None:
        message = say("an order on two wires needs `same`: an order lost on one bars the other")
        report(("rest",), message, say("say by `same` what is ordered, on which terms"))
    for name in reader.get(("rest", "headers")) or {}:
        if name.lower() in _OF_HTTP:
            message = say("HTTP sets the header {name} itself", name=name)
            report(("rest", "headers", name), message, say("leave it out"))
    for name in personal_elsewhere(operation, rest):
        message = say(
            "the personal parameter {name} can be hidden only in a member of `query` or `body`",
            name=name,
        )
        note = say("send it there: recordings and logs would show it elsewhere")
        report(("rest",), message, note)
    sent = operation.parameters if operation.has_soap else parameters_sent(rest)
    for name in operation.parameters:
        if name not in sent:
            message = say('the request does not use the parameter "{name}"', name=name)
            report(("parameters", name), message, say("send it, or take it out"))
