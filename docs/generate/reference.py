"""The pages and tables of the site that are made from documents and code, never kept as files."""

from __future__ import annotations

import re
from functools import cache

import sgeflow
from docs.generate import calls, manual, messages, operations, words
from docs.generate.api import api_page
from docs.generate.languages import DOCS, ROOT, headings
from sgeflow.runtime.project import verbs

DECISIONS = """# Decisions

For anyone who asks for the reasons. Each page has the context of a decision, its consequences and
its alternatives.

"""
_TABLE = re.compile(r"^<!-- table: (\w+) -->$", re.MULTILINE)
_TABLES = {
    ("functions", "en"): calls.functions_table,
    ("jmespath", "en"): calls.jmespath_table,
    ("modifiers", "en"): manual.modifiers_table,
    ("modifiers", "fr"): manual.modifiers_table_in_french,
}


@cache
def made_pages(language: str = "en") -> dict[str, str]:
    """The text of each made page of an edition, by its name on the site."""
    catalog = sgeflow.open_catalog(ROOT).catalog
    pages = {
        "adr/README.md": decisions_page(),
        "errors.md": messages.messages_page(language),
        "operations/README.md": operations.index_page(catalog.operations),
        "words.md": words.words_page(),
    }
    for name, operation in catalog.operations.items():
        page = operations.operation_page(operation, catalog.faults, operations.replies(name))
        pages[f"operations/{name}.md"] = page
    for name, verb in verbs().items():
        pages[f"steps/{name}.md"] = manual.verb_page(verb, language)
    return pages | ({"api.md": api_page()} if language == "en" else {})


def made_in_french() -> set[str]:
    """The names of the made pages that are in French in the French edition."""
    return {"errors.md", *(f"steps/{name}.md" for name in verbs())}


def operations_in_french() -> dict[str, str]:
    """The title and description in French of each operation, by the name of its page."""
    found = {}
    for name, operation in sgeflow.open_catalog(ROOT).catalog.operations.items():
        title, text = (one.texts["fr"] for one in (operation.title, operation.description))
        found[f"operations/{name}.md"] = f"{title[:1].lower()}{title[1:]}. {' '.join(text.split())}"
    return found


def page_of(word: str) -> str | None:
    """The made page that tells what `sgeflow show WORD` tells; None if there is no such page."""
    if re.fullmatch(r"SGE\d{3}", word):
        return "errors.md"
    names = (f"operations/{word}.md", f"steps/{word}.md")
    return next((name for name in names if name in made_pages()), None)


def fill_tables(text: str, language: str) -> str:
    """A page with a table from the code in the place of each `<!-- table: NAME -->`."""
    return _TABLE.sub(
        lambda found: (_TABLES.get((found[1], language)) or _TABLES[found[1], "en"])(), text
    )


def decisions_page() -> str:
    """Every decision, by its title."""
    pages = sorted((DOCS / "adr").glob("*.md"))
    titles = {page: headings(page.read_text(encoding="utf-8"))[0][1] for page in pages}
    return DECISIONS + "".join(f"- [{title}]({page.name})\n" for page, title in titles.items())
