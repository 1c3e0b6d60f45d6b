"""What the checker calls a text is one when a flow runs, whoever made it."""

from __future__ import annotations

import json

FLOW = """\
flow: texts
title: Read the words of failures
steps:
  - id: each
    foreach: ["30000000000099", "30000000000098"]
    as: point
    on_item_error: collect
    call: consulterDonneesTechniquesContractuelles
    with: {pointId: "${point}"}
  - id: one
    call: consulterDonneesTechniquesContractuelles
    with: {pointId: "30000000000099"}
    on_fault:
      - codes: [SGT401]
        steps:
          - id: read
            set:
              has: ${contains(fault.message, 'inconnu')}
              begins: ${starts_with(fault.message, 'SGT')}
              again: ${format('{}', fault.message) == fault.message}
              sort: ${type(fault.message)}
              code: ${contains(fault.code, 'SGT')}
              state: x
outputs:
  one: steps.one
  joined: join(', ', steps.each.failed[].message)
  which: steps.each.failed[?contains(message, 'inconnu')].item
  same: steps.each.failed[0].message == steps.each.failed[1].message
"""


def test_the_message_of_a_fault_and_of_a_failed_item_is_a_text(sgeflow, tmp_path):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/texts.yaml").write_text(FLOW)
    assert sgeflow("validate").code == 0
    done = sgeflow("run", "texts", "--output", "json")
    assert done.code == 7, done.err  # the collected items failed
    told = json.loads(done.out)["outputs"]
    assert told["one"] == {
        "has": True,
        "begins": False,
        "again": True,
        "sort": "string",
        "code": True,
        "state": "x",
    }
    assert told["joined"].count("inconnu") == 2
    assert told["which"] == ["30000000000099", "30000000000098"]
    assert told["same"] is True


def test_arguments_of_contains_that_changed_places_are_told_before_anything_is_sent(
    sgeflow, tmp_path
):
    (tmp_path / "flows").mkdir()
    text = FLOW.replace(
        "contains(fault.message, 'inconnu')", "contains(fault.code, steps.each.items)"
    )
    (tmp_path / "flows/texts.yaml").write_text(text)
    done = sgeflow("validate")
    assert done.code == 3
    assert "contains() takes text, not a list" in done.out
    assert "did you mean  contains(steps.each.items, fault.code) ?" in done.out
