"""Masks secrets, and personal values in the texts of services, in all reports of a run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.secrets import MASK, Party, Secret, SecretsInUse
from sgeflow.core.engine.effects import StepEnded, Warn
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.paths import change_texts, texts_in
from sgeflow.core.language.rows import plain
from sgeflow.core.language.secret_names import secret_names
from sgeflow.core.model import Failure, ForeignCode, Request, Response
from sgeflow.errors import Problem, SgeflowError
from sgeflow.messages import LocalizedText, Message, alter, from_table, is_localized
from sgeflow.patterns import regex
from sgeflow.runtime.driver import Event

if TYPE_CHECKING:
    from sgeflow.adapters.cassettes.personal_values import PersonalValues
    from sgeflow.adapters.cassettes.redact import Redactor

_NO_PARTY: Party = ("", "")
_CODE = 40  # characters; the rest of a foreign code is cut off
_POINT = regex(r"(?<!\d)\d{14}(?!\d)")
_LONG_SECRET = 16  # characters; so long a text in a reply is the secret, not a value
# Messages quote foreign texts between these signs; only foreign texts can name people. A foreign
# text may contain such a sign, so a quotation ends at the last one.
_FOREIGN = regex(r"“.*”|«.*»", re.DOTALL)


class Masking(Struct, kw_only=True):
    """Masks the secrets of a run, and its personal values in the texts of services.

    The redactor is made when it is first needed: a successful call needs none.
    """

    in_use: SecretsInUse
    personal: tuple[str, ...]
    kept_out: list[Secret]  # of kept requests: the environment's, then those that services gave
    _personal_inputs: PersonalValues | None = None  # masked in paths of requests
    _receivers: set[Party] = field(default_factory=set)  # of requests
    _redacted: tuple[Secret, ...] = ()  # the secrets that the redactor of `_redaction` masks
    _redaction: tuple[Redactor, PersonalValues] | None = None
    _sent: list[tuple[bytes, tuple[str, ...]]] = field(default_factory=list)  # bodies to learn from

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The secrets that an answer may repeat: the environment's and those of the receivers."""
        receivers = tuple(self._receivers)  # a copy, because other threads add to it
        return (*self.in_use.of(receivers), *self._given)

    @property
    def _given(self) -> list[Secret]:
        """The secrets that services gave, such as the id of a session."""
        return self.kept_out[len(self.in_use.always) :]

    def learn_secrets(self, texts: tuple[str, ...]) -> None:
        """Learn secrets that a service gave: this run masks them, and so does its recording."""
        known = {secret.reveal() for secret in self._given}
        new = [Secret(text) for text in dict.fromkeys(texts) if text and text not in known]
        self.kept_out += new
        self.in_use.add(_NO_PARTY, new)  # answers keep them: a second login may give the same

    def outputs(self, outputs: Any) -> Any:
        """Return the outputs of a run without the secrets that services gave."""
        if not (given := self._given):
            return outputs
        from sgeflow.adapters.cassettes.redact import Redactor

        return change_texts(plain(outputs), Redactor(given).text)

    def learn(self, request: Request) -> None:
        """Learn the personal values of a request: an answer may repeat them."""
        self._receivers.add((request.endpoint, request.instance))
        if request.personal and request.body:
            self._sent.append((request.body, request.personal))

    def text(self, text: str) -> str:
        """Return a text without secrets and personal values."""
        if not text or not (self.secrets or "“" in text or is_localized(text)):
            return text
        redactor, _ = self._tools()

        def mask(part: str) -> str:
            return _FOREIGN.sub(lambda found: self._nameless(found[0]), redactor.text(part))

        return alter(text, mask) if isinstance(text, Message | LocalizedText) else mask(text)

    def foreign(self, text: str) -> str:
        """Mask foreign words; a foreign code is shortened to one line, too."""
        if not isinstance(text, ForeignCode):
            return self._nameless(self._tools()[0].text(text))
        nameless = self._nameless(self._tools()[0].text(" ".join(text.split())))
        return "".join(sign if sign.isprintable() else " " for sign in nameless[:_CODE])

    def hide_path(self, path: str) -> str:
        """Return the path of a request with personal inputs masked; each attempt has the same."""
        if not self.personal:
            return path
        from sgeflow.adapters.cassettes.messages import rewrite_path

        known = self._personal_inputs = self._personal_inputs or self._known_inputs()
        return rewrite_path(
            path, lambda n, text: text if n else known.replace(text, lambda _: MASK)
        )

    def hide_values(self, answer: Response) -> Response:
        """Return the answer to a single call without secrets and personal values."""
        if not (self.secrets or self.personal or self._sent or self._redaction):
            return answer  # there is nothing to hide
        redactor, known = self._tools()
        text = redactor.text(answer.body.decode("utf-8", "surrogateescape"))
        body = known.replace(text, lambda _: MASK).encode("utf-8", "surrogateescape")
        headers = _hide_headers(answer, redactor)
        headers = {name: known.replace(value, lambda _: MASK) for name, value in headers.items()}
        return replace(answer, headers=headers, body=body)

    def failure(self, failure: Failure) -> Failure:
        """Return a failure without secrets and personal values."""
        problem = masked_problem(failure.problem, self.text)
        return replace(failure, problem=problem, hint=self.text(failure.hint))

    def error(self, error: SgeflowError) -> SgeflowError:
        """Return an error without secrets and personal values."""
        return type(error)(*(masked_problem(problem, self.text) for problem in error.problems))

    def masked_listener(self, listener: Callable[[Event], None]) -> Callable[[Event], None]:
        """Return a listener that passes masked events on."""

        def tell(event: Event) -> None:
            if isinstance(event, Warn):
                event = replace(event, text=self.text(event.text))
            elif isinstance(event, StepEnded):
                trace = event.trace
                failure = self.failure(trace.failure) if trace.failure else None
                event = StepEnded(replace(trace, summary=self.text(trace.summary), failure=failure))
            listener(event)

        return tell

    def _known_inputs(self) -> PersonalValues:
        from sgeflow.adapters.cassettes.personal_values import PersonalValues

        known = PersonalValues()
        for value in self.personal:
            known.learn(value)
        return known

    def _nameless(self, words: str) -> str:
        from sgeflow.adapters.cassettes.contacts import without_contacts

        known = self._tools()[1].replace(words, lambda _: MASK)
        return _POINT.sub(MASK, without_contacts(known, lambda _: MASK))

    def _tools(self) -> tuple[Redactor, PersonalValues]:
        secrets = self.secrets
        if self._redaction is None or secrets != self._redacted:
            from sgeflow.adapters.cassettes.redact import Redactor

            people = self._redaction[1] if self._redaction else self._known_inputs()
            self._redaction, self._redacted = (Redactor(secrets), people), secrets
        while self._sent:
            self._redaction[1].learn_from(*self._sent.pop())
        return self._redaction


