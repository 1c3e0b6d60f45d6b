"""A `${…}` in `with` that can never be what its parameter takes is found before anything runs."""

import pytest

import sgeflow
from sgeflow.errors import InvalidDocuments

FLOW = """
flow: fits
title: Looks for a point's contract
inputs:
  point: {$ref: "types.yaml#/pointId"}
  points: {type: array, items: {type: string}}
  count: {type: integer}
  agreed: {type: boolean}
steps:
  - id: contract
    call: consulterDonneesTechniquesContractuelles
    with: {pointId: "${POINT}", autorisationClient: "${AGREED}"}
"""


def test_what_can_never_fit_is_found_and_what_is_converted_is_not(tmp_path):
    (tmp_path / "flows").mkdir()
    wrong = {("inputs.points", "true"), ("inputs.agreed", "true"), ("inputs.point", "inputs.count")}
    right = {("inputs.point", "inputs.agreed"), ("inputs.count", "inputs.agreed")}
    right |= {("inputs.points[0]", "inputs.point"), ("join('', inputs.points)", "inputs.agreed")}
    wrong = {(one, two.replace("true", "inputs.agreed")) for one, two in wrong}
    for point, agreed in wrong | right:
        text = FLOW.replace("POINT", point).replace("AGREED", agreed)
        (tmp_path / "flows" / "fits.yaml").write_text(text)
        workspace = sgeflow.open_catalog(tmp_path, flow="fits")
        if (point, agreed) in right:
            assert workspace.flow("fits")
            continue
        with pytest.raises(InvalidDocuments, match=r"SGE014 .* cannot be") as caught:
            workspace.flow("fits")
        assert len(caught.value.problems) == 1
