"""The whole checkup: documents, secrets, rights, the machine, exit codes, and how it is told."""

import json
import os
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest

from sgeflow.tools.doctor import checkup
from tests.postgres import OWNER
from tests.tools.doctor.conftest import DAY, HIDDEN, NOW, PARIS, PASSWORD, PROXY, TOKEN, dated

URL = "https://sge.city.fr"


def same(text):
    """A report without days, versions, ports and sizes."""
    text = re.sub(r"\d{4}-\d\d-\d\d", "2027-01-01", text)
    text = re.sub(r"sgeflow [\d.]+, Python [\d.]+\S*, OpenSSL [\d.]+\w*", "VERSIONS", text)
    text = re.sub(r"127\.0\.0\.1:\d{2,}", "127.0.0.1:0", text)
    text = re.sub(r"\d+[.,]\d (G[Bo])", r"9.9 \1", text)
    return re.sub(r"\d+ (without|sans)", r"99 \1", text)


@pytest.fixture
def wrong(papers, environment, serve, monkeypatch):
    """An environment with much to say: one server that is well, and much that is not."""
    papers.client(ends=14 * DAY + timedelta(hours=1))
    (papers.folder / "client.key").chmod(0o644)
    monkeypatch.setenv("BO_TOKEN", TOKEN)
    good = serve(dated(timedelta(minutes=-4, seconds=-20)), papers.server(client=True))
    bad = serve(dated(), papers.server(name="elsewhere.city.fr"))
    environment(
        base_url=good.url,
        certificate="client.pem",
        key="client.key",
        ca="ca.pem",
        services={
            "backoffice": {
                "base_url": bad.url,
                "ca": "ca.pem",
                "headers": {"Authorization": "Bearer ${secret.BO_TOKEN}"},
            },
            "communes": {
                "base_url": "https://towns.example.org",
                "headers": {"apikey": "${secret.TOWNS_KEY}"},
            },
        },
    )
    monkeypatch.setenv("SGEFLOW_CACHE", "off")  # a path of any length would wrap


@pytest.mark.parametrize(("spoken", "columns"), [("en", 80), ("en", 100), ("fr", 80)])
def test_the_whole_of_it_reads_well(sgeflow, wrong, golden, monkeypatch, spoken, columns):
    monkeypatch.setenv("SGEFLOW_LANG", spoken)
    monkeypatch.setenv("COLUMNS", str(columns))
    done = sgeflow("doctor", "--env", "city", "--state", "kept")
    golden(f"doctor-{spoken}-{columns}.out.txt", same(done.out))
    assert (done.code, done.err) == (6, "")
    assert max(map(len, done.out.splitlines())) <= columns
    assert not [word for word in HIDDEN if word in done.out]


def test_a_placeholder_that_no_operation_and_no_flow_uses_fails_nothing(sgeflow, environment):
    unused = {
        "later": {"base_url": "https://later.example.org"},
        "other": {"base_url": URL, "headers": {"apikey": "${secret.OTHER_KEY}"}},
    }
    environment(base_url=URL, services=unused)
    done = sgeflow("doctor", "--env", "city", "--offline")
    assert (done.code, done.out.count("it is not filled in, and no operation")) == (0, 2), done.out
    used = {"communes": unused["other"]}
    environment(base_url=URL, services=used)
    assert sgeflow("doctor", "--env", "city", "--offline").code == 6


def test_quiet_tells_only_what_needs_somebody(sgeflow, wrong, papers, environment):
    done = sgeflow("doctor", "--env", "city", "--quiet")
    assert "✓" not in done.out
    assert "not checked:" not in done.out
    assert "this machine's clock is 4 minutes" in done.out
    environment(base_url=URL)
    assert sgeflow("doctor", "--env", "city", "--quiet", "--offline").out == ""


def test_a_weekly_cron_hears_of_a_certificate_that_expires(papers, environment, process):
    ends = 10 * DAY + timedelta(hours=1)
    papers.client(ends=ends)
    environment(base_url=URL, certificate="client.pem", key="client.key")
    done = process("doctor", "--env", "city", "--offline", "--quiet")
    assert done.code == 6
    assert "SGE052 the certificate of city.example.org expires on" in done.out
    assert (NOW + ends).astimezone(PARIS).date().isoformat() in done.out


def test_nothing_is_left_behind(environment, sgeflow, tmp_path):
    environment(base_url=URL)
    before = sorted(tmp_path.rglob("*"))
    assert sgeflow("doctor", "--env", "city", "--offline").code == 0
    assert sorted(tmp_path.rglob("*")) == before