def without_secrets(answer: Response, secrets: tuple[Secret, ...]) -> Response:
    """Return an answer without the secrets that it repeats; the same object if it repeats none.

    In the body of a successful answer only long secrets are masked: a short one may be a value.
    """
    if not secrets:
        return answer
    every, long, long_forms = _redactors(secrets)
    headers, body = _hide_headers(answer, every), answer.body
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - the 2xx of HTTP
        body = every.raw(body)
    elif any(form in body for form in long_forms):
        body = long.raw(body)
    if body == answer.body and headers == answer.headers:
        return answer
    return replace(answer, headers=headers, body=body)


def without_said_secrets(answer: Response, request: Request) -> Response:
    """Return a refusal without the secrets of its request's body, such as a password.

    Successful answers stay unchanged: they may give the session that the next request needs.
    """
    if not secret_names(request.body):
        return answer
    from sgeflow.adapters.cassettes.contacts import is_refusal
    from sgeflow.adapters.cassettes.personal_values import secret_texts
    from sgeflow.adapters.cassettes.redact import Redactor

    if not is_refusal(answer.status, answer.body):
        return answer
    said = Redactor(map(Secret, secret_texts(request.body)))
    return replace(answer, headers=_hide_headers(answer, said), body=said.raw(answer.body))


@lru_cache(maxsize=32)  # sets of receivers
def _redactors(secrets: tuple[Secret, ...]) -> tuple[Redactor, Redactor, frozenset[bytes]]:
    """A redactor of all secrets, one of the long ones, and the plain forms of the long ones."""
    from sgeflow.adapters.cassettes.redact import Redactor, plain_forms

    long = [one for one in secrets if len(one.reveal()) >= _LONG_SECRET]
    forms = frozenset(form for one in long for form in plain_forms(one.reveal()))
    return Redactor(secrets), Redactor(long), forms


def _hide_headers(answer: Response, redactor: Redactor) -> dict[str, str]:
    return {name: redactor.text(value) for name, value in answer.headers.items()}


def masking(
    secrets: SecretsInUse, parameters: Mapping[str, Parameter], values: Mapping[str, Any]
) -> Masking:
    """Return the masking of a run or call with these values."""
    personal = tuple(
        text
        for name, value in values.items()
        if name in parameters and parameters[name].personal
        for text in texts_in(value)
    )
    return Masking(in_use=secrets, personal=personal, kept_out=[*secrets.always])


def masked_problem(problem: Problem, mask: Callable[[str], str]) -> Problem:
    """Return a problem with `mask` applied to each text that may hold a value."""
    return replace(
        problem,
        message=from_table(mask(problem.message)),
        note=mask(problem.note),
        details=tuple((label, mask(text)) for label, text in problem.details),
    )
