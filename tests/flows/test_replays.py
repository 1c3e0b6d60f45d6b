"""The recorded conversations play again, without a network and whatever today is."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
import time_machine

from sgeflow.errors import InvalidValues, ReplayMiss
from sgeflow.tools.flowtest.case import cassette_of
from sgeflow.tools.flowtest.suite import open_test
from tests.flows.conftest import KINDS, TODAY
from tests.recordings import LARGE, Recording
from tests.skips import NAMESPACES

ROOT = Path(__file__).parents[2]


def kept_recordings():
    """Those of the cases of `recorded.test.yaml`, by name."""
    _, test = open_test(ROOT / "tests" / "flows" / "recorded.test.yaml")
    for case in test.cases:
        code = case.expect.code.text if case.expect.code else None
        path = ROOT / cassette_of(test, case)
        yield case.name, Recording(case.name, case.flow, case.environment, code, path.resolve())


KEPT = dict(kept_recordings())
SMALL = KEPT["konnector-no-data"]


@pytest.fixture
def recording(request, record_year):
    """A kept recording, or a large one of this session."""
    return KEPT.get(request.param) or record_year(request.param)


@pytest.fixture
def no_sockets(monkeypatch, recording):  # which may have to be made, with sockets
    def refuse(*_, **__):
        raise AssertionError("a replay opened a socket")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize("recording", [*KEPT, *LARGE], indirect=True)
@pytest.mark.usefixtures("no_sockets")
def test_a_recording_ends_as_it_did_whatever_today_is(play, recording):
    with time_machine.travel("2031-02-03", tick=True):
        done = play(recording.flow, replay=recording.path, environment=None, today=None)
    assert done.code == recording.code
    assert done.report.today == TODAY
    assert done.report.environment == recording.environment


@pytest.mark.parametrize("recording", LARGE, indirect=True)
def test_a_replay_gives_the_documents_of_the_live_run(play, recording):
    documents = play(replay=recording.path, environment=None, today=None).documents
    for kind in KINDS:
        assert documents[kind] == recording.documents[kind]


def test_a_replay_is_the_same_run_each_time(play, record_year):
    recording = record_year("konnector-household")
    first = play(replay=recording.path, environment=None, today=None)
    before = first.file.read_bytes()
    second = play(replay=recording.path, environment=None, today=None)
    assert first.report.run == second.report.run
    assert second.file.read_bytes() == before


def test_a_replay_leaves_the_state_folder_alone(play, tmp_path):
    play(replay=SMALL.path, environment=None, today=None)
    assert not (tmp_path / "state").exists()


def test_another_person_does_not_get_the_recorded_answer(play):
    recording = KEPT["konnector-opposition"]
    with pytest.raises(ReplayMiss) as caught:
        play(replay=recording.path, environment=None, today=None, inputs={"postalCode": "69100"})
    assert any("69100" in words for _, words in caught.value.problems[0].details)


def test_inputs_are_checked_in_a_replay_too(play):
    with pytest.raises(InvalidValues):
        play(replay=SMALL.path, environment=None, inputs={"pointId": "1"})


@pytest.mark.slow
def test_a_replay_works_where_there_is_no_network_at_all(tmp_path):
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip(NAMESPACES)
    ended = subprocess.run(
        [
            "unshare",
            "-n",
            sys.executable,
            "-m",
            "sgeflow",
            "run",
            "konnector",
            "--project",
            str(ROOT),
            "--replay",
            str(SMALL.path),
            "file=data/importedData.json",
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "data" / "importedData.replay.json").exists()
