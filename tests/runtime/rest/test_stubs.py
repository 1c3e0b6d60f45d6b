"""Operations by REST on stubs: a flow test knows them, and a stub may ask for a query."""

from tests.runtime.rest.conftest import FORECAST

CITY = """
environment: stubbed
title: A city that is not there
simulated: true
services:
  city:
    base_url: https://api.city.example
    stubs:
      GET /forecast/{point}: {body: {point: {id: "30000000000011"}, hours: []}}
      GET /forecast/{point}?day=2026-03-02&unit={unit}:
        body: {point: {id: "30000000000011"}, hours: [{at: noon, watts: 5}]}
"""
FLOW = """
flow: asks
title: Asks for two days
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
  - {id: first, call: cityForecast, with: {pointId: "${inputs.pointId}", day: "2026-03-01"}}
  - {id: second, call: cityForecast, with: {pointId: "${inputs.pointId}", day: "2026-03-02", unit: kW}}
outputs: {first: "length(steps.first.hours)", second: "length(steps.second.hours)"}
"""
TEST = """
test: asks
title: Two days
flow: asks
today: "2026-06-15"
environment: stubbed
inputs: {pointId: "30000000000011"}
cases:
  fine:
    title: The second day has an hour
    expect:
      outputs: {first: 0, second: 1}
      calls:
        - {call: cityForecast, outcome: ok, with: {pointId: "30000000000011", day: "2026-03-01"}}
        - {call: cityForecast, outcome: ok, with: {day: "2026-03-02", unit: kW}}
  refused:
    title: Nobody knows the point
    stubs:
      city: {"GET /forecast/{point}": {status: 404, body: {error: {code: NO_POINT}}}}
    expect: {code: NO_POINT}
  early:
    title: A code of the service has its own form
    stubs:
      city: {"GET /forecast/{point}": {status: 400, body: {error: {code: ADAM-ERR0123}}}}
    expect: {code: ADAM-ERR0123}
"""


def test_a_flow_test_asks_a_stub_with_a_query(place):
    place.write(CITY)
    place.write(FLOW)
    (place.folder / "tests" / "flows").mkdir()
    (place.folder / "tests" / "flows" / "asks.test.yaml").write_text(TEST)
    code, out, err = place.run("test")
    assert code == 0, out + err


def test_a_parameter_that_is_sent_in_an_expression_can_be_expected(place):
    place.write(CITY)
    place.write(FLOW)
    place.write(FORECAST.replace('unit: "${unit}"', "unit: \"${if(unit == 'kW', 'kW', null)}\""))
    (place.folder / "tests" / "flows").mkdir()
    (place.folder / "tests" / "flows" / "asks.test.yaml").write_text(TEST)
    code, out, err = place.run("test")
    assert code == 0, out + err
