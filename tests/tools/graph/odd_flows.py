"""Flows that nobody would write, and that must be drawn all the same."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from tests.conftest import build

_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp")),
    max_size=90,
)
_TITLES = st.one_of(
    st.just(""),
    st.just("W" * 70),
    st.just("a quite ordinary title that is longer than its box"),
    st.just("终端 ✓ “naïve” <b>&amp;</b>"),
    _WORDS,
)
_WHEN = st.sampled_from(
    ["env.region == 'north'", "length(run.today) > 3 && !present(inputs.p)", "present(inputs.p)"]
)
_VERBS = st.sampled_from(
    [
        {"set": {"a": 1, "a_name_so_long_that_it_has_no_place_in_a_box_of_a_step": "${run.today}"}},
        {"call": "readThing", "with": {"pointId": "${inputs.p}"}},
        {"call": "orderThing", "with": {"pointId": "30000000000011"}},
        {"http": {"service": "office", "path": "/a/${inputs.p}/" + "x" * 80}},
        {"check": "present(inputs.p)", "else": {"code": "NO", "message": "no ${run.today}"}},
        {"fail": {"code": "ENDED", "message": "it ends here, in many words, one after the other"}},
        {"flow": "sub"},
    ]
)


@st.composite
def steps(draw, depth=2):
    """Steps, their ids still to be given."""
    return [draw(_step(depth)) for _ in range(draw(st.integers(1, 3)))]


@st.composite
def _verb(draw, depth):
    kinds = ["verb", "steps", "branches", "choose"] if depth else ["verb"]
    kind = draw(st.sampled_from(kinds))
    if kind == "verb":
        return dict(draw(_VERBS))
    if kind == "steps":
        return {"steps": draw(steps(depth - 1))}
    if kind == "choose":
        conditional = [{**one, "when": draw(_WHEN)} for one in draw(steps(depth - 1))]
        return {"choose": [*conditional, *draw(st.lists(_step(0), max_size=1))]}
    names = draw(st.lists(st.sampled_from(["one", "two", "three"]), min_size=1, unique=True))
    return {"branches": {name: draw(steps(depth - 1)) for name in names}}


@st.composite
def _step(draw, depth):
    step = draw(_verb(depth))
    if title := draw(_TITLES):
        step["title"] = title
    if draw(st.booleans()):
        step["when"] = draw(_WHEN)
    if draw(st.integers(0, 3)) == 0:
        step |= {"foreach": ["a", "b"], "as": "each", "until": "run.today == 'x'"}
    if draw(st.integers(0, 2)) == 0:
        step["on_fault"] = draw(st.lists(_handler(depth), min_size=1, max_size=2))
    is_read = step.get("call") == "readThing" and "on_fault" not in step
    if is_read and draw(st.booleans()):
        step["poll"] = {"every": "PT5M", "until": "present(this.name)", "within": "PT2H"}
    if draw(st.integers(0, 3)) == 0:
        step["undo"] = {"set": {"undone": True}}
    return step


@st.composite
def _handler(draw, depth):
    causes = draw(st.sampled_from([{"codes": ["SGT401", "SGT500"]}, {"classes": ["no_data"]}]))
    if depth and draw(st.booleans()):
        return {**causes, "steps": draw(steps(0))}
    return {**causes, "fail": {"code": "WORSE", "message": "x" * 40}}


SUB = "flow: sub\ntitle: Below\nsteps: [{id: a, set: {b: 1}}]\non_fault: [{codes: [SGT401], steps: [{id: z, set: {q: 1}}]}]\n"


@st.composite
def flows(draw):
    """A checked catalogue whose flow `main` is made up."""
    written = {
        "flow": "main",
        "title": draw(_TITLES) or "A flow",
        "inputs": {"p": {"type": "string", "optional": True}},
        "steps": _named(draw(steps()), iter(range(10_000))),
        "outputs": {"day": "run.today"},
    }
    texts = {"flows/main.yaml": json.dumps(written, ensure_ascii=False), "flows/sub.yaml": SUB}
    catalog, problems = build(texts)
    assert not problems, [str(problem) for problem in problems]
    return catalog


def _named(found, numbers):
    """The same steps with ids: `s0`, `s1` …"""
    named = []
    for step in found:
        one = {"id": f"s{next(numbers)}", **step}
        for key in {"steps", "choose"} & one.keys():
            one[key] = _named(one[key], numbers)
        if "branches" in one:
            one["branches"] = {k: _named(v, numbers) for k, v in one["branches"].items()}
        if "on_fault" in one:
            one["on_fault"] = [
                {**h, **({"steps": _named(h["steps"], numbers)} if "steps" in h else {})}
                for h in one["on_fault"]
            ]
        named.append(one)
    return named
