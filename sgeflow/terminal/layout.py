"""Text layout for people: wrapped text, labelled lines, trees, tables and sections."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from sgeflow.locale.translate import figure, translate
from sgeflow.messages import from_table, join_items, say, say_count
from sgeflow.terminal.formats import is_rows, text_of
from sgeflow.terminal.terminal import Paint, painter, plain

PLAIN: Paint = painter(coloured=False)
LONGEST = 40  # rows; longer lists are shortened
FIRST, LAST = 20, 5  # rows that a shortened list shows at its start and at its end
_GAP = 2  # columns between two cells
_MIN_TEXT = 20  # columns below which wrapped text becomes unreadable
_MIN_COLUMN = 24  # columns below which a wrapped text becomes unreadable
_MAX_CELL = 48  # columns of a list or an object in a cell; texts are wrapped
_CONTINUED = "    "  # begins the lines that continue a row
_MAX_INLINE_ITEMS = 8  # items of a list that fit on one line
_TREE_SIGNS = ("├", "└", "│", " ")
_NO_VALUE = "–"  # noqa: RUF001 - a dash on purpose


# -- text ------------------------------------------------------------------------------------------


def paragraphs(parts: Iterable[str]) -> str:
    """Join the parts that are not empty, with a blank line between them."""
    return "\n\n".join(part for part in parts if part)


def wrap(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """Split a text into lines of `width` columns; words longer than a line stay whole.

    `first` indents the first line. `rest` indents the other lines; without `rest`, `first` does.
    """
    lines: list[str] = []
    for part in plain(text).splitlines() or [""]:
        lines += textwrap.wrap(
            part,
            max(width, _MIN_TEXT + len(first)),
            initial_indent=first if not lines else (rest or first),
            subsequent_indent=first if rest is None else rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return lines


def place_note(note: str, used: int, column: int, width: int, margin: str) -> tuple[str, list[str]]:
    """Return a note as the rest of a line of `used` columns, or as lines below it.

    The rest begins at `column`. A note that is too long for it is wrapped below at `margin`.
    """
    column = max(column, used + _GAP)
    if not note or column + len(note) <= width:
        return (" " * (column - used) + note if note else ""), []
    return "", wrap(note, width, margin)


def cut(text: str, width: int) -> str:
    """Shorten a text to `width` columns; a shortened text ends with `…`."""
    return text if len(text) <= width else text[: max(1, width - 1)] + "…"


# -- labels, sections, trees -----------------------------------------------------------------------


def label_lines(
    pairs: Iterable[tuple[str, str]], width: int, paint: Paint = PLAIN, indent: str = "  "
) -> list[str]:
    """Lay out pairs of label and text in two columns."""
    known = [(plain(translate(label)), plain(translate(text))) for label, text in pairs]
    room = max((len(label) for label, _ in known), default=0)
    margin = indent + " " * (room + 2)
    lines: list[str] = []
    for label, text in known:
        first, *more = wrap(text, width, margin) or [margin]
        lines += [f"{indent}{paint(label.ljust(room), 'dim')}  {first[len(margin) :]}", *more]
    return lines


def section(title: str, rows: Sequence[tuple[str, str]], width: int, paint: Paint) -> str:
    """Lay out a bold title over labelled lines; the text is empty if there are no rows."""
    if not rows:
        return ""
    return "\n".join(
        [paint(translate(from_table(title)), "bold"), *label_lines(rows, width, paint)]
    )


def split_tree(
    pairs: Iterable[tuple[str, str]],
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Separate the details of a problem into labelled lines and lines of a tree."""
    labelled: list[tuple[str, str]] = []
    branches: list[tuple[str, str]] = []
    for pair in pairs:
        (branches if pair[0].startswith(_TREE_SIGNS) else labelled).append(pair)
    return labelled, branches


def tree_lines(pairs: Iterable[tuple[str, str]], width: int, paint: Paint) -> list[str]:
    """Lay out the tree of a condition: one part a line, the values in a second column."""
    known = [(plain(label), plain(translate(text))) for label, text in pairs]
    longest = max((len(text) for _, text in known), default=0)
    room = max(_MIN_COLUMN, width - 4 - longest)
    labels = [label if len(label) <= room else f"{label[: room - 1]}…" for label, _ in known]
    column = max(map(len, labels), default=0)
    return [
        f"  {paint(label.ljust(column), 'dim')}  {text}"
        for label, (_, text) in zip(labels, known, strict=True)
    ]


# -- tables ----------------------------------------------------------------------------------------


def outputs_text(
    outputs: Mapping[str, Any],
    width: int,
    paint: Paint = PLAIN,
    *,
    whole: bool,
    table_width: int | None = None,
) -> str:
    """Lay out outputs by name: first single values, then lists and objects.

    Args:
        outputs: the outputs of a run or an operation.
        width: columns of text.
        paint: how words are coloured.
        whole: also show outputs that are empty; otherwise their names are listed at the end.
        table_width: columns of a table, if they differ from `width`.
    """
    empty = [name for name, value in outputs.items() if value in (None, "", [], {})]
    visible = {name: v for name, v in outputs.items() if whole or name not in empty}
    blocks = {name: value for name, value in visible.items() if _is_block(value)}
    simple = {name: value for name, value in visible.items() if name not in blocks}
    parts = ["\n".join(label_lines(_value_pairs(simple), width, paint, indent=""))]
    parts += [_block(n, value, width, paint, table_width or width) for n, value in blocks.items()]
    if empty and not whole:
        words = translate(say("without a value: {names}", names=join_items(empty)))
        names = wrap(words, width, "", "  ")
        parts.append("\n".join(paint(line, "dim") for line in names))
    return "\n\n".join(parts if simple else parts[1:])


