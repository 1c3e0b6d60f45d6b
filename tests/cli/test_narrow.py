"""A narrow terminal and a pipe leave nothing out: what has no room beside continues below."""

import re

import pytest

from tests.cli.conftest import write_two_households

WIDEST_PIPE = 120


def lines_of(text):
    return [line for line in text.splitlines() if line]


def test_a_fleet_at_60_columns_keeps_its_codes_messages_and_id(sgeflow, monkeypatch):
    write_two_households(sgeflow)
    monkeypatch.setenv("COLUMNS", "60")
    ended = sgeflow("run", "konnector", "--each", "points.csv", "--run", "n" * 30, "file={pointId}")
    said = " ".join(ended.out.split())
    assert "LOGIN_FAILED Enedis does not know this point under this name at this address" in said
    assert f"fleet {'n' * 30} ·" in said
    assert "…" not in ended.out


def test_a_run_at_60_columns_keeps_its_id_and_what_each_step_did(sgeflow, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    ended = sgeflow("run", "konnector")
    listed = sgeflow("runs", "--output", "csv").out
    run = re.search(r"\b[0-9a-f]{16}\b", listed)[0]
    assert run in ended.out
    assert "…" not in ended.out + ended.err
    assert all(len(line) <= 60 for line in lines_of(ended.err))


@pytest.mark.parametrize("command", [("show",), ("runs",), ("show", "operations")])
def test_a_listing_at_60_columns_has_every_word_of_the_wide_one(sgeflow, monkeypatch, command):
    sgeflow("run", "konnector")
    words = {}
    for columns in ("60", "400"):
        monkeypatch.setenv("COLUMNS", columns)
        words[columns] = sgeflow(*command).out.split()
    assert sorted(words["60"]) == sorted(words["400"])


def test_a_piped_listing_is_at_most_120_columns_wide_and_has_whole_run_ids(sgeflow, monkeypatch):
    sgeflow("run", "konnector")
    run = re.search(r"\b[0-9a-f]{16}\b", sgeflow("runs", "--output", "csv").out)[0]
    monkeypatch.delenv("COLUMNS")
    assert [line for line in sgeflow("runs").out.splitlines() if run in line]
    for command in (("show",), ("runs",)):
        assert max(map(len, sgeflow(*command).out.splitlines())) <= WIDEST_PIPE
