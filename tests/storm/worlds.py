"""Makes and lives the world of a seed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from random import Random
from shutil import copytree
from tempfile import TemporaryDirectory, gettempdir

import sgeflow.adapters
import sgeflow.simulator
from sgeflow import open_catalog
from sgeflow.runtime.project import Workspace
from tests.storm.bottle import PARIS, Bottle
from tests.storm.fleets import FleetStory
from tests.storm.moves import HOUSEHOLDS, Moves
from tests.storm.nights import Nights
from tests.storm.renewals import SCENARIO, Renewals
from tests.storm.story import Story

_GENERATIONS = ("previous", "current")
_FLOWS = (*("konnector",) * 3, "straight", "pair", "look", "visit", *("fleet",) * 3)
_FLOW_OF = {"fleet": "visit", "nights": "konnector", "renewals": "konnector", "moves": "konnector"}
_NIGHT_AFTER_NIGHT = 0.1
_A_YEAR_LATER = 0.1
_SOMEBODY_ELSE = 0.1
_DAYS = ("2025-06-15", "2025-03-29", "2025-03-30", "2025-10-25", "2025-10-26", "2025-12-31")
_TIMES = (
    *("00:00:00", "00:01:00", "00:59:30", "01:59:55", "02:59:55", "10:00:00"),
    *("22:59:30", "23:58:00", "23:59:58"),
)


def live(
    seed: int,
    workspace: Workspace,
    folder: Path,
    *,
    flow: str = "",
    weather: str = "",
    trouble: str = "",
) -> Story:
    """The world of a seed, lived to its end; what is not chosen here is drawn."""
    dice = Random(f"beginning of {seed}")
    began = datetime.fromisoformat(f"{dice.choice(_DAYS)}T{dice.choice(_TIMES)}")
    generation, drawn = dice.choice(_GENERATIONS), dice.choice(_FLOWS)
    if drawn == "konnector" and dice.random() < _NIGHT_AFTER_NIGHT:
        drawn = "nights"
    later = Random(f"renewal of {seed}")
    if drawn == "konnector" and later.random() < _A_YEAR_LATER:
        drawn = "renewals"
    if drawn == "konnector" and Random(f"move of {seed}").random() < _SOMEBODY_ELSE:
        drawn = "moves"
    chosen = flow or drawn
    is_fleet, is_renewal = chosen == "fleet", chosen == "renewals"
    households = HOUSEHOLDS if chosen == "moves" else 0
    bottle = Bottle(
        seed=seed,
        workspace=workspace,
        folder=folder,
        generation=generation,
        scenario=SCENARIO if is_renewal else "household",
        renews_anew=is_renewal and later.random() < 0.5,
        households=dice.randint(2, 5) if is_fleet else households,
        began=began.replace(tzinfo=PARIS).astimezone(UTC),
    )
    kinds = {"fleet": FleetStory, "nights": Nights, "renewals": Renewals, "moves": Moves}
    story = kinds.get(chosen, Story)(
        bottle=bottle,
        flow=_FLOW_OF.get(chosen, chosen),
        weather=weather,
        trouble=trouble,
    )
    story.live()
    return story


@cache
def _warm_up() -> None:
    """Import and look up first what would stand on a world for ever, if that world were first."""
    for package in (sgeflow.adapters, sgeflow.simulator):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            with suppress(ImportError):  # of what is not installed
                import_module(module.name)
    import_module("vcr.serializers.yamlserializer")
    import_module("encodings.idna")
    import_module("concurrent.futures.thread")
    gettempdir()


@contextmanager
def project() -> Iterator[tuple[Workspace, Path]]:
    """The catalogue of all worlds, with flows of their own, and a folder in memory for them."""
    _warm_up()
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        copytree(Path(__file__).parent / "project", folder / "project")
        yield open_catalog(folder / "project"), folder
