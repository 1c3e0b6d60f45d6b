"""The access token of a client: got once, in time, and again after a 401; orders never go twice."""

import json
import os

import pytest

from tests.city import City
from tests.clocks import TODAY
from tests.postgres import on_servers_too, text_of
from tests.processes import ROOT, start
from tests.runtime.rest.conftest import POINT, hours

PATH = f"/forecast/{POINT}"
OAUTH = (
    "oauth: {grant: client_credentials, client_id: city-client,"
    ' client_secret: "${secret.CITY_SECRET}", path: /oauth2/v3/token}'
)
FLOW = """
flow: many
title: t
steps:
  - id: ask
    foreach: ${windows('2026-03-01', '2026-03-09', 'P1D')}
    as: day
    parallel: 4
    call: cityForecast
    with: {pointId: "30000000000011", day: "${day.start}"}
"""


@pytest.fixture
def strict(place, city):
    city.tokens = set()
    place.environment(OAUTH)
    place.write(FLOW)
    return place


def run(place):
    return place.run("run", "many", "--env", "real", "--today", "2026-06-14")


def test_all_threads_share_one_token(strict, city):
    code, _, err = run(strict)
    assert (code, city.given, len(city.asked)) == (0, 1, 8), err


@pytest.mark.parametrize("seconds", [0.001, "0.001"])
def test_a_token_is_got_anew_before_its_end(strict, city, seconds):
    city.lives = seconds
    code, _, err = run(strict)
    assert code == 0, err
    assert len(city.asked) == 8
    assert city.given > 1


@pytest.mark.parametrize("seconds", [0, True, "soon", "1e9", 10**400])
def test_a_token_without_a_usable_end_is_kept(strict, city, seconds):
    city.lives = seconds
    code, _, err = run(strict)
    assert (code, city.given) == (0, 1), err


def test_a_read_is_sent_again_with_a_new_token_after_a_401(strict, city):
    def expire(*_):
        city.routes["GET", PATH] = lambda *_: (200, {"point": {"id": POINT}, "hours": hours()})
        city.tokens.clear()
        return 401, {"code": "900901", "message": "Invalid Credentials"}

    city.routes["GET", PATH] = expire
    code, _, err = run(strict)
    assert (code, city.given) == (0, 2), err


def test_an_order_is_not_sent_again_after_a_401(strict, city):
    city.routes["POST", "/watches"] = lambda *_: (401, {"code": "900901", "message": "Invalid"})
    code, _, err = strict.watch()
    assert (code, city.count("POST", "/watches")) == (6, 1), err


def test_a_client_that_is_refused_says_so_and_nothing_is_sent(strict, city):
    code, _, err = strict.call(
        "cityForecast", f"pointId={POINT}", "day=2026-03-01", CITY_SECRET="other-secret"
    )
    assert (code, city.asked) == (6, [])
    assert "city refuses the client: HTTP 401, invalid_client" in err
    assert "other-secret" not in err


def test_no_secret_is_recorded_or_kept(strict):
    assert strict.forecast("--record", "c.yaml")[0] == 0
    for file in strict.folder.rglob("*"):
        if file.is_file() and file.parent.name != "environments":
            assert b"city-secret" not in file.read_bytes(), file
            assert b"token-1" not in file.read_bytes(), file


@pytest.mark.parametrize(
    ("oauth", "words"),
    [
        ("{client_id: a, client_secret: '${secret.A}'}", 'the key "refresh_token" is missing'),
        (
            "{grant: client_credentials, client_id: a, client_secret: '${secret.A}'}",
            'the key "path" is missing',
        ),
        (
            (
                "{grant: client_credentials, client_id: a, client_secret: '${secret.A}', path: /t,"
                " refresh_token: '${secret.B}'}"
            ),
            "refresh_token and client_credentials do not go together",
        ),
        (
            "{grant: client_credential, client_id: a, client_secret: '${secret.A}', path: /t}",
            "did you mean  client_credentials ?",
        ),
        (
            "{grant: client_credentials, client_id: a, client_secret: plain, path: /t}",
            "the secret oauth.client_secret is written in clear",
        ),
    ],
)
def test_a_grant_that_lacks_something_is_told(place, oauth, words):
    place.environment(f"oauth: {oauth}")
    code, out, err = place.run("validate")
    assert code == 3
    assert words in out + err


def test_the_rows_of_a_fleet_share_a_token(strict, city):
    points = [f"300000000000{number}" for number in range(20, 28)]
    for point in points:
        reply = {"point": {"id": point}, "hours": hours()}
        city.routes["GET", f"/forecast/{point}"] = lambda *_, reply=reply: (200, reply)
    strict.write(
        'flow: asks\ntitle: t\ninputs: {pointId: {$ref: "types.yaml#/pointId"}}\nsteps:\n'
        '  - {id: ask, call: cityForecast, with: {pointId: "${inputs.pointId}", day: "2026-03-01"}}\n'
    )
    (strict.folder / "rows.csv").write_text("\n".join(["pointId", *points]))
    code, _, err = strict.run("run", "asks", "--env", "real", "--each", "rows.csv")
    assert (code, city.given, len(city.asked)) == (0, 1, 8), err


