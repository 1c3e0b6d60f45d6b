"""The lines of a step, as they stand in its document."""

import pytest

from sgeflow.core.engine.walk import every_step
from sgeflow.errors import Location
from sgeflow.tools.graph.flow_page import step_place

TEXT = """\
steps:
  # before
  - id: a
    set:
      b: 1

      c: 2
  # about the next
  - {id: d, set: {e: 1},
     title: x}
  - id: f
    undo:
      set: {g: 1}
"""


def text_at(place, document):
    """The lines of a step without their indentation, as the page's script cuts them out."""
    first, count, left = place
    return "\n".join(line[left:] for line in document.splitlines()[first : first + count])


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [
        (3, 5, "- id: a\n  set:\n    b: 1\n\n    c: 2"),
        (9, 5, "- {id: d, set: {e: 1},\n   title: x}"),
        (13, 7, "set: {g: 1}"),
        (40, 1, ""),
    ],
)
def test_the_lines_of_a_step_are_its_own_and_no_comment_of_the_next(line, column, text):
    place = step_place(TEXT, Location(file="flows/x.yaml", line=line, column=column))
    assert (text_at(place, TEXT) if place else "") == text


def test_the_lines_of_every_step_of_every_flow_are_that_step(workspace):
    for flow in workspace.catalog.flows.values():
        document = workspace.sources.texts[f"flows/{flow.name}"]
        for step in every_step(flow.steps, undos=False):
            text = text_at(step_place(document, step.at), document)
            assert f"id: {step.id}" in text.splitlines()[0], (flow.name, step.id)
            _, *rest = text.splitlines()
            assert all(not one.strip() or one.startswith(" ") for one in rest)