def table(
    rows: Sequence[Mapping[str, Any]], width: int, paint: Paint = PLAIN, indent: str = ""
) -> list[str]:
    """Lay out rows as a table with a head; a long list is shortened to its two ends."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    visible, left_out = _shorten(rows)
    cells = [[_cell(row.get(column)) for column in columns] for row in visible]
    numeric = [all(_is_number(row.get(c)) for row in visible) for c in columns]
    head, *body = grid([list(map(translate, columns)), *cells], numeric, width, indent)
    lines = [*(paint(line, "dim") for line in head.splitlines()), *body]
    if left_out:
        note = say("… {count:,} more; --output csv, json or yaml gives all", count=left_out)
        lines.insert(len(lines) - LAST, paint(f"{indent}{translate(note)}", "dim"))
    return lines


def grid(
    lines: Sequence[Sequence[str]], right: Sequence[bool], width: int, indent: str = ""
) -> list[str]:
    """Align cells in columns; `right` says which columns are aligned to the right.

    Each line becomes one text, of several lines of the screen if it is too wide: long cells are
    wrapped, and columns without room continue below. The first column identifies the row and
    stays whole. Nothing is left out.
    """
    widths = [max(len(line[i]) for line in lines) for i in range(len(right))]
    floors = [
        widths[i] if not i or right[i] else _narrowest([line[i] for line in lines], widths[i])
        for i in range(len(right))
    ]
    shelves: list[list[int]] = [[]]
    margins = [indent]
    for i in range(len(right)):
        needed = len(margins[-1]) + sum(floors[j] + _GAP for j in shelves[-1]) + floors[i]
        if shelves[-1] and needed > width:
            shelves.append([])
            margins.append(indent + _CONTINUED)
        shelves[-1].append(i)
    for shelf, margin in zip(shelves, margins, strict=True):
        room = width - len(margin) - _GAP * (len(shelf) - 1)
        while sum(widths[i] for i in shelf) > room:
            widest = max(shelf, key=lambda i: widths[i] - floors[i])
            if widths[widest] == floors[widest]:
                break
            widths[widest] -= 1
    return [
        "\n".join(
            part
            for shelf, margin in zip(shelves, margins, strict=True)
            for part in _shelf_lines(line, shelf, widths, right, margin)
        )
        for line in lines
    ]


def _narrowest(cells: Iterable[str], width: int) -> int:
    """The columns below which a column of text is not narrowed: words stay whole."""
    longest = max((len(word) for cell in cells for word in cell.split()), default=0)
    return max(longest, min(width, _MIN_COLUMN))


def _shelf_lines(
    line: Sequence[str],
    shelf: Sequence[int],
    widths: Sequence[int],
    right: Sequence[bool],
    margin: str,
) -> Iterator[str]:
    """The lines of the screen for the columns of a row that stand side by side."""
    parts = [
        textwrap.wrap(line[i], widths[i] or 1, break_long_words=False, break_on_hyphens=False)
        for i in shelf
    ]
    for cells in zip_longest(*parts, fillvalue=""):
        texts = (
            cell.rjust(widths[i]) if right[i] else cell.ljust(widths[i])
            for i, cell in zip(shelf, cells, strict=True)
        )
        if text := (margin + (" " * _GAP).join(texts)).rstrip():
            yield text


def _value_pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Pairs of name and text of single values and short lists."""
    texts = {
        name: ", ".join(map(text_of, value)) if isinstance(value, list) else text_of(value)
        for name, value in values.items()
    }
    return [(name, text or _NO_VALUE) for name, text in texts.items()]


def _is_block(value: Any) -> bool:
    """Whether a value needs several lines."""
    if isinstance(value, list):
        return is_rows(value) or len(value) > _MAX_INLINE_ITEMS
    return isinstance(value, Mapping) and bool(value)


def _block(name: str, value: Any, width: int, paint: Paint, table_width: int) -> str:
    """A value that needs several lines, under its name: a table, an object or a list."""
    name = translate(name)
    if isinstance(value, Mapping):
        return "\n".join([paint(name, "bold"), *label_lines(_value_pairs(value), width, paint)])
    title = paint(f"{name} ({figure(len(value))})", "bold")
    if is_rows(value):
        return "\n".join([title, *table(value, table_width, paint, "  ")])
    visible, left_out = _shorten(value)
    lines = [f"  {plain(text_of(item))}" for item in visible]
    if left_out:
        more = translate(say("… {count:,} more", count=left_out))
        lines.insert(FIRST, paint(f"  {more}", "dim"))
    return "\n".join([title, *lines])


def _shorten(items: Sequence[Any]) -> tuple[list[Any], int]:
    """The two ends of a long list, and how many items are left out between them."""
    if len(items) <= LONGEST:
        return list(items), 0
    return [*items[:FIRST], *items[-LAST:]], len(items) - FIRST - LAST


def _cell(value: Any) -> str:
    if is_rows(value):
        return translate(say_count("{count:,} row", "{count:,} rows", count=len(value)))
    text = " ".join(plain(translate(text_of(value))).split())
    return (cut(text, _MAX_CELL) if isinstance(value, list | Mapping) else text) or _NO_VALUE


def _is_number(value: Any) -> bool:
    """Whether a cell is aligned to the right; a missing value does not prevent that."""
    if isinstance(value, str):
        return value.replace(".", "", 1).replace("-", "", 1).isdigit()
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
