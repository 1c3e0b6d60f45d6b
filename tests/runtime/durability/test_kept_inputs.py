"""A run goes on with the inputs that it was begun with, whatever its environment gives now."""

from tests.runtime.durability.conftest import TODAY

FLOW = """
flow: reading
title: A point by its number
inputs:
  pointId: {$ref: "types.yaml#/pointId"}
  hint: {type: string, optional: true}
steps:
  - id: look
    call: rechercherServicesAccesDonnees
    with: {pointId: "${inputs.pointId}"}
outputs: {hint: inputs.hint}
"""


def stopped(world):
    """A run that a trouble of the network has ended; what its environment gave is its own."""
    here = world(faults="503:100%")
    (here.folder / "flows").mkdir()
    (here.folder / "flows" / "reading.yaml").write_text(FLOW)
    environment = here.folder / "environments" / "lasting.yaml"
    text, point = environment.read_text(), here.server.household["pointId"]
    environment.write_text(f"{text}inputs: {{pointId: '{point}'}}\n")
    code, _, err = here.run("run", "reading", "--env", "lasting", "--today", TODAY, HURRY="1")
    assert code == 5, err
    other = "inputs: {pointId: '30000000000022', hint: 'of today', more: 'of today'}\n"
    environment.write_text(text + other)
    here.server.calm()
    return here, here.last_run().run


def test_an_optional_input_that_an_environment_gives_since_is_not_taken(world):
    here, run = stopped(world)
    code, out, err = here.run("resume", run, "--changed-documents", "--output", "json")
    assert code == 0, err
    assert "of today" not in out


def test_a_new_input_is_not_taken_from_an_environment_of_today(world):
    here, run = stopped(world)
    new = FLOW.replace("  hint:", "  more: {type: string}\n  hint:")
    (here.folder / "flows" / "reading.yaml").write_text(new)
    sent = len(here.server.requests)
    code, _, err = here.run("resume", run, "--changed-documents")
    assert code == 8, err
    words = " ".join(err.split())
    assert f"flow reading asks for more now, and run {run} was begun without" in words
    assert len(here.server.requests) == sent
