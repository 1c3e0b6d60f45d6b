"""A document that cannot be read, or has mistakes, stops what uses it, and nothing else."""

import json
import os
import socket
from contextlib import closing
from pathlib import Path

import pytest

from sgeflow import open_catalog
from sgeflow.adapters.project_files import find_project
from sgeflow.errors import InvalidDocuments, UsageError
from tests.cli.conftest import ROOT, _calm, process, sgeflow
from tests.skips import OF_ROOT

__all__ = ["_calm", "process", "sgeflow"]
LATIN = "# vérifiée\n".encode("latin-1")
SETTLED = ("--scenario", "settled", "-q")
MINE = """\
flow: mine
title: A flow of one's own
steps:
  - id: told
    set: {word: mine}
outputs:
  word: steps.told.word
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a small flow of its own, and the state beside it."""
    monkeypatch.delenv("SGEFLOW_STATE")
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "mine.yaml").write_text(MINE)
    return tmp_path


def copied(project, name, before=LATIN, kind="flows"):
    """A shipped document as the project's own, beginning with these bytes."""
    folder = project / kind
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_bytes(before + (ROOT / kind / f"{name}.yaml").read_bytes())
    return path


def latin(path):
    path.write_bytes(LATIN + MINE.replace("mine", path.stem).encode())


def wide(path):
    path.write_text(MINE.replace("mine", path.stem), encoding="utf-16")


def folder(path):
    path.mkdir()


def pipe(path):
    os.mkfifo(path)


def listening(path):
    with closing(socket.socket(socket.AF_UNIX)) as one:
        one.bind(os.path.relpath(path))


def endless(path):
    path.symlink_to("/dev/zero")


def link(path):
    path.symlink_to("nowhere.yaml")


def circle(path):
    path.symlink_to(path.name)


def huge(path):
    path.write_bytes(b"#" * (2 << 20))


def binary(path):
    path.write_bytes(bytes(range(256)))


def empty(path):
    path.touch()


def no_yaml(path):
    path.write_text("flow: [\n")


def wrong(path):
    path.write_text(MINE.replace("mine", path.stem).replace("set:", "sett:"))


SPECIAL = "is a pipe, a socket or a device, not a file"
HOW = {
    latin: ("is Latin-1, not UTF-8", "save the file in UTF-8"),
    wide: ("is UTF-16, not UTF-8", "save the file in UTF-8"),
    folder: ("is a folder, not a file", "rename the folder: this ending"),
    pipe: (SPECIAL, "write its output to a file"),
    listening: (SPECIAL, "write its output to a file"),
    endless: (SPECIAL, "write its output to a file"),
    link: ("is a broken link", "repair the link"),
    circle: ("is a broken link", "repair the link"),
    huge: ("is larger than 1024 KiB", "check the file"),
    binary: ("is not UTF-8 text", "save the file in UTF-8"),
    empty: ("the document is empty", ""),
    no_yaml: ("not YAML", ""),
    wrong: ("sett", ""),
}


@pytest.mark.parametrize("make", HOW, ids=lambda make: make.__name__)
def test_one_file_is_told_with_what_it_is_and_the_rest_runs(project, sgeflow, make):
    make(project / "flows" / "bad.yaml")
    for words in (("run", "bad"), ("run", "flows/bad.yaml"), ("validate",), ("show", "bad")):
        done = sgeflow(*words)
        told = " ".join((done.out + done.err).split())
        assert done.code == 3, words
        assert all(word in told for word in (*HOW[make], "flows/bad.yaml"))
    assert json.loads(sgeflow("run", "mine", "-O", "json").out)["outputs"] == {"word": "mine"}
    listing = sgeflow("show", "flows")
    assert listing.code == 0
    assert "mine" in listing.out
    assert "  bad" not in listing.out
    assert "sgeflow cannot use flows/bad.yaml; sgeflow validate says why" in listing.err
    checkup = sgeflow("doctor", "--offline", "--output", "json")
    assert checkup.code == 3
    (found,) = [c for c in json.loads(checkup.out)["checks"] if c["check"] == "documents"]
    assert found["status"] == "failed"
    assert "flows/bad.yaml" in found["message"]


def test_a_pipe_that_nobody_writes_to_is_waited_for_nowhere(project, sgeflow):
    for kind in ("flows", "operations", "environments", "homologation", "tests"):
        (project / kind).mkdir(exist_ok=True)
        pipe(project / kind / ("bad.test.yaml" if kind == "tests" else "bad.yaml"))
    pipe(project / "tape.yaml")
    expected = {
        ("show",): 0,
        ("run", "mine"): 0,
        ("run", "bad"): 3,
        ("run", "mine", "--env", "bad"): 3,
        ("run", "mine", "--replay", "tape.yaml"): 9,
        ("validate",): 3,
        ("validate", "."): 3,
        ("test",): 3,
        ("doctor", "--offline"): 3,
        ("schema", "-o", "out"): 3,
    }
    told = {words: sgeflow(*words) for words in expected}
    assert {words: done.code for words, done in told.items()} == expected
    assert told["validate",].out.count(SPECIAL) == 5


