"""The list of deleted accounts whose service is not stopped yet.

The Cozy stack starts one job for a deletion, and no second one. So the job puts the account on the
list before its first attempt, and removes it when the service is stopped; a killed job leaves it
there. The list is in the state that all accounts of an environment share.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters.state.locations import StateLocation, is_there
from sgeflow.adapters.state.store import Store
from sgeflow.adapters.variables import variables
from sgeflow.core.engine.effects import key_of
from sgeflow.core.model import DEFAULT_ENVIRONMENT, RunReport
from sgeflow.errors import GuardError, Id, UsageError
from sgeflow.messages import say
from sgeflow.runtime.journal.history import find_run, kept_inputs
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.resume import check_resumable
from sgeflow.runtime.run import run_in
from sgeflow.runtime.run_context import open_context
from sgeflow.runtime.session import chosen_environment, moment
from sgeflow.runtime.state_location import home_of, home_to_look_at
from sgeflow.tools.cozy.account_store import COLLECTION, interrupted_run
from sgeflow.tools.cozy.stack_job import UNCLEAR, UNKNOWN_ERROR, JobEnd, end_for

DELETION = "delete-account"
"""The flow that stops a service, deletes the consent and forgets the account."""

RUNS_ON = say("the service runs on; for the operator: sgeflow cozy --left")

_COLLECTION = "cozy deletions"
_POINTS = "cozy points"  # by account: the point and the customers of its service


class Deletion(Struct, frozen=True, kw_only=True):
    """A deleted account whose service still runs; `code` is the result of the last attempt."""

    account: str
    point: str
    since: str  # YYYY-MM-DD
    code: str = ""


class Deletions:
    """The list of an environment's deleted accounts."""

    def __init__(self, home: StateLocation, environment: str) -> None:
        """Take the place of the list; each method opens the store."""
        self._place = home.store(environment)

    def note(self, deletion: Deletion) -> None:
        """Add an account to the list, or update its code; the first day stays."""
        with Store(self._place) as store:
            before = store.recall(_COLLECTION, deletion.account) or {}
            since = before.get("since", deletion.since)
            values = {"point": deletion.point, "code": deletion.code, "since": since}
            store.remember(_COLLECTION, deletion.account, values)

    def note_point(self, account: str, point: str) -> None:
        """Note the point of an account, before anything is ordered for it."""
        with Store(self._place) as store:
            if (store.recall(_POINTS, account) or {}).get("point") != point:
                store.remember(_POINTS, account, {"point": point, "customers": None})

    def note_customer(self, account: str, number: int) -> None:
        """Add a customer of the point to those of the account; an account may have had several."""
        customers = self.customers_of(account)
        if number not in customers:
            with Store(self._place) as store:
                store.remember(_POINTS, account, {"customers": [*customers, number]})

    def customers_of(self, account: str) -> tuple[int, ...]:
        """The customers of its point that an account has had, the last one last."""
        with Store(self._place) as store:
            return tuple((store.recall(_POINTS, account) or {}).get("customers", ()))

    def point_of(self, account: str) -> str:
        """The point that an account had in its last job; empty without a job."""
        with Store(self._place) as store:
            return str((store.recall(_POINTS, account) or {}).get("point", ""))

    def others(self, account: str, point: str) -> tuple[str, ...]:
        """Other accounts that have this point."""
        with Store(self._place) as store:
            rows = store.collection(_POINTS)
        return tuple(
            name for name, one in rows.items() if name != account and one.get("point") == point
        )

    def remove(self, account: str) -> None:
        """Remove an account from the list, because its service is stopped."""
        with Store(self._place) as store:
            store.remember(_COLLECTION, account, None)
            store.remember(_POINTS, account, None)

    def note_result(self, deletion: Deletion, report: RunReport) -> JobEnd:
        """The end of an attempt; a failed one is noted on the list."""
        code = report.failure.code if report.failure else ""
        end = end_for(code, report.exit)
        if end.code:
            self.note(replace(deletion, code=code or end.code))
        return end

    def all(self) -> tuple[Deletion, ...]:
        """All deletions on the list, the oldest first."""
        with Store(self._place) as store:
            rows = store.collection(_COLLECTION)
        known = (
            Deletion(
                account=account,
                point=values.get("point", ""),
                since=values.get("since", ""),
                code=values.get("code", ""),
            )
            for account, values in rows.items()
        )
        return tuple(sorted(known, key=lambda one: one.since))


