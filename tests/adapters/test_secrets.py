"""Secrets: found in order, all missing ones told at once, never shown."""

from __future__ import annotations

import copy
import json
import pickle
import re
import sys
import types

import pytest

from sgeflow.adapters.decryption import file_keys
from sgeflow.adapters.resolved_endpoints import resolve, resolve_all, resolve_instance
from sgeflow.adapters.secrets import Secret, SecretsInUse, SecretSources
from sgeflow.adapters.state.locations import home_at
from sgeflow.adapters.variables import variables
from sgeflow.core.checking.environments import decode_environment
from sgeflow.core.documents import Endpoint, EndpointLimits, Environment
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.errors import CredentialsError, Id, Location, UsageError

PLACE = Location(file="environments/lyon.yaml", line=1, column=1)


def endpoint(name="sge", **changes):
    fields = {
        "name": name,
        "base_url": "https://sge.example.org",
        "route": "gateway",
        "headers": {},
        "limits": EndpointLimits(connect_timeout=5.0, read_timeout=60.0, total_timeout=120.0),
    }
    return Endpoint(**(fields | changes))


def environment(*endpoints):
    return Environment(
        name="lyon",
        title="Lyon",
        simulated=False,
        generation="previous",
        login="agent@example.org",
        contract_id="1234567",
        endpoints={each.name: each for each in endpoints},
        inputs={},
        settings={},
        at=PLACE,
    )


WANTING = """\
environment: lyon
title: Lyon
generation: current
login: agent@example.org
contractId: "1234567"
state: postgresql://us:${secret.STATE}@db.example.org/sgeflow
services:
  sge:
    base_url: https://sge.example.org
    route: direct
    pfx: ${secret.PFX}
    ca: ${secret.CA}
    key_password: ${secret.PASS}
    headers: {plain: it, apikey: "Bearer ${secret.TOKEN}"}
    basic: {user: "${secret.USER}", password: "${secret.WORD}"}
    proxy: http://us:${secret.PROXY}@proxy.example.org:3128
  cozy:
    base_url: https://cozy.example.org
    oauth: {client_id: "${secret.ID}", client_secret: "${secret.OURS}", refresh_token: "${secret.NEW}"}
  many:
    base_url: https://{instance}.example.org
    headers:
      token: ${secret.MANY_{instance}}
files:
  keys: [{name: june, key: "${secret.KEY}", iv: "${secret.IV}"}]
"""


@pytest.fixture
def sources(tmp_path):
    folder = tmp_path / "run-secrets"
    folder.mkdir()

    def make(keyring=False, **variables):
        return SecretSources(variables=variables, folder=folder, keyring=keyring)

    return make


# -- where secrets come from ----------------------------------------------------------------------


def token_of(sources):
    made = resolve(endpoint(headers={"apikey": "${secret.TOKEN}"}), sources=sources)
    return made.headers["apikey"].reveal()


def test_the_variable_wins_over_files_and_files_over_the_folders(sources, tmp_path):
    named = tmp_path / "token.txt"
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    everything = {
        "TOKEN": "from-variable",
        "TOKEN_FILE": str(named),
        "CREDENTIALS_DIRECTORY": str(credentials),
    }
    (credentials / "TOKEN").write_text("from-credentials\n")
    assert token_of(sources(CREDENTIALS_DIRECTORY=str(credentials))) == "from-credentials"
    (sources().folder / "TOKEN").write_text("from-folder\n")
    assert token_of(sources(CREDENTIALS_DIRECTORY=str(credentials))) == "from-folder"
    named.write_text("from-named\r\n")
    assert token_of(sources(**(everything | {"TOKEN": ""}))) == "from-named"
    assert token_of(sources(**everything)) == "from-variable"


class Vault:
    """The keyring package, as far as it is used."""

    class KeyringError(Exception):
        pass

    class NoKeyringError(KeyringError):
        pass

    def __init__(self, monkeypatch, answer):
        module, errors = types.ModuleType("keyring"), types.ModuleType("keyring.errors")
        module.__spec__ = types.SimpleNamespace(name="keyring")
        module.get_password = answer
        errors.KeyringError, errors.NoKeyringError = self.KeyringError, self.NoKeyringError
        monkeypatch.setitem(sys.modules, "keyring", module)
        monkeypatch.setitem(sys.modules, "keyring.errors", errors)


def test_the_keyring_is_asked_last(sources, monkeypatch):
    Vault(monkeypatch, lambda service, name: f"{service}/{name}")
    assert token_of(sources(keyring=True)) == "sgeflow/TOKEN"
    assert token_of(sources(keyring=True, TOKEN="mine")) == "mine"


