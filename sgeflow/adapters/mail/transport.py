"""The way to an environment's relays: one mail at a time, sent once, told honestly."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from sgeflow.adapters.http.rate_limit import Pacer, Rate, Shared, arrival_rate
from sgeflow.adapters.http.transport import TlsContext
from sgeflow.adapters.mail.message import OutgoingMail, make_message
from sgeflow.adapters.mail.session import FinalReply, SessionProgress, deliver
from sgeflow.adapters.mail.troubles import FOREIGN, BrokenSession, no_reply
from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint
from sgeflow.core.engine.ports import Leave
from sgeflow.core.engine.relay_answers import judge_reply
from sgeflow.core.model import FaultClass, NoAnswer, Request, Response
from sgeflow.errors import CredentialsError, Id, Problem
from sgeflow.messages import Message, say


class RelayTransport:
    """Hands mails to relays; any number of threads may use one. Rates hold as those of HTTP do."""

    def __init__(
        self, relays: Mapping[str, ResolvedEndpoint], *, pace: Shared | None = None
    ) -> None:
        self._relays = relays
        self._contexts = {name: TlsContext() for name in relays}
        self._pacer = Pacer(shared=pace)

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Send once; what a relay does not take for now, or not from us, is no answer."""
        endpoint = self._relays[request.endpoint]
        try:
            mail = make_message(request)
        except ValueError:
            message = say("the mail cannot be written: an address or the subject is none")
            return _not_sent(Id.INVALID_VALUE, message, FaultClass.INVALID)
        if self._pacer.wait(_limits(endpoint), deadline) is None:
            message = say("the step's time ends before the rate allows a mail; nothing was sent")
            return _not_sent(Id.TIMEOUT, message, FaultClass.NETWORK)
        if leave and (refusal := leave()):
            return refusal
        began = time.monotonic()
        answer = self._deliver(endpoint, mail, began, deadline)
        return judge_reply(answer, endpoint.name) if isinstance(answer, Response) else answer

    def close(self) -> None:
        """Let who waits go; no connection is kept."""
        self._pacer.close()

    def _deliver(
        self, endpoint: ResolvedEndpoint, mail: OutgoingMail, began: float, deadline: float | None
    ) -> Response | NoAnswer:
        relay, limits = endpoint.relay, endpoint.limits
        if relay is None:
            raise TypeError("no relay")
        own = began + limits.total_timeout
        until = own if deadline is None else min(own, deadline)
        progress = SessionProgress(until=until, pause=limits.read_timeout)
        secured = self._contexts[endpoint.name]
        try:
            reply = deliver(endpoint, relay, mail, lambda: secured.of(endpoint), progress)
        except CredentialsError as error:
            return NoAnswer(
                sent=False, problem=error.problems[0], fault_class=FaultClass.CREDENTIALS
            )
        except FOREIGN as error:
            now = time.monotonic()
            ended = BrokenSession(
                place=f"{relay.host}:{relay.port}",
                connected=progress.connected,
                sent=progress.sent,
                seconds=now - began,
                limit=_limit(endpoint, progress, now, of_step=until < own),
                of_step=until < own and now >= until,
            )
            return no_reply(error, ended)
        return _response(reply, time.monotonic() - began)


def _limits(endpoint: ResolvedEndpoint) -> dict[str, Rate]:
    if not endpoint.limits.rate:
        return {}
    rate = arrival_rate(endpoint.limits.rate, endpoint.limits.jitter)
    return {f"{endpoint.name} {endpoint.base_url}": rate}


def _limit(
    endpoint: ResolvedEndpoint, progress: SessionProgress, now: float, *, of_step: bool
) -> Message:
    """The time that was over, in words."""
    limits = endpoint.limits
    if now >= progress.until:
        if of_step:
            return say("the step's time")
        return say("{seconds:g} s in all", seconds=limits.total_timeout)
    seconds = limits.read_timeout if progress.connected else limits.connect_timeout
    return say("{seconds:g} s", seconds=seconds)


def _response(reply: FinalReply, seconds: float) -> Response:
    refused = [{"recipient": n, "code": code, "reply": words} for n, code, words in reply.refused]
    body = {"reply": reply.words, "stage": reply.stage, "refused": refused}
    return Response(
        status=reply.code,
        headers={"content-type": "application/json"},
        body=json.dumps(body, ensure_ascii=False).encode(),
        seconds=seconds,
    )


def _not_sent(id_: Id, message: Message, fault_class: FaultClass) -> NoAnswer:
    return NoAnswer(sent=False, problem=Problem(id=id_, message=message), fault_class=fault_class)
