"""A value of a flow explained: what it is, where it comes from, who reads it, what it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sgeflow.core.engine.conditions import HIDDEN
from sgeflow.core.language.shapes import Shape, Sort
from sgeflow.core.model import Status
from sgeflow.locale.translate import translate
from sgeflow.messages import from_table, reword, say, say_count, sentences, verbatim
from sgeflow.terminal.parameters import form_of
from sgeflow.terminal.problems import PLAIN, label_lines, wrap
from sgeflow.terminal.terminal import Paint, plain
from sgeflow.terminal.trees import split_tree, tree_lines
from sgeflow.tools.graph.lineage import Link

if TYPE_CHECKING:
    from sgeflow.tools.graph.explain import Explanation, StepEvent

_MARGIN = 13  # columns of the labels
_APART = 3  # columns between words and their place
_NAMES = 24  # of the fields of an object that are told


def explained_text(explanation: Explanation, width: int, paint: Paint = PLAIN) -> str:
    """The explanation for people."""
    whence = explanation.whence
    rows = [
        (say("what"), reword(whence.title, lambda text: " ".join(text.split()))),
        (say("is"), _sort(explanation)),
        (say("unit"), say("said by {path}", path=whence.unit) if whence.unit else ""),
    ]
    lines = [paint(plain(whence.path), "bold")]
    lines += _rows(((label, text) for label, text in rows if text), width, paint)
    for label, links in (
        (say("from"), whence.sources),
        (say("missing"), whence.absences),
        (say("read by"), whence.readers),
    ):
        lines += _links(label, links, whence.path, width, paint)
    return "\n".join([*lines, *_run_lines(explanation, width, paint)])


def explained_document(explanation: Explanation) -> dict[str, Any]:
    """The explanation for programs."""
    whence, parameter = explanation.whence, explanation.whence.parameter
    document: dict[str, Any] = {
        "flow": explanation.flow,
        "path": whence.path,
        "title": whence.title,
        "sort": whence.shape.sort.value,
        "fields": sorted(whence.shape.items.fields or whence.shape.fields),
        "unit": whence.unit,
        "at": str(whence.at) if whence.at else "",
        "schema": dict(parameter.schema) if parameter else {},
        "personal": parameter.personal if parameter else False,
        "from": [_link(link) for link in whence.sources],
        "missing": [_link(link) for link in whence.absences],
        "readers": [_link(link) for link in whence.readers],
    }
    if explanation.run is not None:
        document["run"] = explanation.run.details.entry.run
        document["happened"] = [_event_document(one) for one in explanation.happened]
    return document


def form_text(form: Any) -> str:
    """What the journal keeps of a value, in words."""
    if isinstance(form, dict) and "items" in form:
        return say_count("a list of {count} item", "a list of {count} items", count=form["items"])
    if isinstance(form, dict):
        return say("an object: {names}", names=", ".join(form["fields"]))
    if form is None:
        return say("null (nothing)")
    if isinstance(form, bool):
        return "true" if form else "false"
    return form if form == HIDDEN else repr(form) if isinstance(form, str) else str(form)


def _sort(explanation: Explanation) -> str:
    if explanation.whence.parameter:
        one = explanation.whence.parameter
        marks = (form_of(one.schema), say("personal: never shown") if one.personal else "")
        return sentences(*marks, between=" · ")
    return _shape(explanation.whence.shape)


def _shape(shape: Shape) -> str:
    if shape.sort is Sort.LIST:
        return say("a list; each item {item}", item=_shape(shape.items))
    if shape.sort is Sort.OBJECT and shape.fields:
        names = list(shape.fields)
        more = ", …" if len(names) > _NAMES else ""
        return say("an object: {names}", names=", ".join(names[:_NAMES]) + more)
    return _SORTS[shape.sort]


_SORTS = {
    Sort.ANY: say("not known before it runs"),
    Sort.XML: say("what SGE answers: text, an object or nothing"),
    Sort.TEXT: say("text"),
    Sort.NUMBER: say("a number"),
    Sort.BOOLEAN: say("true or false"),
    Sort.LIST: say("a list"),
    Sort.OBJECT: say("an object"),
    Sort.NULL: say("null (nothing)"),
}


def _rows(rows: Iterable[tuple[str, str]], width: int, paint: Paint) -> list[str]:
    return [line for row in rows for line in label_lines([_pad(row)], width, paint)]


def _pad(row: tuple[str, str]) -> tuple[str, str]:
    return translate(from_table(row[0])).ljust(_MARGIN - 4), row[1]


def _links(label: str, links: tuple[Link, ...], path: str, width: int, paint: Paint) -> list[str]:
    """Each thing with its place at the end of the line, or below it, and what is written there."""
    margin = " " * _MARGIN
    lines: list[str] = []
    for number, link in enumerate(links):
        row = [_pad((label if number == 0 else "", link.words))]
        labels, used = label_lines(row, width, paint), len(label_lines(row, width)[0])
        place = plain(str(link.at)) if link.at else ""
        if place and len(labels) == 1 and used + len(place) + _APART <= width:
            labels[0] += " " * (width - used - len(place)) + paint(place, "dim")
        elif place:
            labels.append(margin + paint(place, "dim"))
        lines += labels
        text = " ".join(link.text.split()) if link.text != path else ""
        lines += [paint(line, "cyan") for line in wrap(text, width, f"{margin}  ") if text]
    return lines


def _run_lines(explanation: Explanation, width: int, paint: Paint) -> Iterator[str]:
    if explanation.run is None:
        return
    yield ""
    yield paint(f"run {explanation.run.details.entry.run}", "bold")
    if not explanation.happened:
        yield from wrap(translate(say("what it was is not kept with a run")), width, "  ")
    for one in explanation.happened:
        yield from _happened_lines(one, width, paint, is_step=explanation.whence.step is not None)


def _happened_lines(one: StepEvent, width: int, paint: Paint, *, is_step: bool) -> Iterator[str]:
    rows: list[tuple[str, str]] = []
    if is_step:
        rows.append((say("step"), one.step or "–"))  # noqa: RUF001 - a dash on purpose
        rows.append((say("status"), _status(one)))
    if one.is_known:
        rows.append((say("value"), form_text(one.value)))
    why, tree = split_tree(one.why)
    yield from _rows([*rows, *why], width, paint)
    yield from tree_lines(tree, width, paint)


def _status(one: StepEvent) -> str:
    if one.status is None:
        return say("its turn never came")
    parts = [_STATUSES[one.status], verbatim(one.code)]
    if one.status is not Status.SKIPPED:
        parts += [say("in {seconds:.1f} s", seconds=one.seconds), verbatim(one.summary)]
    return sentences(*parts, between=" · ")


_STATUSES = {
    Status.DONE: say("done"),
    Status.PARTIAL: say("done in part"),
    Status.FAILED: say("failed"),
    Status.SKIPPED: say("skipped"),
    Status.RUNNING: say("stopped"),
}


def _link(link: Link) -> dict[str, Any]:
    document = {"what": str(link.words), "at": str(link.at) if link.at else "", "text": link.text}
    return {key: value for key, value in document.items() if value}


def _event_document(one: StepEvent) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "step": one.step,
        "status": one.status.value if one.status else "",
        "code": one.code,
        "summary": one.summary,
        "why": [{"label": label, "text": text} for label, text in one.why],
    }
    document = {key: value for key, value in fields.items() if value}
    return {**document, "value": one.value} if one.is_known else document
