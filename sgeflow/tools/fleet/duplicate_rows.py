"""Whether two rows of a file ask for the same: of each row a few bytes are remembered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from msgspec import Struct, field

from sgeflow.errors import Id, InvalidValues, Problem
from sgeflow.messages import say

_BYTES = 16  # of a digest: two different rows of one file never share it


class DuplicateRows(Struct):
    """The rows that were seen: the line of each by a digest of its inputs."""

    lines: dict[bytes, int] = field(default_factory=dict)

    def check(self, line: int, inputs: Mapping[str, Any]) -> None:
        """Raise InvalidValues when a row before had the same inputs, in whatever order."""
        text = json.dumps(inputs, sort_keys=True, default=str)
        digest = blake2b(text.encode(), digest_size=_BYTES).digest()
        first = self.lines.setdefault(digest, line)
        if first != line:
            message = say("the row gives the same inputs as the one in line {line}", line=first)
            note = say("take one of them away: each row is a run of its own")
            raise InvalidValues(Problem(id=Id.RULE, message=message, note=note))
