"""A message that was kept as plain data is told in every language when it is looked at again."""

import json
import os
from datetime import date
from pathlib import Path
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from sgeflow.locale.translate import translate
from sgeflow.messages import (
    LocalizedText,
    Message,
    join_items,
    message_data,
    message_of,
    say,
    say_count,
    say_date,
    sentences,
    verbatim,
)

ANY = st.text() | st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none()
PLAIN = st.builds(lambda value: Message("a {value} of", {"value": value}), ANY)
COUNTED = st.builds(
    lambda count: say_count("{count:,} day", "{count:,} days", count=count), st.integers()
)
DOCUMENTS = st.builds(lambda en, fr: LocalizedText({"en": en, "fr": fr}), st.text(), st.text())
MESSAGES = st.recursive(
    PLAIN | COUNTED | DOCUMENTS | st.builds(verbatim, st.text()),
    lambda some: st.builds(lambda several: sentences(*several), st.lists(some, max_size=3)),
)


def kept(text):
    """The text as a journal has it."""
    return message_of(json.loads(json.dumps(message_data(text))))


@given(MESSAGES | st.text())
def test_a_kept_message_says_the_same_in_each_language(text):
    again = kept(text)
    assert str(again) == str(text)
    with patch.dict(os.environ, {"SGEFLOW_LANG": "fr"}):
        assert translate(again) == translate(text)


def test_a_kept_message_is_told_in_french(monkeypatch):
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    days = say_count("{count:,} day", "{count:,} days", count=1096)
    since = say_date("2025-06-15"), say_date("2025-06"), say_date("2025")
    texts = say("nothing is missing"), LocalizedText({"en": "a", "fr": "à"})
    words = join_items([days, *since, *texts])
    assert words == "1,096 days, 2025-06-15, 2025-06, 2025, nothing is missing, a"
    told = "1\u202f096 jours, 15/06/2025, 06/2025, 2025, il ne manque rien, à"
    assert translate(kept(words)) == told


def test_what_plain_data_would_say_otherwise_is_kept_as_it_was_said():
    assert kept(say("on {day}", day=date(2026, 1, 2))) == "on 2026-01-02"
    dated = say("in {day:%Y}", day=date(2026, 1, 2))
    assert (message_data(dated), kept(dated)) == ("in 2026", "in 2026")
    assert kept(say("{file} is gone", file=Path("a"))) == "a is gone"
