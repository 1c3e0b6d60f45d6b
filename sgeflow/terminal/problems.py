"""Problems and failures in their one shape: as text, as plain data, as a build's annotations."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from sgeflow.core.compare import DIFFERENCE
from sgeflow.core.model import Failure
from sgeflow.errors import Details, Id, Location, Problem
from sgeflow.locale.translate import translate
from sgeflow.messages import from_table, say, say_count
from sgeflow.terminal.terminal import Paint, painter, plain, plain_line
from sgeflow.terminal.trees import split_tree, tree_lines

PLAIN: Paint = painter(coloured=False)
_ALLOWED = 40  # names that a message lists at most
_MARGIN = 3  # columns between the parts of a line
_LEAST = 20  # columns below which wrapping would make a text unreadable


def problem_text(
    problem: Problem, width: int = 100, paint: Paint = PLAIN, verdict: Sequence[str] = ()
) -> str:
    """A problem for people; its first line alone is enough for a log.

    A `verdict` is what a flow says of it: it stands before what only its author understands.
    """
    first, place = _head(problem, width, paint)
    lines = [*first, *verdict, *place]
    if problem.id is Id.CHECK_FAILED:
        pass  # its condition is told as a whole, with what each part of it gave
    elif problem.at and problem.at.text.strip():
        lines += _frame(problem.at, translate(from_table(problem.note)), width, paint)
    elif problem.note:
        lines += wrap(translate(from_table(problem.note)), width, "  ")
    lines += _choices(problem, width, paint)
    for label, text in problem.details:
        if label == DIFFERENCE:
            lines += _difference(translate(from_table(label)), translate(text), width, paint)
    rest = (pair for pair in _details(problem) if pair[0] != DIFFERENCE)
    details, tree = split_tree(tuple(rest))
    lines += [*label_lines(details, width, paint), *tree_lines(tree, width, paint)]
    return "\n".join(lines)


def problems_text(problems: Sequence[Problem], width: int = 100, paint: Paint = PLAIN) -> str:
    """All problems, and how many there are when there are several."""
    parts = [problem_text(problem, width, paint) for problem in problems]
    if len(problems) > 1:
        parts.append(paint(translate(_count(problems)), "bold"))
    return "\n\n".join(parts) if len(problems) > 1 else "".join(parts)


def failure_text(failure: Failure, width: int = 100, paint: Paint = PLAIN) -> str:
    """A failure for people: its problem, then the flow's own word for it and what to do."""
    problem = failure.problem
    return problem_text(problem, width, paint, _verdict(failure, width, paint))


def problem_document(problem: Problem) -> dict[str, Any]:
    """The same content for programs; keys without a value are left out."""
    at = problem.at
    document = {
        "id": problem.id.code,
        "message": problem.message,
        "file": at.file if at else "",
        "line": at.line if at else None,
        "column": at.column if at else None,
        "length": at.length if at else None,
        "where": problem.where,
        "note": problem.note,
        "allowed": list(problem.allowed),
        "suggestion": problem.suggestion,
        "details": [{"label": label, "text": text} for label, text in problem.details],
    }
    return {key: value for key, value in document.items() if value not in ("", None, [])}


def failure_document(failure: Failure) -> dict[str, Any]:
    """A failure for programs."""
    document = {
        "code": failure.code,
        "class": failure.fault_class.value if failure.fault_class else "",
        "hint": failure.hint,
        "step": failure.step,
        "problem": problem_document(failure.problem),
    }
    return {key: value for key, value in document.items() if value != ""}


def annotation(problem: Problem) -> str:
    """A problem as GitHub's workflow command, which marks the line in a change."""
    at = problem.at
    places = {"file": at.file, "line": at.line, "col": at.column} if at else {}
    fields = {**places, "title": problem.id.code}
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in fields.items())
    question = translate(say(" (did you mean {name}?)", name=problem.suggestion))
    hint = question if problem.suggestion else ""
    note = f": {translate(from_table(problem.note))}" if problem.note else ""
    return f"::error {properties}::{_escape(translate(problem.message) + note + hint)}"


