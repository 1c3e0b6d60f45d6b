"""What is kept and cannot be read: told of the one run that it belongs to, others go on."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from sgeflow.adapters.state.database import storage_error
from sgeflow.messages import Message, say

UNREADABLE = (zlib.error, ValueError, LookupError, TypeError, AttributeError)
"""What decoding raises for bytes and words that this sgeflow did not write."""


@contextmanager
def decoding(run: str, what: Message) -> Iterator[None]:
    """Something that is kept of a run is decoded within it; no SQL is.

    Raises:
        TechnicalError: it cannot be, and belongs to that run.
    """
    try:
        yield
    except UNREADABLE:
        message = say(
            "the journal keeps {what} of run {run} in a form that cannot be read",
            what=what,
            run=run,
        )
        remedy = say(
            "bring back the sgeflow that wrote it, or a copy of the state (sgeflow state restore);"
            " else look at sgeflow orders, and begin a new run; other runs are not touched"
        )
        raise storage_error(message, remedy) from None
