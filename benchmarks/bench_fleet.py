"""A fleet through the whole engine on loopback: calls a second, CPU a call, and memory as it grows.

python benchmarks/bench_fleet.py                     # 1,000 and 10,000 calls
python benchmarks/bench_fleet.py --calls 5000 --jobs 8

The server stands in a process of its own and answers one kept reply, a week of half-hours: what is
measured is the client, from the checked row to the kept values.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import resource
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WEEK = 336
POINT = b"30000000000011"  # of the kept reply
OPERATION = "consulterMesuresDetailleesV3"
FLOW = """
flow: week
title: A week of half-hours of a point, kept
inputs:
  pointId: {$ref: "types.yaml#/pointId"}
steps:
  - id: curve
    call: consulterMesuresDetailleesV3
    with:
      pointId: ${inputs.pointId}
      mesuresTypeCode: COURBE
      grandeurPhysique: PA
      dateDebut: ${date_add(run.today, '-P7D')}
      dateFin: ${run.today}
  - id: keep
    store:
      series: load_curve
      point: ${inputs.pointId}
      stamped: end
      measures: ${steps.curve.measures}
outputs: {rows: steps.keep.rows}
"""
ENVIRONMENT = """
environment: bench
title: a server on loopback
generation: current
login: bench@example.org
contractId: "1234567"
services:
  sge: {base_url: BASE, route: direct}
"""


def serve(reply: bytes, late: float = 0.0) -> None:
    """Answer every request with one reply, a thread a connection, and as little else as can be.

    The reply repeats the point that is asked for, as SGE does.
    """
    import threading

    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(reply)}\r\n\r\n"
    answer = head.encode() + reply
    asked = re.compile(rb"<pointId>(\d{14})</pointId>")

    def talk(link: socket.socket) -> None:
        with link, contextlib.suppress(OSError):
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            held = b""
            while True:
                while b"\r\n\r\n" not in held:
                    if not (more := link.recv(65536)):
                        return
                    held += more
                top, _, held = held.partition(b"\r\n\r\n")
                length = int(top.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                while len(held) < length:
                    held += link.recv(65536)
                point = asked.search(held)[1]
                held = held[length:]
                if late:
                    time.sleep(late)
                link.sendall(answer.replace(POINT, point))

    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    while True:
        link, _ = listening.accept()
        threading.Thread(target=talk, args=(link,), daemon=True).start()


def kept_reply() -> bytes:
    """What the simulator answers to the flow's one call."""
    from sgeflow import Options, call

    result = call(
        OPERATION,
        {
            "pointId": POINT.decode(),
            "mesuresTypeCode": "COURBE",
            "grandeurPhysique": "PA",
            "dateDebut": "2025-06-08",
            "dateFin": "2025-06-15",
        },
        options=Options(
            environment="simulator",
            today="2025-06-15",
            scenario="settled",
            state=Path(tempfile.mkdtemp()),
        ),
    )
    if result.reply is None or not result.outputs:
        raise SystemExit(f"the simulator gave no reply: {result.failure}")
    return result.reply


def project(folder: Path, base: str, calls: int) -> Path:
    """A project folder with the flow, its environment and the rows."""
    root = Path(__file__).parents[1]
    for name in ("operations", "flows", "environments"):
        (folder / name).mkdir(parents=True)
    types = (root / "operations" / "types.yaml").read_text(encoding="utf-8")
    (folder / "operations" / "types.yaml").write_text(types, encoding="utf-8")
    curve = (root / "operations" / f"{OPERATION}.yaml").read_text(encoding="utf-8")
    free = re.sub(r",? *rate: *[^,}\n]+", "", curve)  # Enedis's rate is not what is measured
    (folder / "operations" / f"{OPERATION}.yaml").write_text(free, encoding="utf-8")
    (folder / "flows" / "week.yaml").write_text(FLOW, encoding="utf-8")
    text = ENVIRONMENT.replace("BASE", base)
    (folder / "environments" / "bench.yaml").write_text(text, encoding="utf-8")
    rows = "".join(f"39{number:012d}\n" for number in range(1, calls + 1))
    (folder / "points.csv").write_text("pointId\n" + rows, encoding="utf-8")
    return folder / "points.csv"


def work(folder: Path, jobs: int, state: str = "") -> None:
    """Run the fleet from this process and print what it took."""
    from sgeflow import Options, open_catalog
    from sgeflow.tools.fleet.fleet import run_fleet
    from sgeflow.tools.fleet.model import Fleet

    workspace = open_catalog(folder)
    options = Options(environment="bench", today="2025-06-15", state=state or folder / "state")
    fleet = Fleet(file=folder / "points.csv", jobs=jobs)
    began, cpu = time.perf_counter(), _cpu()
    report = run_fleet("week", {}, fleet, workspace=workspace, options=options)
    seconds, used = time.perf_counter() - began, _cpu() - cpu
    if report.tally.done != report.total or report.tally.values != report.total * WEEK:
        raise SystemExit(f"the fleet failed: {report.tally}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(report.tally.calls, seconds, used, peak)


def _cpu() -> float:
    """Seconds of the processor that this process took, and those that it started and that ended."""
    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def measured(folder: Path, reply: Path, calls: int, jobs: int) -> str:
    """One line of the table: a server and a client, each a process of its own."""
    with subprocess.Popen(
        [sys.executable, __file__, "--serve", str(reply)], stdout=subprocess.PIPE, text=True
    ) as server:
        project(folder, server.stdout.readline().strip(), calls)
        arguments = [__file__, "--work", str(folder), "--jobs", str(jobs)]
        done = subprocess.run(
            [sys.executable, *arguments], capture_output=True, text=True, check=False
        )
        server.terminate()
    if done.returncode:
        raise SystemExit(done.stderr)
    count, seconds, cpu, peak = map(float, done.stdout.split()[-4:])
    figures = f"{count / seconds:,.0f} | {cpu / count * 1e6:,.0f} µs | {peak:,.0f} MB"
    return f"| {count:,.0f} | {figures} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, nargs="*", default=[1000, 10_000])
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--late", type=float, default=0.0, help=argparse.SUPPRESS)
    parser.add_argument("--state", default="", help=argparse.SUPPRESS)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve.read_bytes(), options.late)
    elif options.work:
        work(options.work, options.jobs, options.state)
    else:
        from harness import keep_catalogues

        with tempfile.TemporaryDirectory() as name:
            keep_catalogues(name)
            reply = Path(name) / "reply.xml"
            reply.write_bytes(kept_reply())
            lines = [
                measured(Path(name) / str(calls), reply, calls, options.jobs)
                for calls in options.calls
            ]
        print(f"### A fleet: a week of half-hours a call, kept, {options.jobs} jobs\n")
        print("| calls | calls/s | CPU a call | peak memory |\n|---:|---:|---:|---:|")
        print("\n".join(lines))


if __name__ == "__main__":
    main()
