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
COMMON = {
    "initiateurLogin": "agent@example.org",
    "pointId": "12345678901234",
    "mesuresTypeCode": "COURBE",
    "grandeurPhysique": "PA",
    "dateDebut": "2025-01-01",
    "dateFin": "2025-01-08",
    "mesuresCorrigees": False,
}
VALUES = {
    "v2": {**COMMON, "soutirage": True, "injection": False, "accordClient": True},
    "v3": {**COMMON, "sens": "SOUTIRAGE", "cadreAcces": "ACCORD_CLIENT"},
}


def candidates(version: str) -> dict[str, Callable[[], Any]]:
    """Every way to write the same request."""
    values = VALUES[version]
    render = compile_envelope(shipped(version))
    ways: dict[str, Callable[[], Any]] = {
        BASE: _builder(version, values),
        "sgeflow": lambda: render(values),
    }
    missing = peers.missing()
    if "zeep" not in missing and "lowatt_enedis" not in missing:
        client = peers.zeep_client(version)
        name = SHAPES[version].operation
        ways["zeep"] = lambda: etree.tostring(
            client.create_message(client.service, name, demande=values)
        )
    if "lowatt_enedis" not in missing:
        ways["lowatt-enedis (suds)"] = _suds(version, values)
    return ways


def _builder(version: str, values: dict[str, Any]) -> Callable[[], bytes]:
    shape = SHAPES[version]

    def build() -> bytes:
        envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soapenv": SOAP})
        body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
        root = f"{{{shape.namespace}}}{shape.operation}"
        request = etree.SubElement(
            etree.SubElement(body, root, nsmap={"n": shape.namespace}), "demande"
        )
        for name, value in values.items():
            text = ("false", "true")[value] if isinstance(value, bool) else value
            etree.SubElement(request, name).text = text
        return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")

    return build


class _Sent(Exception):
    pass


def _suds(version: str, values: dict[str, Any]) -> Callable[[], bytes]:
    client = peers.lowatt_client(version)

    def send(request: Any) -> None:
        raise _Sent(request.message)

    client.options.transport.send = send
    method = getattr(client.service, SHAPES[version].operation)

    def write() -> bytes:
        try:
            method(demande=values)
        except _Sent as sent:
            return bytes(sent.args[0])
        raise SystemExit("suds sent nothing")

    return write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    results = {}
    for version in SHAPES:
        title = f"envelope, {version}"
        results[title] = harness.compare(candidates(version), BASE, rounds=options.rounds)
        print(harness.table(title, results[title]), flush=True)
    for name in peers.missing():
        print(f"{name} is not installed: its lines are missing", file=sys.stderr)
    if options.json:
        Path(options.json).write_text(harness.as_json(results), encoding="utf-8")


if __name__ == "__main__":
    main()
