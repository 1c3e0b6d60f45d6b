"""Tries the konnector without a stack: a made-up household, SGE and Cozy in this process."""

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from sgeflow.messages import Message, say
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import open_catalog
from sgeflow.simulator.simulator import Simulator
from sgeflow.tools.cozy.konnector import run_job

_ACCOUNT, _SLUG = "household", "enedissgegrandlyon"
_ENVIRONMENT = """\
environment: trial
title: a made-up city
generation: previous
login: trial@example.org
contractId: "1234567"
services:
  sge: {{base_url: "{base}", route: gateway, headers: {{apikey: "${{secret.SGE_API_TOKEN}}"}}}}
  backoffice:
    base_url: "{base}/backoffice"
    headers: {{Authorization: "Bearer ${{secret.BO_TOKEN}}"}}
    personal: [lastname, firstname, address, city]
  communes: {{base_url: "{base}"}}
"""


def try_jobs(today: str, write: Callable[[str], None]) -> Iterator[tuple[Message, int]]:
    """Run a start by hand, a scheduled start and a deletion; yield each with its exit code.

    Log lines go to `write`. Nothing leaves this machine, and no file remains.
    """
    with (
        tempfile.TemporaryDirectory(prefix="sgeflow-") as folder,
        Simulator(open_catalog().catalog, today=today) as server,
    ):
        project = Path(folder) / "project"
        (project / "environments").mkdir(parents=True)
        place = project / "environments" / "trial.yaml"
        place.write_text(_ENVIRONMENT.format(base=server.base_url), encoding="utf-8")
        cozy = server.world.cozy()
        cozy.set_document("io.cozy.accounts", {"_id": _ACCOUNT, "auth": dict(server.household)})
        (Path(folder) / "konnector").mkdir()

        def job(number: int, **message: object) -> int:
            fields = {"account": _ACCOUNT, "konnector": _SLUG, **message}
            secrets = {"SGE_API_TOKEN": "simulator", "BO_TOKEN": "simulator"}
            variables = {
                "COZY_URL": f"{server.base_url}/cozy/",
                "COZY_CREDENTIALS": "simulator",
                "COZY_FIELDS": json.dumps(fields),
                "COZY_PARAMETERS": json.dumps({"secret": secrets}),
                "COZY_JOB_ID": str(number),
                "COZY_JOB_MANUAL_EXECUTION": "true" if number == 1 else "false",
            }
            options = Options(environment="trial", today=today)
            state = str(Path(folder) / "state")
            konnector = Path(folder) / "konnector"
            return run_job(variables, konnector, write, options, state=state, project=project)

        yield say("started by hand"), job(1)
        yield say("started by the schedule"), job(2)
        revision = cozy.delete("io.cozy.accounts", _ACCOUNT)
        yield say("the account was deleted"), job(3, account_deleted=True, account_rev=revision)
