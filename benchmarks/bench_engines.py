"""Who does the rows of a fleet: threads or a Dask cluster, on SQLite and PostgreSQL.

python benchmarks/bench_engines.py                   # 1,200 calls, 5 rounds
python benchmarks/bench_engines.py --calls 400 --rounds 3 --late 0.2

Each round takes all of them in turn; what counts is the ratio to threads on SQLite in the same
round. `--late` is how many seconds the server takes to answer, as SGE does. One client, the
server that answers it, PostgreSQL and the workers share the cores of one machine.
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
BASE = ("threads", "SQLite")
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


@contextmanager
def dask() -> Iterator[str]:
    """The address of a cluster with a worker a core; empty where Dask is not installed."""
    try:
        from distributed import LocalCluster
    except ImportError:
        yield ""
        return
    with LocalCluster(
        processes=True, threads_per_worker=4, dashboard_address=None, silence_logs=50
    ) as cluster:
        yield cluster.scheduler_address


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
    found: dict[tuple[str, str], list[list[float]]] = {}
    with tempfile.TemporaryDirectory() as name, postgres() as server, dask() as scheduler:
        keep_catalogues(name)
        (Path(name) / "reply.xml").write_bytes(bench_fleet.kept_reply())
        engines = [("threads", ())]
        engines += [("dask", ("--scheduler", scheduler))] if scheduler else []
        for _ in range(options.rounds):
            for engine, more in engines:
                for where in ("SQLite", "PostgreSQL"):
                    number = next(_NUMBERS)
                    state = ()
                    if where == "PostgreSQL":
                        server.sql(f"CREATE DATABASE bench_{number}")
                        state = ("--state", server.address(f"bench_{number}"))
                    figures = taken(
                        Path(name) / str(number), options.calls, options.jobs, options.late,
                        *more, *state,
                    )  # fmt: skip
                    found.setdefault((engine, where), []).append(figures)
    print(f"### {options.calls:,} calls, {options.jobs} jobs, answers after {options.late:g} s\n")
    print("| engine | state | calls/s | of threads on SQLite | CPU a call |")
    print("|---|---|---:|---:|---:|")
    for (engine, where), figures in found.items():
        rates = [rate for rate, _ in figures]
        ratios = [own / base for own, (base, _) in zip(rates, found[BASE], strict=True)]
        cpu = "" if engine == "dask" else f"{statistics.median(one for _, one in figures):.1f} ms"
        rate, ratio = statistics.median(rates), statistics.median(ratios)
        print(f"| {engine} | {where} | {rate:,.0f} | {ratio:.2f} | {cpu} |")


if __name__ == "__main__":
    main()
