"""The pages and tables of the site that are made from documents and code say all that these say."""

import json
import re
import shlex

import pytest

import sgeflow
from docs.generate import operations as written
from docs.generate.messages import words_in_french
from docs.generate.reference import fill_tables, made_pages, page_of
from sgeflow.adapters.project_files import find_project, read_documents
from sgeflow.cli.shared import arguments
from sgeflow.core.checking.document import Document
from sgeflow.core.checking.flows.grammar import COMMON, MODIFIER_EXAMPLES, SPECIAL
from sgeflow.core.language.function_examples import JMESPATH, OURS
from sgeflow.core.language.parameters import fill
from sgeflow.errors import Id
from sgeflow.runtime.project import check_documents, verbs
from tests.docs.pages import DOCS, ROOT

CATALOG = sgeflow.open_catalog(ROOT).catalog
OPERATIONS = CATALOG.operations
NAMES = sorted(OPERATIONS)
ENVIRONMENT = {"env": {"login": "agent@example.org", "contractId": "1234567"}}


def operation_page(name):
    return made_pages()[f"operations/{name}.md"]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_shows_a_reply_and_what_comes_out_of_it(name):
    shown = re.findall(
        r"```xml\n(.*?)\n```\n\n```json\n(.*?)\n```", operation_page(name), re.DOTALL
    )
    assert len(shown) == len(written.replies(name)) > 0
    for xml, outputs in shown:
        assert any(element in xml for element in OPERATIONS[name].response.elements)
        assert set(json.loads(outputs)) <= set(OPERATIONS[name].response.paths)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_typed_into_a_shell_is_the_example_of_the_document(name):
    operation = OPERATIONS[name]
    for example in operation.examples.values():
        line = written.command_line(name, example)
        assert line in operation_page(name)
        command, call, called, *words = shlex.split(line.replace("\\\n", ""))  # as a shell does
        assert (command, call, called) == ("sgeflow", "call", name)
        typed, meant = (
            fill(
                operation.parameters,
                given,
                ENVIRONMENT,
                rules=operation.rules,
                owner=operation.name,
            )
            for given in (arguments.read_arguments(words), example.parameters)
        )
        assert typed == meant


@pytest.mark.parametrize("name", NAMES)
def test_a_page_tells_everything_that_a_caller_needs(name):
    operation, page = OPERATIONS[name], operation_page(name)
    assert f"]({name}.md)" in made_pages()["operations/README.md"]
    assert all(f"| `{one}` |" in page for one in operation.parameters)
    assert all(f"| `{one}` |" in page for one in operation.response.paths)
    assert all(rule.message in page for rule in operation.rules)
    assert all(code in page for code in operation.faults)
    routes = {operation.route.direct, operation.route.gateway} - {None}
    assert all(f"`{route}`" in page for route in routes)


def test_members_of_objects_have_a_line_each():
    path = "serviceSouscrit[].optionsPublication.optionPublication[].periodiciteTransmission"
    assert f"| `{path}` | required |" in operation_page("commanderServicesAccesDonnees")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_table_has_as_many_cells_in_each_line(language):
    for name, page in made_pages(language).items():
        for block in re.findall(r"(?:^\|.*\|\n)+", page, re.MULTILINE):
            cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(cells) == 1, name


@pytest.mark.parametrize("name", sorted(verbs()))
def test_a_verb_has_a_page_with_all_its_keys_and_a_section_that_names_the_command(name):
    page = made_pages()[f"steps/{name}.md"]
    assert all(f"| `{key}` |" in page for key in verbs()[name].properties)
    verbs_page = (DOCS / "verbs.md").read_text("utf-8")
    section = verbs_page.partition(f"\n## `{name}`\n")[2].partition("\n## ")[0]
    word = f"word {name}" if name in CATALOG.scenarios else name  # a document comes before a word
    assert f"`sgeflow show {word}`" in section


def test_every_word_of_the_language_is_in_the_table_of_words_with_an_example():
    page = made_pages()["words.md"]
    rows = re.findall(r"^\| \[`(\w+)`\]\(\S+\) \| \w+ \|.*\| `.+` \|$", page, re.MULTILINE)
    assert {*rows} == {*OURS, *JMESPATH, *verbs(), *COMMON, *SPECIAL}


@pytest.mark.parametrize("name", sorted(MODIFIER_EXAMPLES))
def test_the_example_of_a_modifier_is_a_step_without_a_mistake(name):
    steps = f"flow: words\ntitle: Words\nsteps:\n  {MODIFIER_EXAMPLES[name]}\n"
    texts = [
        *read_documents(find_project(ROOT)),
        Document(kind="flows", file="flows/words.yaml", text=steps),
    ]
    _, problems = check_documents(texts)
    assert [str(one) for one in problems if one.at and one.at.file == "flows/words.yaml"] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_message_id_is_on_the_page_of_messages_in_the_language_of_the_page(language):
    told = {one.about: one.about if language == "en" else words_in_french(one.about) for one in Id}
    rows = [f"| {one.code} | {told[one.about]} | {int(one.exit)} |" for one in Id]
    assert [row for row in rows if row not in made_pages(language)["errors.md"]] == []


@pytest.mark.parametrize(
    ("page", "language", "names"),
    [
        ("expressions.md", "en", {*OURS, *JMESPATH}),
        ("modifiers.md", "en", {*COMMON, *SPECIAL} - {"on_fault"}),
        ("fr/modifiers.md", "fr", {*COMMON, *SPECIAL} - {"on_fault"}),
    ],
)
def test_a_page_has_a_table_of_all_words_in_the_place_of_its_mark(page, language, names):
    text = (DOCS / page).read_text("utf-8")
    made = fill_tables(text, language)
    assert "<!-- table:" in text
    assert "<!-- table:" not in made
    rows = {name for line in made.splitlines() for name in re.findall(r"^\| `(\w+)", line)}
    assert names <= rows


@pytest.mark.parametrize(
    ("word", "page"),
    [
        ("rechercherPoint", "operations/rechercherPoint.md"),
        ("call", "steps/call.md"),
        ("SGE031", "errors.md"),
        ("konnector", None),
    ],
)
def test_what_the_command_line_shows_has_the_page_that_says_the_same(word, page):
    assert page_of(word) == page
