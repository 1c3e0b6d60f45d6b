"""Replies with several quantities, kept through a flow: each in a series of its own, in its unit."""

from dataclasses import dataclass

import pytest

import sgeflow
from sgeflow import Options, open_catalog
from sgeflow.adapters.state.store import Store
from sgeflow.core.model import RunReport, Status
from sgeflow.errors import InvalidDocuments
from tests.flows.conftest import GENERATIONS, TODAY

BUSINESS, THREE_PHASES, HOUSEHOLD = "30000000000106", "30000000000086", "30000000000011"
OPERATIONS = {"previous": "consulterMesuresDetaillees", "current": "consulterMesuresDetailleesV3"}
CURVES = {"kind": "COURBE", "quantity": "TOUT", "series": "load_curve", "stamped": "start"}
PEAKS = {"kind": "PMAX", "more": "mesuresPas: P1D", "series": "max_power", "stamped": "instant"}
FLOW = """\
flow: quantities
title: Keep all quantities of a reply
inputs: {{pointId: {{$ref: "types.yaml#/pointId"}}}}
steps:
  - id: read
    call: {operation}
    with:
      pointId: ${{inputs.pointId}}
      mesuresTypeCode: {kind}
      grandeurPhysique: {quantity}
      dateDebut: "{start}"
      dateFin: "{end}"
      {more}
  - id: keep
    store: {{series: {series}, point: "${{inputs.pointId}}", stamped: {stamped}, {rows}}}
outputs: {{keep: steps.keep, read: steps.read}}
"""


