"""Tells of a world, for the search of a mistake; and the digest that shows that it is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from tests.storm.laws import broken_laws
from tests.storm.story import Story


def tell(story: Story) -> Iterator[str]:
    """The lines of a world: its story, SGE's book, and the laws that are broken."""
    bottle = story.bottle
    yield f"{story.flow}, {bottle.generation}, from {bottle.began.isoformat()}"
    yield from (line.replace(str(bottle.folder), "~") for line in bottle.story)
    yield f"asked: {', '.join(bottle.network.log)}"
    yield f"weather: {', '.join(bottle.network.befell) or 'calm'}"
    yield f"disk: {', '.join(bottle.disk.befell) or 'well'}"
    yield from (f"taken: {line.operation} {', '.join(line.made)}" for line in bottle.sge.book)
    yield from (f"BROKEN: {law}" for law in broken_laws(story))
    yield f"world {digest(story)}"


def digest(story: Story) -> str:
    """A digest of all bytes that were asked and answered and when, of the story and the disk."""
    bottle, sum_ = story.bottle, hashlib.sha256()
    sum_.update(bottle.network.tape.digest())
    for line in (*bottle.story, *bottle.network.befell, *bottle.disk.befell):
        sum_.update(line.replace(str(bottle.folder), "~").encode())
    for path in sorted(bottle.folder.rglob("*")):
        sum_.update(path.relative_to(bottle.folder).as_posix().encode())
        if path.is_file():
            sum_.update(path.read_bytes().replace(str(bottle.folder).encode(), b"~"))
    return sum_.hexdigest()[:16]
