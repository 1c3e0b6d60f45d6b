"""Who may answer an environment: simulator and stubs a simulated one, servers any other."""

from __future__ import annotations

from sgeflow.core.documents import Endpoint, Environment
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.text import Path
from sgeflow.core.model import SGE
from sgeflow.errors import Id
from sgeflow.messages import say


def check_simulated(reader: Reader, environment: Environment) -> None:
    """Simulator and stubs answer simulated environments, and nobody else answers those."""
    if SGE in reader.get(("services",), {}):
        message = say('"{name}" is SGE, and no other service', name=SGE)
        reader.report(Id.NAME, message, ("services", SGE), key=True)
    simulated = environment.simulated
    if simulated and environment.state:
        message = say("the state of a simulated environment stays on this machine")
        note = say("take it out; --state ADDRESS says a server for one command")
        reader.report(Id.RULE, message, ("state",), key=True, note=note)
    _check_scenario(reader, environment)
    for name, endpoint in environment.endpoints.items():
        path: Path = ("sge",) if name == SGE else (_section(endpoint), name)
        if not simulated and endpoint.is_simulated:
            message = say("the simulator answers simulated environments alone")
            at = ("simulated",) if reader.get(("simulated",)) is not None else (*path, "base_url")
            reader.report(Id.RULE, message, at, note=say("write `simulated: true`"))
        elif not simulated and endpoint.stubs is not None:
            message = say("stubs answer simulated environments alone")
            note = say("take them out, or write `simulated: true`")
            reader.report(Id.RULE, message, (*path, "stubs"), key=True, note=note)
        elif simulated and name == SGE and not endpoint.is_simulated:
            message = say("in a simulated environment SGE is the simulator, and no other address")
            note = say("write `base_url: simulator`")
            reader.report(Id.RULE, message, (*path, "base_url"), note=note)
        elif simulated and not (endpoint.is_simulated or _has_answers(endpoint)):
            message = say(
                'nothing of a simulated environment leaves this machine, and "{name}" has an'
                " address of its own",
                name=name,
            )
            note = say(
                "say under `stubs` what answers for it; `stubs: {{}}` when flow tests say it"
            )
            reader.report(Id.RULE, message, (*path, "base_url"), note=note)


def _section(endpoint: Endpoint) -> str:
    return "relays" if endpoint.relay else "services"


def _has_answers(endpoint: Endpoint) -> bool:
    """Whether something is said of what answers; a mail counts as taken, and goes nowhere."""
    return endpoint.stubs is not None or endpoint.relay is not None


def _check_scenario(reader: Reader, environment: Environment) -> None:
    if not environment.simulated and reader.get(("scenario",)) is not None:
        message = say("a scenario is played in simulated environments alone")
        note = say("take it out, or write `simulated: true`")
        reader.report(Id.RULE, message, ("scenario",), key=True, note=note)
