"""The faults of `make mutants` fit the tree: a change of the code changes its mutants."""

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
MUTANTS = yaml.safe_load(Path(__file__).with_name("mutants.yaml").read_text("utf-8"))


def test_each_mutant_changes_one_place_and_names_tests_that_are_there():
    wrong = [
        f"{one['file']}: {one['text']}"
        for one in MUTANTS
        if (ROOT / one["file"]).read_text("utf-8").count(one["text"]) != 1
        or one["text"] == one["change"]
        or not one["tests"]
        or not all((ROOT / test.partition("::")[0]).is_file() for test in one["tests"])
    ]
    assert wrong == []
    assert len({(one["file"], one["text"], one["change"]) for one in MUTANTS}) == len(MUTANTS)
