"""Reads a reply in JSON: its outputs, its failure, and members that no path reads."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.documents import FaultEntry, Operation, RestSpec
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.foreign_json import UnusableJson, from_json
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.points import is_point
from sgeflow.core.language.rows import Rows, plain
from sgeflow.core.model import Fault, NoAnswer, Response
from sgeflow.core.rest.records import (
    MARK,
    JsonRun,
    ObjectWithRuns,
    lift,
    put_back,
)
from sgeflow.core.wires.answers import OK, Flaw, is_page, no_answer, page_words
from sgeflow.core.wires.lists import Reads, reads
from sgeflow.core.wires.plan import HiddenRunError, Paths, compile_paths, runs_of
from sgeflow.core.wires.refusals import (
    UNAVAILABLE,
    Answer,
    json_proves,
    known_code,
    lone_code,
    page_text,
    quotes_another,
    status_proves,
)
from sgeflow.errors import EvaluationError, Id
from sgeflow.messages import Message, exception_text, say
from sgeflow.patterns import regex

_ACCEPTED = frozenset({201, 202, 204})  # statuses that acknowledge an order
_NO_CONTENT = 204
_ERRORS = range(400, 600)

Members = dict[str, "Members"]
"""The members that are read, by name, each with its own members that are read."""


class ReplyPaths(Struct, frozen=True):
    """The compiled paths of an operation over its JSON replies."""

    outputs: Paths
    echo: Paths
    members: Members
    lists: frozenset[str]  # dotted paths of the elements whose items are read
    liftable: Mapping[str, frozenset[str]]
    as_text: bool  # scalars are texts, as in XML

    def parse(self, body: bytes, *, whole: bool = False) -> Any:
        """Parse a reply for compiled paths or as plain data; a Flaw if it is not JSON."""
        runs: list[JsonRun] = []
        lifted = body
        if self.liftable and not whole and MARK.encode() not in body:
            try:
                text, runs = lift(body.decode(), self.liftable, as_text=self.as_text)
                lifted = text.encode() if runs else body
            except ValueError:  # not UTF-8
                runs = []
        try:
            value = from_json(lifted)
        except UnusableJson as error:
            return Flaw(say("holds JSON that cannot be used: {why}", why=exception_text(error)))
        except ValueError:
            return Flaw(say("is not JSON"))
        if self.as_text:
            value = _texts(value)
        if runs:
            value, found = put_back(value, runs)
            if found != len(runs):
                return self.parse(body, whole=True)
        return value


class JsonReply(Struct, frozen=True):
    """A reply in JSON that answers a call."""

    paths: ReplyPaths
    response: Response
    document: Any

    @property
    def is_empty(self) -> bool:
        """Whether the reply has no value, and an empty list where the point would be."""
        if _is_there(self.document):
            return False
        return any(is_point(name) and value == [] for name, value in self.repeated().items())

    @property
    def lacks_acknowledgement(self) -> str:
        """The statuses that acknowledge an order; HTTP 200 may have any meaning."""
        if self.response.status in _ACCEPTED:
            return ""
        return say("the acknowledgement {code}", code="HTTP 201, 202, 204")

    def outputs(self) -> dict[str, Any]:
        """Every output of the operation."""
        return self._evaluate(self.paths.outputs)

    def repeated(self) -> dict[str, Any]:
        """The values that the reply repeats, by parameter of the echo."""
        repeated: dict[str, Any] = plain(self._evaluate(self.paths.echo))
        return repeated

    def search(self, expression: Expression) -> Any:
        """The value of an expression over the reply as plain data."""
        return expression.search(self._whole())

    def unread(self) -> Message | None:
        """The message about a path that probably misses a member of the reply; None without one.

        An absent member may be optional. The document is wrong if the reply has an unread member in
        its place: one with a similar name, or a list where a list is read. It is also wrong if a
        member whose items are read is not a list. Other names of the reply are not shown, because
        they may be names of people.
        """
        for words in _missed(self.document, self.paths.members, self.paths.lists):
            return words
        if isinstance(self.document, dict | ObjectWithRuns) and _is_there(self.document):
            values = [*self.outputs().values(), *self._evaluate(self.paths.echo).values()]
            if values and not any(map(_is_there, values)):
                count = len(_members(self.document))
                return say("the paths find nothing in the answer (members: {count})", count=count)
        return None

    def _evaluate(self, paths: Paths) -> dict[str, Any]:
        try:
            return paths.evaluate(self.document, self._whole)
        except HiddenRunError:
            whole = self._whole()
            return paths.evaluate(whole, lambda: whole)

    def _whole(self) -> Any:
        return self.paths.parse(self.response.body, whole=True)


_TELLING = 4  # letters; shorter names resemble too many others


def compile_replies(operation: Operation, rest: RestSpec) -> ReplyPaths:
    """Compile the paths of an operation over its JSON replies."""
    outputs = compile_paths(rest.paths)
    repeats = {name: one.path for name, one in rest.echo.items()}
    echo = compile_paths(repeats)
    trees = [path.syntax_tree for path in (*rest.paths.values(), *repeats.values())]
    read = [reads(tree) for tree in trees]
    lists = frozenset(name for one in read for name in one.lists)
    is_planned = not outputs.unplanned and not echo.unplanned
    return ReplyPaths(
        outputs=outputs,
        echo=echo,
        members=_tree(read),
        lists=lists,
        liftable=runs_of(trees, lists) if is_planned else {},
        as_text=operation.has_soap,
    )


def open_reply(
    operation: Operation,
    rest: RestSpec,
    paths: ReplyPaths,
    faults: Mapping[str, FaultEntry],
    response: Response,
) -> JsonReply | Fault | NoAnswer:
    """Return the reply, a fault of service or gateway, or the reason for no answer."""
    document = _document(paths, response)
    is_ok = response.status in OK and not isinstance(document, Flaw)
    code, message = _refusal(rest, document)
    if is_ok and code not in {*operation.faults, *faults}:
        reply = JsonReply(paths, response, document)
        if words := reply.unread():
            remedy = say("correct the paths of {operation}", operation=operation.name)
            return no_answer(operation, response, Id.BAD_ANSWER, words, ("remedy", remedy))
        return reply
    refuses = _proves_refusal(operation, rest, response, document, faults)
    answer = Answer(operation, response, faults, refuses)
    if code and (fault := answer.coded(known_code(code, faults, operation.faults), message)):
        return fault
    if fault := answer.gateway_json():
        return fault
    return answer.without_code(document if isinstance(document, Flaw) else None, say("JSON"))


def _document(paths: ReplyPaths, response: Response) -> Any:
    """The body of a reply; null if its status says that there is none."""
    if is_page(response.body):
        return Flaw(page_words(response, say("a JSON answer")))
    if response.body.strip():
        return paths.parse(response.body)
    # a cut body must not pass as an answer without data
    is_said = response.status in _ACCEPTED
    return None if is_said else Flaw(say("is empty"))


def _refusal(rest: RestSpec, document: Any) -> tuple[str, str]:
    """The code and the message of a refusal, at the operation's declared places."""
    found = {}
    for part, path in () if isinstance(document, Flaw | list) else rest.refusal.items():
        try:
            # a document with runs is not a refusal, and has no plain members
            members = document.members if isinstance(document, ObjectWithRuns) else document
            value = path.search(members)
        except EvaluationError:
            value = None
        is_text = isinstance(value, str | int) and not isinstance(value, bool)
        found[part] = str(value).strip() if is_text else ""
    return found.get("code", ""), found.get("message", "")


