"""A text in several languages is its English one, and is told in the reader's."""

import copy
import json
import pickle

import pytest

from sgeflow.core.language.reader import Reader
from sgeflow.core.language.template import LocalizedTemplate, localize, localized_schema
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.errors import EvaluationError
from sgeflow.locale.translate import translate
from sgeflow.messages import LocalizedText, alter, from_table, reword, say

BOTH = localize({"en": "The day; at last", "fr": "Le jour ; enfin"})


@pytest.fixture
def french(monkeypatch):
    monkeypatch.setenv("SGEFLOW_LANG", "fr")


def message(written):
    tree = read_yaml("x.yaml", f"message: {written}")
    return LocalizedTemplate.of(Reader(tree).template(("message",)))


def test_it_is_its_english_text_for_programs():
    assert BOTH == "The day; at last"
    assert json.dumps([BOTH]) == '["The day; at last"]'
    assert localize("one text") == "one text"
    assert localize(None) == ""


@pytest.mark.parametrize("copied", [lambda t: pickle.loads(pickle.dumps(t)), copy.deepcopy])
def test_it_is_told_in_the_reader_s_language(copied, french, monkeypatch):
    assert translate(copied(BOTH)) == "Le jour\u202f; enfin"
    monkeypatch.setenv("SGEFLOW_LANG", "en")
    assert translate(copied(BOTH)) == "The day; at last"


def test_what_the_reader_s_language_lacks_is_told_in_english_or_as_it_is(french, monkeypatch):
    assert translate(localize({"en": "The day"})) == "The day"
    monkeypatch.setenv("SGEFLOW_LANG", "en")
    assert translate(localize({"fr": "Le jour"})) == "Le jour"
    assert translate(localize({})) == ""


def test_a_message_of_ours_tells_it_in_the_language_of_the_message(french):
    assert translate(say('{origin} has no "{name}"', origin=BOTH, name="x")) == (
        "Le jour\u202f; enfin n'a pas de «\u00a0x\u00a0»"
    )
    assert translate(from_table(BOTH)) == "Le jour\u202f; enfin"


def test_it_is_changed_in_each_language():
    changed = reword(BOTH, str.upper)
    assert isinstance(changed, LocalizedText)
    assert changed.texts == {"en": "THE DAY; AT LAST", "fr": "LE JOUR ; ENFIN"}
    assert reword("one text", str.upper) == "ONE TEXT"


def test_the_descriptions_of_members_and_items_are_texts_and_their_names_are_none(french):
    schema = localized_schema(
        {
            "description": {"en": "a list", "fr": "une liste"},
            "items": {
                "properties": {
                    "description": {"type": "string", "description": {"fr": "un mot"}},
                    "en": {"type": "string"},
                }
            },
        }
    )
    assert translate(schema["description"]) == "une liste"
    assert translate(schema["items"]["properties"]["description"]["description"]) == "un mot"
    assert schema["items"]["properties"]["en"] == {"type": "string"}


SCOPE = {"day": "2025-06-15", "who": "A ; B", "none": None}


def test_each_language_has_its_own_values(french, monkeypatch):
    said = message('{en: "${day} of ${who}; {x}", fr: "« ${who} », le ${day} ; {x}"}').message(
        SCOPE
    )
    assert said == "2025-06-15 of A ; B; {x}"
    # the spaces of a value stay as they are
    assert translate(said) == "«\u00a0A ; B\u00a0», le 2025-06-15\u202f; {x}"
    monkeypatch.setenv("SGEFLOW_LANG", "en")
    assert translate(said) == "2025-06-15 of A ; B; {x}"


def test_words_without_values_have_french_spaces_too(french):
    assert translate(message('{en: "no; {x}", fr: "non ; {x} !"}').message(SCOPE)) == (
        "non\u202f; {x}\u202f!"
    )


def test_words_in_one_language_stay_as_they_are(french):
    assert (
        translate(message('"allowed here ${day} ; x"').message(SCOPE))
        == "allowed here 2025-06-15 ; x"
    )
    assert translate(message("allowed here").message(SCOPE)) == "allowed here"


def test_a_value_that_is_missing_in_any_language_fails_in_all():
    with pytest.raises(EvaluationError):
        message('{en: "on ${day}", fr: "par ${none}"}').message(SCOPE)


def test_what_only_one_language_says_is_hidden_too(french):
    said = message('{en: "a person", fr: "« ${who} » : ${who}"}').message({"who": "DUPONT"})
    hidden = alter(said, lambda text: text.replace("DUPONT", "***"))
    assert hidden == "a person"
    assert "DUPONT" not in translate(hidden)
    assert "***" in translate(hidden)
