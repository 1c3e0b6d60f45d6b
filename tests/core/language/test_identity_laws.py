"""Laws of comparing names and addresses: what never changes the verdict, and what always does."""

import string
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from sgeflow.core.language.addresses import (
    KIND_FORMS,
    NAME_FORMS,
    WHOLE_WORDS,
    address_match,
    street_of,
)
from sgeflow.core.language.comparable_text import capitals
from sgeflow.core.language.surnames import name_match, names_to_search

LASTNAMES = st.sampled_from(
    [
        "Lefèvre",
        "Martin",
        "Dubois",
        "Garnier",
        "Nguyễn",
        "Müller",
        "Özdemir",
        "Ibañez",
        "Kerdoncuff",
        "Çelik",
        "Traoré",
        "Bérénger",
    ]
)
DOUBLES = st.one_of(LASTNAMES, st.tuples(LASTNAMES, LASTNAMES).map("-".join))
FIRSTNAMES = st.sampled_from(["Élodie", "Paul", "Zoé", "Inès", "Jean-Pierre", "Hô", "Noël", "Anne"])
STREETS = st.sampled_from(
    [
        "rue des Églantiers",
        "avenue du Général Leclerc",
        "boulevard de l'Europe",
        "allée Saint-Exupéry",
        "chemin de la Grande Côte",
        "place du 8 mai 1945",
        "rue Jean Moulin",
        "rue A",
        "impasse du Docteur Calmette",
    ]
)
HOUSES = st.builds(
    "{}{} {}".format, st.integers(1, 120), st.sampled_from(["", " bis", " B", " ter"]), STREETS
)
PLACES = st.sampled_from(
    [
        "appt 3",
        "bât. B",
        "esc. 2",
        "hall 1",
        "tour 4",
        "entrée C",
        "villa 5",
        "2e étage gauche",
        "lot 7",
    ]
)
ADDRESSES = st.one_of(HOUSES, st.builds("{}, {}".format, HOUSES, PLACES))
WRITINGS = st.sampled_from(
    [
        str.upper,
        str.lower,
        str.title,
        lambda text: text.replace(" ", "  "),
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: "".join(
            one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one)
        ),
        lambda text: text.replace("'", "\u2019"),
        lambda text: f" {text}, ",
    ]
)


@given(ADDRESSES, ADDRESSES)
def test_whichever_address_is_the_given_one_the_verdict_is_the_same(one, other):
    assert address_match(one, [other]) == address_match(other, [one])


@given(ADDRESSES, ADDRESSES, WRITINGS)
def test_case_accents_blanks_and_signs_change_no_verdict_on_an_address(one, other, write):
    assert address_match(one, [one]) == "same"
    assert address_match(write(one), [other]) == address_match(one, [other])
    assert street_of(write(one)) == street_of(one)


@given(HOUSES, st.lists(PLACES, min_size=1, max_size=3, unique=True), st.randoms())
def test_where_in_the_house_may_stand_before_or_behind_the_street(house, places, random):
    written = [house, *places]
    random.shuffle(written)
    assert address_match(", ".join(written), [house, *places]) == "same"


@given(st.sampled_from(sorted(KIND_FORMS.items())), st.integers(1, 99))
def test_each_short_form_of_a_kind_of_streets_is_that_kind(entry, number):
    short, kinds = entry
    for kind in kinds:
        assert (
            address_match(f"{number} {short}. des Lilas", [f"{number} {kind} DES LILAS"]) == "same"
        )
        assert (
            address_match(f"{number} {kind} des Lilas", [f"{number} {short} DES LILAS"]) == "same"
        )


@given(st.sampled_from(sorted(NAME_FORMS.items())))
def test_each_short_form_within_a_street_is_the_word(entry):
    short, words = entry
    for word in words:
        assert address_match(f"3 rue du {short}. Duval", [f"3 RUE DU {word} DUVAL"]) == "same"
        if len(words) == 1 and short not in WHOLE_WORDS:
            assert street_of(f"3 rue du {short} Duval") == f"3 RUE DU {word} DUVAL"


@given(st.integers(1, 500), st.integers(1, 500), STREETS, PLACES)
def test_another_number_is_another_home(one, other, street, place):
    verdict = address_match(f"{one} {street}, {place}", [f"{other} {street}"])
    assert verdict == ("same" if one == other else "different")


@given(
    STREETS,
    st.sampled_from(
        [
            "appt",
            "bât.",
            "bloc",
            "hall",
            "tour",
            "villa",
            "maison",
            "esc.",
            "lot",
            "entrée",
            "étage",
        ]
    ),
    st.integers(1, 40),
    st.integers(1, 40),
)
def test_another_flat_hall_tower_or_floor_is_another_home(street, place, one, other):
    written = [f"12 {street}, {place} {number}" for number in (one, other)]
    assert address_match(written[0], [written[1]]) == ("same" if one == other else "different")
    assert address_match(f"12 {street}", [written[0]]) == "same"


@given(DOUBLES, FIRSTNAMES, WRITINGS)
@example("D'Angelo", "Aude", str.upper)
def test_case_accents_and_titles_change_no_verdict_on_a_name(lastname, firstname, write):
    for known in (lastname.upper(), f"{lastname} {firstname}".upper(), f"{firstname} {lastname}"):
        for written in (lastname, f"M. et Mme {lastname}", f"{firstname} {lastname}"):
            assert name_match(write(written), firstname, [known]) == "same"


@given(LASTNAMES, LASTNAMES)
def test_of_single_last_names_it_matters_not_which_is_the_given_one(one, other):
    assert name_match(one, None, [other]) == name_match(other, None, [one])
    assert name_match(one, None, [other]) == ("same" if one == other else "different")


@given(LASTNAMES, st.integers(0, 20), st.sampled_from(string.ascii_uppercase))
def test_a_letter_that_is_otherwise_is_another_name(lastname, at, letter):
    name = capitals(lastname)
    at %= len(name)
    held = f"{name[:at]}{letter}{name[at + 1 :]}"
    verdict = name_match(name, "Paul", [held])
    assert verdict == ("same" if held == name else "different")


@given(LASTNAMES, FIRSTNAMES, FIRSTNAMES)
def test_another_first_name_is_for_a_person_to_decide(lastname, one, other):
    shown = [lastname.upper(), f"MME {lastname} {other}".upper()]
    assert name_match(lastname, one, shown) == ("same" if one == other else "unclear")


@given(
    LASTNAMES, st.sampled_from(["SARL", "SAS", "SCI", "Garage", "Plomberie", "Association", "Ets"])
)
def test_a_company_is_no_family(lastname, firm):
    for written in (f"{firm} {lastname}", f"{lastname} {firm}"):
        assert name_match(lastname, "Paul", [written.upper()]) == "different"
        assert name_match(written, "Paul", [lastname.upper()]) == "different"
        assert name_match(written, "Paul", [written.upper()]) == "same"


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
@example("A " * 60, "D " * 60, "L " * 60)
@example("-", " - ", "'")
def test_any_text_has_a_verdict(one, other, firstname):
    assert address_match(one, [other]) in ("same", "unclear", "different")
    assert name_match(one, firstname, [other, firstname]) in ("same", "unclear", "different")
    assert all(len(form.replace(" ", "")) > 2 for form in names_to_search(one, firstname))
