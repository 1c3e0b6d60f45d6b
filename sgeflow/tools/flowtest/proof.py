"""Flow tests read, and proved against a catalogue; nothing here runs one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from msgspec.structs import replace

from sgeflow.core.checking.document import Document
from sgeflow.core.checking.flows.checker import namespace_beside
from sgeflow.core.checking.flows.namespace import Namespace
from sgeflow.core.checking.same_problems import common_problems
from sgeflow.core.engine.step import Catalog
from sgeflow.core.language.text import Tree
from sgeflow.core.language.yaml_reader import read_on
from sgeflow.errors import Id, Problem, SgeflowError
from sgeflow.tools.flowtest.check import check_flowtest
from sgeflow.tools.flowtest.context import CheckContext
from sgeflow.tools.flowtest.document import decode_flowtest
from sgeflow.tools.flowtest.model import FlowTest


def check_tests(
    documents: Sequence[Document],
    catalog: Catalog,
    stems: Collection[str],
    wrong: Collection[str] = (),
) -> tuple[Problem, ...]:
    """Every mistake in some flow tests; `stems` are the names of all documents, wrong ones too.

    `wrong` are the files of documents in which something is wrong.
    """
    known = {
        *(*catalog.flows, *catalog.environments, *catalog.operations),
        *(*catalog.people, *catalog.scenarios),
    }
    unsure = frozenset(stem for stem in stems if stem not in known)
    namespace = namespace_beside(catalog)
    problems = [
        problem
        for d in documents
        for problem in read_flowtest(d, catalog, namespace, unsure, wrong)[1]
    ]
    return tuple(certain_problems(problems, unsure))


def certain_problems(problems: Sequence[Problem], unsure: Collection[str]) -> list[Problem]:
    """The problems that are none because a document has mistakes of its own."""
    return [problem for problem in problems if problem.lacks not in unsure]


def read_flowtest(
    document: Document,
    catalog: Catalog,
    namespace: Namespace,
    unsure: Collection[str],
    wrong: Collection[str] = (),
) -> tuple[FlowTest | None, list[Problem]]:
    """A flow test, None where it is none, and all that is wrong with it, in the order of lines."""
    if document.problem is not None:
        return None, [document.problem]
    reading = read_on(document.file, document.text)
    if not reading.trees:
        return None, list(reading.problems)
    context = CheckContext(
        environments=catalog.environments,
        scenarios=tuple(sorted(catalog.scenarios)),
        unsure=unsure,
        wrong=wrong,
    )
    test, problems = _check(reading.trees[0], namespace, context)
    for tree in reading.trees[1:]:
        _, others = _check(tree, namespace, context)
        problems = [*common_problems(problems, others)]
    problems = [*reading.problems, *problems]
    order = sorted(problems, key=lambda p: (p.at.line, p.at.column) if p.at else (0, 0))
    return test, order


def _check(
    tree: Tree, namespace: Namespace, context: CheckContext
) -> tuple[FlowTest | None, list[Problem]]:
    """A flow test as its document may be meant, and what is wrong with it."""
    test, problems = decode_flowtest(tree)
    checked = [*check_flowtest(test, namespace, context), *_faults(test)] if test else []
    return test, [*problems, *checked]


def _faults(test: FlowTest) -> Iterator[Problem]:
    """Faults on demand that the simulator does not understand, at their place."""
    from sgeflow.simulator.faults import parse_faults

    for at, text in {
        case.places["faults"]: case.faults for case in test.cases if case.faults
    }.items():
        try:
            parse_faults(text)
        except SgeflowError as error:
            yield from (
                replace(problem, id=Id.MALFORMED, at=at, where="") for problem in error.problems
            )
