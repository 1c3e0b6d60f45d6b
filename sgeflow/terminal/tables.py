"""Values laid out for people: names beside values, rows below each other, long lists cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sgeflow.locale.translate import figure, translate
from sgeflow.messages import join_items, say, say_count
from sgeflow.terminal.formats import is_rows, text_of
from sgeflow.terminal.problems import PLAIN, label_lines, wrap
from sgeflow.terminal.terminal import UNBOUND, Paint, plain

LONGEST = 40  # rows that are shown whole
FIRST, LAST = 20, 5  # of a longer list
_GAP = 2
_LEAST = 24  # columns of a text that gives way
_CELL = 48  # columns of one cell at most
_SHORT = 8  # items of a list that stand on one line
_NOTHING = "–"  # noqa: RUF001 - a dash on purpose: no value


def outputs_text(
    outputs: Mapping[str, Any],
    width: int,
    paint: Paint = PLAIN,
    *,
    whole: bool,
    most: int | None = None,
) -> str:
    """Outputs by name: first single values, then lists; empty ones only with `whole`.

    A table may take `most` columns, when they are more than those of text.
    """
    empty = [name for name, value in outputs.items() if value in (None, "", [], {})]
    visible = {name: v for name, v in outputs.items() if whole or name not in empty}
    simple = {name: value for name, value in visible.items() if not _is_block(value)}
    parts = ["\n".join(label_lines(_pairs(simple), width, paint, indent=""))] if simple else []
    for name, value in visible.items():
        if _is_block(value):
            parts.append(_block(name, value, width, paint, most or width))
    if empty and not whole:
        words = translate(say("without a value: {names}", names=join_items(empty)))
        names = wrap(words, width, "", "  ")
        parts.append("\n".join(paint(line, "dim") for line in names))
    return "\n\n".join(parts)


def table(
    rows: Sequence[Mapping[str, Any]], width: int, paint: Paint = PLAIN, indent: str = ""
) -> list[str]:
    """Rows below their columns' names; of a long list, its first and last rows."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    names = [translate(column) for column in columns]
    visible, left_out = _ends(rows)
    most = width if width >= UNBOUND else _CELL
    cells = [[_cell(row.get(column), most) for column in columns] for row in visible]
    numeric = [all(_is_number(row.get(c)) for row in visible) for c in columns]
    body = grid([names, *cells], numeric, width, indent)
    lines = [paint(body[0], "dim"), *body[1:]]
    if left_out:
        note = say("… {count:,} more; --output csv, json or yaml gives all", count=left_out)
        lines.insert(1 + FIRST, paint(f"{indent}{translate(note)}", "dim"))
    return lines


def grid(
    lines: Sequence[Sequence[str]], right: Sequence[bool], width: int, indent: str = ""
) -> list[str]:
    """Cells in columns as wide as their widest, long texts cut where the terminal is narrow.

    The first column, by which a row is called, is whole; a line ends with the terminal anyway.
    """
    widths = _fit_widths(
        [max(len(line[i]) for line in lines) for i in range(len(right))], right, width
    )
    text_lines = []
    for line in lines:
        cells = [
            cut(cell, room).rjust(room) if is_right else cut(cell, room).ljust(room)
            for cell, room, is_right in zip(line, widths, right, strict=True)
        ]
        text_lines.append(cut((indent + (" " * _GAP).join(cells)).rstrip(), width))
    return text_lines


def _fit_widths(widths: list[int], right: Sequence[bool], width: int) -> list[int]:
    """Widths that fit together: the widest texts give way first, down to `_LEAST` columns."""
    fitted = list(widths)
    texts = [i for i in range(1, len(fitted)) if not right[i]]
    while sum(fitted) + _GAP * (len(fitted) - 1) > width:
        widest = max(texts, key=lambda i: fitted[i], default=0)
        if not widest or fitted[widest] <= _LEAST:
            break
        fitted[widest] -= 1
    return fitted


def cut(text: str, width: int) -> str:
    """A text that ends with `…` where it would leave the terminal."""
    return text if len(text) <= width else text[: max(1, width - 1)] + "…"


def _pairs(values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, list):
            yield name, ", ".join(map(text_of, value)) or _NOTHING
        else:
            yield name, text_of(value) or _NOTHING


def _block(name: str, value: Any, width: int, paint: Paint, most: int) -> str:
    name = translate(name)
    if is_rows(value):
        title = f"{name} ({figure(len(value))})"
        return "\n".join([paint(title, "bold"), *table(value, most, paint, "  ")])
    if isinstance(value, Mapping):
        return "\n".join([paint(name, "bold"), *label_lines(_pairs(value), width, paint)])
    visible, left_out = _ends(value)
    lines = [f"  {plain(text_of(item))}" for item in visible]
    if left_out:
        more = translate(say("… {count:,} more", count=left_out))
        lines.insert(FIRST, paint(f"  {more}", "dim"))
    return "\n".join([paint(f"{name} ({figure(len(value))})", "bold"), *lines])


def _is_block(value: Any) -> bool:
    if isinstance(value, list):
        return is_rows(value) or len(value) > _SHORT
    return isinstance(value, Mapping) and bool(value)


def _ends(items: Sequence[Any]) -> tuple[list[Any], int]:
    if len(items) <= LONGEST:
        return list(items), 0
    return [*items[:FIRST], *items[-LAST:]], len(items) - FIRST - LAST


def _cell(value: Any, most: int) -> str:
    if is_rows(value):
        return translate(say_count("{count:,} row", "{count:,} rows", count=len(value)))
    return cut(" ".join(plain(translate(text_of(value))).split()), most) or _NOTHING


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return value.replace(".", "", 1).replace("-", "", 1).isdigit()
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
