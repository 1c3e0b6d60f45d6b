"""The simulated Cozy and CouchDB: the rules of cozy-stack's data API, over HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from sgeflow.simulator import Simulator
from tests.simulator.conftest import TODAY, world_catalog

DAY = "com.grandlyon.enedis.day"
ASK = Callable[..., tuple[int, Any]]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(world_catalog(), today=TODAY) as simulator:
        yield simulator
        assert simulator.mistakes == ()


@pytest.fixture
def ask(simulator: Simulator) -> ASK:
    def send(
        method: str,
        path: str,
        body: Any = None,
        token: str = "Bearer simulator",
        base: str = "/cozy/data/",
    ):
        request = urllib.request.Request(
            f"{simulator.base_url}{base}{path}",
            method=method,
            data=body if isinstance(body, bytes | None) else json.dumps(body).encode(),
            headers={"Authorization": token} if token else {},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, {
                **json.loads(error.read()),
                "why": error.headers["WWW-Authenticate"],
            }

    return send


def days(*numbers: int, **more: Any) -> list[dict[str, Any]]:
    return [{"_id": f"d{n:04}", "year": 2026, "month": 1, "day": n, **more} for n in numbers]


def test_it_refuses_as_a_cozy_does(ask: ASK) -> None:
    refusals = {
        "no token": (ask("GET", f"{DAY}/_normal_docs", token=""), 401),
        "a token past its time": (ask("GET", f"{DAY}/_normal_docs", token="Bearer expired"), 400),
        "another's token": (ask("GET", f"{DAY}/_normal_docs", token="Bearer other"), 400),
        "a type of others": (ask("GET", "io.cozy.files/_normal_docs"), 403),
        "a new account": (ask("PUT", "io.cozy.accounts/a", {"auth": {}}), 403),
        "no type yet": (ask("POST", f"{DAY}/_find", {"selector": {"year": 1}}), 404),
        "POST with an id": (ask("POST", f"{DAY}/", {"_id": "a", "load": 1}), 400),
        "PUT with an id alone": (ask("PUT", f"{DAY}/a", {"_id": "a", "load": 1}), 400),
        "PUT anew": (ask("PUT", f"{DAY}/a", {"load": 1}), 200),
        "PUT the same anew": (ask("PUT", f"{DAY}/a", {"load": 1}), 409),
        "PUT of an old one": (ask("PUT", f"{DAY}/a", {"_id": "a", "_rev": "1-x"}), 409),
        "PUT of none": (ask("PUT", f"{DAY}/b", {"_id": "b", "_rev": "1-x"}), 404),
        "no index": (ask("POST", f"{DAY}/_find", {"selector": {"year": 1}}), 400),
        "DELETE blindly": (ask("DELETE", f"{DAY}/a"), 400),
        "DELETE of an old one": (ask("DELETE", f"{DAY}/a?rev=1-x"), 409),
        "members of the database": (ask("POST", f"{DAY}/_bulk_docs", {"docs": [{"_type": "x"}]}), 400),
        "no JSON": (ask("POST", f"{DAY}/_bulk_docs", b"{"), 400),
    }  # fmt: skip
    assert {name: answer[0] for name, (answer, _) in refusals.items()} == {
        name: status for name, (_, status) in refusals.items()
    }
    assert "expired" in refusals["a token past its time"][0][1]["why"]
    assert refusals["no index"][0][1]["error"] == "no_index"


def test_a_bulk_writes_what_it_can(ask: ASK, simulator: Simulator) -> None:
    assert ask("POST", f"{DAY}/_bulk_docs", {"docs": days(1, 2)})[0] == 201
    status, answers = ask("POST", f"{DAY}/_bulk_docs", {"docs": days(2, 3)})
    assert status == 201
    assert [one.get("error", "ok") for one in answers] == ["conflict", "ok"]
    assert answers[0]["reason"] == "Document update conflict."
    gone = {"_id": "d0003", "_rev": answers[1]["rev"], "_deleted": True}
    assert ask("POST", f"{DAY}/_bulk_docs", {"docs": [gone]})[1][0]["ok"]
    assert ask("POST", f"{DAY}/_bulk_docs", {"docs": days(3)})[1][0]["ok"]  # anew, without _rev
    assert [one["_id"] for one in simulator.world.cozy().documents(DAY)] == [
        *("d0001", "d0002", "d0003")
    ]
    simulator.world.cozy().largest = 10
    assert ask("POST", f"{DAY}/_bulk_docs", {"docs": days(4)})[0] == 413
    simulator.world.cozy().is_off = True
    assert ask("GET", f"{DAY}/a")[0] == 503


def test_it_finds_by_an_index_and_in_pages(ask: ASK) -> None:
    ask("POST", f"{DAY}/_bulk_docs", {"docs": [*days(*range(1, 1101)), {"_id": "x", "year": 2026}]})
    index = {"index": {"fields": ["year", "month"]}}
    assert [ask("POST", f"{DAY}/_index", index)[1]["result"] for _ in "12"] == [
        *("created", "exists")
    ]
    selector = {"year": 2026, "month": 1, "day": {"$gte": 2}}
    sizes, mark = [], None
    while mark != "":
        body = {"selector": selector, "limit": 1000, **({"bookmark": mark} if mark else {})}
        page = ask("POST", f"{DAY}/_find", body)[1]
        sizes.append(len(page["docs"]))
        mark = page["bookmark"] if page["next"] else ""
    assert sizes == [1000, 99]  # what lacks a field of the index is not found
    page = ask("POST", f"{DAY}/_find", {"selector": selector, "limit": 1001})[1]
    assert len(page["docs"]) == 100  # who wants too much gets the usual
    assert len(ask("GET", f"{DAY}/_normal_docs?limit=1000")[1]["rows"]) == 1000
    rows = ask("POST", f"{DAY}/_all_docs?include_docs=true", {"keys": ["d0001", "no"]})[1]["rows"]
    assert [row.get("doc", {}).get("day") for row in rows] == [1, None]


def test_tokens_end_and_are_renewed_and_a_deleted_account_is_read_by_its_revision(
    ask: ASK, simulator: Simulator
) -> None:
    cozy = simulator.world.cozy("anna.example.org")
    cozy.set_document("io.cozy.accounts", {"_id": "a", "auth": {"pointId": "1"}, "data": {"x": 1}})
    base, word = "/cozy/at/anna.example.org/data/", "simulator-anna.example.org"
    assert ask("GET", "io.cozy.accounts/a")[0] == 404  # another household's
    assert ask("GET", "io.cozy.accounts/a", base=base, token=f"Bearer {word}")[0] == 200
    cozy.expire()
    old = ask("GET", "io.cozy.accounts/a", base=base, token=f"Bearer {word}")
    assert (old[0], "expired" in old[1]["why"]) == (400, True)
    form = {"grant_type": "refresh_token", "refresh_token": word}
    client = {"client_id": word, "client_secret": word}
    door = base.replace("data/", "auth/")
    assert ask("POST", "access_token", urlencode(form).encode(), base=door)[0] == 400
    fresh = ask("POST", "access_token", urlencode({**form, **client}).encode(), base=door)[1]
    token = f"Bearer {fresh['access_token']}"
    account = ask("GET", "io.cozy.accounts/a", base=base, token=token)[1]
    assert ask("PUT", "io.cozy.accounts/a", account, base=base, token=token)[0] == 200
    revision = cozy.delete("io.cozy.accounts", "a")
    assert ask("GET", "io.cozy.accounts/a", base=base, token=token)[0] == 404
    old = ask("GET", f"io.cozy.accounts/a?rev={revision}", base=base, token=token)[1]
    assert old["auth"] == {"pointId": "1"}


def test_no_cozy_takes_the_words_of_another(ask: ASK) -> None:
    form = {"grant_type": "refresh_token"}
    for mine, other in (("", "-ben"), ("-ben", ""), ("-ben", "-anna")):
        base = f"/cozy/at/{mine[1:]}/" if mine else "/cozy/"
        words = dict.fromkeys(("client_id", "client_secret", "refresh_token"), f"simulator{mine}")
        given = []
        for name in (None, *words):
            body = urlencode({**form, **words, **({name: f"simulator{other}"} if name else {})})
            given.append(ask("POST", "access_token", body.encode(), base=f"{base}auth/"))
        assert [status for status, _ in given] == [200, 400, 400, 400]
        token = f"Bearer {given[0][1]['access_token']}"
        there = f"/cozy/at/{other[1:]}/data/" if other else "/cozy/data/"
        refused = ask("GET", f"{DAY}/_normal_docs", token=token, base=there)
        assert (refused[0], refused[1]["why"]) == (400, 'Bearer error="invalid_token"')


def test_a_couchdb_needs_its_databases_made(ask: ASK) -> None:
    pair = {"base": "/couchdb/", "token": "Basic c2ltdWxhdG9yOnNpbXVsYXRvcg=="}
    answers = [
        ask("GET", "days/a", base="/couchdb/"),
        ask("POST", "days/_bulk_docs", {"docs": days(1)}, **pair),
        ask("PUT", "com.days", **pair),
        ask("PUT", "days", **pair),
        ask("PUT", "days", **pair),
        ask("POST", "days/_bulk_docs", {"docs": days(1)}, **pair),
        ask("POST", "days/_find", {"selector": {"year": 2026}}, **pair),
        ask("PUT", "days/d0001", {"load": 1}, **pair),
        ask("GET", "days/d0001", **pair),
    ]
    assert [status for status, _ in answers] == [401, 404, 400, 201, 412, 201, 200, 409, 200]
    assert "No matching index" in answers[6][1]["warning"]
