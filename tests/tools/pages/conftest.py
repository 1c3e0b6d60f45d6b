"""A household whose meter tells what real ones do, kept for two years, to be looked at."""

from functools import cache
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

import sgeflow
from sgeflow import Options
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.store import Store
from sgeflow.tools.pages.household_read import household_text, read_household
from tests.household import HOUSEHOLD

TODAY = "2026-11-27"


@pytest.fixture(scope="module")
def kept(workspace, tmp_path_factory):
    """The konnector ran in the scenario `gaps`, and again when two days had been corrected."""
    folder = tmp_path_factory.mktemp("gaps")
    options = Options(environment="simulator", scenario="gaps", today=TODAY, state=folder)
    inputs = {"history": "P3Y", "halfHours": "P1Y", "file": str(folder / "out.json")}
    first = sgeflow.run("konnector", inputs, workspace=workspace, options=options)
    later = replace(options, scenario="corrected")
    inputs |= {"again": True}
    report = sgeflow.run("konnector", inputs, workspace=workspace, options=later)
    point = HOUSEHOLD["pointId"]
    store = Store(StateLocation(folder=folder).store("simulator"))

    def draw(**words):
        return household_text(workspace, point, options, **words)[0]

    with store:
        yield SimpleNamespace(
            first=first,
            report=report,
            store=store,
            point=point,
            options=options,
            facts=read_household(store, point, workspace.catalog),
            draw=draw,
            page=cache(draw),  # the English one, drawn once
        )
