"""Audits cassettes, compares them with documents and each other, and records them again."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters import project_files
from sgeflow.adapters.cassettes.file import Interaction, load
from sgeflow.adapters.cassettes.messages import Leaf, Pair, leaves, lines, pairs, request_leaves
from sgeflow.adapters.cassettes.personal_values import hit
from sgeflow.adapters.cassettes.redact import CONSONANTS
from sgeflow.adapters.cassettes.replay import ReplayTransport
from sgeflow.adapters.project_files import find_tests
from sgeflow.core.model import MAIL, NoAnswer
from sgeflow.core.stubs import Stub
from sgeflow.errors import (
    Id,
    InvalidDocuments,
    InvalidValues,
    Location,
    Problem,
    ReplayMiss,
    UsageError,
)
from sgeflow.messages import Message, say
from sgeflow.patterns import regex
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.run import run_in
from sgeflow.runtime.run_context import open_context
from sgeflow.runtime.session import chosen_environment
from sgeflow.tools.cassettes.audit import KnownIdentities, audit
from sgeflow.tools.flowtest.case import cassette_of
from sgeflow.tools.flowtest.suite import open_test
from sgeflow.values import Discreet

_WORD = regex(r"[^\W\d_]+")
_PSEUDONYM = regex(f"[{CONSONANTS}{CONSONANTS.upper()}]{{4,}}")
_COMPARED = ("flow", "environment", "scenario", "today")  # compared fields of the metadata


class Replay(Discreet, frozen=True, kw_only=True):
    """The flow, inputs and simulated services with which a cassette is replayed or recorded."""

    withheld = frozenset({"secrets"})

    flow: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    faults: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)
    stubs: Mapping[str, tuple[Stub, ...]] = field(default_factory=dict)


class Change(Struct, frozen=True, kw_only=True):
    """One difference between two cassettes: a changed, missing or added exchange."""

    label: Message
    lines: tuple[str, ...] = ()


def named_cassettes(workspace: Workspace) -> dict[Path, Replay]:
    """The cassettes that the project's flow tests replay, with the flow and inputs of each."""
    replays: dict[Path, Replay] = {}
    for file in find_tests((), workspace.project):
        try:
            _, test = open_test(file, workspace.project.folder)
        except InvalidDocuments:
            continue
        for case in test.cases:
            if case.cassette:
                path = cassette_of(test, case).resolve()
                replays[path] = Replay(
                    flow=case.flow,
                    inputs=case.inputs,
                    faults=case.faults,
                    secrets=case.secrets,
                    stubs=case.stubs,
                )
    return replays


def check(workspace: Workspace, path: Path, inputs: Mapping[str, Any]) -> tuple[Problem, ...]:
    """The requests of the flow that a cassette lacks, and the recorded ones that it does not send.

    The flow is the recorded one; its inputs come from the flow test that names the cassette, and
    from `inputs`.

    Raises:
        ReplayMiss: sgeflow did not record the file.
    """
    metadata, _ = load(path)
    known = _replay_of(workspace, path, metadata)
    flow = workspace.flow(known.flow)
    values = {**known.inputs, **inputs}
    at = Location(file=project_files.show_path(path), line=1, column=1)
    with tempfile.TemporaryDirectory(prefix="sgeflow-check-") as folder:
        options = Options(replay=path, offline=False, folder=Path(folder))
        with open_context(workspace, options) as context:
            replay = context.session.transport
            try:
                run_in(context, flow, values, lambda _: None)
            except ReplayMiss as error:
                return tuple(
                    replace(problem, at=at, where="") if problem.at is None else problem
                    for problem in error.problems
                )
            except InvalidValues as error:
                *others, last = error.problems
                command = f"sgeflow cassette check {project_files.show_path(path)} NAME=VALUE …"
                remedy = say("use the recorded inputs:  {command}", command=command)
                raise InvalidValues(*others, last.with_details(("remedy", remedy))) from error
            unused = replay.unused_labels() if isinstance(replay, ReplayTransport) else ()
    remedy = say("record it again: the flow asks for other things now")
    return tuple(
        Problem(
            id=Id.UNASKED,
            message=say(
                "{count} x {label} is recorded but not requested",
                count=unused.count(label),
                label=label,
            ),
            at=at,
            details=(("remedy", remedy),),
        )
        for label in dict.fromkeys(unused)
    )


def _replay_of(workspace: Workspace, path: Path, metadata: Mapping[str, Any]) -> Replay:
    named = named_cassettes(workspace).get(path.resolve())
    return named or Replay(flow=str(metadata.get("flow", "")))


def examine(workspace: Workspace, path: Path) -> tuple[Problem, ...]:
    """The values of a cassette that look personal or secret.

    Raises:
        ReplayMiss: sgeflow did not record the file.
    """
    metadata, interactions = load(path)
    known = _known_identities(workspace)
    return tuple(audit(path, project_files.show_path(path), metadata, interactions, known))


def differences(workspace: Workspace, one: Path, other: Path) -> tuple[Change, ...]:
    """The differences of two cassettes: first their metadata, then their exchanges in order.

    Each recording makes its own pseudonyms, so these are not compared.
    """
    (before, first), (after, second) = load(one), load(other)
    facts = [
        f"{sign} {name}: {metadata.get(name)}"
        for name in _COMPARED
        if before.get(name) != after.get(name)
        for sign, metadata in (("-", before), ("+", after))
    ]
    changes = [Change(label=say("the recorded parts"), lines=tuple(facts))] if facts else []
    return (*changes, *_changes(first, second, _personal(workspace)))


