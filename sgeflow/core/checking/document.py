"""The texts that a catalogue is made of."""

from __future__ import annotations

from dataclasses import dataclass

from sgeflow.errors import Problem

TYPES, FAULTS = "types", "faults"
"""The two documents among the operations that are none: a project's own add to the shipped ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text of a project: what it is, the name that messages call it by, what it says."""

    kind: str  # operations | flows | environments | homologation
    file: str
    text: str
    beneath: bool = False  # shipped, under a project's own of the same name, which adds to it
    problem: Problem | None = None  # why it cannot be read; the text is then a guess, or empty

    @property
    def stem(self) -> str:
        """The file's name without folder and ending."""
        return self.file.rpartition("/")[2].rpartition(".")[0]

    @property
    def key(self) -> tuple[str, str, bool]:
        """What a further document of the same key takes the place of."""
        return self.kind, self.stem, self.beneath


def is_shared(kind: str, stem: str) -> bool:
    """Whether documents of that name add to each other: shared types, the codes of faults."""
    return kind == "operations" and stem in (TYPES, FAULTS)
