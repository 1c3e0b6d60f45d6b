"""What some tests need and a machine may lack; and what was not proved for want of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from importlib.util import find_spec

import pytest

OFFICIAL = (
    "Enedis's official XSDs and WSDLs are not installed: `make .venv/.check` brings them"
    " (with lowatt-enedis: GPL, for development only)"
)
SERVER = "no PostgreSQL server is installed: `apt-get install postgresql`"
NAMESPACES = (
    "the kernel gives no namespaces to this user (unshare): run the tests on a host of your own"
)


def have_official() -> bool:
    """Whether the official schemas, and what reads them, are installed."""
    return all(map(find_spec, ("lowatt_enedis", "zeep", "xmlschema")))


def need_official() -> None:
    """Skip the test, or the module, where the official schemas are not installed."""
    if not have_official():
        pytest.skip(OFFICIAL, allow_module_level=True)


def summarize_skips(reasons: Iterable[str]) -> list[str]:
    """One line for each reason for which tests were skipped, the commonest first."""
    counts = Counter(reason.removeprefix("Skipped: ") for reason in reasons)
    return [
        f"{count} {'test' if count == 1 else 'tests'}: {reason}"
        for reason, count in counts.most_common()
    ]
