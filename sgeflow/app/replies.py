"""Trying an expression over a saved reply: how an operation's paths are written."""

from __future__ import annotations

from typing import Any

from sgeflow.app.workspace import Workspace
from sgeflow.core.language.expression import compile_expression
from sgeflow.core.model import Fault, NoAnswer
from sgeflow.core.soap.reply import read_saved
from sgeflow.core.soap.xml import to_document
from sgeflow.errors import SgeflowError


def search_reply(workspace: Workspace, operation: str, reply: bytes, expression: str) -> Any:
    """The value of an expression over a saved reply as plain data.

    Raises:
        InvalidDocuments: it is not JMESPath.
        EvaluationError: it met a value it cannot work with.
        SgeflowError: the reply is a fault, or none of this operation.
    """
    chosen = workspace.operation(operation)
    compiled = compile_expression(expression)
    element = read_saved(chosen, reply, workspace.catalog.faults)
    if isinstance(element, Fault | NoAnswer):
        raise SgeflowError(element.problem)
    return compiled.search(to_document(element, frozenset(chosen.response.lists)))
