"""Runs every benchmark and writes the tables to `docs/benchmarks.md`: `make bench`.

It takes some eight minutes on two idle cores. The page is written when all scripts have succeeded.
Their output stays in `build/benchmarks/`, so that one script can be run again alone:

    python -m benchmarks bench_fleet.py bench_start.py
"""

from __future__ import annotations

import importlib.metadata
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.quotes import quote

HERE = Path(__file__).parent
ROOT = HERE.parent
PAGE = ROOT / "docs" / "benchmarks.md"
KEPT = ROOT / "build" / "benchmarks"

SCRIPTS = (
    ("bench_reply.py", "--points", "17520", "--memory", "--rounds", "5"),
    ("bench_reply.py", "--points", "1000000", "--rounds", "1", "--memory", "--without-slow"),
    ("bench_envelope.py",),
    ("bench_run.py",),
    ("bench_store.py",),
    ("bench_journal.py", "--runs", "30000"),
    ("bench_files.py",),
    ("bench_fleet.py",),
    ("bench_engines.py",),
    ("bench_start.py",),
)
PEERS = (
    *("lxml", "requests", "jmespath", "typer", "zeep", "lowatt-enedis", "suds-py3"),
    *("pandas", "polars"),
)

HEAD = """# Benchmarks

For anyone who asks what sgeflow costs, and what other libraries cost.

Each table comes from one run: candidates in turn, medians, and ratios taken round by round against
the candidate in the table's head. Times depend on the machine; compare the ratios. `make bench`
measures again and writes this page. zeep, suds (through lowatt-enedis), pandas, polars and the
official WSDLs are used here only.

{machine}
"""


def main(*wanted: str) -> None:
    """Run the scripts that are wanted, or all, and write the page."""
    KEPT.mkdir(parents=True, exist_ok=True)
    if not wanted:
        for kept in KEPT.iterdir():
            kept.unlink()
    failed = [
        name
        for number, (name, *_) in enumerate(SCRIPTS)
        if not wanted or name in wanted
        if not _ran(number)
    ]
    missing = [name for number, (name, *_) in enumerate(SCRIPTS) if not _kept(number).exists()]
    if failed or missing:
        raise SystemExit(f"{PAGE} is not written: {', '.join(failed or missing)} gave nothing")
    tables = [_kept(number).read_text(encoding="utf-8") for number in range(len(SCRIPTS))]
    notes = (HERE / "notes.md").read_text(encoding="utf-8")
    text = "\n".join([HEAD.format(machine=_machine()), *tables, notes])
    PAGE.write_text(text, encoding="utf-8")
    quote(text, ROOT)
    sys.stdout.write(f"{PAGE} is written, and what the READMEs quote of it\n")


def _kept(number: int) -> Path:
    """Where the table of a script is kept."""
    return KEPT / f"{number}.{SCRIPTS[number][0].removesuffix('.py')}.md"


def _ran(number: int) -> bool:
    """Run a script and keep what it prints; whether it ended well."""
    script, *arguments = SCRIPTS[number]
    began = time.monotonic()
    command = [sys.executable, str(HERE / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    took = f"{time.monotonic() - began:.0f} s"
    if done.returncode:
        sys.stdout.write(f"{script} failed after {took}:\n{done.stderr}\n")
    else:
        sys.stdout.write(f"{' '.join([script, *arguments])}: {took}\n{done.stderr}")
        _kept(number).write_text(done.stdout.strip() + "\n", encoding="utf-8")
    sys.stdout.flush()
    return not done.returncode


def _machine() -> str:
    versions = ", ".join(f"{name} {_version(name)}" for name in PEERS)
    return (
        f"Taken on {datetime.now(UTC):%Y-%m-%d} of {_commit()}, on {platform.machine()}, "
        f"{platform.system()}, CPython {platform.python_version()} with {versions}."
    )


def _commit() -> str:
    """The commit that was measured."""
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%h"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    main(*sys.argv[1:])