def test_a_locked_keyring_is_told_and_an_absent_one_is_not(sources, monkeypatch):
    def locked(_service, _name):
        raise Vault.KeyringError

    Vault(monkeypatch, locked)
    with pytest.raises(CredentialsError) as caught:
        token_of(sources(keyring=True))
    assert "keyring cannot be read" in str(caught.value.problems[0].details)

    def lacking(_service, _name):  # PYTHON_KEYRING_BACKEND names one that is not installed
        raise ModuleNotFoundError

    Vault(monkeypatch, lacking)
    with pytest.raises(CredentialsError) as caught:
        token_of(sources(keyring=True))
    assert "keyring cannot be read: ModuleNotFoundError" in str(caught.value.problems[0].details)

    def absent(_service, _name):
        raise Vault.NoKeyringError

    Vault(monkeypatch, absent)
    with pytest.raises(CredentialsError) as caught:
        token_of(sources(keyring=True))
    assert "set the variable TOKEN" in str(caught.value.problems[0].details)


def test_a_named_file_that_is_not_there_is_the_remedy(sources, tmp_path):
    with pytest.raises(CredentialsError) as caught:
        token_of(sources(TOKEN_FILE=str(tmp_path / "absent")))
    assert f"there is no file {tmp_path / 'absent'}" in str(caught.value.problems[0].details)


# -- resolving ------------------------------------------------------------------------------------


def test_all_missing_secrets_of_an_environment_come_in_one_error(sources):
    lyon = environment(
        endpoint(headers={"apikey": "${secret.SGE_TOKEN}"}, key_password="${secret.KEY_PASS}"),
        endpoint("backoffice", headers={"Authorization": "Bearer ${secret.BO_TOKEN}"}),
    )
    with pytest.raises(CredentialsError) as caught:
        resolve_all(lyon, sources=sources(BO_TOKEN="bo-canary"))
    problems = caught.value.problems
    assert [problem.id for problem in problems] == [Id.SETTING, Id.SETTING]
    assert [problem.at for problem in problems] == [PLACE, PLACE]
    first = problems[0]
    assert first.message == (
        'the secret SGE_TOKEN is not set; the header "apikey" of "sge" of environment "lyon"'
        " needs it"
    )
    assert "SGE_TOKEN_FILE" in dict(first.details)["remedy"]
    assert "KEY_PASS" in problems[1].message
    assert "canary" not in str(caught.value)


def test_each_missing_secret_is_told_at_the_key_that_wants_it(sources, tmp_path):
    lyon, _ = decode_environment(read_yaml("lyon.yaml", WANTING))
    whatever = {
        "many": lambda: resolve_instance(lyon.endpoints["many"], "anna", lyon.name, lyon.at, none),
        "endpoints": lambda: resolve_all(lyon, sources=none),
        "files": lambda: file_keys(lyon, none),
        "state": lambda: home_at(lyon.state, tmp_path, environment=lyon, sources=none),
    }
    none, told = sources(), {}
    for act in whatever.values():
        with pytest.raises(CredentialsError) as caught:
            act()
        for problem in caught.value.problems:
            (name,) = re.findall(r"secret ([A-Z]+) |MANY_", problem.message)
            told[name or "MANY_{instance}"] = problem.at
    lines = WANTING.splitlines()
    assert set(told) == set(re.findall(r"secret\.([A-Z]+(?:_{instance})?)", WANTING))
    for name, at in told.items():
        word = lines[at.line - 1][at.column - 1 :]
        assert re.match(r"\w+: [^,]*secret\." + re.escape(name), word), (name, str(at))


def test_a_missing_secret_of_header_and_proxy_is_told_of_the_header(sources):
    proxy = "http://user:${secret.GATEWAY}@proxy.example.org:3128"
    with pytest.raises(CredentialsError) as caught:
        resolve(endpoint(headers={"apikey": "${secret.GATEWAY}"}, proxy=proxy), sources=sources())
    (problem,) = caught.value.problems
    assert 'the header "apikey"' in problem.message


def test_endpoints_that_are_not_used_need_no_secret(sources):
    lyon = environment(
        endpoint(), endpoint("backoffice", headers={"Authorization": "${secret.BO_TOKEN}"})
    )
    assert list(resolve_all(lyon, {"sge"}, sources())) == ["sge"]


