"""Numbers, days and times as a reader writes them."""

from datetime import date, datetime

import pytest

from sgeflow.locale.writing import (
    NOTHING,
    write_day,
    write_month,
    write_number,
    write_percent,
    write_sentence,
    write_time,
)
from sgeflow.messages import say, sentences

FIRST = date(2026, 1, 1)  # a Thursday


@pytest.mark.parametrize(
    ("lang", "texts"),
    [
        (
            "en",
            (
                "1,234.5",
                "\u22120.3%",
                "+2%",
                "Thursday 1 January 2026",
                "1 Jan",
                "January",
                "07:05",
            ),
        ),
        (
            "fr",
            (
                "1\u202f234,5",
                "\u22120,3\u202f%",
                "+2\u202f%",
                "jeudi 1er janvier 2026",
                "1er janv.",
                "Janvier",
                "07\u202fh\u202f05",
            ),
        ),
    ],
)
def test_figures_and_days_are_written_as_a_reader_writes_them(monkeypatch, lang, texts):
    monkeypatch.setenv("SGEFLOW_LANG", lang)
    written = (
        write_number(1234.5, 1),
        write_percent(-0.0034, 1, signed=True),
        write_percent(0.02, signed=True),
        write_day(FIRST, week=True),
        write_day(FIRST, short=True, year=False),
        write_month(FIRST, year=False),
        write_time(datetime(2026, 1, 1, 7, 5)),
    )
    assert written == texts


def test_nothing_is_a_dash_and_a_zero_has_no_sign(monkeypatch):
    monkeypatch.setenv("SGEFLOW_LANG", "en")
    assert (write_number(None), write_percent(None)) == (NOTHING, NOTHING)
    assert (write_number(0), write_number(-0.04, 1), write_percent(-0.0001, signed=True)) == (
        "0",
        "0.0",
        "0%",
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("all is well", "All is well"),
        ("consulterMesuresDetaillees is retired", "consulterMesuresDetaillees is retired"),
        ("load_curve lacks days", "load_curve lacks days"),
        (say('no flow "{name}"', name="no"), 'No flow "no"'),
        (say("{name} is missing", name="konnector"), "konnector is missing"),
        (sentences(say("{name} is missing", name="konnector"), say("two")), "konnector is missing"),
        (sentences(say("two"), say("{name} is missing", name="konnector")), "Two"),
    ],
)
def test_a_sentence_begins_with_a_capital_unless_its_first_word_is_an_identifier(text, sentence):
    assert write_sentence(text).startswith(sentence)
