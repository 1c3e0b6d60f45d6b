"""`sgeflow show`: look up a document, a word of the language, a code, or a value of a flow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec.structs import replace

from sgeflow.cli.shared import completion, options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.cli.shared.usage_errors import unknown_name
from sgeflow.core.checking.document import KEYS, NAMES
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.errors import Id, UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import Message, from_table, say

if TYPE_CHECKING:
    from sgeflow.core.engine.step import Catalog
    from sgeflow.runtime.project import Workspace
    from sgeflow.terminal.terminal import Terminal

NAME = options.argument(
    metavar="[NAME]",
    help="A document, a word of the language, a code (SGT4L8, HTTP503, SGE012), or a kind to list:"
    " operations, flows, environments, homologation, people, scenarios, words, codes.",
    autocompletion=completion.names,
)
PATH = options.argument(
    metavar="[PATH]",
    help="After a flow, a value of it: steps.ID.OUTPUT, inputs.NAME, outputs.NAME, run.today."
    " After a kind, a name.",
    autocompletion=completion.paths,
)
RUN = options.option(
    "--run",
    metavar="RUN",
    help="With a value: its content in this run; see sgeflow runs.",
    autocompletion=completion.runs,
)

_WORDS, _CODES = "words", "codes"
_KINDS = {**{name: name for name in NAMES}, **{key: kind.name for key, kind in KEYS.items()}} | {
    "word": _WORDS,
    "words": _WORDS,
    "code": _CODES,
    "codes": _CODES,
}
"""Words that may precede a name, with the kind that each means."""

Match = tuple[Message, str, Callable[[], None]]
"""One meaning of a name: a noun, the command that shows it, and the function that shows it."""

app = options.command_app()


@app.register("show", "json", "yaml", "table", "csv")
def show(
    context: typer.Context,
    name: Annotated[str, NAME] = "",
    path: Annotated[str, PATH] = "",
    run: Annotated[str, RUN] = "",
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """Show a document, a word of the language, a code or a value of a flow.

    Without a name, lists the documents. A document is shown with its limits, its refusals and a
    command to paste; a code with its remedy; a value with its source, its readers and the cases in
    which it is missing. Texts that may name a person are not kept with a run: ***.
    """
    from sgeflow.cli.shared.results import open_project

    terminal = terminal_of(context)
    workspace = open_project(terminal, project, flow=name)
    catalog = workspace.catalog
    if run and (not path or (name in _KINDS and name not in catalog.flows)):
        message = say("--run goes with a value: sgeflow show FLOW PATH --run RUN")
        raise UsageError.of(Id.USAGE, message)
    kind = _KINDS.get(name, "")
    if not name:
        _list(terminal, {kind: _documents_of(catalog, kind) for kind in NAMES})
    elif not path:
        _show_any(terminal, workspace, name)
    elif kind and (name not in catalog.flows or path in getattr(catalog, kind, ())):
        _show_of_kind(terminal, workspace, kind, path)
    else:
        from sgeflow.runtime.state_location import home_to_look_at
        from sgeflow.terminal.lineage import explained_document, explained_text
        from sgeflow.tools.graph.explain import explain
        from sgeflow.tools.graph.graph import recorded_run

        home = home_to_look_at(state, project, env) if run else None
        past = recorded_run(home, run, workspace.flow(name)) if home else None
        value = explain(workspace, name, path, past)
        _show(terminal, value, explained_document, explained_text)


def _show_any(terminal: Terminal, workspace: Workspace, name: str) -> None:
    """Show a name: first as a document, then as a kind, a word of the language or a code."""
    from sgeflow.cli.shared.results import next_step
    from sgeflow.core.checking.flows.verb import synonyms_of
    from sgeflow.runtime.project import flow_name, verbs

    for kind in NAMES:
        workspace.check_usable(kind, flow_name(name))
    matches = list(_matches(terminal, workspace, flow_name(name)))
    if matches:
        (_, _, tell), *others = matches
        tell()
        for noun, command, _ in () if terminal.output in ("json", "yaml") else others:
            terminal.aside(next_step(say("{name} is also {noun}", name=name, noun=noun), command))
        return
    try:
        _show_code(terminal, workspace, name)
    except UsageError as error:
        if name == name.upper():  # written like a code
            raise
        documents = (one for kind in NAMES for one in getattr(workspace.catalog, kind))
        known = [*documents, *NAMES, _WORDS, _CODES, *completion.words()]
        message = say('there is no document, word of the language or code "{name}"', name=name)
        problem = unknown_name(message, name, known, synonyms_of(verbs()))
        nearest = filter(None, (problem.suggestion, error.problems[0].suggestion))
        near = closest(name, list(nearest), 0.0, synonyms_of(verbs()))
        raise UsageError(replace(problem, suggestion=near)) from None


def _matches(terminal: Terminal, workspace: Workspace, name: str) -> Iterator[Match]:
    """Yield the meanings of a name that is not a code: documents, a kind, a word, in this order."""
    for kind in NAMES:
        if name in getattr(workspace.catalog, kind):
            tell = partial(_show_document, terminal, workspace, kind, name)
            yield NAMES[kind].noun, f"sgeflow show {kind} {name}", tell
    if name in (*NAMES, _WORDS, _CODES):
        rows = {name: _rows_of(workspace, name)}
        yield say("a kind of documents"), "sgeflow show", partial(_list, terminal, rows)
    if word := _find_word(name):
        tell = partial(_show, terminal, *word)
        yield say("a word of the language"), f"sgeflow show word {name}", tell


def _show_of_kind(terminal: Terminal, workspace: Workspace, kind: str, name: str) -> None:
    """Show a document, a word or a code by its kind and its name."""
    if kind == _CODES:
        _show_code(terminal, workspace, name)
        return
    if kind == _WORDS:
        known = completion.words()
        if word := _find_word(name):
            _show(terminal, *word)
            return
    else:
        known = list(getattr(workspace.catalog, kind))
        workspace.check_usable(kind, name)
        if name in known:
            _show_document(terminal, workspace, kind, name)
            return
    message = say('{kind}: there is no "{name}"', kind=from_table(kind), name=name)
    raise UsageError(unknown_name(message, name, known))


def _show_document(terminal: Terminal, workspace: Workspace, kind: str, name: str) -> None:
    from sgeflow.terminal import describe

    value: Any = getattr(workspace.catalog, kind)[name]
    if kind == "operations":
        _show_operation(terminal, workspace, name)
    elif kind == "flows":
        _show_flow(terminal, workspace, name)
    elif kind == "environments":
        _show(terminal, value, describe.environment_document, describe.environment_text)
    elif kind == "homologation":
        _show(terminal, value, describe.casebook_document, describe.casebook_text)
    elif kind == "people":
        _show(terminal, value, describe.people_document, describe.people_text)
    else:
        _show(terminal, value, describe.scenario_document, describe.scenario_text)


def _show_operation(terminal: Terminal, workspace: Workspace, name: str) -> None:
    """Show an operation and its examples, with valid dates and an environment to try."""
    from sgeflow.core.checking.values import on_day
    from sgeflow.runtime.options import Options
    from sgeflow.runtime.session import moment
    from sgeflow.runtime.simulation import environment_to_try
    from sgeflow.terminal import describe

    operation = on_day(workspace.catalog.operations[name], moment(Options()).date().isoformat())
    environment = environment_to_try(workspace, operation)

    def text(value: Any, width: int, paint: Any) -> str:
        return describe.operation_text(value, width, paint, environment)

    _show(terminal, operation, describe.operation_document, text)


def _show_flow(terminal: Terminal, workspace: Workspace, name: str) -> None:
    from sgeflow.runtime.dry_run import outline
    from sgeflow.runtime.simulation import environment_to_try
    from sgeflow.terminal import describe
    from sgeflow.terminal.dry_run import later_lines

    environment = environment_to_try(workspace)

    def text(flow: Any, width: int, paint: Any) -> str:
        steps = later_lines(outline(workspace, name), terminal.width, terminal.paint)
        return describe.flow_text(flow, width, steps, paint, environment)

    _show(terminal, workspace.catalog.flows[name], describe.flow_document, text)


def _find_word(name: str) -> tuple[Any, Callable[[Any], Any], Callable[..., str]] | None:
    """Return a word of the language with the functions that describe it; None if unknown."""
    from sgeflow.core.checking.flows.flow_words import FLOW_WORDS
    from sgeflow.runtime.project import verbs
    from sgeflow.terminal import describe_language as describe

    if name in describe.FUNCTIONS:
        return name, describe.function_document, describe.function_text
    if name in verbs():
        return verbs()[name], describe.verb_document, describe.verb_text
    if name in describe.MODIFIERS:
        return name, describe.modifier_document, describe.modifier_text
    if name in FLOW_WORDS:
        return name, describe.flow_word_document, describe.flow_word_text
    return None


def _show_code(terminal: Terminal, workspace: Workspace, code: str) -> None:
    """Show what a code means; raises UsageError for an unknown code."""
    from sgeflow.terminal.problems import code_document, code_text
    from sgeflow.tools.project.explain_code import explain

    meaning = explain(workspace, code)
    _show(terminal, meaning, code_document, code_text)


def _show(
    terminal: Terminal,
    value: Any,
    document: Callable[[Any], Mapping[str, Any]],
    text: Callable[[Any, int, Any], str],
) -> None:
    from sgeflow.cli.shared.results import format_document

    if terminal.output == "csv":
        raise options.unknown_form("csv", ("json", "yaml", "table"))
    if terminal.output in ("json", "yaml"):
        terminal.result(format_document(terminal.output, document(value)))
    else:
        terminal.result(text(value, terminal.width, terminal.paint))


def _list(terminal: Terminal, kinds: Mapping[str, list[dict[str, str]]]) -> None:
    """List the names of some kinds with their titles."""
    from sgeflow.cli.shared.results import format_document, next_step
    from sgeflow.terminal.formats import to_csv
    from sgeflow.terminal.layout import grid

    all_rows = [row for rows in kinds.values() for row in rows]
    if terminal.output == "csv":
        terminal.result(to_csv(all_rows))
        return
    if terminal.output in ("json", "yaml"):
        terminal.result(format_document(terminal.output, all_rows))
        return
    parts = []
    for kind, rows in kinds.items():
        if not rows and all_rows:
            continue
        lines = [[f"  {row['name']}", _notes(row), translate(row["title"])] for row in rows]
        table = grid(lines, (False, False, False), terminal.table_width) if lines else []
        parts.append("\n".join([terminal.paint(translate(from_table(kind)), "bold"), *table]))
    terminal.result("\n\n".join(parts))
    terminal.aside(next_step(say("look at one"), say("sgeflow show NAME")))


def _notes(row: Mapping[str, str]) -> str:
    notes = (row.get("change", ""), row.get("status", ""))
    return ", ".join(
        translate(from_table(one)) for one in notes if one not in ("", "read", "current")
    )


def _rows_of(workspace: Workspace, kind: str) -> list[dict[str, str]]:
    """The names of a kind with their titles."""
    if kind in NAMES:
        return _documents_of(workspace.catalog, kind)
    if kind == _WORDS:
        from sgeflow.terminal.describe_language import word_title

        return _titled("word", ((name, word_title(name)) for name in completion.words()))
    ours = ((one.code, from_table(one.about)) for one in Id)
    faults = workspace.catalog.faults.items()
    return _titled("code", [*((code, fault.meaning) for code, fault in faults), *ours])


def _titled(kind: str, titles: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"kind": kind, "name": name, "title": title} for name, title in titles]


def _documents_of(catalog: Catalog, kind: str) -> list[dict[str, str]]:
    """The documents of a kind with their titles; operations also have their kind and status."""
    known = getattr(catalog, kind)
    rows = _titled(NAMES[kind].key, ((name, known[name].title) for name in sorted(known)))
    if kind == "operations":
        for row in rows:
            operation = known[row["name"]]
            row.update(change=operation.kind.value, status=operation.status)
    return rows
