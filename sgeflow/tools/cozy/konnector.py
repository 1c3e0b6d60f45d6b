"""One job of the konnector: from the variables of the Cozy stack to the exit code."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.store import Store
from sgeflow.core.documents import Endpoint
from sgeflow.core.model import RunReport
from sgeflow.errors import Exit, GuardError, Id, InvalidValues, SgeflowError, UsageError
from sgeflow.messages import say
from sgeflow.runtime.driver import InterruptedRun
from sgeflow.runtime.journal.history import check_open, find_run, kept_inputs, run_state
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace, open_catalog
from sgeflow.runtime.resume import check_resumable
from sgeflow.runtime.run import run_in
from sgeflow.runtime.run_context import open_context
from sgeflow.runtime.session import chosen_environment, moment
from sgeflow.runtime.state_location import home_of
from sgeflow.tools.cozy.account import INPUTS, LIMITS, MEMBERS, UNCLEAR_DATA, Account, AccountClient
from sgeflow.tools.cozy.account_store import (
    COLLECTION,
    AccountStore,
    interrupted_run,
    last_run_was_interrupted,
)
from sgeflow.tools.cozy.deletions import (
    DELETION,
    RUNS_ON,
    Deletion,
    Deletions,
    deletion_inputs,
    note_unread,
)
from sgeflow.tools.cozy.lines import Lines, about
from sgeflow.tools.cozy.stack_job import (
    LOGIN_FAILED,
    UNCLEAR,
    UNKNOWN_ERROR,
    JobEnd,
    StackJob,
    end_for,
    read_job,
)

SERVICE = "cozy"
"""The name under which flows call the household's Cozy as a service."""

_FLOW = "konnector"
_TOKEN = "COZY_TOKEN"  # noqa: S105 - the name of a secret