# -- documents --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["simulator", "simulator-previous", None])
def test_a_simulated_environment_has_nothing_to_reach(sgeflow, name):
    done = sgeflow("doctor", *(["--env", name] if name else []), "--output", "json")
    told = {one["check"]: one["status"] for one in json.loads(done.out)["checks"]}
    assert done.code == 0
    assert told["servers"] == "ok"
    assert told["clock"] == "skipped"
    assert {told[check] for check in ("state", "disk", "cache", "documents")} == {"ok"}


def test_a_fresh_project_says_what_to_fill_in(sgeflow, tmp_path, monkeypatch):
    sgeflow("init", "city")
    monkeypatch.chdir(tmp_path / "city")
    done = sgeflow("doctor", "--env", "ours", "--offline", "--output", "json")
    told = json.loads(done.out)
    bad = [(one["check"], one["message"]) for one in told["checks"] if one["status"] == "failed"]
    assert done.code == 6
    assert [check for check, _ in bad] == ["settings", "settings", "secrets", "certificate"]
    assert "prenom.nom@example.org" in bad[0][1]
    assert "SGE_KEY_PASSWORD" in bad[2][1]


@pytest.mark.parametrize("name", ["production", "homologation", "grandlyon"])
def test_the_shipped_models_are_known_for_models(sgeflow, name):
    done = sgeflow("doctor", "--env", name, "--offline", "--output", "json")
    settings = [one for one in json.loads(done.out)["checks"] if one["check"] == "settings"]
    assert {one["status"] for one in settings} == {"failed"}


def test_a_mistake_in_another_document_leaves_the_environment_checked(
    environment, doctor, tmp_path
):
    environment(base_url=URL)
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "broken.yaml").write_text("flow: broken\ntitle: x\nsteps: soon\n")
    told = doctor("--offline", of="environment")
    assert told["documents"][0] == "failed"
    assert "flows/broken.yaml:3" in told["documents"][1]
    assert told["settings"][0] == "ok"
    assert told.code == 3


def test_a_mistake_in_the_environment_leaves_the_machine_checked(environment, doctor, sgeflow):
    environment(base_url="ftp://sge.city.fr")
    told = doctor("--offline", of="environment")
    assert "environments/city.yaml" in told["documents"][1]
    assert doctor("--offline", of="machine")["disk"][0] == "ok"
    assert sgeflow("doctor", "--env", "cty", "--offline").code == 2


# -- secrets and rights -----------------------------------------------------------------------------


def test_every_missing_secret_is_named_and_none_that_is_there_shown(
    environment, sgeflow, monkeypatch
):
    monkeypatch.setenv("A_TOKEN", TOKEN)
    environment(
        base_url=URL,
        headers={"apikey": "${secret.A_TOKEN}", "x-key": "${secret.B_TOKEN}"},
        basic={"user": "us", "password": "${secret.C_PASSWORD}"},
        top={"files": {"keys": [{"name": "new", "key": "${secret.D_KEY}"}]}},
    )
    done = sgeflow("doctor", "--env", "city", "--offline", "--output", "json")
    secrets = [one for one in json.loads(done.out)["checks"] if one["check"] == "secrets"]
    assert [re.search(r"secret (\w+)", one["message"])[1] for one in secrets] == [
        *("B_TOKEN", "C_PASSWORD", "D_KEY")
    ]
    assert TOKEN not in done.out


def test_a_file_key_that_is_none_is_told(environment, doctor, monkeypatch):
    monkeypatch.setenv("D_KEY", "xyz")
    environment(base_url=URL, top={"files": {"keys": [{"name": "new", "key": "${secret.D_KEY}"}]}})
    assert "hexadecimal" in doctor("--offline", of="environment")["secrets"][1]


@pytest.mark.parametrize(
    ("mode", "status"),
    [(0o600, "ok"), (0o400, "ok"), (0o640, "ok"), (0o604, "warning"), (0o660, "warning")],
)
@pytest.mark.parametrize("what", ["key", "secret"])
def test_a_key_or_secret_that_others_may_read_or_change_is_told(
    papers, environment, doctor, monkeypatch, tmp_path, mode, status, what
):
    papers.client(password=PASSWORD)
    secret = tmp_path / "passphrase"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    monkeypatch.setenv("KEY_PASSWORD_FILE", str(secret))
    path = secret if what == "secret" else tmp_path / "client.key"
    path.chmod(mode)
    environment(
        base_url=URL,
        certificate="client.pem",
        key="client.key",
        key_password="${secret.KEY_PASSWORD}",
    )
    told = doctor("--offline", of="environment")
    assert told["rights"][0] == status
    if status == "warning":
        assert (told.code, told.id("rights")) == (6, "SGE053")
        assert told["rights"][2].startswith("chmod 600 ")
        assert told["rights"][2].endswith(path.name)


# -- the machine ------------------------------------------------------------------------------------


