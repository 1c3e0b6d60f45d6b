"""Why a session with a relay gave no reply: whether the mail may have been taken, and what to do.

The texts of the exceptions are never used: they may hold addresses.
"""

from __future__ import annotations

import smtplib
import socket
import ssl

from msgspec import Struct

from sgeflow.core.model import FaultClass, NoAnswer
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, from_table, os_error_text, say

FOREIGN = (OSError, smtplib.SMTPException, ValueError)
"""All that smtplib, ssl and sockets raise in a session."""


class BrokenSession(Struct, frozen=True, kw_only=True):
    """How far a session had come when it broke."""

    place: str  # host:port
    connected: bool
    sent: bool
    seconds: float
    limit: Message  # the time that was over, in words
    of_step: bool  # it was the step's


def no_reply(error: Exception, ended: BrokenSession) -> NoAnswer:
    """What became of a mail whose session ended with an exception."""
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError):
        error = error.__context__  # which smtplib was handling
    if ended.sent:
        return _doubtful(error, ended)
    fault_class = FaultClass.NETWORK
    id_, message, remedy = Id.NOT_SENT, *_why_unsent(error, ended)
    if isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError):
        id_, fault_class = Id.TLS, FaultClass.CREDENTIALS
    elif _is_login(error, ended):
        id_, fault_class = Id.REJECTED, FaultClass.CREDENTIALS
    elif isinstance(error, TimeoutError) and ended.of_step:
        id_ = Id.TIMEOUT
    problem = Problem(id=id_, message=message, details=(("remedy", remedy),))
    return NoAnswer(sent=False, problem=problem, fault_class=fault_class, seconds=ended.seconds)


def _is_login(error: Exception, ended: BrokenSession) -> bool:
    """Whether smtplib could not write the login: of all that it is given only that has letters."""
    return ended.connected and isinstance(error, UnicodeEncodeError)


def _doubtful(error: Exception, ended: BrokenSession) -> NoAnswer:
    """The mail had begun to leave: a relay that fell silent may deliver it all the same."""
    message = say(
        "{place} was given the mail and ended the connection without a word of it",
        place=ended.place,
    )
    if isinstance(error, TimeoutError):
        message = say(
            "{place} was given the mail and did not answer within {limit}",
            place=ended.place,
            limit=ended.limit,
        )
    remedy = say("look into the mailbox, or ask who runs the relay: it may have arrived")
    id_ = Id.TIMEOUT if isinstance(error, TimeoutError) and ended.of_step else Id.NO_ANSWER
    problem = Problem(id=id_, message=message, details=(("remedy", remedy),))
    return NoAnswer(
        sent=None, problem=problem, fault_class=FaultClass.UNKNOWN, seconds=ended.seconds
    )


def _why_insecure(error: Exception, place: str) -> tuple[Message, Message]:
    """Why the session could not be secured, or knows no login."""
    match error:
        case ssl.SSLCertVerificationError():
            why = from_table(error.verify_message) or say("the name does not match")
            return (
                say("the certificate of {host} is not trusted: {why}", host=place, why=why),
                say("check `host`, and `ca` when the relay belongs to a private authority"),
            )
        case ssl.SSLError():
            words = from_table(str(error.reason or "").lower().replace("_", " "))
            reason = words or say("no reason given")
            return (
                say(
                    "no TLS connection could be made to {host} ({reason})",
                    host=place,
                    reason=reason,
                ),
                say("`tls: implicit` is for port 465, `tls: starttls` for 587 and 25"),
            )
    if "STARTTLS" in str(error):
        return (
            say("{place} offers no STARTTLS; nothing was sent", place=place),
            say("nothing goes there in the clear: `tls: implicit`, or another `port`"),
        )
    return (
        say("{place} takes no login; nothing was sent", place=place),
        say("leave `login` and `password` out, or take the port that asks for them: 587"),
    )


def _why_unsent(error: Exception, ended: BrokenSession) -> tuple[Message, Message]:
    place = ended.place
    check = say("check `host`, `port` and `tls` of the relay in the environment")
    match error:
        case ssl.SSLError() | smtplib.SMTPNotSupportedError():
            return _why_insecure(error, place)
        case UnicodeEncodeError() if _is_login(error, ended):
            return (
                say("the login or the password for {place} is not of ASCII alone", place=place),
                say("take others for the relay, without accents; nothing was sent"),
            )
        case socket.gaierror():
            return (say("the name of {host} is not known; nothing was sent", host=place), check)
        case TimeoutError():
            slow = say(
                "{place} did not go on within {limit}; nothing was sent",
                place=place,
                limit=ended.limit,
            )
            return slow, say("check the network, or raise `timeout` of the relay")
        case smtplib.SMTPServerDisconnected():
            return say("{place} closed the connection; nothing was sent", place=place), check
        case OSError() if not isinstance(error, smtplib.SMTPException):
            why = os_error_text(error, "no connection")
            return (
                say("{host} could not be reached ({why}); nothing was sent", host=place, why=why),
                say("check `host` and `port`, and whether the relay is up"),
            )
    return say("{place} speaks no SMTP; nothing was sent", place=place), check
