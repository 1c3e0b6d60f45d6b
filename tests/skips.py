"""Why tests are skipped on a machine, and which of these reasons the build accepts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.machine import LACKS, Program

OFFICIAL = (
    "Enedis's official XSDs and WSDLs are not installed: `.venv/bin/pip install --group oracle`"
)
OF_ROOT = "root may read everything: run the tests as another user"
NAMESPACES = "this user may have no namespaces of its own (unshare): run the tests as root"
_RIGHTS = (OF_ROOT, NAMESPACES)


def official_folder() -> Path | None:
    """Where the official schemas are, when they are installed."""
    spec = find_spec("lowatt_enedis")
    return Path(spec.origin).with_name("wsdl") if spec and spec.origin else None


NEEDS_OFFICIAL = pytest.mark.skipif(official_folder() is None, reason=OFFICIAL)


def skip_without(program: Program) -> None:
    """Skip the test where a program is not installed."""
    if not program.find():
        pytest.skip(f"{program.reason}: `{program.remedy()}`")


def summarize_skips(reasons: Iterable[str]) -> list[str]:
    """One line for each reason for which tests were skipped, the commonest first."""
    counts = Counter(reason.removeprefix("Skipped: ") for reason in reasons)
    return [
        f"{count} {'test' if count == 1 else 'tests'}: {reason}"
        for reason, count in counts.most_common()
    ]


def refused_skips(reasons: Iterable[str], lacks: Path = LACKS) -> list[str]:
    """The reasons that depend neither on a user's rights nor on what cannot be installed here."""
    accepted = tuple(lacks.read_text("utf-8").splitlines()) if lacks.exists() else ()
    return [
        reason
        for reason in (one.removeprefix("Skipped: ") for one in reasons)
        if reason not in _RIGHTS and not reason.startswith(accepted)
    ]
