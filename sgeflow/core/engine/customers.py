"""Customers of a key: the present one, and earlier ones by their numbers."""

from __future__ import annotations

from msgspec import Struct

EARLIER = " (customer "
"""What stands between a key and the number of an earlier customer."""


CUSTOMER = "customer"
"""The name, beside what is remembered, of whose it is."""


class Customer(Struct, frozen=True, kw_only=True):
    """A customer of a key: 1 is the first one that was known, 2 who came next, and so on."""

    number: int
    since: str | None = None  # the first day that is theirs; None: of all days that are kept
    begun: bool = False  # now, in the place of an earlier one


def key_of(name: str, customer: int | None) -> str:
    """The key under which a customer's state and measures are kept: the plain one is the present's.

    Those of earlier customers cannot be read by accident: only their number leads to them.
    """
    return name if customer is None else f"{name}{EARLIER}{customer})"
