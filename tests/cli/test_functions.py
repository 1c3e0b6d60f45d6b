"""Functions of expressions at the borders of what they decide, as the outputs of a flow show them."""

from __future__ import annotations

import json

SERVICE = "[{start: '2025-06-01', end: '2025-06-15'}]"
ROWS = "[{k: 'a', n: 1}, {k: 'b', n: 2}]"

VALUES = {  # an expression, and what it gives
    "default(0, 5)": 0,
    "default(false, true)": False,
    "default('', 'x')": "",
    "default(null, 5)": 5,
    "one_of(1, true)": False,
    "one_of(0, false)": False,
    "one_of(1, 2, 1)": True,
    f"length(valid_on({SERVICE}, '2025-05-31'))": 0,
    f"length(valid_on({SERVICE}, '2025-06-01'))": 1,
    f"length(valid_on({SERVICE}, '2025-06-15'))": 1,
    f"length(valid_on({SERVICE}, '2025-06-16'))": 0,
    f"one_each({ROWS}, &k, ['b', 'a'])[].n": [2, 1],
    f"one_each({ROWS}, &k, ['a', 'a'])": None,
    f"one_each({ROWS}, &k, ['a', 'c'])": None,
    "date_add('2025-01-31', 'P1M')": "2025-02-28",
    "date_add('2024-01-31', 'P1M')": "2024-02-29",
    "date_add('2025-03-31', 'P1M')": "2025-04-30",
    "date_add('2025-06-15', '-P1M')": "2025-05-15",
    "days_between('2025-06-15', '2025-06-14')": -1,
    # a name that hyphens join is either of its two; behind a space may be a first name
    "name_match('Martin', null, 'MARTIN-DURAND')": "same",
    "name_match('Martin', null, 'MARTIN DURAND')": "unclear",
    "name_match('Durand-Martin', null, 'MARTIN')": "same",
    "name_match('Durand Martin', null, 'MARTIN')": "unclear",
    "name_match('Martin', null, 'MARTINEZ')": "different",
    "names_to_search('Roy', null)": ["ROY"],
    "names_to_search('Oz', null)": [],
    "same_town('Lyon', '69008 LYON 8EME')": True,
    "same_town('69003 CEDEX', '13001 CEDEX')": False,
    "address_match('12 rue P', '12 RUE PASTEUR')": "different",
    "address_match('12 rue L Pasteur', '12 RUE LOUIS PASTEUR')": "same",
    "address_match('12-14 rue des Lilas', '12 RUE DES LILAS')": "same",
    "address_match('3-12 rue des Lilas', '3 RUE DES LILAS')": "unclear",
    "address_match('14-12 rue des Lilas', '12 RUE DES LILAS')": "unclear",
}


def test_each_function_decides_at_its_border_as_its_manual_says(sgeflow, tmp_path):
    (tmp_path / "flows").mkdir()
    outputs = {f"v{n}": expression for n, expression in enumerate(VALUES)}
    flow = {"flow": "border", "title": "x", "steps": [{"id": "one", "set": {"a": 1}}]}
    (tmp_path / "flows" / "border.yaml").write_text(json.dumps({**flow, "outputs": outputs}))
    done = sgeflow("run", "border", "--output", "json")
    assert done.code == 0, done.err
    given = json.loads(done.out)["outputs"]
    assert {outputs[name]: value for name, value in given.items()} == VALUES
