"""A load curve that a flow keeps has steps; days and peaks need none."""

import sgeflow
from sgeflow import Options, open_catalog
from sgeflow.adapters.state.store import Store
from sgeflow.core.model import Status

POINT = "30000000000011"
MIDNIGHT = 1746050400  # of 1 May 2025, in Paris
AT_TEN = MIDNIGHT + 36000
FLOW = """\
flow: keep
title: Keep what is given
inputs: {{rows: {{type: array}}}}
steps:
  - id: keep
    store: {{series: {series}, point: "{point}", unit: {unit}, {how}, measures: "${{inputs.rows}}"}}
outputs: {{keep: steps.keep}}
"""


UNITS = {"daily_energy": "Wh", "max_power": "VA", "monthly_max_power": "VA"}


def keep(folder, rows, series, how="stamped: auto"):
    """Run a flow that keeps rows: its report, and what is kept by start and length."""
    file = folder / "keep.yaml"
    file.write_text(FLOW.format(series=series, how=how, point=POINT, unit=UNITS.get(series, "W")))
    report = sgeflow.run(
        str(file),
        {"rows": rows},
        workspace=open_catalog(flow=str(file)),
        options=Options(state=folder / series, environment="simulator"),
    )
    with Store(folder / series / "simulator" / "store.db") as store:
        kept = [(one.start, one.step) for one in store.load(POINT, series).measures]
    return report, kept


def row(hour, **more):
    return {"date": f"2025-05-01T{hour:02}:00:00+02:00", "value": 1, **more}


def test_a_curve_without_a_step_is_refused_with_how_to_say_it(tmp_path):
    for series in ("load_curve", "load_curve_injection", "voltage_curve"):
        for more in ({}, {"nature": "B", "validity": "0"}):
            for rows in ([row(10, **more)], [row(9, step="PT60M"), row(10, **more)]):
                report, kept = keep(tmp_path, rows, series)
                assert (report.status, kept) == (Status.FAILED, [])
                told = report.failure.problem.message
                assert "the value at 2025-05-01T10:00:00+02:00 has no step of a clock" in told
                assert "`step: PT30M`" in dict(report.failure.problem.details)["remedy"]


def test_a_step_of_the_flow_is_that_of_rows_without_one(tmp_path):
    rows = [row(10, nature="B")]
    _, kept = keep(tmp_path, rows, "load_curve", "stamped: auto, step: PT60M")
    assert kept == [(AT_TEN - 3600, 3600)]


def test_days_and_peaks_need_no_steps(tmp_path):
    _, kept = keep(tmp_path, [row(10)], "max_power")
    assert kept == [(AT_TEN, 0)]
    _, kept = keep(tmp_path, [row(0)], "max_power")  # one that was at midnight is no day
    assert kept == [(MIDNIGHT, 0)]
    _, kept = keep(tmp_path, [{"date": "2025-05-01", "value": 1}], "daily_energy")
    assert kept == [(MIDNIGHT, 86400)]
    for how, length in (("day", 31 * 86_400), ("auto", 31 * 86_400), ("instant", 0)):
        for date in ("2025-05-01T00:00:00.000+02:00", "2025-05"):  # as v2 and v3 write a month
            rows = [{"date": date, "value": 1}]
            _, kept = keep(tmp_path, rows, "monthly_max_power", f"stamped: {how}")
            assert kept == [(MIDNIGHT, length)]
