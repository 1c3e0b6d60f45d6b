"""An order that may have been accepted is how a run and a fleet end, through real HTTP."""

import json

import pytest

from tests.runtime.durability.test_faults import ORDER, told, unsettled
from tests.runtime.durability.test_order_path import fleet_of
from tests.tools.fleet.conftest import TODAY, point

__all__ = ["told"]
ASKED = f"""call: {ORDER}
{{indent}}with: {{{{pointId: "${{{{inputs.pointId}}}}", dateFin: "2026-06-14", nom: MARTIN,
{{indent}}       serviceSouscrit: [{{{{typeDonnees: CDC}}}}]}}}}"""
HEAD = """
flow: around
title: An order with something around it
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
"""
BRANCHES = f"""\
  - id: both
    on_item_error: collect
    branches:
      one:
        - id: order
          {ASKED.format(indent=" " * 10)}
      two:
        - {{id: out, return: {{}}}}
"""
CONTINUED = f"""\
  - id: order
    {ASKED.format(indent="    ")}
    on_fault: [{{classes: [unknown], continue: {{serviceId: none}}}}]
"""
OTHERWISE = f"""\
  - id: order
    {ASKED.format(indent="    ")}
    on_fault:
      - codes: [SGE301]
        steps:
          - id: other
            steps:
              - id: files
                call: commandeInformationsTechniquesEtContractuelles
                with: {{pointId: ["${{inputs.pointId}}"]}}
"""
COLLECTED = f"""\
  - id: all
    foreach: ["2026-06-13", "2026-06-14"]
    as: until
    on_item_error: collect
    parallel: 2
    {ASKED.format(indent="    ").replace('"2026-06-14"', '"${until}"')}
"""
WORDS = f"""\
  - id: order
    when: inputs.pointId == '{point(2)}'
    {ASKED.format(indent="    ")}
    on_fault: [{{classes: [unknown], fail: {{code: WAIT, message: look first, partial: true}}}}]
"""


def flow_of(here, steps):
    (here.folder / "flows" / "around.yaml").write_text(HEAD + steps)
    given = f"pointId={here.server.household['pointId']}"
    return ["run", "around", "--env", "lasting", "--today", TODAY, given]


@pytest.mark.parametrize("steps", [BRANCHES, CONTINUED, OTHERWISE, COLLECTED])
def test_a_run_that_lost_an_order_ends_with_it(told, steps):
    here, command = told("drop:1x")
    code, text, _ = command(*flow_of(here, steps))
    assert code == 8, text
    assert "SGE301" in text
    run = here.last_run()
    assert (run.exit, run.status.value) == (8, "failed")
    assert {row["state"] for row in unsettled(command)} == {"unknown"}
    assert f"runs: {run.run}\n" in command("orders", "resolve")[1]
    orders = here.orders()
    assert command("resume", run.run)[0] == 8
    assert here.orders() == orders


def test_a_fleet_ends_with_the_one_row_that_lost_an_order_in_whatever_words(told):
    here, command = told("drop:1x", fleet=3)
    flow_of(here, WORDS)
    words = ["around" if word == "ordering" else word for word in fleet_of(here, 3)]
    code, text, _ = command(*words)
    assert code == 8, text
    report = json.loads(text[text.index("{") :])
    assert (report["done"], report["failed"], report["unknown"]) == (2, 1, 1)
    assert report["codes"] == {"WAIT": 1}
    assert here.last_run().exit == 8


def test_a_case_of_homologation_whose_order_stays_open_is_the_end_of_its_run(told):
    """SGE refuses that order without a code, which proves nothing; the report is written."""
    here, command = told("")
    text = (here.folder / "environments" / "lasting.yaml").read_text()
    (here.folder / "environments" / "lasting.yaml").write_text(
        f"{text}\nsettings: {{homologation: true}}\n"
    )
    words = ["--env", "lasting", "--today", TODAY, "only=MFA-GK-NR1"]
    code, text, _ = command("run", "homologation", *words)
    assert code == 8, text
    assert "does not tell whether it was accepted" in text
    rows = (here.folder / "data" / "homologation.csv").read_text().splitlines()
    assert all(",refused,refused,pass," in row for row in rows[1:])
    assert "commandeHistoriqueDonneesMesuresFacturantes" in command("orders")[1]
