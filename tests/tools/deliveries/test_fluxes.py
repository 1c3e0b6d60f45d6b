"""Each flux in each of its formats: under which series, at which instants, in which units."""

import json
from dataclasses import replace

import pytest

from sgeflow.adapters.secrets import Secret
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.errors import Exit
from tests.tools.deliveries.delivered_files import (
    BUSINESS,
    OTHER,
    POINT,
    amount,
    at,
    by_labels,
    curve_points,
    days,
    entry,
    join,
    r4x,
    r6x,
    r50,
    r63,
    r64,
    r65,
    r66,
    r67,
    r151,
    r171,
    readings,
    sheet,
)

R63_HEADER = (
    "Identifiant PRM", "Date de début", "Date de fin", "Grandeur physique", "Grandeur métier",
    "Etape métier", "Unité", "Horodate", "Valeur", "Nature", "Pas", "Indice de vraisemblance",
    "Etat complémentaire",
)  # fmt: skip
R64_HEADER = (
    "Identifiant PRM", "Date de début", "Date de fin", "Grandeur physique", "Grandeur metier",
    "Etape metier", "Unite", "Horodate", "Contexte de relève", "Type de releve", "Motif de relève",
    "Grille", "Identifiant calendrier", "Libellé calendrier", "Identifiant classe temporelle",
    "Libellé classe temporelle", "Cadran", "Valeur", "Indice de vraisemblance",
)  # fmt: skip


def r63_row(
    point, stamp, value, *, quantity="PA", unit="W", step="PT30M", nature="B", stage="BRUT"
):
    """A row as the guides write it: a validity is a Linky's alone, the word null is nothing."""
    dates = ("2025-05-01", "2025-05-02")
    flags = ("0", "0") if nature == "B" else ("null", "null")
    return (point, *dates, quantity, "CONS", stage, unit, stamp, value, nature, step, *flags)


def r64_row(
    stamp, value, *, point=POINT, grid="Distributeur", calendar="DI1", name="HPH", cadran=""
):
    dates = ("2025-05-01", "2025-05-03")
    label = (grid, calendar, "Libellé", name, "Heures", cadran)
    return (point, *dates, "EA", "CONS", "BRUT", "Wh", stamp, "COL", "AQ", "", *label, value, "0")


# -- curves ---------------------------------------------------------------------------------------


def test_several_points_of_a_file_are_kept_apart(mailbox):
    outcome = mailbox.read("ERDF_R50_1.xml", r50(POINT, OTHER, period=days("2025-05-01", 2)))
    assert (outcome.points, outcome.rows, outcome.new) == (2, 192, 192)
    one, other = mailbox.series("load_curve"), mailbox.series("load_curve", OTHER)
    assert len(one) == len(other) == 96
    assert one != other


def test_r50_stamps_the_end_even_where_its_first_point_is_midnight(mailbox):
    content = r50(POINT, period=days("2025-05-01", 1))
    first, last = content.index(b"<PDC>"), content.rindex(b"<PDC>")
    mailbox.read("ERDF_R50_1.xml", content[:first] + content[last:])
    ((start, *_),) = mailbox.series("load_curve")
    assert start == at("2025-05-02") - 1800


def test_a_half_hour_without_a_value_is_counted_and_left_out(mailbox):
    content = r50(POINT, period=days("2025-05-01", 1))
    first = content.index(b"<V>")
    without = content[:first] + b"<V/>" + content[content.index(b"</V>") + 4 :]
    outcome = mailbox.read("ERDF_R50_1.xml", without)
    assert (outcome.rows, outcome.dropped) == (47, 1)


def test_doubtful_values_are_kept_and_counted(mailbox):
    content = r50(POINT, period=days("2025-05-01", 1), validity="1")
    outcome = mailbox.read("ERDF_R50_1.xml", content)
    assert (outcome.rows, outcome.doubtful) == (48, 48)


def test_csv_and_json_of_r63_leave_the_same(mailbox, tmp_path):
    points = curve_points(POINT, days("2024-10-27", 1))
    rows = [r63_row(POINT, one["d"], one["v"]) for one in points]
    assert mailbox.read("R63_a.csv", sheet(R63_HEADER, *rows)).problem is None
    from_csv = mailbox.kept()
    outcome = mailbox.read("R63_b.json", r63(POINT, period=days("2024-10-27", 1)))
    assert (outcome.new, outcome.changed, outcome.unchanged) == (0, 0, 50)
    assert mailbox.kept() == from_csv


def test_what_stands_twice_and_says_two_things_is_refused_and_nothing_of_it_is_kept(mailbox):
    row = (*r63_row(POINT, "2025-05-01 00:30:00", "312"), "7")
    message = str(mailbox.read("R63_a.csv", sheet((*R63_HEADER, "VALEUR"), row, row)).problem)
    assert 'two columns have the name "Valeur"' in message
    whole = r50(POINT, period=days("2025-05-01", 1))
    for count in (1, -1):  # one record, and all of them: those are read at once
        twice = whole.replace(b"</V>", b"</V><V>7</V>", count)
        message = str(mailbox.read("ERDF_R50_1.xml", twice).problem)
        assert "V is in PDC more than once" in message
    assert mailbox.kept() == {}


def ten_minutes(**more):
    """A value of R63 whose stamp and step tell nothing."""
    return [{"d": "2025-05-01 10:00:00", "v": "500", "p": "PT10M", **more}]


@pytest.mark.parametrize(
    ("flux", "options", "shift"),
    [
        ("R63A", {}, 0),
        ("R63B", {}, 600),
        ("R63", {"stamped": "start"}, 0),
        ("R63", {"stamped": "end"}, 600),
    ],
)
def test_flux_and_option_say_what_a_stamp_marks(mailbox, flux, options, shift):
    outcome = mailbox.read(
        f"ENEDIS_{flux}_Q_1.json", r6x(flux, entry(POINT, "PA", "W", ten_minutes())), **options
    )
    assert (outcome.flux, outcome.problem) == (flux, None)
    assert mailbox.series("load_curve")[0][0] == at("2025-05-01") + 36000 - shift


