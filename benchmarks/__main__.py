"""Runs every benchmark and writes the tables to `docs/benchmarks.md`: `make bench`.

Absolute times say little of another machine; the ratios are what the project holds itself to.
"""

from __future__ import annotations

import importlib.metadata
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"

SCRIPTS = (
    ("bench_reply.py", "--points", "336", "17520", "--memory"),
    ("bench_reply.py", "--points", "1000000", "--rounds", "1", "--memory", "--without-slow"),
    ("bench_envelope.py",),
    ("bench_store.py",),
    ("bench_journal.py",),
    ("bench_files.py",),
    ("bench_fleet.py",),
    ("bench_start.py",),
)
PEERS = (
    *("lxml", "requests", "jmespath", "typer", "zeep", "lowatt-enedis", "suds-py3"),
    *("pandas", "polars"),
)

HEAD = """# Benchmarks

For who wants to know what sgeflow costs, and beside what.

Each table was taken in one run: candidates in turn, medians, ratios taken round by round against
the way named in the head. Absolute times move with the machine and its neighbours; ratios do not.
`make bench` takes them anew and writes this page. The peers zeep and suds (through lowatt-enedis),
pandas, polars and the official WSDLs are development tools, never imported by sgeflow.

{machine}
"""


def main() -> None:
    tables = [_output(script, *arguments) for script, *arguments in SCRIPTS]
    PAGE.write_text(HEAD.format(machine=_machine()) + "\n" + "\n".join(tables), encoding="utf-8")
    sys.stdout.write(f"{PAGE} is written\n")


def _output(script: str, *arguments: str) -> str:
    sys.stdout.write(f"{script} {' '.join(arguments)}\n")
    sys.stdout.flush()
    done = subprocess.run(
        [sys.executable, str(HERE / script), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{script} failed:\n{done.stderr}")
    return done.stdout.strip() + "\n"


def _machine() -> str:
    versions = ", ".join(f"{name} {_version(name)}" for name in PEERS)
    return (
        f"Taken on {platform.machine()}, {platform.system()}, CPython {platform.python_version()}"
        f" with {versions}."
    )


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    main()
