"""The page of a flow: steps to unfold, search and select, with their lines and manuals."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zlib import compress

from msgspec import Struct

from sgeflow.adapters.pages.render import render
from sgeflow.core.documents import Operation
from sgeflow.core.engine.trails import outermost_undo
from sgeflow.errors import Location
from sgeflow.locale.manual import tell_manual
from sgeflow.locale.translate import translate
from sgeflow.messages import Message, say, say_count
from sgeflow.tools.graph.chart import Block, Chart, Lane, blocks_of, every_block
from sgeflow.tools.graph.drawing import kind_of, tone_of
from sgeflow.tools.graph.layout import signs_of


def step_place(document: str, at: Location) -> tuple[int, int, int] | None:
    """The lines of the step that begins at a place: first line (from 0), count and indentation.

    None when the document lacks such a line: it has changed, or its text is unknown.
    """
    lines = document.splitlines()
    if not 0 < at.line <= len(lines):
        return None
    start = at.column - 1
    dash = lines[at.line - 1].rfind("-", 0, start)
    is_item = dash >= 0 and not lines[at.line - 1][:dash].strip()
    own = [lines[at.line - 1], *_below(lines[at.line :], start)]
    while len(own) > 1 and (not own[-1].strip() or own[-1].lstrip().startswith("#")):
        own.pop()
    return at.line - 1, len(own), dash if is_item else start


def _below(lines: list[str], column: int) -> Iterator[str]:
    """Yield the lines indented at least to `column`; blank lines count too."""
    for line in lines:
        if line.strip() and len(line) - len(line.lstrip()) < column:
            return
        yield line


WORDS = {
    "skip": say("Skip to the steps"),
    "search": say("Search a step"),
    "nothing": say("no step has these words"),
    "larger": say("Larger"),
    "smaller": say("Smaller"),
    "fit": say("Fit the width"),
    "unfold": say("Unfold all"),
    "fold": say("Fold all"),
    "steps": say("The steps"),
    "picture": say("The flow: drag it to move it; + and - change its size, 0 fits its width"),
    "tools": say("Picture controls"),
    "signs": say("Legend"),
    "chosen": say("The chosen step"),
    "choose": say("Choose a step to read its lines and what its verb does."),
    "close": say("Close"),
    "manual": say("About the verb"),
    "operation": say("The operation"),
    "run_page": say("Timeline of this run"),
    "failed_step": say("The step that it failed at"),
    "flow_faults": say("on_fault of the flow"),
}


class Sources(Struct, frozen=True, kw_only=True):
    """The texts for the panel of a selected step: documents, manuals of verbs, operations."""

    texts: Mapping[str, str]  # text of documents, by `flows/name`
    manuals: Mapping[str, str]  # by verb
    operations: Mapping[str, Operation]


def to_page(
    chart: Chart,
    sources: Sources,
    *,
    is_unfolded: bool = False,
    is_simulated: bool = False,
    run_file: str = "",
) -> str:
    """Return the page of a chart in which called flows are drawn, folded at first.

    `sources` are the texts for a selected step; `run_file` is the run's page, linked from here.
    """
    blocks = list(every_block(chart))
    return render(
        "flow.html.j2",
        WORDS,
        sheet="flow.css",
        scripts=("flow.js",),
        data=_details(blocks, sources),
        chart=chart,
        steps=blocks,
        signs=list(signs_of(_kinds(chart, blocks), chart.tell)),
        kind_of=kind_of,
        tone_of=tone_of,
        count=_count,
        is_unfolded=is_unfolded,
        is_simulated=is_simulated,
        failed_step=_failed_step(blocks),
        run_file=run_file,
    )


def _count(lanes: Sequence[Lane]) -> Message:
    count = sum(1 for lane in lanes for _ in blocks_of(lane, 1))
    return say_count("{count} step", "{count} steps", count=count)


def _kinds(chart: Chart, blocks: list[tuple[Block, int]]) -> set[str]:
    kinds = {word for block, _ in blocks for word in kind_of(block).split()}
    sides = [*chart.sides, *(side for block, _ in blocks for side in block.sides)]
    kinds |= {"undo" if side.kind == "undo" else "fault" for side in sides}
    kinds |= {"when" for block, _ in blocks if block.when}
    kinds |= {"loop" for block, _ in blocks if block.frames}
    return kinds | {"step"}


def _failed_step(blocks: list[tuple[Block, int]]) -> str:
    """The trail of the failed step; of nested steps, the innermost."""
    failed = [
        (depth, block.key)
        for block, depth in blocks
        if tone_of(block) == "failed" and not outermost_undo(block.key)
    ]
    return max(failed)[1] if failed else ""


def _details(steps: list[tuple[Block, int]], sources: Sources) -> dict[str, Any]:
    """The data for the page's script: steps by trail, and each document once."""
    blocks = [block for block, _ in steps]
    verbs = {block.verb for block in blocks}
    called = sorted({block.operation for block in blocks if block.operation})
    names = sorted({_document(block) for block in blocks if block.at})
    texts = {
        "documents": [sources.texts.get(name, "") for name in names],
        "manuals": {
            verb: "\n\n".join(tell_manual(verb, sources.manuals[verb])) for verb in sorted(verbs)
        },
        "operations": {
            name: _about(sources.operations[name]) for name in called if name in sources.operations
        },
    }
    # verb, called operation, and place of the lines: document, first line, count, indentation
    details: dict[str, dict[str, Any]] = {}
    for block in blocks:
        one = details[block.key] = {"verb": block.verb}
        if block.operation:
            one["operation"] = block.operation
        name = _document(block)
        if block.at and (place := step_place(sources.texts.get(name, ""), block.at)):
            one["at"] = [names.index(name), *place]
    # deflated JSON in base64 is a third of the size, and browsers unpack it
    packed = compress(json.dumps(texts, ensure_ascii=False).encode(), 9)
    return {
        "steps": details,
        "names": names,
        "failed": _failed_step(steps),
        "packed": b64encode(packed).decode(),
    }


def _about(operation: Operation) -> str:
    texts = (operation.title, operation.description)
    told = (" ".join(translate(text).split()) for text in texts)
    return " ".join(one if one.endswith(".") or not one else f"{one}." for one in told)


def _document(block: Block) -> str:
    """The document of a step, whatever the project's folder: `flows/name`."""
    file = block.at.file if block.at else ""
    return f"flows/{file.rpartition('/')[2].rpartition('.')[0]}"
