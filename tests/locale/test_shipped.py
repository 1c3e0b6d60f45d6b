"""The words of shipped documents have their French: titles, descriptions, rules, ends, hints."""

import yaml

from sgeflow.core.language.template import compile_template
from sgeflow.terminal.describe import flowing
from tests.locale.wordings import OF_DOCUMENTS, PACKAGE, escaped

ROOT = PACKAGE.parent
WORDS = {wording: told for room in OF_DOCUMENTS for wording, told in room.WORDS.items()}
FILES = [
    file
    for kind in ("operations", "flows", "environments", "homologation")
    for file in sorted((ROOT / kind).glob("*.yaml"))
    if file.stem != "faults"
]


def words_of(document, keys, depth=0):
    if isinstance(document, dict):
        for key, value in document.items():
            if key in keys and isinstance(value, str):
                yield from [value] if key != "description" or depth else []
            elif key != "examples":
                yield from words_of(value, keys, depth + 1)
    elif isinstance(document, list):
        for value in document:
            yield from words_of(value, keys, depth + 1)


def said_by(file):
    """Titles, messages and hints, and what is described: a document itself line by line."""
    document = yaml.safe_load(file.read_text("utf-8"))
    told = words_of(document, ("title", "message", "hint"))
    yield from (compile_template(text).wording for text in told)
    yield from (escaped(text) for text in words_of(document, ("description", "because")))
    if file.stem != "types":
        yield from map(escaped, flowing(document.get("description", "")).splitlines())


def test_what_shipped_documents_tell_has_its_french():
    lacking = {file.stem: sorted(set(said_by(file)) - set(WORDS)) for file in FILES}
    assert {stem: texts for stem, texts in lacking.items() if texts} == {}


def test_no_french_of_a_document_is_left_over():
    known = {text for file in FILES for text in said_by(file)}
    assert sorted(set(WORDS) - known) == []
