"""Elements that paths read as one: where a reply has several, what is read of them is null.

JMESPath says nothing of a name that is read of a list. A reply that repeats such an element is not
what its operation says of it, and null in its place would be taken for an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sgeflow.core.documents import Echo, ResponseSpec
from sgeflow.core.soap.lists import reads, repeated_paths
from sgeflow.core.soap.xml import Element, elements, local_name

ElementNames = Mapping[str, "ElementNames"]
"""The elements that are looked through, by name; `ONE` among them says that one is read."""

ONE = ""


def single_elements(response: ResponseSpec, echo: Mapping[str, Echo] | None = None) -> ElementNames:
    """The elements of which paths read a name as of one."""
    paths = (*response.paths.values(), *(one.path for one in (echo or {}).values()))
    lists = repeated_paths(response, echo)
    read = (where for path in paths for where, _ in reads(path.syntax_tree).single)
    return _tree(where for where in read if where not in lists)


def repeated_element(element: Element, tree: ElementNames, path: str = "") -> str:
    """The dotted path of the first element that a reply repeats, and that is read as one."""
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
        if inner := repeated_element(child, below, here):
            return inner
    return ""


def _tree(paths: Iterable[str]) -> ElementNames:
    tree: dict[str, Any] = {}
    for path in paths:
        at = tree
        for name in path.split("."):
            at = at.setdefault(name, {})
        at[ONE] = {}
    return tree
