"""The konnector's companions: trying an identity, deleting an account."""

import pytest

from sgeflow.core.model import Kind, Status
from tests.flows.conftest import GENERATIONS

BOTH = pytest.mark.parametrize("generation", GENERATIONS)


@BOTH
def test_trying_an_identity_changes_nothing_anywhere(play, generation):
    done = play("check-identity", generation=generation)
    assert done.report.outputs == {"verified": True, "inseeCode": "69383"}
    assert all(call.kind is Kind.READ for call in done.calls)


def test_trying_a_wrong_identity_says_so(play):
    assert play("check-identity", scenario="wrong-identity").code == "LOGIN_FAILED"


@BOTH
def test_deleting_an_account_stops_deletes_and_forgets(play, generation):
    done = play("delete-account", scenario="settled", generation=generation)
    assert done.report.outputs["stopped"] is True
    assert done.report.outputs["consentDeleted"] is True
    changes = [label for label in done.labels if not label.startswith("GET")]
    assert "Arret" in changes[0]
    assert changes[1:] == ["DELETE backoffice"]


@BOTH
def test_deleting_what_was_never_started_is_success(play, generation):
    done = play("delete-account", scenario="household", generation=generation)
    assert done.report.status is Status.DONE
    assert done.report.outputs["stopped"] is False
    assert done.calls == []


@BOTH
def test_an_already_ended_service_does_not_stop_the_deletion(play, generation):
    done = play("delete-account", scenario="consent-expired", generation=generation)
    assert done.report.status is Status.DONE
    assert done.report.outputs["consentDeleted"] is True


def test_measures_are_deleted_only_when_asked_for(play):
    play("konnector")
    kept = play("delete-account")
    assert kept.report.outputs["measuresDeleted"] == 0
    gone = play("delete-account", {"forgetMeasures": True})
    assert gone.report.outputs["measuresDeleted"] > 1344


def test_a_failed_stop_keeps_the_consent_and_says_so(play):
    ended = play("delete-account", scenario="settled", faults="SGT500:100%")
    assert ended.code == "VENDOR_DOWN"
    assert "consent was kept" in ended.report.failure.problem.message
    assert "DELETE backoffice" not in ended.labels
