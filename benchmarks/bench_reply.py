"""A reply to rows: bytes of a load curve to the outputs of an operation, beside its peers.

python benchmarks/bench_reply.py                          336 and 17,520 points, v2 and v3
python benchmarks/bench_reply.py --points 1000000 --rounds 1 --memory
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import harness
import peers
from msgspec.structs import replace
from replies import SHAPES, reply

from sgeflow import open_catalog
from sgeflow.core.documents import Operation, ResponseSpec
from sgeflow.core.language.expression import compile_expression
from sgeflow.core.language.rows import plain
from sgeflow.core.soap.extract import compile_outputs
from sgeflow.core.soap.xml import parse, payload, to_document
from sgeflow.core.wires.lists import repeated_paths

BASE = "lxml iterparse"
ROOT = Path(__file__).parents[1]


def shipped(version: str) -> Operation:
    """The operation of the catalogue."""
    return open_catalog(ROOT).catalog.operations[SHAPES[version].operation]


def candidates(version: str) -> dict[str, Callable[[bytes], Any]]:
    """Every way to read a reply, by name; the base comes first."""
    response = shipped(version).response
    record = SHAPES[version].record
    pairs = compile_expression(f"grandeur[].{record}[].[d, v]")
    ways: dict[str, Callable[[bytes], Any]] = {
        BASE: peers.iterparse(version),
        "sgeflow, pairs": _plain(_outputs(replace(response, paths={"pairs": pairs}))),
        "sgeflow, all outputs of the operation": _plain(_outputs(response)),
        "sgeflow, all outputs, rows as columns": _outputs(response),
        "plain data, then jmespath": lambda body: pairs.search(_document(body, response)),
    }
    missing = peers.missing()
    if "zeep" not in missing and "lowatt_enedis" not in missing:
        ways["zeep"] = peers.zeep(version)
    if "lowatt_enedis" not in missing:
        ways["lowatt-enedis (suds)"] = peers.lowatt(version)
    return ways


def main() -> None:
    options = _options()
    if options.peak_of:
        version, points, name = options.peak_of
        way = candidates(version)[name]
        way(reply(version, 5))
        body = reply(version, int(points))
        print(harness.peak_growth(lambda: way(body)))
        return
    results = {}
    for version in options.versions:
        for points in options.points:
            title = f"{version}, {points:,} points"
            results[title] = _measured(version, points, options)
            print(harness.table(title, results[title]), flush=True)
    for name in peers.missing():
        print(f"{name} is not installed: its lines are missing", file=sys.stderr)
    if options.json:
        Path(options.json).write_text(harness.as_json(results), encoding="utf-8")


def _measured(version: str, points: int, options: argparse.Namespace) -> list[harness.Figure]:
    body = reply(version, points)
    ways = candidates(version)
    _check(ways, version)
    if options.without_slow:
        ways = {name: way for name, way in ways.items() if name == BASE or "sgeflow" in name}
    work = {name: (lambda way=way: way(body)) for name, way in ways.items()}
    figures = harness.compare(work, BASE, rounds=options.rounds)
    if not options.memory:
        return figures
    return [
        dataclasses.replace(
            figure,
            peak_bytes=harness.in_own_process(
                __file__, "--peak-of", version, str(points), figure.name
            ),
        )
        for figure in figures
    ]


def _check(ways: dict[str, Callable[[bytes], Any]], version: str) -> None:
    """Every way reads as many rows, and ours and the base's are the same."""
    body = reply(version, 60)
    base = ways[BASE](body)
    ours = ways["sgeflow, pairs"](body)["pairs"]
    rows = ways["sgeflow, all outputs of the operation"](body)["measures"]
    if [tuple(row) for row in ours] != base or [(r["date"], r["value"]) for r in rows] != base:
        raise SystemExit("the ways do not agree")
    for name, way in ways.items():
        if "sgeflow" not in name and len(way(body)) != len(base):
            raise SystemExit(f"{name} reads other rows")


def _outputs(response: ResponseSpec) -> Callable[[bytes], Any]:
    return compile_outputs(response)


def _plain(way: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """The same, with the rows that it gives made."""
    return lambda body: plain(way(body))


def _document(body: bytes, response: ResponseSpec) -> Any:
    return to_document(payload(parse(body)), repeated_paths(response))  # type: ignore[arg-type]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--versions", nargs="+", choices=list(SHAPES), default=list(SHAPES))
    parser.add_argument("--points", nargs="+", type=int, default=[336, 17_520])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--memory", action="store_true", help="peak memory, a process each")
    parser.add_argument("--without-slow", action="store_true", help="only sgeflow and its base")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--peak-of", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
