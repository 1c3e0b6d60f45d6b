"""A run that goes on keeps nothing older than what a later run has kept of the same thing."""

import json
import re

from sgeflow.adapters.state.store import Store
from tests.runtime.durability.conftest import TODAY
from tests.runtime.durability.test_faults import told

__all__ = ["told"]
POINT = "30000000000011"
HEAD = """
flow: {name}
title: Keep something
inputs: {{pointId: {{type: string}}, value: {{type: integer}}, later: {{type: boolean}}}}
state: {{collection: {name}, key: "${{inputs.pointId}}"}}
steps:
  - {{id: read, http: {{service: office, method: GET, path: /read}}, retry: {{attempts: 1}}}}
"""
REMEMBER = """\
  - id: both
    branches:
      one: [{id: first, remember: {first: "${inputs.value}"}}]
      two: [{id: second, remember: {second: "${inputs.value}"}}]
"""
STORE = """\
  - id: kept
    store:
      series: daily_energy
      point: "${inputs.pointId}"
      stamped: start
      unit: Wh
      step: P1D
      measures: [{date: "2025-06-13", value: "${inputs.value}"}]
"""
FORGET = """\
  - {id: gone, when: "!(inputs.later)", forget: {state: true, measures_of: "${inputs.pointId}"}}
"""
LACKING = """\
  - id: {id}
    missing: {{point: "${{inputs.pointId}}", series: daily_energy, start: "2025-06-12", end: "2025-06-15"}}
"""
ASKING = LACKING.format(id="before") + STORE + LACKING.format(id="after")
LEANS = "the recording uses data that earlier runs kept"
FLOWS = {
    "remembering": REMEMBER,
    "storing": STORE,
    "forgetting": STORE.replace("- id: kept", "- id: kept\n    when: inputs.later") + FORGET,
}


def serve(here, office, flows):
    """Make flows of steps that ask the office."""
    here.add_office(office)
    for name, steps in flows.items():
        (here.folder / "flows" / f"{name}.yaml").write_text(HEAD.format(name=name) + steps)


def test_what_a_later_run_kept_stays_and_the_older_one_is_told(told, office):
    here, command = told("")
    serve(here, office, FLOWS)

    def start(name, value, later):
        given = (f"pointId={POINT}", f"value={value}", f"later={later}")
        return command("run", name, "--env", "lasting", "--today", TODAY, *given)

    stopped = {}
    for name in FLOWS:
        office.answers["GET /read"] = [503]
        code, text, _ = start(name, 1, "false")
        assert code == 5, text
        stopped[name] = here.last_run().run
    # what nobody has worked on since goes on
    for name in FLOWS:
        office.answers["GET /read"] = [503]
        assert start(name, 3, "true")[0] == 5
        code, text, _ = command("resume", here.last_run().run)
        assert code == 0, text
        code, text, _ = command("resume", stopped[name])
        assert code == 8, text
        assert re.search(f"run {here.last_run().run} (has )?worked on the same thing", text), text
    with Store(here.home.store("lasting")) as store:
        assert store.recall("remembering", POINT) == {"first": 3, "second": 3}
        assert [one.value for one in store.load(POINT, "daily_energy").measures] == [3]
    assert json.loads(command("runs", "--output", "json")[1])
    # a recording of a later run uses the kept data, and says so
    words = (f"pointId={POINT}", "value=4", "later=true", "--record", "later.yaml")
    code, text, _ = command("run", "remembering", "--env", "lasting", "--today", TODAY, *words)
    assert code == 0, text
    assert text.count(LEANS) == 1


def test_a_recording_that_asks_for_what_is_not_kept_says_so(told, office):
    here, command = told("")
    serve(here, office, {"asking": ASKING})
    for run in ("first", "later"):  # what a run reads of its own is no news
        words = (f"pointId={POINT}", "value=5", "later=true", "--record", f"{run}.yaml")
        code, text, _ = command("run", "asking", "--env", "lasting", "--today", TODAY, *words)
        assert code == 0, text
        assert text.count(LEANS) == (run == "later")
