"""The decisions: one number each, which the title repeats, and whether it still holds."""

import re
from pathlib import Path

DECISIONS = sorted(Path(__file__).parents[2].glob("docs/adr/[0-9]*.md"))
STATUS = re.compile(r"\*\*Status\*\*: (accepted|superseded by \[\d{4}\])")
LINK = re.compile(r"\[(\d{4})\]")


def test_each_decision_has_a_number_of_its_own_a_title_and_a_status():
    numbers = [path.name[:4] for path in DECISIONS]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    for path in DECISIONS:
        title, blank, status = path.read_text().splitlines()[:3]
        assert title.startswith(f"# {path.name[:4]}: "), path.name
        assert not blank
        assert STATUS.match(status), path.name


def test_a_decision_that_changes_another_one_is_named_there():
    named = {
        path.name[:4]: set(LINK.findall(path.read_text().splitlines()[2])) for path in DECISIONS
    }
    one_sided = {(own, other) for own in named for other in named[own] if own not in named[other]}
    assert named["0003"] == {"0030"}
    assert one_sided == set()