def deletion_inputs(
    deletions: Deletions, root: StateLocation, environment: str, deletion: Deletion
) -> Iterator[dict[str, Any]]:
    """The inputs of the deletions that close an account, one for each of its customers.

    On a shared server, customers that other accounts use are kept. In folders, `keepService` is set
    if another account uses the same service.
    """
    account, point = deletion.account, deletion.point
    customers, others = deletions.customers_of(account), deletions.others(account, point)
    with Store(root.of_account(account).store(environment)) as store:
        known, present = store.customers_of(point), store.present_number(point)
        service = (store.recall(COLLECTION, point) or {}).get("serviceId")
    kept_customers = {
        number for one in others if root.server for number in deletions.customers_of(one)
    }
    inputs = {"pointId": point, "forgetMeasures": True}
    for number in customers:
        if number in known and number != present and number not in kept_customers:
            yield {**inputs, "customer": number}
    if present not in kept_customers and (present is None or not customers or present in customers):
        is_used = any(_uses(root, environment, one, point, service) for one in others)
        yield {**inputs, "keepService": is_used}


def _uses(root: StateLocation, environment: str, account: str, point: str, service: Any) -> bool:
    """Whether another account, in a folder of its own, uses the same service."""
    place = root.of_account(account).store(environment)
    if root.server or service is None or not is_there(place):
        return False
    with Store(place) as store:
        return bool((store.recall(COLLECTION, point) or {}).get("serviceId") == service)


def deletions_of(workspace: Workspace, options: Options, state: str) -> Deletions:
    """The list of the accounts whose service could not be stopped."""
    environment = chosen_environment(workspace, options)
    home = home_of(state or None, workspace.project, environment)
    if state and not home.server and not home.folder.is_dir():
        message = say("there is no state in {path}", path=home.folder)
        note = say("give the folder that the jobs have in SGEFLOW_STATE")
        raise UsageError.of(Id.USAGE, message, where="--state", note=note)
    return Deletions(home, environment.name)


def note_unread(
    account: str, options: Options, state: str, project: Path | None, code: str
) -> None:
    """Put a deleted account on the list of an environment that cannot be read now."""
    name = options.environment or variables().env or DEFAULT_ENVIRONMENT
    deletions = Deletions(home_to_look_at(state, project, None), name)
    today = moment(options).date().isoformat()
    point = deletions.point_of(account)
    deletions.note(Deletion(account=account, point=point, since=today, code=code))


def delete_again(workspace: Workspace, options: Options, state: str, deletion: Deletion) -> JobEnd:
    """Try again to stop the service of a deleted account; return the result."""
    # another program ordered the service, and sgeflow does not know it
    if not deletion.point or deletion.code == UNCLEAR:
        return JobEnd(code=UNKNOWN_ERROR)
    environment = chosen_environment(workspace, options)
    root = home_of(state or None, workspace.project, environment)
    home = root.of_account(deletion.account)
    deletions, chosen = Deletions(root, environment.name), replace(options, state=home)
    attempts: list[tuple[Options, Mapping[str, Any]]] = []
    if interrupted := interrupted_run(home, environment.name, deletion.point, DELETION):
        with suppress(UsageError, GuardError):  # the deletion cannot be resumed: a new one begins
            check_resumable(home, find_run(home, interrupted.run), workspace, changed=False)
            attempts.append((chosen.to_go_on(interrupted, home), {}))
    attempts += [
        (chosen, one) for one in deletion_inputs(deletions, root, environment.name, deletion)
    ]
    for attempt, inputs in attempts:
        with open_context(workspace, attempt) as context:
            values = inputs or kept_inputs(context.journal, context.session.run)
            flow = workspace.flow(DELETION)
            report = run_in(context, flow, values, lambda _: None, goes_on=not inputs)
        end = deletions.note_result(deletion, report)
        if end.code:
            return end
    deletions.remove(deletion.account)
    return JobEnd()


def close_by_hand(workspace: Workspace, options: Options, state: str, account: str) -> None:
    """Remove an account from the list, because a person knows that no service runs for it.

    The data of its point is erased, unless another account has the point too.

    Raises:
        UsageError: the account is not on the list.
    """
    deletions = deletions_of(workspace, options, state)
    listed = {one.account: one for one in deletions.all()}
    if account not in listed:
        message = say("{account} is not on the list of deleted accounts", account=account)
        raise UsageError.of(Id.UNKNOWN_NAME, message, allowed=tuple(listed))
    environment = chosen_environment(workspace, options)
    root = home_of(state or None, workspace.project, environment)
    point = listed[account].point
    for inputs in (
        deletion_inputs(deletions, root, environment.name, listed[account]) if point else ()
    ):
        customer = inputs.get("customer")
        with Store(root.of_account(account).store(environment.name)) as store:
            store.erase(point, customer=customer)
            store.remember(COLLECTION, key_of(point, customer), None)
    deletions.remove(account)
