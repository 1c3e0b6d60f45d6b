"""Records a conversation in vcrpy's format, without vcrpy's patching.

vcrpy patches the whole process and loses calls between threads, so only its cassette format is
used. Everything is redacted before it is written.
"""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sgeflow.adapters.cassettes import file as cassette
from sgeflow.adapters.cassettes.contacts import is_refusal
from sgeflow.adapters.cassettes.file import Interaction, check_target, header
from sgeflow.adapters.cassettes.messages import (
    Rewrite,
    is_utf8,
    leaves,
    path_leaves,
    rewrite,
    rewrite_path,
)
from sgeflow.adapters.cassettes.personal_values import PersonalValues, hit, secret_texts, words_of
from sgeflow.adapters.cassettes.redact import Pseudonyms, Redactor
from sgeflow.adapters.secrets import Secret
from sgeflow.core.engine.ports import Leave, Transport
from sgeflow.core.model import NoAnswer, Request, Response
from sgeflow.messages import alter
from sgeflow.patterns import regex

_KEPT = frozenset({"content-type", "retry-after"})  # the recorded headers of answers
_CHARSET = regex(r'(?i)(?<=charset=)"?[\w.-]+"?')
_LOOPBACK = regex(r"(?:127\.0\.0\.1|\[::1\]|localhost):\d+")


