"""Whether the inputs that an environment gives are inputs that some flow takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sgeflow.core.checking.values.examples import misfits
from sgeflow.core.engine.step import Flow
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.text import Tree
from sgeflow.errors import Id, Problem
from sgeflow.messages import say

_NEAR = 0.75
"""How like an input's name an unknown one is told for it; programs may read others."""


def check_inputs(tree: Tree, flows: Collection[Flow]) -> Iterator[Problem]:
    """Misspelt names, and values that no flow would take, in an environment's `inputs`."""
    reader = Reader(tree)
    names = {name: None for flow in flows for name in flow.inputs}
    defaults = reader.get(("inputs",), {})
    for name in defaults:
        takers = [flow.inputs[name] for flow in flows if name in flow.inputs]
        default = reader.constant(("inputs", name))
        if takers and default.written is not None:
            mistakes = [list(misfits(default, parameter)) for parameter in takers]
            nearest = next((one for one in mistakes if one and one[0].suggestion), mistakes[0])
            yield from nearest if all(mistakes) else ()
        near = "" if takers else closest(name, (n for n in names if n not in defaults), least=_NEAR)
        if near:
            yield Problem(
                id=Id.UNKNOWN_VALUE,
                message=say('no flow takes an input "{name}"', name=name),
                at=reader.at(("inputs", name), key=True),
                suggestion=near,
            )