def test_values_may_come_through_a_pipe(project, process):
    flow = MINE.replace("steps:", "inputs: {word: {type: string}}\nsteps:")
    (project / "flows" / "mine.yaml").write_text(
        flow.replace("word: mine}", 'word: "${inputs.word}"}')
    )
    done = process("run", "mine", "--inputs", "/dev/stdin", "-O", "json", stdin=b"word: piped\n")
    assert json.loads(done.out)["outputs"] == {"word": "piped"}, done.err


@pytest.mark.skipif(os.geteuid() == 0, reason=OF_ROOT)
def test_a_file_without_the_right_to_it_is_told(project, sgeflow):
    path = project / "flows" / "bad.yaml"
    latin(path)
    path.chmod(0)
    assert "Permission denied" in sgeflow("run", "bad").err
    assert sgeflow("run", "mine").code == 0


@pytest.mark.parametrize("make", HOW, ids=lambda make: make.__name__)
def test_a_folder_is_a_project_whatever_can_be_read_in_it(tmp_path, make):
    for kind in ("flows", "environments", "operations", "homologation"):
        top = tmp_path / kind / "project"
        (top / kind).mkdir(parents=True)
        (top / "sub" / "deep").mkdir(parents=True)
        make(top / kind / "only.yaml")
        assert find_project(None, start=top / "sub" / "deep").folder == top


def test_a_folder_without_documents_is_a_project_where_none_has_some(tmp_path):
    top = tmp_path / "town"
    (top / "flows").mkdir(parents=True)
    for name in ("notes.txt", ".hidden.yaml", "own.test.yaml"):
        (top / "flows" / name).touch()
    deep = top / "deploy" / "night"
    deep.mkdir(parents=True)
    assert find_project(None, start=deep).folder == top  # and `--project` takes it, too
    assert find_project(top).folder == top
    (top / "flows" / "mine.yaml").write_text(MINE)
    (deep / "environments").mkdir()  # of another tool
    assert find_project(None, start=deep).folder == top
    assert find_project(None, start=tmp_path).folder is None


def test_an_emptied_project_keeps_its_journal(project, sgeflow, monkeypatch):
    (project / "deploy").mkdir()
    told = [sgeflow("run", "mine", "-O", "json"), sgeflow("runs", "-O", "json")]
    (project / "flows" / "mine.yaml").rename(project / "flows" / "mine.yaml.old")
    monkeypatch.chdir(project / "deploy")
    told.append(sgeflow("runs", "-O", "json"))
    assert [done.code for done in told] == [0, 0, 0]
    assert json.loads(told[1].out) == json.loads(told[2].out) != []
    assert not (project / "deploy" / ".sgeflow").exists()


def test_a_share_that_is_away_leaves_the_project_and_stops_what_reads_it(
    tmp_path, sgeflow, monkeypatch
):
    monkeypatch.delenv("SGEFLOW_STATE")
    share, town = tmp_path / "share", tmp_path / "town"
    (town / "deploy").mkdir(parents=True)
    for name in ("flows", "environments"):
        (share / name).mkdir(parents=True)
        (town / name).symlink_to(share / name)
    (share / "flows" / "check-identity.yaml").write_text(MINE.replace("mine", "check-identity"))
    monkeypatch.chdir(town / "deploy")
    assert sgeflow("run", "check-identity", "--run", "first").code == 0
    share.rename(tmp_path / "gone")
    for words in (("run", "check-identity"), ("validate",), ("show",), ("show", "mine")):
        done = sgeflow(*words)
        assert done.code not in (0, 70), words
        assert "flows is a broken link" in " ".join(done.err.split()), words
    assert "first" in sgeflow("runs").out
    assert not (town / "deploy" / ".sgeflow").exists()


def test_whatever_bears_the_name_of_a_folder_of_documents_makes_the_project(tmp_path, sgeflow):
    for name in ("flows", "operations", "simulator/people", "simulator"):
        for make in (link, circle, binary, pipe):
            if name == "simulator" and make in (binary, pipe):  # anybody's
                continue
            top = tmp_path / f"{name.replace('/', '-')}-{make.__name__}"
            (top / "sub").mkdir(parents=True)
            (top / name).parent.mkdir(exist_ok=True)
            make(top / name)
            assert find_project(None, start=top / "sub").folder == top
            done = sgeflow("show", "--project", str(top))
            assert done.code not in (0, 70), (name, make)
            assert name in done.err


@pytest.mark.parametrize("words", [("run", "check-identity"), ("run", "flows/check-identity.yaml")])
def test_the_shipped_flow_of_the_same_name_never_runs_instead(project, sgeflow, words):
    copied(project, "check-identity")
    done = sgeflow(*words, "postalCode=69003")
    assert (done.code, "SGE003" in done.err) == (3, True)
    assert not (project / ".sgeflow").exists()


