"""The words of shipped documents that people meet while something runs have their French."""

import pytest
import yaml

from sgeflow.adapters.french import descriptions, documents, stories
from sgeflow.core.language.template import compile_template
from tests.words.wordings import PACKAGE, escaped

ROOT = PACKAGE.parent
WORDS = {**documents.WORDS, **stories.WORDS, **descriptions.WORDS}
FILES = [
    file
    for kind in ("operations", "flows", "environments")
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
    """Titles, messages and hints; of shared types and flows also what is asked for."""
    document = yaml.safe_load(file.read_text("utf-8"))
    told = words_of(document, ("title", "message", "hint"))
    yield from (compile_template(text).wording for text in told)
    if file.parent.name == "flows" or file.stem == "types":
        yield from (escaped(text) for text in words_of(document, ("description",)))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_what_a_shipped_document_tells_has_its_french(file):
    assert sorted(set(said_by(file)) - set(WORDS)) == []


def test_no_french_of_a_document_is_left_over():
    known = {text for file in FILES for text in said_by(file)}
    assert sorted(set(WORDS) - known) == []
