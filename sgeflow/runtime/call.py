"""Calling one operation, reading a saved reply, and showing what would be sent."""

import time
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from sgeflow.adapters.state.records import named_call
from sgeflow.core.documents import Environment, Operation
from sgeflow.core.engine.call import call_with_values
from sgeflow.core.engine.step import Done, End, Failed
from sgeflow.core.language.expression import compile_path
from sgeflow.core.language.parameters import fill
from sgeflow.core.language.rows import plain, plain_argument
from sgeflow.core.model import Failure, Fault, Kind, NoAnswer, Outcome, Request, Status
from sgeflow.errors import Exit, SgeflowError
from sgeflow.runtime.arguments import check_arguments
from sgeflow.runtime.driver import Driver, Listener, SafeListener
from sgeflow.runtime.journal.log import JournalLog
from sgeflow.runtime.journal.recovery import RecordedAnswers
from sgeflow.runtime.log_lines import log_end
from sgeflow.runtime.masking import masking
from sgeflow.runtime.options import Options, options_of
from sgeflow.runtime.project import Workspace, open_catalog
from sgeflow.runtime.run_context import (
    RunContext,
    beginning,
    deadline_of,
    open_context,
    start_event,
    tell_end,
)
from sgeflow.runtime.session import chosen_environment
from sgeflow.values import Discreet


