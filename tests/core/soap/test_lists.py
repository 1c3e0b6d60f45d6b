"""What a path takes as a list is one, come one or many: told by the paths themselves."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jmespath.visitor import Options

from sgeflow.core.language.expression import PathInterpreter, compile_path
from sgeflow.core.language.functions import Pack
from sgeflow.core.soap.xml import parse, to_document
from sgeflow.core.wires.lists import reads, taken_lists
from tests.core.soap.test_extract import HEAD, TAIL, elements, expressions, runs
from tests.examples import some

LISTS = {
    "a.b.c": "",
    "a[].b[].{x: c}": "a a.b",
    "a.b[0].c || `[]`": "a.b",
    "a[*].b[-1]": "a a.b",
    "a[2:4].b": "a",
    "a[?b[0] == 'x' && c.d[]].e[]": "a a.b a.c.d a.e",
    "a[].b | [0].c": "a",
    "a[].b | [].c[]": "a a.b a.b.c",
    "{x: a[].b, y: c.{z: d[0]}}": "a c.d",
    "[a.b, c][].d": "",
    "a.*.b[]": "",
    "sort_by(a.b, &d[0].e)": "a.b a.b.d",
    "max_by(a[].b, &c.d)": "a",
    "length(a.b)": "",
    "to_array(a.b)": "",
    "@": "",
}
SINGLE = {"a.b[0].c.d": "a a.b.c", "a[].{x: b, y: c.d}": "a.c", "g[].{x: a.b}": "g.a"}


def test_what_repeats_follows_from_the_path():
    for text, lists in LISTS.items():
        assert taken_lists([compile_path(text).syntax_tree]) == set(lists.split()), text
    for text, single in SINGLE.items():
        read = [where for where, _ in reads(compile_path(text).syntax_tree).single]
        assert read == single.split(), text


class Forgiving(PathInterpreter):
    """JMESPath to which one thing is a list of one, wherever a list is wanted."""

    def visit_index(self, node: Any, value: Any) -> Any:
        return super().visit_index(node, _many(value))

    def visit_flatten(self, node: Any, value: Any) -> Any:
        base = _many(self.visit(node["children"][0], value))
        if base is None:
            return None
        return [item for one in base for item in (one if isinstance(one, list) else [one])]

    def visit_projection(self, node: Any, value: Any) -> Any:
        base = _many(self.visit(node["children"][0], value))
        if base is None:
            return None
        results = (self.visit(node["children"][1], item) for item in base)
        return [result for result in results if result is not None]


def _many(value: Any) -> Any:
    return value if value is None or isinstance(value, list) else [value]


def _bare(value: Any) -> Any:
    """A value without lists of one: what else the paths read of a list is one as well."""
    if isinstance(value, list):
        items = [_bare(item) for item in value]
        return items[0] if len(items) == 1 else items
    if isinstance(value, dict):
        return {name: _bare(item) for name, item in value.items()}
    return value


@settings(max_examples=some(60), deadline=None)
@given(st.lists(st.one_of(elements(), runs()), max_size=4), expressions())
def test_one_thing_is_read_as_a_list_of_one(parts, text):
    root = parse(f"{HEAD}{''.join(parts)}{TAIL}".replace('xsi:nil="true"', "").encode())
    path = compile_path(text)
    read = reads(path.syntax_tree)
    if "][" in text or any(where in read.lists for where, _ in read.single):
        return  # items of what is an item, or a name of what is a list: there are none
    forgiving = Forgiving(Options(custom_functions=Pack())).visit(
        path.syntax_tree, to_document(root[0][0], ())
    )
    assert _bare(path.search(to_document(root[0][0], read.lists))) == _bare(forgiving)
