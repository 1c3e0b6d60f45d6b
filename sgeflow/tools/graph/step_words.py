"""What a step says in a picture: words of its document, a line each, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from sgeflow.core.engine.modifiers import Retry
from sgeflow.core.engine.step import Step
from sgeflow.core.engine.verdict import Verdict
from sgeflow.core.language.parameter import Parameter
from sgeflow.messages import say

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400

Telling = Callable[[str], str]
"""Shows a text to its reader; `str` gives the English one."""


class StepWords(Struct, frozen=True):
    """Writes what documents say; names of keys stay those of the document."""

    tell: Telling = str

    def flat(self, value: Any) -> str:
        """A value in one line, as it is written."""
        if isinstance(value, bool) or value is None:
            return {True: "true", False: "false", None: "null"}[value]
        text = getattr(value, "text", value)
        if isinstance(text, dict | list):
            text = json.dumps(text, ensure_ascii=False, default=str)
        return " ".join(self.tell(text if isinstance(text, str) else str(text)).split())

    def loop(self, step: Step) -> tuple[str, ...]:
        """What `foreach` says; nothing without one."""
        each = step.foreach
        if each is None:
            return ()
        lines = [f"foreach {self.flat(each.items.written)}", f"as {each.name}"]
        lines += [f"until {self.flat(each.until.text)}"] if each.until else []
        lines += [f"parallel {each.parallel}"] if each.parallel > 1 else []
        if step.collect:
            lines.append(f"on_item_error {'keep' if step.keep else 'collect'}")
        return tuple(lines)

    def poll(self, step: Step) -> tuple[str, ...]:
        """What `poll` says; nothing without one."""
        poll = step.poll
        if poll is None:
            return ()
        lines = [f"poll every {duration(poll.every)}, within {duration(poll.within)}"]
        lines += [f"until {self.flat(poll.until.text)}"]
        lines += [f"fail_if {self.flat(poll.fail_if.text)}"] if poll.fail_if else []
        return tuple(lines)

    def action(self, step: Step, *, is_drawn: bool) -> Iterator[str]:
        """What a step does; nothing of a group whose steps are drawn."""
        first, *more = step.verb.says(step.spec) or ("",)
        if first or not is_drawn:
            yield f"{step.verb.name} {self.flat(first)}".rstrip()
        yield from (self.flat(line) for line in more if line)
        if step.collect and not step.foreach:
            yield "on_item_error collect"
        yield from self.retry(step.retry)
        if step.timeout is not None:
            yield f"timeout {duration(step.timeout)}"

    def retry(self, retry: Retry | None) -> Iterator[str]:
        """How often it is tried."""
        if retry:
            yield f"retry attempts {retry.attempts}, backoff {duration(retry.backoff)}"

    def verdict(self, verdict: Verdict) -> tuple[str, ...]:
        """The code that something ends with, and its message."""
        return f"fail {verdict.code}", self.flat(verdict.message.source_text)

    def values(self, value: Any) -> tuple[str, ...]:
        """A value, or each member of an object."""
        if isinstance(value, dict):
            return tuple(f"{name}: {self.flat(one)}" for name, one in value.items())
        return (self.flat(value),)

    def input(self, parameter: Parameter) -> str:
        """An input with its default, if it has one."""
        if parameter.default is not None:
            return f"{parameter.name} = {self.flat(parameter.default.written)}"
        if parameter.required:
            return parameter.name
        return self.tell(say("{name} (optional)", name=parameter.name))


def duration(seconds: float) -> str:
    """Seconds as a person says them: `30 s`, `10 min`, `2 h`."""
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
