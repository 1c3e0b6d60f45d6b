"""Command lines as a newcomer mistypes them: what each is told, word for word, in both languages."""

from __future__ import annotations

import pytest

from tests.cli.conftest import same_every_time

POINT = "30000000000011"
SLIPS = (
    *(["show"], ["call"], ["resume"], ["orders", "resolve"], ["runs", "show"]),
    *(["export", POINT], ["run", "konnector", POINT], ["export", "parquet"]),
    *(["doctor", "homologation"], ["run", "last-week.yaml"], ["run", "konector.yaml"]),
    *(["env"], ["list", "env"], ["flow", "konnector"], ["lint"], ["exprt"]),
)


@pytest.mark.parametrize("spoken", ["en", "fr"])
def test_a_mistyped_command_line_is_told_what_there_is_or_was_meant(
    sgeflow, golden, monkeypatch, spoken
) -> None:
    monkeypatch.setenv("SGEFLOW_LANG", spoken)
    told = []
    for words in SLIPS:
        result = sgeflow(*words)
        assert (result.code in (2, 3), result.out) == (True, ""), words
        told.append(f"# sgeflow {' '.join(words)}\n\n{same_every_time(result.err)}")
    golden(f"slips.{spoken}.txt", "\n".join(told))


def test_a_missing_run_is_looked_for_where_the_command_line_says(sgeflow) -> None:
    sgeflow("run", "konnector", "--env", "simulator", "--state", "there", "--run", "nightly")
    assert "runs: nightly" in sgeflow("runs", "show", "--state", "there").err
    assert "runs: " not in sgeflow("runs", "show", "--state", "elsewhere").err
