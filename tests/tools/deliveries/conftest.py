"""A folder of delivered files, and the store that they are decoded into."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from sgeflow.adapters.secrets import SecretSources
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.store import Store
from sgeflow.cli.main import run
from sgeflow.core.documents import FileKey
from sgeflow.tools.deliveries.decode import DecodeOptions, decode
from tests.postgres import LASTING
from tests.tools.deliveries.delivered_files import NEW_KEY, OLD_IV, OLD_KEY, POINT

KEYS = (
    FileKey(name="old", key="${secret.OLD_KEY}", iv="${secret.OLD_IV}"),
    FileKey(name="new", key="${secret.NEW_KEY}"),
)
SECRETS = {"OLD_KEY": OLD_KEY.hex(), "OLD_IV": OLD_IV.hex(), "NEW_KEY": NEW_KEY.hex().upper()}

ENVIRONMENT = """\
environment: mine
title: Mine
generation: current
login: someone@example.org
contractId: "1234567"
services:
  sge: {base_url: "https://sge.example.org", route: direct}
files:
  keys:
    - {name: until-june, key: "${secret.OLD_KEY}", iv: "${secret.OLD_IV}"}
    - {name: since-june, key: "${secret.NEW_KEY}"}
"""


@dataclass
class Mailbox:
    """A folder of delivered files, and the store they are decoded into."""

    folder: Path
    workspace: object
    home: StateLocation
    secrets: dict = field(default_factory=lambda: dict(SECRETS))
    environment: str = LASTING

    def put(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def decode(self, *paths, **options):
        sources = SecretSources(variables=self.secrets, folder=self.folder / "none", keyring=False)
        return decode(
            paths,
            self.workspace,
            self.environment,
            DecodeOptions(state=self.home, sources=sources, **options),
        )

    def read(self, name, content, **options):
        """Decode one file: its only outcome."""
        (outcome,) = self.decode(self.put(name, content), **options).files
        return outcome

    def store(self):
        return Store(self.home.store(self.environment))

    def kept(self):
        """All that is kept: (point, series, unit) to the measures."""
        with self.store() as store:
            return {
                (one.point, one.name, one.unit): store.load(one.point, one.name).measures
                for point in store.points()
                for one in store.series_of(point)
            }

    def series(self, name, point=POINT):
        with self.store() as store:
            return [(m.start, m.value, m.step, m.nature) for m in store.load(point, name).measures]

    def papers(self, flux, point=POINT):
        with self.store() as store:
            return store.papers(point, flux)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project with an environment that has keys, as the current folder."""
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "mine.yaml").write_text(ENVIRONMENT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SGEFLOW_PROJECT", str(tmp_path))
    monkeypatch.setenv("SGEFLOW_ENV", "mine")
    monkeypatch.setenv("COLUMNS", "120")
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return tmp_path


@pytest.fixture
def decoded(folder, capsys):
    """Decode files by the command line: how it ended, and the outcome of each file."""

    def decode(*names):
        code = run(["decode", "-O", "json", *names])
        return code, *json.loads(capsys.readouterr().out)

    return decode


def kept_in(folder, point=POINT):
    """All measures of a point in a project's state, by series."""
    with Store(folder / ".sgeflow" / "mine" / "store.db") as store:
        return {one.name: store.load(point, one.name).measures for one in store.series_of(point)}


@pytest.fixture
def mailbox(tmp_path, workspace, home):
    """An environment with two keys, and nothing decoded yet."""
    environments = dict(workspace.catalog.environments)
    environments[LASTING] = replace(environments["grandlyon"], name=LASTING, file_keys=KEYS)
    environments["keyless"] = replace(environments["grandlyon"], name="keyless", file_keys=())
    known = replace(workspace.catalog, environments=environments)
    return Mailbox(folder=tmp_path, home=home, workspace=replace(workspace, catalog=known))
