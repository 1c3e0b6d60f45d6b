"""An operation's response paths, compiled once, over the bytes of a reply, in one pass.

Paths are planned (`plan`); runs of records are lifted out before the parser sees them (`records`);
what has no plan is evaluated by JMESPath over the reply as plain data. The result is the same in
every case: that of JMESPath over `xml.to_document`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lxml import etree
from msgspec import Struct

from sgeflow.core.documents import Echo, ResponseSpec
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.rows import plain
from sgeflow.core.soap.records import MARK, RecordBatch, lift
from sgeflow.core.soap.view import View
from sgeflow.core.soap.xml import Element, Flaw, elements, local_name, parse, payload, to_document
from sgeflow.core.wires.lists import reads, repeated_paths, taken_lists
from sgeflow.core.wires.plan import HiddenRunError, Paths, compile_paths, runs_of
from sgeflow.values import Discreet

ElementNames = Mapping[str, "ElementNames"]
"""The elements that are looked through, by name; `ONE` among them says that one is read."""

ONE = ""


def _find_repeated(element: Element, tree: ElementNames, path: str = "") -> str:
    met: set[str] = set()
    for child in elements(element):
        name = local_name(child)
        below = tree.get(name)
        if below is None:
            continue
        here = f"{path}.{name}" if path else name
        if name in met and ONE in below:
            return here
        met.add(name)
        if inner := _find_repeated(child, below, here):
            return inner
    return ""


def _tree(paths: Iterable[str]) -> ElementNames:
    """The elements at some dotted paths."""
    tree: dict[str, Any] = {}
    for path in paths:
        at = tree
        for name in path.split("."):
            at = at.setdefault(name, {})
        at[ONE] = {}
    return tree


# In these encodings a byte below 128 is the ASCII character, whatever came before it.
ASCII_BELOW = {"UTF-8", "US-ASCII", "ASCII", "ISO-8859-1", "ISO-8859-15", "WINDOWS-1252"}


class ParsedReply(Discreet, frozen=True):
    """A reply that was parsed: the tree, and the runs that its marks stand for."""

    withheld = frozenset({"body"})

    body: bytes
    tree: Element | Flaw
    runs: tuple[RecordBatch, ...] = ()


class Extractor(Struct, frozen=True):
    """The outputs of one operation, and what its reply repeats of the request."""

    lists: frozenset[str]
    paths: Paths
    echo: Paths
    singles: ElementNames  # elements that are read as one
    liftable: Mapping[str, frozenset[str]]  # elements that may be lifted, and their leaves

    def __call__(self, body: bytes) -> dict[str, Any]:
        """Every output of a reply.

        Raises:
            ValueError: the reply is not a SOAP envelope.
        """
        opened = self.open(body)
        element = opened.tree if isinstance(opened.tree, Flaw) else payload(opened.tree)
        if isinstance(element, Flaw):
            raise ValueError(element.reason)  # noqa: TRY004 - of bytes
        return self.outputs(element, opened)

    def open(self, body: bytes) -> ParsedReply:
        """Parse a reply, its runs of records lifted out where that is proven to change nothing."""
        skeleton: bytes = body
        runs: tuple[RecordBatch, ...] = ()
        if self.liftable and MARK.encode() not in body:
            for tag, leaves in self.liftable.items():
                skeleton, more = lift(skeleton, tag, leaves, len(runs))
                runs += more
        if runs:
            tree = parse(skeleton)
            if not isinstance(tree, Flaw) and _marks_in(tree) == len(runs):
                return ParsedReply(body, tree, runs)
        return ParsedReply(body, parse(body))

    def find_repeated(self, element: Element) -> str:
        """The dotted path of the first element that a reply repeats, and that is read as one.

        JMESPath reads null of a list there, which would be taken for an answer.
        """
        return _find_repeated(element, self.singles) if self.singles else ""

    def outputs(self, element: Element, opened: ParsedReply) -> dict[str, Any]:
        """Every output, of the payload of a reply that was opened here."""
        return self._evaluate(self.paths, element, opened)

    def read_echo(self, element: Element, opened: ParsedReply) -> dict[str, Any]:
        """The values that a reply repeats, by parameter of the echo."""
        repeated: dict[str, Any] = plain(self._evaluate(self.echo, element, opened))
        return repeated

    def search(self, expression: Expression, element: Element) -> Any:
        """The value of an expression over a reply that was parsed without lifting anything out."""
        lists = self.lists | taken_lists([expression.syntax_tree])
        return expression.search(to_document(element, lists))

    def _evaluate(self, paths: Paths, element: Element, opened: ParsedReply) -> dict[str, Any]:
        try:
            return self._values(paths, element, opened.runs)
        except HiddenRunError:
            whole = parse(opened.body)
            if isinstance(whole, Flaw) or isinstance(plain := payload(whole), Flaw):
                raise AssertionError("a reply that was read twice") from None  # noqa: TRY004
            return self._values(paths, plain)

    def _values(
        self, paths: Paths, element: Element, runs: tuple[RecordBatch, ...] = ()
    ) -> dict[str, Any]:
        root = View(self.lists, runs).root(element)
        return paths.evaluate(root, lambda: to_document(element, self.lists))


def compile_outputs(response: ResponseSpec, echo: Mapping[str, Echo] | None = None) -> Extractor:
    """The extractor of an operation's response paths, and of what its echo reads."""
    paths = compile_paths(response.paths)
    repeats = {name: one.path for name, one in (echo or {}).items()}
    echoes = compile_paths(repeats)
    trees = [path.syntax_tree for path in (*response.paths.values(), *repeats.values())]
    lists = repeated_paths(response, echo)
    is_planned = not paths.unplanned and not echoes.unplanned
    return Extractor(
        lists=lists,
        paths=paths,
        echo=echoes,
        singles=_tree(
            where for tree in trees for where, _ in reads(tree).single if where not in lists
        ),
        liftable=runs_of(trees, lists) if is_planned else {},
    )


def is_empty(element: Element) -> bool:
    """Whether a reply holds no text at all: there is nothing."""
    nodes: Iterator[Any] = element.iter()
    return not any(
        (node.text or "").strip() or (node.attrib and node is not element)
        for node in nodes
        if node.tag is not etree.Comment
    )


def _marks_in(tree: Element) -> int:
    """How many marks are nodes inside a document; none counts in a foreign encoding."""
    if (tree.getroottree().docinfo.encoding or "UTF-8").upper() not in ASCII_BELOW:
        return 0
    marks: Iterator[Any] = iter(tree.iter(etree.PI))
    return sum(mark.target == MARK for mark in marks)
