"""A command whose runs are measured: the file is written when it ends, however it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from msgspec.structs import replace

from sgeflow.cli.shared.options import file_to_write
from sgeflow.errors import SgeflowError
from sgeflow.locale.translate import translate
from sgeflow.messages import say
from sgeflow.runtime.options import Options
from sgeflow.terminal.terminal import Terminal

if TYPE_CHECKING:
    from sgeflow.tools.observing.metrics import Metrics

MetricsFile = Annotated[
    Path | None,
    file_to_write(
        "--metrics",
        metavar="FILE",
        help="Write what it did at its end, in Prometheus's text form.",
        envvar="SGEFLOW_METRICS",
    ),
]


@contextmanager
def measuring(
    terminal: Terminal, options: Options, project: Path | None, file: Path | None
) -> Iterator[Options]:
    """Within it, the options that have runs measured; without a file they are what they were.

    A file that cannot be written changes no exit code: that is told.
    """
    if file is None:
        yield options
        return
    from sgeflow.tools.observing.metrics import Metrics

    metrics = Metrics()
    try:
        yield replace(options, observer=metrics)
    finally:
        try:
            _write(metrics, options, project, file)
        except SgeflowError as error:
            reason = error.problems[0].message
            terminal.aside(translate(say("! no metrics were written: {reason}", reason=reason)))


def _write(metrics: Metrics, options: Options, project: Path | None, file: Path) -> None:
    from sgeflow.runtime.project import open_catalog
    from sgeflow.runtime.state_location import home_to_look_at

    home = home_to_look_at(options.state, project, options.environment)
    metrics.write(file, home, open_catalog(project))
