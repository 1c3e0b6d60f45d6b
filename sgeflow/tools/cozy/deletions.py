"""The accounts whose service could not be stopped yet: the stack asks for it once, and never again.

One is on the list from before the first try until the service is stopped, so that a kill leaves
it there. It is kept with the state of all accounts of an environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.store import Store
from sgeflow.adapters.variables import variables
from sgeflow.core.model import DEFAULT_ENVIRONMENT, RunReport
from sgeflow.errors import GuardError, Id, Problem, UsageError
from sgeflow.messages import say
from sgeflow.runtime.journal.history import find_run, kept_inputs
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.resume import check_resumable
from sgeflow.runtime.run import run_in
from sgeflow.runtime.run_context import open_context
from sgeflow.runtime.session import chosen_environment, moment
from sgeflow.runtime.state_location import home_of, home_to_look_at
from sgeflow.tools.cozy.account_store import COLLECTION
from sgeflow.tools.cozy.outcomes import UNCLEAR, UNKNOWN_ERROR, JobEnd, end_for
from sgeflow.tools.cozy.stopped_runs import stopped_run

DELETION = "delete-account"
"""The flow that stops a service, deletes the consent and forgets the account."""

RUNS_ON = say("the service runs on; for the operator: sgeflow cozy --left")

_COLLECTION = "cozy deletions"
_POINTS = "cozy points"  # by account: which one its service is of, should the Cozy not tell


class Deletion(Struct, frozen=True, kw_only=True):
    """An account that was deleted and whose service runs on; `code` is how the last try ended."""

    account: str
    point: str
    since: str  # YYYY-MM-DD
    code: str = ""


class Deletions:
    """The list of an environment."""

    def __init__(self, home: StateLocation, environment: str) -> None:
        """Nothing is opened yet."""
        self._place = home.store(environment)

    def note(self, deletion: Deletion) -> None:
        """Put one on the list, or say anew how it stands; the day stays the first one."""
        with Store(self._place) as store:
            before = store.recall(_COLLECTION, deletion.account) or {}
            values = {"point": deletion.point, "code": deletion.code}
            since = {"since": before.get("since", deletion.since)}
            store.remember(_COLLECTION, deletion.account, {**values, **since})

    def note_point(self, account: str, point: str) -> None:
        """Say of which point an account is, before anything is ordered for it."""
        with Store(self._place) as store:
            if (store.recall(_POINTS, account) or {}).get("point") != point:
                store.remember(_POINTS, account, {"point": point})

    def point_of(self, account: str) -> str:
        """The point that an account had when it was last worked on; empty where it never was."""
        with Store(self._place) as store:
            return str((store.recall(_POINTS, account) or {}).get("point", ""))

    def is_anothers(self, account: str, point: str) -> bool:
        """Whether another account has this point."""
        with Store(self._place) as store:
            rows = store.collection(_POINTS)
        return any(name != account and one.get("point") == point for name, one in rows.items())

    def take_off(self, account: str) -> None:
        """Its service is stopped."""
        with Store(self._place) as store:
            store.remember(_COLLECTION, account, None)
            store.remember(_POINTS, account, None)

    def settle(self, deletion: Deletion, report: RunReport) -> JobEnd:
        """Take a deletion off the list, or note there how the try ended."""
        code = report.failure.code if report.failure else ""
        end = end_for(code, report.exit)
        if end.code:
            self.note(replace(deletion, code=code or end.code))
        else:
            self.take_off(deletion.account)
        return end

    def all(self) -> tuple[Deletion, ...]:
        """Those on the list, the oldest first."""
        with Store(self._place) as store:
            rows = store.collection(_COLLECTION)
        return tuple(sorted(map(_deletion, rows.items()), key=lambda one: one.since))


def deletions_of(workspace: Workspace, options: Options, state: str) -> Deletions:
    """The list of the accounts whose service could not be stopped."""
    environment = chosen_environment(workspace, options)
    home = home_of(state or None, workspace.project, environment)
    if state and not home.server and not home.folder.is_dir():
        message = say("there is no state in {path}", path=home.folder)
        note = say("give the folder that the jobs have in SGEFLOW_STATE")
        raise UsageError(Problem(id=Id.USAGE, message=message, where="--state", note=note))
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
    """Try again to stop the service of an account that was deleted; how it ended."""
    # nothing was ever ordered from here: another program's service
    if not deletion.point or deletion.code == UNCLEAR:
        return JobEnd(code=UNKNOWN_ERROR)
    environment = chosen_environment(workspace, options)
    root = home_of(state or None, workspace.project, environment)
    home = root.of_account(deletion.account)
    chosen, goes_on = replace(options, state=home), False
    if stopped := stopped_run(home, environment.name, deletion.point, DELETION):
        with suppress(UsageError, GuardError):  # nothing to go on with: it begins anew
            check_resumable(home, find_run(home, stopped.run), workspace, changed=False)
            chosen, goes_on = chosen.to_go_on(stopped, home), True
    inputs = {"pointId": deletion.point, "forgetMeasures": True}
    with open_context(workspace, chosen) as context:
        values = kept_inputs(context.journal, context.session.run) if goes_on else inputs
        report = run_in(context, workspace.flow(DELETION), values, lambda _: None, goes_on=goes_on)
    return deletions_of(workspace, options, state).settle(deletion, report)


def close_by_hand(workspace: Workspace, options: Options, state: str, account: str) -> None:
    """Take an account off the list, because a person knows that no service runs for it.

    What is kept of its point is erased, unless another account has the point now.

    Raises:
        UsageError: it is not on the list.
    """
    deletions = deletions_of(workspace, options, state)
    listed = {one.account: one for one in deletions.all()}
    if account not in listed:
        message = say("{account} is not on the list of deleted accounts", account=account)
        raise UsageError(Problem(id=Id.UNKNOWN_NAME, message=message, allowed=tuple(listed)))
    environment = chosen_environment(workspace, options)
    root = home_of(state or None, workspace.project, environment)
    point = listed[account].point
    if point and not deletions.is_anothers(account, point):
        with Store(root.of_account(account).store(environment.name)) as store:
            store.erase(point)
            store.remember(COLLECTION, point, None)
    deletions.take_off(account)


def _deletion(row: tuple[str, Mapping[str, str]]) -> Deletion:
    account, values = row
    return Deletion(
        account=account,
        point=values.get("point", ""),
        since=values.get("since", ""),
        code=values.get("code", ""),
    )
