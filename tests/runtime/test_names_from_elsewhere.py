"""What a cassette, a reply, a row or a WSDL says is never a path: at most a name in one."""

import json
import shutil

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.adapters.state.locations import StateLocation
from sgeflow.core.filenames import is_plain, is_run
from sgeflow.errors import UsageError
from tests.cli.conftest import ROOT, _calm, sgeflow

__all__ = ["_calm", "sgeflow"]
CASSETTE = ROOT / "tests" / "cassettes" / "check-identity-household.yaml"
FLOW = """\
flow: write
title: Write a file
inputs:
  pointId: {type: string, default: "30000000000011"}
  file: {type: string, default: data/all.csv}
  more: {type: object, default: {}}
steps:
  - id: told
    set: {name: "${inputs.pointId}"}
  - id: kept
    export: {format: csv, file: "FILE"}
outputs:
  file: steps.kept.file
"""


@pytest.fixture
def victim(tmp_path):
    """A file of somebody's that nothing may touch."""
    path = tmp_path / "work" / "Makefile"
    path.parent.mkdir()
    path.write_text("all: nothing\n")
    return path


@pytest.fixture
def saying(tmp_path):
    """The kept cassette, saying something else of its recording."""

    def make(**metadata):
        data = yaml.safe_load(CASSETTE.read_text("utf-8"))
        data["metadata"] |= metadata
        path = tmp_path / "tape.yaml"
        path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), "utf-8")
        return path

    return make


WRONG = [
    ("run", "../../up"),
    ("run", "a/b"),
    ("run", "x.y"),
    ("run", ".."),
    ("run", ""),
    ("run", "a\nb"),
    ("run", 7),
    ("run", ["a"]),
    ("environment", "../environments/simulator"),
    ("environment", ["simulator"]),
    ("scenario", "/etc/passwd"),
    ("scenario", {"a": 1}),
    ("flow", "/tmp/other.yaml"),
    ("flow", None),
    ("today", "2025-06-15/.."),
    ("today", 20250615),
    ("today", "0000-01-01"),
    ("today", "0001-01-01"),
    ("today", "9999-12-31"),
    ("today", "10000-01-01"),
    ("today", "2025-02-30"),
    ("now", "yesterday"),
    ("now", "0001-01-01T00:00:00+01:00"),
    ("now", "9999-12-31T23:59:59+00:00"),
    ("now", "2025-06-15T12:00:00"),
    ("now", "2025-06-15"),
    ("Run", "a"),
    ("home", "/etc/passwd"),
]


def words_of(command, path, tmp_path):
    if command != "test":
        return {
            "replay": ("run", "check-identity", "--replay", str(path)),
            "check": ("cassette", "check", str(path), "--project", str(ROOT)),
            "audit": ("cassette", "audit", str(path), "--project", str(ROOT)),
            "diff": ("cassette", "diff", str(path), str(CASSETTE), "--project", str(ROOT)),
        }[command]
    test = tmp_path / "own.test.yaml"
    test.write_text(
        "test: own\ntitle: x\nflow: check-identity\ncases:\n"
        f"  one:\n    cassette: {path.name}\n    expect: {{outcome: done}}\n"
    )
    return ("test", str(test), "--project", str(ROOT))


@pytest.mark.parametrize("command", ["replay", "check", "audit", "diff", "test"])
def test_a_cassette_whose_run_is_a_path_removes_nothing(sgeflow, saying, victim, tmp_path, command):
    done = sgeflow(*words_of(command, saying(run=str(victim)), tmp_path))
    assert victim.read_text() == "all: nothing\n"
    assert done.code == 9
    told = done.out + done.err
    assert "SGE602" in told
    assert 'its "run" is not the id of a run' in " ".join(told.split())


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_cassette_that_says_what_no_recording_says_is_refused_at_its_line(
    sgeflow, saying, name, value
):
    path = saying(**{name: value})
    done = sgeflow("run", "check-identity", "--replay", str(path))
    assert done.code == 9
    line = 1 + [x.strip().partition(":")[0] for x in path.read_text().splitlines()].index(name)
    assert f"tape.yaml:{line}:3" in done.err
    assert f'"{name}"' in done.err


