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
    "bench_reply.py --points 17520 --memory --rounds 5",
    "bench_reply.py --versions v3 --points 1000000 --rounds 1 --memory --without-slow",
    "bench_envelope.py",
    "bench_run.py",
    "bench_store.py",
    "bench_journal.py --runs 30000",
    "bench_files.py",
    "bench_fleet.py",
    "bench_states.py",
    "bench_start.py",
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

NOTES = """## Long fleets

`make soak` measures these; the tests contain a small version of each.

| what | result |
| --- | --- |
| 1,500 rows at 40 calls a second, with the [jitter](environments.md#what-the-server-counts) of 100 ms | 43.9 s, 34.1 calls a second of the 34.8 that the jitter leaves; never more than 36 in 0.95 s |
| memory meanwhile | 62 MB at first, 78 MB from row 7,000 of 30,000 to the end; the growth is SQLite's cache of 16 MB |
| kill -9 before and after each of the 28 journal writes of a konnector run | 56 runs: the same documents, one order each |
| 200 points, killed 12 times at random, three rounds | 200 orders each; 2,619 to 2,628 requests, where 2,600 are needed |
| 300 orders with random network faults, ten rounds: 126 to 150 times the answer, or both order and answer, were lost | 0 sent twice, 0 missing |

With these faults, the reconciling read finds most lost orders at once; `sgeflow resume` finds the others that arrived. An order that never arrived stays unknown until a person
settles it, or a `resume` [a day later](operations.md#surely-absent) proves that Enedis does not have it.

## Why some figures are not lower

- *Delivered files, and a run that keeps a million half-hours*: since these tables, rows are held as lists, and files are read row by row. JSON and CSV take 1.2
  to 2 times the CPU, R50, which Enedis has ended, six times; such a run takes 430 MB. The rest would cost 1,000 lines of code; a point's year takes 8 MB.
- *A call of a fleet*: reading, stamping and storing a week take less than a fifth. The rest is the request and the row's journal entry, which is
  written before anything leaves.
"""


def main(*wanted: str) -> None:
    """Run the scripts that are wanted, or all, and write the page."""
    KEPT.mkdir(parents=True, exist_ok=True)
    if not wanted:
        for kept in KEPT.iterdir():
            kept.unlink()
    failed = [
        script
        for number, script in enumerate(SCRIPTS)
        if not wanted or script.split()[0] in wanted
        if not _ran(number)
    ]
    missing = [script for number, script in enumerate(SCRIPTS) if not _kept(number).exists()]
    if failed or missing:
        raise SystemExit(f"{PAGE} is not written: {', '.join(failed or missing)} gave nothing")
    tables = [_kept(number).read_text(encoding="utf-8") for number in range(len(SCRIPTS))]
    text = "\n".join([HEAD.format(machine=_machine()), *tables, NOTES])
    PAGE.write_text(text, encoding="utf-8")
    quote(text, ROOT)
    sys.stdout.write(f"{PAGE} is written, and what the READMEs quote of it\n")


def _kept(number: int) -> Path:
    """Where the table of a script is kept."""
    return KEPT / f"{number}.{SCRIPTS[number].partition('.')[0]}.md"


def _ran(number: int) -> bool:
    """Run a script and keep what it prints; whether it ended well."""
    script, *arguments = SCRIPTS[number].split()
    began = time.monotonic()
    command = [sys.executable, str(HERE / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    took = f"{time.monotonic() - began:.0f} s"
    if done.returncode:
        sys.stdout.write(f"{script} failed after {took}:\n{done.stderr}\n")
    else:
        sys.stdout.write(f"{SCRIPTS[number]}: {took}\n{done.stderr}")
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
