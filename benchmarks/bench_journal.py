"""What the journal weighs and how long it takes as it grows: bytes a run and a row, lists, pruning.

python benchmarks/bench_journal.py                  # fleets of 200 rows, and 100,000 runs
python benchmarks/bench_journal.py --runs 300000
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sgeflow import Options, open_catalog, run
from sgeflow.adapters.state.contents import pack_steps
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.records import FleetEntry, KeptAnswer, RunStart, SentRequest, row_run
from sgeflow.core.model import CallRecord, Kind, Status, StepTrace
from sgeflow.tools.fleet.fleet import run_fleet
from sgeflow.tools.fleet.model import Fleet

ROOT = Path(__file__).parents[1]
TODAY = "2025-06-15"
HEADER = "pointId,lastname,firstname,address,postalCode,city\n"
DAY = 86_400.0
ROWS = 1000  # of each fleet of the large journal
STEPS = [
    StepTrace(trail=f"week/{name}", verb="call", title="", status=Status.DONE, seconds=0.1)
    for name in ("curve", "keep")
]


def size_of(state: Path) -> int:
    """Bytes of a journal that nobody has open."""
    return (state / "journal.db").stat().st_size


def bytes_a_run(folder: Path, flow: str, runs: int) -> float:
    """What each further run of a flow adds, on the simulated household."""
    workspace, state = open_catalog(ROOT), folder / "runs"
    options = Options(environment="simulator", today=TODAY, state=state, folder=folder)
    sizes = []
    for count in (1, runs):
        for _ in range(count):
            run(flow, {"file": "out.json"}, workspace=workspace, options=options)
        sizes.append(size_of(state))
    return (sizes[1] - sizes[0]) / runs


def bytes_a_row(folder: Path, flow: str, rows: int) -> float:
    """What each row of a fleet adds."""
    workspace, state = open_catalog(ROOT), folder / f"fleet-{flow}"
    lines = (
        f"39{one:012d},FLOTTE {one},A,{one} RUE DE LA FLOTTE,69008,LYON 8EME\n"
        for one in range(1, rows + 1)
    )
    points = folder / "points.csv"
    text = HEADER + "".join(lines)
    if flow != "konnector":
        text = "".join(f"{line.partition(',')[0]}\n" for line in text.splitlines())
    points.write_text(text, encoding="utf-8")
    options = Options(environment="simulator", today=TODAY, state=state, fleet=rows, folder=folder)
    fleet = Fleet(file=points, jobs=2)
    inputs = {"file": "{pointId}.json"} if flow == "konnector" else {}
    report = run_fleet(flow, inputs, fleet, workspace=workspace, options=options)
    if report.tally.done != rows:
        raise SystemExit(f"the fleet failed: {report.tally.codes}")
    return size_of(state) / rows


def note_run(journal: Journal, name: str, began: float) -> None:
    """A run with one read, as a fleet of weeks has them."""
    sent = SentRequest(
        key="week/curve#1", attempt=1, kind=Kind.READ, label="read", request="<q/>", at=began
    )
    record = CallRecord(
        key=sent.key,
        label=sent.label,
        kind=sent.kind,
        attempt=1,
        outcome="ok",
        seconds=0.1,
        bytes_in=40_000,
    )
    journal.sending(name, sent)
    journal.note_outcome(name, record, KeptAnswer("{}", b"<reply/>"))
    journal.keep_steps(name, pack_steps(STEPS, {"pointId": "***"}, {"rows": 336}))
    journal.end(name, Status.DONE, exit_code=0, at=began + 1)


def fill(path: Path, runs: int) -> None:
    """A journal of so many runs: fleets of a thousand rows, one a day, and a run beside each."""
    with Journal(path) as journal:
        for night in range(runs // ROWS):
            fleet, began = f"night{night:06d}", time.time() - (runs // ROWS - night) * DAY
            entry = FleetEntry(run=fleet, file="points.csv", digest="d", total=ROWS)
            journal.begin(start(fleet, began), entry)
            for number in range(1, ROWS):
                journal.begin(start(row_run(fleet, number), began))
                note_run(journal, row_run(fleet, number), began)
            journal.end(fleet, Status.DONE, exit_code=0, at=began + 2)
            journal.begin(start(f"single{night:06d}", began))
            note_run(journal, f"single{night:06d}", began)


def start(name: str, began: float) -> RunStart:
    """The beginning of one of them."""
    return RunStart(
        run=name,
        flow="week",
        environment="mycity",
        today=TODAY,
        now=f"{TODAY}T05:00:00+02:00",
        started=began,
        documents="flows/week 0123456789ab",
        inputs={"pointId": "39000000000001"},
    )


def milliseconds(work: Callable[[], object], rounds: int = 5) -> float:
    samples = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        samples.append(time.perf_counter() - began)
    return statistics.median(samples) * 1000


def times(path: Path) -> list[tuple[str, float]]:
    """What commands and the start of a run ask of a journal, each with its opening."""

    def ask(question: Callable[[Journal], object]) -> Callable[[], None]:
        def asked() -> None:
            with Journal(path) as journal:
                question(journal)

        return asked

    def begin(journal: Journal) -> None:
        name = os.urandom(8).hex()
        journal.show(name)
        journal.begin(start(name, time.time()))
        journal.open_orders()
        journal.end(name, Status.DONE, exit_code=0, at=time.time())

    return [
        ("`runs`", milliseconds(ask(lambda journal: journal.runs(20)))),
        ("`orders`", milliseconds(ask(lambda journal: journal.open_orders()))),
        ("`runs show`", milliseconds(ask(lambda journal: journal.names_beginning("single000001")))),
        ("begin and end of a run", milliseconds(ask(begin))),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--runs", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sizes = [
            ("a run of `konnector`, two orders", bytes_a_run(folder, "konnector", 40)),
            ("a row of `konnector`, two orders", bytes_a_row(folder, "konnector", options.rows)),
            ("a row of `gather-data`, six reads", bytes_a_row(folder, "gather-data", options.rows)),
        ]
        growth = []
        for runs in (options.runs // 10, options.runs):
            path = folder / f"journal{runs}" / "journal.db"
            fill(path, runs)
            whole = path.stat().st_size
            asked = times(path)
            with Journal(path) as journal:
                began = time.perf_counter()
                gone = journal.prune(time.time() - runs // ROWS * DAY / 2)
                took = time.perf_counter() - began
            growth.append((runs, whole, asked, took, len(gone), path.stat().st_size))
    print("### Journal\n")
    print("| what is kept | bytes |\n| --- | ---: |")
    for label, size in sizes:
        print(f"| {label} | {size:,.0f} |")
    print(f"| a row with one read, of {growth[-1][0]:,} | {growth[-1][1] / growth[-1][0]:,.0f} |\n")
    labels = [label for label, _ in growth[0][2]]
    print(f"| runs | {' | '.join(labels)} | half pruned | file before, after |")
    print(f"| ---: |{' ---: |' * len(labels)} ---: | ---: |")
    for runs, whole, asked, took, _, after in growth:
        cells = " | ".join(f"{value:.1f} ms" for _, value in asked)
        sizes_ = f"{whole / 1e6:.1f}, {after / 1e6:.1f} MB"
        print(f"| {runs:,} | {cells} | {took:.1f} s | {sizes_} |")


if __name__ == "__main__":
    main()
