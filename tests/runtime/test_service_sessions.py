"""A session that a login gives: the next requests carry it, and no report or record shows it."""

import json
import os

import pytest

from tests.clocks import TODAY
from tests.crm import OPERATIONS, SESSION, Crm
from tests.here import run_here

ENVIRONMENT = """
environment: real
title: A CRM
generation: current
login: somebody@crm.example
contractId: "1"
services: {{crm: {{base_url: {url}, route: direct}}}}
"""
FLOW = """
flow: contacts
title: The contacts of a CRM
steps:
  - {id: login, call: login, with: {user: agent}}
  - {id: find, call: find, with: {session: "${steps.login.session}"}}
  - {id: logout, call: logout, with: {session: "${steps.login.session}"}}
outputs: {total: steps.find.total, session: steps.login.session, note: steps.find.note}
"""
NOTE = """
flow: note
title: A note in a CRM, then its contacts
inputs: {text: {type: string, default: hello}}
steps:
  - {id: login, call: login, with: {user: agent}}
  - {id: note, call: addNote, with: {session: "${steps.login.session}", text: "${inputs.text}"}}
  - {id: all, call: query, with: {session: "${steps.login.session}"}}
  - {id: find, call: find, with: {session: "${steps.login.session}"}}
"""
VISIT = """
flow: visit
title: A note in a CRM, and its contacts
inputs: {expected: {type: string, default: "2"}}
steps:
  - {id: login, call: login, with: {user: agent}}
  - {id: first, call: find, with: {session: "${steps.login.session}"}}
  - id: note
    call: addNote
    with: {session: "${steps.login.session}", text: hello}
    undo: {call: removeNote, with: {session: "${steps.login.session}", number: "${this.number}"}}
  - {id: find, call: find, with: {session: "${steps.login.session}"}}
  - {id: total, check: steps.find.total == inputs.expected, else: {code: OTHER, message: another}}
"""
LEAVE = """
flow: leave
title: A note in a CRM, and its contacts, with a logout after a failure
inputs: {expected: {type: string, default: "2"}}
steps:
  - id: login
    call: login
    with: {user: agent}
    undo: {call: logout, with: {session: "${this.session}"}}
  - {id: note, call: addNote, with: {session: "${steps.login.session}", text: hello}}
  - {id: find, call: find, with: {session: "${steps.login.session}"}}
  - {id: total, check: steps.find.total == inputs.expected, else: {code: OTHER, message: another}}
"""
FAULTS = """
INVALID_SESSION:
  {class: credentials, order: refused, meaning: the session has ended, cause: it is old, remedy: resume}
"""
LATER = "0b81Ru-QvT7-YcE2-771930"


class Place:
    def __init__(self, folder, crm):
        self.folder, self.crm = folder, crm
        texts = {
            **{f"operations/{name}": text for name, text in OPERATIONS.items()},
            "environments/real": ENVIRONMENT.format(url=crm.url),
            "flows/contacts": FLOW,
            "flows/note": NOTE,
            "flows/visit": VISIT,
            "flows/leave": LEAVE,
            "operations/faults": FAULTS,
        }
        for name, text in texts.items():
            file = folder / f"{name}.yaml"
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)

    def run(self, *words):
        known = {**os.environ, "COLUMNS": "200", "SGEFLOW_STATE": str(self.folder / "state")}
        return run_here(self.folder, words, known)

    def flow(self, *words, name="contacts"):
        given = ("run", name, "--env", "real", "--today", TODAY, "--output", "json")
        return self.run(*given, *words)


@pytest.fixture
def place(tmp_path):
    crm = Crm()
    yield Place(tmp_path, crm)
    crm.close()


def test_requests_carry_the_session_that_a_login_gave(place):
    code, out, err = place.flow()
    assert code == 0, err
    assert place.crm.names == ["login", "find", "logout"]
    assert place.crm.open == set()
    assert json.loads(out)["outputs"]["total"] == "2"


def test_no_report_log_or_record_shows_the_session(place):
    shown = place.flow("--log", "json", "--record", "said.yaml", "--run", "one")
    assert shown[0] == 0, shown[2]
    assert json.loads(shown[1])["outputs"]["session"] == "***"
    shown += place.run("runs", "show", "one")
    for number in (1, 2, 3):
        code, *texts = place.run("runs", "show", "one", "--request", number, "--env", "real")
        assert code == 0, texts
        shown += (*texts,)
    assert SESSION not in "".join(map(str, shown))
    assert SESSION not in (place.folder / "said.yaml").read_text()


