import json
import os

import pytest

from tests.city import City
from tests.clocks import TODAY
from tests.here import run_here

POINT, OTHER = "30000000000011", "30000000000012"
FORECAST = """
operation: cityForecast
title: The forecast of a point
service: Forecast
version: "1"
kind: read
parameters:
  pointId: {$ref: "types.yaml#/pointId"}
  day: {$ref: "types.yaml#/date"}
  unit: {enum: [W, kW], optional: true}
rules:
  - {check: "day >= '2026-01-01'", message: {en: no forecast before 2026, fr: rien avant 2026}}
response:
  paths:
    pointId: point.id
    hours: "hours[].{at: at, watts: watts, note: note}"
echo: {pointId: point.id}
rest:
  endpoint: city
  path: /forecast/${pointId}
  query: {day: "${day}", unit: "${unit}"}
  refusal: {code: error.code, message: error.message}
faults: {NO_POINT: not_found, NO_CONSENT: denied}
"""
FIND = """
operation: findWatch
title: The watches of a point
service: Watch
version: "1"
kind: read
parameters: {pointId: {$ref: "types.yaml#/pointId"}}
response: {paths: {pointId: point, watches: "watches[].{id: id, kind: kind}"}}
echo: {pointId: point}
rest: {endpoint: city, path: "/watches/${pointId}"}
"""
WATCH = """
operation: orderWatch
title: Watch a point
service: Watch
version: "1"
kind: order
parameters:
  pointId: {$ref: "types.yaml#/pointId"}
  kind: {enum: [LIGHT, HEAT]}
  name: {type: string, personal: true}
response:
  paths: {pointId: point, watchId: id}
  required: [watchId]
echo: {pointId: point}
same: {thing: [pointId, kind]}
rest:
  endpoint: city
  method: POST
  path: /watches
  body: {point: "${pointId}", kind: "${kind}", holder: {name: "${name}"}}
  refusal: {code: error.code, message: error.message}
reconcile:
  call: findWatch
  with: {pointId: "${pointId}"}
  found: "having(watches, {kind: kind})[0]"
  outputs: {watchId: id}
faults: {WATCHED: already}
"""
ENVIRONMENT = """
environment: real
title: A city
services:
  city:
    base_url: {url}
    {more}
orders: {orders}
"""


class Place:
    """A project whose environment leads to a city's service."""

    def __init__(self, folder, city):
        self.folder, self.city = folder, city
        for name in ("operations", "environments", "flows", "tests"):
            (folder / name).mkdir()
        for text in (FORECAST, FIND, WATCH):
            self.write(text)
        self.environment()

    def write(self, text):
        kind, _, name = text.strip().partition("\n")[0].partition(": ")
        folder = {"operation": "operations", "flow": "flows", "environment": "environments"}[kind]
        (self.folder / folder / f"{name}.yaml").write_text(text)

    def environment(self, more="", orders="{}"):
        self.write(ENVIRONMENT.format(url=self.city.url, more=more, orders=orders))

    def run(self, *words, **variables):
        known = {**os.environ, "CITY_SECRET": "city-secret", "COLUMNS": "200", **variables}
        return run_here(self.folder, words, known)

    def call(self, operation, *words, **variables):
        given = ("call", operation, "--env", "real", "--today", TODAY)
        code, out, err = self.run(*given, "--output", "json", *words, **variables)
        return code, json.loads(out) if code == 0 else {}, err

    def forecast(self, *words, point=POINT, day="2026-03-01"):
        return self.call("cityForecast", f"pointId={point}", f"day={day}", *words)

    def watch(self, *words, kind="LIGHT", **variables):
        given = (f"pointId={POINT}", f"kind={kind}", "name=MARTIN")
        return self.call("orderWatch", *given, *words, **variables)


def hours(count=24):
    return [{"at": f"2026-03-01 {hour:02}:00:00", "watts": hour * 100} for hour in range(count)]


@pytest.fixture
def city():
    server = City()
    server.routes["GET", f"/forecast/{POINT}"] = lambda *_: (
        200,
        {"point": {"id": POINT}, "hours": hours()},
    )
    yield server
    server.close()


@pytest.fixture
def place(tmp_path, city):
    return Place(tmp_path, city)
