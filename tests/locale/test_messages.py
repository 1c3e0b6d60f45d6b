"""What is said is an English text first, and remembers how it was made."""

import copy
import json
import pickle
import sqlite3

import pytest

from sgeflow.errors import UsageError
from sgeflow.locale.translate import check_language, language, translate, typeset
from sgeflow.messages import (
    Message,
    alter,
    from_table,
    join_items,
    say,
    say_count,
    sentences,
    verbatim,
)


@pytest.fixture
def french(monkeypatch):
    monkeypatch.setenv("SGEFLOW_LANG", "fr")


MEANT = say("  did you mean  {name} ?", name="run")


def test_what_is_said_is_its_english_text():
    assert MEANT == "  did you mean  run ?"
    assert hash(MEANT) == hash("  did you mean  run ?")
    assert json.dumps([MEANT]) == '["  did you mean  run ?"]'
    assert say("`${{…}}` where {what} belongs", what="text") == "`${…}` where text belongs"


def test_sqlite_keeps_it_as_a_text():
    with sqlite3.connect(":memory:") as connection:
        assert connection.execute("select ?", (MEANT,)).fetchone() == (str(MEANT),)
    connection.close()


@pytest.mark.parametrize("copied", [lambda s: pickle.loads(pickle.dumps(s)), copy.deepcopy])
def test_a_copy_can_still_be_told(copied, french):
    again = copied(say_count("{count} file", "{count} files", count=2))
    assert (again, translate(again)) == ("2 files", "2 fichiers")


def test_in_english_nothing_changes(monkeypatch):
    monkeypatch.setenv("SGEFLOW_LANG", "en")
    assert translate(MEANT) == "  did you mean  run ?"
    assert type(translate(MEANT)) is str


def test_in_french_the_wording_is_looked_up_and_the_values_put_in(french):
    assert translate(MEANT) == "  vouliez-vous dire  run\u202f?"


def test_values_that_were_said_are_told_too(french):
    files = say_count("{count} file", "{count} files", count=1)
    problems = say_count("{count} problem", "{count} problems", count=3)
    told = say("{problems} in {files}", problems=problems, files=files)
    assert (told, translate(told)) == ("3 problems in 1 file", "3 problèmes dans 1 fichier")


@pytest.mark.parametrize(
    ("count", "english", "french_text"),
    [(0, "0 files", "0 fichier"), (1, "1 file", "1 fichier"), (2, "2 files", "2 fichiers")],
)
def test_each_language_has_its_own_plural(count, english, french_text, french):
    said = say_count("{count} file", "{count} files", count=count)
    assert (said, translate(said)) == (english, french_text)


def test_words_of_others_stay_as_they_are(french):
    assert translate(verbatim("allowed here {x}")) == "allowed here {x}"
    assert translate("some text of SGE") == "some text of SGE"


def test_a_word_from_a_table_is_told_when_the_catalogue_has_it(french):
    assert translate("allowed here") == "allowed here"
    assert translate(from_table("allowed here")) == "autorisé ici"
    assert translate(from_table("a word {nobody} knows")) == "a word {nobody} knows"


def test_a_wording_without_words_still_tells_its_values(french):
    one, two = (say_count("{count} file", "{count} files", count=n) for n in (1, 2))
    assert translate(sentences(one, "", two, between=": ")) == "1 fichier\u00a0: 2 fichiers"
    assert translate(join_items([one, two])) == "1 fichier, 2 fichiers"


def test_items_are_listed():
    assert join_items(["a", "b", "c"], " or ") == "a or b or c"
    assert (join_items(["a"]), join_items([])) == ("a", "")


def test_figures_have_the_signs_of_the_language(french):
    assert say("{count:,} of {all:,.1f}", count=12345, all=1234567.5) == "12,345 of 1,234,567.5"
    told = translate(say("{count:,} of {all:,.1f}", count=12345, all=1234567.5))
    assert told == "12\u202f345 of 1\u202f234\u202f567,5"


def test_french_has_its_spaces():
    assert typeset("clé « {x} » : oui ; non ! a:b https://x ?y") == (
        "clé «\u00a0{x}\u00a0»\u00a0: oui\u202f; non\u202f! a:b https://x ?y"
    )


def hide(text):
    return text.replace("DUPONT", "***")


def test_what_is_hidden_is_hidden_in_every_language(french):
    said = alter(say("  did you mean  {name} ?", name="DUPONT"), hide)
    assert (said, translate(said)) == ("  did you mean  *** ?", "  vouliez-vous dire  ***\u202f?")


def test_what_the_values_alone_do_not_hide_is_hidden_in_english():
    def whole(text):
        return text.replace("mean  run", "***")

    said = alter(MEANT, whole)
    assert (said, translate(said)) == ("  did you *** ?", "  did you *** ?")


def test_nested_values_are_hidden():
    inner = say("  did you mean  {name} ?", name="DUPONT")
    said = alter(say("{first}, {second}", first=inner, second="x"), hide)
    assert isinstance(said, Message)
    assert said.values["first"].values == {"name": "***"}


@pytest.mark.parametrize(
    ("variables", "chosen"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB", "LC_MESSAGES": "fr_CA"}, "fr"),
        ({"LANG": "fr_FR", "LC_MESSAGES": ""}, "fr"),
        ({"LANG": "fr_FR", "SGEFLOW_LANG": "en"}, "en"),
        ({"LANG": "en_GB", "LC_ALL": "C", "SGEFLOW_LANG": "FR"}, "fr"),
        ({"LANG": "de_DE"}, "en"),
    ],
)
def test_the_variable_comes_before_the_locale(variables, chosen):
    assert language(variables) == chosen


def test_a_language_nobody_speaks_is_refused():
    with pytest.raises(UsageError) as caught:
        check_language({"SGEFLOW_LANG": "de"})
    assert caught.value.problems[0].allowed == ("en", "fr")
    check_language({"SGEFLOW_LANG": "fr_FR"})
    check_language({"LANG": "de_DE"})
