"""The explanation of a value of a flow: its type, its sources, its readers, its past values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sgeflow.core.engine.conditions import HIDDEN
from sgeflow.core.language.shapes import Shape, Sort
from sgeflow.core.model import Status
from sgeflow.locale.translate import translate
from sgeflow.locale.writing import write_duration
from sgeflow.messages import from_table, reword, say, say_count, sentences, verbatim
from sgeflow.terminal.describe import form_of
from sgeflow.terminal.layout import PLAIN, label_lines, split_tree, tree_lines, wrap
from sgeflow.terminal.terminal import Paint, plain
from sgeflow.tools.graph.lineage import Link

if TYPE_CHECKING:
    from sgeflow.tools.graph.explain import Explanation, StepEvent

_MARGIN = 13  # columns of the labels
_GAP = 3  # columns between a text and its place in a document
_MAX_FIELDS = 24  # fields of an object that are listed
_SHAPES = {
    Sort.ANY: say("not known before it runs"),
    Sort.XML: say("response of the service: text, an object or nothing"),
    Sort.TEXT: say("text"),
    Sort.NUMBER: say("a number"),
    Sort.BOOLEAN: say("true or false"),
    Sort.LIST: say("a list"),
    Sort.OBJECT: say("an object"),
    Sort.NULL: say("null (nothing)"),
}
_STATUSES = {
    Status.DONE: say("done"),
    Status.PARTIAL: say("done in part"),
    Status.FAILED: say("failed"),
    Status.SKIPPED: say("skipped"),
    Status.RUNNING: say("stopped"),
}


def explained_text(explanation: Explanation, width: int, paint: Paint = PLAIN) -> str:
    """Lay out the explanation of a value."""
    whence = explanation.whence
    rows = [
        (say("what"), reword(whence.title, lambda text: " ".join(text.split()))),
        (say("is"), _type_text(explanation)),
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
    """Return the explanation of a value for programs."""
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
        document["happened"] = [
            {
                **_present_fields(
                    step=event.step,
                    status=event.status.value if event.status else "",
                    code=event.code,
                    summary=event.summary,
                    why=[{"label": label, "text": text} for label, text in event.why],
                ),
                **({"value": event.value} if event.is_known else {}),
            }
            for event in explanation.happened
        ]
    return document


def form_text(form: Any) -> str:
    """Return a value of the journal as a short text; the journal shortens lists and objects."""
    if isinstance(form, dict) and "items" in form:
        return say_count("a list of {count} item", "a list of {count} items", count=form["items"])
    if isinstance(form, dict):
        return say("an object: {names}", names=", ".join(form["fields"]))
    if form is None:
        return say("null (nothing)")
    if isinstance(form, bool):
        return "true" if form else "false"
    return form if form == HIDDEN else repr(form) if isinstance(form, str) else str(form)


def _type_text(explanation: Explanation) -> str:
    """The type of a value: declared for a parameter, derived for everything else."""
    if explanation.whence.parameter:
        one = explanation.whence.parameter
        marks = (form_of(one.schema), say("personal: never shown") if one.personal else "")
        return sentences(*marks, between=" · ")
    return _shape_text(explanation.whence.shape)


def _shape_text(shape: Shape) -> str:
    if shape.sort is Sort.LIST:
        return say("a list; each item {item}", item=_shape_text(shape.items))
    if shape.sort is Sort.OBJECT and shape.fields:
        names = list(shape.fields)
        more = ", …" if len(names) > _MAX_FIELDS else ""
        return say("an object: {names}", names=", ".join(names[:_MAX_FIELDS]) + more)
    return _SHAPES[shape.sort]


def _rows(rows: Iterable[tuple[str, str]], width: int, paint: Paint) -> list[str]:
    """Labelled lines whose labels have one width on the whole page."""
    return [line for row in rows for line in label_lines([_label_column(row)], width, paint)]


def _label_column(row: tuple[str, str]) -> tuple[str, str]:
    return translate(from_table(row[0])).ljust(_MARGIN - 4), row[1]


def _links(label: str, links: tuple[Link, ...], path: str, width: int, paint: Paint) -> list[str]:
    """The linked places, each with its file and line, and the text that is written there."""
    margin = " " * _MARGIN
    lines: list[str] = []
    for number, link in enumerate(links):
        row = [_label_column((label if number == 0 else "", link.words))]
        labels, used = label_lines(row, width, paint), len(label_lines(row, width)[0])
        place = plain(str(link.at)) if link.at else ""
        if place and len(labels) == 1 and used + len(place) + _GAP <= width:
            labels[0] += " " * (width - used - len(place)) + paint(place, "dim")
        elif place:
            labels.append(margin + paint(place, "dim"))
        lines += labels
        text = " ".join(link.text.split()) if link.text != path else ""
        lines += [paint(line, "cyan") for line in wrap(text, width, f"{margin}  ") if text]
    return lines


def _run_lines(explanation: Explanation, width: int, paint: Paint) -> Iterator[str]:
    """The values that the explained value had in a run, with the reasons the journal keeps."""
    if explanation.run is None:
        return
    yield from ("", paint(f"run {explanation.run.details.entry.run}", "bold"))
    if not explanation.happened:
        yield from wrap(translate(say("its value is not kept with a run")), width, "  ")
    for event in explanation.happened:
        rows: list[tuple[str, str]] = []
        if explanation.whence.step is not None:
            rows.append((say("step"), event.step or "–"))  # noqa: RUF001 - a dash on purpose
            rows.append((say("status"), _status(event)))
        if event.is_known:
            rows.append((say("value"), form_text(event.value)))
        why, tree = split_tree(event.why)
        yield from _rows([*rows, *why], width, paint)
        yield from tree_lines(tree, width, paint)


def _status(one: StepEvent) -> str:
    if one.status is None:
        return say("not reached")
    parts = [_STATUSES[one.status], verbatim(one.code)]
    if one.status is not Status.SKIPPED:
        parts += [say("in {duration}", duration=write_duration(one.seconds)), verbatim(one.summary)]
    return sentences(*parts, between=" · ")


def _link(link: Link) -> dict[str, Any]:
    return _present_fields(what=str(link.words), at=str(link.at) if link.at else "", text=link.text)


def _present_fields(**fields: Any) -> dict[str, Any]:
    """The fields that have a value."""
    return {key: value for key, value in fields.items() if value}
