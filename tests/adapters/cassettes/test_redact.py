"""What is hidden, and what keeps its shape."""

from __future__ import annotations

import base64
import html
import json
import quopri
import re
from itertools import product
from unicodedata import normalize
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sgeflow.adapters.cassettes import redact
from sgeflow.adapters.cassettes.messages import leaves, path_leaves, rewrite, rewrite_path
from sgeflow.adapters.cassettes.personal_values import PersonalValues, fold
from sgeflow.adapters.cassettes.redact import (
    Pseudonyms,
    Redactor,
    SecretForms,
    pattern_of,
)
from sgeflow.adapters.secrets import Secret

ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:q="urn:q"><s:Body>
<q:search><nom>Dupré-Martin</nom><prenom>Zoé</prenom><id>30000000000011</id>
<ligne1>MME DUPRE MARTIN ZOE</ligne1><adresse><rue>12 rue des Lilas</rue></adresse></q:search>
</s:Body></s:Envelope>""".encode()
PERSONAL = ("nom", "prenom", "adresse")


def texts(body):
    return {leaf.path.rpartition("/")[2]: leaf.value for leaf in leaves(body)}


# -- for eyes -------------------------------------------------------------------------------------


def test_personal_elements_and_their_values_elsewhere_become_stars():
    shown = texts(Redactor().body(ENVELOPE, PERSONAL))
    assert shown == {
        "nom": "***",
        "prenom": "***",
        "id": "30000000000011",
        "ligne1": "MME *** *** ***",
        "rue": "***",
    }


def test_json_members_become_stars_whatever_they_hold():
    body = json.dumps(
        {"who": {"name": "Dupont", "age": 42}, "phone": 612345678, "id": 7, "note": "M Dupont"}
    ).encode()
    shown = json.loads(Redactor().body(body, ("who", "phone")))
    assert shown == {
        "who": {"name": "***", "age": "***"},
        "phone": "***",
        "id": 7,
        "note": "M ***",
    }


@pytest.mark.parametrize(
    "body",
    [
        b"<a><nom>Canary</nom><b>",
        b"<a><x:nom k='1'>Canary<i>Canary</i></x:nom><b>ok</a>",
        b"<!DOCTYPE a><a><nom>Canary</nom>ok</a>",
        b'<a nom="Canary"><b>ok',
        b'{"nom": "Canary", "b": "ok"',
        b'{"a": [{"nom": "Can\\"ary", "b": 1}',
        b"<html><p>ok<nom>Canary</nom></p>",
    ],
)
def test_a_broken_body_is_hidden_too(body):
    shown = Redactor().body(body, ("nom",))
    assert b"anary" not in shown
    assert b"***" in shown


def test_what_is_not_to_be_hidden_stays_byte_for_byte():
    for body in (b"", b"  ", b"plain", b"\xff\x00\x81", b"<a>", b"{", b"<a>\xe9</b>"):
        assert Redactor().body(body, ("nom",)) == body


def test_a_body_in_another_encoding_is_read_by_its_declaration():
    body = '<?xml version="1.0" encoding="ISO-8859-1"?><a><nom>Dupré</nom><t>x DUPRE</t></a>'
    assert texts(Redactor().body(body.encode("latin-1"), ("nom",))) == {"nom": "***", "t": "x ***"}


def test_secrets_are_found_in_every_form_they_take():
    secret = 'p@ss w0rd"&é'
    redactor = Redactor([Secret(secret), Secret("abc")])
    forms = [
        secret,
        quote(secret, safe=""),
        "p@ss w0rd&quot;&amp;é",
        json.dumps(secret),
        base64.b64encode(secret.encode()).decode(),
        quote(secret, safe="").lower(),
        quote(secret, safe="@ "),
        quote_plus(secret, safe='@"'),
        quote(quote(secret, safe=""), safe=""),
        secret.upper(),
    ]
    for form in forms:
        assert "w0rd" not in redactor.text(f"x {form} y").replace("***", "").casefold()
        assert "***" in redactor.text(f"x {form} y")
    for user in ("", "a", "ab", "abc", "Bearer "):  # whatever stands before it
        packed = base64.b64encode(f"{user}:{secret} more".encode())
        shown = redactor.text(packed.decode())
        assert "***" in shown
        assert len(packed) - len(shown.replace("***", "")) >= len(secret)
        url = base64.urlsafe_b64encode(f"{user}\xff\xfe:{secret}".encode()).decode()
        assert "***" in redactor.text(url)
    assert Redactor([Secret("q7zK")]).text("x q7zK y") == "x *** y"
    assert redactor.text("abc stays: too short to be told from words").startswith("abc")
    assert b"w0rd" not in redactor.body("<a>p@ss w0rd&quot;&amp;é</a>".encode())
    assert b"w0rd" not in redactor.body(json.dumps({"a": secret}).encode())


MAIL_FORMS = {
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex().upper(),
    "mail": lambda text: quopri.encodestring(text.encode(), quotetabs=True).decode(),
    "lines": lambda text: "".join(f"={byte:02x}=\r\n" for byte in text.encode()),
    "header": lambda text: "".join(f"={byte:02X}" for byte in text.encode()),
    "xml": lambda text: "".join(f"&#{ord(sign)};" if ord(sign) > 127 else sign for sign in text),
    "json": lambda text: json.dumps(text)[1:-1],
    "address": quote,
    "packed": lambda text: base64.b64encode(text.encode()).decode(),
    "plain": str,
}


def test_a_secret_is_found_in_hex_in_mails_and_with_its_accents_and_case_written_otherwise():
    left = []
    for secret in (
        "Mot-de-passe été 😀",
        "straße de l'Œuvre",
        "e\u0301lectricite\u0301 7",
        "plain one",
    ):
        redactor = Redactor([Secret(secret), Secret("another one")])
        for form, case in product(("NFC", "NFD"), (str, str.upper, str.lower)):
            if secret.isascii() and case is not str:
                continue
            for name, write in MAIL_FORMS.items():
                shown = redactor.text(f"key={write(normalize(form, case(secret)))}& y")
                if shown.replace("=\r\n", "") != "key=***& y":
                    left.append((secret, form, case, name, shown))
    assert not left


@pytest.mark.parametrize("secret", ["Kr7-{}-tokén-xyz", "Kr7-{}-token-xyz"])
def test_a_text_is_masked_by_secrets_that_it_has_alone(secret):
    """Each of all is looked for by its beginnings; an expression is made of those that may be."""
    secrets = [secret.format(number) for number in range(100)]
    forms = SecretForms(secrets)
    noise = "key=4f%C3%A9 &#233;=3D\\u00e9 Kr7- tok\u00e9n " * 20
    asked = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(redact, "pattern_of", lambda some: asked.append(some) or pattern_of(some))
        assert forms.replace(noise, "***") == noise
        assert forms.replace(noise + secrets[7].encode().hex(), "***") == noise + "***"
    assert [{form.secret for form in forms} for forms in asked] == [{secrets[7]}]


SIGNS = "aAkKsSiI0z%+=_ /&\"<'é\u0130\u0131\u017f\u212a"
WRITINGS = (
    str,
    str.upper,
    str.lower,
    quote,
    quote_plus,
    lambda text: quote(quote(text)),
    lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    lambda text: json.dumps(text)[1:-1],
    html.escape,
    lambda text: base64.b64encode(f"a:{text}".encode()).decode(),
    lambda text: base64.urlsafe_b64encode(f"ab{text}c".encode()).decode(),
    lambda text: text[:-1],
    lambda text: text.encode().hex(),
    lambda text: "".join(f"={byte:02X}=\n" for byte in text.encode()),
    lambda text: quopri.encodestring(text.encode()).decode(),
    lambda text: normalize("NFD", text.upper()),
    lambda text: quote(normalize("NFD", text.upper())),
    lambda text: "".join(f"&#{ord(sign)};" for sign in text),
    lambda text: text.translate({ord("k"): "\u212a", ord("i"): "\u0130", ord("s"): "\u017f"}),
)


@given(
    secrets=st.lists(st.text(SIGNS, min_size=4, max_size=10), min_size=1, max_size=4),
    pieces=st.lists(
        st.text(SIGNS, max_size=6) | st.tuples(st.integers(0, 3), st.sampled_from(WRITINGS)),
        max_size=8,
    ),
)
@example(secrets=["ab%41z"], pieces=["%61b%41z"])
@example(secrets=["41abcdefgh"], pieces=["=", (0, quote), "%2", (0, quote)])
@example(secrets=["25%25abcdé"], pieces=["%2", (0, quote)])
def test_what_is_looked_for_first_changes_nothing_of_what_is_found(secrets, pieces):
    """However much faster it is: as if all forms of all secrets were tried at each character."""
    text = "".join(
        one if isinstance(one, str) else one[1](secrets[one[0] % len(secrets)]) for one in pieces
    )
    expected = pattern_of(SecretForms(secrets).forms).sub("***", text)
    assert Redactor(map(Secret, secrets)).text(text) == expected


# -- pseudonyms -----------------------------------------------------------------------------------


def shape(text):
    return [
        "0" if sign.isdigit() else "A" if sign.isupper() else "a" if sign.isalpha() else sign
        for sign in text
    ]


@given(st.text(st.sampled_from("aéBÉ019 -'.@çŒ"), min_size=1, max_size=30))
def test_a_pseudonym_keeps_length_and_classes_and_is_stable(value):
    pseudonyms = Pseudonyms(b"k" * 32)
    pseudonym = pseudonyms.value(value)
    assert shape(pseudonym) == shape(value)
    assert pseudonyms.value(value) == pseudonym
    assert pseudonym.isascii() or not any(sign.isalpha() for sign in value)


def test_case_and_accents_do_not_change_who_it_is():
    pseudonyms = Pseudonyms()
    assert pseudonyms.value("Dupré").casefold() == pseudonyms.value("DUPRE").casefold()
    assert pseudonyms.value("Dupré") != "Dupré"


def test_a_pseudonym_is_nobodys_name_by_chance():
    assert not set("aeiouy").intersection(
        Pseudonyms().value("Anne de la Rochefoucauld " * 9).lower()
    )


def test_another_recording_has_other_pseudonyms():
    assert Pseudonyms().value("Dupontel") != Pseudonyms().value("Dupontel")


@pytest.mark.parametrize("value", ["M", "MME", "Mme.", "true", "false", ""])
def test_titles_and_truth_values_stay_valid(value):
    assert Pseudonyms().value(value) == value


def test_a_date_becomes_another_date():
    from datetime import date, datetime

    pseudonyms = Pseudonyms(b"x")
    assert date.fromisoformat(pseudonyms.value("1980-02-29")).year < 2000
    moved = pseudonyms.value("1980-02-29T10:00:00+01:00")
    assert datetime.fromisoformat(moved).hour == 10
    assert moved[:10] != "1980-02-29"


def test_leading_zeros_stay_and_none_appear():
    pseudonyms = Pseudonyms()
    for number in ("0612345678", "69001", "7"):
        assert (pseudonyms.value(number)[0] == "0") == (number[0] == "0")


def test_known_values_are_found_in_free_text_and_codes_are_left_alone():
    pseudonyms = Pseudonyms(b"k")
    known = pseudonyms.known
    for value in ("Jean-Paul Énergie", "Dupont", "Li", "0612345678", "1980-01-01", "M", "12"):
        known.learn(value)
    word = pseudonyms.value
    assert pseudonyms.text("M DUPONT, 12 rue") == f"M {word('DUPONT')}, 12 rue"
    assert pseudonyms.text("jean paul energie") == word("jean paul energie")
    assert pseudonyms.text("DUPONT") == word("DUPONT")
    assert pseudonyms.text("tel 0612345678") == f"tel {word('0612345678')}"
    for code in ("ENERGIE", "LI", "1980-01-01", "Dupontel", "12"):
        assert pseudonyms.text(code) == code
    assert pseudonyms.text("M LI PAUL") == f"M {word('LI')} {word('PAUL')}"


# -- leaves ---------------------------------------------------------------------------------------


def test_known_values_are_found_however_others_encode_them():
    known = PersonalValues()
    for value in ("Zoé Dupré-Martin", "Zoé", "12 rue des Érables"):
        known.learn(value)
    encoded = (
        ("Cannot GET /p/Zo%C3%A9%20Dupr%c3%a9-Martin/x", "Cannot GET /p/*%20*-*/x"),
        ("name=Zo%E9+Dupr%E9", "name=*+*"),
        ("/P/ZO%C3%89%20DUPRE", "/P/*%20*"),
        ('{"error": "Zo\\u00e9 Dupr\\u00E9"}', '{"error": "* *"}'),
        ("<p>Zo&#233; Dupr&#xE9; &amp; Zo&eacute;</p>", "<p>* * &amp; *</p>"),
        ("12%20rue%20des%20%C3%89rables%2C%2069003", "*%20*%20*%20*%2C%2069003"),
        ("&Zoe; &dupre;", "&*; &*;"),
        ("100 % de 12%XY \\u00 &; &nope;", "100 % de 12%XY \\u00 &; &nope;"),
    )
    for text, shown in encoded:
        assert known.replace(text, lambda _: "*") == shown


@pytest.mark.parametrize("case", [str, str.upper, str.lower])
@pytest.mark.parametrize(
    "garble",
    [
        lambda text: text.encode().decode("latin-1"),
        lambda text: text.encode().decode("cp1252", "replace"),
        lambda text: text.encode("ascii", "replace").decode(),
        lambda text: text.encode("latin-1").decode("utf-8", "replace"),
        lambda text: text.encode().decode("ascii", "replace"),
    ],
)
def test_known_values_are_found_where_one_encoding_was_taken_for_another(garble, case):
    known = PersonalValues()
    for value in ("Lefèvre", "Noël Hélène", "8 rue de la Forêt"):
        known.learn(value)
    for value in ("Lefèvre", "Noël Hélène", "Hélène", "8 rue de la Forêt", "Forêt"):
        shown = known.replace(f"no {garble(case(value))} here", lambda _: "*")
        assert not [word for word in ("ef", "vre", "ne", "for", "rue") if word in fold(shown)]
        assert shown.startswith("no ")
        assert shown.endswith(" here")
    assert known.replace("la rue for ever, an other", lambda _: "*") == "la rue for ever, an other"


def test_white_space_prefixes_and_attribute_order_are_no_part_of_a_body():
    one = leaves(b'<a:r xmlns:a="urn:x" p="1" q="2"> <b>t</b>\n<b>u</b></a:r>')
    two = leaves(b'<z:r xmlns:z="urn:x" q="2" p="1"><b>t</b><b>u</b></z:r>')
    assert one == two
    assert [leaf.path for leaf in one] == ["r/@p", "r/@q", "r/b", "r/b[2]"]
    assert leaves(b'<r xmlns="urn:y"/>') != leaves(b'<r xmlns="urn:x"/>')


def test_json_is_compared_by_value():
    assert leaves(b'{"a": 1, "b": [true, null]}') == leaves(b'{ "b":[true,null],"a":1}')
    assert leaves(b'{"a": 1}') != leaves(b'{"a": "1"}')
    assert leaves(b'{"a": []}') != leaves(b'{"a": {}}')


def test_queries_are_compared_by_name_and_segments_in_order():
    assert path_leaves("/a/b?x=1&y=2") == path_leaves("/a/b?y=2&x=1")
    assert path_leaves("/a/b") != path_leaves("/b/a")
    assert path_leaves("/a?x=1&x=2") != path_leaves("/a?x=1")


def test_a_path_is_rewritten_where_it_must_and_stays_otherwise():
    def hide(names, text):
        return "éa" if "who" in names or text == "Jean Paul" else text

    assert rewrite_path("/x/Jean%20Paul?who=me&n=1%202", hide) == "/x/%C3%A9a?who=%C3%A9a&n=1%202"
    assert rewrite_path("/x%2Fy/z?n=1%202", hide) == "/x%2Fy/z?n=1%202"


def test_pretty_bodies_have_the_same_leaves():
    assert leaves(rewrite(ENVELOPE, None, pretty=True)) == leaves(ENVELOPE)
    assert rewrite(b'{"a":[1]}', None, pretty=True) == b'{\n  "a": [\n    1\n  ]\n}'


def test_nesting_without_end_is_one_leaf():
    body = b"[" * 5000 + b"]" * 5000
    assert len(leaves(body)) == 1
    assert rewrite(body, lambda _names, text: text, pretty=True) == body
    nested = b'{"a":' * 400 + b"1" + b"}" * 400
    assert len(leaves(nested)) == 1


@given(st.text(max_size=10))
def test_folding_twice_is_folding_once(word):
    assert fold(fold(word)) == fold(word)


def test_the_words_of_a_refusal_keep_their_form_and_name_no_stranger():
    text = "Mme Duval, 7 rue des Ormes, y.legoff@poste.fr, 06 12 34 56 78, PRM 30000000000011"
    told = Pseudonyms().of_refusal(lambda _names, words: words)(("faultstring",), text)
    assert re.fullmatch(
        r"Mme [A-Z][a-z]{4}, \d [a-z]{3} [a-z]{3} [A-Z][a-z]{4}, [a-z]\.[a-z]{6}@[a-z]{5}\.[a-z]{2},"
        r" 0\d( \d\d){4}, PRM 30000000000011",
        told,
    )
    assert not {"Duval", "Ormes", "legoff"} & set(re.findall(r"\w+", told))
