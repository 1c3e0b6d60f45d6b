"""The konnector's companions: trying an identity, deleting an account."""

import pytest

from sgeflow.core.model import Kind
from tests.flows.conftest import GENERATIONS

BOTH = pytest.mark.parametrize("generation", GENERATIONS)


@BOTH
def test_trying_an_identity_changes_nothing_anywhere(play, generation):
    done = play("check-identity", generation=generation)
    matched = {"address": "as given", "name": "whole"}
    assert done.report.outputs == {"verified": True, "inseeCode": "69383", "matched": matched}
    assert all(call.kind is Kind.READ for call in done.calls)


@BOTH
def test_deleting_an_account_stops_deletes_and_forgets(play, generation):
    done = play("delete-account", scenario="settled", generation=generation)
    assert done.report.outputs["stopped"] is True
    assert done.report.outputs["consentDeleted"] is True
    changes = [label for label in done.labels if not label.startswith("GET")]
    assert "Arret" in changes[0]
    assert changes[1:] == ["DELETE backoffice"]


def test_measures_are_deleted_only_when_asked_for(play):
    play("konnector")
    kept = play("delete-account")
    assert kept.report.outputs["measuresDeleted"] == 0
    gone = play("delete-account", {"forgetMeasures": True, "customer": 1})
    assert gone.report.outputs["measuresDeleted"] > 1344
