"""One request of an earlier run, as it may be shown: what was sent and answered, and as curl."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sgeflow.adapters.cassettes.redact import Known, Redactor
from sgeflow.adapters.secrets import MASK, resolve_all
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import Home
from sgeflow.adapters.state.records import EffectEntry, RunDetails
from sgeflow.adapters.state.request_text import Kept, kept
from sgeflow.core.documents import Endpoint, Environment
from sgeflow.core.model import NoAnswer
from sgeflow.core.soap.binding import ENDPOINT
from sgeflow.errors import CredentialsError, Id, Problem, UsageError
from sgeflow.messages import Said, fixed, say
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.recovery import unpacked

_REFERENCE = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its reply; personal values and secrets are `***`. Empty is what is not kept."""

    effect: EffectEntry
    request: str = ""
    reply: str = ""
    status: int | None = None  # of an answer over HTTP
    curl: str = ""
    note: Said | None = None  # why something is not there


def exchange(home: Home, workspace: Workspace, details: RunDetails, number: int) -> Exchange:
    """A request of a run by its place in the list, from 1.

    Raises:
        UsageError: there are fewer, or the run's environment is no longer there.
    """
    if not 1 <= number <= len(details.effects):
        message = say(
            "run {run} has {count} requests, and no number {number}",
            run=details.entry.run,
            count=len(details.effects),
            number=number,
        )
        raise UsageError(Problem(id=Id.USAGE, message=message, where="--request"))
    effect = details.effects[number - 1]
    sent = kept(effect.request)
    if sent is None:
        note = say("the texts of a read are forgotten when its run ends well")
        return Exchange(effect=effect, note=note)
    environment = workspace.environment(details.entry.environment)
    curl = " ".join(_curl(environment, effect, sent, workspace))
    shown = Exchange(effect=effect, request=sent.body, curl=curl)
    with Journal(home.journal) as journal:
        packed = journal.answers(details.entry.run).get((effect.key, effect.attempt))
        given = journal.inputs(details.entry.run) or {}
    if packed is None:
        return replace(shown, note=say("no reply is kept"))
    try:
        named = [name for name in environment.endpoints if environment.is_reached(name)]
        secrets = [one for e in resolve_all(environment, named).values() for one in e.secrets]
    except CredentialsError:
        note = say("the reply is not shown: to hide the environment's secrets they must be at hand")
        return replace(shown, note=note)
    answer, redactor = unpacked(packed), Redactor(secrets)
    if isinstance(answer, NoAnswer):
        return replace(shown, note=fixed(redactor.text(answer.problem.message)))
    known = _people(workspace, details.entry.flow, given)
    text = redactor.body(answer.body, sent.personal).decode(errors="replace")
    reply = redactor.text(known.replace(text, lambda _: MASK))
    return replace(shown, reply=reply, status=answer.status)


def _people(workspace: Workspace, flow: str, given: Mapping[str, Any]) -> Known:
    """The personal inputs of a run, to be found in whatever a reply says."""
    known, named = Known(), workspace.catalog.flows.get(flow)
    for name, value in given.items():
        if named is None or name not in named.inputs or named.inputs[name].personal:
            known.learn(str(value))
    return known


def _curl(
    environment: Environment, effect: EffectEntry, sent: Kept, workspace: Workspace
) -> Iterator[str]:
    """The words of a command that sends the same, but for what is hidden."""
    operation = workspace.catalog.operations.get(effect.label)
    name = ENDPOINT if operation else effect.label.partition(" ")[2]
    endpoint = environment.endpoints.get(name)
    known = endpoint and environment.is_reached(name)
    base = endpoint.base_url.rstrip("/") if endpoint and known else f"https://{name}.invalid"
    yield from ("curl", "--request", sent.method, shlex.quote(f"{base}{sent.path}"))
    headers = {}
    if operation:
        action = f'"{operation.route.soap_action}"'
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": action}
    elif sent.body:
        headers = {"Content-Type": "application/json"}
    headers |= dict(endpoint.headers) if endpoint else {}
    for header, value in headers.items():
        yield from ("--header", shlex.quote(f"{header}: {_REFERENCE.sub(MASK, value)}"))
    yield from _identity(endpoint) if endpoint else ()
    if sent.body:
        yield from ("--data-binary", shlex.quote(sent.body.replace("?>\n", "?>")))


def _identity(endpoint: Endpoint) -> Iterator[str]:
    if endpoint.basic_user is not None:
        yield from ("--user", shlex.quote(f"{_REFERENCE.sub(MASK, endpoint.basic_user)}:{MASK}"))
    if endpoint.pfx:
        yield from ("--cert-type", "P12", "--cert", shlex.quote(f"{endpoint.pfx}:{MASK}"))
    if endpoint.certificate:
        yield from ("--cert", shlex.quote(endpoint.certificate))
    if endpoint.key:
        yield from ("--key", shlex.quote(endpoint.key))
    if endpoint.ca:
        yield from ("--cacert", shlex.quote(endpoint.ca))