@pytest.mark.parametrize("stamped", ["start", "end"])
@pytest.mark.parametrize(
    ("flux", "curve", "more", "shift"),
    [
        ("R63", ("PA", "W", "BRUT"), {"n": "B"}, 600),
        ("R63", ("PA", "W", "BRUT"), {"n": "S"}, 0),
        ("R63", ("PA", "W", "BRUT"), {"iv": 0}, 600),
        ("R63", ("PA", "W", "BRUT"), {"p": "PT5M"}, 0),
        ("R63", ("PA", "W", "BRUT"), {"p": "PT30M"}, 1800),
        ("R63", ("PA", "W", "BEST"), {}, 0),
        ("R63", ("PRI", "VAr", "BRUT"), {}, 0),
        ("R63", ("E", "V", "BRUT"), {}, 0),
        ("R63A", ("PA", "W", "BRUT"), {}, 0),
        ("R63B", ("PA", "W", "BRUT"), {}, 600),
    ],
)
def test_the_option_leaves_alone_what_tells_itself(mailbox, stamped, flux, curve, more, shift):
    quantity, unit, stage = curve
    content = r6x(flux, entry(POINT, quantity, unit, ten_minutes(**more), stage=stage))
    outcome = mailbox.read(f"{flux}_1.json", content, stamped=stamped)
    assert mailbox.series(*outcome.series)[0][0] == at("2025-05-01") + 36000 - shift


def test_the_flux_and_a_nature_that_contradict_it_are_refused(mailbox):
    content = r6x("R63A", entry(POINT, "PA", "W", ten_minutes(n="B")))
    problem = mailbox.read("R63A_1.json", content).problem
    assert "by the nature B they mark the end of an interval, by the flux R63A its start" in (
        problem.message
    )


def test_stamps_that_say_nothing_are_refused_with_what_to_do(mailbox):
    outcome = mailbox.read("R63_1.json", r6x("R63", entry(POINT, "PA", "W", ten_minutes())))
    assert "do not tell" in outcome.problem.message
    remedy = dict(outcome.problem.details)["remedy"]
    assert "--stamped end for C5 and P4, --stamped start for the others" in remedy
    assert mailbox.kept() == {}


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_point_that_does_not_tell_leaves_the_others_of_its_file(mailbox, form):
    linky = curve_points(OTHER, days("2025-05-01", 1))
    if form == "json":
        entries = (entry(POINT, "PA", "W", ten_minutes()), entry(OTHER, "PA", "W", linky))
        content = r6x("R63", *entries)
    else:
        rows = [r63_row(OTHER, one["d"], one["v"]) for one in linky]
        row = r63_row(POINT, "2025-05-01 10:00:00", "500", step="PT10M", nature="")
        content = sheet(R63_HEADER, row, *rows)
    report = mailbox.decode(mailbox.put(f"R63_1.{form}", content))
    (outcome,) = report.files
    assert (outcome.state, outcome.rows, outcome.points) == ("partial", 48, 1)
    assert report.exit is Exit.PARTIAL
    assert outcome.problem.message.startswith(f"load_curve of point {POINT}: the stamps do not")
    assert len(mailbox.series("load_curve", OTHER)) == 48
    assert mailbox.series("load_curve") == []
    told = mailbox.read(f"R63_1.{form}", content, stamped="start")
    assert (told.state, told.new, told.unchanged, told.changed) == ("kept", 1, 48, 0)
    assert mailbox.series("load_curve")[0][0] == at("2025-05-01") + 36000
    assert mailbox.read(f"R63_1.{form}", content).state == "known"


def test_several_points_that_do_not_tell_are_counted(mailbox):
    entries = [entry(one, "PA", "W", ten_minutes()) for one in (POINT, OTHER, BUSINESS)]
    message = mailbox.read("R63_1.json", r6x("R63", *entries)).problem.message
    assert message.startswith(f"load_curve of point {POINT}: ")
    assert message.endswith("; … and 2 more")


def test_r4x_kilowatts_become_watts_from_the_start_of_the_step(mailbox):
    curve = ("EA", "kW", "10", [("2025-05-01T00:00:00+02:00", "398", "R")])
    volts = ("E", "V", "5", [("2025-05-01T00:00:00+02:00", "231", "R")])
    reactive = ("ERI", "kWr", "10", [("2025-05-01T00:00:00+02:00", "0.25", "E")])
    outcome = mailbox.read("ENEDIS_X_R4Q_CDC_20250502.xml", r4x(curve, volts, reactive))
    assert (outcome.flux, outcome.problem) == ("R4Q", None)
    kept = mailbox.kept()
    assert {(name, unit) for _, name, unit in kept} == {
        ("load_curve", "W"),
        ("voltage_curve", "V"),
        ("load_curve_pri", "VAr"),
    }
    start = at("2025-05-01")
    assert mailbox.series("load_curve", BUSINESS) == [(start, 398_000, 600, "R")]
    assert mailbox.series("voltage_curve", BUSINESS) == [(start, 231, 300, "R")]
    assert mailbox.series("load_curve_pri", BUSINESS) == [(start, 250, 600, "E")]


def _raw_and_corrected(form):
    """The same ten minutes of a business, raw and corrected, as two files of a form."""
    stamp = "2025-05-01 00:00:00"
    for stage, nature, value, n in (("BRUT", "Brute", 4000, "S"), ("BEST", "Corrigee", 4200, "C")):
        points = [{"d": stamp, "v": str(value), "p": "PT10M", "n": n}]
        if form == "json":
            yield "R63A_{}.json", r6x("R63A", entry(BUSINESS, "PA", "W", points, stage=stage))
        elif form == "csv":
            row = r63_row(BUSINESS, stamp, str(value), step="PT10M", nature=n, stage=stage)
            yield "R63A_{}.csv", sheet(R63_HEADER, row)
        else:
            watts = [("2025-05-01T00:00:00+02:00", value / 1000, n)]
            yield "R4Q_CDC_{}.xml", r4x(("EA", "kW", "10", watts), nature=nature)


