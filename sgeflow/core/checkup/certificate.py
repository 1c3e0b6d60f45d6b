"""What a certificate says of itself: whose it is, by whom, how long, for what (RFC 5280)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The facts of one certificate; names as bytes, to compare, and as a person reads them."""

    name: str
    issuer_name: str
    begins: datetime
    ends: datetime
    for_clients: bool = True
    subject: bytes = field(repr=False)
    issuer: bytes = field(repr=False)

    @property
    def self_signed(self) -> bool:
        """Whether it is its own issuer."""
        return self.subject == self.issuer
