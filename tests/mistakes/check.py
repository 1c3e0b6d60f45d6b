"""What `validate` tells of a document with a slip, the others being as they are shipped."""

from __future__ import annotations

from functools import cache

from sgeflow.core.checking.document import Document
from sgeflow.errors import Problem
from sgeflow.runtime.project import check_documents
from tests.mistakes.pages import Slip, shipped

MORE = {  # slips that make other places wrong, too: the first thing told is the slip
    "a step that may now be skipped",  # it is read elsewhere
    "an argument left out",  # an anchor's arguments are those of its aliases
    "two steps of one name",  # who reads the lost name finds nothing
    "a step that may be skipped, unguarded",  # and the group that it stands in
}
LOOSE = {  # where it began can only be guessed: so many lines below
    "a text not closed": 4,
}


@cache
def _documents() -> dict[str, Document]:
    return {p.file: Document(kind=p.kind, file=p.file, text=p.text) for p in shipped()}


def told_of(slip: Slip) -> tuple[Problem, ...]:
    """Every problem of the catalogue with the slip in it."""
    documents = dict(_documents())
    kind = documents[slip.file].kind
    documents[slip.file] = Document(kind=kind, file=slip.file, text=slip.text)
    return check_documents(list(documents.values()))[1]


def judged(slip: Slip) -> str:
    """What is wrong with what is told of a slip; nothing when it is as it should be."""
    told = told_of(slip)
    if not told:
        return "nothing is told"
    here = [p for p in told if _stands(p, slip)]
    shown = "; ".join(f"{p} → {p.suggestion}" for p in told[:4])
    if not here:
        return f"told elsewhere: {shown}"
    if here[0].id.code not in slip.ids:
        return f"told otherwise: {shown}"
    if slip.meant and here[0].suggestion != slip.meant:
        return f"not the suggestion {slip.meant}: {shown}"
    if len(told) > 1 and slip.kind not in MORE:
        return f"more than one thing is told: {shown}"
    return ""


def _stands(problem: Problem, slip: Slip) -> bool:
    at = problem.at
    if at is None or at.file != slip.file:
        return False
    if slip.kind in LOOSE:
        return slip.line <= at.line <= slip.line + LOOSE[slip.kind]
    return (at.line, at.column) == (slip.line, slip.column)
