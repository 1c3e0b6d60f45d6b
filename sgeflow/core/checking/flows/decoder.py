"""Flow documents decoded to steps, their names still unchecked."""

from __future__ import annotations

from sgeflow.core.checking.flows.grammar import FLOW_FORM, Grammar
from sgeflow.core.checking.flows.recovery import recover
from sgeflow.core.checking.flows.step_decoder import Decoder, handlers
from sgeflow.core.checking.misfiled import check_stem
from sgeflow.core.engine.step import Flow, State
from sgeflow.core.language.localized import localize
from sgeflow.core.language.mistakes.schema import complaints
from sgeflow.core.language.reader import Reader, Types
from sgeflow.core.language.shapes import ANY
from sgeflow.core.language.text import Tree
from sgeflow.errors import Problem

_ENOUGH = {
    **FLOW_FORM,
    "required": ["flow"],
    "properties": {key: form for key, form in FLOW_FORM["properties"].items() if key != "steps"},
    "additionalProperties": True,
}
"""What a document has of which the names in its steps can be looked at."""


def decode_flow(tree: Tree, types: Types, grammar: Grammar) -> tuple[Flow | None, list[Problem]]:
    """One flow, its names still unchecked, and what is wrong with its document.

    There is none when the document has not the form of a flow; a step with a mistake is held by
    a place holder, so that the other steps can still be looked at.
    """
    reader = Reader(tree, types)
    decoder = Decoder(reader, grammar)
    if not reader.readable(FLOW_FORM, enough=_ENOUGH):
        recover(reader, grammar.verbs)
        if any(complaints(reader.tree, _ENOUGH)):
            decoder.look()
            return None, reader.problems
    data = reader.tree.data
    for key in ("title", "description", "example"):
        reader.check_plain((key,))
    steps = decoder.of_flow()
    with decoder.beside(steps):
        finally_steps = decoder.steps(("finally",))
    flow = Flow(
        name=data["flow"],
        title=localize(data.get("title", "")),
        description=localize(data.get("description")),
        example=data.get("example", ""),
        inputs=reader.parameters(("inputs",)),
        state=_state(reader) if "state" in data else None,
        steps=steps,
        known_after=next((n for n, one in enumerate(steps, 1) if one.uses.recognises), 0),
        handlers=handlers(decoder, ("on_fault",), (*steps, *finally_steps)),
        finally_steps=finally_steps,
        outputs=reader.expressions(("outputs",)),
        shape=ANY,
        at=reader.at(("flow",)),
    )
    check_stem(reader, "flow", flow.name)
    return flow, reader.problems


def _state(reader: Reader) -> State:
    """What the flow remembers between runs, under which key, and of which customer."""
    customer = reader.get(("state", "customer"))
    return State(
        collection=reader.get(("state", "collection")),
        key=reader.template(("state", "key")),
        customer=None if customer is None else reader.template(("state", "customer")),
    )
