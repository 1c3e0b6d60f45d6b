"""Times candidates side by side: in turn, in one process, as ratios taken round by round.

Absolute times move by a factor of two with the neighbours of a shared machine; a ratio of two
candidates that ran in the same round does not.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

Work = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What one candidate took."""

    name: str
    seconds: float  # median over the rounds
    ratio: float  # median over the rounds of its time by the base's in the same round
    base: str
    peak_bytes: int | None = None


def keep_catalogues(folder: str | Path) -> None:
    """Of this process and those that it starts: what others open pushes nothing out."""
    os.environ["SGEFLOW_CACHE"] = f"{folder}/cache"


def compare(
    candidates: Mapping[str, Work], base: str, *, rounds: int = 9, least: float = 0.02
) -> list[Figure]:
    """Time every candidate in every round, in rotating order; `least` seconds a measurement."""
    names = list(candidates)
    loops = {name: _loops(candidates[name], least) for name in names}
    samples: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds):
        start = turn % len(names)
        for name in names[start:] + names[:start]:
            samples[name].append(_timed(candidates[name], loops[name]))
    return [
        Figure(
            name=name,
            seconds=statistics.median(samples[name]),
            ratio=statistics.median(
                own / other for own, other in zip(samples[name], samples[base], strict=True)
            ),
            base=base,
        )
        for name in names
    ]


def peak_growth(work: Work) -> int:
    """Bytes by which the resident memory of this process peaks above its size before (Linux)."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forgets the earlier peak
    before = _status("VmRSS")
    result = work()
    growth = _status("VmHWM") - before
    del result
    return growth


def in_own_process(script: str, *arguments: str) -> int:
    """The number that a script prints last, run in a process of its own."""
    done = subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return int(done.stdout.split()[-1])


def table(title: str, figures: list[Figure]) -> str:
    """Figures as a Markdown table, the fastest first."""
    base = figures[0].base
    lines = [
        f"### {title}",
        "",
        f"| way | time | of {base} | peak memory |",
        "|---|---:|---:|---:|",
    ]
    for figure in sorted(figures, key=lambda figure: figure.seconds):
        memory = "" if figure.peak_bytes is None else f"{figure.peak_bytes / 1e6:,.0f} MB"
        lines.append(f"| {figure.name} | {span(figure.seconds)} | {figure.ratio:.2f} | {memory} |")
    return "\n".join([*lines, ""])


def as_json(results: Mapping[str, list[Figure]]) -> str:
    """All figures, and what they were taken on."""
    return json.dumps(
        {
            "python": platform.python_version(),
            "machine": platform.machine(),
            "results": {
                title: [
                    {
                        "name": figure.name,
                        "seconds": figure.seconds,
                        "ratio": figure.ratio,
                        "base": figure.base,
                        "peak_bytes": figure.peak_bytes,
                    }
                    for figure in figures
                ]
                for title, figures in results.items()
            },
        },
        indent=1,
    )


def span(seconds: float) -> str:
    """A duration with its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"


def _loops(work: Work, least: float) -> int:
    work()  # imports and caches
    once = _timed(work, 1)
    return max(1, int(least / once))


def _timed(work: Work, loops: int) -> float:
    gc.collect()
    start = time.perf_counter()
    for _ in range(loops):
        work()
    return (time.perf_counter() - start) / loops


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise KeyError(field)
