"""Problems, failures and codes: for people, for programs, and as annotations for GitHub."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from sgeflow.core.compare import DIFFERENCE
from sgeflow.core.model import Failure
from sgeflow.errors import Details, Id, Location, Problem
from sgeflow.locale.translate import translate
from sgeflow.messages import from_table, say, say_count
from sgeflow.terminal.layout import PLAIN, label_lines, split_tree, tree_lines, wrap
from sgeflow.terminal.terminal import Paint, plain, plain_line

if TYPE_CHECKING:
    from sgeflow.tools.project.explain_code import Meaning

_MAX_ALLOWED = 40  # names
_MARGIN = 3  # columns between the parts of a line
_MIN_SOURCE = 20  # columns of a line of a document


def problem_text(
    problem: Problem, width: int = 100, paint: Paint = PLAIN, verdict: Sequence[str] = ()
) -> str:
    """Lay out a problem; the first line is a complete message for a log.

    `verdict` holds the code and the hint of a flow: lines between the message and its place.
    """
    message, place = _message_and_place(problem, width, paint)
    lines = [*message, *verdict, *place]
    note = translate(from_table(problem.note))
    if problem.id is Id.CHECK_FAILED:
        pass  # the details show the whole condition and the value of each part
    elif problem.at and problem.at.text.strip():
        lines += _source_lines(problem.at, note, width, paint)
    elif problem.note:
        lines += wrap(note, width, "  ")
    lines += _choices(problem, width, paint)
    for label, text in problem.details:
        if label == DIFFERENCE:
            legend, *signed = translate(text).splitlines()
            title = paint(translate(from_table(label)), "dim")
            lines.append(f"  {title}  {legend_line(legend, paint)}")
            lines += signed_lines(signed, width, paint)
    details, tree = split_tree(pair for pair in _details(problem) if pair[0] != DIFFERENCE)
    lines += [*label_lines(details, width, paint), *tree_lines(tree, width, paint)]
    return "\n".join(lines)


def problems_text(problems: Sequence[Problem], width: int = 100, paint: Paint = PLAIN) -> str:
    """Lay out problems; several are followed by their number and the number of their files."""
    parts = [problem_text(problem, width, paint) for problem in problems]
    if len(problems) > 1:
        count = say_count("{count} problem", "{count} problems", count=len(problems))
        files = {problem.at.file for problem in problems if problem.at}
        if len(files) > 1:
            among = say_count("{count} file", "{count} files", count=len(files))
            count = say("{problems} in {files}", problems=count, files=among)
        parts.append(paint(translate(count), "bold"))
    return "\n\n".join(parts)


def failure_text(failure: Failure, width: int = 100, paint: Paint = PLAIN) -> str:
    """Lay out a failure: its problem, the code of the flow if it adds anything, and the hint."""
    code, problem = failure.code, failure.problem
    is_known = code in (problem.id.code, "") or code in problem.message
    if is_known and not failure.hint:
        return problem_text(problem, width, paint)
    text = f"{code} · {translate(from_table(failure.hint))}" if failure.hint else code
    first, *more = wrap(text, width, "  ")
    verdict = [first.replace(code, paint(code, "bold", "yellow"), 1), *more]
    return problem_text(problem, width, paint, verdict)


def code_text(meaning: Meaning, width: int, paint: Paint) -> str:
    """Lay out the explanation of a code: meaning, remedy, and the flows that end with it."""
    rows = [
        ("means", meaning.means),
        ("cause", meaning.cause),
        ("remedy", meaning.remedy),
        ("simulated", meaning.simulated),
        ("class", meaning.fault_class),
        ("otherwise", ", ".join(meaning.operations)),
        ("exit code", str(int(meaning.exit))),
        ("close to", meaning.suggestion),
    ]
    lines = [paint(meaning.code, "bold"), *_filled_rows(rows, width, paint, "  ")]
    for end in meaning.ends:
        rows = [("says", end.message), ("remedy", end.hint)]
        lines += ["", paint(f"  {end.place}", "dim"), *_filled_rows(rows, width, paint, "    ")]
    return "\n".join(lines)


def code_document(meaning: Meaning) -> dict[str, Any]:
    """Return the explanation of a code for programs."""
    lists = {"operations": list(meaning.operations), "ends": [asdict(end) for end in meaning.ends]}
    return {**asdict(meaning), "exit": int(meaning.exit), **lists}


def annotation(problem: Problem) -> str:
    """Return a problem as a workflow command of GitHub, which marks the line in a pull request."""
    at = problem.at
    places = {"file": at.file, "line": at.line, "col": at.column} if at else {}
    fields = {**places, "title": problem.id.code}
    properties = ",".join(
        f"{key}={_escape(str(value)).replace(':', '%3A').replace(',', '%2C')}"
        for key, value in fields.items()
    )
    question = translate(say(" (did you mean {name}?)", name=problem.suggestion))
    hint = question if problem.suggestion else ""
    note = f": {translate(from_table(problem.note))}" if problem.note else ""
    return f"::error {properties}::{_escape(translate(problem.message) + note + hint)}"


def signed_lines(lines: Iterable[str], width: int, paint: Paint = PLAIN) -> list[str]:
    """Colour the lines of a difference: removed lines in red, added lines in green."""
    return [
        f"    {_sign(line[:1] + part, paint)}"
        for line in lines
        for part in textwrap.wrap(plain(line)[1:], width - 5, drop_whitespace=False) or [""]
    ]


def legend_line(text: str, paint: Paint = PLAIN) -> str:
    """Colour the legend of a difference: each sign in the colour of its lines."""
    return "  ".join(_sign(part, paint) for part in plain(text).split("  "))


def _sign(line: str, paint: Paint) -> str:
    colour = {"-": "red", "+": "green", "…": "dim"}.get(line[:1])
    return paint(line, colour) if colour else line


def _message_and_place(problem: Problem, width: int, paint: Paint) -> tuple[list[str], list[str]]:
    """The lines of the message, and those of the place if the first line has no room for it."""
    place = str(problem.at) if problem.at else translate(problem.where)
    code = problem.id.code
    words = plain_line(translate(problem.message))  # a foreign message may have several lines
    message, *more = wrap(words, width - len(code) - 1, "", "  ") or [""]
    first = f"{paint(code, 'bold', 'red')} {paint(message, 'bold')}"
    more = [paint(line, "bold") for line in more]
    used = len(code) + 1 + len(message)
    if not place:
        return [first, *more], []
    if not more and used + _MARGIN + len(place) <= width:
        return [first + " " * (width - used - len(place)) + paint(place, "dim")], []
    return [first, *more], [f"  {paint(plain(place), 'dim')}"]


def _source_lines(at: Location, note: str, width: int, paint: Paint) -> list[str]:
    """The line of the document, the line before it, carets under the mistake, and a note."""
    number = str(at.line)
    gutter = max(5, len(number) + 1)
    room = max(_MIN_SOURCE, width - gutter - _MARGIN)
    text, before = (plain(line).replace("\t", " ") for line in (at.text, at.before))
    start = min(at.column - 1, len(text))
    length = max(1, min(at.length, len(text) - start))
    skipped = max(
        0, start + min(length, room // 2) - room + 1
    )  # columns, if the mistake is far to the right
    lines = []
    if before.strip():
        above = str(at.line - 1).rjust(gutter)
        lines.append(paint(f"{above} | {_crop(before, skipped, room)}", "dim"))
    lines.append(
        f"{paint(number.rjust(gutter), 'dim')} {paint('|', 'dim')} {_crop(text, skipped, room)}"
    )
    carets = "^" * max(1, min(length, room - (start - skipped)))
    under = " " * gutter + " | " + " " * (start - skipped) + carets
    bar = f"{' ' * gutter} {paint('|', 'dim')} {' ' * (start - skipped)}{paint(carets, 'red')}"
    if len(under) + 1 + len(note) <= width:
        return [*lines, f"{bar} {plain(note)}".rstrip()]
    return [*lines, bar, *wrap(note, width, " " * (gutter + 3))]


def _crop(text: str, skipped: int, room: int) -> str:
    """The columns of a line from `skipped` on, with `…` where something is left out."""
    part = text[skipped : skipped + room]
    if skipped:
        part = "…" + part[1:]
    return part[:-1] + "…" if len(text) > skipped + room else part.rstrip()


def _choices(problem: Problem, width: int, paint: Paint) -> list[str]:
    """The suggestion and the allowed values of a problem, in one line if they fit."""
    suggestion = plain(problem.suggestion)
    hint = translate(say("  did you mean  {name} ?", name=suggestion)) if suggestion else ""
    painted = hint.replace(suggestion, paint(suggestion, "bold", "green"), 1)
    if not problem.allowed:
        return [painted] if hint else []
    known = [plain(translate(name)) for name in problem.allowed[:_MAX_ALLOWED]]
    names = (" " if all(" " not in name for name in known) else ", ").join(known)
    if left_out := len(problem.allowed) - len(known):
        more = translate(say("… and {count} more", count=left_out))
        names += f" {more}"
    label = from_table(problem.allowed_label)
    allowed = translate(say("{label}: {names}", label=label, names=names))
    if hint and len(hint) + 10 + len(allowed) <= width:
        return [f"{painted}          {allowed}"]
    return [*([painted] if hint else []), *wrap(allowed, width, "  ", "    ")]


def _details(problem: Problem) -> Details:
    """The details of a problem, with the step or path if the first lines show only the file."""
    details = tuple((from_table(label), text) for label, text in problem.details)
    if not (problem.at and problem.where):
        return details
    label, _, text = problem.where.partition(" ")
    where = ("step", text) if label == "step" and text else ("where", problem.where)
    detail = (from_table(where[0]), where[1])
    if problem.id is Id.CHECK_FAILED:  # the tree stays behind its condition
        return (detail, *details)
    return (*details, detail)


def _filled_rows(
    rows: Iterable[tuple[str, str]], width: int, paint: Paint, indent: str
) -> list[str]:
    """The rows that have a text."""
    known = [(from_table(label), text) for label, text in rows if text]
    return label_lines(known, width, paint, indent)


def _escape(text: str) -> str:
    """A text as a workflow command of GitHub escapes it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
