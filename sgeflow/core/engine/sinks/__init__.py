"""Services to which kept measures are exported: one module for each format."""

from msgspec import Struct

SINKS = ("cozy",)
"""The formats that are exported to a service: the modules of this package."""

MEMORY = "sinks"
"""The collection that remembers the documents of services; names begin with the point."""


class Sink(Struct, frozen=True, kw_only=True):
    """An export to a service of the environment: the service, and whose measures it gets."""

    service: str
    point: str
    instance: str = ""  # the instance, if the service has instances
    account: str = ""  # the id of the account for which the documents are collected
    account_point: str = ""  # the point of documents without a point; empty: the exported point
    app: str = "sgeflow"  # the name of the author in the documents
    again: bool = False  # compare with all documents of the service, not with the remembered ones
