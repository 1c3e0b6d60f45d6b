"""Storm: as many worlds as the time allows. `python -m tests.storm [--minutes N] [--seed N]`.

A seed that breaks a law is printed; `--seed` plays it again and tells its story.
"""

# ruff: noqa: T201 - a program of its own

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.storm.laws import broken_laws
from tests.storm.story import Story, live, project

_now = time.perf_counter  # worlds have clocks of their own
_BATCH = 20


def play(first: int) -> list[tuple[int, list[str]]]:
    """The laws that a batch of seeds breaks."""
    broken = []
    with project() as (workspace, folder):
        for seed in range(first, first + _BATCH):
            with TemporaryDirectory(dir=folder) as own:
                laws = broken_laws(live(seed, workspace, Path(own)))
            if laws:
                broken.append((seed, laws))
    return broken


def tell(story: Story) -> Iterator[str]:
    """What happened in a world, for who looks for a mistake."""
    bottle = story.bottle
    yield f"{story.flow}, {bottle.generation}, from {bottle.began.isoformat()}"
    yield from bottle.story
    yield f"asked: {', '.join(bottle.network.log)}"
    yield f"weather: {', '.join(bottle.network.befell)}"
    yield from (f"taken: {line.operation} {', '.join(line.made)}" for line in bottle.book)
    yield from (f"BROKEN: {law}" for law in broken_laws(story))


def main() -> int:
    """The exit code: 1 when a law was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int)
    wanted = parser.parse_args()
    if wanted.seed is not None:
        with project() as (workspace, folder):
            story = live(wanted.seed, workspace, folder)
            print(*tell(story), sep="\n")
            return int(bool(broken_laws(story)))
    began, played, broken = _now(), 0, 0
    firsts = count(random.SystemRandom().randrange(10**9), _BATCH)
    with ProcessPoolExecutor() as pool:
        cores = os.cpu_count() or 1
        running = [pool.submit(play, next(firsts)) for _ in range(2 * cores)]
        while running:
            for seed, laws in running.pop(0).result():
                broken += 1
                print(f"seed {seed}:", *laws, sep="\n  ", flush=True)
            played += _BATCH
            if _now() - began < 60 * wanted.minutes:
                running.append(pool.submit(play, next(firsts)))
    hourly = played / (_now() - began) * 3600
    print(f"{played:,} worlds, {hourly:,.0f} an hour; {broken} broke a law")
    return int(bool(broken))


sys.exit(main())
