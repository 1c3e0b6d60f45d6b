"""The pages of decisions: numbers of their own, one form, one page each."""

import re
from pathlib import Path

DECISIONS = sorted(Path(__file__).parents[2].glob("docs/adr/[0-9]*.md"))
PARTS = ("**Context.**", "**Decision", "**Consequences.**", "**Alternatives.**")


def test_each_decision_has_its_number_its_parts_in_order_and_at_most_a_page():
    numbers = [path.name[:4] for path in DECISIONS]  # that of a page that went is not given again
    assert len(numbers) == len(set(numbers)) > 20
    for path in DECISIONS:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {path.name[:4]}: "), path.name
        places = [text.find(f"\n{part}") for part in PARTS]
        assert -1 not in places, path.name
        assert places == sorted(places), path.name
        assert len(text.split()) <= 600, path.name


def test_a_link_from_one_decision_to_another_names_the_number_it_leads_to():
    links = [
        found
        for path in DECISIONS
        for found in re.findall(r"\[(\d{4})\]\((\d{4})", path.read_text("utf-8"))
    ]
    assert len(links) > 3
    assert [pair for pair in links if pair[0] != pair[1]] == []
