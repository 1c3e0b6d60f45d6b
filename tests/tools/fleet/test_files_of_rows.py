"""Each row of a fleet has files of its own: what would be overwritten is told before any begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import _calm, sgeflow

__all__ = ["_calm", "sgeflow"]
POINT = "30000000000011"
FLOW = """\
flow: write
title: Writes a file
inputs:
  name: {type: string, optional: true}
  file: {type: string, default: data/all.csv}
  kind: {type: string, default: plain}
steps:
  - id: written
STEP
outputs: {}
"""
EXPORT = "    export: {{format: csv, file: {}}}"
GIVEN = EXPORT.format('"${inputs.file}"')
CHOICE = """\
    choose:
      - id: own
        when: inputs.kind == '{}'
        export: {{format: csv, file: "data/${{inputs.name}}.csv"}}
      - id: all
        export: {{format: csv, file: data/all.csv}}"""
REAL = (
    "environment: real\ntitle: Real\ngeneration: current\nlogin: one@example.org\n"
    'contractId: "1234567"\nservices: {sge: {base_url: "http://127.0.0.1:1", route: direct}}\n'
)


@pytest.fixture
def fleet(sgeflow, tmp_path: Path):
    """Run a flow with this step once a row; what came of it, and the files that are there now."""
    for folder in ("flows", "environments"):
        (tmp_path / folder).mkdir()
    (tmp_path / "environments" / "real.yaml").write_text(REAL)

    def run(step: str, rows: str, *words: str, header: str = "name"):
        (tmp_path / "flows" / "write.yaml").write_text(FLOW.replace("STEP", step))
        (tmp_path / "rows.csv").write_text(f"{header}\n{rows}")
        done = sgeflow("run", "write", "--each", "rows.csv", "--env", "real", *words)
        return done, sorted(str(one.relative_to(tmp_path)) for one in tmp_path.rglob("data/*"))

    return run


@pytest.mark.parametrize(
    ("step", "rows", "words", "line"),
    [
        (GIVEN, "anna\nberta\nAnna\n", ("file=data/{name}.csv",), 4),  # but for case
        (GIVEN, "a b\na_b\n", ("file=data/{name}.csv",), 3),  # once signs became _
        (GIVEN, "a.\nb\na:\n", ("file=data/../data/{name}.csv",), 4),
        (EXPORT.format('"data/${inputs.name}.csv"'), "é\ne\u0301\n", (), 3),
        (EXPORT.format('"data/${inputs.name}.csv"'), "anna\nANNA\n", (), 3),
        (EXPORT.format('"data/${inputs.name}.csv"'), "straße\nSTRASSE\n", (), 3),
        (EXPORT.format("\"data/${replace(inputs.name, 'A', 'a')}.csv\""), "anna\nAnna\n", (), 3),
    ],
)
def test_two_rows_with_one_file_are_refused_with_both_lines_and_no_name(
    fleet, step, rows, words, line
):
    for more in ((), ("--dry-run",)):
        done, files = fleet(step, rows, *words, *more)
        told = " ".join(done.err.split())
        assert (done.code, files) == (3, []), done.err
        assert "SGE042 the row writes the same file as the one in line" in told
        assert f"rows.csv:{line}:1" in told
        assert not any(name in told for name in rows.split() if len(name) > 2)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (GIVEN, ()),
        (GIVEN, ("file=data/all.csv",)),
        (EXPORT.format("data/all.csv"), ()),
        (EXPORT.format('"data/${run.today}.csv"'), ()),
        ("    when: inputs.kind == 'plain'\n" + EXPORT.format("data/all.csv"), ()),
        (CHOICE.format("other"), ()),
    ],
)
def test_a_path_in_which_nothing_is_a_rows_own_is_refused_once(fleet, step, words):
    done, files = fleet(step, "anna\nberta\ncarla\n", *words)
    assert (done.code, files) == (3, []), done.err
    assert done.err.count("SGE042 several rows write data/") == 1
    done, files = fleet(step, "anna\n", *words)  # one row alone overwrites nobody's
    assert (done.code, len(files)) == (0, 1), done.err


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (GIVEN, ("file=data/{name}.csv",)),
        ("    when: inputs.kind == 'other'\n" + EXPORT.format("data/all.csv"), ()),
        (CHOICE.format("plain"), ()),
    ],
)
def test_rows_that_write_files_of_their_own_are_done(fleet, step, words):
    done, files = fleet(step, "anna\nberta\n", *words)
    assert done.code == 0, done.err
    assert files in (["data/anna.csv", "data/berta.csv"], [])


@pytest.mark.parametrize("state", [".sgeflow", "kept"])
@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("rows.csv", "rows.csv is read by this command"),
        ("./data/../ROWS.csv", "ROWS.csv is read by this command"),
        ("given.yaml", "given.yaml is read by this command"),
        ("STATE/journal.db", "is a file of the state"),
        ("STATE/journal.db-wal", "is a file of the state"),
        ("STATE/real/store.db", "is a file of the state"),
        ("STATE/fleets/{name}.jsonl", "is a file of the state"),
        ("flows/{name}.csv", "a file in flows/ would stand among the documents"),
    ],
)
def test_a_file_of_the_command_the_state_or_the_documents_is_written_over_by_none(
    fleet, tmp_path, state, file, told
):
    (tmp_path / "given.yaml").write_text("kind: plain\n")
    words = ("--inputs", "given.yaml", "--state", state, f"file={file.replace('STATE', state)}")
    rows = "anna\nberta\n" if "{" in file else "anna\n"
    for more in ((), ("--dry-run",)):
        done, _ = fleet(GIVEN, rows, *words, *more)
        assert (done.code, told in done.err) == (3, True), done.err
        assert (tmp_path / "rows.csv").read_text() == f"name\n{rows}"


def test_a_single_run_writes_over_nothing_that_it_reads(sgeflow, fleet, tmp_path):
    fleet(EXPORT.format('"${inputs.file}"'), "anna\n")
    (tmp_path / "given.yaml").write_text("file: given.yaml\n")
    before = sgeflow("runs").out
    for words in ((), ("--dry-run",)):
        done = sgeflow("run", "write", "--inputs", "given.yaml", "--env", "real", *words)
        assert (done.code, "given.yaml is read by this command" in done.err) == (3, True), done.err
    assert (tmp_path / "given.yaml").read_text() == "file: given.yaml\n"
    assert sgeflow("runs").out == before  # none began


def test_a_flow_that_is_called_writes_where_its_caller_says(fleet, tmp_path):
    (tmp_path / "flows" / "inner.yaml").write_text(
        "flow: inner\ntitle: Writes\ninputs: {place: {type: string}, end: {type: string, default: csv}}\n"
        'steps: [{id: it, export: {format: csv, file: "data/${inputs.place}.${inputs.end}"}}]\n'
    )
    step = "    flow: inner\n    with: {{place: {}}}"
    done, files = fleet(step.format('"${inputs.kind}"'), "anna\nberta\n")
    assert (done.code, "several rows write data/plain.csv" in done.err) == (3, True), done.err
    done, files = fleet(step.format('"${inputs.name}"'), "anna\nAnna\n")
    assert (done.code, "the same file as the one in line 2" in done.err) == (3, True), done.err
    done, files = fleet(step.format('"${inputs.name}"'), "anna\nberta\n")
    assert (done.code, files) == (0, ["data/anna.csv", "data/berta.csv"]), done.err


def test_a_file_whose_name_an_answer_gives_is_told_when_two_rows_wrote_it(fleet):
    step = "    set: {place: same}\n  - id: kept\n" + EXPORT.format(
        '"data/${steps.written.place}.csv"'
    )
    done, files = fleet(step, "anna\nberta\ncarla\n", "--jobs", "1")
    assert (done.code, files) == (0, ["data/same.csv"])
    assert done.err.count("rows 1 and 2 wrote one file, data/same.csv") == 1


def test_a_row_is_held_to_the_name_that_its_file_gets(sgeflow, fleet, tmp_path):
    step = EXPORT.format('"data/${inputs.name}.csv"')
    for more in ((), ("--dry-run",)):
        done, files = fleet(step, "a\na.simulated\n", "--env", "simulator", *more)
        told = " ".join(done.err.split())
        assert (done.code, files) == (3, []), done.err
        assert "the same file as the one in line 2" in told
    fleet(GIVEN, "anna\n", "file=data/x.csv")
    (tmp_path / "rows.simulated.csv").write_text("name\nanna\n")
    done = sgeflow("run", "write", "--each", "rows.simulated.csv", "file=rows.csv")
    assert (done.code, "rows.csv is read by this command" in done.err) == (3, True), done.err
    assert (tmp_path / "rows.simulated.csv").read_text() == "name\nanna\n"


def test_a_row_may_name_its_file_after_its_own_run(fleet):
    done, files = fleet(EXPORT.format('"data/${run.id}.csv"'), "anna\nberta\n", "--run", "night")
    assert (done.code, files) == (0, ["data/night.1.csv", "data/night.2.csv"]), done.err


def test_keys_secrets_and_metrics_of_a_run_are_written_over_by_none(fleet, monkeypatch, tmp_path):
    with_keys = REAL.replace(
        "direct}", "direct, key: it.key, certificate: it.pem, ca: ca.pem, HEADERS}"
    )
    with_keys = with_keys.replace("HEADERS", 'headers: {apikey: "${secret.TOKEN_OF_IT}"}')
    monkeypatch.setenv("TOKEN_OF_IT_FILE", str(tmp_path / "token"))
    (tmp_path / "environments" / "real.yaml").write_text(with_keys)
    for file in ("it.key", "it.pem", "ca.pem", "token"):
        done, _ = fleet(GIVEN, "anna\n", f"file={file}", "--dry-run")  # nothing is opened
        assert (done.code, "read by this command" in done.err) == (3, True), done.err
    (tmp_path / "environments" / "real.yaml").write_text(REAL)
    for file, why in (("night.prom", "read by this command"), (".sgeflow", "of the state")):
        words = (f"file={file}", "--metrics", "night.prom", "--state", ".sgeflow")
        done, _ = fleet(GIVEN, "anna\n", *words)
        assert (done.code, why in done.err) == (3, True), done.err
