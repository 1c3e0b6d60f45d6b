"""Documents beside described operations, made by hand: every kind of difference."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sgeflow.core.checking.document import Document
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.runtime.project import check_documents
from sgeflow.tools.wsdl.compare import compare, facets
from sgeflow.tools.wsdl.draft import draft
from sgeflow.tools.wsdl.message import lists, outputs, unique
from sgeflow.tools.wsdl.model import DescribedOperation, XsdNode

SPACE = "urn:library/v1.0"
TEXT = {"type": "string"}


def leaf(name, **more):
    return XsdNode(name=name, **{"schema": TEXT, **more})


def branch(name, *children, **more):
    return XsdNode(name=name, children=children, **more)


def drafted(one):
    return draft(one, {}, "# a schema", "")


def described(*request, reply=(), root="lend", **more):
    usual = {
        "name": "lend",
        "service": "Loans",
        "version": "1.0",
        "location": "Loans/v1.0",
        "soap_action": "",
        "header": (),
        "documentation": "",
        "source": "loans.wsdl",
    }
    return DescribedOperation(
        **usual | more,
        request=branch(root, *request, namespace=SPACE),
        reply=branch("lendResponse", *(reply or (leaf("id"),)), namespace=SPACE),
    )


def tree(text):
    return read_yaml("operations/lend.yaml", text)


def found(text, one):
    return [(d.part, d.stance.value, d.where) for d in compare(one, tree(text), {})]


@pytest.mark.parametrize(
    ("reply", "echo"),
    [
        (leaf("pointId"), "pointId"),
        (branch("head", leaf("idPrm")), "head.idPrm"),
        (branch("point", leaf("@id"), leaf("state")), "point.id"),
        (branch("rows", branch("row", leaf("pointId"), most=None)), "rows.row[].pointId"),
        (leaf("caseId"), None),
    ],
)
def test_a_draft_says_where_the_reply_repeats_the_point(reply, echo):
    text = drafted(described(leaf("pointId"), reply=(reply,)))
    assert tree(text).data.get("echo") == (echo and {"pointId": echo})
    assert (
        check_documents([Document(kind="operations", file="operations/lend.yaml", text=text)])[1]
        == ()
    )


A, B, C = leaf("a"), leaf("b"), leaf("c")


def test_a_draft_has_no_difference_to_what_it_was_drafted_from():
    item = branch("item", leaf("x"), leaf("@code", least=0), most=None)
    one = described(A, branch("box", B, least=0), item, reply=(branch("row", A, most=9),))
    assert found(drafted(one), one) == []


def test_a_default_that_is_no_number_of_json_is_left_out():
    one = described(leaf("a", schema={"type": "number"}, default="INF"))
    text = drafted(one)
    assert "default" not in text
    document = Document(kind="operations", file="operations/lend.yaml", text=text)
    assert check_documents([document])[1] == ()


def test_a_root_that_is_called_otherwise_is_renamed():
    text = drafted(described(A))
    one = described(A, root="lendBook")
    assert ("root", "changed", "envelope.body") in found(text, one)


def test_a_child_that_is_qualified_now_is_told():
    text = drafted(described(A))
    assert found(text, described(leaf("a", namespace=SPACE))) == [("namespace", "changed", "a")]


def test_members_of_objects_change_at_any_depth():
    def order(*inner):
        return described(branch("item", branch("part", *inner, most=None), most=3))

    text = drafted(order(A, B))
    assert found(text, order(B, C)) == [
        ("element", "missing", "item.part.c"),
        ("element", "extra", "item.part.a"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "stance"),
    [({"least": 1}, {"least": 0}, "stricter"), ({"least": 0}, {"least": 1}, "looser")],
)
def test_what_is_required_is_told_where_more_or_less_was_asked(before, after, stance):
    text = drafted(described(B, leaf("a", **before)))
    one = described(B, leaf("a", **after))
    assert found(text, one) == [("required", stance, "a")]


@pytest.mark.parametrize(
    ("ours", "theirs", "part", "stance"),
    [
        ({"enum": ["A", "B"]}, {"enum": ["A"]}, "enumeration", "looser"),
        ({"enum": ["A"]}, {"enum": ["A", "B"]}, "enumeration", "stricter"),
        ({"enum": ["A", "B"]}, {"enum": ["B", "C"]}, "enumeration", "changed"),
        (TEXT, {"enum": ["A"]}, "enumeration", "looser"),
        ({"const": "A"}, TEXT, "enumeration", "stricter"),
        ({"enum": ["AB"]}, {**TEXT, "maxLength": 1}, "enumeration", "changed"),
        ({"enum": ["AB"]}, {**TEXT, "pattern": "^[a-z]+$"}, "enumeration", "changed"),
        ({**TEXT, "pattern": "^a$"}, TEXT, "pattern", "stricter"),
        (TEXT, {**TEXT, "pattern": "^a$"}, "pattern", "looser"),
        ({**TEXT, "pattern": "^b$"}, {**TEXT, "pattern": "^a$"}, "pattern", "changed"),
        (TEXT, {**TEXT, "minLength": 1}, "length", "looser"),
        ({**TEXT, "minLength": 1}, TEXT, "length", "stricter"),
        ({**TEXT, "maxLength": 9}, {**TEXT, "maxLength": 8}, "length", "looser"),
        ({**TEXT, "maxLength": 8}, {**TEXT, "maxLength": 9}, "length", "stricter"),
        ({"type": "integer"}, {"type": "integer", "minimum": 1}, "range", "looser"),
        ({"type": "integer"}, {"type": "number"}, "type", "stricter"),
        ({"type": "boolean"}, TEXT, "type", "stricter"),
        (TEXT, {"type": "boolean"}, "type", "looser"),
        ({"type": "boolean"}, {"type": "integer"}, "type", "changed"),
        ({**TEXT, "format": "date"}, TEXT, "type", "stricter"),
    ],
)
def test_how_a_document_stands_to_a_facet(ours, theirs, part, stance):
    assert [(one.part, one.stance.value) for one in facets(ours, theirs)] == [(part, stance)]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({**TEXT, "pattern": "^(a|b)$"}, {**TEXT, "pattern": "^(b|a)$"}),
        ({**TEXT, "pattern": "^(a|(b|c))$"}, {**TEXT, "pattern": "^((b|c)|a)$"}),
        ({**TEXT, "pattern": "^[0-9]{3}$"}, {**TEXT, "pattern": "^[0-9]{3}$", "minLength": 0}),
        ({**TEXT, "minLength": 0}, TEXT),
        ({"enum": ["B", "A"]}, {"enum": ["A", "B"]}),
        ({"enum": ["A"], "type": "string"}, {"enum": ["A"]}),
    ],
)
def test_what_says_the_same_otherwise_is_no_difference(ours, theirs):
    assert list(facets(ours, theirs)) == []


def test_names_are_told_apart_by_as_much_as_it_takes():
    paths = [("p", "x", "a"), ("q", "x", "a"), ("p", "b"), ("c-d",), ("1",)]
    names = unique(paths)
    assert list(names.values()) == ["pXA", "qXA", "b", "cD", "x1"]
    assert unique([("b",), ("b-",)]) == {("b",): "b", ("b-",): "b2"}


def test_outputs_read_texts_beside_attributes_and_rows_of_rows():
    code = branch("state", leaf("@code"), schema=TEXT)
    row = branch("row", leaf("@no"), code, leaf("tag", most=None), schema=TEXT, most=None)
    reply = branch("r", leaf("a-b"), code, branch("rows", row), leaf("x", most=5))
    assert outputs(reply) == {
        "aB": '"a-b"',
        "code": "state.code",
        "state": "state.text",
        "row": "rows.row[].{no: no, code: state.code, state: state.text, tag: tag[] || `[]`,"
        " text: text} || `[]`",
        "x": "x[] || `[]`",
    }
    assert lists(reply) == ("rows.row", "rows.row.tag", "x")


def test_a_reply_and_a_header_that_changed_are_told():
    text = drafted(described(A))
    one = described(A, header=(leaf("Session", namespace="urn:s"),), soap_action="urn:lend")
    one = replace(one, reply=replace(one.reply, name="lendReply"))
    assert found(text, one) == [
        ("action", "changed", "route.soap_action"),
        ("header", "changed", "envelope.header"),
        ("reply", "changed", "response.element"),
    ]


def test_an_element_that_must_be_there_is_never_left_empty():
    optional = (leaf("a", least=0), leaf("b", least=0))
    (rule,) = tree(drafted(described(branch("x", *optional)))).data["rules"]
    assert rule["check"] == "present(a) || present(b)"
    inner = branch("outer", C, branch("x", *optional), least=0)
    checks = [rule["check"] for rule in tree(drafted(described(inner))).data["rules"]]
    assert "(present(a) || present(b)) || !present(c)" in checks


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("loan.title", "reads title"),
        ("row[].{title: title, day: day}", "reads title"),
        ("row[].{name: title, state: day}[?name == 'x']", "reads title"),
        ("row[?title == 'x'].author", "reads author, title"),
        ("row[].code", "row[].code"),  # there is a code, and it stands elsewhere
    ],
)
def test_an_output_that_finds_nothing_names_the_elements_that_are_gone(path, told):
    reply = (branch("loan", leaf("code")), branch("row", leaf("day"), most=9))
    one = described(A, reply=reply)
    text = drafted(one)
    start, end = text.index("  paths:"), text.index("\nexamples") if "\nexamples" in text else None
    rest = text[end:] if end else ""
    text = f'{text[:start]}  paths:\n    title: "{path}"\n{rest}'
    (found,) = (d for d in compare(one, tree(text), {}) if d.part == "output")
    assert found.document == told
