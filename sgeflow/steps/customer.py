"""`customer`: see who the customer is, whose the flow's state and measures are from then on.

    - id: who
      customer: {is: "${steps.identity.holder}"}

`is` names the customer, as the service that knows them does: the spelling of an input may be
corrected tomorrow. A digest of it is remembered with the state, and nothing else of the name. When
another customer is named than before, all that is kept under the key of the `state` is set aside
under the number of the earlier one: what flows remember there, and the measures and documents of
that point. What comes behind this step begins empty, and `state.*` is what is remembered of this
customer. What is kept and has no digest yet becomes this customer's, unless the condition
`contradicted` holds.

The step stands among the steps of the flow itself, once and without a condition. Until then
`state.*` is what is remembered under the key, whoever it is of. Gives `number`, that of the
customer; `since`, the first day that is theirs, null where they are the first that are known; and
`begun`, whether they came in the place of an earlier one just now. `state.customer` has `number`
and `since` in every flow with that state, and is null while nobody knows whose it is.
"""

from __future__ import annotations

from msgspec import Struct

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Emit, Recognise, Script, Warn, ask
from sgeflow.core.engine.step import Done, End, Run, Uses
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.schemas import closed_object, text
from sgeflow.core.language.shapes import BOOLEAN, DAY, NUMBER, Shape, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import EvaluationError, Id, Location, Problem
from sgeflow.messages import say


class CustomerSpec(Struct, frozen=True, kw_only=True):
    """The customer, and when what is kept is surely not theirs."""

    who: Template
    contradicted: Expression | None
    at: Location


def decode(keys: Keys) -> CustomerSpec:
    """The name and the condition."""
    return CustomerSpec(
        who=keys.template("customer", "is"),
        contradicted=keys.expression("customer", "contradicted"),
        at=keys.key_at("customer"),
    )


def check(spec: CustomerSpec, checker: Checker) -> Shape:
    """The flow has a state; the name is computed."""
    checker.template(spec.who)
    checker.condition(spec.contradicted)
    if "state" not in checker.known.roots:
        checker.report(
            Id.MISSING_KEY,
            say("nothing is kept of a customer: the flow declares no state"),
            spec.at,
            note='state: {collection: accounts, key: "${inputs.pointId}"}',
        )
    return object_of({"number": NUMBER, "since": DAY, "begun": BOOLEAN}, "customer")


def run(spec: CustomerSpec, scope: Scope, run: Run) -> Script[End]:
    """See who it is; another one than before is told."""
    who = spec.who.evaluate(scope)
    if run.memory is None or not isinstance(who, str) or not who.strip():
        message = say("it is not said who the customer is")
        raise EvaluationError(Problem(id=Id.EVALUATION, message=message, at=spec.who.spot.at()))
    answer = yield from ask(
        Recognise(
            key=run.key("customer"),
            collection=run.memory.collection,
            name=run.memory.name,
            who=who,
            day=run.today,
            is_contradicted=spec.contradicted is not None and spec.contradicted.truth(scope),
        )
    )
    if answer["begun"]:
        text_ = say(
            "another customer than before: what was kept is now that of customer {number}; sgeflow"
            " orders lists the account if it is still open",
            number=answer["number"] - 1,
        )
        yield Emit(Warn(run.trail, text_))
    number = say("customer {number}", number=answer["number"])
    return Done(outputs=dict(answer), summary=number)


def uses(spec: CustomerSpec) -> Uses:  # noqa: ARG001 - a verb's form
    """The step finds out whose the state is."""
    return Uses(recognises=True)


VERB = Verb(
    name="customer",
    manual=__doc__ or "",
    properties={
        "customer": closed_object(
            {
                "is": text("who it is, as the service that knows the customer says"),
                "contradicted": text(
                    "a condition: what is kept, and is nobody's yet, is surely not theirs"
                ),
            },
            ("is",),
            called="a customer",
        )
    },
    decode=decode,
    check=check,
    run=run,
    uses=uses,
    synonyms=("client", "titulaire", "holder"),
)
