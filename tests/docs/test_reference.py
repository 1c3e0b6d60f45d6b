"""The parts of the documentation that are made from the code are what the code says.

`SGEFLOW_ACCEPT=1 pytest tests/docs/test_reference.py` writes them anew.
"""

import os
import re

import pytest

from docs.generate import calls, manual, words
from sgeflow.runtime.project import verbs
from tests.docs.pages import DOCS

ACCEPT = os.environ.get("SGEFLOW_ACCEPT") == "1"
TABLES = {
    ("expressions.md", "functions"): calls.functions_table,
    ("expressions.md", "jmespath"): calls.jmespath_table,
    ("modifiers.md", "modifiers"): manual.modifiers_table,
    ("fr/modifiers.md", "modifiers"): manual.modifiers_table_in_french,
    ("words.md", "intents"): words.intents_table,
    ("words.md", "words"): words.words_table,
    ("running.md", "problems"): manual.problems_table,
    ("fr/running.md", "problems"): manual.problems_table_in_french,
}


def written(path):
    return path.read_text(encoding="utf-8") if path.exists() else ""


@pytest.mark.parametrize("name", sorted(verbs()))
def test_the_page_of_a_verb_is_made_from_its_file(name):
    page = DOCS / "steps" / f"{name}.md"
    expected = manual.verb_page(verbs()[name])
    if ACCEPT:
        page.write_text(expected, encoding="utf-8")
    assert written(page) == expected


def test_there_is_a_page_for_each_verb_and_no_other():
    assert sorted(page.stem for page in (DOCS / "steps").glob("*.md")) == sorted(verbs())


@pytest.mark.parametrize(("page", "name"), sorted(TABLES))
def test_a_table_of_the_reference_is_made_from_the_code(page, name):
    path = DOCS / page
    marked = re.compile(f"(<!-- {name}: [^\n]*-->\n)(.*?)(<!-- end of {name} -->)", re.DOTALL)
    expected = f"\n{TABLES[page, name]()}\n\n"
    if ACCEPT:
        text = marked.sub(lambda found: found[1] + expected + found[3], written(path))
        path.write_text(text, encoding="utf-8")
    found = marked.search(written(path))
    assert found
    assert found[2] == expected


@pytest.mark.parametrize("name", sorted(verbs()))
def test_the_flow_language_has_a_section_for_each_verb(name):
    page = written(DOCS / "verbs.md")
    assert f"\n## `{name}`\n" in page
    assert f"(steps/{name}.md)" in page
