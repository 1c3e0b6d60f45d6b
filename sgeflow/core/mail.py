"""Mail relays, and addresses such as `Anna Dupont <anna@example.org>`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from sgeflow.messages import Message, say
from sgeflow.patterns import regex

if TYPE_CHECKING:
    from email.headerregistry import Address

_CONTROL = regex(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
_ENCODED = "=?"  # marks an encoded word; a person who types one hides something
_ENCODED_WORD = regex(r"=\?[^?]*\?[bBqQ]\?[^?]*\?=")  # RFC 2047
_NONE = say("it is not an address such as anna@example.org")
_USER = regex(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_DOMAIN = regex(
    r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*|\[[0-9a-fA-F.:]+\]"
)
_PLAIN = regex(  # parsed directly, because the standard library's parser costs 5 ms of a start
    r"(?:([A-Za-z0-9]+(?: [A-Za-z0-9]+)*) <)?"
    r"([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)@([A-Za-z0-9]{1,63}(?:\.[A-Za-z0-9]{1,63})*)(?(1)>)"
)

STARTTLS, IMPLICIT, CLEAR = RELAY_SECURITY = "starttls", "implicit", "none"
"""How a session with a relay is secured: after its start, from its first byte, or not at all."""


class Relay(Struct, frozen=True, kw_only=True):
    """A mail relay: its address, its security, and the sender of mails."""

    host: str
    port: int
    tls: str  # one of RELAY_SECURITY
    sender: str  # an address with or without a name


class MailAddress(Struct, frozen=True, kw_only=True):
    """A mail address: an optional name, and the parts around the @."""

    name: str
    user: str
    domain: str  # in ASCII

    @property
    def plain(self) -> str:
        """The address alone."""
        return f"{self.user}@{self.domain}"


def parse_address(text: str) -> MailAddress | Message:
    """Parse one address with or without a name; or the mistake, without quoting the address."""
    if plain := _PLAIN.fullmatch(text):
        return MailAddress(name=plain[1] or "", user=plain[2], domain=plain[3])
    return _parse_any(text)


def _parse_any(text: str) -> MailAddress | Message:
    """Parse an address as mail programs do; or the mistake."""
    if is_several_lines(text):
        return say("it holds a line break or another control character")
    if "@" not in text:
        return say("there is no @ in it")
    address = _read_one(text)
    if isinstance(address, Message):
        return address
    if not address.username.isascii():
        return say("what stands before the @ has letters that no relay takes for sure")
    if not _USER.fullmatch(address.username):
        return _NONE
    domain = _in_ascii(address.domain)
    if not _DOMAIN.fullmatch(domain):
        return say("the text behind the @ is not a domain")
    return MailAddress(name=address.display_name, user=address.username, domain=domain)


def _read_one(text: str) -> Address | Message:
    """Parse one address with the standard library; or the mistake."""
    from email.policy import SMTP

    try:
        header = SMTP.header_factory("To", text)
    except Exception:  # noqa: BLE001 - its parser trips over what it does not expect, in many ways
        return _NONE
    if len(header.addresses) > 1 or any(group.display_name for group in header.groups):
        return say("it holds several addresses: write a list; put a name with a comma in quotes")
    is_plain = header.addresses and _ENCODED not in text
    foreign = is_plain and not header.addresses[0].username.isascii()  # has a message of its own
    if not is_plain or (header.defects and not foreign):
        return _NONE
    address: Address = header.addresses[0]
    return address


def is_several_lines(text: str) -> bool:
    """Whether a text could be read as several lines, which no header allows."""
    return _CONTROL.search(text) is not None


def has_encoded_word(text: str) -> bool:
    """Whether a text contains an encoded word, which may hide line breaks."""
    return _ENCODED_WORD.search(text) is not None


def _in_ascii(domain: str) -> str:
    """A domain in ASCII, as name servers know it; empty if it is invalid."""
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
