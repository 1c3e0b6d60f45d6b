"""Proxies in a project: their passwords stay secret, and nothing simulated reaches one."""

from sgeflow import Options, call, open_catalog
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.errors import Id, InvalidDocuments
from tests.adapters.conftest import Server, answer

SECRET = "pr0xy-pass/é"
IN_BASE64 = "bWU6cHIweHktcGFzcy"
ENVIRONMENT = """
environment: city
title: x
generation: current
login: one@example.org
contractId: "1234567"
services:
  sge: {{base_url: "https://sge.example.org", route: direct, proxy: "{proxy}"}}
"""
OPERATION = "consulterDonneesTechniquesContractuelles"
VALUES = {"pointId": "30000000000011"}


def project_with(folder, proxy):
    (folder / "environments").mkdir(parents=True, exist_ok=True)
    (folder / "environments" / "city.yaml").write_text(ENVIRONMENT.format(proxy=proxy))
    return folder


def test_what_a_proxy_is_told_is_kept_and_shown_nowhere(tmp_path, monkeypatch):
    monkeypatch.setenv("PROXY_PASS", SECRET)
    asked = []
    server = Server(
        lambda link, head: asked.append(head) or link.sendall(answer(b"", "407 No")), None
    )
    place = f"127.0.0.1:{server.port}"
    project = project_with(tmp_path / "project", "http://me:${secret.PROXY_PASS}@" + place)
    state = StateLocation(folder=tmp_path / "state")
    for record in (None, tmp_path / "c.yaml"):
        options = Options(
            environment="city", today="2025-06-15", state=state, patient=False, record=record
        )
        result = call(
            OPERATION, VALUES, workspace=open_catalog(project), options=options, unchecked=True
        )
        assert result.failure.code == Id.NOT_SENT.code
        assert f"the proxy {place} refused the connection" in str(result.failure)
        assert SECRET not in repr(result)
    server.close()
    assert asked
    assert all(IN_BASE64.encode() in head for head in asked)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"refused the connection" in written
    assert b"pr0xy-pass" not in written
    assert IN_BASE64.encode() not in written


def test_a_password_of_a_proxy_in_clear_is_a_mistake(tmp_path):
    for proxy in ("http://me:in-clear@proxy.example.org:3128", "socks5://proxy.example.org"):
        workspace = open_catalog(project_with(tmp_path, proxy))
        try:
            workspace.environment("city")
        except InvalidDocuments as error:
            found = {problem.id for problem in error.problems}
        else:
            found = set()
        assert found, proxy
        assert (Id.SECRET in found) == ("in-clear" in proxy)


def test_nothing_simulated_asks_a_proxy(tmp_path, monkeypatch):
    asked = []
    server = Server(lambda _link, head: asked.append(head), None)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    options = Options(today="2025-06-15", state=StateLocation(folder=tmp_path / "state"))
    assert call(OPERATION, VALUES, options=options, unchecked=True) is not None
    server.close()
    assert asked == []