def test_what_uses_an_unreadable_flow_is_refused_too(project, sgeflow):
    copied(project, "verify-identity")
    for name in ("verify-identity", "konnector"):
        done = sgeflow("run", name, *SETTLED)
        assert done.code == 3
        assert "flows/verify-identity.yaml is Latin-1" in done.err
    assert sgeflow("run", "gather-data", "pointId=30000000000011", *SETTLED).code == 0


def test_what_uses_an_unreadable_operation_is_refused_too(project, sgeflow):
    copied(project, "consulterMesuresDetaillees", kind="operations")
    calling = ("call", "consulterMesuresDetaillees", "pointId=30000000000011")
    for words in (calling, ("run", "gather-data", "pointId=30000000000011"), ("run", "konnector")):
        done = sgeflow(*words)
        assert done.code == 3
        assert "operations/consulterMesuresDetaillees.yaml is Latin-1" in done.err
    assert sgeflow("run", "mine").code == 0
    assert sgeflow("show", "rechercherPoint").code == 0


def test_an_unreadable_environment_is_refused_where_it_is_named(project, sgeflow, monkeypatch):
    copied(project, "simulator", kind="environments")
    copied(project, "production", kind="environments")
    for words in (("run", "mine"), ("run", "mine", "--env", "production")):
        done = sgeflow(*words)
        assert done.code == 3
        assert "is Latin-1" in done.err
    assert sgeflow("run", "mine", "--env", "simulator-previous").code == 0
    done = sgeflow("runs", "prune")  # it needs to know for how long every environment guards
    assert (done.code, "environments/production.yaml" in done.err) == (3, True)


@pytest.mark.parametrize("name", ["types", "faults"])
def test_shared_documents_stop_the_operations_that_take_from_them(project, sgeflow, name):
    (project / "operations").mkdir()
    (project / "operations" / f"{name}.yaml").write_bytes(LATIN)
    done = sgeflow("run", "gather-data", "pointId=30000000000011")
    assert done.code == 3
    assert f"operations/{name}.yaml is Latin-1" in done.err
    assert sgeflow("run", "mine").code == 0


def test_a_document_that_says_to_be_another_one_is_not_replaced_by_it(project, sgeflow):
    text = (ROOT / "flows" / "check-identity.yaml").read_text("utf-8")
    (project / "flows" / "copy.yaml").write_text(text)
    done = sgeflow("run", "check-identity", "postalCode=69003")
    assert done.code == 3
    assert "flows/copy.yaml" in done.err


def test_from_a_subfolder_the_same_journal_is_read(project, sgeflow, monkeypatch):
    assert sgeflow("run", "mine", "--run", "first").code == 0
    (project / "flows" / "mine.yaml").unlink()
    copied(project, "check-identity")
    (project / "sub").mkdir()
    monkeypatch.chdir(project / "sub")
    assert "first" in sgeflow("runs").out
    assert sgeflow("run", "mine", "--run", "first").code == 2  # and it is known that it is gone
    assert not (project / "sub" / ".sgeflow").exists()


def test_commands_that_read_no_document_of_that_name_answer(project, sgeflow):
    assert sgeflow("run", "konnector", *SETTLED, "--run", "night").code == 0
    copied(project, "check-identity")
    copied(project, "production", kind="environments")
    folder(project / "environments" / "dir.yaml")
    for words in (
        ("runs",),
        ("runs", "show", "night"),
        ("orders",),
        ("export",),
        ("show", "SGT4L8"),
        ("show", "konnector"),
        ("show",),
    ):
        done = sgeflow(*words)
        assert done.code == 0, (words, done.err)
    done = sgeflow("resume", "night")
    assert "has ended well" in done.err


def test_a_test_that_cannot_be_read_is_one_mistake_of_many(project, sgeflow):
    tests = project / "tests"
    tests.mkdir()
    (tests / "a.test.yaml").write_bytes(LATIN)
    folder(tests / "b.test.yaml")
    wrong(project / "flows" / "bad.yaml")
    told = sgeflow("validate").out
    for file in ("tests/a.test.yaml", "tests/b.test.yaml", "flows/bad.yaml"):
        assert file in told


def test_a_library_user_opens_what_can_be_used(project):
    wrong(project / "flows" / "bad.yaml")
    workspace = open_catalog(project)
    assert workspace.flow("mine").name == "mine"
    with pytest.raises(InvalidDocuments):
        workspace.flow("bad")
    with pytest.raises(UsageError):
        workspace.flow("none")
    assert [Path(p.at.file).name for p in workspace.problems if p.at] == ["bad.yaml"]


def test_a_latin_file_that_was_mended_is_read_again(project, sgeflow):
    path = copied(project, "check-identity")
    assert sgeflow("show").err
    path.write_text(path.read_text("latin-1"), encoding="utf-8")
    assert "cannot be used" not in sgeflow("show").err
    path.write_bytes(path.read_text("utf-8").encode("latin-1"))  # the same text, kept as checked
    assert sgeflow("run", "check-identity", "postalCode=69003").code == 3
