"""Shipped documents say everything in both languages: titles, descriptions, rules, ends, hints."""

from functools import cache

import yaml

from sgeflow.core.checking.document import KINDS
from sgeflow.core.language.template import compile_template
from sgeflow.locale.translate import ENGLISH, FRENCH
from tests.locale.wordings import PACKAGE
from tests.locale.writing import broken_signs, is_a_sentence_like

ROOT = PACKAGE.parent
FILES = [file for kind in KINDS for file in sorted((ROOT / kind.folder).glob("*.yaml"))]
KEYS = ("title", "description", "message", "hint", "because", "meaning", "cause", "remedy")
LANGUAGES = {ENGLISH, FRENCH}


def texts_in(document, place=""):
    """Every text for people with its place, whatever languages it has."""
    if isinstance(document, dict):
        for key, value in document.items():
            is_text = isinstance(value, str) or (isinstance(value, dict) and LANGUAGES & set(value))
            if key in KEYS and is_text and not place.endswith("/refusal"):  # which has paths
                yield f"{place}/{key}", value
            else:
                yield from texts_in(value, f"{place}/{key}")
    elif isinstance(document, list):
        for number, value in enumerate(document):
            yield from texts_in(value, f"{place}/{number}")


@cache
def texts():
    """Every text of the shipped documents with its file and place."""
    return [
        (file.name + place, text)
        for file in FILES
        for place, text in texts_in(yaml.safe_load(file.read_text("utf-8")))
    ]


@cache
def pairs():
    """The places of texts in both languages, and the two."""
    return [
        (place, text[ENGLISH], text[FRENCH])
        for place, text in texts()
        if isinstance(text, dict) and set(text) == LANGUAGES
    ]


def test_every_text_has_both_languages():
    assert len(texts()) > 800
    assert {place for place, _, _ in pairs()} == {place for place, _ in texts()}


def read_by(text):
    return sorted(expression.text for expression in compile_template(text).expressions())


def test_both_languages_tell_the_same_values():
    assert [place for place, one, other in pairs() if read_by(one) != read_by(other)] == []


def test_french_keeps_its_own_signs():
    found = {place: list(broken_signs(one, other)) for place, one, other in pairs()}
    assert {place: signs for place, signs in found.items() if signs} == {}


def test_french_is_a_sentence_where_the_english_is_one():
    assert [place for place, *pair in pairs() if not is_a_sentence_like(*pair)] == []


def test_no_text_is_the_same_in_both_languages_but_for_names():
    assert [place for place, one, other in pairs() if one == other] == []
