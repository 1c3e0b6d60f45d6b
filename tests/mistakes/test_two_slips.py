"""Two slips in one document are told in one pass: none hides what stands beside or below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product

import pytest

from tests.mistakes.check import told_of
from tests.mistakes.pages import Slip, shipped
from tests.mistakes.sample import slips

FORMS = (  # slips in the form of a document, behind which it is read on
    "a misspelt class",
    "a misspelt word",
    "a missing key",
    "a misspelt key",
    "a code that is none",
    "braces around a condition",
    "another name than the file's",
    "a call in a list",
    "an item's name that is none",
    "a foreach that is no list",
    "a hint that is no text",
    "braces in a title",
    "a key twice",
    "a misspelt alias",
    "quotes left out",
    "a quote not closed",
    "a missing colon",
    "no space after the colon",
    "a tab",
    "a bracket not closed",
    "the wrong bracket",
    "a line too far in",
    "a wrong type",
    "a bad rate",
)
NAMES = (  # slips in what it says
    "a misspelt input",
    "a misspelt step",
    "a misspelt function",
    "a misspelt parameter",
    "a misspelt service",
    "an unknown code",
    "a misspelt memory",
    "a misspelt series",
)
FLOWS = ("check-identity", "delete-account", "gather-data")
TURNS = 6  # of so many pairs one is tried
TEXTS = {page.file: page.text for page in shipped()}


def _edit(slip: Slip) -> tuple[int, int, str]:
    """Where a slip begins and ends in the text as it is shipped, and what it puts there."""
    before, after = TEXTS[slip.file], slip.text
    most = min(len(before), len(after))
    start = next((at for at in range(most) if before[at] != after[at]), most)
    same = 0
    while same < most - start and before[-1 - same] == after[-1 - same]:
        same += 1
    return start, len(before) - same, after[start : len(after) - same]


def both(one: Slip, other: Slip) -> Slip | None:
    """A document with two slips; none where they touch."""
    (start, end, word), (second, last, more) = sorted((_edit(one), _edit(other)))
    if end >= second:
        return None
    text = TEXTS[one.file]
    return replace(one, text=text[:start] + word + text[end:second] + more + text[last:])


def pairs(flow: str) -> Iterator[tuple[Slip, Slip]]:
    here = [slip for slip in slips() if slip.file == f"flows/{flow}.yaml"]
    forms = [slip for slip in here if slip.kind in FORMS]
    names = [slip for slip in here if slip.kind in NAMES]
    return islice(product(forms, names), 0, None, TURNS)


@pytest.mark.parametrize("flow", FLOWS)
def test_what_is_told_of_each_of_two_slips_is_told_of_both(flow: str) -> None:
    hidden = []
    tried = 0
    for one, other in pairs(flow):
        if marred := both(one, other):
            tried += 1
            told = {(p.id, str(p.message)) for p in told_of(marred)}
            for slip, hider in ((one, other), (other, one)):
                first = told_of(slip)[0]
                if (first.id, str(first.message)) not in told:
                    hidden.append(f"{hider.name} hides {slip.name}")
    assert hidden == []
    assert tried >= 4
