"""`finally` steps: done once a run whatever happened, and the outcome stays as it is."""

import json
import signal
from urllib.request import urlopen

import pytest

from tests.runtime.durability.conftest import TODAY, until

FLOW = """
flow: night
title: Something that tells how it ended
inputs: {{word: {{type: string, default: fine}}}}
steps:
  - id: asked
    http: {{service: office, path: /work}}
  - id: fine
    check: inputs.word == 'fine'
    else: {{code: NOT_FINE, message: "${{inputs.word}} is not fine."}}
finally:
  - id: told
    http: {{service: office, method: POST, path: /told, body: "${{end}}"}}
{more}outputs: {{status: steps.asked.status}}
"""
KEPT = "  - id: kept\n    http: {service: office, method: POST, path: /kept}\n"


@pytest.fixture
def night(world, office):
    """The flow `night` in a world with an office: the world, and the words that run it."""
    here = world()
    here.add_office(office)
    (here.folder / "flows").mkdir()

    def make(*given, more=""):
        (here.folder / "flows" / "night.yaml").write_text(FLOW.format(more=more))
        return here, ["run", "night", "--env", "lasting", "--today", TODAY, *given]

    return make


def told(office):
    return [
        json.loads(body)
        for asked, body in zip(office.asked, office.bodies, strict=True)
        if asked == "POST /told"
    ]


def test_how_a_run_ended_is_told_with_its_outputs_when_it_ended_well(night, office):
    here, run = night()
    code, out, err = here.run(*run)
    assert code == 0, out + err
    facts = {"status": "done", "code": None, "class": None, "step": None}
    assert told(office) == [{**facts, "outputs": {"status": 200}}]


def test_how_a_run_failed_is_told_once_and_without_the_words_of_its_message(night, office):
    here, run = night("word=DUPONT")
    code, _, err = here.run(*run)
    assert code == 1
    (end,) = told(office)
    assert (end["status"], end["code"], end["step"]) == ("failed", "NOT_FINE", "night/fine")
    assert "DUPONT" not in str(end)
    code, _, err = here.run("resume", here.last_run().run)
    assert code == 1
    assert "already ran at the end of this run: they are not repeated" in " ".join(err.split())
    assert len(told(office)) == 1


@pytest.mark.parametrize("answer", [None, 503, 403])
def test_a_notice_that_is_not_taken_is_told_and_changes_nothing(night, office, answer):
    office.answers["POST /told"] = answer
    here, run = night(more=KEPT)
    code, _, err = here.run(*run, HURRY="1")
    assert code == 0
    words = (
        "the result of the run is unchanged" if answer == 403 else "its request may have arrived"
    )
    assert words in " ".join(err.split())
    assert (office.count("POST /told"), office.count("POST /kept")) == (1, 1)
    assert json.loads(here.run("orders", "--output", "json")[1]) == []


def test_a_run_that_was_killed_in_a_notice_says_so_and_tells_it_no_second_time(night, office):
    office.after["POST /told"] = "GET /go-on"
    here, run = night("word=wrong")
    process = here.start(*run)
    until(lambda: office.count("POST /told"))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    urlopen(f"{office.url}/go-on").close()
    code, _, err = here.run("resume", here.last_run().run)
    assert code == 1
    assert "may have been sent, and are not repeated" in " ".join(err.split())
    assert (office.count("POST /told"), office.count("GET /work")) == (1, 1)
    assert json.loads(here.run("orders", "--output", "json")[1]) == []


def test_a_file_that_cannot_be_written_at_the_end_changes_nothing(night, office):
    here, run = night(more="  - id: file\n    export: {format: csv, file: here/x.csv}\n")
    (here.folder / "here").write_text("no folder")
    code, _, err = here.run(*run)
    assert code == 0, err
    assert "the result of the run is unchanged" in " ".join(err.split())
