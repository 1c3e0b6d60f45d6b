"""The calls of the main job have keys of their own: a run that goes on finds its answers by them."""

from collections import Counter

import pytest

from tests.flows.conftest import GENERATIONS

SCENARIOS = ["household", "settled", "flaky", "same-day-restart", "consent-expired", "no-data"]


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_call_has_the_key_and_try_of_another(play, scenario, generation):
    calls = play(scenario=scenario, generation=generation).calls
    used = Counter((call.key, call.attempt) for call in calls)
    assert calls
    assert [key for key, times in used.items() if times > 1] == []


def test_another_run_of_the_same_day_has_the_same_keys(play, tmp_path):
    first, second = (play(state=tmp_path / name).calls for name in ("a", "b"))
    assert sorted(call.key for call in first) == sorted(call.key for call in second)
