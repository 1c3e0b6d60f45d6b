"""Operations to bind: the shipped ones, and small ones made for a fact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from sgeflow.core.checking.catalog import decode_shared
from sgeflow.core.checking.operations import decode_operation
from sgeflow.core.documents import (
    EnvelopeSpec,
    FaultEntry,
    Limits,
    Operation,
    Reconcile,
    ResponseSpec,
    Route,
)
from sgeflow.core.language.expression import compile_expression
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.core.model import FaultClass, Kind
from sgeflow.errors import Location
from sgeflow.messages import LocalizedText

ROOT = Path(__file__).parents[3]
FOUND = Reconcile(call="rechercher", arguments={}, found=compile_expression("services"), outputs={})
"""How an order that a search can find is found."""

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


@pytest.fixture(scope="session")
def message() -> Callable[[str], bytes]:
    """A message of tests/data/messages, all made up."""
    return lambda name: (ROOT / "tests/data/messages" / f"{name}.xml").read_bytes()


@pytest.fixture(scope="session")
def shipped() -> Callable[[str], Operation]:
    """An operation of the catalogue."""

    def read(name: str) -> Operation:
        types, _ = decode_shared("types", _tree("types"))
        services, _ = decode_shared("services", _tree("services"))
        operation, problems = decode_operation(_tree(name), types, services=services)
        assert operation, problems
        return operation

    return read


@pytest.fixture(scope="session")
def make() -> Callable[..., Operation]:
    """An operation with nothing but what a test says."""
    return _operation


@pytest.fixture(scope="session")
def envelope() -> Callable[..., bytes]:
    """A reply around a body."""
    return lambda body: (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body>{body}</s:Body></s:Envelope>'.encode()
    )


@pytest.fixture(scope="session")
def catalogue() -> dict[str, FaultEntry]:
    """Two codes that a catalogue knows."""
    return {
        code: FaultEntry(
            code=code,
            fault_class=known,
            meaning=LocalizedText({"en": f"meaning of {code}", "fr": "sens"}),
            cause=LocalizedText({"en": f"cause of {code}", "fr": "cause"}),
            remedy=LocalizedText({"en": f"remedy of {code}", "fr": "remède"}),
        )
        for code, known in (
            ("SGT401", FaultClass.NOT_FOUND),
            ("SGT4L8", FaultClass.INVALID),
            ("SGT570", FaultClass.ALREADY),
        )
    }


def _tree(name: str):
    return read_yaml(f"{name}.yaml", (ROOT / "operations" / f"{name}.yaml").read_text("utf-8"))


def _operation(
    body: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    namespaces: Mapping[str, str] | None = None,
    header: Mapping[str, Any] | None = None,
    soap: str = "1.1",
    version: str = "1.0",
    kind: Kind = Kind.READ,
    elements: tuple[str, ...] = ("reponse",),
    lists: tuple[str, ...] = (),
    paths: Mapping[str, str] | None = None,
    faults: Mapping[str, FaultClass] | None = None,
    gateway: str | None = "passerelle/1.0",
    direct: str | None = "Service/v1.0",
    personal: tuple[str, ...] = (),
    is_found: bool = True,
) -> Operation:
    schemas = {"x": {"type": "string"}} if parameters is None else parameters
    return Operation(
        name="demander",
        title="A request made up for a test",
        description="",
        service="Service",
        version=version,
        kind=kind,
        status="current",
        route=Route(gateway=gateway, direct=direct, soap_action="urn:action"),
        provider=decode_shared("services", _tree("services"))[0]["sge"],
        limits=Limits(rate="1/s", reply_bytes=1000),
        parameters={
            name: Parameter(name=name, schema=schema, required=False)
            for name, schema in schemas.items()
        },
        rules=(),
        envelope=EnvelopeSpec(
            namespaces={"n": "urn:n"} if namespaces is None else namespaces,
            header=header or {},
            soap=soap,
            body={"n:demander": {"x": "${x}"}} if body is None else body,
        ),
        response=ResponseSpec(
            elements=elements,
            lists=lists,
            paths={name: compile_expression(text) for name, text in (paths or {}).items()},
        ),
        faults=faults or {},
        reconcile=FOUND if is_found and kind is not Kind.READ else None,
        personal=personal,
        examples={},
        at=Location(file="demander.yaml", line=1, column=1),
    )
