"""A program reads of its arguments, never of the options of the command line."""

import asyncio
import re
import threading
from string import Formatter

import pytest

import sgeflow
from sgeflow.cli.main import run as command
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, say
from sgeflow.runtime.arguments import for_python
from tests.locale.wordings import said

OPTION = re.compile(r"(?<![\w-])--[a-z]")
COMMAND = re.compile(r"\bsgeflow [a-z].*", re.DOTALL)  # a whole command is for a person
SIMULATED = sgeflow.Options(scenario="settled", today="2025-06-15")
BEHIND_THE_DOOR = re.compile(
    r"(core|steps|adapters|runtime|simulator|tools/fleet)/(?!.*(upkeep|bug_report|exchanges))"
)


def words_of(problem):
    texts = [problem.message, problem.where, problem.note, *(text for _, text in problem.details)]
    return " ".join(texts)


def test_every_message_behind_the_library_names_arguments():
    told = []
    for one in said():
        if not BEHIND_THE_DOOR.match(one.where):
            continue
        for wording in filter(None, one.wordings):
            values = dict.fromkeys((name for _, name, *_ in Formatter().parse(wording) if name), 1)
            problem = Problem(id=Id.USAGE, message=Message(wording, values))
            told.append(COMMAND.sub("", str(for_python(problem))))
    assert len(told) > 500
    assert [text for text in told if OPTION.search(text)] == []


@pytest.mark.parametrize(
    ("wrong", "argument"),
    [
        (sgeflow.Fleet, "`file=`"),
        (lambda: sgeflow.Fleet(file=None, jobs=0, only_failed="x"), "`jobs=`"),
        (lambda: sgeflow.run("konnector", options=sgeflow.Options(state="nowhere:")), "`state=`"),
    ],
)
def test_an_error_names_the_argument(wrong, argument, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(sgeflow.UsageError) as raised:
        wrong()
    assert argument in words_of(raised.value.problems[0])
    assert not OPTION.search(words_of(raised.value.problems[0]))


def test_a_run_of_another_environment_is_told_in_the_words_of_python(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sgeflow.run("konnector", name="anna", options=SIMULATED)
    other = sgeflow.Options(environment="simulator-previous", today="2025-06-15")
    with pytest.raises(sgeflow.UsageError) as raised:
        sgeflow.run("konnector", name="anna", options=other)
    begun, asked = raised.value.problems[0].details
    assert begun == ("begun", "`environment=simulator`")
    assert asked == ("asked", "`environment=simulator-previous`")


def test_the_command_line_keeps_its_own_words(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "points.txt").write_text("x")
    assert command(["run", "konnector", "--each", "points.txt"]) == 2
    assert "--each tells them apart" in capsys.readouterr().err


def test_a_whole_command_stays_a_command():
    note = say("find out, then sgeflow orders resolve {run} --accepted", run="anna")
    problem = Problem(id=Id.USAGE, message=say("wait"), note=note)
    assert for_python(problem).note == note


def test_threads_of_asyncio_share_a_connection(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    met = threading.Barrier(2, timeout=30)

    def listener(event):
        if isinstance(event, sgeflow.RunStarted):
            met.wait()  # both calls are under way

    async def both():
        with sgeflow.connect(options=SIMULATED) as sge:
            point = {"pointId": sge.inputs["pointId"]}
            name = "rechercherServicesAccesDonnees"
            calls = [asyncio.to_thread(sge.call, name, point, listener=listener) for _ in range(2)]
            return await asyncio.gather(*calls)

    results = asyncio.run(both())
    assert [result.outputs["services"][0]["state"] for result in results] == ["ACTIF", "ACTIF"]
