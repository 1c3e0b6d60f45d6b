"""The files that the rows of a fleet write: each has its own, which is told before any begins."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from msgspec import Struct, field

from sgeflow.core.engine.step import Flow, Run
from sgeflow.core.engine.written_files import written_files
from sgeflow.errors import Id, InvalidValues, Problem
from sgeflow.messages import say
from sgeflow.runtime.data_files import OutputPlace

_BYTES = 8  # of a digest: two files of one fleet share it once in a hundred million fleets


class RowFiles(Struct):
    """The files that were seen: the line of the row that writes each, by a digest of its path."""

    flow: Flow
    place: OutputPlace
    facts: Run
    shared: frozenset[str]  # paths that no row has a part in
    lines: dict[int, int] = field(default_factory=dict)
    is_told: bool = False  # of a path that all rows share

    def check(self, line: int, inputs: Mapping[str, Any]) -> None:
        """Raise InvalidValues for a file that a row before writes too, or that no flow may write.

        Only a path that no row has a part in is told: others may hold a name.
        """
        known = {**dict.fromkeys(self.flow.inputs), **inputs}
        for file, name in written_files(self.flow, known, self.facts, of_row=True):
            key = self.place.check(file, name).encode()
            digest = int.from_bytes(blake2b(key, digest_size=_BYTES).digest(), "big")
            first = self.lines.setdefault(digest, line)
            is_shared = file in self.shared
            if first == line or (is_shared and self.is_told):
                continue
            message = say("the row writes the same file as the one in line {line}", line=first)
            note = say("give each row its own; names that differ in case alone are one file")
            if is_shared:
                self.is_told = True
                message = say("several rows write {file}", file=file)
                note = say("give each row its own, as file=data/{{pointId}}.json")
            raise InvalidValues(Problem(id=Id.INVALID_VALUE, message=message, note=note))


def row_files(flow: Flow, common: Mapping[str, Any], place: OutputPlace, facts: Run) -> RowFiles:
    """Nothing was seen yet; raises InvalidValues when `common`, which all rows share, is wrong."""
    scope = {"env": facts.environment.facts(), "run": facts.facts()}
    defaults = {
        name: parameter.default.evaluate(scope)
        for name, parameter in flow.inputs.items()
        if parameter.default is not None
    }
    shared = dict(written_files(flow, {**defaults, **common}, facts, of_row=True))
    for file, name in shared.items():
        place.check(file, name)
    return RowFiles(flow, place, facts, frozenset(shared))
