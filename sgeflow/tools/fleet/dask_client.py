"""A Dask cluster that exists: its workers do functions of ours, its errors become ours."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any, TypeVar

from sgeflow.adapters.extras import install_command
from sgeflow.errors import Id, Problem, SgeflowError, TechnicalError, UsageError
from sgeflow.messages import Message, say, verbatim

T = TypeVar("T")
_PATIENCE = 10  # seconds to reach a scheduler
_QUIET = logging.getLogger("distributed.client")  # it tells with tracebacks what is an error here

_CERTIFICATES = tuple(
    f"DASK_DISTRIBUTED__COMM__TLS__{one}" for one in ("CA_FILE", "CLIENT__CERT", "CLIENT__KEY")
)
"""Variables that name the files of those that Dask shows."""


class WorkerLost(Exception):
    """The workers that tried a piece of work died with it, several times."""


def check_address(address: str) -> None:
    """Whether a cluster can be asked there, before anybody does.

    Raises:
        UsageError: the extra is not installed, the address is none, or Dask lacks certificates.
    """
    try:
        known: Any = import_module("distributed.comm.registry")
    except ImportError:
        message = say("a Dask cluster needs the extra `dask`")
        note = verbatim(install_command("dask"))
        raise UsageError(Problem(id=Id.USAGE, message=message, note=note)) from None
    scheme, place = import_module("distributed.comm.addressing").parse_address(address)
    with _refusing(address), suppress(NotImplementedError):  # of those that are no host and port
        known.get_backend(scheme).get_address_host_port(place)
    if scheme == "tls":
        _check_certificates(address)


def _check_certificates(address: str) -> None:
    """Whether Dask is told with what certificates it goes to an address by TLS."""
    security = import_module("distributed.security").Security()
    try:
        context = security.get_connection_args("client")["ssl_context"]
    except OSError:  # a file that is not there, or is none
        context = None
    if context is None:
        message = say("{address} wants certificates, and Dask has none to show", address=address)
        note = verbatim(", ".join(_CERTIFICATES))
        raise UsageError(Problem(id=Id.USAGE, message=message, note=note))


@contextmanager
def _refusing(address: str) -> Iterator[None]:
    """Dask tells by a ValueError what is no address."""
    try:
        yield
    except ValueError as error:
        message = say('"{address}" is no address of a scheduler', address=address)
        note = say("tcp://HOST:8786, or tls://…")
        raise UsageError(Problem(id=Id.USAGE, message=message, note=note)) from error


class Cluster:
    """A connection to a scheduler; threads may share it. Functions must be importable there."""

    def __init__(self, address: str) -> None:
        """Connect to an address that is one, see `check_address`.

        Raises:
            UsageError: there is no worker.
            TechnicalError: the scheduler cannot be reached.
        """
        self._address = address
        self._loud = _QUIET.level
        _QUIET.setLevel(logging.CRITICAL)
        with self._translate_errors(), _refusing(address):
            self._client: Any = import_module("distributed").Client(
                address, timeout=_PATIENCE, set_as_default=False, name="sgeflow"
            )
        if not self.threads:
            self.close()
            message = say("the cluster at {address} has no worker", address=address)
            note = say("dask worker {address}", address=address)
            raise UsageError(Problem(id=Id.USAGE, message=message, note=note))

    @property
    def threads(self) -> int:
        """How many pieces of work its workers do at once."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        return sum(worker["nthreads"] for worker in workers.values())

    def do(self, name: str, function: Callable[..., T], *arguments: Any) -> T:
        """Have a worker do it, and wait; should the worker die, another does it again.

        Raises:
            WorkerLost: several workers died with it.
            SgeflowError: what the function raised.
            TechnicalError: the scheduler is gone.
        """
        with self._translate_errors():
            work = self._client.submit(function, *arguments, key=name, pure=False)
            try:
                result: T = work.result()
            except import_module("distributed").KilledWorker:
                raise WorkerLost from None
        return result

    def everywhere(self, function: Callable[..., T], *arguments: Any) -> Mapping[str, T]:
        """Do it in every worker that is there now; what each gave, by the worker's address."""
        with self._translate_errors():
            results: Mapping[str, T] = self._client.run(function, *arguments)
        return results

    def close(self) -> None:
        """Leave the cluster as it is."""
        self._client.close()
        _QUIET.setLevel(self._loud)

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except (SgeflowError, WorkerLost, KeyboardInterrupt):
            raise
        except ImportError as error:  # met by a worker
            message = say("a worker cannot import {name}", name=error.name or "sgeflow")
            raise self._error(message, say("install the same sgeflow on every worker")) from None
        except (OSError, asyncio.CancelledError, RuntimeError):
            message = say(
                "the Dask scheduler at {address} cannot be reached, or is gone",
                address=self._address,
            )
            raise self._error(message, say("start it, then go on with what was stopped")) from None

    def _error(self, message: Message, remedy: Message) -> TechnicalError:
        return TechnicalError(
            Problem(id=Id.CLUSTER, message=message, details=(("remedy", remedy),))
        )
