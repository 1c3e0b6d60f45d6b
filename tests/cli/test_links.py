"""What commands write: a link is told, and nothing that is no file is written."""

from pathlib import Path

import pytest

from tests.cli.conftest import ROOT
from tests.cli.test_call import CURVE

FLOW = """\
flow: small
title: Nothing to ask
steps: [{id: a, set: {x: "1"}}]
outputs: {x: steps.a.x}
"""
WRITE = """\
flow: write
title: What is kept of a point
inputs: {file: {type: string}}
steps: [{id: a, export: {format: csv, point: "30000000000011", file: "${inputs.file}"}}]
outputs: {}
"""
CASES = """\
test: small
title: x
flow: small
today: 2025-06-15
cases:
  one: {title: It is one, expect: {outputs: {x: "1"}}}
"""
WRITERS = {
    "--record": ("call", *CURVE, "--record"),
    "--junit": ("test", "--junit"),
    "simulate -o": ("simulate", "--fleet", "2", "-o"),
    "graph -o": ("page", "flow", "small", "--format", "svg", "-o"),
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project folder with a flow and its test, in which commands are given."""
    for name, text in {"flows/small.yaml": FLOW, "tests/small.test.yaml": CASES}.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    (tmp_path / "environments").mkdir()
    text = (ROOT / "environments" / "simulator.yaml").read_text("utf-8")
    (tmp_path / "environments" / "simulator.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("words", WRITERS.values(), ids=WRITERS)
def test_a_link_is_told_and_what_it_leads_to_is_written(project, sgeflow, words):
    real, link = project / "real.txt", project / "link.txt"
    link.symlink_to(real)
    done = sgeflow(*words, "link.txt")
    assert "link.txt is a link" in done.err, done.err
    assert link.is_symlink()
    assert real.read_text(), done.out + done.err


@pytest.mark.parametrize("words", WRITERS.values(), ids=WRITERS)
def test_a_device_is_refused(project, sgeflow, words):
    done = sgeflow(*words, "/dev/null")
    assert done.code != 0
    assert "it is a pipe, a socket or a device" in " ".join(done.err.split())
    assert "name a file, or write to stdout" in " ".join(done.err.split())
    assert not Path("/dev/null").is_file()


def test_what_is_made_up_stands_beside_no_device_either(project, sgeflow):
    (project / "flows" / "write.yaml").write_text(WRITE)
    done = sgeflow("run", "write", "--env", "simulator", "file=/dev/null")
    assert done.code == 5, done.err
    assert "/dev/null cannot be written: it is a pipe, a socket or a device" in done.err
    assert not Path("/dev/null.simulated").exists()


def test_schemas_follow_no_link_in_silence_and_replace_no_device(project, sgeflow):
    folder = project / "schemas"
    folder.mkdir()
    real = project / "mine.txt"
    real.write_text("before")
    (folder / "flow.schema.json").symlink_to(real)
    done = sgeflow("schema", "flow", "-o", "schemas")
    assert (done.code, "flow.schema.json is a link" in done.err) == (0, True), done.err
    (folder / "flow.schema.json").unlink()
    (folder / "flow.schema.json").symlink_to("/dev/null")
    done = sgeflow("schema", "flow", "-o", "schemas")
    assert (done.code, "a device" in done.err) == (5, True), done.err
    outer = project / "outer"
    outer.symlink_to(folder)
    (folder / "flow.schema.json").unlink()
    assert "outer is a link" in sgeflow("schema", "flow", "-o", "outer").err
