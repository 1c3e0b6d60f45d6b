"""The environment says where its state is: every command finds it there."""

import dataclasses
import json
from shutil import copytree

import pytest
from msgspec.structs import replace

from sgeflow.adapters.secrets import SecretSources
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import home_at
from sgeflow.adapters.state.store import Store
from sgeflow.runtime.project import open_catalog
from sgeflow.runtime.state_location import home_of
from tests.runtime.durability.conftest import TODAY, until

PASSWORD = "s€cret/w@rd:&"
OUT = ("--env", "lasting", "--today", TODAY, "--output", "json")
ELSEWHERE = "in another state of this project: sgeflow orders --state .sgeflow"
KEY = "a key of customers, made up for tests"


@pytest.fixture
def shared(world, new_database, postgres):
    """A world whose environment keeps its state on the server, behind a password."""
    here = world()
    name = new_database().split("/")[3].partition("?")[0]
    user = f"guarded_{name}"
    postgres.sql(
        f"CREATE ROLE {user} LOGIN PASSWORD '{PASSWORD}' IN ROLE guarded",
        f"GRANT CREATE ON DATABASE {name} TO {user}",
    )
    document = here.folder / "environments" / "lasting.yaml"
    address = f"postgresql://{user}:${{secret.DB}}@/{name}?host={postgres.folder}"
    key = "identity_key: ${secret.PEOPLE}"
    document.write_text(f"{document.read_text()}{key}\nstate: {address}\n")
    here.address = address
    yield here
    postgres.sql(f"DROP OWNED BY {user}", f"DROP ROLE {user}", database=name)


def sources(folder):
    return SecretSources(variables={"DB": PASSWORD, "PEOPLE": KEY}, folder=folder, keyring=False)


def run(world, *words, **more):
    code, out, err = world.run(*words, **{"DB": PASSWORD, "PEOPLE": KEY, **more})
    assert PASSWORD not in out + err
    assert "w%40rd" not in out + err
    return code, out, err


def test_every_command_works_where_the_environment_keeps_its_state(shared):
    code, _, err = run(shared, *shared.konnector())
    assert code == 0, err
    assert not list(shared.folder.rglob("*.db"))
    code, out, _ = run(shared, "runs", "--env", "lasting", "--output", "json")
    (entry,) = json.loads(out)
    code, out, _ = run(shared, "runs", "show", entry["run"], "--env", "lasting", "--output", "json")
    assert (code, json.loads(out)["flow"]) == (0, "konnector")
    code, out, err = run(shared, "export", "--env", "lasting", "--format", "csv")
    assert code == 0, err
    assert shared.server.household["pointId"] in out
    code, _, err = run(shared, "orders", "--env", "lasting")
    assert (code, "no order to settle" in err) == (0, True)
    code, _, err = run(shared, "resume", entry["run"], "--env", "lasting")
    assert (code, "nothing to go on with" in err) == (2, True)
    code, _, err = run(shared, "runs", "prune", "--older-than", "0", "--env", "lasting")
    assert (code, err) == (0, "0 runs deleted\n")  # its order may not be sent again yet


def test_without_the_environment_the_projects_own_state_is_looked_at(shared):
    assert run(shared, *shared.konnector())[0] == 0
    code, _, err = run(shared, "runs")
    assert (code, err.strip()) == (0, "no run yet · kept elsewhere by lasting: --env NAME")
    code, out, _ = run(shared, "runs", "--output", "json", SGEFLOW_ENV="lasting")
    assert len(json.loads(out)) == 1


def test_an_option_comes_before_the_variable_and_that_before_the_document(shared, tmp_path):
    elsewhere, other = tmp_path / "elsewhere", tmp_path / "other"
    words = ("run", "konnector", "--scenario", "settled", "--env", "simulator", "--today", TODAY)
    assert run(shared, *words, "--state", str(elsewhere), SGEFLOW_STATE=str(other))[0] == 0
    assert (elsewhere / "journal.db").exists()
    assert run(shared, *shared.konnector(), SGEFLOW_STATE=str(other))[0] == 0
    assert (other / "lasting" / "store.db").exists()
    code, _, err = run(shared, "runs", "--env", "lasting")
    assert (code, err.strip()) == (0, "no run yet")
    words = ("runs", "--env", "lasting", "--state", str(other), "--output", "json")
    assert len(json.loads(run(shared, *words)[1])) == 1


def order(here, point, *words):
    given = (f"pointId={point}", "dateFin=2026-06-14", "nom=MARTIN", *words)
    curve = 'serviceSouscrit:=[{"typeDonnees": "CDC"}]'
    name = "commanderServicesAccesDonnees"
    code, _, err = run(here, "call", name, "--env", "lasting", "--today", TODAY, curve, *given)
    return code, " ".join(err.split())


def test_an_order_stands_in_the_way_from_whatever_state_of_the_project(shared, tmp_path):
    first, second, other = "30000000000011", "30000000000086", ("--state", str(tmp_path / "other"))
    assert order(shared, first, "--state", ".sgeflow")[0] == 0
    assert order(shared, second)[0] == 0
    for code, text in (order(shared, first), order(shared, first, *other)):
        assert code == 8
        assert ELSEWHERE in text
    code, text = order(shared, second, *other)
    assert (code, "this project: sgeflow orders --env lasting" in text) == (8, True), text
    assert sum(shared.server.orders.values()) == 2


