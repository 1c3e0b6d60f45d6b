"""Takes secrets, and people's names that came back in foreign words, out of what is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sgeflow.core.engine.effects import Ended, Warn
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.model import Failure
from sgeflow.errors import Problem, SgeflowError
from sgeflow.messages import Said, altered, fixed
from sgeflow.runtime.driver import Event

if TYPE_CHECKING:
    from sgeflow.adapters.cassettes.redact import Known, Redactor
    from sgeflow.adapters.secrets import Secret

# Messages quote what others said in these; our own words around them name nobody.
_FOREIGN = re.compile(r"“[^”]*”")


@dataclass(slots=True, kw_only=True)
class Masking:
    """What must not be told in one run: its secrets, and its personal values in foreign words.

    The redactor is made when there is something to tell: a call that goes well needs none.
    """

    secrets: Collection[Secret]
    personal: tuple[str, ...]
    _made: tuple[Redactor, Known] | None = field(default=None)

    def text(self, text: str) -> str:
        """A text as it may be told."""
        if not text or not (self.secrets or "“" in text):
            return text
        redactor, _ = self._tools()

        def masked(part: str) -> str:
            return _FOREIGN.sub(lambda found: self._nameless(found[0]), redactor.text(part))

        return altered(text, masked) if isinstance(text, Said) else masked(text)

    def failure(self, failure: Failure) -> Failure:
        """A failure as it may be told."""
        problem = masked_problem(failure.problem, self.text)
        return replace(failure, problem=problem, hint=self.text(failure.hint))

    def error(self, error: SgeflowError) -> SgeflowError:
        """An error as it may be told."""
        return type(error)(*(masked_problem(problem, self.text) for problem in error.problems))

    def telling(self, listener: Callable[[Event], None]) -> Callable[[Event], None]:
        """A listener that is told events as they may be told."""
        return lambda event: listener(self._event(event))

    def _event(self, event: Event) -> Event:
        if isinstance(event, Warn):
            return replace(event, text=self.text(event.text))
        if isinstance(event, Ended):
            trace = event.trace
            failure = self.failure(trace.failure) if trace.failure else None
            return Ended(replace(trace, summary=self.text(trace.summary), failure=failure))
        return event

    def _nameless(self, words: str) -> str:
        from sgeflow.adapters.secrets import MASK

        return self._tools()[1].replace(words, lambda _: MASK)

    def _tools(self) -> tuple[Redactor, Known]:
        if self._made is None:
            from sgeflow.adapters.cassettes.redact import Known, Redactor

            known = Known()
            for value in self.personal:
                known.learn(value)
            self._made = Redactor(self.secrets), known
        return self._made


def masking(
    secrets: Collection[Secret], parameters: Mapping[str, Parameter], given: Mapping[str, Any]
) -> Masking:
    """What must not be told of a run or call with these values."""
    personal = tuple(
        value
        for name, value in given.items()
        if name in parameters and parameters[name].personal and isinstance(value, str)
    )
    return Masking(secrets=secrets, personal=personal)


def masked_problem(problem: Problem, mask: Callable[[str], str]) -> Problem:
    """A problem whose every text that may hold a value went through `mask`."""
    return replace(
        problem,
        message=fixed(mask(problem.message)),
        note=mask(problem.note),
        details=tuple((label, mask(text)) for label, text in problem.details),
    )
