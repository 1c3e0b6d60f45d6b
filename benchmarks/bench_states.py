"""A fleet whose state is in SQLite or in PostgreSQL.

python benchmarks/bench_states.py                   # 1,200 calls, 5 rounds
python benchmarks/bench_states.py --calls 400 --rounds 3 --late 0.2

Each round takes both in turn; what counts is the ratio in the same round. `--late` is how many
seconds the server takes to answer, as SGE does. One client, the server that answers it and
PostgreSQL share the cores of one machine.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import bench_fleet
from harness import keep_catalogues

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # for the server of the tests
_NUMBERS = count(1)


@contextmanager
def postgres() -> Iterator[object]:
    """A server of our own that keeps what it says it has kept."""
    from tests.postgres import Server

    folder = Path(tempfile.mkdtemp(prefix="sgeflow-pg-"))
    folder.chmod(0o755)
    server = Server(folder / "server", settings=("max_connections=200", "listen_addresses="))
    server.make()
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def taken(folder: Path, calls: int, jobs: int, late: float, *more: str) -> list[float]:
    """Calls a second, and milliseconds of the processor a call."""
    command = [sys.executable, bench_fleet.__file__]
    serve = [*command, "--serve", str(folder.parent / "reply.xml"), "--late", str(late)]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        bench_fleet.project(folder, server.stdout.readline().strip(), calls)
        client = [*command, "--work", str(folder), "--jobs", str(jobs), *more]
        done = subprocess.run(client, capture_output=True, text=True, check=False)
        server.terminate()
    if done.returncode:
        raise SystemExit(done.stderr)
    number, seconds, cpu, _ = map(float, done.stdout.split()[-4:])
    return [number / seconds, cpu / number * 1000]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=1200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--late", type=float, default=0.0)
    options = parser.parse_args()
    found: dict[str, list[list[float]]] = {"SQLite": [], "PostgreSQL": []}
    with tempfile.TemporaryDirectory() as name, postgres() as server:
        keep_catalogues(name)
        (Path(name) / "reply.xml").write_bytes(bench_fleet.kept_reply())
        for _ in range(options.rounds):
            for where, figures in found.items():
                number = next(_NUMBERS)
                state = ()
                if where == "PostgreSQL":
                    server.sql(f"CREATE DATABASE bench_{number}")
                    state = ("--state", server.address(f"bench_{number}"))
                folder = Path(name) / str(number)
                figures.append(taken(folder, options.calls, options.jobs, options.late, *state))
    print(f"### {options.calls:,} calls, {options.jobs} jobs, answers after {options.late:g} s\n")
    print("| state | calls/s | of SQLite | CPU a call |")
    print("|---|---:|---:|---:|")
    for where, figures in found.items():
        rates, cpus = zip(*figures, strict=True)
        ratios = [own / base for own, (base, _) in zip(rates, found["SQLite"], strict=True)]
        rate, ratio, cpu = map(statistics.median, (rates, ratios, cpus))
        print(f"| {where} | {rate:,.0f} | {ratio:.2f} | {cpu:.1f} ms |")


if __name__ == "__main__":
    main()
