"""Readings of registers, through the command line: no two are one series, and a fall is told."""

from itertools import permutations

import pytest

from tests.tools.deliveries.conftest import kept_in
from tests.tools.deliveries.delivered_files import POINT, r6x, r151, sheet
from tests.tools.deliveries.test_fluxes import R64_HEADER


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_an_index_that_falls_is_told_once_in_whatever_order_its_files_come(folder, decoded, order):
    days = [("2025-05-01", 5000), ("2025-05-02", 0), ("2025-06-20", 40)]
    for number, (day, value) in enumerate(days):
        name = f"ERDF_R151_{number}_2025070{number + 1}030000.xml"
        (folder / name).write_bytes(r151((day, {"BASE": value}, {}, None)))
    flags = []
    for number in order:
        name = f"ERDF_R151_{number}_2025070{number + 1}030000.xml"
        code, outcome = decoded(name)
        assert (code, outcome["state"], outcome["new"]) == (0, "kept", 1)
        flags += outcome["flags"]
    assert sum("2025-05-03T00:00:00+02:00: 0 after 5000" in flag for flag in flags) == 1


# -- which register it is -------------------------------------------------------------------------

OLD, NEW = "FC000049", "FC000050"
SWITCH = "2025-05-02 14:23:11"
READINGS = [  # type, calendar, class, register, stamp, value: the supplier is changed on 2 May
    ("AQ", OLD, "HP", "IDX_EAS_F1", "2025-05-02 00:00:00", 4990),
    ("AQ", OLD, "HC", "IDX_EAS_F2", "2025-05-02 00:00:00", 700),
    ("AQ", "DI000003", "HPH", "IDX_EAS_D1", "2025-05-02 00:00:00", 9000),
    ("AQ", "", "", "IDX_EAS_T", "2025-05-02 00:00:00", 9700),
    ("AV", OLD, "HP", "IDX_EAS_F1", SWITCH, 5000),
    ("AV", "DI000003", "HPH", "IDX_EAS_D1", SWITCH, 9010),
    ("AV", "", "", "IDX_EAS_T", SWITCH, 9710),
    ("AS", NEW, "HP", "IDX_EAS_F1", SWITCH, 3),
    ("AP", NEW, "HP", "IDX_EAS_F1", SWITCH, 0),
    ("AP", "DI000003", "HPH", "IDX_EAS_D1", SWITCH, 2),
    ("AP", "", "", "IDX_EAS_T", SWITCH, 9710),
    ("AQ", NEW, "HP", "IDX_EAS_F1", "2025-05-03 00:00:00", 40),
    ("AQ", NEW, "HP", "IDX_EAS_F3", "2025-05-03 00:00:00", 41),
    ("AQ", NEW, "INCONNU", "IDX_EAS_F4", "2025-05-03 00:00:00", 42),
    ("AQ", "DI000003", "HPH", "IDX_EAS_D1", "2025-05-03 00:00:00", 9020),
    ("AQ", "", "", "IDX_EAS_T", "2025-05-03 00:00:00", 9720),
]
EXPECTED = {
    "index_supplier_fc000049_hp_f1": [4990],
    "index_supplier_fc000049_hc_f2": [700],
    "index_supplier_fc000049_hp_f1_av": [5000],
    "index_supplier_fc000050_hp_f1": [40],
    "index_supplier_fc000050_hp_f1_as": [3],
    "index_supplier_fc000050_hp_f1_ap": [0],
    "index_supplier_fc000050_hp_f3": [41],
    "index_supplier_fc000050_idx_eas_f4": [42],
    "index_hph": [9000, 9020],
    "index_hph_av": [9010],
    "index_hph_ap": [2],
    "index_total": [9700, 9720],
    "index_total_av": [9710],
    "index_total_ap": [9710],
}


def as_json(readings, odd=""):
    """R64 of readings, a context each; with a member that the quick reader does not know, or not."""
    contexts = []
    for kind, calendar, name, code, stamp, value in readings:
        values = [{"d": stamp, "v": value, "iv": 0}]
        quantity = {"grandeurMetier": "CONS", "grandeurPhysique": "EA", "unite": "Wh"}
        if calendar:
            register = {"idClasseTemporelle": name, "codeCadran": code, "valeur": values}
            quantity["calendrier"] = [{"idCalendrier": calendar, "classeTemporelle": [register]}]
        else:
            quantity["cadranTotalisateur"] = {"codeCadran": code, "valeur": values}
        context = {"etapeMetier": "BRUT", "contexteReleve": "TOP", "typeReleve": kind}
        contexts.append({**context, **({odd: 1} if odd else {}), "grandeur": [quantity]})
    return r6x("R64", {"idPrm": POINT, "contexte": contexts})


def as_csv(readings):
    dates = ("2025-05-01", "2025-05-04")
    return sheet(
        R64_HEADER,
        *(
            (POINT, *dates, "EA", "CONS", "BRUT", "Wh", stamp, "TOP", kind, "null")
            + ((calendar[0], calendar, "x", name, "x") if calendar else ("T", *["null"] * 4))
            + (code, value, "0")
            for kind, calendar, name, code, stamp, value in readings
        ),
    )


def series(folder):
    return {name: [one.value for one in some] for name, some in kept_in(folder).items()}


@pytest.mark.parametrize("form", ["json", "odd.json", "csv", "backwards.csv"])
def test_registers_of_two_calendars_and_readings_around_a_reprogramming_are_kept_apart(
    folder, decoded, form
):
    odd = "autre" if form == "odd.json" else ""
    if form.endswith("csv"):
        content = as_csv(READINGS[::-1] if form == "backwards.csv" else READINGS)
    else:
        content = as_json(READINGS, odd)
    (folder / f"ENEDIS_R64_1.{form}").write_bytes(content)
    code, outcome = decoded(f"ENEDIS_R64_1.{form}")
    assert (code, outcome["state"], outcome["flags"]) == (0, "kept", [])
    assert series(folder) == EXPECTED


def test_registers_of_r151_are_those_of_r64(folder, decoded):
    whole = [one for one in READINGS if one[0] == "AQ" and one[1]]
    (folder / "ENEDIS_R64_1.json").write_bytes(as_json(whole))
    assert decoded("ENEDIS_R64_1.json")[0] == 0
    before = series(folder)
    days = []
    for day, supplier in (("2025-05-01", OLD), ("2025-05-02", NEW)):
        stamp = f"{day[:-1]}{int(day[-1]) + 1} 00:00:00"
        classes = "".join(
            f"<{tag}><Id_Classe_Temporelle>{name}</Id_Classe_Temporelle>"
            f"<Rang_Cadran>{code[-1]}</Rang_Cadran><Valeur>{value}</Valeur></{tag}>"
            for _, calendar, name, code, at_, value in whole
            if at_ == stamp
            for tag in ["Classe_Temporelle" + "_Distributeur" * (calendar[0] == "D")]
        )
        days.append(
            f"<Donnees_Releve><Date_Releve>{day}</Date_Releve>"
            f"<Id_Calendrier_Fournisseur>{supplier}</Id_Calendrier_Fournisseur>"
            f"<Id_Calendrier_Distributeur>DI000003</Id_Calendrier_Distributeur>{classes}"
            "</Donnees_Releve>"
        )
    body = f"<R151><PRM><Id_PRM>{POINT}</Id_PRM>{''.join(days)}</PRM></R151>"
    (folder / "ERDF_R151_1.xml").write_text(body)
    code, outcome = decoded("ERDF_R151_1.xml")
    assert (code, outcome["unchanged"], outcome["new"]) == (0, len(whole), 0)
    assert series(folder) == before