@dataclass
class Kept:
    """A run, and what it left in the store."""

    report: RunReport
    series: dict[str, str]  # units by name
    measures: dict[str, list]

    @property
    def keep(self):
        return self.report.outputs["keep"]

    @property
    def blocks(self):
        return {one["quantity"]: one for one in self.report.outputs["read"]["series"]}


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Run a flow that calls and keeps once."""

    def run(
        point, generation="current", more="", rows="quantities: '${steps.read.series}'", **words
    ):
        words = {"start": "2025-06-10", "end": "2025-06-13", **words}
        file = tmp_path / "quantities.yaml"
        operation = OPERATIONS[generation]
        file.write_text(FLOW.format(operation=operation, more=more, rows=rows, **words))
        report = sgeflow.run(
            str(file),
            {"pointId": point},
            workspace=open_catalog(flow=str(file)),
            options=Options(
                state=tmp_path / "state", today=TODAY, environment=GENERATIONS[generation]
            ),
        )
        folder = tmp_path / "state" / GENERATIONS[generation]
        with Store(folder / "store.db") as store:
            series = {one.name: one.unit for one in store.series_of(point)}
            measures = {name: list(store.load(point, name).measures) for name in series}
        return Kept(report, series, measures)

    return run


def values(block):
    return [int(row["value"]) for row in block["measures"]]


def test_several_quantities_are_never_mixed_into_one_curve(kept):
    rows = "measures: '${steps.read.measures}'"
    done = kept(BUSINESS, rows=rows, **CURVES)
    assert "is not kept as load_curve" in done.report.failure.problem.message
    assert done.series == {}


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_business_curve_with_all_quantities_becomes_four_series(kept, generation):
    done = kept(BUSINESS, generation, **CURVES)
    assert done.report.status is Status.DONE
    assert done.series == {
        "load_curve": "W",
        "load_curve_pri": "VAr",
        "load_curve_prc": "VAr",
        "voltage_curve": "V",
    }
    names = {
        "PA": "load_curve",
        "PRI": "load_curve_pri",
        "PRC": "load_curve_prc",
        "E": "voltage_curve",
    }
    for quantity, name in names.items():
        assert [m.value for m in done.measures[name]] == values(done.blocks[quantity])
        assert len(done.measures[name]) == 3 * 288
    assert done.keep["rows"] == done.keep["new"] == 4 * 3 * 288
    assert (done.keep["first"], done.keep["last"]) == ("2025-06-10", "2025-06-12")
    assert {one["series"]: one["unit"] for one in done.keep["kept"]} == done.series
    assert {one["rows"] for one in done.keep["kept"]} == {3 * 288}


def test_both_generations_keep_the_same(kept, tmp_path):
    previous, current = (kept(BUSINESS, generation, **CURVES) for generation in GENERATIONS)
    assert previous.measures == current.measures


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize(
    ("point", "stamped", "start"),
    [
        (BUSINESS, "start", "2025-06-10"),  # five minutes
        (BUSINESS, "start", "2024-02-10"),  # ten
        (HOUSEHOLD, "end", "2025-06-10"),
    ],
)
def test_points_that_are_missing_move_none_of_the_others(kept, generation, point, stamped, start):
    end = f"{start[:-2]}12"
    words = {"kind": "COURBE", "quantity": "PA", "start": start, "end": end, "series": "load_curve"}
    whole = kept(point, generation, stamped=stamped, **words).measures["load_curve"]
    for gone in (1, 40, 47, 48, 95):
        rows = f"measures: '${{steps.read.measures[{gone}:]}}'"
        done = kept(point, generation, stamped="auto", rows=rows, **words)
        assert done.keep["unchanged"] == len(whole) - gone
        assert (done.keep["new"], done.keep["changed"]) == (0, 0)


def test_the_peaks_of_three_phases_are_kept_apart_although_they_share_an_instant(kept):
    done = kept(THREE_PHASES, quantity="TOUT", **PEAKS)
    phases = ["max_power", "max_power_phase1", "max_power_phase2", "max_power_phase3"]
    assert done.series == dict.fromkeys(phases, "VA")
    for quantity, name in zip(("PMA", "PMA1", "PMA2", "PMA3"), phases, strict=True):
        assert [m.value for m in done.measures[name]] == values(done.blocks[quantity])
    assert len({m.start for name in phases for m in done.measures[name]}) == 3
    assert done.measures["max_power"][0].value > done.measures["max_power_phase1"][0].value


def test_monthly_peaks_are_not_mixed_with_those_of_days(kept):
    done = kept(
        THREE_PHASES,
        kind="PMAX",
        quantity="TOUT",
        more="mesuresPas: P1M",
        start="2025-04-01",
        series="monthly_max_power",
        stamped="day",
    )
    assert set(done.series) == {
        "monthly_max_power",
        *(f"monthly_max_power_phase{n}" for n in "123"),
    }
    assert all(measure.step > 28 * 86400 for measure in done.measures["monthly_max_power"])


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_peak_of_one_phase_is_the_usual_series(kept, generation):
    done = kept(HOUSEHOLD, generation, quantity="PMA", **PEAKS)
    assert done.series == {"max_power": "VA"}
    assert [m.value for m in done.measures["max_power"]] == values(done.blocks["PMA"])


INDEX = {"kind": "INDEX", "series": "index", "stamped": "instant"}
READINGS = {**INDEX, "rows": "quantities: '${steps.read.indexes[].series[]}'"}


def test_the_readings_of_a_linky_are_kept_by_class_and_in_total(kept):
    done = kept(HOUSEHOLD, quantity="EA", **READINGS)
    assert done.series == {"index_base": "Wh", "index_total": "Wh"}
    (block,) = done.report.outputs["read"]["indexes"][0]["series"]
    (register,) = block["calendars"][0]["classes"]
    assert [m.value for m in done.measures["index_base"]] == [
        int(row["value"]) for row in register["values"]
    ]
    # the midnight that starts 10 June in Paris, the reading after the day before
    assert (done.measures["index_total"][0].start, done.measures["index_total"][0].step) == (
        1749506400,
        0,
    )


def test_energies_and_reactive_energies_of_a_business_index_are_kept_apart(kept):
    done = kept(BUSINESS, quantity="TOUT", **READINGS)
    assert done.series == {"index_base": "Wh", "index_erc_base": "VArh"}
    assert all(
        reactive.value < active.value
        for active, reactive in zip(
            done.measures["index_base"], done.measures["index_erc_base"], strict=True
        )
    )


def test_a_second_run_changes_nothing_in_any_of_them(kept):
    first, second = kept(BUSINESS, **CURVES), kept(BUSINESS, **CURVES)
    assert second.keep["unchanged"] == first.keep["new"]
    assert second.keep["new"] == second.keep["changed"] == 0


def test_no_data_is_told_and_keeps_nothing(kept):
    done = kept(HOUSEHOLD, quantity="EA", **{**READINGS, "start": "2025-06-10"}, more="")
    assert done.report.warnings == ()
    peaks = kept(HOUSEHOLD, quantity="EA", **INDEX)
    assert peaks.keep["rows"] == 0
    assert peaks.keep["kept"] == []
    assert any("index: no measures came" in text for text in peaks.report.warnings)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"series": "my_curve"}, 'the quantities of a reply are not kept as "my_curve"'),
        (
            {"rows": "unit: W, quantities: '${steps.read.series}'"},
            "unit and quantities do not go together",
        ),
        (
            {"rows": "measures: '${steps.read.measures}', quantities: '${steps.read.series}'"},
            "measures and quantities do not go together",
        ),
        ({"rows": "step: P1D"}, "nothing to keep is named"),
        (
            {"rows": "quantities: '${steps.read.measures}'"},
            "blocks to keep need quantity and direction and unit",
        ),
    ],
)
def test_a_store_that_cannot_be_right_is_refused_before_anything_runs(kept, words, told):
    with pytest.raises(InvalidDocuments) as error:
        kept(BUSINESS, **{**CURVES, **words})
    assert told in [problem.message for problem in error.value.problems]


def test_a_quantity_that_is_unknown_to_the_series_is_told_with_those_that_are(kept):
    done = kept(BUSINESS, kind="COURBE", quantity="PA", series="daily_energy", stamped="start")
    problem = done.report.failure.problem
    assert problem.message == (
        'daily_energy: the quantity "PA" is not known there (EA, ER, ERC, ERI)'
    )
    assert done.series == {}
