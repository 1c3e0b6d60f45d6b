"""Checked values to the bytes of an envelope, beside its peers.

python benchmarks/bench_envelope.py
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import harness
import peers
from bench_reply import shipped
from lxml import etree
from replies import SHAPES

from sgeflow.core.soap.envelope import compile_envelope

BASE = "lxml SubElement"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
VERSION = "v3"
VALUES = {
    "initiateurLogin": "agent@example.org",
    "pointId": "12345678901234",
    "mesuresTypeCode": "COURBE",
    "grandeurPhysique": "PA",
    "dateDebut": "2025-01-01",
    "dateFin": "2025-01-08",
    "mesuresCorrigees": False,
    "sens": "SOUTIRAGE",
    "cadreAcces": "ACCORD_CLIENT",
}
SHAPE = SHAPES[VERSION]


def candidates() -> dict[str, Callable[[], Any]]:
    """Every way to write the same request."""
    render = compile_envelope(shipped(VERSION))
    ways: dict[str, Callable[[], Any]] = {
        BASE: _build,
        "sgeflow": lambda: render(VALUES),
    }
    missing = peers.missing()
    if "zeep" not in missing and "lowatt_enedis" not in missing:
        client = peers.zeep_client(VERSION)
        ways["zeep"] = lambda: etree.tostring(
            client.create_message(client.service, SHAPE.operation, demande=VALUES)
        )
    if "lowatt_enedis" not in missing:
        ways["lowatt-enedis (suds)"] = _suds()
    return ways


def _build() -> bytes:
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soapenv": SOAP})
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    root = f"{{{SHAPE.namespace}}}{SHAPE.operation}"
    request = etree.SubElement(
        etree.SubElement(body, root, nsmap={"n": SHAPE.namespace}), "demande"
    )
    for name, value in VALUES.items():
        text = ("false", "true")[value] if isinstance(value, bool) else value
        etree.SubElement(request, name).text = text
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


class _Sent(Exception):
    pass


def _suds() -> Callable[[], bytes]:
    client = peers.lowatt_client(VERSION)

    def send(request: Any) -> None:
        raise _Sent(request.message)

    client.options.transport.send = send
    method = getattr(client.service, SHAPE.operation)

    def write() -> bytes:
        try:
            method(demande=VALUES)
        except _Sent as sent:
            return bytes(sent.args[0])
        raise SystemExit("suds sent nothing")

    return write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    title = f"Envelope, {VERSION}"
    figures = harness.compare(candidates(), BASE, rounds=options.rounds)
    print(harness.table(title, figures), flush=True)
    for name in peers.missing():
        print(f"{name} is not installed: its lines are missing", file=sys.stderr)
    if options.json:
        Path(options.json).write_text(harness.as_json({title: figures}), encoding="utf-8")


if __name__ == "__main__":
    main()
