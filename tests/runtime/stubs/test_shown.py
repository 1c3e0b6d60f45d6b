"""What people and editors are told of stubs."""

import json

from sgeflow.runtime.project import open_catalog
from sgeflow.tools.editor import write


def test_show_lists_them(sgeflow, project):
    project("POST /mails: {status: 201}\nGET /mails/{id}: {}")
    assert "POST /mails, GET /mails/{id}" in sgeflow("show", "own").out
    told = json.loads(sgeflow("show", "own", "--output", "json").out)
    assert told["endpoints"]["alerts"]["stubs"] == "POST /mails, GET /mails/{id}"
    assert "stubs" not in told["endpoints"]["backoffice"]


def test_doctor_says_which_services_have_them(sgeflow, project):
    project("POST /mails: {}\nGET /mails: {}")
    assert '2 answer for "alerts"' in sgeflow("doctor", "--env", "own").out
    project("{}")
    told = sgeflow("doctor", "--env", "own")
    assert (told.code, '"alerts" has no stub' in told.out) == (0, True)


def test_doctor_asks_for_no_secret_of_theirs_and_for_those_of_the_simulator(sgeflow, project):
    folder = project("{}")
    assert "ALERTS_TOKEN" not in sgeflow("doctor", "--env", "own").out
    own = folder / "environments" / "own.yaml"
    own.write_text(own.read_text("utf-8").replace("Bearer simulator", '"Bearer ${secret.HERE}"'))
    told = sgeflow("doctor", "--env", "own")
    assert (told.code, "the secret HERE is not set" in told.out) == (6, True)


def test_an_editor_completes_the_services_of_stubs(project):
    project("{}")
    found = write.catalogue(open_catalog())["test"]["properties"]
    case = found["cases"]["additionalProperties"]["properties"]
    for place in (found, case):
        assert "alerts" in place["stubs"]["propertyNames"]["enum"]


def test_a_command_to_send_the_same_again_leads_nowhere(sgeflow, project, trap):
    """Of a simulated run, too: the address of the document is real."""
    project("POST /mails: {}")
    sgeflow("run", "mail", "--env", "own")
    (run,) = json.loads(sgeflow("runs", "--output", "json").out)
    told = sgeflow("runs", "show", run["run"], "--request", "1")
    assert told.code == 0, told.err
    assert "https://alerts.invalid/mails" in told.out
    assert str(trap.port) not in told.out
