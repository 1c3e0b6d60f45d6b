"""Whole processes: start-up, help, validation, and one call of a week of half-hours and exit.

    python benchmarks/bench_start.py [--rounds N] [--json FILE]

`validate` checks everything anew unless nothing changed since documents were found right. Every
process is started anew, files and byte code warm, in turn with its peers; ratios are taken
round by round.
The server is the simulator, in the process that measures.
"""

from __future__ import annotations

import argparse
import compileall
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from harness import Figure, as_json, compare, keep_catalogues, table

import sgeflow
from sgeflow.runtime.project import open_catalog
from sgeflow.simulator.simulator import Simulator

BIN = Path(sys.executable).parent
TODAY = "2025-06-15"
PATH = "/ConsultationMesuresDetaillees/v2.0"

ENVIRONMENT = """
environment: local
title: the simulator of the benchmark
generation: current
login: a@example.org
contractId: "1234567"
services:
  sge: {{base_url: {base}, route: direct}}
"""

ZEEP = """
import importlib.util, json, sys, zeep, requests
from pathlib import Path
from zeep.transports import Transport
folder = Path(importlib.util.find_spec("lowatt_enedis").origin).parent / "wsdl"
session = requests.Session()
session.trust_env = False
wsdl = folder / "ConsultationMesuresDetaillees/ConsultationMesuresDetaillees-v2.0.wsdl"
client = zeep.Client(str(wsdl), transport=Transport(session=session))
name = next(iter(client.wsdl.bindings))
service = client.create_service(name, sys.argv[1])
answer = service.consulterMesuresDetaillees(dict(
    initiateurLogin="a@example.org", pointId=sys.argv[2], mesuresTypeCode="COURBE",
    grandeurPhysique="PA", soutirage=True, injection=False, dateDebut="2025-06-01",
    dateFin="2025-06-08", mesuresCorrigees=False, accordClient=True))
print(json.dumps([(m.d.isoformat(), int(m.v)) for m in answer.grandeur[0].mesure])[:40])
"""

LOWATT = """
import json, logging, sys, warnings
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
import lowatt_enedis
import lowatt_enedis.__main__
import lowatt_enedis.services as services
client = lowatt_enedis.get_client("ConsultationMesuresDetaillees-v2.0", "x", "x")
for method in lowatt_enedis.iter_methods(client):
    method.location = sys.argv[1].encode()
answer = services.point_detailed_measures(client, {
    "login": "a@example.org", "prm": sys.argv[2], "type": "COURBE", "courbe_type": "PA",
    "from": "2025-06-01", "to": "2025-06-08", "corrigee": False})
rows = services.detailed_measures_resp2py(answer)
print(json.dumps([(d.isoformat(), int(v)) for d, v in rows])[:40])
"""


def main() -> None:
    options = _options()
    compileall.compile_dir(Path(sgeflow.__file__).parent, quiet=1)  # as what pip installs has it
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    catalog = open_catalog().catalog
    with Simulator(catalog, today=TODAY) as server, tempfile.TemporaryDirectory() as folder:
        keep_catalogues(folder)
        results = _measured(server, Path(folder), options.rounds)
    for title, figures in results.items():
        sys.stdout.write(table(title, figures) + "\n")
    if options.json:
        options.json.write_text(as_json(results), encoding="utf-8")


def _measured(server: Simulator, folder: Path, rounds: int) -> dict[str, list[Figure]]:
    (folder / "environments").mkdir()
    document = ENVIRONMENT.format(base=server.base_url)
    (folder / "environments" / "local.yaml").write_text(document, encoding="utf-8")
    point = server.household["pointId"]
    program = str(BIN / "sgeflow")
    call = [
        *(
            program,
            "call",
            "consulterMesuresDetaillees",
            "--env",
            "local",
            "--project",
            str(folder),
        ),
        *("--output", "json", f"pointId={point}", "mesuresTypeCode=COURBE", "grandeurPhysique=PA"),
        *("dateDebut=2025-06-01", "dateFin=2025-06-08"),
    ]
    url = server.base_url + PATH
    starts = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "python -c 'import typer'": [sys.executable, "-c", "import typer"],
        "sgeflow --version": [program, "--version"],
        "sgeflow --help": [program, "--help"],
        "sgeflow call --help": [program, "call", "--help"],
        "sgeflow show": [program, "show"],
        "sgeflow validate": ["env", "SGEFLOW_CACHE=off", program, "validate"],
        "sgeflow validate, nothing changed": [program, "validate"],
    }
    calls = {"sgeflow call": call}
    if _installed("lowatt_enedis"):
        starts["lowatt-enedis --help"] = [str(BIN / "lowatt-enedis"), "--help"]
        calls["lowatt-enedis, one call"] = [sys.executable, "-c", LOWATT, url, point]
    if _installed("zeep"):
        calls["zeep, one call"] = [sys.executable, "-c", ZEEP, url, point]
    return {
        "Start": _compared(starts, "python -c pass", rounds),
        "One call of 336 points, whole process": _compared(calls, "sgeflow call", rounds),
    }


def _compared(commands: dict[str, list[str]], base: str, rounds: int) -> list[Figure]:
    def runner(command: list[str]):
        def run() -> None:
            done = subprocess.run(command, capture_output=True, check=False)
            if done.returncode:
                raise SystemExit(f"{command[:3]}: {done.stderr.decode()[-600:]}")

        return run

    works = {name: runner(command) for name, command in commands.items()}
    return compare(works, base, rounds=rounds, least=0.0)


def _installed(name: str) -> bool:
    return (
        subprocess.run(
            [sys.executable, "-c", f"import {name}"], capture_output=True, check=False
        ).returncode
        == 0
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    os.environ.setdefault("NO_COLOR", "1")
    main()
