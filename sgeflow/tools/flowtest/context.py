"""What flow tests are checked against."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct

from sgeflow.core.documents import Environment


class CheckContext(Struct, frozen=True, kw_only=True):
    """What flow tests are checked against, besides the namespace of documents."""

    environments: Mapping[str, Environment]
    scenarios: Collection[str]
    unsure: Collection[str] = ()  # names of documents with a mistake: nothing is said of those
    wrong: Collection[str] = ()  # files of documents in which a name is wrong
