"""Verdicts on a document that was copied and not filled in: what only an example may say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from sgeflow.core.documents import Environment
from sgeflow.errors import Id
from sgeflow.messages import Message, say, say_count
from sgeflow.patterns import regex
from sgeflow.tools.doctor.finding import Finding, failure, fine

_SETTINGS, _STUBS = say("settings"), say("stubs")
_EXAMPLE = regex(r"(^|[.@])example\.(com|net|org)$")  # RFC 2606: nobody can ever own these
_NO_CONTRACT = regex(r"(\d)\1*|1234567(89)?")


def filled_in(environment: Environment) -> tuple[Finding, ...]:
    """Whether login, contract and addresses are one's own, and not those of an example."""
    findings = [
        failure(_SETTINGS, Id.SETTING, message, remedy)
        for message, remedy in _examples(environment)
    ]
    if findings:
        return tuple(findings)
    return (fine(_SETTINGS, say("login, contract and addresses are filled in")),)


def stubs(environment: Environment) -> Iterator[Finding]:
    """What answers for the services of a simulated environment that have an address outside."""
    for name, endpoint in environment.endpoints.items():
        if endpoint.is_simulated:
            continue
        if endpoint.stubs:
            count = len(endpoint.stubs)
            message = say_count(
                'one answers for "{name}"', '{count} answer for "{name}"', name=name, count=count
            )
        elif endpoint.relay:
            message = say('a mail through "{name}" counts as taken, and goes nowhere', name=name)
        else:
            message = say('none answers for "{name}": flow tests must say theirs', name=name)
        yield fine(_STUBS, message)


def is_example(host: str) -> bool:
    """Whether a host is one that nobody can have."""
    return bool(_EXAMPLE.search(host))


def _examples(environment: Environment) -> Iterator[tuple[Message, Message]]:
    if _EXAMPLE.search(environment.login):
        yield (
            say("`login` is still {login}, an example", login=environment.login),
            say("write the SGE account, an e-mail address that Enedis knows"),
        )
    if _NO_CONTRACT.fullmatch(environment.contract_id):
        yield (
            say("`contractId` is still {number}, an example", number=environment.contract_id),
            say("write the number of your contract with Enedis"),
        )
    for name, host in _hosts(environment):
        if is_example(host):
            yield (
                say(
                    '`base_url` of "{name}" still leads to {host}, an example', name=name, host=host
                ),
                say("write its address, or take it out when no flow of yours calls it"),
            )


def _hosts(environment: Environment) -> Iterable[tuple[str, str]]:
    for name, endpoint in environment.endpoints.items():
        yield name, urlsplit(endpoint.base_url).hostname or ""
