"""Storm: as many worlds as the time allows. `python -m tests.storm [--minutes N]`.

A seed that breaks a law is printed; `--seed N` plays it again and tells its story. `--without NAME`
takes a protection away and counts the worlds until a law breaks, from some starts.

Every harm that was found came from two events at once, such as a kill between two writes and a
second run. So the product runs unchanged, without models of the transport or the journal, because
the real ones fail; and one thread runs at a time, chosen by the seed, so that a failure is repeated.
PostgreSQL and TLS are not covered here; they have tests with real servers.
"""

# ruff: noqa: T201 - a program of its own

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from itertools import count, repeat
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.storm.laws import broken_laws
from tests.storm.protections import PROTECTIONS
from tests.storm.story import Story
from tests.storm.telling import tell
from tests.storm.worlds import live, project

_now = time.perf_counter  # worlds have clocks of their own
_BATCH = 20


def play(first: int, without: str = "", **chosen: str) -> Iterator[tuple[int, Story, list[str]]]:
    """The worlds of a seed and the next ones, and the laws that each breaks."""
    protection = PROTECTIONS[without].missing() if without else nullcontext()
    with project() as (workspace, folder), protection:
        for seed in count(first):
            with TemporaryDirectory(dir=folder) as own:
                story = live(seed, workspace, Path(own), **chosen)
                yield seed, story, broken_laws(story)


def play_batch(first: int) -> list[tuple[int, list[str]]]:
    """The laws that a batch of worlds breaks."""
    played = zip(play(first), range(_BATCH), strict=False)
    return [(seed, laws) for (seed, _, laws), _ in played if laws]


def hunt(without: str, first: int, most: int) -> tuple[int, str]:
    """How many worlds it takes from a seed on until a law breaks, and which."""
    for seed, _, laws in play(first, without):
        if laws or seed - first + 1 >= most:
            return seed - first + 1, (laws or ["nothing was found"])[0]
    raise AssertionError("worlds do not end")


def storm(minutes: float) -> int:
    """Play new worlds; 1 when a law was broken."""
    began, played, broken = _now(), 0, 0
    firsts = count(random.SystemRandom().randrange(10**9), _BATCH)
    with ProcessPoolExecutor() as pool:
        running = [pool.submit(play_batch, next(firsts)) for _ in range(2 * (os.cpu_count() or 1))]
        while running:
            for seed, laws in running.pop(0).result():
                broken += 1
                print(f"python -m tests.storm --seed {seed}", *laws, sep="\n  ", flush=True)
            played += _BATCH
            if _now() - began < 60 * minutes:
                running.append(pool.submit(play_batch, next(firsts)))
    hourly = played / (_now() - began) * 3600
    print(f"{played:,} worlds, {hourly:,.0f} an hour; {broken} broke a law")
    return int(bool(broken))


def measure(names: list[str], starts: int, most: int) -> int:
    """Print how many worlds it takes to miss each protection; 1 when one was not missed."""
    missed = 0
    with ProcessPoolExecutor() as pool:
        for name in names:
            firsts = [10_000_000 * (start + 1) for start in range(starts)]
            found = list(pool.map(hunt, repeat(name), firsts, repeat(most)))
            counts = sorted(number for number, _ in found)
            missed += counts[-1] >= most
            print(
                f"{name}: median {statistics.median(counts):.0f}, worst {counts[-1]}, "
                f"of {starts} starts: {PROTECTIONS[name].says}",
                *(
                    f"seed {first + number - 1}: {law[:150]}"
                    for first, (number, law) in zip(firsts, found, strict=True)
                ),
                sep="\n  ",
                flush=True,
            )
    return int(bool(missed))


def main() -> int:
    """The exit code: 1 when a law was broken, or a missing protection was not missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, help="play one world, and tell it")
    for name in ("flow", "weather", "trouble"):
        parser.add_argument(f"--{name}", default="", help="of that world, instead of the one drawn")
    parser.add_argument("--without", choices=[*PROTECTIONS, "ALL"], help="a protection")
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--most", type=int, default=3000, help="worlds from each start")
    wanted = parser.parse_args()
    if wanted.seed is not None:
        protection = PROTECTIONS[wanted.without].missing() if wanted.without else nullcontext()
        chosen = {name: getattr(wanted, name) for name in ("flow", "weather", "trouble")}
        with project() as (workspace, folder), protection:
            lines = list(tell(live(wanted.seed, workspace, folder, **chosen)))
        print(*lines, sep="\n")
        return int(any(line.startswith("BROKEN") for line in lines))
    if wanted.without:
        names = list(PROTECTIONS) if wanted.without == "ALL" else [wanted.without]
        return measure(names, wanted.starts, wanted.most)
    return storm(wanted.minutes)


if __name__ == "__main__":  # a worker of `storm` may import it again
    sys.exit(main())
