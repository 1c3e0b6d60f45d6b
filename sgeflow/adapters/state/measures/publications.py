"""Publications: the delivered files that measures came by, and which of them is the later one."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from sgeflow.adapters.state.database import SqlConnection


class Publication(Struct, frozen=True, kw_only=True):
    """A file in the store: its number there, when it was published, and what else came."""

    number: int
    published: int
    is_last: bool  # none of a later publication came
    is_alone: bool  # no other file of this publication came, nor one of its name


def publication(connection: SqlConnection, name: str, published: int) -> Publication:
    """The publication of a file; the store learns of it."""
    same = connection.execute(
        "SELECT id, name FROM publication WHERE published = ?", (published,)
    ).fetchall()
    known = next((number for number, other in same if other == name), None)
    if known is None:
        (known,) = connection.execute(
            "INSERT INTO publication (published, name) VALUES (?, ?) RETURNING id",
            (published, name),
        ).fetchone()
        is_alone = not (same and published)
    else:
        is_alone = False
    later = connection.execute(
        "SELECT 1 FROM publication WHERE published > ? LIMIT 1", (published,)
    ).fetchone()
    return Publication(number=known, published=published, is_last=later is None, is_alone=is_alone)


def times_of(connection: SqlConnection, numbers: Collection[int]) -> dict[int, int]:
    """When some publications were, by their numbers; what no file gave has none."""
    times = {}
    for number in numbers:
        row = connection.execute(
            "SELECT published FROM publication WHERE id = ?", (number,)
        ).fetchone()
        if row:
            times[number] = row[0]
    return times
