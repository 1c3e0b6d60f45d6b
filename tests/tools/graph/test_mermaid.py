"""The Mermaid text of a flow: what the real Mermaid reads, and what it shows."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from sgeflow.tools.graph.chart import chart
from sgeflow.tools.graph.graph import picture
from sgeflow.tools.graph.mermaid import to_mermaid
from tests.conftest import build
from tests.examples import some
from tests.machine import NODE
from tests.npm import installed
from tests.tools.graph.odd_flows import flows

ROOT = Path(__file__).parents[3]
FLOWS = sorted(file.stem for file in (ROOT / "flows").glob("*.yaml"))


def made(steps):
    text = f"flow: main\ntitle: A flow\ninputs: {{p: {{type: string}}}}\nsteps:\n{steps}"
    catalog, problems = build({"flows/main.yaml": text})
    assert not problems, [str(problem) for problem in problems]
    return to_mermaid(chart(catalog.flows["main"], catalog.flows))


def nodes(text):
    """The nodes and boxes by their names, with what is written in them."""
    return dict(re.findall(r'^ *(?:subgraph )?(n\d+)[^"\n]*"(.*)"[^"]*$', text, re.MULTILINE))


def well_formed(text):
    lines = [line.strip() for line in text.splitlines()]
    assert sum(line.startswith("subgraph ") for line in lines) == lines.count("end")
    known = nodes(text)
    for line in lines:
        ends = re.findall(r"(?:^|[>|] )(n\d+)(?= |$)", line) if "->" in line else []
        assert len(ends) in ((2,) if "->" in line else (0,)), line
        assert set(ends) <= known.keys()


@pytest.mark.parametrize("expand", [False, True])
@pytest.mark.parametrize("name", FLOWS)
def test_every_way_of_a_shipped_flow_leads_from_node_to_node(workspace, name, expand):
    text = picture(workspace, name, "mermaid", expand=expand)
    well_formed(text)
    assert text == picture(workspace, name, "mermaid", expand=expand)


@settings(max_examples=some(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(flows())
def test_every_way_of_any_flow_leads_from_node_to_node(catalog):
    well_formed(to_mermaid(chart(catalog.flows["main"], catalog.flows, expand=True)))


def test_a_condition_is_a_gate_with_two_ways_and_a_fail_has_none():
    text = made(
        "  - {id: a, when: present(inputs.p), set: {b: 1}}\n"
        "  - {id: c, when: run.today == 'x', fail: {code: X, message: y}}\n"
    )
    assert 'n2{{"when present(inputs.p)"}}' in text
    assert 'n2 -->|"true"| n3' in text
    assert "n3 --> n4" in text
    assert 'n2 -->|"false"| n4' in text
    assert 'n4 -->|"true"| n5' in text
    assert 'n4 -->|"false"| n6' in text
    assert "n5 --> n6" not in text


def test_branches_leave_one_step_and_come_together_in_the_next():
    text = made(
        "  - {id: a, set: {b: 1}}\n"
        "  - {id: c, branches: {one: [{id: x, set: {b: 1}}], two: [{id: y, set: {b: 1}}]}}\n"
        "  - {id: z, set: {b: 1}}\n"
    )
    named = {words.split("<br>")[0]: name for name, words in nodes(text).items()}
    for inner in ("x", "y"):
        assert f"{named['a']} --> {named[inner]}" in text
        assert f"{named[inner]} --> {named['z']}" in text


def test_signs_that_mermaid_would_read_are_written_as_words_of_the_document():
    text = made('  - {id: a, title: "say \\"hi\\" & <b> #1; `x`", set: {b: 1}}\n')
    assert "say #34;hi#34; #38; #60;b#62; #35;1; #96;x#96;" in text


def test_no_sign_that_a_terminal_would_follow_is_written():
    text = 'flow: main\ntitle: "a \\e[31mred\\u202E title"\nsteps: [{id: a, set: {b: "1"}}]\n'
    catalog, _ = build({"flows/main.yaml": text})
    written = to_mermaid(chart(catalog.flows["main"], catalog.flows))
    assert "a [31mred title" in written
    assert all(sign.isprintable() for line in written.splitlines() for sign in line)


def test_the_text_of_a_flow_is_the_kept_one():
    path = ROOT / "tests" / "golden" / "graph.mmd"
    text = made(
        "  - id: first\n    title: Look\n    call: readThing\n    with: {pointId: '${inputs.p}'}\n"
        "    on_fault: [{codes: [SGT401], continue: {rows: []}}]\n"
        "  - id: later\n    when: steps.first.name == 'x'\n    foreach: [1, 2]\n    steps:\n"
        "      - {id: a, set: {b: 1}, undo: {set: {c: 1}}}\n"
        "  - {id: sure, check: present(inputs.p), else: {code: NO, message: no}}\n"
    )
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def told_by_mermaid():
    """What the real Mermaid says of texts."""
    modules = installed("mermaid")

    def told(texts):
        done = subprocess.run(
            [NODE.find(), str(Path(__file__).with_name("parse.mjs")), str(modules)],
            input=json.dumps(texts),
            capture_output=True,
            text=True,
            check=True,
            timeout=100,
        )
        return json.loads(done.stdout)

    return told


def test_the_real_mermaid_reads_every_shipped_flow_and_those_that_nobody_would_write(
    workspace, told_by_mermaid
):
    texts = [
        picture(workspace, name, "mermaid", expand=expand)
        for name in FLOWS
        for expand in (False, True)
    ]

    @settings(
        max_examples=some(15), deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(flows())
    def collect(catalog):
        texts.append(to_mermaid(chart(catalog.flows["main"], catalog.flows, expand=True)))

    collect()
    assert len(texts) >= len(FLOWS) * 2 + 15
    answers = told_by_mermaid(texts)  # one program for all of them: it takes two seconds to begin
    assert [(a, t) for a, t in zip(answers, texts, strict=True) if a] == []
