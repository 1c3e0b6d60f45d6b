"""The log lines of a job: one JSON object per line, which the stack shows to the customer.

They contain counts, codes and names of steps, and no value of the account.
"""

import json
from collections.abc import Callable, Mapping

from sgeflow.core.model import RunReport
from sgeflow.errors import CredentialsError, SgeflowError, TechnicalError, UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import Message, join_items, say, say_count, sentences
from sgeflow.tools.cozy.stack_job import JobEnd

_SERIES = {  # outputs of the konnector
    "daily": say("daily energy"),
    "halfHours": say("load curve"),
    "maxPower": say("max power"),
}
_MOST = 1_000  # characters of a message; the stack stops reading at a line of 64 KiB


class Lines:
    """Writes the log lines of a job in the language of its Cozy."""

    def __init__(self, write: Callable[[str], None]) -> None:
        """`write` takes a line without its end and must flush it at once."""
        self._write = write

    def info(self, text: str) -> None:
        """Log something that was done."""
        self._line("info", text)

    def warning(self, text: str) -> None:
        """Log something that an operator may want to look at."""
        self._line("warning", text)

    def error(self, text: str) -> None:
        """Log the reason of a failure, for the operator."""
        self._line("error", text)

    def end(self, end: JobEnd) -> None:
        """Write the last line of a failed job: its code alone."""
        if end.code:
            again = {} if end.tries_again else {"no_retry": True}
            self._write_down({"type": "critical", "message": end.code, **again})

    def report(self, report: RunReport) -> None:
        """Log the numbers of documents that a run of the konnector kept and wrote."""
        outputs = report.outputs if isinstance(report.outputs, Mapping) else {}
        for name, series in _SERIES.items():
            counts = outputs.get(name)
            if isinstance(counts, Mapping) and counts.get("rows"):
                new, changed = counts.get("new", 0), counts.get("changed", 0)
                told = _list_words(
                    counts,
                    new=say_count("{count:,} new", "{count:,} new", count=new),
                    changed=say_count("{count:,} changed", "{count:,} changed", count=changed),
                )
                self.info(sentences(series, told, between=": "))
        documents = outputs.get("documents")
        for kind, counts in documents.items() if isinstance(documents, Mapping) else ():
            if isinstance(counts, Mapping):
                self.info(sentences(kind, _documents_told(counts), between=": "))
        self.failure(report)

    def failure(self, report: RunReport) -> None:
        """Log the step at which a run failed, and the command that shows it."""
        if report.failure is not None:
            self.error(
                say(
                    "{code} in step {step}; for the operator: sgeflow runs show {run}",
                    code=report.failure.code,
                    step=report.failure.step or report.flow,
                    run=report.run,
                )
            )

    def _line(self, kind: str, text: str) -> None:
        self._write_down({"type": kind, "message": translate(text)[:_MOST]})

    def _write_down(self, line: dict[str, object]) -> None:
        self._write(json.dumps(line, ensure_ascii=False))


def _documents_told(counts: Mapping[str, int]) -> Message:
    """The numbers of documents, in words."""

    def number_of(name: str) -> int:
        return counts.get(name, 0)

    return _list_words(
        counts,
        new=say_count("{count:,} new document", "{count:,} new documents", count=number_of("new")),
        changed=say_count("{count:,} corrected", "{count:,} corrected", count=number_of("changed")),
        same=say_count("{count:,} as before", "{count:,} as before", count=number_of("same")),
        kept=say_count("{count:,} sum left", "{count:,} sums left", count=number_of("kept")),
        adopted=say_count(
            "{count:,} taken over", "{count:,} taken over", count=number_of("adopted")
        ),
        twins=say_count("{count:,} twice there", "{count:,} twice there", count=number_of("twins")),
    )


def _list_words(counts: Mapping[str, int], **words: Message) -> Message:
    shown = [text for name, text in words.items() if counts.get(name)]
    return join_items(shown) if shown else say("nothing new")


def about(error: SgeflowError) -> Message:
    """The text of an error that the stack may show; the id alone if it may quote an account."""
    problem = error.problems[0]
    is_settings = isinstance(error, UsageError | CredentialsError | TechnicalError)
    text = problem.message if is_settings else problem.id.about
    return say(
        "{id}: {about}",
        id=problem.id.code,
        about=sentences(text, problem.note if is_settings else "", between=": "),
    )
