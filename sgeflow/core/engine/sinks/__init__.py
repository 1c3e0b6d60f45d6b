"""Services that take kept measures in the place of a file: one module a format that has one."""

from __future__ import annotations

from msgspec import Struct

SINKS = ("cozy",)
"""The formats that a service takes: the modules of this package."""

MEMORY = "sinks"
"""The collection in which is remembered what a service has; names begin with the point."""


class Sink(Struct, frozen=True, kw_only=True):
    """A service of the environment, and whose measures it takes."""

    service: str
    point: str
    instance: str = ""  # which one, of a service that is many of a kind
    account: str = ""  # the document that they are collected for, where there is one
    account_point: str = ""  # whose the documents are that name no point; empty: this one's
    app: str = "sgeflow"  # who the service shall say wrote them
    again: bool = False  # look at all that is there, whatever is remembered of it
