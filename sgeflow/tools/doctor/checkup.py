"""The checkup of an environment: its documents, its endpoints, and this machine."""

import os
import platform
import shutil
import ssl
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from msgspec.structs import replace

from sgeflow.adapters import decryption, project_files, secrets
from sgeflow.adapters.cache import chosen_folder, is_ours
from sgeflow.adapters.project_files import show_path
from sgeflow.adapters.resolved_endpoints import resolve_all
from sgeflow.adapters.state.identity_key import IdentityKey
from sgeflow.adapters.state.locations import DatabaseSchema, StateLocation, is_there
from sgeflow.adapters.state.open import probe_server
from sgeflow.adapters.state.store import Store
from sgeflow.adapters.variables import variables
from sgeflow.core.documents import Environment
from sgeflow.core.engine.walk import steps_of
from sgeflow.core.model import DEFAULT_ENVIRONMENT
from sgeflow.errors import CredentialsError, Id, Problem, SgeflowError, UsageError
from sgeflow.messages import (
    Message,
    from_table,
    join_items,
    os_error_text,
    say,
    say_count,
    verbatim,
)
from sgeflow.runtime.project import Workspace, open_catalog
from sgeflow.runtime.state_location import home_of
from sgeflow.tools.doctor import verdicts
from sgeflow.tools.doctor.endpoint import CheckOptions, EndpointCheck
from sgeflow.tools.doctor.verdicts import (
    CheckStatus,
    Checkup,
    Finding,
    FindingGroup,
    Folder,
    failure,
    fine,
    of_problem,
    skip,
)
from sgeflow.version import __version__

_DOCUMENTS, _SECRETS, _STATE = say("documents"), say("secrets"), say("state")
_VERSIONS, _CUSTOMERS, _SETTINGS = say("versions"), say("customers"), say("settings")


def check_up(
    folder: Path | None = None,
    environment: str | None = None,
    *,
    state: str | None = None,
    offline: bool | None = None,
    warn_days: int = 30,
) -> Checkup:
    """Check everything that calls to an environment need; no call is made and nothing is stored.

    Args:
        folder: the project; by default the nearest folder upwards that has documents.
        environment: its name; by default that of `SGEFLOW_ENV`, else the simulator.
        state: where journal and measures are, when not as the environment says.
        offline: leave out what leaves this machine; by default as `SGEFLOW_OFFLINE` says.
        warn_days: certificates and tokens that expire within so many days are warned of.

    Raises:
        UsageError: there is no such project or environment, or the days are less than none.
    """
    if warn_days < 0:
        raise UsageError.of(Id.USAGE, say("--warn-days is a number of days, 0 or more"))
    set_ = variables()
    options = CheckOptions(
        now=datetime.now(UTC),
        warn_days=warn_days,
        offline=set_.offline if offline is None else offline,
    )
    name, workspace = environment or set_.env or DEFAULT_ENVIRONMENT, open_catalog(folder)
    is_lacking = ("environments", name) in workspace.lacking
    known = None if is_lacking else workspace.environment(name)
    in_use = _in_use(known, workspace) if known else None
    first = [*_documents(name, workspace), *(_environment(in_use) if in_use else ())]
    groups = [FindingGroup(name="environment", title=say("environment"), findings=tuple(first))]
    checks: list[EndpointCheck] = []
    if in_use and not in_use.simulated:
        checks = [
            EndpointCheck(declared=endpoint, environment=in_use, options=options)
            for endpoint in in_use.endpoints.values()
        ]
    groups += [
        FindingGroup(
            name=check.declared.name,
            title=say(
                "{name} · {host}",
                name=check.declared.name,
                host=urlsplit(check.declared.base_url).netloc.rpartition("@")[2],
            ),
            findings=tuple(check.findings()),
        )
        for check in checks
    ]
    if known and in_use:
        groups += _placeholders(known, in_use)
    lags = [check.lag for check in checks if check.lag]
    if known is None:
        why_not = say("the environment has mistakes")
    elif known.simulated:
        why_not = say("no server is asked")
    elif options.offline:
        why_not = say("nothing may leave this machine (--offline)")
    else:
        why_not = say("no server told the time")
    last = [
        *_machine(workspace.project, known, state, offline=options.offline),
        verdicts.clock(lags, why_not),
    ]
    groups.append(FindingGroup(name="machine", title=say("this machine"), findings=tuple(last)))
    return Checkup(
        environment=name,
        title=known.title if known else "",
        simulated=bool(known and known.simulated),
        groups=tuple(groups),
    )