def wrap(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """A text in lines, each begun with an indent; words longer than a line stay whole."""
    lines: list[str] = []
    for part in plain(text).splitlines() or [""]:
        lines += textwrap.wrap(
            part,
            max(width, _LEAST + len(first)),
            initial_indent=first if not lines else (rest or first),
            subsequent_indent=first if rest is None else rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return lines


def signed_lines(lines: Iterable[str], width: int, paint: Paint = PLAIN) -> list[str]:
    """The lines of a difference: what has gone in red, what has come in green."""
    room = width - 4
    fitting = (line if len(line) <= room else line[: room - 1] + "…" for line in lines)
    return [f"    {_sign(plain(line), paint)}" for line in fitting]


def legend_line(text: str, paint: Paint = PLAIN) -> str:
    """What the signs of a difference are, each in its colour."""
    return "  ".join(_sign(part, paint) for part in plain(text).split("  "))


def _difference(label: str, text: str, width: int, paint: Paint) -> list[str]:
    legend, *lines = text.splitlines()
    head = f"  {paint(label, 'dim')}  {legend_line(legend, paint)}"
    return [head, *signed_lines(lines, width, paint)]


def _sign(line: str, paint: Paint) -> str:
    colour = {"-": "red", "+": "green", "…": "dim"}.get(line[:1])
    return paint(line, colour) if colour else line


def label_lines(
    pairs: Iterable[tuple[str, str]], width: int, paint: Paint = PLAIN, indent: str = "  "
) -> list[str]:
    """Lines of a label and a text, the texts below each other."""
    known = [(plain(translate(label)), plain(translate(text))) for label, text in pairs]
    room = max((len(label) for label, _ in known), default=0)
    lines: list[str] = []
    for label, text in known:
        margin = indent + " " * (room + 2)
        first, *more = wrap(text, width, margin) or [margin]
        lines += [f"{indent}{paint(label.ljust(room), 'dim')}  {first[len(margin) :]}", *more]
    return lines


def _head(problem: Problem, width: int, paint: Paint) -> tuple[list[str], list[str]]:
    """The message, and its place when that needs a line of its own."""
    place = str(problem.at) if problem.at else translate(problem.where)
    code = problem.id.code
    words = plain_line(translate(problem.message))  # a foreign one may hold lines
    message, *more = wrap(words, width - len(code) - 1, "", "  ") or [""]
    first = f"{paint(code, 'bold', 'red')} {paint(message, 'bold')}"
    more = [paint(line, "bold") for line in more]
    used = len(code) + 1 + len(message)
    if not place:
        return [first, *more], []
    if not more and used + _MARGIN + len(place) <= width:
        return [first + " " * (width - used - len(place)) + paint(place, "dim")], []
    return [first, *more], [f"  {paint(plain(place), 'dim')}"]


def _frame(at: Location, note: str, width: int, paint: Paint) -> list[str]:
    """The line with the mistake, the one before it, and a caret under the mistake."""
    number = str(at.line)
    gutter = max(5, len(number) + 1)
    room = max(_LEAST, width - gutter - _MARGIN)
    text, before = (plain(line).replace("\t", " ") for line in (at.text, at.before))
    start = min(at.column - 1, len(text))
    length = max(1, min(at.length, len(text) - start))
    cut = max(0, start + min(length, room // 2) - room + 1)  # far to the right: show that part
    lines = []
    if before.strip():
        above = str(at.line - 1).rjust(gutter)
        lines.append(paint(f"{above} | {_crop(before, cut, room)}", "dim"))
    lines.append(
        f"{paint(number.rjust(gutter), 'dim')} {paint('|', 'dim')} {_crop(text, cut, room)}"
    )
    carets = "^" * max(1, min(length, room - (start - cut)))
    under = " " * gutter + " | " + " " * (start - cut) + carets
    bar = f"{' ' * gutter} {paint('|', 'dim')} {' ' * (start - cut)}{paint(carets, 'red')}"
    if len(under) + 1 + len(note) <= width:
        return [*lines, f"{bar} {plain(note)}".rstrip()]
    return [*lines, bar, *wrap(note, width, " " * (gutter + 3))]


def _crop(text: str, cut: int, room: int) -> str:
    part = text[cut : cut + room]
    if cut:
        part = "…" + part[1:]
    return part[:-1] + "…" if len(text) > cut + room else part.rstrip()


def _choices(problem: Problem, width: int, paint: Paint) -> list[str]:
    suggestion = plain(problem.suggestion)
    hint = translate(say("  did you mean  {name} ?", name=suggestion)) if suggestion else ""
    painted = hint.replace(suggestion, paint(suggestion, "bold", "green"), 1)
    if not problem.allowed:
        return [painted] if hint else []
    allowed = _allowed_text(problem)
    if hint and len(hint) + 10 + len(allowed) <= width:
        return [f"{painted}          {allowed}"]
    return [*([painted] if hint else []), *wrap(allowed, width, "  ", "    ")]


def _allowed_text(problem: Problem) -> str:
    known = [plain(translate(name)) for name in problem.allowed[:_ALLOWED]]
    names = (" " if all(" " not in name for name in known) else ", ").join(known)
    if left_out := len(problem.allowed) - len(known):
        names += translate(say(" … and {count} more", count=left_out))
    return translate(say("{label}: {names}", label=from_table(problem.allowed_label), names=names))


def _count(problems: Sequence[Problem]) -> str:
    """How many problems there are, and in how many files when there are several."""
    files = {problem.at.file for problem in problems if problem.at}
    text = say_count("{count} problem", "{count} problems", count=len(problems))
    if len(files) < 2:  # noqa: PLR2004 - the one file stands beside each problem
        return text
    among = say_count("{count} file", "{count} files", count=len(files))
    return say("{problems} in {files}", problems=text, files=among)


def _details(problem: Problem) -> Details:
    details = tuple((from_table(label), text) for label, text in problem.details)
    if not (problem.at and problem.where):
        return details
    label, _, text = problem.where.partition(" ")
    where = ("step", text) if label == "step" and text else ("where", problem.where)
    detail = (from_table(where[0]), where[1])
    if problem.id is Id.CHECK_FAILED:  # so that its tree follows its condition
        return (detail, *details)
    return (*details, detail)


def _verdict(failure: Failure, width: int, paint: Paint) -> list[str]:
    """The flow's own word for a failure, unless the message has it, and what to do."""
    code = failure.code
    if not failure.hint and (
        code in (failure.problem.id.code, "") or code in failure.problem.message
    ):
        return []
    text = f"{code} · {translate(from_table(failure.hint))}" if failure.hint else code
    first, *more = wrap(text, width, "  ")
    return [first.replace(code, paint(code, "bold", "yellow"), 1), *more]


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
