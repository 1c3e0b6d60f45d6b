"""What HTTP statuses mean where they are met: at Enedis, at a gateway, at a neighbour."""

from __future__ import annotations

from msgspec import Struct

from sgeflow.core.model import FaultClass
from sgeflow.errors import Exit
from sgeflow.messages import say

_CLIENT, _SERVER = range(400, 500), range(500, 600)


class StatusMeaning(Struct, frozen=True):
    """A status explained."""

    means: str
    cause: str
    remedy: str
    fault_class: FaultClass
    exit: Exit


_AGAIN = say(
    "reads are tried again; later, `sgeflow resume RUN` goes on with a run. An order is not sent"
    " again: `sgeflow orders` has those that nobody knows of"
)

STATUSES = {
    401: StatusMeaning(
        say("the credentials are missing, or not accepted"),
        say("a gateway's token that is wrong or has expired, a neighbour's token, no certificate"),
        say("operator: the token or certificate of the environment"),
        FaultClass.CREDENTIALS,
        Exit.CREDENTIALS,
    ),
    403: StatusMeaning(
        say("the server does not let this caller in there"),
        say(
            "Enedis answers so to a certificate that it does not know and to a path that does not"
            " exist; a gateway to a token that has no right to this service"
        ),
        say("operator: the route of the operation, base_url, then the certificate or the right"),
        FaultClass.CREDENTIALS,
        Exit.CREDENTIALS,
    ),
    404: StatusMeaning(
        say("nothing is at this address"),
        say("a wrong base_url or route; of a neighbour, a thing that is not there or was deleted"),
        say("the route of the operation, and base_url of the environment"),
        FaultClass.INVALID,
        Exit.TECHNICAL,
    ),
    407: StatusMeaning(
        say("a proxy on the way wants credentials"),
        say("a proxy of the company stands between this machine and the server"),
        say("operator: a way to the server without a proxy; sgeflow speaks to none"),
        FaultClass.CREDENTIALS,
        Exit.CREDENTIALS,
    ),
    429: StatusMeaning(
        say("too many calls in too short a time"),
        say("the rate of Enedis, for all its callers together, or of the gateway, was passed"),
        say("a lower `rate` of the endpoint; it waits as long as the server asks, and tries again"),
        FaultClass.TRANSIENT,
        Exit.TECHNICAL,
    ),
    500: StatusMeaning(
        say("the server failed"),
        say("SGE sends its own refusals with HTTP 500 too: then their code SGT… is what counts"),
        _AGAIN,
        FaultClass.TECHNICAL,
        Exit.TECHNICAL,
    ),
    502: StatusMeaning(
        say("a gateway got no usable answer from the server behind it"),
        say("Enedis or the gateway restarts, or is down"),
        _AGAIN,
        FaultClass.TRANSIENT,
        Exit.TECHNICAL,
    ),
    503: StatusMeaning(
        say("the server is not available now"),
        say("maintenance, too much load, or a gateway that has suspended the server behind it"),
        _AGAIN,
        FaultClass.TRANSIENT,
        Exit.TECHNICAL,
    ),
    504: StatusMeaning(
        say("a gateway waited too long for the server behind it"),
        say("Enedis is slow, or down"),
        _AGAIN,
        FaultClass.TRANSIENT,
        Exit.TECHNICAL,
    ),
}
"""The statuses that calls have met."""


def meaning_of(status: int) -> StatusMeaning | None:
    """What a status means; of one that is not known, what its family says; None of no refusal."""
    if status in STATUSES:
        return STATUSES[status]
    if status in _CLIENT:
        return StatusMeaning(
            say("the server does not take this request there"),
            "",
            STATUSES[404].remedy,
            FaultClass.INVALID,
            Exit.TECHNICAL,
        )
    if status in _SERVER:
        technical = FaultClass.TECHNICAL
        return StatusMeaning(say("the server failed"), "", _AGAIN, technical, Exit.TECHNICAL)
    return None
