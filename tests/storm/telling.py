"""A world told to who looks for a mistake; and the digest by which it is known to be the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from tests.storm.laws import broken_laws
from tests.storm.story import Story


def tell(story: Story) -> Iterator[str]:
    """What happened, what SGE has in its book, and which laws are broken."""
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
    """Of all bytes that were asked and answered and when, of what was told, and of the disk."""
    bottle, sum_ = story.bottle, hashlib.sha256()
    sum_.update(bottle.network.tape.digest())
    for line in (*bottle.story, *bottle.network.befell, *bottle.disk.befell):
        sum_.update(line.replace(str(bottle.folder), "~").encode())
    for path in sorted(bottle.folder.rglob("*")):
        sum_.update(path.relative_to(bottle.folder).as_posix().encode())
        if path.is_file():
            sum_.update(path.read_bytes().replace(str(bottle.folder).encode(), b"~"))
    return sum_.hexdigest()[:16]
