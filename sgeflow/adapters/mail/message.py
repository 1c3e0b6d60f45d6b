"""A mail as a step describes it, as the message that a relay is given."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from msgspec import Struct

from sgeflow.core.mail import MailAddress, is_several_lines, parse_address
from sgeflow.core.model import Request

_POLICY = SMTP.clone(cte_type="7bit")  # whatever the relay knows, it can hand it on unchanged
MESSAGE_ID = "Message-ID"


class OutgoingMail(Struct, frozen=True, kw_only=True):
    """The bytes of a mail, and whom the relay is told it is from and for."""

    content: bytes
    sender: str
    recipients: tuple[str, ...]


def make_message(request: Request) -> OutgoingMail:
    """The mail of a request; its Message-ID is the request's, so that twins can be told.

    Raises:
        ValueError: an address, or what stands in a header, cannot be written.
    """
    mail = json.loads(request.body)
    sender = _address(mail["from"])
    to, cc = ([_address(text) for text in mail.get(key, ())] for key in ("to", "cc"))
    message = EmailMessage(policy=_POLICY)
    message["From"] = _header(sender)
    message["To"] = [_header(one) for one in to]
    if cc:
        message["Cc"] = [_header(one) for one in cc]
    message["Subject"] = mail["subject"]
    if is_several_lines(str(message["Subject"])):  # as it is read, with what was in code
        raise ValueError
    message["Date"] = format_datetime(datetime.now(UTC))
    message[MESSAGE_ID] = request.headers[MESSAGE_ID]
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence answers it
    message.set_content(mail["text"])
    return OutgoingMail(
        content=message.as_bytes(),
        sender=sender.plain,
        recipients=tuple(one.plain for one in (*to, *cc)),
    )


def _header(address: MailAddress) -> Address:
    return Address(address.name, address.user, address.domain)


def _address(text: str) -> MailAddress:
    parsed = parse_address(text)
    if isinstance(parsed, MailAddress):
        return parsed
    raise ValueError(parsed)
