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
    instance: str = ""  # the instance, if the service has instances
    account: str = ""  # the id of the account for which the documents are collected
    account_point: str = ""  # the point of documents without a point; empty: the exported point
    app: str = "sgeflow"  # the name of the author in the documents
    again: bool = False  # compare with all documents of the service, not with the remembered ones
