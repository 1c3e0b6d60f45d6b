"""Lifting records out of a JSON reply changes nothing; what is read is what JMESPath reads."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.documents import RestSpec
from sgeflow.core.language.expression import compile_path
from sgeflow.core.language.rows import plain
from sgeflow.core.language.template import Template
from sgeflow.core.model import Response
from sgeflow.core.rest import reply
from sgeflow.core.rest.records import MARK, lift
from tests.conftest import shipped_catalog

PATHS = {
    "rows": "blocks[].points[].{v: v, d: d, e: e}",
    "values": "blocks[].points[].v",
    "pairs": "blocks[].points[].[d, v]",
    "first": "blocks[0].name",
}
LEAVES = {"points": frozenset({"v", "d", "e"})}


def paths_of(*, as_text, **more):
    operation = shipped_catalog().operations["consulterMesuresDetailleesV3"]
    rest = RestSpec(
        service="s",
        method="GET",
        path=Template("/"),
        query={},
        headers={},
        body=None,
        paths={name: compile_path(path) for name, path in {**PATHS, **more}.items()},
        echo={},
        refusal={},
        rules=(),
        at=operation.at,
    )
    found = reply.compile_replies(operation, rest)
    return reply.ReplyPaths(
        found.outputs, found.echo, found.members, found.lists, found.liftable, as_text
    )


def outputs(body, *, as_text=False, whole=False, **more):
    paths = paths_of(as_text=as_text, **more)
    document = paths.parse(body, whole=whole)
    reply_ = reply.JsonReply(paths, reply.Response(status=200, headers={}, body=body), document)
    return plain(reply_.outputs())


record = st.fixed_dictionaries(
    {
        "v": st.one_of(st.integers(), st.text(max_size=4), st.none(), st.floats(-9, 9)),
        "d": st.text(),
    },
    optional={"e": st.sampled_from(["", "x]", "}{", '"', "é", MARK + "0"]), "n": st.booleans()},
)
usual = st.integers(0, 99).map(lambda n: {"v": str(n), "d": f"2026-01-{n:02}", "n": "B"})
points = st.lists(st.one_of(usual, usual, usual, record), max_size=14)
document = st.fixed_dictionaries(
    {"blocks": st.lists(st.fixed_dictionaries({"name": st.text(), "points": points}), max_size=3)}
)


@given(document, st.sampled_from([(",", ":"), (", ", ": ")]), st.booleans(), st.booleans())
def test_lifting_changes_nothing(content, separators, as_text, ascii_only):
    body = json.dumps(content, separators=separators, ensure_ascii=ascii_only).encode(
        errors="replace"
    )
    assert outputs(body, as_text=as_text) == outputs(body, as_text=as_text, whole=True)


def year(**more):
    points = [{"v": str(n), "d": f"d{n}", "n": "B", **more} for n in range(3000)]
    return {"blocks": [{"name": "a", "points": points}]}


@pytest.mark.parametrize("more", [{}, {"e": 1.5}, {"e": "x"}])
def test_a_long_list_of_flat_records_is_lifted_whole(more):
    text, runs = lift(json.dumps(year(**more)), LEAVES, as_text=False)
    assert [run.count for run in runs] == [3000]
    assert len(text) < 100
    assert runs[0].column("e") == [more["e"]] * 3000 if more else runs[0].column("e") == []


def test_a_strange_record_stays_in_place():
    content = year()
    content["blocks"][0]["points"][7]["v"] = None
    _, runs = lift(json.dumps(content), LEAVES, as_text=False)
    assert [run.count for run in runs] == [7, 2992]
    body = json.dumps(content).encode()
    assert outputs(body) == outputs(body, whole=True)


def test_a_list_that_is_wanted_whole_is_read_unlifted():
    body = json.dumps(year()).encode()
    assert outputs(body, blocks="blocks[0]")["blocks"] == year()["blocks"][0]


@pytest.mark.parametrize("tail", ["x", "9", "-1", "0" * 5000])
def test_a_text_that_looks_like_the_mark_of_a_run_is_a_text(tail):
    points = [{"v": str(one), "d": "a", "e": "b"} for one in range(200)]
    whole = json.dumps({"blocks": [{"name": "NAME", "points": points}]})
    escaped = MARK.replace("-", "\\u002d", 1)
    body = whole.replace("NAME", escaped + tail).encode()
    assert MARK.encode() not in body
    paths = paths_of(as_text=True)
    read = reply.JsonReply(paths, Response(status=200, headers={}, body=body), paths.parse(body))
    assert read.outputs()["first"] == MARK + tail
    assert len(plain(read.outputs()["values"])) == 200