def _proves_refusal(
    operation: Operation,
    rest: RestSpec,
    response: Response,
    document: Any,
    faults: Mapping[str, FaultEntry],
) -> bool:
    """Whether an answer proves that the order was not accepted (ADR 0012).

    A code in its declared place proves it, if the answer has no other code, and the catalogue or
    the service says so. Gateways answer with 502, 503 and 504: then the body must have the
    service's own form, with a message and without other members. Without a search for the order,
    nothing else proves it.
    """
    if response.status not in _ERRORS:
        return False
    code, message = _refusal(rest, document)
    is_theirs = response.status not in UNAVAILABLE or (
        bool(message)
        and not quotes_another(message, response.status)
        and _has_no_other(
            document, _tree([reads(one.syntax_tree) for one in rest.refusal.values()])
        )
    )
    if code and is_theirs and lone_code(response.body) in ("", code):
        entry, refused = faults.get(code), operation.provider.refused
        if entry is not None and entry.refuses is not None:
            return entry.refuses
        if refused and regex(refused).fullmatch(code):
            return True
    if operation.reconcile is None or (code and not lone_code(response.body)):
        return False  # an unlisted code in the declared place proves nothing
    if not isinstance(document, Flaw):
        return json_proves(response.body, response.status)
    is_cut = response.body.lstrip().startswith((b"{", b"["))
    return not is_cut and status_proves(response.status, page_text(response.body))


def _has_no_other(value: Any, read: Members) -> bool:
    """Whether an object has only members that the operation reads."""
    members = _members(value)
    return not isinstance(value, list) and all(
        name in read and _has_no_other(one, read[name]) for name, one in members.items()
    )


def _texts(value: Any) -> Any:
    """A document whose scalars are texts, as in XML."""
    if isinstance(value, dict):
        return {name: _texts(one) for name, one in value.items()}
    if isinstance(value, list):
        return list(map(_texts, value))
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _members(value: Any) -> Mapping[str, Any]:
    """The members of an object; for a run, the names of its records."""
    if isinstance(value, ObjectWithRuns):
        return value.members
    if isinstance(value, JsonRun):
        return dict.fromkeys(value.names, True)
    return value if isinstance(value, dict) else {}


def _scalars(value: Any) -> Iterator[Any]:
    """The values of a document that are neither null, empty, objects nor lists."""
    if isinstance(value, JsonRun):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _scalars(item)
    elif members := _members(value):
        yield from _scalars(list(members.values()))
    elif value not in (None, "", [], {}):
        yield value


def _is_there(value: Any) -> bool:
    """Whether a value contains anything; rows do."""
    return bool(len(value)) if isinstance(value, Rows) else any(True for _ in _scalars(value))


def _missed(value: Any, read: Members, lists: frozenset[str], path: str = "") -> Iterator[Message]:
    """The messages about paths that lead to no member, or to another kind of member."""
    if isinstance(value, list):
        value = next(iter(value), None)
    members = _members(value)
    if not members:
        return
    strange = [name for name, one in members.items() if name not in read and _is_there(one)]
    for name, below in read.items():
        where = f"{path}.{name}" if path else name
        if name in members:
            one = members[name]
            if where in lists and not isinstance(one, list) and _is_there(one):
                yield say("{path} of the answer is not a list", path=where)
            yield from _missed(one, below, lists, where)
            continue
        near = closest(name, strange) if len(name) >= _TELLING else ""
        if near or (where in lists and any(isinstance(members[one], list) for one in strange)):
            other = near or say("another list")
            yield say("the answer has no {path}, and {other} is not read", path=where, other=other)


def _tree(read: list[Reads]) -> Members:
    tree: Members = {}
    for path in (path for one in read for path in one.paths):
        at = tree
        for name in path.split("."):
            at = at.setdefault(name, {})
    return tree
