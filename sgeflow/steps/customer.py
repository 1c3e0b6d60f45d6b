"""`customer`: tell whose state and measures the flow works on from here.

    - id: who
      customer: {is: "${steps.identity.holder}"}

`is` is the customer's name as the service writes it, because the spelling of an input may be
corrected later. Only a digest of the name is kept with the state.

If the name differs from the one before, everything kept under the key of the `state` is set aside
under the number of the earlier customer: remembered values, and the measures and documents of the
point. The later steps start with empty data, and `state.*` belongs to the new customer. Data that
has no digest yet is given to this customer, unless the condition `contradicted` holds.

The step is a direct step of the flow, occurs once and has no condition. Before this step, `state.*`
has the values remembered under the key, whoever the customer is.

Outputs: `number`, the number of the customer; `since`, the customer's first day (null for the first
known customer); `begun`, whether the customer has replaced an earlier one just now. In every flow
with that state `state.customer` has `number` and `since`; it is null while the customer is unknown.
"""

from typing import Self

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Emit, Recognise, Script, Warn, ask
from sgeflow.core.engine.step import Done, End, Run, Spec, Uses
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.schemas import closed_object, text
from sgeflow.core.language.shapes import BOOLEAN, DAY, NUMBER, Shape, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import EvaluationError, Id, Location
from sgeflow.messages import say


class _Customer(Spec, frozen=True, kw_only=True):
    who: Template
    contradicted: Expression | None
    at: Location

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        return cls(
            who=keys.template("customer", "is"),
            contradicted=keys.expression("customer", "contradicted"),
            at=keys.key_at("customer"),
        )

    def check(self, checker: Checker) -> Shape:
        checker.template(self.who)
        checker.condition(self.contradicted)
        checker.own_state(self.at)
        return object_of({"number": NUMBER, "since": DAY, "begun": BOOLEAN}, "customer")

    def run(self, scope: Scope, run: Run) -> Script[End]:
        who = self.who.evaluate(scope)
        if run.memory is None or not isinstance(who, str) or not who.strip():
            message = say("the customer is not identified")
            raise EvaluationError.of(Id.EVALUATION, message, at=self.who.spot.at())
        answer = yield from ask(
            Recognise(
                key=run.key("customer"),
                collection=run.memory.collection,
                name=run.memory.name,
                who=who,
                day=run.today,
                is_contradicted=self.contradicted is not None and self.contradicted.truth(scope),
            )
        )
        if answer["begun"]:
            text_ = say(
                "the customer has changed: earlier data now belongs to customer {number}; "
                "sgeflow orders lists the account if it is still open",
                number=answer["number"] - 1,
            )
            yield Emit(Warn(run.trail, text_))
        number = say("customer {number}", number=answer["number"])
        return Done(outputs=dict(answer), summary=number)

    def uses(self) -> Uses:
        return Uses(recognises=True)


VERB = Verb(
    spec=_Customer,
    properties={
        "customer": closed_object(
            {
                "is": text("the identity of the customer, as a service gives it"),
                "contradicted": text(
                    "a condition: true if kept data without a customer cannot belong to this "
                    "customer"
                ),
            },
            ("is",),
            called="a customer",
        )
    },
    synonyms=("client", "titulaire", "holder"),
)