def test_a_service_that_is_many_needs_what_all_share_and_none_of_an_instance(sources):
    headers = {"apikey": "${secret.GATEWAY}", "token": "${secret.COZY_{instance}}"}
    many = endpoint("cozy", base_url="https://example.org/{instance}", headers=headers)
    with pytest.raises(CredentialsError) as caught:
        resolve_all(environment(endpoint(), many), sources=sources())
    (problem,) = caught.value.problems
    assert problem.message == (
        'the secret GATEWAY is not set; the header "apikey" of "cozy" of environment "lyon" needs it'
    )
    assert list(resolve_all(environment(endpoint(), many), sources=sources(GATEWAY="x"))) == ["sge"]


def test_text_around_a_reference_stays_and_doubled_dollars_are_one(sources):
    made = resolve(
        endpoint(headers={"a": "Bearer ${secret.T}", "b": "$${secret.T}", "c": "plain"}),
        sources=sources(T="tok"),
    )
    revealed = {name: value.reveal() for name, value in made.headers.items()}
    assert revealed == {"a": "Bearer tok", "b": "${secret.T}", "c": "plain"}
    assert [secret.reveal() for secret in made.secrets] == ["tok"]


def test_paths_may_come_from_the_same_places(sources):
    made = resolve(endpoint(certificate="${secret.CERT}"), sources=sources(CERT="/etc/c.pem"))
    assert made.certificate == "/etc/c.pem"


@pytest.mark.parametrize("token", ["two\nlines", "tab\0", "dear€"])
def test_a_secret_that_no_header_can_hold_is_refused_without_its_value(sources, token):
    with pytest.raises(CredentialsError) as caught:
        resolve(endpoint(headers={"apikey": "${secret.T}"}), sources=sources(T=token))
    assert "a character that HTTP does not allow" in caught.value.problems[0].message
    assert token not in repr(caught.value)


def test_nothing_of_a_resolved_endpoint_shows_a_secret(sources):
    made = resolve(
        endpoint(
            headers={"apikey": "Bearer ${secret.T}"},
            user="agent",
            password="${secret.T}",
            key_password="${secret.T}",
        ),
        sources=sources(T="canary-1"),
    )
    assert "canary" not in repr(made)
    assert "canary" not in str(made)
    assert b"canary" not in pickle.dumps(made)
    assert made.password.reveal() == "canary-1"


# -- the type -------------------------------------------------------------------------------------


def test_a_secret_shows_as_stars_everywhere():
    secret = Secret("canary-2")
    pair = [secret, secret]
    shown = [
        str(secret),
        repr(secret),
        f"{secret} {secret:>10} {secret!r} {secret!s}",
        "%s" % secret,  # noqa: UP031
        json.dumps({"a": secret, "b": [secret]}),
        pickle.dumps(secret).decode("latin-1"),
        secret + "!",
        "".join(pair),
        secret.upper(),
        repr({"k": (secret,)}),
        secret.encode().decode(),
    ]
    assert not any("canary" in text.lower() for text in shown)
    assert json.loads(shown[4]) == {"a": "***", "b": ["***"]}
    assert pickle.loads(pickle.dumps(secret)) == "***"
    assert not hasattr(secret, "__dict__")


def test_secrets_are_equal_by_value_and_survive_a_copy():
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("b"), Secret("a")}) == 2
    assert copy.deepcopy(Secret("a")).reveal() == "a"


# -- variables ------------------------------------------------------------------------------------


def test_the_variables_are_read_and_empty_ones_are_not_set():
    read = variables(
        {
            "SGEFLOW_ENV": "lyon",
            "SGEFLOW_TODAY": "2025-03-01",
            "SGEFLOW_SCENARIO": "",
            "SGEFLOW_OFFLINE": "yes",
        }
    )
    assert (read.env, read.today, read.scenario, read.project) == ("lyon", "2025-03-01", None, None)
    assert read.offline is True
    assert variables({}).offline is False
    assert variables({"SGEFLOW_OFFLINE": "0"}).offline is False


def test_a_switch_that_is_neither_yes_nor_no_is_refused():
    with pytest.raises(UsageError) as caught:
        variables({"SGEFLOW_OFFLINE": "maybe"})
    assert 'SGEFLOW_OFFLINE is "maybe"' in str(caught.value)


def test_secrets_that_two_threads_find_for_one_party_are_all_known():
    known = SecretsInUse()

    class Meanwhile(list):
        def __iter__(self):
            known.add(("cozy", "anna"), [Secret("of-another-thread")])
            return super().__iter__()

    known.add(("cozy", "anna"), Meanwhile([Secret("of-this-one")]))
    assert {one.reveal() for one in known} == {"of-another-thread", "of-this-one"}
