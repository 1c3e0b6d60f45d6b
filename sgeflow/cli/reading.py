"""What `validate`, `list`, `show` and `error` do between the command line and the use cases."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sgeflow.cli.project import opened
from sgeflow.cli.run_actions import formatted
from sgeflow.core.checking.examples import on_day
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.errors import Exit, Id, Problem, UsageError
from sgeflow.locale.translate import tell
from sgeflow.messages import Said, counted, fixed, say
from sgeflow.messages import listed as others
from sgeflow.runtime.project import Workspace
from sgeflow.terminal import describe, problems, tables
from sgeflow.terminal.formats import to_csv, to_json
from sgeflow.terminal.terminal import Terminal

KINDS = ("operations", "flows", "environments", "homologation")


def validated(terminal: Terminal, paths: list[Path], form: str, project: Path | None) -> Exit:
    """Check, and tell every mistake; 3 when there is one."""
    from sgeflow.tools.project.validate import validate

    if form not in ("text", "json", "github"):
        raise UsageError(
            _unknown(say('there is no form "{name}"', name=form), form, ("text", "json", "github"))
        )
    began = time.monotonic()
    found = validate(project, paths)
    if form == "json":
        documents = [problems.problem_document(problem) for problem in found.problems]
        terminal.result(to_json({"documents": found.counts, "problems": documents}))
    elif form == "github":
        terminal.result("\n".join(map(problems.annotation, found.problems)))
    elif found.problems:
        terminal.result(problems.problems_text(found.problems, terminal.width, terminal.paint))
    elif not terminal.quiet:
        terminal.result(_sound(terminal, found.counts, time.monotonic() - began))
    return Exit.INVALID if found.problems else Exit.OK


def listed(terminal: Terminal, what: str, project: Path | None) -> None:
    """List all or one kind of documents."""
    if what and what not in KINDS:
        message = say('there is no kind of document "{name}"', name=what)
        raise UsageError(_unknown(message, what, KINDS))
    catalog = opened(terminal, project).catalog
    kinds = {kind: getattr(catalog, kind) for kind in KINDS if what in ("", kind)}
    rows = [
        {
            "kind": kind.removesuffix("s"),
            "name": name,
            "title": known[name].title,
            **_more(known[name]),
        }
        for kind, known in kinds.items()
        for name in sorted(known)
    ]
    if terminal.output == "csv":
        terminal.result(to_csv(rows))
    elif terminal.output in ("json", "yaml"):
        terminal.result(formatted(terminal.output, rows))
    else:
        parts = [_listing(terminal, kind, rows) for kind in kinds]
        terminal.result("\n\n".join(parts))


def shown(terminal: Terminal, name: str, project: Path | None) -> None:
    """Show the operation, flow or environment of a name."""
    workspace = opened(terminal, project)
    catalog = workspace.catalog
    for kind in KINDS:
        workspace.check_usable(kind, name)
    if name in catalog.operations:
        from sgeflow.runtime.options import Options
        from sgeflow.runtime.session import moment

        operation = on_day(catalog.operations[name], moment(Options()).date().isoformat())
        _show(terminal, operation, describe.operation_document, describe.operation_text)
    elif name in catalog.flows:
        flow = catalog.flows[name]

        def text(flow: Any, width: int, paint: Any) -> str:
            return describe.flow_text(flow, width, _outline(workspace, name, terminal), paint)

        _show(terminal, flow, describe.flow_document, text)
    elif name in catalog.environments:
        environment = catalog.environments[name]
        _show(terminal, environment, describe.environment_document, describe.environment_text)
    elif name in catalog.homologation:
        book = catalog.homologation[name]
        _show(terminal, book, describe.casebook_document, describe.casebook_text)
    else:
        known = [document for kind in KINDS for document in getattr(catalog, kind)]
        message = say('there is no operation, flow, environment or catalogue "{name}"', name=name)
        raise UsageError(_unknown(message, name, known))


def explained(terminal: Terminal, code: str, project: Path | None) -> None:
    """Say what a code means."""
    from sgeflow.terminal import listings
    from sgeflow.tools.project.explain_code import explain

    meaning = explain(opened(terminal, project), code)
    if terminal.output in ("json", "yaml"):
        terminal.result(formatted(terminal.output, listings.meaning_document(meaning)))
    else:
        terminal.result(listings.meaning_text(meaning, terminal.width, terminal.paint))


def _show(
    terminal: Terminal,
    value: Any,
    document: Callable[[Any], Mapping[str, Any]],
    text: Callable[[Any, int, Any], str],
) -> None:
    if terminal.output in ("json", "yaml"):
        terminal.result(formatted(terminal.output, document(value)))
    else:
        terminal.result(text(value, terminal.width, terminal.paint))


def _outline(workspace: Workspace, name: str, terminal: Terminal) -> list[str]:
    from sgeflow.runtime.outline import outline
    from sgeflow.terminal import listings

    return listings.later_lines(outline(workspace, name), terminal.width, terminal.paint)


def _listing(terminal: Terminal, kind: str, rows: list[dict[str, Any]]) -> str:
    own = [row for row in rows if row["kind"] == kind.removesuffix("s")]
    lines = [[f"  {row['name']}", _notes(row), tell(fixed(row["title"]))] for row in own]
    grid = tables.grid(lines, (False, False, False), terminal.width) if lines else []
    return "\n".join([terminal.paint(tell(fixed(kind)), "bold"), *grid])


def _notes(row: Mapping[str, Any]) -> str:
    notes = [row.get("change", ""), row.get("status", "")]
    return ", ".join(tell(fixed(one)) for one in notes if one not in ("", "read", "current"))


def _more(document: Any) -> dict[str, str]:
    """Of an operation, whether it changes something and whether it is still in force."""
    if hasattr(document, "service"):
        return {"change": document.kind.value, "status": document.status}
    return {}


def _sound(terminal: Terminal, counts: Mapping[str, int], seconds: float) -> str:
    kinds = others(_counted(kind, count) for kind, count in counts.items())
    told = say("{kinds}: no mistakes ({seconds:.2f} s)", kinds=kinds, seconds=seconds)
    return f"{terminal.paint('✓', 'bold', 'green')} {tell(told)}"


def _counted(kind: str, count: int) -> Said:
    words = {
        "operations": counted("{count} operation", "{count} operations", count=count),
        "flows": counted("{count} flow", "{count} flows", count=count),
        "environments": counted("{count} environment", "{count} environments", count=count),
        "homologation": counted(
            "{count} homologation catalogue", "{count} homologation catalogues", count=count
        ),
        "tests": counted("{count} test", "{count} tests", count=count),
    }
    return words[kind]


def _unknown(message: Said, name: str, known: Any) -> Problem:
    return Problem(
        id=Id.UNKNOWN_NAME,
        message=message,
        allowed=tuple(sorted(known)) if len(known) < 10 else (),  # noqa: PLR2004 - one line
        allowed_label="known",
        suggestion=closest(name, known),
        details=() if len(known) < 10 else (("see", "sgeflow list"),),  # noqa: PLR2004
    )