@pytest.mark.parametrize("form", ["json", "csv", "xml"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_corrected_curves_stand_beside_raw_ones_whichever_comes_last(mailbox, form, order):
    files = list(_raw_and_corrected(form))
    for number in order:
        name, content = files[number]
        outcome = mailbox.read(name.format(number), content)
        assert (outcome.problem, outcome.new, outcome.changed) == (None, 1, 0)
    start = at("2025-05-01")
    assert mailbox.series("load_curve", BUSINESS) == [(start, 4000, 600, "S")]
    assert mailbox.series("load_curve_corrected", BUSINESS) == [(start, 4200, 600, "C")]


def test_a_corrected_curve_of_another_quantity_says_both(mailbox):
    curve = ("ERI", "kWr", "10", [("2025-05-01T00:00:00+02:00", "0.25", "E")])
    outcome = mailbox.read("ENEDIS_R4Q_CDC_1.xml", r4x(curve, nature="Corrigée"))
    assert outcome.series == ("load_curve_pri_corrected",)


def test_a_stage_that_is_not_known_is_refused(mailbox):
    points = [{"d": "2025-05-01 00:00:00", "v": "4000", "p": "PT10M", "n": "R"}]
    outcome = mailbox.read(
        "R63A_1.json", r6x("R63A", entry(BUSINESS, "PA", "W", points, stage="X"))
    )
    assert 'the stage "X" is not BRUT or BEST' in outcome.problem.message
    assert mailbox.kept() == {}


def test_the_stage_of_daily_energy_makes_no_other_series(mailbox):
    content = r6x("R65", entry(POINT, "EA", "Wh", [{"d": "2025-05-01", "v": "9"}], stage="BEST"))
    assert mailbox.read("R65_1.json", content).series == ("daily_energy",)


def test_the_autumn_hour_of_r4x_is_told_by_its_offsets(mailbox):
    stamps = [f"2024-10-27T02:{m:02d}:00+0{h}:00" for h in (2, 1) for m in range(0, 60, 10)]
    curve = ("EA", "kW", "10", [(stamp, n, "R") for n, stamp in enumerate(stamps)])
    mailbox.read("ENEDIS_R4M_CDC_1.xml", r4x(curve))
    starts = [start for start, *_ in mailbox.series("load_curve", BUSINESS)]
    assert starts == list(range(starts[0], starts[0] + 7200, 600))


def test_production_is_another_series_than_consumption(mailbox):
    points = [{"d": "2025-05-01", "v": "900"}]
    content = r6x(
        "R65",
        entry(POINT, "EA", "Wh", points),
        entry(POINT, "EA", "Wh", points, direction="PROD"),
        entry(POINT, "ERI", "varh", points),
        entry(POINT, "EA", "kWh", [{"d": "2025-05-02", "v": "1.5"}]),
    )
    mailbox.read("R65_1.json", content)
    assert {(name, unit) for _, name, unit in mailbox.kept()} == {
        ("daily_energy", "Wh"),
        ("daily_energy_injection", "Wh"),
        ("daily_energy_eri", "VArh"),
    }
    assert [value for _, value, *_ in mailbox.series("daily_energy")] == [900, 1500]


def test_a_value_below_zero_is_told_and_kept(mailbox):
    points = [{"d": "2025-05-01", "v": "-900"}, {"d": "2025-05-02", "v": "0"}]
    (flag,) = mailbox.read("R65_1.json", r6x("R65", entry(POINT, "EA", "Wh", points))).flags
    assert flag.startswith(f"daily_energy of point {POINT}: sgeflow keeps 1 value below zero")
    assert [value for _, value, *_ in mailbox.series("daily_energy")] == [-900, 0]


def test_another_unit_is_another_series(mailbox):
    points = [{"d": "2025-05-01 00:00:00", "v": "100", "p": "PT10M", "n": "R"}]
    content = r6x("R63", entry(POINT, "EA", "Wh", points), entry(POINT, "PA", "W", points))
    assert mailbox.read("R63_1.json", content).series == ("load_curve", "load_curve_wh")


def test_a_day_of_energy_is_as_long_as_the_civil_day(mailbox):
    mailbox.read("R65_1.json", r65(POINT, period=days("2024-10-27", 1)))
    ((start, _, length, _),) = mailbox.series("daily_energy")
    assert (start, length) == (at("2024-10-27"), 90_000)


def test_r65_and_r66_are_read_as_csv_too(mailbox):
    energy = r63_row(POINT, "2025-05-01", "7421", quantity="EA", unit="Wh", step="P1D", nature="")
    peak = r63_row(
        POINT, "2025-05-01 09:13:20", "5230", quantity="PMA", unit="VA", step="", nature=""
    )
    mailbox.read("R65_1.csv", sheet(R63_HEADER, energy))
    mailbox.read("R66_1.csv", sheet(R63_HEADER, peak))
    assert mailbox.series("daily_energy") == [(at("2025-05-01"), 7421, 86_400, "")]
    assert mailbox.series("max_power") == [(at("2025-05-01") + 33_200, 5230, 0, "")]


def test_phases_of_maximum_power_stand_beside_it(mailbox):
    points = [{"d": "2025-05-01 09:13:20", "v": "5230"}]
    content = r6x("R66", *(entry(POINT, q, "VA", points) for q in ("PMA", "PMA1", "PMA3")))
    outcome = mailbox.read("R66_1.json", content)
    assert outcome.series == ("max_power", "max_power_phase1", "max_power_phase3")


def test_peaks_keep_the_instant_also_in_the_autumn_hour(mailbox):
    outcome = mailbox.read("R66_1.json", r66(POINT, period=days("2025-05-01", 40)))
    assert (outcome.rows, outcome.problem) == (40, None)
    assert {step for _, _, step, _ in mailbox.series("max_power")} == {0}


# -- readings -------------------------------------------------------------------------------------


def test_r64_readings_stand_at_their_midnight_by_class_and_in_total(mailbox):
    outcome = mailbox.read("R64_1.json", r64())
    assert outcome.series == ("index_base", "index_total")
    assert mailbox.series("index_base")[0] == (at("2025-05-02"), 1000, 0, "")


@pytest.mark.parametrize(
    ("calendar", "series"),
    [
        ("DI000001", "index_base"),
        ("FD000001", "index_base"),
        ("FC000001", "index_supplier_fc000001_base_d1"),
        ("F", "index_supplier_base_d1"),
        ("XY-7", "index_xy_7_base"),
    ],
)
def test_the_grids_of_supplier_and_distributor_never_meet(mailbox, calendar, series):
    assert mailbox.read("R64_1.json", r64(calendar=calendar, total=False)).series == (series,)


def test_a_time_class_without_an_id_is_named_by_its_register(mailbox):
    content = r64(total=False).replace(b'"idClasseTemporelle": "BASE", ', b"")
    assert mailbox.read("R64_1.json", content).series == ("index_idx_eas_d1",)


def test_r64_csv_gives_what_r64_json_gives(mailbox):
    rows = [
        row
        for n, day in enumerate(days("2025-05-02", 3))
        for row in (
            r64_row(f"{day} 00:00:00", 1000 + 10 * n, name="BASE"),
            r64_row(
                f"{day} 00:00:00", 1000 + 10 * n, grid="", calendar="", name="", cadran="IDX_EAS_T"
            ),
        )
    ]
    assert mailbox.read("R64_1.csv", sheet(R64_HEADER, *rows)).problem is None
    kept = mailbox.kept()
    outcome = mailbox.read("R64_1.json", r64())
    assert (outcome.new, outcome.changed) == (0, 0)
    assert mailbox.kept() == kept


def total_of(quantity, direction, code, value):
    """A total of R64, as a row of a CSV file of the guide and as the JSON of the same."""
    unit = "Wh" if quantity == "EA" else "VArh"
    nothing = ("null",) * 4
    row = (
        POINT, "2025-05-01", "2025-05-03", quantity, direction, "BRUT", unit, "2025-05-02 00:00:00",
        "COL", "AQ", "null", "T", *nothing, code, value, "null",
    )  # fmt: skip
    reading = [{"d": "2025-05-02 00:00:00", "v": value, "iv": None}]
    block = {"grandeurMetier": direction, "grandeurPhysique": quantity, "unite": unit}
    return row, block | {"cadranTotalisateur": {"codeCadran": code, "valeur": reading}}


TOTALS = [
    ("EA", "CONS", "IDX_EAS_T", "index_total"),
    ("EA", "PROD", "IDX_EAI_T", "index_injection_total"),
    ("ERC", "CONS", "IDX_ERS_C", "index_erc_total"),
    ("ERI", "CONS", "IDX_ERS_I", "index_eri_total"),
    ("ERC", "PROD", "IDX_ERI_C", "index_injection_erc_total"),
    ("ERI", "PROD", "IDX_ERI_I", "index_injection_eri_total"),
]


@pytest.mark.parametrize("grid", ["T", "null"])
def test_the_six_totals_of_a_producers_linky_are_one_series_each_from_csv_and_json(mailbox, grid):
    made = [total_of(*total[:3], 1000 + n) for n, total in enumerate(TOTALS)]
    rows = [tuple(grid if cell == "T" else cell for cell in row) for row, _ in made]
    outcome = mailbox.read("R64_1.csv", sheet(R64_HEADER, *rows))
    assert (outcome.problem, outcome.doubtful, outcome.flags) == (None, 0, ())
    assert outcome.series == tuple(sorted(series for *_, series in TOTALS))
    assert [mailbox.series(series)[0][1] for *_, series in TOTALS] == list(range(1000, 1006))
    context = {"etapeMetier": "BRUT", "contexteReleve": "COL", "grandeur": [one for _, one in made]}
    json_too = mailbox.read("R64_1.json", r6x("R64", {"idPrm": POINT, "contexte": [context]}))
    assert (json_too.new, json_too.changed, json_too.unchanged) == (0, 0, 6)


def test_supplier_classes_of_r151_that_are_unknown_are_kept_by_their_rank(mailbox):
    content = r151(("2025-05-01", {"BASE": 1}, {"A": 100, "B": 200}, None))
    for number, letter in enumerate(b"AB", 1):
        named = b"<Id_Classe_Temporelle>%c<" % letter
        place = content.index(named)
        rest = content[place:].replace(b"<Rang_Cadran>1", b"<Rang_Cadran>%d" % number, 1)
        content = content[:place] + rest.replace(named, b"<Id_Classe_Temporelle>INCONNU<", 1)
    outcome = mailbox.read("ERDF_R151_1.xml", content)
    assert outcome.flags == ()
    assert outcome.series == (
        "index_base",
        "index_supplier_idx_eas_f1",
        "index_supplier_idx_eas_f2",
    )
    assert mailbox.series("index_supplier_idx_eas_f2")[0][1] == 200


def test_r151_stands_at_the_midnight_after_its_day_where_r64_stands(mailbox):
    readings = [
        (day, {"BASE": 1000 + 10 * n}, {"HC": 5 + n}, 7452)
        for n, day in enumerate(days("2025-05-01", 3))
    ]
    outcome = mailbox.read("ERDF_R151_1.xml", r151(*readings))
    assert outcome.series == ("daily_max_power", "index_base", "index_supplier_hc_f1")
    again = mailbox.read("R64_1.json", r64(total=False))
    assert (again.new, again.changed, again.unchanged) == (0, 0, 3)


def test_r151_maximum_power_is_of_the_day_and_not_an_instant(mailbox):
    mailbox.read("ERDF_R151_1.xml", r151(("2025-03-30", {"BASE": 1}, {}, 7452)))
    assert mailbox.series("daily_max_power") == [(at("2025-03-30"), 7452, 82_800, "")]
    assert mailbox.series("max_power") == []


def test_r151_without_maximum_power_has_none(mailbox):
    outcome = mailbox.read("ERDF_R151_1.xml", r151(("2025-05-01", {"HCB": 1, "HPB": 2}, {}, None)))
    assert outcome.series == ("index_hcb", "index_hpb")


def test_r151_kilowatt_hours_become_watt_hours(mailbox):
    mailbox.read("ERDF_R151_1.xml", r151(("2025-05-01", {"BASE": 12}, {}, None), unit="kWh"))
    assert mailbox.series("index_base")[0][1] == 12_000


def test_r171_moments_are_legal_time(mailbox):
    content = r171(
        ("EA", "Wh", "HPH", [("2025-01-15T00:51:11", 1320), ("2025-07-15T00:51:11", 1400)]),
        ("PMA", "VA", "HPH", [("2025-01-15T00:51:11", 60)]),
        ("PMA", "W", "HPH", [("2025-01-15T00:51:11", 55)]),
        ("ERC", "VArh", "HCE", [("2025-01-15T00:51:11", 9)]),
        ("DD", "s", "P", [("2025-01-15T00:51:11", 0)]),
    )
    outcome = mailbox.read("ENEDIS_R171_1.xml", content)
    assert outcome.series == (
        "index_erc_hce",
        "index_hph",
        "register_dd_p",
        "register_pma_hph",
        "register_pma_hph_w",
    )
    winter, summer = (start for start, *_ in mailbox.series("index_hph", BUSINESS))
    assert (winter - at("2025-01-15"), summer - at("2025-07-15")) == (3071, 3071)
    assert at("2025-01-15") % 86_400 == 82_800  # 23:00 in UTC


# -- billing, contracts, reports ------------------------------------------------------------------


def test_billing_is_a_series_of_its_own_from_first_day_to_end(mailbox):
    first = amount("2025-03-01", "2025-04-01", 1500)
    back = amount("2025-04-01", "2025-05-01", -120, kind="C")
    outcome = mailbox.read("R67_1.json", r67(first, back))
    assert outcome.series == ("billing_hph",)
    march = at("2025-04-01") - at("2025-03-01")
    assert mailbox.series("billing_hph") == [
        (at("2025-03-01"), 1500, march, "R"),
        (at("2025-04-01"), -120, 30 * 86_400, "C"),
    ]


def test_cancelled_amounts_are_left_out_and_the_last_created_wins(mailbox):
    content = r67(
        amount("2025-03-01", "2025-04-01", 900, created="2025-06-02T00:00:00"),
        amount("2025-03-01", "2025-04-01", 800, created="2025-05-02T00:00:00"),
        amount("2025-03-01", "2025-04-01", 999, status="A", created="2025-07-02T00:00:00"),
    )
    outcome = mailbox.read("R67_1.json", content)
    assert [value for _, value, *_ in mailbox.series("billing_hph")] == [900]
    assert outcome.dropped == 1
    assert any("kept, 1 amount of the same day not" in flag for flag in outcome.flags)
    assert any(
        "amount 999 from 2025-03-01 to 2025-04-01 is cancelled" in one for one in outcome.flags
    )
    (paper,) = mailbox.papers("R67")
    assert (
        len(paper["contexte"][0]["grandeur"][0]["calendrier"][0]["classeTemporelle"][0]["quantite"])
        == 3
    )


ORIGINAL = amount("2025-03-01", "2025-04-01", 900, created="2025-05-02T00:00:00")
TAKEN_BACK = ORIGINAL | {"codeStatut": "A", "dateCreation": "2025-06-02T00:00:00"}
PUT_RIGHT = TAKEN_BACK | {"codeStatut": "R", "quantite": 950}
NEXT = amount("2025-04-01", "2025-05-01", 40, created="2025-05-02T00:00:00")


@pytest.mark.parametrize("written", [lambda one: one, by_labels], ids=["codes", "labels"])
@pytest.mark.parametrize(
    ("amounts", "left", "dropped"),
    [
        ([ORIGINAL, TAKEN_BACK, PUT_RIGHT, NEXT], [950, 40], 2),
        ([PUT_RIGHT, TAKEN_BACK, ORIGINAL, NEXT], [950, 40], 2),
        ([ORIGINAL, TAKEN_BACK, NEXT], [40], 2),
        ([TAKEN_BACK, NEXT], [40], 1),
        ([ORIGINAL, TAKEN_BACK, PUT_RIGHT | {"quantite": 900}], [900], 2),
        ([ORIGINAL, TAKEN_BACK, ORIGINAL | {"dateCreation": "2025-07-02T00:00:00"}], [900], 2),
        (
            [
                ORIGINAL,
                TAKEN_BACK,
                PUT_RIGHT,
                PUT_RIGHT | {"codeStatut": "A", "dateCreation": "2025-07-02T00:00:00"},
                PUT_RIGHT | {"quantite": 990, "dateCreation": "2025-07-02T00:00:00"},
            ],
            [990],
            4,
        ),
        ([TAKEN_BACK | {"finMesure": "2025-03-15"}, ORIGINAL], [900], 1),
    ],
)
def test_a_cancelled_amount_goes_with_the_one_that_it_repeats(
    mailbox, amounts, left, dropped, written
):
    outcome = mailbox.read("R67_1.json", r67(*map(written, amounts)))
    assert [value for _, value, *_ in mailbox.series("billing_hph")] == left
    assert outcome.dropped == dropped
    alone = ORIGINAL not in amounts or TAKEN_BACK not in amounts
    assert ["none like it is kept" in flag for flag in outcome.flags] == [True] * alone


@pytest.mark.parametrize(
    ("quantity", "unit", "series", "value"),
    [
        ("PA", "kVA", "billing_pa_hph", 900_000),
        ("PA", "W", "billing_pa_hph_w", 900),
        ("ERN", "VArh", "billing_ern_hph", 900),
    ],
)
def test_billing_has_the_power_that_was_reached_and_negative_reactive_energy(
    mailbox, quantity, unit, series, value
):
    outcome = mailbox.read("R67_1.json", r67(ORIGINAL, quantity=quantity, unit=unit))
    assert (outcome.state, outcome.series) == ("kept", (series,))
    assert mailbox.series(series)[0][1] == value


@pytest.mark.parametrize(
    ("name", "content", "series"),
    [
        (
            "R63_1.json",
            r6x(
                "R63",
                *(
                    entry(POINT, quantity, "W", curve_points(POINT, days("2025-05-01", 1)))
                    for quantity in ("XX", "PA")
                ),
            ),
            "load_curve",
        ),
        (
            "R65_1.csv",
            sheet(
                ("idPrm", "grandeurPhysique", "unite", "d", "v"),
                (POINT, "XX", "Wh", "2025-05-01", "8"),
                (POINT, "EA", "Wh", "2025-05-01", "7"),
            ),
            "daily_energy",
        ),
        (
            "R64_1.json",
            join(r64(total=False).replace(b'"EA"', b'"XX"'), r64(total=False)),
            "index_base",
        ),
        ("R67_1.json", join(r67(NEXT, quantity="XX"), r67(ORIGINAL)), "billing_hph"),
        (
            "ENEDIS_R171_1.xml",
            r171(*((one, "Wh", "HPH", [("2025-01-15T00:51:11", 9)]) for one in ("XX", "EA"))),
            "index_hph",
        ),
        (
            "ENEDIS_X_R4Q_CDC_20250502.xml",
            r4x(
                *(
                    (one, "kW", "10", [("2025-05-01T00:00:00+02:00", "9", "R")])
                    for one in ("XX", "EA")
                )
            ),
            "load_curve",
        ),
    ],
    ids=["R63", "R65", "R64", "R67", "R171", "R4Q"],
)
def test_a_quantity_that_is_not_known_is_left_out_alone(mailbox, name, content, series):
    outcome = mailbox.read(name, content)
    assert (outcome.state, outcome.series) == ("partial", (series,))
    assert 'the quantity "XX" is not known there' in outcome.problem.message
    assert "its values were left out" in dict(outcome.problem.details)["remedy"]
    assert [one for _, one, _ in mailbox.kept()] == [series]


def test_a_quantity_that_is_not_known_is_told_once_for_all_points(mailbox):
    parts = (r67(ORIGINAL, quantity=one, point=p) for one in ("XX", "YY") for p in (POINT, OTHER))
    content = join(*parts, r67(ORIGINAL))
    outcome = mailbox.read("R67_1.json", content)
    assert outcome.problem.message.endswith("… and 1 more")
    assert outcome.problem.message.count("not known") == 1
    assert outcome.documents == 5
    assert mailbox.read("R67_1.json", content).state == "partial"  # never known as a whole


def test_a_file_of_unknown_quantities_alone_is_not_kept(mailbox):
    content = r63(POINT, period=days("2025-05-01", 1)).replace(b'"PA"', b'"QQ"')
    outcome = mailbox.read("R63_1.json", content)
    assert outcome.state == "failed"
    assert 'the quantity "QQ" is not known' in outcome.problem.message
    assert mailbox.kept() == {}


@pytest.mark.parametrize("written", ["json", "csv"])
@pytest.mark.parametrize("apart", [False, True])
def test_of_two_values_for_one_instant_neither_is_kept_and_both_are_told(mailbox, written, apart):
    first = [
        (POINT, "PA", "CONS", "W", f"2025-05-01 10:{n}0:00", f"{n}", "PT10M", "R") for n in "012"
    ]
    again = [(POINT, "PA", "CONS", "W", "2025-05-01 10:10:00", "9", "PT10M", "R")]
    other = [(OTHER, *row[1:]) for row in first]
    rows = [*first, *other, *again] if apart else [*first, *again, *other]
    header = ("idPrm", "grandeurPhysique", "grandeurMetier", "unite", "d", "v", "p", "n")
    if written == "csv":
        content = sheet(header, *rows)
    else:
        blocks = [first, other, again] if apart else [[*first, *again], other]
        points = [[dict(zip("dvpn", row[4:], strict=True)) for row in block] for block in blocks]
        named = zip([block[0][0] for block in blocks], points, strict=True)
        content = r6x("R63", *(entry(point, "PA", "W", some) for point, some in named))
    outcome = mailbox.read(f"R63_1.{written}", content)
    assert outcome.state == "partial"
    at = "at 2025-05-01T10:10:00+02:00"
    told = (
        f"one entry has 1 {at}, another 9 {at}"
        if apart and written == "json"
        else f"{at} value 2 is 1, value 4 is 9"
    )
    where = f"load_curve of point {POINT}"
    assert outcome.problem.message == f"it contradicts itself: {where}: {told}"
    assert "neither was kept" in dict(outcome.problem.details)["remedy"]
    assert [value for _, value, *_ in mailbox.series("load_curve")] == [0, 2]
    assert [value for _, value, *_ in mailbox.series("load_curve", OTHER)] == [0, 1, 2]


def test_a_contradiction_leaves_what_an_earlier_file_gave(mailbox):
    points = [{"d": "2025-05-01 10:00:00", "v": v, "p": "PT10M", "n": "R"} for v in "567"]
    mailbox.read("R63_1.json", r6x("R63", entry(POINT, "PA", "W", points[:1])))
    for some in (
        [entry(POINT, "PA", "W", points[1:])],
        [entry(POINT, "PA", "W", [one]) for one in points[1:]],
    ):
        assert mailbox.read("R63_2.json", r6x("R63", *some)).state == "partial"
        assert [value for _, value, *_ in mailbox.series("load_curve")] == [5]


def test_readings_of_one_instant_that_contradict_each_other_are_not_kept(mailbox):
    values = [*readings("2025-05-02", 3), {"d": "2025-05-03 00:00:00", "v": 7, "iv": 0}]
    outcome = mailbox.read("R64_1.json", r64(values=values))
    assert outcome.problem.message.endswith("; … and 1 more")
    assert [value for _, value, *_ in mailbox.series("index_base")] == [1000, 1020]


@pytest.mark.parametrize(
    ("other", "state"),
    [({"quantite": 901}, "partial"), ({"quantite": 901, "dateCreation": "2025-05-03"}, "kept")],
)
def test_two_amounts_of_one_period_contradict_unless_one_was_made_later(mailbox, other, state):
    outcome = mailbox.read("R67_1.json", r67(ORIGINAL, ORIGINAL | other, NEXT))
    assert outcome.state == state
    kept = [value for _, value, *_ in mailbox.series("billing_hph")]
    assert kept == ([40] if state == "partial" else [901, 40])
    if state == "partial":
        assert "from 2025-03-01 to 2025-04-01 is 900, and it is 901" in outcome.problem.message


@pytest.mark.parametrize(
    ("grid", "series"),
    [
        ("Grille facturation", "billing_grille_facturation_hph"),
        ("Facturation", "billing_facturation_hph"),
        ("Grille TURPE", "billing_hph"),
        ("Grille distributeur", "billing_hph"),
        ("Grille fournisseur", "billing_supplier_hph"),
        ("", "billing_hph"),
    ],
)
def test_a_grid_that_is_neither_is_not_taken_for_the_network_s(mailbox, grid, series):
    row = (
        POINT, "2024-01-01", "2026-01-01", "EA", "CONS", "FACT", "Wh", "2025-05-02 04:00:00", "2025-03-01",
        "2025-04-01", "CYCL", "Cyclique", grid, "Calendrier", "HPH", "Heures", "Réel", "Initial", "900",
    )  # fmt: skip
    assert mailbox.read("R67_1.csv", sheet(R67_HEADER, row)).series == (series,)


@pytest.mark.parametrize(("flux", "make"), [("R64", r64), ("R65", r65), ("R66", r66)])
def test_billing_data_is_never_taken_for_what_was_measured(mailbox, flux, make):
    period = {} if make is r64 else {"period": days("2025-05-01", 1)}
    content = make(POINT, **period).replace(b'"BRUT"', b'"FACT"')
    outcome = mailbox.read(f"{flux}_1.json", content)
    assert outcome.state == "failed"
    assert 'the stage "FACT" is for billing data' in outcome.problem.message


@pytest.mark.parametrize(
    ("label", "nature"),
    [
        ("Réel", "R"),
        ("Estimé", "E"),
        ("Régularisé", "C"),
        ("RÃ©gularisÃ©", "C"),
        ("RÃ©el", "R"),
        ("Autre", ""),
    ],
)
def test_a_kind_without_a_code_is_told_by_its_label(mailbox, label, nature):
    mailbox.read("R67_1.json", r67(by_labels(ORIGINAL) | {"libelleNature": label}))
    assert mailbox.series("billing_hph")[0][3] == nature


def test_a_code_that_is_null_leaves_the_word_to_the_label(mailbox):
    one = TAKEN_BACK | {"codeStatut": None, "libelleStatut": "AnnulÃ©"}
    assert mailbox.read("R67_1.json", r67(one, NEXT)).dropped == 1


R67_HEADER = (
    "Identifiant PRM", "Date de début", "Date de fin", "Grandeur physique", "Grandeur métier",
    "Etape métier", "Unité", "Horodate de création", "Début de la mesure", "Fin de la mesure",
    "Identifiant motif de relève", "Libellé motif de relève", "Libellé grille", "Libellé calendrier",
    "Identifiant classe temporelle", "Libellé classe temporelle", "Libellé nature", "Libellé statut",
    "Quantité",
)  # fmt: skip


def test_billing_is_read_from_the_csv_of_the_guide(mailbox):
    def row(value, status, first="2025-03-01", end="2025-04-01", created="2025-05-02"):
        period = (f"{created} 04:00:00", first, end)
        asked = (POINT, "2024-01-01", "2026-01-01", "EA", "CONS", "FACT", "Wh")
        named = ("CYCL", "Cyclique", "Grille fournisseur", "Calendrier", "HPH", "Heures", "Réel")
        return (*asked, *period, *named, status, value)

    rows = [
        row("900", "Initial"),
        row("900", "Annulé", created="2025-06-02"),
        row("950", "Rectificatif", created="2025-06-02"),
        row("40", "Initial", "2025-04-01", "2025-05-01"),
    ]
    outcome = mailbox.read("R67_1.csv", sheet(R67_HEADER, *rows))
    assert (outcome.problem, outcome.dropped) == (None, 2)
    assert [(start, value, nature) for start, value, _, nature in mailbox.series("billing_supplier_hph")] == [
        (at("2025-03-01"), 950, "R"), (at("2025-04-01"), 40, "R")
    ]  # fmt: skip


def test_billing_is_read_as_csv_too(mailbox):
    header = (
        "Identifiant PRM", "Grandeur physique", "Grandeur métier", "Unité", "Identifiant calendrier",
        "Identifiant classe temporelle", "Date de début de mesure", "Date de fin de mesure", "Quantité",
        "Code nature", "Code statut",
    )  # fmt: skip
    row = (
        POINT,
        "EA",
        "CONS",
        "kWh",
        "DI000003",
        "HPH",
        "2025-03-01",
        "2025-04-01",
        "1.5",
        "R",
        "I",
    )
    assert mailbox.read("R67_1.csv", sheet(header, row)).series == ("billing_hph",)
    assert mailbox.series("billing_hph")[0][1] == 1500


def contract(point, **more):
    return {"idPrm": point, "domaineTension": "BT", "clientFinal": {"nom": "EXEMPLE"}, **more}


def test_a_point_that_stands_twice_in_a_file_has_both_documents(mailbox):
    content = json.dumps([contract(POINT, part=1), contract(POINT, part=2)]).encode()
    mailbox.read("C68_1.json", content)
    assert [paper["part"] for paper in mailbox.papers("C68")] == [1, 2]


def test_contracts_of_a_wide_csv_keep_what_is_filled(mailbox):
    header = ("PRM", "Segment", "SIRET", "Unité", "Unité", "Borne Fixe")
    mailbox.read("C68_1.csv", sheet(header, (POINT, "C5", "", "kVA", "V", "NON")))
    assert mailbox.papers("C68") == (
        {"PRM": POINT, "Segment": "C5", "Unité": "kVA", "Unité (2)": "V", "Borne Fixe": "NON"},
    )


def test_erasing_a_point_erases_its_documents(mailbox):
    mailbox.read("C68_1.json", json.dumps([contract(POINT), contract(OTHER)]).encode())
    with mailbox.store() as store:
        store.erase(POINT)
    assert mailbox.papers("C68") == ()
    assert len(mailbox.papers("C68", OTHER)) == 1


@pytest.mark.parametrize(
    ("name", "flux"),
    [
        ("ENEDIS_CR.M023_P_1", "CR.M023"),
        ("ENEDIS_CR-M023_1", "CR.M023"),
        ("cr_m023", "CR.M023"),
        ("ENEDIS_CR.M023R6X_P_R63_1", "CR.M023R6X"),
        ("ENEDIS_CR.M023C68_P_1", "CR.M023C68"),
    ],
)
def test_a_report_is_a_table_of_points(mailbox, name, flux):
    lines = [
        {"idPrm": POINT, "etat": "OK"},
        {"idPrm": OTHER, "etat": "KO", "motif": "PRM résilié"},
    ]
    outcome = mailbox.read(f"{name}.json", json.dumps({"header": {}, "prms": lines}).encode())
    assert outcome.lines == (
        {"point": POINT, "state": "OK", "reason": ""},
        {"point": OTHER, "state": "KO", "reason": "PRM résilié"},
    )
    assert outcome.flux == flux
    assert len(mailbox.papers(flux, OTHER)) == 1


def test_a_report_in_csv_may_leave_reasons_empty(mailbox):
    content = sheet(("PRM", "Etat", "Motif"), (POINT, "Traité", ""), (OTHER, "Rejeté", "inconnu"))
    outcome = mailbox.read("CR.M023_1.csv", content)
    assert [line["reason"] for line in outcome.lines] == ["", "inconnu"]


# -- layouts that are not known -------------------------------------------------------------------


def test_an_unknown_column_layout_tells_what_was_found_and_what_is_known(mailbox):
    outcome = mailbox.read("R63_1.csv", sheet(("PRM", "Jour", "kW"), (POINT, "2025-05-01", "1")))
    assert "physical quantity" in outcome.problem.message
    assert "PRM, Jour, kW" in outcome.problem.message
    assert "Grandeur physique" in outcome.problem.allowed


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b'"idPrm"', b'"point_x"', "no point among"),
        (b'"grandeur"', b'"quantites"', "no list of quantities among"),
        (b'"points"', b'"valeurs_x"', "no list of values among"),
        (b'"unite"', b'"u"', "no unit among"),
        (b'"v"', b'"val"', "no value among"),
        (b'"mesures"', b'"donnees_x"', "no list of measures among header, donnees_x"),
    ],
)
def test_an_unknown_json_layout_tells_what_is_missing(mailbox, old, new, told):
    content = r63(POINT, period=days("2025-05-01", 1)).replace(old, new)
    outcome = mailbox.read("R63_1.json", content)
    assert told in outcome.problem.message
    assert outcome.problem.id.code == "SGE711"
    assert mailbox.kept() == {}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (POINT.encode(), b"3000000000001", "14 digits"),
        (b'"CONS"', b'"ZZZZ"', "not CONS or PROD"),
        (b'"W"', b'"a much too long unit"', "not a short word"),
        (b'"PT30M"', b"30", "not a short text"),
        (b'"2025-05-01 01:00:00"', b'"01/05/2025"', "is not a date"),
        (b'"n": "B"', b'"n": ["B"]', "not a short text"),
    ],
)
def test_a_foreign_word_is_refused_and_named(mailbox, old, new, told):
    content = r63(POINT, period=days("2025-05-01", 1)).replace(old, new)
    outcome = mailbox.read("R63_1.json", content)
    assert told in outcome.problem.message
    assert mailbox.kept() == {}


