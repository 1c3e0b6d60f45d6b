"""What a run holds that keeps a million half-hours: of one reply, or of a year a reply.

python benchmarks/bench_run.py

Each way is a process of its own, and reads replies that it has in memory; what is told is by how
much its memory peaks above that. sgeflow reads, stamps and keeps; the parser holds pairs of texts.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import harness
import peers
from bench_reply import shipped
from replies import START, STEP, reply

from sgeflow.adapters.state.store import Store
from sgeflow.core.language.rows import join
from sgeflow.core.measures.stamps import stamp
from sgeflow.core.model import Series
from sgeflow.core.soap.extract import compile_outputs

VERSION = "v3"
YEAR = 17_520
SERIES = Series(point="12345678901234", name="load_curve", unit="W")
WAYS = ("sgeflow, one reply", "sgeflow, a reply a year", "lxml iterparse, a reply a year")


def work(points: int, way: str) -> None:
    """Print the CPU that a way takes, its peak above the replies, and their size."""
    size = points if way.endswith("one reply") else YEAR
    first = START - STEP * (points // 2)
    bodies = [reply(VERSION, size, first + STEP * at) for at in range(0, points, size)]
    read = _sgeflow() if way.startswith("sgeflow") else _lxml()
    read([reply(VERSION, 5)])
    began = time.process_time()
    peak = harness.peak_growth(lambda: read(bodies))
    print(time.process_time() - began, peak, sum(map(len, bodies)))


def _sgeflow() -> Callable[[list[bytes]], None]:
    outputs = compile_outputs(shipped(VERSION).response)

    def read(bodies: list[bytes]) -> None:
        windows = [outputs(body)["measures"] for body in bodies]
        rows = join(windows)
        measures = stamp(rows, stamped="end", is_curve=True).measures
        with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "store.db") as store:
            store.save(SERIES, measures)

    return read


def _lxml() -> Callable[[list[bytes]], Any]:
    pairs = peers.iterparse(VERSION)
    return lambda bodies: [pairs(body) for body in bodies]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    points = options.points // YEAR * YEAR
    if options.work:
        work(points, options.work)
        return
    print(f"### A run that keeps {points:,} half-hours, {VERSION}\n")
    print("| way | CPU | memory beside the replies | of their size |\n|---|---:|---:|---:|")
    for way in WAYS:
        command = [sys.executable, __file__, "--points", str(points), "--work", way]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        cpu, peak, size = map(float, done.stdout.split()[-3:])
        print(f"| {way} | {cpu:.2f} s | {peak / 1e6:,.0f} MB | {peak / size:.1f} |", flush=True)


if __name__ == "__main__":
    main()