def test_what_sgeflow_records_itself_is_taken(sgeflow, tmp_path):
    path = tmp_path / "new.yaml"
    words = ("run", "konnector", "--run", "night-2025_06", "--record", str(path), "-q")
    assert sgeflow(*words).code == 0
    assert sgeflow("run", "konnector", "--replay", str(path), "-q").code == 0
    assert sgeflow("cassette", "audit", str(path)).code == 0


def test_an_audit_finds_a_run_that_is_named_after_somebody(sgeflow, saying):
    path = saying(run="madame-dupont")
    done = sgeflow("cassette", "audit", str(path))
    assert done.code == 1
    assert "SGE603 text that looks like somebody's name" in done.out
    assert "tape.yaml:4:8" in done.out
    assert "dupont" not in done.out.replace(str(path), "").partition("  run:")[0]


# -- runs -------------------------------------------------------------------------------------------


@given(st.text(max_size=80))
def test_the_files_of_a_state_lie_where_they_belong_whatever_a_run_is_called(text):
    home = StateLocation(folder=ROOT / "state")
    for place in (home.lock, home.results):
        try:
            path = place(text)
        except UsageError:
            continue
        assert is_run(text)
        assert path.parent.parent == home.folder
        assert path.name.startswith(text)


# -- files that flows write -------------------------------------------------------------------------


@pytest.fixture
def write(tmp_path, sgeflow):
    """Run a flow that writes this file."""

    def make(file, *words):
        (tmp_path / "flows").mkdir(exist_ok=True)
        (tmp_path / "flows" / "write.yaml").write_text(FLOW.replace("FILE", file))
        return sgeflow("run", "write", *words)

    return make


@pytest.mark.parametrize("value", ["../up", "a/b", "/etc/x", "..", ".", "a\\b", "a\tb", "~me", ""])
@pytest.mark.parametrize("file", ["data/${inputs.pointId}.csv", "${steps.told.name}"])
def test_a_value_in_a_files_name_leads_nowhere_else(write, tmp_path, file, value):
    done = write(file, f"pointId={value}")
    assert done.code == 3
    told = "SGE042 pointId is not valid in a file name"
    if "inputs" not in file:
        told = "SGE038 a value is not valid in a file name"
    assert told in done.err
    assert value in (".", "..", "") or value not in done.err
    assert not list(tmp_path.rglob("*.csv"))


@pytest.mark.parametrize(
    ("file", "words", "written"),
    [
        ("data/${inputs.pointId}.csv", (), "data/30000000000011.simulated.csv"),
        ("${inputs.file}", (), "data/all.simulated.csv"),
        ("${inputs.file}", ("file=other/one.csv",), "other/one.simulated.csv"),
        ("${inputs.file}", ("file=data/../other.csv",), "other.simulated.csv"),
        ("${inputs.file}-${run.today}.csv", ("file=data/x",), "data/x-2025-06-15.simulated.csv"),
        ("deep/../${inputs.pointId}.v1.csv", ("pointId=a.b",), "a.b.v1.simulated.csv"),
        ("${steps.told.name}.csv", (), "30000000000011.simulated.csv"),
        ("${inputs.more.place}", ('more:={"place": "far/x.csv"}',), "far/x.simulated.csv"),
    ],
)
def test_a_path_is_its_authors_or_the_persons_who_starts_the_run(
    write, tmp_path, file, words, written
):
    done = write(file, *words)
    assert done.code == 0, done.err
    assert (tmp_path / written).is_file()


