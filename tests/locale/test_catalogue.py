"""Whatever a person reads is said, and has its French: read from the source of the package."""

import ast
import importlib
import pkgutil
import re
from calendar import month_name
from collections import Counter
from functools import cache

import pytest
import typer

from sgeflow.cli.commands import COMMANDS, FORMS_LINE, VARIABLE
from sgeflow.cli.main import app
from sgeflow.core.language.schemas import FORMS
from sgeflow.errors import Id
from sgeflow.locale import fr
from sgeflow.locale.fr import WORDS, french
from sgeflow.locale.french_manuals import MANUALS
from sgeflow.locale.manual import is_example, paragraphs
from sgeflow.runtime.project import verbs
from sgeflow.tools.editor.write import schemas
from tests.commands import every_command
from tests.locale.wordings import (
    escaped,
    fixed_in,
    has_words,
    literal,
    modules,
    names_in,
    said,
    untold,
)
from tests.locale.writing import broken_signs, is_a_sentence_like

FILES = {
    module.name: importlib.import_module(f"{fr.__name__}.{module.name}").WORDS
    for module in pkgutil.iter_modules(fr.__path__)
}
OF_OTHERS = {"libraries"}  # whose words stand in no file of ours
NUMBERED = re.compile(r"\{count(?::,)?\} (?:more )?(?!differs)(?:[a-z-]{3,}s\b|are\b|were\b)")
NEVER_ONE = {  # limits, and what is said of several alone
    "the answer of {host} is larger than {count} bytes",
    "a statement has {count:,} values, and a server takes {most:,}",
    "the body has {count} roots, where one belongs",
    "a text of {count} letters and digits",
    "{count} times",
    "{title}, {count} times",
    (
        "the relay {relay} did not take {some} of {count} recipients, and the mail went to the "
        "others: {refused}"
    ),
    "{count} certificates in the right order",
    "the clock changes: {count} half-hours are right",
}
DOCUMENTS = {"tools/wsdl/draft.py"}  # writes documents, whose words are English


def forms(entry):
    return entry if isinstance(entry, tuple) else (entry,)


def mistakes_of(message):
    """What is wrong with one wording in the code, in words."""
    if None in message.wordings:
        yield "a wording is a literal, never computed"
        return
    if len(message.wordings) != 1 + message.is_counted:
        yield "one wording, and a second one where something is counted"
    counts = {"count"} if message.is_counted else set()
    if set().union(*map(names_in, message.wordings)) | counts != message.names:
        yield "its names are not those of its values"
    first = message.wordings[0]
    if not has_words(first):
        return
    entry = french(first)
    if entry is None:
        yield "a line in sgeflow/locale/fr/ is missing"
    elif isinstance(entry, tuple) != message.is_counted:
        yield "its French is counted, or should be"
    else:
        for english, told in zip(message.wordings, forms(entry), strict=True):
            if not names_in(english) - counts <= names_in(told) <= message.names:
                yield f"names of the French: {sorted(names_in(told))}"


def test_what_is_said_is_a_literal_with_its_values_and_has_its_french():
    assert len(said()) > 1000
    found = {one.where: list(mistakes_of(one)) for one in said()}
    assert {where: mistakes for where, mistakes in found.items() if mistakes} == {}


def test_one_is_told_otherwise_than_many():
    plain = {one.wordings[0] for one in said() if not one.is_counted and one.wordings[0]}
    assert {wording for wording in plain if NUMBERED.search(wording)} == NEVER_ONE


def test_nothing_reaches_a_person_without_being_said():
    found = {
        name: [(node.lineno, ast.unparse(node)) for node in untold(nodes)]
        for name, nodes in modules().items()
        if name not in DOCUMENTS
    }
    assert {name: nodes for name, nodes in found.items() if nodes} == {}


# -- fixed words ------------------------------------------------------------------------------------


def helped(command):
    """The texts of a command's help, without variables and forms."""
    texts = [
        *paragraphs(command.help or ""),
        command.epilog,
        *(getattr(one, "help", "") for one in command.params),
    ]
    for text in filter(None, texts):
        found = VARIABLE.fullmatch(text)
        words = found["text"] if found else text
        if not FORMS_LINE.fullmatch(words):
            yield words


def described(schema):
    """The descriptions of keys, which stand under mistakes as notes; manuals are told in parts."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key in ("description", "x-called") and isinstance(value, str):
                if not value.startswith("`"):
                    yield getattr(value, "wording", escaped(value))
            else:
                yield from described(value)
    elif isinstance(schema, list | tuple):
        for value in schema:
            yield from described(value)


@cache
def fixed_words():
    found = {one.about for one in Id} | set(FORMS.values())
    commands = [typer.main.get_command(app), *(one for _, one in every_command())]
    found |= {text for command in commands for text in helped(command)}
    found |= {line for _, line in COMMANDS.values()}
    found |= {text for nodes in modules().values() for text in fixed_in(nodes)}
    found = {escaped(text) for text in found}
    found |= {text for schema in schemas().values() for text in described(schema)}
    return {text for text in found if has_words(text)} - {"%B", "but "}


@pytest.mark.parametrize("name", sorted(verbs()))
def test_a_manual_has_its_french_paragraph_by_paragraph(name):
    english = [part for part in paragraphs(verbs()[name].manual) if not is_example(part)]
    french = paragraphs(MANUALS[name])
    assert len(english) == len(french)
    for ours, theirs in zip(english, french, strict=True):
        names = [sorted(re.findall(r"`[^`]+`", text)) for text in (ours, theirs)]
        assert names[0] == names[1]
        assert list(broken_signs(ours, theirs)) == []
        assert is_a_sentence_like(ours, theirs)


def test_no_french_manual_is_of_a_verb_that_is_gone():
    assert MANUALS.keys() == verbs().keys()


def test_fixed_words_have_their_french():
    assert sorted(text for text in fixed_words() if french(text) is None) == []


# what `sentences` and `say_date` put together
JOINED = {"{part0}: {part1}", "{part0}; {part1}", "{year}-{month}", "{year}-{month}-{day}"}
MONTHS = set(month_name) - {""}
TYPER = {
    *("Arguments", "Options", "Commands", "Show this message and exit.", "missing command"),
    *("COMMAND", "TEXT", "INTEGER", "PATH", "KIND", "NAME=VALUE"),
}


def test_no_french_is_left_over():
    known = (
        {wording for one in said() for wording in one.wordings}
        | fixed_words()
        | MONTHS
        | TYPER
        | JOINED
    )
    for nodes in modules().values():  # a table of words is a table of literals
        known |= {escaped(text) for node in nodes if (text := literal(node)) is not None}
    known |= {text[:1].lower() + text[1:] for text in known}
    left = {name: sorted(set(words) - known) for name, words in FILES.items()}
    assert {name: words for name, words in left.items() if words and name not in OF_OTHERS} == {}


def test_a_wording_stands_in_one_file():
    counts = Counter(wording for words in FILES.values() for wording in words)
    assert [wording for wording, count in counts.items() if count > 1] == []


# -- good French ------------------------------------------------------------------------------------

TEXTS = [(english, told) for english, entry in WORDS.items() for told in forms(entry)]


def test_french_keeps_its_own_signs():
    assert len(TEXTS) > 1000
    found = {french: list(broken_signs(english, french)) for english, french in TEXTS}
    assert {french: signs for french, signs in found.items() if signs} == {}


def test_french_is_a_sentence_where_the_english_is_one():
    assert [french for english, french in TEXTS if not is_a_sentence_like(english, french)] == []
