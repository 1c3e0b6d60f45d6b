"""Progress while a run works: a line a step, and on a terminal what is under way below them."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from msgspec import Struct, field

from sgeflow.core.engine.effects import Began, Ended, Warn
from sgeflow.core.engine.trails import is_part, trail_of, without_items
from sgeflow.core.model import CallRecord, Kind, Status
from sgeflow.locale.translate import translate
from sgeflow.messages import Message, say
from sgeflow.terminal.problems import wrap
from sgeflow.terminal.steps import StepLine, ancestors, is_shown, line_of, name_of
from sgeflow.terminal.tables import cut
from sgeflow.terminal.terminal import Terminal, plain, plain_line


class _Open(Struct):
    """A step under way."""

    title: str
    total: int | None = None
    items: set[str] = field(default_factory=set)
    tries: int = 1
    told: bool = False  # it has a line already, because a step inside it has one
    has_ordered: bool = False  # it sent what is no read: it has a line, titled or not

    def text(self, trail: str) -> str:
        name = name_of(trail, self.title)
        count = f" {len(self.items)}/{self.total}" if self.total is not None else ""
        return f"{name}{count}" + (
            f" {translate(say('(try {number})', number=self.tries))}" if self.tries > 1 else ""
        )


class Progress:
    """Listens to a run and tells of it on stderr; the driver calls it one event at a time."""

    def __init__(self, terminal: Terminal) -> None:
        """Nothing is drawn before `with`; `--quiet` draws nothing at all."""
        self._terminal = terminal
        self._paint = terminal.paint_aside
        self._open: dict[str, _Open] = {}
        self._live: Any = None

    def __enter__(self) -> Self:
        if self._terminal.is_live:
            self._live = _live(self._terminal)
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.update("")
            self._live.stop()
            self._live = None
            if error is None:
                self._terminal.aside("\n")  # between the steps and what came of them

    def __call__(self, event: object) -> None:
        """One event of the run."""
        if isinstance(event, Began):
            self._began(event)
        elif isinstance(event, Ended):
            self._print_end(event)
        elif isinstance(event, Warn):
            self._print_warning(event)
        elif isinstance(event, CallRecord):
            self._print_call(event)
        self._redraw()

    def tell(self, text: str) -> None:
        """A line of its own among the steps."""
        if self._terminal.quiet:
            return
        if self._live is None:
            self._terminal.aside(text)
            return
        from rich.text import Text

        self._live.console.print(Text.from_ansi(text))

    # -- events -----------------------------------------------------------------------------------

    def _began(self, event: Began) -> None:
        known = self._open.setdefault(event.trail, _Open(event.title))
        known.total = event.total if event.total is not None else known.total

    def _print_end(self, event: Ended) -> None:
        trace = event.trace
        known = self._open.pop(trace.trail, None)
        has_ordered = known is not None and known.has_ordered
        if not has_ordered and not is_shown(trace, verbose=self._terminal.verbose):
            return
        is_plain = trace.status is not Status.PARTIAL and not trace.after
        if known is not None and known.told and is_plain:
            return
        above = self._above(trace.trail)
        line = line_of(trace, len(above), verbose=self._terminal.verbose)
        self.tell(line.text(self._terminal.width, self._paint))

    def _above(self, trail: str) -> list[str]:
        """The steps around one, each with its line, so that every line has its heading."""
        around = [a for a in ancestors(trail, self._open) if self._is_heading(a)]
        for depth, above in enumerate(around):
            known = self._open[above]
            if not known.told:
                known.told = True
                name = name_of(above, known.title)
                line = StepLine(depth=depth, name=name, status=Status.RUNNING)
                self.tell(line.text(self._terminal.width, self._paint))
        return around

    def _is_heading(self, trail: str) -> bool:
        return bool(self._open[trail].title) or self._terminal.verbose

    def _print_warning(self, event: Warn) -> None:
        known = [a for a in ancestors(event.trail, self._open) if self._open[a].told]
        indent = "  " * (len(known) + 1)
        lines = wrap(
            f"! {plain_line(translate(event.text))}", self._terminal.width, indent, f"{indent}  "
        )
        self.tell("\n".join(self._paint(line, "yellow") for line in lines))

    def _print_call(self, record: CallRecord) -> None:
        trail = trail_of(record.key)
        step = self._open.get(without_items(trail)) or self._open.get(trail)
        if step is not None:
            step.tries = 1 if record.outcome == "ok" else record.attempt + 1
            step.has_ordered = step.has_ordered or record.kind is not Kind.READ
            if record.outcome == "ok":
                step.items.add(trail)
        if self._terminal.verbose:
            self.tell(self._paint(f"      {translate(_call(record))}", "dim"))

    def _redraw(self) -> None:
        if self._live is None:
            return
        leaves = [t for t, known in self._open.items() if not known.told and known.title]
        inner = [t for t in leaves if not any(o != t and is_part(o, t) for o in leaves)]
        self._live.update(_under_way([self._open[t].text(t) for t in inner], self._terminal))


def _call(record: CallRecord) -> Message:
    return say(
        "{label} · try {number} · {outcome} · {bytes:,} bytes · {seconds:.2f} s",
        label=record.label,
        number=record.attempt,
        outcome=record.outcome,
        bytes=record.bytes_in,
        seconds=record.seconds,
    )


def _live(terminal: Terminal) -> Any:
    from rich.console import Console
    from rich.live import Live

    console = Console(file=terminal.live_stream, highlight=False, markup=False, soft_wrap=True)
    return Live(
        console=console,
        transient=True,
        refresh_per_second=12,
        redirect_stdout=False,
        redirect_stderr=False,
    )


def _under_way(names: list[str], terminal: Terminal) -> Any:
    if not names:
        return ""
    from rich.spinner import Spinner
    from rich.text import Text

    text = cut(plain(" · ".join(names)), terminal.width - 6)
    return Spinner("dots", text=Text(text, style="dim"), style="cyan")
