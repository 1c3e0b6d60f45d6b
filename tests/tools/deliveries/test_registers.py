"""Readings of registers, through the command line: a fall is told, whatever file it lies between."""

import json
from itertools import permutations

import pytest

from sgeflow.cli.main import run
from tests.tools.deliveries.delivered_files import r151


def decoded(capsys, *names):
    """The outcomes of some files, and how the command ended."""
    code = run(["decode", "-O", "json", *names])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_an_index_that_falls_is_told_once_in_whatever_order_its_files_come(folder, capsys, order):
    days = [("2025-05-01", 5000), ("2025-05-02", 0), ("2025-06-20", 40)]
    for number, (day, value) in enumerate(days):
        name = f"ERDF_R151_{number}_2025070{number + 1}030000.xml"
        (folder / name).write_bytes(r151((day, {"BASE": value}, {}, None)))
    flags = []
    for number in order:
        name = f"ERDF_R151_{number}_2025070{number + 1}030000.xml"
        code, (outcome,) = decoded(capsys, name)
        assert (code, outcome["state"], outcome["new"]) == (0, "kept", 1)
        flags += outcome["flags"]
    assert sum("2025-05-03T00:00:00+02:00: 0 after 5000" in flag for flag in flags) == 1
