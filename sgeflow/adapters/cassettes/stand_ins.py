"""What stands in a recording for a person's values, told back as the asker says them.

A cassette holds stand-ins in the place of names and streets, and replays for any asker. Where its
answers repeat what was asked, the asker must find it there again: a flow compares the name that
SGE gives with the one it asked for.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

from msgspec.structs import replace

from sgeflow.adapters.cassettes.interaction import Interaction
from sgeflow.adapters.cassettes.messages import Leaf, request_leaves, rewrite
from sgeflow.core.model import NoAnswer, Response

_SHORTEST = 3  # letters: a shorter stand-in may be anything


class StandIns:
    """The stand-ins of a cassette that requests were matched with, and what was sent instead."""

    def __init__(self) -> None:
        self._sent: dict[str, str] = {}
        self._lock = threading.Lock()

    def tell_back(self, interaction: Interaction, sent: Sequence[Leaf]) -> Response | NoAnswer:
        """The recorded answer to a request, what it repeats of it in the asker's words."""
        with self._lock:
            self._learn(interaction, sent)
            known = dict(self._sent)
        outcome = interaction.outcome
        if not isinstance(outcome, Response):
            return outcome
        body = outcome.body.decode(errors="replace").lower()
        there = [one for one in known if one.lower() in body]
        if not there:
            return outcome
        longest_first = sorted(there, key=len, reverse=True)
        words = "|".join(map(re.escape, longest_first))
        pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
        otherwise = {one.lower(): sent for one, sent in known.items()}  # another service's capitals

        def said(match: re.Match[str]) -> str:
            return known.get(match[0]) or otherwise.get(match[0].lower(), match[0])

        def change(_names: tuple[str, ...], text: str) -> str:
            return pattern.sub(said, text)

        return replace(outcome, body=rewrite(outcome.body, change))

    def _learn(self, interaction: Interaction, sent: Sequence[Leaf]) -> None:
        if not interaction.hidden:
            return
        recorded = request_leaves(interaction.path, interaction.action, interaction.body)
        for before, after in zip(recorded, sent, strict=False):
            letters = sum(map(str.isalpha, before.value))
            if before.path in interaction.hidden and letters >= _SHORTEST and after.value:
                self._sent[before.value] = after.value