def _changes(
    first: Sequence[Interaction],
    second: Sequence[Interaction],
    personal: Mapping[str, Sequence[str]],
) -> Iterator[Change]:
    """The differences of exchanges, which are matched by their labels in order."""
    names, others = ([interaction.label for interaction in each] for each in (first, second))
    matcher = SequenceMatcher(None, names, others, autojunk=False)
    people = frozenset(_people(first, personal)), frozenset(_people(second, personal))
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            for before, after in zip(first[a:b], second[c:d], strict=True):
                hidden = personal.get(before.label, ())
                if different := _exchange_lines(before, after, hidden, people):
                    yield Change(label=say("{label}", label=before.label), lines=different)
            continue
        for interaction in first[a:b]:
            yield Change(label=say("{label}: only in the first", label=interaction.label))
        for interaction in second[c:d]:
            yield Change(label=say("{label}: only in the second", label=interaction.label))


def _exchange_lines(
    before: Interaction,
    after: Interaction,
    personal: Sequence[str],
    people: tuple[frozenset[str], frozenset[str]],
) -> tuple[str, ...]:
    requests = pairs(_request_leaves(before), _request_leaves(after), before.hidden | after.hidden)
    one, other = _reply_leaves(before), _reply_leaves(after)
    hidden = {leaf.path for leaf in (*one, *other) if hit(leaf.names, personal)}
    answered = pairs(one, other, hidden)
    differing = (pair for pair in (*requests, *answered) if not _is_same_person(pair, people))
    return tuple(lines(differing))


def _people(
    interactions: Sequence[Interaction], personal: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """The words of personal values in a cassette, in lower case.

    A pseudonym in other texts of the same calls is recognised by its letters, all consonants.
    """
    for one in interactions:
        names = personal.get(one.label, ())
        for leaf in (*_request_leaves(one), *_reply_leaves(one)):
            is_personal = leaf.path in one.hidden or hit(leaf.names, names)
            for word in _WORD.findall(leaf.value):
                if is_personal or (names and _PSEUDONYM.fullmatch(word)):
                    yield word.casefold()


def _is_same_person(pair: Pair, people: tuple[frozenset[str], frozenset[str]]) -> bool:
    """Whether two values are equal if the words of personal values are ignored."""
    if pair.before is None or pair.after is None:
        return False
    one, other = (
        _without(leaf.value, known)
        for leaf, known in zip((pair.before, pair.after), people, strict=True)
    )
    return one == other


def _without(text: str, known: frozenset[str]) -> str:
    return _WORD.sub(lambda word: "•" if word[0].casefold() in known else word[0], text)


def _request_leaves(interaction: Interaction) -> tuple[Leaf, ...]:
    return (
        Leaf("method", (), interaction.method),
        *request_leaves(interaction.path, interaction.action, interaction.body),
    )


def _reply_leaves(interaction: Interaction) -> tuple[Leaf, ...]:
    if isinstance(interaction.outcome, NoAnswer):
        return (Leaf("no answer", (), interaction.outcome.problem.id.code),)
    return (Leaf("status", (), str(interaction.outcome.status)), *leaves(interaction.outcome.body))


def _known_identities(workspace: Workspace) -> KnownIdentities:
    """The points, people and logins in the documents."""
    catalog = workspace.catalog
    values: list[Any] = [
        value
        for book in catalog.homologation.values()
        for case in book.cases.values()
        for arguments in (case.arguments, case.first.arguments if case.first else {})
        for value in (template.written for template in arguments.values())
    ]
    values += [
        value
        for operation in catalog.operations.values()
        for example in operation.examples.values()
        for value in example.parameters.values()
    ]
    return KnownIdentities(
        points=frozenset(_texts(values)),
        personal=_personal(workspace),
        mails=frozenset(one.login for one in catalog.environments.values() if one.login),
    )


def _personal(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    """The names of personal elements by the label of a call."""
    catalog = workspace.catalog
    names = {
        name: (*operation.personal, *(p.name for p in operation.parameters.values() if p.personal))
        for name, operation in catalog.operations.items()
    }
    for environment in catalog.environments.values():
        for endpoint in environment.endpoints.values():
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE", MAIL):
                label = f"{method} {endpoint.name}"
                names[label] = (*names.get(label, ()), *endpoint.personal)
    return names


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif value is not None:
        yield str(getattr(value, "text", value))


def record_anew(workspace: Workspace, path: Path, into: Path) -> None:
    """Record a cassette again in its simulated environment, with its flow and inputs.

    Raises:
        UsageError: the environment of the cassette is real, and must not get its requests.
        SgeflowError: the run cannot start or end.
    """
    metadata, _ = load(path)
    known = _replay_of(workspace, path, metadata)
    flow = workspace.flow(known.flow)
    with tempfile.TemporaryDirectory(prefix="sgeflow-fresh-") as folder:
        options = Options(
            environment=metadata.get("environment"),
            scenario=metadata.get("scenario"),
            today=metadata.get("today"),
            record=into,
            state=Path(folder) / "state",
            folder=Path(folder) / "files",
            faults=known.faults,
            secrets=known.secrets,
            stubs=known.stubs,
        )
        environment = chosen_environment(workspace, options)
        if not environment.simulated:
            raise UsageError(_real(path, environment.name))
        with open_context(workspace, options) as context:
            context.session.metadata["flow"] = flow.name
            run_in(context, flow, known.inputs, lambda _: None)


def _real(path: Path, environment: str) -> Problem:
    """The problem of a cassette of a real environment: its author could choose the orders."""
    file = project_files.show_path(path)
    return Problem(
        id=Id.USAGE,
        message=say(
            "{path} is of {environment}, a real environment, and must be recorded by hand",
            path=file,
            environment=environment,
        ),
        at=Location(file=file, line=1, column=1),
        note=say("a cassette decides what is ordered"),
        details=(
            ("remedy", say("record it yourself, with --record FILE, then compare both files")),
        ),
    )
