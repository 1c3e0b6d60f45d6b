"""What runs and calls stand on: an opened project, an open session, the journal."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sgeflow.adapters.state.fleets import is_row
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import Place
from sgeflow.adapters.state.records import RunStart
from sgeflow.errors import TechnicalError
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.session import Session, open_session


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Opened by one, used by many: runs side by side share all of it but the session's run id."""

    workspace: Workspace
    session: Session
    journal: Journal
    stopping: threading.Event | None = None  # set to stop all runs that share it

    def start(self, flow: str, given: Mapping[str, Any] | None = None) -> RunStart:
        """What the journal notes of a run when it begins."""
        session = self.session
        return RunStart(
            run=session.run,
            flow=flow,
            environment=session.environment.name,
            today=session.today,
            now=session.now,
            started=time.time(),
            documents=self.workspace.documents,
            texts=self.workspace.sources.by_digest() if self._can_go_on(flow) else {},
            inputs=given or {},
        )

    def _can_go_on(self, flow: str) -> bool:
        """Whether this is a run, or a fleet, whose documents are asked for when it goes on."""
        session = self.session
        single = flow.startswith("call ") or is_row(session.run)
        return not (single or session.simulated or session.replayed)


@contextmanager
def open_ground(workspace: Workspace, options: Options, *, keeps: bool = True) -> Iterator[Ground]:
    """Open an environment and its journal; `keeps` and the errors are those of `open_session`."""
    with (
        open_session(workspace, options, keeps=keeps) as session,
        _opened(session.home.journal) as journal,
    ):
        yield Ground(workspace=workspace, session=session, journal=journal)


@contextmanager
def _opened(place: Place) -> Iterator[Journal]:
    """A journal; why the work stopped is told, not that its last notes could not be written."""
    journal = Journal(place)
    try:
        yield journal
    except BaseException:
        with suppress(TechnicalError):
            journal.close()
        raise
    journal.close()
