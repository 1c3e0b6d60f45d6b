"""People are found in what others say of them, however they write it, and nothing else is."""

import base64
import json
import unicodedata
from html import escape, unescape
from itertools import pairwise
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.adapters.cassettes.personal_values import PersonalValues, fold

PEOPLE = (
    ("Jean Noël", "Dupré-Martin"),
    ("Léa", "Le Bœuf"),
    ("Zoé", "D'Hérouville"),
    ("Sinéad", "O'Brien"),
    ("Maëlle", "Lefèvre"),
    ("Anne", "De La Tour"),
)
WRITTEN = {
    "as it is": lambda first, last: f"{first} {last}",
    "turned": lambda first, last: f"{last} {first}",
    "with spaces": lambda first, last: f"{first}  {last}".replace("-", "  ").replace("'", "  "),
    "joined": lambda first, last: _joined(first + last),
    "joined and turned": lambda first, last: _joined(last + first),
    "each joined": lambda first, last: f"{_joined(first)} {_joined(last)}",
    "with hyphens": lambda first, last: f"{first}-{last}".replace(" ", "-").replace("'", "-"),
    "with dots": lambda first, last: f"{first}.{last}".replace(" ", ".").replace("'", "."),
    "with lines below": lambda first, last: f"{first}_{last}".replace(" ", "_").replace("'", "_"),
    "with another apostrophe": lambda first, last: f"{first} {last}".replace("'", "\u2019"),
    "with digits": lambda first, last: f"{_joined(first)}{_joined(last)}75",
}
CASES = (str, str.upper, str.lower, str.title, fold)
ENCODED = {
    "as it is": str,
    "for an address": quote,
    "for a form": quote_plus,
    "for XML": lambda text: escape(text).encode("ascii", "xmlcharrefreplace").decode(),
    "for XML twice": lambda text: escape(text.encode("ascii", "xmlcharrefreplace").decode()),
    "for an address twice": lambda text: quote(quote(text)),
    "for JSON": lambda text: json.dumps(text)[1:-1],
    "as Python shows bytes": lambda text: repr(text.encode())[2:-1],
    "as base64": lambda text: base64.b64encode(f"<nom>{text}</nom>".encode()).decode(),
    "as base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
}


def _joined(text):
    return "".join(sign for sign in text if sign.isalnum())


def _known(*values):
    known = PersonalValues()
    for value in values:
        known.learn(value)
    return known


@pytest.mark.parametrize("written", WRITTEN)
def test_names_are_found_however_they_are_written(written):
    left = []
    for first, last in PEOPLE:
        for known in (_known(first, last), _known(f"{first} {last}"), _known(last, first)):
            for case in CASES:
                for encode in ENCODED.values():
                    text = encode(case(WRITTEN[written](first, last)))
                    shown = known.replace(f"le client [{text}] est inconnu", lambda _: "*")
                    inner = shown.removeprefix("le client [").removesuffix("] est inconnu")
                    rest = unescape(unescape(inner))
                    if any(len(word) >= 3 for word in _letters(rest)):
                        left.append((first, last, text, shown))
    assert left == []


def _letters(text):
    return "".join(sign if sign.isalpha() else " " for sign in text).split()


def test_what_only_looks_like_a_name_is_left_alone():
    known = _known("Jean Noël", "Dupont", "Lefèvre", "Petit", "Li", "12 rue des Lilas", "69003")
    for text in (
        "le pont du Gard, et celui du pont neuf",
        "Dupontel, Dupontin et Lefebvre",
        "la fièvre, le febrifuge",
        "jeannette noelle petite petitesse appetit",
        "RUE DES ACACIAS, Rue-des Roses",
        "rue barree, des points, 12 fois",
        "SGT4F10 SGE042 30001610071843 ENERGIE_ACTIVE",
        "urn:uuid:0f3b6c1e-8a4d-4f4e-9d0c-1f2e3d4c5b6a",
        base64.b64encode(b"a text about nobody at all").decode(),
    ):
        assert known.replace(text, lambda _: "*") == text


@given(
    st.lists(st.text("abcdéœ", min_size=3, max_size=6), min_size=1, max_size=3),
    st.lists(st.text("abcdefgh -'_%&;", max_size=12), max_size=4),
)
def test_what_is_left_of_a_text_stands_in_it_in_its_order(names, others):
    known = _known(*names)
    for text in (" ".join([*others, *names]), "".join([*names, *others])):
        shown = known.replace(text, lambda _: "*")
        rest = iter(unicodedata.normalize("NFC", text))
        assert all(sign in rest for sign in shown.replace("*", ""))


def test_a_long_text_of_halves_of_names_is_looked_at_once():
    known = _known("Anne Nanne", "Nannanne")
    text = "anne" * 20_000
    assert known.replace(f"{text} x {text}y", lambda _: "*") == f"* x {text}y"
    words = "Le " * 20_000
    assert _known("Leleleleleleleleleb").replace(words, lambda _: "*") == words


def test_of_a_long_value_and_of_many_few_words_are_joined():
    words = [f"word{chr(97 + one // 26 % 26)}{chr(97 + one % 26)}" * 2 for one in range(4_000)]
    known = _known(" ".join(words), "x".join(words), *map(" ".join, pairwise(words)))
    text = f"{words[3]}{words[4]} {words[7]}-{words[8]} {' '.join(words)}"
    assert set(known.replace(text, lambda _: "*")) == {"*", "-", " "}
