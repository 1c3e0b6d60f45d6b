"""What looks like an address of the state is one, or is refused; it never becomes a folder."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.errors import InvalidDocuments, UsageError
from sgeflow.runtime.state_location import home_to_look_at
from tests.tools.doctor.conftest import _calm, process, sgeflow

__all__ = ["_calm", "process", "sgeflow"]
ADDRESS = "postgresql://me:hunter2@127.0.0.1:1/db"
BARE = ADDRESS.partition("://")[2]
WHY = {
    f'"{ADDRESS}"': "remove the quotes around it",
    f" {ADDRESS}": "white space around it",
    f"POSTGRESQL://{BARE}": "in lower case",
    f"postgresql+psycopg://{BARE}": "leave out +psycopg",
    f"postgresql:/{BARE}": "it must begin with postgresql://",
    f"mysql://{BARE}": "mysql:// is not supported",
    BARE: "an address begins with postgresql://, and a folder's name has no :",
    f"./{ADDRESS}": "a folder's name has no :",
    "Server=db;Password=hunter2": "a folder's name has no =",
    "${secret.PG}": r"no variable is put in here; \${secret.NAME} is",
    "postgresql": "it is the name of a kind of database",
}
ALMOST = [
    *WHY,
    f"'{ADDRESS}'",
    f'{ADDRESS}"',
    f"{ADDRESS}\r",
    f"{ADDRESS}\n",
    f"jdbc:{ADDRESS}",
    f"postgresql:{BARE}",
    f"postgresql//{BARE}",
    f"postgresql;//{BARE}",
    f"posgresql://{BARE}",
    "sqlite:///srv/state.db",
    "file:///srv/state",
    "sqlite:state.db",
    "sqlite+pysqlite:state.db",
    "mysql:db",
    "~/state",
    "~",
    "state\0x",
    "postgres:host",
    f"://{BARE}",
    "host=db.example.org user=me password=hunter2",
    "dbname = sgeflow",
    '"/srv/state"',
    "/srv/state ",
    '""',
    " ",
    "localhost:5432/sge?user=me&password=hunter2",
    "PGHOST=db PGPASSWORD=hunter2",
    "db.example.org,user=me,password=hunter2",
    "u:hunter2%40db/d",
    "hunter2@db/d",
    "postgresql%3A%2F%2Fu:hunter2%40db%2Fd",
    "p0stgresql:/u:hunter2@db/d",
    f"\u2018{ADDRESS}\u2019",
    f".{ADDRESS}",
    f"/{ADDRESS}",
    "postgresql+hunter2:db",
    "hunter2://db",
    "hunter2:db",
    "${DATABASE_URL}",
    "state=postgresql",
    "mongodb+srv",
    "postgresql//db.example.org/sge",
    "sqlite",
    "/srv/a:b@c",
    "a:b",
    "a#b",
    "a{b}",
]


@pytest.mark.parametrize("text", ALMOST)
def test_what_is_almost_an_address_is_refused_with_the_spelling(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as caught:
        home_to_look_at(text, None, None)
    (problem,) = caught.value.problems
    told = f"{problem} {problem.details}"
    assert "postgresql://USER:${secret.NAME}@HOST/DATABASE" in told
    assert "hunter2" not in told


@pytest.mark.parametrize("text", WHY)
def test_the_reason_is_told(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=WHY[text].replace("+", r"\+")):
        home_to_look_at(text, None, None)


def test_a_folder_is_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for text in (
        "state",
        "state dir",
        "état-2026_b",
        "e\u0301tat",
        "状態",
        "postgresql/state",
        "./postgres",
        "postgres.d",
        "/srv/x~1/../s",
    ):
        assert home_to_look_at(text, None, None).folder == Path(text)


def test_a_folder_in_which_a_state_has_begun_stays_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for text in ("a:b@c", "postgres", "R&D (2026)"):
        folder = tmp_path / text
        folder.mkdir()
        with pytest.raises(UsageError):
            home_to_look_at(text, None, None)
        (folder / "journal.db").touch()
        assert home_to_look_at(text, None, None).folder == Path(text)


def test_a_path_object_that_was_an_address_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError):
        home_to_look_at(Path(ADDRESS), None, None)


@given(st.text(max_size=6), st.text(max_size=6))
def test_no_text_with_an_address_and_its_password_names_a_folder(before, after):
    text = f"{before}{ADDRESS}{after}"
    home, told = None, ""
    try:
        home = home_to_look_at(text, None, None)
    except UsageError as error:
        told = f"{error} {error.problems[0].details}"
    assert "hunter2" not in told
    assert home is None or home.server is not None


@pytest.mark.parametrize("text", [f'"{ADDRESS}"', f"POSTGRESQL://{BARE}", BARE])
@pytest.mark.parametrize(
    "words",
    [
        ("run", "konnector"),
        ("call", "rechercherPoint", "--example", "address"),
        ("runs",),
        ("orders",),
        ("export",),
        ("resume", "abc"),
        ("doctor", "--offline"),
    ],
)
def test_no_command_makes_a_folder_of_it_or_shows_its_password(
    sgeflow, tmp_path, monkeypatch, words, text
):
    monkeypatch.setenv("SGEFLOW_STATE", text)
    told = sgeflow(*words)
    assert told.code == 2
    assert "SGE001" in told.out + told.err
    assert "hunter2" not in told.out + told.err
    assert list(tmp_path.iterdir()) == []


def test_the_checkup_finds_it_and_measures_another_disk(sgeflow, tmp_path):
    told = sgeflow("doctor", "--offline", "--state", f'"{ADDRESS}"', "--output", "json")
    checks = {one["check"]: one for one in json.loads(told.out)["checks"]}
    assert (checks["state"]["status"], checks["state"]["id"]) == ("failed", "SGE001")
    assert "postgresql://USER" in checks["state"]["remedy"]
    assert checks["disk"]["message"].endswith(" .sgeflow")


@pytest.mark.parametrize(
    "address",
    [
        "'postgresql://me:${secret.DB}@h/db'",
        "POSTGRESQL://me:${secret.DB}@h/db",
        " postgresql://me:${secret.DB}@h/db",
        "postgresql://me:${secret.DB}@h/db ",
        "postgresql://me:${secret.DB}@h/db\n",
        'postgresql://me:${secret.DB}@h/db"',
        "postgresql+psycopg://me:${secret.DB}@h/db",
    ],
)
def test_an_environment_with_such_a_state_has_a_mistake(tmp_path, monkeypatch, address):
    folder = tmp_path / "environments"
    folder.mkdir()
    (folder / "own.yaml").write_text(
        "environment: own\ntitle: Own\ngeneration: current\nlogin: a@example.org\n"
        "contractId: '1234567'\nservices: {sge: {base_url: 'https://sge.example.org', route: direct}}\n"
        f"state: {json.dumps(address)}\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DB", "hunter2")
    with pytest.raises(InvalidDocuments) as caught:
        home_to_look_at(None, None, "own")
    (problem,) = caught.value.problems
    assert (problem.id.code, problem.at and problem.at.line) == ("SGE016", 7)
