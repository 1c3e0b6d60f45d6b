"""The server that plays stubs: it answers a request with the reply that was chosen for it."""

from __future__ import annotations

import threading

from sgeflow.core.stubs import FAULTS, StubReply
from sgeflow.simulator import replies
from sgeflow.simulator.replies import Reply
from sgeflow.simulator.router import Call
from sgeflow.simulator.wire import SimulatorServer

TURN = "Stub-Turn"
"""The header by which a request says which reply was chosen for it."""


class StubServer:
    """Listens on a free port of 127.0.0.1 and answers what was announced, and nothing else."""

    def __init__(self) -> None:
        self._chosen: list[StubReply] = []
        self._lock = threading.Lock()
        self._server = SimulatorServer(("127.0.0.1", 0), self._exchange)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def choose(self, reply: StubReply) -> dict[str, str]:
        """Announce a reply; the headers with which a request gets it."""
        with self._lock:
            self._chosen.append(reply)
            return {TURN: str(len(self._chosen))}

    def stop(self) -> None:
        """End every connection and let the port go."""
        self._server.close()
        self._thread.join()

    def _exchange(self, call: Call) -> tuple[Reply, str, float]:
        turn = call.headers.get(TURN.lower(), "")
        with self._lock:
            known = turn.isdecimal() and 0 < int(turn) <= len(self._chosen)
            chosen = self._chosen[int(turn) - 1] if known else None
        if chosen is None:
            return replies.page(501, "501 Not Implemented", "No stub was chosen for this."), "", 0
        lasting = FAULTS.get(chosen.fault)
        if lasting is None:
            self._server.stopping.wait(chosen.delay or 0)
        reply = Reply(
            chosen.status, chosen.body, chosen.content_type, headers=tuple(chosen.headers.items())
        )
        return reply, chosen.fault, chosen.delay or lasting or 0.0
