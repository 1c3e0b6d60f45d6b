"""A run goes on with the answers to what it asks for, and with no others."""

import json
from datetime import datetime

from sgeflow.adapters.state.store import Store
from sgeflow.core.model import Measure, Series
from sgeflow.runtime.session import PARIS
from tests.runtime.durability.test_faults import ORDER, flow, told
from tests.runtime.durability.test_shared_orders import edit

__all__ = ["told"]
CHANGING = """
flow: changing
title: A read, an order, and an end that does not come
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
  - id: town
    http: {service: communes, path: /communes/69003}
  - id: order
    call: commanderServicesAccesDonnees
    with: {pointId: "${inputs.pointId}", dateFin: "2026-06-14", nom: MARTIN,
           serviceSouscrit: [{typeDonnees: CDC}]}
  - {id: no, check: "false", else: {code: NO, message: no}}
outputs: {town: "steps.town.body[0].codePostal"}
"""
SAME = ("id: order", "id: order")
ASKING = """
flow: asking
title: What is remembered and what is missing
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
state: {collection: asking, key: "one ${inputs.pointId}"}
steps:
  - id: days
    missing: {point: "${inputs.pointId}", series: daily_energy, start: "2025-06-08", end: "2025-06-15"}
  - {id: no, check: "false", else: {code: NO, message: no}}
  - id: kept
    remember: {who: "${default(state.who, 'nobody')}"}
outputs: {who: state.who, days: steps.days.days}
"""


def test_the_answer_to_another_request_is_not_gone_on_with(told):
    here, command = told("", orders="{repeat_after: PT0S}")
    document = here.folder / "flows" / "changing.yaml"
    document.write_text(CHANGING)
    assert command(*flow(here, "changing"))[0] == 1
    run = here.last_run().run
    changed = CHANGING.replace("69003", "69001").replace('"false"', '"true"')

    def go_on(old, new):
        document.write_text(changed.replace(old, new))
        return command("resume", run, "--changed-documents", "--output", "json")

    for old, new, words in (
        ("id: order", "id: ordered", "was sent by step changing/order before"),
        ("2026-06-14", "2026-06-13", "step changing/order sent"),
        ("CDC", "ENERGIE", "asks for another one now"),
    ):
        code, text, _ = go_on(old, new)
        assert (code, words in text) == (8, True), text
        assert here.orders() == {ORDER: 1}
    edit(here, "terms: [serviceSouscrit, dateFin]", "terms: [serviceSouscrit]", operation=ORDER)
    code, text, _ = go_on("id: order", "id: ordered")
    assert (code, "was sent by step changing/order before" in text) == (8, True), text
    edit(here, "End of the access; required", "Its end; required", operation=ORDER)
    code, text, _ = go_on(*SAME)
    assert code == 0, text
    assert outputs(text) == {"town": "69001"}
    assert here.orders() == {ORDER: 1}


def test_what_was_noted_of_another_question_is_asked_again(told):
    here, command = told("")
    point, document = here.server.household["pointId"], here.folder / "flows" / "asking.yaml"
    with Store(here.home.store("lasting")) as store:
        for who in ("one", "two"):
            store.remember("asking", f"{who} {point}", {"who": who})
        days = Series(point=point, name="daily_energy", unit="Wh")
        first = int(datetime(2025, 6, 8, tzinfo=PARIS).timestamp())
        store.save(days, [Measure(first + 86400 * day, 1, 86400) for day in range(7)])
    document.write_text(ASKING)
    assert command(*flow(here, "asking"))[0] == 1
    run = here.last_run().run
    changed = ASKING.replace('"false"', '"true"').replace('"one ', '"two ')
    document.write_text(changed.replace("daily_energy", "load_curve"))
    code, text, _ = command("resume", run, "--changed-documents", "--output", "json")
    assert code == 0, text
    assert outputs(text) == {"who": "two", "days": 7}


def outputs(text):
    return json.loads(text[text.index("{") : text.rindex("}") + 1])["outputs"]
