"""Extracts an operation's outputs from the bytes of a reply in one pass.

Response paths are compiled once (`plan`). Long runs of records are taken out before the XML parser
sees them (`records`). Expressions that cannot be compiled are evaluated by JMESPath over the reply
as plain data. The result always equals JMESPath over `xml.to_document`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lxml import etree
from msgspec import Struct

from sgeflow.core.documents import Echo, ResponseSpec
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.rows import plain
from sgeflow.core.soap.records import MARK, RecordBatch, lift
from sgeflow.core.soap.view import View
from sgeflow.core.soap.xml import Element, elements, local_name, parse, payload, to_document
from sgeflow.core.wires.answers import Flaw
from sgeflow.core.wires.lists import reads, repeated_paths, taken_lists
from sgeflow.core.wires.plan import HiddenRunError, Paths, compile_paths, runs_of
from sgeflow.values import Discreet

ElementNames = Mapping[str, "ElementNames"]
"""Elements to look at, by name; `ONE` marks an element that is read as a single one."""

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
    """The tree of the elements at some dotted paths."""
    tree: dict[str, Any] = {}
    for path in paths:
        at = tree
        for name in path.split("."):
            at = at.setdefault(name, {})
        at[ONE] = {}
    return tree


# In these encodings each byte below 128 is an ASCII character, whatever precedes it.
ASCII_BELOW = {"UTF-8", "US-ASCII", "ASCII", "ISO-8859-1", "ISO-8859-15", "WINDOWS-1252"}


class ParsedReply(Discreet, frozen=True):
    """A parsed reply: the tree, and the runs of records that its marks represent."""

    withheld = frozenset({"body"})

    body: bytes
    tree: Element | Flaw
    runs: tuple[RecordBatch, ...] = ()


class Extractor(Struct, frozen=True):
    """Reads the outputs of one operation, and the values that its reply repeats."""

    lists: frozenset[str]
    paths: Paths
    echo: Paths
    singles: ElementNames  # elements that are read as single ones
    liftable: Mapping[str, frozenset[str]]  # elements of runs, with their leaves

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
        """Parse a reply; runs of records are taken out where this provably changes nothing."""
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
        """The path of the first element that is read as single, but occurs several times.

        JMESPath would read null from such a list, and null would pass for an answer.
        """
        return _find_repeated(element, self.singles) if self.singles else ""

    def outputs(self, element: Element, opened: ParsedReply) -> dict[str, Any]:
        """The outputs of the root element of an opened reply."""
        return self._evaluate(self.paths, element, opened)

    def read_echo(self, element: Element, opened: ParsedReply) -> dict[str, Any]:
        """The values that a reply repeats, by parameter of the echo."""
        repeated: dict[str, Any] = plain(self._evaluate(self.echo, element, opened))
        return repeated

    def search(self, expression: Expression, element: Element) -> Any:
        """The value of an expression over a reply that was parsed whole."""
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
    """Compile the response paths of an operation and the paths of its echo."""
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
    """Whether a reply contains no text at all."""
    nodes: Iterator[Any] = element.iter()
    return not any(
        (node.text or "").strip() or (node.attrib and node is not element)
        for node in nodes
        if node.tag is not etree.Comment
    )


def _marks_in(tree: Element) -> int:
    """Count the marks that are nodes of the document; in other encodings none counts."""
    if (tree.getroottree().docinfo.encoding or "UTF-8").upper() not in ASCII_BELOW:
        return 0
    marks: Iterator[Any] = iter(tree.iter(etree.PI))
    return sum(mark.target == MARK for mark in marks)
