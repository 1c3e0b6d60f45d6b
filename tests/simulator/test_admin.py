"""The admin interface: another program moves the clock, and looks at cases, over HTTP."""

import datetime as dt
import json

import pytest

from tests.simulator.conftest import GENERAL, LOGIN, POINT
from tests.simulator.test_clients import AGREED, body, zeep

__all__ = ["zeep"]

CLOCK = "/simulator/clock"


@pytest.fixture
def clock(sge):
    """Moves the clock as a stranger does; the answer's status and content."""

    def move(method="POST", path=CLOCK, **move):
        answer = sge.send(method, path, json.dumps(move).encode() if move else b"")
        return answer.status, answer.json

    return move


def test_the_day_is_told_and_moved_for_everybody(clock, sge):
    assert clock("GET") == (200, {"today": "2025-06-15", "time": "00:00"})
    assert clock(days=2) == (200, {"today": "2025-06-17", "time": "00:00"})
    assert clock(minutes=90) == (200, {"today": "2025-06-17", "time": "01:30"})
    assert sge.simulator.today.isoformat() == "2025-06-17"
    tomorrow = {"dateDebut": "2025-06-16", "dateFin": "2025-06-17"}
    assert len(sge.measures(**tomorrow).root.findall("grandeur/mesure")) == 48


def test_a_day_that_is_named_begins_at_its_midnight(clock):
    clock(minutes=600)
    assert clock(today="2025-06-15") == (200, {"today": "2025-06-15", "time": "10:00"})
    assert clock(today="2025-06-20") == (200, {"today": "2025-06-20", "time": "00:00"})


@pytest.mark.parametrize(
    ("move", "told"),
    [
        ({"days": -1}, "time in the simulator only goes forward, and it is 2025-06-15"),
        ({"today": "2025-06-14"}, "time in the simulator only goes forward, and it is 2025-06-15"),
        ({"today": "soon"}, "today is a day, as 2025-06-20"),
        ({"today": 3}, "today is a day, as 2025-06-20"),
        ({"days": True}, "days is a whole number"),
        ({"minutes": "3"}, "minutes is a whole number"),
        ({"days": 40_000}, "that is more than a hundred years"),
        ({"today": "9999-01-01"}, "that is more than a hundred years"),
        ({"hours": 1}, "a JSON object with one of days, minutes, today is expected"),
        ({"days": 1, "minutes": 1}, "a JSON object with one of days, minutes, today is expected"),
        ({}, "a JSON object with one of days, minutes, today is expected"),
    ],
)
def test_what_is_no_move_is_refused_and_moves_nothing(clock, move, told):
    assert clock(**move) == (400, {"error": told})
    assert clock("GET")[1] == {"today": "2025-06-15", "time": "00:00"}


def test_other_methods_and_paths_say_what_there_is(clock):
    assert clock("DELETE")[0] == 405
    assert clock("POST", "/simulator/cases/A0000001", days=1)[0] == 405
    status, told = clock("GET", "/simulator/what")
    assert (status, "GET and POST /simulator/clock" in told["error"]) == (404, True)


def test_the_clock_moves_while_sge_is_down(opened):
    client = opened("down")
    assert client.measures().status == 503
    assert client.send("POST", CLOCK, b'{"days": 1}').json["today"] == "2025-06-16"
    broken = opened(faults="drop:100%")
    assert broken.send("GET", CLOCK).json["today"] == "2025-06-15"


def test_moves_are_in_the_log_and_are_nobodys_orders(clock, sge):
    clock(days=1)
    clock(days=-1)
    assert [(one.label, one.outcome) for one in sge.simulator.requests] == [
        ("POST simulator", "ok"),
        ("POST simulator", "HTTP400"),
    ]
    assert sge.simulator.orders == {}


def test_a_case_is_told_and_closes_a_day_later(clock, sge):
    ordered = sge.call(
        "commandeHistoriqueDonneesMesuresFines",
        pointId=[POINT, "99999999999999"],
        mesuresTypeCode="INDEX",
        dateDebut="2025-05-01",
        dateFin="2025-06-01",
    )
    path = f"/simulator/cases/{ordered.root.text}"
    status, told = clock("GET", path)
    assert status == 200
    assert told == {
        "state": "En cours",
        "outcome": "Demande recevable",
        "points": [POINT, "99999999999999"],
        "admitted": [POINT],
    }
    clock(days=1)
    assert clock("GET", path)[1]["outcome"] == "Prestation réalisée"
    assert clock("GET", "/simulator/cases/A9999999")[0] == 404


def test_zeep_rehearses_a_subscription_over_its_whole_life(zeep, clock):
    def order(end):
        return {
            "donneesGenerales": {
                **GENERAL,
                "dateFin": end,
                "sens": "SOUTIRAGE",
                "declarationAccordClient": AGREED,
            },
            "servicesSouscrits": {"serviceSouscrit": [{"typeDonnees": "ENERGIE"}]},
        }

    def states():
        criteria = {"pointId": POINT, "contratId": "1234567"}
        found = body(
            zeep("rechercherServicesAccesDonnees", criteres=criteria, loginUtilisateur=LOGIN)
        )
        return [one["etatCode"] for one in found["servicesSouscrits"]["serviceSouscrit"]]

    zeep("commanderServicesAccesDonnees", order(dt.date(2025, 8, 15)))
    assert states() == ["ACTIF"]
    clock(today="2025-08-15")
    assert states() == ["ACTIF"]
    clock(days=1)
    assert states() == ["TERMINE"]
    zeep("commanderServicesAccesDonnees", order(dt.date(2026, 8, 16)))
    assert states() == ["TERMINE", "ACTIF"]
