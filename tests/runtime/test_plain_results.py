"""Results as plain data for JSON, and events in the logger `sgeflow`."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import sgeflow

SIMULATED = sgeflow.Options(scenario="settled", today="2025-06-15")
SEARCH = "rechercherServicesAccesDonnees"
PLAIN = (dict, list, str, int, float, bool, type(None))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def is_plain(value):
    """Whether a value is what every encoder knows, and no subclass of it."""
    if type(value) is dict:
        return all(type(key) is str and is_plain(one) for key, one in value.items())
    return all(map(is_plain, value)) if type(value) is list else type(value) in PLAIN


def results():
    yield sgeflow.run("konnector", options=SIMULATED)
    yield sgeflow.run("konnector", options=sgeflow.Options(scenario="opposition"))
    yield sgeflow.run("gather-data", options=SIMULATED)
    yield sgeflow.call(SEARCH, {"pointId": "30000000000011"}, options=SIMULATED)
    yield sgeflow.call(SEARCH, {"pointId": "30000000000999"}, options=SIMULATED)
    Path("points.csv").write_text("pointId\n30000000000011\n30000000000078\n", encoding="utf-8")
    yield sgeflow.run_fleet("check-identity", {}, sgeflow.Fleet(file=Path("points.csv")))


def test_every_result_is_plain_data_for_every_encoder():
    for result in results():
        document = result.to_dict()
        assert is_plain(document)
        assert msgspec.json.decode(msgspec.json.encode(document)) == document
        assert json.loads(json.dumps(document, allow_nan=False)) == document
        assert document["exit"] == result.exit


def test_the_reply_of_a_call_is_not_part_of_its_data():
    result = sgeflow.call(SEARCH, {"pointId": "30000000000011"}, options=SIMULATED)
    assert result.reply
    assert "Envelope" not in json.dumps(result.to_dict())


def test_the_logger_receives_steps_calls_warnings_and_the_end(caplog):
    with caplog.at_level(logging.DEBUG, logger="sgeflow"):
        report = sgeflow.run("konnector", options=SIMULATED)
        sgeflow.run("konnector", options=sgeflow.Options(scenario="opposition"))
    lines = [(one.levelname, one.getMessage()) for one in caplog.records]
    assert ("INFO", f"run {report.run} began in the environment simulator") in lines
    assert ("INFO", f"run {report.run} done") in lines
    assert any(level == "DEBUG" and f" called {SEARCH}: ok" in line for level, line in lines)
    assert any(level == "INFO" and line.startswith("konnector/") for level, line in lines)
    assert any(level == "ERROR" and "USER_ACTION_NEEDED" in line for level, line in lines)
    assert sum(line.startswith(f"run {report.run} ") for _, line in lines) == 2
    everything = "\n".join(line for _, line in lines)
    with sgeflow.connect(options=SIMULATED) as sge:
        person = [str(value) for name, value in sge.inputs.items() if value]
    assert len(person) > 3
    assert [word for word in person if word.lower() in everything.lower()] == []


def test_the_rows_of_a_fleet_are_logged_without_their_steps(caplog):
    Path("points.csv").write_text("pointId\n30000000000011\n30000000000078\n", encoding="utf-8")
    with caplog.at_level(logging.DEBUG, logger="sgeflow"):
        sgeflow.run_fleet("check-identity", {}, sgeflow.Fleet(file=Path("points.csv")))
    rows = [one.getMessage().split(" (")[0] for one in caplog.records][1:]
    assert sorted(rows) == ["row 1 done", "row 2 failed LOGIN_FAILED"]


def test_nothing_is_logged_by_default():
    program = (
        "import sgeflow; sgeflow.run('konnector', options=sgeflow.Options(scenario='opposition'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")
