"""Changes in a document's text: what is asked for changes, and not one byte besides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.tools.wsdl.yaml_edit import Fresh, rearranged, with_key, with_keys
from sgeflow.tools.wsdl.yaml_write import entry, flow, folded

TEXT = """# head
a: 1   # one
# about b
b:
  # about x
  x: {p: 1, q: [1, 2]}   # flow
  y: >-
    folded
    text

  z:
    - one
    - two   # last

# tail of all
c: {}
"""


def tree(text=TEXT):
    return read_yaml("x.yaml", text)


def fresh(key, value):
    return Fresh(key, value, lambda indent: entry(key, value, indent))


def test_nothing_asked_for_is_nothing_changed():
    assert rearranged(tree(), (), ["a", "b", "c"]) == TEXT
    assert rearranged(tree(), ("b",), ["x", "y", "z"]) == TEXT
    assert rearranged(tree(), ("b", "z"), [0, 1]) == TEXT
    assert with_keys(tree(), ("b",), {}) == TEXT


def test_an_entry_moves_with_the_comments_above_it():
    moved = rearranged(tree(), ("b",), ["z", "y", "x"])
    assert read_yaml("x.yaml", moved).data == tree().data
    lines = moved.splitlines()
    assert lines.index("  z:") < lines.index("  y: >-") < lines.index("  # about x")
    assert lines[lines.index("  # about x") + 1] == "  x: {p: 1, q: [1, 2]}   # flow"
    assert lines[:4] == TEXT.splitlines()[:4]
    assert lines[-2:] == TEXT.splitlines()[-2:]


def test_a_key_goes_with_its_whole_value():
    gone = rearranged(tree(), ("b",), ["x", "z"])
    assert gone == TEXT.replace("  y: >-\n    folded\n    text\n", "")


def test_a_new_key_stands_where_it_is_wanted():
    text = rearranged(tree(), ("b",), ["x", fresh("new", {"type": "string"}), "y", "z"])
    assert text == TEXT.replace("  y: >-", "  new: {type: string}\n  y: >-")


def test_a_value_is_replaced_and_its_comment_stays():
    assert with_keys(tree(), (), {"a": 2}) == TEXT.replace("a: 1 ", "a: 2 ")
    assert with_keys(tree(), ("b", "x"), {"p": 7}) == TEXT.replace("p: 1", "p: 7")
    assert with_keys(tree(), ("b",), {"y": "z"}) == TEXT.replace(">-\n    folded\n    text", "z")


def test_a_flow_mapping_stays_one_when_keys_come_and_go():
    text = with_keys(tree(), ("b", "x"), {"p": None, "r": "a: b"})
    assert text == TEXT.replace("{p: 1, q: [1, 2]}", '{q: [1, 2], r: "a: b"}')


def test_an_empty_mapping_takes_its_first_key_below():
    assert with_keys(tree(), ("c",), {"d": True}) == TEXT.replace("c: {}", "c:\n  d: true")


def test_a_key_is_added_after_the_last_one():
    assert with_keys(tree(), ("b",), {"w": 1}) == TEXT.replace("# last\n", "# last\n  w: 1\n")


def test_a_document_without_a_last_line_end_takes_a_key():
    assert with_keys(tree("a: 1"), (), {"b": 2}) == "a: 1\nb: 2\n"


def test_an_item_comes_and_goes():
    item = Fresh("", "three", lambda indent: [f"{' ' * indent}- three"])
    text = rearranged(tree(), ("b", "z"), [1, item])
    assert text == TEXT.replace("    - one\n", "").replace("# last\n", "# last\n    - three\n")


def test_a_key_is_called_otherwise():
    assert with_key(tree(), ("b", "z"), "v1:z") == TEXT.replace("  z:", "  v1:z:")


SAFE = st.characters(min_codepoint=0x20, max_codepoint=0x24F, exclude_categories=("Cc",))


@given(value=st.text(SAFE, max_size=60))
def test_a_text_is_read_back_as_it_was_written(value):
    assert read_yaml("x.yaml", f"a: {flow(value)}\n").data == {"a": value}
    assert read_yaml("x.yaml", f"a: [{flow(value)}]\n").data == {"a": [value]}
    lines = "\n".join(entry("a", {"b": value, "description": "x"}))
    assert read_yaml("x.yaml", lines).data["a"]["b"] == value


@pytest.mark.parametrize("length", [10, 139, 141, 400])
def test_an_expression_is_folded_without_a_change(length):
    text = ", ".join(f"name{n}: other.name{n}" for n in range(length // 10)) + " || `[]`"
    assert read_yaml("x.yaml", "\n".join(folded("a", text, 4))).data == {"a": text}


@given(data=st.data(), keys=st.permutations(["a", "b", "c"]))
def test_any_order_of_keys_says_the_same(data, keys):
    wanted = keys[: data.draw(st.integers(1, 3))]
    text = rearranged(tree(), (), wanted)
    assert read_yaml("x.yaml", text).data == {key: tree().data[key] for key in wanted}
    assert list(read_yaml("x.yaml", text).data) == wanted