def test_another_format_than_the_flux_has_is_named(mailbox):
    outcome = mailbox.read("ERDF_R50_1.json", r63(POINT, period=days("2025-05-01", 1)))
    assert "R50 is not read as json" in outcome.problem.message
    assert outcome.problem.allowed == ("xml",)


def test_another_flux_than_the_name_says_is_refused(mailbox):
    outcome = mailbox.read("ERDF_R50_1.xml", r151(("2025-05-01", {"BASE": 1}, {}, None)))
    assert "no root among R151" in outcome.problem.message


# -- where it is kept -----------------------------------------------------------------------------


def one_of_each_flux():
    """A file of each flux, and its name."""
    month = days("2025-05-01", 31)
    curve = ("EA", "kW", "10", [("2025-05-01T00:00:00+02:00", "398", "R")])
    reactive = ("ERI", "kWr", "10", [("2025-05-01T00:00:00+02:00", "0.25", "E")])
    report = {"header": {}, "prms": [{"idPrm": OTHER, "etat": "KO", "motif": "résilié"}]}
    return {
        "ERDF_R50_1.xml": r50(POINT, OTHER, period=month),
        "R63_1.json": r63(POINT, period=days("2024-10-27", 1)),
        "R65_1.json": r65(POINT, period=month),
        "R66_1.json": r66(POINT, period=month),
        "R64_1.json": r64(),
        "R67_1.json": r67(ORIGINAL, TAKEN_BACK, PUT_RIGHT, NEXT),
        "ERDF_R151_1.xml": r151(("2025-03-30", {"BASE": 1}, {"A": 100}, 7452)),
        "ENEDIS_R171_1.xml": r171(("DD", "s", "P", [("2025-01-15T00:51:11", 0)])),
        "ENEDIS_X_R4Q_CDC_20250502.xml": r4x(curve, reactive),
        "C68_1.json": json.dumps([contract(POINT, part=1), contract(POINT, part=2)]).encode(),
        "ENEDIS_CR.M023_P_1.json": json.dumps(report).encode(),
    }


def test_each_flux_leaves_on_a_server_what_it_leaves_in_files(mailbox, new_tables):
    server = StateLocation(folder=mailbox.folder / "on a server", server=Secret(new_tables()))
    boxes = (mailbox, replace(mailbox, home=server))
    files = one_of_each_flux().items()
    for name, content in files:
        one, other = (box.read(name, content) for box in boxes)
        assert one == other
        assert one.problem is None
    kept, same = (box.kept() for box in boxes)
    assert kept == same
    assert {point for point, *_ in kept} == {POINT, OTHER, BUSINESS}
    papers = [
        [box.papers(flux, point) for flux in ("R67", "C68", "CR.M023") for point in (POINT, OTHER)]
        for box in boxes
    ]
    assert papers[0] == papers[1]
    assert [len(some) for some in papers[0]] == [1, 0, 2, 0, 0, 1]
    for box in boxes:
        with box.store() as store:
            store.erase(POINT)
    assert mailbox.kept() == boxes[1].kept() == {k: v for k, v in kept.items() if k[0] != POINT}
