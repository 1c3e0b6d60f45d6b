"""`mail`: send a mail through a relay that the environment names.

    - id: tell
      mail:
        through: operators
        to: night-watch@mycity.example
        subject: "Fleet ${inputs.fleet.run}: ${inputs.fleet.outcome}"
        text: |
          ${inputs.fleet.failed} of ${inputs.fleet.rows} rows failed.

`to` and `cc` are an address or a list of addresses; `Night watch <night-watch@mycity.example>` has
a name. The relay decides the sender. The subject is one line without encoded words (`=?…?=`), and
the text is plain text.

Outputs: `reply`, the response of the relay, and `refused`, the recipients that the relay did not
accept, each with `recipient` (its number; `cc` is counted after `to`) and `code`. The other
recipients get the mail, and a warning says so. If the relay accepts no recipient, the step fails
with a code such as `SMTP550`.

A mail is sent once, like an order. It is retried only if nothing has been sent yet, or if the relay
refuses it for the moment (4xx). If the connection breaks while the mail is being sent, nobody knows
whether it arrives: the failure says so, and neither a retry nor `resume` sends it again.

In a simulated environment no mail is sent; the mail counts as accepted, unless a stub `MAIL /` says
otherwise. Recipients are never shown. `personal: [subject, text]` hides the subject and the text as
well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import RELAYS, Keys, Verb
from sgeflow.core.checking.values import misfits_of
from sgeflow.core.engine.effects import Emit, Script, Warn
from sgeflow.core.engine.step import Done, End, Run, Spec, Uses
from sgeflow.core.language.mistakes.unknown_parameters import lacks
from sgeflow.core.language.parameters import has_whole_characters
from sgeflow.core.language.schemas import Schema, array, closed_object, text
from sgeflow.core.language.shapes import NUMBER, TEXT, Shape, Sort, list_of, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.core.mail import MailAddress, has_encoded_word, is_several_lines, parse_address
from sgeflow.core.model import MAIL, Fault, Kind, NoAnswer, Request, Response
from sgeflow.errors import EvaluationError, Id, Location, Problem
from sgeflow.messages import Message, say, say_count

if TYPE_CHECKING:
    from sgeflow.core.engine.service_answers import RelayReply


_TEXT = {"type": "string"}
_LIST = {"type": "array", "items": _TEXT}
_TAKEN = range(200, 300)
_PARTS = ("to", "cc", "subject", "text")
_ADDRESSES: Schema = {"type": ["string", "array"], "items": {"type": "string", "minLength": 1}}
_ADDRESSED = ("to", "cc")
_REFUSED = object_of({"recipient": NUMBER, "code": NUMBER}, "refused[]")


class _Mail(Spec, frozen=True, kw_only=True):
    through: str
    parts: Mapping[str, Template]
    personal: tuple[str, ...]
    places: Mapping[str, Location]  # places of `through` and the other parts

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        names = [key for key in _PARTS if keys.get("mail", key) is not None]
        spec = cls(
            through=keys.get("mail", "through"),
            parts={key: keys.template("mail", key) for key in names},
            personal=tuple(keys.get("mail", "personal", default=())),
            places={key: keys.at("mail", key) for key in ("through", *names)},
        )
        for key in names:
            if spec.parts[key].is_constant:
                for problem in _problems(key, spec.parts[key].written):
                    keys.report(Id.INVALID_VALUE, problem, "mail", key)
        return spec

    def check(self, checker: Checker) -> Shape:
        self._check_relay(checker)
        for key, template in self.parts.items():
            shape = checker.template(template)
            is_list = key in _ADDRESSED and shape.sort is Sort.LIST
            for misfit in misfits_of(shape, _LIST if is_list else _TEXT, is_each=False):
                message = say("{name} cannot be {sort}", name=key, sort=misfit)
                checker.report(Id.WRONG_TYPE, message, self.places[key])
        fields = {"reply": TEXT, "refused": list_of(_REFUSED)}
        return object_of(fields, say("mail {relay}", relay=self.through))

    def run(self, scope: Scope, run: Run) -> Script[End]:
        from sgeflow.core.engine.call import converse, end_by_hand
        from sgeflow.core.engine.failures import is_unknown

        request, count = self._request(scope, run)
        end = yield from converse(request, self._read, run)
        if is_unknown(end):
            return (yield from end_by_hand(request.label, ("reply", "refused"), end, run))
        if not isinstance(end, Done):
            return end
        reply: RelayReply = end.outputs
        taken = count - len(reply.refused)
        if reply.refused and not end.earlier:
            yield Emit(Warn(run.trail, self._not_all(reply, count)))
        refused = [{"recipient": number, "code": code} for number, code, _ in reply.refused]
        summary = say_count("to {count} recipient", "to {count} recipients", count=taken)
        return Done(outputs={"reply": reply.reply, "refused": refused}, summary=summary)

    def uses(self) -> Uses:
        return Uses(service=self.through, method=MAIL)

    def says(self) -> tuple[str, ...]:
        return (f"{MAIL} {self.through}", str(self.parts["subject"].written))

    def _check_relay(self, checker: Checker) -> None:
        name, at = self.through, self.places["through"]
        note = say("an environment declares them under `relays`")
        if name in (checker.namespace.services or ()):
            note = say("a service is not a relay")
        if checker.namespace.relays is not None:
            checker.name(say("relay"), "relays", name, checker.namespace.relays, at, note=note)

    def _request(self, scope: Scope, run: Run) -> tuple[Request, int]:
        """The request, and the number of its recipients."""
        from hashlib import sha256

        relay = run.environment.endpoints.get(self.through)
        if relay is None or relay.relay is None:
            owner = say("environment {name}", name=run.environment.name)
            message = lacks(owner, say("relay"), self.through)
            problem = Problem(id=Id.SETTING, message=message, at=self.places["through"])
            raise EvaluationError(problem)
        mail = {key: self._value(key, template, scope) for key, template in self.parts.items()}
        sender = relay.relay.sender
        key = sha256(f"{run.id} {run.key(self.through)}".encode()).hexdigest()[:32]
        parsed = parse_address(sender)
        domain = parsed.domain if isinstance(parsed, MailAddress) else "localhost"
        request = Request(
            endpoint=self.through,
            method=MAIL,
            path="/",
            headers={"Content-Type": "application/json", "Message-ID": f"<{key}@{domain}>"},
            body=json.dumps({"from": sender, **mail}, ensure_ascii=False).encode(),
            label=f"{MAIL} {self.through}",
            kind=Kind.ORDER,
            alone=True,
            personal=(*self.personal, *relay.personal),
        )
        return request, sum(len(mail.get(key, ())) for key in _ADDRESSED)

    def _value(self, key: str, template: Template, scope: Scope) -> Any:
        """The value of a part of the mail.

        Raises:
            EvaluationError: the value is not allowed there; the message does not contain the value.
        """
        value = template.evaluate(scope)
        if key in _ADDRESSED:
            value = [] if value is None else value if isinstance(value, list) else [value]
        if problem := next(_problems(key, value), None):
            raise EvaluationError.of(Id.INVALID_VALUE, problem, at=self.places[key])
        return value

    def _read(self, response: Response) -> RelayReply | Fault | NoAnswer:
        from sgeflow.core.engine.service_answers import read_reply, relay_fault

        if response.status not in _TAKEN:
            return relay_fault(self.through, response)
        return read_reply(response)

    def _not_all(self, reply: RelayReply, count: int) -> Message:
        from sgeflow.core.engine.service_answers import refused_text

        return say(
            "the relay {relay} did not take {some} of {count} recipients, and the mail went to the"
            " others: {refused}",
            relay=self.through,
            some=len(reply.refused),
            count=count,
            refused=refused_text(reply),
        )


def _problems(key: str, value: Any) -> Iterator[Message]:
    """The mistakes in a part of a mail; the messages do not contain its value."""
    if key in ("subject", "text"):
        if not isinstance(value, str):
            yield say("the {part} of a mail is a text", part=key)
        elif key == "subject" and is_several_lines(value):
            yield say("the subject of a mail is one line, without control characters")
        elif key == "subject" and has_encoded_word(value):
            yield say("the subject of a mail is written in plain letters, without =?…?=")
        elif not has_whole_characters(value):
            yield say("the {part} of a mail holds half a character", part=key)
        return
    entries = value if isinstance(value, list) else [value]
    if key == "to" and not entries:
        yield say("a mail is for somebody, and {key} is empty", key=key)
    for number, entry in enumerate(entries, start=1):
        parsed = parse_address(entry) if isinstance(entry, str) else say("it is no text")
        if not isinstance(parsed, MailAddress):
            yield say(
                "address {number} of {key} cannot be written to: {why}",
                number=number,
                key=key,
                why=parsed,
            )


VERB = Verb(
    spec=_Mail,
    properties={
        "mail": closed_object(
            {
                "through": text("a relay of the environment"),
                "to": {**_ADDRESSES, "description": "an address, or a list of them"},
                "cc": {**_ADDRESSES, "description": "recipients of a copy"},
                "subject": text("a single line"),
                "text": text("plain text"),
                "personal": array(
                    {"enum": ["subject", "text"]}, "other texts that name a person; never shown"
                ),
            },
            ("through", "to", "subject", "text"),
            called="a mail",
        ),
    },
    modifiers=frozenset({"retry"}),
    names={("mail", "through"): RELAYS},
    synonyms=("email", "courriel"),
)