class CallResult(Discreet, Outcome, frozen=True, kw_only=True):
    """The result of a call: its outputs, or its failure.

    Attributes:
        operation: its name in the catalogue.
        outputs: what its response paths gave, by name; empty when it failed.
        failure: why it did not succeed; None when it did.
        seconds: how long it took.
        reply: the answer as it was received, the last one of several attempts.
        lacks_recording: whether a recording was asked for and could not be written.
        warnings: of a listener that raised an error.
    """

    withheld = frozenset({"reply"})

    operation: str
    outputs: Mapping[str, Any]
    failure: Failure | None
    seconds: float = 0.0
    reply: bytes | None = None
    lacks_recording: bool = False
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain data in English, without the reply."""
        return {
            "operation": self.operation,
            "exit": int(self.exit),
            "outputs": plain_argument(self.outputs),
            "warnings": [str(text) for text in self.warnings],
            "seconds": round(self.seconds, 3),
            **({"failure": self.failure.to_dict()} if self.failure else {}),
        }

    @property
    def exit(self) -> Exit:
        """The exit code of a command that ends with this result."""
        if self.failure is not None:
            return self.failure.problem.id.exit
        return Exit.PARTIAL if self.lacks_recording else Exit.OK


@check_arguments
def call(
    operation: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    workspace: Workspace | None = None,
    options: Options | None = None,
    unchecked: bool = False,
    timeout: float | None = None,
    listener: Listener = lambda _: None,
) -> CallResult:
    """Call one operation.

    Args:
        operation: its name in the catalogue.
        parameters: a mapping of values by their XSD names; the others take their defaults.
        workspace: an opened project; by default the one of the current folder.
        options: environment, date, cassette, state folder.
        unchecked: send it although values are invalid or break a rule: the service is to say so.
        timeout: the seconds for everything, with retries and waiting for the rate, beside the
            limits of the environment. An order that was sent and not answered is unknown.
        listener: told of the start and of each try.

    Returns:
        The outputs (the operation's response paths), or the failure.

    Raises:
        InvalidDocuments, InvalidValues, UsageError, CredentialsError: nothing was sent.
    """
    deadline = deadline_of(timeout)
    opened = workspace or open_catalog()
    chosen = opened.operation(operation)
    settings = options_of(options)
    environment, bindings = chosen_environment(opened, settings), opened.library.bindings
    called = (operation, *([chosen.reconcile.call] if chosen.reconcile else ()))
    services = tuple(bindings[name].wire(environment).service for name in called)
    with (
        tell_end(listener) as end,
        open_context(opened, settings, services=services) as context,
    ):
        own = replace(context, deadline=deadline)
        end.report = call_on(own, chosen, parameters or {}, listener, unchecked=unchecked)
    result: CallResult = end.outcome()
    return replace(result, lacks_recording=context.session.lacks_recording)


def fill_parameters(
    operation: Operation,
    parameters: Mapping[str, Any],
    environment: Environment,
    today: str,
    *,
    unchecked: bool = False,
) -> dict[str, Any]:
    """The values of a call's parameters on a day, with defaults, checked; raises InvalidValues."""
    return fill(
        operation.parameters,
        parameters,
        {"env": environment.facts(), "run": {"today": today}},
        rules=operation.rules,
        owner=operation.name,
        unchecked=unchecked,
    )


def prepare_request(
    workspace: Workspace,
    operation: str,
    parameters: Mapping[str, Any],
    environment: Environment,
    today: str,
    *,
    unchecked: bool = False,
) -> Request:
    """The request that a call on a day would send, for a dry run."""
    chosen = workspace.operation(operation)
    values = fill_parameters(chosen, parameters, environment, today, unchecked=unchecked)
    return workspace.library.bindings[operation].request(values, environment)


def extract(workspace: Workspace, operation: str, reply: bytes) -> CallResult:
    """Read a saved reply (an envelope, or its body) with the operation's response paths."""
    binding = workspace.library.bindings[workspace.operation(operation).name]
    result = binding.read_saved(reply)
    if isinstance(result, Fault | NoAnswer):
        failure = Failure(
            code=getattr(result, "code", "") or result.problem.id.code,
            problem=result.problem,
            fault_class=result.fault_class,
        )
        return CallResult(operation=operation, outputs={}, failure=failure, reply=reply)
    return CallResult(operation=operation, outputs=result, failure=None, reply=reply)


def call_on(
    context: RunContext,
    operation: Operation,
    parameters: Mapping[str, Any],
    listener: Listener,
    *,
    unchecked: bool = False,
) -> CallResult:
    """Call an operation in an open context, once its parameters are filled and checked."""
    session, safe = context.session, SafeListener(listener)
    values = fill_parameters(
        operation, parameters, session.environment, session.today, unchecked=unchecked
    )
    if operation.kind is not Kind.READ and session.guard.watches:
        from sgeflow.runtime.journal.pairing import check_store

        check_store(context.journal, session.home, session.environment.name)
    # held, so that nobody settles its order by hand while the call waits for the answer
    with tell_end(safe) as end, beginning(context) as own:
        end.report = _call(own, operation, parameters, values, safe, unchecked=unchecked)
    result: CallResult = end.outcome()
    log_end(operation.name, result)
    return result


def _call(
    context: RunContext,
    operation: Operation,
    parameters: Mapping[str, Any],
    values: Mapping[str, Any],
    listener: SafeListener[Any],
    *,
    unchecked: bool,
) -> CallResult:
    session, journal = context.session, context.journal
    facts = replace(session.facts(context.workspace).into(operation.name), is_resumable=False)
    facts = replace(facts, deadline=context.deadline)
    hidden = masking(session.secrets, operation.parameters, parameters)
    listener(start_event(session, operation.title))
    began = time.monotonic()
    journal.begin(context.start(named_call(operation.name)))
    log = JournalLog(
        journal=journal,
        run=session.run,
        secrets=hidden.kept_out,
        hide=hidden.hide_values,
        hide_path=hidden.hide_path,
        guard=session.guard,
        hold=context.hold,
        ahead=session.ahead,
        day=session.day(RecordedAnswers()),
    )
    driver = Driver(
        transport=session.transport,
        recorder=session.recorder,
        log=log,
        listen=hidden.masked_listener(listener),
        learn=hidden.learn,
        mask_foreign=hidden.foreign,
        learn_secrets=hidden.learn_secrets,
        day=log.day,
        patient=session.patient,
    )
    end: End = driver.run(call_with_values(operation.name, values, facts, unchecked=unchecked))
    result = CallResult(
        operation=operation.name,
        outputs=plain(end.outputs) if isinstance(end, Done) else {},
        failure=hidden.failure(end.failure) if isinstance(end, Failed) else None,
        seconds=time.monotonic() - began,
        reply=driver.last_reply.body if driver.last_reply else None,
        warnings=tuple(listener.warnings),
    )
    status = Status.FAILED if result.failure else Status.DONE
    context.end(status, exit_code=result.exit)
    return result


def search_reply(workspace: Workspace, operation: str, reply: bytes, expression: str) -> Any:
    """The value of an expression over a saved reply as plain data.

    Raises:
        InvalidDocuments: it is not JMESPath.
        EvaluationError: it met a value it cannot work with.
        SgeflowError: the reply is a fault, or none of this operation.
    """
    binding = workspace.library.bindings[workspace.operation(operation).name]
    compiled = compile_path(expression)
    opened = binding.open_saved(reply)
    if isinstance(opened, Fault | NoAnswer):
        raise SgeflowError(opened.problem)
    return opened.search(compiled)