def test_the_words_of_a_refusal_do_not_show_the_session(place):
    place.crm.quotes_session = True
    _, out, err = place.flow()
    assert "the session" in out + err
    assert SESSION not in out + err


def test_a_recording_replays_without_the_session(place):
    place.flow("--record", "said.yaml")
    code, out, err = place.flow("--replay", "said.yaml")
    assert code == 0, err
    assert json.loads(out)["outputs"]["total"] == "2"


def test_an_order_of_a_new_session_is_the_same_order(place):
    code, _, err = place.flow(name="note")
    assert code == 0, err
    place.crm.session = LATER
    code, _, err = place.flow(name="note")
    assert code == 8, err
    assert place.crm.names.count("addNote") == 1
    code, _, err = place.flow("text=other", name="note")
    assert code == 0, err
    assert place.crm.names.count("addNote") == 2


def test_a_run_whose_session_has_ended_is_resumed_in_another_one(place):
    place.crm.ends_with = "query"
    code, _, err = place.flow("--run", "one", name="note")
    assert (code, "INVALID_SESSION" in err) == (6, True)
    place.crm.names.clear()
    place.crm.session = LATER
    code, _, err = place.run("resume", "one")
    assert code == 0, err
    assert place.crm.names == ["login", "find"]
    assert place.crm.notes == ["hello"]


def test_an_order_that_an_ended_session_refused_is_sent_by_a_new_run(place):
    place.crm.ends_with = "find"
    code, _, err = place.flow(name="visit")
    assert (code, "INVALID_SESSION" in err) == (6, True)
    assert place.flow(name="visit")[0] == 0
    assert place.crm.notes == ["hello"]


def test_an_order_that_was_lost_in_one_session_is_not_sent_in_the_next(place):
    place.crm.loses_note = True
    assert place.flow("--run", "one", name="visit")[0] == 8
    place.crm.session = LATER
    assert place.run("resume", "one")[0] == 8
    assert place.flow(name="note")[0] == 8
    assert place.crm.notes == ["hello"]


def test_an_undo_whose_session_has_ended_is_resumed_in_another_one(place):
    place.crm.ends_with = "find"
    place.crm.ends_after = 2
    code, _, err = place.flow("expected=3", "--run", "one", name="visit")
    assert place.crm.notes == ["hello"], err
    place.crm.session = LATER
    code, _, err = place.run("resume", "one")
    assert code == 1, err
    assert place.crm.notes == []


def test_a_logout_that_the_end_of_the_session_stops_hides_no_failure_and_leaves_nothing(place):
    place.crm.ends_with = "addNote"
    code, out, err = place.flow("--run", "one", name="leave")
    assert (code, json.loads(out)["failure"]["step"]) == (6, "leave/find"), err
    assert "leave/login could not be undone: SGE501" in err
    assert json.loads(place.run("orders", "--output", "json")[1]) == []
    place.crm.names.clear()
    place.crm.session = LATER
    code, _, err = place.run("resume", "one")
    assert code == 0, err
    assert place.crm.names == ["login", "find"]
    assert place.crm.notes == ["hello"]


def test_each_session_of_a_resumed_run_has_its_own_logout(place):
    assert place.flow("expected=3", "--run", "one", name="leave")[0] == 1
    place.crm.session = LATER
    code, _, err = place.run("resume", "one")
    assert code == 1, err
    assert place.crm.names == ["login", "addNote", "find", "logout", "login", "logout"]
    assert place.crm.open == set()


def test_a_logout_whose_answer_was_lost_is_sent_again_for_the_next_session(place):
    answer = place.crm.answer

    def lose(method, address, headers, body):
        result = answer(method, address, headers, body)
        return None if place.crm.names[-1] == "logout" else result

    place.crm.answer = lose
    assert place.flow("expected=3", "--run", "one", name="leave")[0] == 1
    place.crm.answer = answer
    place.crm.session = LATER
    place.crm.names.clear()
    code, _, err = place.run("resume", "one")
    assert code == 1, err
    assert (place.crm.names, place.crm.open) == (["login", "logout"], set())


def test_secret_names_an_output(place):
    file = place.folder / "operations" / "login.yaml"
    file.write_text(file.read_text().replace("secret: [session]", "secret: [sesion]"))
    code, out, _ = place.run("validate")
    assert code == 3
    assert 'login has no output "sesion"' in out
