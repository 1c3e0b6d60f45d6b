"""Blocks of several quantities, told apart, named and brought into the unit that is kept."""

import pytest

from sgeflow.core.measures.series import FAMILIES, quantities

ROW = {"date": "2025-05-01 00:00:00", "value": "3"}


def block(quantity="PA", direction="CONS", unit="W", rows=(ROW,)):
    return {
        "quantity": quantity,
        "direction": direction,
        "unit": unit,
        "measures": list(rows),
    }


def names(*blocks, family="load_curve"):
    return [one.name for one in quantities(blocks, family)]


def reading(registers, total=None, quantity="EA", unit="Wh", calendar="DI000001"):
    return {
        "quantity": quantity,
        "direction": "CONS",
        "unit": unit,
        "calendars": [{"id": calendar, "label": "Base", "classes": registers}],
        "total": total,
    }


def register(id_="HPH", code="IDX_EAS_D1", label="Heures pleines", values=(ROW,)):
    return {"id": id_, "register": code, "label": label, "values": list(values)}


def test_each_quantity_and_direction_has_a_series_of_its_own():
    blocks = [block(), block("PRI", unit="VAr"), block("E", unit="V"), block(direction="PROD")]
    assert names(*blocks) == [
        "load_curve",
        "load_curve_pri",
        "voltage_curve",
        "load_curve_injection",
    ]


def test_what_has_no_direction_is_named_as_what_is_drawn():
    assert names(block("E", "TOUT", "V")) == ["voltage_curve"]


@pytest.mark.parametrize(
    ("quantity", "unit", "kept", "value"),
    [("PA", "kW", "W", 3000), ("PRI", "VAR", "VAr", "3"), ("PRI", "kVAr", "VAr", 3000)],
)
def test_a_unit_is_brought_to_the_kept_one(quantity, unit, kept, value):
    (one,) = quantities([block(quantity, unit=unit)], "load_curve")
    assert (one.unit, one.rows[0]["value"]) == (kept, value)


def test_blocks_of_one_series_are_joined_in_their_order():
    later = {**ROW, "value": "4"}
    (one,) = quantities([block(), block(rows=[later])], "load_curve")
    assert [row["value"] for row in one.rows] == ["3", "4"]


def test_another_unit_than_the_usual_stands_in_the_name():
    assert names(block("PMA", unit="W"), family="max_power") == ["max_power_w"]


def test_a_register_without_a_class_is_named_by_its_code():
    one = reading([register(), register(None, "IDX_EAS_D2"), register(None, None, "Creuses")])
    assert names(one, family="index") == ["index_hph", "index_idx_eas_d2", "index_creuses"]


def test_the_suppliers_grid_and_the_total_are_other_series():
    total = {"register": "IDX_EAS_T", "values": [ROW]}
    one = reading([register()], total, calendar="FC000001")
    assert names(one, family="index") == ["index_supplier_fc000001_hph_d1", "index_total"]


def test_powers_and_times_of_an_index_are_registers():
    blocks = [reading([register()], quantity=q, unit=u) for q, u in (("PMA", "VA"), ("TF", "s"))]
    assert names(*blocks, family="index") == ["register_pma_hph", "register_tf_hph"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("PA", "a block is not an object"),
        ({**block(), "measures": "3"}, "the measures of a block are not a list"),
        (block("XX"), 'the quantity "XX" is not known there'),
        (block(direction="UP"), 'the direction "UP" is not CONS or PROD'),
        (block(unit=None), "a unit is not a short word"),
        (reading([register(None, None, None)]), "a register has neither a time class nor a code"),
    ],
)
def test_what_cannot_be_named_is_told(wrong, told):
    family = "index" if isinstance(wrong, dict) and "calendars" in wrong else "load_curve"
    with pytest.raises(ValueError, match=told):
        quantities([wrong], family)


def test_every_family_has_its_usual_quantity_under_its_own_name():
    for family, kinds in FAMILIES.items():
        usual = next(iter(kinds.values()))
        assert (usual.base, usual.suffix) == (family, "")
