"""`forget`: delete kept values or measures.

    - id: forgotten
      forget: {state: true}

`state: true` deletes the values that the flow remembers under its key, and who the customer is.
Measures that remain are set aside as those of an earlier customer.

`measures_of` deletes all kept measures of a point for its present customer. With `customer`, the
number of an earlier customer, that customer's measures are deleted instead. Output: `measures`, the
number of deleted measures.
"""

from typing import Self

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Erase, Remember, Script, ask
from sgeflow.core.engine.failures import bar_failure
from sgeflow.core.engine.step import Done, End, Failed, Run, Spec, Uses
from sgeflow.core.language.schemas import EARLIER_CUSTOMER, closed_object, flag, text
from sgeflow.core.language.shapes import NUMBER, Shape, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import Location, Problem
from sgeflow.messages import join_items, say, say_count


class _Forget(Spec, frozen=True, kw_only=True):
    state: bool
    measures_of: Template | None
    customer: Template
    at: Location

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        measured = keys.get("forget", "measures_of") is not None
        return cls(
            state=bool(keys.get("forget", "state", default=False)),
            measures_of=keys.template("forget", "measures_of") if measured else None,
            customer=keys.template("forget", "customer"),
            at=keys.key_at("forget"),
        )

    def check(self, checker: Checker) -> Shape:
        checker.template(self.measures_of)
        checker.template(self.customer)
        if self.state:
            checker.own_state(self.at)
        return object_of({"measures": NUMBER}, "forget")

    def run(self, scope: Scope, run: Run) -> Script[End]:
        deleted = 0
        if self.measures_of:
            point = str(self.measures_of.evaluate(scope))
            customer = self.customer.evaluate(scope)
            deleted = yield from ask(Erase(key=run.key("erase"), point=point, customer=customer))
        if self.state and run.memory:
            state = yield from ask(
                Remember(key=run.key("forget"), values=None, **run.memory.effect)
            )
            if isinstance(state, Problem):
                return Failed(failure=bar_failure(state, run))
        what = [say("the state")] if self.state else []
        what += (
            [say_count("{count:,} measure", "{count:,} measures", count=deleted)] if deleted else []
        )
        return Done(outputs={"measures": deleted}, summary=join_items(what, between=say(" and ")))

    def uses(self) -> Uses:
        return Uses(forgets=self.state)

    def says(self) -> tuple[str, ...]:
        words = ["state"] if self.state else []
        words += ["measures_of"] if self.measures_of else []
        return (", ".join(words),)


VERB = Verb(
    spec=_Forget,
    properties={
        "forget": {
            **closed_object(
                {
                    "state": flag("the values that the flow remembered"),
                    "measures_of": text("the point whose measures are deleted"),
                    "customer": EARLIER_CUSTOMER,
                }
            ),
            "minProperties": 1,
        }
    },
    synonyms=("oublier", "effacer"),
)
