"""Accounts of earlier customers that are still open: a person closes each by a flow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from sgeflow.adapters.state.check import stores_of
from sgeflow.adapters.state.locations import StateLocation, is_there
from sgeflow.adapters.state.store import Store
from sgeflow.core.engine.step import Flow
from sgeflow.core.engine.walk import steps_of
from sgeflow.core.language.template import Template
from sgeflow.patterns import regex
from sgeflow.runtime.project import Workspace, open_catalog

_INPUT = regex(r"inputs\.(\w+)")


class OpenAccount(Struct, frozen=True, kw_only=True):
    """What is remembered of an earlier customer of a key, and the flow that closes the account."""

    environment: str
    key: str
    customer: int
    flow: str = ""  # empty: no flow closes it
    command: str = ""


def open_accounts(home: StateLocation, project: Path | None) -> tuple[OpenAccount, ...]:
    """The accounts of earlier customers in all environments of a state."""
    if not is_there(home.journal):
        return ()
    kept: list[tuple[str, str, str, int]] = []
    for environment, place in stores_of(home):
        with Store(place) as store:
            kept += [(environment, *one) for one in store.earlier_accounts()]
    if not kept:  # no document is read for it
        return ()
    workspace = open_catalog(project)
    return tuple(_told(workspace, home, kept))


def _told(
    workspace: Workspace, home: StateLocation, kept: Iterable[tuple[str, str, str, int]]
) -> Iterator[OpenAccount]:
    for name, collection, key, customer in kept:
        flow = next(_closing(workspace, collection), None)
        command = ""
        if flow is not None and flow.state is not None:
            values = {flow.state.key: key, flow.state.customer: customer}
            given = (f"{_input(template)}={value}" for template, value in values.items())
            command = home.command("run", flow.name, *given)
            command += "" if "--env" in command else f" --env {name}"
        yield OpenAccount(
            environment=name,
            key=key,
            customer=customer,
            flow=flow.name if flow else "",
            command=command,
        )


def _closing(workspace: Workspace, collection: str) -> Iterator[Flow]:
    """The flows that forget the state of an earlier customer."""
    for flow in workspace.catalog.flows.values():
        state = flow.state
        is_of_it = state is not None and state.collection == collection and _input(state.customer)
        if is_of_it and any(step.uses.forgets for step in steps_of(flow)):
            yield flow


def _input(template: Template | None) -> str:
    """The input that a value is, or ""."""
    match = _INPUT.fullmatch(template.single.text.strip()) if template and template.single else None
    return match[1] if match else ""
