"""The texts that a catalogue is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text of a project: what it is, the name that messages call it by, what it says."""

    kind: str  # operations | flows | environments | homologation
    file: str
    text: str

    @property
    def stem(self) -> str:
        """The file's name without folder and ending."""
        return self.file.rpartition("/")[2].rpartition(".")[0]