def test_nothing_that_a_flow_writes_stands_among_the_documents(write, sgeflow, tmp_path):
    (tmp_path / "environments").mkdir()
    told = "would stand among the documents"
    for file in ("flows/f.yaml", "./tests/../simulator/people/${inputs.pointId}.yaml"):
        done = write(file)
        assert (done.code, told in done.err) == (3, True), done.err
        done = sgeflow("validate")
        assert (done.code, told in done.out + done.err, "SGE015" in done.out + done.err) == (
            (3, True, True)
        )
    rows = tmp_path / "rows.csv"
    rows.write_text("pointId\n1\n")
    for words in (
        ("file=flows/f.yaml",),
        (f"file={tmp_path}/environments/new.yaml",),
        ("file=tests/flows/deep/x.csv", "--dry-run"),
        ("file=flows/{pointId}.yaml", "--each", str(rows)),
        ("file=flows/{pointId}.yaml", "--each", str(rows), "--dry-run"),
    ):
        done = write("${inputs.file}", *words)
        assert (done.code, told in done.err) == (3, True), (words, done.err)
        assert "runs" not in done.out
    write("${inputs.more.place}/x.csv")
    done = sgeflow("run", "write", 'more:={"place": "flows"}')  # only its writing shows it
    assert (done.code, told in done.err) == (3, True)
    assert {path.name for path in (tmp_path / "flows").iterdir()} == {"write.yaml"}
    assert write("flows.csv").code == write("data/flows/x.csv").code == 0


def test_a_sub_flow_is_given_a_path_as_a_file_is(write, sgeflow, tmp_path):
    write("${inputs.file}")
    caller = tmp_path / "flows" / "caller.yaml"
    for path, code in (
        ("${steps.told.name}/x.csv", 3),
        ("data/${steps.told.name}.csv", 3),
        ("${inputs.place}", 0),
    ):
        caller.write_text(
            "flow: caller\ntitle: x\ninputs:\n  place: {type: string, default: sub/y.csv}\nsteps:\n"
            "  - id: told\n    set: {name: ../../up}\n"
            f'  - id: sub\n    flow: write\n    with: {{file: "{path}"}}\n'
        )
        done = sgeflow("run", "caller")
        assert done.code == code, done.err
    assert (tmp_path / "sub" / "y.simulated.csv").is_file()
    assert not (tmp_path.parent / "up").exists()
    rows = tmp_path / "rows.csv"
    rows.write_text("place\nfar/x.csv\n")  # through the caller it becomes a path too
    done = sgeflow("run", "caller", "--each", str(rows))
    assert (done.code, "SGE042" in done.err) == (3, True)


@pytest.mark.parametrize(
    "value", ["../up.csv", "data/x.csv", "/etc/x.csv", "..", "~/x.csv", "C:x.csv", "nul"]
)
def test_a_row_says_no_path(write, tmp_path, value):
    rows = tmp_path / "rows.csv"
    rows.write_text(f"file\nfine.csv\n{value}\n")
    done = write("${inputs.file}", "--each", str(rows))
    assert done.code == 3
    assert "SGE042 file in a row can hold only the name of a file, without a folder" in done.err
    assert "rows.csv:3" in done.err
    assert "file=data/{COLUMN}" in done.err
    assert not list(tmp_path.rglob("fine.*"))


def test_a_value_that_stands_in_a_files_name_is_looked_at_before_anything_begins(
    write, sgeflow, tmp_path
):
    write("data/${inputs.pointId}.csv")
    caller = tmp_path / "flows" / "caller.yaml"
    caller.write_text(
        "flow: caller\ntitle: x\ninputs:\n  which: {type: string}\nsteps:\n"
        '  - {id: sub, flow: write, with: {pointId: "${inputs.which}"}}\n'
    )
    rows = tmp_path / "rows.csv"
    rows.write_text(f"which\nfine\n../up\n{'x' * 300}\n")
    done = sgeflow("run", "caller", "--each", str(rows))
    assert done.code == 3
    assert done.err.count("SGE042 which is not valid in a file name") == 2
    for line in ("rows.csv:3", "rows.csv:4", "2 rows are wrong; nothing was sent"):
        assert line in done.err
    assert not list(tmp_path.rglob("fine*"))


