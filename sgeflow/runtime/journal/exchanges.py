"""One request of an earlier run with its reply and a curl command; secrets are masked."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters.cassettes.contacts import is_refusal, without_contacts
from sgeflow.adapters.cassettes.personal_values import PersonalValues
from sgeflow.adapters.cassettes.redact import Redactor
from sgeflow.adapters.resolved_endpoints import resolve_all
from sgeflow.adapters.secrets import MASK
from sgeflow.adapters.state.contents import StoredRequest, parse_request
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import EffectEntry, RunDetails
from sgeflow.core.documents import Endpoint, Environment
from sgeflow.core.language.paths import texts_in
from sgeflow.core.model import MAIL, Kind, NoAnswer
from sgeflow.core.soap.wire import headers_of
from sgeflow.errors import CredentialsError, Id, UsageError
from sgeflow.messages import Message, from_table, say, say_count, sentences
from sgeflow.patterns import regex
from sgeflow.runtime.journal.recovery import unpack_answer
from sgeflow.runtime.project import Workspace

_REFERENCE = regex(r"\$\{[^}]*\}")


class MaskedExchange(Struct, frozen=True, kw_only=True):
    """A request and its reply, empty if not kept; personal values and secrets are `***`."""

    effect: EffectEntry
    request: str = ""
    reply: str = ""
    status: int | None = None  # HTTP status of the reply
    curl: str = ""
    note: Message | None = None  # why a part is missing


def exchange(
    home: StateLocation, workspace: Workspace, details: RunDetails, number: int
) -> MaskedExchange:
    """Return a request of a run by its number in the list, from 1.

    Raises:
        UsageError: the run has fewer requests, or its environment no longer exists.
    """
    if not 1 <= number <= len(details.effects):
        message = say(
            "run {run} has {requests}, and no number {number}",
            run=details.entry.run,
            requests=say_count("{count} request", "{count} requests", count=len(details.effects)),
            number=number,
        )
        raise UsageError.of(Id.USAGE, message, where="--request")
    effect = details.effects[number - 1]
    shown = _mask(home, workspace, details, effect)
    if not shown.curl or effect.kind is Kind.READ:
        return shown
    warning = say("sending this curl line orders again")
    return replace(shown, note=sentences(shown.note or "", warning, between=" · "))


def _mask(
    home: StateLocation, workspace: Workspace, details: RunDetails, effect: EffectEntry
) -> MaskedExchange:
    sent = parse_request(effect.request)
    if sent is None:
        note = say("the texts of a read are deleted when its run ends well")
        return MaskedExchange(effect=effect, note=note)
    environment = workspace.environment(details.entry.environment)
    curl = "" if sent.method == MAIL else " ".join(_curl(environment, effect, sent, workspace))
    masked = MaskedExchange(effect=effect, request=sent.body, curl=curl)
    with Journal(home.journal) as journal:
        packed = journal.answers(details.entry.run).get((effect.key, effect.attempt))
        inputs = journal.inputs(details.entry.run) or {}
    if packed is None:
        return replace(masked, note=say("no reply is kept"))
    try:
        named = [name for name in environment.endpoints if environment.is_reached(name)]
        secrets = [one for e in resolve_all(environment, named).values() for one in e.secrets]
    except CredentialsError:
        note = say("the reply is not shown: its secrets can be hidden only if they are set")
        return replace(masked, note=note)
    answer, redactor = unpack_answer(packed, details.entry.run), Redactor(secrets)
    if isinstance(answer, NoAnswer):
        return replace(masked, note=from_table(redactor.text(answer.problem.message)))
    known = _people(workspace, details.entry.flow, inputs)
    text = redactor.body(answer.body, sent.personal).decode(errors="replace")
    reply = redactor.text(known.replace(text, lambda _: MASK))
    if is_refusal(answer.status, answer.body):
        reply = without_contacts(reply, lambda _: MASK)
    return replace(masked, reply=reply, status=answer.status)


def _people(workspace: Workspace, flow: str, inputs: Mapping[str, Any]) -> PersonalValues:
    """The personal inputs of a run, to mask them in its replies."""
    known, named = PersonalValues(), workspace.catalog.flows.get(flow)
    for name, value in inputs.items():
        if named is None or name not in named.inputs or named.inputs[name].personal:
            for text in texts_in(value):
                known.learn(text)
    return known


def _curl(
    environment: Environment, effect: EffectEntry, sent: StoredRequest, workspace: Workspace
) -> Iterator[str]:
    """The words of a curl command that sends the request; secrets are left out."""
    operation = workspace.catalog.operations.get(effect.label)
    is_soap = sent.body.startswith("<")
    name = effect.label.partition(" ")[2]
    if operation:
        rest = operation.rest
        name = operation.route.service if is_soap or rest is None else rest.service
    endpoint = environment.endpoints.get(name)
    known = endpoint and environment.is_reached(name)
    base = endpoint.base_url.rstrip("/") if endpoint and known else f"https://{name}.invalid"
    yield from ("curl", "--request", sent.method, shlex.quote(f"{base}{sent.path}"))
    headers = {}
    if operation and is_soap:
        headers = headers_of(operation)
    elif sent.body:
        headers = {"Content-Type": "application/json"}
    headers |= dict(endpoint.headers) if endpoint else {}
    for header, value in headers.items():
        yield from ("--header", shlex.quote(f"{header}: {_REFERENCE.sub(MASK, value)}"))
    yield from _identity(endpoint) if endpoint else ()
    if sent.body:
        yield from ("--data-binary", shlex.quote(sent.body.replace("?>\n", "?>")))


def _identity(endpoint: Endpoint) -> Iterator[str]:
    if endpoint.user is not None and not endpoint.in_envelope:
        yield from ("--user", shlex.quote(f"{_REFERENCE.sub(MASK, endpoint.user)}:{MASK}"))
    if endpoint.oauth is not None:
        yield from ("--header", shlex.quote(f"Authorization: Bearer {MASK}"))
    if endpoint.pfx:
        yield from ("--cert-type", "P12", "--cert", shlex.quote(f"{endpoint.pfx}:{MASK}"))
    if endpoint.certificate:
        yield from ("--cert", shlex.quote(endpoint.certificate))
    if endpoint.key:
        yield from ("--key", shlex.quote(endpoint.key))
    if endpoint.ca:
        yield from ("--cacert", shlex.quote(endpoint.ca))