def test_the_curl_line_of_a_request_has_the_header_of_the_token_and_not_the_token(strict, city):
    city.routes["POST", "/watches"] = lambda _, body: (201, {"point": body["point"], "id": "w1"})
    assert strict.watch()[0] == 0
    (kept,) = json.loads(strict.run("runs", "--output", "json")[1])
    code, out, err = strict.run("runs", "show", kept["run"], "--request", "1", "--output", "json")
    assert code == 0, err
    assert "--header 'Authorization: Bearer ***'" in json.loads(out)["curl"]
    assert "token-1" not in out


@on_servers_too("a token is kept in the database")
def test_processes_that_share_a_state_share_one_token_and_its_renewal(strict, city, home):
    """Two at once, and a third later; the first token expires once it has been used."""

    def expire(*_):
        city.routes["GET", PATH] = lambda *_: (200, {"point": {"id": POINT}, "hours": hours()})
        city.tokens.clear()
        return 401, {"code": "900901", "message": "Invalid Credentials"}

    city.slow = 0.3
    city.routes["GET", PATH] = expire
    words = ("run", "many", "--env", "real", "--today", TODAY, "--state", text_of(home))
    known = {**os.environ, "PYTHONPATH": str(ROOT), "CITY_SECRET": "city-secret"}
    for count in (2, 1):
        processes = [start("sgeflow", words, strict.folder, known) for _ in range(count)]
        for process in processes:
            _, err = process.communicate()
            assert process.returncode == 0, err
    assert city.given == 2
    assert city.count("GET", PATH) >= 3 * 8


def test_a_process_with_another_secret_does_not_get_the_token(strict, city):
    assert strict.forecast()[0] == 0
    code, _, err = strict.call(
        "cityForecast", f"pointId={POINT}", "day=2026-03-02", CITY_SECRET="other-secret"
    )
    assert (code, len(city.asked)) == (6, 1), err


@pytest.mark.parametrize("status", [200, 401, 500])
@pytest.mark.parametrize(
    "document",
    [
        {"point": {"id": POINT}, "hours": [{"at": "Bearer SECRET", "watts": 1}]},
        {"error": {"code": "OTHER", "message": "Bearer SECRET"}},
        {"code": "900901", "message": "no SECRET"},
        b"<html><title>SECRET</title></html>",
    ],
)
def test_a_token_that_the_service_repeats_is_neither_shown_nor_kept(strict, city, status, document):
    token = "token-of-more-than-sixteen-signs"
    city.tokens.add(token)
    city.routes["GET", PATH] = lambda *_: (status, spoken(document, token))
    city.token = token
    code, out, err = strict.forecast("--record", "c.yaml")
    assert token not in f"{out}{err}"
    files = [one for one in strict.folder.rglob("*") if one.is_file()]
    assert [one for one in files if token.encode() in one.read_bytes()] == []
    assert code in (0, 4, 5, 6)


def spoken(document, token):
    is_page = isinstance(document, bytes)
    text = document if is_page else json.dumps(document).encode()
    return text.replace(b"SECRET", token.encode())


def test_a_recording_replays_without_any_secret(strict, city):
    assert strict.forecast("--record", "c.yaml")[0] == 0
    city.close()
    given = (f"pointId={POINT}", "day=2026-03-01", "--replay", "c.yaml")
    code, outputs, err = strict.call("cityForecast", *given, CITY_SECRET="")
    assert (code, len(outputs["hours"])) == (0, 24), err


def test_no_redirect_takes_a_token_or_a_secret_elsewhere(strict, city):
    other = City()
    city.more_headers = {"Location": f"{other.url}{PATH}"}
    city.routes["GET", PATH] = lambda *_: (307, b"")
    assert strict.forecast()[0] == 5
    city.answer_token = (307, b"")
    strict.environment(OAUTH.replace("city-client", "another-client"))
    assert strict.forecast()[0] == 5
    other.close()
    assert (other.asked, other.given) == ([], 0)


@pytest.mark.parametrize(
    ("answer", "exit_code"),
    [
        ((200, b"<html></html>"), 5),
        ((429, b""), 5),
        ((200, b""), 5),
        ((200, []), 5),
        ((200, {"access_token": "a\r\nX: b"}), 5),
        ((200, b'{"access_token": "a", "access_token": "b"}'), 5),
        ((400, {"error": "the client city-secret is not known"}), 6),
        ((404, b""), 6),
    ],
)
def test_what_is_no_token_stops_the_call_before_it_is_sent(strict, city, answer, exit_code):
    city.answer_token = answer
    code, _, err = strict.forecast()
    assert (code, city.asked) == (exit_code, []), err
    assert "city-secret" not in err