def _documents(name: str, workspace: Workspace) -> Iterator[Finding]:
    """Each unreadable document, and the first of the other mistakes."""
    problems = workspace.problems
    if not problems:
        catalog = workspace.catalog
        count = sum(map(len, (catalog.operations, catalog.flows, catalog.environments)))
        message = say_count("{count} without a mistake", "{count} without a mistake", count=count)
        yield fine(_DOCUMENTS, message)
        return
    for problem in problems:
        if problem.id is Id.UNREADABLE:
            yield failure(_DOCUMENTS, problem.id, problem.message, problem.note)
    others = [problem for problem in problems if problem.id is not Id.UNREADABLE]
    own = [p for p in others if p.at and Path(p.at.file).stem == name] or others
    if not own:
        return
    first = own[0]
    message = say_count(
        "{count} mistake, at {place}: {message}",
        "{count} mistakes, the first at {place}: {message}",
        count=len(others),
        place=str(first.at or first.where),
        message=first.message,
    )
    yield failure(_DOCUMENTS, first.id, message, say("sgeflow validate shows all of them"))


# -- the environment ------------------------------------------------------------------------------


def _in_use(environment: Environment, workspace: Workspace) -> Environment:
    """The environment without placeholders that no document uses.

    A placeholder is an address or fact of an example, or a service with a missing secret. If
    documents have mistakes, all is in use.
    """
    if workspace.problems or environment.simulated:
        return environment
    catalog = workspace.catalog
    used = {step.uses.service for flow in catalog.flows.values() for step in steps_of(flow)}
    for operation in catalog.operations.values():
        used.add(operation.route.service if operation.envelope.body else "")
        used.add(operation.rest.service if operation.rest else "")
    texts = workspace.sources.texts.values()
    return replace(
        environment,
        login=environment.login if any("env.login" in text for text in texts) else "",
        contract_id=environment.contract_id if any("env.contract" in t for t in texts) else "",
        endpoints={
            name: endpoint
            for name, endpoint in environment.endpoints.items()
            if name in used or not _is_placeholder(name, environment)
        },
    )


def _is_placeholder(name: str, environment: Environment) -> bool:
    endpoint = environment.endpoints[name]
    if verdicts.is_example(urlsplit(endpoint.base_url).hostname or ""):
        return True
    try:
        resolve_all(environment, (name,))
    except CredentialsError:
        return True
    return False


def _placeholders(known: Environment, in_use: Environment) -> Iterator[FindingGroup]:
    for name in known.endpoints.keys() - in_use.endpoints.keys():
        why = say("it is not filled in, and no operation and no flow uses it")
        yield FindingGroup(name=name, title=verbatim(name), findings=(skip(_SETTINGS, why),))


def _environment(environment: Environment) -> Iterator[Finding]:
    if environment.simulated:
        yield fine(
            say("servers"),
            say("none: everything is simulated; --env NAME checks another environment"),
        )
        yield from verdicts.stubs(environment)
        needed = {n: e for n, e in environment.endpoints.items() if environment.is_reached(n)}
        inside = replace(environment, endpoints=needed)
        if secrets.names(inside) or inside.file_keys:
            yield from _secrets(inside)
        return
    yield from verdicts.filled_in(environment)
    yield from _secrets(environment)
    rights = {}
    for path in secrets.files(environment):
        with suppress(OSError):  # another check reports that it cannot be read
            rights[str(path)] = path.stat().st_mode
    yield from verdicts.rights(rights)


def _secrets(environment: Environment) -> Iterator[Finding]:
    """Each missing secret; the remedy names the places where sgeflow looks for it."""
    problems: dict[str, Problem] = {}
    for needed in (resolve_all, decryption.file_keys):
        if needed is decryption.file_keys and not environment.file_keys:
            continue
        try:
            needed(environment)
        except CredentialsError as error:
            problems.update((problem.message, problem) for problem in error.problems)
    if problems:
        for problem in problems.values():
            yield of_problem(_SECRETS, problem, say("set it"))
        return
    names = secrets.names(environment)
    if names:
        yield fine(_SECRETS, say("all found: {names}", names=join_items(names)))
    else:
        yield fine(_SECRETS, say("none is needed"))