def test_what_was_stopped_since_in_this_state_is_in_no_orders_way_from_another(shared):
    point, stop = "30000000000011", "commanderArretServicesAccesDonnees"
    assert order(shared, point, "--state", ".sgeflow")[0] == 0
    services = json.loads(
        run(shared, "call", "rechercherServicesAccesDonnees", f"pointId={point}", *OUT)[1]
    )["services"]
    named = f'serviceSouscritId:=["{services[0]["id"]}"]'
    assert run(shared, "call", stop, f"pointId={point}", named, *OUT)[0] == 0
    code, text = order(shared, point)
    assert (code, "SGT570" in text) == (4, True), text  # it has left: SGE says from when it may be


def test_troubles_of_another_state_are_told_as_that_states(shared):
    point, journal = "30000000000011", shared.folder / ".sgeflow" / "journal.db"
    with Journal(journal) as kept:
        kept.hold_orders("2026-11-28T10:00:00+01:00")
    code, text = order(shared, point)
    assert (code, "orders are held" in text, ELSEWHERE in text) == (8, True, True), text
    journal.write_text("no database at all")
    code, text = order(shared, point)
    assert (code, "move it away, or remove `state`" in text) == (5, True), text
    journal.rename(journal.with_name("away"))
    code, text = order(shared, point)
    assert (code, sum(shared.server.orders.values())) == (0, 1), text


def test_a_run_goes_on_in_the_journal_that_it_was_found_in(shared):
    folder = shared.folder / "environments"
    text = (folder / "lasting.yaml").read_text()
    (folder / "other.yaml").write_text(text.replace("environment: lasting", "environment: other"))
    process = shared.start(*shared.konnector(), DB=PASSWORD, PEOPLE=KEY)
    until(lambda: len(shared.server.requests) >= 2)
    process.kill()
    process.communicate()
    (folder / "lasting.yaml").write_text(text.partition("state: ")[0])
    code, out, _ = run(shared, "runs", "--env", "other", "--output", "json")
    (entry,) = json.loads(out)
    words = ("resume", entry["run"], "--env", "other", "--changed-documents")
    code, _, err = run(shared, *words)
    if code == 8:  # the kill met a call that changes something
        kept = home_at(shared.address, shared.folder, sources=sources(shared.folder))
        dataclasses.replace(shared, home=kept).age(entry["run"], 3600)
        resolve = ("orders", "resolve", entry["run"], "--not-accepted", "--env", "other")
        assert run(shared, *resolve)[0] == 0
        code, _, err = run(shared, *words)
    assert code == 0, err
    assert not list(shared.folder.rglob("*.db"))


def test_a_run_that_another_machine_works_on_is_not_gone_on_with(shared, tmp_path):
    shared.server.meet("latency:2s")  # so that it does not end while it is tried
    process = shared.start(*shared.konnector(), DB=PASSWORD, PEOPLE=KEY)
    until(lambda: len(shared.server.requests) >= 2)
    (entry,) = json.loads(run(shared, "runs", "--env", "lasting", "--output", "json")[1])
    elsewhere = tmp_path / "another machine"
    copytree(shared.folder, elsewhere)
    home = replace(shared.home, folder=elsewhere / "state")
    other = dataclasses.replace(shared, folder=elsewhere, home=home)
    code, _, err = run(other, "resume", entry["run"], "--env", "lasting")
    assert (code, f"another process works on run {entry['run']}" in err) == (8, True), err
    shared.server.calm()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    code, _, err = run(other, "resume", entry["run"], "--env", "lasting")
    assert (code, "has ended well" in err) == (2, True), err
    assert shared.orders() == {"commanderServicesAccesDonnees": 1}


def test_a_variable_may_name_a_secret_too(shared, tmp_path):
    words = ("run", "konnector", "--scenario", "settled", "--env", "simulator", "--today", TODAY)
    assert run(shared, *words, SGEFLOW_STATE=shared.address)[0] == 0
    kept = home_at(shared.address, tmp_path, sources=sources(tmp_path))
    with Store(kept.store("simulator")) as store:
        assert store.points()


def test_a_missing_secret_of_the_state_is_named_before_anything_is_sent(shared):
    code, _, err = run(shared, *shared.konnector(), DB="")
    assert code == 6
    assert "the secret DB is not set" in err
    assert 'of environment "lasting"' in " ".join(err.split())
    assert len(shared.server.requests) == 0


def test_a_server_that_is_away_ends_a_command_with_words(shared):
    address = "postgresql://one:geheim@127.0.0.1:1/base"
    for words in (["runs"], ["orders"], shared.konnector(), ["export", "--env", "lasting"]):
        code, out, err = run(shared, *words, "--state", address)
        assert code == 5, err
        assert "SGE701" in err
        assert "postgresql://one@127.0.0.1:1/base" in "".join(err.split())
        assert "no connection to the server" in " ".join(err.split())
        assert "geheim" not in out + err
    assert len(shared.server.requests) == 0


def test_a_command_that_is_told_names_the_environment_that_keeps_the_state(shared, monkeypatch):
    monkeypatch.setenv("DB", PASSWORD)
    opened = open_catalog(shared.folder)
    home = home_of(None, opened.project, opened.environment("lasting"))
    assert home.command("orders") == "sgeflow orders --env lasting"