class AccountWork:
    """The work on one account."""

    def __init__(
        self, job: StackJob, lines: Lines, workspace: Workspace, options: Options, state: str
    ) -> None:
        self._job, self._lines, self._workspace = job, lines, workspace
        cozy = Endpoint(  # its token is a secret of the run
            name=SERVICE,
            base_url=job.address,
            route="direct",
            headers={"Authorization": f"Bearer ${{secret.{_TOKEN}}}"},
            limits=LIMITS,
        )
        secrets = {**job.secrets, _TOKEN: job.token}
        options = replace(options, services={SERVICE: cozy}, secrets=secrets)
        self._environment = chosen_environment(self._workspace, options)
        if self._environment.simulated:
            message = say("a job of a Cozy needs an environment that is not simulated")
            raise UsageError.of(Id.USAGE, message, note=say("set SGEFLOW_ENV"))
        self._root = home_of(state, self._workspace.project, self._environment)
        self._home = self._root.of_account(job.account)
        self._options = replace(options, state=self._home)
        self._member_names = {**MEMBERS, **self._environment.accounts}
        self._deletions = Deletions(self._root, self._environment.name)
        self._stop = threading.Event()
        # a second start of this job finds its run by this name
        self._name = f"job-{job.number}" if job.number else None

    def do(self) -> JobEnd:
        """Collect the data of the account, or stop the service of a deleted account."""
        with self._limit(), AccountClient(self._job) as client:
            if self._job.deleted_revision is not None:
                return self._delete(client)
            return self._collect(client.read(), client)

    # -- an existing account ----------------------------------------------------------------------

    def _collect(self, account: Account, client: AccountClient) -> JobEnd:
        form = account.inputs()
        lacking = [name for name in INPUTS if name not in form]
        if lacking:
            self._lines.error(say("the account lacks {names}", names=", ".join(lacking)))
            return JobEnd(code=LOGIN_FAILED)
        collecting = (self._home, self._environment.name, form["pointId"], _FLOW)
        # a killed job may have ended the consent without telling the customer
        agreed_on = None if last_run_was_interrupted(*collecting) else moment(self._options).date()
        inputs = {**form, **self._job.inputs(agreed_on)}
        if not self._deletions.point_of(self._job.account) and account.is_unclear(
            self._environment.accounts
        ):
            self._lines.error(UNCLEAR_DATA)
            return JobEnd(code=UNKNOWN_ERROR)
        self._deletions.note_point(self._job.account, form["pointId"])
        try:
            report = self._run(_FLOW, inputs, account, client, self._name)
            is_barred = report is not None and report.exit is Exit.GUARDED
            if is_barred and (interrupted := interrupted_run(*collecting)):
                self._lines.info(say("this job goes on with one that was stopped before"))
                report = self._run(_FLOW, inputs, account, client, interrupted.run)
        except InvalidValues as error:
            names = [one.where for one in error.problems]
            if not {name.partition("[")[0] for name in names} & set(form):
                raise
            self._lines.error(say("SGE cannot be asked with what the account says"))
            return JobEnd(code=LOGIN_FAILED)
        if report is None:
            self._lines.info(say("this job is done already"))
            return JobEnd()
        self._lines.report(report)
        return end_for(report.failure.code if report.failure else "", report.exit)

    def _run(
        self,
        flow: str,
        inputs: Mapping[str, Any],
        account: Account,
        client: AccountClient | None,
        name: str | None,
    ) -> RunReport | None:
        """Run a flow, or resume the run of this name; None if that run has ended well."""
        home = self._home
        before = run_state(home, name, inputs) if name else None
        if before is not None and before.exit is not None:
            return None
        options, goes_on = replace(self._options, run=name), False
        if before is not None:
            try:
                check_open(before.entry)
                check_resumable(
                    home, find_run(home, before.entry.run), self._workspace, changed=False
                )
                options, goes_on = self._options.to_go_on(before.entry, home), True
            except (UsageError, GuardError):  # the run cannot be resumed: a new one begins
                options = self._options
        with open_context(self._workspace, options) as context, self._store(home, client) as store:
            point = inputs["pointId"]
            self._move_in(store, point, account)
            had_state = bool(store.recall(COLLECTION, point))
            values = kept_inputs(context.journal, context.session.run) if goes_on else inputs
            session = replace(context.session, store=store)
            job_context = replace(context, session=session, stopping=self._stop, asked=inputs)
            chosen = self._workspace.flow(flow)
            report = run_in(job_context, chosen, values, lambda _: None, goes_on=goes_on)
            if client is not None and store.is_own(point):
                # a write during the run may have failed
                if state := store.recall(COLLECTION, point):
                    self._keep_in_account(client, point, state)
                elif had_state:
                    self._forget_in_account(client)
        return report

    def _store(self, home: StateLocation, client: AccountClient | None) -> AccountStore:
        customers = self._deletions.customers_of(self._job.account)
        return AccountStore(
            home.store(self._environment.name),
            lambda point, state: self._keep_in_account(client, point, state),
            lambda: self._forget_in_account(client),
            lambda number: self._deletions.note_customer(self._job.account, number),
            customers[-1] if customers else None,
        )

    def _move_in(self, store: AccountStore, point: str, account: Account) -> None:
        """Copy the values that another program has written into the account to the store."""
        state = account.state(self._member_names)
        if store.present_number(point) is not None and not store.is_own(point):
            return  # the values of another customer
        if not state.keys() & {"boId", "consentEnded"} or store.recall(COLLECTION, point):
            return
        if (account.served_point(self._member_names) or point) != point:
            if "boId" in state:
                self._lines.warning(
                    say("the account has another point now; the service of the one before runs on")
                )
            return
        state.pop("pointId", None)
        Store.remember(store, COLLECTION, point, state)
        if "boId" in state:
            self._lines.info(say("the account goes on with the service that it has"))

    def _keep_in_account(
        self, client: AccountClient | None, point: str, state: Mapping[str, Any]
    ) -> None:
        """Write the state of a point into the account too; the store has it in any case."""
        try:
            if client is not None:  # None: the account is deleted
                client.merge({**state, "pointId": point}, self._member_names)
        except SgeflowError as error:
            self._lines.warning(about(error))

    def _forget_in_account(self, client: AccountClient | None) -> None:
        """Remove the state from the account too, so that an ended consent is not used again."""
        try:
            if client is not None:
                client.forget(self._member_names)
        except SgeflowError as error:
            self._lines.warning(about(error))

    # -- a deleted account -------------------------------------------------------------------------

    def _delete(self, client: AccountClient) -> JobEnd:
        """Stop the service of the account; the list of deletions has the account until then."""
        name, deletions = self._job.account, self._deletions
        today = moment(self._options).date().isoformat()
        deletion = Deletion(account=name, point=deletions.point_of(name), since=today)
        try:
            if deletion.point:  # noted first, because the Cozy may refuse to give the account
                deletions.note(deletion)
            account = client.read()
            served = account.served_point(self._member_names)
            point = served or account.inputs().get("pointId") or deletion.point
            if not point:
                self._lines.info(say("the account had no point: nothing runs for it"))
                return JobEnd()
            is_ours, deletion = bool(deletion.point), replace(deletion, point=point)
            if not is_ours and account.is_unclear(self._environment.accounts):
                deletions.note(replace(deletion, code=UNCLEAR))
                self._lines.error(UNCLEAR_DATA)
                self._lines.error(RUNS_ON)
                return JobEnd(code=UNKNOWN_ERROR)
            deletions.note(deletion)
            return self._stop_service(deletion, account)
        except SgeflowError as error:
            deletions.note(replace(deletion, code=end_for("", error.exit).code))
            self._lines.error(RUNS_ON)
            raise

    def _stop_service(self, deletion: Deletion, account: Account) -> JobEnd:
        with self._store(self._home, None) as store:  # a later attempt cannot read the account
            self._move_in(store, deletion.point, account)
        for inputs in deletion_inputs(
            self._deletions, self._root, self._environment.name, deletion
        ):
            name, earlier = self._name, inputs.get("customer")
            if name and earlier:
                name = f"{name}-{earlier}"
            report = self._run(DELETION, inputs, account, None, name)
            if report is None:  # an earlier start of this job has done it
                continue
            end = self._deletions.note_result(deletion, report)
            if end.code:
                self._lines.error(RUNS_ON)
                self._lines.failure(report)
                return end
        self._deletions.remove(deletion.account)
        return JobEnd()

    # -- details ----------------------------------------------------------------------------------

    @contextmanager
    def _limit(self) -> Iterator[None]:
        """Stop the run in time: its last request must end before the stack kills this process."""
        longest = max(one.limits.total_timeout for one in self._environment.endpoints.values())
        left = max(self._job.limit - longest, self._job.limit / 2)
        timer = threading.Timer(left, self._stop.set)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def run_job(
    variables: Mapping[str, str],
    folder: Path,
    write: Callable[[str], None],
    options: Options,
    *,
    state: str,
    project: Path | None = None,
) -> int:
    """Do one job and return the exit code of the process.

    Args:
        variables: the environment variables, which the stack sets.
        folder: the konnector's files, which the stack removes afterwards.
        write: writes a line without a buffer, because the process may be killed.
        options: the environment, and whether orders are confirmed.
        state: where journals and measures are kept: a folder, or the address of a server.
        project: the folder of the operator's documents.
    """
    lines = Lines(write)
    try:
        end = _work(read_job(variables), lines, options, _state_root(state, folder), project).do()
    except InterruptedRun:
        lines.error(say("the time that the stack gives is over; the next start goes on"))
        end = end_for("", Exit.INTERRUPTED)
    except SgeflowError as error:
        lines.error(about(error))
        end = end_for("", error.exit)
    except Exception as error:  # noqa: BLE001 - whatever it is, the stack is told in its form
        lines.error(say("a bug of sgeflow: {error}", error=type(error).__name__))
        end = JobEnd(code=UNKNOWN_ERROR)
    lines.end(end)
    return end.exit


def _work(
    job: StackJob, lines: Lines, options: Options, state: str, project: Path | None
) -> AccountWork:
    """The work on the account; a deletion that fails here is noted on the operator's list."""
    try:
        return AccountWork(job, lines, open_catalog(project), options, state)
    except SgeflowError as error:
        if job.deleted_revision is not None:
            note_unread(job.account, options, state, project, end_for("", error.exit).code)
            lines.error(RUNS_ON)
        raise


def _state_root(state: str, folder: Path) -> str:
    """The place of the state.

    Raises:
        UsageError: the place is missing, or in the folder that the stack removes.
    """
    if not state:
        message = say("it is not said where the state is kept")
        raise UsageError.of(Id.USAGE, message, note=say("set SGEFLOW_STATE"))
    root = folder if folder.is_dir() else folder.parent
    if "://" not in state and Path(state).resolve().is_relative_to(root.resolve()):
        message = say("the state lies in the folder that the stack removes after each job")
        raise UsageError.of(Id.USAGE, message, note=say("set SGEFLOW_STATE"))
    return state