# -- the machine ----------------------------------------------------------------------------------


def _machine(
    project: project_files.Project,
    environment: Environment | None,
    state: str | None,
    *,
    offline: bool,
) -> Iterator[Finding]:
    openssl = " ".join(ssl.OPENSSL_VERSION.split()[:2])
    versions = f"sgeflow {__version__}, Python {platform.python_version()}, {openssl}"
    yield fine(_VERSIONS, verbatim(versions))
    finding, place = _state(project, environment, state, offline=offline)
    yield finding
    if environment and not environment.simulated and finding.status is CheckStatus.FINE:
        yield from _customers(environment, home_of(state, project, environment))
    free = shutil.disk_usage(place if place.exists() else _above(place)).free
    yield verdicts.disk(project_files.show_path(place), free)
    if (path := chosen_folder()) is None:
        yield verdicts.cache(None)
        return
    cache = _look_at_folder(path)
    if cache.exists and not cache.trouble and not is_ours(path.stat()):
        why = say("another user owns it or may write to it")
        cache = Folder(path=cache.path, exists=True, trouble=why)
    yield verdicts.cache(cache)


def _state(
    project: project_files.Project,
    environment: Environment | None,
    state: str | None,
    *,
    offline: bool,
) -> tuple[Finding, Path]:
    """The check of the state, and the folder whose disk has its files."""
    place = project.state
    if environment is None:
        return skip(_STATE, say("the environment has mistakes")), place
    try:
        home = home_of(state, project, environment)
        place = home.folder
        if isinstance(home.journal, DatabaseSchema) and offline:
            return skip(_STATE, say("nothing may leave this machine (--offline)")), place
        if isinstance(home.journal, DatabaseSchema):
            address, may_create = probe_server(home.journal)
            return verdicts.server(address, may_create=may_create), place
    except SgeflowError as error:
        remedy = say("check `state` of the environment")
        return of_problem(_STATE, error.problems[0], remedy), place
    kept = (home.journal, home.pace, home.store(environment.name))
    databases = [one for one in kept if isinstance(one, Path)]
    return verdicts.state(_look_at_folder(place, databases)), place


def _customers(environment: Environment, home: StateLocation) -> Iterator[Finding]:
    """Check that the key of customers exists, is readable by its owner only, and fits the state."""
    key, place, known = IdentityKey(environment, home), home.store(environment.name), ""
    if isinstance(place, Path) and is_there(place):  # on a server, nothing is created for the check
        with Store(place) as store:
            known = store.any_mark()
    try:
        key.check(known)
    except CredentialsError as error:
        problem = error.problems[0]
        finding = of_problem(_CUSTOMERS, problem, "")
        is_needed = known or environment.identity_key or key.file
        yield finding if is_needed else replace(finding, status=CheckStatus.WARNING)
        return
    if key.file is None or key.file.exists():
        path = project_files.show_path(key.file) if key.file else None
        yield verdicts.customers(path, key.file.stat().st_mode if key.file else 0)


def _look_at_folder(path: Path, databases: Iterable[Path] = ()) -> Folder:
    """Whether files can be written to a folder, and to its databases."""
    if path.exists():
        return Folder(path=show_path(path), exists=True, trouble=_trouble(path, databases))
    above = _above(path)
    why = None
    if not (os.access(above, os.W_OK | os.X_OK) and above.is_dir()):
        why = say("no folder can be created in {folder}", folder=show_path(above))
    return Folder(path=show_path(path), exists=False, trouble=why)


def _trouble(path: Path, databases: Iterable[Path]) -> Message | None:
    try:
        with tempfile.TemporaryFile(dir=path):  # nameless, and gone when it is closed
            pass
    except OSError as error:
        return from_table(os_error_text(error).lower())
    for one in databases:
        if one.exists() and not os.access(one, os.R_OK | os.W_OK):
            return say("{file} belongs to another user", file=one.name)
    return None


def _above(path: Path) -> Path:
    """The nearest existing folder above a path."""
    return next(one for one in path.absolute().parents if one.exists())
