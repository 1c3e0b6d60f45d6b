"""One slip in a shipped document is found, once, where it stands, with the word that was meant."""

from collections import Counter

import pytest

from sgeflow.core.checking.document import Document
from sgeflow.core.language.mistakes import schema as mistakes_of
from sgeflow.core.language.quick_validation import quick_validator
from sgeflow.runtime.project import check_documents
from tests.mistakes.check import judged
from tests.mistakes.pages import shipped
from tests.mistakes.sample import slips

VALID = {}  # what jsonschema says of data under a schema: most is the same beside each slip
FILES = [page.file for page in shipped()]


@pytest.fixture
def quick_validator_that_is_checked(monkeypatch):
    """It must say what jsonschema says: what it lets pass is looked at by nothing else."""

    def both(schema):
        quick, judge = quick_validator(schema), mistakes_of.validator(schema)
        name = repr(schema)

        def accepts(data):
            key = name, repr(data)
            if key not in VALID:
                VALID[key] = judge.is_valid(data)
            accepted = quick(data)
            assert accepted == VALID[key]
            return accepted

        return accepts

    monkeypatch.setattr(mistakes_of, "quick_validator", both)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.usefixtures("quick_validator_that_is_checked")
def test_every_slip_is_told_once_where_it_stands_with_what_was_meant(file):
    wrong = {slip.name: told for slip in slips() if slip.file == file and (told := judged(slip))}
    assert wrong == {}


def test_the_documents_without_a_slip_have_no_mistake():
    documents = [Document(kind=page.kind, file=page.file, text=page.text) for page in shipped()]
    assert check_documents(documents)[1] == ()


def test_there_are_many_slips_of_many_kinds_in_every_document():
    assert len(slips()) >= 400
    kinds = Counter(slip.kind for slip in slips())
    assert len(kinds) >= 70
    assert {slip.file for slip in slips()} == set(FILES)
    due = sum(bool(slip.meant) for slip in slips())
    assert due >= 125


def test_no_slip_is_tried_twice_and_each_changes_its_document():
    texts = {page.file: page.text for page in shipped()}
    seen = [(slip.file, slip.text) for slip in slips()]
    assert len(seen) == len(set(seen))
    assert all(slip.text != texts[slip.file] for slip in slips())
