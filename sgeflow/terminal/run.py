"""A run for people and programs: its steps while it works, and its report at the end."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Self

from msgspec import Struct, field

from sgeflow.core.engine.effects import StepBegun, StepEnded, Warn
from sgeflow.core.engine.trails import (
    enclosing,
    is_part,
    is_undo,
    last_name,
    trail_of,
    without_items,
)
from sgeflow.core.model import CallRecord, Kind, RunReport, Status, StepTrace
from sgeflow.locale.translate import translate
from sgeflow.locale.writing import write_duration
from sgeflow.messages import from_table, join_items, say, say_count, say_date, sentences
from sgeflow.terminal.layout import PLAIN, cut, grid, outputs_text, paragraphs, place_note, wrap
from sgeflow.terminal.terminal import Paint, Terminal, plain, plain_line

_MARKS = {
    Status.DONE: ("✓", "green"),
    Status.SKIPPED: ("–", "dim"),  # noqa: RUF001 - a dash on purpose
    Status.FAILED: ("✗", "red"),
    Status.PARTIAL: ("!", "yellow"),
    Status.RUNNING: ("▸", "dim"),
}
_SLOW = 1.0  # seconds; faster steps do not show their duration
_SUMMARY_COLUMN = 48
_STORE_OUTPUTS = {"series", "rows", "first", "last"}  # the outputs of a `store` step
_SUM_KEYS = {"period", "value", "complete"}  # the keys of a sum of an `aggregate` step
_LONGEST_BAR = 24  # columns
_MAX_PERIODS = 24  # the latest periods are listed
_ENDS = {
    Status.DONE: ("✓", say("done"), "green"),
    Status.PARTIAL: ("!", say("done in part"), "yellow"),
    Status.FAILED: ("✗", say("failed"), "red"),
}


# -- progress --------------------------------------------------------------------------------------


class _OpenStep(Struct):
    """A step that has begun and has not ended."""

    title: str
    total: int | None = None
    items: set[str] = field(default_factory=set)  # trails of the items whose call succeeded
    tries: int = 1
    has_line: bool = False  # it was printed as the heading of a step inside it
    has_ordered: bool = False  # it sent an order or a cancellation


class Progress:
    """An observer of a run that prints its steps on stderr."""

    def __init__(self, terminal: Terminal) -> None:
        """Prepare the observer; it draws nothing before `with`, and nothing with `--quiet`."""
        self._terminal = terminal
        self._paint = terminal.paint_aside
        self._open: dict[str, _OpenStep] = {}
        self._live: Any = None

    def __enter__(self) -> Self:
        if self._terminal.is_live:
            self._live = self._terminal.live_display(refresh_per_second=12)
            self._live.start()
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if self._live is not None:
            self._live.update("")
            self._live.stop()
            self._live = None
            if error is None:
                self._terminal.aside("\n")  # separates the steps from the report

    def __call__(self, event: object) -> None:
        """Handle one event of the run."""
        if isinstance(event, StepBegun):
            step = self._open.setdefault(event.trail, _OpenStep(event.title))
            step.total = event.total if event.total is not None else step.total
        elif isinstance(event, StepEnded):
            self._handle_end(event.trace)
        elif isinstance(event, Warn):
            self._handle_warning(event)
        elif isinstance(event, CallRecord):
            self._handle_call(event)
        self._redraw()

    def tell(self, text: str) -> None:
        """Print a line among the steps."""
        if self._terminal.quiet:
            return
        if self._live is None:
            self._terminal.aside(text)
            return
        from rich.text import Text

        self._live.console.print(Text.from_ansi(text))

    def _handle_end(self, trace: StepTrace) -> None:
        """Print the line of a step that ended, if it gets one.

        A step gets a line if it has a title and ran, if it went wrong, or if it sent an order.
        """
        verbose = self._terminal.verbose
        step = self._open.pop(trace.trail, None)
        has_failed = trace.status in (Status.FAILED, Status.PARTIAL)
        is_titled = bool(trace.title) and trace.status is not Status.SKIPPED
        if not (verbose or has_failed or is_titled or (step is not None and step.has_ordered)):
            return
        adds_nothing = trace.status is not Status.PARTIAL and not trace.after
        if step is not None and step.has_line and adds_nothing:
            return
        summary = trace.summary or (trace.failure.code if trace.failure is not None else "")
        if verbose:
            summary = sentences(trace.verb, summary, between=" · ")
        depth = self._print_headings(trace.trail)
        name = _step_name(trace.trail, trace.title)
        self._print_step(depth, name, trace.status, summary, trace.seconds)

    def _print_headings(self, trail: str) -> int:
        """Print the steps around a step that have no line yet; return how many are around it."""
        around = [
            outer
            for outer in ancestors(trail, self._open)
            if self._open[outer].title or self._terminal.verbose
        ]
        for depth, outer in enumerate(around):
            step = self._open[outer]
            if not step.has_line:
                step.has_line = True
                self._print_step(depth, _step_name(outer, step.title), Status.RUNNING)
        return len(around)

    def _print_step(
        self, depth: int, name: str, status: Status, summary: str = "", seconds: float = 0.0
    ) -> None:
        """Print a step: mark, name, and the summary in a second column or on the lines below."""
        width, paint = self._terminal.width, self._paint
        mark, colour = _MARKS[status]
        indent = "  " * (depth + 1)
        lines = wrap(plain_line(name), width, f"{indent}  ")
        used = len(lines[-1])
        if status in (Status.SKIPPED, Status.RUNNING):
            lines = [paint(line, "dim") for line in lines]
        lines[0] = lines[0].replace(f"{indent}  ", f"{indent}{paint(mark, colour)} ", 1)
        took = write_duration(seconds) if seconds >= _SLOW else ""
        note = " · ".join(part for part in (plain_line(translate(summary)), took) if part)
        beside, below = place_note(note, used, _SUMMARY_COLUMN, width, f"{indent}    ")
        lines[-1] += paint(beside, "dim")
        self.tell("\n".join([*lines, *(paint(line, "dim") for line in below)]))

    def _handle_warning(self, event: Warn) -> None:
        headings = [a for a in ancestors(event.trail, self._open) if self._open[a].has_line]
        indent = "  " * (len(headings) + 1)
        text = f"! {plain_line(translate(event.text))}"
        lines = wrap(text, self._terminal.width, indent, f"{indent}  ")
        self.tell("\n".join(self._paint(line, "yellow") for line in lines))

    def _handle_call(self, record: CallRecord) -> None:
        trail = trail_of(record.key)
        step = self._open.get(without_items(trail)) or self._open.get(trail)
        if step is not None:
            step.tries = 1 if record.outcome == "ok" else record.attempt + 1
            step.has_ordered = step.has_ordered or record.kind is not Kind.READ
            if record.outcome == "ok":
                step.items.add(trail)
        if self._terminal.verbose:
            text = say(
                "{label} · try {number} · {outcome} · {bytes:,} bytes · {duration}",
                label=record.label,
                number=record.attempt,
                outcome=record.outcome,
                bytes=record.bytes_in,
                duration=write_duration(record.seconds, 2),
            )
            self.tell(self._paint(f"      {translate(text)}", "dim"))

    def _redraw(self) -> None:
        """Draw the innermost open steps in the last line of a terminal."""
        if self._live is None:
            return
        titled = [trail for trail, step in self._open.items() if not step.has_line and step.title]
        names = []
        for trail in titled:
            if any(other != trail and is_part(other, trail) for other in titled):
                continue
            step = self._open[trail]
            name = _step_name(trail, step.title)
            if step.total is not None:
                name += f" {len(step.items)}/{step.total}"
            if step.tries > 1:
                name += f" {translate(say('(try {number})', number=step.tries))}"
            names.append(name)
        if not names:
            self._live.update("")
            return
        from rich.spinner import Spinner
        from rich.text import Text

        text = cut(plain(" · ".join(names)), self._terminal.width - 6)
        self._live.update(Spinner("dots", text=Text(text, style="dim"), style="cyan"))


def ancestors(trail: str, known: Collection[str]) -> list[str]:
    """Return the known steps that contain a step, outermost first, without the items of lists."""
    return [outer for outer in enclosing(without_items(trail)) if outer in known]


def _step_name(trail: str, title: str) -> str:
    """The title of a step, or its id; an undo says so."""
    name = title or last_name(trail)
    return translate(say("Undo: {name}", name=name) if is_undo(trail) else name)


# -- report ----------------------------------------------------------------------------------------


def report_text(
    report: RunReport, width: int, paint: Paint = PLAIN, *, table_width: int | None = None
) -> str:
    """Lay out the report of a run: stored series, totals, files, and a last line with its end.

    If there are neither stored series nor totals, all outputs are shown.
    """
    outputs = report.outputs if isinstance(report.outputs, Mapping) else {}
    parts = [_stored_series(outputs, width, paint), *_totals(outputs, report.today, width, paint)]
    if not any(parts) and outputs:
        parts.append(outputs_text(outputs, width, paint, whole=False, table_width=table_width))
    parts.append("\n".join(f"→ {plain_line(file)}" for file in report.files))
    mark, word, colour = _ENDS.get(report.status, _ENDS[Status.DONE])
    facts = [
        say("{word} in {duration}", word=word, duration=write_duration(report.seconds)),
        say_count("{count:,} call", "{count:,} calls", count=report.calls),
        say("environment {name}", name=report.environment),
        say("run {run}", run=report.run),
    ]
    first, *more = wrap(" · ".join(map(translate, facts)), width, "  ")
    parts.append("\n".join([f"{paint(mark, 'bold', colour)} {first[2:]}", *more]))
    return paragraphs(parts)


def energy(watt_hours: float) -> str:
    """Return an energy in kWh as a bill writes it: `4,866 kWh`, `0.43 kWh`."""
    kwh = watt_hours / 1000
    is_large = abs(kwh) >= 10  # noqa: PLR2004 - two digits are enough
    return translate(say("{kwh:,.0f} kWh", kwh=kwh) if is_large else say("{kwh:,.2f} kWh", kwh=kwh))


def _stored_series(outputs: Mapping[str, Any], width: int, paint: Paint) -> str:
    """The series that `store` steps wrote: number of values, period, changes; then empty series."""
    lines, empty = [], []
    for stored in outputs.values():
        if not (isinstance(stored, Mapping) and stored.keys() >= _STORE_OUTPUTS):
            continue
        name = translate(from_table(str(stored["series"]).replace("_", " ")))
        if not stored["rows"]:
            empty.append(name)
            continue
        first, last = stored["first"], stored["last"]
        period = join_items(map(say_date, (first, last)), " → ") if first and last else ""
        values = say_count("{count:,} value", "{count:,} values", count=stored["rows"])
        lines.append([name, translate(values), translate(period), _changes(stored)])
    rows = grid(lines, (False, True, False, False), width) if lines else []
    if empty:
        words = translate(say("no new values of {names}", names=", ".join(empty)))
        rows += [paint(line, "yellow") for line in wrap(words, width, "", "  ")]
    return "\n".join(rows)


def _changes(stored: Mapping[str, Any]) -> str:
    """How many values of a stored series are new, changed and dropped."""
    new, changed, dropped = (stored.get(name) for name in ("new", "changed", "dropped"))
    parts = [say_count("{count:,} new", "{count:,} new", count=new)] if new else []
    if changed:
        parts.append(say_count("{count:,} changed", "{count:,} changed", count=changed))
    if dropped:
        parts.append(say_count("{count:,} dropped", "{count:,} dropped", count=dropped))
    return translate(join_items(parts) or say("nothing new"))


def _totals(outputs: Mapping[str, Any], today: str, width: int, paint: Paint) -> Iterable[str]:
    """Lists of sums by period, each sum with a bar and a note if days are missing."""
    for name, value in outputs.items():
        is_list = isinstance(value, Sequence) and not isinstance(value, str) and bool(value)
        if not is_list or not all(isinstance(o, Mapping) and o.keys() >= _SUM_KEYS for o in value):
            continue
        periods = value[-_MAX_PERIODS:]
        greatest = max((abs(period["value"]) for period in periods), default=0) or 1
        lines = [paint(translate(from_table(name)), "bold")]
        for period in periods:
            bar = "▇" * max(1, round(_LONGEST_BAR * abs(period["value"]) / greatest))
            amount = energy(period["value"]).rjust(12)
            reason = _incomplete_reason(period, today)
            sum_text = f"  {translate(say_date(period['period']))}  {amount}  "
            beside, below = place_note(translate(reason), len(sum_text + bar), 0, width, "    ")
            lines.append(sum_text + paint(bar, "cyan") + paint(beside, "dim"))
            lines += [paint(line, "dim") for line in below]
        yield "\n".join(lines)


def _incomplete_reason(period: Mapping[str, Any], today: str) -> str:
    """Why a sum does not cover its whole period; empty if it does."""
    if period.get("partial"):
        return say("its first days are not kept")
    if period["complete"]:
        return ""
    return say("under way") if today.startswith(period["period"]) else say("not all days")
