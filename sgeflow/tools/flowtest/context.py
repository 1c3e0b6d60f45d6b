"""What flow tests are checked against."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sgeflow.core.documents import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckContext:
    """What flow tests are checked against, besides the shelf of documents."""

    environments: Mapping[str, Environment]
    scenarios: Collection[str]
    unsure: Collection[str] = ()  # names of documents with a mistake: nothing is said of those
    wrong: Collection[str] = ()  # files of documents in which a name is wrong
