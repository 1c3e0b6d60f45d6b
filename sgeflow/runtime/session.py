"""An environment, opened: its transport, stores and date; simulated, recorded or replayed."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.secrets import SecretsInUse
from sgeflow.adapters.state.identity_key import IdentityKey
from sgeflow.adapters.state.locations import StateLocation, checked_name
from sgeflow.adapters.state.records import RunEntry, Uptime, uptime
from sgeflow.adapters.variables import variables
from sgeflow.core.documents import Environment
from sgeflow.core.engine.ports import Transport
from sgeflow.core.engine.step import Flow, Run
from sgeflow.core.language.dates import FIRST_IN_USE, LAST_IN_USE, is_in_use
from sgeflow.core.measures.civil_time import PARIS, civil
from sgeflow.core.model import DEFAULT_ENVIRONMENT, DEFAULT_SCENARIO, ONLY_STUBS
from sgeflow.errors import Id, UsageError
from sgeflow.messages import say
from sgeflow.runtime.data_files import OutputPlace, place_in
from sgeflow.runtime.journal.log import CLOCK, Guard
from sgeflow.runtime.journal.recovery import RecordedAnswers
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.right_day import RunDay
from sgeflow.runtime.state_location import home_of, others_of
from sgeflow.runtime.transports import open_transport

if TYPE_CHECKING:
    from sgeflow.adapters.cassettes.recording import RecordingTransport
    from sgeflow.adapters.state.store import Store
    from sgeflow.simulator.certificates import Certificates
    from sgeflow.simulator.simulator import Simulator

_HALF_A_DAY = 43_200.0
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Session(Struct, frozen=True, kw_only=True):
    """The environment of a run, opened: transport, store, secrets, and the date."""

    run: str
    today: str
    now: str
    environment: Environment
    transport: Transport
    store: Store | None
    home: StateLocation
    secrets: SecretsInUse
    identity: IdentityKey  # the key that marks customers
    guard: Guard
    defaults: Mapping[str, Any]
    simulated: str = ""  # the scenario; empty in real environments
    state: Mapping[str, Any] = field(default_factory=dict)  # simulated state of flows, by key
    metadata: dict[str, Any] = field(default_factory=dict)  # of the cassette being recorded
    replayed: bool = False
    patient: bool = True  # pauses take their time
    files: Path | None = None  # flows write only into this folder
    written: OutputPlace = field(default_factory=OutputPlace)  # without a folder
    recorder: RecordingTransport | None = None  # of the cassette being recorded
    began: float = 0.0  # when `now` was read, in epoch seconds
    date_read_at: Uptime | None = None  # the uptime when `today` was read; None: by another process

    @property
    def lacks_recording(self) -> bool:
        """Whether a recording was requested and was not written, once the session is closed."""
        return self.recorder is not None and not self.recorder.is_written

    @property
    def ahead(self) -> int:
        """The days by which its date is ahead of the clock's; 0 unless a date was given."""
        now = datetime.fromisoformat(self.now)
        is_own = abs(now.timestamp() - self.began) < _HALF_A_DAY
        return 0 if is_own else (now.date() - civil(int(self.began)).date()).days

    def check_customers(self, workspace: Workspace, flow: Flow) -> None:
        """Check the key of customers, if a flow, or a flow that it calls, marks customers.

        Raises:
            CredentialsError: the key is missing, invalid, or not that of the state.
        """
        from sgeflow.core.engine.walk import called_flows

        called = called_flows(workspace.catalog.flows, flow.name).values()
        if self.store is not None and any(one.known_after for one in called):
            self.identity.check(self.store.any_mark())

    def begun_now(self) -> Session:
        """Return the session with the current time; a given or simulated date stays."""
        if self.ahead or self.simulated or self.replayed:
            return self
        now = _now(None, None)
        return replace(
            self,
            today=now.date().isoformat(),
            now=now.isoformat(timespec="seconds"),
            began=time.time(),
            date_read_at=uptime(),
        )

    def as_begun(self, entry: RunEntry) -> Session:
        """Return the session of a resumed run, with the date of its start."""
        return replace(
            self,
            run=entry.run,
            today=entry.today,
            now=entry.now,
            began=entry.started,
            date_read_at=None,
        )

    def day(self, before: RecordedAnswers) -> RunDay | None:
        """Return the check of the run's date; None for simulations and replays."""
        if self.simulated or self.replayed:
            return None
        return RunDay(
            today=self.today,
            read_at=self.date_read_at,
            is_resumed=bool(before.run),
            has_ordered=bool(before.tokens),
            ahead=before.results.get(CLOCK, 0.0),
        )

    @property
    def place(self) -> OutputPlace:
        """The place of the files that flows write."""
        return replace(self.written, folder=self.files)

    def facts(self, workspace: Workspace) -> Run:
        """Return the facts that every step of the run sees."""
        return Run(
            id=self.run,
            today=self.today,
            now=self.now,
            environment=self.environment,
            library=workspace.library,
        )

    def facts_of(self, workspace: Workspace, flow: Flow) -> Run:
        """Return the facts of a run of a flow, with the words of its documents that may be kept."""
        own = workspace.vocabulary(flow)
        return replace(self.facts(workspace), words=own.words, names=own.names)

    def inputs(self, flow: Flow, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return given inputs on top of the environment's defaults."""
        known = {name: value for name, value in self.defaults.items() if name in flow.inputs}
        return {**known, **values}


def open_session(
    workspace: Workspace, options: Options, stack: ExitStack, *, services: tuple[str, ...] = ()
) -> Session:
    """Open an environment for runs or calls; the stack closes it.

    A single call names its `services`: it needs no secrets of the others, keeps no measures, and
    gets a session without a store.

    Raises:
        UsageError: the environment or scenario is unknown, or the date is invalid.
        CredentialsError: a secret or certificate is missing.
        ReplayMiss: the cassette cannot be used.
    """
    session = _open(workspace, options, stack, services or None)
    if services:
        return session
    from sgeflow.adapters.state.store import Store

    store = stack.enter_context(Store(session.home.store(session.environment.name)))
    written = place_in(workspace.project, options, session.home, session.environment)
    return replace(session, store=store, written=written)


def chosen_environment(
    workspace: Workspace, options: Options, recorded: Mapping[str, Any] = NOTHING
) -> Environment:
    """Return the environment of the options, the recording, the variables, or the default."""
    name = options.environment or recorded.get("environment") or variables().env
    environment = workspace.environment(name or DEFAULT_ENVIRONMENT)
    if not options.services or environment.simulated:  # a simulation sends nothing outside
        return environment
    return replace(environment, endpoints={**environment.endpoints, **options.services})


def moment(options: Options, recorded: Mapping[str, Any] = NOTHING) -> datetime:
    """Return the moment that the whole run takes for now."""
    today = options.today or recorded.get("today") or variables().today
    return _now(today, options.now or recorded.get("now"))


def simulated_people(
    workspace: Workspace,
    environment: Environment,
    today: str,
    options: Options,
    tls: Certificates | None = None,
) -> Simulator | None:
    """Return the simulator of a simulated environment, not yet listening.

    None for a real environment, and if stubs answer for all its services in a project without
    people.
    """
    if not environment.simulated:
        return None
    scenario = options.scenario or variables().scenario or environment.scenario
    stubbed = not any(one.is_simulated for one in environment.endpoints.values())
    if stubbed and scenario == DEFAULT_SCENARIO and not workspace.catalog.people:
        return None
    workspace.check_usable("people")
    if not workspace.catalog.people:
        raise nothing_to_play()
    from sgeflow.simulator.simulator import Simulator

    workspace.check_usable("scenarios", scenario)
    return Simulator(
        workspace.catalog,
        today=today,
        scenario=scenario,
        generation=environment.generation,
        faults=options.faults,
        fleet=options.fleet,
        tls=tls,
    )


def nothing_to_play() -> UsageError:
    """Return the error of a project without people whose environment needs the simulator."""
    message = say("this project has nothing that the simulator plays")
    remedy = say("it plays the shipped services; for others write stubs in a simulated environment")
    return UsageError.of(Id.USAGE, message, details=(("remedy", remedy),))


def new_run() -> str:
    """Return a new id: 64 random bits, so that the ids of all machines differ."""
    return os.urandom(8).hex()


def _open(
    workspace: Workspace, options: Options, stack: ExitStack, only: tuple[str, ...] | None
) -> Session:
    set_ = variables()
    recorded: Mapping[str, Any] = {}
    if options.replay is not None:
        from sgeflow.adapters.cassettes.file import read_metadata

        recorded = read_metadata(options.replay)
    environment = chosen_environment(workspace, options, recorded)
    now = moment(options, recorded)
    today = now.date().isoformat()
    scenario = options.scenario or recorded.get("scenario") or set_.scenario or environment.scenario
    people = simulated_people(workspace, environment, today, replace(options, scenario=scenario))
    run = checked_name(options.run or recorded.get("run") or new_run(), or_row=True)
    metadata = {"run": run, "today": today, "now": now.isoformat(), "environment": environment.name}
    if people and scenario is not None:
        metadata["scenario"] = scenario
    if options.replay is None:
        home = home_of(options.state, workspace.project, environment)
    else:  # a replay keeps nothing
        import shutil
        import tempfile

        # a `TemporaryDirectory` would be deleted by a forked process too
        folder = tempfile.mkdtemp(prefix="sgeflow-")
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        home = StateLocation(folder=Path(folder))
    guard = Guard(watches=False)  # simulated orders have no conditions
    if not environment.simulated and options.replay is None:
        guard = Guard(
            lasts={name: one.limits.total_timeout for name, one in environment.endpoints.items()},
            confirmed=options.confirm_orders or not environment.confirm_orders,
            repeat_after=environment.repeat_after,
        )
    # a replay stores nothing and needs no secret
    marked = environment if options.replay is None else replace(environment, identity_key="")
    offline = set_.offline if options.offline is None else options.offline
    transport, secrets, recorder = open_transport(
        environment,
        replace(options, offline=offline),
        stack,
        home=home,
        people=people,
        only=only,
        metadata=metadata,
    )
    return Session(
        run=run,
        today=today,
        now=now.isoformat(timespec="seconds"),
        environment=environment,
        transport=transport,
        store=None,
        home=home,
        secrets=secrets,
        guard=replace(guard, elsewhere=lambda: others_of(home, workspace.project, environment)),
        defaults={**(people.household if people else {}), **environment.inputs},
        simulated=scenario if people else ONLY_STUBS if environment.simulated else "",
        state={people.household["pointId"]: people.state} if people else {},
        metadata=metadata,
        replayed=options.replay is not None,
        patient=options.patient and options.replay is None,
        files=options.folder,
        recorder=recorder,
        began=time.time() if options.began is None else options.began,
        identity=IdentityKey(marked, home, options.sources()),
        date_read_at=uptime() if options.began is None else None,
    )


def _now(today: str | None, now: str | None) -> datetime:
    """Return the present moment in France, or the same time of day on a given date."""
    current = datetime.fromisoformat(now) if now else datetime.now(PARIS)
    if today is None:
        return current
    try:
        day = date.fromisoformat(today)
    except ValueError:
        message = say('"{today}" is not a date', today=today)
        raise UsageError.of(Id.USAGE, message, allowed=("YYYY-MM-DD",)) from None
    if not is_in_use(day.isoformat()):
        message = say("{today} is a day that nothing can be counted from", today=today)
        allowed = (say("{first} to {last}", first=FIRST_IN_USE, last=LAST_IN_USE),)
        raise UsageError.of(Id.USAGE, message, allowed=allowed)
    return current.replace(year=day.year, month=day.month, day=day.day)
