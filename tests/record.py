"""Records the cassettes of `tests/cassettes/` anew, against the simulator: `make cassettes`.

Each is a run of a shipped flow on a fixed day; the tests replay it and expect the same outcome.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import sgeflow
from sgeflow.app import Options, open_catalog

FOLDER = Path(__file__).parent / "cassettes"
TODAY = "2025-06-15"


@dataclass(frozen=True)
class Recording:
    """One cassette: the flow, where and when it ran, and how it ended."""

    flow: str
    scenario: str
    code: str | None = None
    environment: str = "simulator"

    @property
    def name(self) -> str:
        family = "-current" if self.environment.endswith("current") else ""
        return f"{self.flow}-{self.scenario}{family}"

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.yaml"


RECORDINGS = (
    Recording("konnector", "household"),
    Recording("konnector", "household", environment="simulator-current"),
    Recording("konnector", "no-data"),
    Recording("konnector", "flaky"),
    Recording("konnector", "opposition", "USER_ACTION_NEEDED"),
    Recording("konnector", "same-day-restart", "VENDOR_DOWN"),
    Recording("konnector", "wrong-identity", "LOGIN_FAILED"),
    Recording("konnector", "level-too-low", "USER_ACTION_NEEDED"),
    Recording("konnector", "consent-expired", "USER_ACTION_NEEDED.OAUTH_OUTDATED"),
    Recording("konnector", "moved", "TERMS_VERSION_MISMATCH"),
    Recording("check-identity", "household"),
    Recording("delete-account", "settled"),
)


def main() -> None:
    """Record those named on the command line, or all."""
    chosen = sys.argv[1:]
    workspace = open_catalog()
    FOLDER.mkdir(exist_ok=True)
    for recording in RECORDINGS:
        if chosen and recording.name not in chosen:
            continue
        with tempfile.TemporaryDirectory() as folder:
            inputs = {"file": f"{folder}/x.json"} if recording.flow == "konnector" else {}
            options = Options(
                environment=recording.environment,
                scenario=recording.scenario,
                today=TODAY,
                record=recording.path,
                state=Path(folder),
            )
            report = sgeflow.run(recording.flow, inputs, workspace=workspace, options=options)
        code = report.failure.code if report.failure else None
        sys.stdout.write(f"{recording.name}: {report.status} {code or ''}\n")
        if code != recording.code:
            raise SystemExit(f"{recording.name} ended with {code}, not {recording.code}")


if __name__ == "__main__":
    main()