@pytest.fixture
def of_machine(environment, doctor):
    def look(*options, offline=True, **top):
        environment(base_url=URL if offline else "http://127.0.0.1:9", top=top)
        return doctor(*(["--offline"] if offline else []), *options, of="machine")

    return look


def test_a_state_folder_that_cannot_be_written_is_told(of_machine, tmp_path):
    (tmp_path / "file").write_text("")
    for place in ("file", "file/state"):
        told = of_machine("--state", place)
        assert told["state"][0] == "failed"
        assert told.code == 5
        assert "--state" in told["state"][2]


def test_a_database_of_another_user_is_told(of_machine, tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "journal.db").write_bytes(b"")
    real = os.access
    monkeypatch.setattr(
        checkup.os, "access", lambda path, how: path.name != "journal.db" and real(path, how)
    )
    told = of_machine("--state", "mine")
    assert told["state"][:2] == (
        "failed",
        "mine cannot be written: journal.db belongs to another user",
    )


@pytest.mark.parametrize(("free", "status"), [(5e9, "ok"), (5e8, "warning"), (1e6, "failed")])
def test_a_disk_that_is_nearly_full_is_told(of_machine, monkeypatch, free, status):
    monkeypatch.setattr(checkup.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    told = of_machine()
    assert told["disk"][0] == status
    assert told.code == (0 if status == "ok" else 5)


def test_a_cache_that_others_write_to_is_told_and_none_is_well(of_machine, monkeypatch, tmp_path):
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    monkeypatch.setenv("SGEFLOW_CACHE", str(folder))
    told = of_machine()
    assert (told["cache"][0], told.code) == ("warning", 5)
    monkeypatch.setenv("SGEFLOW_CACHE", "off")
    assert of_machine()["cache"][0] == "ok"


def test_a_state_on_a_server_is_reached_and_nothing_made_there(of_machine, new_database, postgres):
    address = new_database()
    told = of_machine(state=address, offline=False)
    assert told["state"][0] == "ok"
    assert OWNER in told["state"][1]
    database = address.partition("?")[0].rpartition("/")[2]
    names = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'sgeflow%'"
    assert postgres.sql(names, database=database) == [(0,)]


def test_a_state_on_a_server_that_is_down_is_told_without_its_password(
    of_machine, monkeypatch, tmp_path
):
    monkeypatch.setenv("DB_PASSWORD", PASSWORD)
    told = of_machine(
        state="postgresql://sgeflow:${secret.DB_PASSWORD}@127.0.0.1:9/sgeflow",
        offline=False,
    )
    assert told["state"][0] == "failed"
    assert "postgresql://sgeflow@127.0.0.1:9/sgeflow" in told["state"][1]
    assert told.code == 5


def test_programs_read_the_same_in_every_language(environment, sgeflow, monkeypatch):
    environment(base_url=URL, certificate="none.pem")
    told = []
    for spoken in ("en", "fr"):
        monkeypatch.setenv("SGEFLOW_LANG", spoken)
        told.append(sgeflow("doctor", "--env", "city", "--offline", "--output", "json").out)
    assert re.sub(r"\d+\.\d GB", "GB", told[0]) == re.sub(r"\d+\.\d GB", "GB", told[1])


def test_a_password_of_the_state_that_is_missing_is_told(of_machine):
    told = of_machine(state="postgresql://sgeflow:${secret.DB_PASSWORD}@127.0.0.1:9/sgeflow")
    assert told["state"][0] == "failed"
    assert "DB_PASSWORD" in told["state"][1]
    assert told.code == 6


def test_proxies_with_passwords_stay_unseen(environment, sgeflow, monkeypatch):
    environment(base_url=URL)
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    assert "pr0xy-pass" not in sgeflow("doctor", "--env", "city", "--offline").out


def test_a_service_that_is_many_is_not_looked_for_and_its_token_no_secret_of_the_environment(
    environment, doctor
):
    environment(
        base_url=URL,
        top={
            "services": {
                "cozy": {
                    "base_url": "https://{instance}.cozy.example.org",
                    "headers": {"Authorization": "Bearer ${secret.COZY_{instance}}"},
                }
            }
        },
    )
    assert doctor(of="cozy")["connection"][0] == "skipped"
    assert doctor("--offline", of="environment")["secrets"][0] == "ok"


def test_a_secret_that_all_of_many_share_is_missed(environment, doctor, monkeypatch):
    many = {"base_url": "https://127.0.0.1/{instance}", "headers": {"apikey": "${secret.GATEWAY}"}}
    environment(base_url=URL, top={"services": {"cozy": many}})
    status, message, *_ = doctor("--offline", of="environment")["secrets"]
    assert (status, "GATEWAY" in message) == ("failed", True)
    monkeypatch.setenv("GATEWAY", "a-made-up-token")
    assert doctor("--offline", of="environment")["secrets"][0] == "ok"