def test_a_row_may_name_a_file_and_fill_a_path_that_all_share(write, tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_text("pointId,file\n1,one.csv\n2,\n")
    done = write("${inputs.file}", "--each", str(rows), "file=data/{pointId}.csv")
    assert done.code == 0, done.err
    assert (tmp_path / "one.simulated.csv").is_file()
    assert (tmp_path / "data" / "2.simulated.csv").is_file()


def test_what_is_made_up_or_played_again_never_takes_a_real_files_place(write, sgeflow, tmp_path):
    real = tmp_path / "data" / "all.csv"
    real.parent.mkdir()
    real.write_text("a household\n")
    assert write("${inputs.file}", "--record", "tape.yaml", "-q").code == 0
    assert write("data/all.csv", "--replay", "tape.yaml", "-q").code == 0
    for file in ("data/all.csv", str(real), "data/all.simulated.csv"):
        assert write("${inputs.file}", f"file={file}", "-q").code == 0
    told = json.loads(write("${inputs.file}", "-O", "json").out)
    assert told["files"] == ["data/all.simulated.csv"]
    assert told["outputs"] == {"file": "data/all.simulated.csv"}
    assert real.read_text() == "a household\n"
    names = {path.name for path in real.parent.iterdir()}
    assert names == {"all.csv", "all.simulated.csv", "all.replay.csv"}


def test_a_real_run_writes_where_its_flow_says(write, tmp_path):
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "real.yaml").write_text(
        "environment: real\ntitle: Real\ngeneration: current\nlogin: one@example.org\n"
        'contractId: "1234567"\nservices: {sge: {base_url: "http://127.0.0.1:1", route: direct}}\n'
    )
    assert write("data/all.csv", "--env", "real").code == 0
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["all.csv"]


def test_no_name_begins_a_path_or_names_a_device():
    refused = [
        *(
            "",
            ".",
            "..",
            "...",
            " ",
            ". .",
            "/x",
            "\\x",
            "a/b",
            "a\\b",
            "a..b",
            "a\0b",
            "a\nb",
            "\x7f",
        ),
        *("~", "~me", "C:", "c:x", "z:.csv"),
        *("nul", "NUL", "con.csv", "Aux.", "COM1", "lpt9.tar", "prn "),
    ]
    assert [text for text in refused if is_plain(text)] == []
    taken = [
        "30000000000011",
        "a.b",
        "x~",
        "2025-06-15T12:00",
        "console",
        "com10",
        "nulle",
        "é",
        "a b",
    ]
    assert [text for text in taken if not is_plain(text)] == []


@given(st.text(), st.text(max_size=3))
def test_plain_names_never_leave_their_folder(one, other):
    if is_plain(one) and is_plain(other):
        parts = f"a/{one}{other}/b".split("/")
        assert len(parts) == 3
        assert parts[1] not in (".", "..")


# -- WSDL -------------------------------------------------------------------------------------------


@pytest.fixture
def wsdl(tmp_path):
    """A copy of a WSDL and its schema, changed."""
    folder = tmp_path / "kit"
    shutil.copytree(ROOT / "tests" / "data" / "wsdl" / "v1", folder)

    def make(file, before, after):
        path = folder / file
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after), "utf-8")
        return folder / "Library.wsdl"

    return make


@pytest.mark.parametrize("name", ["../../up", "a/b", "/tmp/x", "a.b", "..", "types/../../x"])
def test_an_operation_whose_name_is_a_path_is_drafted_in_the_folder(sgeflow, wsdl, tmp_path, name):
    path = wsdl("Library.wsdl", 'name="commanderPret"', f'name="{name}"')
    before = set(tmp_path.rglob("*"))
    done = sgeflow("import", str(path))
    assert done.code == 0
    drafted = [one for one in set(tmp_path.rglob("*")) - before if one.suffix == ".yaml"]
    assert len(drafted) == 2
    assert {one.parent.name for one in drafted} == {"operations"}
    assert sgeflow("validate").code == 0


@pytest.mark.parametrize(
    "place", ["/etc/passwd", "file:///etc/x.xsd", "../../etc/hostname", "//h/x.xsd"]
)
@pytest.mark.parametrize("file", ["Library.wsdl", "Library.xsd"])
def test_an_import_reads_descriptions_beside_it_and_nothing_else(sgeflow, wsdl, file, place):
    attribute = 'schemaLocation="Library.xsd"' if file.endswith("wsdl") else 'schemaLocation="'
    after = (
        f'schemaLocation="{place}"' if file.endswith("wsdl") else f'schemaLocation="{place}" was="'
    )
    done = sgeflow("import", str(wsdl(file, attribute, after)))
    assert done.code == 3
    told = " ".join(done.err.split())
    assert f"imports {place}, which is not a WSDL or schema beside it" in told