class RecordingTransport:
    """Sends through another transport, and writes the conversation when it is closed.

    Each recording has a random key for its pseudonyms, which is not stored; tests may give one.
    Interactions are in the order in which they began.

    Raises:
        UsageError: the file exists and is not a cassette; raised before anything is sent.
    """

    def __init__(
        self,
        inner: Transport,
        path: Path,
        metadata: Mapping[str, Any],
        secrets: Iterable[Secret] = (),
        key: bytes | None = None,
    ) -> None:
        check_target(path)
        self._inner = inner
        self._path = path
        self._metadata = metadata
        self._secrets = secrets
        self._redaction = _Redaction(key)
        self._numbers = itertools.count()
        self._exchanged: dict[int, tuple[Request, Response | NoAnswer]] = {}
        self.is_written = False

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Send through the inner transport and record the result."""
        number = next(self._numbers)
        outcome = self._inner.send(request, deadline, leave)
        self._exchanged[number] = request, outcome
        return outcome

    def learn(self, people: Sequence[str]) -> None:
        """Redact personal inputs in paths, and in answers to requests that did not contain them."""
        for value in people:
            self._redaction.learn_input(value)

    def disown(self, reply: Response, stub: NoAnswer) -> None:
        """Drop a reply that answers another request; the stub in its place has no names."""
        for number, (request, outcome) in list(self._exchanged.items()):
            if outcome is reply:
                self._exchanged[number] = request, stub

    def close(self) -> None:
        """Close the inner transport, then redact and write the recording, even if interrupted.

        Without any exchange, an existing recording stays.

        Raises:
            TechnicalError: the recording cannot be written.
        """
        try:
            self._inner.close()
            self._write()
        except KeyboardInterrupt:  # the exchanges exist nowhere else
            self._write()
            raise

    def _write(self) -> None:
        exchanged = [self._exchanged[number] for number in sorted(self._exchanged)]
        if not exchanged and self._path.exists():
            self.is_written = True  # without a request, an existing recording stays
            return
        for request, outcome in exchanged:
            self._redaction.learn(request, outcome)
        bodies = (
            one.body for pair in exchanged for one in pair if isinstance(one, Request | Response)
        )
        said = [Secret(text) for body in bodies for text in secret_texts(body)]
        self._redaction.redactor = Redactor((*self._secrets, *said))  # found during the run
        kept = [self._redaction.interaction(*exchange) for exchange in exchanged]
        pairs = [(cassette.vcr_request(one), cassette.vcr_response(one.outcome)) for one in kept]
        cassette.save(self._path, self._redaction.metadata(self._metadata), pairs)
        self.is_written = True


class _Redaction:
    """Redacts the secrets and personal values of exchanges."""

    def __init__(self, key: bytes | None) -> None:
        self.redactor = Redactor()
        self._pseudonyms = Pseudonyms(key)
        self.people = PersonalValues()  # the personal inputs, for paths
        self._untold: set[str] = set()  # words of the inputs that no request has contained

    def learn_input(self, value: str) -> None:
        """Learn a personal input."""
        self.people.learn(value)
        self._pseudonyms.known.learn(value)
        self._untold.update(words_of(value))

    def learn(self, request: Request, outcome: Response | NoAnswer) -> None:
        """Learn the personal values of an exchange, which other messages may contain too."""
        known = self._pseudonyms.known
        known.learn_from(request.body, request.personal)
        for leaf in path_leaves(request.path):
            if hit(leaf.names, request.personal):
                known.learn(leaf.value)
        if isinstance(outcome, Response):
            known.learn_from(outcome.body, request.personal)

    def interaction(self, request: Request, outcome: Response | NoAnswer) -> Interaction:
        """The redacted exchange."""
        change = self._change(request.personal)
        of_path = self._change_path(change)
        path = rewrite_path(request.path, of_path)
        if path != rewrite_path(request.path, change):  # the answer may repeat the changed parts
            change = of_path
        parts = ((path_leaves(request.path), of_path), (leaves(request.body), change))
        for some, _ in parts:
            self._untold.difference_update(*(words_of(leaf.value) for leaf in some))
        hidden = frozenset(
            leaf.path
            for some, changed in parts
            for leaf in some
            if hit(leaf.names, request.personal) or changed(leaf.names, leaf.value) != leaf.value
        )
        return Interaction(
            method=request.method,
            endpoint=request.endpoint,
            path=path,
            action=header(request.headers, "SOAPAction"),
            content_type=header(request.headers, "Content-Type"),
            body=rewrite(request.body, change, pretty=True),
            label=request.label,
            hidden=hidden,
            outcome=self._outcome(request, outcome, self._without_untold(request, change)),
        )

    def metadata(self, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """The metadata without known secrets and personal values."""
        change = self._change(())
        texts = {name: value for name, value in metadata.items() if isinstance(value, str)}
        return {**metadata, **{name: change((name,), value) for name, value in texts.items()}}

    def _change(self, personal: Collection[str]) -> Rewrite:
        hide, mask = self._pseudonyms.change(personal), self.redactor.text
        return lambda names, text: hide(names, mask(text))

    def _without_untold(self, request: Request, change: Rewrite) -> Rewrite:
        """The change for an answer's leaves that hides words from inputs that no request contained.

        A replay puts the values of its own request in place of pseudonyms. It could not do so for
        these words, so a flow would take them for another person's.
        """
        untold = frozenset(self._untold)

        def hide(names: tuple[str, ...], text: str) -> str:
            if hit(names, request.personal):
                kept = [one for one in text.split() if not words_of(one) or words_of(one) - untold]
                text = " ".join(kept) if any(map(words_of, kept)) else text
            return change(names, text)

        return hide

    def _change_path(self, change: Rewrite) -> Rewrite:
        word = self._pseudonyms.value
        return lambda names, text: self.people.replace(change(names, text), word)

    def _outcome(
        self, request: Request, outcome: Response | NoAnswer, change: Rewrite
    ) -> Response | NoAnswer:
        if isinstance(outcome, Response):
            if is_refusal(outcome.status, outcome.body):
                change = self._pseudonyms.of_refusal(change)
            body = rewrite(outcome.body, change, pretty=True)
            of_header = self._change_path(change)
            headers = {
                name: of_header((name,), _CHARSET.sub("utf-8", value) if is_utf8(body) else value)
                for name, value in sorted(outcome.headers.items())
                if name in _KEPT
            }
            return replace(outcome, headers=headers, body=body)
        # the port of a server on this machine is random
        message = alter(
            outcome.problem.message,
            lambda text: self.redactor.text(_LOOPBACK.sub(f"{request.endpoint}.invalid", text)),
        )
        return replace(outcome, problem=replace(outcome.problem, message=message))
